"""What a case of a break code is; the cases stand in ``code_cases_*.py`` by subject."""

from __future__ import annotations

from dataclasses import dataclass, replace

from jtnet_recon.recon.rules import PAYMENTS_TO_LEDGER, Rule, Tolerance

Found = tuple[str, str | None, str | None, int, int]
"""code, merchant_uid, currency, difference, money_at_risk."""

WITHIN_TEN = replace(PAYMENTS_TO_LEDGER, tolerance=Tolerance(amount=10))


@dataclass(frozen=True, slots=True)
class Case:
    """The smallest tables that show a code, or that nearly do; ``expected`` is every break."""

    name: str
    payments: str
    ledger: str
    expected: tuple[Found, ...] = ()
    rule: Rule = PAYMENTS_TO_LEDGER
    prepared: str | None = None
    as_of: str | None = None

    def __str__(self) -> str:
        return self.name
