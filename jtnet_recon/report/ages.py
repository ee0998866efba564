"""Days of a result: which it is about, which each break belongs to, and how old that is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from jtnet_recon.errors import ConfigError
from jtnet_recon.period import Period
from jtnet_recon.report.figures import INFO, items_of, total, won_first

if TYPE_CHECKING:
    from jtnet_recon.recon.result import Reconciliation

AGES = ((0, 1), (2, 3), (4, 7), (8, 30), (31, 60), (61, 90))
"""Age classes in days, both ends inclusive; above them is one more."""


@dataclass(frozen=True, slots=True)
class AgeClass:
    """The open items of one currency and age class; ``first`` is None for those without a date."""

    currency: str
    first: int | None
    last: int | None
    items: int
    money_at_risk: int


def as_of(result: Reconciliation) -> date | None:
    """Choose the day that ages are counted to: the period's last, else the last one seen.

    The day of the run would change the report from one day to the next.

    Parameters
    ----------
    result : Reconciliation
        Any.

    Returns
    -------
    date or None
        A day in Asia/Seoul; None if nothing has a date.
    """
    period = period_of(result)
    if period is not None:
        return period.end_on
    days = [_last_day(result.payments, "paid_at"), _last_day(result.ledger, "paid_on")]
    return max((day for day in days if day is not None), default=None)


def period_of(result: Reconciliation) -> Period | None:
    """Read the period that was audited, or that the payments were pulled for.

    Parameters
    ----------
    result : Reconciliation
        Any.

    Returns
    -------
    Period or None
        None if the payments came without one.
    """
    audited = getattr(result, "period", None)
    if isinstance(audited, Period):
        return audited
    named = (result.payments.attrs.get("pull") or {}).get("period")
    if not named:
        return None
    try:
        return Period(str(named))
    except ConfigError:
        return None


def day_of_breaks(breaks: pd.DataFrame) -> pd.Series[Any]:
    """Give each break its day: of approval, else of booking, else of the attempt.

    Parameters
    ----------
    breaks : DataFrame
        Of a result.

    Returns
    -------
    Series of datetime64[us]
        Midnights in Asia/Seoul without a zone; ``NaT`` where nothing is dated.
    """
    day = pd.Series(pd.NaT, index=breaks.index, dtype="datetime64[us]")
    for name in ("paid_at_payments", "at_payments", "paid_on_ledger", "started_at_payments"):
        if name in breaks.columns:
            day = day.fillna(kst_days(breaks[name]))
    return day


def kst_days(instants: pd.Series[Any]) -> pd.Series[Any]:
    """Cut instants down to their day in Asia/Seoul.

    Parameters
    ----------
    instants : Series of datetime64
        Aware, or already days.

    Returns
    -------
    Series of datetime64[us]
        Without a zone.
    """
    if not pd.api.types.is_datetime64_any_dtype(instants.dtype):
        return pd.Series(pd.NaT, index=instants.index, dtype="datetime64[us]")
    if instants.dt.tz is not None:
        instants = instants.dt.tz_convert("Asia/Seoul").dt.tz_localize(None)
    days: pd.Series[Any] = instants.dt.normalize().astype("datetime64[us]")
    return days


def age_classes(result: Reconciliation) -> tuple[AgeClass, ...]:
    """Sort the open items into age classes.

    Parameters
    ----------
    result : Reconciliation
        Any.

    Returns
    -------
    tuple of AgeClass
        By currency: later than the day, each class of :data:`AGES`, above them, undated; only
        the classes of :data:`AGES` and those with items.
    """
    breaks = items_of(result.breaks)
    open_ = breaks[breaks["severity"] != INFO]
    end = as_of(result)
    ages = (
        (pd.Timestamp(end) - day_of_breaks(open_)).dt.days
        if end is not None
        else pd.Series(pd.NA, index=open_.index, dtype="Int64")
    )
    later, above = (None, -1), (AGES[-1][1] + 1, None)
    classes: list[tuple[int | None, int | None]] = [later, *AGES, above, (None, None)]
    found = []
    for currency in won_first(open_["currency"]):
        mine = open_["currency"] == currency
        for first, last in classes:
            rows = open_[mine & _in_class(ages, first, last)]
            if len(rows) or (first, last) in AGES:
                at_risk = total(rows["money_at_risk"])
                found.append(AgeClass(currency, first, last, len(rows), at_risk))
    return tuple(found)


def days_between(first: date, last: date) -> list[date]:
    """List days, both ends included.

    Parameters
    ----------
    first, last : date
        Ends.

    Returns
    -------
    list of date
        In order.
    """
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _in_class(ages: pd.Series[Any], first: int | None, last: int | None) -> pd.Series[bool]:
    """Tell which ages fall into a class."""
    if first is None and last is None:
        return ages.isna()
    within = ages.notna()
    if first is not None:
        within &= ages >= first
    if last is not None:
        within &= ages <= last
    return within.fillna(value=False).astype(bool)


def _last_day(frame: pd.DataFrame, name: str) -> date | None:
    """Find the last day of a column, if it has any."""
    if name not in frame.columns:
        return None
    last = kst_days(frame[name]).max()
    return None if pd.isna(last) else last.date()
