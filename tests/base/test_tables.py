"""A frame is conformed exactly or refused: its columns, their order and dtypes."""

from __future__ import annotations

import pandas as pd
import pytest
from base_frames import ledger_with, payments_with, refusal
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from jtnet_recon.money import INT64_MAX
from jtnet_recon.tables import LEDGER, PAYMENTS, PREPARED, TRANSACTIONS, conform, empty, label

TABLES = (LEDGER, PAYMENTS, TRANSACTIONS, PREPARED)


def declared(table):
    """Give the dtypes of the columns that every frame of a table has."""
    return {c.name: c.dtype for c in table.columns if not c.optional}


def test_declared_columns_come_first_and_others_stay_as_they_are():
    frame = pd.DataFrame({"비고": ["x"], "amount": [5], "merchant_uid": ["o1"]})

    result = conform(frame, LEDGER)

    assert result.columns.tolist() == [*declared(LEDGER), "비고"]
    assert result.dtypes.astype(str).to_dict() | {"비고": "str"} == {
        **declared(LEDGER),
        "비고": "str",
    }


def test_absent_columns_are_added_empty():
    row = conform(pd.DataFrame({"merchant_uid": ["o1"], "amount": [5]}), LEDGER).iloc[0]

    assert (row["cancel_amount"], row["currency"]) == (0, "KRW")
    assert pd.isna(row["status"])
    assert pd.isna(row["paid_on"])


def test_absent_optional_columns_stay_absent():
    optional = {column.name for column in LEDGER.columns if column.optional}

    result = conform(pd.DataFrame({"merchant_uid": ["o1"], "amount": [5]}), LEDGER)

    assert optional == set(
        "cancelled_on kind refund_method imp_uid pg_tid apply_num card_code card_number card_quota "
        "escrow".split()
    )
    assert optional.isdisjoint(result.columns)


def test_optional_columns_that_are_there_stand_in_their_place_with_their_dtypes():
    frame = pd.DataFrame(
        {
            "escrow": [True, None],
            "비고": ["x", "y"],
            "card_quota": [3.0, None],
            "cancelled_on": ["2022-11-09", None],
            "apply_num": ["09249488", None],
            "amount": [5, 6],
            "merchant_uid": ["o1", "o2"],
        }
    )

    result = conform(frame, LEDGER)

    optional = ["cancelled_on", "apply_num", "card_quota", "escrow"]
    assert result.columns.tolist() == [*declared(LEDGER), *optional, "비고"]
    assert result[optional].dtypes.astype(str).to_dict() == {
        name: LEDGER.column(name).dtype for name in optional
    }
    assert result.loc[0, optional].tolist() == [pd.Timestamp("2022-11-09"), "09249488", 3, True]
    assert result.loc[1, optional].isna().all()


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("cancelled_on", "2022-11-31", "a day is expected"),
        ("apply_num", 9249488.0, "ids and codes are text"),
        ("card_quota", 1.5, "cannot safely cast"),
        ("escrow", "maybe", "Need to pass bool-like values"),
    ],
)
def test_optional_columns_are_held_to_their_kind(name, value, what):
    error = refusal(ledger_with(name, [value]))

    assert error.message.startswith(f"ledger.{name}: ")
    assert what in error.message
    assert error.column == name


def test_transactions_need_their_ids_their_kind_and_a_signed_amount():
    frame = pd.DataFrame(
        {
            "transaction_id": ["imp_1:approval", "imp_1:cancel:1"],
            "imp_uid": ["imp_1", "imp_1"],
            "merchant_uid": ["o1", "o1"],
            "kind": ["approval", "cancel"],
            "amount": [5, -2],
            "currency": ["KRW", "KRW"],
            "at": pd.to_datetime(["2022-11-06 20:00", None]).tz_localize("UTC"),
            "비고": [None, "x"],
        }
    )

    result = conform(frame, TRANSACTIONS)

    assert result.columns.tolist() == [*TRANSACTIONS.names, "비고"]
    assert result["amount"].tolist() == [5, -2]
    assert result["at"].iloc[0].isoformat() == "2022-11-07T05:00:00+09:00"
    assert result["sandbox"].isna().all()
    for column in TRANSACTIONS.columns:
        if column.required:
            message = refusal(frame.drop(columns=column.name), TRANSACTIONS).message
            assert message == f"transactions: there is no column {column.name!r}."


def test_prepared_amounts_need_no_currency():
    frame = pd.DataFrame({"merchant_uid": ["o1"], "amount": [5.0]})

    assert conform(frame, PREPARED).to_dict("list") == {"merchant_uid": ["o1"], "amount": [5]}
    kept = conform(frame.assign(currency=["USD"]), PREPARED)
    assert kept["currency"].tolist() == ["USD"]
    error = refusal(frame.drop(columns="amount"), PREPARED)
    assert error.message == "prepared: there is no column 'amount'."


def test_absent_nested_columns_are_none():
    result = conform(payments_with("name", ["a"]), PAYMENTS)

    assert result["cancel_history"].tolist() == [None]


def test_without_fill_only_what_is_there_is_checked():
    frame = pd.DataFrame({"amount": [5.0], "merchant_uid": ["o1"], "x": [1]})

    result = conform(frame, LEDGER, fill=False)

    assert result.columns.tolist() == ["merchant_uid", "amount", "x"]
    assert result["amount"].dtype == "int64"


def test_the_frame_is_left_alone_and_its_attributes_are_kept():
    frame = pd.DataFrame({"merchant_uid": [1], "amount": [5.0]}, index=[7])
    frame.attrs["source"] = {"kind": "test"}
    before = frame.copy(deep=True)

    result = conform(frame, LEDGER)
    result.attrs["more"] = 1

    assert_frame_equal(frame, before)
    assert frame.attrs == {"source": {"kind": "test"}}
    assert result.attrs == {"source": {"kind": "test"}, "more": 1}
    assert result.index.tolist() == [7]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_an_empty_table_has_its_columns_and_is_conformed_already(table):
    none = empty(table)

    assert none.dtypes.astype(str).to_dict() == declared(table)
    assert_frame_equal(conform(none, table), none)


@given(st.lists(st.tuples(st.text(max_size=5), st.integers(-INT64_MAX, INT64_MAX)), min_size=1))
def test_conforming_twice_changes_nothing(rows):
    ids, amounts = zip(*rows, strict=True)
    frame = pd.DataFrame({"merchant_uid": ids, "amount": pd.Series(amounts, dtype="object")})

    once = conform(frame, LEDGER)

    assert_frame_equal(conform(once, LEDGER), once)
    assert once["amount"].tolist() == list(amounts)
    assert once["merchant_uid"].tolist() == list(ids)


def test_an_absent_column_is_named_with_the_nearest_there_is():
    error = refusal(pd.DataFrame({"merchant_id": ["o1"], "amount": [1]}))

    assert error.message == "ledger: there is no column 'merchant_uid'."
    assert error.hint == "Did you mean 'merchant_id'? Rename it to 'merchant_uid'."
    assert error.column == "merchant_uid"


def test_an_absent_column_that_resembles_none_is_named_with_all_there_are():
    assert refusal(pd.DataFrame({"amount": [1], "x": [2]})).hint == "It has: amount, x."
    assert refusal(pd.DataFrame()).hint == "It has: none."


def test_a_column_that_stands_twice_is_refused():
    frame = pd.DataFrame([["o1", 1, 2]], columns=["merchant_uid", "amount", "amount"])

    error = refusal(frame)

    assert error.message == "ledger: column 'amount' stands twice."
    assert error.column == "amount"


@pytest.mark.parametrize(
    ("name", "lang", "text"),
    [
        ("amount", "en", "Amount"),
        ("amount", "ko", "결제금액"),
        ("paid_on", "ko", "결제일"),
        ("amount_ledger", "en", "Amount (ledger)"),
        ("amount_payments", "ko", "결제금액 (PG)"),
        ("비고", "ko", "비고"),
        ("비고_ledger", "ko", "비고 (원장)"),
        ("refund_method", "en", "Refunded by"),
        ("cancelled_on_ledger", "ko", "취소일 (원장)"),
        ("transaction_id", "ko", "거래"),
    ],
)
def test_columns_have_labels_for_reports(name, lang, text):
    assert label(name, lang=lang) == text
