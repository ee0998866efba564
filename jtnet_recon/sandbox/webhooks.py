"""Sends webhooks as i'mport does, to this machine only, from a thread of its own.

What is sent when: developers.portone.io, opi/ko/integration/webhook. Retries are off unless
wanted, up to five, a minute of the sandbox's clock apart, on no answer or a 5xx.
"""

from __future__ import annotations

import http.client
import json
import queue
import threading
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

if TYPE_CHECKING:
    from jtnet_recon.sandbox.agenda import Agenda
    from jtnet_recon.sandbox.records import Record

RETRIES_MAX, RETRY_AFTER_S = 5, 60
TIMEOUT_S = 30.0
SERVER_ERROR = 500
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "::1")


def is_loopback(url: str) -> bool:
    """Tell whether a webhook may be sent there: plain HTTP, to this machine."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    return parts.scheme == "http" and parts.hostname in LOOPBACK_NAMES and port != 0


class Courier:
    """Records every webhook, and delivers those that may leave."""

    def __init__(
        self, agenda: Agenda, url: str | None, *, as_form: bool = False, retries: int = 0
    ) -> None:
        if url is not None and not is_loopback(url):
            message = f'Sandbox: webhook_url "{url}" is not on this machine; use http://127.0.0.1:PORT/...'
            raise ValueError(message)
        if not 0 <= retries <= RETRIES_MAX:
            message = f"Sandbox: webhook_retries={retries} is not in 0..{RETRIES_MAX}"
            raise ValueError(message)
        self.url = url
        self.sent: list[dict[str, Any]] = []
        self._as_form = as_form
        self._retries = retries
        self._agenda = agenda
        self._queue: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._under_way = 0
        self._idle = threading.Condition()
        self._thread: threading.Thread | None = None

    def post(
        self,
        record: Record,
        *,
        at_s: int,
        url: str | None = None,
        cancellation_id: str | None = None,
        only_record: bool = False,
    ) -> None:
        """Tell the merchant how a payment stands; ``only_record`` keeps it at home."""
        body = {name: record[name] for name in ("imp_uid", "merchant_uid", "status")}
        if cancellation_id is not None:
            body["cancellation_id"] = cancellation_id
        url = url or self.url
        why_not = "the webhook is not wanted" if only_record else _why_not(url)
        hook: dict[str, Any] = {
            "url": url,
            "body": body,
            "at_s": at_s,
            "answers": [],
            "unsent": why_not,
        }
        self.sent.append(hook)
        if why_not is None:
            self._enqueue(hook)

    def wait(self, timeout_s: float = 10.0) -> bool:
        """Wait until nothing is under way; tell whether that was reached in time."""
        with self._idle:
            return self._idle.wait_for(lambda: self._under_way == 0, timeout_s)

    def stop(self) -> None:
        """Let the thread end after what it is doing."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(None)
            thread.join(TIMEOUT_S)

    def _enqueue(self, hook: dict[str, Any]) -> None:
        with self._idle:
            self._under_way += 1
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._work, name="jtnet-sandbox-webhooks", daemon=True
                )
                self._thread.start()
        self._queue.put(hook)

    def _work(self) -> None:
        while (hook := self._queue.get()) is not None:
            answer = _send(hook["url"], hook["body"], as_form=self._as_form)
            hook["answers"].append(answer)
            is_lost = not isinstance(answer, int) or answer >= SERVER_ERROR
            if is_lost and len(hook["answers"]) <= self._retries:
                self._plan_again(hook)
            with self._idle:
                self._under_way -= 1
                self._idle.notify_all()

    def _plan_again(self, hook: dict[str, Any]) -> None:
        at_s = hook["at_s"] + RETRY_AFTER_S * len(hook["answers"])
        self._agenda.add(at_s, lambda _: self._enqueue(hook))


def _why_not(url: str | None) -> str | None:
    if url is None:
        return "no webhook address is set"
    return None if is_loopback(url) else "the address is not on this machine"


def _send(url: str, body: dict[str, Any], *, as_form: bool) -> int | str:
    """Send once; give the HTTP status, or the name of what went wrong."""
    parts = urlsplit(url)
    kind = "application/x-www-form-urlencoded" if as_form else "application/json"
    content = urlencode(body) if as_form else json.dumps(body, ensure_ascii=False)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = http.client.HTTPConnection(
        parts.hostname or "", parts.port or 80, timeout=TIMEOUT_S
    )
    begun_s = time.monotonic()
    try:
        headers = {"Content-Type": f"{kind}; charset=utf-8", "User-Agent": "iamport-sandbox"}
        connection.request("POST", target, body=content.encode(), headers=headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"{type(error).__name__} after {time.monotonic() - begun_s:.1f} s"
    finally:
        connection.close()
