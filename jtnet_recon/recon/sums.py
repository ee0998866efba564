"""Exact sums of whole columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Numbers = np.ndarray[Any, Any]


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
        found = {}
        for place, currency in enumerate(self.currencies, start=1):
            chosen = self.currency == place
            if not chosen.any():
                continue
            is_whole = bool(chosen.all())
            part = [
                array if is_whole else array[chosen]
                for array in (self.amount, self.cancel, self.is_money)
            ]
            found[currency] = _figures(*part)
        return found


def _figures(amount: Numbers, cancel: Numbers, is_money: Numbers) -> dict[str, int]:
    """Add up one currency."""
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
    high, low = values >> 32, values & 0xFFFF_FFFF
    return (int(high.sum()) << 32) + int(low.sum())
