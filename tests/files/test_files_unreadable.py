"""What is no table, is not there or can't be read is refused and named."""

from __future__ import annotations

import pytest

from jtnet_recon.files import read_ledger


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
