"""What was seen at a break, as one sentence in English and one in Korean."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from jtnet_recon.money import format_minor
from jtnet_recon.recon.orders import KST_S

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jtnet_recon.recon.breaks import BreakCode

_FIELD = re.compile(r"(?<!\{)\{(\w+)\}(?!\})")
_DAY_US = 86_400_000_000

Texts = list[Any]
_Value = Callable[["_Part"], tuple[Texts, Texts]]
"""The values of one field of a sentence, in English and in Korean."""


def sentences_of(
    found: Mapping[str, pd.Series[Any]], words: Mapping[str, BreakCode]
) -> dict[str, pd.Series[str]]:
    """Write what was seen, in both languages, code by code: only what a sentence asks for.

    Parameters
    ----------
    found : mapping of str to Series
        The items that have a code, with their figures.
    words : mapping of str to BreakCode
        The sentences, by code.

    Returns
    -------
    dict of str to Series
        ``finding`` and ``finding_ko``.
    """
    codes = found["code"]
    texts = {name: np.empty(len(codes), dtype=object) for name in ("finding", "finding_ko")}
    for code, places in codes.groupby(codes, sort=False).indices.items():
        rows = _Part(found, np.asarray(places))
        values: dict[str, tuple[Texts, Texts]] = {}
        for language, (name, column) in enumerate(texts.items()):
            sentence = getattr(words[str(code)], name)
            wanted = _FIELD.findall(sentence)
            for field in wanted:
                if field not in values:
                    values[field] = _VALUES.get(field, _money_of(field))(rows)
            fill = _FIELD.sub("{}", sentence).format
            given = [values[field][language] for field in wanted]
            filled = list(map(fill, *given)) if given else [fill()] * len(places)
            column[places] = filled
    return {
        name: pd.Series(column, index=codes.index, dtype="str") for name, column in texts.items()
    }


@dataclass(frozen=True, slots=True)
class _Part:
    """Some rows of a wide frame: a column is taken when a sentence asks for it."""

    frame: Mapping[str, pd.Series[Any]]
    places: np.ndarray[Any, Any]

    def __getitem__(self, name: str) -> pd.Series[Any]:
        return self.frame[name].iloc[self.places]


def _both(values: Texts) -> tuple[Texts, Texts]:
    """Use the same text in both languages."""
    return values, values


def _money_of(field: str) -> _Value:
    """Format a column of money with its currency."""
    column = {"deposits": "deposited"}.get(field, field)
    return lambda rows: _both(_amounts(rows[column], rows["currency"]))


def _amounts(amounts: pd.Series[Any], currencies: pd.Series[Any]) -> Texts:
    """Write minor units with their currency."""
    numbers = amounts.fillna(0).tolist()
    codes = currencies.fillna("").tolist()
    return [
        f"{number:,} KRW"
        if code == "KRW"
        else f"{format_minor(number, code or 'KRW')} {code}".strip()
        for number, code in zip(numbers, codes, strict=True)
    ]


def _plain(column: str) -> _Value:
    """Take a column as it is."""
    return lambda rows: _both(rows[column].astype("object").fillna("").tolist())


def _instant(column: str, unit: str, unknown: tuple[str, str]) -> _Value:
    """Write unix microseconds as a time in Asia/Seoul, down to days, minutes or seconds."""

    def value(rows: _Part) -> tuple[Texts, Texts]:
        local = rows[column].astype("Int64") + KST_S * 1_000_000
        return _times(local, unit, unknown)

    return value


def _day(column: str, unknown: tuple[str, str]) -> _Value:
    """Write days since 1970-01-01 as a date."""
    return lambda rows: _times(rows[column].astype("Int64") * _DAY_US, "D", unknown)


def _times(micros: pd.Series[Any], unit: str, unknown: tuple[str, str]) -> tuple[Texts, Texts]:
    """Write microseconds since 1970-01-01 of no time zone; what is missing has a word."""
    instants = micros.fillna(0).to_numpy(dtype="int64").astype("datetime64[us]")
    texts = np.char.replace(np.datetime_as_string(instants, unit=unit), "T", " ").tolist()  # type: ignore[call-overload]
    absent = np.flatnonzero(micros.isna().to_numpy()).tolist()
    korean = texts.copy() if absent else texts
    for place in absent:
        texts[place], korean[place] = unknown
    return texts, korean


def _missing(rows: _Part) -> tuple[Texts, Texts]:
    """Name what is missing of a row."""
    keys = [reason == "key" for reason in rows["reasons"]]
    return (
        ["the order id" if is_key else "the date of the ledger line" for is_key in keys],
        ["주문번호" if is_key else "장부 행의 날짜" for is_key in keys],
    )


def _quota(column: str) -> _Value:
    """Write a number of instalments; 0 is a single payment."""

    def value(rows: _Part) -> tuple[Texts, Texts]:
        months = [0 if pd.isna(quota) else int(quota) for quota in rows[column]]
        return (
            [f"{count} months" if count else "a single payment" for count in months],
            [f"{count}개월" if count else "일시불" for count in months],
        )

    return value


def _requested(rows: _Part) -> tuple[Texts, Texts]:
    """Write the refund that is booked, or asked for and not booked yet."""
    amounts = rows["cancel_ledger"].where(rows["cancel_ledger"] != 0, rows["requested"].fillna(0))
    return _both(_amounts(amounts, rows["currency"]))


def _other(rows: _Part) -> tuple[Texts, Texts]:
    """Name the other order of a pair."""
    pairs = zip(rows["candidates"], rows["double_of"], strict=True)
    return _both(
        [
            first if isinstance(first, str) else second if isinstance(second, str) else "?"
            for first, second in pairs
        ]
    )


_UNKNOWN_DAY = ("an unknown day", "알 수 없는 날")
_VALUES: dict[str, _Value] = {
    **{name: _plain(name) for name in ("currency", "approved", "sales", "decides")},
    "paid_at": _instant("paid_us", "s", ("an unknown time", "알 수 없는 시각")),
    "paid_on": _instant("paid_us", "D", _UNKNOWN_DAY),
    "cancelled_on": _instant("cancelled_us", "D", _UNKNOWN_DAY),
    "vbank_due": _instant("due_us", "m", _UNKNOWN_DAY),
    "booked_on": _day("day_l", ("no day", "날짜 없음")),
    "refunded_on": _day("refunded_on", ("no day", "날짜 없음")),
    "missing": _missing,
    "other": _other,
    "mid": _plain("stranger"),
    "quota_payments": _quota("quota_p"),
    "quota_ledger": _quota("quota_l"),
    "cancel_ledger": _requested,
    "minutes": _plain("double_minutes"),
}
