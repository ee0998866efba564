"""Reading delimited text, so that every row of the file is accounted for."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

from jtnet_recon.files.decode import decode
from jtnet_recon.files.faults import Place, shown
from jtnet_recon.files.grid import Grid, Origin, digest_of, is_blank
from jtnet_recon.files.headings import Wanted, find_header
from jtnet_recon.files.words import qualified_total_of, total_of

if TYPE_CHECKING:
    from jtnet_recon.errors import TableError

DELIMITERS = (",", "\t", ";", "|")
_SAMPLE_CHARACTERS = 200_000
_HINTED = re.compile(r"^\"?sep=(.)\"?\r?\n", re.IGNORECASE)
_BOM = "\ufeff"
_NEVER_CLOSED = "unexpected end of data"


def read_text(data: bytes, name: str, *, encoding: str | None, wanted: Wanted) -> Grid:
    """Read comma, semicolon, tab or bar separated text of any common encoding."""
    place = Place(name)
    text, codec = decode(
        data, place, encoding=encoding, has_header=lambda text: _header_is_known(text, wanted)
    )
    _check_joined(text, place)
    hinted = _HINTED.match(text)
    delimiter = hinted[1] if hinted else _delimiter_of(text, wanted)
    if hinted:
        text = text[hinted.end() :]
    rows = _rows_of(text.replace("\x00", "␀"), delimiter, place)
    notes = _notes_of(text)
    origin = Origin("csv", name, digest_of(data), encoding=codec, delimiter=delimiter, notes=notes)
    header = find_header(rows, wanted)
    if header is not None:
        _check_widths(rows, header, place)
    return Grid(origin, rows)


def _header_is_known(text: str, wanted: Wanted) -> bool:
    """Tell whether a header is found under any delimiter."""
    sample = text.removeprefix(_BOM)[:_SAMPLE_CHARACTERS]
    return any(find_header(_sample_rows(sample, mark), wanted) is not None for mark in DELIMITERS)


def _delimiter_of(text: str, wanted: Wanted) -> str:
    """Choose the delimiter under which a header is found and most rows have the same width."""
    sample = text[:_SAMPLE_CHARACTERS]
    if len(text) > len(sample):
        sample = sample[: sample.rfind("\n") + 1]
    ranked = {}
    for mark in DELIMITERS:
        rows = _sample_rows(sample, mark)
        widths = Counter(len(row) for row in rows if row)
        width, count = widths.most_common(1)[0] if widths else (0, 0)
        share = count / max(1, widths.total())
        ranked[mark] = (find_header(rows, wanted) is not None, width > 1, share, width)
    return max(DELIMITERS, key=lambda mark: ranked[mark])


def _sample_rows(sample: str, delimiter: str) -> list[list[str]]:
    """Split a sample leniently; it may end inside a quoted cell, or hold one without end."""
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    rows: list[list[str]] = []
    with suppress(csv.Error):
        rows.extend(reader)
    return rows


def _rows_of(text: str, delimiter: str, place: Place) -> list[list[str]]:
    """Split the text strictly; a quote that runs over rows is found here."""
    rows: list[list[str]] = []
    lines = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            if reader.line_num - lines > 1 and _is_swallowed(
                row, breaks=reader.line_num - lines - 1, delimiter=delimiter
            ):
                raise _swallowed(row, len(rows) + 1, place)
            lines = reader.line_num
            rows.append(row)
    except csv.Error as error:
        raise _bad_quote(str(error), len(rows) + 1, place) from error
    return rows


def _is_swallowed(row: list[str], *, breaks: int, delimiter: str) -> bool:
    """Tell whether the cells with line breaks hold as many delimiters as whole rows would."""
    inside = sum(cell.count(delimiter) for cell in row if "\n" in cell or "\r" in cell)
    return inside >= breaks * max(1, len(row) - 1)


def _swallowed(row: list[str], number: int, place: Place) -> TableError:
    cell = next(cell for cell in row if "\n" in cell or "\r" in cell)
    return place.fault(
        what=f"a stray quote makes one cell of several rows: {shown(cell)}.",
        row=number,
        value=shown(cell),
        hint='Remove the lone " in that row, or write it twice ("").',
        hint_ko='그 행의 짝이 맞지 않는 따옴표(")를 지우세요.',
    )


def _bad_quote(reason: str, number: int, place: Place) -> TableError:
    """Say in which row quoting goes wrong."""
    what = "a quote is followed by text, so the cell has no clear end"
    if reason == _NEVER_CLOSED:
        what = "a quote is opened in this row and never closed"
    elif "limit" in reason:
        what = "a cell is longer than 131,072 characters; most likely a quote is never closed"
    return place.fault(
        what=f"{what}.",
        row=number,
        hint='Remove the lone " in that row, or write it twice ("").',
        hint_ko='그 행의 짝이 맞지 않는 따옴표(")를 지우세요.',
    )


def _check_joined(text: str, place: Place) -> None:
    """Refuse a byte order mark inside the text: two files were joined."""
    at = text.find("\n" + _BOM)
    if at >= 0:
        row = text[: at + 1].count("\n") + 1
        raise place.fault(
            what=f"two files are joined at row {row}: a second byte order mark stands there.",
            row=row,
            hint="Read the two files one by one, or join them without the second header.",
            hint_ko="두 파일이 이어 붙여져 있습니다. 각각 읽거나 두 번째 제목 행 없이 합치세요.",
        )


def _check_widths(rows: list[list[str]], header: int, place: Place) -> None:
    """Refuse rows with more or fewer cells than the header; nothing is shifted or filled."""
    width = len(rows[header])
    body = rows[header + 1 :]
    odd = [i for i, row in enumerate(body) if len(row) != width and _is_odd(row, width)]
    if not odd:
        return
    first = body[odd[0]]
    numbers = [header + 2 + index for index in odd]
    same = f" In all, {len(odd)} rows differ: {_listed(numbers)}." if len(odd) > 1 else ""
    raise place.fault(
        what=f"it has {len(first)} cells where the header (row {header + 1}) has {width}.{same}",
        row=numbers[0],
        value=shown(first[-1]) if first else None,
        hint='Quote cells that hold the delimiter (thousands: "14,000"), give every column a '
        "heading, and delete remarks below the table.",
        hint_ko="구분 문자가 들어 있는 값은 따옴표로 묶고, 표 아래의 메모는 지우세요.",
    )


def _is_odd(row: list[str], width: int) -> bool:
    """Tell whether a row of another width loses or misses anything that counts."""
    if len(row) > width:
        return not all(map(is_blank, row[width:]))
    filled = [cell for cell in row if not is_blank(cell)]
    return bool(filled) and not any(map(total_of, row)) and not qualified_total_of(filled[0])


def _listed(numbers: list[int]) -> str:
    """List the first few row numbers."""
    return ", ".join(map(str, numbers[:10])) + (", …" if len(numbers) > 10 else "")  # noqa: PLR2004


def _notes_of(text: str) -> list[str]:
    """Count what is unusual in the text."""
    notes = []
    if zeros := text.count("\x00"):
        notes.append(f"{zeros} NUL characters are shown as ␀")
    windows = text.count("\r\n")
    unix, old = text.count("\n") - windows, text.count("\r") - windows
    kinds = {"CRLF": windows, "LF": unix, "CR": old}
    if sum(map(bool, kinds.values())) > 1:
        counted = ", ".join(f"{count} {kind}" for kind, count in kinds.items() if count)
        notes.append(f"line ends are mixed: {counted}")
    return notes
