"""Cutting a table into headings and columns, and finding what each heading means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jtnet_recon.errors import ConfigError
from jtnet_recon.files.faults import column_letter
from jtnet_recon.files.grid import Body, Grid, is_blank
from jtnet_recon.files.header_faults import ambiguous, no_column, no_header, unknown_name
from jtnet_recon.files.headings import (
    Columns,
    Wanted,
    candidates_of,
    clean_heading,
    find_header,
    head_of,
)
from jtnet_recon.files.words import KINDS, LEDGER_WORDS, Vocabulary, fold

COLUMNS_MAX = 1024


@dataclass(frozen=True, slots=True)
class Found:
    """Which column is which: our name -> position; and what of it was guessed."""

    positions: dict[str, int]
    guessed: list[str]


def wanted_of(
    columns: Columns | None, header_row: int | None, words: Vocabulary = LEDGER_WORDS
) -> Wanted:
    """Check the caller's ``columns=`` and ``header_row=``."""
    if header_row is not None and header_row < 1:
        message = f"header_row={header_row} is no row; the first is 1, as spreadsheets number them."
        raise ConfigError(message, hint_ko="행 번호는 1부터입니다.")
    headings: dict[str, tuple[str, ...]] = {}
    for name, heading in (columns or {}).items():
        if name not in words.names:
            raise unknown_name(name, heading, words)
        texts = (heading,) if isinstance(heading, str) else tuple(heading)
        headings[name] = tuple(text for text in texts if clean_heading(text))
        if name in words.required and not headings[name]:
            raise ConfigError(
                message=f"columns= names no heading for {name}, without which nothing can be compared.",
                hint=f'Name its heading: columns={{"{name}": "…"}}, or leave it out of columns=.',
                hint_ko=f"{name}의 열 제목을 지정하거나 columns=에서 빼세요.",
            )
    return Wanted(headings, header_row, words)


def body_of(grid: Grid, wanted: Wanted) -> Body:
    """Cut a grid into headings and columns."""
    index = find_header(grid.rows, wanted, grid.origin.merged)
    if index is None:
        raise no_header(grid, wanted)
    headings = [clean_heading(cell) for cell in head_of(grid.rows, index, grid.origin.merged)]
    rows = grid.rows[index + 1 :]
    if index:
        grid.origin.notes.append(f"{index} rows above the header (row {index + 1}) were passed by")
    width = max(len(headings), max(map(len, rows), default=0))
    columns = _transpose(rows, width)
    headings += [""] * (width - len(headings))
    return named(Body(grid.origin, headings, columns, index + 2, header_row=index + 1))


def named(body: Body) -> Body:
    """Drop columns without heading and cells; give the others a name that stands once."""
    if body.columns and len(body.columns) > COLUMNS_MAX:
        raise body.origin.place.fault(
            what=f"it has {len(body.columns):,} columns, at most {COLUMNS_MAX:,} are read.",
            hint="Delete the columns right of the table.",
            hint_ko="표 오른쪽의 불필요한 열을 삭제하세요.",
        )
    seen: dict[str, int] = {}
    headings: list[str] = []
    for position, heading in enumerate(body.headings):
        name = heading
        if not name and not all(map(is_blank, body.columns[position])):
            name = f"column {column_letter(position)}"
            body.origin.notes.append(f"column {column_letter(position)} has no heading")
        headings.append(name)
        seen[name] = seen.get(name, 0) + 1
    dropped = sum(not name for name in headings)
    if dropped:
        body.origin.notes.append(f"{dropped} blank columns were dropped")
    return Body(body.origin, headings, body.columns, body.first_row, body.header_row)


def resolve(body: Body, wanted: Wanted) -> Found:
    """Tell which column is which of ours, or what keeps it from being clear."""
    positions: dict[str, int] = {}
    guessed: list[str] = []
    for name in wanted.words.names:
        candidates = candidates_of(body.headings, name, wanted)
        if len(candidates) > 1 and name in wanted.words.optional and not wanted.is_needed(name):
            body.origin.notes.append(_left_aside(body, name, candidates))
            continue
        if len(candidates) > 1:
            raise ambiguous(body, name, candidates)
        if not candidates:
            if wanted.is_needed(name):
                raise no_column(body.origin.place, name, body.headings, wanted)
            continue
        if name == "kind" and not wanted.is_needed(name) and _is_foreign(body, candidates[0]):
            column = body.name_of(candidates[0])
            body.origin.notes.append(f"{column} has no word for a sale or a refund: it is no kind")
            continue
        positions[name] = candidates[0]
        heading = body.headings[candidates[0]]
        if name not in wanted.headings and heading != name:
            letter = column_letter(candidates[0])
            guessed.append(f"{name} <- {heading!r} (column {letter}), by its heading")
    _check_shared(body, positions)
    return Found(positions, guessed)


def _transpose(rows: list[list[Any]], width: int) -> list[list[Any]]:
    """Turn rows into columns; rows that are short end in blanks."""
    if any(len(row) != width for row in rows):
        rows = [row if len(row) == width else row + [None] * (width - len(row)) for row in rows]
    return (
        [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]
    )


def _left_aside(body: Body, name: str, candidates: list[int]) -> str:
    """Say that none of several columns was taken for one of ours."""
    names = " and ".join(str(body.name_of(position)) for position in candidates)
    return f'{names} may both be {name}: neither was taken; columns={{"{name}": …}} says which'


def _is_foreign(body: Body, position: int) -> bool:
    """Tell whether a column called 구분 tells something else apart, such as shops or taxes."""
    words = {fold(str(cell)) for cell in body.columns[position] if not is_blank(cell)} - {""}
    return bool(words) and words.isdisjoint(KINDS)


def _check_shared(body: Body, positions: dict[str, int]) -> None:
    """Refuse one column that is to be two of ours."""
    taken: dict[int, str] = {}
    for name, position in positions.items():
        if position in taken:
            raise body.origin.place.fault(
                what=f"{body.name_of(position)} cannot be both {taken[position]} and {name}.",
                row=body.header_row,
                column=body.name_of(position),
                hint="Give each of our columns a heading of its own in columns=.",
                hint_ko="한 열을 두 항목에 지정할 수 없습니다.",
            )
        taken[position] = name
