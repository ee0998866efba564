"""A record becomes a row exactly; what does not fit is kept and said, never rounded or dropped."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest
from client_pages import CALL, body_of, one, payments_of, raw
from client_wire import NOW_S, client_of, page_of, record

from jtnet_recon.client.frames import joined, to_payments
from jtnet_recon.client.pages import PageReader
from jtnet_recon.columns import PAYMENTS
from jtnet_recon.tables import empty


@pytest.mark.parametrize(
    ("currency", "text", "minor"),
    [
        ("KRW", "33000", 33_000),
        ("KRW", "33000.0", 33_000),
        ("KRW", '"33000"', 33_000),
        ("KRW", '"33000.00"', 33_000),
        ("KRW", "3.3e4", 33_000),
        ("KRW", "0", 0),
        ("KRW", "-500", -500),
        ("KRW", "9223372036854775807", 2**63 - 1),
        ("USD", "19.99", 1_999),
        ("USD", "0.29", 29),
        ("USD", "1.1", 110),
        ("USD", "64", 6_400),
        ("USD", '"19.99"', 1_999),
        ("USD", "90071992547409.93", 9_007_199_254_740_993),
        ("JPY", "500", 500),
        ("KWD", "1.005", 1_005),
        ("usd", "1.5", 150),
    ],
)
def test_money_is_exact(currency: str, text: str, minor: int) -> None:
    row = raw("amount", text, currency=currency)

    assert (row["amount"], row["currency"]) == (minor, currency)
    assert "unread" not in row


@pytest.mark.parametrize(
    "text",
    [
        '"1,000"',
        "true",
        "null",
        '""',
        '" 33000"',
        "33000.5",
        "9223372036854775808",
        "[1]",
        '"1_0"',
        "1e400",
        '"NaN"',
        '"٣"',
        '"１０００"',
        '"33000원"',
    ],
)
def test_what_is_no_amount_is_kept_as_it_came_and_counts_as_nothing(text: str) -> None:
    row = raw("amount", text)

    assert row["amount"] == 0
    kept = json.loads(row["unread"])["amount"]
    assert kept == json.loads(text) or str(kept).replace(".", "") in text.replace("e", "E+")


def test_an_absent_amount_or_currency_is_kept_and_said() -> None:
    rows = [record(1), record(2), record(3)]
    del rows[0]["amount"], rows[1]["currency"]
    rows[2]["currency"] = None

    payments = payments_of(rows)

    assert payments["amount"].tolist() == [0, 0, 0]
    assert payments["currency"].tolist()[0] == "KRW"
    assert payments["currency"].isna().tolist() == [False, True, True]
    assert json.loads(payments["unread"][0]) == {"amount": None}
    assert json.loads(payments["unread"][1]) == {
        "amount": 33_000,
        "cancel_amount": 0,
        "currency": None,
    }


def test_a_record_without_an_id_is_kept_under_a_made_up_one() -> None:
    rows = [record(1), record(2, imp_uid=None), record(3, imp_uid="")]
    del rows[0]["imp_uid"]

    payments = payments_of(rows)

    assert payments["imp_uid"].str.fullmatch(r"no-imp-uid-[0-9a-f]{16}").all()
    assert payments["imp_uid"].is_unique
    assert payments["unread"].map(json.loads).tolist() == [
        {"imp_uid": None},
        {"imp_uid": None},
        {"imp_uid": ""},
    ]


@pytest.mark.parametrize("text", ["0", "null", '""', '"0"', "0.0"])
def test_a_time_of_nothing_is_never_and_not_1970(text: str) -> None:
    row = raw("paid_at", text)

    assert row["paid_at"] is pd.NaT
    assert "unread" not in row


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("1668398711", "2022-11-14 13:05:11+09:00"),
        ('"1668398711"', "2022-11-14 13:05:11+09:00"),
        ("1668398711.0", "2022-11-14 13:05:11+09:00"),
        ("1668398711.25", "2022-11-14 13:05:11.250000+09:00"),
        ("253402300799", "10000-01-01 08:59:59"),
    ],
)
def test_a_time_is_unix_seconds_shown_in_korea(text: str, instant: str) -> None:
    row = raw("vbank_date", text)

    if instant.startswith("10000"):
        assert row["vbank_date"].timestamp() == 253_402_300_799
    else:
        assert row["vbank_date"] == pd.Timestamp(instant)
        assert str(row["vbank_date"].tz) == "Asia/Seoul"


@pytest.mark.parametrize(
    "text", ["1668398711000", "-1", "true", '"2022-11-14"', "1668398711.0000001", "[]", "1e300"]
)
def test_what_is_no_time_in_seconds_is_kept_and_never_guessed(text: str) -> None:
    row = raw("paid_at", text)

    assert row["paid_at"] is pd.NaT
    assert list(json.loads(row["unread"])) == ["paid_at"]


def test_codes_and_ids_stay_text_with_their_zeros() -> None:
    row = one(apply_num="00318472", card_code="041", merchant_uid="2024E01", buyer_postcode="04000")

    assert row[["apply_num", "card_code", "merchant_uid", "buyer_postcode"]].tolist() == [
        "00318472",
        "041",
        "2024E01",
        "04000",
    ]


def test_a_number_in_a_text_field_keeps_its_digits() -> None:
    row = raw("apply_num", "12345678901234567890")

    assert row["apply_num"] == "12345678901234567890"


def test_an_empty_text_is_no_missing_text() -> None:
    payments = payments_of([record(1, apply_num=""), record(2, apply_num=None)])

    assert payments["apply_num"].tolist()[0] == ""
    assert payments["apply_num"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("card_type", "null", pd.NA),
        ("card_type", "0", 0),
        ("card_type", '"1"', 1),
        ("card_quota", "3.0", 3),
        ("escrow", "null", pd.NA),
        ("escrow", "true", True),
    ],
)
def test_numbers_and_flags_know_missing(field: str, text: str, value: Any) -> None:
    row = raw(field, text)

    assert row[field] is value or row[field] == value
    assert "unread" not in row


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("card_quota", "1.5"),
        ("card_quota", "true"),
        ("card_quota", '"삼"'),
        ("sandbox", '"true"'),
        ("sandbox", "1"),
        ("card_type", "1e30"),
    ],
)
def test_what_is_no_number_or_flag_is_kept(field: str, text: str) -> None:
    row = raw(field, text)

    assert row[field] is pd.NA
    assert json.loads(row["unread"]) == {field: json.loads(text)} or text == "1e30"


def test_a_history_holds_minor_units_and_the_documents_fields() -> None:
    history = [{"amount": 5.25, "cancelled_at": NOW_S, "reason": "변심", "extra": 1}]
    row = one(currency="USD", amount=19.99, cancel_amount=5.25, cancel_history=history)

    assert row["cancel_history"] == [
        {
            "pg_tid": None,
            "amount": 525,
            "cancelled_at": NOW_S,
            "reason": "변심",
            "cancellation_id": None,
            "receipt_url": None,
            "extra": 1,
        }
    ]


@pytest.mark.parametrize(
    "history", [[{"amount": "all"}], [{"reason": "no amount"}], ["text"], {"amount": 1}, "none", 5]
)
def test_a_history_that_cannot_be_read_is_kept_and_says_nothing(history: Any) -> None:
    row = one(cancel_history=history)

    assert row["cancel_history"] is None
    assert json.loads(row["unread"]) == {"cancel_history": history}


def test_each_row_has_lists_of_its_own() -> None:
    payments = payments_of([record(1), record(2)])

    payments["cancel_history"][0].append("mine")

    assert payments["cancel_history"][1] == []


def test_an_old_record_without_the_younger_fields_is_read() -> None:
    old = record(1)
    for name in "channel pg_id card_number card_type started_at customer_uid sandbox".split():
        del old[name]

    row = payments_of([old]).iloc[0]

    assert row["started_at"] is pd.NaT
    assert row["sandbox"] is pd.NA
    assert row["amount"] == 33_000


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        (["a", "b"], ["a", "b"]),
        (["a", None], ["a", None]),
        ([True, False], [True, False]),
        ([1, 12345678901234567890], [1, 12345678901234567890]),
        ([1.5, 2], [1.5, 2]),
        ([{"x": [1, {"y": "z"}]}, None], [{"x": [1, {"y": "z"}]}, None]),
        (["a", 1], ["a", 1]),
        (["1", 1], ["1", 1]),
    ],
)
def test_a_field_that_no_document_knows_is_kept_without_loss(values, kept) -> None:
    payments = payments_of([record(n, new_field=value) for n, value in enumerate(values)])

    found = [None if pd.api.types.is_scalar(v) and pd.isna(v) else v for v in payments["new_field"]]
    assert found == kept
    assert [type(value) for value in found] == [type(value) for value in kept]
    assert payments.columns[-1] == "new_field"


def test_an_unknown_field_that_changes_its_kind_between_pages_is_kept() -> None:
    reader = PageReader()
    rows = [[record(1, new="x")], [record(2, new="y")], [record(3, new=3)], [record(4)]]

    payments = to_payments(joined(reader.page(body_of(page), CALL).table for page in rows))

    assert payments["new"].tolist() == ["x", "y", 3, None]


def test_a_new_text_field_is_learned_and_read_quickly_from_the_next_page_on() -> None:
    reader = PageReader()
    slow = []
    exact = reader._exact
    reader._exact = lambda records: slow.append(1) or exact(records)  # type: ignore[method-assign]

    tables = [
        reader.page(body_of([record(n, new=f"x{n}", flag=n == 2, count=n)]), CALL).table
        for n in range(1, 5)
    ]

    payments = to_payments(joined(tables))
    assert len(slow) == 1
    assert payments["new"].tolist() == ["x1", "x2", "x3", "x4"]
    assert payments["flag"].tolist() == [False, True, False, False]
    assert payments["count"].tolist() == [1, 2, 3, 4]


def test_half_characters_are_written_out_as_an_escape() -> None:
    text = '[{"imp_uid":"a","merchant_uid":"o\\ud800","amount":1,"currency":"KRW","status":"paid"}]'

    assert payments_of([0], text)["merchant_uid"][0] == "o\\ud800"


@pytest.mark.parametrize(
    "name", ["이름\u202e", "\u0000", "e\u0301", "😀", "a" * 10_000, "\\", '"', "\n"]
)
def test_odd_texts_are_kept_as_they_are(name: str) -> None:
    assert one(name=name)["name"] == name


def test_no_rows_give_an_empty_table_of_the_right_kinds() -> None:
    assert payments_of([]).dtypes.equals(empty(PAYMENTS).dtypes)


def test_the_certificate_says_what_could_not_be_read(api) -> None:
    rows = [record(1), record(2, amount="1,000"), record(3, card_quota=1.5, brand_new="x")]
    server = api(lambda _request: page_of(rows))

    pulled = client_of(server.url).payments("2022-11-13")

    certificate = pulled.attrs["pull"]
    assert len(pulled) == 3
    assert certificate["verdict"] == "INCOMPLETE"
    assert certificate["unread"] == {"amount": 1, "card_quota": 1}
    assert certificate["reasons"] == [
        "amount: 1 value(s) could not be read, kept in column 'unread'"
    ]
    assert certificate["unknown_fields"] == ["brand_new"]
