"""What a person reads when a ledger is refused, word for word: where, what, and what to do.

Each case is a thing that ``read_ledger`` promises to refuse by name. The text is all that the
command line shows, so it has to be enough.
"""

from __future__ import annotations

import io
import sqlite3

import openpyxl
import pandas as pd
import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from jtnet_recon.errors import TableError
from jtnet_recon.files import read_ledger

TITLE = [["2022년 11월 매출"], []]
HEAD = ["주문번호", "결제금액", "취소금액", "결제일", "상태"]
LINE = ["o1", 14000, None, "2022-11-07", "결제완료"]


@pytest.fixture
def told(tmp_path):
    """Read a source that has to be refused; give the whole text and the places it names."""

    def read(source, **options):
        with pytest.raises(TableError) as caught:
            read_ledger(source, **options)
        error = caught.value
        where = (error.file, error.sheet, error.row, error.column, error.value)
        return str(error).replace(str(tmp_path), "…").splitlines(), where

    return read


@pytest.fixture
def book(tmp_path):
    """Write a workbook with a title above its header in row 3."""

    def write(*rows, head=HEAD):
        workbook = openpyxl.Workbook()
        workbook.active.title = "11월"
        for row in [*TITLE, head, *rows]:
            workbook.active.append(row)
        path = tmp_path / "원장.xlsx"
        workbook.save(path)
        return path

    return write


@pytest.fixture
def text(tmp_path):
    """Write delimited text or bytes."""

    def write(content):
        path = tmp_path / "원장.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_no_such_column_named_by_the_caller(told, book):
    lines, where = told(book(LINE), columns={"amount": "결재금액"})

    assert where == ("원장.xlsx", "11월", 3, "결재금액", None)
    assert lines == [
        "원장.xlsx, sheet '11월', row 3: there is no column '결재금액' (wanted as amount).",
        "Did you mean '결제금액', '취소금액'?",
        "열 제목: 주문번호, 결제금액, 취소금액, 결제일, 상태",
    ]


def test_no_column_that_any_heading_means(told, book):
    lines, where = told(book(["o1", 1], head=["주문번호", "가격"]))

    assert where == ("원장.xlsx", "11월", 3, "amount", None)
    assert lines == [
        (
            "원장.xlsx, sheet '11월', row 3: no heading is known to mean amount; "
            "the headings are: 주문번호, 가격."
        ),
        'Say which one it is: columns={"amount": "…"} (--map amount=…).',
        '어느 열인지 지정하세요: columns={"amount": "…"}',
    ]


def test_no_such_sheet(told, book):
    lines, where = told(book(LINE), sheet="12월")

    assert where == ("원장.xlsx", None, None, None, "12월")
    assert lines == [
        "원장.xlsx: there is no sheet '12월'; it has '11월'.",
        "Did you mean '11월'?",
        "시트 이름을 확인하세요: 11월",
    ]


def test_mixed_encodings(told, text):
    utf8 = "주문번호,결제금액,상품\no1,1,카트\no2,2,주전자\n".encode()

    lines, where = told(text(utf8 + "o3,3,전기주전자\n".encode("cp949")))

    assert where == ("원장.csv", None, 4, None, "c0 fc")
    assert lines == [
        (
            "원장.csv, row 4: byte c0 fc at offset 65 is not UTF-8 like the rows before; "
            "that row seems to be cp949, so two encodings are mixed."
        ),
        "Export it again in one encoding; CSV UTF-8 is the safest.",
        "한 파일에 두 인코딩이 섞였습니다. CSV UTF-8로 다시 내보내세요.",
    ]


def test_an_id_in_scientific_notation(told, text):
    lines, where = told(text("주문번호,결제금액\no1,1\n6.12E+15,14000\n"))

    assert where == ("원장.csv", None, 3, "주문번호", "6.12E+15")
    assert lines == [
        (
            '원장.csv, row 3, column A (주문번호): "6.12E+15" has lost digits of the order id in the '
            "file itself."
        ),
        (
            "Export it again with the order id as text (in Excel: format the column as text before "
            "the ids are entered or imported)."
        ),
        "주문번호의 숫자가 이미 손실되었습니다. 주문번호 열을 텍스트로 지정해 다시 내보내세요.",
    ]


def test_an_id_that_a_workbook_keeps_as_a_long_number(told, book):
    lines, where = told(book([6.12e15, 1], ["o2", 2]))

    assert where == ("원장.xlsx", "11월", 4, "주문번호", "6120000000000000")
    assert lines == [
        (
            "원장.xlsx, sheet '11월', row 4, column A (주문번호): \"6120000000000000\" is a number of "
            "more than 15 digits that ends in 0: the spreadsheet has lost its last digits."
        ),
        "Export it again with the order id as text.",
        "주문번호 열을 텍스트로 지정해 다시 내보내세요.",
    ]


def test_an_amount_with_a_fraction_of_a_won(told, book):
    lines, where = told(book(LINE, ["o2", 14000.5], ["o3", "0.5"]))

    assert where == ("원장.xlsx", "11월", 5, "결제금액", "14000.5")
    assert lines == [
        (
            "원장.xlsx, sheet '11월', row 5, column B (결제금액): \"14000.5\" has a fraction of a won "
            "(and 1 more: row 6)."
        ),
        (
            "Write a whole amount, such as 14000. Were won divided, or is another currency missing a "
            "통화 (currency) column?"
        ),
        "원 단위 정수로 쓰세요. 다른 통화라면 통화 열을 추가하세요.",
    ]


def test_an_empty_file(told, text):
    lines, where = told(text(b""))

    assert where == ("원장.csv", None, None, None, None)
    assert lines == [
        "원장.csv: it is empty (0 bytes).",
        "Export it again.",
        "빈 파일입니다. 다시 내보내세요.",
    ]


def test_a_file_with_headings_alone(told, book):
    lines, where = told(book())

    assert where == ("원장.xlsx", "11월", 3, None, None)
    assert lines == [
        "원장.xlsx, sheet '11월', row 3: it has headings but no rows.",
        "If that is right, read it with allow_empty=True.",
        "자료 행이 없습니다. 맞다면 allow_empty=True로 읽으세요.",
    ]


def test_a_password_protected_workbook(told, book, tmp_path):
    path = tmp_path / "잠긴.xlsx"
    with path.open("wb") as locked:
        OOXMLFile(io.BytesIO(book(LINE).read_bytes())).encrypt("1234", locked)

    lines, where = told(path)

    assert where == ("잠긴.xlsx", None, None, None, None)
    assert lines == [
        "잠긴.xlsx: it is protected with a password.",
        "Open it in Excel and save an unprotected copy.",
        "암호가 걸린 파일입니다. 암호를 해제한 사본을 저장하세요.",
    ]


def test_a_damaged_workbook(told, book):
    path = book(LINE)
    path.write_bytes(path.read_bytes()[:-100])

    lines, where = told(path)

    assert where == ("원장.xlsx", None, None, None, None)
    assert lines == [
        "원장.xlsx: it is damaged or cut off (File is not a zip file).",
        "Download or export it again; open it in Excel to see whether it can be repaired.",
        "파일이 손상되었습니다. 다시 내려받거나 내보내세요.",
    ]


def test_a_total_that_differs_from_its_rows(told, book):
    lines, where = told(book(LINE, ["o2", 30000], ["합계", 43000]))

    assert where == ("원장.xlsx", "11월", 6, "결제금액", "43,000")
    assert lines == [
        (
            "원장.xlsx, sheet '11월', row 6, column B (결제금액): the total '합계' says 43,000, but its "
            "2 rows add up to 44,000: the total is 1,000 KRW too little."
        ),
        (
            "A row was lost from, or added to, the table after the total was written: compare it. "
            "check_total=False reads the table all the same."
        ),
        (
            "합계가 행의 합과 다릅니다. 누락되거나 추가된 행을 확인하세요. check_total=False로 검사를 끌 수 "
            "있습니다."
        ),
    ]


def test_what_may_be_personal_is_masked(told, book):
    lines, where = told(book(LINE, ["o2", "010-1234-5678"], ["o3", "김하나"]))

    assert where == ("원장.xlsx", "11월", 5, "결제금액", "010-****-5678")
    assert lines[0] == (
        "원장.xlsx, sheet '11월', row 5, column B (결제금액): \"010-****-5678\" is not an amount "
        "(and 1 more: row 6)."
    )


def test_a_row_below_a_cell_of_several_lines_is_numbered_as_a_spreadsheet_does(told, text):
    lines, where = told(text('주문번호,결제금액,비고\no1,1,"한 줄\n두 줄\n세 줄"\n\no2,x,\n'))

    assert where == ("원장.csv", None, 4, "결제금액", "x")
    assert lines[0] == '원장.csv, row 4, column B (결제금액): "x" is not an amount.'


def test_a_parquet_file_counts_its_rows_from_one(told, tmp_path):
    path = tmp_path / "원장.parquet"
    pd.DataFrame({"주문번호": ["o1", "o2"], "결제금액": ["1", "1.5"]}).to_parquet(path)

    lines, where = told(path)

    assert where == ("원장.parquet", None, 2, "결제금액", "1.5")
    assert lines[0] == ('원장.parquet, row 2, column B (결제금액): "1.5" has a fraction of a won.')


def test_a_database_is_named_by_its_address(told, tmp_path):
    path = tmp_path / "books.db"
    with sqlite3.connect(path) as books:
        books.execute("CREATE TABLE sales (order_no TEXT, amount TEXT)")
        books.execute("INSERT INTO sales VALUES ('o1', '6.5')")
    books.close()

    lines, (file, *where) = told(f"sqlite:///{path.as_posix()}", query="SELECT * FROM sales")

    assert where == [None, 1, "amount", "6.5"]
    assert file.startswith("sqlite:///")
    assert lines[0] == (
        'sqlite:///…/books.db, row 1, column B (amount): "6.5" has a fraction of a won.'
    )


def test_a_column_that_a_query_lacks_is_named(told, tmp_path):
    url = f"sqlite:///{(tmp_path / 'books.db').as_posix()}"

    lines, where = told(url, query="SELECT 'o1' AS order_no, 1 AS price")

    assert where[2:] == (None, "amount", None)
    assert lines[1:] == [
        'Say which one it is: columns={"amount": "…"} (--map amount=…).',
        '어느 열인지 지정하세요: columns={"amount": "…"}',
    ]
