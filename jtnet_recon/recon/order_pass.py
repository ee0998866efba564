"""The passes of a rule of orders: exact pairs, links, sums by order, suggestions."""

from __future__ import annotations

from functools import cache
from itertools import accumulate, combinations
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from jtnet_recon.errors import TableError
from jtnet_recon.recon.balance import control_totals_of
from jtnet_recon.recon.beside import Beside, beside
from jtnet_recon.recon.exact import exact_orders, money_of
from jtnet_recon.recon.group_pass import match_sums
from jtnet_recon.recon.items import Compared, Items
from jtnet_recon.recon.links import link
from jtnet_recon.recon.oddities import Oddities, history_table, oddities_of
from jtnet_recon.recon.order_outcomes import outcomes_sql
from jtnet_recon.recon.orders import (
    DAY_S,
    KST_S,
    LEDGER_ROWS,
    PAYMENT_ROWS,
    figures_sql,
)
from jtnet_recon.recon.pairing import suggest_items
from jtnet_recon.recon.sources import check_repeats, flat_table, rest_frame

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from jtnet_recon.recon.rules import Rule
    from jtnet_recon.recon.sources import Side

_SUBSETS_MAX = 12
_REFERENCES = ("imp_uid", "pg_tid", "apply_num", "card_code")


def compare_orders(  # noqa: PLR0913 - the sides, the rule and two facts about the run
    connection: duckdb.DuckDBPyConnection,
    payments: Side,
    ledger: Side,
    rule: Rule,
    *,
    is_prepared: bool,
    as_of_us: int | None,
) -> Compared:
    """Run the passes of a rule of orders.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds both sides' views.
    payments, ledger : Side
        The sides.
    rule : Rule
        A rule of orders.
    is_prepared : bool
        Whether ``prepared_src`` holds registered amounts.
    as_of_us : int or None
        The instant of judgement, unix microseconds.

    Returns
    -------
    Compared
        Items and the rows that were not plainly matched.
    """
    with beside(connection, payments, ledger) as near:
        return _compare(
            connection, payments, ledger, rule, near, is_prepared=is_prepared, as_of_us=as_of_us
        )


def _compare(  # noqa: PLR0913 - the same, with a second thread
    connection: duckdb.DuckDBPyConnection,
    payments: Side,
    ledger: Side,
    rule: Rule,
    near: Beside,
    *,
    is_prepared: bool,
    as_of_us: int | None,
) -> Compared:
    """Run the passes; what needs no engine is done beside them."""
    is_dated = _is_dated(connection, ledger)
    oddities = cache(oddities_of(connection, payments, rule, near, is_prepared=is_prepared))
    settled, *figures = exact_orders(
        connection, payments, ledger, near, odd=lambda: oddities().rows, is_dated=is_dated
    )
    _check_signs(figures[0])
    money = [money_of(side, settled.currencies) for side in figures]
    control_totals = near.run(control_totals_of, *money)
    odd = oddities()
    summed = match_sums(
        connection, payments, ledger, settled.exact, (figures[0], figures[1]), settled.currencies,
        is_dated=is_dated,
    )  # fmt: skip
    rest_payments = rest_frame(connection, payments, summed.rest_payments)
    rest_ledger = rest_frame(connection, ledger, summed.rest_ledger)
    check_repeats(rest_payments, "imp_uid")
    _load(connection, rest_payments, rest_ledger, odd, is_prepared=is_prepared)
    connection.execute(PAYMENT_ROWS)
    ambiguous = _link(connection, rule, ledger)
    connection.execute(LEDGER_ROWS)
    outcomes = _outcomes(connection, rule, is_dated=is_dated, as_of_us=as_of_us)
    outcomes = suggest_items(connection, outcomes, rule, ambiguous)
    return Compared(
        items=Items(settled, outcomes, payments, connection, summed=summed.items),
        control_totals=control_totals(),
        rest_payments=rest_payments,
        rest_ledger=rest_ledger,
    )


def _check_signs(payments: dict[str, np.ndarray[Any, Any]]) -> None:
    """Refuse payments below 0: what was given back stands in the payment's cancelled amount."""
    for name, column in (("amount", "amount"), ("cancel", "cancel_amount")):
        below = payments[name] < 0
        if below.any():
            value = int(payments[name][below.argmax()])
            message = f"payments.{column}: {value:,} is below 0, at row {int(below.argmax())}."
            raise TableError(
                message,
                column=column,
                value=str(value),
                hint="Give one row a payment, with what was cancelled as cancel_amount above 0; "
                "for signed movements use TRANSACTIONS_TO_LEDGER.",
                hint_ko="결제 한 건을 한 행으로, 취소금액은 cancel_amount에 양수로 넣으세요. "
                "부호가 있는 거래 내역은 TRANSACTIONS_TO_LEDGER로 대사하세요.",
            )


def _is_dated(connection: duckdb.DuckDBPyConnection, ledger: Side) -> bool:
    """Whether this ledger knows dates at all."""
    if "paid_on" not in ledger.columns:
        return False
    return bool(connection.sql("SELECT count(paid_on) > 0 FROM ledger_src").fetchall()[0][0])


_PAYMENT_COLUMNS = {
    "imp_uid": "VARCHAR",
    "merchant_uid": "VARCHAR",
    "currency": "VARCHAR",
    "amount": "BIGINT",
    "cancel_amount": "BIGINT",
    "status": "VARCHAR",
    "vbank_num": "VARCHAR",
    "pay_method": "VARCHAR",
    "sandbox": "BOOLEAN",
    "pg_id": "VARCHAR",
    "pg_tid": "VARCHAR",
    "apply_num": "VARCHAR",
    "card_code": "VARCHAR",
    "card_number": "VARCHAR",
    "card_quota": "BIGINT",
    "escrow": "BOOLEAN",
}
_PAYMENT_INSTANTS = {
    "paid_us": "paid_at",
    "failed_us": "failed_at",
    "cancelled_us": "cancelled_at",
    "due_us": "vbank_date",
}
_LEDGER_COLUMNS = {
    "merchant_uid": "VARCHAR",
    "amount": "BIGINT",
    "cancel_amount": "BIGINT",
    "currency": "VARCHAR",
    "status": "VARCHAR",
    "refund_method": "VARCHAR",
    "imp_uid": "VARCHAR",
    "pg_tid": "VARCHAR",
    "apply_num": "VARCHAR",
    "card_code": "VARCHAR",
    "card_number": "VARCHAR",
    "card_quota": "BIGINT",
    "escrow": "BOOLEAN",
}


def _load(
    connection: duckdb.DuckDBPyConnection,
    payments: pd.DataFrame,
    ledger: pd.DataFrame,
    odd: Oddities,
    *,
    is_prepared: bool,
) -> None:
    """Load the rows that are left; columns that are absent are null."""
    for name, frame, names in (
        ("rest_payments", payments, (*_PAYMENT_COLUMNS, *_PAYMENT_INSTANTS.values())),
        ("rest_ledger", ledger, (*_LEDGER_COLUMNS, "paid_on", "cancelled_on")),
    ):
        connection.register(name, flat_table(frame, rows=_numbers(frame), names=names))
    connection.register("history_in", history_table(payments, "cancel_history"))
    connection.register("deposits_in", history_table(payments, "deposit_history"))
    connection.register(
        "doubles",
        pa.table(
            {
                "later": pa.array(list(odd.doubles), pa.int64()),
                "earlier": pa.array(list(odd.doubles.values()), pa.string()),
            }
        ),
    )
    columns = [_typed(payments, name, kind) for name, kind in _PAYMENT_COLUMNS.items()]
    columns += [_micros(payments, source, name) for name, source in _PAYMENT_INSTANTS.items()]
    prepared = (
        "LEFT JOIN (SELECT merchant_uid AS m, amount AS prepared FROM prepared_src)"
        " ON m = merchant_uid"
        if is_prepared
        else "CROSS JOIN (SELECT NULL::BIGINT AS prepared)"
    )
    connection.execute(f"""
        CREATE TEMP TABLE payments_in AS
        SELECT row, {", ".join(columns)}, earlier AS double_of, prepared
        FROM rest_payments LEFT JOIN doubles ON later = row {prepared}
    """)
    lines = [_typed(ledger, name, kind) for name, kind in _LEDGER_COLUMNS.items()]
    lines += [_days(ledger, "paid_on", "day"), _days(ledger, "cancelled_on", "refunded_on")]
    connection.execute(f"""
        CREATE TEMP TABLE right_in AS
        SELECT row, {", ".join(lines)}, merchant_uid AS key, NULL::VARCHAR AS linked_by,
               false AS damaged
        FROM rest_ledger
    """)
    connection.execute("UPDATE right_in SET currency = 'KRW' WHERE currency IS NULL")
    connection.execute("CREATE TEMP VIEW ledger_in AS SELECT * FROM right_in")


def _link(connection: duckdb.DuckDBPyConnection, rule: Rule, ledger: Side) -> list[Any]:
    """Look for the payments of lines whose order id the PG does not know as paid."""
    connection.execute(f"""
        CREATE TEMP VIEW left_in AS
        SELECT i.row, r.merchant_uid AS key, r.currency, r.amount, i.imp_uid, i.pg_tid,
               i.apply_num, i.card_code, (r.paid_us // 1000000 + {KST_S}) // {DAY_S} AS day
        FROM payment_rows AS r JOIN payments_in AS i ON i.row = r.row WHERE r.approved
    """)
    connection.execute("CREATE TEMP VIEW all_left AS SELECT merchant_uid FROM payments_src")
    connection.execute("CREATE TEMP VIEW all_right AS SELECT merchant_uid FROM ledger_src")
    return link(connection, rule, {name: name for name in _REFERENCES if name in ledger.columns})


def _outcomes(
    connection: duckdb.DuckDBPyConnection, rule: Rule, *, is_dated: bool, as_of_us: int | None
) -> pa.Table:
    """Sum each order, decide what holds, and give it its outcome."""
    items, facts = figures_sql(rule, is_dated=is_dated, as_of_us=as_of_us)
    try:
        connection.execute(items)
    except duckdb.ConversionException as error:
        message = "The amounts of one order add up to more than 64 bits can hold."
        raise TableError(
            message, hint="Check the amounts of both sides.", hint_ko="양쪽 금액을 확인하세요."
        ) from error
    connection.register("booked_parts", _booked_parts(connection))
    return connection.sql(outcomes_sql(rule, facts)).to_arrow_table()


def _booked_parts(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """Find orders whose booked refund is some, but not all, of the PG's cancels."""
    rows = connection.execute("""
        SELECT f.merchant_uid, f.currency, any_value(f.cancel_l)::BIGINT, list(h.part)
        FROM order_items AS f
        JOIN payment_rows AS p ON p.merchant_uid = f.merchant_uid AND p.currency = f.currency
        JOIN history_in AS h ON h.payment_row = p.row
        WHERE f.cancel_l > 0 AND f.cancel_l < f.cancel_p AND p.approved
        GROUP BY f.merchant_uid, f.currency HAVING count(*) > 1
    """).fetchall()
    found = [(key, currency) for key, currency, booked, parts in rows if _is_part(booked, parts)]
    return pa.table(
        {
            "merchant_uid": pa.array([key for key, _ in found], pa.string()),
            "currency": pa.array([currency for _, currency in found], pa.string()),
        }
    )


def _is_part(booked: int, parts: list[Any]) -> bool:
    """Whether some of the parts add up to what is booked; of very many, only runs are tried."""
    if len(parts) > _SUBSETS_MAX:
        return booked in set(accumulate(parts)) | set(parts)
    return any(
        sum(chosen) == booked
        for size in range(1, len(parts))
        for chosen in combinations(parts, size)
    )


def _typed(frame: pd.DataFrame, name: str, kind: str) -> str:
    """Take a column, or nulls of its type."""
    present = name in frame.columns
    return f"{name}::{kind} AS {name}" if present else f"NULL::{kind} AS {name}"


def _micros(frame: pd.DataFrame, source: str, name: str) -> str:
    """Take an instant as unix microseconds: no engine's time zone can then matter."""
    return f"epoch_us({source}) AS {name}" if source in frame.columns else f"NULL::BIGINT AS {name}"


def _days(frame: pd.DataFrame, source: str, name: str) -> str:
    """Take a day as days since 1970-01-01."""
    if source not in frame.columns:
        return f"NULL::BIGINT AS {name}"
    return f"epoch_us({source}) // {DAY_S * 1_000_000} AS {name}"


def _numbers(frame: pd.DataFrame) -> np.ndarray[Any, Any]:
    """Return the rows' numbers in the input."""
    return frame.index.to_numpy(dtype="int64")
