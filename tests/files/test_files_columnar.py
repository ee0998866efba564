"""Parquet files and frames."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pandas.testing import assert_frame_equal

from jtnet_recon.errors import ConfigError
from jtnet_recon.files import read_ledger


@pytest.fixture
def write_parquet(tmp_path):
    def write(columns, **options):
        path = tmp_path / "ledger.parquet"
        pq.write_table(pa.table(columns), path, **options)
        return path

    return write


def test_decimals_integers_and_instants_are_exact(write_parquet):
    columns = {
        "주문번호": ["o1", "o2"],
        "결제금액": pa.array([Decimal("19.99"), Decimal(9007199254740993)], pa.decimal128(20, 2)),
        "취소금액": pa.array([0, 9007199254740993], pa.int64()),
        "통화": pa.array(["USD", "KRW"]).dictionary_encode(),
        "결제일시": pa.array(
            [datetime(2022, 11, 6, 15, tzinfo=UTC), None], pa.timestamp("ns", "UTC")
        ),
    }

    ledger = read_ledger(write_parquet(columns))

    assert ledger["amount"].tolist() == [1999, 9007199254740993]
    assert ledger["cancel_amount"].tolist() == [0, 9007199254740993]
    assert ledger["paid_on"].tolist()[0] == pd.Timestamp("2022-11-07")
    assert ledger["paid_on"].isna().tolist() == [False, True]
    assert ledger.attrs["source"]["kind"] == "parquet"


def test_integer_ids_are_written_out(write_parquet):
    columns = {"주문번호": pa.array([9007199254740993], pa.int64()), "금액": [1]}

    assert read_ledger(write_parquet(columns))["merchant_uid"].tolist() == ["9007199254740993"]


def test_days_stay_days(write_parquet):
    columns = {"주문번호": ["o1"], "금액": [1], "결제일": pa.array([date(2022, 11, 7)])}

    assert read_ledger(write_parquet(columns))["paid_on"].tolist() == [pd.Timestamp("2022-11-07")]


def test_whole_floats_are_taken(write_parquet):
    assert read_ledger(write_parquet({"주문번호": ["o"], "금액": [14000.0]}))["amount"][0] == 14000


@pytest.mark.parametrize("amount", [14000.5, 2.0**53, float("inf")])
def test_floats_that_are_no_whole_amounts_are_refused(write_parquet, refusal, amount):
    error = refusal(write_parquet({"주문번호": ["o1", "o2"], "금액": [1.0, amount]}))

    assert (error.file, error.row, error.column) == ("ledger.parquet", 2, "금액")
    assert error.value == f"{amount:.16g}"


def test_nan_is_a_blank_amount(write_parquet, refusal):
    error = refusal(write_parquet({"주문번호": ["o1"], "금액": [float("nan")]}))

    assert '"nan" is not an amount' in error.message


def test_a_nested_column_is_kept_as_text_and_refused_as_an_amount(write_parquet, refusal):
    nested = {"주문번호": ["o1"], "금액": [1], "이력": [[{"금액": 1}]], "원본": [b"\xff"]}

    ledger = read_ledger(write_parquet(nested))
    error = refusal(write_parquet({"주문번호": ["o1"], "금액": [[1]]}))

    assert ledger["이력"].tolist() == ['[{"금액": 1}]']
    assert ledger["원본"].tolist() == [r"\xff"]
    assert '"[1]" is not an amount' in error.message


def test_headings_that_differ_in_case_only_are_refused(write_parquet, refusal):
    error = refusal(write_parquet({"주문번호": ["o1"], "Amount": [1], "AMOUNT": [2]}))

    assert "column B (Amount) and column C (AMOUNT) may both be amount" in error.message


def test_a_parquet_file_cut_off_is_refused(write_parquet, refusal):
    path = write_parquet({"주문번호": ["o1"], "금액": [1]})
    path.write_bytes(path.read_bytes()[:-20])

    error = refusal(path)

    assert error.file == "ledger.parquet"
    assert "it is damaged or cut off" in error.message


def test_a_changed_byte_in_a_page_with_checksums_is_refused(write_parquet, refusal):
    path = write_parquet(
        {"주문번호": ["order-1"], "금액": [1]},
        write_page_checksum=True,
        use_dictionary=False,
        compression="none",
    )
    data = path.read_bytes()
    # The header of a page may quote the value as its smallest one; the cell itself comes after it.
    at = data.index(b"\x07\x00\x00\x00order-1") + 4
    path.write_bytes(data[:at] + b"order-2" + data[at + 7 :])

    assert "it is damaged or cut off" in refusal(path).message


def test_a_parquet_file_of_any_name_is_read(write_parquet):
    path = write_parquet({"주문번호": ["o1"], "금액": [1]})

    assert len(read_ledger(path.rename(path.with_suffix(".csv")))) == 1


def test_an_empty_parquet_file_needs_leave(write_parquet, refusal):
    path = write_parquet({"주문번호": pa.array([], pa.string()), "금액": pa.array([], pa.int64())})

    assert "it has headings but no rows" in refusal(path).message
    assert len(read_ledger(path, allow_empty=True)) == 0


def test_a_frame_is_read_like_a_file():
    frame = pd.DataFrame(
        {
            "주문번호": ["o1", None, "o3"],
            "금액": ["14,000원", 2000, Decimal(3)],
            "취소금액": [None, float("nan"), 1.0],
            "결제일": [pd.Timestamp("2022-11-06 15:00", tz="UTC"), pd.NaT, "2022년 11월 8일"],
            "메모": [1.5, None, "x"],
        },
        index=[7, 7, 7],
    )
    before = frame.copy(deep=True)

    ledger = read_ledger(frame)

    assert ledger["merchant_uid"].fillna("").tolist() == ["o1", "", "o3"]
    assert ledger["amount"].tolist() == [14000, 2000, 3]
    assert ledger["cancel_amount"].tolist() == [0, 0, 1]
    assert ledger["paid_on"].dt.strftime("%d").fillna("").tolist() == ["07", "", "08"]
    assert ledger["메모"].fillna("").tolist() == ["1.5", "", "x"]
    assert ledger.index.tolist() == [0, 1, 2]
    assert ledger.attrs["source"]["kind"] == "frame"
    assert_frame_equal(frame, before)


def test_the_error_of_a_frame_counts_its_rows_from_one(refusal):
    error = refusal(pd.DataFrame({"주문번호": ["o1", "o2"], "금액": ["1", "x"]}))

    assert error.message == 'DataFrame, row 2, column B (금액): "x" is not an amount.'


def test_float_ids_of_a_frame_that_had_a_blank_become_their_digits():
    frame = pd.DataFrame({"주문번호": [1001.0, None], "금액": [1, 2]})

    assert read_ledger(frame)["merchant_uid"].fillna("").tolist() == ["1001", ""]


def test_float_ids_that_lost_digits_are_refused(refusal):
    error = refusal(pd.DataFrame({"주문번호": [2.0**60], "금액": [1]}))

    assert (error.row, error.column) == (1, "주문번호")
    assert "has lost digits of the order id" in error.message


def test_true_and_one_are_told_apart(refusal):
    frame = pd.DataFrame({"주문번호": ["a", "b", "c"], "금액": [1, 1.0, True]}, dtype="object")

    error = refusal(frame)

    assert (error.row, error.value) == (3, "True")


def test_equal_frames_have_equal_digests():
    one = read_ledger(pd.DataFrame({"주문번호": ["o1"], "금액": [1]})).attrs["source"]["sha256"]
    same = read_ledger(pd.DataFrame({"주문번호": ["o1"], "금액": [1]})).attrs["source"]["sha256"]
    other = read_ledger(pd.DataFrame({"주문번호": ["o1"], "금액": [2]})).attrs["source"]["sha256"]

    assert one == same != other


def test_options_that_mean_nothing_for_a_frame_are_refused():
    frame = pd.DataFrame({"주문번호": ["o1"], "금액": [1]})

    with pytest.raises(ConfigError, match="header_row= means nothing for a DataFrame"):
        read_ledger(frame, header_row=1)


def test_options_that_mean_nothing_for_parquet_are_refused(write_parquet):
    with pytest.raises(ConfigError, match="sheet= means nothing for Parquet"):
        read_ledger(write_parquet({"주문번호": ["o1"], "금액": [1]}), sheet="x")


def test_a_missing_amount_of_a_frame_is_refused(refusal):
    frame = pd.DataFrame({"주문번호": ["o1", "o2"], "금액": pd.Series([1, None], dtype="object")})

    error = refusal(frame)

    assert error.message == "DataFrame, row 2, column B (금액): the amount is blank."


@pytest.mark.parametrize("currency", ["WONS", "원단위", "12"])
def test_a_currency_that_is_none_is_refused_before_anything_is_read(currency):
    with pytest.raises(ConfigError, match="is no currency") as caught:
        read_ledger("nowhere.csv", currency=currency)

    assert "KRW or USD" in caught.value.hint
    assert "세 글자" in caught.value.hint_ko
