"""A workbook that is locked, cut off, broken or lacks a part is refused, or read without it."""

from __future__ import annotations

import io
import zipfile

from msoffcrypto.format.ooxml import OOXMLFile

from jtnet_recon.files import read_ledger


def test_a_workbook_with_a_password_is_refused(write_xlsx, tmp_path, refusal):
    path = tmp_path / "locked.xlsx"
    with path.open("wb") as locked:
        OOXMLFile(io.BytesIO(write_xlsx().read_bytes())).encrypt("1234", locked)

    error = refusal(path)

    assert error.message == "locked.xlsx: it is protected with a password."
    assert error.hint == "Open it in Excel and save an unprotected copy."


def test_a_workbook_cut_off_is_refused(write_xlsx, refusal):
    path = write_xlsx()
    path.write_bytes(path.read_bytes()[:-200])

    error = refusal(path)

    assert "it is damaged or cut off" in error.message


def test_another_archive_is_refused(tmp_path, refusal):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ledger.csv", "a,b")
    ods = tmp_path / "b.ods"
    with zipfile.ZipFile(ods, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")

    assert "it is a zip archive, not an Excel workbook" in refusal(path).message
    assert "it is an OpenDocument file" in refusal(ods).message


def test_another_office_document_is_refused(write_csv, refusal):
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le")

    error = refusal(write_csv(content, name="a.xls"))

    assert "it is an Office or Hangul document" in error.message


def test_a_workbook_whose_inside_is_broken_is_refused(write_xlsx, patch_zip, refusal):
    path = write_xlsx()
    patch_zip(path, "xl/workbook.xml", lambda part: part[: len(part) // 2])

    assert "it is damaged or cut off" in refusal(path).message


def test_a_sheet_whose_inside_is_broken_is_refused(write_xlsx, patch_zip, refusal):
    path = write_xlsx()
    patch_zip(path, "xl/worksheets/sheet1.xml", lambda part: part.replace(b"</row>", b"</wor>"))

    assert "it is damaged or cut off" in refusal(path).message


def test_a_sheet_whose_texts_are_lost_is_refused(write_xlsx, patch_zip, refusal):
    def lose(part):
        text = "<is><t>주문번호</t></is>".encode()
        assert text in part
        return part.replace(b't="inlineStr">' + text, b't="s"><v>99</v>')

    path = write_xlsx()
    patch_zip(path, "xl/worksheets/sheet1.xml", lose)

    assert "it is damaged or cut off" in refusal(path).message


def test_a_sheet_that_spans_too_much_is_refused(write_xlsx, refusal, monkeypatch):
    monkeypatch.setattr("jtnet_recon.files.workbook._CELLS_MAX", 10)

    error = refusal(write_xlsx())

    assert "sheet '원장' spans 3 rows and 5 columns" in error.message
    assert "save it as csv" in error.hint


def test_a_workbook_without_styles_is_read(write_xlsx):
    path = write_xlsx([["주문번호", "결제금액"], ["o1", 14000]])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if "styles" not in name}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)

    assert read_ledger(path)["amount"].tolist() == [14000]
