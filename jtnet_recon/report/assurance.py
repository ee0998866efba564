"""What makes a result trustworthy: roll-forward, tolerances, matching, self-test, configuration."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from jtnet_recon.period import KST_NAME
from jtnet_recon.recon.explain_say import PASSES_KO
from jtnet_recon.recon.self_test import CONTROL
from jtnet_recon.report.ages import period_of
from jtnet_recon.report.figures import INFO, items_of, total, won_first
from jtnet_recon.report.sections import headings, percent
from jtnet_recon.report.shapes import Grid, Money, Tag

if TYPE_CHECKING:
    from jtnet_recon.recon.history import History
    from jtnet_recon.report.shapes import Cell, Kind
    from jtnet_recon.report.view import View

State = Literal["passed", "failed", "unknown"]

_ROLL: tuple[tuple[str, Kind], ...] = (
    ("step", "short"),
    ("currency", "short"),
    ("items", "count"),
    ("difference", "money"),
    ("at_risk", "money"),
)
_SELF_TEST = re.compile(
    r"(?P<missed>[\d,]+) missed, (?P<extra>[\d,]+) false alarms; (?P<codes>\d+) codes, seed (?P<seed>-?\d+)"
)
_STEPS = ("opening", "new", "cleared", "changed", "closing")


def open_roll(view: View) -> Grid:
    """Roll the open items forward from the earlier run; without one every item is new."""
    history = view.result.history
    rows = _first_roll(view) if history is None else _rolled(view, history)
    strong = frozenset(range(len(_STEPS) - 1, len(rows), len(_STEPS)))
    note = view.word("open_roll_note")
    if history is not None:
        waiting = int((history.open_items["state"] == "waiting").sum())
        before = view.text(history.changes.before)
        note = view.word("open_roll_from", before=before, waiting=f"{waiting:,}")
    title = view.word("open_roll")
    return Grid("open_roll", title, headings(view, *_ROLL), tuple(rows), strong, note)


def tolerances(view: View) -> Grid | None:
    """Show how much each tolerance has swallowed, where any was used or has a budget."""
    used = view.result.tolerances
    if used.empty:
        return None
    rows: list[tuple[Cell, ...]] = []
    for row in used.to_dict("records"):
        name, currency = str(row["tolerance"]), str(row["currency"])
        is_money = name == "amount"
        money = [Money(int(row[part]), currency) if is_money else "–" for part in _SWALLOWED]
        largest = int(row["largest"])
        rows.append(
            (
                view.known("tolerance", name),
                _limit(view, name),
                int(row["times"]),
                currency,
                *money,
                Money(largest, currency) if is_money else _unit(view, name, largest),
                "–" if pd.isna(row["budget"]) else Money(int(row["budget"]), currency),
            )
        )
    head = headings(
        view,
        ("tolerance", "short"),
        ("limit", "short"),
        ("times", "count"),
        ("currency", "short"),
        ("amount", "money"),
        ("signed", "money"),
        ("largest", "money"),
        ("budget", "money"),
    )
    return Grid("tolerances", view.word("tolerances"), head, tuple(rows))


def matching(view: View) -> Grid:
    """Say how items were paired, and on how many orders there is more than one row."""
    items = view.items
    by = items["matched_by"].fillna("").replace("", "none")
    rows: list[tuple[Cell, ...]] = [
        (_paired_by(view, str(name)), int(count), percent(int(count), len(items)))
        for name, count in by.value_counts().sort_index().items()
    ]
    for key, name in (("several_pg", "rows_payments"), ("several_ledger", "rows_ledger")):
        count = int((items[name] > 1).sum())
        rows.append((view.word(key), count, percent(count, len(items))))
    head = headings(view, ("matched_by", "text"), ("items", "count"), ("share_items", "short"))
    note = view.word("matching_note")
    return Grid("matching", view.word("matching"), head, tuple(rows), note=note)


def _paired_by(view: View, name: str) -> str:
    """Name a pass of the comparison as explain() does."""
    said = view.known("matched_by", name)
    return PASSES_KO.get(name, said) if view.lang == "ko" and said == name else said


def more_controls(view: View) -> list[tuple[Cell, ...]]:
    """State the checks of payments and a ledger that the comparison itself does not make."""
    if not view.has_books:
        return []
    rows = [_mids(view)]
    if CONTROL not in set(view.result.controls["control"]):
        said = view.word("self_test_unknown")
        rows.append((view.word("self_test"), state_tag(view, "unknown"), "–", "–", said))
    return rows


def detail(view: View, text: str) -> str:
    """Say a control's detail in the report's language, where it is one of ours."""
    counts = _SELF_TEST.fullmatch(text)
    if counts is None:
        return view.known("detail", text)
    return view.word("detail_self_test", **counts.groupdict())


def state_tag(view: View, state: Any) -> Tag:
    """Give a control's state its colour; what is not known is said so."""
    tone: State = "unknown"
    if state == "passed":
        tone = "passed"
    elif state == "failed":
        tone = "failed"
    return Tag(view.word(f"state_{tone}"), tone)


def nameless(view: View) -> str:
    """Say whose payments these are, as far as the API tells."""
    merchant = view.pull.get("merchant")
    return view.word("company_unknown", merchant=view.plain(merchant)) if merchant else ""


def rule_digest(view: View) -> str:
    """Hash the rule as the store does, so that a run of it can be told from others."""
    return hashlib.sha256(str(view.result.rule).encode()).hexdigest()


def tolerance_text(view: View) -> str:
    """Say what the rule lets a pair differ by."""
    allowed = view.result.rule.tolerance
    return view.word(
        "rule_tolerance_text",
        amount=f"{allowed.amount:,}",
        days=allowed.days,
        minutes=allowed.minutes,
        midnight=allowed.midnight_minutes,
    )


def timeliness(view: View) -> str:
    """Say how long after the period's last day the payments were pulled."""
    period, pulled = period_of(view.result), view.pull.get("ended_at")
    if period is None or not pulled:
        return ""
    day = pd.Timestamp(str(pulled)).tz_convert(KST_NAME).date()
    days = (day - period.end_on).days
    return view.word("timeliness_text", end=period.end_on, pulled=day, days=f"{days:,}")


_SWALLOWED = ("amount", "signed")


def _first_roll(view: View) -> list[tuple[Cell, ...]]:
    """Count every open item as new."""
    breaks = items_of(view.breaks)
    open_ = breaks[breaks["severity"] != INFO]
    rows: list[tuple[Cell, ...]] = []
    for currency in won_first(open_["currency"]):
        mine = open_[open_["currency"] == currency]
        sums = [Money(total(mine[name]), currency) for name in ("difference", "money_at_risk")]
        counted: tuple[Cell, ...] = (len(mine), *sums)
        nothing: tuple[Cell, ...] = (0, Money(0, currency), Money(0, currency))
        for step in _STEPS:
            line = counted if step in ("new", "closing") else nothing
            rows.append((view.word(step), currency, *line))
    return rows


def _rolled(view: View, history: History) -> list[tuple[Cell, ...]]:
    """Take the steps as they were worked out; each currency's last is its list's own total."""
    return [
        (
            view.word(str(row["step"])),
            str(row["currency"]),
            int(row["rows"]),
            *(Money(int(row[n]), str(row["currency"])) for n in ("difference", "money_at_risk")),
        )
        for row in history.roll_forward.to_dict("records")
    ]


def _limit(view: View, name: str) -> str:
    """Say how far a pair may be apart under one tolerance."""
    allowed = view.result.rule.tolerance
    limits = {
        "amount": allowed.amount,
        "days": allowed.days,
        "minutes": allowed.minutes,
        "midnight": allowed.midnight_minutes,
    }
    return view.word(f"limit_{name}", count=f"{limits[name]:,}") if name in limits else ""


def _unit(view: View, name: str, largest: int) -> str:
    """Write the largest gap in time: around midnight it is counted in days."""
    unit = "limit_minutes" if name == "minutes" else "limit_days"
    return view.word(unit, count=f"{largest:,}")


def _mids(view: View) -> tuple[Cell, ...]:
    """Check the MIDs against the declared ones, where any were declared."""
    label = view.word("mids_known")
    if view.result.rule.mids is None:
        return (label, state_tag(view, "unknown"), "–", "–", view.word("mids_unknown"))
    strangers = int((view.result.breaks["code"] == "P18").sum())
    state = state_tag(view, "failed" if strangers else "passed")
    return (label, state, "0", f"{strangers:,}", "P18")
