"""Blank rows, total rows, and the check of stated totals."""

from __future__ import annotations

import pytest

from jtnet_recon.files import read_ledger
from jtnet_recon.files.words import qualified_total_of, total_of

HEAD = ["주문번호", "결제금액", "취소금액"]
A, B, C = ["o1", "1,000", ""], ["o2", "2,000", "500"], ["o3", "4,000", ""]


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("합계", "all"),
        ("합 계", "all"),
        ("[합계]", "all"),
        ("총계:", "all"),
        ("총합계", "all"),
        ("누계", "all"),
        ("계", "all"),
        ("합계 (3건)", "all"),
        ("11월 합계", "all"),
        ("2022년 11월 합계", "all"),
        ("Total", "all"),
        ("GRAND TOTAL", "all"),
        ("소계", "part"),
        ("중간 합계", "part"),
        ("11월 소계", "part"),
        ("월계", "part"),
        ("Subtotal", "part"),
        ("계산기", None),
        ("시계", None),
        ("total-1", None),
        ("합계" * 20, None),
        (1000, None),
        (None, None),
    ],
)
def test_words_of_totals_are_known(cell, kind):
    assert total_of(cell) == kind


def test_blank_rows_and_totals_are_no_lines(write_csv):
    rows = [HEAD, A, ["", "", ""], B, ["", " ", ""], ["합계", "3,000", "500"]]

    ledger = read_ledger(write_csv(rows))
    source = ledger.attrs["source"]

    assert ledger["merchant_uid"].tolist() == ["o1", "o2"]
    assert (source["rows_offered"], source["rows_accepted"]) == (5, 2)
    assert (source["rows_blank"], source["rows_total"]) == (2, 1)
    assert (source["stated_total"], source["computed_total"]) == (3000, 3000)
    assert "1 total rows agree with the rows they sum" in source["notes"]


def test_a_total_word_may_stand_in_any_column(write_csv):
    rows = [[*HEAD, "비고"], [*A, ""], [*B, ""], ["", "3,000", "500", "합계"]]

    assert len(read_ledger(write_csv(rows))) == 2


def test_a_product_called_total_is_a_line(write_csv):
    rows = [["주문번호", "금액", "상품명"], ["o1", "1000", "합계"], ["o2", "2000", "소계"]]

    assert len(read_ledger(write_csv(rows))) == 2


def test_subtotals_are_checked_since_the_last_one(write_csv):
    rows = [HEAD, A, B, ["소계", "3,000", "500"], C, ["소계", "4,000", "0"]]
    rows += [["합계", "7,000", "500"]]

    source = read_ledger(write_csv(rows)).attrs["source"]

    assert (source["rows_total"], source["stated_total"]) == (3, 7000)


def test_a_wrong_subtotal_is_refused(write_csv, refusal):
    rows = [HEAD, A, ["소계", "1,000", "0"], B, ["소계", "3,000", "500"]]

    error = refusal(write_csv(rows))

    assert (error.row, error.column, error.value) == (5, "결제금액", "3,000")
    assert (
        "the total '소계' says 3,000, but its 1 rows add up to 2,000: "
        "the total is 1,000 KRW too much"
    ) in error.message


def test_a_total_that_differs_is_refused(write_csv, refusal):
    error = refusal(write_csv([HEAD, A, B, ["합계", "7,000", "500"]]))

    assert (error.file, error.row, error.column) == ("ledger.csv", 4, "결제금액")
    assert error.message == (
        "ledger.csv, row 4, column B (결제금액): the total '합계' says 7,000, but its 2 rows add "
        "up to 3,000: the total is 4,000 KRW too much."
    )
    assert "check_total=False" in error.hint


def test_a_total_of_cancels_that_differs_is_refused(write_csv, refusal):
    error = refusal(write_csv([HEAD, A, B, ["합계", "3,000", "400"]]))

    assert (error.row, error.column) == (4, "취소금액")
    assert (
        "says 400, but its 2 rows add up to 500: the total is 100 KRW too little" in error.message
    )


def test_a_total_that_differs_can_be_passed_by(write_csv):
    path = write_csv([HEAD, A, B, ["합계", "7,000", "500"]])

    source = read_ledger(path, check_total=False).attrs["source"]

    assert (source["stated_total"], source["computed_total"]) == (7000, 3000)
    assert any(note.startswith("passed by: ") and "7,000" in note for note in source["notes"])


def test_a_total_that_is_no_amount_is_refused(write_csv, refusal):
    error = refusal(write_csv([HEAD, A, B, ["합계", "삼천", "500"]]))

    assert (error.row, error.column, error.value) == (4, "결제금액", "삼천")


def test_a_total_without_an_amount_is_not_checked(write_csv):
    source = read_ledger(write_csv([HEAD, A, B, ["합계", "", ""]])).attrs["source"]

    assert (source["rows_total"], source["stated_total"]) == (1, None)
    assert not any("agree" in note for note in source["notes"])


def test_totals_above_the_lines_are_checked_against_all(write_csv):
    ledger = read_ledger(write_csv([HEAD, ["합계", "3,000", "500"], A, B]))

    assert ledger.attrs["source"]["stated_total"] == 3000


def test_blocks_that_each_end_in_a_total_are_checked_one_by_one(write_csv):
    rows = [HEAD, A, ["합계", "1,000", "0"], B, C, ["합계", "6,000", "500"]]

    assert len(read_ledger(write_csv(rows))) == 3


def test_totals_in_two_currencies_are_each_checked(write_csv):
    rows = [
        ["주문번호", "금액", "통화"],
        ["o1", "1,000", "KRW"],
        ["o2", "2,000", "KRW"],
        ["합계", "3,000", "KRW"],
        ["o3", "19.99", "USD"],
        ["합계", "19.99", "USD"],
    ]

    source = read_ledger(write_csv(rows)).attrs["source"]

    assert (source["stated_total"], source["computed_total"]) == (3000, 3000)


def test_a_wrong_total_names_its_own_currency(write_csv, refusal):
    rows = [["주문번호", "금액", "통화"], ["o1", "1,000", "KRW"], ["o2", "1.50", "USD"]]
    rows += [["합계", "2.00", "USD"]]

    error = refusal(write_csv(rows))

    assert (
        "says 2.00, but its 2 rows add up to 1.50: the total is 0.50 USD too much" in error.message
    )


@pytest.mark.parametrize("stated", ["1,000", "1,019.99", "19.99"])
def test_a_total_without_currency_may_be_of_one_currency_or_mixed(write_csv, stated):
    rows = [["주문번호", "금액", "통화"], ["o1", "1,000", "KRW"], ["o2", "19.99", "USD"]]

    assert len(read_ledger(write_csv([*rows, ["합계", stated, ""]]))) == 2


def test_a_mixed_total_that_differs_is_refused(write_csv, refusal):
    rows = [["주문번호", "금액", "통화"], ["o1", "1,000", "KRW"], ["o2", "19.99", "USD"]]

    error = refusal(write_csv([*rows, ["합계", "1,100", ""]]))

    assert "says 1,100, but its 2 rows add up to 1,000" in error.message


def test_totals_of_cancels_may_lack_the_minus_sign_of_the_lines(write_csv):
    rows = [HEAD, ["o1", "1,000", "-400"], ["o2", "2,000", "-100"], ["합계", "3,000", "-500"]]

    assert read_ledger(write_csv(rows))["cancel_amount"].tolist() == [400, 100]


def test_a_bare_last_row_with_the_exact_sum_is_a_total(write_csv):
    rows = [HEAD, A, B, C, ["", "7,000", "500"]]

    ledger = read_ledger(write_csv(rows))

    assert len(ledger) == 3
    assert ledger.attrs["source"]["rows_total"] == 1
    assert ledger.attrs["source"]["stated_total"] == 7000


def test_a_bare_last_row_with_another_sum_is_a_line_without_an_id(write_csv):
    ledger = read_ledger(write_csv([HEAD, A, B, C, ["", "7,001", ""]]))

    assert ledger["merchant_uid"].isna().tolist() == [False, False, False, True]


def test_a_short_total_row_is_a_total(write_csv):
    text = "주문번호,결제금액,취소금액,메모\r\no1,1000,,x\r\n합계,1000\r\n"

    assert read_ledger(write_csv(text)).attrs["source"]["stated_total"] == 1000


def test_totals_of_nothing_are_nothing(write_csv):
    ledger = read_ledger(write_csv([HEAD, ["합계", "0", "0"]]), allow_empty=True)

    assert (len(ledger), ledger.attrs["source"]["stated_total"]) == (0, 0)


@pytest.mark.parametrize(
    "cell",
    [
        "11월 7일 소계",
        "11/7 소계",
        "2022-11-07 소계",
        "2022.11.07 계",
        "11월 7일 계",
        "7일 합계",
        "11월 1주차 소계",
        "카드 소계",
        "월 누계",
        "페이지 합계",
    ],
)
def test_a_total_that_says_of_what_it_is_is_known(cell):
    assert (total_of(cell), qualified_total_of(cell)) == (None, "named")


@pytest.mark.parametrize(
    "cell", ["소계(카드)", "▷ 소계", "총합계(VAT포함)", "TOTAL (KRW)", "총 결제금액"]
)
def test_units_remarks_and_signs_around_the_word_of_a_total_do_not_count(cell):
    assert total_of(cell) in ("all", "part")


@pytest.mark.parametrize(
    "cell", ["합계 계산 노트", "2022-11-07", "벽시계", "기계 1", "ORD-계", "1107계1"]
)
def test_what_only_sounds_like_a_total_is_none(cell):
    assert (total_of(cell), qualified_total_of(cell)) == (None, None)


@pytest.mark.parametrize("words", [("11월 7일 소계", "11월 8일 소계"), ("7일 누계", "8일 누계")])
def test_totals_of_days_are_no_orders(write_csv, words):
    second = "7,000" if "누계" in words[1] else "4,000"
    rows = [HEAD, A, B, [words[0], "3,000", "500"], C, [words[1], second, ""]]

    ledger = read_ledger(write_csv(rows))

    assert ledger["merchant_uid"].tolist() == ["o1", "o2", "o3"]
    assert ledger.attrs["source"]["rows_total"] == 2


def test_a_total_of_a_day_that_differs_is_refused(write_csv, refusal):
    error = refusal(write_csv([HEAD, A, B, ["11월 7일 소계", "3,001", "500"], C]))

    assert (error.row, error.value) == (4, "3,001")
    assert "the total '11월 7일 소계' says 3,001, but its 2 rows add up to 3,000" in error.message


def test_a_total_of_a_day_may_stand_left_of_the_order_ids(write_csv):
    head = ["결제일", *HEAD]
    rows = [head, ["2022-11-07", *A], ["2022-11-07", *B], ["11/7 계", "", "3,000", "500"]]

    assert len(read_ledger(write_csv(rows))) == 2


def test_a_product_called_like_a_total_of_something_is_a_line(write_csv):
    rows = [
        ["주문번호", "금액", "상품명"],
        ["o1", "1000", "가계부 합계"],
        ["o2", "2000", "카드 소계"],
    ]

    assert len(read_ledger(write_csv(rows))) == 2
