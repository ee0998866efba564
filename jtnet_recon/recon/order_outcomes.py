"""From an order's figures to its outcome: the code, the money at risk, what held besides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jtnet_recon.recon.findings import ACCEPTED, ACCEPTED_SIGNED, Finding

if TYPE_CHECKING:
    from jtnet_recon.recon.rules import Rule

_ORDER_OUTCOME = """
CASE WHEN code IN ('P07', 'P09') THEN 'duplicate'
     WHEN code IS NOT NULL AND rows_ledger = 0 THEN 'only_payments'
     WHEN code IS NOT NULL AND approved = 0 AND phantoms = 0 THEN 'only_ledger'
     WHEN code IS NOT NULL THEN 'differs'
     WHEN rows_ledger = 0 OR rows_payments = 0 OR (denied AND approved > 0) THEN 'excluded'
     ELSE 'matched' END
"""


def outcomes_sql(rule: Rule, facts: str) -> str:
    """Write the statement that gives each order its code, money at risk and outcome.

    Parameters
    ----------
    rule : Rule
        A rule of orders.
    facts : str
        SQL of what is known of each order: ``orders.figures_sql``.

    Returns
    -------
    str
        SQL of one row an order.
    """
    findings = [_within(finding, rule.tolerance.amount) for finding in rule.findings]
    at_risk = "\n".join(f"WHEN '{f.code}' THEN greatest({f.at_risk}, 0)" for f in findings)
    held = ", ".join(f"CASE WHEN {f.when} THEN '{f.code}' END" for f in findings)
    can_accept = any(f.code == "P04" for f in findings)
    accepted, signed = (
        sql.replace("{tolerance}", str(rule.tolerance.amount)) if can_accept else "0"
        for sql in (ACCEPTED, ACCEPTED_SIGNED)
    )
    return f"""
WITH coded AS (
    SELECT *, CASE WHEN keyless THEN 'X05' ELSE holding[1] END AS code
    FROM (SELECT *, list_filter([{held}], lambda x: x IS NOT NULL) AS holding FROM ({facts}))
)
SELECT merchant_uid, currency, code, 'order' AS kind,
       {_ORDER_OUTCOME} AS outcome,
       CASE WHEN outcome <> 'excluded' THEN NULL
            WHEN rows_payments = 0 THEN 'no money in the ledger'
            WHEN tests > 0 THEN 'test payment'
            ELSE 'amount 0' END AS excluded_as,
       CASE WHEN rows_payments = 0 OR rows_ledger = 0 OR keyless THEN ''
            WHEN linked_by IS NOT NULL THEN linked_by
            WHEN days_apart <> 0 AND outcome = 'matched' OR code = 'P04' OR code = 'P12'
              THEN 'order id, within tolerance'
            WHEN sales > 1 OR approved > 1 THEN 'order id, sum'
            ELSE 'order id' END AS matched_by,
       rows_payments, rows_ledger,
       amount_p AS amount_payments, amount_l AS amount_ledger,
       cancel_p AS cancel_payments, cancel_l AS cancel_ledger,
       net_p AS net_payments, net_l AS net_ledger,
       idle_p AS idle_payments, idle_l AS idle_ledger,
       net_l - net_p AS difference,
       (CASE code {at_risk} ELSE 0 END)::BIGINT AS money_at_risk,
       approved, sales, paid_us, day_l, due_us, cancelled_us, refunded_on, quota_p, quota_l,
       deposited, prepared, stranger, double_of, requested, days_apart, at_midnight, amount_gap,
       cancel_unbooked, NULL::BIGINT AS minutes_apart,
       ({accepted})::BIGINT AS accepted, ({signed})::BIGINT AS accepted_signed,
       CASE WHEN code IS NULL OR keyless THEN NULL ELSE holding END AS held,
       CASE WHEN code IS NULL THEN NULL WHEN keyless THEN 'key' ELSE concat_ws(', ',
            CASE WHEN damaged > 0 THEN 'merchant_uid' END,
            CASE WHEN booked AND NOT amounts_agree THEN 'amount' END,
            CASE WHEN booked AND NOT cancels_agree THEN 'cancel_amount' END,
            CASE WHEN claims AND approved = 0 OR approved > 0 AND amount_p > 0 AND denied
                 THEN 'status' END,
            CASE WHEN booked AND days_apart <> 0 THEN 'paid_on' END,
            CASE WHEN code = 'C10' THEN 'cancelled_on' END,
            CASE WHEN other_currency THEN 'currency' END,
            CASE WHEN code = 'P14' THEN 'card_quota' END,
            CASE WHEN code = 'P15' THEN 'escrow' END,
            CASE WHEN code = 'P18' THEN 'pg_id' END,
            CASE WHEN history_gap > 0 THEN 'cancel_history' END) END AS reasons,
       CASE WHEN code IS NOT NULL THEN row_p END AS row_p,
       CASE WHEN code IS NOT NULL THEN row_l END AS row_l
FROM coded
"""


def _within(finding: Finding, tolerance: int) -> Finding:
    """Fill in the amount that may differ."""
    when, at_risk = (
        sql.replace("{tolerance}", str(tolerance)) for sql in (finding.when, finding.at_risk)
    )
    return Finding(finding.code, when, at_risk)
