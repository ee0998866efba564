"""The data sheets as tables of the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from jtnet_recon.money import format_minor
from jtnet_recon.recon.breaks import SEVERITIES
from jtnet_recon.report.figures import won_first
from jtnet_recon.report.shapes import SENTENCES, Money, Tag
from jtnet_recon.report.text import visible
from jtnet_recon.report.words import word

if TYPE_CHECKING:
    from jtnet_recon.report.shapes import Cell, DataSheet, Lang

ROWS_MAX = 10_000
"""Most rows of a table on the page; the workbook holds all."""

_LONG = 400
_START = 120
_LINE = 40
_CHOICES = ("severity", "code")
_CHOICES_MAX = 100


@dataclass(frozen=True, slots=True)
class TableCell:
    """One cell; ``number`` is what it is sorted by."""

    text: str
    kind: str = ""
    number: int | None = None
    tone: str = ""

    @property
    def is_long(self) -> bool:
        """Whether the text is folded away."""
        return len(self.text) > _LONG

    @property
    def start(self) -> str:
        """The beginning of a folded text."""
        return self.text[:_START]


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row; ``group`` numbers its currency, the won first."""

    group: int
    cells: tuple[TableCell, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column."""

    label: str
    is_number: bool
    is_money: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A column with few values, which a reader can choose one of."""

    column: int
    label: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageTable:
    """A data sheet as the page shows it."""

    key: str
    title: str
    note: str
    capped: str
    count: str
    heads: tuple[Head, ...]
    rows: tuple[TableRow, ...]
    choices: tuple[Choice, ...]


def cell_text(cell: Cell) -> str:
    """Write a cell of page 1.

    Parameters
    ----------
    cell : str, int, Money or Tag
        Its value.

    Returns
    -------
    str
        Numbers with separators.
    """
    if isinstance(cell, (Money, Tag)):
        return str(cell)
    return f"{cell:,}" if isinstance(cell, int) else visible(cell)


def table_of(sheet: DataSheet, lang: Lang) -> PageTable:
    """Lay a data sheet out for the page: its main columns, at most 10,000 rows.

    Parameters
    ----------
    sheet : DataSheet
        The data.
    lang : str
        Language of the labels.

    Returns
    -------
    PageTable
        Texts only, ready to be escaped.
    """
    frame = sheet.frame.iloc[:ROWS_MAX, : sheet.main]
    whole = len(sheet.frame)
    labels = sheet.labels[: sheet.main]
    columns = [_cells(sheet, str(name), frame, lang) for name in frame.columns]
    currencies = sheet.frame["currency"] if "currency" in sheet.frame.columns else None
    groups = _groups(currencies, len(frame))
    rows = tuple(
        TableRow(group, cells)
        for group, cells in zip(groups, zip(*columns, strict=True), strict=True)
    )
    heads = tuple(
        Head(
            label, is_number=_is_number(sheet, str(name), frame[name]), is_money=name in sheet.money
        )
        for name, label in zip(frame.columns, labels, strict=True)
    )
    shown, count = f"{len(frame):,}", f"{whole:,}"
    capped = word("breaks_capped", lang, shown=shown, count=count) if whole > ROWS_MAX else ""
    choices = _choices(frame, labels)
    return PageTable(sheet.key, sheet.title, sheet.note, capped, count, heads, rows, choices)


def cards_style(table: PageTable) -> str:
    """Name the fields of a row where a narrow screen shows it as a card.

    Parameters
    ----------
    table : PageTable
        The table.

    Returns
    -------
    str
        CSS; labels are written as code points, so that none can end the text they stand in.
    """
    rules = "".join(
        f'.{table.key} td:nth-child({place})::before{{content:"{_css_text(head.label)}"}}\n'
        for place, head in enumerate(table.heads, start=1)
    )
    return f"@media (max-width: 46rem) {{\n{rules}}}\n"


def _css_text(text: str) -> str:
    """Write a text inside a CSS string: all but letters and digits as code points."""
    return "".join(
        letter if letter.isascii() and letter.isalnum() else f"\\{ord(letter):x} "
        for letter in text
    )


def _cells(sheet: DataSheet, name: str, frame: pd.DataFrame, lang: Lang) -> list[TableCell]:
    """Write a column's cells."""
    values = frame[name]
    if name in sheet.money:
        currencies = frame[sheet.money[name]].astype(object).tolist()
        pairs = zip(values.astype(object).tolist(), currencies, strict=True)
        return [_money_cell(value, currency) for value, currency in pairs]
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        local = values.dt.tz_convert("Asia/Seoul")
        return _texts(local.dt.strftime("%Y-%m-%d %H:%M:%S"), kind="short")
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return _texts(values.dt.strftime("%Y-%m-%d"), kind="short")
    if pd.api.types.is_integer_dtype(values.dtype):
        return [
            TableCell("") if pd.isna(value) else TableCell(f"{value:,}", "num", int(value))
            for value in values.astype(object).tolist()
        ]
    if name == "severity":
        tones = {word(tone, lang): tone for tone in SEVERITIES}
        ranks = {tone: rank for rank, tone in enumerate(reversed(list(tones)))}
        return [
            TableCell(text, number=ranks.get(text), tone=tones.get(text, "Info"))
            for text in values.tolist()
        ]
    short = name in ("code", "currency", "merchant_uid", "imp_uid")
    return _texts(values, kind="short" if short else "text" if name in SENTENCES else "")


def _texts(values: pd.Series[Any], *, kind: str) -> list[TableCell]:
    """Write texts, made visible; a missing one is empty."""
    return [
        TableCell("") if value is None or value != value else _text_cell(visible(value), kind)  # noqa: PLR0124 - NaN differs from itself
        for value in values.astype(object).tolist()
    ]


def _text_cell(text: str, kind: str) -> TableCell:
    """Write a text; only a short one stays on its line."""
    return TableCell(text, "" if kind == "short" and len(text) > _LINE else kind)


def _money_cell(value: Any, currency: Any) -> TableCell:
    """Write an amount."""
    if pd.isna(value):
        return TableCell("")
    code = currency if isinstance(currency, str) and currency else "KRW"
    return TableCell(format_minor(int(value), code), "num", int(value))


def _groups(currencies: pd.Series[Any] | None, count: int) -> list[int]:
    """Give each row the number of its currency; rows without one come first."""
    if currencies is None:
        return [0] * count
    places = {currency: place for place, currency in enumerate(won_first(currencies), start=1)}
    return [places.get(currency, 0) for currency in currencies.astype(object).tolist()[:count]]


def _is_number(sheet: DataSheet, name: str, values: pd.Series[Any]) -> bool:
    """Whether a column is aligned to the right."""
    return name in sheet.money or bool(pd.api.types.is_integer_dtype(values.dtype))


def _choices(frame: pd.DataFrame, labels: tuple[str, ...]) -> tuple[Choice, ...]:
    """Offer the values of the columns that have few."""
    found = []
    for place, name in enumerate(frame.columns):
        if name in _CHOICES:
            options = tuple(dict.fromkeys(visible(value) for value in frame[name].tolist()))
            if 1 < len(options) <= _CHOICES_MAX:
                chosen = options if name == "severity" else tuple(sorted(options))
                found.append(Choice(place, labels[place], chosen))
    return tuple(found)
