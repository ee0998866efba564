"""Delimited text: encodings, delimiters, and every row accounted for."""

from __future__ import annotations

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from jtnet_recon.errors import TableError
from jtnet_recon.files import read_ledger

COLUMNS = ["merchant_uid", "amount", "cancel_amount", "status"]
EXPECTED = [["order-1", 14000, 0, "paid"], ["order-2", 30000, 10000, "partial"]]
HEAD = "주문번호,결제금액,상품명\n"


@pytest.mark.parametrize(
    ("encoding", "seen"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("cp949", "cp949"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_the_encoding_is_found(write_csv, encoding, seen):
    ledger = read_ledger(write_csv(encoding=encoding))

    assert ledger[COLUMNS].to_numpy().tolist() == EXPECTED
    assert ledger.attrs["source"]["encoding"] == seen


def test_big_endian_utf16_with_a_mark_is_read(write_csv):
    text = HEAD + "o1,1000,책\n"

    ledger = read_ledger(write_csv(b"\xfe\xff" + text.encode("utf-16-be")))

    assert ledger["상품명"].tolist() == ["책"]


def test_syllables_outside_euc_kr_are_read(write_csv):
    ledger = read_ledger(write_csv(HEAD + "o1,1000,뷁 똠\n", encoding="cp949"))

    assert ledger["상품명"].tolist() == ["뷁 똠"]


def test_cp949_headings_that_are_valid_utf8_are_known_by_meaning(write_csv):
    # All of these syllables are valid two-byte UTF-8 when written in cp949.
    text = "order_id,amount,카트\no1,1000,카트\n"
    assert text.encode("cp949").decode("utf-8")

    ledger = read_ledger(write_csv(text, encoding="cp949"), encoding="cp949")

    assert ledger.columns[-1] == "카트"


def test_text_that_is_valid_in_two_encodings_is_asked_about(write_csv, refusal):
    error = refusal(write_csv("order_id,amount,memo\no1,1000,카트\n", encoding="cp949"))

    assert (error.file, error.row) == ("ledger.csv", 2)
    assert "'īƮ' in UTF-8 and as '카트' in cp949" in error.message
    assert 'encoding="cp949"' in error.hint


def test_the_answer_about_the_encoding_is_followed(write_csv):
    path = write_csv("order_id,amount,memo\no1,1000,카트\n", encoding="cp949")

    assert read_ledger(path, encoding="cp949")["memo"].tolist() == ["카트"]
    assert read_ledger(path, encoding="utf-8")["memo"].tolist() == ["īƮ"]


def test_an_unknown_encoding_is_refused(write_csv, refusal):
    error = refusal(write_csv(), encoding="cp9499")

    assert error.message == "ledger.csv: there is no encoding 'cp9499'."


def test_mixed_encodings_are_named_by_row_and_byte(write_csv, refusal):
    good = (HEAD + "o1,1000,책\no2,2000,연필\n").encode()
    bad = "o3,3000,지우개\n".encode("cp949")

    error = refusal(write_csv(good + bad))

    assert error.row == 4
    assert f"offset {len(good) + 8}" in error.message
    assert "two encodings are mixed" in error.message
    assert error.value == "c1 f6"


def test_a_byte_of_no_encoding_is_named_by_row(write_csv, refusal):
    content = (HEAD + "o1,1000,책\n").encode("cp949") + b"o2,2000,\xff\xff\n"

    error = refusal(write_csv(content))

    assert error.row == 3
    assert "is not CP949" in error.message


@pytest.mark.parametrize(
    ("wrong", "right"), [("cp949", "utf-8"), ("latin-1", "cp949"), ("latin-1", "utf-8")]
)
def test_text_that_an_earlier_tool_damaged_is_recognised(write_csv, refusal, wrong, right):
    damaged = "주문번호".encode(right).decode(wrong)

    error = refusal(write_csv(f"{damaged},amount\no1,1000\n"))

    assert "decoded wrongly by an earlier program" in error.message
    assert "'주문번호'" in error.message


def test_joined_files_are_recognised_by_the_second_mark(write_csv, refusal):
    one = "\ufeff" + HEAD + "o1,1000,책\n"

    error = refusal(write_csv(one + one))

    assert error.row == 3
    assert "two files are joined at row 3" in error.message


def test_nul_characters_are_kept_visibly(write_csv):
    ledger = read_ledger(write_csv(HEAD + "o1,1000,a\x00b\n"))

    assert ledger["상품명"].tolist() == ["a␀b"]
    assert "1 NUL characters are shown as ␀" in ledger.attrs["source"]["notes"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(write_csv, delimiter):
    ledger = read_ledger(write_csv(delimiter=delimiter))

    assert ledger[COLUMNS].to_numpy().tolist() == EXPECTED
    assert ledger.attrs["source"]["delimiter"] == delimiter


def test_a_tab_is_told_from_thousands_separators(write_csv):
    ledger = read_ledger(write_csv("주문번호\t결제금액\no1\t14,000\no2\t15,000\n"))

    assert ledger["amount"].tolist() == [14000, 15000]


def test_a_line_that_names_the_delimiter_is_followed(write_csv):
    ledger = read_ledger(write_csv("sep=;\r\n주문번호;결제금액\r\no1;14,000\r\n"))

    assert ledger["amount"].tolist() == [14000]


def test_a_long_file_is_sampled_at_a_line_end(write_csv):
    lines = "".join(f'o{n},1000,"a, b"\n' for n in range(20_000))

    assert len(read_ledger(write_csv(HEAD + lines))) == 20_000


def test_a_stray_quote_that_swallows_rows_is_found(write_csv, refusal):
    error = refusal(write_csv(HEAD + 'o1,1000,"책\no2,2000,연필"\no3,3000,펜\n'))

    assert error.row == 2
    assert "a stray quote makes one cell of several rows" in error.message
    assert error.value == '"책⏎o2,2000,연필"'


def test_a_quote_followed_by_text_is_found(write_csv, refusal):
    error = refusal(write_csv(HEAD + 'o1,1000,책\no2,2000,"연"필\n'))

    assert error.row == 3
    assert "a quote is followed by text" in error.message


def test_a_quote_that_is_never_closed_is_found_where_it_opens(write_csv, refusal):
    error = refusal(write_csv(HEAD + 'o1,1000,책\no2,2000,"연필\no3,3000,펜\n'))

    assert error.row == 3
    assert "never closed" in error.message


def test_a_cell_without_end_is_refused(write_csv, refusal):
    error = refusal(write_csv(HEAD + 'o1,1000,"' + "책" * 140_000 + '"\n'))

    assert error.row == 2
    assert "longer than 131,072 characters" in error.message


def test_a_line_break_inside_a_quoted_cell_is_kept(write_csv):
    ledger = read_ledger(write_csv(HEAD + 'o1,1000,"서울시, 강남구\n역삼동"\no2,2000,펜\n'))

    assert ledger["상품명"].tolist() == ["서울시, 강남구\n역삼동", "펜"]


def test_a_long_row_is_refused(write_csv, refusal):
    error = refusal(write_csv(HEAD + "o1,14,000,책\no2,2000,펜\no3,15,000,연필\n"))

    assert (error.row, error.value) == (2, '"책"')
    assert "it has 4 cells where the header (row 1) has 3" in error.message
    assert "2 rows differ: 2, 4" in error.message


def test_a_short_row_is_refused(write_csv, refusal):
    error = refusal(write_csv(HEAD + "o1,1000,책\no2,2000\n"))

    assert error.row == 3
    assert "it has 2 cells where the header (row 1) has 3" in error.message


def test_a_cell_too_many_in_every_row_is_refused_not_shifted(write_csv, refusal):
    error = refusal(write_csv("주문번호,결제금액\nx,o1,1000\nx,o2,2000\n"))

    assert error.row == 2
    assert "it has 3 cells where the header (row 1) has 2" in error.message


def test_delimiters_at_the_end_of_rows_are_no_cells(write_csv):
    ledger = read_ledger(write_csv("주문번호,결제금액\no1,1000,,\no2,2000,\n"))

    assert ledger["amount"].tolist() == [1000, 2000]


def test_mixed_line_ends_are_counted(write_csv):
    ledger = read_ledger(write_csv("주문번호,결제금액\r\no1,1000\no2,2000\ro3,3000\n"))

    assert ledger["amount"].tolist() == [1000, 2000, 3000]
    assert "line ends are mixed: 1 CRLF, 2 LF, 1 CR" in ledger.attrs["source"]["notes"]


def test_a_web_page_named_xls_is_recognised(write_csv, refusal):
    error = refusal(write_csv("<html><table><tr><td>주문번호</td></tr></table>", name="l.xls"))

    assert error.file == "l.xls"
    assert "it is a web page or XML" in error.message
    assert "save it as an .xlsx" in error.hint


def test_text_named_xlsx_is_read_as_text(write_csv):
    ledger = read_ledger(write_csv(name="ledger.xlsx", encoding="cp949"))

    assert ledger.attrs["source"]["kind"] == "csv"
    assert len(ledger) == 2


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"\x1f\x8b\x08rest", "a gzip archive"),
        (b"7z\xbc\xafrest", "a 7z archive"),
        (b"%PDF-1.7", "a PDF"),
        (b"SQLite format 3\x00", "an SQLite database"),
    ],
)
def test_other_kinds_of_files_are_named(write_csv, refusal, content, what):
    error = refusal(write_csv(content))

    assert error.message == f"ledger.csv: it is {what}, not a table."


@pytest.mark.parametrize("content", [bytes(5000), bytes(range(256)) * 20])
def test_bytes_that_are_no_text_are_refused(write_csv, refusal, content):
    error = refusal(write_csv(content))

    assert "neither text nor a workbook nor Parquet" in error.message


def test_an_empty_file_is_refused(write_csv, refusal):
    error = refusal(write_csv(b""))

    assert error.message == "ledger.csv: it is empty (0 bytes)."


def test_a_file_of_blank_cells_is_refused(write_csv, refusal):
    error = refusal(write_csv(",,\r\n,,\r\n"))

    assert error.message == "ledger.csv: it holds no cells."


def test_headings_without_rows_are_refused_unless_allowed(write_csv, refusal):
    path = write_csv("주문번호,결제금액\n")

    error = refusal(path)
    ledger = read_ledger(path, allow_empty=True)

    assert (error.row, "allow_empty=True" in error.hint) == (1, True)
    assert (len(ledger), ledger["amount"].dtype) == (0, "int64")


def test_a_missing_file_is_refused_with_the_nearest_names(write_csv, tmp_path, refusal):
    write_csv(name="ledger_2022-11.csv")

    error = refusal(tmp_path / "ledger_2022_11.csv")

    assert "there is no such file in" in error.message
    assert error.hint == "Did you mean ledger_2022-11.csv?"


def test_a_missing_folder_is_refused(tmp_path, refusal):
    error = refusal(tmp_path / "nowhere" / "ledger.csv")

    assert error.hint == "Check the folder and the name."


def test_a_folder_is_refused(tmp_path, refusal):
    error = refusal(tmp_path)

    assert "it is a folder" in error.message


def test_the_lock_file_of_excel_is_refused(write_csv, refusal):
    error = refusal(write_csv(name="~$ledger.xlsx"))

    assert "the lock that Excel leaves" in error.message
    assert "ledger.xlsx" in error.hint


def test_a_file_that_changes_while_it_is_read_is_refused(write_csv, monkeypatch, refusal):
    path = write_csv()
    read = type(path).read_bytes

    def read_and_append(self):
        data = read(self)
        with self.open("ab") as file:
            file.write(b"order-3,1000,,,\r\n")
        return data

    monkeypatch.setattr(type(path), "read_bytes", read_and_append)
    error = refusal(path)

    assert "it was changed while it was read" in error.message


def test_a_file_that_is_too_large_is_refused(write_csv, monkeypatch, refusal):
    monkeypatch.setattr("jtnet_recon.files.source.FILE_BYTES_MAX", 10)

    error = refusal(write_csv())

    assert "it is too large" in error.message
    assert "at most 10 are read" in error.message


def test_a_file_that_may_not_be_read_is_refused(write_csv, monkeypatch, refusal):
    path = write_csv()

    def deny(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "read_bytes", deny)
    error = refusal(path)

    assert "it cannot be read: Permission denied" in error.message


def test_a_drive_that_fails_is_told(write_csv, monkeypatch, refusal):
    path = write_csv()

    def fail(self):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(type(path), "read_bytes", fail)
    error = refusal(path)

    assert "it cannot be read: Input/output error" in error.message
    assert "local folder" in error.hint


@pytest.mark.parametrize("scheme", ["http", "https", "ftp", "file", "s3"])
def test_addresses_are_not_downloaded(scheme, refusal):
    error = refusal(f"{scheme}://example.com/ledger.csv")

    assert error.message == f"{scheme}:// addresses are not read."


def test_the_source_is_described(write_csv):
    source = read_ledger(write_csv()).attrs["source"]

    assert source["columns"] == {
        "merchant_uid": "주문번호",
        "amount": "결제금액",
        "cancel_amount": "취소금액",
        "paid_on": "결제일",
        "status": "상태",
    }
    assert (source["rows_offered"], source["rows_accepted"]) == (2, 2)
    assert (source["header_row"], source["name"], len(source["sha256"])) == (1, "ledger.csv", 64)
    assert "merchant_uid <- '주문번호' (column A), by its heading" in source["guessed"]


def test_what_was_guessed_is_logged(write_csv, caplog):
    with caplog.at_level("INFO", logger="jtnet_recon.files"):
        read_ledger(write_csv())

    assert "amount <- '결제금액' (column B), by its heading" in caplog.text


def test_dtypes_are_those_of_the_table(write_csv):
    ledger = read_ledger(write_csv())

    assert ledger.dtypes.astype(str).to_dict() == {
        "merchant_uid": "str",
        "amount": "int64",
        "cancel_amount": "int64",
        "currency": "str",
        "status": "str",
        "paid_on": "datetime64[us]",
    }


def test_errors_are_table_errors_with_a_code():
    with pytest.raises(TableError) as caught:
        read_ledger("nowhere.csv")

    assert caught.value.code == "JR-TABLE"


def test_reading_a_ledger_again_changes_nothing(write_csv):
    ledger = read_ledger(write_csv())

    again = read_ledger(ledger)

    assert_frame_equal(again, ledger)
    assert again is not ledger
    assert isinstance(again, pd.DataFrame)


def test_headings_that_mean_something_in_cp949_alone_decide_for_it(write_csv):
    # 카트 and 처치 in cp949 are two letters each in UTF-8 (īƮ óġ), and no heading there.
    text = "카트,처치\no1,1000\n"
    assert text.encode("cp949").decode("utf-8") == "īƮ,óġ\no1,1000\n"

    columns = {"merchant_uid": "카트", "amount": "처치"}
    ledger = read_ledger(write_csv(text, encoding="cp949"), columns=columns)

    assert ledger["amount"].tolist() == [1000]
    assert ledger.attrs["source"]["encoding"] == "cp949"


@pytest.mark.parametrize(
    ("memo", "in_cp949"), [("日本", None), ("ʡ", "伽")], ids=["no cp949", "no Hangul in cp949"]
)
def test_letters_of_other_languages_stay_as_they_are(write_csv, memo, in_cp949):
    if in_cp949:
        assert memo.encode().decode("cp949") == in_cp949

    ledger = read_ledger(write_csv(f"order_id,amount,memo\no1,1000,{memo}\n"))

    assert ledger["memo"].tolist() == [memo]
    assert ledger.attrs["source"]["encoding"] == "utf-8"


def test_headings_that_mean_something_in_neither_encoding_leave_it_at_utf8(write_csv, refusal):
    error = refusal(write_csv("number,sum,īƮ\no1,1000,x\n"))

    assert "'īƮ'" not in error.message
    assert "no header row was found" in error.message
    assert "īƮ" in error.message


def test_a_long_file_with_one_bad_row_is_judged_by_its_first_rows(write_csv, refusal, monkeypatch):
    monkeypatch.setattr("jtnet_recon.files.decode._LINES_TRIED", 5)
    rows = "".join(f"o{n},1,\n" for n in range(3)) + "".join(f"o{n},1,주전자\n" for n in range(9))
    good = ("order_id,amount,상품\n" + rows).encode()

    error = refusal(write_csv(good + "o9,1,전기주전자\n".encode("cp949")))

    assert error.row == 14
    assert "is not UTF-8 like the rows before" in error.message
