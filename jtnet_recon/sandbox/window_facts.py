"""Says what the payment window shows: amount, cards, banks, instalments, restrictions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jtnet_recon.sandbox import cards, codes
from jtnet_recon.sandbox.acts import METHODS
from jtnet_recon.sandbox.fields import mapping, text
from jtnet_recon.sandbox.records import INSTALMENT_FROM
from jtnet_recon.sandbox.refusals import RefusedError, Why

if TYPE_CHECKING:
    from jtnet_recon.sandbox.fields import Fields
    from jtnet_recon.sandbox.records import Record

SHOP_NAME = "샘플상점"
PLAIN_NUMBER = "4242424242424242"
EXPIRY = "2099-12"
SHOWN_CODES = ("366", "381", "365", "367", "361", "368", "374", "041", "371", "090")
ODD_CARDS = {
    1: "한도 초과",
    2: "잔액 부족",
    3: "분실 신고",
    4: "유효기간 경과",
    5: "없는 카드번호",
    6: "생년월일 불일치",
    7: "PG사 무응답",
    8: "승인, 취소는 거절",
    9: "첫 시도만 거절",
}
BANKS = ("004", "088", "020", "011", "003", "081", "090", "092", "071", "032")
QUOTAS = (2, 3, 4, 5, 6, 10, 12)
DECLINES = {
    ("trans", "money"): cards.NO_MONEY,
    ("phone", "limit"): "[한도초과] 휴대폰 결제 한도를 초과하였습니다",
}
PHONE = "01000000000"


def facts_of(record: Record, params: Fields) -> dict[str, object]:
    """Gather what the page draws."""
    quotas = _quotas(record, params)
    direct = _direct(params)
    return {
        "shop": SHOP_NAME,
        "name": record["name"] or "주문명 없음",
        "amount": record["amount"],
        "amount_text": amount_text(record["amount"], record["currency"]),
        "is_billing": record["customer_uid"] is not None,
        "note": _note(record),
        "details": _details(record),
        "pay_method": record["pay_method"],
        "methods": list(methods_of(params)),
        "cards": card_choices(params),
        "banks": [{"code": code, "name": codes.BANKS[code]} for code in BANKS],
        "quotas": quotas,
        "quota": direct[1] if direct is not None and direct[1] in quotas else 0,
    }


def amount_text(amount: float, currency: str) -> str:
    """Write an amount the way a Korean checkout does."""
    return f"{amount:,.0f}원" if currency == "KRW" else f"{currency} {amount:,.2f}"


def methods_of(params: Fields) -> tuple[str, ...]:
    """Tell between which methods the shopper may choose: the one asked for, if any was."""
    if text(params, "customer_uid"):
        return ("card",)
    asked = text(params, "pay_method")
    return (asked,) if asked in METHODS else METHODS


def card_choices(params: Fields) -> list[dict[str, object]]:
    """List the test cards, the approved ones first; a forbidden one is shown as such."""
    named = [str(rule.get("card_code")) for rule in _rules(params)]
    direct = _direct(params)
    named += [direct[0]] if direct is not None else []
    shown = dict.fromkeys([*SHOWN_CODES, *(code for code in named if code in codes.CARDS)])
    good = [_card(_number_of(code), codes.CARDS[code], params) for code in shown]
    odd = [
        _card(f"{number:016d}", title, params, is_good=False) for number, title in ODD_CARDS.items()
    ]
    return good + odd


def is_allowed(code: str, params: Fields) -> bool:
    """Tell whether ``card.detail`` (or ``card.direct``) lets a card company in.

    A rule that names the company wins over the one for all (``*``); without any it is let in.
    """
    direct = _direct(params)
    if direct is not None and code != direct[0]:
        return False
    found = {str(rule.get("card_code")): rule.get("enabled") is True for rule in _rules(params)}
    return found.get(code, found.get("*", True))


def check_card(params: Fields) -> None:
    """Refuse a card restriction that is written wrongly: it would let in what it should not."""
    card = params.get("card")
    if card is None:
        return
    detail = card.get("detail", []) if isinstance(card, dict) else None
    if not isinstance(detail, list) or not all(_is_rule(rule) for rule in detail):
        raise RefusedError(Why.PARAMETER_BAD, "card.detail")


def choice_of(method: str, form: Fields, params: Fields) -> dict[str, Any]:
    """Read what the shopper chose, as `Acts.settle_window` takes it."""
    if method in ("trans", "vbank"):
        return {"bank": text(form, "bank_code")}
    if method == "phone":
        return {"phone": PHONE}
    number = text(form, "card_number")
    if number is None and not any(card["allowed"] for card in card_choices(params)):
        raise RefusedError(Why.CARDS_ALL_FORBIDDEN)
    if number is not None and not is_allowed(cards.find(number).code, params):
        raise RefusedError(Why.CARD_FORBIDDEN)
    is_guide = number == cards.GUIDE_NUMBER
    expiry = cards.GUIDE_EXPIRIES[-1] if is_guide else EXPIRY
    return {"card": {"card_number": number, "expiry": expiry, "card_quota": form.get("card_quota")}}


def _is_rule(rule: object) -> bool:
    return (
        isinstance(rule, dict)
        and isinstance(rule.get("card_code"), str)
        and isinstance(rule.get("enabled"), bool)
    )


def _rules(params: Fields) -> list[dict[str, Any]]:
    detail = mapping(params.get("card")).get("detail")
    return [rule for rule in detail if isinstance(rule, dict)] if isinstance(detail, list) else []


def _direct(params: Fields) -> tuple[str, int] | None:
    """Read ``card.direct``: the one company to go to, and the months of the instalment."""
    direct = mapping(mapping(params.get("card")).get("direct"))
    code, quota = direct.get("code"), direct.get("quota")
    if code not in codes.CARDS:
        return None
    return str(code), quota if type(quota) is int else 0


def _number_of(code: str) -> str:
    fixed = {"366": PLAIN_NUMBER, "381": cards.GUIDE_NUMBER}
    return fixed.get(code, f"000000000{code}0000")


def _card(number: str, title: str, params: Fields, *, is_good: bool = True) -> dict[str, object]:
    return {
        "number": number,
        "shown": "-".join(number[start : start + 4] for start in range(0, 16, 4)),
        "title": title,
        "is_good": is_good,
        "allowed": is_allowed(cards.find(number).code, params),
    }


def _quotas(record: Record, params: Fields) -> list[int]:
    """List the months to choose from; 0 is one payment."""
    if record["currency"] != "KRW" or record["amount"] < INSTALMENT_FROM:
        return [0]
    wanted = mapping(params.get("display")).get("card_quota")
    months = wanted if isinstance(wanted, list) else QUOTAS
    return [0, *sorted({n for n in months if type(n) is int and 2 <= n <= 36})]  # noqa: PLR2004


def _note(record: Record) -> str:
    if record["customer_uid"] is None:
        return ""
    if record["amount"] == 0:
        return "카드만 등록하고, 지금은 결제하지 않습니다."
    return "카드를 등록하고 첫 결제를 함께 진행합니다."


def _details(record: Record) -> list[list[object]]:
    details = [["주문번호", record["merchant_uid"]], ["구매자", record["buyer_name"]]]
    if record["customer_uid"] is not None:
        details.append(["빌링키", record["customer_uid"]])
    return details
