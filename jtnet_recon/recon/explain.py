"""explain(): one order, both sides, every test and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from jtnet_recon.errors import ConfigError
from jtnet_recon.money import format_minor
from jtnet_recon.recon.breaks import CODES

if TYPE_CHECKING:
    from jtnet_recon.recon.result import Reconciliation

_PAYMENT_COLUMNS = (
    "imp_uid status amount cancel_amount currency paid_at started_at pay_method pg_provider pg_id"
).split()
_LEDGER_COLUMNS = "amount cancel_amount currency status paid_on".split()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one order ended as it did; prints as text.

    Parameters
    ----------
    merchant_uid : str
        The order id.
    payments, ledger : DataFrame
        Its rows on each side.
    tests : DataFrame
        One row an item and test: currency, test, payments, ledger, agrees.
    reasoning : tuple of str
        The outcome of each item in words.
    """

    merchant_uid: str
    payments: pd.DataFrame
    ledger: pd.DataFrame
    tests: pd.DataFrame
    reasoning: tuple[str, ...]

    def __str__(self) -> str:
        """Write it as text."""
        return "\n".join(
            [
                f"Order {self.merchant_uid}",
                *(f"  {line}" for line in self.reasoning),
                "PG rows:",
                _text(self.payments),
                "Ledger rows:",
                _text(self.ledger),
                "Tests:",
                _text(self.tests),
            ]
        )

    __repr__ = __str__


def explain(result: Reconciliation, merchant_uid: str) -> Explanation:
    """Lay out both sides of one order, each test, and the reasoning.

    Parameters
    ----------
    result : Reconciliation
        Of ``reconcile()``.
    merchant_uid : str
        The order id.

    Returns
    -------
    Explanation
        Prints as text.

    Raises
    ------
    ConfigError
        If neither side has this order id.
    """
    items = result.items[result.items["merchant_uid"] == merchant_uid]
    if items.empty:
        message = f"Neither side has the order id {merchant_uid!r}."
        raise ConfigError(message, hint="Copy it from result.items or result.breaks.")
    return Explanation(
        merchant_uid=merchant_uid,
        payments=_rows(result.payments, merchant_uid, _PAYMENT_COLUMNS),
        ledger=_rows(result.ledger, merchant_uid, _LEDGER_COLUMNS),
        tests=pd.DataFrame([test for row in items.to_dict("records") for test in _tests(row)]),
        reasoning=tuple(_reason(row, result.breaks) for row in items.to_dict("records")),
    )


def _rows(frame: pd.DataFrame, merchant_uid: str, columns: list[str]) -> pd.DataFrame:
    """Take one order's rows, the columns that matter to the comparison."""
    present = [name for name in columns if name in frame.columns]
    return frame.loc[frame["merchant_uid"] == merchant_uid, present]


def _tests(row: dict[Any, Any]) -> list[dict[str, Any]]:
    """State each comparison of an item, both values, and whether they agree."""
    currency = row["currency"]
    money = [
        {
            "currency": currency,
            "test": name,
            "payments": format_minor(row[f"{column}_payments"], currency),
            "ledger": format_minor(row[f"{column}_ledger"], currency),
            "agrees": row[f"{column}_payments"] == row[f"{column}_ledger"],
        }
        for name, column in (("amount", "amount"), ("cancelled", "cancel"), ("net", "net"))
    ]
    reasons = row["reasons"] if isinstance(row["reasons"], str) else ""
    others = [
        {"currency": currency, "test": name, "payments": "", "ledger": "", "agrees": False}
        for name in reasons.split(", ")
        if name in {"status", "paid_on", "currency", "cancel_history"}
    ]
    return money + others


def _reason(row: dict[Any, Any], breaks: pd.DataFrame) -> str:
    """Say how one item ended and why."""
    code = row["code"]
    if not isinstance(code, str):
        kind = f" as {row['excluded_as']}" if isinstance(row["excluded_as"], str) else ""
        return f"{row['currency']}: {row['outcome']}{kind}, no break code."
    chosen = (breaks["merchant_uid"] == row["merchant_uid"]) & (
        breaks["currency"] == row["currency"]
    )
    found = breaks[chosen].iloc[0]
    also = f" Also: {found['secondary']}." if found["secondary"] else ""
    return (
        f"{row['currency']}: {code} {CODES[code].name} ({CODES[code].name_ko}), "
        f"{CODES[code].severity}. {found['finding']}{also} Next: {found['next_action']}"
    )


def _text(frame: pd.DataFrame) -> str:
    """Write a frame as text, or say that it is empty."""
    return "  none" if frame.empty else frame.to_string(index=False)
