"""Amounts, ids, states and currencies, and what is said of those that cannot be read."""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal

import pytest

from jtnet_recon.files import read_ledger
from jtnet_recon.files.faults import RefusalError, column_letter, mask, shown
from jtnet_recon.files.values import read_amount, read_id, text_of


def ledger_of(write_csv, *cells, heading="결제금액", **options):
    rows = [["주문번호", heading], *[[f"o{n}", cell] for n, cell in enumerate(cells)]]
    if heading != "결제금액":
        rows = [["주문번호", "결제금액", heading], *[["o", "1", cell] for cell in cells]]
    return read_ledger(write_csv(rows), **options)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("14000", 14000),
        ("14,000", 14000),
        ("14,000원", 14000),
        ("₩14,000", 14000),
        ("￦14,000", 14000),
        ("KRW 14,000", 14000),
        ("(14,000)", -14000),
        ("△14,000", -14000),
        ("▲14,000", -14000),
        ("-14,000", -14000),
        ("14,000-", -14000),
        ("１４，０００", 14000),
        ("-", 0),
        (" 14,000 ", 14000),
        ("14,000\u00a0", 14000),
        ("14000.00", 14000),
        ("9007199254740993", 9007199254740993),
    ],
)
def test_amounts_are_read_as_people_write_them(write_csv, text, amount):
    assert ledger_of(write_csv, text)["amount"].tolist() == [amount]


@pytest.mark.parametrize("text", ["1,2,3", "1_000", "1e3", "천원", "1.000,00", "٣", "10²", "=1+1"])
def test_text_that_is_no_amount_is_refused(write_csv, refusal, text):
    error = refusal(write_csv([["주문번호", "결제금액"], ["o1", "1"], ["o2", text]]))

    assert (error.file, error.row, error.column) == ("ledger.csv", 3, "결제금액")
    assert error.message == (f'ledger.csv, row 3, column B (결제금액): "{text}" is not an amount.')
    assert error.hint == "Write a whole number, such as 14000 or 14,000."


def test_a_fraction_of_a_won_is_refused(write_csv, refusal):
    error = refusal(write_csv([["주문번호", "결제금액"], ["o1", "14,000.50"]]))

    assert (error.row, error.column, error.value) == (2, "결제금액", "14,000.50")
    assert '"14,000.50" has a fraction of a won' in error.message
    assert "Write a whole amount, such as 14000" in error.hint


def test_all_bad_rows_are_told_at_once(write_csv, refusal):
    cells = ["x", "1", "y", "2", "x", "z"]
    rows = [["주문번호", "결제금액"], *[["o", cell] for cell in cells]]

    error = refusal(write_csv(rows))

    assert '"x" is not an amount (and 3 more: rows 4, 6, 7).' in error.message


def test_a_long_list_of_bad_rows_is_cut(write_csv, refusal):
    rows = [["주문번호", "결제금액"], *[["o", "x"]] * 30]

    error = refusal(write_csv(rows))

    assert "(and 29 more: rows 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, …)" in error.message


def test_a_blank_amount_is_refused(write_csv, refusal):
    error = refusal(write_csv([["주문번호", "결제금액"], ["o1", "1"], ["o2", " "]]))

    assert error.row == 3
    assert "the amount is blank" in error.message


def test_a_blank_cancelled_amount_is_none(write_csv):
    assert ledger_of(write_csv, "", "400", heading="취소금액")["cancel_amount"].tolist() == [0, 400]


def test_cancelled_amounts_with_a_minus_sign_are_the_same(write_csv):
    ledger = ledger_of(write_csv, "-400", "0", "(500)", heading="취소금액")

    assert ledger["cancel_amount"].tolist() == [400, 0, 500]


def test_cancelled_amounts_with_both_signs_are_refused(write_csv, refusal):
    rows = [["주문번호", "금액", "취소금액"], *[["o", "1", c] for c in ("5", "6", "-7", "-8", "9")]]

    error = refusal(write_csv(rows))

    assert (error.row, error.column, error.value) == (4, "취소금액", "-7")
    assert "has another sign than the other cancelled amounts (and 1 more: row 5)" in error.message


def test_amounts_of_other_currencies_are_minor_units(write_csv):
    rows = [["주문번호", "금액", "통화"], ["o1", "19.99", "USD"], ["o2", "14,000", "KRW"]]
    rows += [["o3", "500", "JPY"], ["o4", "1.234", "KWD"], ["o5", "$5", "usd"]]

    ledger = read_ledger(write_csv(rows))

    assert ledger["amount"].tolist() == [1999, 14000, 500, 1234, 500]
    assert ledger["currency"].tolist() == ["USD", "KRW", "JPY", "KWD", "USD"]


@pytest.mark.parametrize(("word", "code"), [("원", "KRW"), ("달러", "USD"), ("엔", "JPY")])
def test_currencies_may_be_words(write_csv, word, code):
    assert ledger_of(write_csv, word, heading="통화")["currency"].tolist() == [code]


def test_an_unknown_currency_is_refused(write_csv, refusal):
    error = refusal(write_csv([["주문번호", "금액", "통화"], ["o1", "1", "W"]]))

    assert (error.row, error.column, error.value) == (2, "통화", "W")
    assert '"W" is no currency' in error.message


@pytest.mark.parametrize(
    ("text", "currency"), [("$20", "KRW"), ("USD 20", "KRW"), ("20원", "USD"), ("€20", "JPY")]
)
def test_an_amount_in_another_currency_than_its_row_is_refused(write_csv, refusal, text, currency):
    error = refusal(write_csv([["주문번호", "금액", "통화"], ["o1", text, currency]]))

    assert f"is in another currency than the row ({currency})" in error.message
    assert error.row == 2


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("결제완료", "paid"),
        ("완료", "paid"),
        ("PAID", "paid"),
        ("승인", "paid"),
        ("취소", "cancelled"),
        ("취소완료", "cancelled"),
        ("전체취소", "cancelled"),
        ("환불", "cancelled"),
        ("환불완료", "cancelled"),
        ("cancelled", "cancelled"),
        ("canceled", "cancelled"),
        ("부분취소", "partial"),
        ("부분환불", "partial"),
        ("partial_cancelled", "partial"),
        ("입금대기", "ready"),
        ("결제대기", "ready"),
        ("대기", "ready"),
        ("ready", "ready"),
        ("미결제", "ready"),
        ("결제실패", "failed"),
        ("실패", "failed"),
        ("failed", "failed"),
        (" 결제 완료 ", "paid"),
        (unicodedata.normalize("NFD", "결제완료"), "paid"),
    ],
)
def test_states_are_known_by_their_words(write_csv, word, status):
    ledger = ledger_of(write_csv, word, heading="상태")

    assert ledger["status"].tolist() == [status]


def test_how_states_were_read_is_shown(write_csv):
    source = ledger_of(write_csv, "승인", "paid", "", heading="상태").attrs["source"]

    assert "status '승인' is paid" in source["guessed"]
    assert not any("'paid'" in guess for guess in source["guessed"])
    assert "1 rows have no status" in source["notes"]


def test_an_unknown_state_is_refused_with_the_list(write_csv, refusal):
    error = refusal(write_csv([["주문번호", "금액", "상태"], ["o1", "1", "정산중"]]))

    assert (error.row, error.column, error.value) == (2, "상태", "정산중")
    assert 'the state "정산중" is not known' in error.message
    assert "결제완료 (paid), 취소 (cancelled), 부분취소 (partial)" in error.hint


@pytest.mark.parametrize(
    "text",
    ["NA", "null", "None", "nan", "N/A", "TRUE", "2024E01", "1e5", "00123", "12345678901234567890"],
)
def test_ids_stay_text(write_csv, text):
    ledger = read_ledger(write_csv([["주문번호", "금액"], [text, "1"]]))

    assert ledger["merchant_uid"].tolist() == [text]


def test_blanks_around_ids_are_taken_off_and_counted(write_csv):
    rows = [["주문번호", "금액"], [" o1 ", "1"], ["o2\u200b", "1"], ["\u00a0o3", "1"], ["o4", "1"]]

    ledger = read_ledger(write_csv(rows))

    assert ledger["merchant_uid"].tolist() == ["o1", "o2", "o3", "o4"]
    assert "blanks around 3 order ids were taken off" in ledger.attrs["source"]["notes"]


def test_decomposed_hangul_in_ids_is_composed(write_csv):
    rows = [["주문번호", "금액"], [unicodedata.normalize("NFD", "주문-1"), "1"]]

    assert read_ledger(write_csv(rows))["merchant_uid"].tolist() == ["주문-1"]


def test_a_line_without_an_order_id_is_kept_and_counted(write_csv):
    rows = [["주문번호", "금액", "메모"], ["", "500", "현금"], ["o2", "1", ""]]

    ledger = read_ledger(write_csv(rows))

    assert ledger["merchant_uid"].isna().tolist() == [True, False]
    assert "1 rows have no order id" in ledger.attrs["source"]["notes"]


@pytest.mark.parametrize("text", ["6.12E+15", "1.2345678901234567E+19", "6E+15"])
def test_ids_whose_digits_are_gone_are_refused(write_csv, refusal, text):
    error = refusal(write_csv([["주문번호", "금액"], ["o1", "1"], [text, "1"]]))

    assert (error.row, error.column, error.value) == (3, "주문번호", text)
    assert f'"{text}" has lost digits of the order id in the file itself' in error.message
    assert "order id as text" in error.hint


@pytest.mark.parametrize("cell", [True, date(2022, 11, 7), float("nan"), float("inf"), 2.0**53])
def test_cells_that_are_no_amounts_are_refused(cell):
    with pytest.raises(RefusalError, match="is not an amount"):
        read_amount(cell, "KRW", is_spreadsheet=True)


def test_a_spreadsheet_number_is_read_as_displayed():
    assert read_amount(0.1 + 0.2 + 10000.7, "KRW", is_spreadsheet=True) == 10001
    assert read_amount(59.97, "USD", is_spreadsheet=True) == 5997


def test_a_binary_fraction_outside_spreadsheets_is_refused():
    with pytest.raises(RefusalError, match="has a fraction of a won"):
        read_amount(10001.000000000002, "KRW")
    with pytest.raises(RefusalError, match="is a binary fraction"):
        read_amount(19.99, "USD")


def test_whole_floats_are_exact_in_every_currency():
    assert read_amount(20.0, "USD") == 2000
    assert read_amount(20.0, "KRW") == 20


def test_an_amount_beyond_64_bits_is_refused():
    with pytest.raises(RefusalError, match="is not an amount"):
        read_amount(10**30, "KRW")


@pytest.mark.parametrize(
    ("cell", "text"),
    [(123.0, "123"), (True, "TRUE"), (Decimal("12.0"), "12"), (7, "7"), (None, None), ("", None)],
)
def test_cells_of_an_id_column_become_the_text_displayed(cell, text):
    assert read_id(cell) == text


@pytest.mark.parametrize("cell", [1.5, 2.0**53, Decimal("1.5"), date(2022, 11, 7)])
def test_cells_that_are_no_ids_are_refused(cell):
    with pytest.raises(RefusalError):
        read_id(cell)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (123.0, "123"),
        (0.1 + 0.2, "0.3"),
        (True, "TRUE"),
        (Decimal("1.50"), "1.50"),
        (date(2022, 11, 7), "2022-11-07"),
        (7, "7"),
        (" a ", " a "),
        ("", None),
    ],
)
def test_other_cells_become_text(cell, text):
    assert text_of(cell) == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("hong@example.com", "h***@***"),
        ("010-1234-5678", "010-****-5678"),
        ("01012345678", "010****5678"),
        ("900101-1234567", "900101-*******"),
        ("4111111111111111", "411111******1111"),
        ("5387-12**-****-1234", "538712******1234"),
        ("홍길동", "홍**"),
        ("결제완료", "결제완료"),
        ("20221107130533", "20221107130533"),
        ("14,000원", "14,000원"),
    ],
)
def test_personal_values_are_masked_in_messages(text, masked):
    assert mask(text) == masked


def test_long_values_are_cut_in_messages():
    assert len(shown("가" * 500)) == 62


@pytest.mark.parametrize(("position", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (16383, "XFD")])
def test_columns_have_the_letters_of_spreadsheets(position, letter):
    assert column_letter(position) == letter
