"""The findings of the rule of orders: when each break code holds, and the money at risk.

Conditions and amounts are SQL over the figures of one order, which ``orders.py`` computes.
"""

from __future__ import annotations

from dataclasses import dataclass

from jtnet_recon.recon.breaks import PRIORITY


@dataclass(frozen=True, slots=True)
class Finding:
    """When a break code holds on an item, and the money at risk if it does.

    Parameters
    ----------
    code : str
        A code of :data:`jtnet_recon.recon.breaks.CODES`.
    when : str
        SQL condition over the item.
    at_risk : str
        SQL amount, minor units, never negative. In both, ``{tolerance}`` is the rule's.
    """

    code: str
    when: str
    at_risk: str


_ACCEPTED = (
    "CASE WHEN sum_differs AND amount_gap <= {tolerance} THEN %s ELSE 0 END"
    " + CASE WHEN refund_differs AND abs(cancel_l - cancel_p) <= {tolerance} THEN %s ELSE 0 END"
)
ACCEPTED = _ACCEPTED % ("amount_gap", "abs(cancel_l - cancel_p)")
ACCEPTED_SIGNED = _ACCEPTED % ("amount_l - amount_p", "cancel_p - cancel_l")
"""What the tolerance takes of an order's difference, in sales and in refunds."""

_FINDINGS = (
    # Payments
    Finding("P02", "absent AND open_accounts = 0 AND damaged = 0", "net_l"),
    Finding("V02", "absent AND open_accounts > 0 AND damaged = 0", "net_l"),
    Finding("X03", "damaged > 0", "greatest(amount_l, idle_l)"),
    Finding("P07", "kept > 1", "net_p - net_first"),
    # The PG's side carries the amount; the ledger's item of the same order would count it twice.
    Finding("P16", "other_currency", "CASE WHEN approved > 0 THEN amount_p ELSE 0 END"),
    Finding("P17", "tests > 0 AND claims", "amount_tests"),
    Finding(
        "P21",
        "prepared IS NOT NULL AND approved > 0 AND kept < 2 AND amount_kept > 0"
        " AND amount_kept <> prepared",
        "abs(amount_kept - prepared)",
    ),
    Finding("P06", "unbooked AND failed_first > 0", "net_p"),
    Finding("V01", "unbooked AND failed_first = 0 AND is_deposit", "net_p"),
    Finding("P01", "unbooked AND failed_first = 0 AND NOT is_deposit AND rows_ledger = 0", "net_p"),
    Finding("P05", "unbooked AND failed_first = 0 AND NOT is_deposit AND rows_ledger > 0", "net_p"),
    Finding("P03", "sum_differs AND amount_gap > {tolerance}", "amount_gap"),
    Finding(
        "P04",
        "(sum_differs AND amount_gap <= {tolerance})"
        " OR (refund_differs AND abs(cancel_l - cancel_p) <= {tolerance})",
        ACCEPTED,
    ),
    Finding("P09", "doubled", "(sales - approved) * sale_max"),
    Finding("P08", "doubles > 0", "net_doubles"),
    Finding("P18", "strangers > 0", "amount_strangers"),
    Finding("P13", "is_off_day AND NOT at_midnight", "amount_p"),
    Finding("P12", "is_off_day AND at_midnight", "0"),
    Finding("P14", "booked AND quota_l IS NOT NULL AND quota_l <> coalesce(quota_p, 0)", "0"),
    Finding(
        "P15",
        "booked AND escrow_l IS NOT NULL AND escrow_l <> coalesce(escrow_p, false)",
        "amount_p",
    ),
    Finding("P19", "rows_payments > 0 AND approved = 0 AND phantoms = 0 AND rows_ledger = 0", "0"),
    # Cancels
    Finding("C01", "booked AND cancel_p > 0 AND cancel_unbooked > 0", "cancel_unbooked"),
    Finding("C02", "refund_missing AND NOT by_other_method AND NOT past_deadline", "cancel_l"),
    Finding("C13", "refund_missing AND by_other_method", "cancel_l"),
    Finding("C11", "refund_missing AND NOT by_other_method AND past_deadline", "cancel_l"),
    Finding("C08", "requested > 0 AND approved > 0 AND cancel_p = 0", "requested"),
    Finding("C05", "cancelled_whole_for_part", "amount_p - cancel_l"),
    Finding(
        "C03",
        "refund_differs AND abs(cancel_l - cancel_p) > {tolerance}",
        "abs(cancel_l - cancel_p)",
    ),
    Finding(
        "C04",
        "over_cancelled > 0 OR (sales > 0 AND cancel_l > amount_l)",
        "greatest(over_cancelled, cancel_l - amount_l)",
    ),
    Finding("C06", "history_gap > 0", "history_gap"),
    Finding("C07", "written_off", "amount_p - cancel_p"),
    Finding(
        "C10",
        "booked AND cancel_p > 0 AND cancels_agree AND refund_month IS NOT NULL"
        " AND cancel_month IS NOT NULL AND refund_month <> cancel_month",
        "cancel_p",
    ),
    Finding("C12", "reapproved", "0"),
    # Virtual accounts
    Finding("V03", "late > 0", "amount_late"),
    Finding("V04", "over_deposit > 0 AND repeat_deposit = 0", "over_deposit"),
    Finding("V05", "under_deposit > 0", "under_deposit"),
    Finding("V06", "repeat_deposit > 0", "repeat_deposit"),
    Finding("V07", "phantoms > 0 AND approved = 0 AND NOT claims", "0"),
    Finding(
        "V08", "approved = 0 AND NOT claims AND waits > 0 AND (expired > 0 OR phantoms > 0)", "0"
    ),
    # Values
    Finding("X05", "keyless OR undated", "greatest(amount_p, amount_l, idle_p, idle_l, cancel_l)"),
)

ORDER_FINDINGS = tuple(sorted(_FINDINGS, key=lambda finding: PRIORITY[finding.code]))
"""In the order of the codes, which decides what is primary."""
