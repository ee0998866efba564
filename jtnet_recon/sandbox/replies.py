"""Writes the envelope `{code, message, response}` and the server's own messages.

The Korean wordings were seen in public client code; those marked "ours" were not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus

from jtnet_recon.sandbox.shelf import as_json

UNAUTHORIZED = "Unauthorized"
KEY_MISSING = "imp_key, imp_secret 파라메터가 누락되었습니다."
KEY_WRONG = "인증에 실패하였습니다. API키와 secret을 확인하세요."
NO_PAYMENT = "존재하지 않는 결제정보입니다."
BAD_STATUS = "지원되지 않는 상태값입니다."
# ours, all below: the status is documented or inferred, the wording is not known
PAGE_TOO_FAR = "데이터 범위를 벗어난 page입니다."
WINDOW_TOO_WIDE = "검색기간은 최대 90일까지 가능합니다."
WINDOW_REVERSED = "검색 시작 시각이 종료 시각보다 늦습니다."
IDS_MISSING = "imp_uid[] 또는 merchant_uid[]를 지정해주셔야합니다."
IDS_TOO_MANY = "한 번에 최대 100건까지 조회할 수 있습니다."
NO_SUCH_PATH = "존재하지 않는 경로입니다."
WRONG_METHOD = "지원되지 않는 요청방식입니다."
FOREIGN_HOST = "이 서버는 loopback 주소로만 요청을 받습니다."


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer: status, JSON body, extra headers."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def success(response: bytes, *, status: int = 200) -> Reply:
    """Wrap a piece of JSON as a success."""
    return Reply(status, b'{"code":0,"message":null,"response":' + response + b"}")


def failure(status: int, message: str, *, code: int = -1) -> Reply:
    """Wrap a refusal; the API gives HTTP 200 to some of them."""
    body = as_json({"code": code, "message": message, "response": None})
    # The server's maintainers agreed on this spelling.
    headers = {"WWW-Authorize": "iamport"} if status == HTTPStatus.UNAUTHORIZED else {}
    return Reply(status, body, headers)


def page_of(bodies: list[bytes], *, total: int, page: int, pages: int) -> Reply:
    """Wrap one page of a list; `previous` and `next` are page numbers, 0 means none."""
    following = page + 1 if page < pages else 0
    head = b'{"total":%d,"previous":%d,"next":%d,"list":[' % (total, page - 1, following)
    return success(head + b",".join(bodies) + b"]}")
