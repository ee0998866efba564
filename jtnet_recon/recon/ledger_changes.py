"""What has changed in the books between two runs, order by order.

Orders, not lines: a line has no id of its own, and which of two lines became which is a guess.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from jtnet_recon.tables import LEDGER, conform

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

_KEYS = ["merchant_uid", "currency"]
_FIGURES = ("rows", "amount", "cancel_amount", "net")


def ledger_changes(  # noqa: PLR0913 - two tables and what is known of them
    before: pd.DataFrame,
    after: pd.DataFrame,
    *,
    is_closed: bool,
    is_same_period: bool,
    ends_on: pd.Timestamp | None,
    expected: AbstractSet[str],
) -> pd.DataFrame:
    """Find the orders whose lines are not what they were.

    Parameters
    ----------
    before, after : DataFrame, table LEDGER
        An earlier and a later ledger; amounts int64 in minor units.
    is_closed : bool
        Whether the period was over at the earlier run: only then is a change drift (X02).
    is_same_period : bool
        Whether both are of one period; if not, orders that only one of them has are left out.
    ends_on : Timestamp or None
        The earlier period's last day: a line of a later day is no back-dated one.
    expected : set of str
        Orders that waited for a correction: one that comes is no drift.

    Returns
    -------
    DataFrame, one row an order and currency
        Columns merchant_uid, currency, change, what, code, rows, amount, cancel_amount and net with
        ``_before`` and ``_after``, first_on, net_change, money_at_risk; minor units.
    """
    sides = [_orders(before), _orders(after)]
    both = sides[0].merge(
        sides[1],
        on=_KEYS,
        how="outer" if is_same_period else "inner",
        suffixes=("_before", "_after"),
        indicator="change",
        validate="one_to_one",
    )
    names = {"left_only": "vanished", "right_only": "new", "both": "changed"}
    both["change"] = both["change"].astype("str").map(names)
    same = both["change"].eq("changed") & both["rows_before"].eq(both["rows_after"])
    same &= both["content_before"].eq(both["content_after"])
    rows = both[~same.fillna(value=False).astype(bool)].reset_index(drop=True)
    first_on = rows[["first_on_before", "first_on_after"]].min(axis=1)
    is_past = first_on.isna() | (first_on <= ends_on if ends_on is not None else True)
    is_drift = is_past & ~rows["merchant_uid"].isin(list(expected)) & is_closed
    return _shown(rows, first_on, is_drift.astype(bool))


def _shown(rows: pd.DataFrame, first_on: pd.Series[Any], is_drift: pd.Series[bool]) -> pd.DataFrame:
    """Lay the changed orders out."""
    counts = [rows[f"rows_{side}"].fillna(0).astype("int64") for side in ("before", "after")]
    nets = [rows[f"net_{side}"].fillna(0).astype("int64") for side in ("before", "after")]
    what = np.select(
        [counts[1] > counts[0], counts[1] < counts[0]],
        ["lines added", "lines removed"],
        "lines edited",
    )
    figures = {
        f"{name}_{side}": rows[f"{name}_{side}"]
        for name in _FIGURES
        for side in ("before", "after")
    }
    shown = pd.DataFrame(
        {
            "merchant_uid": rows["merchant_uid"].where(rows["merchant_uid"] != "").astype("str"),
            "currency": rows["currency"],
            "change": rows["change"].astype("str"),
            "what": pd.Series(what, index=rows.index, dtype="str"),
            "code": pd.Series(np.where(is_drift, "X02", ""), index=rows.index, dtype="str"),
            **figures,
            "first_on": first_on,
            "net_change": nets[1] - nets[0],
            "money_at_risk": (nets[1] - nets[0]).abs().where(is_drift, 0),
        }
    )
    return shown.sort_values(_KEYS, kind="stable", ignore_index=True)


def _orders(ledger: pd.DataFrame) -> pd.DataFrame:
    """Add up the lines of each order, and fingerprint them whatever their order."""
    used = conform(ledger, LEDGER)
    lines = used[[name for name in LEDGER.names if name in used.columns]]
    # A fingerprint of 64 bits a line; the sum wraps round and does not depend on their order.
    content = pd.util.hash_pandas_object(lines, index=False)
    keyed = lines.assign(
        merchant_uid=lines["merchant_uid"].fillna(""),
        currency=lines["currency"].fillna("KRW"),
        net=lines["amount"] - lines["cancel_amount"],
        content=content,
    )
    groups = keyed.groupby(_KEYS, as_index=False, sort=True)
    orders = groups.agg(
        rows=("amount", "size"),
        amount=("amount", "sum"),
        cancel_amount=("cancel_amount", "sum"),
        net=("net", "sum"),
        content=("content", "sum"),
        first_on=("paid_on", "min"),
    )
    typed = orders.astype({**dict.fromkeys(_FIGURES, "Int64"), "content": "UInt64"})
    if len(typed):
        return typed
    # pandas cannot join on the texts that grouping nothing leaves; those of a new column it can.
    return typed.assign(**{name: pd.Series([], dtype="str") for name in _KEYS})
