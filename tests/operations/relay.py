"""A real server between the operations and the sandbox, which spoils what it is told to spoil."""

from __future__ import annotations

import http.client
import json
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PAGE = b"<html><head><title>502 Bad Gateway</title></head></html>"


class Relay(ThreadingHTTPServer):
    """Passes every request on; the operations (all but GET and getToken) as ``mode`` says.

    ``mode`` is one of the functions below, or None. ``operations`` lists what arrived. Where
    ``read`` is set, every reading call is answered with it.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, url: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behind = int(url.rpartition(":")[2])
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.mode: Any = None
        self.on_arrival: Any = None
        self.reads_fail = False
        self.read: Any = None
        self.hangs_up = False
        self.operations: list[tuple[str, str, bytes]] = []
        self.released = threading.Event()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent: callers hang up on purpose here."""

    def end(self) -> None:
        """Stop listening; a second call changes nothing."""
        self.released.set()
        if not self._thread.is_alive():
            return
        self.shutdown()
        self.server_close()
        self._thread.join()

    def ask(self, handler: _Handler, body: bytes) -> tuple[int, str, bytes]:
        """Let the sandbox answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.behind, timeout=60)
        headers = {
            name: value
            for name, value in handler.headers.items()
            if name.lower() in ("authorization", "content-type", "tier")
        }
        try:
            connection.request(handler.command, handler.path, body or None, headers)
            found = connection.getresponse()
            return found.status, found.headers.get("content-type", ""), found.read()
        finally:
            connection.close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Relay

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        is_operation = self.command != "GET" and self.path != "/users/getToken"
        if is_operation:
            self.server.operations.append((self.command, self.path, body))
            if self.server.on_arrival is not None:
                self.server.on_arrival()
        if is_operation and self.server.mode is not None:
            with suppress(OSError):
                self.server.mode(self, body)
            self.close_connection = True
        elif self.command == "GET" and self.server.reads_fail:
            self.reply(501, "application/json", b"{}")
        elif self.command == "GET" and self.server.read is not None:
            envelope = {"code": 0, "message": None, "response": self.server.read}
            self.reply(200, "application/json", json.dumps(envelope).encode())
        else:
            self.reply(*self.server.ask(self, body))

    do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - http.server's own names

    def reply(self, status: int, kind: str, content: bytes, length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content) if length is None else length))
        if self.server.hangs_up:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Stay silent."""


def cut(handler: _Handler, body: bytes) -> None:
    """The sandbox acts; its answer breaks off in the middle."""
    status, kind, content = handler.server.ask(handler, body)
    handler.reply(status, kind, content[: len(content) // 2], length=len(content))


def dropped(handler: _Handler, body: bytes) -> None:
    """The sandbox acts; the connection ends without a byte of an answer."""
    handler.server.ask(handler, body)


def gateway(handler: _Handler, body: bytes) -> None:
    """The sandbox acts; a gateway says 502 with a page of its own."""
    handler.server.ask(handler, body)
    handler.reply(502, "text/html", PAGE)


def portal(handler: _Handler, body: bytes) -> None:
    """The sandbox acts; a web page comes with HTTP 200."""
    handler.server.ask(handler, body)
    handler.reply(200, "text/html", PAGE)


def denied(handler: _Handler, body: bytes) -> None:
    """The sandbox acts; the answer says that it refused."""
    handler.server.ask(handler, body)
    handler.reply(200, "application/json", b'{"code":-1,"message":"x","response":null}')


def silent(handler: _Handler, body: bytes) -> None:
    """The sandbox acts; nothing is answered until the caller has given up."""
    handler.server.ask(handler, body)
    handler.server.released.wait(60)


def lost(handler: _Handler, _body: bytes) -> None:
    """The request never reaches the sandbox, and nobody says so."""


def lost_502(handler: _Handler, _body: bytes) -> None:
    """A gateway answers instead of the sandbox, which never hears of it."""
    handler.reply(502, "text/html", PAGE)


def claimed(handler: _Handler, _body: bytes) -> None:
    """Something answers that all is well; the sandbox never hears of it."""
    handler.reply(200, "application/json", b'{"code":0,"message":null,"response":{}}')


ACTED = (cut, dropped, gateway, portal, denied)
LOST = (lost, lost_502)


def echo(handler: _Handler, body: bytes) -> None:
    """A server that repeats what it was sent."""
    message = body.decode().replace('"', "'")
    content = f'{{"code":-1,"message":"{message}","response":null}}'.encode()
    handler.reply(200, "application/json", content)
