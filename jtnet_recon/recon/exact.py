"""The exact pass: rows that are alone under their key on both sides and agree in everything.

Nearly all rows of real books end here, so this pass is what makes the comparison fast: one join
of the keys in the engine, then whole columns at a time. What it cannot settle is left to the
later passes, with nothing decided about it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jtnet_recon.recon.items import Exact, Settled
from jtnet_recon.recon.orders import APPROVED, DAY_S, IS_TEST, KST_S
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
    books = near.ask(_compact, _ledger_sql(ledger, more))
    left = _compact(connection, _payments_sql(payments, more))
    first, second = single_pairs(connection, payments.rows, ledger.rows)
    right = books()
    currencies = _number_currencies(connection, left, right)
    rows = odd()
    left["plain"][rows] = False
    left["is_minor"][rows] = False
    names = ("currency", "amount", "cancel", *(("day",) if is_dated else ()))
    fine = _agree(left, right, first, second, names, more)
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
        agree = left["plain"][one] & right["plain"][two]
        for name in names:
            agree &= left[name][one] == right[name][two]
        for name in more:
            agree &= (right[name][two] < 0) | (left[name][one] == right[name][two])
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


def _payments_sql(side: Side, more: list[str]) -> str:
    """Write the payments' figures; ``plain`` is one of which nothing remains to be asked."""
    quota = "coalesce(card_quota, 0)::INTEGER" if "card_quota" in side.columns else "0"
    escrow = "coalesce(escrow, false)::INTEGER" if "escrow" in side.columns else "0"
    compared = {"card_quota": quota, "escrow": escrow}
    extra = "".join(f", {compared[name]} AS {name}" for name in more)
    return f"""
    SELECT row, {_place("coalesce(currency, '')")} AS currency, amount,
           cancel, ((paid_us // 1000000 + {KST_S}) // {DAY_S})::INTEGER AS day{extra},
           {APPROVED} AS is_money,
           is_money AND amount > 0 AND cancel BETWEEN 0 AND amount AND NOT ({IS_TEST})
             AND failed_us IS NULL AND coalesce(due_us >= paid_us, true) AND paid_us IS NOT NULL
             AND currency IS NOT NULL AS plain,
           coalesce(status IN ('ready', 'failed'), false) AND NOT has_account
             AND currency IS NOT NULL AS is_minor
    FROM (SELECT *, {_has(side, "vbank_num")} AS has_account, {_cancel(side)} AS cancel,
                 {_micros(side, "paid_at")} AS paid_us, {_micros(side, "failed_at")} AS failed_us,
                 {_micros(side, "vbank_date")} AS due_us
                 {"" if "sandbox" in side.columns else ", NULL::BOOLEAN AS sandbox"}
                 {"" if "pg_id" in side.columns else ", NULL::VARCHAR AS pg_id"}
          FROM payments_src)
    """


def _ledger_sql(side: Side, more: list[str]) -> str:
    """Write the ledger's figures; ``plain`` is a line that books one sale, refunds and all."""
    currency = "coalesce(currency, 'KRW')" if "currency" in side.columns else "'KRW'"
    status = "status" if "status" in side.columns else "NULL::VARCHAR"
    compared = {
        "card_quota": "coalesce(card_quota, -1)::INTEGER",
        "escrow": "coalesce(escrow::INTEGER, -1)",
    }
    extra = "".join(f", {compared[name]} AS {name}" for name in more)
    return f"""
    SELECT row, {_place(currency)} AS currency, amount,
           NOT coalesce(state IN ('ready', 'failed'), false) AS is_money,
           CASE WHEN coalesce(state = 'cancel_requested', false) THEN 0
                WHEN amount < 0 THEN abs(amount) + abs(refund)
                WHEN state = 'cancelled' AND refund = 0 THEN amount
                ELSE abs(refund) END AS cancel,
           (day_us // {DAY_S * 1_000_000})::INTEGER AS day{extra},
           amount > 0 AND is_money AND coalesce(state <> 'cancel_requested', true)
             AND refunded_us IS NULL AS plain,
           amount < 0 AND is_money AND coalesce(state <> 'cancel_requested', true)
             AND refunded_us IS NULL AS is_minor
    FROM (SELECT *, {_cancel(side)} AS refund, {status} AS state,
                 {_micros(side, "paid_on")} AS day_us, {_micros(side, "cancelled_on")} AS refunded_us
          FROM ledger_src)
    """


def _place(currency: str) -> str:
    """Give the won the number 1; the few other currencies get theirs when all are known."""
    return f"CASE WHEN {currency} = 'KRW' THEN 1 ELSE 0 END::SMALLINT"


def _cancel(side: Side) -> str:
    """Take the cancelled amount; none is none."""
    return "coalesce(cancel_amount, 0)" if "cancel_amount" in side.columns else "0::BIGINT"


def _has(side: Side, name: str) -> str:
    """Tell whether a column says anything; an absent one says nothing."""
    return f"{name} IS NOT NULL" if name in side.columns else "false"


def _micros(side: Side, name: str) -> str:
    """Take an instant as unix microseconds; an absent column is null."""
    return f"epoch_us({name})" if name in side.columns else "NULL::BIGINT"


def _number_currencies(
    connection: duckdb.DuckDBPyConnection, left: dict[str, Numbers], right: dict[str, Numbers]
) -> tuple[str, ...]:
    """Give every currency of both sides its number; a payment without one has none, ``""``."""
    found: list[tuple[dict[str, Numbers], pa.Table]] = []
    for arrays, view, default in ((left, "payments_src", ""), (right, "ledger_src", "KRW")):
        if (arrays["currency"] == 0).any():
            currency = f"coalesce(currency, '{default}')"
            others = connection.sql(
                f"SELECT row, {currency} AS c FROM {view} WHERE {currency} <> 'KRW'"
            ).to_arrow_table()
            found.append((arrays, others))
    names = sorted({name for _, others in found for name in others["c"].unique().to_pylist()})
    for arrays, others in found:
        places = pc.index_in(others["c"], pa.array(names, others["c"].type))
        numbers = arrays["currency"].copy()  # what the engine gives is not ours to write into
        numbers[others["row"].to_numpy()] = places.to_numpy() + 2
        arrays["currency"] = numbers
    return ("KRW", *names)


def _compact(connection: duckdb.DuckDBPyConnection, statement: str) -> dict[str, Numbers]:
    """Fetch a side's figures as arrays, in the order of its rows."""
    fetched = connection.sql(statement).to_arrow_table()
    rows = fetched["row"].to_numpy()
    in_order = bool((rows[1:] > rows[:-1]).all())  # every row is there once
    arrays: dict[str, Numbers] = {}
    for name in fetched.column_names:
        if name == "row":
            continue
        column = fetched[name]
        # No day is the day of no row: it agrees with none.
        values = (column.fill_null(_NO_DAY) if name == "day" else column).to_numpy()
        if in_order:
            arrays[name] = np.array(values) if name in ("plain", "is_minor") else values
            continue
        placed = np.empty(len(values), dtype=values.dtype)
        placed[rows] = values
        arrays[name] = placed
    return arrays


_NO_DAY = -(10**8)
