"""Days are read as people write them, and one that may be two is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from jtnet_recon.files.dates import read_day
from jtnet_recon.files.faults import RefusalError


@pytest.mark.parametrize(
    "text",
    [
        "2022-11-07",
        "2022.11.07",
        "2022.11.07.",
        "2022. 11. 7",
        "20221107",
        "2022/11/07",
        "2022-11-7",
        "2022년 11월 7일",
        "2022년11월07일",
        "2022-11-07(월)",
        "2022-11-07 13:05:33",
        "2022-11-07 13:05",
        "2022-11-07T13:05:33.123",
        "2022-11-07 오후 1:05:33",
        "2022-11-07 오전 12:05",
        "2022-11-07 1:05 PM",
        "2022-11-07 13시 05분 33초",
        "20221107130533",
        "20221107 130533",
        "2022-11-07T13:05:33+09:00",
        "2022-11-07T13:05:33KST",
        "2022-11-06T15:00:00Z",
        "2022-11-06 20:00:00-05:00",
        "２０２２-１１-０７",
    ],
)
def test_days_are_read_as_people_write_them(text):
    assert read_day(text) == date(2022, 11, 7)


@pytest.mark.parametrize("text", ["", " ", "-", None])
def test_a_blank_day_is_missing(text):
    assert read_day(text) is None


@pytest.mark.parametrize("text", ["24-01-02", "01/02/2024", "11/07", "2-3-2022", "11.07 13:00"])
def test_a_day_whose_order_is_not_clear_is_refused(write_csv, refusal, text):
    error = refusal(write_csv([["주문번호", "금액", "결제일"], ["o1", "1", text]]))

    assert (error.row, error.column, error.value) == (2, "결제일", text)
    assert f'"{text}" does not say which is year, month and day' in error.message
    assert error.hint == "Write 2022-11-07 or 2022-11-07 13:05:33."


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("2022-02-30", "is a date that does not exist"),
        ("2022-11-07 25:00:00", "is a date that does not exist"),
        ("어제", "is no date"),
        ("2022-11-07 soon", "is no date"),
        ("2022-11.07", "is no date"),
        ("0202-11-07", "is a day in the year 202"),
        ("99999999", "is a date that does not exist"),
        ("11월 7일", "does not say the year"),
        ("44872", "is the number that a spreadsheet keeps for a day"),
        ("44872.75", "is the number that a spreadsheet keeps for a day"),
    ],
)
def test_a_day_that_is_none_is_refused(write_csv, refusal, text, what):
    error = refusal(write_csv([["주문번호", "금액", "결제일"], ["o1", "1", text]]))

    assert f'"{text}" {what}' in error.message


@pytest.mark.parametrize("cell", [True, 10**7 + 0.5, -1e9, float("inf"), Decimal(1)])
def test_cells_that_are_no_days_are_refused(cell):
    with pytest.raises(RefusalError):
        read_day(cell)


@pytest.mark.parametrize(
    ("serial", "is_1904", "day"),
    [
        (44872, False, date(2022, 11, 7)),
        (44872.75, False, date(2022, 11, 7)),
        (43410, True, date(2022, 11, 7)),
        (20221107.0, False, date(2022, 11, 7)),
    ],
)
def test_serial_numbers_of_spreadsheets_are_days(serial, is_1904, day):
    assert read_day(serial, is_1904=is_1904) == day
