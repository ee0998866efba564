"""Matching inside one key: exact sets, tolerances, sums, and what then is left.

All here is about a few rows that share a key, a currency and a kind. Rows that say the same are
matched as sets, so neither their order nor their number of copies changes the outcome.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from jtnet_recon.recon.assign import assign, cost_table

if TYPE_CHECKING:
    from jtnet_recon.recon.rules import Tolerance

DAY_S = 86_400
KST_S = 9 * 3600
_SUBSET_ROWS_MAX = 12
# Beyond this many pairs under one key the key is no key; what is not equal stays apart.
_CELLS_MAX = 250_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a side.

    Parameters
    ----------
    row : int
        Its number in the input.
    amount : int
        Minor units, signed.
    day : int or None
        Days since 1970-01-01 in Asia/Seoul.
    at_s : int or None
        Unix seconds, where the side knows the instant.
    """

    row: int
    amount: int
    day: int | None
    at_s: int | None


@dataclass(frozen=True, slots=True)
class Match:
    """Rows of both sides that belong together, and how they were found.

    Parameters
    ----------
    left, right : tuple of Entry
        The rows; one side may be empty.
    by : {"exact", "tolerance", "sum", "day", "amount", "copy", ""}
        The pass; empty for a row without another half.
    """

    left: tuple[Entry, ...]
    right: tuple[Entry, ...]
    by: str


def match_within(
    left: list[Entry], right: list[Entry], tolerance: Tolerance, *, is_dated: bool = True
) -> list[Match]:
    """Match the rows of one key, currency and kind, pass by pass.

    Parameters
    ----------
    left, right : list of Entry
        The rows of each side. Of rows that say the same, the first is taken first.
    tolerance : Tolerance
        What may differ.
    is_dated : bool, default True
        Whether days are compared at all.

    Returns
    -------
    list of Match
        Every row in exactly one match.
    """
    left, right = sorted(left, key=_order), sorted(right, key=_order)
    found: list[Match] = []
    _take_equal(left, right, found, is_dated=is_dated)
    within = _within_cost(tolerance, is_dated=is_dated)
    _take_assigned(left, right, found, by="tolerance", cost=within)
    _take_sums(left, right, found)
    _take_assigned(left, right, found, by="day", cost=_day_cost)
    _take_copies(left, right, found)
    _take_assigned(left, right, found, by="amount", cost=_amount_cost)
    found += [Match((entry,), (), "") for entry in left]
    found += [Match((), (entry,), "") for entry in right]
    return found


def apart(left: Entry, right: Entry, tolerance: Tolerance) -> str | None:
    """Say how the times of two rows agree.

    Parameters
    ----------
    left, right : Entry
        Rows of the two sides.
    tolerance : Tolerance
        What may differ.

    Returns
    -------
    str or None
        ``same``, ``days``, ``minutes``, ``midnight``, or None where they do not agree.
    """
    if left.day is None or right.day is None or left.day == right.day:
        return "same"
    if abs(right.day - left.day) <= tolerance.days:
        return "days"
    if left.at_s is not None and right.at_s is not None:
        return "minutes" if abs(left.at_s - right.at_s) <= tolerance.minutes * 60 else None
    return "midnight" if is_midnight(left, right.day, tolerance) else None


def is_midnight(left: Entry, day: int, tolerance: Tolerance) -> bool:
    """Tell whether a day is the neighbour of an instant close to midnight KST.

    Parameters
    ----------
    left : Entry
        A row with an instant.
    day : int
        The other side's day.
    tolerance : Tolerance
        Its band.

    Returns
    -------
    bool
        True within the band.
    """
    if left.at_s is None or left.day is None:
        return False
    second, band_s = (left.at_s + KST_S) % DAY_S, tolerance.midnight_minutes * 60
    late = day - left.day == 1 and second >= DAY_S - band_s
    early = day - left.day == -1 and second <= band_s
    return late or early


def nearest(match: Match) -> tuple[Entry, Entry]:
    """Choose the line that is farthest in time from its movements, and the closest of these.

    Of several movements on one line any may stand for all; of several lines each must fit, for
    one of them may be booked in another month.

    Parameters
    ----------
    match : Match
        With rows on both sides.

    Returns
    -------
    tuple of Entry
        One row of each side.
    """
    closest = [
        (min(match.left, key=lambda first: _days_between(first, second)), second)
        for second in match.right
    ]
    return max(closest, key=lambda pair: _days_between(*pair))


def _days_between(left: Entry, right: Entry) -> int:
    """Count the days between two rows; an unknown day is no day apart."""
    return 0 if left.day is None or right.day is None else abs(left.day - right.day)


def _order(entry: Entry) -> tuple[int, int, int, int]:
    """Sort by what a row says, never by where it stood.

    Of equal rows those of noon come first: one near midnight may still fit the neighbouring day.
    """
    at_s = entry.at_s or 0
    return (entry.amount, entry.day or 0, abs((at_s + KST_S) % DAY_S - DAY_S // 2), at_s)


def _take_equal(
    left: list[Entry], right: list[Entry], found: list[Match], *, is_dated: bool
) -> None:
    """Pair rows that say the same, as sets."""
    waiting: dict[tuple[int, int | None], list[Entry]] = defaultdict(list)
    for entry in reversed(right):
        waiting[entry.amount, entry.day if is_dated else None].append(entry)
    pairs = []
    for entry in left:
        same = waiting.get((entry.amount, entry.day if is_dated else None))
        if same and not (is_dated and entry.day is None):
            pairs.append((entry, same.pop()))
    _settle(left, right, found, pairs, by="exact")


_Cost = Callable[[Entry, Entry], int | None]
"""What a pair costs; None where it cannot be."""


def _within_cost(tolerance: Tolerance, *, is_dated: bool) -> _Cost:
    """Weigh a pair inside the tolerances: first the amount, then the days."""

    def cost(left: Entry, right: Entry) -> int | None:
        gap = abs(left.amount - right.amount)
        is_known = left.day is not None and right.day is not None
        if gap > tolerance.amount or (
            is_dated and not (is_known and apart(left, right, tolerance))
        ):
            return None
        return gap * 1000 + _days_between(left, right)

    return cost


def _day_cost(left: Entry, right: Entry) -> int | None:
    """Weigh a pair of one amount by the days between."""
    return None if left.amount != right.amount else _days_between(left, right)


def _amount_cost(left: Entry, right: Entry) -> int:
    """Weigh a pair by what the amounts differ."""
    return abs(left.amount - right.amount)


def _take_assigned(
    left: list[Entry], right: list[Entry], found: list[Match], *, by: str, cost: _Cost
) -> None:
    """Pair as many rows as can be at the least cost in all."""
    if not left or not right or len(left) * len(right) > _CELLS_MAX:
        return
    rows, columns = assign(cost_table((cost(a, b) for b in right) for a in left))
    chosen = [(left[row], right[column]) for row, column in zip(rows, columns, strict=True)]
    _settle(left, right, found, chosen, by=by)


def _settle(
    left: list[Entry],
    right: list[Entry],
    found: list[Match],
    pairs: list[tuple[Entry, Entry]],
    *,
    by: str,
) -> None:
    """Note pairs and take their rows out of the running."""
    found += [Match((first,), (second,), by) for first, second in pairs]
    for place, side in enumerate((left, right)):
        gone = {pair[place].row for pair in pairs}
        side[:] = [entry for entry in side if entry.row not in gone]


def _take_sums(left: list[Entry], right: list[Entry], found: list[Match]) -> None:
    """Match rows whose sum is one row, or the sum of rows, of the other side."""
    if not left or not right or len(left) + len(right) == 2:  # noqa: PLR2004 - a pair is no sum
        return
    for single, many, is_left in ((right, left, False), (left, right, True)):
        for entry in list(single):
            group = _only_subset(entry.amount, many)
            if group is None:
                continue
            single.remove(entry)
            for other in group:
                many.remove(other)
            one, several = (entry,), tuple(group)
            found.append(Match(one, several, "sum") if is_left else Match(several, one, "sum"))
    if len(left) > 1 and len(right) > 1 and _total(left) == _total(right):
        found.append(Match(tuple(left), tuple(right), "sum"))
        left.clear()
        right.clear()


def _only_subset(amount: int, entries: list[Entry]) -> list[Entry] | None:
    """Find the rows that add up to an amount, if there is just one way to choose them.

    Copies are one way: which of two equal rows is taken changes nothing.
    """
    if len(entries) < 2:  # noqa: PLR2004 - one row is no sum
        return None
    if _total(entries) == amount and len({entry.amount > 0 for entry in entries}) == 1:
        return list(entries)
    if len(entries) > _SUBSET_ROWS_MAX:
        return None
    ways: dict[tuple[int, ...], list[Entry]] = {}
    for size in range(2, len(entries) + 1):
        for chosen in combinations(entries, size):
            if _total(chosen) == amount:
                ways.setdefault(tuple(sorted(entry.amount for entry in chosen)), list(chosen))
    return next(iter(ways.values())) if len(ways) == 1 else None


def _take_copies(left: list[Entry], right: list[Entry], found: list[Match]) -> None:
    """Attach copies of a row that is matched already: a second booking, a second charge."""
    for side, is_left in ((left, True), (right, False)):
        other = right if is_left else left
        taken = Counter(
            entry.amount
            for match in found
            if match.by in ("exact", "tolerance", "day")
            for entry in (match.left if is_left else match.right)
        )
        if other:
            continue
        for entry in list(side):
            if taken[entry.amount]:
                side.remove(entry)
                found.append(
                    Match((entry,), (), "copy") if is_left else Match((), (entry,), "copy")
                )


def _total(entries: Iterable[Entry]) -> int:
    """Add up amounts."""
    return sum(entry.amount for entry in entries)
