"""Which payments belong to a period, by what happened to them and when."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jtnet_recon.errors import ConfigError

if TYPE_CHECKING:
    from jtnet_recon.period import Period

Basis = Literal["paid", "events"]

_MICROSECONDS = 1_000_000
Flags = np.ndarray[Any, np.dtype[np.bool_]]


def check_basis(basis: str) -> None:
    """Refuse a basis that is not known.

    Parameters
    ----------
    basis : str
        ``paid`` or ``events``.

    Raises
    ------
    ConfigError
        If it is neither.
    """
    if basis not in ("paid", "events"):
        message = f"basis={basis!r} is not known."
        raise ConfigError(
            message,
            hint='Use "paid" (approved in the period) or "events" (any approval or cancel in it).',
            hint_ko='"paid"(기간 내 승인) 또는 "events"(기간 내 승인·취소)를 사용하세요.',
        )


def belongs(table: pa.Table, period: Period, basis: Basis) -> Flags:
    """Tell for each payment whether it belongs to the period.

    Parameters
    ----------
    table : pyarrow.Table
        Of :data:`jtnet_recon.client.rows.SCHEMA`.
    period : Period
        Days in Asia/Seoul.
    basis : {"paid", "events"}
        ``paid``: approved in the period, or never approved and started in it. ``events``: with
        an approval or a cancel in it.

    Returns
    -------
    numpy.ndarray of bool, shape (n,)
        One a row. A payment of which no time at all is known belongs: nothing is lost.
    """
    inside = _Inside(period)
    approved = is_approved(table)
    if basis == "events":
        return (approved & inside(table["paid_at"])) | _cancelled_in(table, inside)
    started = pc.coalesce(
        table["started_at"], table["failed_at"], table["cancelled_at"], table["vbank_issued_at"]
    )
    at = pc.if_else(pa.array(approved), pc.coalesce(table["paid_at"], started), started)
    return inside(at) | _null(at)


def is_approved(table: pa.Table) -> Flags:
    """Tell for each payment whether the PG ever approved it.

    Parameters
    ----------
    table : pyarrow.Table
        Of :data:`jtnet_recon.client.rows.SCHEMA`.

    Returns
    -------
    numpy.ndarray of bool, shape (n,)
        The comparison's own rule: paid is; ready and failed are not; cancelled is if it was
        ever paid or is cancelled in part only (a virtual account may be cancelled before any
        deposit); any other status is if it has a time of approval.
    """
    status = table["status"].to_pandas()
    dated = ~_null(table["paid_at"])
    partly = pc.less(table["cancel_amount"], table["amount"]).to_numpy()
    approved: Flags = np.select(
        [status.eq("paid"), status.eq("cancelled"), status.isin(["ready", "failed"])],
        [True, dated | partly, False],
        dated,
    ).astype(bool)
    return approved


class _Inside:
    """Tells whether instants lie in a period."""

    def __init__(self, period: Period) -> None:
        self._first = period.start_s * _MICROSECONDS
        self._after = (period.end_s + 1) * _MICROSECONDS

    def __call__(self, instants: Any) -> Flags:
        numbers = pc.fill_null(instants, -1).to_numpy()
        inside: Flags = (numbers >= self._first) & (numbers < self._after)
        return inside

    def second(self, value: Any) -> bool:
        """Tell it of one time in unix seconds as a history holds it."""
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and self._first <= value * _MICROSECONDS < self._after


def _cancelled_in(table: pa.Table, inside: _Inside) -> Flags:
    """Tell which payments have a cancel inside, the last one or one of the history."""
    found = inside(table["cancelled_at"])
    for row, text in enumerate(table["cancel_history"].to_pylist()):
        if not found[row] and text not in (None, "[]"):
            found[row] = any(inside.second(entry.get("cancelled_at")) for entry in json.loads(text))
    return found


def _null(values: Any) -> Flags:
    flags: Flags = pc.is_null(values).to_numpy()
    return flags
