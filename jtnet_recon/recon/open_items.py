"""Open items: the breaks that wait, and how they roll forward from run to run.

Opening + new - cleared + changed = closing, in rows and in money, per currency. An item of an
earlier period that a run did not look at is neither cleared nor new: it waits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from jtnet_recon.period import Period
from jtnet_recon.recon.break_changes import SNAPSHOT, item_keys

if TYPE_CHECKING:
    from jtnet_recon.recon.snapshots import Snapshot

COLUMNS = (
    "state",
    "code",
    "severity",
    "merchant_uid",
    "imp_uid",
    "kind",
    "currency",
    "difference",
    "money_at_risk",
    "period",
    "since",
)
"""The columns of open items."""

_MONEY = ("difference", "money_at_risk")
_FIGURES = ("rows", *_MONEY)
_INT64_MAX = 2**63 - 1
_STEPS = {
    "opening": ("Open before", "기초 미해소"),
    "new": ("New", "신규 발생"),
    "cleared": ("Cleared", "해소"),
    "changed": ("Changed", "금액 변동"),
    "closing": ("Open now", "기말 미해소"),
}


def open_items_of(breaks: pd.DataFrame, *, period: str, since: str) -> pd.DataFrame:
    """Take the breaks that wait for somebody: all but information and failed controls.

    Parameters
    ----------
    breaks : DataFrame
        Of a result.
    period : str
        What the result is about.
    since : str
        When it was seen, ISO 8601, or the name of the run.

    Returns
    -------
    DataFrame, one row an item
        ``COLUMNS``; state is ``new``; difference and money_at_risk int64 in minor units.
    """
    waiting = (breaks["severity"] != "Info") & (breaks["kind"] != "control")
    chosen = breaks[waiting].reset_index(drop=True)
    added = chosen.assign(state="new", period=period, since=since)
    return _typed(added)


def rolled(
    before: Snapshot, found: pd.DataFrame, *, period: str, seen: set[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Roll the open items of an earlier run forward by what a run has found.

    Parameters
    ----------
    before : Snapshot
        Its open items are where the roll starts.
    found : DataFrame
        Of :func:`open_items_of`: the run's own.
    period : str
        What the run is about.
    seen : set of str
        The order ids of its rows: an earlier item among them was looked at again.

    Returns
    -------
    tuple of (DataFrame, DataFrame)
        The open items now, states ``new``, ``open``, ``changed`` and ``waiting`` (not looked at
        by this run); and the roll-forward of :func:`roll_forward_of`.
    """
    opening = before.open_items.reset_index(drop=True)
    again = _is_looked_at(opening, period=period, seen=seen)
    keys_before, keys_now = item_keys(opening), item_keys(found)
    first = opening.set_index(keys_before.to_numpy())
    is_known = keys_now.isin(set(keys_before[again]))
    now = found.copy()
    for name in ("period", "since"):
        kept = first[name].reindex(keys_now.to_numpy()).to_numpy()
        now[name] = now[name].where(~is_known, pd.Series(kept, index=now.index, dtype="str"))
    now["state"] = _states(now, first, keys_now, is_known)
    closing = _typed(pd.concat([now, opening[~again].assign(state="waiting")]))
    cleared = opening[again & ~keys_before.isin(set(keys_now))]
    both = _typed(first.reindex(keys_now[is_known].to_numpy())), found[is_known]
    return closing, roll_forward_of(opening, closing, cleared, changed=both)


def roll_forward_of(
    opening: pd.DataFrame,
    closing: pd.DataFrame,
    cleared: pd.DataFrame,
    *,
    changed: tuple[pd.DataFrame, pd.DataFrame],
) -> pd.DataFrame:
    """State how the open items came from the earlier list to this one.

    Parameters
    ----------
    opening, closing : DataFrame
        The earlier list and this one.
    cleared : DataFrame
        Those of the earlier list that are gone.
    changed : tuple of DataFrame
        Those that are in both lists, as they were and as they are.

    Returns
    -------
    DataFrame, one row a currency and step
        Columns currency, step (opening, new, cleared, changed, closing), label, label_ko, rows,
        difference, money_at_risk; minor units. Each of the three adds up to ``closing``, which
        is counted from the list itself.
    """
    was, is_now = changed
    parts = [opening, closing[closing["state"] == "new"], cleared, was, is_now, closing]
    lines = []
    for currency in _won_first(parts):
        begin, new, gone, before, after, end = (_sums(part, currency) for part in parts)
        moved = tuple(b - a for a, b in zip(before, after, strict=True))
        figures = (begin, new, tuple(-figure for figure in gone), moved, end)
        lines += [
            (currency, step, *_STEPS[step], *figure)
            for step, figure in zip(_STEPS, figures, strict=True)
        ]
    names = ["currency", "step", "label", "label_ko", *_FIGURES]
    frame = pd.DataFrame(lines, columns=names)
    return frame.assign(**{name: _exact(frame[name].tolist()) for name in _FIGURES})


def roll_gap(roll_forward: pd.DataFrame) -> dict[str, tuple[int, ...]]:
    """Return what the roll-forward leaves unexplained, by currency; nothing if it ties out.

    Parameters
    ----------
    roll_forward : DataFrame
        Of :func:`roll_forward_of`.

    Returns
    -------
    dict
        Currency to rows, difference and money at risk that do not tie out.
    """
    gaps = {}
    for currency, steps in roll_forward.groupby("currency", sort=False):
        closing = steps["step"] == "closing"
        gap = tuple(
            sum(map(int, steps.loc[~closing, name])) - sum(map(int, steps.loc[closing, name]))
            for name in _FIGURES
        )
        if any(gap):
            gaps[str(currency)] = gap
    return gaps


def _is_looked_at(opening: pd.DataFrame, *, period: str, seen: set[str]) -> pd.Series[bool]:
    """Tell which earlier items a run has looked at: its period covers theirs, or it has their rows.

    News of a snapshot are told once; the next run compares with this one.
    """
    covered = opening["period"].fillna("").map(lambda earlier: _covers(period, str(earlier)))
    is_news = opening["kind"] == SNAPSHOT
    looked: pd.Series[bool] = covered.astype(bool) | opening["merchant_uid"].isin(list(seen))
    return looked | is_news


def _covers(period: str, earlier: str) -> bool:
    """Tell whether a period contains another one; what is not known covers only its like."""
    if not period or not earlier:
        return period == earlier
    now, then = Period(period), Period(earlier)
    return now.start_on <= then.start_on and then.end_on <= now.end_on


def _states(
    now: pd.DataFrame, first: pd.DataFrame, keys: pd.Series[str], is_known: pd.Series[bool]
) -> pd.Series[str]:
    """Tell items that stayed from those that changed and those that are new."""
    was = first.reindex(keys.to_numpy())
    is_same = pd.Series(data=True, index=now.index)
    for name in ("code", *_MONEY):
        is_same &= (
            pd.Series(was[name].to_numpy(), index=now.index).eq(now[name]).fillna(value=False)
        )
    states = is_known.map({True: "changed", False: "new"})
    return states.mask(is_known & is_same.astype(bool), "open").astype("str")


def _typed(items: pd.DataFrame) -> pd.DataFrame:
    """Bring open items to their columns and dtypes."""
    dtypes = {name: "int64" if name in _MONEY else "str" for name in COLUMNS}
    return items[list(COLUMNS)].astype(dtypes).reset_index(drop=True)


def _won_first(parts: list[pd.DataFrame]) -> list[str]:
    """List the currencies, the won before all others."""
    found = {str(currency) for part in parts for currency in part["currency"].fillna("")}
    return sorted(found, key=lambda currency: (currency != "KRW", currency))


def _sums(items: pd.DataFrame, currency: str) -> tuple[int, ...]:
    """Count and add up the items of a currency, in Python integers."""
    mine = items[items["currency"].fillna("") == currency]
    return (len(mine), *(sum(map(int, mine[name])) for name in _MONEY))


def _exact(numbers: list[int]) -> pd.Series[Any]:
    """Keep Python integers as int64 where they all fit."""
    fits = all(abs(number) <= _INT64_MAX for number in numbers)
    return pd.Series(numbers, dtype="int64" if fits else "object")
