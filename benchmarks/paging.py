"""A server on loopback that answers pages of payments after a set time, and does nothing else.

    python benchmarks/paging.py --pages 200 --rows 1000 --delay-ms 20

Every body is made before the first request: what is measured is the reader, not this server.
"""

from __future__ import annotations

import argparse
import json
import socket
import sys
import threading
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

MONTH, START_S, MONTH_S = "2022-11", 1_667_228_400, 30 * 86_400
CLOCKS = ("started_at", "paid_at", "failed_at", "cancelled_at")
TOKEN = {"access_token": "0" * 40, "now": 1_700_000_000, "expired_at": 1_700_001_800}


def main() -> int:
    """Serve until the other process closes its pipe."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--rows", type=int, default=1_000)
    parser.add_argument("--delay-ms", type=float, default=20.0)
    arguments = parser.parse_args()
    bodies = _bodies(arguments.pages, arguments.rows)
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    threading.Thread(
        target=_accept, args=(listener, bodies, arguments.delay_ms / 1_000), daemon=True
    ).start()
    print(listener.getsockname()[1], sum(map(len, bodies)), flush=True)
    sys.stdin.read()
    return 0


def _bodies(pages: int, rows: int) -> list[bytes]:
    """Make pages of payments as the sandbox has them, each with an id of its own."""
    from jtnet_recon.sandbox import Sandbox

    month = Sandbox(MONTH, seed=1, orders=1_000).payments
    return [_body(month, page, pages, rows) for page in range(1, pages + 1)]


def _body(month: list[dict[str, Any]], page: int, pages: int, rows: int) -> bytes:
    first = (page - 1) * rows
    step_s = MONTH_S / (pages * rows)
    listed = [
        {
            **_begun(month[n % len(month)], START_S + int(n * step_s)),
            "imp_uid": f"imp_{n:012d}",
            "merchant_uid": f"order-{n}",
        }
        for n in range(first, first + rows)
    ]
    following = page + 1 if page < pages else 0
    head = {"total": pages * rows, "previous": page - 1, "next": following, "list": listed}
    envelope = {"code": 0, "message": None, "response": head}
    return json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()


def _begun(payment: dict[str, Any], at_s: int) -> dict[str, Any]:
    """Let a payment begin at a time: a server lists the rows in the order it is asked for."""
    moves = {name: payment[name] for name in CLOCKS if payment.get(name)}
    shift_s = at_s - next(iter(moves.values()))
    return {**payment, **{name: moved_s + shift_s for name, moved_s in moves.items()}}


def _accept(listener: socket.socket, bodies: list[bytes], delay_s: float) -> None:
    while True:
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(
            target=_serve, args=(connection, _answering(bodies, delay_s)), daemon=True
        ).start()


def _answering(bodies: list[bytes], delay_s: float) -> Callable[[str], bytes]:
    """Answer a target: the token at once, a page after its time."""
    token = json.dumps({"code": 0, "message": None, "response": TOKEN}).encode()

    def answer(target: str) -> bytes:
        if target.endswith("/users/getToken"):
            return token
        time.sleep(delay_s)
        return bodies[int(parse_qs(urlsplit(target).query)["page"][0]) - 1]

    return answer


def _serve(connection: socket.socket, answer: Callable[[str], bytes]) -> None:
    """Answer request after request on one connection."""
    data = b""
    with connection:
        while True:
            while b"\r\n\r\n" not in data:
                piece = connection.recv(65_536)
                if not piece:
                    return
                data += piece
            head, _, data = data.partition(b"\r\n\r\n")
            first, *lines = head.decode("latin-1").split("\r\n")
            length = next(
                (int(x[15:]) for x in lines if x.lower().startswith("content-length:")), 0
            )
            while len(data) < length:
                data += connection.recv(65_536)
            data = data[length:]
            body = answer(first.split(" ")[1])
            fields = f"Content-Type: application/json\r\nContent-Length: {len(body)}"
            connection.sendall(f"HTTP/1.1 200 OK\r\n{fields}\r\n\r\n".encode() + body)


if __name__ == "__main__":
    sys.exit(main())
