"""What an answer to an operation means, in three words: an answer, a refusal, or unclear."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from jtnet_recon.client.envelope import NotWholeError, open_envelope, server_message, shown
from jtnet_recon.client.operations.fields import refused
from jtnet_recon.client.retry import is_passing
from jtnet_recon.errors import (
    ApiAuthError,
    ApiCodeError,
    ApiConnectionError,
    ApiError,
    ApiShapeError,
    ApiStatusError,
    ConfigError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from jtnet_recon.client.endpoints import Call
    from jtnet_recon.client.transport import Answer

_LOOKED = "It was looked up: nothing of it is to be seen. It was not tried again."
_LOOKED_KO = "조회한 결과 처리된 내역이 없습니다. 자동으로 다시 시도하지 않았습니다."


@dataclass(frozen=True, slots=True)
class Unclear:
    """Nobody can tell from the answer alone.

    Parameters
    ----------
    what : str
        Why; empty for a clear answer that is only verified.
    said : str
        What the server said, fit to be shown.
    record : Any
        The answer as it came, if it came whole.
    """

    what: str
    said: str = ""
    record: Any = field(default=None, repr=False)


class Refused(Exception):  # noqa: N818 - what the server did; the error is inside
    """The server refused.

    Parameters
    ----------
    error : ApiError
        To be raised, once nothing of the operation was found.
    """

    def __init__(self, error: ApiError) -> None:
        super().__init__(type(error).__name__)
        self.error = error

    @property
    def is_token(self) -> bool:
        """Whether the token was refused."""
        return isinstance(self.error, ApiAuthError)


def opened_answer(answer: Answer, call: Call, hide: Callable[[str], str]) -> Unclear:
    """Read an answer.

    Parameters
    ----------
    answer : Answer
        Of any status.
    call : Call
        Named in errors.
    hide : callable
        Masks the card in what the server says.

    Returns
    -------
    Unclear
        With the envelope's ``response``, if there is one.

    Raises
    ------
    Refused
        If the server said no: HTTP 4xx or 501, or HTTP 200 with ``code`` other than 0.
    """
    status, found = answer.status, None
    # "Too many requests" was not looked at; every other status that may pass was perhaps acted on.
    if is_passing(status) and status != HTTPStatus.TOO_MANY_REQUESTS:
        return Unclear(f"HTTP {status}", server_message(answer.body, hide))
    if status >= HTTPStatus.BAD_REQUEST:
        raise Refused(_status_error(answer, call, hide))
    if status != HTTPStatus.OK:
        return Unclear(f"HTTP {status} is no answer that the document knows")
    try:
        record = open_envelope(answer.body, call)
    except ApiCodeError as error:
        found = error
    except (NotWholeError, ApiShapeError):
        return Unclear("the answer is not what the document says")
    else:
        reason = record.get("fail_reason") if isinstance(record, dict) else None
        return Unclear("", shown(hide(str(reason or ""))), record)
    raise Refused(_code_error(found, call, server_message(answer.body, hide)))


def unreachable(what: str, call: Call) -> ApiConnectionError:
    """Make the error for a call of which no byte left."""
    return ApiConnectionError(
        f"{what}; nothing was sent.",
        method=call.method,
        path=call.template,
        hint="Check the network and plan again.",
        hint_ko="네트워크를 확인하고 다시 계획하세요. 아무것도 전송하지 않았습니다.",
    )


def already_executed(plan: str) -> ConfigError:
    """Make the error for a plan that was sent and refused, or left open by an interruption."""
    return refused(
        f"Plan {plan} was executed already; a plan is sent once.",
        hint="See the journal, or resolve it; then make another plan.",
        hint_ko="이미 실행한 계획입니다. 저널을 확인하고 새로 계획하세요.",
    )


def _status_error(answer: Answer, call: Call, hide: Callable[[str], str]) -> ApiStatusError:
    said = server_message(answer.body, hide)
    is_token = answer.status == HTTPStatus.UNAUTHORIZED
    kind = ApiAuthError if is_token else ApiStatusError
    return kind(
        f"HTTP {answer.status}{': ' + said if said else ''}",
        method=call.method,
        path=call.template,
        status=answer.status,
        hint=_LOOKED,
        hint_ko=_LOOKED_KO,
    )


def _code_error(error: ApiCodeError, call: Call, said: str) -> ApiCodeError:
    """Say the same without what may be of a card, and with what is known since."""
    return ApiCodeError(
        f"{said} (code {error.api_code})",
        method=call.method,
        path=call.template,
        api_code=error.api_code,
        hint=_LOOKED,
        hint_ko=_LOOKED_KO,
    )
