"""Workbooks: sheets, cells as displayed, and everything that readers leave out."""

from __future__ import annotations

import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from jtnet_recon.files import read_ledger

HEAD = ["주문번호", "결제금액", "취소금액", "결제일", "상태"]
LINE = ["o1", 14000, None, datetime.fromisoformat("2022-11-07 13:05"), "결제완료"]


def test_a_workbook_is_read(write_xlsx):
    ledger = read_ledger(
        write_xlsx([HEAD, LINE, ["o2", "30,000원", 1000, date(2022, 11, 8), "취소"]])
    )

    assert ledger["merchant_uid"].tolist() == ["o1", "o2"]
    assert ledger["amount"].tolist() == [14000, 30000]
    assert ledger["cancel_amount"].tolist() == [0, 1000]
    assert ledger["paid_on"].dt.strftime("%Y-%m-%d").tolist() == ["2022-11-07", "2022-11-08"]
    assert ledger.attrs["source"]["kind"] == "xlsx"
    assert ledger.attrs["source"]["sheet"] == "원장"


def test_a_workbook_named_csv_is_read(write_xlsx):
    path = write_xlsx(name="ledger.xlsx")
    path = path.rename(path.with_name("ledger.csv"))

    assert read_ledger(path).attrs["source"]["kind"] == "xlsx"


def test_a_table_that_starts_at_another_corner_is_numbered_as_displayed(write_xlsx, refusal):
    rows = [[], [], [None, None, *HEAD], [None, None, *LINE], [None, None, "o2", "x"]]

    error = refusal(write_xlsx(rows))

    assert (error.sheet, error.row, error.column, error.value) == ("원장", 5, "결제금액", "x")
    assert error.message == (
        "ledger.xlsx, sheet '원장', row 5, column D (결제금액): \"x\" is not an amount."
    )


def test_ids_stored_as_numbers_become_their_digits(write_xlsx):
    rows = [HEAD, [20221107123456, 1000], [123456789012345, 1000], [7, 1]]

    ledger = read_ledger(write_xlsx(rows))

    assert ledger["merchant_uid"].tolist() == ["20221107123456", "123456789012345", "7"]


@pytest.mark.parametrize("number", [12345678901234567890, 1.5, 2**53])
def test_ids_that_lost_digits_are_refused(write_xlsx, refusal, number):
    error = refusal(write_xlsx([HEAD, LINE, [number, 1000]]))

    assert (error.sheet, error.row, error.column) == ("원장", 3, "주문번호")
    assert "has lost digits of the order id in the file itself" in error.message


def test_ids_of_sixteen_digits_that_all_end_in_zero_are_refused(write_xlsx, refusal):
    rows = [HEAD, [2022110712345670, 1000], [2022110712345680, 1000]]

    error = refusal(write_xlsx(rows))

    assert (error.row, error.value) == (2, "2022110712345670")
    assert "a number of more than 15 digits that ends in 0" in error.message
    assert "(and 1 more: row 3)" in error.message


def test_ids_of_sixteen_digits_written_exactly_are_kept(write_xlsx):
    ledger = read_ledger(write_xlsx([HEAD, [2022110712345671, 1000]]))

    assert ledger["merchant_uid"].tolist() == ["2022110712345671"]


@pytest.mark.parametrize(
    ("code", "number", "text"),
    [
        ("00000", 123, "00123"),
        ("000-0000", 1234567, "123-4567"),
        ("000-0000", 12345678, "1234-5678"),
        ('"ORD-"0000', 42, "ORD-0042"),
        (r"\A000", 7, "A007"),
        ("00000", 0, "00000"),
        ("0", 123, "123"),
        ("#,##0", 1234, "1234"),
    ],
)
def test_ids_are_the_text_displayed(write_xlsx, code, number, text):
    def show(book):
        book["원장"]["A2"].number_format = code

    ledger = read_ledger(write_xlsx([HEAD, [number, 1000]], change=show))

    assert ledger["merchant_uid"].tolist() == [text]


def test_an_id_that_became_a_date_is_refused(write_xlsx, refusal):
    error = refusal(write_xlsx([HEAD, [date(2022, 11, 7), 1000]]))

    assert (error.row, error.column) == (2, "주문번호")
    assert 'the order id was turned into a date ("2022-11-07")' in error.message


def test_an_amount_that_became_a_date_is_refused(write_xlsx, refusal):
    error = refusal(write_xlsx([HEAD, ["o1", date(2022, 11, 7)]]))

    assert '"2022-11-07" is not an amount' in error.message
    assert "the cell's format is no date" in error.hint


def test_a_fraction_of_a_won_is_refused(write_xlsx, refusal):
    error = refusal(write_xlsx([HEAD, ["o1", 14000.5]]))

    assert (error.sheet, error.row, error.column, error.value) == ("원장", 2, "결제금액", "14000.5")
    assert '"14000.5" has a fraction of a won' in error.message


def test_a_formula_without_value_is_refused(write_xlsx, refusal):
    error = refusal(write_xlsx([HEAD, LINE, ["o2", "=B2*2"]]))

    assert (error.row, error.column) == (3, "결제금액")
    assert "it is a formula whose value was never saved" in error.message
    assert "Open the workbook in Excel" in error.hint


def test_a_formula_without_value_elsewhere_is_told(write_xlsx):
    ledger = read_ledger(write_xlsx([[*HEAD, "비고"], [*LINE, "=1+1"]]))

    assert ledger["비고"].isna().all()
    assert "column F (비고): 1 formulas were never calculated" in ledger.attrs["source"]["notes"]


def test_a_formula_with_its_value_is_read(write_xlsx, patch_zip):
    path = write_xlsx([HEAD, ["o1", 7000], ["o2", "=B2*2"]])
    patch_zip(
        path,
        "xl/worksheets/sheet1.xml",
        lambda part: part.replace(b"<f>B2*2</f><v />", b"<f>B2*2</f><v>14000</v>").replace(
            b"<f>B2*2</f><v></v>", b"<f>B2*2</f><v>14000</v>"
        ),
    )

    assert read_ledger(path)["amount"].tolist() == [7000, 14000]


@pytest.mark.parametrize("error_value", ["#N/A", "#REF!", "#DIV/0!"])
def test_an_error_in_a_cell_is_refused_by_its_address(write_xlsx, refusal, error_value):
    def spoil(book):
        book["원장"]["B3"].value = error_value
        book["원장"]["B3"].data_type = "e"

    error = refusal(write_xlsx([HEAD, LINE, ["o2", 1]], change=spoil))

    assert (error.row, error.column, error.value) == (3, "결제금액", error_value)
    assert f'"{error_value}" is an error of the spreadsheet (cell B3)' in error.message


def test_an_error_in_another_column_is_kept_as_text(write_xlsx):
    def spoil(book):
        book["원장"]["F2"].value = "#N/A"
        book["원장"]["F2"].data_type = "e"

    ledger = read_ledger(write_xlsx([[*HEAD, "비고"], LINE], change=spoil))

    assert ledger["비고"].tolist() == ["#N/A"]


def test_an_error_outside_what_the_reader_saw_is_refused_by_its_address(write_xlsx, refusal):
    def spoil(book):
        book["원장"]["F6"].value = "#N/A"
        book["원장"]["F6"].data_type = "e"

    error = refusal(write_xlsx([HEAD, LINE], change=spoil))

    assert (error.row, error.column) == (6, "결제금액")
    assert "the amount is blank" in error.message


def test_the_sheet_with_the_headings_is_taken_and_told(write_xlsx):
    sheets = {"표지": [["11월 원장"], ["담당 홍길동"]], "자료": [HEAD, LINE], "빈": []}

    source = read_ledger(write_xlsx(sheets=sheets)).attrs["source"]

    assert source["sheet"] == "자료"
    assert "sheet '자료' was taken, because it has the header; not '표지', '빈'" in source["notes"]


def test_two_sheets_with_headings_are_refused(write_xlsx, refusal):
    error = refusal(write_xlsx(sheets={"10월": [HEAD, LINE], "11월": [HEAD, LINE]}))

    assert "several sheets have the header: '10월', '11월'" in error.message
    assert 'sheet="10월"' in error.hint


def test_a_named_sheet_is_read(write_xlsx):
    path = write_xlsx(sheets={"10월": [HEAD, LINE], "11월": [HEAD, ["o2", 2000]]})

    assert read_ledger(path, sheet="11월")["merchant_uid"].tolist() == ["o2"]


def test_a_missing_sheet_is_refused_with_the_nearest(write_xlsx, refusal):
    error = refusal(write_xlsx(), sheet="원 장")

    assert "there is no sheet '원 장'; it has '원장'" in error.message
    assert error.hint == "Did you mean '원장'?"
    assert error.value == "원 장"


def test_sheets_without_headings_are_listed(write_xlsx, refusal):
    error = refusal(write_xlsx(sheets={"가": [["x"]], "나": [["y"]]}))

    assert "no sheet has the headings that are needed; the sheets are '가', '나'" in error.message


def test_the_only_sheet_without_headings_is_described(write_xlsx, refusal):
    error = refusal(write_xlsx([["o1", "책"], ["o2", "펜"]]))

    assert error.sheet == "원장"
    assert 'no header row was found. It begins with row 1: "o1", "책"' in error.message


def test_a_workbook_without_cells_is_refused(write_xlsx, refusal):
    error = refusal(write_xlsx([[]]))

    assert error.message == "ledger.xlsx, sheet '원장': it holds no cells."


def test_a_hidden_sheet_is_read_only_if_no_other_has_the_headings(write_xlsx):
    def hide(book):
        book["숨김"].sheet_state = "hidden"

    path = write_xlsx(sheets={"숨김": [HEAD, ["o9", 1]], "원장": [HEAD, LINE]}, change=hide)
    only = write_xlsx(name="only.xlsx", sheets={"숨김": [HEAD, LINE], "표지": [["x"]]}, change=hide)

    assert read_ledger(path)["merchant_uid"].tolist() == ["o1"]
    assert "sheet '숨김' is hidden" in read_ledger(only).attrs["source"]["notes"]


def test_hidden_rows_and_columns_are_read_and_told(write_xlsx):
    def hide(book):
        sheet = book["원장"]
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["C"].hidden = True
        sheet.auto_filter.ref = "A1:E4"

    path = write_xlsx([HEAD, LINE, ["o2", 5000], ["o3", 1000]], change=hide)
    notes = read_ledger(path).attrs["source"]["notes"]

    assert "1 hidden rows are read, too; their amount is 5,000" in notes
    assert "1 hidden columns are read, too: C" in notes
    assert "the sheet has a filter; rows it hides are read, too" in notes


def test_a_total_of_the_visible_rows_is_explained(write_xlsx, refusal):
    def hide(book):
        book["원장"].row_dimensions[3].hidden = True

    path = write_xlsx([HEAD, LINE, ["o2", 5000], ["합계", 14000]], change=hide)
    error = refusal(path)

    assert "the total is 5,000 KRW too little" in error.message
    assert "It is the sum of the visible rows alone" in error.hint


def test_merged_cells_over_lines_are_refused(write_xlsx, refusal):
    def merge(book):
        book["원장"].merge_cells("A2:A3")

    error = refusal(write_xlsx([HEAD, LINE, [None, 5000], ["o3", 1]], change=merge))

    assert (error.row, error.column) == (2, "주문번호")
    assert "the cells A2 to A3 are merged" in error.message


def test_merged_cells_outside_the_lines_do_not_matter(write_xlsx):
    def merge(book):
        sheet = book["원장"]
        sheet.merge_cells("A1:E2")
        sheet.merge_cells("A5:A6")

    rows = [["11월 원장"], [], HEAD, LINE, ["합계", 14000]]

    assert len(read_ledger(write_xlsx(rows, change=merge))) == 1


def test_serials_in_a_column_of_days_are_days(write_xlsx):
    ledger = read_ledger(write_xlsx([HEAD, ["o1", 1000, None, 44872.5], ["o2", 1, None, 20221108]]))

    assert ledger["paid_on"].dt.strftime("%m-%d").tolist() == ["11-07", "11-08"]


def test_the_epoch_of_1904_is_honoured(write_xlsx):
    def old_mac(book):
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904

    rows = [HEAD, ["o1", 1000, None, 43410], ["o2", 1, None, datetime.fromisoformat("2022-11-08")]]
    ledger = read_ledger(write_xlsx(rows, change=old_mac))

    assert ledger["paid_on"].dt.strftime("%m-%d").tolist() == ["11-07", "11-08"]


def test_dollars_in_a_workbook_are_cents(write_xlsx):
    ledger = read_ledger(write_xlsx([["주문번호", "금액", "통화"], ["o1", 19.99, "USD"]]))

    assert ledger["amount"].tolist() == [1999]


def test_other_columns_keep_what_is_displayed(write_xlsx):
    rows = [
        [*HEAD, "가", "나", "다"],
        [*LINE, 3.0, datetime.fromisoformat("2022-11-07 01:02:03"), True],
    ]

    ledger = read_ledger(write_xlsx(rows))

    assert ledger[["가", "나", "다"]].to_numpy().tolist() == [["3", "2022-11-07 01:02:03", "TRUE"]]


def test_macros_and_links_are_told_and_not_used(write_xlsx):
    path = write_xlsx()
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")
        archive.writestr("xl/externalLinks/externalLink1.xml", b"<externalLink/>")

    notes = read_ledger(path).attrs["source"]["notes"]

    assert "the workbook has macros; they were not used" in notes
    assert "the workbook has links to other workbooks; they were not used" in notes


def test_a_formula_without_value_below_all_the_reader_saw_is_refused(write_xlsx, refusal):
    def below(book):
        book["원장"]["A6"] = "=A2"

    error = refusal(write_xlsx([HEAD, LINE], change=below))

    assert (error.row, error.column) == (6, "주문번호")
    assert "it is a formula whose value was never saved" in error.message
