"""What books hold besides amounts, states and days: read by name or heading, never guessed."""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd
import pytest
from files_cells import HEAD, values_of

from jtnet_recon.columns import LEDGER
from jtnet_recon.errors import ConfigError
from jtnet_recon.files import read_ledger
from jtnet_recon.files.words import HEADINGS, NAMES, OPTIONAL


@pytest.mark.parametrize(
    ("name", "heading", "cell", "value"),
    [
        ("cancelled_on", "취소일", "2022-11-09", pd.Timestamp("2022-11-09")),
        ("cancelled_on", "환불일", "20221109", pd.Timestamp("2022-11-09")),
        ("cancelled_on", "취소 일자", "2022년 11월 9일", pd.Timestamp("2022-11-09")),
        ("cancelled_on", "Refund date", "2022-11-08T20:00:00Z", pd.Timestamp("2022-11-09")),
        ("kind", "구분", "매출", "approval"),
        ("kind", "매출구분", "부분 취소", "cancel"),
        ("kind", "거래유형", "Refund", "cancel"),
        ("refund_method", "환불수단", " 계좌이체 ", "계좌이체"),
        ("refund_method", "환불 방법", "원결제수단", "원결제수단"),
        ("imp_uid", "포트원 번호", "imp_123456789012", "imp_123456789012"),
        ("imp_uid", "아임포트 번호", " imps_1 ", "imps_1"),
        ("imp_uid", "imp_uid", "imp_1", "imp_1"),
        (
            "pg_tid",
            "PG 거래번호",
            "shopjt001m01012211071200000001",
            "shopjt001m01012211071200000001",
        ),
        ("pg_tid", "거래번호", "t1", "t1"),
        ("pg_tid", "TID", "t1", "t1"),
        ("apply_num", "승인번호", "09249488", "09249488"),
        ("apply_num", "Approval No.", "09249488", "09249488"),
        ("card_code", "카드사코드", "041", "041"),
        ("card_number", "카드번호", "5272-12**-****-1234", "5272-12**-****-1234"),
        ("card_quota", "할부개월", "3", 3),
        ("card_quota", "할부", "일시불", 0),
        ("escrow", "에스크로", "Y", True),
        ("escrow", "에스크로 사용여부", "미사용", False),
    ],
)
def test_common_headings_are_taken_and_shown_as_guessed(column, name, heading, cell, value):
    ledger = column(heading, [cell, ""])

    assert values_of(ledger, name) == [value, None]
    assert str(ledger[name].dtype) == LEDGER.column(name).dtype
    source = ledger.attrs["source"]
    assert source["columns"][name] == heading
    if heading != name:
        assert f"{name} <- {heading!r} (column C), by its heading" in source["guessed"]


@pytest.mark.parametrize("name", OPTIONAL)
def test_each_can_be_named_by_the_caller_and_is_then_no_guess(column, name):
    cell = {"cancelled_on": "2022-11-09", "kind": "취소", "card_quota": "3", "escrow": "Y"}

    ledger = column("열", [cell.get(name, "x1")], columns={name: "열"})

    assert ledger[name].notna().tolist() == [True]
    assert not any(guess.startswith(f"{name} <-") for guess in ledger.attrs["source"]["guessed"])
    assert list(ledger.columns) == [*LEDGER.names[:6], name]


@pytest.mark.parametrize("name", OPTIONAL)
def test_our_own_name_is_no_guess(column, name):
    cell = {"cancelled_on": "2022-11-09", "kind": "cancel", "card_quota": "3", "escrow": "true"}

    source = column(name, [cell.get(name, "x1")]).attrs["source"]

    assert source["columns"][name] == name
    assert not any(name in guess for guess in source["guessed"])


def test_what_a_ledger_does_not_have_is_not_added(write_csv):
    assert list(read_ledger(write_csv()).columns) == LEDGER.names[:6]


def test_no_heading_means_two_of_our_columns():
    words = [word for name in NAMES for word in HEADINGS[name]]

    assert len(words) == len(set(words))
    assert set(HEADINGS) == set(NAMES) == set(LEDGER.names)


def test_a_table_read_again_stays_as_it_is(column):
    ledger = column("할부개월", ["3", ""])

    again = read_ledger(ledger)

    pd.testing.assert_frame_equal(again, ledger)


# Several columns that may be meant


def test_of_two_columns_that_may_be_meant_neither_is_taken_and_both_are_named(write_csv):
    rows = [[*HEAD, "거래번호", "TID"], ["o1", "1000", "a", "b"]]

    ledger = read_ledger(write_csv(rows))

    assert "pg_tid" not in ledger.columns
    assert ledger[["거래번호", "TID"]].to_numpy().tolist() == [["a", "b"]]
    (note,) = ledger.attrs["source"]["notes"]
    assert note == (
        "column C (거래번호) and column D (TID) may both be pg_tid: neither was taken; "
        'columns={"pg_tid": …} says which'
    )


def test_of_two_columns_the_one_the_caller_names_is_taken(write_csv):
    rows = [[*HEAD, "거래번호", "TID"], ["o1", "1000", "a", "b"]]

    ledger = read_ledger(write_csv(rows), columns={"pg_tid": "TID"})

    assert ledger["pg_tid"].tolist() == ["b"]
    assert ledger["거래번호"].tolist() == ["a"]
    assert ledger.attrs["source"]["notes"] == []


def test_a_heading_of_the_caller_that_stands_twice_is_refused(write_csv, refusal):
    rows = [[*HEAD, "TID", "TID"], ["o1", "1000", "a", "b"]]

    error = refusal(write_csv(rows), columns={"pg_tid": "TID"})

    assert "the heading 'TID', wanted as pg_tid, stands 2 times: columns C, D" in error.message


def test_a_heading_of_the_caller_that_is_missing_is_refused_with_the_nearest(write_csv, refusal):
    rows = [[*HEAD, "승인번호"], ["o1", "1000", "1"]]

    error = refusal(write_csv(rows), columns={"apply_num": "승인 번"})

    assert "there is no column '승인 번' (wanted as apply_num)" in error.message
    assert error.hint == "Did you mean '승인번호'?"
    assert error.column == "승인 번"


@pytest.mark.parametrize("heading", ["", (), [" "]])
def test_a_column_is_left_aside_when_the_caller_says_so(column, heading):
    ledger = column("에스크로", ["확인중"], columns={"escrow": heading})

    assert ledger["에스크로"].tolist() == ["확인중"]
    assert "escrow" not in ledger.columns


def test_a_state_is_left_aside_when_the_caller_says_so(column):
    ledger = column("상태", ["확인중"], columns={"status": ""})

    assert ledger["상태"].tolist() == ["확인중"]
    assert values_of(ledger, "status") == [None]


@pytest.mark.parametrize("heading", ["", []])
def test_a_column_that_has_to_be_there_is_not_left_aside(write_csv, heading):
    with pytest.raises(ConfigError, match="names no heading for amount") as caught:
        read_ledger(write_csv(), columns={"amount": heading})

    assert 'columns={"amount": "…"}' in caught.value.hint
    assert "amount" in caught.value.hint_ko


def test_a_refund_day_that_does_not_exist_is_refused(told):
    error = told("취소일", "2022-11-31")

    assert error.message == (
        'ledger.csv, row 3, column C (취소일): "2022-11-31" is a date that does not exist.'
    )
    assert error.hint == (
        "Write 2022-11-07 or 2022-11-07 13:05:33. "
        'Or leave the column aside: columns={"cancelled_on": ""}.'
    )


def test_days_of_a_workbook_of_1904_are_days_of_1904(write_xlsx):
    def in_1904(book):
        book.epoch = datetime(1904, 1, 1)  # noqa: DTZ001 - a spreadsheet's epoch has no zone

    rows = [[*HEAD, "환불일"], ["o1", 1000, date(2022, 11, 9)]]

    ledger = read_ledger(write_xlsx(rows, change=in_1904))

    assert ledger["cancelled_on"].tolist() == [pd.Timestamp("2022-11-09")]


@pytest.mark.parametrize(
    ("cell", "months"),
    [
        ("일시불", 0),
        ("일 시 불", 0),
        ("00", 0),
        ("0", 0),
        ("03", 3),
        ("3개월", 3),
        ("12 개월", 12),
        ("할부 6개월", 6),
        ("무이자3개월", 3),
        ("3개월(무이자)", 3),
        ("2 months", 2),
        ("-", None),
        ("", None),
    ],
)
def test_instalments_are_months(column, cell, months):
    assert values_of(column("할부", [cell]), "card_quota") == [months]


def test_instalments_of_a_workbook_are_numbers(write_xlsx):
    rows = [[*HEAD, "할부개월"], ["o1", 1000, 3], ["o2", 1000, None], ["o3", 1000, "일시불"]]

    assert values_of(read_ledger(write_xlsx(rows)), "card_quota") == [3, None, 0]


@pytest.mark.parametrize("cell", ["3.5", "세 달", "-3", "100", "3/12"])
def test_instalments_that_are_no_months_are_refused(told, cell):
    error = told("할부", cell)

    assert error.message == (
        f'ledger.csv, row 3, column C (할부): "{cell}" is no number of months.'
    )
    assert "일시불 or 0" in error.hint
    assert (error.row, error.column, error.value) == (3, "할부", cell)


@pytest.mark.parametrize(
    ("cells", "flag"),
    [
        (("Y", "yes", "사용", "예", "O", "1", "true", "적용", "에스크로"), True),
        (("N", "no", "미사용", "아니오", "X", "0", "FALSE", "사용안함", "일반"), False),
        (("", " ", "-"), None),
    ],
)
def test_flags_are_read_as_people_write_them(column, cells, flag):
    assert values_of(column("에스크로", cells), "escrow") == [flag] * len(cells)


def test_flags_may_be_typed():
    frame = pd.DataFrame({"주문번호": ["o1", "o2", "o3"], "금액": [1, 1, 1]})

    for cells in ([True, False, None], [1, 0, None], [1.0, 0.0, None]):
        read = read_ledger(frame.assign(에스크로=cells))
        assert values_of(read, "escrow") == [True, False, None]


@pytest.mark.parametrize("cell", ["확인중", "-1", "1.0", "2", "0.1"])
def test_a_flag_that_is_neither_is_refused(told, cell):
    error = told("에스크로", cell, good="Y")

    assert error.message == (
        f'ledger.csv, row 3, column C (에스크로): "{cell}" is neither yes nor no.'
    )
    assert error.hint.startswith("Write Y or N (사용 or 미사용)")
    assert "미사용" in error.hint_ko


@pytest.mark.parametrize("cell", ["", "-", "없음", "해당 없음", "N/A"])
def test_no_way_of_refund_is_no_way(column, cell):
    assert values_of(column("환불수단", [cell]), "refund_method") == [None]
