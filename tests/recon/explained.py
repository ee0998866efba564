"""What an explanation says, read back; an order to explain, and a rule with every pass."""

from __future__ import annotations

from jtnet_recon.recon.rules import PAYMENTS_TO_LEDGER, Normaliser, Rule, Tolerance

WIDE = Rule(
    name="wide",
    level="orders",
    currency="currency",
    day=("paid_at", "paid_on"),
    references=("imp_uid", "pg_tid", ("apply_num", "card_code")),
    tolerance=Tolerance(amount=10, days=1),
    normalise=Normaliser(suffixes=("_sf",)),
    findings=PAYMENTS_TO_LEDGER.findings,
)


def verdicts(explanation, by):
    """The fields of one pass and how each ended."""
    rows = explanation.passes[explanation.passes["pass"] == by]
    return dict(zip(rows["field"], rows["verdict"], strict=True))


def winners(explanation):
    return set(explanation.passes.loc[explanation.passes["verdict"] == "won", "pass"])
