"""The smallest ledgers, and what is read of them."""

from __future__ import annotations

import pandas as pd

HEAD = ["주문번호", "금액"]
HEAD_LINE = "주문번호,결제금액,상품명\n"
COLUMNS = ["merchant_uid", "amount", "cancel_amount", "status"]
EXPECTED = [["order-1", 14000, 0, "paid"], ["order-2", 30000, 10000, "partial"]]


def values_of(ledger, name):
    """Give a column's values, None for what is missing."""
    return [None if pd.isna(value) else value for value in ledger[name]]
