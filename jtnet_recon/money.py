"""Money is a whole number of minor units (KRW: won) and never a float."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from types import MappingProxyType

INT64_MAX = 2**63 - 1
DEFAULT_CURRENCY = "KRW"

# ISO 4217 exponents; a currency that is not listed has two digits, as most do.
_MINOR_DIGITS = MappingProxyType(
    {
        **dict.fromkeys(
            "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0
        ),
        **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    }
)
_MINOR_DIGITS_DEFAULT = 2
# 1e999999999 is a short text and a huge integer; nothing near it is an amount.
_DIGITS_MAX = 30

# Groups must be well formed: "1,2,3" is a mistake, not 123.
_PLAIN = re.compile(r"^\d{1,3}(?:,\d{3})+(?:\.\d+)?$|^\d+(?:\.\d+)?$")
_CODES = (*_MINOR_DIGITS, *"AUD CAD CHF CNY EUR GBP HKD SGD THB TWD USD".split())
_SIGNS = MappingProxyType(
    {
        **dict(zip(_CODES, _CODES, strict=True)),
        **dict.fromkeys(("₩", "\\", "원", "WON"), "KRW"),
        **dict.fromkeys(("US$", "$", "달러"), "USD"),
        "€": "EUR",
        "£": "GBP",
        "엔": "JPY",
    }
)
"""What may stand before or after an amount, in capitals -> the currency it names."""

_UNIT = "|".join(map(re.escape, sorted(_SIGNS, key=len, reverse=True)))
_UNITS = re.compile(rf"^({_UNIT})?\s*(.*?)\s*({_UNIT})?$", re.IGNORECASE | re.ASCII | re.DOTALL)
_MINUS_SIGNS = "-−‐–△▲"
_DASHES = "-−‐–—"


class OtherCurrencyError(ValueError):
    """An amount names another currency than the one it was said to be in."""


def minor_digits(currency: str) -> int:
    """Return how many digits of minor unit a currency has.

    Parameters
    ----------
    currency : str
        ISO 4217 code, such as KRW (0) or USD (2).

    Returns
    -------
    int
        Digits after the decimal point.
    """
    return _MINOR_DIGITS.get(currency.upper(), _MINOR_DIGITS_DEFAULT)


def to_minor(value: int | str | Decimal, currency: str = DEFAULT_CURRENCY) -> int:
    """Turn an amount in major units into whole minor units, exactly.

    Parameters
    ----------
    value : int, str or Decimal
        The amount as the API or a ledger writes it, such as ``33000``, ``"33000.0"``, ``19.99``.
        A string may hold thousands separators, the currency's sign and any way to write minus.
    currency : str, default "KRW"
        ISO 4217 code.

    Returns
    -------
    int
        Minor units; KRW: won.

    Raises
    ------
    ValueError
        If it is no amount, names another currency, has a fraction of a minor unit, or passes
        64 bits.
    """
    number = _decimal_of(value, currency) if isinstance(value, str) else Decimal(value)
    if not number.is_finite() or number.adjusted() > _DIGITS_MAX:
        message = f"{value!r} is not an amount"
        raise ValueError(message)
    scaled = number.scaleb(minor_digits(currency))
    whole = int(scaled)
    if whole != scaled:
        message = f"{value!r} has a fraction of a {currency} minor unit"
        raise ValueError(message)
    if abs(whole) > INT64_MAX:
        message = f"{value!r} does not fit into 64 bits"
        raise ValueError(message)
    return whole


def format_minor(amount: int, currency: str = DEFAULT_CURRENCY) -> str:
    """Write minor units as people read them.

    Parameters
    ----------
    amount : int
        Minor units; KRW: won.
    currency : str, default "KRW"
        ISO 4217 code.

    Returns
    -------
    str
        Such as ``14,000`` or ``-19.99``; no currency sign.
    """
    digits = minor_digits(currency)
    sign = "-" if amount < 0 else ""
    whole, part = divmod(abs(amount), 10**digits)
    return f"{sign}{whole:,}" + (f".{part:0{digits}d}" if digits else "")


def _decimal_of(text: str, currency: str) -> Decimal:
    """Take off sign, unit and separators, in that order, and refuse the rest."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain and all(letter in _DASHES for letter in plain):
        return Decimal(0)
    sign, plain = _take_sign(plain)
    plain = _take_units(plain, currency)
    if not sign:
        sign, plain = _take_sign(plain)
    # Normalised, 10² would be 102; and digits of other scripts are digits for Decimal, too.
    is_raised = any(letter.isdigit() and not letter.isdecimal() for letter in text)
    if is_raised or not plain.isascii() or _PLAIN.match(plain) is None:
        message = f"{text!r} is not an amount"
        raise ValueError(message)
    number = Decimal(plain.replace(",", ""))
    return -number if sign == "-" else number


def _take_units(plain: str, currency: str) -> str:
    """Take the currency's signs off both ends; another one's is refused."""
    before, rest, after = _UNITS.findall(plain)[0]
    for sign in (before, after):
        if sign and _SIGNS[sign.upper()] != currency.upper():
            message = f"{plain!r} is in {_SIGNS[sign.upper()]}, not in {currency}"
            raise OtherCurrencyError(message)
    return str(rest)


def _take_sign(plain: str) -> tuple[str, str]:
    """Take one sign off a text, minus in any way of writing it; no sign is no text."""
    if plain.startswith("(") and plain.endswith(")"):
        return "-", plain[1:-1].strip()
    if plain[:1] in tuple(_MINUS_SIGNS):
        return "-", plain[1:].strip()
    if plain[-1:] == "-":
        return "-", plain[:-1].strip()
    if plain[:1] == "+":
        return "+", plain[1:].strip()
    return "", plain
