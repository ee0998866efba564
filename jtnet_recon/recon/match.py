"""reconcile(): the one comparison of payments with a ledger, run in DuckDB.

Every row of both sides ends in exactly one item. What the engine says is checked against the
inputs before anything is returned: rows and money must add up, or nothing comes out.
"""

from __future__ import annotations

from itertools import accumulate, combinations
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from jtnet_recon.errors import TableError
from jtnet_recon.recon.balance import (
    bridge_of,
    check_conservation,
    control_totals_of,
    controls_of,
    totals_of,
)
from jtnet_recon.recon.breaks import PRIORITY
from jtnet_recon.recon.lines import breaks_of, with_controls
from jtnet_recon.recon.result import Reconciliation
from jtnet_recon.recon.rules import PAYMENTS_TO_LEDGER, Rule
from jtnet_recon.recon.sides import ITEMS, LEDGER_ROWS, PAYMENT_ROWS, figures_sql, load_sides
from jtnet_recon.tables import LEDGER, PAYMENTS, conform

_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    # The engine never reads a file, the network or a Python variable by name.
    "enable_external_access": "false",
    "python_enable_replacements": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "preserve_insertion_order": "false",
}
_SUBSETS_MAX = 12


def reconcile(
    payments: pd.DataFrame, ledger: pd.DataFrame, rule: Rule = PAYMENTS_TO_LEDGER
) -> Reconciliation:
    """Compare payments with a ledger, order by order, and account for every row.

    Parameters
    ----------
    payments : DataFrame, shape (n, m), table PAYMENTS
        One row a payment; ``amount`` and ``cancel_amount`` int64 in minor units (KRW: won);
        ``paid_at`` datetime64[us, Asia/Seoul]. Left as it is.
    ledger : DataFrame, shape (k, j), table LEDGER
        One row a line of the books. Left as it is.
    rule : Rule, default PAYMENTS_TO_LEDGER
        What pairs rows and what must then agree.

    Returns
    -------
    Reconciliation
        Items, breaks, totals, bridge and controls; ``difference`` is ledger minus payments.

    Raises
    ------
    TableError
        If a frame is not the table it should be, or an order's amounts pass 64 bits.
    ArithmeticError
        If the items did not add up to the inputs; nothing is returned then.
    """
    used_payments = conform(payments, PAYMENTS, fill=False)
    used_ledger = conform(ledger, LEDGER, fill=False)
    with duckdb.connect(":memory:", config=_SETTINGS) as connection:
        load_sides(connection, used_payments, used_ledger)
        items = _items(connection, rule, dated=_is_dated(used_ledger))
        check_conservation(connection, items)
        breaks = breaks_of(connection, used_payments, used_ledger)
        control_totals = control_totals_of(connection)
        totals = totals_of(connection, items)
    bridge = bridge_of(control_totals, totals)
    certificate = payments.attrs.get("pull")
    controls = controls_of(control_totals, totals, bridge, certificate=certificate)
    return Reconciliation(
        rule=rule,
        items_table=items,
        breaks=with_controls(breaks, controls),
        totals=totals,
        control_totals=control_totals,
        bridge=bridge,
        controls=controls,
        payments=used_payments,
        ledger=used_ledger,
    )


def _is_dated(ledger: pd.DataFrame) -> bool:
    """Whether this ledger knows dates at all."""
    return "paid_on" in ledger.columns and bool(ledger["paid_on"].notna().any())


def _items(connection: duckdb.DuckDBPyConnection, rule: Rule, *, dated: bool) -> pa.Table:
    """Pair the sides, compute each item's figures, and give it its outcome."""
    connection.execute(PAYMENT_ROWS)
    connection.execute(LEDGER_ROWS)
    try:
        connection.execute(ITEMS)
    except duckdb.ConversionException as error:
        message = "The amounts of one order add up to more than 64 bits can hold."
        raise TableError(message, hint="Check the amounts of both sides.") from error
    band_s = rule.midnight_minutes * 60
    connection.execute(figures_sql(is_dated=dated, band_s=band_s))
    connection.register("booked_parts", _booked_parts(connection))
    outcomes = connection.sql(_outcomes_sql(rule)).to_arrow_table()
    # From here on the items live once, as an Arrow table that the engine reads in place.
    connection.execute("DROP VIEW figures")
    connection.execute("DROP TABLE items")
    connection.register("outcomes", outcomes)
    return outcomes


_FACTS = """
SELECT f.*, coalesce(first_net, 0) AS net_first,
       CASE WHEN NOT booked OR cancels_agree OR cancel_l > cancel_p THEN 0
            WHEN cancel_l = 0 OR part IS NOT NULL THEN cancel_p - cancel_l
            ELSE 0 END AS cancel_unbooked,
       other IS NOT NULL AND NOT keyless
         AND ((approved > 0 AND rows_ledger = 0) OR (claims AND approved = 0)) AS other_currency
FROM figures AS f
LEFT JOIN (
    SELECT merchant_uid AS k, currency AS c,
           first(amount - cancel ORDER BY paid_us, imp_uid) AS first_net
    FROM payment_rows WHERE approved AND amount > cancel
      AND (merchant_uid, currency) IN (SELECT (merchant_uid, currency) FROM figures WHERE kept > 1)
    GROUP BY ALL
) ON k = f.merchant_uid AND c = f.currency
LEFT JOIN (
    SELECT DISTINCT merchant_uid AS other FROM figures
    WHERE approved > 0 AND amount_p > 0 AND rows_ledger = 0 AND NOT keyless
    INTERSECT
    SELECT DISTINCT merchant_uid FROM figures WHERE claims AND approved = 0 AND NOT keyless
) ON other = f.merchant_uid
LEFT JOIN (SELECT merchant_uid AS part, currency AS part_currency FROM booked_parts)
  ON part = f.merchant_uid AND part_currency = f.currency
"""


def _outcomes_sql(rule: Rule) -> str:
    """Write the statement that gives each item its code, money at risk and outcome."""
    others = [finding for finding in rule.findings if finding.code != "X05"]
    when = {finding.code: finding.when for finding in rule.findings}
    at_risk = "\n".join(
        f"WHEN '{finding.code}' THEN greatest({finding.at_risk}, 0)" for finding in rule.findings
    )
    ladder = "\n".join(
        f"WHEN {when[code]} THEN '{code}'" for code in sorted(when, key=PRIORITY.__getitem__)
    )
    held = ", ".join(f"CASE WHEN {finding.when} THEN '{finding.code}' END" for finding in others)
    return f"""
WITH facts AS ({_FACTS}),
coded AS (SELECT *, CASE WHEN keyless THEN 'X05' {ladder} END AS code FROM facts)
SELECT merchant_uid, currency, lone_p, lone_l, code,
       CASE WHEN code IN ('P07', 'P09') THEN 'duplicate'
            WHEN code IS NOT NULL AND rows_ledger = 0 THEN 'only_payments'
            WHEN code IS NOT NULL AND approved = 0 AND phantoms = 0 THEN 'only_ledger'
            WHEN code IS NOT NULL THEN 'differs'
            WHEN rows_ledger = 0 OR rows_payments = 0 THEN 'excluded'
            ELSE 'matched' END AS outcome,
       CASE WHEN outcome <> 'excluded' THEN NULL
            WHEN rows_payments = 0 THEN 'no money in the ledger'
            WHEN tests > 0 THEN 'test payment'
            ELSE 'amount 0' END AS excluded_as,
       CASE WHEN rows_payments > 0 AND rows_ledger > 0 AND NOT keyless THEN 'order id' ELSE '' END
         AS matched_by,
       rows_payments, rows_ledger,
       amount_p AS amount_payments, amount_l AS amount_ledger,
       cancel_p AS cancel_payments, cancel_l AS cancel_ledger,
       net_p AS net_payments, net_l AS net_ledger,
       idle_p AS idle_payments, idle_l AS idle_ledger,
       net_l - net_p AS difference,
       (CASE code {at_risk} ELSE 0 END)::BIGINT AS money_at_risk,
       approved, sales, paid_us, day_l,
       CASE WHEN code IS NULL OR keyless THEN NULL ELSE list_filter([{held}], lambda x: x IS NOT NULL) END AS held,
       CASE WHEN code IS NULL THEN NULL WHEN keyless THEN 'key' ELSE concat_ws(', ',
            CASE WHEN booked AND NOT amounts_agree THEN 'amount' END,
            CASE WHEN booked AND NOT cancels_agree THEN 'cancel_amount' END,
            CASE WHEN claims AND approved = 0 OR approved > 0 AND amount_p > 0 AND denied
                 THEN 'status' END,
            CASE WHEN booked AND days_apart <> 0 THEN 'paid_on' END,
            CASE WHEN other_currency THEN 'currency' END,
            CASE WHEN history_gap > 0 THEN 'cancel_history' END) END AS reasons
FROM coded
"""


def _booked_parts(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """Find orders whose booked refund is some, but not all, of the PG's cancels."""
    rows = connection.execute("""
        SELECT f.merchant_uid, f.currency, any_value(f.cancel_l)::BIGINT, list(h.part)
        FROM figures AS f
        JOIN payment_rows AS p ON p.merchant_uid = f.merchant_uid AND p.currency = f.currency
        JOIN history_in AS h ON h.payment_row = p.row
        WHERE f.booked AND f.cancel_l > 0 AND f.cancel_l < f.cancel_p AND p.approved
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
