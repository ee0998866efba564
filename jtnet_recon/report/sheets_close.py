"""The sheets of closing a month: proposed entries, and every open item from run to run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from jtnet_recon.recon.break_changes import item_keys
from jtnet_recon.report.adjustments import adjusting_entries
from jtnet_recon.report.figures import INFO, total, won_first
from jtnet_recon.report.mask import mask_contacts
from jtnet_recon.report.personal import mask_breaks
from jtnet_recon.report.shapes import DataSheet, Money
from jtnet_recon.report.sheets import labels_of

if TYPE_CHECKING:
    from jtnet_recon.recon.history import History
    from jtnet_recon.report.view import View

_ENTRIES = {
    "en": "action code cause debit credit currency amount receivable items orders",
    "ko": "action_ko code cause_ko debit_ko credit_ko currency amount receivable items orders",
}
_ORDERS_MAX = 20
_KEYS = ["kind", "merchant_uid", "imp_uid", "currency", "code", "difference", "money_at_risk"]
_OPEN = (
    "open_state code severity merchant_uid imp_uid currency difference money_at_risk open_period since"
).split()


def adjustments(view: View) -> DataSheet | None:
    """Propose the entries that lead from the ledger to the PG."""
    if view.result.rule.sides != ("PG", "ledger"):
        return None
    entries = adjusting_entries(view.result, breaks=view.breaks)
    if entries.empty:
        return None
    names = _ENTRIES[view.lang].split()
    frame = entries[names].rename(columns=lambda name: str(name).removesuffix("_ko"))
    frame = frame.assign(orders=frame["orders"].map(_some).astype("str"))
    moved = ", ".join(
        f"{Money(total(entries.loc[entries['currency'] == currency, 'receivable']), currency)} {currency}"
        for currency in won_first(entries["currency"])
    )
    return DataSheet(
        key="adjustments",
        title=view.word("adjustments"),
        frame=frame,
        labels=labels_of(view, frame, own=("amount",)),
        money=dict.fromkeys(("amount", "receivable"), "currency"),
        main=len(frame.columns),
        note=view.word("adjustments_note", moved=moved),
    )


def open_items(view: View) -> DataSheet | None:
    """List what is open and what was cleared since the earlier run, if there was one."""
    history = view.result.history
    if history is None:
        return None
    cleared = _cleared(history)
    counted = history.roll_forward["step"] == "cleared"
    lost = -total(history.roll_forward.loc[counted, "rows"]) - len(cleared)
    rows = pd.concat([history.open_items, cleared], ignore_index=True)
    if not view.unmask:
        rows = mask_breaks(rows, view.aliases)
        for name in ("merchant_uid", "imp_uid"):
            # An order of the earlier run alone has no alias in this report.
            rows[name] = rows[name].map(mask_contacts, na_action="ignore").astype("str")
    shown = rows.assign(
        open_state=rows["state"].map(lambda state: view.known("open", str(state))).astype("str"),
        severity=rows["severity"].map(lambda tone: view.word(str(tone))).astype("str"),
    )
    frame = shown.rename(columns={"period": "open_period"})[_OPEN]
    before = view.text(history.changes.before)
    note = view.word(
        "open_list_note", count=f"{len(rows):,}", before=before, cleared=f"{len(cleared):,}"
    )
    if lost:
        note += " " + view.word("open_list_lost", count=f"{lost:,}")
    return DataSheet(
        key="open_list",
        title=view.word("open_list"),
        frame=frame,
        labels=labels_of(view, frame),
        money=dict.fromkeys(("difference", "money_at_risk"), "currency"),
        main=len(frame.columns),
        note=note,
    )


def _some(orders: str) -> str:
    """Name the first orders of a line; the breaks of its code name all."""
    named = orders.split(", ")
    more = len(named) - _ORDERS_MAX
    return orders if more <= 0 else f"{', '.join(named[:_ORDERS_MAX])} … +{more:,}"


def _cleared(history: History) -> pd.DataFrame:
    """Take the earlier run's open items that are gone, as they were."""
    gone = history.changes.breaks
    gone = gone[(gone["change"] == "vanished") & (gone["severity_before"] != INFO)]
    names = ("code", "severity", "difference", "money_at_risk")
    was = gone.rename(columns={f"{name}_before": name for name in names})
    was = was.astype({"difference": "int64", "money_at_risk": "int64"})
    waiting = history.open_items[history.open_items["state"] == "waiting"]
    is_waiting = item_keys(was[_KEYS]).isin(set(item_keys(waiting[_KEYS])))
    cleared = was[~is_waiting].assign(state="cleared", period="", since="")
    return cleared.reindex(columns=history.open_items.columns).astype(
        history.open_items.dtypes.to_dict()
    )
