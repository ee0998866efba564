"""Whatever a reader notes of a file can be read in Korean, with the same numbers and names."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from jtnet_recon.files import read_ledger
from jtnet_recon.report.words_source import source_note

HEAD = ["주문번호", "결제금액", "취소금액", "결제일", "상태"]
A = ["o1", "1,000", "", "2022-11-07", "결제완료"]
B = ["o2", "2,000", "500", "2022-11-08", "부분취소"]
TOTAL = ["합계", "3,000", "500", "", ""]


def noticed(ledger):
    source = ledger.attrs["source"]
    return [*source["guessed"], *source["notes"]]


def hidden(book):
    sheet = book.active
    sheet.row_dimensions[2].hidden = True
    sheet.column_dimensions["C"].hidden = True
    sheet.auto_filter.ref = "A1:E3"


def unseen_sheet(book):
    book.active.sheet_state = "hidden"
    book.create_sheet("메모")
    book.active = 1


@pytest.fixture
def notes(write_csv, write_xlsx):
    """Read files as people send them; give everything that was noticed."""
    kinds = [["주문번호", "금액", "구분"], ["o1", "1000", "매출"], ["o2", "-400", ""]]
    foreign = [["주문번호", "금액", "구분"], ["o1", "1000", "과세"], ["o2", "400", "면세"]]
    twice = [["주문번호", "금액", "승인번호", "카드 승인번호"], ["o1", "1000", "30012345", "1"]]
    taken = [["주문번호", "금액", "amount_ledger", "비고", "비고"], ["o1", "1", "2", "3", "4"]]
    short = [
        ["주문번호", "금액", "승인번호"],
        ["o1", "1000", "12345678"],
        ["o2", "1000", "2345678"],
    ]
    texts = [
        write_csv([["11월 매출"], [], HEAD, A, B, TOTAL], name="a.csv"),
        write_csv([[*HEAD, ""], [" o1 ", *A[1:], "메모"], ["", *B[1:4], "", ""]], name="b.csv"),
        write_csv(kinds, name="c.csv"),
        write_csv(foreign, name="d.csv"),
        write_csv(twice, name="e.csv"),
        write_csv(taken, name="f.csv"),
        write_csv(short, name="g.csv"),
        write_csv("주문번호,금액,비고\r\no1,1,a\x00b\no2,2,\n", name="h.csv"),
    ]
    books = [
        write_xlsx([HEAD, ["o1", 1000, None, None, "결제완료"], B], name="i.xlsx", change=hidden),
        write_xlsx(name="j.xlsx", change=unseen_sheet),
        write_xlsx([[*HEAD, None, "메모"], [*A, None, "=1+1"]], name="k.xlsx"),
    ]
    read = [noticed(read_ledger(path)) for path in (*texts, *books)]
    wrong = write_csv([HEAD, A, B, ["합계", "7,000", "500", "", ""]], name="l.csv")
    read.append(noticed(read_ledger(wrong, check_total=False)))
    read.append(noticed(read_ledger(pd.DataFrame({"order_no": ["o1"], "amount": [1]}))))
    return [note for part in read for note in part]


def test_every_note_of_a_reader_has_a_korean_form(notes):
    said = {note: source_note(note, "ko") for note in notes}

    assert len(notes) > 30
    assert [note for note, korean in said.items() if korean == note] == []
    for korean in said.values():
        assert re.search("[가-힣]", korean)
        assert not re.search(r"\b(is|are|were|was|has|have|rows?|column|by)\b", korean)


def test_korean_notes_keep_every_number_and_name(notes):
    for note in notes:
        if "zeros in front" in note or note.startswith("passed by"):
            continue
        quoted = re.findall(r"'[^']*'|\d[\d,]*", note)
        korean = source_note(note, "ko")
        assert [part for part in quoted if part not in korean] == []


@pytest.mark.parametrize(
    ("note", "korean"),
    [
        ("merchant_uid <- '주문번호' (column A), by its heading", "A열 '주문번호' → merchant_uid"),
        ("3 rows above the header (row 4) were passed by", "열 제목(4행) 위의 3행은 읽지 않음"),
        (
            "2 rows of days outside 2022-11-01..2022-11-30 were left aside",
            "기간(2022-11-01..2022-11-30) 밖의 행 2개 제외",
        ),
        (
            (
                "column C (승인번호) and column D (카드 승인번호) may both be apply_num: neither was "
                'taken; columns={"apply_num": …} says which'
            ),
            (
                "C열(승인번호), D열(카드 승인번호): 둘 다 apply_num일 수 있어 사용하지 않음. "
                'columns={"apply_num": …}로 지정하세요'
            ),
        ),
        (
            (
                "passed by: l.csv, row 4, column B (결제금액): the total '합계' says 7,000, but its 2 rows "
                "add up to 3,000: the total is 4,000 KRW too much."
            ),
            "검사하지 않은 합계: 4행 B열(결제금액) '합계' 7,000, 2개 행의 합은 3,000",
        ),
        ("a note of a later version", "a note of a later version"),
    ],
)
def test_a_note_reads_as_a_person_would_write_it(note, korean):
    assert (source_note(note, "ko"), source_note(note, "en")) == (korean, note)
