"""The breaks of two runs side by side: which are new, which are gone, which are others now."""

from __future__ import annotations

from typing import Any

import pandas as pd

SNAPSHOT = "snapshot"
"""The kind of a break that tells what changed since an earlier run; it is about no item."""

_SHOWN = ("code", "severity", "difference", "money_at_risk")
_WHO = ("merchant_uid", "imp_uid", "kind", "currency")
_ORDER = ["_name", "code", "difference", "money_at_risk"]


def break_changes(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Find the breaks that are new, gone or changed.

    Parameters
    ----------
    before, after : DataFrame
        The breaks of an earlier and a later run.

    Returns
    -------
    DataFrame, one row a break
        Columns merchant_uid, imp_uid, kind, currency, change (new, vanished, changed), then code,
        severity, difference and money_at_risk with ``_before`` and ``_after``; minor units.
    """
    both = _keyed(before).merge(
        _keyed(after),
        on="key",
        how="outer",
        suffixes=("_before", "_after"),
        indicator="change",
        validate="one_to_one",
    )
    names = {"left_only": "vanished", "right_only": "new", "both": "changed"}
    both["change"] = both["change"].astype("str").map(names)
    is_same = both["change"] == "changed"
    for name in _SHOWN:
        is_same &= both[f"{name}_before"].eq(both[f"{name}_after"]).fillna(value=False)
    rows = both[~is_same.astype(bool)]
    shown = {name: rows[f"{name}_after"].fillna(rows[f"{name}_before"]) for name in _WHO}
    sides = {f"{n}_{side}": rows[f"{n}_{side}"] for n in _SHOWN for side in ("before", "after")}
    return pd.DataFrame({**shown, "change": rows["change"].astype("str"), **sides}).reset_index(
        drop=True
    )


def item_keys(breaks: pd.DataFrame) -> pd.Series[str]:
    """Name each break so that the same one has the same name in another run.

    Parameters
    ----------
    breaks : DataFrame
        With merchant_uid, imp_uid, kind, currency, code, difference and money_at_risk.

    Returns
    -------
    Series of str
        Kind, order id (else the i'mport id), currency, and which of several alike it is.
    """
    who = breaks["merchant_uid"].fillna(breaks["imp_uid"]).fillna("")
    names = breaks["kind"].fillna("") + "\x1f" + who + "\x1f" + breaks["currency"].fillna("")
    ordered = breaks.assign(_name=names).sort_values(_ORDER, kind="stable")
    number: pd.Series[Any] = ordered.groupby("_name", sort=False).cumcount().reindex(breaks.index)
    keys: pd.Series[str] = (names + "\x1f" + number.astype("str")).astype("str")
    return keys


def items_of(breaks: pd.DataFrame) -> pd.DataFrame:
    """Return the breaks that are about an item: no failed control, no news of a snapshot.

    Parameters
    ----------
    breaks : DataFrame
        Of a result.

    Returns
    -------
    DataFrame
        Some of its rows.
    """
    return breaks[~breaks["kind"].isin(["control", SNAPSHOT])]


def _keyed(breaks: pd.DataFrame) -> pd.DataFrame:
    """Take what is compared of each break, amounts exact."""
    items = items_of(breaks).reset_index(drop=True)
    kept = items[[*_WHO, *_SHOWN]].astype({"difference": "Int64", "money_at_risk": "Int64"})
    return kept.assign(key=item_keys(items))
