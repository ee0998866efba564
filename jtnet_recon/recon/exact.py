"""The exact pass: rows that are alone under their key on both sides and agree in everything.

Nearly all rows of real books end here, so this pass is what makes the comparison fast: one join
of the keys in the engine, then whole columns at a time. What it cannot settle is left to the
later passes, with nothing decided about it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from jtnet_recon.recon.items import Exact, Settled
from jtnet_recon.recon.row_figures import ledger_figures, number_currencies, payment_figures
from jtnet_recon.recon.sums import CHUNK, Figures

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from jtnet_recon.recon.beside import Beside
    from jtnet_recon.recon.sources import Side

Numbers = np.ndarray[Any, Any]

# A key that repeats on both sides would multiply; such keys go to the later passes at once.
_REPEATS_MAX = 8
_PAIRS_A_ROW = 2


def exact_orders(  # noqa: PLR0913 - both sides and what is found out beside them
    connection: duckdb.DuckDBPyConnection,
    payments: Side,
    ledger: Side,
    near: Beside,
    *,
    odd: Callable[[], Numbers],
    is_dated: bool,
) -> tuple[Settled, dict[str, Numbers], dict[str, Numbers]]:
    """Pair each payment with the one line of its order, where all figures agree.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds both sides' views.
    payments, ledger : Side
        The sides.
    near : Beside
        Reads the ledger while the payments are read.
    odd : callable
        Gives the row numbers of payments that need a closer look whatever the ledger says; they
        are sought while the keys are joined.
    is_dated : bool
        Whether the ledger knows dates at all.

    Returns
    -------
    tuple of Settled, dict, dict
        The pairs with their figures and what is left; the figures of every row of each side.
    """
    more: list[str] = [name for name in ("card_quota", "escrow") if name in ledger.columns]
    books = near.ask(ledger_figures, ledger, more)
    paid = payment_figures(connection, payments, more)
    first, second = single_pairs(connection, payments.rows, ledger.rows)
    currencies = number_currencies(paid, booked := books())
    left, right = paid.arrays, booked.arrays
    rows = odd()
    left["plain"][rows] = False
    left["is_minor"][rows] = False
    names = ("currency", "amount", "cancel", *(("day",) if is_dated else ()))
    half = len(first) // 2
    later = near.run(_agree, left, right, first[half:], second[half:], names, more)
    fine = np.concatenate([_agree(left, right, first[:half], second[:half], names, more), later()])
    exact = settled(first[fine], second[fine], payments.rows, ledger.rows)
    pairs = Settled(
        exact=exact,
        amount=left["amount"][exact.payments],
        cancel=left["cancel"][exact.payments],
        currency=left["currency"][exact.payments],
        currencies=currencies,
        matched_by="order id",
    )
    return pairs, left, right


def _agree(  # noqa: PLR0913, PLR0917 - both sides, their pairs and what must be equal
    left: dict[str, Numbers],
    right: dict[str, Numbers],
    first: Numbers,
    second: Numbers,
    names: tuple[str, ...],
    more: list[str],
) -> Numbers:
    """Tell which pairs are plain and agree; of ``more``, a value below 0 says nothing."""
    fine = np.empty(len(first), dtype=bool)
    for start in range(0, len(first), CHUNK):
        part = slice(start, start + CHUNK)
        one, two = first[part], second[part]
        agree = left["plain"].take(one) & right["plain"].take(two)
        for name in names:
            agree &= left[name].take(one) == right[name].take(two)
        for name in more:
            said = right[name].take(two)
            agree &= (said < 0) | (left[name].take(one) == said)
        fine[part] = agree
    return fine


def money_of(side: dict[str, Numbers], currencies: tuple[str, ...]) -> Figures:
    """Keep the money of every row of a side.

    Parameters
    ----------
    side : dict of str to ndarray
        Of :func:`exact_orders`.
    currencies : tuple of str
        What its ``currency`` counts.

    Returns
    -------
    Figures
        Its money.
    """
    return Figures(side["amount"], side["cancel"], side["is_money"], side["currency"], currencies)


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
    partner = np.full(rows_first, -1, dtype="int64")
    partner[first] = second
    paired = np.flatnonzero(partner >= 0)
    is_left = np.ones(rows_second, dtype=bool)
    is_left[second] = False
    return Exact(paired, partner[paired], np.flatnonzero(partner < 0), np.flatnonzero(is_left))


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
    equal = " AND ".join(f"p.{key} = l.{key}" for key in keys)
    statement = (
        f"SELECT p.row AS first, l.row AS second FROM {left} AS p JOIN {right} AS l ON {equal}"
    )
    most = _PAIRS_A_ROW * (rows_first + rows_second) + 1
    joined = connection.sql(f"{statement} LIMIT {most}").to_arrow_table()
    if joined.num_rows == most:
        _note_heavy(connection, right, keys[0])
        joined = connection.sql(
            f"{statement} WHERE hash(l.{keys[0]}) NOT IN (SELECT h FROM heavy)"
        ).to_arrow_table()
    first, second = joined["first"].to_numpy(), joined["second"].to_numpy()
    alone = _once(first, rows_first) & _once(second, rows_second)
    return first[alone], second[alone]


def _once(rows: Numbers, count: int) -> Numbers:
    """Tell rows that were joined once; one that was joined twice has company under its key."""
    places = np.arange(len(rows), dtype="int32")
    last = np.empty(count, dtype="int32")
    last[rows] = places
    repeated = last[rows] != places
    is_repeated = np.zeros(count, dtype=bool)
    is_repeated[rows[repeated]] = True
    return ~is_repeated[rows]


def _note_heavy(connection: duckdb.DuckDBPyConnection, view: str, key: str) -> None:
    """Note keys that the ledger repeats often, by their hash."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE heavy AS SELECT h FROM "
        f"(SELECT hash({key}) AS h FROM {view} WHERE {key} IS NOT NULL) "
        f"GROUP BY h HAVING count(*) > {_REPEATS_MAX}"
    )
