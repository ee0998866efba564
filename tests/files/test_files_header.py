"""The header row and the meaning of headings."""

from __future__ import annotations

import unicodedata

import pytest

from jtnet_recon.errors import ConfigError, TableError
from jtnet_recon.files import read_ledger


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("주문번호", "merchant_uid"),
        ("주문 번호", "merchant_uid"),
        ("고객사 거래번호", "merchant_uid"),
        ("MOID", "merchant_uid"),
        ("Order ID", "merchant_uid"),
        ("order_no", "merchant_uid"),
        ("merchant_uid", "merchant_uid"),
        (unicodedata.normalize("NFD", "주문번호"), "merchant_uid"),
    ],
)
def test_headings_of_the_order_id_are_known(write_csv, heading, name):
    ledger = read_ledger(write_csv([[heading, "금액"], ["o1", "1000"]]))

    assert ledger[name].tolist() == ["o1"]


@pytest.mark.parametrize(
    "heading", ["결제금액", "금액", "매출금액", "승인금액", "결제금액(원)", "AMOUNT", "결제 금액"]
)
def test_headings_of_the_amount_are_known(write_csv, heading):
    ledger = read_ledger(write_csv([["주문번호", heading], ["o1", "1000"]]))

    assert ledger["amount"].tolist() == [1000]


@pytest.mark.parametrize("heading", ["취소금액", "환불금액", "cancel_amount", "Refund amount"])
def test_headings_of_the_cancelled_amount_are_known(write_csv, heading):
    ledger = read_ledger(write_csv([["주문번호", "금액", heading], ["o1", "1000", "400"]]))

    assert ledger["cancel_amount"].tolist() == [400]


@pytest.mark.parametrize(
    "heading", ["결제일", "결제일시", "결제일자", "승인일", "매출일", "거래일", "paid_at"]
)
def test_headings_of_the_day_are_known(write_csv, heading):
    ledger = read_ledger(write_csv([["주문번호", "금액", heading], ["o1", "1000", "20221107"]]))

    assert ledger["paid_on"].dt.date.astype(str).tolist() == ["2022-11-07"]


@pytest.mark.parametrize("heading", ["상태", "결제상태", "주문상태", "Status"])
def test_headings_of_the_state_are_known(write_csv, heading):
    ledger = read_ledger(write_csv([["주문번호", "금액", heading], ["o1", "1000", "완료"]]))

    assert ledger["status"].tolist() == ["paid"]


def test_titles_above_the_header_are_passed_by_and_counted(write_csv):
    rows = [["11월 매출 원장"], [], ["추출일", "2022-12-01"], ["주문번호", "금액"], ["o1", "1000"]]

    source = read_ledger(write_csv(rows)).attrs["source"]

    assert source["header_row"] == 4
    assert "3 rows above the header (row 4) were passed by" in source["notes"]


def test_a_pinned_header_row_is_used(write_csv):
    rows = [["주문번호", "금액"], ["주문번호", "금액"], ["o1", "1000"]]

    ledger = read_ledger(write_csv(rows), header_row=2)

    assert ledger["merchant_uid"].tolist() == ["o1"]


def test_a_pinned_header_row_without_headings_is_refused(write_csv, refusal):
    error = refusal(write_csv([["주문번호", "금액"], ["o1", "1000"]]), header_row=2)

    assert error.row == 2
    assert 'there are no headings in this row; it begins with "o1", "1000"' in error.message


def test_a_pinned_header_row_below_the_end_is_refused(write_csv, refusal):
    error = refusal(write_csv([["주문번호", "금액"], ["o1", "1000"]]), header_row=9)

    assert "header_row=9, but there are only 2 rows" in error.message


def test_header_row_zero_is_refused(write_csv):
    with pytest.raises(ConfigError, match="header_row=0 is no row"):
        read_ledger(write_csv(), header_row=0)


def test_columns_are_mapped_by_the_caller(write_csv):
    rows = [["번호", "입금", "주문번호", "금액"], ["o1", "1,000", "x", "y"]]

    ledger = read_ledger(write_csv(rows), columns={"merchant_uid": "번호", "amount": "입금"})

    assert ledger[["merchant_uid", "amount"]].to_numpy().tolist() == [["o1", 1000]]
    assert ledger.attrs["source"]["guessed"] == []
    assert list(ledger.columns[-2:]) == ["주문번호", "금액"]


def test_a_mapped_heading_may_have_alternatives(write_csv):
    rows = [["주문번호", "청구액"], ["o1", "1000"]]

    ledger = read_ledger(write_csv(rows), columns={"amount": ["결제액", "청구액"]})

    assert ledger["amount"].tolist() == [1000]


def test_a_mapped_heading_is_found_whatever_its_blanks_and_case(write_csv):
    rows = [["주문번호", "Net  Amount"], ["o1", "1000"]]

    ledger = read_ledger(write_csv(rows), columns={"amount": "net amount"})

    assert ledger["amount"].tolist() == [1000]


def test_a_mapped_heading_that_is_missing_is_refused_with_the_nearest(write_csv, refusal):
    error = refusal(write_csv(), columns={"amount": "결제 금엑"})

    assert "there is no column '결제 금엑' (wanted as amount)" in error.message
    assert error.hint == "Did you mean '결제금액', '결제일'?"
    assert error.file == "ledger.csv"


def test_a_mapped_optional_heading_that_is_missing_is_refused(write_csv, refusal):
    error = refusal(write_csv(), columns={"currency": "ZZZ"})

    assert "there is no column 'ZZZ' (wanted as currency)" in error.message
    assert error.hint == "It has: 주문번호, 결제금액, 취소금액, 결제일, 상태."


def test_a_column_that_no_heading_names_is_refused(write_csv, refusal):
    error = refusal(write_csv([["주문번호", "가격표"], ["o1", "1000"]]))

    assert error.row == 1
    assert "no heading is known to mean amount; the headings are: 주문번호, 가격표" in error.message
    assert 'columns={"amount": "…"}' in error.hint


def test_two_headings_for_one_column_are_refused(write_csv, refusal):
    error = refusal(write_csv([["주문번호", "결제금액", "매출금액"], ["o1", "1000", "1000"]]))

    assert "column B (결제금액) and column C (매출금액) may both be amount" in error.message
    assert error.hint == 'Say which one: columns={"amount": "결제금액"} (--map amount=결제금액).'
    assert (error.row, error.column) == (1, "결제금액")


def test_our_own_name_beats_a_known_heading(write_csv):
    ledger = read_ledger(write_csv([["merchant_uid", "주문번호", "금액"], ["o1", "x", "1000"]]))

    assert ledger["merchant_uid"].tolist() == ["o1"]
    assert ledger["주문번호"].tolist() == ["x"]


def test_a_mapped_heading_that_stands_twice_is_refused(write_csv, refusal):
    error = refusal(write_csv([["주문번호", "금액", "금액"], ["o1", "1000", "2000"]]))

    assert "the heading '금액', wanted as amount, stands 2 times: columns B, C" in error.message


def test_other_headings_that_stand_twice_are_numbered(write_csv):
    rows = [["주문번호", "금액", "메모", "메모"], ["o1", "1000", "a", "b"]]

    ledger = read_ledger(write_csv(rows))

    assert list(ledger.columns[-2:]) == ["메모", "메모 (2)"]
    assert "column D (메모) is called '메모 (2)' here" in ledger.attrs["source"]["notes"]


def test_a_heading_like_a_name_of_ours_is_numbered(write_csv):
    rows = [["주문번호", "금액", "상태", "status"], ["o1", "1000", "완료", "x"]]

    ledger = read_ledger(write_csv(rows), columns={"status": "상태"})

    assert ledger["status"].tolist() == ["paid"]
    assert ledger["status (2)"].tolist() == ["x"]


def test_one_column_for_two_names_is_refused(write_csv, refusal):
    columns = {"amount": "결제금액", "cancel_amount": "결제금액"}

    error = refusal(write_csv(), columns=columns)

    assert "column B (결제금액) cannot be both amount and cancel_amount" in error.message


def test_a_table_without_header_shows_its_first_rows_masked(write_csv, refusal):
    rows = [
        ["o1", "1000", "홍길동", "010-1234-5678"],
        ["o2", "2000", "a@b.kr", "5387-1234-5678-9012"],
        ["o3", "3000", "", ""],
        ["o4", "4000", "", ""],
    ]

    error = refusal(write_csv(rows))

    assert "no header row was found" in error.message
    assert 'row 1: "o1", "1000", "홍**", "010-****-5678"; row 2: "o2"' in error.message
    assert "row 3" in error.message
    assert "row 4" not in error.message
    assert "1234" not in error.message
    assert "a@b.kr" not in error.message


def test_a_name_that_is_not_ours_is_refused(write_csv):
    with pytest.raises(ConfigError, match="columns= has no name 'merchant_id'") as caught:
        read_ledger(write_csv(), columns={"merchant_id": "주문번호"})

    assert caught.value.hint == "Did you mean 'merchant_uid'?"


def test_a_mapping_the_wrong_way_round_is_recognised(write_csv):
    with pytest.raises(ConfigError) as caught:
        read_ledger(write_csv(), columns={"주문번호": "merchant_uid"})

    assert caught.value.hint == 'Our name comes first: columns={"merchant_uid": "주문번호"}.'


def test_an_unknown_name_without_a_near_one_lists_all(write_csv):
    with pytest.raises(ConfigError) as caught:
        read_ledger(write_csv(), columns={"zzz": "주문번호"})

    assert caught.value.hint.startswith("Known: merchant_uid, amount")


def test_columns_without_heading_are_named_by_letter_or_dropped(write_csv):
    rows = [["주문번호", "금액", "", ""], ["o1", "1000", "", "x"]]

    ledger = read_ledger(write_csv(rows))

    assert ledger["column D"].tolist() == ["x"]
    assert "column D has no heading" in ledger.attrs["source"]["notes"]
    assert "1 blank columns were dropped" in ledger.attrs["source"]["notes"]


def test_too_many_columns_are_refused(write_csv, refusal):
    rows = [["주문번호", "금액", *[f"c{n}" for n in range(1100)]], ["o1", "1", *["x"] * 1100]]

    error = refusal(write_csv(rows))

    assert "it has 1,102 columns, at most 1,024 are read" in error.message


@pytest.mark.parametrize(
    ("option", "what"),
    [
        ({"sheet": "x"}, "sheet= means nothing for delimited text"),
        ({"query": "SELECT 1"}, "query= means nothing for a file"),
    ],
)
def test_options_of_another_kind_of_source_are_refused(write_csv, option, what):
    with pytest.raises(ConfigError, match=what):
        read_ledger(write_csv(), **option)


def test_a_source_of_no_kind_is_refused():
    with pytest.raises(ConfigError, match="cannot be read from int 42"):
        read_ledger(42)


def test_a_default_currency_is_used_for_rows_without_one(write_csv):
    rows = [["주문번호", "금액", "통화"], ["o1", "19.99", ""], ["o2", "1,000", "krw"]]

    ledger = read_ledger(write_csv(rows), currency="usd")

    assert ledger[["amount", "currency"]].to_numpy().tolist() == [[1999, "USD"], [1000, "KRW"]]


def test_no_error_hides_its_kind(write_csv):
    with pytest.raises(TableError) as caught:
        read_ledger(write_csv([["주문번호", "금액"], ["o1", "x"]]))

    assert caught.value.to_dict()["column"] == "금액"


LOWER = ["", "결제금액", "취소금액", "결제일"]


def merged_down(*blocks):
    def change(book):
        for block in blocks:
            book.active.merge_cells(block)

    return change


def test_headings_may_take_two_rows_some_merged_over_both(write_xlsx):
    rows = [["주문번호", "결제", None, "일자"], LOWER, ["o1", 1000, 400, "2022-11-07"]]

    ledger = read_ledger(write_xlsx(rows, change=merged_down("A1:A2", "B1:C1")))

    assert ledger[["merchant_uid", "amount", "cancel_amount"]].to_numpy().tolist() == [
        ["o1", 1000, 400]
    ]
    assert ledger.attrs["source"]["header_row"] == 2


def test_below_a_heading_over_two_rows_the_lower_row_counts(write_xlsx):
    rows = [["주문번호", "금액", None], [None, "승인금액", "환불금액"], ["o1", 1000, 400]]

    ledger = read_ledger(write_xlsx(rows, change=merged_down("A1:A2", "B1:C1")))

    assert ledger[["amount", "cancel_amount"]].to_numpy().tolist() == [[1000, 400]]


def test_a_lower_heading_over_two_rows_can_be_named(write_xlsx):
    rows = [["주문번호", "금액", None], [None, "결제", "취소"], ["o1", 1000, 400]]
    path = write_xlsx(rows, change=merged_down("A1:A2", "B1:C1"))

    ledger = read_ledger(path, columns={"amount": "결제", "cancel_amount": "취소"})

    assert ledger[["amount", "cancel_amount"]].to_numpy().tolist() == [[1000, 400]]


def test_headings_in_two_rows_that_are_not_merged_are_named_so(write_csv, refusal):
    error = refusal(write_csv([["주문번호", "결제", "", ""], LOWER, ["o1", "1000", "", ""]]))

    assert error.row == 2
    assert error.message == (
        "ledger.csv, row 2: the headings stand in two rows: that of merchant_uid in row 1, the "
        "others here."
    )
    assert "1행과 2행" in error.hint_ko


def test_a_line_that_was_named_as_the_header_is_not_quoted_as_headings(write_csv, refusal):
    rows = [["주문번호", "금액", "구매자"], ["o1", "1000", "김하나"], ["o2", "2000", "이둘"]]

    error = refusal(write_csv(rows), header_row=2)

    assert error.message == (
        'ledger.csv, row 2: there are no headings in this row; it begins with "o1", "1000", "김**".'
    )
    assert error.hint == "Row 1 has them: header_row=1, or leave header_row= out."
    assert error.hint_ko == "열 제목은 1행에 있습니다: header_row=1"


def test_a_heading_that_was_named_for_another_column_is_said_to_be_taken(write_csv, refusal):
    error = refusal(write_csv(), columns={"amount": "주문번호"})

    assert "no heading is left for merchant_uid: '주문번호' is wanted as amount." in error.message
    assert "'주문번호' 열을 amount(으)로 지정해" in error.hint_ko


def test_headings_that_are_repeated_among_the_lines_are_named_so(write_csv, refusal):
    head = ["주문번호", "금액"]

    error = refusal(write_csv([head, ["o1", "1000"], head, ["o2", "2000"], head]))

    assert error.message == (
        "ledger.csv, row 3, column B (금액): the row holds headings, not a line (and 1 more: row 5)."
    )


def test_the_second_of_two_rows_of_headings_is_named_so(write_csv, refusal):
    rows = [
        ["주문번호", "금액", "", "일자"],
        ["", "결제금액", "취소금액", ""],
        ["o1", "1000", "", ""],
    ]

    error = refusal(write_csv(rows))

    assert "row 2, column B (금액): the row holds headings, not a line" in error.message
    assert "두 줄로 된 제목은 한 줄로" in error.hint_ko
