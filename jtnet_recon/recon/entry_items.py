"""From matches under one key to items with codes."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from jtnet_recon.recon.items import SCHEMA
from jtnet_recon.recon.within import DAY_S, Entry, Match, apart, is_midnight, match_within

if TYPE_CHECKING:
    from jtnet_recon.recon.rules import Rule

Row = tuple[Entry, dict[str, Any]]

_EXTRA = {
    **dict.fromkeys(
        "lone_p lone_l row_p row_l approved sales paid_us day_l due_us cancelled_us refunded_on "
        "quota_p quota_l deposited prepared requested days_apart amount_gap cancel_unbooked "
        "minutes_apart".split(),
        pa.int64(),
    ),
    **dict.fromkeys("stranger double_of".split(), pa.string()),
    "at_midnight": pa.bool_(),
    "held": pa.list_(pa.string()),
}
MATCHED_BY = {
    "exact": "key, kind, amount and day",
    "tolerance": "key, kind and amount, within tolerance",
    "sum": "key and kind, sum",
    "day": "key, kind and amount",
    "amount": "key and kind",
}


@cache
def schema_of_items() -> pa.Schema:
    """Return the columns of the items that the later passes make.

    Returns
    -------
    Schema
        The items' columns, then what the breaks need.
    """
    return pa.schema([*SCHEMA, *((name, kind) for name, kind in _EXTRA.items())])


def items_of_group(  # noqa: PLR0913 - a group is its key, its currency and its two sides
    key: str | None,
    currency: str,
    left: list[Row],
    right: list[Row],
    rule: Rule,
    *,
    is_dated: bool,
    is_elsewhere: bool,
) -> list[dict[str, Any]]:
    """Match the rows of one key and give each match its code.

    Parameters
    ----------
    key : str or None
        The key; None for a row without one.
    currency : str
        ISO 4217 code.
    left, right : list of (Entry, dict)
        The rows of each side with their columns.
    rule : Rule
        The rule of entries.
    is_dated : bool
        Whether days are compared.
    is_elsewhere : bool
        Whether the other side has this key in another currency only.

    Returns
    -------
    list of dict
        One an item.
    """
    rows = {("l", entry.row): row for entry, row in left}
    rows |= {("r", entry.row): row for entry, row in right}
    moving = [[entry for entry, row in side if not row["is_idle"]] for side in (left, right)]
    idle = [entry for entry, row in (*left, *right) if row["is_idle"]]
    items = [_idle_item(key, currency, entry, rows["r", entry.row]) for entry in idle]
    for is_cancel in (False, True):
        sides = [[entry for entry in side if (entry.amount < 0) == is_cancel] for side in moving]
        if not sides[0] and not sides[1]:
            continue
        if key is None:
            matches = [Match((entry,), (), "") for entry in sides[0]]
            matches += [Match((), (entry,), "") for entry in sides[1]]
        else:
            matches = match_within(sides[0], sides[1], rule.tolerance, is_dated=is_dated)
        for match in matches:
            items.append(
                _item(
                    key, currency, match, rows, rule, is_dated=is_dated, is_elsewhere=is_elsewhere
                )
            )
    _mark_excess(items, [entry.amount for entry in moving[1]])
    return items


def _item(  # noqa: PLR0913 - a match and where it stands
    key: str | None,
    currency: str,
    match: Match,
    rows: dict[tuple[str, int], dict[str, Any]],
    rule: Rule,
    *,
    is_dated: bool,
    is_elsewhere: bool,
) -> dict[str, Any]:
    """Write one match as an item."""
    left = [rows["l", entry.row] for entry in match.left]
    right = [rows["r", entry.row] for entry in match.right]
    figures = _figures(match)
    code, reasons = _code(
        key, match, left, right, rule, is_dated=is_dated, is_elsewhere=is_elsewhere
    )
    if code == "tests":
        code, excluded = None, "test payment"
    else:
        excluded = None
    is_cancel = (match.left or match.right)[0].amount < 0
    linked = next((row["linked_by"] for row in right if row["linked_by"]), None)
    both = bool(left and right) and key is not None
    by = MATCHED_BY.get(match.by, "") if both else ""
    times = _times(match, rule) if both else {}
    return {
        **figures,
        **times,
        "outcome": _outcome(code, match, excluded),
        "code": code,
        "excluded_as": excluded,
        "merchant_uid": key,
        "currency": currency,
        "kind": "cancel" if is_cancel else "approval",
        "money_at_risk": _at_risk(code, figures),
        "reasons": reasons,
        "matched_by": (linked or by) if both else "",
        "row_p": min((entry.row for entry in match.left), default=None),
        "row_l": min((entry.row for entry in match.right), default=None),
        "approved": len(match.left),
        "sales": len(match.right),
        "paid_us": _micros(match.left),
        "day_l": match.right[0].day if match.right else None,
        "cancelled_us": _micros(match.left) if is_cancel else None,
        "refunded_on": match.right[0].day if match.right and is_cancel else None,
        "cancel_unbooked": figures["cancel_payments"],
        "held": [code] if code else None,
    }


def _figures(match: Match) -> dict[str, int]:
    """Add up both sides of a match."""
    figures: dict[str, int] = {}
    for side, entries in (("payments", match.left), ("ledger", match.right)):
        amount = sum(entry.amount for entry in entries if entry.amount > 0)
        cancel = -sum(entry.amount for entry in entries if entry.amount < 0)
        figures |= {
            f"rows_{side}": len(entries),
            f"amount_{side}": amount,
            f"cancel_{side}": cancel,
            f"net_{side}": amount - cancel,
            f"idle_{side}": 0,
        }
    figures["difference"] = figures["net_ledger"] - figures["net_payments"]
    figures["amount_gap"] = abs(figures["difference"])
    return figures


def _code(  # noqa: C901, PLR0911, PLR0913 - the decision is a list of cases, in the order of gravity
    key: str | None,
    match: Match,
    left: list[dict[str, Any]],
    right: list[dict[str, Any]],
    rule: Rule,
    *,
    is_dated: bool,
    is_elsewhere: bool,
) -> tuple[str | None, str | None]:
    """Say what a match is, and which columns differ."""
    is_cancel = (match.left or match.right)[0].amount < 0
    if key is None:
        return "X05", "key"
    if any(row["is_test"] for row in left):
        return ("P17", None) if right else ("tests", None)
    if left and right:
        if any(row["damaged"] for row in right):
            return "X03", "merchant_uid"
        if is_dated and any(row["day"] is None for row in right):
            return "X05", "paid_on"
        return _code_of_pair(match, rule, is_cancel=is_cancel, is_dated=is_dated)
    if is_elsewhere:
        return "P16", "currency"
    if left:
        if any(row["flag"] for row in left):
            return "C06", "cancel_history"
        if is_cancel:
            return "C01", None
        if match.by == "copy":
            return "P07", None
        return ("V01" if left[0]["pay_method"] == "vbank" else "P01"), None
    if any(row["damaged"] for row in right):
        return "X03", "merchant_uid"
    if match.by == "copy":
        return "P09", None
    return ("C02" if is_cancel else "P02"), None


def _code_of_pair(
    match: Match, rule: Rule, *, is_cancel: bool, is_dated: bool
) -> tuple[str | None, str | None]:
    """Say how the two sides of a match differ."""
    gap = abs(sum(e.amount for e in match.left) - sum(e.amount for e in match.right))
    if gap > rule.tolerance.amount:
        return ("C03" if is_cancel else "P03"), "amount"
    if gap:
        return "P04", "amount"
    if not is_dated:
        return None, None
    first = match.left[0]
    for entry in match.right:
        how = apart(first, entry, rule.tolerance)
        if how in ("same", "days", "minutes"):
            return None, None
    day = match.right[0].day
    if day is not None and is_midnight(first, day, rule.tolerance):
        return "P12", "paid_on"
    if is_cancel and day is not None and first.day is not None and _month(first.day) != _month(day):
        return "C10", "paid_on"
    return "P13", "paid_on"


def _month(day: int) -> tuple[int, int]:
    """Name the month of a day."""
    from datetime import date, timedelta

    on = date(1970, 1, 1) + timedelta(days=day)
    return on.year, on.month


def _times(match: Match, rule: Rule) -> dict[str, Any]:
    """Say how far apart in time the two sides are."""
    first, second = match.left[0], match.right[0]
    if first.day is None or second.day is None:
        return {}
    how = apart(first, second, rule.tolerance)
    minutes = None
    if how == "minutes" and first.at_s is not None and second.at_s is not None:
        minutes = abs(first.at_s - second.at_s) // 60
    return {
        "days_apart": second.day - first.day,
        "at_midnight": how == "midnight",
        "minutes_apart": minutes,
    }


def _outcome(code: str | None, match: Match, excluded: str | None) -> str:
    """Name the outcome."""
    if excluded:
        return "excluded"
    if code is None:
        return "matched"
    if code in ("P07", "P09"):
        return "duplicate"
    if not match.right:
        return "only_payments"
    return "differs" if match.left else "only_ledger"


def _at_risk(code: str | None, figures: dict[str, int]) -> int:
    """Say how much money a break puts at risk; never negative."""
    if code is None or code in ("P12",):
        return 0
    if code in ("P03", "C03", "P04"):
        return figures["amount_gap"]
    if code == "P16":
        return abs(figures["net_payments"])
    return max(abs(figures["net_payments"]), abs(figures["net_ledger"]))


def _idle_item(key: str | None, currency: str, entry: Entry, row: dict[str, Any]) -> dict[str, Any]:
    """Account for a line that carries no money."""
    zeros = dict.fromkeys(
        [
            name
            for name in SCHEMA.names
            if name.split("_")[0] in ("amount", "cancel", "net", "idle")
        ],
        0,
    )
    return {
        **zeros,
        "outcome": "excluded",
        "code": None,
        "excluded_as": "no money in the ledger",
        "merchant_uid": key,
        "currency": currency,
        "kind": "approval",
        "rows_payments": 0,
        "rows_ledger": 1,
        "idle_ledger": row["stated"],
        "difference": 0,
        "money_at_risk": 0,
        "matched_by": "",
        "row_l": entry.row,
        "approved": 0,
        "sales": 0,
    }


def _mark_excess(items: list[dict[str, Any]], ledger: list[int]) -> None:
    """Call refunds that pass the sales of their key over-cancelled, by the excess."""
    sales = sum(amount for amount in ledger if amount > 0)
    excess = -sum(amount for amount in ledger if amount < 0) - sales
    if sales == 0 or excess <= 0:
        return
    for item in items:
        if item["code"] in ("C02", "P09") and item["kind"] == "cancel":
            item.update(code="C04", held=["C04", item["code"]], outcome="only_ledger")
            item["money_at_risk"] = min(item["cancel_ledger"], excess)
            excess -= item["money_at_risk"]


def _micros(entries: tuple[Entry, ...]) -> int | None:
    """Give the first row's instant, or the start of its day."""
    if not entries:
        return None
    first = entries[0]
    if first.at_s is not None:
        return first.at_s * 1_000_000
    return None if first.day is None else (first.day * DAY_S - 9 * 3600) * 1_000_000
