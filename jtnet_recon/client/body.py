"""What can go wrong on the wire, and the reading of a body to its proven end."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BODY_BYTES_MAX = 64 * 1024 * 1024
_GZIP_WBITS = 31


class Fault(Exception):  # noqa: N818 - what happened on the wire, turned into an ApiError later
    """No whole answer came.

    Parameters
    ----------
    cause : str
        One word, for counting.
    what : str
        In words.
    is_passing : bool
        Whether another try may help.
    """

    def __init__(self, cause: str, what: str, *, is_passing: bool = True) -> None:
        super().__init__(what)
        self.cause = cause
        self.what = what
        self.is_passing = is_passing


_WHAT = {
    "connect_timeout": "no connection in time",
    "connect": "no connection",
    "dns": "the host name cannot be resolved",
    "timeout": "the answer did not end in time",
    "cut": "the connection broke before the whole answer was there",
    "gzip": "the compressed answer is cut or damaged",
    "encoding": "the answer came in an encoding that was not asked for",
    "tls": "the server's certificate is refused",
    "too_large": f"the answer is larger than {BODY_BYTES_MAX // 2**20} MiB",
    "pool": "too many calls at once from this program",
    "request": "the request could not be written",
}
_FINAL = frozenset({"tls", "too_large", "pool", "request"})


def fault(cause: str, detail: str = "") -> Fault:
    """Make the fault of a cause."""
    return Fault(cause, _WHAT[cause] + detail, is_passing=cause not in _FINAL)


def bare(error: BaseException) -> BaseException:
    """Take from an exception what it hangs on: frames and causes that may hold a request.

    Parameters
    ----------
    error : BaseException
        Such as an interruption in the middle of a call.

    Returns
    -------
    BaseException
        The same one, to be raised where nothing secret has a name.
    """
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def whole(pieces: Iterable[bytes], encoding: str) -> bytes:
    """Read a body to its end, decoded, within the size.

    Parameters
    ----------
    pieces : iterable of bytes
        As they come off the wire.
    encoding : str
        The header ``Content-Encoding``.

    Returns
    -------
    bytes
        The whole body.

    Raises
    ------
    Fault
        If it is too large, its compression is cut or damaged, or it is not what was asked for.
    """
    return b"".join(_chunks(pieces, encoding))


def _chunks(pieces: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    inflater = _inflater(encoding)
    left = BODY_BYTES_MAX
    for raw in pieces:
        chunk = raw if inflater is None else inflater.decompress(raw, left + 1)
        left -= len(chunk)
        if left < 0:
            raise fault(cause="too_large")
        yield chunk
    if inflater is not None and (not inflater.eof or inflater.unused_data):
        raise fault(cause="gzip")


def _inflater(encoding: str) -> Any:
    """Make what decodes a body; None if it comes as it is."""
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return None
    if name in ("gzip", "x-gzip"):
        return _Inflater()
    raise fault(cause="encoding")


class _Inflater:
    """A gzip decoder whose complaint is a fault."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(_GZIP_WBITS)

    def decompress(self, raw: bytes, bytes_max: int) -> bytes:
        """Decode a piece; more than ``bytes_max`` never comes out."""
        try:
            return self._stream.decompress(raw, bytes_max)
        except zlib.error:
            damage = fault("gzip")
        raise damage

    @property
    def eof(self) -> bool:
        """Whether the stream ended by itself."""
        return self._stream.eof

    @property
    def unused_data(self) -> bytes:
        """What came after the end."""
        return self._stream.unused_data
