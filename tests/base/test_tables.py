"""A frame is conformed exactly or refused; nothing is rounded, cut or guessed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from jtnet_recon.errors import TableError
from jtnet_recon.money import INT64_MAX
from jtnet_recon.tables import LEDGER, PAYMENTS, PREPARED, TRANSACTIONS, conform, empty, label

TABLES = (LEDGER, PAYMENTS, TRANSACTIONS, PREPARED)


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


def declared(table):
    """Give the dtypes of the columns that every frame of a table has."""
    return {c.name: c.dtype for c in table.columns if not c.optional}


def refusal(frame, table=LEDGER, **options):
    with pytest.raises(TableError) as caught:
        conform(frame, table, **options)
    assert caught.value.hint
    assert any("가" <= letter <= "힣" for letter in caught.value.hint_ko)
    return caught.value


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
    "values",
    [
        pd.Series([1, -2], dtype="int32"),
        pd.Series([1, -2], dtype="Int64"),
        pd.Series([1, -2], dtype="int64[pyarrow]"),
        pd.Series([1.0, -2.0]),
        pd.Series([1.0, -2.0], dtype="Float64"),
        pd.Series([1, -2], dtype="object"),
        pd.Series([np.int64(1), -2], dtype="object"),
    ],
    ids=lambda values: str(values.dtype),
)
def test_whole_amounts_of_any_type_become_int64(values):
    result = conform(ledger_with("amount", values), LEDGER)["amount"]

    assert (result.tolist(), str(result.dtype)) == ([1, -2], "int64")


@pytest.mark.parametrize(
    ("values", "what", "value"),
    [
        ([1.0, 2.5], "is not a whole number of minor units", "2.5"),
        ([1.0, float("inf")], "is not a whole number of minor units", "inf"),
        ([0.0, 2.0**53], "is not a whole number of minor units", "9007199254740992.0"),
        ([1.0, None], "an amount is missing", "nan"),
        (pd.Series([1, None], dtype="Int64"), "an amount is missing", "<NA>"),
        (["1", "x"], "is not a whole number", "'1'"),
        ([True, False], "is not a whole number", "True"),
        (pd.Series([1, True], dtype="object"), "is not a whole number", "True"),
        ([Decimal(5), Decimal("5.5")], "is not a whole number", "Decimal('5')"),
        (pd.Series([0, 2**63], dtype="uint64"), "does not fit into 64 bits", f"{2**63}"),
        (pd.Series([0, 2**64], dtype="object"), "does not fit into 64 bits", f"{2**64}"),
        (
            pd.Series([0, -(2**63) - 1], dtype="object"),
            "does not fit into 64 bits",
            f"-{2**63 + 1}",
        ),
    ],
)
def test_amounts_that_are_not_whole_and_exact_are_refused(values, what, value):
    error = refusal(ledger_with("amount", values))

    assert error.message.startswith("ledger.amount: an amount ")
    assert what in error.message
    assert (error.column, error.value) == ("amount", value)


def test_the_first_misfit_is_named_by_the_frame_s_own_index():
    frame = ledger_with("amount", [1.0, 2.5]).set_index(pd.Index(["first", "second"]))

    assert "at row index 'second', value 2.5" in refusal(frame).message


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        (["00123", "1e5"], ["00123", "1e5"]),
        ([123, 9007199254740993], ["123", "9007199254740993"]),
        (pd.Series([7, None], dtype="Int64"), ["7", None]),
        (pd.Series(["a", None], dtype="object"), ["a", None]),
        (pd.Series(["a", None], dtype="string"), ["a", None]),
        (pd.Series(["a", "b"], dtype="category"), ["a", "b"]),
        ([None, None], [None, None]),
        ([np.nan, np.nan], [None, None]),
        (["NA", "nan"], ["NA", "nan"]),
    ],
)
def test_ids_are_text_and_missing_ones_stay_missing(values, texts):
    result = conform(ledger_with("merchant_uid", values), LEDGER)["merchant_uid"]

    assert [None if pd.isna(text) else text for text in result] == texts
    assert str(result.dtype) == "str"


@pytest.mark.parametrize(
    ("values", "value"),
    [
        ([1.0, 2.0], "1.0"),
        (["a", 5], "5"),
        ([True, False], "True"),
        ([date(2022, 1, 1)], "datetime"),
    ],
)
def test_ids_that_were_read_as_numbers_are_refused(values, value):
    error = refusal(ledger_with("merchant_uid", pd.Series(values)))

    assert error.value.startswith(value)
    assert "read_csv(..., dtype=str)" in error.hint


@pytest.mark.parametrize(
    "values",
    [
        ["2022-11-07", None],
        ["20221107", None],
        ["2022-11-07T23:59:59", None],
        ["2022-11-06T15:00:00Z", None],
        [date(2022, 11, 7), None],
        pd.to_datetime(["2022-11-07 13:00", None]),
        pd.to_datetime(["2022-11-06 15:00", None]).tz_localize("UTC"),
        pd.to_datetime(["2022-11-07 23:59:59", None]).tz_localize("Asia/Seoul"),
    ],
    ids=repr,
)
def test_days_are_those_of_seoul(values):
    result = conform(ledger_with("paid_on", values), LEDGER)["paid_on"]

    assert str(result.dtype) == "datetime64[us]"
    assert result.iloc[0] == pd.Timestamp("2022-11-07")
    assert pd.isna(result.iloc[1])


@pytest.mark.parametrize(
    "values", [["2022-11"], ["2022"], ["07/11/2022"], ["2022-11-31"], ["nope"], [20221107], [4.5]]
)
def test_what_is_no_day_is_refused(values):
    error = refusal(ledger_with("paid_on", values))

    assert "ledger.paid_on: a day is expected at row index 0" in error.message
    assert error.hint == "Write days as 2022-11-07."


def test_days_with_and_without_a_zone_are_not_mixed():
    error = refusal(ledger_with("paid_on", ["2022-11-07", "2022-11-06T20:00:00Z"]))

    assert error.message.startswith("ledger.paid_on: Mixed timezones detected")
    assert "\n" not in error.message


def test_instants_of_any_zone_come_to_seoul():
    frame = payments_with("paid_at", pd.to_datetime(["2022-11-06 20:00"]).tz_localize("UTC"))

    result = conform(frame, PAYMENTS)["paid_at"]

    assert str(result.dtype) == "datetime64[us, Asia/Seoul]"
    assert result.iloc[0].isoformat() == "2022-11-07T05:00:00+09:00"


def test_instants_that_are_all_missing_need_no_zone():
    result = conform(payments_with("paid_at", [None]), PAYMENTS)["paid_at"]

    assert result.isna().all()
    assert str(result.dtype) == "datetime64[us, Asia/Seoul]"


@pytest.mark.parametrize("values", [pd.to_datetime(["2022-11-07"]), [1667746800], ["2022-11-07"]])
def test_instants_without_a_zone_are_refused(values):
    error = refusal(payments_with("paid_at", values), PAYMENTS)

    assert "payments.paid_at: instants need a time zone" in error.message
    assert "tz_localize('Asia/Seoul')" in error.hint


def test_numbers_and_flags_may_be_missing():
    frame = payments_with("card_quota", [3.0, None]).assign(sandbox=[True, None])

    result = conform(frame, PAYMENTS)

    assert result["card_quota"].tolist() == [3, pd.NA]
    assert result["sandbox"].tolist() == [True, pd.NA]


@pytest.mark.parametrize(
    ("name", "values", "hint"),
    [("card_quota", [1.5], "Write whole numbers."), ("sandbox", ["x"], "Write true or false.")],
)
def test_numbers_and_flags_that_are_none_are_refused(name, values, hint):
    error = refusal(payments_with(name, values), PAYMENTS)

    assert error.message.startswith(f"payments.{name}: ")
    assert error.hint == hint


def test_nested_columns_stay_as_they_came():
    history = [[{"amount": 1}]]

    assert (
        conform(payments_with("cancel_history", history), PAYMENTS)["cancel_history"][0]
        is (history[0])
    )


def test_nested_columns_kept_as_text_stay_text():
    result = conform(payments_with("cancel_history", pd.Series(["[]"], dtype="str")), PAYMENTS)

    assert result["cancel_history"].tolist() == ["[]"]
    assert result["cancel_history"].dtype == "object"


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
