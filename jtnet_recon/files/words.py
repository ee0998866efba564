"""The words people use: headings, states, totals."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from jtnet_recon.columns import LEDGER

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES = tuple(LEDGER.names)
"""Our columns, in the order of table LEDGER."""

REQUIRED = tuple(column.name for column in LEDGER.columns if column.required)
OPTIONAL = tuple(column.name for column in LEDGER.columns if column.optional)
"""Columns that a ledger may have besides: taken where one heading clearly means them."""


def fold(text: str) -> str:
    """Bring a heading or word to the form it is compared in.

    Case, blanks, full-width and decomposed letters, ``_ - .`` and units in brackets do not count.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = _UNIT.sub("", plain)
    return _NOISE.sub("", plain)


_UNIT = re.compile(r"[(\[](?:원|krw|₩|won|필수|vat포함|부가세포함|kst)[)\]]")
_NOISE = re.compile(r"[\s_\-./:*\u200b-\u200d\u2060\ufeff]+")

# Sources: i'mport V1 OpenAPI (own names); Korean heads as PG exports share them (승인일, MOID, …).
_HEADINGS = {
    "merchant_uid": "merchant_uid|order_id|order_no|order number|moid|merchant order id|주문번호"
    "|주문id|주문아이디|주문코드|고객사 거래번호|고객사 주문번호|상점 주문번호|가맹점 주문번호"
    "|쇼핑몰 주문번호",
    "amount": "amount|paid amount|payment amount|결제금액|금액|매출금액|승인금액|거래금액|판매금액"
    "|결제액|매출액|합계금액|합계",
    "cancel_amount": "cancel_amount|cancelled amount|canceled amount|refund amount"
    "|refunded amount|취소금액|환불금액|취소액|환불액",
    "currency": "currency|currency code|통화|통화코드|결제통화|화폐|화폐단위",
    "status": "status|payment status|order status|상태|결제상태|주문상태|거래상태|처리상태|거래구분",
    "paid_on": "paid_on|paid_at|payment date|paid date|approved at|approval date|date|결제일"
    "|결제일시|결제일자|결제완료일|결제완료일시|승인일|승인일시|승인일자|매출일|매출일시|매출일자"
    "|거래일|거래일시|거래일자|날짜|일자",
    "cancelled_on": "cancelled_on|canceled_on|cancelled_at|canceled_at|cancel date|cancellation date"
    "|refunded on|refunded at|refund date|취소일|취소일시|취소일자|취소완료일|취소완료일시|취소승인일"
    "|취소승인일시|취소승인일자|환불일|환불일시|환불일자|환불완료일|환불완료일시",
    "kind": "kind|transaction type|transaction kind|entry type|구분|매출구분|거래유형|거래종류|매출유형"
    "|승인구분|승인취소구분",
    "refund_method": "refund_method|refunded by|refund type|환불수단|환불방법|환불방식|취소수단|취소방법",
    "imp_uid": "imp_uid|imp id|portone id|iamport id|포트원 번호|포트원id|포트원 거래번호"
    "|포트원 결제번호|아임포트 번호|아임포트id|아임포트 거래번호|아임포트 결제번호",
    "pg_tid": "pg_tid|tid|pg transaction id|거래번호|거래id|pg 거래번호|pg 거래id|pg사 거래번호",
    "apply_num": "apply_num|approval number|approval no|approval code|auth code|승인번호"
    "|카드 승인번호|카드사 승인번호",
    "card_code": "card_code|카드사코드|카드코드",
    "card_number": "card_number|card no|카드번호|신용카드번호",
    "card_quota": "card_quota|instalments|installments|instalment months|installment months"
    "|할부|할부개월|할부개월수|할부기간|할부월수",
    "escrow": "escrow|is escrow|에스크로|에스크로여부|에스크로 사용|에스크로 사용여부|에스크로 적용"
    "|에스크로 적용여부",
}
HEADINGS = MappingProxyType(
    {name: frozenset(fold(word) for word in words.split("|")) for name, words in _HEADINGS.items()}
)
"""Our column -> folded headings that mean it."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The columns of one kind of table, and the headings that mean them.

    Parameters
    ----------
    names : tuple of str
        Our columns, in order.
    required : tuple of str
        Those without which nothing can be done.
    optional : tuple of str
        Those that are taken where one heading clearly means them.
    headings : mapping of str to frozenset of str
        Our column -> folded headings.
    example : tuple of (str, str)
        What a message shows: headings, and ``columns=`` as text.
    """

    names: tuple[str, ...]
    required: tuple[str, ...]
    optional: tuple[str, ...]
    headings: Mapping[str, frozenset[str]]
    example: tuple[str, str]


LEDGER_WORDS = Vocabulary(
    NAMES,
    REQUIRED,
    OPTIONAL,
    HEADINGS,
    ("주문번호, 결제금액, …", '{"merchant_uid": "…", "amount": "…"}'),
)
"""The books: table LEDGER."""

_STATUSES = {
    "paid": "paid|approved|success|succeeded|complete|completed|captured|결제완료|완료|승인"
    "|승인완료|결제승인|결제|매출|정상|입금완료|상품준비중|배송준비중|배송중|배송완료|구매확정",
    "cancelled": "cancelled|canceled|refunded|refund|voided|취소|취소완료|전체취소|결제취소"
    "|주문취소|승인취소|매출취소|환불|환불완료|전체환불",
    "partial": "partial|partial cancelled|partially cancelled|partial canceled|partial cancel"
    "|partially canceled|partially refunded|partial refund|부분취소|부분취소완료|부분환불"
    "|부분환불완료",
    "ready": "ready|pending|waiting|unpaid|입금대기|입금대기중|결제대기|결제대기중|대기|미결제"
    "|미입금|입금전|결제전|가상계좌발급",
    "failed": "failed|failure|declined|aborted|expired|결제실패|실패|승인실패|승인거절|거절"
    "|결제오류|결제중단|중단|만료|기한만료|입금기한만료",
    "cancel_requested": "cancel_requested|cancel request|cancel pending|cancellation requested"
    "|refund requested|refund request|refund pending|취소요청|취소접수|취소신청|취소대기|취소진행중"
    "|취소처리중|취소승인대기|환불요청|환불접수|환불신청|환불대기|환불진행중|환불처리중",
}
STATUSES = MappingProxyType(
    {fold(word): status for status, words in _STATUSES.items() for word in words.split("|")}
)
"""Folded word -> paid, cancelled, partial, ready, failed or cancel_requested."""

_KINDS = {
    "approval": "approval|approved|sale|sales|payment|paid|charge|capture|매출|일반매출|정상매출|결제"
    "|결제완료|결제승인|승인|승인완료|정상승인|매출승인|판매|정상|정상거래|입금|입금완료",
    "cancel": "cancel|cancelled|canceled|cancellation|full cancel|partial cancel|refund|refunded"
    "|full refund|partial refund|void|voided|취소|취소완료|전체취소|전액취소|부분취소|승인취소|매출취소"
    "|결제취소|주문취소|판매취소|취소매출|취소승인|환불|환불완료|전체환불|전액환불|부분환불|반품"
    "|카드취소|환불매출|취소환불|반품환불|부분취소완료|부분환불완료|반품완료",
}
KINDS = MappingProxyType(
    {fold(word): kind for kind, words in _KINDS.items() for word in words.split("|")}
)
"""Folded word -> approval or cancel, the kinds of table TRANSACTIONS."""

_FLAGS = {
    True: "y|yes|true|t|o|1|예|네|유|사용|사용함|적용|적용함|해당|에스크로|에스크로결제|escrow",
    False: "n|no|false|f|x|0|아니오|아니요|무|미사용|사용안함|미적용|적용안함|해당없음|일반|일반결제",
}
FLAGS = MappingProxyType(
    {fold(word): is_true for is_true, words in _FLAGS.items() for word in words.split("|")}
)
"""Folded word -> true or false."""

LUMP_SUMS = frozenset(map(fold, ("일시불", "일시", "일시금", "lump sum", "single payment")))
"""Folded words for a payment without instalments."""

CURRENCIES = MappingProxyType(
    {"원": "KRW", "원화": "KRW", "₩": "KRW", "won": "KRW", "$": "USD", "달러": "USD", "엔": "JPY"}
)
"""Folded word -> ISO 4217 code, beside the codes themselves."""

_TOTAL = re.compile(
    r"^(?:\d{1,4}년)?(?:\d{1,2}월)?(?P<word>총?합계(?:금액)?|총계|누계|계|전체합계|grandtotal|totals?"
    r"|소계|중간합계|월계|일계|주계|subtotals?|총(?:결제|매출|판매|거래)?(?:금?액|매출))(?:\d+건)?$"
)
# The total of a day, a week, a page or one way to pay says of what it is: "11월 7일 소계", "카드 합계".
_QUALIFIED = re.compile(r"^.{1,20}?(?P<word>소계|합계|총계|누계|subtotals?)(?:금액)?(?:\d+건)?$")
_OF_A_DAY = re.compile(
    r"^(?:\d{4}[-./]\s?|\d{4}년\s?)?\d{1,2}(?:[-./]\s?\d{1,2}|월\s?\d{1,2}일|일)\.?\s?계$"
)
_PARTS = frozenset({"소계", "중간합계", "월계", "일계", "주계", "subtotal", "subtotals"})
_REMARK = re.compile(r"(?<=.)[(\[][^()\[\]]*[)\]]$")
_SIGNS = re.compile(r"[\W_]+")
_TOTAL_MAX = 30


def total_of(cell: object) -> Literal["all", "part"] | None:
    """Tell whether a cell is the label of a total: ``all``, ``part`` (subtotal) or None."""
    if not isinstance(cell, str) or len(cell) > _TOTAL_MAX or not _may_be_total(cell):
        return None
    match = _TOTAL.match(_bare(cell))
    if match is None:
        return None
    return "part" if match["word"] in _PARTS else "all"


def id_total_of(cell: object) -> Literal["all", "part", "named"] | None:
    """Tell whether a cell where an order id should stand is the label of a total."""
    if not isinstance(cell, str) or not _may_be_total(cell):
        return None
    return total_of(cell) or qualified_total_of(cell)


def qualified_total_of(cell: object) -> Literal["named"] | None:
    """Tell whether a cell is the label of a total that says of what it is, such as a day: ``named``.

    A product may be called so, too: it is a total only where an order id should stand.
    """
    if not isinstance(cell, str) or len(cell) > _TOTAL_MAX or not _may_be_total(cell):
        return None
    if _OF_A_DAY.match(unicodedata.normalize("NFKC", cell).strip()):
        return "named"
    return "named" if _QUALIFIED.match(_bare(cell)) else None


def _bare(cell: str) -> str:
    """Leave the word of a label: no unit, no remark in brackets at its end, no signs around it."""
    return _SIGNS.sub("", _REMARK.sub("", fold(cell)))


def _may_be_total(cell: str) -> bool:
    """Rule most cells out cheaply; Hangul may arrive decomposed."""
    if not cell.isascii() and any(sign in cell for sign in ("계", "총", "ᅨ", "ᄎ")):
        return True
    return "total" in cell.casefold().replace(" ", "")
