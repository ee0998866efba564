"""A transport that lets out the opened operations, and no other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jtnet_recon.client.transport import Transport
from jtnet_recon.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jtnet_recon.client.auth import Secret
    from jtnet_recon.client.endpoints import Call
    from jtnet_recon.client.transport import Answer

NEVER_SENT = frozenset({"connect_timeout", "connect", "dns", "pool"})
"""Causes of a fault after which no byte of the request can have reached the server.

A fault of TLS is not among them: it may also break an answer that is on its way.
"""


class OperationTransport(Transport):
    """Sends reading calls as every transport, and beside them what was opened.

    Parameters
    ----------
    url : str
        Scheme, host and port.
    routes : frozenset of (str, str)
        Method and path template of each opened operation.
    **options : Any
        Of :class:`~jtnet_recon.client.transport.Transport`.
    """

    # A card company may take its time; giving up early only makes the outcome unclear.
    silence_max_s = 60.0

    def __init__(self, url: str, *, routes: frozenset[tuple[str, str]], **options: Any) -> None:
        super().__init__(url, **options)
        self._routes = routes

    def operate(
        self,
        call: Call,
        *,
        within_s: float,
        token: Secret,
        body: Callable[[], Mapping[str, Any]] | None,
    ) -> Answer:
        """Send one operation, once.

        Parameters
        ----------
        call : Call
            An opened one.
        within_s : float
            Total time, in seconds.
        token : Secret
            Sent as ``Authorization: Bearer``.
        body : callable, optional
            Makes the JSON in the moment it is written.

        Returns
        -------
        Answer
            Of any status.

        Raises
        ------
        ConfigError
            If the call was not opened.
        Fault
            If no whole answer came; see :data:`NEVER_SENT`.
        """
        if (call.method, call.template) not in self._routes:
            message = f"{call.method} {call.template} is refused: it was not opened."
            raise ConfigError(
                message,
                hint="Name the operation in allow={...}. Nothing was sent.",
                hint_ko="allow={...} 에 열지 않은 작업입니다. 아무것도 전송하지 않았습니다.",
            )
        return self._deliver(call, within_s, token, body)
