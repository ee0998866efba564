"""Rules: what pairs rows of two tables, and what must then agree.

A rule is data. Its findings are conditions over one item, written in the engine's SQL over the
columns that ``sides.py`` computes for each side of an item.
"""

from __future__ import annotations

from dataclasses import dataclass

from jtnet_recon.recon.breaks import CODES


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
        SQL amount, minor units, never negative.
    """

    code: str
    when: str
    at_risk: str


@dataclass(frozen=True, slots=True)
class Rule:
    """What pairs payments with ledger lines.

    Parameters
    ----------
    name : str
        Stands in the report.
    key : tuple of str
        Columns that must be equal, exact text; a missing part matches nothing.
    findings : tuple of Finding
        The conditions; the first that holds, in the order of the codes, is primary.
    midnight_minutes : int, default 10
        Band around midnight KST in which the neighbouring day counts as timing (P12).
    """

    name: str
    key: tuple[str, ...]
    findings: tuple[Finding, ...]
    midnight_minutes: int = 10


_FINDINGS = (
    Finding("P02", "claims AND approved = 0 AND open_accounts = 0 AND NOT other_currency", "net_l"),
    Finding("V02", "claims AND approved = 0 AND open_accounts > 0 AND NOT other_currency", "net_l"),
    Finding("P07", "kept > 1", "net_p - net_first"),
    # The PG's side carries the amount; the ledger's item of the same order would count it twice.
    Finding("P16", "other_currency", "CASE WHEN approved > 0 THEN amount_p ELSE 0 END"),
    Finding("P17", "tests > 0 AND claims", "amount_tests"),
    Finding("C01", "booked AND cancel_p > 0 AND cancel_unbooked > 0", "cancel_unbooked"),
    Finding(
        "C02",
        "(booked AND cancel_l > 0 AND cancel_p = 0)"
        " OR (approved = 0 AND sales = 0 AND cancel_l > 0 AND phantoms = 0)",
        "cancel_l",
    ),
    Finding(
        "C04",
        "over_cancelled > 0 OR (sales > 0 AND cancel_l > amount_l)",
        "greatest(over_cancelled, cancel_l - amount_l)",
    ),
    Finding(
        "P01",
        "approved > 0 AND rows_ledger = 0 AND amount_p > 0 AND tests < approved"
        " AND NOT other_currency",
        "net_p",
    ),
    Finding("P03", "booked AND NOT amounts_agree AND NOT doubled AND kept < 2", "amount_gap"),
    Finding("P05", "approved > 0 AND amount_p > 0 AND denied", "net_p"),
    Finding("P09", "doubled", "(sales - approved) * sale_max"),
    Finding("C06", "history_gap > 0", "history_gap"),
    Finding("C07", "written_off", "amount_p - cancel_p"),
    Finding(
        "C03",
        "booked AND cancel_p > 0 AND cancel_l > 0 AND cancel_p <> cancel_l"
        " AND NOT written_off AND cancel_unbooked = 0 AND NOT cancels_agree",
        "abs(cancel_l - cancel_p)",
    ),
    Finding("X05", "keyless OR undated", "greatest(amount_p, amount_l, idle_p, idle_l, cancel_l)"),
    Finding("P13", "booked AND amounts_agree AND days_apart <> 0 AND NOT at_midnight", "amount_p"),
    Finding("P12", "booked AND amounts_agree AND days_apart <> 0 AND at_midnight", "0"),
    Finding("P19", "rows_payments > 0 AND approved = 0 AND phantoms = 0 AND rows_ledger = 0", "0"),
    Finding("V07", "phantoms > 0 AND approved = 0 AND NOT claims", "0"),
)


def _in_order(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Sort findings by the order of the codes, which decides what is primary."""
    order = list(CODES)
    return tuple(sorted(findings, key=lambda finding: order.index(finding.code)))


PAYMENTS_TO_LEDGER = Rule(
    name="payments to ledger, by order id and currency",
    key=("merchant_uid", "currency"),
    findings=_in_order(_FINDINGS),
)
"""The default: one order's payments at the PG against its lines in the books."""
