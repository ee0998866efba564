"""A result and what came before it: news since an earlier run, open items rolled forward."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from jtnet_recon.money import format_minor
from jtnet_recon.period import KST_NAME
from jtnet_recon.recon.break_changes import SNAPSHOT
from jtnet_recon.recon.breaks import CODES
from jtnet_recon.recon.codes_snapshots import PAID_SINCE, PAID_SINCE_KO
from jtnet_recon.recon.lines import COLUMNS, MONEY, OF_CODE, gravest_first
from jtnet_recon.recon.open_items import open_items_of, roll_gap, rolled
from jtnet_recon.recon.snapshots import Changes, Snapshot, compare

if TYPE_CHECKING:
    from jtnet_recon.recon.result import Reconciliation

_SIDES = {"payments": ("PG", "PG"), "ledger": ("Ledger", "장부")}


@dataclass(frozen=True)
class History:
    """What came before a result.

    Parameters
    ----------
    changes : Changes
        What is different from the earlier run.
    open_items : DataFrame
        All that waits now, of :func:`jtnet_recon.recon.open_items.rolled`.
    roll_forward : DataFrame
        How the earlier list became this one.
    """

    changes: Changes
    open_items: pd.DataFrame
    roll_forward: pd.DataFrame


Result = TypeVar("Result", bound="Reconciliation")


def with_history(
    result: Result, previous: Snapshot, *, payments: pd.DataFrame | None = None
) -> Result:
    """Hold a result against an earlier run.

    Parameters
    ----------
    result : Reconciliation
        Without a history; it is left as it is.
    previous : Snapshot
        What the earlier run knew.
    payments : DataFrame, table PAYMENTS, optional
        The payments themselves, where the result was made of their transactions.

    Returns
    -------
    Reconciliation
        The same items and totals; ``breaks`` also tells what changed (C09, P06, X02; kind
        ``snapshot``), ``controls`` states that the open items tie out, and ``history`` is set.
    """
    now = snapshot_of(result, ("this run", "이번 실행"), payments=payments)
    changes = compare(previous, now)
    breaks = _with_news(result.breaks, changes, previous, now)
    found = open_items_of(breaks, period=now.period, since=now.taken_at)
    seen = {
        str(key)
        for side in (result.payments, result.ledger)
        if "merchant_uid" in side.columns
        for key in side["merchant_uid"].dropna().unique()
    }
    open_items, roll_forward = rolled(previous, found, period=now.period, seen=seen)
    rows = [_changes_control(changes), *_roll_controls(roll_forward)]
    controls = pd.concat([result.controls, pd.DataFrame(rows, columns=result.controls.columns)])
    return dataclasses.replace(
        result,
        breaks=breaks,
        controls=controls.reset_index(drop=True),
        history=History(changes, open_items, roll_forward),
    )


def snapshot_of(
    result: Reconciliation, names: tuple[str, str], *, payments: pd.DataFrame | None = None
) -> Snapshot:
    """Take what a result knows.

    Parameters
    ----------
    result : Reconciliation
        Any.
    names : tuple of str
        What to call it in English and Korean.
    payments : DataFrame, table PAYMENTS, optional
        The payments themselves, where the result was made of their transactions.

    Returns
    -------
    Snapshot
        Its sides are None where the result does not carry all rows.
    """
    pull = result.payments.attrs.get("pull") or {}
    period, taken_at = str(pull.get("period") or ""), str(pull.get("started_at") or "")
    if payments is None and {"imp_uid", "status", "amount"} <= set(result.payments.columns):
        payments = _whole(result.payments)
    is_ledger = {"merchant_uid", "amount"} <= set(result.ledger.columns)
    return Snapshot(
        name=names[0],
        name_ko=names[1],
        period=period,
        taken_at=taken_at,
        payments=payments,
        ledger=_whole(result.ledger) if is_ledger else None,
        breaks=result.breaks,
        open_items=result.open_items,
    )


def _whole(side: pd.DataFrame) -> pd.DataFrame | None:
    """Return a side if the result carries all of its rows."""
    return side if side.attrs.get("rows_in_all", len(side)) == len(side) else None


def _with_news(
    breaks: pd.DataFrame, changes: Changes, previous: Snapshot, now: Snapshot
) -> pd.DataFrame:
    """Add what changed to the breaks; a failed control stays in front."""
    known = set(breaks[breaks["money_at_risk"] > 0]["merchant_uid"].dropna())
    told = set(breaks[breaks["code"] == "P06"]["imp_uid"].dropna())
    news = [
        _Item(side, change, previous, is_counted=change["merchant_uid"] in known)
        for side, table in (("payments", changes.payments), ("ledger", changes.ledger))
        if table is not None
        for change in table[table["code"] != ""].to_dict("records")
        if not (change["code"] == "P06" and change.get("imp_uid") in told)
    ]
    if not news:
        return breaks
    rows = pd.DataFrame([item.row() for item in news])
    sides = _payment_columns(rows["imp_uid"], now.payments, previous.payments)
    added = pd.concat([rows, sides], axis=1).reindex(columns=breaks.columns)
    both = pd.concat([breaks, added.astype(breaks.dtypes.to_dict())], ignore_index=True)
    is_control = both["kind"] == "control"
    parts = [both[is_control], gravest_first(both[~is_control])]
    return pd.concat(parts, ignore_index=True)


def _payment_columns(
    imp_uids: pd.Series[Any], now: pd.DataFrame | None, before: pd.DataFrame | None
) -> pd.DataFrame:
    """Take the payments' own columns, as they are now or, of those that are gone, as they were."""
    sides = [s[s["imp_uid"].isin(imp_uids)] for s in (now, before) if s is not None]
    if not sides:
        return pd.DataFrame(index=imp_uids.index)
    known = pd.concat(sides, ignore_index=True).drop_duplicates("imp_uid").set_index("imp_uid")
    integers = known.select_dtypes("integer").columns
    exact = known.astype(dict.fromkeys(integers, "Int64"))
    rows = exact.reindex(imp_uids.to_numpy()).set_axis(imp_uids.index, axis=0)
    named = rows.drop(columns=["merchant_uid", "currency", "amount", "cancel_amount"])
    own = {name: f"own_{name}" for name in COLUMNS}
    return named.add_suffix("_payments").rename(columns=own)


@dataclass(frozen=True, slots=True)
class _Item:
    """One change as a break."""

    side: str
    change: dict[Any, Any]
    since: Snapshot
    is_counted: bool

    def row(self) -> dict[str, Any]:
        """Write it; its money moves no total, and is at risk once an order."""
        code = CODES[self.change["code"]]
        finding, finding_ko = code.finding, code.finding_ko
        if code.code == "P06":
            finding, finding_ko = PAID_SINCE, PAID_SINCE_KO
        own = {name: getattr(code, field) for name, field in OF_CODE.items()}
        risk = 0 if self.is_counted else int(self.change["money_at_risk"])
        return {
            "code": code.code,
            **own,
            "outcome": "changed",
            "kind": SNAPSHOT,
            "merchant_uid": self.change["merchant_uid"],
            "imp_uid": self.change.get("imp_uid"),
            "currency": self.change["currency"],
            **dict.fromkeys(MONEY, 0),
            "money_at_risk": risk,
            "reasons": self.change.get("columns") or self.change["what"],
            **dict.fromkeys(("secondary", "matched_by"), ""),
            "finding": finding.format(**self._values(is_korean=False)),
            "finding_ko": finding_ko.format(**self._values(is_korean=True)),
        }

    def _values(self, *, is_korean: bool) -> dict[str, str]:
        """Put what the sentences ask for into words."""
        change = self.change
        currencies = {"after": change["currency"]}
        currencies["before"] = change.get("currency_before")
        paid_at = change.get("paid_at")
        unknown = ("at an unknown time", "알 수 없는 시각")[is_korean]
        at = unknown if pd.isna(paid_at) else f"{paid_at.tz_convert(KST_NAME):%Y-%m-%d %H:%M:%S}"
        return {
            "side": _SIDES[self.side][is_korean],
            "since": self.since.title(is_korean=is_korean),
            "what": change["what_ko" if is_korean else "what"],
            "status": str(change.get("status_after", "")),
            "paid_at": at,
            **{
                f"{short}_{when}": _money(
                    change.get(f"{name}_{when}"), currencies[when], change["currency"]
                )
                for short, name in (("net", "net"), ("cancel", "cancel_amount"))
                for when in ("before", "after")
            },
        }


def _money(amount: Any, currency: Any, other: str) -> str:
    """Write minor units with their currency; what was not there is 0."""
    code = str(other if pd.isna(currency) else currency)
    return f"{format_minor(0 if pd.isna(amount) else int(amount), code)} {code}"


def _changes_control(changes: Changes) -> tuple[Any, ...]:
    """State what was compared with the earlier run."""
    tables = (changes.payments, changes.ledger)
    state = "unknown" if any(table is None for table in tables) else "passed"
    count = sum(int((table["code"] != "").sum()) for table in tables if table is not None)
    label, label_ko = "Compared with an earlier run", "이전 실행과 비교함"
    return (
        "previous",
        label,
        label_ko,
        state,
        True,
        "compared",
        f"{count:,} findings",
        changes.text,
        "",
    )


def _roll_controls(roll_forward: pd.DataFrame) -> list[tuple[Any, ...]]:
    """State for each currency that the open items tie out with those of the earlier run."""
    gaps = roll_gap(roll_forward)
    rows = []
    for currency in dict.fromkeys(roll_forward["currency"]):
        gap = gaps.get(str(currency), (0, 0, 0))
        state, code = ("failed", "X09") if any(gap) else ("passed", "")
        label, label_ko = f"Open items roll forward, {currency}", f"미해소 이월 일치, {currency}"
        found = ", ".join(f"{figure:,}" for figure in gap) if any(gap) else "0"
        detail = "rows, difference, money at risk"
        row = (
            f"roll_{currency}",
            label,
            label_ko,
            state,
            state != "failed",
            "0",
            found,
            detail,
            code,
        )
        rows.append(row)
    return rows
