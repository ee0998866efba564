"""Fixtures of the client's tests: servers that end with the test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from client_wire import Api, Wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def api() -> Iterator[Callable[..., Api]]:
    """Start scripted APIs."""
    started: list[Wire] = []

    def start(script: Callable[..., Any], kind: type[Wire] = Api) -> Wire:
        started.append(kind(script))
        return started[-1]

    yield start
    for server in started:
        server.close()


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests never read a real key."""
    for name in ("URL", "KEY", "SECRET", "TIER"):
        monkeypatch.delenv(f"JTNET_RECON_{name}", raising=False)
