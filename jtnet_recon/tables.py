"""Frames of a declared table: conform them, make empty ones, label their columns.

A frame is conformed once, at the border; behind it every column has the declared dtype.
"""

from __future__ import annotations

import difflib
import numbers
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from jtnet_recon.columns import (
    DTYPES,
    LEDGER,
    PAYMENTS,
    PREPARED,
    TRANSACTIONS,
    Column,
    Table,
)
from jtnet_recon.columns_contracts import CONTRACTS
from jtnet_recon.columns_reads import (
    BALANCES,
    BILLING_KEYS,
    CERTIFICATIONS,
    DELIVERIES,
    EXTERNAL_RECEIPTS,
    PG_SETTINGS,
    RECEIPTS,
    SCHEDULES,
    STANDARD_CODES,
    TIERS,
)
from jtnet_recon.errors import TableError
from jtnet_recon.money import DEFAULT_CURRENCY, INT64_MAX
from jtnet_recon.period import KST_NAME

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "BALANCES",
    "BILLING_KEYS",
    "CERTIFICATIONS",
    "CONTRACTS",
    "DELIVERIES",
    "EXTERNAL_RECEIPTS",
    "LEDGER",
    "PAYMENTS",
    "PG_SETTINGS",
    "PREPARED",
    "RECEIPTS",
    "SCHEDULES",
    "STANDARD_CODES",
    "TIERS",
    "TRANSACTIONS",
    "Column",
    "Table",
    "conform",
    "empty",
    "label",
]

_FLOAT_EXACT_MAX = 2**53
_MONEY_DEFAULT = 0
# A month or a year is no day, although ISO 8601 lets a reader take its first one.
_DAY_TEXT = r"\d{4}-?\d{2}-?\d{2}(?:\D|$)"


def conform(frame: pd.DataFrame, table: Table, *, fill: bool = True) -> pd.DataFrame:
    """Return a copy of a frame whose declared columns have the declared dtypes.

    Parameters
    ----------
    frame : DataFrame, shape (n, m)
        Any frame; it is left as it is.
    table : Table
        What it is to become.
    fill : bool, default True
        Whether declared columns that are absent are added, empty (money: 0; the ledger's
        currency: KRW). Otherwise only those that are there are checked.

    Returns
    -------
    DataFrame, shape (n, k)
        Declared columns first, in order, then all others untouched. ``attrs`` are kept.

    Raises
    ------
    TableError
        If a required column is absent, a name stands twice, or a value does not fit its column
        exactly: nothing is rounded, cut or guessed.
    """
    _check_names(frame, table)
    present = {
        column.name: _coerce(frame[column.name], column, table)
        for column in table.columns
        if column.name in frame.columns
    }
    if fill:
        present = {
            c.name: present[c.name] if c.name in present else _blank(c, frame.index)
            for c in table.columns
            if c.name in present or not c.optional
        }
    others = {name: frame[name] for name in frame.columns if name not in table.names}
    # Shared until one of the two is written to: pandas 3 copies then.
    result = pd.DataFrame({**present, **others}, index=frame.index, copy=False)
    result.attrs = dict(frame.attrs)
    return result


def empty(table: Table) -> pd.DataFrame:
    """Return a frame of a table with no rows, columns and dtypes as always.

    Parameters
    ----------
    table : Table
        The table.

    Returns
    -------
    DataFrame, shape (0, number of declared columns)
        Nothing but columns.
    """
    return pd.DataFrame(
        {c.name: pd.Series([], dtype=c.dtype) for c in table.columns if not c.optional}
    )


def label(name: str, *, lang: str = "en") -> str:
    """Return what reports call a column; the name itself where none is declared.

    Parameters
    ----------
    name : str
        Column name; a suffix ``_payments`` or ``_ledger`` is put into words.
    lang : {"en", "ko"}, default "en"
        Language.

    Returns
    -------
    str
        The label.
    """
    for suffix, words in _SIDES.items():
        if name.endswith(suffix):
            return f"{label(name.removesuffix(suffix), lang=lang)} ({words[lang]})"
    for table in (PAYMENTS, LEDGER, TRANSACTIONS, CONTRACTS, BILLING_KEYS, SCHEDULES):
        for column in table.columns:
            if column.name == name:
                return column.label_ko if lang == "ko" else column.label
    return name


_SIDES = {"_payments": {"en": "PG", "ko": "PG"}, "_ledger": {"en": "ledger", "ko": "원장"}}


def _check_names(frame: pd.DataFrame, table: Table) -> None:
    """Refuse names that stand twice and required columns that are absent."""
    repeated = sorted({str(name) for name in frame.columns[frame.columns.duplicated()]})
    if repeated:
        message = f"{table.name}: column {repeated[0]!r} stands twice."
        raise TableError(
            message,
            column=repeated[0],
            hint="Rename or drop one of them.",
            hint_ko="같은 이름의 열이 두 개입니다. 하나의 이름을 바꾸거나 삭제하세요.",
        )
    for column in table.columns:
        if column.required and column.name not in frame.columns:
            raise _absent(column.name, frame, table)


def _absent(name: str, frame: pd.DataFrame, table: Table) -> TableError:
    """Name the absent column and the nearest one there is."""
    names = [str(column) for column in frame.columns]
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    seen = ", ".join(names[:12]) or "none"
    hint = f"Did you mean {near[0]!r}? Rename it to {name!r}." if near else f"It has: {seen}."
    return TableError(
        f"{table.name}: there is no column {name!r}.",
        column=name,
        hint=hint,
        hint_ko=f"{name!r} 열이 없습니다. 있는 열: {seen}",
    )


def _blank(column: Column, index: pd.Index[Any]) -> pd.Series[Any]:
    """Make an absent column."""
    if column.kind == "money":
        return pd.Series(_MONEY_DEFAULT, index=index, dtype=column.dtype)
    if column.kind == "nested":
        return pd.Series([None] * len(index), index=index, dtype="object")
    if column.name == "currency":
        return pd.Series(DEFAULT_CURRENCY, index=index, dtype=column.dtype)
    return pd.Series(pd.NA, index=index, dtype=column.dtype)


def _coerce(values: pd.Series[Any], column: Column, table: Table) -> pd.Series[Any]:
    """Bring one column to its dtype, exactly or not at all."""
    if str(values.dtype) == column.dtype and column.kind != "day":
        return values
    try:
        return _COERCIONS[column.kind](values)
    except _NotExactError as error:
        raise _misfit(values, column, table, error) from error
    except (TypeError, ValueError, OverflowError) as error:
        what = _NotExactError(str(error).split("\n")[0].rstrip("."))
        raise _misfit(values, column, table, what) from error


class _NotExactError(Exception):
    """A column holds what its dtype cannot; ``bad`` marks the rows."""

    def __init__(self, what: str, bad: Any = None) -> None:
        super().__init__(what)
        self.bad = bad


def _misfit(
    values: pd.Series[Any], column: Column, table: Table, error: _NotExactError
) -> TableError:
    """Say where the first misfit stands."""
    where, value = "", None
    if error.bad is not None:
        position = int(np.flatnonzero(np.asarray(error.bad, dtype=bool))[0])
        value = repr(_plain(values.iloc[position]))[:60]
        where = f" at row index {values.index[position]!r}, value {value}"
    message = f"{table.name}.{column.name}: {error}{where}."
    hint, hint_ko = _HINTS[column.kind]
    return TableError(message, column=column.name, value=value, hint=hint, hint_ko=hint_ko)


def _plain(value: Any) -> Any:
    """Take numpy's wrapping off a number."""
    return value.item() if isinstance(value, np.generic) else value


def _to_text(values: pd.Series[Any]) -> pd.Series[Any]:
    """Keep text, write whole numbers out, refuse floats: their digits may be gone."""
    if pd.api.types.is_bool_dtype(values.dtype):
        what = "text is expected, not true or false"
        raise _NotExactError(what, values.notna())
    if pd.api.types.is_integer_dtype(values.dtype):
        return values.astype("Int64").astype("str").where(values.notna())
    if pd.api.types.is_string_dtype(values.dtype) and values.dtype != object:
        return values.astype("str")
    bad = [not (isinstance(value, str) or pd.isna(value)) for value in values]
    if any(bad):
        what = "ids and codes are text, and this was read as a number"
        raise _NotExactError(what, bad)
    return values.astype("str")


def _to_money(values: pd.Series[Any]) -> pd.Series[Any]:
    """Take whole numbers only; a float passes when it is whole and exact."""
    if values.isna().any():
        what = "an amount is missing"
        raise _NotExactError(what, values.isna())
    if pd.api.types.is_integer_dtype(values.dtype):
        return _fitting(values, values > INT64_MAX).astype("int64")
    if pd.api.types.is_float_dtype(values.dtype):
        floats = values.astype("float64")
        inexact = (floats != np.floor(floats)) | (floats.abs() >= _FLOAT_EXACT_MAX)
        if inexact.any():
            what = "an amount is not a whole number of minor units"
            raise _NotExactError(what, inexact)
        return floats.astype("int64")
    bad = [isinstance(v, bool) or not isinstance(v, numbers.Integral) for v in values]
    if any(bad):
        what = "an amount is not a whole number"
        raise _NotExactError(what, bad)
    return _fitting(values, [abs(int(v)) > INT64_MAX for v in values]).astype("int64")


def _fitting(values: pd.Series[Any], bad: Any) -> pd.Series[Any]:
    """Return the values if none is marked; pandas would wrap them round without a word."""
    if any(bad):
        what = "an amount does not fit into 64 bits"
        raise _NotExactError(what, bad)
    return values


def _to_instant(values: pd.Series[Any]) -> pd.Series[Any]:
    """Bring instants to Asia/Seoul; a zone is never guessed."""
    if values.isna().all():
        return pd.Series(pd.NaT, index=values.index, dtype=DTYPES["instant"])
    if not isinstance(values.dtype, pd.DatetimeTZDtype):
        what = "instants need a time zone"
        raise _NotExactError(what, values.notna())
    instants: pd.Series[Any] = values.dt.tz_convert(KST_NAME).astype(DTYPES["instant"])
    return instants


def _to_day(values: pd.Series[Any]) -> pd.Series[Any]:
    """Bring dates, instants and written days to days in Asia/Seoul."""
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        values = values.dt.tz_convert(KST_NAME).dt.tz_localize(None)
    elif not pd.api.types.is_datetime64_dtype(values.dtype):
        return _to_day(_parsed_days(values))
    days: pd.Series[Any] = values.dt.normalize().astype(DTYPES["day"])
    return days


def _parsed_days(values: pd.Series[Any]) -> pd.Series[Any]:
    """Read days written as text or given as dates; a number is no day."""
    texts = values.astype("object")
    kinds = texts.map(lambda value: isinstance(value, (str, date)))
    is_day = kinds & texts.astype("str").str.match(_DAY_TEXT).fillna(value=False)
    what = "a day is expected"
    if (bad := texts.notna() & ~is_day).any():
        raise _NotExactError(what, bad)
    days: pd.Series[Any] = pd.to_datetime(texts, format="ISO8601", errors="coerce")
    if (bad := texts.notna() & days.isna()).any():
        raise _NotExactError(what, bad)
    return days


def _to_number(values: pd.Series[Any]) -> pd.Series[Any]:
    """Take whole numbers, missing ones too."""
    return values.astype("Int64")


def _to_flag(values: pd.Series[Any]) -> pd.Series[Any]:
    """Take true, false and missing."""
    return values.astype("boolean")


def _to_nested(values: pd.Series[Any]) -> pd.Series[Any]:
    """Leave lists and records as they came."""
    return values.astype("object")


_COERCIONS: dict[str, Callable[[pd.Series[Any]], pd.Series[Any]]] = {
    "text": _to_text,
    "money": _to_money,
    "number": _to_number,
    "flag": _to_flag,
    "instant": _to_instant,
    "day": _to_day,
    "nested": _to_nested,
}
_HINTS: dict[str, tuple[str, str]] = {
    "text": (
        "Read ids and codes as text: read_csv(..., dtype=str), or read_ledger(path).",
        "번호와 코드는 텍스트로 읽으세요: read_csv(..., dtype=str) 또는 read_ledger(경로)",
    ),
    "money": (
        "Write whole minor units (KRW: won), or let read_ledger(...) read the amounts.",
        "금액은 정수(원 단위)로 쓰거나 read_ledger(...)로 읽으세요.",
    ),
    "number": ("Write whole numbers.", "정수로 쓰세요."),
    "flag": ("Write true or false.", "true 또는 false로 쓰세요."),
    "instant": (
        "Give them a zone: frame[column].dt.tz_localize('Asia/Seoul').",
        "시간대를 지정하세요: frame[column].dt.tz_localize('Asia/Seoul')",
    ),
    "day": ("Write days as 2022-11-07.", "2022-11-07 처럼 쓰세요."),
    "nested": ("Leave it as the API sent it.", "API가 보낸 그대로 두세요."),
}
