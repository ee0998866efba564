"""Carry-forward: the rows of what was open join the next run's, so that it can be cleared there.

A sale of the 30th that the books take up on the 1st is in no day's payments and ledger at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from jtnet_recon.recon.break_changes import items_of
from jtnet_recon.tables import LEDGER, PAYMENTS, conform

if TYPE_CHECKING:
    from jtnet_recon.columns import Table
    from jtnet_recon.recon.snapshots import Snapshot


def carry_forward(
    before: Snapshot, payments: pd.DataFrame, ledger: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add the rows of an earlier run's open items to the next run's inputs.

    Parameters
    ----------
    before : Snapshot
        What the earlier run knew.
    payments, ledger : DataFrame, tables PAYMENTS and LEDGER
        What the next run is about; they are left as they are.

    Returns
    -------
    tuple of (DataFrame, DataFrame)
        Both with the carried rows at their end; ``attrs["carried"]`` says from which run and how
        many. A payment that the new pull has, too, is not carried: the new one is the later
        truth. A line is carried if the new ledger begins after its day (or, where a day is
        missing, does not name its order): a ledger that reaches back speaks for itself. Items
        whose rows are not all known by their order id are not carried; they wait.
    """
    if before.payments is None or before.ledger is None:
        return _marked(payments, before, 0), _marked(ledger, before, 0)
    orders = _orders(before)
    old = before.payments[before.payments["merchant_uid"].isin(orders)]
    old = old[~old["imp_uid"].isin(payments["imp_uid"])]
    lines = before.ledger[before.ledger["merchant_uid"].isin(orders)]
    lines = lines[_is_out_of_reach(conform(lines, LEDGER), conform(ledger, LEDGER)).to_numpy()]
    return _joined(payments, old, before, PAYMENTS), _joined(ledger, lines, before, LEDGER)


def _orders(before: Snapshot) -> list[str]:
    """List the orders that wait and whose rows bear their id on each side that has money."""
    items = items_of(before.breaks)
    items = items[(items["severity"] != "Info") & items["merchant_uid"].notna()]
    is_known = pd.Series(data=True, index=items.index)
    for side, frame in (("payments", before.payments), ("ledger", before.ledger)):
        has_money = (items[f"amount_{side}"] != 0) | (items[f"cancel_{side}"] != 0)
        is_named = items["merchant_uid"].isin([] if frame is None else frame["merchant_uid"])
        is_known &= is_named | ~has_money
    return items.loc[is_known, "merchant_uid"].drop_duplicates().tolist()


def _is_out_of_reach(lines: pd.DataFrame, ledger: pd.DataFrame) -> pd.Series[bool]:
    """Tell which earlier lines the new ledger says nothing about."""
    first_on: Any = ledger["paid_on"].min()
    is_earlier = lines["paid_on"] < first_on
    is_unknown = lines["paid_on"].isna() | pd.isna(first_on)
    is_named = lines["merchant_uid"].isin(ledger["merchant_uid"])
    is_out: pd.Series[bool] = (is_earlier | (is_unknown & ~is_named)).astype(bool)
    return is_out


def _joined(
    frame: pd.DataFrame, carried: pd.DataFrame, before: Snapshot, table: Table
) -> pd.DataFrame:
    """Put the carried rows behind the new ones."""
    if carried.empty:
        return _marked(frame, before, 0)
    parts = [conform(part, table).reset_index(drop=True) for part in (frame, carried)]
    joined = pd.concat(parts, ignore_index=True)
    joined.attrs = dict(frame.attrs)
    return _marked(joined, before, len(carried))


def _marked(frame: pd.DataFrame, before: Snapshot, rows: int) -> pd.DataFrame:
    """Say what was carried, on a frame of its own."""
    marked = frame.copy(deep=False)
    marked.attrs = {**frame.attrs, "carried": {"from": before.name, "rows": rows}}
    return marked
