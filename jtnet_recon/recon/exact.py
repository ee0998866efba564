"""The exact pass: rows that are alone under their key on both sides and agree in everything.

Nearly all rows of real books end here, so this pass is what makes the comparison fast: one join
of the keys in the engine, then whole columns at a time. What it cannot settle is left to the
later passes, with nothing decided about it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from jtnet_recon.recon.items import Exact, Settled
from jtnet_recon.recon.orders import APPROVED, DAY_S, IS_TEST, KST_S

if TYPE_CHECKING:
    import duckdb

    from jtnet_recon.recon.rules import Rule
    from jtnet_recon.recon.sources import Side

Numbers = np.ndarray[Any, Any]

# A key that repeats on both sides would multiply; such keys go to the later passes at once.
_REPEATS_MAX = 8


def exact_orders(
    connection: duckdb.DuckDBPyConnection,
    payments: Side,
    ledger: Side,
    rule: Rule,
    *,
    odd: Numbers,
    is_dated: bool,
) -> Settled:
    """Pair each payment with the one line of its order, where all figures agree.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds both sides' views.
    payments, ledger : Side
        The sides.
    rule : Rule
        The rule of orders.
    odd : ndarray of int64
        Payments that need a closer look whatever the ledger says.
    is_dated : bool
        Whether the ledger knows dates at all.

    Returns
    -------
    Settled
        The pairs with their figures, and what is left.
    """
    currencies = _currencies(connection)
    left = _compact(connection, _PAYMENTS.format(**_columns_of(payments)), currencies, missing=-1)
    right = _compact(connection, _LEDGER.format(**_columns_of(ledger)), currencies, missing=-2)
    plain = left["plain"].astype(bool)
    plain[odd] = False
    first, second = single_pairs(connection, payments.rows, ledger.rows)
    fine = plain[first] & right["plain"].astype(bool)[second]
    compared = ("currency", "amount", "cancel", *(("day",) if is_dated else ()))
    for name in compared:
        fine &= left[name][first] == right[name][second]
    for name in ("quota", "escrow"):
        if name in left and name in right:
            fine &= (right[name][second] < 0) | (left[name][first] == right[name][second])
    exact = settled(first[fine], second[fine], payments.rows, ledger.rows)
    return Settled(
        exact=exact,
        amount=left["amount"][exact.payments],
        cancel=left["cancel"][exact.payments],
        currency=left["currency"][exact.payments],
        currencies=tuple(currencies),
        matched_by="order id",
    )


def settled(first: Numbers, second: Numbers, rows_first: int, rows_second: int) -> Exact:
    """Tell pairs from what is left.

    Parameters
    ----------
    first, second : ndarray of int64
        Row numbers of the pairs.
    rows_first, rows_second : int
        Rows of each side.

    Returns
    -------
    Exact
        Pairs in the order of the first side's rows.
    """
    order = np.argsort(first, kind="stable")
    return Exact(
        first[order],
        second[order],
        _others(first, rows_first),
        _others(second, rows_second),
    )


def _others(chosen: Numbers, rows: int) -> Numbers:
    """Row numbers that were not chosen."""
    is_left = np.ones(rows, dtype=bool)
    is_left[chosen] = False
    return np.flatnonzero(is_left)


# ``plain`` is a payment of which nothing remains to be asked once its line agrees with it.
_PAYMENTS = f"""
SELECT row, list_position($currencies, currency) AS currency, amount, cancel,
       (paid_us // 1000000 + {KST_S}) // {DAY_S} AS day, quota, escrow,
       {APPROVED} AND amount > 0 AND cancel BETWEEN 0 AND amount AND NOT ({IS_TEST})
         AND failed_us IS NULL AND coalesce(due_us >= paid_us, true) AS plain
FROM (
    SELECT row, currency, amount, {{cancel_amount}} AS cancel, {{paid_at}} AS paid_us,
           {{failed_at}} AS failed_us, {{vbank_date}} AS due_us, status,
           {{sandbox}} AS sandbox, {{pg_id}} AS pg_id,
           coalesce({{card_quota}}, 0)::BIGINT AS quota, coalesce({{escrow}}, false)::BIGINT AS escrow
    FROM payments_src
)
"""
_LEDGER = f"""
SELECT row, list_position($currencies, currency) AS currency, amount,
       CASE WHEN status = 'cancelled' AND cancel = 0 THEN amount ELSE cancel END AS cancel,
       day_us // {DAY_S * 1_000_000} AS day, quota, escrow,
       amount > 0 AND coalesce(status NOT IN ('ready', 'failed', 'cancel_requested'), true)
         AND refunded_us IS NULL AS plain
FROM (
    SELECT row, coalesce({{currency}}, 'KRW') AS currency, amount, abs({{cancel_amount}}) AS cancel,
           {{status}} AS status, {{paid_on}} AS day_us, {{cancelled_on}} AS refunded_us,
           coalesce({{card_quota}}, -1)::BIGINT AS quota, coalesce({{escrow}}::BIGINT, -1) AS escrow
    FROM ledger_src
)
"""
_INSTANTS = ("paid_at", "failed_at", "vbank_date", "paid_on", "cancelled_on")
_TYPES = {
    "cancel_amount": "0::BIGINT",
    "card_quota": "NULL::BIGINT",
    "escrow": "NULL::BOOLEAN",
    "sandbox": "NULL::BOOLEAN",
    **dict.fromkeys(("pg_id", "status", "currency"), "NULL::VARCHAR"),
    **dict.fromkeys(_INSTANTS, "NULL::BIGINT"),
}


def _columns_of(side: Side) -> dict[str, str]:
    """Write each column's expression; a column that is absent is null."""
    found = {}
    for name, absent in _TYPES.items():
        present = f"epoch_us({name})" if name in _INSTANTS else name
        found[name] = present if name in side.columns else absent
    if "cancel_amount" in side.columns:
        found["cancel_amount"] = "coalesce(cancel_amount, 0)"
    return found


def _currencies(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Name the currencies of the payments; a line in any other agrees with nothing."""
    rows = connection.execute(
        "SELECT DISTINCT currency FROM payments_src WHERE currency IS NOT NULL"
    ).fetchall()
    return sorted(str(row[0]) for row in rows)


def _compact(
    connection: duckdb.DuckDBPyConnection, statement: str, currencies: list[str], *, missing: int
) -> dict[str, Numbers]:
    """Fetch a side's figures as arrays, in the order of its rows.

    What is missing agrees with nothing: each side's stand-in differs from the other's.
    """
    fetched = connection.sql(statement, params={"currencies": currencies}).to_arrow_table()
    rows = fetched["row"].to_numpy()
    arrays: dict[str, Numbers] = {}
    for name in fetched.column_names:
        if name == "row":
            continue
        values = fetched[name].fill_null(_missing(name, missing)).to_numpy()
        placed = np.empty(len(values), dtype=values.dtype)
        placed[rows] = values
        arrays[name] = placed
    return arrays


def _missing(name: str, missing: int) -> int | bool:
    """Choose a value that no row has."""
    return False if name == "plain" else missing * 10**6


def single_pairs(  # noqa: PLR0913 - two views, their sizes and what joins them
    connection: duckdb.DuckDBPyConnection,
    rows_first: int,
    rows_second: int,
    *,
    left: str = "payments_src",
    right: str = "ledger_src",
    keys: tuple[str, ...] = ("merchant_uid",),
) -> tuple[Numbers, Numbers]:
    """Join two views by key; keep the pairs of rows that are alone under it on both sides.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds the views.
    rows_first, rows_second : int
        Rows of each input.
    left, right : str
        The views.
    keys : tuple of str
        Columns that must be equal; a null equals nothing.

    Returns
    -------
    tuple of ndarray of int64
        Row numbers of both sides, pair by pair.
    """
    heavy = (
        f"AND hash(l.{keys[0]}) NOT IN (SELECT h FROM heavy)"
        if _has_heavy(connection, right, keys[0])
        else ""
    )
    equal = " AND ".join(f"p.{key} = l.{key}" for key in keys)
    joined = connection.sql(
        f"SELECT p.row AS first, l.row AS second FROM {left} AS p JOIN {right} AS l ON {equal} {heavy}"
    ).to_arrow_table()
    first, second = joined["first"].to_numpy(), joined["second"].to_numpy()
    # Counted from the join itself: a row that was joined twice has company under its key.
    alone = (np.bincount(first, minlength=rows_first)[first] == 1) & (
        np.bincount(second, minlength=rows_second)[second] == 1
    )
    return first[alone], second[alone]


def _has_heavy(connection: duckdb.DuckDBPyConnection, view: str, key: str) -> bool:
    """Note keys that the ledger repeats often, by their hash."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE heavy AS SELECT h FROM "
        f"(SELECT hash({key}) AS h FROM {view} WHERE {key} IS NOT NULL) "
        f"GROUP BY h HAVING count(*) > {_REPEATS_MAX}"
    )
    return bool(connection.sql("SELECT count(*) FROM heavy").fetchall()[0][0])
