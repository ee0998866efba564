"""An id that a spreadsheet changed is refused, or named where it may have been."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest
from files_cells import HEAD, values_of

from jtnet_recon.files import read_ledger


@pytest.mark.parametrize("name", ["imp_uid", "pg_tid", "apply_num", "card_code", "card_number"])
@pytest.mark.parametrize("cell", ["", "-", "--"])
def test_a_dash_is_no_id(column, name, cell):
    assert values_of(column(name, [cell]), name) == [None]


@pytest.mark.parametrize(
    ("heading", "what", "what_ko"),
    [
        ("포트원 번호", "i'mport id", "포트원 번호"),
        ("TID", "PG transaction id", "PG 거래번호"),
        ("승인번호", "approval number", "승인번호"),
        ("카드사코드", "card code", "카드사코드"),
    ],
)
def test_an_id_in_scientific_notation_is_refused(told, heading, what, what_ko):
    error = told(heading, "6.12E+15")

    assert error.message == (
        f'ledger.csv, row 3, column C ({heading}): "6.12E+15" has lost digits of the {what} in the '
        "file itself."
    )
    assert f"with the {what} as text" in error.hint
    assert error.hint_ko.startswith(f"{what_ko}의 숫자가 이미 손실되었습니다.")


def test_an_id_that_became_a_date_is_refused(write_xlsx, refusal):
    rows = [[*HEAD, "승인번호"], ["o1", 1000, date(2022, 11, 9)]]

    error = refusal(write_xlsx(rows))

    assert "the approval number was turned into a date" in error.message
    assert "승인번호를 다시 입력하세요" in error.hint_ko


def test_a_long_number_whose_last_digits_are_gone_is_refused(write_xlsx, refusal):
    rows = [[*HEAD, "거래번호"], ["o1", 1000, 6.12e15], ["o2", 1000, 6.13e15]]

    error = refusal(write_xlsx(rows))

    assert '"6120000000000000" is a number of more than 15 digits that ends in 0' in error.message
    assert "(and 1 more: row 3)" in error.message
    assert error.hint == (
        "Export it again with the PG transaction id as text. "
        'Or leave the column aside: columns={"pg_tid": ""}.'
    )


@pytest.mark.parametrize("number", [5272121234121230.0, 9410121234121234.0])
def test_a_card_number_that_lost_digits_is_refused_and_not_shown(write_xlsx, refusal, number):
    rows = [[*HEAD, "카드번호"], ["o1", 1000, number]]

    error = refusal(write_xlsx(rows))

    assert "digits" in error.message
    assert str(number)[:6] not in f"{error} {error.value}"
    assert str(number)[-6:] not in f"{error} {error.value}"


def test_an_error_of_the_spreadsheet_in_a_card_number_is_shown(write_xlsx, refusal):
    rows = [[*HEAD, "카드번호"], ["o1", 1000, "#N/A"]]

    assert '"#N/A" is an error of the spreadsheet (cell C2)' in refusal(write_xlsx(rows)).message


def test_numbers_that_may_have_lost_zeros_are_named_and_stay_as_they_are(write_xlsx):
    rows = [[*HEAD, "승인번호"], *(["o1", 1000, cell] for cell in (9249488, 12345678, "12", 77))]

    ledger = read_ledger(write_xlsx(rows))

    assert ledger["apply_num"].tolist() == ["9249488", "12345678", "12", "77"]
    (note,) = ledger.attrs["source"]["notes"]
    assert note == (
        "column C (승인번호): row 2 (and 1 more: row 5) has a number of fewer than 8 digits; zeros in "
        "front may be lost. It is taken as it stands: export it as text"
    )


def test_numbers_of_full_length_and_text_are_not_suspect(write_xlsx):
    rows = [[*HEAD, "승인번호"], ["o1", 1000, 12345678], ["o2", 1000, "12"], ["o3", 1000, "A1"]]

    assert read_ledger(write_xlsx(rows)).attrs["source"]["notes"] == []


def test_short_card_codes_are_suspect_too():
    frame = pd.DataFrame({"주문번호": ["o1", "o2"], "금액": [1, 1], "카드사코드": [41, 366]})

    ledger = read_ledger(frame)

    assert ledger["card_code"].tolist() == ["41", "366"]
    assert (
        "column C (카드사코드): row 1 has a number of fewer than 3 digits"
        in (ledger.attrs["source"]["notes"][0])
    )


def test_decimals_count_as_numbers():
    cells = [Decimal(9249488), None]
    frame = pd.DataFrame({"주문번호": ["o1", "o2"], "금액": [1, 1], "승인번호": cells})

    ledger = read_ledger(frame)

    assert values_of(ledger, "apply_num") == ["9249488", None]
    assert "row 1 has a number of fewer than 8 digits" in ledger.attrs["source"]["notes"][0]


def test_in_delimited_text_short_numbers_are_suspect_beside_full_ones(column):
    assert column("승인번호", ["9249488", "1234"]).attrs["source"]["notes"] == []
    assert (
        "row 2 has a number of fewer than 8 digits"
        in (column("승인번호", ["9249488", "12345678"]).attrs["source"]["notes"][0])
    )


def test_merged_cells_of_an_optional_column_are_refused(write_xlsx, refusal):
    rows = [[*HEAD, "환불일"], ["o1", 1000, date(2022, 11, 9)], ["o2", 1000, None]]

    def merge(book):
        book.active.merge_cells("C2:C3")

    assert "the cells C2 to C3 are merged" in refusal(write_xlsx(rows, change=merge)).message
