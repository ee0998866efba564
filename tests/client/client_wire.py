"""A real server on loopback that answers exactly as a test says, well or badly."""

from __future__ import annotations

import json
import socket
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from jtnet_recon.client import Client
from jtnet_recon.client.session import Timing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

NOW_S = 1_668_400_000  # 2022-11-14 13:26:40 in Korea
TOKEN = "3f0c9a7de51b4286a0d7c1e95b8f6240dd13ac72"
KEY, SECRET = "canary-key-5d0f", "canary-secret-91ac"


@dataclass(frozen=True)
class Request:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query))

    @property
    def page(self) -> int:
        return int(self.query["page"])


class Wire:
    """Accepts connections, reads one request each, sends the pieces it is told, and closes."""

    def __init__(self, answer: Callable[[Request], bytes | Iterable[bytes]]) -> None:
        self.answer = answer
        self.requests: list[Request] = []
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                request = _read_request(connection)
                if request is None:
                    return
                with self._lock:
                    self.requests.append(request)
                pieces = self.answer(request)
                for piece in [pieces] if isinstance(pieces, bytes) else pieces:
                    connection.sendall(piece)
            except OSError:  # the client had enough
                return

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)


def _read_request(connection: socket.socket) -> Request | None:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return None
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, value in (ln.split(":", 1) for ln in lines)}
    while len(body) < int(headers.get("content-length", "0")):
        body += connection.recv(65536)
    method, target, _ = first.split(" ")
    return Request(method, target, headers, body)


def reply(status: int, body: Any, *headers: str, kind: str = "application/json") -> bytes:
    """A whole answer; anything but bytes is sent as JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    lines = [f"HTTP/1.1 {status} Said", f"Content-Type: {kind}", f"Content-Length: {len(raw)}"]
    lines += ["Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode() + raw


def success(response: Any, *headers: str, status: int = 200) -> bytes:
    return reply(status, {"code": 0, "message": None, "response": response}, *headers)


def failure(status: int, message: str, *headers: str, code: int = -1) -> bytes:
    return reply(status, {"code": code, "message": message, "response": None}, *headers)


def page_of(
    rows: list[Any], *, total: int | None = None, page: int = 1, following: int = 0
) -> bytes:
    total = len(rows) if total is None else total
    return success({"total": total, "previous": page - 1, "next": following, "list": rows})


def token_answer(number: int = 0, *, life_s: int = 1_800) -> bytes:
    text = TOKEN[:-2] + f"{number:02d}"
    return success({"access_token": text, "now": NOW_S, "expired_at": NOW_S + life_s})


class Api(Wire):
    """Gives tokens by itself; every other request goes to the test's script."""

    def __init__(self, script: Callable[[Request], bytes | Iterable[bytes]]) -> None:
        self.script = script
        self.tokens = 0
        super().__init__(self._answer)

    @property
    def reads(self) -> list[Request]:
        return [request for request in self.requests if request.method == "GET"]

    def _answer(self, request: Request) -> bytes | Iterable[bytes]:
        if request.target == "/users/getToken":
            self.tokens += 1
            return token_answer(self.tokens)
        return self.script(request)


@dataclass
class Clock:
    """Real time, and the waits that were asked for without waiting."""

    skipped_s: float = 0.0
    waits: list[float] = field(default_factory=list)

    def now(self) -> float:
        return time.monotonic() + self.skipped_s

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.skipped_s += seconds

    @property
    def waited_s(self) -> float:
        return sum(self.waits)


def client_of(url: str, clock: Clock | None = None, **options: Any) -> Client:
    clock = clock or Clock()
    timing = Timing(clock=clock.now, sleep=clock.sleep, chance=lambda: 0.5)
    options = {"progress": False, "timing": timing, **options}
    return Client(url, KEY, SECRET, **options)


def record(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A paid card payment of 33,000 won with the document's fields."""
    at_s = NOW_S - 86_400 + number
    blank = dict.fromkeys(
        "emb_pg_provider bank_code bank_name card_issuer_code card_issuer_name card_publisher_code "
        "card_publisher_name card_number card_type vbank_code vbank_name vbank_num vbank_holder "
        "buyer_email buyer_addr buyer_postcode custom_data fail_reason cancel_reason receipt_url "
        "customer_uid customer_uid_usage promotion".split()
    )
    return {
        "imp_uid": f"imp_{number:012d}",
        "merchant_uid": f"order-{number}",
        "pay_method": "card",
        "channel": "pc",
        "pg_provider": "jtnet",
        "pg_tid": None,
        "pg_id": "shopjt001m",
        "sandbox": False,
        "escrow": False,
        "apply_num": "09318472",
        "card_code": "041",
        "card_name": "우리카드",
        "card_quota": 0,
        "vbank_date": 0,
        "vbank_issued_at": 0,
        "name": "원두 1kg",
        "amount": 33_000,
        "cancel_amount": 0,
        "currency": "KRW",
        "buyer_name": "김하나",
        "buyer_tel": "010-0000-0001",
        "user_agent": "sorry_not_supported_anymore",
        "status": "paid",
        "started_at": at_s,
        "paid_at": at_s + 30,
        "failed_at": 0,
        "cancelled_at": 0,
        "cancel_history": [],
        "deposit_history": [],
        "cancel_receipt_urls": [],
        "cash_receipt_issued": False,
        **blank,
        **changes,
    }


GOOD = page_of([record(1)])


class Failing:
    """Fails the first ``count`` reads with ``bad``, then works."""

    def __init__(self, bad: bytes, count: int) -> None:
        self.bad, self.left = bad, count
        self._lock = threading.Lock()

    def __call__(self, _request: Request) -> bytes:
        with self._lock:
            self.left -= 1
            return self.bad if self.left >= 0 else GOOD
