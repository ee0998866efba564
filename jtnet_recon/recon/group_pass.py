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
    for side, rows, arrays in zip((payments, ledger), rests, figures, strict=True):
        table = {name: pa.array(arrays[name][rows]) for name in _FIGURES}
        table |= {"row": pa.array(rows), "key": _keys(connection, side, rows)}
        connection.register(f"{side.name}_sums", pa.table(table))
    day = "AND p.day = l.day" if is_dated else ""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE summed AS {_SUMMED.format(day=day)}")
    connection.register(
        "currency_names", pa.table({"place": np.arange(1, len(currencies) + 1), "name": currencies})
    )
    items = connection.sql(_ITEMS).to_arrow_table().select(COLUMNS).cast(SCHEMA)
    left = [_left(connection, side.name) for side in (payments, ledger)]
    for name in ("payments_sums", "ledger_sums", "currency_names"):
        connection.unregister(name)
    return Summed(items, left[0], left[1])


_FIGURES = ("amount", "cancel", "currency", "day", "is_money", "plain", "is_minor")

# ``is_minor`` is a row that says nothing by itself: an attempt that was not paid, or a refund on
# a line of its own. Each order must have one plain approval, and plain sales that make it up.
_SUMMED = """
SELECT key, currency, p.amount AS amount, p.cancel AS cancel, p.rows AS rows_payments,
       l.rows AS rows_ledger, p.idle AS idle, l.sales AS sales
FROM (
    SELECT key, currency, count(*)::INT AS rows,
           sum(amount) FILTER (plain)::BIGINT AS amount, sum(cancel) FILTER (plain)::BIGINT AS cancel,
           sum(amount) FILTER (NOT is_money)::HUGEINT AS idle, min(day) FILTER (plain) AS day
    FROM payments_sums WHERE key IS NOT NULL GROUP BY ALL
    HAVING bool_and(plain OR is_minor) AND count(*) FILTER (plain) = 1
) AS p JOIN (
    SELECT key, currency, count(*)::INT AS rows, count(*) FILTER (plain)::INT AS sales,
           sum(amount) FILTER (plain)::HUGEINT AS amount, sum(cancel)::HUGEINT AS cancel,
           min(day) FILTER (plain) AS day
    FROM ledger_sums WHERE key IS NOT NULL GROUP BY ALL
    HAVING bool_and(plain OR is_minor) AND count(*) FILTER (plain) > 0
) AS l USING (key, currency)
WHERE p.amount = l.amount AND p.cancel = l.cancel AND coalesce(p.idle, 0) < 9223372036854775807 {day}
"""
_ITEMS = """
SELECT 'matched' AS outcome, NULL AS code, NULL AS excluded_as, key AS merchant_uid,
       name AS currency, 'order' AS kind, rows_payments, rows_ledger,
       amount AS amount_payments, amount AS amount_ledger,
       cancel AS cancel_payments, cancel AS cancel_ledger,
       amount - cancel AS net_payments, amount - cancel AS net_ledger,
       coalesce(idle, 0)::BIGINT AS idle_payments, 0 AS idle_ledger,
       0 AS difference, 0 AS money_at_risk, NULL AS reasons,
       CASE WHEN sales > 1 THEN 'order id, sum' ELSE 'order id' END AS matched_by
FROM summed JOIN currency_names ON place = summed.currency
"""


def _left(connection: duckdb.DuckDBPyConnection, side: str) -> Numbers:
    """List the rows whose order did not come out even."""
    rows: Numbers = (
        connection.sql(
            f"SELECT row FROM {side}_sums AS s ANTI JOIN summed AS d "
            "ON s.key = d.key AND s.currency = d.currency ORDER BY row"
        )
        .to_arrow_table()["row"]
        .to_numpy()
    )
    return rows


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
