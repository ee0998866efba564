"""The figures of a report, worked out of a result: sums and lists, no words and no layout.

What a reader can add up is added up here once, so that page, workbook and charts say the same.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from jtnet_recon.recon.breaks import CODES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jtnet_recon.recon.result import Reconciliation

INFO = "Info"
"""The severity of what is expected: no open item, no money at risk."""

OUTCOMES = (
    "matched",
    "differs",
    "duplicate",
    "ambiguous",
    "only_payments",
    "only_ledger",
    "excluded",
)
"""Where a row can end, in the order of the reports."""


@dataclass(frozen=True, slots=True)
class Headline:
    """One currency in a line; money in minor units."""

    currency: str
    ledger_net: int
    pg_net: int
    difference: int
    unexplained: int
    open_items: int
    at_risk: int


@dataclass(frozen=True, slots=True)
class BridgeStep:
    """One step from the ledger's net total to the PG's; money in minor units."""

    currency: str
    step: str
    label: str
    label_ko: str
    items: int
    amount: int
    balance: int


@dataclass(frozen=True, slots=True)
class CodeTotal:
    """The breaks of one code and currency; money in minor units."""

    code: str
    name: str
    name_ko: str
    severity: str
    currency: str
    items: int
    difference: int
    money_at_risk: int
    next_action: str
    next_action_ko: str


def total(values: Iterable[Any]) -> int:
    """Add up in Python integers, which do not overflow.

    Parameters
    ----------
    values : iterable of int
        Amounts or counts.

    Returns
    -------
    int
        Their sum.
    """
    return sum(int(value) for value in values)


def won_first(currencies: Iterable[Any]) -> list[str]:
    """Sort currencies, the won before all others.

    Parameters
    ----------
    currencies : iterable of str
        Codes, some twice; what is no text is left out.

    Returns
    -------
    list of str
        Each once.
    """
    found = {currency for currency in currencies if isinstance(currency, str) and currency}
    return sorted(found, key=lambda currency: (currency != "KRW", currency))


def items_of(breaks: pd.DataFrame) -> pd.DataFrame:
    """Return the breaks that are items; failed controls are listed with them, but are none.

    Parameters
    ----------
    breaks : DataFrame
        Of a result.

    Returns
    -------
    DataFrame
        Some of its rows.
    """
    return breaks[breaks["kind"] != "control"]


def has_books(result: Reconciliation) -> bool:
    """Tell whether payments (or their transactions) were compared with a ledger.

    Parameters
    ----------
    result : Reconciliation
        Any.

    Returns
    -------
    bool
        False for a rule on two tables of somebody's own.
    """
    payments, ledger = set(result.payments.columns), set(result.ledger.columns)
    is_paid = {"imp_uid", "merchant_uid", "amount"} <= payments
    return is_paid and {"merchant_uid", "amount"} <= ledger


def key_of(result: Reconciliation, side: str) -> str:
    """Name the column that a side's rows are known by.

    Parameters
    ----------
    result : Reconciliation
        Any.
    side : str
        ``payments`` or ``ledger``.

    Returns
    -------
    str
        Of the rule.
    """
    return _of_side(result.rule.key, side)


def amount_of(result: Reconciliation, side: str) -> str:
    """Name the column that holds a side's money.

    Parameters
    ----------
    result : Reconciliation
        Any.
    side : str
        ``payments`` or ``ledger``.

    Returns
    -------
    str
        Of the rule.
    """
    return _of_side(result.rule.amount, side)


def _of_side(names: str | tuple[str, str], side: str) -> str:
    """Choose the name that a rule gives a column on one side."""
    return names if isinstance(names, str) else names[0 if side == "payments" else 1]


def headlines(result: Reconciliation) -> tuple[Headline, ...]:
    """Give each currency its line.

    Parameters
    ----------
    result : Reconciliation
        Any.

    Returns
    -------
    tuple of Headline
        The won first.
    """
    controls, breaks, bridge = result.control_totals, items_of(result.breaks), result.bridge
    lines = []
    for currency in won_first([*controls["currency"], *breaks["currency"]]):
        nets = controls[controls["currency"] == currency]
        ledger = total(nets.loc[nets["side"] == "ledger", "net"])
        pg = total(nets.loc[nets["side"] == "payments", "net"])
        rest = bridge[(bridge["currency"] == currency) & (bridge["step"] == "unexplained")]
        open_ = breaks[(breaks["currency"] == currency) & (breaks["severity"] != INFO)]
        at_risk = total(open_["money_at_risk"])
        figures = (ledger, pg, ledger - pg, total(rest["amount"]), len(open_), at_risk)
        lines.append(Headline(currency, *figures))
    return tuple(lines)


def bridge_steps(result: Reconciliation) -> tuple[BridgeStep, ...]:
    """Give the bridge, step by step.

    Parameters
    ----------
    result : Reconciliation
        Any.

    Returns
    -------
    tuple of BridgeStep
        By currency, the ledger first and the PG last.
    """
    return tuple(
        BridgeStep(
            currency=str(row["currency"]),
            step=str(row["step"]),
            label=str(row["label"]),
            label_ko=str(row["label_ko"]),
            items=int(row["rows"]),
            amount=int(row["amount"]),
            balance=int(row["balance"]),
        )
        for row in result.bridge.to_dict("records")
    )


def code_totals(result: Reconciliation) -> tuple[CodeTotal, ...]:
    """Sum the breaks up by code and currency.

    Parameters
    ----------
    result : Reconciliation
        Any.

    Returns
    -------
    tuple of CodeTotal
        The won first, most money at risk first.
    """
    breaks = items_of(result.breaks)
    groups = breaks.groupby(["currency", "code"], sort=True, dropna=False)
    sums = [_code_total(rows) for _, rows in groups]
    return tuple(
        sorted(
            sums,
            key=lambda line: (
                line.currency != "KRW",
                line.currency,
                -line.money_at_risk,
                line.severity == INFO,
                line.code,
            ),
        )
    )


def _code_total(rows: pd.DataFrame) -> CodeTotal:
    """Sum up the breaks of one code and currency."""
    first = rows.iloc[0]
    currency = first["currency"]
    return CodeTotal(
        code=str(first["code"]),
        name=str(first["name"]),
        name_ko=str(first["name_ko"]),
        severity=str(first["severity"]),
        currency=currency if isinstance(currency, str) else "",
        items=len(rows),
        difference=total(rows["difference"]),
        money_at_risk=total(rows["money_at_risk"]),
        next_action=CODES[str(first["code"])].next_action,
        next_action_ko=CODES[str(first["code"])].next_action_ko,
    )


def hash_total(ids: pd.Series[Any]) -> str:
    """Hash the sorted ids of a side: one id more, less or changed gives another hash.

    Parameters
    ----------
    ids : Series of str
        A missing id counts as empty.

    Returns
    -------
    str
        SHA-256.
    """
    texts = sorted("" if pd.isna(value) else str(value) for value in ids)
    return hashlib.sha256("\n".join(texts).encode("utf-8", "surrogatepass")).hexdigest()
