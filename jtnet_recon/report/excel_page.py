"""Page 1 of the workbook: the sections one below the other, on twelve columns of one width."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jtnet_recon.money import minor_digits
from jtnet_recon.report.excel_rows import EXACT_MAX, excel_text
from jtnet_recon.report.excel_style import (
    COUNT,
    INK,
    MUTED,
    SHADE,
    TEXT,
    TONES,
    VERDICTS,
    dress,
    money_format,
)
from jtnet_recon.report.shapes import Facts, Money, Tag
from jtnet_recon.report.text import cut, looks_like_formula, visible, width
from jtnet_recon.report.words import word

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from jtnet_recon.report.shapes import Cell, Grid, Heading, Summary

COLUMNS = 12
_COLUMN_WIDTH = 14
# Most letters are narrower than the digit that a column's width is measured in.
_COLUMN_CHARS = 15
_LABEL_SPAN = 3
_LINE_POINTS = 15.5
_ROW_POINTS_MAX = 409
_BLANK_POINTS = 34
_NUMBERS = ("count", "money")
# How a line that people fill in shares the room: name, date, what was checked, signature.
_BLANK_SPANS = (2, 1, 5, 2)


def draw_page(sheet: Worksheet, summary: Summary, links: list[tuple[str, str]]) -> None:
    """Draw page 1.

    Parameters
    ----------
    sheet : Worksheet
        Empty.
    summary : Summary
        The report.
    links : list of (str, str)
        Name and note of every other sheet.
    """
    from openpyxl.utils import get_column_letter

    sheet.sheet_view.showGridLines = False
    for place in range(1, COLUMNS + 1):
        sheet.column_dimensions[get_column_letter(place)].width = _COLUMN_WIDTH
    row = _draw_title(sheet, summary)
    for section in summary.sections:
        row = _draw_heading(sheet, row + 1, section.title, section.note)
        if isinstance(section, Facts):
            row = _draw_facts(sheet, row, section)
        else:
            row = _draw_grid(sheet, row, section)
    row = _draw_heading(sheet, row + 1, word("contents", summary.lang), "")
    for name, note in links:
        _put(sheet, row, 1, _LABEL_SPAN, name)
        cell = sheet.cell(row, 1)
        cell.hyperlink = f"#'{name}'!A1"
        _put(sheet, row, 1 + _LABEL_SPAN, COLUMNS - _LABEL_SPAN, note)
        dress(cell, format_=TEXT, colour=TONES["Low"][1])
        row += 1


def spans_of(grid: Grid) -> list[int]:
    """Share the page's columns out among the columns of a grid.

    Parameters
    ----------
    grid : Grid
        Any.

    Returns
    -------
    list of int
        How many of the page's columns each takes; at least one.
    """
    if any(heading.kind == "blank" for heading in grid.headings):
        return [2, *_BLANK_SPANS[: len(grid.headings) - 1]]
    needed = [
        max([width(str(row[place])) for row in grid.rows] + [width(heading.label) // 2, 4]) + 2
        for place, heading in enumerate(grid.headings)
    ]
    is_long = [heading.kind == "text" for heading in grid.headings]
    spans = [
        1 if long else min(3, -(-chars // _COLUMN_CHARS))
        for chars, long in zip(needed, is_long, strict=True)
    ]
    while sum(spans) < COLUMNS and any(is_long):
        hunger = [
            chars / (span * _COLUMN_CHARS) if long else 0
            for chars, span, long in zip(needed, spans, is_long, strict=True)
        ]
        if max(hunger) <= 1:
            break
        spans[hunger.index(max(hunger))] += 1
    return spans


def _draw_title(sheet: Worksheet, summary: Summary) -> int:
    """Draw title, conclusion, marks and the lines under them; return the next free row."""
    _put(sheet, 1, 1, COLUMNS, summary.title)
    dress(sheet.cell(1, 1), format_=TEXT, size=17, bold=True, line=False)
    sheet.row_dimensions[1].height = 30
    ground, colour = VERDICTS.get(summary.verdict, TONES["unknown"])
    _banner(sheet, 2, summary.conclusion, ground, colour, size=12)
    row = 3
    for mark in summary.marks:
        _banner(sheet, row, mark, *TONES["failed"], size=10)
        row += 1
    for label, text in summary.about:
        row = _draw_fact(sheet, row, label, text)
    return row


def _banner(  # noqa: PLR0913 - a text, its place and its look
    sheet: Worksheet, row: int, text: str, ground: str, colour: str, *, size: float
) -> None:
    """Draw a line of text on a coloured ground over the whole width."""
    _put(sheet, row, 1, COLUMNS, text, wrap=True)
    for place in range(1, COLUMNS + 1):
        dress(
            sheet.cell(row, place), format_=TEXT, size=size, bold=True, colour=colour, ground=ground
        )
    lines = -(-int(width(text) * size / 10) // (COLUMNS * _COLUMN_CHARS))
    sheet.row_dimensions[row].height = min(_ROW_POINTS_MAX, lines * _LINE_POINTS * size / 10 + 8)


def _draw_heading(sheet: Worksheet, row: int, title: str, note: str) -> int:
    """Draw a section's title and note; return the next free row."""
    _put(sheet, row, 1, COLUMNS, title)
    dress(sheet.cell(row, 1), format_=TEXT, size=13, bold=True, line=False)
    sheet.row_dimensions[row].height = 24
    if not note:
        return row + 1
    _put(sheet, row + 1, 1, COLUMNS, note, wrap=True)
    dress(sheet.cell(row + 1, 1), format_=TEXT, size=9, colour=MUTED, line=False)
    lines = -(-width(note) // (COLUMNS * _COLUMN_CHARS))
    sheet.row_dimensions[row + 1].height = lines * _LINE_POINTS
    return row + 2


def _draw_facts(sheet: Worksheet, row: int, facts: Facts) -> int:
    """Draw labels and values; return the next free row."""
    for label, text in facts.rows:
        row = _draw_fact(sheet, row, label, text)
    return row


def _draw_fact(sheet: Worksheet, row: int, label: str, text: str) -> int:
    """Draw one label and its value; return the next row."""
    _put(sheet, row, 1, _LABEL_SPAN, label, wrap=True)
    for place in range(1, _LABEL_SPAN + 1):
        dress(sheet.cell(row, place), format_=TEXT, colour=MUTED)
    room = COLUMNS - _LABEL_SPAN
    _put(sheet, row, 1 + _LABEL_SPAN, room, text, wrap=True)
    for place in range(1 + _LABEL_SPAN, COLUMNS + 1):
        dress(sheet.cell(row, place), format_=TEXT)
    lines = max(
        -(-width(text) // (room * _COLUMN_CHARS)), -(-width(label) // (_LABEL_SPAN * _COLUMN_CHARS))
    )
    sheet.row_dimensions[row].height = _height(lines)
    return row + 1


def _draw_grid(sheet: Worksheet, row: int, grid: Grid) -> int:
    """Draw a grid; return the next free row."""
    spans = spans_of(grid)
    _draw_head(sheet, row, grid.headings, spans)
    for number, line in enumerate(grid.rows):
        row += 1
        is_strong = number in grid.strong
        lines, place = 1, 1
        for cell, heading, span in zip(line, grid.headings, spans, strict=True):
            long = heading.kind in ("text", "short")
            _put(sheet, row, place, span, cell, wrap=long)
            for part in range(place, place + span):
                _dress_value(sheet.cell(row, part), cell, strong=is_strong)
            lines = max(lines, -(-width(str(cell)) // (span * _COLUMN_CHARS)))
            place += span
        is_blank = any(heading.kind == "blank" for heading in grid.headings)
        sheet.row_dimensions[row].height = _BLANK_POINTS if is_blank else _height(lines)
    return row + 1


def _draw_head(sheet: Worksheet, row: int, headings: tuple[Heading, ...], spans: list[int]) -> None:
    """Draw the head of a grid."""
    from openpyxl.styles import Alignment

    place, lines = 1, 1
    for heading, span in zip(headings, spans, strict=True):
        _put(sheet, row, place, span, heading.label, wrap=True)
        for part in range(place, place + span):
            dress(sheet.cell(row, part), format_=TEXT, bold=True, ground=SHADE)
        side = "right" if heading.kind in _NUMBERS else "left"
        sheet.cell(row, place).alignment = Alignment(
            horizontal=side, vertical="center", wrap_text=True, indent=1
        )
        lines = max(lines, -(-int(width(heading.label) * 1.1) // (span * _COLUMN_CHARS)))
        place += span
    sheet.row_dimensions[row].height = _height(lines)


def _put(  # noqa: PLR0913 - a value and its place
    sheet: Worksheet, row: int, column: int, span: int, value: Cell, *, wrap: bool = False
) -> None:
    """Write a value over some columns: texts as texts, numbers as numbers, all exact."""
    from openpyxl.styles import Alignment

    cell = sheet.cell(row, column)
    number = _number(value)
    if number is None:
        text = excel_text(cut(visible(str(value))))
        cell.value = text
        # Whatever it looks like, it is a string: a text from data never becomes a formula.
        cell.data_type = "s"
        cell.quotePrefix = looks_like_formula(text)
    else:
        cell.value = number
    if span > 1:
        sheet.merge_cells(
            start_row=row, end_row=row, start_column=column, end_column=column + span - 1
        )
    is_number = isinstance(value, (int, Money))
    cell.alignment = Alignment(
        horizontal="right" if is_number else "left", vertical="center", wrap_text=wrap, indent=1
    )


def _number(value: Cell) -> Any:
    """Give the number to write, or None where the value is text or too long for a number."""
    from decimal import Decimal

    if isinstance(value, Money):
        if abs(value.amount) > EXACT_MAX:
            return None
        digits = minor_digits(value.currency)
        return Decimal(value.amount).scaleb(-digits) if digits else value.amount
    return value if isinstance(value, int) and abs(value) <= EXACT_MAX else None


def _dress_value(cell: Any, value: Cell, *, strong: bool) -> None:
    """Give a grid's cell its look."""
    tone = value.tone if isinstance(value, Tag) else ""
    format_ = TEXT
    if isinstance(value, Money):
        format_ = money_format(value.currency)
    elif isinstance(value, int):
        format_ = COUNT
    dress(cell, format_=format_, bold=strong or bool(tone), colour=INK, tone=tone)


def _height(lines: int) -> float:
    """Give the height of a row of some lines, in points."""
    return min(_ROW_POINTS_MAX, max(1, lines) * _LINE_POINTS + 4)
