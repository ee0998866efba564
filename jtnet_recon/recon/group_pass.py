"""The pass of sums: orders of several rows that agree in everything once they are added up.

A paid order with failed attempts before it, a refund booked on a line of its own, one sale on two
lines: all ordinary, and many. They are settled here by a few sums; what does not come out even
goes on to the pass that asks every question.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from jtnet_recon.recon.items import COLUMNS, SCHEMA

if TYPE_CHECKING:
    import duckdb

    from jtnet_recon.recon.items import Exact
    from jtnet_recon.recon.sources import Side

Numbers = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Summed:
    """What the pass of sums settled.

    Parameters
    ----------
    items : Table
        The matched orders: the items' columns.
    rest_payments, rest_ledger : ndarray of int64
        Row numbers that are left, ascending.
    """

    items: pa.Table
    rest_payments: Numbers
    rest_ledger: Numbers


def match_sums(  # noqa: PLR0913, PLR0917 - both sides with their figures
    connection: duckdb.DuckDBPyConnection,
    payments: Side,
    ledger: Side,
    exact: Exact,
    figures: tuple[dict[str, Numbers], dict[str, Numbers]],
    currencies: tuple[str, ...],
    *,
    is_dated: bool,
) -> Summed:
    """Match orders of one approval whose rows add up to what the books say.

    Parameters
    ----------
    connection : DuckDBPyConnection
        The engine.
    payments, ledger : Side
        The sides.
    exact : Exact
        The rows that the exact pass left.
    figures : tuple of dict
        Of the exact pass, for each side: an array a figure, one entry a row of the input.
    currencies : tuple of str
        What the figures' ``currency`` counts, from 1.
    is_dated : bool
        Whether the ledger knows dates at all.

    Returns
    -------
    Summed
        The matched orders and what is left.
    """
    rests = exact.rest_payments, exact.rest_ledger
    if {"card_quota", "escrow"} & ledger.columns:
        # What is compared line by line cannot be settled by sums.
        return Summed(SCHEMA.empty_table(), *rests)
    keys = pa.concat_tables(
        pa.table({"key": _keys(connection, side, rows).cast(pa.large_string())})
        for side, rows in zip((payments, ledger), rests, strict=True)
    )
    names = keys["key"].combine_chunks().dictionary_encode()
    parts = [arrays["currency"][rows] for arrays, rows in zip(figures, rests, strict=True)]
    currency = np.concatenate(parts).astype("int64") - 1
    # An order is a key in one currency; a row without a key is none.
    spread = max(len(currencies), 1)
    orders = names.indices.fill_null(-1).to_numpy() * spread + currency
    orders[names.indices.is_null().to_numpy(zero_copy_only=False)] = -1
    codes, places = np.unique(orders, return_inverse=True)
    cut = len(rests[0])
    first = _added_up(figures[0], rests[0], places[:cut], len(codes), is_paid=True)
    second = _added_up(figures[1], rests[1], places[cut:], len(codes), is_paid=False)
    is_even = first.may_match & second.may_match & (codes >= 0)
    for name in ("amount", "cancel", *(("day",) if is_dated else ())):
        is_even &= getattr(first, name) == getattr(second, name)
    chosen = np.flatnonzero(is_even)
    items = _items(
        names.dictionary.take(pa.array(codes[chosen] // spread)),
        [currencies[place] for place in (codes[chosen] % spread).tolist()],
        first.of(chosen),
        second.of(chosen),
    )
    return Summed(items, rests[0][~is_even[places[:cut]]], rests[1][~is_even[places[cut:]]])


@dataclass(frozen=True, slots=True)
class _Orders:
    """One side's figures of every order, arrays of one length.

    Parameters
    ----------
    may_match : ndarray of bool
        Whether its rows are all plain or say nothing by themselves, as many plain ones as it
        takes, and the sums fit into 64 bits.
    rows, sales : ndarray of int64
        All rows, and plain ones.
    amount, cancel, idle, day : ndarray of int64
        Sums, minor units; the day of the plain rows, which is one.
    """

    may_match: Numbers
    rows: Numbers
    sales: Numbers
    amount: Numbers
    cancel: Numbers
    idle: Numbers
    day: Numbers

    def of(self, chosen: Numbers) -> _Orders:
        """Take some orders."""
        return _Orders(*(getattr(self, name)[chosen] for name in self.__slots__))


def _added_up(
    arrays: dict[str, Numbers], rows: Numbers, places: Numbers, count: int, *, is_paid: bool
) -> _Orders:
    """Add up the rows of each order: one plain approval of the payments, plain sales of the books.

    ``is_minor`` is a row that says nothing by itself: an attempt that was not paid, or a refund
    on a line of its own.
    """
    figure = {name: arrays[name][rows] for name in _FIGURES}
    plain = figure["plain"]
    strange = np.bincount(places[~(plain | figure["is_minor"])], minlength=count)
    sales = np.bincount(places[plain], minlength=count)
    moving = plain if is_paid else slice(None)
    amount, fits_amount = _sums(figure["amount"][plain], places[plain], count)
    cancel, fits_cancel = _sums(figure["cancel"][moving], places[moving], count)
    waiting = ~figure["is_money"]
    idle, fits_idle = _sums(figure["amount"][waiting], places[waiting], count)
    day, last = np.full(count, np.iinfo("int64").max), np.full(count, np.iinfo("int64").min)
    np.minimum.at(day, places[plain], figure["day"][plain])
    np.maximum.at(last, places[plain], figure["day"][plain])
    enough = sales == 1 if is_paid else sales > 0
    may_match = (strange == 0) & enough & (day == last) & fits_amount & fits_cancel & fits_idle
    return _Orders(
        may_match, np.bincount(places, minlength=count), sales, amount, cancel, idle, day
    )


_FIGURES = ("amount", "cancel", "day", "is_money", "plain", "is_minor")


def _sums(values: Numbers, places: Numbers, count: int) -> tuple[Numbers, Numbers]:
    """Add up 64-bit integers by place, exactly; tell which sums fit into 64 bits."""
    high, low = np.zeros(count, dtype="int64"), np.zeros(count, dtype="int64")
    np.add.at(high, places, values >> 32)
    np.add.at(low, places, values & 0xFFFF_FFFF)
    high += low >> 32
    return (high << 32) | (low & 0xFFFF_FFFF), (high >= -(1 << 31)) & (high < 1 << 31)


def _items(keys: pa.Array, currencies: list[str], first: _Orders, second: _Orders) -> pa.Table:
    """Write the orders that come out even as matched items."""
    count = len(keys)
    zeros = np.zeros(count, dtype="int64")
    values: dict[str, Any] = {
        "outcome": ["matched"] * count,
        **dict.fromkeys(("code", "excluded_as", "reasons"), [None] * count),
        "merchant_uid": keys,
        "currency": currencies,
        "kind": ["order"] * count,
        "rows_payments": first.rows,
        "rows_ledger": second.rows,
        **dict.fromkeys(("amount_payments", "amount_ledger"), first.amount),
        **dict.fromkeys(("cancel_payments", "cancel_ledger"), first.cancel),
        **dict.fromkeys(("net_payments", "net_ledger"), first.amount - first.cancel),
        "idle_payments": first.idle,
        **dict.fromkeys(("idle_ledger", "difference", "money_at_risk"), zeros),
        "matched_by": ["order id, sum" if n > 1 else "order id" for n in second.sales.tolist()],
    }
    columns = [pa.array(values[name], SCHEMA.field(name).type) for name in COLUMNS]
    return pa.table(columns, schema=SCHEMA)


def _keys(connection: duckdb.DuckDBPyConnection, side: Side, rows: Numbers) -> Any:
    """Fetch the keys of some rows, in the order asked."""
    if side.frame is not None:
        return pa.Array.from_pandas(side.frame["merchant_uid"]).take(pa.array(rows))
    connection.register("wanted", pa.table({"wanted": rows}))
    fetched = connection.sql(
        f"SELECT merchant_uid FROM {side.view} JOIN wanted ON row = wanted ORDER BY row"
    ).to_arrow_table()
    connection.unregister("wanted")
    return fetched["merchant_uid"]
