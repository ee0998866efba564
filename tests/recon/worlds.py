"""Hypothesis strategies: small worlds of payments and books with everything that can go wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from hypothesis import reject
from hypothesis import strategies as st

from jtnet_recon.errors import TableError
from jtnet_recon.recon.match import reconcile
from jtnet_recon.tables import LEDGER, PAYMENTS, Column, Table, conform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jtnet_recon.recon.result import Reconciliation
    from jtnet_recon.recon.rules import Rule

NOVEMBER_S = 1_667_228_400  # 2022-11-01 00:00 in Asia/Seoul
KEYS = st.sampled_from([None, "o1", "o1", "o2", "o3", "O1", "0012", "12", "주문/1", "o1 ", "1E5"])
CURRENCIES = st.sampled_from(["KRW", "KRW", "KRW", "KRW", "USD"])
AMOUNTS = st.one_of(
    st.sampled_from([0, 1, 999, 1_000, 1_000, 14_000, 14_000, 28_000]),
    st.integers(0, 10**6),
    st.sampled_from([2**53 + 1, 2**62, 2**62 - 1]),
)
INSTANTS = st.one_of(
    st.none(),
    st.integers(NOVEMBER_S, NOVEMBER_S + 5 * 86_400),
    st.sampled_from([NOVEMBER_S + 86_399, NOVEMBER_S + 86_400, NOVEMBER_S + 30 * 86_400]),
)
DAYS = st.sampled_from([None, "2022-11-01", "2022-11-02", "2022-11-05", "2022-12-01"])
REFERENCES = st.sampled_from([None, None, "R1", "R2", "R3"])
CARDS = st.sampled_from([None, None, "5432-****-****-1234", "****9999"])


def _history(draw: Any, total: int, at: str) -> list[dict[str, Any]] | None:
    """Draw a history of an amount: absent, empty, in parts, or one that does not add up."""
    parts = draw(
        st.sampled_from(
            [None, None, [], [total], [total // 3, total - total // 3], [total, total], [7]]
        )
    )
    if parts is None:
        return None
    return [{"amount": part, at: draw(INSTANTS)} for part in parts]


@st.composite
def payment(draw: Any) -> dict[str, Any]:
    """Draw a payment."""
    amount = draw(AMOUNTS)
    cancel = draw(st.sampled_from([0, 0, 0, amount, amount // 3, amount + 5]))
    has_deposits = draw(st.sampled_from([False, False, True]))
    return {
        "merchant_uid": draw(KEYS),
        "currency": draw(CURRENCIES),
        "amount": amount,
        "cancel_amount": cancel,
        "status": draw(
            st.sampled_from(["paid", "paid", "paid", "cancelled", "failed", "ready", "x"])
        ),
        "paid_at": draw(INSTANTS),
        "failed_at": draw(st.sampled_from([None, None, None, NOVEMBER_S])),
        "cancelled_at": draw(INSTANTS),
        "vbank_date": draw(st.sampled_from([None, None, NOVEMBER_S + 86_400])),
        "vbank_num": draw(st.sampled_from([None, None, "110"])),
        "pay_method": draw(st.sampled_from([None, "card", "vbank", "phone", "trans"])),
        "pg_id": draw(st.sampled_from([None, "shopjt001m", "shopjt001m", "tpaytest0m"])),
        "pg_tid": draw(REFERENCES),
        "apply_num": draw(REFERENCES),
        "card_code": draw(st.sampled_from([None, "361", "366"])),
        "card_number": draw(CARDS),
        "card_quota": draw(st.sampled_from([None, 0, 3])),
        "customer_uid": draw(st.sampled_from([None, None, "gildong"])),
        "cancel_history": _history(draw, cancel, "cancelled_at"),
        "deposit_history": _history(draw, amount, "deposited_at") if has_deposits else None,
    }


@st.composite
def line(draw: Any) -> dict[str, Any]:
    """Draw a line of the books."""
    amount = draw(AMOUNTS)
    return {
        "merchant_uid": draw(KEYS),
        "currency": draw(CURRENCIES),
        "amount": draw(st.sampled_from([amount, amount, amount, -amount])),
        "cancel_amount": draw(st.sampled_from([0, 0, 0, amount, amount // 3])),
        "status": draw(
            st.sampled_from(
                [
                    None,
                    "paid",
                    "paid",
                    "cancelled",
                    "partial",
                    "failed",
                    "ready",
                    "cancel_requested",
                ]
            )
        ),
        "paid_on": draw(DAYS),
        "cancelled_on": draw(DAYS),
        "refund_method": draw(st.sampled_from([None, None, None, "계좌이체"])),
        "pg_tid": draw(REFERENCES),
        "apply_num": draw(REFERENCES),
        "card_number": draw(CARDS),
        "card_quota": draw(st.sampled_from([None, None, 0, 3])),
    }


@st.composite
def entry(draw: Any) -> dict[str, Any]:
    """Draw a line of books that hold a line a movement."""
    amount = draw(AMOUNTS)
    return {
        "merchant_uid": draw(KEYS),
        "currency": draw(CURRENCIES),
        "amount": draw(st.sampled_from([amount, amount, -amount])),
        "kind": draw(st.sampled_from([None, None, "매출", "취소", "Refund", "기타"])),
        "status": draw(st.sampled_from([None, None, None, "failed"])),
        "paid_on": draw(DAYS),
        "pg_tid": draw(REFERENCES),
        "apply_num": draw(REFERENCES),
        "card_number": draw(CARDS),
    }


def reconciled(payments: pd.DataFrame, ledger: pd.DataFrame, rule: Rule) -> Reconciliation:
    """Compare two drawn tables; amounts that pass 64 bits when added up are refused, rightly."""
    try:
        return reconcile(payments, ledger, rule)
    except TableError as error:
        if "64 bits" not in str(error):
            raise
        reject()


def payments_frame(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Lay drawn payments out, each under an ``imp_uid`` of its own."""
    numbered = [{"imp_uid": f"imp_{place:03d}", **row} for place, row in enumerate(rows)]
    return frame_of(numbered, ["imp_uid", *_PAYMENT_NAMES], PAYMENTS)


def ledger_frame(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Lay drawn lines out."""
    return frame_of(rows, _LINE_NAMES, LEDGER)


def frame_of(rows: Sequence[dict[str, Any]], names: Sequence[str], table: Table) -> pd.DataFrame:
    """Bring rows to a table's columns and dtypes."""
    declared = {column.name: column for column in table.columns}
    columns = {name: _series([row[name] for row in rows], declared[name]) for name in names}
    return conform(pd.DataFrame(columns), table, fill=False)


def _series(values: list[Any], column: Column) -> pd.Series[Any]:
    """Bring one column to its dtype."""
    if column.kind == "instant":
        seconds = pd.Series(values, dtype="Int64")
        instants = pd.to_datetime(seconds, unit="s", utc=True)
        return instants.dt.tz_convert("Asia/Seoul").dt.as_unit("us")
    if column.kind == "day":
        return pd.to_datetime(pd.Series(values, dtype="object")).astype(column.dtype)
    return pd.Series(values, dtype=column.dtype)


_PAYMENT_NAMES = (
    "merchant_uid currency amount cancel_amount status paid_at failed_at cancelled_at vbank_date "
    "vbank_num pay_method pg_id pg_tid apply_num card_code card_number card_quota customer_uid "
    "cancel_history deposit_history"
).split()
_LINE_NAMES = (
    "merchant_uid currency amount cancel_amount status paid_on cancelled_on refund_method pg_tid "
    "apply_num card_number card_quota"
).split()
