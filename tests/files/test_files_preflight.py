"""Hostile workbooks are refused before a library opens them."""

from __future__ import annotations

import time
import zipfile

import pytest

from jtnet_recon.files import read_ledger
from jtnet_recon.files.faults import Place
from jtnet_recon.files.preflight import check_area, scan_sheet

SHEET = "xl/worksheets/sheet1.xml"
FAR = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'


def test_a_far_cell_is_refused_at_once(write_xlsx, patch_zip, refusal):
    path = write_xlsx()
    patch_zip(path, SHEET, lambda part: part.replace(b"</sheetData>", FAR))
    started = time.process_time()  # a machine may have much else to do

    error = refusal(path)

    assert time.process_time() - started < 1
    assert error.row == 1048576
    assert "its last row and column meet at XFD1048576, far outside the table" in error.message


def test_a_far_row_alone_is_refused(write_xlsx, patch_zip, refusal):
    far = b'<row r="1000000"><c r="Z1000000"><v>1</v></c></row></sheetData>'
    path = write_xlsx()
    patch_zip(path, SHEET, lambda part: part.replace(b"</sheetData>", far))

    assert "meet at Z1000000" in refusal(path).message


def test_a_far_cell_on_another_sheet_is_refused(write_xlsx, patch_zip, refusal):
    path = write_xlsx(sheets={"원장": [["주문번호", "금액"], ["o1", 1]], "둘째": [["x"]]})
    patch_zip(path, "xl/worksheets/sheet2.xml", lambda part: part.replace(b"</sheetData>", FAR))

    assert "far outside the table" in refusal(path).message


def test_a_table_wider_than_z_is_no_far_cell(write_xlsx):
    heads = ["주문번호", "금액", *[f"c{n}" for n in range(60)]]

    assert read_ledger(write_xlsx([heads, ["o1", 1, *range(60)]]))["c59"].tolist() == ["59"]


def test_an_archive_that_unpacks_to_too_much_is_refused(write_xlsx, refusal):
    path = write_xlsx()
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/bomb.xml", bytes(50 << 20))

    error = refusal(path)

    assert "it unpacks to" in error.message
    assert "200 times its size" in error.message


def test_an_archive_over_the_total_limit_is_refused(write_xlsx, monkeypatch, refusal):
    monkeypatch.setattr("jtnet_recon.files.preflight.UNPACKED_BYTES_MAX", 1000)

    assert "(at most 1,000" in refusal(write_xlsx()).message


def test_an_archive_that_understates_a_size_is_refused(write_xlsx, refusal):
    path = write_xlsx()
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo(SHEET)
        size = entry.file_size.to_bytes(4, "little")
    data = path.read_bytes()
    assert data.count(size) >= 1
    path.write_bytes(data.replace(size, (100).to_bytes(4, "little")))

    assert "it is damaged or cut off" in refusal(path).message


@pytest.mark.parametrize(
    "doctype",
    [
        b'<!DOCTYPE x [<!ENTITY a "b">]>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd">',
        b'<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;"><!ENTITY c "&b;&b;">]>',
    ],
)
def test_document_types_and_entities_are_refused(write_xlsx, patch_zip, refusal, doctype):
    path = write_xlsx()
    patch_zip(path, "xl/workbook.xml", lambda part: doctype + part)

    error = refusal(path)

    assert "its part xl/workbook.xml declares XML entities" in error.message


def test_an_archive_packed_in_an_unusual_way_is_refused(write_xlsx, refusal):
    path = write_xlsx()
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        at = archive.getinfo(SHEET).header_offset
    data[at + 8 : at + 10] = (99).to_bytes(2, "little")
    central = data.rfind(SHEET.encode()) - 46
    data[central + 10 : central + 12] = (99).to_bytes(2, "little")
    path.write_bytes(bytes(data))

    assert "compression method is not supported" in refusal(path).message


def test_the_scan_takes_prefixed_and_single_quoted_markup():
    part = (
        b"<x:sheetData><x:row r='1'><x:c r='A1' t='e'><x:v>#N/A</x:v></x:c>"
        b"<x:c r='B1'><x:f>1</x:f></x:c><x:c t='e'><x:v>#N/A</x:v></x:c></x:row>"
        b"<x:row hidden='1'></x:row></x:sheetData>"
    )

    scan = scan_sheet(part, {})

    assert scan.cells[1, 0] == "#N/A"
    assert scan.cells[1, 1].value == "a formula that was never calculated"
    assert scan.hidden_rows == {2}


def _record(kind: int, content: bytes) -> bytes:
    return bytes([kind, len(content)]) + content


@pytest.mark.parametrize(("row", "column"), [(1048575, 9), (3, 16383)])
def test_a_far_cell_of_a_binary_workbook_is_refused(row, column):
    part = _record(0, row.to_bytes(4, "little") + bytes(12))
    part += _record(5, column.to_bytes(4, "little") + bytes(12))
    part = b"\x81\x01\x00" + part + b"\x82\x81\x80\x80\x00"

    with pytest.raises(Exception, match="far outside the table") as caught:
        check_area("xl/worksheets/sheet1.bin", part, Place("l.xlsb"))

    assert caught.value.row == row + 1


def test_a_near_cell_of_a_binary_workbook_passes():
    part = _record(0, (9).to_bytes(4, "little") + bytes(12)) + _record(5, bytes(16))

    assert check_area("xl/worksheets/sheet1.bin", part, Place("l.xlsb")) is None
