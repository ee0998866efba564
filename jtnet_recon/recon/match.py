"""reconcile(): the one comparison of two tables, pass by pass, in DuckDB.

Every row of both sides ends in exactly one item. What the passes say is checked against the
inputs before anything is returned: rows and money must add up, or nothing comes out.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd

from jtnet_recon.errors import TableError
from jtnet_recon.period import KST_NAME, Period
from jtnet_recon.recon import balance
from jtnet_recon.recon.budget import tolerances_of
from jtnet_recon.recon.entries import compare_entries, names_of_rule, own_table
from jtnet_recon.recon.kinds import with_signs
from jtnet_recon.recon.lines import breaks_of, with_controls
from jtnet_recon.recon.order_pass import compare_orders
from jtnet_recon.recon.result import Reconciliation
from jtnet_recon.recon.rules import PAYMENTS_TO_LEDGER, Rule
from jtnet_recon.recon.run_controls import controls_of
from jtnet_recon.recon.sources import Side, Source, connect, open_side
from jtnet_recon.recon.transactions import transactions
from jtnet_recon.tables import LEDGER, PAYMENTS, PREPARED, TRANSACTIONS, conform

if TYPE_CHECKING:
    from jtnet_recon.recon.items import Compared


def reconcile(  # noqa: PLR0913 - each is one input or one thing about them
    payments: Source,
    ledger: Source,
    rule: Rule = PAYMENTS_TO_LEDGER,
    *,
    prepare: pd.DataFrame | None = None,
    as_of: Any = None,
    memory_limit: str | None = None,
) -> Reconciliation:
    """Compare two tables under a rule, and account for every row.

    Parameters
    ----------
    payments : DataFrame, path, Arrow table or DuckDB relation, table PAYMENTS
        The first table: one row a payment; ``amount`` and ``cancel_amount`` int64 in minor units
        (KRW: won). Left as it is. Under ``TRANSACTIONS_TO_LEDGER`` its approvals and cancels are
        compared; of a pull with ``basis="events"`` only those inside its period.
    ledger : DataFrame, path, Arrow table or DuckDB relation, table LEDGER
        The second table: one row a line of the books. Left as it is. Under a rule of orders a
        positive amount on a line whose ``kind`` is a refund counts, and is shown, as negative.
    rule : Rule, default PAYMENTS_TO_LEDGER
        What pairs rows and what must then agree.
    prepare : DataFrame, table PREPARED, optional
        Amounts registered before payment; a payment of another amount is P21.
    as_of : datetime, optional
        The instant up to which things are judged (has a virtual account expired?); by default
        the instant of the pull. Without either, nothing is said to have expired.
    memory_limit : str, optional
        Such as ``"2GB"``: beyond it the engine works on disk.

    Returns
    -------
    Reconciliation
        Items, breaks, totals, bridge and controls; ``difference`` is ledger minus payments.

    Raises
    ------
    TableError
        If an input is not the table it should be, or an order's amounts pass 64 bits.
    ConfigError
        If an input is of no kind that can be read, or the rule does not fit the tables.
    ArithmeticError
        If the items did not add up to the inputs; nothing is returned then.
    """
    connection = connect(payments, ledger, memory_limit=memory_limit)
    try:
        return _reconcile(connection, payments, ledger, rule, prepare=prepare, as_of=as_of)
    except (duckdb.OutOfRangeException, duckdb.ConversionException, OverflowError) as error:
        connection.close()
        message = "Amounts do not fit into 64 bits, alone or added up."
        raise TableError(
            message, hint="Check the amounts of both sides.", hint_ko="양쪽 금액을 확인하세요."
        ) from error
    except BaseException:
        connection.close()
        raise


def _reconcile(  # noqa: PLR0913 - the same, with the engine
    connection: duckdb.DuckDBPyConnection,
    payments: Source,
    ledger: Source,
    rule: Rule,
    *,
    prepare: pd.DataFrame | None,
    as_of: Any,
) -> Reconciliation:
    """Run the passes, then prove and describe what they found."""
    left, right = _open(connection, payments, ledger, rule)
    if prepare is not None:
        _register_prepared(connection, prepare)
    as_of_us = _as_of_us(as_of, left.attrs.get("pull"))
    if rule.level == "orders":
        compared = compare_orders(
            connection, left, right, rule,
            is_prepared=prepare is not None, as_of_us=as_of_us,
        )  # fmt: skip
    else:
        compared = compare_entries(connection, left, right, rule)
    result = _proved(connection, left, right, rule, compared)
    if left.frame is not None and right.frame is not None:
        result.item_source.close()
    return replace(result, as_of=_instant_text(as_of_us), prepared=prepare)


def _proved(
    connection: duckdb.DuckDBPyConnection, left: Side, right: Side, rule: Rule, compared: Compared
) -> Reconciliation:
    """Hold what the passes found against the inputs, total it and write the breaks."""
    items, control_totals = compared.items, compared.control_totals
    rests = compared.rest_payments, compared.rest_ledger
    with ThreadPoolExecutor(max_workers=1) as beside:  # the breaks need no engine, the totals do
        breaks = beside.submit(breaks_of, items, rule, *rests)
        totals = balance.totals_of(connection, items)
        balance.check_conservation(control_totals, totals)
        bridge = balance.bridge_of(control_totals, totals, rule.sides)
        tolerances = tolerances_of(connection, items, rule)
        controls = controls_of(
            control_totals, totals, bridge, certificate=left.attrs.get("pull"),
            tolerances=tolerances, is_pulled=left.table in (PAYMENTS, TRANSACTIONS),
        )  # fmt: skip
    return Reconciliation(
        rule=rule,
        item_source=items,
        breaks=with_controls(breaks.result(), controls, rule),
        totals=totals,
        control_totals=control_totals,
        bridge=bridge,
        controls=controls,
        tolerances=tolerances,
        payments=_used(left, compared.rest_payments),
        ledger=_used(right, compared.rest_ledger),
    )


def _instant_text(micros: int | None) -> str:
    """Write an instant in Asia/Seoul, to the second."""
    if micros is None:
        return ""
    instant = pd.Timestamp(micros, unit="us", tz="UTC").tz_convert(KST_NAME)
    return str(instant.floor("s").isoformat())


def _used(side: Side, rest: pd.DataFrame) -> pd.DataFrame:
    """Return the rows a result carries: all of a frame, else those that are not plainly matched."""
    if side.frame is not None:
        return side.frame
    used = rest.copy(deep=False)
    used.attrs.update(side.attrs)
    used.attrs["rows_in_all"] = side.rows
    return used


def _open(
    connection: duckdb.DuckDBPyConnection, payments: Source, ledger: Source, rule: Rule
) -> tuple[Side, Side]:
    """Register both inputs as the tables that the rule compares."""
    if rule.level == "orders":
        first = open_side(connection, payments, "payments", PAYMENTS, "merchant_uid")
        second = open_side(connection, ledger, "ledger", LEDGER, "merchant_uid")
        return first, with_signs(connection, second)
    is_ours = rule.kind == "kind" and rule.key == "merchant_uid"
    if is_ours and isinstance(payments, pd.DataFrame) and "status" in payments.columns:
        payments = transactions(payments, _period_of_events(payments))
    tables = (
        (TRANSACTIONS, LEDGER)
        if is_ours
        else (own_table(rule, 0, payments), own_table(rule, 1, ledger))
    )
    first = open_side(connection, payments, "payments", tables[0], *names_of_rule(rule, 0))
    return first, open_side(connection, ledger, "ledger", tables[1], *names_of_rule(rule, 1))


def _period_of_events(payments: pd.DataFrame) -> Period | None:
    """Return the period of a pull of events: its payments' other movements are not of it."""
    certificate = payments.attrs.get("pull") or {}
    if certificate.get("basis") != "events" or not certificate.get("period"):
        return None
    return Period(certificate["period"])


def _register_prepared(connection: duckdb.DuckDBPyConnection, prepare: pd.DataFrame) -> None:
    """Hand over the registered amounts, one an order."""
    used = conform(prepare, PREPARED, fill=False)
    known = used["merchant_uid"].dropna()
    repeated = known[known.duplicated()]
    if len(repeated):
        message = f"prepared: the order id {repeated.iloc[0]!r} stands twice."
        raise TableError(
            message,
            column="merchant_uid",
            hint="Keep the last registered amount.",
            hint_ko="마지막에 등록한 금액만 남기세요.",
        )
    connection.register("prepared_src", used[["merchant_uid", "amount"]])


def _as_of_us(as_of: Any, certificate: dict[str, Any] | None) -> int | None:
    """Return the instant of judgement, unix microseconds."""
    if as_of is None:
        as_of = (certificate or {}).get("started_at")
    if as_of is None:
        return None
    instant = pd.Timestamp(as_of)
    if instant.tzinfo is None:
        instant = instant.tz_localize(KST_NAME)
    return int(instant.as_unit("us").asm8.astype("int64"))
