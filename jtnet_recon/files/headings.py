"""The rows of headings: what is looked for, and which row holds it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jtnet_recon.files.grid import INVISIBLE, is_blank
from jtnet_recon.files.words import LEDGER_WORDS, Vocabulary, fold

HEADER_ROWS_MAX = 50

Columns = Mapping[str, str | Sequence[str]]
Blocks = Sequence[tuple[int, int, int, int]]
"""Merged blocks, as of :class:`Origin`."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the caller said about columns: our name -> their headings; and the header's row.

    A name without any heading is left aside: no column is taken for it.
    """

    headings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    header_row: int | None = None
    words: Vocabulary = LEDGER_WORDS

    def is_needed(self, name: str) -> bool:
        """Tell whether the table has to have this column."""
        return name in self.words.required or bool(self.headings.get(name))


def find_header(rows: list[list[Any]], wanted: Wanted, merged: Blocks = ()) -> int | None:
    """Return the index of the first row that names every required column.

    Headings may take two rows, some of them merged over both: then it is the lower one.
    """
    if wanted.header_row is not None:
        pinned = wanted.header_row - 1
        is_header = pinned < len(rows) and _names_all(head_of(rows, pinned, merged), wanted)
        return pinned if is_header else None
    for index in range(min(len(rows), HEADER_ROWS_MAX)):
        if _names_all(head_of(rows, index, merged), wanted):
            return max([index, *(last - 1 for first, _, last, _ in merged if first == index + 1)])
    return None


def head_of(rows: list[list[Any]], index: int, merged: Blocks) -> list[Any]:
    """Return a row with what cells merged from above say in it."""
    row = list(rows[index])
    for first, left, last, _ in merged:
        if first <= index < last and left < min(len(row), len(rows[first - 1])):
            row[left] = rows[first - 1][left]
    return row


def clean_heading(cell: Any) -> str:
    """Bring a heading to composed Hangul without blanks at its ends."""
    return "" if is_blank(cell) else unicodedata.normalize("NFC", str(cell)).strip(INVISIBLE)


def _names_all(row: list[Any], wanted: Wanted) -> bool:
    """Tell whether a row holds a heading for each column that must be there."""
    headings = headings_in(row)
    if sum(map(bool, headings)) < len(wanted.words.required):
        return False
    needed = filter(wanted.is_needed, wanted.words.names)
    found = [candidates_of(headings, name, wanted) for name in needed]
    return all(found) and len({tuple(positions) for positions in found}) > 1


def candidates_of(headings: list[str], name: str, wanted: Wanted) -> list[int]:
    """Return the positions that may be this column: pinned, our own name, or a known heading."""
    if name in wanted.headings:
        for heading in wanted.headings[name]:
            exact = [i for i, text in enumerate(headings) if text == clean_heading(heading)]
            loose = [i for i, text in enumerate(headings) if text and fold(text) == fold(heading)]
            if exact or loose:
                return exact or loose
        return []
    pinned = {fold(text) for texts in wanted.headings.values() for text in texts}
    own = [i for i, text in enumerate(headings) if text == name and fold(text) not in pinned]
    return own or [
        i
        for i, text in enumerate(headings)
        if text and fold(text) in wanted.words.headings[name] and fold(text) not in pinned
    ]


def headings_in(row: list[Any]) -> list[str]:
    """Bring the texts of a row to headings, each in its place."""
    return [clean_heading(cell) if isinstance(cell, str) else "" for cell in row]
