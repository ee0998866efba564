"""Frames to conform, and what is said of those that are refused."""

from __future__ import annotations

import pandas as pd
import pytest

from jtnet_recon.errors import TableError
from jtnet_recon.tables import LEDGER, conform


def ledger_with(name, values):
    """Make a ledger that holds the given values in one column."""
    columns = {"merchant_uid": [f"o{n}" for n in range(len(values))], "amount": [1] * len(values)}
    return pd.DataFrame({**columns, name: values})


def payments_with(name, values):
    count = len(values)
    columns = {
        "imp_uid": [f"imp_{n}" for n in range(count)],
        "merchant_uid": [f"o{n}" for n in range(count)],
        "amount": [1] * count,
        "currency": ["KRW"] * count,
        "status": ["paid"] * count,
    }
    return pd.DataFrame({**columns, name: values})


def refusal(frame, table=LEDGER, **options):
    with pytest.raises(TableError) as caught:
        conform(frame, table, **options)
    assert caught.value.hint
    assert any("가" <= letter <= "힣" for letter in caught.value.hint_ko)
    return caught.value
