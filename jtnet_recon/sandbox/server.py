"""Puts the routes behind HTTP: the ASGI application, and a server in a thread."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote

from jtnet_recon.sandbox import replies
from jtnet_recon.sandbox.bodies import nested
from jtnet_recon.sandbox.faults import FaultDesk, Faults
from jtnet_recon.sandbox.faults_wire import deliver
from jtnet_recon.sandbox.routes import Account, Call

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    import uvicorn
    from starlette.requests import Request

    from jtnet_recon.sandbox.controls import Controls
    from jtnet_recon.sandbox.faults import Meeting
    from jtnet_recon.sandbox.replies import Reply
    from jtnet_recon.sandbox.window import Windows

    Scope = MutableMapping[str, Any]
    App = Callable[[Scope, Callable[[], Awaitable[Any]], Callable[[Any], Awaitable[None]]], Any]

LOOPBACK = "127.0.0.1"
BODY_METHODS = ("POST", "PUT", "DELETE")
START_TIMEOUT_S, STOP_TIMEOUT_S = 30.0, 15.0


def make_app(
    account: Account,
    *,
    latency_s: float,
    faults: FaultDesk | None = None,
    windows: Windows | None = None,
    controls: Controls | None = None,
) -> App:
    """Make the ASGI application of one account: the API, the payment window, the controls."""
    from starlette.requests import Request

    desk = faults or FaultDesk(Faults())

    def answered(call: Call) -> tuple[Reply, Meeting | None]:
        for desk_of_ours in (controls, windows):
            page = None if desk_of_ours is None else desk_of_ours.answer(call)
            if page is not None:
                return page, None
        return desk.answer(account, call)

    async def app(scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        if latency_s > 0:
            await asyncio.sleep(latency_s)
        request = Request(scope, receive)
        meeting = None
        if _is_foreign(request.headers.get("host", "")):
            reply = replies.failure(421, replies.FOREIGN_HOST)
        else:
            reply, meeting = answered(await _decode(request))
        await deliver(reply, meeting, scope, receive, send)

    return app


def _is_foreign(host: str) -> bool:
    """Refuse names a web page could point at this machine (DNS rebinding)."""
    name = host[: host.index("]") + 1] if host.startswith("[") else host.partition(":")[0]
    return name.lower() not in (LOOPBACK, "localhost", "[::1]")


async def _decode(request: Request) -> Call:
    # The decoded path no longer tells an encoded slash from a real one.
    raw_path = request.scope.get("raw_path") or request.url.path.encode()
    segments = [unquote(part, errors="replace") for part in raw_path.decode("latin-1").split("/")]
    while segments and segments[-1] == "":
        segments.pop()
    query = parse_qs(request.url.query, keep_blank_values=True, errors="replace")
    form = await _form(request) if request.method in BODY_METHODS else {}
    return Call(request.method, segments[1:], query, request.headers, form)


async def _form(request: Request) -> dict[str, object]:
    """Read a body sent as JSON, as urlencoded or as multipart."""
    from starlette.formparsers import MultiPartException

    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        try:
            return nested((await request.form()).multi_items())
        except MultiPartException:  # a multipart body that is none
            return {}
    try:
        found = json.loads(await request.body())
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


class ServerThread:
    """A uvicorn server on a loopback port, in a daemon thread; must be stopped."""

    def __init__(self, app: App, port: int) -> None:
        import uvicorn

        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self._socket.bind((LOOPBACK, port))
        except OSError as error:
            self._socket.close()
            message = f"Sandbox: port {port} is not free on {LOOPBACK}; port=0 takes any free one"
            raise OSError(error.errno, message) from error
        self.port: int = self._socket.getsockname()[1]
        config = uvicorn.Config(
            app,
            log_config=None,
            log_level="warning",
            access_log=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=1,
            server_header=False,
        )
        self._server: uvicorn.Server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, name="jtnet-sandbox", daemon=True)
        self._thread.start()
        self._wait_until_ready()

    def stop(self) -> None:
        """Stop answering and free the port."""
        self._server.should_exit = True
        self._thread.join(STOP_TIMEOUT_S)
        # On a busy machine the loop may still listen: a socket that is closed under it breaks it,
        # and it closes the socket itself in the end.
        if not self._thread.is_alive():
            self._socket.close()

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])

    def _wait_until_ready(self) -> None:
        deadline_s = time.monotonic() + START_TIMEOUT_S
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline_s:
                self.stop()
                message = f"Sandbox: the server did not start on {LOOPBACK}:{self.port}"
                raise RuntimeError(message)
            time.sleep(0.002)
