"""Assignment: as many pairs as can be, at the least cost in all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

Numbers = np.ndarray[Any, Any]


def cost_table(rows: Iterable[Iterable[int | None]]) -> Numbers:
    """Lay out costs for :func:`assign`.

    Parameters
    ----------
    rows : iterable of iterable of (int or None)
        The cost of each pair; None where a pair cannot be.

    Returns
    -------
    ndarray, shape (n, m)
        Costs, not a number where a pair cannot be. Weights, not money: rounded beyond 2^53.
    """
    return np.array([list(row) for row in rows], dtype="float64")


def assign(costs: Numbers) -> tuple[Numbers, Numbers]:
    """Choose as many pairs as can be, and of all such choices a cheapest.

    Parameters
    ----------
    costs : ndarray, shape (n, m)
        Of :func:`cost_table`.

    Returns
    -------
    tuple of ndarray of int
        Row and column of each pair.
    """
    from scipy.optimize import linear_sum_assignment

    is_possible = np.isfinite(costs)
    if not is_possible.any():
        nothing = np.array([], dtype="int64")
        return nothing, nothing
    # One pair more is worth whatever the others then cost.
    dear = (2 * np.abs(costs[is_possible]).max() + 1) * min(costs.shape)
    rows, columns = linear_sum_assignment(np.where(is_possible, costs, dear))
    is_chosen = is_possible[rows, columns]
    return rows[is_chosen], columns[is_chosen]
