"""The two sides as the engine sees them: columns in, one line of figures an item out.

Each statement is the SQL of one step over the tables ``payments_in``, ``ledger_in``,
``history_in`` and ``history_sums`` that :func:`load_sides` registers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

TEST_MID_PREFIX = "tpaytest"
"""JTNet's test MIDs; their rows are no revenue, even where ``sandbox`` is false or absent.

Source: i'mport guide, JTNet settings (tpaytest0m, tpaytest1m, tpaytest2m).
"""

_KST_S = 9 * 3600
_DAY_S = 86_400

_PAYMENTS_IN = ("imp_uid", "merchant_uid", "currency", "amount", "status")
_PAYMENTS_OPTIONAL = {
    "cancel_amount": pa.int64(),
    "paid_at": pa.timestamp("us", "UTC"),
    "vbank_num": pa.string(),
    "sandbox": pa.bool_(),
    "pg_id": pa.string(),
}
_LEDGER_IN = ("merchant_uid", "amount")
_LEDGER_OPTIONAL = {
    "cancel_amount": pa.int64(),
    "currency": pa.string(),
    "status": pa.string(),
    "paid_on": pa.timestamp("us"),
}

PAYMENT_ROWS = f"""
CREATE TEMP VIEW payment_rows AS
SELECT row, merchant_uid, currency, imp_uid, amount, coalesce(cancel_amount, 0) AS cancel, paid_us,
       CASE WHEN status = 'paid' THEN true
            WHEN status = 'cancelled' THEN paid_us IS NOT NULL OR cancel < amount
            WHEN status IN ('ready', 'failed') THEN false
            ELSE paid_us IS NOT NULL END AS approved,
       status IS NOT DISTINCT FROM 'cancelled' AND NOT approved AS phantom,
       status IS NOT DISTINCT FROM 'ready' AND vbank_num IS NOT NULL AS is_open,
       coalesce(sandbox, false) OR coalesce(starts_with(pg_id, '{TEST_MID_PREFIX}'), false)
         AS is_test,
       history
FROM payments_in LEFT JOIN history_sums ON history_row = row
"""

LEDGER_ROWS = """
CREATE TEMP VIEW ledger_rows AS
SELECT row, merchant_uid, coalesce(currency, 'KRW') AS currency, amount,
       coalesce(status IN ('ready', 'failed'), false) AS denies,
       amount > 0 AND NOT denies AS is_sale,
       CASE WHEN denies THEN 0
            WHEN amount < 0 THEN abs(amount) + abs(coalesce(cancel_amount, 0))
            WHEN status = 'cancelled' AND coalesce(cancel_amount, 0) = 0 THEN amount
            ELSE abs(coalesce(cancel_amount, 0)) END AS cancel,
       day
FROM ledger_in
"""

# A row without a key, or without a currency, is an item of its own: a missing key matches
# nothing, not even another missing key. ``lone`` tells such rows apart.
_LONE = "CASE WHEN merchant_uid IS NULL OR currency IS NULL THEN row END AS lone"

_PAYMENT_SUMS = {
    "rows_payments": "1",
    "approved": "approved::INT",
    "kept": "(approved AND amount > cancel)::INT",
    "amount_p": "CASE WHEN approved THEN amount ELSE 0 END",
    "cancel_p": "CASE WHEN approved THEN cancel ELSE 0 END",
    "idle_p": "CASE WHEN approved THEN 0 ELSE amount END",
    "amount_kept": "CASE WHEN approved AND amount > cancel THEN amount ELSE 0 END",
    "cancel_kept": "CASE WHEN approved AND amount > cancel THEN cancel ELSE 0 END",
    "tests": "(approved AND is_test)::INT",
    "amount_tests": "CASE WHEN approved AND is_test THEN amount ELSE 0 END",
    "phantoms": "phantom::INT",
    "open_accounts": "is_open::INT",
    "over_cancelled": "CASE WHEN approved THEN greatest(cancel - amount, 0) ELSE 0 END",
    "history_gap": "CASE WHEN approved THEN coalesce(abs(history - cancel), 0) ELSE 0 END",
}
_COUNTS = frozenset(
    "rows_payments approved kept tests phantoms open_accounts rows_ledger sales denials "
    "undated_sales".split()
)
_PAYMENT_LEAST = {"paid_us": ("min", "CASE WHEN approved THEN paid_us END")}

_LEDGER_SUMS = {
    "rows_ledger": "1",
    "sales": "is_sale::INT",
    "amount_l": "CASE WHEN is_sale THEN amount ELSE 0 END",
    "cancel_l": "cancel",
    "idle_l": "CASE WHEN denies THEN amount ELSE 0 END",
    "denials": "denies::INT",
    "undated_sales": "(is_sale AND day IS NULL)::INT",
}
_LEDGER_LEAST = {
    "sale_min": ("min", "CASE WHEN is_sale THEN amount END"),
    "sale_max": ("max", "CASE WHEN is_sale THEN amount END"),
    "day_l": ("min", "CASE WHEN is_sale THEN day END"),
}


def _side(rows: str, sums: dict[str, str], extremes: dict[str, tuple[str, str]]) -> str:
    """Write one side's figures by key: a key's figure is the sum over its rows.

    Most keys have one row a side. Only the others pass through the aggregation, which costs
    three times as much as finding them.
    """
    figures = [f"({what})::{_kind(name)} AS {name}" for name, what in sums.items()]
    figures += [f"{what} AS {name}" for name, (_, what) in extremes.items()]
    together = [f"sum({name})::{_kind(name)} AS {name}" for name in sums]
    together += [f"{how}({name}) AS {name}" for name, (how, _) in extremes.items()]
    return f"""
WITH several AS MATERIALIZED (
    SELECT merchant_uid AS k, currency AS c FROM {rows}
    WHERE merchant_uid IS NOT NULL AND currency IS NOT NULL GROUP BY ALL HAVING count(*) > 1
),
lines AS (
    SELECT merchant_uid, currency, {_LONE}, {", ".join(figures)}, k IS NOT NULL AS is_several
    FROM {rows} LEFT JOIN several ON k = merchant_uid AND c = currency
)
SELECT * EXCLUDE (is_several) FROM lines WHERE NOT is_several
UNION ALL
SELECT merchant_uid, currency, lone, {", ".join(together)} FROM lines WHERE is_several GROUP BY ALL
"""


def _kind(name: str) -> str:
    """Choose four bytes for counts and eight for money: a million items are held at once."""
    return "INTEGER" if name in _COUNTS else "BIGINT"


ITEMS = f"""
CREATE TEMP TABLE items AS
SELECT coalesce(p.merchant_uid, l.merchant_uid) AS merchant_uid,
       coalesce(p.currency, l.currency) AS currency,
       p.lone AS lone_p, l.lone AS lone_l,
       {", ".join(f"coalesce({name}, 0) AS {name}" for name in (*_PAYMENT_SUMS, *_LEDGER_SUMS))},
       {", ".join((*_PAYMENT_LEAST, *_LEDGER_LEAST))}
FROM ({_side("payment_rows", _PAYMENT_SUMS, _PAYMENT_LEAST)}) AS p
FULL OUTER JOIN ({_side("ledger_rows", _LEDGER_SUMS, _LEDGER_LEAST)}) AS l
  ON p.merchant_uid = l.merchant_uid AND p.currency = l.currency
 AND p.lone IS NULL AND l.lone IS NULL
"""

_FIGURES = f"""
CREATE TEMP VIEW figures AS
SELECT *, amount_p - cancel_p AS net_p, amount_l - cancel_l AS net_l,
       lone_p IS NOT NULL OR lone_l IS NOT NULL AS keyless,
       rows_ledger > 0 AND denials = rows_ledger AS denied,
       sales > 0 AND NOT (phantoms > 0 AND approved = 0 AND amount_l = cancel_l) AS claims,
       approved > 0 AND rows_ledger > 0 AND NOT denied AS booked,
       -- An extra approval that was refunded in full leaves the order as the books have it.
       approved > kept AND kept > 0 AND amount_l = amount_kept AS extra_refunded,
       amount_l = amount_p OR extra_refunded AS amounts_agree,
       cancel_l = cancel_p OR (extra_refunded AND cancel_l = cancel_kept) AS cancels_agree,
       CASE WHEN extra_refunded THEN 0 ELSE abs(amount_l - amount_p) END AS amount_gap,
       approved > 0 AND sales > approved AND sale_min = sale_max
         AND sale_max::HUGEINT * approved = amount_p AS doubled,
       booked AND sales > 0 AND cancel_p > 0 AND cancel_p < amount_p
         AND cancel_l = amount_l AS written_off,
       undated_sales > 0 AND {{dated}} AND NOT keyless AS undated,
       CASE WHEN day_l IS NULL OR paid_us IS NULL THEN 0
            ELSE day_l - (paid_us // 1000000 + {_KST_S}) // {_DAY_S} END AS days_apart,
       (paid_us // 1000000 + {_KST_S}) % {_DAY_S} AS second_of_day,
       (days_apart = 1 AND second_of_day >= {_DAY_S} - {{band_s}})
         OR (days_apart = -1 AND second_of_day <= {{band_s}}) AS at_midnight
FROM items
"""


def figures_sql(*, is_dated: bool, band_s: int) -> str:
    """Write the view of each item's figures and what follows from them.

    Parameters
    ----------
    is_dated : bool
        Whether this ledger knows dates at all.
    band_s : int
        Seconds around midnight that count as timing.

    Returns
    -------
    str
        SQL.
    """
    return _FIGURES.format(dated="true" if is_dated else "false", band_s=band_s)


def load_sides(
    connection: duckdb.DuckDBPyConnection, payments: pd.DataFrame, ledger: pd.DataFrame
) -> None:
    """Register both sides with the engine, only the columns that the rule needs.

    Parameters
    ----------
    connection : DuckDBPyConnection
        The engine.
    payments : DataFrame, table PAYMENTS
        Conformed.
    ledger : DataFrame, table LEDGER
        Conformed.
    """
    arrow = _arrow(payments, _PAYMENTS_IN, _PAYMENTS_OPTIONAL)
    arrow = _replace(arrow, "paid_at", "paid_us", 1)
    connection.register("payments_in", arrow)
    history = _history(payments)
    connection.register("history_in", history)
    sums = history.group_by("payment_row").aggregate([("part", "sum")])
    connection.register("history_sums", sums.rename_columns(["history_row", "history"]))
    books = _arrow(ledger, _LEDGER_IN, _LEDGER_OPTIONAL)
    books = _replace(books, "paid_on", "day", _DAY_S * 1_000_000)
    connection.register("ledger_in", books)


def _arrow(
    frame: pd.DataFrame, needed: tuple[str, ...], optional: dict[str, pa.DataType]
) -> pa.Table:
    """Hand over the needed columns without copying text; absent ones are null."""
    columns: dict[str, Any] = {"row": pa.array(range(len(frame)), pa.int64())}
    for name in needed:
        columns[name] = pa.Array.from_pandas(frame[name])
    for name, kind in optional.items():
        present = name in frame.columns
        columns[name] = pa.Array.from_pandas(frame[name]) if present else pa.nulls(len(frame), kind)
    return pa.table(columns)


def _replace(table: pa.Table, instant: str, name: str, divisor: int) -> pa.Table:
    """Put a plain integer in place of an instant: no engine's time zone can then matter."""
    microseconds = table[instant].cast(pa.int64())
    numbers = microseconds if divisor == 1 else pc.divide(microseconds, divisor)
    return table.drop_columns([instant]).append_column(name, numbers)


def _history(payments: pd.DataFrame) -> pa.Table:
    """Lay out the cancel histories, one line a cancel; an absent history has no line.

    An empty history of a payment with a cancelled amount gives one line of 0, so that the gap
    shows; ``None`` (old rows lack the field) gives none, because nothing can be said.
    """
    rows: list[int] = []
    amounts: list[int] = []
    if "cancel_history" in payments.columns:
        cancelled = payments["cancel_amount"].to_numpy()
        for row, entries in enumerate(payments["cancel_history"].to_numpy(dtype=object)):
            if entries is None or isinstance(entries, float):
                continue
            for entry in entries:
                rows.append(row)
                amounts.append(int(entry["amount"]))
            if len(entries) == 0 and cancelled[row]:
                rows.append(row)
                amounts.append(0)
    return pa.table(
        {"payment_row": pa.array(rows, pa.int64()), "part": pa.array(amounts, pa.int64())}
    )
