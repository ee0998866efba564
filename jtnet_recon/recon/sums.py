"""Exact sums of whole columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Numbers = np.ndarray[Any, Any]

CHUNK = 1 << 16
"""Rows worked on at once: what they need stays in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The money of every row of a side, straight from the input.

    Parameters
    ----------
    amount, cancel : ndarray of int64
        As stated, minor units; ``cancel`` is not negative.
    is_money : ndarray of bool
        Whether the row carries money: approved, or booked.
    currency : ndarray of int
        1-based place in ``currencies``.
    currencies : tuple of str
        ISO 4217 codes; nothing for rows without one.
    """

    amount: Numbers
    cancel: Numbers
    is_money: Numbers
    currency: Numbers
    currencies: tuple[str, ...]

    def by_currency(self) -> dict[str, dict[str, int]]:
        """Add up by currency, in integers that cannot overflow.

        Returns
        -------
        dict of str to dict
            rows, rows_money, amount, cancel_amount, net, rows_idle, amount_idle.
        """
        found: dict[str, dict[str, int]] = {}
        for start in range(0, len(self.amount), CHUNK):
            part = slice(start, start + CHUNK)
            columns = self.amount[part], self.cancel[part], self.is_money[part]
            places = self.currency[part]
            counts = np.bincount(places)
            for place in np.flatnonzero(counts).tolist():
                is_all = counts[place] == len(places)
                chosen = slice(None) if is_all else places == place
                sums = _figures(*(column[chosen] for column in columns))
                before = found.setdefault(self.currencies[place - 1], dict.fromkeys(sums, 0))
                before.update({name: before[name] + sums[name] for name in sums})
        return {name: found[name] for name in self.currencies if name in found}


def _figures(amount: Numbers, cancel: Numbers, is_money: Numbers) -> dict[str, int]:
    """Add up some rows of one currency."""
    rows, moving = len(amount), int(is_money.sum())
    booked = exact_sum(np.where(is_money, np.maximum(amount, 0), 0))
    refunded = exact_sum(np.where(is_money, cancel, 0))
    return {
        "rows": rows,
        "rows_money": moving,
        "amount": booked,
        "cancel_amount": refunded,
        "net": booked - refunded,
        "rows_idle": rows - moving,
        "amount_idle": exact_sum(amount[~is_money]) if moving < rows else 0,
    }


def exact_sum(values: Numbers) -> int:
    """Add up 64-bit integers without overflow.

    Parameters
    ----------
    values : ndarray of int64
        Any amounts.

    Returns
    -------
    int
        Their exact sum.
    """
    total = 0
    for start in range(0, len(values), CHUNK):
        part = values[start : start + CHUNK]
        high, low = part >> 32, part & 0xFFFF_FFFF
        total += (int(high.sum()) << 32) + int(low.sum())
    return total
