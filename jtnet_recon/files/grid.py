"""What a source holds before its columns mean anything."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from jtnet_recon.files.faults import ColumnName, Place


class Special(Enum):
    """A cell that holds no value although it is not blank."""

    UNCALCULATED = "a formula that was never calculated"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a table came from and what was seen on the way."""

    kind: str
    name: str
    sha256: str
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    notes: list[str] = field(default_factory=list)
    hidden_rows: frozenset[int] = frozenset()
    merged: tuple[tuple[int, int, int, int], ...] = ()
    """Merged blocks as (first row, first column, last row, last column), rows from 1."""
    is_1904: bool = False

    @property
    def place(self) -> Place:
        """Where errors say it is."""
        return Place(self.name, self.sheet)

    @property
    def is_spreadsheet(self) -> bool:
        """Whether every number in it is a float, shown with 15 digits."""
        return self.kind in {"xlsx", "xlsb", "xls"}


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of cells, header and titles among them; the first is row 1."""

    origin: Origin
    rows: list[list[Any]]


@dataclass(frozen=True, slots=True)
class Body:
    """Columns of cells under their headings; blank and total rows still among them."""

    origin: Origin
    headings: list[str]
    columns: list[list[Any]]
    first_row: int
    header_row: int | None = None

    @property
    def rows(self) -> int:
        """How many rows it holds."""
        return len(self.columns[0]) if self.columns else 0

    def name_of(self, position: int) -> ColumnName:
        """Name a column for a message."""
        return ColumnName(self.headings[position], position)


def is_blank(cell: Any) -> bool:
    """Tell whether a cell shows nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip(INVISIBLE))


INVISIBLE = " \t\r\n\v\f\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\u200b\u200c\u200d\u2060\ufeff"
"""What is stripped from both ends of a cell: blanks, no-break and zero-width ones too."""


def digest_of(data: bytes) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(data).hexdigest()
