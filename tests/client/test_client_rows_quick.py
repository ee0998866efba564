"""The quick path reads a page exactly as the exact path does, or leaves it to that."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from client_pages import CALL, body_of, is_quick, payments_of
from client_samples import SAMPLES
from client_wire import record
from hypothesis import given, settings
from hypothesis import strategies as st

from jtnet_recon.client import pages
from jtnet_recon.client.envelope import strict_json
from jtnet_recon.client.frames import joined, to_payments
from jtnet_recon.client.pages import PageReader
from jtnet_recon.client.rows import to_table
from jtnet_recon.columns import PAYMENTS


def test_the_plain_page_takes_the_quick_path() -> None:
    assert is_quick(body_of([record(1), record(2, currency="USD", amount=19.99)]))
    assert not is_quick(body_of([record(1, new_field=1)]))


def test_every_column_has_the_declared_kind_on_either_path() -> None:
    declared = {column.name: column.dtype for column in PAYMENTS.columns}

    for rows in ([record(1)], [record(1, new_field=[1])], [record(1, amount="x")]):
        payments = payments_of(rows)
        assert {name: str(payments[name].dtype) for name in declared} == declared


def _sample_records() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if {"imp_uid", "cancel_history", "amount"} <= value.keys():
                found.append(value)
            for part in value.values():
                walk(part)
        elif isinstance(value, list):
            for part in value:
                walk(part)

    walk(SAMPLES)
    return found


def test_the_quick_path_reads_every_sample_as_the_exact_path_does() -> None:
    rows = _sample_records()
    assert len(rows) > 30

    for row in rows:
        assert is_quick(body_of([row])), row["imp_uid"]
    quick = PageReader().page(body_of(rows), CALL).table
    exact = to_table(strict_json(body_of(rows), CALL)["response"]["list"])

    assert quick.equals(exact)


@pytest.mark.parametrize("reason", ['"품절"', "a\\b", "줄\n바꿈", "", "null", "],[", "\x7f"])
def test_a_reason_with_any_sign_stays_as_it_was_written(reason) -> None:
    entry = {"amount": 1000, "cancelled_at": 1_668_000_000, "reason": reason}
    body = body_of([record(1, cancel_history=[entry, entry]), record(2, cancel_history=[entry])])

    frame = to_payments(joined([PageReader().page(body, CALL).table]))

    assert is_quick(body)
    said = [[entry["reason"] for entry in history] for history in frame["cancel_history"]]
    assert said == [[reason, reason], [reason]]


_numbers = st.one_of(
    st.integers(-(10**16), 10**16),
    st.decimals(-(10**9), 10**9, places=2).map(float),
    st.sampled_from([None, True, "5", "1,0", 1e30, 33000.0, 0.001, 2**63]),
)
_times = st.one_of(st.integers(0, 2**33), st.sampled_from([None, "7", -1, 10**13, 1.5, False]))
_texts = st.one_of(st.none(), st.text(max_size=8), st.integers(), st.booleans())
_entries = st.fixed_dictionaries(
    {"amount": _numbers},
    optional={"cancelled_at": st.integers(0, 2**33), "reason": st.none() | st.text(max_size=5)},
)
_records = st.fixed_dictionaries(
    {
        "imp_uid": _texts,
        "amount": _numbers,
        "currency": st.sampled_from(["KRW", "USD", "KWD", "krw", "", None, 5]),
        "status": st.sampled_from(["paid", "cancelled", "ready", "odd", "", None]),
    },
    optional={
        "cancel_amount": _numbers,
        "merchant_uid": _texts,
        "paid_at": _times,
        "started_at": _times,
        "sandbox": st.sampled_from([True, False, None, "x", 1]),
        "card_quota": _numbers,
        "cancel_history": st.none() | st.lists(_entries, max_size=3),
        "cancel_receipt_urls": st.lists(st.text(max_size=5), max_size=2),
        "promotion": st.sampled_from([None, {}, {"id": "p", "discount": 10}]),
        "new": st.one_of(st.none(), st.text(max_size=4), st.booleans(), st.integers(-5, 5)),
    },
)


_plain_texts = st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_plain_records = st.fixed_dictionaries(
    {
        "imp_uid": st.text("abc1", min_size=1, max_size=5),
        "amount": st.integers(-(10**12), 10**12),
        "currency": st.sampled_from(["KRW", "JPY"]),
        "status": st.sampled_from(["paid", "cancelled", "ready", "odd"]),
    },
    optional={
        "merchant_uid": _plain_texts,
        "cancel_amount": st.none() | st.integers(0, 10**12),
        "paid_at": st.none() | st.integers(0, 2**33),
        "sandbox": st.none() | st.booleans(),
        "card_quota": st.none() | st.integers(0, 60),
        "cancel_history": st.none()
        | st.lists(
            st.fixed_dictionaries(
                {"amount": st.integers(0, 10**9)}, optional={"reason": _plain_texts}
            ),
            max_size=3,
        ),
        "cancel_receipt_urls": st.none() | st.lists(_plain_texts, max_size=3),
    },
)
_dollar_records = _plain_records.flatmap(
    lambda row: st.fixed_dictionaries(
        {
            **{name: st.just(value) for name, value in row.items()},
            "currency": st.just("USD"),
            "amount": st.decimals(0, 10**9, places=2).map(float),
        }
    )
)


@given(st.lists(_plain_records | _dollar_records, max_size=6))
@settings(max_examples=100)
def test_every_plain_page_takes_the_quick_path_to_the_same_table(rows) -> None:
    body = body_of(rows)

    assert is_quick(body)
    assert (
        PageReader()
        .page(body, CALL)
        .table.equals(to_table(strict_json(body, CALL)["response"]["list"]))
    )


@given(st.lists(_records, max_size=5))
@settings(max_examples=120)
def test_the_quick_path_gives_what_the_exact_path_gives_or_stands_back(rows) -> None:
    text = json.dumps(rows, ensure_ascii=False)
    try:
        body = body_of(rows, text)
    except UnicodeEncodeError:
        body = body_of(rows, json.dumps(rows))
    exact = to_table(strict_json(body, CALL)["response"]["list"])

    found = PageReader()
    table = found.page(body, CALL).table
    again = found.page(body, CALL).table

    assert table.equals(exact)
    assert again.select(exact.column_names).equals(exact)


@given(st.lists(_records, max_size=5))
@settings(max_examples=40)
def test_no_row_is_ever_lost_and_no_float_touches_money(rows) -> None:
    payments = payments_of(rows, json.dumps(rows))

    assert len(payments) == len(rows)
    if rows:
        assert payments["amount"].dtype == "int64"
    for _, payment in payments.iterrows():
        if payment["currency"] == "KRW" and pd.isna(payment.get("unread", None)):
            assert payment["amount"] in [
                int(Decimal(str(row["amount"]))) for row in rows if _is_amount(row["amount"])
            ]


def _is_amount(value: Any) -> bool:
    return not isinstance(value, bool) and value is not None and "," not in str(value)


def test_a_page_of_other_field_order_is_read_the_same() -> None:
    rows = [record(1), record(2)]
    page = {"list": rows, "next": 0, "previous": 0, "total": 2}
    body = json.dumps({"response": page, "message": None, "code": 0}).encode()

    read = PageReader().page(body, CALL)

    assert (read.total, read.following) == (2, 0)
    assert read.table.equals(PageReader().page(body_of(rows), CALL).table)


def test_a_page_seen_before_is_recognised_and_not_decoded_again(monkeypatch) -> None:
    body = body_of([record(1)])
    first = PageReader().page(body, CALL)
    monkeypatch.setattr(pages, "_plain_table", lambda *_: pytest.fail("decoded again"))

    again = PageReader().page(body.replace(b'"total":1', b'"total":7'), CALL, {first.digest})

    assert (again.digest, again.table, again.total) == (first.digest, None, 7)
