"""Keeps the sandbox's own time and its access tokens.

Source of the token rules: V1 OpenAPI, AuthAnnotation, and the V1 authentication page: a
token lives 30 minutes; asked again it is the same one; asked in its last minute it is the
same one with five minutes more.
"""

from __future__ import annotations

import hashlib
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LIFE_S, LAST_MINUTE_S, EXTENSION_S = 1_800, 60, 300


def running_clock(start_s: int) -> tuple[Callable[[], int], Callable[[float], None]]:
    """Start a clock at ``start_s``; give the functions that read it and put it forward."""
    begun_s, offset_s = time.monotonic(), [0.0]

    def now_s() -> int:
        return int(start_s + time.monotonic() - begun_s + offset_s[0])

    def advance(seconds: float) -> None:
        offset_s[0] += seconds

    return now_s, advance


class Tokens:
    """Hands out the one living token of one merchant account."""

    def __init__(self, secret: str, now_s: Callable[[], int]) -> None:
        self._secret = secret
        self._now_s = now_s
        self._lock = threading.Lock()
        self._issued = 0
        self._token = ""
        self._expired_s = 0

    def get(self) -> dict[str, object]:
        """Give the token as the API shows it."""
        with self._lock:
            now_s = self._now_s()
            if now_s >= self._expired_s:
                self._issued += 1
                text = f"{self._secret}/{self._issued}".encode()
                self._token = hashlib.sha256(text).hexdigest()[:40]
                self._expired_s = now_s + LIFE_S
            elif self._expired_s - now_s <= LAST_MINUTE_S:
                self._expired_s += EXTENSION_S
            return {"access_token": self._token, "now": now_s, "expired_at": self._expired_s}

    def revoke(self) -> None:
        """Let the living token die before its time."""
        with self._lock:
            self._token, self._expired_s = "", 0

    def accepts(self, token: str) -> bool:
        """Tell whether a request with this token may pass."""
        with self._lock:
            return bool(token) and token == self._token and self._now_s() < self._expired_s
