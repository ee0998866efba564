"""An asker that holds every answer against the V1 document, and remembers what was asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import unquote

import openapi
from sandbox_http import Answer, Asker


@cache
def judge_of(name: str) -> Any:
    return openapi.validator(name)


def hold(path: str, answer: Answer, *, method: str = "get") -> None:
    """Hold one answer against the document."""
    assert openapi.is_documented(path, method, answer.status), (method, path, answer.status)
    assert set(answer.body) == {"code", "message", "response"}
    assert (answer.code == 0) == (answer.message is None) == (answer.response is not None)
    headers = {name.lower(): text for name, text in answer.headers.items()}
    assert headers["content-type"] == "application/json; charset=utf-8"
    assert answer.code == 0 or answer.status != 207
    if answer.status < 300 and answer.code == 0:
        name = openapi.definition_of(path, method, answer.status)
        judge_of(name).validate(answer.body)
        assert openapi.unknown_fields(name, answer.body) == set()


@dataclass
class Judge(Asker):
    """Judges all it gets; ``seen`` holds (method, path, HTTP status, success)."""

    seen: set[tuple[str, str, int, bool]] = field(default_factory=set)
    of_the_run: frozenset[tuple[str, str, int, bool]] = frozenset()
    bodies: list[tuple[str, Any]] = field(default_factory=list)

    def send(self, method: str, target: str, **options: Any) -> Answer:
        answer = super().send(method, target, **options)
        segments = [unquote(part) for part in target.partition("?")[0].strip("/").split("/")]
        path = openapi.template_of(segments)
        hold(path, answer, method=method.lower())
        self.seen.add((method, path, answer.status, answer.code == 0))
        if answer.status < 300 and answer.code == 0:
            name = openapi.definition_of(path, method.lower(), answer.status)
            self.bodies.append((name, answer.body))
        return answer
