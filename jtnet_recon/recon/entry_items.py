"""From matches under one key to items with codes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from jtnet_recon.errors import TableError
from jtnet_recon.recon.breaks import PRIORITY
from jtnet_recon.recon.items import SCHEMA
from jtnet_recon.recon.within import (
    DAY_S,
    KST_S,
    Entry,
    Match,
    apart,
    is_midnight,
    match_within,
    nearest,
)

if TYPE_CHECKING:
    from jtnet_recon.recon.rules import Rule

Row = tuple[Entry, dict[str, Any]]

_EXTRA = {
    **dict.fromkeys(
        "lone_p lone_l row_p row_l approved sales paid_us day_l due_us cancelled_us refunded_on "
        "quota_p quota_l deposited prepared requested days_apart amount_gap cancel_unbooked "
        "minutes_apart accepted accepted_signed".split(),
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


_AMOUNT_MAX = 2**63


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
    settled: list[int],
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
    settled : list of int
        Amounts of the ledger's rows under this key that the exact pass took.

    Returns
    -------
    list of dict
        One an item.
    """
    group = _Group(key, currency, rule, is_dated, is_elsewhere, _by_number(left, right))
    moving = [[entry for entry, row in side if not row["is_idle"]] for side in (left, right)]
    idle = [entry for entry, row in right if row["is_idle"]]
    items = [_idle_item(key, currency, entry, group.rows["r", entry.row]) for entry in idle]
    # More in the cancel history than was cancelled gives money back: it matches no line.
    given_back = [e for e in moving[0] if e.amount > 0 and group.rows["l", e.row]["flag"]]
    items += [_item(Match((entry,), (), ""), group) for entry in given_back]
    moving[0] = [entry for entry in moving[0] if entry not in given_back]
    for is_cancel in (False, True):
        sides = [[entry for entry in side if (entry.amount < 0) == is_cancel] for side in moving]
        if not sides[0] and not sides[1]:
            continue
        counts = [Counter(entry.amount for entry in side) for side in sides]
        for match in _matches(sides, group):
            item = _item(match, group)
            if match.by == "copy":
                name, place = ("approved", 0) if match.left else ("sales", 1)
                item[name] = counts[place][(match.left or match.right)[0].amount]
            items.append(item)
    _mark_excess(items, [*settled, *(entry.amount for entry in moving[1])])
    return items


@dataclass(frozen=True, slots=True)
class _Group:
    """What the matches of one key and currency share."""

    key: str | None
    currency: str
    rule: Rule
    is_dated: bool
    is_elsewhere: bool
    rows: dict[tuple[str, int], dict[str, Any]]


def _by_number(left: list[Row], right: list[Row]) -> dict[tuple[str, int], dict[str, Any]]:
    """Index the rows of both sides by number."""
    rows = {("l", entry.row): row for entry, row in left}
    return rows | {("r", entry.row): row for entry, row in right}


def _matches(sides: list[list[Entry]], group: _Group) -> list[Match]:
    """Match both sides; without a key every row stays alone."""
    if group.key is not None:
        return match_within(sides[0], sides[1], group.rule.tolerance, is_dated=group.is_dated)
    return [
        *(Match((entry,), (), "") for entry in sides[0]),
        *(Match((), (entry,), "") for entry in sides[1]),
    ]


def _item(match: Match, group: _Group) -> dict[str, Any]:
    """Write one match as an item."""
    left = [group.rows["l", entry.row] for entry in match.left]
    right = [group.rows["r", entry.row] for entry in match.right]
    figures = _figures(match)
    found = _found(match, left, right, group)
    held = [code for code, _ in found]
    code = min(held, key=PRIORITY.__getitem__, default=None)
    excluded = None if found else _left_out(match, left)
    is_cancel = (match.left or match.right)[0].amount < 0 or any(row["flag"] for row in left)
    linked = next((row["linked_by"] for row in right if row["linked_by"]), None)
    both = bool(left and right) and group.key is not None
    flagged = sum(abs(row["amount"]) for row in left if row["flag"])
    first, second = match.left, match.right
    if both:
        first, second = ((entry,) for entry in nearest(match))
    return {
        **figures,
        **(_times(match, group.rule) if both else {}),
        "outcome": _outcome(code, match, excluded),
        "code": code,
        "excluded_as": excluded,
        "merchant_uid": group.key,
        "currency": group.currency,
        "kind": "cancel" if is_cancel else "approval",
        "money_at_risk": flagged if code == "C06" else _at_risk(code, figures),
        "reasons": ", ".join(reason for _, reason in found if reason) or None,
        "matched_by": (linked or _matched_by(match, group)) if both else "",
        "row_p": match.left[0].row if match.left else None,
        "row_l": match.right[0].row if match.right else None,
        "approved": len(match.left),
        "sales": len(match.right),
        "paid_us": _micros(first),
        "day_l": second[0].day if second else None,
        "cancelled_us": _micros(first) if is_cancel else None,
        "refunded_on": second[0].day if second and is_cancel else None,
        "cancel_unbooked": figures["cancel_payments"],
        "held": held or None,
        "accepted": figures["amount_gap"] if "P04" in held else 0,
        "accepted_signed": figures["difference"] if "P04" in held else 0,
    }


def _matched_by(match: Match, group: _Group) -> str:
    """Name the pass."""
    if match.by == "exact" and not group.is_dated:
        return "key, kind and amount"
    return MATCHED_BY.get(match.by, "")


def _left_out(match: Match, left: list[dict[str, Any]]) -> str | None:
    """Say why a row alone is no break: a test that the books rightly lack, or no money at all."""
    if not match.right and any(row["is_test"] for row in left):
        return "test payment"
    is_alone = not (match.left and match.right)
    return "amount 0" if is_alone and not any(e.amount for e in match.left + match.right) else None


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
    if max(figures.values()) >= _AMOUNT_MAX or min(figures.values()) <= -_AMOUNT_MAX:
        message = "The amounts of one key add up to more than 64 bits can hold."
        raise TableError(message, hint="Check the amounts.", hint_ko="금액을 확인하세요.")
    return figures


_Found = list[tuple[str, str | None]]
"""Codes that hold, and the column that differs."""


def _found(
    match: Match, left: list[dict[str, Any]], right: list[dict[str, Any]], group: _Group
) -> _Found:
    """Say what a match is: every code that holds."""
    if group.key is None:
        return [("X05", "key")]
    if _left_out(match, left):
        return []
    if not (left and right):
        return [_found_alone(match, left, right, group)]
    marks = {
        ("P17", None): any(row["is_test"] for row in left),
        ("X03", "merchant_uid"): any(row["damaged"] for row in right),
        ("C06", "cancel_history"): any(row["flag"] for row in left),
    }
    found: _Found = [mark for mark, holds in marks.items() if holds]
    return found + _found_amount(match, group) + _found_day(match, right, group)


def _found_alone(
    match: Match, left: list[dict[str, Any]], right: list[dict[str, Any]], group: _Group
) -> tuple[str, str | None]:
    """Say what a row without another half is."""
    is_cancel = (match.left or match.right)[0].amount < 0
    is_copy = match.by == "copy" and not (left and is_cancel)
    by_account = bool(left) and left[0]["pay_method"] == "vbank"
    cases = (
        (group.is_elsewhere, "P16", "currency"),
        (any(row["flag"] for row in left), "C06", "cancel_history"),
        (any(row["damaged"] for row in right), "X03", "merchant_uid"),
        (is_copy, "P07" if left else "P09", None),
        (is_cancel and any(row["requests"] for row in right), "C08", "status"),
        (is_cancel, "C01" if left else "C02", None),
        (by_account, "V01", None),
    )
    otherwise = ("P01" if left else "P02", None)
    return next(((code, reason) for holds, code, reason in cases if holds), otherwise)


def _found_amount(match: Match, group: _Group) -> _Found:
    """Say how the amounts of a match differ."""
    gap = abs(sum(e.amount for e in match.left) - sum(e.amount for e in match.right))
    if gap > group.rule.tolerance.amount:
        return [("C03" if match.left[0].amount < 0 else "P03", "amount")]
    return [("P04", "amount")] if gap else []


def _found_day(match: Match, right: list[dict[str, Any]], group: _Group) -> _Found:
    """Say how the days of a match differ; of an unknown one nothing can be said."""
    if not group.is_dated:
        return []
    if any(row["day"] is None for row in right):
        return [("X05", "paid_on")]
    first, second = nearest(match)
    if first.day is None or second.day is None:
        return []
    tolerance = group.rule.tolerance
    how = apart(first, second, tolerance)
    if how in ("same", "days", "minutes"):
        return []
    is_other_month = first.amount < 0 and _month(first.day) != _month(second.day)
    is_timing = how == "midnight" or is_midnight(first, second.day, tolerance)
    return [("P12" if is_timing else "C10" if is_other_month else "P13", "paid_on")]


def _month(day: int) -> tuple[int, int]:
    """Name the month of a day."""
    on = date(1970, 1, 1) + timedelta(days=day)
    return on.year, on.month


def _times(match: Match, rule: Rule) -> dict[str, Any]:
    """Say how far apart in time the two sides are."""
    first, second = nearest(match)
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
    if code in (None, "P12"):
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
        if item["code"] in ("C02", "P09") and item["kind"] == "cancel" and excess > 0:
            part = min(item["cancel_ledger"], excess)
            excess -= part
            item["held"] = ["C04", item["code"]]
            # A refund that the PG never made is missing as a whole, a second booking by the excess.
            if item["code"] == "P09":
                item.update(code="C04", outcome="only_ledger", money_at_risk=part)


def _micros(entries: tuple[Entry, ...]) -> int | None:
    """Give the first row's instant, or the start of its day."""
    if not entries:
        return None
    first = entries[0]
    if first.at_s is not None:
        return first.at_s * 1_000_000
    return None if first.day is None else (first.day * DAY_S - KST_S) * 1_000_000
