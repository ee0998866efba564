"""The rule of the billing-key audit: every constant it judges by, and the comparisons it makes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from jtnet_recon.errors import ConfigError
from jtnet_recon.recon.rules import Rule, Tolerance


@dataclass(frozen=True, slots=True)
class KeyAudit:
    """What an audit of billing keys takes for granted.

    Parameters
    ----------
    lead_days : int, default 3
        Days before its due day on which a charge already counts for the new cycle.
    grace_days : int, default 3
        Days after its due day, and after the last failed attempt, in which nothing is said to be
        missing.
    schedule_grace_hours : int, default 24
        Hours after which a schedule that has not run is due and not run (S01).
    double_minutes : int, default 10
        Minutes within which a second equal charge on a key is P08.
    failures_in_a_row : int, default 3
        Failed attempts in a row that make a streak (B11).
    orphan_days : int, default 90
        Days without a charge after which a key without a contract is an orphan (B04).
    jtnet_until : date, default 2023-01-31
        Last day on which keys at JTNet could be charged.
    tolerance : Tolerance
        By how much a charge may differ from the price (P04), and the budget for it.

    Raises
    ------
    ConfigError
        If a number is negative, or ``lead_days`` would reach into the cycle before.

    Notes
    -----
    Source of ``jtnet_until``: JTNet's notice on the end of its PG business.
    """

    lead_days: int = 3
    grace_days: int = 3
    schedule_grace_hours: int = 24
    double_minutes: int = 10
    failures_in_a_row: int = 3
    orphan_days: int = 90
    jtnet_until: date = date(2023, 1, 31)
    tolerance: Tolerance = field(default_factory=Tolerance)

    def __post_init__(self) -> None:
        """Refuse numbers that mean nothing."""
        limits = {
            "lead_days": (0, _LEAD_DAYS_MAX),
            "grace_days": (0, None),
            "schedule_grace_hours": (0, None),
            "double_minutes": (0, None),
            "failures_in_a_row": (1, None),
            "orphan_days": (0, None),
        }
        for name, (least, most) in limits.items():
            value = getattr(self, name)
            if value < least or (most is not None and value > most):
                span = f"{least} or more" if most is None else f"{least} to {most}"
                message = f"KeyAudit({name}={value}) cannot be."
                raise ConfigError(message, hint=f"Write {span}.", hint_ko=f"{name}: {span}")

    @property
    def charges(self) -> Rule:
        """The comparison of what was charged with what the contracts ask for."""
        return Rule(
            name="billing charges to contracts, by billing key and due day",
            key="cycle",
            amount="amount",
            currency="currency",
            tolerance=self.tolerance,
            suggest=None,
            double_minutes=self.double_minutes,
            sides=("PG", "contracts"),
        )


# More than half of the shortest month would be nearer to the cycle before.
_LEAD_DAYS_MAX = 13

SCHEDULES_TO_CONTRACTS = Rule(
    name="open schedules to contracts, by billing key and due day",
    key="cycle",
    amount="amount",
    currency="currency",
    suggest=None,
    sides=("schedules", "contracts"),
)
"""What is scheduled against what the contracts will ask for."""

CHARGES_TO_SCHEDULES = Rule(
    name="scheduled charges to executed schedules, by order id",
    key="merchant_uid",
    amount="amount",
    currency="currency",
    suggest=None,
    sides=("PG", "schedules"),
)
"""What was charged as scheduled against the schedules that say they were paid."""
