"""Opens the envelope ``{code, message, response}``: strict JSON or an error in words.

Source: i'mport V1 OpenAPI; HTTP 200 does not mean success, ``code`` does.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NoReturn

from jtnet_recon.errors import ApiCodeError, ApiShapeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from jtnet_recon.client.endpoints import Call

_SHOWN_MAX = 200
_TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")


class NotWholeError(Exception):
    """A body is not one JSON document; another try may bring a better one.

    Parameters
    ----------
    cause : str
        One word, for counting.
    error : ApiShapeError
        What to raise if it stays so.
    """

    def __init__(self, cause: str, error: ApiShapeError) -> None:
        super().__init__(cause)
        self.cause = cause
        self.error = error


def open_envelope(body: bytes, call: Call) -> Any:
    """Return the ``response`` of a successful envelope.

    Parameters
    ----------
    body : bytes
        The whole body.
    call : Call
        Named in errors.

    Returns
    -------
    Any
        As the server sent it; numbers with a point are Decimal.

    Raises
    ------
    NotWholeError
        If the body is no JSON document.
    ApiShapeError
        If it is no envelope, or JSON that cannot be trusted (a key twice, NaN).
    ApiCodeError
        If ``code`` is not 0.
    """
    envelope = strict_json(body, call)
    if not isinstance(envelope, dict) or not {"code", "response"} <= envelope.keys():
        seen = ", ".join(sorted(map(str, envelope)))[:_SHOWN_MAX] if envelope else "nothing"
        found = f"fields: {seen}" if isinstance(envelope, dict) else f"a {type(envelope).__name__}"
        message = f"the answer is no envelope of code, message and response ({found})."
        raise shape_error(message, call)
    code = _code(envelope["code"], call)
    if code != 0:
        message = f"the server refused: {shown(envelope.get('message'))} (code {code})"
        raise ApiCodeError(
            message,
            method=call.method,
            path=call.template,
            api_code=code,
            hint="The call reached the API and was refused; the message is the server's own.",
            hint_ko="API가 요청을 거절했습니다. 위 메시지는 서버의 안내입니다.",
        )
    return envelope["response"]


def strict_json(body: bytes, call: Call) -> Any:
    """Read JSON without the leniency of Python's reader.

    Parameters
    ----------
    body : bytes
        UTF-8.
    call : Call
        Named in errors.

    Returns
    -------
    Any
        Numbers with a point or an exponent are Decimal.

    Raises
    ------
    NotWholeError
        If it is no JSON: HTML, empty, cut.
    ApiShapeError
        If a key stands twice, a number is NaN or infinite, or nesting or digits have no end.
    """
    try:
        return json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_no_key_twice,
            parse_constant=_no_constant,
            parse_float=Decimal,
        )
    except (UnicodeDecodeError, json.JSONDecodeError):
        unreadable = not_whole(body, call)
    except _UntrustedError as error:
        message = f"{error}."
        raise shape_error(message, call) from None
    except (RecursionError, ValueError):
        message = "the JSON is nested too deeply or holds an endless number."
        raise shape_error(message, call) from None
    raise unreadable


def not_whole(body: bytes, call: Call) -> NotWholeError:
    """Tell a web page from an empty and from a cut answer.

    Parameters
    ----------
    body : bytes
        What came instead of JSON.
    call : Call
        Named in the error.

    Returns
    -------
    NotWholeError
        To be raised.
    """
    start = body.lstrip()[:4096]
    if not start:
        return NotWholeError("empty", shape_error("the answer is empty.", call))
    if start.startswith(b"<"):
        title = _TITLE.search(start.decode("utf-8", errors="replace"))
        named = f', titled "{shown(title[1])}"' if title and title[1].strip() else ""
        error = ApiShapeError(
            f"a proxy or a security appliance answered, not i'mport: a web page came{named}.",
            method=call.method,
            path=call.template,
            hint="Open the API address in a browser on this machine; log in to the network or ask "
            "its administrator to let api.iamport.kr through.",
            hint_ko="사내 프록시나 보안장비가 대신 응답했습니다. 네트워크 로그인 상태를 확인하거나 "
            "관리자에게 api.iamport.kr 허용을 요청하세요.",
        )
        return NotWholeError("html", error)
    return NotWholeError("broken_json", shape_error("the answer is cut or no JSON.", call))


def shape_error(what: str, call: Call) -> ApiShapeError:
    """Make the error for an answer that the document does not describe.

    Parameters
    ----------
    what : str
        A sentence without a subject of its own.
    call : Call
        Named in the error.

    Returns
    -------
    ApiShapeError
        To be raised.
    """
    return ApiShapeError(
        what,
        method=call.method,
        path=call.template,
        hint="Nothing was taken from this answer. Try again; if it stays, report it.",
        hint_ko="이 응답은 사용하지 않았습니다. 다시 시도하고 계속되면 신고해 주세요.",
    )


def server_message(body: bytes, hide: Callable[[str], str] = str) -> str:
    """Return what the server says of a refusal, if it says it in an envelope.

    Parameters
    ----------
    body : bytes
        Of an answer with a status of 400 or above.
    hide : callable, optional
        Masks what must not be repeated, before anything is cut off.

    Returns
    -------
    str
        At most 200 characters, without control characters; empty if there is none.
    """
    try:
        envelope = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    message = envelope.get("message") if isinstance(envelope, dict) else None
    return shown(hide(message)) if isinstance(message, str) else ""


def shown(text: Any) -> str:
    """Make text from outside fit to stand in a message.

    Parameters
    ----------
    text : Any
        Whatever the server wrote.

    Returns
    -------
    str
        At most 200 characters on one line, without control characters.
    """
    return _CONTROL.sub(" ", str(text)).strip()[:_SHOWN_MAX]


class _UntrustedError(ValueError):
    """JSON that Python would read and should not."""


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) != len(pairs):
        what = "a field stands twice in one record"
        raise _UntrustedError(what)
    return record


def _no_constant(name: str) -> NoReturn:
    what = f"a number is {name}"
    raise _UntrustedError(what)


def _code(code: Any, call: Call) -> int:
    """Read ``code``: a number, and long ago the document showed it as text."""
    if isinstance(code, bool) or not isinstance(code, int | str) or not _is_whole(code):
        message = "the envelope's `code` is no whole number."
        raise shape_error(message, call)
    return int(code)


def _is_whole(code: int | str) -> bool:
    return re.fullmatch(r"-?\d{1,9}", str(code)) is not None
