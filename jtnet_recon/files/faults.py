"""Saying where a file is wrong: file, sheet, row, column, value and what to write instead."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from jtnet_recon.errors import TableError

_SHOWN_MAX = 60
_ROWS_NAMED_MAX = 10
_LETTERS = 26
_SHORT_FROM = 10**16

_EMAIL = re.compile(r"\b([\w.+-])[\w.+-]*@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<!\d)(01\d|0[2-7]\d?)([-. ]?)(\d{3,4})[-. ]?(\d{4})(?!\d)")
_RESIDENT = re.compile(r"(?<!\d)(\d{6})-?[1-8]\d{6}(?!\d)")
_CARD = re.compile(r"(?<!\d)\d(?:[- *]?[\d*]){12,18}(?!\d)")
_GROUPED = re.compile(r"[\d*]{4}[- ][\d*]{4}[- ][\d*]{4}[- ][\d*]{1,7}")
# The family names that begin nine in ten Korean names; three syllables are then most likely one.
_NAME = re.compile(
    r"^[김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노][가-힣]{2}$"
)


@dataclass(frozen=True, slots=True)
class Place:
    """A table inside a source: the file's name (or masked URL) and the sheet, if it has any."""

    file: str
    sheet: str | None = None

    def fault(  # noqa: PLR0913 - every part of the place is named in the error
        self,
        what: str,
        *,
        row: int | None = None,
        column: ColumnName | None = None,
        value: str | None = None,
        hint: str = "",
        hint_ko: str = "",
    ) -> TableError:
        """Build the error that says what is wrong here."""
        parts = [self.file]
        if self.sheet is not None:
            parts.append(f"sheet {self.sheet!r}")
        if row is not None:
            parts.append(f"row {row}")
        if column is not None:
            parts.append(str(column))
        return TableError(
            message=f"{', '.join(parts)}: {what}",
            file=self.file,
            sheet=self.sheet,
            row=row,
            column=None if column is None else column.heading,
            value=value,
            hint=hint,
            hint_ko=hint_ko,
        )


@dataclass(frozen=True, slots=True)
class ColumnName:
    """A column as people find it: its letter and its heading."""

    heading: str
    position: int

    @property
    def letter(self) -> str:
        """The letter a spreadsheet gives it."""
        return column_letter(self.position)

    def __str__(self) -> str:
        """Write ``column C (결제금액)``."""
        return f"column {self.letter} ({self.heading})"


class RefusalError(Exception):
    """One cell cannot be read; the caller knows where it stands."""

    def __init__(self, what: str, *, hint: str = "", hint_ko: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint
        self.hint_ko = hint_ko


def column_letter(position: int) -> str:
    """Return a column's letter, 0 being A."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters


def shown(value: Any, *, may_be_name: bool = True) -> str:
    """Quote a cell for a message: shortened, and masked where it looks personal or like a card."""
    text = mask(_as_seen(value), may_be_name=may_be_name)
    short = text if len(text) <= _SHOWN_MAX else text[: _SHOWN_MAX - 1] + "…"
    return '"' + short.replace("\n", "⏎").replace("\r", "") + '"'


def _as_seen(value: Any) -> str:
    """Write a cell as a spreadsheet shows it: no ``.0`` after whole numbers, long ones in short."""
    if not isinstance(value, float) or not math.isfinite(value):
        return str(value)
    if abs(value) >= _SHORT_FROM:
        return f"{value:.5E}"
    return str(int(value)) if value.is_integer() else str(value)


def mask(text: str, *, may_be_name: bool = True) -> str:
    """Blot out mail addresses, phones, resident numbers, cards and, where asked, names."""
    text = _EMAIL.sub(r"\1***@***", text)
    text = _RESIDENT.sub(r"\1-*******", text)
    text = _CARD.sub(_blot_card, text)
    text = _PHONE.sub(r"\1\2****\2\4", text)
    if may_be_name and _NAME.match(text):
        return text[0] + "**"
    return text


def more_rows(rows: list[int]) -> str:
    """Name the rows that have the same fault as the first."""
    if not rows:
        return ""
    named = ", ".join(str(row) for row in rows[:_ROWS_NAMED_MAX])
    rest = ", …" if len(rows) > _ROWS_NAMED_MAX else ""
    return f" (and {len(rows)} more: row{'s' if len(rows) > 1 else ''} {named}{rest})"


def _blot_card(match: re.Match[str]) -> str:
    """Keep the first six and last four digits of what is a card; leave other long numbers."""
    text = match.group()
    digits = re.sub(r"[- ]", "", text)
    is_card = text[-1].isdigit() and (_GROUPED.fullmatch(text) or "*" in digits)
    if not (is_card or (digits.isdigit() and _is_luhn(digits))):
        return text
    return f"{digits[:6]}******{digits[-4:]}"


def _is_luhn(digits: str) -> bool:
    """Tell whether the check digit is that of a card."""
    odd = sum(int(digit) for digit in digits[-1::-2])
    even = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (odd + even) % 10 == 0
