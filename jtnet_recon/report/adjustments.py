"""Adjusting entries: what the books lack to show what the PG has, as lines that can be posted.

They are proposed, never posted. Each line is the break or breaks of one cause, and the lines of a
currency move the receivable by exactly what leads from the ledger's net total to the PG's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from jtnet_recon.errors import ConfigError
from jtnet_recon.recon.break_changes import items_of
from jtnet_recon.recon.breaks import CODES
from jtnet_recon.report.figures import bridge_steps, total, won_first

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jtnet_recon.recon.result import Reconciliation

Action = Literal["post", "pg", "decide", "none"]

COLUMNS = (
    *("currency", "action", "action_ko", "code", "cause", "cause_ko"),
    *("debit", "debit_ko", "credit", "credit_ko", "amount", "receivable", "items", "orders"),
)
"""The columns of adjusting entries."""

ACTIONS: dict[Action, tuple[str, str]] = {
    "post": ("post", "기표"),
    "pg": ("act at the PG first", "PG 조치 후 판단"),
    "decide": ("decide first", "확인 후 판단"),
    "none": ("do not post", "기표 안 함"),
}
"""What to do with a line, in both languages."""

# The money has moved at the PG as it says, and the books have to follow.
_POST = frozenset("C01 C05 C07 C09 P05 P06 P09 P17 V01 V02 V08".split())
# The books are as the shop meant it; what is to be put right is at the PG or with the buyer.
_PG = frozenset("C02 C04 C06 C08 P07 P21 V03 V04 V05 V06".split())
# Expected, or right in another period.
_NONE = frozenset("C10 C12 P04 P12 P13 P19 V07".split())
# A look-up that shows these proves that the books have a sale which the PG never approved.
_NEVER_PAID = frozenset(("no such payment", "only failed attempts"))

_RECEIVABLE = ("PG receivable", "PG 미수금")
_SALES = ("Sales", "매출")
_RETURNS = ("Sales returns", "매출환입")


@dataclass(frozen=True, slots=True)
class _Part:
    """One part of a break: what it moves the receivable by, against which account."""

    action: Action
    code: str
    currency: str
    account: tuple[str, str]
    receivable: int
    order: str


def adjusting_entries(
    result: Reconciliation, *, breaks: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Propose the entries that lead from the ledger to what the PG has, cause by cause.

    Parameters
    ----------
    result : Reconciliation
        Of payments with a ledger.
    breaks : DataFrame, optional
        Its breaks as they may be shown, masked.

    Returns
    -------
    DataFrame, one row a currency, action, code and pair of accounts
        ``COLUMNS``. ``action``: *post* (the books have to follow the PG), *act at the PG first*,
        *decide first*, *do not post* (timing, rounding, left out). ``amount`` is above zero and
        ``receivable`` what the line moves the receivable from the PG by, in minor units (KRW:
        won); the receivables of a currency add up to the PG's net total less the ledger's. A
        break that the ledger is short of in sales and in refunds has a line for each. ``orders``
        names the order ids behind a line. The names of the accounts are general ones.

    Raises
    ------
    ConfigError
        If other tables than payments and a ledger were compared.
    """
    if result.rule.sides != ("PG", "ledger"):
        message = f"Entries are proposed for payments and a ledger, not for {result.rule.sides}."
        raise ConfigError(
            message,
            hint="Use PAYMENTS_TO_LEDGER or TRANSACTIONS_TO_LEDGER.",
            hint_ko="PAYMENTS_TO_LEDGER 또는 TRANSACTIONS_TO_LEDGER 규칙을 사용하세요.",
        )
    rows = items_of(result.breaks if breaks is None else breaks).to_dict("records")
    parts = [part for row in rows for part in _parts(row)]
    left_out = [step for step in bridge_steps(result) if step.step == "excluded" and step.amount]
    lines = []
    for currency in won_first([*(p.currency for p in parts), *(s.currency for s in left_out)]):
        lines += list(_lines([part for part in parts if part.currency == currency]))
        lines += [_left_out(step) for step in left_out if step.currency == currency]
    texts = dict.fromkeys(set(COLUMNS) - {"amount", "receivable", "items"}, "str")
    return pd.DataFrame(lines, columns=list(COLUMNS)).astype(texts)


def _parts(row: dict[Any, Any]) -> Iterator[_Part]:
    """Part a break's difference into that of sales and that of refunds."""
    sales = int(row["amount_ledger"]) - int(row["amount_payments"])
    refunds = int(row["cancel_ledger"]) - int(row["cancel_payments"])
    order = row["merchant_uid"]
    named = order if isinstance(order, str) else ""
    code, currency = str(row["code"]), str(row["currency"])
    action = _action(code, str(row.get("verified") or ""))
    for account, moved in ((_SALES, -sales), (_RETURNS, refunds)):
        if moved:
            yield _Part(action, code, currency, account, moved, named)


def _action(code: str, verified: str) -> Action:
    """Tell what is to be done about a code."""
    if code in _POST or (code == "P02" and verified in _NEVER_PAID):
        return "post"
    if code in _PG:
        return "pg"
    return "none" if code in _NONE else "decide"


def _lines(parts: list[_Part]) -> Iterator[tuple[Any, ...]]:
    """Join the parts of one cause, direction and pair of accounts into a line."""
    groups: dict[tuple[Any, ...], list[_Part]] = {}
    order = list(ACTIONS)
    for part in sorted(parts, key=lambda p: (order.index(p.action), p.code, p.account != _SALES)):
        groups.setdefault((part.action, part.code, part.account, part.receivable > 0), []).append(
            part
        )
    for (action, code, account, is_debit), mine in groups.items():
        debit, credit = (_RECEIVABLE, account) if is_debit else (account, _RECEIVABLE)
        moved = total(part.receivable for part in mine)
        orders = list(dict.fromkeys(part.order for part in mine if part.order))
        cause = (CODES[code].name, CODES[code].name_ko) if code in CODES else (code, code)
        yield (
            *(mine[0].currency, *ACTIONS[action], code, *cause),
            *(*debit, *credit, abs(moved), moved, len(mine), ", ".join(orders)),
        )


def _left_out(step: Any) -> tuple[Any, ...]:
    """Write what was left out of the comparison: it needs no entry, but the sum needs it."""
    named = (step.currency, *ACTIONS["none"], "", step.label, step.label_ko)
    return (*named, "", "", "", "", abs(step.amount), step.amount, step.items, "")
