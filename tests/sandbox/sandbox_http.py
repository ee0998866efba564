"""Asks a sandbox over its socket, byte for byte as written: no client library smooths anything."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode


@dataclass(frozen=True)
class Answer:
    """One HTTP answer."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def body(self) -> dict[str, Any]:
        return json.loads(self.content)

    @property
    def code(self) -> int:
        return self.body["code"]

    @property
    def message(self) -> str | None:
        return self.body["message"]

    @property
    def response(self) -> Any:
        return self.body["response"]


@dataclass
class Asker:
    """Sends requests to one sandbox with its token, which is fetched at the first need."""

    sandbox: Any
    _token: list[str] = field(default_factory=list)

    @property
    def token(self) -> str:
        if not self._token:
            self._token.append(self.get_token().response["access_token"])
        return self._token[0]

    def forget_token(self) -> None:
        """Fetch another token at the next need: the clock was put forward."""
        self._token.clear()

    def get_token(self, key: str | None = None, secret: str | None = None) -> Answer:
        keys = {"imp_key": key or self.sandbox.key, "imp_secret": secret or self.sandbox.secret}
        return self.send("POST", "/users/getToken", json_body=keys)

    def get(self, path: str, **query: Any) -> Answer:
        """GET with the token; ``path`` is sent as it is, a list in the query repeats its name."""
        target = f"{path}?{urlencode(query, doseq=True)}" if query else path
        return self.send("GET", target, headers={"Authorization": f"Bearer {self.token}"})

    def call(self, method: str, path: str, json_body: Any = None, **headers: str) -> Answer:
        """Send any method with the token, and a JSON body if there is one."""
        headers = {"Authorization": f"Bearer {self.token}", **headers}
        return self.send(method, path, headers=headers, json_body=json_body)

    def post(self, path: str, **fields: Any) -> Answer:
        """POST the fields as JSON, with the token."""
        return self.call("POST", path, fields)

    def post_form(self, path: str, pairs: Any) -> Answer:
        """POST the fields as a form, with the token."""
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return self.send("POST", path, headers=headers, body=urlencode(pairs))

    def send(
        self,
        method: str,
        target: str,
        *,
        headers: dict[str, str] | None = None,
        json_body: Any = None,
        body: bytes | str | None = None,
    ) -> Answer:
        headers = dict(headers or {})
        if json_body is not None:
            body = json.dumps(json_body)
            headers["Content-Type"] = "application/json"
        port = int(self.sandbox.url.rpartition(":")[2])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request(method, target, body=body, headers=headers)
            found = connection.getresponse()
            return Answer(found.status, dict(found.getheaders()), found.read())
        finally:
            connection.close()

    def walk(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """Collect all pages of a list, following ``next``."""
        rows, page = [], 1
        while page:
            response = self.get(path, **query, page=page).response
            rows += response["list"]
            page = response["next"]
        assert len(rows) == response["total"]
        return rows


def segment(text: str) -> str:
    """Encode one segment of a path."""
    return quote(text, safe="")


def ids(rows: list[dict[str, Any]]) -> list[str]:
    """Give the ids of payments."""
    return [row["imp_uid"] for row in rows]


def began(payment: dict[str, Any]) -> int:
    """Give the instant a payment was started, else the first it has."""
    return payment.get("started_at") or payment["paid_at"] or payment["failed_at"]
