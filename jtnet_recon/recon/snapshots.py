"""Snapshots: what one run knew, and what has changed by another.

Pure: two snapshots go in, tables of changes come out. "Not there any more" is said only where
both snapshots are of one period: a payment of another period was never asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from jtnet_recon.period import KST_NAME, Period
from jtnet_recon.recon.break_changes import break_changes
from jtnet_recon.recon.ledger_changes import ledger_changes
from jtnet_recon.recon.transactions import is_approved
from jtnet_recon.tables import PAYMENTS, Table, conform

if TYPE_CHECKING:
    from collections.abc import Iterable

_TEXTS = ("status", "currency", "merchant_uid", "pg_id")
_INSTANTS = ("paid_at", "failed_at", "cancelled_at")
_MONEY = ("amount", "cancel_amount", "net")
STATE = ("status", "amount", "cancel_amount", *_TEXTS[1:], *_INSTANTS)
"""The columns that make a payment another one when they change."""

_STATE_TABLE = Table(
    PAYMENTS.name,
    tuple(c for c in PAYMENTS.columns if c.name == PAYMENTS.key or c.name in STATE),
    PAYMENTS.key,
)
_DRIFT = ("status", "amount", "cancel_amount", "currency", "merchant_uid", "paid_at")
_WHAT_KO = {
    "paid after failed": "실패 후 승인",
    "cancel reversed": "취소 원복",
    "appeared": "새로 나타남",
    "vanished": "조회되지 않음",
    "currency changed": "통화 변경",
    "order id changed": "주문번호 변경",
    "amount changed": "결제금액 변경",
    "cancelled later": "이후 취소",
    "status changed": "상태 변경",
    "approval time changed": "승인일시 변경",
    "other columns changed": "기타 항목 변경",
    "lines added": "행 추가",
    "lines removed": "행 삭제",
    "lines edited": "행 수정",
}


@dataclass(frozen=True)
class Snapshot:
    """What one run knew.

    Parameters
    ----------
    name, name_ko : str
        What reports call it, such as ``run 3``.
    period : str
        What it is about; empty if that is not known.
    taken_at : str
        When its payments were pulled, ISO 8601; empty if that is not known.
    payments, ledger : DataFrame or None
        The two sides; None where not all rows are known.
    breaks, open_items : DataFrame
        What was found, and what waits.
    """

    name: str
    name_ko: str
    period: str
    taken_at: str
    payments: pd.DataFrame | None
    ledger: pd.DataFrame | None
    breaks: pd.DataFrame
    open_items: pd.DataFrame

    @property
    def is_closed(self) -> bool:
        """Whether the period was over when the payments were pulled; so it is if unknown."""
        if not self.period or not self.taken_at:
            return True
        return pd.Timestamp(self.taken_at).timestamp() > Period(self.period).end_s

    @property
    def ends_on(self) -> pd.Timestamp | None:
        """The period's last day, if it is known."""
        return pd.Timestamp(Period(self.period).end_on) if self.period else None

    def title(self, *, is_korean: bool = False) -> str:
        """Return its name and the time of its pull in Asia/Seoul.

        Parameters
        ----------
        is_korean : bool, default False
            Whether in Korean.

        Returns
        -------
        str
            Such as ``run 3 (pulled 2022-12-01 09:00 KST)``.
        """
        name = self.name_ko if is_korean else self.name
        if not self.taken_at:
            return name
        taken_at = pd.Timestamp(self.taken_at).tz_convert(KST_NAME)
        verb = "수집" if is_korean else "pulled"
        return f"{name} ({verb} {taken_at:%Y-%m-%d %H:%M} KST)"


class Earlier(Protocol):
    """What another run can be held against: a kept run, or a result."""

    @property
    def snapshot(self) -> Snapshot:
        """What it knew."""


@dataclass(frozen=True)
class Changes:
    """What is different between two snapshots.

    Parameters
    ----------
    before, after : str
        What the snapshots are called.
    is_same_period : bool
        Whether both are known to be of one period. If not, only what both hold was compared.
    payments : DataFrame, one row a payment, or None
        imp_uid, merchant_uid, currency, change (new, vanished, changed), what, what_ko, code
        (P06, C09, X02 or empty), columns (that differ), then status, amount, cancel_amount and
        net with ``_before`` and ``_after``, paid_at, net_change, money_at_risk; minor units.
        None where a side's payments are not all known.
    ledger : DataFrame, one row an order, or None
        The same for the lines of an order: rows, amount, cancel_amount and net.
    breaks : DataFrame, one row a break
        change, and code, difference and money_at_risk with ``_before`` and ``_after``.
    """

    before: str
    after: str
    is_same_period: bool
    payments: pd.DataFrame | None
    ledger: pd.DataFrame | None
    breaks: pd.DataFrame

    @property
    def text(self) -> str:
        """What was compared and how much differs, in a line."""
        parts = [
            "payments not compared (not all are known)"
            if self.payments is None
            else f"{len(self.payments):,} payments",
            "ledger not compared (not all lines are known)"
            if self.ledger is None
            else f"{len(self.ledger):,} orders of the ledger",
            f"{len(self.breaks):,} breaks",
        ]
        note = (
            ""
            if self.is_same_period
            else " Not known to be of one period: only what both hold is compared."
        )
        return f"From {self.before} to {self.after}: {', '.join(parts)} differ.{note}"

    def __repr__(self) -> str:
        """Give the line."""
        return f"<Changes: {self.text}>"


def compare(before: Snapshot, after: Snapshot) -> Changes:
    """Find what has changed from one snapshot to another.

    Parameters
    ----------
    before, after : Snapshot
        The earlier and the later one.

    Returns
    -------
    Changes
        Payments, ledger and breaks.
    """
    is_same = before.period == after.period
    payments = ledger = None
    if before.payments is not None and after.payments is not None:
        payments = payment_changes(
            before.payments, after.payments, is_closed=before.is_closed, is_same_period=is_same
        )
    if before.ledger is not None and after.ledger is not None:
        ledger = with_korean(
            ledger_changes(
                before.ledger,
                after.ledger,
                is_closed=before.is_closed,
                is_same_period=is_same,
                ends_on=before.ends_on,
                expected=set(before.open_items["merchant_uid"].dropna()),
            )
        )
    breaks = break_changes(before.breaks, after.breaks)
    return Changes(before.title(), after.title(), is_same, payments, ledger, breaks)


def payment_changes(
    before: pd.DataFrame, after: pd.DataFrame, *, is_closed: bool, is_same_period: bool = True
) -> pd.DataFrame:
    """Find the payments that are new, gone or not what they were.

    Parameters
    ----------
    before, after : DataFrame, table PAYMENTS
        An earlier and a later pull; amounts int64 in minor units.
    is_closed : bool
        Whether the period was over at the earlier pull: only then is a change drift (X02).
    is_same_period : bool, default True
        Whether both pulls are of one period; if not, new and vanished ones are left out.

    Returns
    -------
    DataFrame, one row a payment
        As :class:`Changes` says, sorted by imp_uid.
    """
    both = _state(before).merge(
        _state(after),
        on=["imp_uid", "occurrence"],
        how="outer" if is_same_period else "inner",
        suffixes=("_before", "_after"),
        indicator="change",
        validate="one_to_one",
    )
    names = {"left_only": "vanished", "right_only": "new", "both": "changed"}
    both["change"] = both["change"].astype("str").map(names)
    differs = {name: _differs(both, name) for name in STATE}
    is_other = both["change"].ne("changed") | np.logical_or.reduce(list(differs.values()))
    rows = both[is_other]
    chosen = {name: flags[is_other] for name, flags in differs.items()}
    return _described(rows, chosen, is_closed=is_closed)


def with_korean(changes: pd.DataFrame) -> pd.DataFrame:
    """Add what has changed in Korean words.

    Parameters
    ----------
    changes : DataFrame
        With a column ``what``.

    Returns
    -------
    DataFrame
        With ``what_ko`` behind it.
    """
    result = changes.copy()
    words = changes["what"].map(_WHAT_KO).astype("str")
    result.insert(int(np.flatnonzero(changes.columns == "what")[0]) + 1, "what_ko", words)
    return result


def _state(payments: pd.DataFrame) -> pd.DataFrame:
    """Take the columns that count, exactly: a join may not turn an amount into a float."""
    names = [name for name in _STATE_TABLE.names if name in payments.columns]
    used = conform(payments[names], _STATE_TABLE)
    approved = is_approved(used)
    net = (used["amount"] - used["cancel_amount"]).where(approved, 0)
    state = used[["imp_uid", *STATE]].assign(net=net, approved=approved)
    state = state.astype({**dict.fromkeys(_MONEY, "Int64"), "approved": "boolean"})
    # A missing id pairs by place alone, and one that stands twice is two payments.
    state["imp_uid"] = state["imp_uid"].fillna("")
    if state["imp_uid"].duplicated().any():
        state = state.sort_values(["imp_uid", *STATE], kind="stable")
    return state.assign(occurrence=state.groupby("imp_uid", sort=False).cumcount())


def _differs(both: pd.DataFrame, name: str) -> pd.Series[Any]:
    """Tell where a column differs; missing equals missing."""
    before, after = both[f"{name}_before"], both[f"{name}_after"]
    unequal = (before != after).fillna(value=True).astype(bool)
    return unequal & ~(before.isna() & after.isna())


def _described(
    rows: pd.DataFrame, differs: dict[str, pd.Series[Any]], *, is_closed: bool
) -> pd.DataFrame:
    """Say of each changed payment what has happened to it, and which code that is."""
    facts = _Facts.of(rows, differs)
    code = np.select(
        [facts.is_paid_late, facts.is_reversed, facts.is_drift & is_closed],
        ["P06", "C09", "X02"],
        "",
    )
    shown = pd.DataFrame(
        {
            "imp_uid": rows["imp_uid"].where(rows["imp_uid"] != "").astype("str"),
            "merchant_uid": rows["merchant_uid_after"].fillna(rows["merchant_uid_before"]),
            "currency": rows["currency_after"].fillna(rows["currency_before"]),
            "change": rows["change"].astype("str"),
            "what": facts.what,
            "code": pd.Series(code, index=rows.index, dtype="str"),
            "columns": _names(rows, differs),
            **{f"{n}_{side}": rows[f"{n}_{side}"] for n in _SHOWN for side in ("before", "after")},
            "currency_before": rows["currency_before"],
            "paid_at": rows["paid_at_after"].fillna(rows["paid_at_before"]),
            "net_change": facts.net_after - facts.net_before,
            "money_at_risk": facts.at_risk(code),
        }
    )
    return with_korean(shown.sort_values("imp_uid", kind="stable", ignore_index=True))


_SHOWN = ("status", "amount", "cancel_amount", "net")


@dataclass(frozen=True, slots=True)
class _Facts:
    """What can be said of changed payments, row by row."""

    rows: pd.DataFrame
    net_before: pd.Series[Any]
    net_after: pd.Series[Any]
    is_paid_late: pd.Series[Any]
    is_reversed: pd.Series[Any]
    is_drift: pd.Series[Any]
    is_moved: pd.Series[Any]
    what: pd.Series[str]

    @classmethod
    def of(cls, rows: pd.DataFrame, differs: dict[str, pd.Series[Any]]) -> _Facts:
        """Work them out."""
        changed = rows["change"] == "changed"
        was, is_now = (rows[f"approved_{side}"].fillna(value=False) for side in ("before", "after"))
        cancels = [rows[f"cancel_amount_{side}"].fillna(0) for side in ("before", "after")]
        paid_late = changed & (rows["status_before"] == "failed") & is_now
        back = (rows["status_before"] == "cancelled") & (rows["status_after"] == "paid")
        reversed_ = changed & ~paid_late & (back | (cancels[1] < cancels[0]))
        moved = changed & (differs["currency"] | differs["merchant_uid"] | differs["paid_at"])
        drift = ~changed | np.logical_or.reduce([differs[name] for name in _DRIFT])
        conditions = [
            paid_late, reversed_, rows["change"] == "new", rows["change"] == "vanished",
            differs["currency"], differs["merchant_uid"], differs["amount"],
            differs["cancel_amount"], differs["status"], differs["paid_at"],
        ]  # fmt: skip
        what = np.select([c.to_numpy(dtype=bool) for c in conditions], list(_WHAT_KO)[:10], _OTHER)
        return cls(
            rows, rows["net_before"].fillna(0).astype("int64"),
            rows["net_after"].fillna(0).astype("int64"), paid_late.astype(bool),
            reversed_.astype(bool), (drift & (was | is_now)).astype(bool), moved.astype(bool),
            pd.Series(what, index=rows.index, dtype="str"),
        )  # fmt: skip

    def at_risk(self, code: Iterable[str]) -> pd.Series[Any]:
        """Give the money at risk in minor units, never negative; 0 where there is no code."""
        codes = pd.Series(code, index=self.rows.index, dtype="str")
        cancels = [self.rows[f"cancel_amount_{side}"].fillna(0) for side in ("before", "after")]
        back = (cancels[0] - cancels[1]).astype("int64")
        gap = (self.net_after - self.net_before).abs()
        # Money that is now another order's, day's or currency's is at risk in full.
        drift = self.net_after.abs().where(self.is_moved, gap)
        whole = cancels[0].astype("int64")
        risk = np.select(
            [codes == "P06", (codes == "C09") & (back > 0), codes == "C09", codes == "X02"],
            [self.net_after.abs(), back, whole, drift],
            0,
        )
        return pd.Series(risk, index=self.rows.index, dtype="int64")


_OTHER = "other columns changed"


def _names(rows: pd.DataFrame, differs: dict[str, pd.Series[Any]]) -> pd.Series[str]:
    """Name the columns that differ, where a payment is in both snapshots."""
    is_both = (rows["change"] == "changed").to_numpy(dtype=bool)
    flags = {name: differs[name].to_numpy(dtype=bool) for name in STATE}
    texts = [
        ", ".join(name for name in STATE if flags[name][place]) if both else ""
        for place, both in enumerate(is_both)
    ]
    return pd.Series(texts, index=rows.index, dtype="str")
