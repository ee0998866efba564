"""Gathers what an audit of billing keys stands on: keys, payments and schedules, from the API.

No call of the API lists an account's billing keys. They are found by the contracts, the payments
and the schedules; a key that none of the three names cannot be found, and the result says so.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from jtnet_recon.period import KST, Period

if TYPE_CHECKING:
    from datetime import date

    from jtnet_recon.client import Client

HISTORY_DAYS = 92
"""Days before the period that are read as well: a key that was charged then is no orphan."""
AHEAD_DAYS = 400
"""Days from now on whose schedules are read: a year's next charge lies within."""

# What two look-ups say together: added up, or counted name by name.
_ADDED = ("missing", "not_asked", "asked", "found", "requests")
_COUNTED = ("unread", "retries")


def gather(
    client: Client, contracts: pd.DataFrame, period: Period, given: dict[str, pd.DataFrame | None]
) -> dict[str, pd.DataFrame | None]:
    """Read keys, payments and schedules, as far as they are not given.

    Parameters
    ----------
    client : Client
        Of the account.
    contracts : DataFrame, table CONTRACTS
        The merchant's list.
    period : Period
        Days in Asia/Seoul that are audited.
    given : dict of str to DataFrame or None
        ``keys``, ``payments``, ``schedules``: what the caller has already.

    Returns
    -------
    dict of str to DataFrame
        All three; ``keys.attrs["lookup"]`` tells by what the keys were found.

    Raises
    ------
    ApiError
        If a list or a look-up fails for another reason than that a key is not known.
    PullIncomplete
        If the payments could not be read to the end.
    """
    payments, schedules, keys = given["payments"], given["schedules"], given["keys"]
    named = _uids(contracts)
    first = client.billing_keys(named) if keys is None else keys
    last_on = max(_read_on(first), period.end_on)
    start_on = period.start_on - timedelta(days=HISTORY_DAYS)
    if payments is None:
        payments = client.payments(Period(start_on, last_on))
    if schedules is None:
        schedules = client.schedules(Period(start_on, last_on + timedelta(days=AHEAD_DAYS)))
    if keys is None:
        known = set(named)
        of_payments = [uid for uid in _uids(payments) if uid not in known]
        known.update(of_payments)
        of_schedules = [uid for uid in _uids(schedules) if uid not in known]
        more = client.billing_keys([*of_payments, *of_schedules])
        first = _together(first, more)
        found_by = {"contracts": len(named), "payments": len(of_payments)}
        first.attrs["lookup"]["found_by"] = found_by | {"schedules": len(of_schedules)}
    return {"payments": payments, "keys": first, "schedules": schedules}


def _uids(frame: pd.DataFrame) -> list[str]:
    """List the keys that a table names, each once."""
    if "customer_uid" not in frame.columns:
        return []
    texts = frame["customer_uid"].dropna().unique().tolist()
    return [uid for uid in texts if uid]


def _read_on(keys: pd.DataFrame) -> date:
    """Give the server's day when the keys were read; today of keys that do not say."""
    lookup = keys.attrs.get("lookup") or {}
    read_at = lookup.get("read_at")
    return (datetime.fromisoformat(read_at) if read_at else datetime.now(KST)).date()


def _together(first: pd.DataFrame, more: pd.DataFrame) -> pd.DataFrame:
    """Put two look-ups under each other, and their notes together."""
    if more.empty:
        return first
    keys = pd.concat([first, more], ignore_index=True)
    notes: dict[str, Any] = dict(first.attrs["lookup"])
    other = more.attrs["lookup"]
    notes |= {name: notes[name] + other[name] for name in _ADDED}
    for name in _COUNTED:
        notes[name] = dict(sorted((Counter(notes[name]) + Counter(other[name])).items()))
    keys.attrs["lookup"] = notes
    return keys
