"""The figures of every row of a side: what the exact pass compares and the control totals add up.

They are worked out in Arrow's and NumPy's loops, a stretch of rows at a time; the engine took
three times as long for the same. What a payment is, is said a second time in SQL
(``orders.APPROVED``) for the few rows that the later passes look at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jtnet_recon.recon.orders import DAY_S, KST_S, TEST_MID_PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import duckdb

    from jtnet_recon.recon.sources import Side

Numbers = np.ndarray[Any, Any]

_ROWS = 1 << 17
"""Rows worked on at once."""

_KST_US, _DAY_US = KST_S * 1_000_000, DAY_S * 1_000_000
_NO_DAY = -(10**8)
"""No day is the day of no row: it agrees with none that is one."""

_INSTANTS = ("paid_at", "failed_at", "vbank_date", "paid_on", "cancelled_on")
_TYPES = {
    **dict.fromkeys(("amount", "cancel_amount", "card_quota"), "BIGINT"),
    **dict.fromkeys(("currency", "status", "pg_id", "vbank_num"), "VARCHAR"),
    **dict.fromkeys(("sandbox", "escrow"), "BOOLEAN"),
}


@dataclass(frozen=True, slots=True)
class RowFigures:
    """The figures of a side's rows.

    Parameters
    ----------
    arrays : dict of str to ndarray
        ``amount``, ``cancel``, ``day``, ``currency`` (1 for the won, 0 for another), ``is_money``,
        ``plain``, ``is_minor`` and what else is compared; one entry a row of the input.
    foreign : tuple of ndarray, Array
        Row numbers of the other currencies, and their codes.
    """

    arrays: dict[str, Numbers]
    foreign: tuple[Numbers, pa.Array]


def payment_figures(
    connection: duckdb.DuckDBPyConnection, side: Side, more: list[str]
) -> RowFigures:
    """Work out the payments' figures; ``plain`` is one of which nothing remains to be asked.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds the side's view.
    side : Side
        The payments.
    more : list of {"card_quota", "escrow"}
        What else is compared; a payment that says nothing was paid at once, without escrow.

    Returns
    -------
    RowFigures
        ``is_money`` is an approval, ``is_minor`` an attempt that was not paid.
    """
    return _gathered(connection, side, _of_payments, more)


def ledger_figures(
    connection: duckdb.DuckDBPyConnection, side: Side, more: list[str]
) -> RowFigures:
    """Work out the ledger's figures; ``plain`` is a line that books one sale, refunds and all.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds the side's view.
    side : Side
        The ledger.
    more : list of {"card_quota", "escrow"}
        What else is compared; below 0 where a line says nothing.

    Returns
    -------
    RowFigures
        ``is_money`` is what is booked, ``is_minor`` a refund on a line of its own.

    Raises
    ------
    OverflowError
        If a line's amounts add up to more than 64 bits can hold.
    """
    return _gathered(connection, side, _of_ledger, more)


def number_currencies(*sides: RowFigures) -> tuple[str, ...]:
    """Give every currency of all sides its number, in place; a payment without one has ``""``.

    Parameters
    ----------
    *sides : RowFigures
        Their ``currency`` is written.

    Returns
    -------
    tuple of str
        What ``currency`` counts, from 1; the won first, then by code.
    """
    found = {name for side in sides for name in side.foreign[1].unique().to_pylist()}
    names = sorted(found)
    for side in sides:
        rows, codes = side.foreign
        if len(rows):
            places = pc.index_in(codes, pa.array(names, codes.type)).to_numpy()
            side.arrays["currency"][rows] = places + 2
    return ("KRW", *names)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Some rows of a side; a column that it lacks is null."""

    batch: pa.RecordBatch

    def has(self, name: str) -> Numbers:
        """Tell where a column says something."""
        if name not in self.batch.schema.names:
            return np.zeros(len(self.batch), dtype=bool)
        return _flags(self.batch[name].is_valid())

    def numbers(self, name: str, missing: int = 0) -> Numbers:
        """Take whole numbers, flags as 0 and 1, instants in unix microseconds."""
        if name not in self.batch.schema.names:
            return np.full(len(self.batch), missing, dtype="int64")
        column = self.batch[name]
        if pa.types.is_boolean(column.type):
            column = column.cast(pa.int8())
        values = column.cast(pa.int64())
        whole = values.fill_null(missing) if values.null_count else values
        numbers: Numbers = whole.to_numpy()
        return numbers

    def places(self, name: str, texts: tuple[str, ...]) -> Numbers:
        """Tell which of some texts stand in a column, by place; -1 for none of them."""
        if name not in self.batch.schema.names:
            return np.full(len(self.batch), -1, dtype="int32")
        column = self.batch[name]
        found: Numbers = pc.index_in(column, pa.array(texts, column.type)).fill_null(-1).to_numpy()
        return found

    def starts(self, name: str, head: str) -> Numbers:
        """Tell where a column's text starts so."""
        if name not in self.batch.schema.names:
            return np.zeros(len(self.batch), dtype=bool)
        return _flags(pc.fill_null(pc.starts_with(self.batch[name], head), fill_value=False))

    def day(self, name: str, shift_us: int) -> Numbers:
        """Take the day of an instant, days since 1970-01-01."""
        days = (self.numbers(name) + shift_us) // _DAY_US
        days[~self.has(name)] = _NO_DAY
        return days.astype("int32")

    def currency(self, default: str) -> tuple[Numbers, Numbers, pa.Array]:
        """Give the won the number 1; say where others stand, and which."""
        if "currency" not in self.batch.schema.names:
            return np.ones(len(self.batch), dtype="int16"), np.array([], dtype="int64"), _NO_CODES
        codes = self.batch["currency"].cast(pa.large_string())
        codes = codes.fill_null(default) if codes.null_count else codes
        is_other = _flags(pc.not_equal(codes, "KRW"))
        rows = np.flatnonzero(is_other)
        return (~is_other).astype("int16"), rows, codes.take(pa.array(rows))


_NO_CODES = pa.array([], pa.large_string())


def _flags(values: pa.Array) -> Numbers:
    found: Numbers = values.to_numpy(zero_copy_only=False)
    return found


_Figures = tuple[dict[str, Numbers], Numbers, pa.Array]
"""Arrays, the rows of other currencies among them, and their codes."""


def _of_payments(rows: _Rows, more: list[str]) -> _Figures:
    """Work out some payments; the status alone is never trusted (``orders.APPROVED``)."""
    amount, cancel = rows.numbers("amount"), rows.numbers("cancel_amount")
    paid_us, has_paid = rows.numbers("paid_at"), rows.has("paid_at")
    state = rows.places("status", ("paid", "cancelled", "ready", "failed"))
    is_approved = (state == 0) | ((state == 1) & (has_paid | (cancel < amount)))
    is_approved |= (state < 0) & has_paid
    is_test = rows.starts("pg_id", TEST_MID_PREFIX) | (rows.numbers("sandbox") == 1)
    is_late = rows.has("vbank_date") & (rows.numbers("vbank_date") < paid_us)
    is_known = rows.has("currency")
    currency, foreign, codes = rows.currency("")
    arrays = {
        "amount": amount,
        "cancel": cancel,
        "currency": currency,
        "day": rows.day("paid_at", _KST_US),
        "is_money": is_approved,
        "plain": is_approved
        & (amount > 0)
        & (cancel >= 0)
        & (cancel <= amount)
        & ~is_test
        & ~is_late
        & ~rows.has("failed_at")
        & has_paid
        & is_known,
        "is_minor": (state >= 2) & ~rows.has("vbank_num") & is_known,  # noqa: PLR2004 - ready, failed
        **{name: rows.numbers(name) for name in more},
    }
    return arrays, foreign, codes


def _of_ledger(rows: _Rows, more: list[str]) -> _Figures:
    """Work out some lines of the books."""
    amount, refund = rows.numbers("amount"), _absolute(rows.numbers("cancel_amount"))
    state = rows.places("status", ("ready", "failed", "cancelled", "cancel_requested"))
    is_money = (state < 0) | (state >= 2)  # noqa: PLR2004 - neither ready nor failed
    cancel = np.where((state == 2) & (refund == 0), amount, refund)  # noqa: PLR2004 - cancelled
    is_negative = amount < 0
    cancel[is_negative] = _added(_absolute(amount[is_negative]), refund[is_negative])
    is_requested = state == 3  # noqa: PLR2004 - cancel_requested
    cancel[is_requested] = 0
    is_open = is_money & ~is_requested & ~rows.has("cancelled_on")
    currency, foreign, codes = rows.currency("KRW")
    arrays = {
        "amount": amount,
        "cancel": cancel,
        "currency": currency,
        "day": rows.day("paid_on", 0),
        "is_money": is_money,
        "plain": is_open & (amount > 0),
        "is_minor": is_open & is_negative,
        **{name: rows.numbers(name, missing=-1) for name in more},
    }
    return arrays, foreign, codes


def _absolute(values: Numbers) -> Numbers:
    """Take the sign off."""
    found = np.abs(values)
    if (found < 0).any():  # the least of 64 bits has no opposite
        raise OverflowError
    return found


def _added(first: Numbers, second: Numbers) -> Numbers:
    """Add numbers that are not negative."""
    total = first + second
    if (total < 0).any():
        raise OverflowError
    return total


def _gathered(
    connection: duckdb.DuckDBPyConnection,
    side: Side,
    work_out: Callable[[_Rows, list[str]], _Figures],
    more: list[str],
) -> RowFigures:
    """Put the figures of all stretches in the order of the input's rows."""
    placed: dict[str, Numbers] = {}
    foreign: list[tuple[Numbers, pa.Array]] = []
    for rows, batch in _stretches(connection, side):
        arrays, others, codes = work_out(_Rows(batch), more)
        for name, values in arrays.items():
            if name not in placed:
                placed[name] = np.empty(side.rows, dtype=values.dtype)
            placed[name][rows] = values
        numbers = others + rows.start if isinstance(rows, slice) else rows[others]
        foreign.append((numbers, codes))
    numbers, codes = zip(*foreign, strict=True)
    return RowFigures(placed, (np.concatenate(numbers), pa.concat_arrays(codes)))


def _stretches(
    connection: duckdb.DuckDBPyConnection, side: Side
) -> Iterator[tuple[slice | Numbers, pa.RecordBatch]]:
    """Yield some rows at a time: which they are in the input, and their columns."""
    names = [name for name in (*_TYPES, *_INSTANTS) if name in side.columns]
    if side.flat is not None:
        flat = side.flat.select(names)
        for start in range(0, max(side.rows, 1), _ROWS):
            part = flat.slice(start, _ROWS).combine_chunks()
            batches = part.to_batches() or [pa.RecordBatch.from_pylist([], part.schema)]
            yield slice(start, start + _ROWS), batches[0]
        return
    taken = [_taken(name) for name in names]
    reader = connection.sql(f"SELECT row, {', '.join(taken)} FROM {side.view}").to_arrow_reader(
        _ROWS
    )
    yield np.array([], dtype="int64"), pa.RecordBatch.from_pylist([], reader.schema)
    for batch in reader:
        yield batch["row"].to_numpy(), batch


def _taken(name: str) -> str:
    """Read a column of any fitting type: instants and days as unix microseconds."""
    return f"{f'epoch_us({name})' if name in _INSTANTS else f'{name}::{_TYPES[name]}'} AS {name}"
