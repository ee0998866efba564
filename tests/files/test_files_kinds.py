"""Sales and refunds, and the states beside them, are told by their words or not at all."""

from __future__ import annotations

import pytest
from files_cells import HEAD, values_of

from jtnet_recon.files import read_ledger
from jtnet_recon.files.words import KINDS, STATUSES, fold
from jtnet_recon.recon.kinds import CANCEL_WORDS


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
