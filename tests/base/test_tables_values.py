"""A value is conformed exactly or refused; nothing is rounded, cut or guessed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from base_frames import ledger_with, payments_with, refusal

from jtnet_recon.tables import LEDGER, PAYMENTS, conform


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
