"""One reading call, seen through: token, attempts, waits, and an error in words at the end."""

from __future__ import annotations

import logging
import random
import time
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar

from jtnet_recon.client.auth import Token, Tokens, read_token
from jtnet_recon.client.body import Fault
from jtnet_recon.client.endpoints import CONFLICT_IS_AN_ANSWER, GET_TOKEN, PARTIAL, Call
from jtnet_recon.client.envelope import (
    NotWholeError,
    not_whole,
    open_envelope,
    server_message,
    shape_error,
)
from jtnet_recon.client.retry import (
    ATTEMPTS_MAX,
    COST_RETRY,
    COST_TIMEOUT,
    THROTTLED_WAIT_MIN_S,
    Bucket,
    Lanes,
    Tally,
    asked_wait_s,
    backoff_s,
    is_passing,
)
from jtnet_recon.errors import ApiAuthError, ApiConnectionError, ApiError, ApiStatusError

if TYPE_CHECKING:
    from collections.abc import Callable

    from jtnet_recon.client.auth import Login
    from jtnet_recon.client.transport import Answer, Transport

T = TypeVar("T")

LOG = logging.getLogger("jtnet_recon.client")

_TOKEN_CALL = Call("POST", GET_TOKEN)
_PAGES_OF_A_PROXY_MAX = 2
RENEWALS_MAX = 3
"""Of the token in one pull, beside those by its own expiry."""

_SLICE_S = 0.5
_TOLD_FROM_S = 5.0


class _AgainError(Exception):
    """An attempt failed in a way that may pass."""

    def __init__(self, cause: str, error: ApiError, *, wait_s: float | None = None) -> None:
        super().__init__(cause)
        self.cause = cause
        self.error = error
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True)
class Timing:
    """The clock and the chance that waiting depends on; a test brings its own.

    Parameters
    ----------
    clock : callable
        Monotonic seconds.
    sleep : callable
        Waits for seconds.
    chance : callable
        Uniform in [0, 1).
    """

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random


@dataclass(frozen=True, slots=True)
class Session:
    """Everything that the calls of one client share.

    Parameters
    ----------
    transport : Transport
        The wire.
    login : Login
        Key and secret.
    timeout_s : float
        Total time of one call with its retries, waits that the server asked for not counted.
    lanes : Lanes
        Calls at once.
    timing : Timing, optional
        Clock, sleep and chance.
    """

    transport: Transport
    login: Login
    timeout_s: float
    lanes: Lanes
    timing: Timing = field(default_factory=Timing)
    bucket: Bucket = field(default_factory=Bucket)
    tokens: Tokens = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tokens", Tokens(self._fetch_token, self.timing.clock))

    def read(self, call: Call, take: Callable[[bytes], T], tally: Tally | None = None) -> T:
        """Make one reading call and return what ``take`` makes of the body.

        Parameters
        ----------
        call : Call
            What to read.
        take : callable
            Turns a body of HTTP 200 (or 207) into the result; raises NotWholeError if the body
            is no whole JSON document, so that it is fetched again.
        tally : Tally, optional
            Counts requests and retries.

        Returns
        -------
        T
            Of ``take``.

        Raises
        ------
        ApiError
            If it did not work, whatever was tried.
        """
        counts = tally or Tally()

        def attempt(within_s: float) -> T:
            token = self.tokens.get()
            with self.lanes:
                counts.count("requests")
                answer = self._send(call, within_s, token)
            if answer.status == HTTPStatus.UNAUTHORIZED:
                error = _refusal(answer, call)
                if self.tokens.refuse(token) and counts.count("renewals") > RENEWALS_MAX:
                    raise error
                raise _AgainError(cause="401", error=error)
            return self._take(answer, call, take, counts)

        return self._persist(attempt, counts)

    def get(self, call: Call, tally: Tally | None = None) -> object:
        """Make one reading call and return the envelope's ``response``.

        Parameters
        ----------
        call : Call
            What to read.
        tally : Tally, optional
            Counts requests and retries.

        Returns
        -------
        object
            As the server sent it; numbers with a point are Decimal.
        """
        return self.read(call, lambda body: open_envelope(body, call), tally)

    def _fetch_token(self) -> Token:
        """Ask for the token; a refusal of key or secret is final."""

        def attempt(within_s: float) -> Token:
            asked_s = self.timing.clock()
            answer = self._send(_TOKEN_CALL, within_s, None)
            if answer.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED):
                raise _wrong_key(answer)
            return self._take(
                answer,
                _TOKEN_CALL,
                lambda body: read_token(
                    open_envelope(body, _TOKEN_CALL), _TOKEN_CALL, asked_s=asked_s
                ),
                Tally(),
            )

        return self._persist(attempt, Tally())

    def _send(self, call: Call, within_s: float, token: Token | None) -> Answer:
        """Send, and turn a fault into an error or another try."""
        secret, login = (None, self.login) if token is None else (token.secret, None)
        try:
            answer = self.transport.send(call, within_s=within_s, token=secret, login=login)
        except Fault as found:
            fault = found
        else:
            if answer.status >= HTTPStatus.BAD_REQUEST or token is None:
                # Errors quote what the server says, which may be what it was sent.
                answer = replace(answer, body=self.login.hidden_in(answer.body, secret))
            return answer
        error = _unreachable(fault, call)
        if fault.is_passing:
            raise _AgainError(fault.cause, error)
        raise error

    def _take(self, answer: Answer, call: Call, take: Callable[[bytes], T], counts: Tally) -> T:
        """Judge the status, then read the body."""
        is_answer = answer.status == HTTPStatus.CONFLICT and call.template in CONFLICT_IS_AN_ANSWER
        if is_passing(answer.status) and not is_answer:
            headers = answer.headers
            wait_s = asked_wait_s(headers.get("retry-after"), headers.get("date"))
            if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
                self.lanes.halve()
            raise _AgainError(str(answer.status), _refusal(answer, call), wait_s=wait_s)
        if answer.status >= HTTPStatus.BAD_REQUEST:
            raise _refusal(answer, call)
        partial = answer.status == HTTPStatus.MULTI_STATUS and call.template in PARTIAL
        if answer.status == HTTPStatus.NO_CONTENT:
            raise _again(not_whole(b"", call))
        if answer.status != HTTPStatus.OK and not partial:
            raise _unexpected(answer, call)
        if "json" not in answer.headers.get("content-type", ""):
            counts.count("not_called_json")
        try:
            return take(answer.body)
        except NotWholeError as found:
            unreadable = found
        raise _again(unreadable)

    def _persist(self, attempt: Callable[[float], T], counts: Tally) -> T:
        """Try until it works, the attempts, the time or the bucket are spent."""
        deadline_s = self.timing.clock() + self.timeout_s
        causes: dict[str, int] = {}
        for number in range(1, ATTEMPTS_MAX + 1):
            # Half the time at most for one attempt: a server that drips leaves time for another.
            left_s = deadline_s - self.timing.clock()
            try:
                result = attempt(max(min(left_s, self.timeout_s / 2), 0.001))
            except _AgainError as found:
                failed = found
            else:
                self.bucket.give_back()
                self.lanes.widen()
                return result
            causes[failed.cause] = causes.get(failed.cause, 0) + 1
            LOG.info("attempt %d failed: %s", number, failed.cause)
            if number == ATTEMPTS_MAX or self._is_final(failed, causes[failed.cause]):
                break
            wait_s, asked_s = self._wait_of(failed, number)
            if self.timing.clock() + wait_s - asked_s >= deadline_s:
                break
            deadline_s += asked_s
            if not self._slept(wait_s, counts):
                break
            counts.retry(failed.cause)
        raise failed.error

    def _is_final(self, failed: _AgainError, times: int) -> bool:
        """Stop early where another try cannot help or would only add load."""
        if failed.cause == "401":
            return times > 1
        if failed.cause == "html" and times > _PAGES_OF_A_PROXY_MAX:
            return True
        return not self.bucket.take(COST_TIMEOUT if "timeout" in failed.cause else COST_RETRY)

    def _wait_of(self, failed: _AgainError, number: int) -> tuple[float, float]:
        """Return how long to wait, and how much of that the server asked for."""
        if failed.cause == "401":
            return 0.0, 0.0
        wait_s = backoff_s(number, self.timing.chance())
        if failed.cause == "429" and failed.wait_s is None:
            wait_s = max(wait_s, THROTTLED_WAIT_MIN_S)
        asked_s = failed.wait_s or 0.0
        return max(wait_s, asked_s), asked_s

    def _slept(self, wait_s: float, counts: Tally) -> bool:
        """Wait, in slices: False as soon as there is no point in going on."""
        if wait_s >= _TOLD_FROM_S:
            LOG.warning("waiting %.0f s before the next attempt", wait_s)
        while wait_s > 0 and not counts.is_stopped:
            self.timing.sleep(min(wait_s, _SLICE_S))
            wait_s -= _SLICE_S
        return not counts.is_stopped


def _again(found: NotWholeError) -> _AgainError:
    return _AgainError(found.cause, found.error)


def _wrong_key(answer: Answer) -> ApiAuthError:
    """Say that no token was given for this key and secret."""
    said = server_message(answer.body)
    return ApiAuthError(
        f"key or secret refused (HTTP {answer.status}{': ' + said if said else ''})",
        method=_TOKEN_CALL.method,
        path=_TOKEN_CALL.template,
        status=answer.status,
        hint="Check JTNET_RECON_KEY and JTNET_RECON_SECRET against the i'mport admin console; it "
        "was not tried again.",
        hint_ko="API 키와 시크릿이 거절되었습니다. 포트원 관리자콘솔의 값과 비교해 주세요.",
    )


_REFUSED: dict[int, tuple[str, str]] = {
    401: (
        "The token was renewed once and refused again: another program may have changed the key.",
        "토큰을 한 번 다시 받았으나 또 거절되었습니다. API 키가 변경되었는지 확인하세요.",
    ),
    403: (
        "Check the account's permissions, IP rules and contract in the i'mport admin console.",
        "포트원 관리자콘솔에서 권한, IP 제한, 계약 상태를 확인하세요.",
    ),
    404: (
        "Check the id and, for sub-merchants, the tier.",
        "번호와 하위상점(Tier) 코드를 확인하세요.",
    ),
    405: ("This PG does not offer it.", "해당 PG사가 지원하지 않는 기능입니다."),
    407: (
        "A proxy wants a login. This client goes to the API directly and ignores proxy variables.",
        "프록시 인증이 필요한 망입니다. 관리자에게 api.iamport.kr 직접 연결 허용을 요청하세요.",
    ),
    429: (
        "The server asks for fewer calls. Wait some minutes and run again.",
        "호출이 많아 제한되었습니다. 몇 분 뒤 다시 실행하세요.",
    ),
    501: ("This PG does not offer it.", "해당 PG사가 지원하지 않는 기능입니다."),
}
_BROKEN = (
    "The server is in trouble. Nothing was changed; run again later.",
    "서버에 장애가 있습니다. 변경된 것은 없으니 잠시 뒤 다시 실행하세요.",
)
_OTHERWISE = (
    "The server did not accept the call; its message says why.",
    "서버가 요청을 받아들이지 않았습니다. 메시지를 확인하세요.",
)


def _refusal(answer: Answer, call: Call) -> ApiStatusError:
    """Turn a status into an error; a web page of a gateway is never quoted."""
    status = answer.status
    said = server_message(answer.body)
    hint, hint_ko = _REFUSED.get(status, _BROKEN if status >= 500 else _OTHERWISE)  # noqa: PLR2004
    kind = ApiAuthError if status == HTTPStatus.UNAUTHORIZED else ApiStatusError
    return kind(
        f"HTTP {status}{': ' + said if said else ''}",
        method=call.method,
        path=call.template,
        status=status,
        hint=hint,
        hint_ko=hint_ko,
    )


def _unexpected(answer: Answer, call: Call) -> ApiError:
    """Name a status below 400 that the document does not know; a redirect is never followed."""
    if "location" in answer.headers:
        from urllib.parse import urlsplit

        from jtnet_recon.client.envelope import shown

        host = shown(urlsplit(answer.headers["location"]).netloc.rpartition("@")[2]) or "itself"
        return shape_error(f"HTTP {answer.status} redirects to {host}; it is not followed.", call)
    return shape_error(f"HTTP {answer.status} is no answer that the document knows.", call)


_UNREACHABLE: dict[str, tuple[str, str]] = {
    "dns": (
        "Check the network, the VPN and the address of the API.",
        "네트워크와 VPN 연결, API 주소를 확인하세요.",
    ),
    "tls": (
        "The connection is not safe and was not used. Does your company inspect TLS? Then point SSL_CERT_FILE to its certificate.",
        "안전하지 않은 연결이라 중단했습니다. 회사에서 TLS를 검사한다면 SSL_CERT_FILE 에 사내 인증서를 지정하세요.",
    ),
    "pool": ("Run fewer pulls at the same time.", "동시에 실행 중인 수집을 줄이세요."),
    "too_large": (
        "No page of payments is so large; the answer was thrown away.",
        "정상적인 응답 크기가 아니므로 버렸습니다.",
    ),
}
_NO_ANSWER = (
    "Check the network and run again; nothing was changed.",
    "네트워크를 확인하고 다시 실행하세요. 변경된 것은 없습니다.",
)


def _unreachable(fault: Fault, call: Call) -> ApiConnectionError:
    """Turn a fault of the wire into an error."""
    hint, hint_ko = _UNREACHABLE.get(fault.cause, _NO_ANSWER)
    return ApiConnectionError(
        f"no whole answer: {fault.what}.",
        method=call.method,
        path=call.template,
        hint=hint,
        hint_ko=hint_ko,
    )
