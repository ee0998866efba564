"""The faults of the wire: a right answer that does not arrive as it should."""

from __future__ import annotations

import asyncio
import gzip
import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jtnet_recon.sandbox.faults import Meeting
    from jtnet_recon.sandbox.replies import Reply

PIECES = 24
JSON_KIND = "application/json; charset=utf-8"
_UVICORN_COMPLAINT = "ASGI callable returned without completing response."


async def deliver(
    reply: Reply, meeting: Meeting | None, scope: Any, receive: Any, send: Any
) -> None:
    """Send an answer, in the way a fault wants it."""
    from starlette.responses import Response

    if meeting is None or not reply.body:
        response = Response(reply.body, reply.status, reply.headers, JSON_KIND)
        await response(scope, receive, send)
        return
    await _FAULTS[meeting.mode](reply, meeting, send)


async def _drip(reply: Reply, meeting: Meeting, send: Any) -> None:
    pause_s = meeting.seconds * meeting.rng.uniform(0.1, 1.0) / PIECES
    await send(_head(reply, len(reply.body)))
    size = -(-len(reply.body) // PIECES)
    for start in range(0, len(reply.body), size):
        await send(_piece(reply.body[start : start + size], more=True))
        await asyncio.sleep(pause_s)
    await send(_piece(b"", more=False))


async def _cut(reply: Reply, meeting: Meeting, send: Any) -> None:
    """End in mid-body: an answer that is left unfinished makes the server hang up."""
    _allow_unfinished_answers()
    await send(_head(reply, len(reply.body)))
    await send(_piece(reply.body[: meeting.rng.randrange(len(reply.body))], more=True))


async def _gzip(reply: Reply, meeting: Meeting, send: Any) -> None:
    packed = gzip.compress(reply.body, mtime=0)
    part = packed[: meeting.rng.randrange(10, len(packed))]
    await send(_head(reply, len(part), b"gzip"))
    await send(_piece(part, more=False))


_FAULTS = {"drip": _drip, "cut": _cut, "gzip": _gzip}


def _head(reply: Reply, length: int, encoding: bytes = b"") -> dict[str, Any]:
    named = {"content-type": JSON_KIND} | {k.lower(): v for k, v in reply.headers.items()}
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in named.items()]
    headers.append((b"content-length", str(length).encode()))
    if encoding:
        headers.append((b"content-encoding", encoding))
    return {"type": "http.response.start", "status": reply.status, "headers": headers}


def _piece(body: bytes, *, more: bool) -> dict[str, Any]:
    return {"type": "http.response.body", "body": body, "more_body": more}


class _CutsAreMeant(logging.Filter):
    """Drops uvicorn's complaint about an answer that was cut on purpose."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let everything else through."""
        return record.getMessage() != _UVICORN_COMPLAINT


_FILTER = _CutsAreMeant()


def _allow_unfinished_answers() -> None:
    logging.getLogger("uvicorn.error").addFilter(_FILTER)
