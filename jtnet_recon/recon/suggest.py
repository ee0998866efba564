"""The last pass: what is left on both sides and fits, without any shared id.

It suggests (P10) and never matches: both rows stay one-sided items, each naming the other. Where
several fit equally well nothing is suggested; the candidates are listed (P11), and the field that
would decide.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from jtnet_recon.recon.assign import assign, cost_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jtnet_recon.recon.rules import Suggest

DAY_COST = 100
CARD_GAIN = 60
ID_GAIN = 30
DECIDES = "apply_num"
_RELATED_CHARS_MIN = 4


@dataclass(frozen=True, slots=True)
class Loose:
    """A one-sided item that looks for its other half.

    Parameters
    ----------
    item : int
        Its place among the items.
    key : str
        Its key.
    currency : str
        ISO 4217 code.
    amount : int
        Minor units, signed.
    day : int or None
        Days since 1970-01-01 in Asia/Seoul.
    tail : str
        Last four digits of the card, or nothing.
    """

    item: int
    key: str
    currency: str
    amount: int
    day: int | None
    tail: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What was found for an item.

    Parameters
    ----------
    code : {"P10", "P11"}
        One likely counterpart, or several equal ones.
    others : tuple of str
        Their keys.
    decides : str
        For P11, the field that would tell which.
    """

    code: str
    others: tuple[str, ...]
    decides: str


def suggest(
    left: list[Loose], right: list[Loose], options: Suggest
) -> tuple[dict[int, Suggestion], dict[int, Suggestion]]:
    """Assign what is left at the least cost, block by block of one amount.

    Parameters
    ----------
    left, right : list of Loose
        One-sided items of the payments and of the ledger.
    options : Suggest
        How far apart they may be.

    Returns
    -------
    tuple of dict
        For each side, item -> suggestion.
    """
    blocks: dict[tuple[str, int], tuple[list[Loose], list[Loose]]] = defaultdict(lambda: ([], []))
    for place, side in enumerate((left, right)):
        for loose in side:
            blocks[loose.currency, loose.amount][place].append(loose)
    found: tuple[dict[int, Suggestion], dict[int, Suggestion]] = ({}, {})
    for block in blocks.values():
        for first, second in _clusters(*block, days=options.days):
            if first and second and max(len(first), len(second)) <= options.block_max:
                for marks, taken in zip(found, _assign(first, second, options), strict=True):
                    marks.update(taken)
    return found


def _clusters(
    first: list[Loose], second: list[Loose], *, days: int
) -> Iterator[tuple[list[Loose], list[Loose]]]:
    """Cut a block where more than ``days`` lie between neighbours; dateless rows fit anywhere."""
    if not first or not second:
        return
    if any(loose.day is None for loose in (*first, *second)):
        yield first, second
        return
    at = sorted({loose.day for loose in (*first, *second) if loose.day is not None})
    starts = [at[0], *(after for before, after in pairwise(at) if after - before > days)]
    for start, end in zip(starts, [*starts[1:], at[-1] + 1], strict=True):
        yield (
            [loose for loose in first if start <= (loose.day or 0) < end],
            [loose for loose in second if start <= (loose.day or 0) < end],
        )


def tail_of(card_number: object) -> str:
    """Return the last four digits of a card number, masked or not.

    Parameters
    ----------
    card_number : object
        Text, or missing.

    Returns
    -------
    str
        Four digits, or nothing.
    """
    text = card_number.strip() if isinstance(card_number, str) else ""
    return text[-4:] if len(text) >= _RELATED_CHARS_MIN and text[-4:].isdecimal() else ""


def _assign(
    first: list[Loose], second: list[Loose], options: Suggest
) -> tuple[dict[int, Suggestion], dict[int, Suggestion]]:
    """Solve one block, and tell the pairs that stand in every optimum from those that do not."""
    left, right = sorted(first, key=_place), sorted(second, key=_place)
    costs = cost_table((_cost(a, b, options) for b in right) for a in left)
    possible = _possible(costs)
    taken: tuple[dict[int, Suggestion], dict[int, Suggestion]] = ({}, {})
    for side, (items, others, marks) in enumerate(
        ((left, right, possible), (right, left, possible.T))
    ):
        for place, loose in enumerate(items):
            partners = np.flatnonzero(marks[place])
            if not len(partners):
                continue
            is_single = len(partners) == 1 and marks[:, partners[0]].sum() == 1
            keys = tuple(others[partner].key for partner in partners)
            taken[side][loose.item] = (
                Suggestion("P10", keys, "") if is_single else Suggestion("P11", keys, DECIDES)
            )
    return taken


def _possible(costs: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Mark each pair that stands in some assignment of least cost."""
    best = _least(costs)
    marks = np.zeros(costs.shape, dtype=bool)
    for row, column in np.argwhere(np.isfinite(costs)):
        rest = np.delete(np.delete(costs, row, axis=0), column, axis=1)
        count, cost = _least(rest)
        marks[row, column] = (count + 1, cost + round(costs[row, column])) == best
    return marks


def _least(costs: np.ndarray[Any, Any]) -> tuple[int, int]:
    """Most pairs that can be, and the least they cost together."""
    rows, columns = assign(costs)
    return len(rows), round(costs[rows, columns].sum())


def _place(loose: Loose) -> tuple[Any, ...]:
    """Sort by what the rows say, so that their order in the input changes nothing."""
    return (loose.day is None, loose.day or 0, loose.key, loose.tail)


def _cost(left: Loose, right: Loose, options: Suggest) -> int | None:
    """Weigh a pair: days apart, less what speaks for it; None where it cannot be."""
    apart = abs(left.day - right.day) if left.day is not None and right.day is not None else 0
    if apart > options.days or (left.tail and right.tail and left.tail != right.tail):
        return None
    gain = CARD_GAIN if left.tail and left.tail == right.tail else 0
    gain += ID_GAIN if is_related(left.key, right.key) else 0
    return apart * DAY_COST - gain


def is_related(left: str, right: str) -> bool:
    """Tell whether one id stands in the other, case and punctuation aside.

    Parameters
    ----------
    left, right : str
        Two ids.

    Returns
    -------
    bool
        Ids shorter than four letters are related to nothing.
    """
    plain = [
        "".join(letter for letter in key.casefold() if letter.isalnum()) for key in (left, right)
    ]
    short, long = sorted(plain, key=len)
    return len(short) >= _RELATED_CHARS_MIN and short in long
