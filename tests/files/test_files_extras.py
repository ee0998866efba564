"""What books hold besides amounts, states and days: read by name or heading, never guessed."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pandas as pd
import pytest

from jtnet_recon.columns import LEDGER
from jtnet_recon.errors import ConfigError
from jtnet_recon.files import read_ledger
from jtnet_recon.files.words import HEADINGS, KINDS, NAMES, OPTIONAL, STATUSES, fold
from jtnet_recon.recon.kinds import CANCEL_WORDS

HEAD = ["주문번호", "금액"]


@pytest.fixture
def column(write_csv):
    """Read one more column, given its heading and cells; give the ledger."""

    def read(heading, cells, **options):
        rows = [[*HEAD, heading], *([f"o{n}", "1000", cell] for n, cell in enumerate(cells))]
        return read_ledger(write_csv(rows), **options)

    return read


@pytest.fixture
def told(write_csv, refusal):
    """Read a ledger whose second line's one more cell has to be refused."""

    def refuse(heading, cell, *, good="", **options):
        rows = [[*HEAD, heading], ["o1", "1000", good], ["o2", "1000", cell]]
        return refusal(write_csv(rows), **options)

    return refuse


def values_of(ledger, name):
    """Give a column's values, None for what is missing."""
    return [None if pd.isna(value) else value for value in ledger[name]]


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


# Kinds: lines of sales and lines of refunds


def test_kinds_are_read_as_those_of_transactions_and_each_word_is_shown(column):
    ledger = column("구분", ["매출", "환불", "부분취소", "approval"])

    assert ledger["kind"].tolist() == ["approval", "cancel", "cancel", "approval"]
    assert ledger["amount"].tolist() == [1000] * 4
    assert ledger.attrs["source"]["guessed"][-3:] == [
        "kind '매출' is approval",
        "kind '부분취소' is cancel",
        "kind '환불' is cancel",
    ]


def test_every_word_of_the_engine_is_read_in_its_sense():
    assert {KINDS[fold(word)] for word in CANCEL_WORDS} == {"cancel"}
    assert "cancel" in CANCEL_WORDS
    assert "approval" not in CANCEL_WORDS


def test_a_column_called_kind_with_other_words_stays_text_and_is_named(column):
    ledger = column("구분", ["온라인", "매장", ""])

    assert ledger["구분"].fillna("").tolist() == ["온라인", "매장", ""]
    assert "kind" not in ledger.columns
    assert ledger.attrs["source"]["notes"] == [
        "column C (구분) has no word for a sale or a refund: it is no kind"
    ]


def test_a_column_with_our_own_name_and_other_words_is_numbered(column):
    ledger = column("kind", ["online"])

    assert ledger["kind (2)"].tolist() == ["online"]
    assert "kind" not in ledger.columns


def test_a_blank_column_of_kinds_says_nothing(column):
    ledger = column("구분", ["", "-"])

    assert values_of(ledger, "kind") == [None, None]


def test_rows_without_a_kind_are_counted(column):
    notes = column("구분", ["매출", "", "-"]).attrs["source"]["notes"]

    assert notes == ["2 rows have no kind: the sign of the amount tells a sale from a refund"]


def test_an_unknown_kind_beside_known_ones_is_refused(told):
    error = told("구분", "반품환입", good="매출")

    assert error.message == (
        'ledger.csv, row 3, column C (구분): the kind "반품환입" is not known.'
    )
    assert error.hint.startswith("Known are: 매출, 결제, 승인 (approval), 취소")
    assert error.hint.endswith(' Or leave the column aside: columns={"kind": ""}.')
    assert 'columns={"kind": ""}' in error.hint_ko


def test_an_unknown_kind_that_the_caller_wants_is_refused(told):
    error = told("채널", "온라인", good="온라인", columns={"kind": "채널"})

    assert 'row 2, column C (채널): the kind "온라인" is not known (and 1 more: row 3)' in str(
        error
    )
    assert "aside" not in error.hint


def test_a_state_column_can_be_the_kind_if_the_caller_says_so(column):
    ledger = column("거래구분", ["승인", "취소"], columns={"kind": "거래구분"})

    assert ledger["kind"].tolist() == ["approval", "cancel"]
    assert values_of(ledger, "status") == [None, None]


def test_a_state_column_is_a_state_by_itself(column):
    ledger = column("거래구분", ["승인", "취소"])

    assert ledger["status"].tolist() == ["paid", "cancelled"]
    assert "kind" not in ledger.columns


@pytest.mark.parametrize("total", ["4,000", "2,000"])
def test_a_total_of_sales_and_refunds_may_be_their_sum_or_what_is_left(write_csv, total):
    rows = [[*HEAD, "구분"], ["o1", "3000", "매출"], ["o1", "1000", "환불"], ["합계", total, ""]]

    source = read_ledger(write_csv(rows)).attrs["source"]

    assert source["stated_total"] == source["computed_total"] == int(total.replace(",", ""))
    assert "1 total rows agree with the rows they sum" in source["notes"]


def test_a_total_that_is_neither_is_refused(write_csv, refusal):
    rows = [[*HEAD, "구분"], ["o1", "3000", "매출"], ["o1", "1000", "환불"], ["합계", "3000", ""]]

    assert "2 rows add up to 4,000: the total is 1,000 KRW too little" in str(
        refusal(write_csv(rows))
    )


def test_a_bare_total_below_is_no_line_and_no_row_without_kind(write_csv):
    rows = [[*HEAD, "구분"], *(["o1", "1000", "매출"] for _ in range(3)), ["", "3000", ""]]

    ledger = read_ledger(write_csv(rows))

    assert ledger["kind"].tolist() == ["approval"] * 3
    assert ledger.attrs["source"]["notes"] == ["1 total rows agree with the rows they sum"]


# States


@pytest.mark.parametrize(
    "word",
    (
        "취소요청|환불요청|취소접수|환불접수|환불대기|취소대기|cancel requested|Refund Requested"
        "|cancel_requested|취소 요청"
    ).split("|"),
)
def test_a_refund_that_was_asked_for_is_a_state_of_its_own(column, word):
    assert column("상태", [word])["status"].tolist() == ["cancel_requested"]


def test_an_unknown_state_names_the_requests_too(told):
    error = told("상태", "환불 안내")

    assert error.message.endswith('the state "환불 안내" is not known.')
    assert "취소요청 (cancel_requested)" in error.hint
    assert "취소요청" in error.hint_ko


def test_no_word_means_two_states():
    assert STATUSES[fold("취소")] == "cancelled"
    assert STATUSES[fold("부분취소")] == "partial"
    assert STATUSES[fold("취소대기")] == "cancel_requested"


# Days, months, flags and words


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


# Ids and codes


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
