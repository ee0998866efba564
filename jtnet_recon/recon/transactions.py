"""transactions(): every approval and every cancel of a payment as a signed row of its own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from jtnet_recon.errors import TableError
from jtnet_recon.period import KST_NAME, Period
from jtnet_recon.recon.oddities import is_list
from jtnet_recon.tables import PAYMENTS, TRANSACTIONS, conform

APPROVAL, CANCEL = "approval", "cancel"
_KEPT = (
    "imp_uid merchant_uid currency pay_method pg_provider pg_id pg_tid apply_num card_code "
    "card_number customer_uid sandbox"
).split()
_DAWN_US = 4_000_000_000


def transactions(payments: pd.DataFrame, period: Period | str | None = None) -> pd.DataFrame:
    """List the money movements of payments: approvals (+) and cancels (-), each at its own time.

    Parameters
    ----------
    payments : DataFrame, shape (n, m), table PAYMENTS
        Amounts int64 in minor units (KRW: won). Left as it is.
    period : Period or str, optional
        Keep what moved in it, days in Asia/Seoul; by default all that ever moved. A row without
        a time is kept: it cannot be said to lie outside.

    Returns
    -------
    DataFrame, shape (k, 18), table TRANSACTIONS
        ``amount`` int64, negative for cancels; ``at`` datetime64[us, Asia/Seoul]; ``flag`` is
        ``C06`` on a row that stands for what the cancel history does not explain. For each
        payment that was ever approved, Σ amount = amount - cancel_amount. Payments that were
        never approved, and those of amount 0, moved nothing and have no row. Deposits of a fixed
        virtual account are rows of their own where they add up to the amount.

    Raises
    ------
    TableError
        If ``payments`` is not a PAYMENTS table, or a history holds a time without a zone.

    Notes
    -----
    Source: i'mport V1 OpenAPI, PaymentAnnotation, ``cancel_history`` and ``deposit_history``.
    """
    used = conform(payments, PAYMENTS)
    moved = used[is_approved(used) & (used["amount"] != 0)]
    rows = _approvals(moved) + _cancels(moved)
    listed = pd.DataFrame(rows, columns=["place", "transaction_id", "kind", "amount", "at", *_OWN])
    kept = moved[_KEPT].iloc[listed["place"].to_numpy(dtype="int64")].reset_index(drop=True)
    own = listed.drop(columns="place")
    for name in ("pg_tid",):
        own[name] = own[name].where(own[name].notna(), kept[name])
    frame = pd.concat([own, kept.drop(columns=["pg_tid"])], axis=1)
    frame["at"] = _instants(frame["at"])
    texts = dict.fromkeys(("transaction_id", "kind", "reason", "pg_tid", "flag"), "str")
    result = conform(frame.astype({**texts, "amount": "int64"}), TRANSACTIONS)
    result = result.sort_values(["at", "transaction_id"], kind="stable", ignore_index=True)
    if period is not None:
        span = period if isinstance(period, Period) else Period(period)
        is_inside = span.contains(result["at"]) | result["at"].isna()
        result = result[is_inside].reset_index(drop=True)
    result.attrs = dict(payments.attrs)
    return result


_OWN = ("pg_tid", "reason", "flag")


def is_approved(payments: pd.DataFrame) -> pd.Series[bool]:
    """Tell payments that were approved once; the status alone does not say it."""
    status = payments["status"]
    is_paid = payments["paid_at"].notna()
    is_cancelled = (status == "cancelled") & (
        is_paid | (payments["cancel_amount"] < payments["amount"])
    )
    other = ~status.isin(["paid", "cancelled", "ready", "failed"]) & is_paid
    return ((status == "paid") | is_cancelled | other).astype(bool)


def _approvals(payments: pd.DataFrame) -> list[tuple[Any, ...]]:
    """One row an approval, or one a deposit where the deposits add up to it."""
    rows: list[tuple[Any, ...]] = []
    instants = _seconds(payments["paid_at"])
    cells = zip(
        payments["imp_uid"], payments["amount"], instants, payments["deposit_history"], strict=True
    )
    for place, (imp_uid, amount, at, deposits) in enumerate(cells):
        if is_list(deposits) and len(deposits) and _sum(deposits) == amount:
            rows += [
                (place, f"{imp_uid}:deposit:{number}", APPROVAL, int(entry["amount"]),
                 _at(entry.get("deposited_at"), at), entry.get("pg_tid"), None, None)
                for number, entry in enumerate(deposits, start=1)
            ]  # fmt: skip
        else:
            rows.append((place, f"{imp_uid}:approval", APPROVAL, int(amount), at, None, None, None))
    return rows


def _cancels(payments: pd.DataFrame) -> list[tuple[Any, ...]]:
    """One row a cancel; what the history does not explain is a row that says so."""
    rows: list[tuple[Any, ...]] = []
    has_cancel = payments["cancel_amount"].to_numpy() != 0
    histories = payments["cancel_history"].to_numpy(dtype=object)
    filled = np.fromiter((is_list(h) and len(h) > 0 for h in histories), bool, len(histories))
    ids, sums = payments["imp_uid"].to_numpy(), payments["cancel_amount"].to_numpy()
    last = _seconds(payments["cancelled_at"])
    for place in np.flatnonzero(has_cancel | filled):
        imp_uid, history = ids[place], histories[place]
        entries = list(history) if is_list(history) else []
        rows += [
            (place, f"{imp_uid}:cancel:{label}", CANCEL, -int(entry["amount"]),
             _at(entry.get("cancelled_at"), last[place]), entry.get("pg_tid"),
             entry.get("reason"), None)
            for label, entry in zip(_labels(entries), entries, strict=True)
        ]  # fmt: skip
        gap = int(sums[place]) - _sum(entries)
        if gap:
            # Old rows have no history at all; then the last cancel's instant is all there is.
            flag = "C06" if is_list(history) else None
            name = "unexplained" if flag else "all"
            at = last[place]
            rows.append((place, f"{imp_uid}:cancel:{name}", CANCEL, -gap, at, None, None, flag))
    return rows


def _labels(entries: list[Any]) -> list[str]:
    """Name each cancel of a payment: by its own id, or by its number where that tells it better."""
    own = [
        str(entry.get("cancellation_id") or number) for number, entry in enumerate(entries, start=1)
    ]
    return [
        label if own.count(label) == 1 else f"{label}.{number}"
        for number, label in enumerate(own, start=1)
    ]


def _sum(entries: Any) -> int:
    """Add up a history in Python integers."""
    return sum(int(entry["amount"]) for entry in entries)


def _seconds(instants: pd.Series[Any]) -> list[int | None]:
    """Write instants as unix microseconds."""
    numbers = instants.astype("int64").to_numpy()
    missing = instants.isna().to_numpy()
    return [None if gone else int(number) for number, gone in zip(numbers, missing, strict=True)]


def _at(value: Any, default: int | None) -> int | None:
    """Read an entry's own instant: unix seconds, or an instant that was read already."""
    if value is None or value is pd.NaT or value == 0:
        return default
    if isinstance(value, (int, np.integer)):
        return int(value) * 1_000_000 if value < _DAWN_US else int(value)
    instant = pd.Timestamp(value)
    if instant.tzinfo is None:
        message = f"A history holds the time {value!r}, which has no time zone."
        raise TableError(
            message,
            value=str(value),
            hint="Give unix seconds, as the API does.",
            hint_ko="API처럼 유닉스 초로 넣으세요.",
        )
    return int(instant.as_unit("us").asm8.astype("int64"))


def _instants(micros: pd.Series[Any]) -> pd.Series[Any]:
    """Turn unix microseconds into instants of Asia/Seoul."""
    whole = pd.array(list(micros), dtype="Int64")
    utc = pd.to_datetime(pd.Series(whole, index=micros.index), unit="us", utc=True)
    in_kst: pd.Series[Any] = utc.dt.tz_convert(KST_NAME).dt.as_unit("us")
    return in_kst
