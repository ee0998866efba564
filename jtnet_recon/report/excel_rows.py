"""The rows of a data sheet as spreadsheet XML, column by column.

A workbook of 100,000 breaks has millions of cells. One object a cell, as openpyxl makes, takes
16 microseconds; text put together by column takes under one. Only rows are written here: all
else of the workbook is openpyxl's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import pandas as pd

from jtnet_recon.money import format_minor, minor_digits
from jtnet_recon.recon.breaks import SEVERITIES
from jtnet_recon.report.excel_style import COUNT, DAY, INSTANT, money_format
from jtnet_recon.report.shapes import SENTENCES
from jtnet_recon.report.text import CELL_CHARS_MAX, cut, looks_like_formula, visible, width
from jtnet_recon.report.words import word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from jtnet_recon.report.excel_style import Styles
    from jtnet_recon.report.shapes import DataSheet, Lang

ROWS_MAX = 1_048_576
"""Rows of a sheet. Source: Excel specifications and limits, support.microsoft.com."""

EXACT_MAX = 10**15 - 1
"""Largest number that Excel keeps to the last digit: it has 15. Source: as above."""

WRAPPED_CHARS = 56
"""How many characters of a sentence a line takes."""

_LINES_MAX = 26
_CHUNK_ROWS = 4_096
# A text-formatted cell of more characters shows ### in older versions of Excel.
_TEXT_FORMAT_MAX = 255
# _x0041_ in a cell's text means A; the escape of the underscore keeps it as it was written.
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_DAY_US = 86_400_000_000
# 1970-01-01 as Excel numbers its days.
_EPOCH_DAYS = 25_569
# NaT as an integer.
_NO_TIME = -(2**63)
_VISIBLE_TIMES_MAX = 9
# Before March 1900 Excel counts a day that never was; after 9999 it has none.
_DAYS_EXACT = range(61, 2_958_466)


def excel_text(text: str) -> str:
    """Write a text so that a spreadsheet shows exactly it.

    Parameters
    ----------
    text : str
        Visible text of at most 32,767 characters.

    Returns
    -------
    str
        The same, with what looks like an escape of the file format escaped.
    """
    return _ESCAPE.sub("_x005F_", text) if "_x" in text else text


def row_chunks(sheet: DataSheet, styles: Styles, lang: Lang, *, first_row: int) -> Iterator[str]:
    """Write the rows of a sheet.

    Parameters
    ----------
    sheet : DataSheet
        The data.
    styles : Styles
        Of the workbook.
    lang : str
        Language of the severities, for their colours.
    first_row : int
        Number of the first row.

    Yields
    ------
    str
        ``<row>`` elements, some thousand at a time.
    """
    from openpyxl.utils import get_column_letter

    columns = [
        (get_column_letter(place), _writer(sheet, name, styles, lang))
        for place, name in enumerate(sheet.frame.columns, start=1)
    ]
    for start in range(0, len(sheet.frame), _CHUNK_ROWS):
        stop = min(start + _CHUNK_ROWS, len(sheet.frame))
        numbers = range(first_row + start, first_row + stop)
        cells = [
            [
                f'<c r="{letter}{number}"{body}' if body else ""
                for number, body in zip(numbers, writer(slice(start, stop)), strict=True)
            ]
            for letter, writer in columns
        ]
        heights = _heights(sheet, slice(start, stop))
        rows = zip(numbers, heights, *cells, strict=True)
        yield "".join(
            f'<row r="{number}"{height}>{"".join(row)}</row>' for number, height, *row in rows
        )


def too_long(sheet: DataSheet) -> list[tuple[int, str, str]]:
    """Find the texts of a sheet that no cell can hold.

    Parameters
    ----------
    sheet : DataSheet
        The data.

    Returns
    -------
    list of (int, str, str)
        Position of the row, name of the column, the whole text.
    """
    found = []
    for name in sheet.frame.columns:
        values = sheet.frame[name]
        if not pd.api.types.is_string_dtype(values.dtype):
            continue
        # Making a text visible lengthens it, nine times at most.
        near = values.str.len().fillna(0) * _VISIBLE_TIMES_MAX > CELL_CHARS_MAX
        for row in near.to_numpy(dtype=bool).nonzero()[0]:
            text = visible(values.iloc[row])
            if cut(text) != text:
                found.append((int(row), str(name), text))
    return found


def _heights(sheet: DataSheet, part: slice) -> Sequence[str]:
    """Make room for sentences that go on in the next lines: not every program does so itself."""
    long = [sheet.frame[name].array[part] for name in sheet.frame.columns if name in SENTENCES]
    if not long:
        return [""] * len(sheet.frame.index[part])
    lines = (
        max(-(-width(text) // WRAPPED_CHARS) if isinstance(text, str) else 1 for text in texts)
        for texts in zip(*long, strict=True)
    )
    return [f' ht="{4 + 15 * min(n, _LINES_MAX)}" customHeight="1"' if n > 1 else "" for n in lines]


def _writer(
    sheet: DataSheet, name: Any, styles: Styles, lang: Lang
) -> Callable[[slice], Sequence[str]]:
    """Choose how the cells of a column are written: what follows the cell's address."""
    values = sheet.frame[name]
    if name in sheet.money:
        currencies = sheet.frame[sheet.money[name]] if sheet.money[name] else None
        return _money_writer(values, currencies, styles)
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        local = values.dt.tz_convert("Asia/Seoul").dt.tz_localize(None)
        return _time_writer(local, styles.number(INSTANT), styles)
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return _time_writer(values, styles.number(DAY), styles)
    if pd.api.types.is_bool_dtype(values.dtype):
        return _flag_writer(values, styles.number("General"))
    if pd.api.types.is_integer_dtype(values.dtype):
        return _money_writer(values, None, styles, format_=COUNT)
    tones: dict[str, str] = {word(tone, lang): tone for tone in SEVERITIES}
    return _text_writer(values, styles, tones if name == "severity" else {}, wrap=name in SENTENCES)


def _text_writer(
    values: pd.Series[Any], styles: Styles, tones: dict[str, str], *, wrap: bool
) -> Callable[[slice], Sequence[str]]:
    """Write texts; each different one is put together once."""
    places, different = pd.factorize(values)
    bodies = [
        _text(value, styles, tones.get(value, ""), wrap=wrap) if value != "" else ""
        for value in different.tolist()
    ]
    # What is missing has place -1, which is the last.
    bodies.append("")
    return lambda part: [bodies[place] for place in places[part].tolist()]


def _text(value: str, styles: Styles, tone: str, *, wrap: bool) -> str:
    """Write one text cell; it is a string whatever it looks like, and stays one when edited."""
    text = cut(visible(value))
    is_long = len(text) > _TEXT_FORMAT_MAX
    quote = looks_like_formula(text)
    if is_long or wrap:
        style = styles.number("General", wrap=wrap, quote=quote)
    else:
        style = styles.number(tone=tone, quote=quote)
    inner = escape(excel_text(text))
    return f' s="{style}" t="inlineStr"><is><t xml:space="preserve">{inner}</t></is></c>'


def _money_writer(
    values: pd.Series[Any],
    currencies: pd.Series[Any] | None,
    styles: Styles,
    *,
    format_: str = "",
) -> Callable[[slice], Sequence[str]]:
    """Write amounts exactly: as decimals of their currency, or as text past 15 digits."""
    amounts = values.astype(object)
    codes = None if currencies is None else currencies.fillna("KRW").astype(object)
    known: dict[str, tuple[int, int]] = {}

    def body(value: Any, currency: str) -> str:
        if value is None or value is pd.NA or value != value:  # noqa: PLR0124 - NaN differs from itself
            return ""
        if currency not in known:
            digits = 0 if format_ else minor_digits(currency)
            known[currency] = (styles.number(format_ or money_format(currency)), digits)
        style, digits = known[currency]
        if -EXACT_MAX <= value <= EXACT_MAX:
            number = f"{value}" if digits == 0 else format_minor(value, currency).replace(",", "")
            return f' s="{style}"><v>{number}</v></c>'
        text = f"{value:,}" if format_ else format_minor(value, currency)
        return f' s="{styles.number()}" t="inlineStr"><is><t>{text}</t></is></c>'

    def write(part: slice) -> Sequence[str]:
        mine = amounts.iloc[part].tolist()
        theirs = ["KRW"] * len(mine) if codes is None else codes.iloc[part].tolist()
        return [body(value, currency) for value, currency in zip(mine, theirs, strict=True)]

    return write


def _time_writer(
    values: pd.Series[Any], style: int, styles: Styles
) -> Callable[[slice], Sequence[str]]:
    """Write times as Excel's day numbers; a time that it cannot count is written as text."""
    naive = values.astype("datetime64[us]")
    microseconds = naive.to_numpy().view("int64")
    as_text = styles.number()

    def body(value: int) -> str:
        if value == _NO_TIME:
            return ""
        days, rest = divmod(value, _DAY_US)
        days += _EPOCH_DAYS
        if days not in _DAYS_EXACT:
            text = pd.Timestamp(value, unit="us")
            return f' s="{as_text}" t="inlineStr"><is><t>{text}</t></is></c>'
        number = f"{days}" if rest == 0 else repr(days + rest / _DAY_US)
        return f' s="{style}"><v>{number}</v></c>'

    return lambda part: [body(value) for value in microseconds[part].tolist()]


def _flag_writer(values: pd.Series[Any], style: int) -> Callable[[slice], Sequence[str]]:
    """Write flags."""
    bodies = {flag: f' s="{style}" t="b"><v>{int(flag)}</v></c>' for flag in (False, True)}
    flags = values.astype(object)
    return lambda part: [bodies.get(flag, "") for flag in flags.iloc[part].tolist()]
