"""Reads the parameters of a request, which may have come as JSON or as a form."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from jtnet_recon.sandbox.refusals import RefusedError, Why

if TYPE_CHECKING:
    from collections.abc import Mapping

    Fields = Mapping[str, object]

CURRENCIES = ("KRW", "USD")
INSTANT_MAX_S = 10**11
# The API's own lengths (V1 OpenAPI); longer texts are cut.
LENGTHS = {
    "name": 40,
    "buyer_name": 16,
    "buyer_email": 64,
    "buyer_tel": 16,
    "buyer_addr": 128,
    "buyer_postcode": 8,
}
BUYER = tuple(name for name in LENGTHS if name != "name")


def text(fields: Fields, name: str, *, most: int | None = None) -> str | None:
    """Read a text; numbers count as text, the empty one as nothing; ``most`` cuts it."""
    value = fields.get(name)
    if value is None or isinstance(value, (dict, list, bool)):
        return None
    found = str(value)
    return found[:most] or None


def needed(fields: Fields, name: str, *, most: int | None = None) -> str:
    """Read a text that must be there, and must not be longer than ``most``."""
    found = text(fields, name)
    if found is None:
        raise RefusedError(Why.PARAMETER_MISSING, name)
    if most is not None and len(found) > most:
        raise RefusedError(Why.PARAMETER_BAD, name)
    return found


def amount(fields: Fields, name: str = "amount", *, currency: str = "KRW") -> int | None:
    """Read an amount in minor units: whole won, or dollars with two decimals."""
    value = fields.get(name)
    if value is None or value == "":
        return None
    digits = r"[0-9]{1,15}(\.0*)?" if currency == "KRW" else r"[0-9]{1,13}(\.[0-9]{1,2}0*)?"
    if isinstance(value, bool) or not re.fullmatch(digits, str(value)):
        raise RefusedError(Why.PARAMETER_BAD, name)
    whole, _, decimals = str(value).partition(".")
    if currency == "KRW":
        return int(whole)
    return int(whole) * 100 + int(f"{decimals}00"[:2])


def currency(fields: Fields) -> str:
    """Read the currency; won if none is named."""
    found = text(fields, "currency") or "KRW"
    if found not in CURRENCIES:
        raise RefusedError(Why.PARAMETER_BAD, "currency")
    return found


def instant(fields: Fields, name: str) -> int:
    """Read unix seconds that must be there."""
    found = needed(fields, name)
    if not re.fullmatch(r"[0-9]{1,12}", found) or int(found) > INSTANT_MAX_S:
        raise RefusedError(Why.PARAMETER_BAD, name)
    return int(found)


def flag(fields: Fields, name: str) -> bool:
    """Read a yes; all else is a no."""
    return fields.get(name) in (True, 1, "1", "true", "True")


def texts(fields: Fields, name: str) -> list[str]:
    """Read one text or a list of texts."""
    value = fields.get(name)
    items = value if isinstance(value, list) else [] if value in (None, "") else [value]
    return [str(item) for item in items]


def mapping(value: object) -> dict[str, object]:
    """Read an object, which a form sends as JSON text."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return {}
    return value if isinstance(value, dict) else {}


def order_fields(fields: Fields) -> dict[str, object]:
    """Read what a payment keeps of its order: goods, buyer, the merchant's own data."""
    custom_data = fields.get("custom_data")
    if isinstance(custom_data, (dict, list)):
        custom_data = json.dumps(custom_data, ensure_ascii=False)
    found: dict[str, object] = {
        name: text(fields, name, most=most) for name, most in LENGTHS.items()
    }
    return found | {"custom_data": None if custom_data is None else str(custom_data)}
