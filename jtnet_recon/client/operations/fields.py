"""What a request consists of, and the checks that every field passes."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from numbers import Integral
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from jtnet_recon.errors import ConfigError
from jtnet_recon.money import INT64_MAX, minor_digits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jtnet_recon.client.operations.card_input import CardInput

    Facts = Mapping[str, Any]

ALL: Literal["ALL"] = "ALL"
ORDER_ID_MAX, CUSTOMER_UID_MAX, TEXT_MAX = 40, 80, 4_000
_BUYER = "buyer_name buyer_email buyer_tel buyer_addr buyer_postcode"
_CHARGE = f"{_BUYER} card_quota custom_data notice_url tax_free vat_amount channel_key"
OPTIONS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        name: frozenset(words.split())
        for name, words in {
            "issue_key": "pg channel_key customer_id customer_name customer_tel customer_email "
            "customer_addr customer_postcode",
            "again": _CHARGE,
            "onetime": f"{_CHARGE} pg",
            "schedule": "customer_id channel_key",
            "cancel": "tax_free vat_amount refund_holder refund_bank refund_account refund_tel "
            "enable_webhook",
            "issue_vbank": f"{_BUYER} custom_data notice_url name",
        }.items()
    }
)
"""Further fields by operation. Source: i'mport V1 OpenAPI, the parameters of each call."""

ENTRY = frozenset(f"merchant_uid schedule_at amount name currency custom_data {_BUYER}".split())
WHOLE = frozenset({"card_quota", "tax_free", "vat_amount"})
PRIVATE = frozenset(
    f"{_BUYER} customer_name customer_tel customer_email customer_addr customer_postcode "
    "refund_holder refund_account refund_tel custom_data vbank_holder".split()
)
"""Fields that a plan shows as a mask."""


@dataclass(frozen=True, slots=True)
class Request:
    """One operation with all it needs, checked by itself and not yet planned.

    Parameters
    ----------
    operation : str
        Its name, such as ``cancel``.
    facts : mapping
        Ids, amounts and instants: what the journal may keep.
    body : mapping
        What is sent beside the facts and the card.
    card : CardInput, optional
        Sent along, and emptied then.
    """

    operation: str
    facts: Facts
    body: Facts = field(default_factory=dict, repr=False)
    card: CardInput | None = None


def order_of(merchant_uid: str, amount: int, currency: str) -> dict[str, Any]:
    """Check an order id with its amount."""
    return {
        "merchant_uid": order_id(merchant_uid),
        "amount": amount_of("amount", amount),
        "currency": currency_of(currency),
    }


def currency_of(value: object) -> str:
    """Check a currency code."""
    if not (isinstance(value, str) and len(value) == 3 and value.isascii()):  # noqa: PLR2004 - ISO 4217
        raise refused(message=f"{value!r} is no currency code.")
    return value.upper()


def order_id(value: object) -> str:
    """Check an order id."""
    return text_of("merchant_uid", value, most=ORDER_ID_MAX)


def customer_of(value: object) -> str:
    """Check the merchant's name for a card."""
    return text_of("customer_uid", value, most=CUSTOMER_UID_MAX)


def text_of(name: str, value: object, *, most: int = TEXT_MAX) -> str:
    """Check a text that must be there; what cannot be sent is refused here, not on the wire."""
    if not isinstance(value, str) or not value.strip() or len(value) > most:
        what = f"of 1 to {most} characters"
        raise refused(message=f"{name} must be a text {what}; this is {type(value).__name__}.")
    try:
        value.encode()
    except UnicodeEncodeError:
        is_text = False
    else:
        is_text = True
    if not is_text:
        raise refused(message=f"{name} holds half a character, which cannot be sent.")
    return str(value)  # of numpy's texts, too


def amount_of(name: str, value: object) -> int:
    """Check an amount in minor units: a missing one, or 0, would mean "all" to the API."""
    # A frame's cell is one of numpy's whole numbers.
    whole = int(value) if isinstance(value, Integral) and not isinstance(value, bool) else 0
    if not 0 < whole <= INT64_MAX:
        raise refused(
            message=f"{name}={value!r} is no amount.",
            hint='Give whole minor units above 0 (KRW: won), such as 3000. cancel also takes "ALL".',
            hint_ko='0보다 큰 정수(원 단위)로 지정하세요. 전액 취소는 "ALL" 입니다.',
        )
    return whole


def is_all(value: object) -> bool:
    """Tell whether the word stands there; what else a cell may hold is not compared with it."""
    return isinstance(value, str) and value == ALL


def yes_or_no(name: str, value: object) -> bool:
    """Check a switch: a text would be a yes, whatever it says."""
    if not isinstance(value, bool):
        raise refused(message=f"{name} must be True or False; this is {type(value).__name__}.")
    return value


def instant_of(name: str, value: object) -> int:
    """Read an aware datetime as unix seconds."""
    # NaT is a datetime, too, and equals nothing.
    is_instant = isinstance(value, datetime) and value == value  # noqa: PLR0124
    if not isinstance(value, datetime) or not is_instant or value.utcoffset() is None:
        raise refused(
            message=f"{name} must be a datetime with a time zone.",
            hint='Such as pandas.Timestamp("2023-04-01 10:00", tz="Asia/Seoul").',
            hint_ko="시간대가 있는 시각을 지정하세요. 예: tz='Asia/Seoul'",
        )
    return int(value.timestamp())


def named(name: object) -> dict[str, Any]:
    """Check what is sold, if it is said."""
    return {} if name is None else {"name": text_of("name", name)}


def options_of(operation: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Check further fields: the document's for this call, and nothing else."""
    _refuse_unknown(operation, given, OPTIONS[operation])
    return {name: _option(name, value) for name, value in given.items()}


def entry_of(entry: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Check one charge of a schedule; give its facts, and what is sent beside them."""
    if not isinstance(entry, Mapping):
        raise refused(
            message="schedule: each entry is a mapping with merchant_uid, schedule_at, amount, name.",
            hint='Of a frame: frame.to_dict("records"). Nothing was sent.',
            hint_ko='예약 항목은 사전(dict)이어야 합니다. 데이터프레임은 to_dict("records") 를 쓰세요.',
        )
    _refuse_unknown("schedule", entry, ENTRY)
    facts = order_of(
        entry.get("merchant_uid", ""), entry.get("amount", 0), entry.get("currency", "KRW")
    )
    facts["schedule_at"] = instant_of("schedule_at", entry.get("schedule_at"))
    rest = {name: _option(name, value) for name, value in entry.items() if name not in facts}
    if "name" not in rest:
        raise refused(message="schedule: each entry needs a name, what is sold.")
    return facts, rest


def in_major(amount: int, currency: str) -> int | float:
    """Write minor units as the API takes them: whole won, dollars with cents.

    Raises
    ------
    ConfigError
        If JSON's number could not hold it exactly.
    """
    digits = minor_digits(currency)
    if digits == 0:
        return amount
    exact = Decimal(amount).scaleb(-digits)
    sent = float(exact)
    if Decimal(repr(sent)) != exact:
        raise refused(message=f"{amount} minor units of {currency} cannot be sent exactly.")
    return sent


def refused(message: str, *, hint: str = "", hint_ko: str = "") -> ConfigError:
    """Make the error for a request that is not even planned."""
    return ConfigError(
        message,
        hint=hint or "Nothing was sent.",
        hint_ko=hint_ko or "요청을 확인하세요. 아무것도 전송하지 않았습니다.",
    )


def _option(name: str, value: object) -> str | int | bool:
    if name in WHOLE:
        if not isinstance(value, Integral) or isinstance(value, bool) or int(value) < 0:
            raise refused(message=f"{name}={value!r} is no whole number from 0 on.")
        return int(value)
    return value if isinstance(value, bool) else text_of(name, value)


def _refuse_unknown(operation: str, given: Iterable[str], known: frozenset[str]) -> None:
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            raise refused(
                message=f"{operation} knows no field {name!r}.",
                hint=f"Did you mean {near[0]}?" if near else f"Known: {', '.join(sorted(known))}.",
                hint_ko=f"사용할 수 있는 항목: {', '.join(sorted(known))}",
            )
