"""Workbooks that are no XML: Excel 97 (.xls) and binary (.xlsb), written here byte by byte."""

from __future__ import annotations

import struct
import zipfile

import pytest

from jtnet_recon.files import read_ledger

ROWS = [["주문번호", "결제금액"], ["o1", 14000.0], ["o2", 2000.0]]


def _ole(stream: bytes) -> bytes:
    """Pack one stream ``Workbook`` into an OLE2 file. Source: [MS-CFB] 2.2 to 2.6."""
    stream += bytes(-len(stream) % 512)
    stream += bytes(max(0, 4096 - len(stream)))
    sectors = len(stream) // 512
    chain = [*range(1, sectors), -2]
    fat = [*chain, -2, -3]
    table = struct.pack(f"<{len(fat)}i", *fat).ljust(512, b"\xff")
    free, none = -1, -1

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        raw = (name + "\0").encode("utf-16-le")
        return (
            raw.ljust(64, b"\0")
            + struct.pack("<HBBiii", len(raw), kind, 1, none, none, child)
            + bytes(36)
            + struct.pack("<iQ", start, size)
        )

    folder = entry("Root Entry", 5, 1, -2, 0) + entry("Workbook", 2, none, 0, len(stream))
    folder = folder.ljust(512, b"\0")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIiIIiIiI", 0, 1, sectors, 0, 4096, -2, 0, -2, 0)
    header += struct.pack("<i", sectors + 1) + struct.pack("<i", free) * 108
    return header + stream + folder + table


def _biff(rows: list[list[object]]) -> bytes:
    """Write an Excel 97 stream of text and numbers. Source: [MS-XLS] 2.4."""

    def record(kind: int, content: bytes) -> bytes:
        return struct.pack("<HH", kind, len(content)) + content

    def text(value: str, width: str) -> bytes:
        return struct.pack(width, len(value)) + b"\x01" + value.encode("utf-16-le")

    begin = struct.pack("<HHHHII", 0x600, 5, 0x0DBB, 1996, 0, 6)
    name = text("원장", "<B")
    size = 4 + len(begin) + 4 + 6 + len(name) + 4
    book = record(0x809, begin) + record(0x85, struct.pack("<IH", size, 0) + name)
    sheet = record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0x0DBB, 1996, 0, 6))
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            place = struct.pack("<HHH", row, column, 0)
            if isinstance(cell, str):
                sheet += record(0x204, place + text(cell, "<H"))
            else:
                sheet += record(0x203, place + struct.pack("<d", cell))
    return book + record(0x0A, b"") + sheet + record(0x0A, b"")


def test_an_old_workbook_is_read(tmp_path):
    path = tmp_path / "old.xls"
    path.write_bytes(_ole(_biff([["주문번호", "결제금액"], ["o1", 14000.0], ["o2", 2000.0]])))

    ledger = read_ledger(path)

    assert ledger[["merchant_uid", "amount"]].to_numpy().tolist() == [["o1", 14000], ["o2", 2000]]
    assert (ledger.attrs["source"]["kind"], ledger.attrs["source"]["sheet"]) == ("xls", "원장")


def test_an_old_workbook_that_is_damaged_is_refused(tmp_path, refusal):
    path = tmp_path / "old.xls"
    path.write_bytes(_ole(_biff([["주문번호", "결제금액"]]))[:700] + "Workbook".encode("utf-16-le"))

    assert "it is damaged or cut off" in refusal(path).message


@pytest.mark.parametrize("before", [b"", b"\x86\x00\x00\x00"], ids=["", "write-protected too"])
def test_an_old_workbook_with_a_password_is_refused(tmp_path, refusal, before):
    path = tmp_path / "old.xls"
    stream = _biff(ROWS)
    first = 4 + struct.unpack("<H", stream[2:4])[0]
    locked = before + struct.pack("<HHH", 0x2F, 54, 1) + struct.pack("<HH", 1, 1) + bytes(48)
    path.write_bytes(_ole(stream[:first] + locked + stream[first:]))

    error = refusal(path)

    assert error.message == "old.xls: it is protected with a password."
    assert error.hint == "Open it in Excel and save an unprotected copy."


def _record(kind: int, content: bytes = b"") -> bytes:
    """Write one record of a binary workbook. Source: [MS-XLSB] 2.1.4."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, sizes = len(content), b""
    while size > 0x7F:
        sizes, size = sizes + bytes([size & 0x7F | 0x80]), size >> 7
    return head + sizes + bytes([size]) + content


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _binary_sheet(rows: list[list[object]]) -> bytes:
    """Write BrtBeginSheet, BrtWsDim, rows of cells (BrtCellSt, BrtCellReal), BrtEndSheet."""
    cells = b""
    for row, values in enumerate(rows):
        cells += _record(0, struct.pack("<I", row) + bytes(13))
        for column, value in enumerate(values):
            place = struct.pack("<II", column, 0)
            if isinstance(value, str):
                cells += _record(6, place + _wide(value))
            else:
                cells += _record(5, place + struct.pack("<d", value))
    size = struct.pack("<IIII", 0, len(rows) - 1, 0, len(rows[0]) - 1)
    return (
        _record(0x81) + _record(0x94, size) + _record(0x91) + cells + _record(0x92) + _record(0x82)
    )


@pytest.fixture
def write_xlsb(tmp_path):
    def write(rows):
        package = "http://schemas.openxmlformats.org/package/2006"
        office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        links = (
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
            f'Type="{office}/worksheet" Target="worksheets/sheet1.bin"/></Relationships>'
        )
        bundle = struct.pack("<II", 0, 1) + _wide("rId1") + _wide("원장")
        book = _record(0x83) + _record(0x99, bytes(12)) + _record(0x8F) + _record(0x9C, bundle)
        path = tmp_path / "ledger.xlsb"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("[Content_Types].xml", f'<Types xmlns="{package}/content-types"/>')
            archive.writestr("xl/workbook.bin", book + _record(0x90) + _record(0x84))
            archive.writestr("xl/_rels/workbook.bin.rels", links)
            archive.writestr("xl/worksheets/sheet1.bin", _binary_sheet(rows))
        return path

    return write


def test_a_binary_workbook_is_read(write_xlsb):
    ledger = read_ledger(write_xlsb(ROWS))

    assert ledger[["merchant_uid", "amount"]].to_numpy().tolist() == [["o1", 14000], ["o2", 2000]]
    assert (ledger.attrs["source"]["kind"], ledger.attrs["source"]["sheet"]) == ("xlsb", "원장")


def test_a_cell_of_a_binary_workbook_is_refused_by_its_place(write_xlsb, refusal):
    error = refusal(write_xlsb([*ROWS, ["o3", 0.5]]))

    assert error.message == (
        "ledger.xlsb, sheet '원장', row 4, column B (결제금액): \"0.5\" has a fraction of a won."
    )


def test_a_binary_workbook_with_a_far_cell_is_refused(write_xlsb, refusal):
    error = refusal(write_xlsb([["주문번호", "결제금액", *[""] * 2000]]))

    assert "far outside the table" in error.message
