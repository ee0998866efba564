"""Secrets that cannot be printed, and the one token that all calls share.

Source: i'mport V1 OpenAPI, AuthAnnotation: a token lives 30 minutes; asked again it is the
same one with the same expiry; asked within its last minute it gets five minutes more.
"""

from __future__ import annotations

import hmac
import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from jtnet_recon.errors import ApiShapeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from jtnet_recon.client.endpoints import Call

# Asking earlier than a minute before the end returns the same token; asking inside it prolongs.
MARGIN_S = 40.0
_TOKEN = re.compile(r"^[A-Za-z0-9._~+/=-]{8,512}$")
# Shorter ones are no secrets of the API, and would be found in any text.
_QUOTED_MIN = 8
_MASK = "Secret(••••)"


class Secret:
    """A text that shows itself to :meth:`reveal` only, and cannot be pickled or copied.

    Parameters
    ----------
    value : str
        The secret.
    """

    __slots__ = ("_reveal",)
    __hash__ = None  # type: ignore[assignment] # a hash would be one more thing to print

    def __init__(self, value: str) -> None:
        # In a function, so that what lists an object's attributes shows a function.
        self._reveal: Callable[[], str] = lambda: value

    def reveal(self) -> str:
        """Return the text; call it in the expression that uses it, never keep it."""
        return self._reveal()

    def __repr__(self) -> str:
        """Say that it is one."""
        return _MASK

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        """Say that it is one, in f-strings too."""
        return _MASK

    def __eq__(self, other: object) -> bool:
        """Compare in constant time."""
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self.reveal().encode(), other.reveal().encode())

    def __getstate__(self) -> NoReturn:
        self.__reduce__()

    def __reduce__(self) -> NoReturn:
        message = "A secret cannot be pickled or copied."
        raise TypeError(message)


@dataclass(frozen=True, slots=True)
class Login:
    """Key and secret of one merchant account."""

    key: Secret
    secret: Secret

    def body(self) -> dict[str, str]:
        """Return what getToken is sent; for the transport's last line only."""
        return {"imp_key": self.key.reveal(), "imp_secret": self.secret.reveal()}

    def hidden_in(self, body: bytes, token: Secret | None) -> bytes:
        """Mask what was sent where an answer repeats it, for an answer that is about to be quoted.

        Parameters
        ----------
        body : bytes
            Of a refusal, or of getToken: none that holds figures.
        token : Secret, optional
            The one that was sent.

        Returns
        -------
        bytes
            Without key, secret and token.
        """
        for secret in (self.key, self.secret, *(() if token is None else (token,))):
            if len(secret.reveal()) >= _QUOTED_MIN:
                body = body.replace(secret.reveal().encode(), "••••".encode())
        return body

    def fingerprint(self, tier: str | None) -> str:
        """Name the merchant without telling the key.

        Parameters
        ----------
        tier : str, optional
            The sub-merchant.

        Returns
        -------
        str
            16 hexadecimal digits, HMAC-SHA256 keyed by the API key.
        """
        text = f"jtnet_recon merchant {tier or ''}".encode()
        return hmac.new(self.key.reveal().encode(), text, "sha256").hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Token:
    """A token as the server gave it, with the local times that follow from it.

    Parameters
    ----------
    secret : Secret
        The token itself.
    server_now_s : int
        The server's time when it answered, unix seconds.
    asked_s : float
        The local monotonic clock when it was asked for.
    renew_s : float
        The local monotonic clock from which another is asked for.
    """

    secret: Secret
    server_now_s: int
    asked_s: float
    renew_s: float


def read_token(response: Any, call: Call, *, asked_s: float) -> Token:
    """Check what getToken answered.

    Parameters
    ----------
    response : Any
        The ``response`` of the envelope.
    call : Call
        Named in errors.
    asked_s : float
        The local monotonic clock when it was asked for.

    Returns
    -------
    Token
        Its life is ``expired_at - now`` of the server, never a number of ours.

    Raises
    ------
    ApiShapeError
        If a field is absent, of another kind, or no token.
    """
    fields = response if isinstance(response, dict) else {}
    now_s, expired_s = fields.get("now"), fields.get("expired_at")
    text = fields.get("access_token")
    if type(now_s) is not int or type(expired_s) is not int:
        what = "getToken gave no whole numbers `now` and `expired_at`."
    elif not isinstance(text, str) or _TOKEN.match(text) is None:
        what = "getToken gave no usable `access_token`."
    else:
        life_s = max(float(expired_s - now_s), 1.0)
        # A short life is used to its half, so that a token is never asked for at each call.
        renew_s = asked_s + max(life_s - MARGIN_S, life_s / 2)
        return Token(Secret(text), now_s, asked_s, renew_s)
    raise ApiShapeError(
        what,
        method=call.method,
        path=call.template,
        hint="Check that the address is the i'mport V1 API's.",
        hint_ko="API 주소가 포트원 V1 API 주소인지 확인하세요.",
    )


class Tokens:
    """Keeps the one token; safe to share between threads.

    Parameters
    ----------
    fetch : callable
        Asks the server for a token.
    clock : callable
        The monotonic clock, in seconds.
    """

    def __init__(self, fetch: Callable[[], Token], clock: Callable[[], float]) -> None:
        self._fetch = fetch
        self._clock = clock
        self._lock = threading.Lock()
        self._token: Token | None = None

    def get(self) -> Token:
        """Return the token, a new one if the server's own expiry is near."""
        with self._lock:
            if self._token is None or self._clock() >= self._token.renew_s:
                self._token = self._fetch()
            return self._token

    def refuse(self, token: Token) -> bool:
        """Forget a token that the server refused; False if another thread already did."""
        with self._lock:
            is_current = self._token is token
            if is_current:
                self._token = None
            return is_current

    def server_now_s(self) -> int:
        """Return the server's time, unix seconds."""
        token = self.get()
        return int(token.server_now_s + self._clock() - token.asked_s)
