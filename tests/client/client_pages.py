"""A page's body, its rows as payments, and which path read it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from client_wire import record

from jtnet_recon.client.endpoints import Call
from jtnet_recon.client.frames import joined, to_payments
from jtnet_recon.client.pages import PageReader
from jtnet_recon.client.rows import to_table

if TYPE_CHECKING:
    import pandas as pd

CALL = Call("GET", "/payments/status/{payment_status}")


def body_of(rows: list[Any], text: str | None = None) -> bytes:
    listed = json.dumps(rows, ensure_ascii=False) if text is None else text
    head = f'{{"code":0,"message":null,"response":{{"total":{len(rows)},"previous":0,"next":0,'
    return f'{head}"list":{listed}}}}}'.encode()


def payments_of(rows: list[Any], text: str | None = None) -> pd.DataFrame:
    table = PageReader().page(body_of(rows, text), CALL).table
    return to_payments(joined([table]))


def one(**changes: Any) -> pd.Series[Any]:
    return payments_of([record(1, **changes)]).iloc[0]


def raw(field: str, json_text: str, **changes: Any) -> pd.Series[Any]:
    """One payment with a field written exactly so in JSON."""
    text = json.dumps([record(1, **{**changes, field: "@@@"})], ensure_ascii=False)
    return payments_of([0], text.replace('"@@@"', json_text)).iloc[0]


def is_quick(body: bytes) -> bool:
    """Tell whether the quick path took the page."""
    reader = PageReader()
    taken = []
    reader._exact = lambda records: taken.append(1) or to_table(records)  # type: ignore[method-assign]
    reader.page(body, CALL)
    return not taken
