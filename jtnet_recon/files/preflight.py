"""Looking through a workbook's archive before any library opens it.

A cell at XFD1048576 makes readers allocate a grid of 17 billion cells, and a small archive can
unpack to gigabytes; both are refused here, cheaply. What readers leave out (errors, formulas
without a value, hidden rows, numbers shown as ``00123``) is collected on the way.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from jtnet_recon.files.faults import Place, column_letter
from jtnet_recon.files.grid import Special
from jtnet_recon.files.header import COLUMNS_MAX
from jtnet_recon.files.source import damaged

if TYPE_CHECKING:
    from collections.abc import Iterator

UNPACKED_BYTES_MAX = 512 << 20
RATIO_MAX = 200
_RATIO_FROM_BYTES = 1 << 20
_PARTS_MAX = 10_000
_AREA_FREE_CELLS = 5_000_000
_AREA_PER_CELL = 20
_NEAR = (99_999, 26)
"""What references of one letter and five digits can reach."""

_TAG = rb"<(?:\w+:)?"
_CELL = re.compile(_TAG + rb"c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_ROW = re.compile(_TAG + rb"row\b([^>]*)>")
_COLUMN = re.compile(_TAG + rb"col\b([^>]*)>")
_FAR_REFERENCE = re.compile(rb"""\br=["'](?:([A-Za-z]{2,3})(\d+)|([A-Za-z])(\d{6,}))["']""")
_REFERENCE = re.compile(rb"""\br=["'](?:[A-Za-z]{2,3}\d+|[A-Za-z]\d{6,})["']""")
_REFERENCE = re.compile(rb"""\br=["']([A-Za-z]{1,3})(\d{1,7})["']""")
_VALUE = re.compile(_TAG + rb"v\b[^>]*>(.*?)</", re.DOTALL)
_FORMULA = re.compile(_TAG + rb"f\b")
_HIDDEN = re.compile(rb"""\bhidden=["'](?:1|true)["']""")


@dataclass(slots=True)
class SheetScan:
    """What a reader would not tell about one sheet; cells by (row, column), row 1, column 0."""

    cells: dict[tuple[int, int], Any] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[str] = field(default_factory=list)
    is_filtered: bool = False


def open_parts(data: bytes, place: Place) -> dict[str, bytes]:
    """Unpack the XML and binary parts of a workbook within fixed limits."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_sizes(entries, place)
            parts = {
                entry.filename: archive.read(entry) if _is_read(entry.filename) else b""
                for entry in entries
            }
    # A size that the archive understates ends in a wrong checksum, thus here, too.
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError) as error:
        raise damaged(place, str(error)) from error
    for name, part in parts.items():
        if name.endswith((".xml", ".rels")):
            _check_markup(name, part, place)
    return parts


def check_area(name: str, part: bytes, place: Place) -> None:
    """Refuse a sheet whose farthest cell spans an area that its cells do not fill."""
    if name.endswith(".bin"):
        rows, columns, cells = _binary_bounds(part)
    else:
        rows, columns, cells = _xml_bounds(part)
    area = rows * columns
    if columns <= COLUMNS_MAX and (
        area <= _AREA_FREE_CELLS or area <= _AREA_PER_CELL * max(cells, 1)
    ):
        return
    address = f"{column_letter(columns - 1)}{rows}"
    raise place.fault(
        what=f"its last row and column meet at {address}, far outside the table ({cells:,} cells).",
        row=rows,
        hint="Delete all rows below and all columns right of the table and save (Excel's Solver "
        "and copied formats leave such cells behind).",
        hint_ko="표 아래의 행과 오른쪽의 열을 모두 삭제하고 저장하세요.",
    )


def scan_sheet(part: bytes, formats: dict[int, str]) -> SheetScan:
    """Collect errors, formulas without value, hidden rows and numbers shown with zeros."""
    scan = SheetScan(is_filtered=b"<autoFilter" in part)
    if b"hidden=" in part:
        _scan_hidden(part, scan)
    # Bytes are looked for first: a pattern over a large sheet takes as long as reading it.
    marks = (b't="e"', b"t='e'", b"<f", b":f>", b":f ", b":f/")
    if formats or any(mark in part for mark in marks):
        for attributes, content in _cells(part):
            _scan_cell(attributes, content, formats, scan)
    return scan


def _check_sizes(entries: list[zipfile.ZipInfo], place: Place) -> None:
    """Refuse archives that unpack to too much."""
    total = sum(entry.file_size for entry in entries)
    packed_tightly = any(
        entry.file_size > _RATIO_FROM_BYTES
        and entry.file_size > RATIO_MAX * max(entry.compress_size, 1)
        for entry in entries
    )
    if total > UNPACKED_BYTES_MAX or packed_tightly or len(entries) > _PARTS_MAX:
        raise place.fault(
            what=f"it unpacks to {total:,} bytes in {len(entries):,} parts, far more than a ledger "
            f"needs (at most {UNPACKED_BYTES_MAX:,}, {RATIO_MAX} times its size).",
            hint="Copy the table alone into a new workbook, or save it as csv.",
            hint_ko="표만 새 통합 문서에 복사하거나 csv로 저장하세요.",
        )


def _is_read(name: str) -> bool:
    """Tell parts that say something about cells from pictures and macros."""
    return name.endswith((".xml", ".rels", ".bin")) and not name.endswith("vbaProject.bin")


def _check_markup(name: str, part: bytes, place: Place) -> None:
    """Refuse parts that are no whole XML: readers skip over what they cannot parse.

    Document types and entities are refused, too: workbooks never have any.
    """

    def refuse(*_: Any) -> None:
        raise place.fault(
            what=f"its part {name} declares XML entities, which no spreadsheet program writes.",
            hint="Do not open it; ask where it comes from.",
            hint_ko="비정상적인 파일입니다. 출처를 확인하세요.",
        )

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(part, True)  # noqa: FBT003 - expat takes no keyword
    except expat.ExpatError as error:
        raise damaged(place, f"{name}: {error}") from error


def _xml_bounds(part: bytes) -> tuple[int, int, int]:
    """Return last row, last column and number of cells of an XML sheet."""
    cells = part.count(b"<c ") + part.count(b":c ") + part.count(b"<c>")
    rows, columns = _NEAR
    for match in _FAR_REFERENCE.finditer(part):
        rows = max(rows, int(match[2] or match[4]))
        columns = max(columns, _position(match[1] or match[3]) + 1)
    if rows * columns > _AREA_FREE_CELLS:
        found = set(_REFERENCE.findall(part))
        rows = max(int(row) for _, row in found)
        columns = max(_position(letters) + 1 for letters, _ in found)
    return rows, columns, cells


def _binary_bounds(part: bytes) -> tuple[int, int, int]:
    """Return the same of an .xlsb sheet. Source: [MS-XLSB] 2.1.4, BrtRowHdr and cell records."""
    at, rows, columns, cells = 0, 1, 1, 0
    while at + 1 < len(part):
        kind = part[at]
        at += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | (part[at] & 0x7F) << 7
            at += 1
        size, shift = 0, 0
        while at < len(part):
            byte = part[at]
            size |= (byte & 0x7F) << shift
            at, shift = at + 1, shift + 7
            if byte < 0x80 or shift == 28:  # noqa: PLR2004 - four bytes of seven bits
                break
        if kind == 0:
            rows = max(rows, int.from_bytes(part[at : at + 4], "little") + 1)
        elif kind <= 11:  # noqa: PLR2004 - 1 to 11 are the cell records
            columns = max(columns, int.from_bytes(part[at : at + 4], "little") + 1)
            cells += 1
        at += size
    return rows, columns, cells


def _scan_hidden(part: bytes, scan: SheetScan) -> None:
    """Collect hidden rows and columns."""
    for count, match in enumerate(_ROW.finditer(part), start=1):
        if _HIDDEN.search(match[1]):
            scan.hidden_rows.add(int(_attribute(match[1], b"r") or count))
    for match in _COLUMN.finditer(part):
        if _HIDDEN.search(match[1]):
            first, last = (int(_attribute(match[1], name) or 1) for name in (b"min", b"max"))
            scan.hidden_columns += [
                column_letter(position) for position in range(first - 1, min(last, COLUMNS_MAX))
            ]


def _cells(part: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Walk over attributes and content of every cell."""
    for match in _CELL.finditer(part):
        yield match[1], match[2] or b""


def _scan_cell(attributes: bytes, content: bytes, formats: dict[int, str], scan: SheetScan) -> None:
    """Keep what a reader would lose of one cell."""
    reference = _REFERENCE.search(attributes)
    if reference is None:
        return
    kind = _attribute(attributes, b"t") or b"n"
    value = _VALUE.search(content)
    text = value[1].decode("utf-8", errors="replace") if value else ""
    address = (int(reference[2]), _position(reference[1]))
    if kind == b"e":
        scan.cells[address] = text or "#ERROR"
    elif kind == b"n" and not text and _FORMULA.search(content):
        scan.cells[address] = Special.UNCALCULATED
    elif kind == b"n" and text and formats:
        code = formats.get(int(_attribute(attributes, b"s") or 0))
        if code is not None and text.isascii() and text.isdigit():
            scan.cells[address] = _display(text, code)


def _display(digits: str, code: str) -> str:
    """Show a whole number the way a format of zeros and fixed letters does."""
    shown = []
    rest = digits
    places = code.count("0")
    for letter in reversed(code):
        if letter != "0":
            shown.append(letter)
            continue
        places -= 1
        taken = rest if places == 0 else rest[-1:]
        shown.append(taken.rjust(1, "0")[::-1])
        rest = rest[: len(rest) - len(taken)]
    return "".join(shown)[::-1]


def _attribute(attributes: bytes, name: bytes) -> bytes | None:
    """Return one attribute's value."""
    match = re.search(rb"(?:^|\s)" + name + rb"""=["']([^"']*)["']""", attributes)
    return match[1] if match else None


def _position(letters: bytes) -> int:
    """Return the position of a column, A being 0."""
    position = 0
    for letter in letters.upper():
        position = position * 26 + letter - 64
    return position - 1
