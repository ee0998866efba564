"""The frame of a data sheet: title, heads, widths, filter and print set-up; rows come after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from jtnet_recon.report.excel_rows import WRAPPED_CHARS, excel_text
from jtnet_recon.report.excel_style import MUTED, SHADE, TEXT, dress
from jtnet_recon.report.shapes import SENTENCES
from jtnet_recon.report.text import visible, width

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from jtnet_recon.report.shapes import DataSheet, Summary

HEAD_ROWS = 3
"""A title, the labels, and the columns' own names; data begin below."""

_SAMPLE_ROWS = 400
_CHARS_MIN, _CHARS_MAX = 7, 34
_A4 = 9
_ROW_POINTS = 18
_SHEET_NAME_MAX = 31
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", "-"))
_COUNT_WIDTH, _INSTANT_WIDTH, _DAY_WIDTH = 9, 20, 12


def sheet_name(title: str, taken: set[str]) -> str:
    r"""Make a name that a sheet may have and no other has.

    Parameters
    ----------
    title : str
        What it should be called.
    taken : set of str
        Names in use; the new one is added.

    Returns
    -------
    str
        At most 31 characters, none of ``[ ] : * ? / \ '``.
    """
    base = visible(title).translate(_FORBIDDEN).strip()[:_SHEET_NAME_MAX] or "-"
    name, number = base, 1
    while name.casefold() in taken:
        number += 1
        ending = f" ({number})"
        name = base[: _SHEET_NAME_MAX - len(ending)] + ending
    taken.add(name.casefold())
    return name


def draw_head(worksheet: Worksheet, sheet: DataSheet, summary: Summary) -> None:
    """Draw all of a data sheet but its rows.

    Parameters
    ----------
    worksheet : Worksheet
        Empty.
    sheet : DataSheet
        The data.
    summary : Summary
        For the marks, which stand on every sheet.
    """
    from openpyxl.styles import Alignment
    from openpyxl.utils import get_column_letter

    worksheet.sheet_format.defaultRowHeight = _ROW_POINTS
    worksheet.sheet_format.customHeight = True
    title = " · ".join((sheet.note or sheet.title, *summary.marks))
    _put(worksheet, 1, 1, title)
    dress(worksheet.cell(1, 1), format_=TEXT, bold=True, line=False)
    worksheet.row_dimensions[1].height = 22
    for place, (name, label) in enumerate(
        zip(sheet.frame.columns, sheet.labels, strict=True), start=1
    ):
        _put(worksheet, 2, place, label)
        _put(worksheet, HEAD_ROWS, place, visible(str(name)))
        dress(worksheet.cell(2, place), format_=TEXT, bold=True, ground=SHADE, line=False)
        dress(worksheet.cell(HEAD_ROWS, place), format_=TEXT, size=8, colour=MUTED, ground=SHADE)
        is_number = name in sheet.money or pd.api.types.is_integer_dtype(sheet.frame[name].dtype)
        worksheet.cell(2, place).alignment = Alignment(
            horizontal="right" if is_number else "left", vertical="center", wrap_text=True, indent=1
        )
        worksheet.cell(HEAD_ROWS, place).alignment = Alignment(
            horizontal="right" if is_number else "left", indent=1
        )
        letter = get_column_letter(place)
        worksheet.column_dimensions[letter].width = _width_of(sheet, str(name), label)
    last = f"{get_column_letter(max(1, len(sheet.labels)))}{HEAD_ROWS + len(sheet.frame)}"
    worksheet.auto_filter.ref = f"A{HEAD_ROWS}:{last}"
    worksheet.freeze_panes = f"{_frozen(sheet)}{HEAD_ROWS + 1}"
    if sheet.main < len(sheet.labels):
        paper = get_column_letter(sheet.main)
        worksheet.print_area = f"A1:{paper}{HEAD_ROWS + len(sheet.frame)}"
    worksheet.print_title_rows = f"2:{HEAD_ROWS}"


def set_paper(worksheet: Worksheet, summary: Summary, title: str) -> None:
    """Set a sheet up for A4, landscape, one page wide, with numbered pages.

    Parameters
    ----------
    worksheet : Worksheet
        Any.
    summary : Summary
        For the marks, which stand on every page.
    title : str
        Of the sheet.
    """
    worksheet.page_setup.orientation = "landscape"
    worksheet.page_setup.paperSize = _A4
    worksheet.page_setup.fitToWidth = 1
    worksheet.page_setup.fitToHeight = 0
    worksheet.sheet_properties.pageSetUpPr.fitToPage = True
    for name in ("left", "right"):
        setattr(worksheet.page_margins, name, 0.4)
    for name in ("top", "bottom"):
        setattr(worksheet.page_margins, name, 0.75)
    head = worksheet.oddHeader
    # Three parts of 255 characters at most; & starts a code there.
    head.left.text = title.replace("&", "&&")[:80]
    head.right.text = " · ".join(summary.marks).replace("&", "&&")[:150]
    worksheet.oddFooter.left.text = summary.title.replace("&", "&&")[:80]
    worksheet.oddFooter.right.text = "&P / &N"
    for part in (head.left, head.right, worksheet.oddFooter.left, worksheet.oddFooter.right):
        part.size = 8


def _put(worksheet: Worksheet, row: int, column: int, text: str) -> None:
    """Write a text, and never a formula."""
    cell = worksheet.cell(row, column)
    cell.value = excel_text(text)
    cell.data_type = "s"


def _frozen(sheet: DataSheet) -> str:
    """Choose the column that stays while one scrolls: up to the order id, if it is near."""
    from openpyxl.utils import get_column_letter

    names = [str(name) for name in sheet.frame.columns[:5]]
    place = names.index("merchant_uid") + 2 if "merchant_uid" in names else 1
    return str(get_column_letter(place))


def _width_of(sheet: DataSheet, name: str, label: str) -> float:
    """Choose a column's width from its head and a sample of its cells."""
    if name in SENTENCES:
        return WRAPPED_CHARS
    values = sheet.frame[name]
    # Labels may go on in a second line; the column's own name is small.
    words = max((width(part) for part in label.split()), default=0)
    least = max(_CHARS_MIN, -(-width(label) * 5 // 8), words + 1, int(width(name) * 0.75)) + 2
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return max(least, _INSTANT_WIDTH)
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return max(least, _DAY_WIDTH)
    step = max(1, len(values) // _SAMPLE_ROWS)
    sample = values.iloc[::step]
    if name in sheet.money or pd.api.types.is_numeric_dtype(values.dtype):
        longest = max((len(f"{int(value):,}") for value in sample.dropna()), default=0)
        return max(least, _COUNT_WIDTH, longest + 4)
    longest = max((width(visible(value)) for value in sample.dropna()), default=0)
    return min(_CHARS_MAX, max(least, longest + 3))
