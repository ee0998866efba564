"""Delimited text: encodings, delimiters, and every row accounted for."""

from __future__ import annotations

import pandas as pd
import pytest
from files_cells import COLUMNS, EXPECTED, HEAD_LINE
from pandas.testing import assert_frame_equal

from jtnet_recon.errors import TableError
from jtnet_recon.files import read_ledger


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(write_csv, delimiter):
    ledger = read_ledger(write_csv(delimiter=delimiter))

    assert ledger[COLUMNS].to_numpy().tolist() == EXPECTED
    assert ledger.attrs["source"]["delimiter"] == delimiter


def test_a_tab_is_told_from_thousands_separators(write_csv):
    ledger = read_ledger(write_csv("주문번호\t결제금액\no1\t14,000\no2\t15,000\n"))

    assert ledger["amount"].tolist() == [14000, 15000]


def test_a_line_that_names_the_delimiter_is_followed(write_csv):
    ledger = read_ledger(write_csv("sep=;\r\n주문번호;결제금액\r\no1;14,000\r\n"))

    assert ledger["amount"].tolist() == [14000]


def test_a_long_file_is_sampled_at_a_line_end(write_csv):
    lines = "".join(f'o{n},1000,"a, b"\n' for n in range(20_000))

    assert len(read_ledger(write_csv(HEAD_LINE + lines))) == 20_000


def test_a_stray_quote_that_swallows_rows_is_found(write_csv, refusal):
    error = refusal(write_csv(HEAD_LINE + 'o1,1000,"책\no2,2000,연필"\no3,3000,펜\n'))

    assert error.row == 2
    assert "a stray quote makes one cell of several rows" in error.message
    assert error.value == '"책⏎o2,2000,연필"'


def test_a_quote_followed_by_text_is_found(write_csv, refusal):
    error = refusal(write_csv(HEAD_LINE + 'o1,1000,책\no2,2000,"연"필\n'))

    assert error.row == 3
    assert "a quote is followed by text" in error.message


def test_a_quote_that_is_never_closed_is_found_where_it_opens(write_csv, refusal):
    error = refusal(write_csv(HEAD_LINE + 'o1,1000,책\no2,2000,"연필\no3,3000,펜\n'))

    assert error.row == 3
    assert "never closed" in error.message


def test_a_cell_without_end_is_refused(write_csv, refusal):
    error = refusal(write_csv(HEAD_LINE + 'o1,1000,"' + "책" * 140_000 + '"\n'))

    assert error.row == 2
    assert "longer than 131,072 characters" in error.message


def test_a_line_break_inside_a_quoted_cell_is_kept(write_csv):
    ledger = read_ledger(write_csv(HEAD_LINE + 'o1,1000,"서울시, 강남구\n역삼동"\no2,2000,펜\n'))

    assert ledger["상품명"].tolist() == ["서울시, 강남구\n역삼동", "펜"]


def test_a_long_row_is_refused(write_csv, refusal):
    error = refusal(write_csv(HEAD_LINE + "o1,14,000,책\no2,2000,펜\no3,15,000,연필\n"))

    assert (error.row, error.value) == (2, '"책"')
    assert "it has 4 cells where the header (row 1) has 3" in error.message
    assert "2 rows differ: 2, 4" in error.message


def test_a_short_row_is_refused(write_csv, refusal):
    error = refusal(write_csv(HEAD_LINE + "o1,1000,책\no2,2000\n"))

    assert error.row == 3
    assert "it has 2 cells where the header (row 1) has 3" in error.message


def test_a_cell_too_many_in_every_row_is_refused_not_shifted(write_csv, refusal):
    error = refusal(write_csv("주문번호,결제금액\nx,o1,1000\nx,o2,2000\n"))

    assert error.row == 2
    assert "it has 3 cells where the header (row 1) has 2" in error.message


def test_delimiters_at_the_end_of_rows_are_no_cells(write_csv):
    ledger = read_ledger(write_csv("주문번호,결제금액\no1,1000,,\no2,2000,\n"))

    assert ledger["amount"].tolist() == [1000, 2000]


def test_mixed_line_ends_are_counted(write_csv):
    ledger = read_ledger(write_csv("주문번호,결제금액\r\no1,1000\no2,2000\ro3,3000\n"))

    assert ledger["amount"].tolist() == [1000, 2000, 3000]
    assert "line ends are mixed: 1 CRLF, 2 LF, 1 CR" in ledger.attrs["source"]["notes"]


def test_the_source_is_described(write_csv):
    source = read_ledger(write_csv()).attrs["source"]

    assert source["columns"] == {
        "merchant_uid": "주문번호",
        "amount": "결제금액",
        "cancel_amount": "취소금액",
        "paid_on": "결제일",
        "status": "상태",
    }
    assert (source["rows_offered"], source["rows_accepted"]) == (2, 2)
    assert (source["header_row"], source["name"], len(source["sha256"])) == (1, "ledger.csv", 64)
    assert "merchant_uid <- '주문번호' (column A), by its heading" in source["guessed"]


def test_what_was_guessed_is_logged(write_csv, caplog):
    with caplog.at_level("INFO", logger="jtnet_recon.files"):
        read_ledger(write_csv())

    assert "amount <- '결제금액' (column B), by its heading" in caplog.text


def test_dtypes_are_those_of_the_table(write_csv):
    ledger = read_ledger(write_csv())

    assert ledger.dtypes.astype(str).to_dict() == {
        "merchant_uid": "str",
        "amount": "int64",
        "cancel_amount": "int64",
        "currency": "str",
        "status": "str",
        "paid_on": "datetime64[us]",
    }


def test_errors_are_table_errors_with_a_code():
    with pytest.raises(TableError) as caught:
        read_ledger("nowhere.csv")

    assert caught.value.code == "JR-TABLE"


def test_reading_a_ledger_again_changes_nothing(write_csv):
    ledger = read_ledger(write_csv())

    again = read_ledger(ledger)

    assert_frame_equal(again, ledger)
    assert again is not ledger
    assert isinstance(again, pd.DataFrame)


def test_a_long_file_with_one_bad_row_is_judged_by_its_first_rows(write_csv, refusal, monkeypatch):
    monkeypatch.setattr("jtnet_recon.files.decode._LINES_TRIED", 5)
    rows = "".join(f"o{n},1,\n" for n in range(3)) + "".join(f"o{n},1,주전자\n" for n in range(9))
    good = ("order_id,amount,상품\n" + rows).encode()

    error = refusal(write_csv(good + "o9,1,전기주전자\n".encode("cp949")))

    assert error.row == 14
    assert "is not UTF-8 like the rows before" in error.message
