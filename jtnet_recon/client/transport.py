"""The one module that touches the network and httpx: a whole answer, or a fault.

Nothing httpx raises leaves this file: its exceptions hold requests, and those hold secrets.
"""

from __future__ import annotations

import contextvars
import logging
import socket
import ssl
import time
import weakref
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import certifi
import httpcore
import httpx

from jtnet_recon.client.body import Fault, bare, fault, whole
from jtnet_recon.client.endpoints import check_reading
from jtnet_recon.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jtnet_recon.client.auth import Login, Secret
    from jtnet_recon.client.endpoints import Call

    Body = Callable[[], Mapping[str, Any]]

CONNECT_TIMEOUT_S = 5.0
SILENCE_MAX_S = 15.0
KEEPALIVE_S = 30.0
_LIBRARY_LOGGERS = (
    "httpx",
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.http2",
    "httpcore.proxy",
)
# Set while a call of ours is on its way: when it must be over, on the transport's own clock.
_end_s: contextvars.ContextVar[float | None] = contextvars.ContextVar("end_s", default=None)


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer: its framing and its compression are known to be complete."""

    status: int
    body: bytes = field(repr=False)
    headers: dict[str, str] = field(repr=False)


class Transport:
    """Sends reading calls to one address, and nothing else to anywhere.

    Parameters
    ----------
    url : str
        Scheme, host and port.
    tier : str, optional
        Sub-merchant, sent as header ``Tier``.
    connections : int
        At most so many at once.
    agent : str
        How the client names itself.
    clock : callable, default time.monotonic
        Seconds.
    """

    silence_max_s = SILENCE_MAX_S

    def __init__(
        self,
        url: str,
        *,
        tier: str | None,
        connections: int,
        agent: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._base = url.rstrip("/")
        self._clock = clock
        headers = {"User-Agent": agent, "Accept": "application/json", "Cache-Control": "no-store"}
        headers["Accept-Encoding"] = "gzip"
        if tier is not None:
            headers["Tier"] = tier
        self._http = httpx.Client(
            headers=headers,
            trust_env=False,
            follow_redirects=False,
            transport=_Wire(_tls(self._base), connections, clock),
        )
        # Connections that nobody closes are closed when the client is forgotten.
        self._closing = weakref.finalize(self, self._http.close)
        _hush_libraries()

    def close(self) -> None:
        """Close the connections."""
        self._closing()

    def send(
        self,
        call: Call,
        *,
        within_s: float,
        token: Secret | None = None,
        login: Login | None = None,
    ) -> Answer:
        """Send one call and read its whole answer.

        Parameters
        ----------
        call : Call
            A reading one.
        within_s : float
            Total time, in seconds.
        token : Secret, optional
            Sent as ``Authorization: Bearer``.
        login : Login, optional
            Sent as the JSON body of getToken.

        Returns
        -------
        Answer
            Of any status.

        Raises
        ------
        ConfigError
            If the call is not a reading one, an id cannot stand in a path, or the client is closed.
        Fault
            If no whole answer came.
        """
        check_reading(call.method, call.template)
        return self._deliver(call, within_s, token, None if login is None else login.body)

    def _deliver(
        self, call: Call, within_s: float, token: Secret | None, body: Body | None
    ) -> Answer:
        """Send a call that was allowed; ``body`` makes the JSON in the moment it is written."""
        target = call.target
        if not self._closing.alive:
            raise ConfigError(
                message="This client is closed.",
                hint="Open another with connect().",
                hint_ko="닫힌 클라이언트입니다. connect()로 다시 여세요.",
            )
        mark = _end_s.set(self._clock() + within_s)
        try:
            return self._exchange(call.method, target, token, body)
        except Fault:
            raise
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, OSError) as error:
            found: BaseException = _fault_of(error)
        except BaseException as error:  # noqa: BLE001 - raised below, without httpx's frames: they hold token and body
            found = bare(error)
        finally:
            _end_s.reset(mark)
        raise found

    def _exchange(
        self, method: str, target: str, token: Secret | None, body: Body | None
    ) -> Answer:
        """Make the request in one expression, so that no frame keeps a secret in a name."""
        response = self._http.send(
            self._http.build_request(
                method,
                self._base + target,
                headers={} if token is None else {"Authorization": f"Bearer {token.reveal()}"},
                json=None if body is None else body(),
                timeout=httpx.Timeout(self.silence_max_s, connect=CONNECT_TIMEOUT_S),
            ),
            stream=True,
        )
        try:
            encoding = response.headers.get("content-encoding", "identity")
            content = whole(response.iter_raw(), encoding)
        finally:
            response.close()
        return Answer(response.status_code, content, dict(response.headers))


class _Wire(httpx.HTTPTransport):
    """Connections on which every read and write ends with the call's total time.

    httpx knows a time for each read only: a server that sends a byte now and then could hold a
    call for ever (encode/httpx issue 1450).
    """

    def __init__(  # no super: it would open a pool of its own
        self, context: ssl.SSLContext, connections: int, clock: Callable[[], float]
    ) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=KEEPALIVE_S,
            network_backend=_TimedBackend(clock),
        )


class _TimedBackend(httpcore.NetworkBackend):
    """Opens connections within the call's total time."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._inner = httpcore.SyncBackend()
        self._clock = clock

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        """Connect."""
        left_s = _left_s(self._clock, timeout, httpcore.ConnectTimeout)
        stream = self._inner.connect_tcp(host, port, left_s, local_address, socket_options)
        return _TimedStream(stream, self._clock)


class _TimedStream(httpcore.NetworkStream):
    """Reads and writes within the call's total time."""

    def __init__(self, stream: httpcore.NetworkStream, clock: Callable[[], float]) -> None:
        self._inner = stream
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what is there."""
        left_s = _left_s(self._clock, timeout, httpcore.ReadTimeout)
        return self._inner.read(max_bytes, left_s)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all."""
        self._inner.write(buffer, _left_s(self._clock, timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        """Close."""
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Encrypt."""
        left_s = _left_s(self._clock, timeout, httpcore.ConnectTimeout)
        stream = self._inner.start_tls(ssl_context, server_hostname, left_s)
        return _TimedStream(stream, self._clock)

    def get_extra_info(self, info: str) -> Any:
        """Tell what the connection is."""
        return self._inner.get_extra_info(info)


def _left_s(
    clock: Callable[[], float], timeout: float | None, too_late: type[Exception]
) -> float | None:
    """Return the time that one step may take, or say that there is none."""
    end_s = _end_s.get()
    if end_s is None:
        return timeout
    left_s = end_s - clock()
    if left_s <= 0:
        raise too_late
    return left_s if timeout is None else min(timeout, left_s)


def _tls(base: str) -> ssl.SSLContext:
    """Trust the system's authorities and certifi's; nothing turns the check off.

    ``ssl.create_default_context`` would also write session keys to ``SSLKEYLOGFILE``.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if base.startswith("https:"):
        context.load_default_certs()
        context.load_verify_locations(certifi.where())
    return context


# From the narrow to the wide; the first that fits decides.
_CAUSES: tuple[tuple[type[BaseException], str], ...] = (
    (httpx.ConnectTimeout, "connect_timeout"),
    (httpx.PoolTimeout, "pool"),
    (httpx.TimeoutException, "timeout"),
    (httpx.ConnectError, "connect"),
    (httpx.LocalProtocolError, "request"),
    (httpx.UnsupportedProtocol, "request"),
    (httpx.InvalidURL, "request"),
    (Exception, "cut"),
)


def _fault_of(error: BaseException) -> Fault:
    """Say in our words what httpx met, and keep nothing of its exception."""
    chain = list(_chain(error))
    for part in chain:
        if isinstance(part, ssl.SSLCertVerificationError):
            return fault("tls", f" ({part.verify_message})")
    if any(isinstance(part, ssl.SSLError) for part in chain):
        return fault("tls", " (no common protocol)")
    if any(isinstance(part, socket.gaierror) for part in chain):
        return fault("dns")
    return fault(next(cause for kind, cause in _CAUSES if isinstance(error, kind)))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Walk from an error to what caused it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


class _OursStaySilent(logging.Filter):
    """Drops what the libraries log of our calls below WARNING: URLs hold ids."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let others' records through."""
        return record.levelno >= logging.WARNING or _end_s.get() is None


_FILTER = _OursStaySilent()


def _hush_libraries() -> None:
    """Filter, and change no level: another program's own use of httpx logs as before."""
    for name in _LIBRARY_LOGGERS:
        logging.getLogger(name).addFilter(_FILTER)
