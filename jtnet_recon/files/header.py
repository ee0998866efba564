"""Finding the header row and what each heading means."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jtnet_recon.errors import ConfigError, TableError
from jtnet_recon.files.faults import Place, column_letter, shown
from jtnet_recon.files.grid import INVISIBLE, Body, Grid, is_blank
from jtnet_recon.files.words import KINDS, LEDGER_WORDS, Vocabulary, fold

HEADER_ROWS_MAX = 50
COLUMNS_MAX = 1024
_ROWS_QUOTED = 3
_CELLS_QUOTED = 8

Columns = Mapping[str, str | Sequence[str]]


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
            raise _unknown_name(name, heading, words)
        texts = (heading,) if isinstance(heading, str) else tuple(heading)
        headings[name] = tuple(text for text in texts if clean_heading(text))
        if name in words.required and not headings[name]:
            raise ConfigError(
                message=f"columns= names no heading for {name}, without which nothing can be compared.",
                hint=f'Name its heading: columns={{"{name}": "…"}}, or leave it out of columns=.',
                hint_ko=f"{name}의 열 제목을 지정하거나 columns=에서 빼세요.",
            )
    return Wanted(headings, header_row, words)


def find_header(rows: list[list[Any]], wanted: Wanted) -> int | None:
    """Return the index of the first row that names every required column."""
    if wanted.header_row is not None:
        pinned = wanted.header_row - 1
        return pinned if pinned < len(rows) and _names_all(rows[pinned], wanted) else None
    for index, row in enumerate(rows[:HEADER_ROWS_MAX]):
        if _names_all(row, wanted):
            return index
    return None


def body_of(grid: Grid, wanted: Wanted) -> Body:
    """Cut a grid into headings and columns."""
    index = find_header(grid.rows, wanted)
    if index is None:
        raise no_header(grid, wanted)
    headings = [clean_heading(cell) for cell in grid.rows[index]]
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
        candidates = _candidates(body.headings, name, wanted)
        if len(candidates) > 1 and name in wanted.words.optional and not wanted.is_needed(name):
            body.origin.notes.append(_left_aside(body, name, candidates))
            continue
        if len(candidates) > 1:
            raise _ambiguous(body, name, candidates)
        if not candidates:
            if wanted.is_needed(name):
                raise _no_column(body.origin.place, name, body.headings, wanted)
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


def clean_heading(cell: Any) -> str:
    """Bring a heading to composed Hangul without blanks at its ends."""
    return "" if is_blank(cell) else unicodedata.normalize("NFC", str(cell)).strip(INVISIBLE)


def no_header(grid: Grid, wanted: Wanted) -> TableError:
    """Say why no row is the header: damaged text, one heading missing, or none at all."""
    place, rows = grid.origin.place, grid.rows
    if all(is_blank(cell) for row in rows for cell in row):
        return place.fault(
            what="it holds no cells.", hint="Export it again.", hint_ko="내용이 없는 파일입니다."
        )
    if wanted.header_row is not None and wanted.header_row > len(rows):
        return place.fault(
            what=f"header_row={wanted.header_row}, but there are only {len(rows)} rows.",
            row=wanted.header_row,
            hint="Give the row of the headings as the spreadsheet numbers it.",
            hint_ko="제목 행 번호를 확인하세요.",
        )
    damage = _damaged_text(rows[:HEADER_ROWS_MAX], wanted.words)
    if damage is not None:
        return _mojibake(place, *damage)
    likely = _likely_header(rows, wanted)
    if likely is None:
        return _nothing_known(grid, wanted.words)
    headings = [clean_heading(cell) for cell in rows[likely]]
    absent = filter(wanted.is_needed, wanted.words.names)
    name = next(name for name in absent if not _candidates(headings, name, wanted))
    return _no_column(place, name, headings, wanted, row=likely + 1)


def _names_all(row: list[Any], wanted: Wanted) -> bool:
    """Tell whether a row holds a heading for each column that must be there."""
    headings = [clean_heading(cell) if isinstance(cell, str) else "" for cell in row]
    if sum(map(bool, headings)) < len(wanted.words.required):
        return False
    needed = filter(wanted.is_needed, wanted.words.names)
    found = [_candidates(headings, name, wanted) for name in needed]
    return all(found) and len({tuple(positions) for positions in found}) > 1


def _candidates(headings: list[str], name: str, wanted: Wanted) -> list[int]:
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


def _transpose(rows: list[list[Any]], width: int) -> list[list[Any]]:
    """Turn rows into columns; rows that are short end in blanks."""
    if any(len(row) != width for row in rows):
        rows = [row if len(row) == width else row + [None] * (width - len(row)) for row in rows]
    return (
        [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]
    )


def _likely_header(rows: list[list[Any]], wanted: Wanted) -> int | None:
    """Return the row that names most of what is looked for, or something near it."""
    best, best_score = None, 0.0
    indexes = range(min(len(rows), HEADER_ROWS_MAX))
    if wanted.header_row is not None:
        return wanted.header_row - 1
    for index in indexes:
        headings = [clean_heading(cell) for cell in rows[index] if isinstance(cell, str)]
        score = _likeness([text for text in headings if text], wanted)
        if score > best_score:
            best, best_score = index, score
    return best


def _likeness(headings: list[str], wanted: Wanted) -> float:
    """Count the columns a row names; a near miss of a pinned heading counts a half."""
    names = wanted.words.names
    score = float(sum(bool(_candidates(headings, name, wanted)) for name in names))
    for texts in wanted.headings.values():
        if any(difflib.get_close_matches(text, headings, n=1, cutoff=0.5) for text in texts):
            score += 0.5
    return score


def _no_column(
    place: Place, name: str, headings: list[str], wanted: Wanted, *, row: int | None = None
) -> TableError:
    """Say which column is missing and which headings there are."""
    present = [text for text in headings if text]
    listed = ", ".join(present[: _CELLS_QUOTED * 2])
    if texts := wanted.headings.get(name):
        near = [n for t in texts for n in difflib.get_close_matches(t, present, n=3, cutoff=0.4)]
        what = f"there is no column {' or '.join(map(repr, texts))} (wanted as {name})."
        hint = f"Did you mean {', '.join(map(repr, near))}?" if near else f"It has: {listed}."
        hint_ko = f"열 제목: {listed}"
    else:
        what = f"no heading is known to mean {name}; the headings are: {listed}."
        hint = f'Say which one it is: columns={{"{name}": "…"}} (--map {name}=…).'
        hint_ko = f'어느 열인지 지정하세요: columns={{"{name}": "…"}}'
    error = place.fault(what, row=row, hint=hint, hint_ko=hint_ko)
    error.column = texts[0] if texts else name
    return error


def _nothing_known(grid: Grid, words: Vocabulary) -> TableError:
    """Show the first rows of a table without a header."""
    quoted = [
        f"row {index + 1}: " + ", ".join(shown(c) for c in row[:_CELLS_QUOTED] if not is_blank(c))
        for index, row in enumerate(grid.rows)
        if not all(map(is_blank, row))
    ]
    return grid.origin.place.fault(
        what="no header row was found. It begins with " + "; ".join(quoted[:_ROWS_QUOTED]) + ".",
        hint=f"Write headings ({words.example[0]}) above the rows, or name them: "
        f"columns={words.example[1]}.",
        hint_ko="제목 행을 찾지 못했습니다. 표 위에 열 제목을 쓰거나 columns=로 지정하세요.",
    )


def _ambiguous(body: Body, name: str, candidates: list[int]) -> TableError:
    """Ask which of two columns is meant."""
    names = [str(body.name_of(position)) for position in candidates]
    texts = [body.headings[position] for position in candidates]
    row = body.header_row
    if len(set(texts)) == 1:
        return body.origin.place.fault(
            what=f"the heading {texts[0]!r}, wanted as {name}, stands {len(texts)} times: "
            f"columns {', '.join(column_letter(position) for position in candidates)}.",
            row=row,
            column=body.name_of(candidates[0]),
            hint="Rename one of them in the file.",
            hint_ko="같은 제목의 열이 여러 개입니다. 하나의 이름을 바꾸세요.",
        )
    return body.origin.place.fault(
        what=f"{' and '.join(names)} may both be {name}.",
        row=row,
        column=body.name_of(candidates[0]),
        hint=f'Say which one: columns={{"{name}": "{texts[0]}"}} (--map {name}={texts[0]}).',
        hint_ko=f'어느 열인지 지정하세요: columns={{"{name}": "{texts[0]}"}}',
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


def _unknown_name(name: str, heading: object, words: Vocabulary) -> ConfigError:
    """Say which names columns= takes; it is easily written the wrong way round."""
    near = difflib.get_close_matches(str(name), words.names, n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(words.names)}."
    if isinstance(heading, str) and heading in words.names:
        hint = f'Our name comes first: columns={{"{heading}": "{name}"}}.'
    return ConfigError(
        message=f"columns= has no name {name!r}.",
        hint=hint,
        hint_ko=f"쓸 수 있는 이름: {', '.join(words.names)}",
    )


def _damaged_text(rows: list[list[Any]], words: Vocabulary) -> tuple[int, str, str] | None:
    """Find a heading that an earlier tool decoded wrongly: row, as it is, as it was."""
    known = frozenset().union(*words.headings.values())
    for index, row in enumerate(rows):
        for cell in row:
            for text in _repairs(cell) if isinstance(cell, str) else ():
                if fold(text) in known:
                    return index + 1, cell, text
    return None


def _repairs(cell: str) -> list[str]:
    """Undo the two usual wrong decodings of Korean text."""
    repaired = []
    for wrong, right in (("cp949", "utf-8"), ("latin-1", "cp949"), ("latin-1", "utf-8")):
        try:
            text = cell.encode(wrong).decode(right)
        except UnicodeError:
            continue
        if text != cell:
            repaired.append(text)
    return repaired


def _mojibake(place: Place, row: int, cell: str, text: str) -> TableError:
    return place.fault(
        what=f"its text was decoded wrongly by an earlier program: {shown(cell)} is {text!r}.",
        row=row,
        value=cell,
        hint="Export it again, or open the original with the right encoding. "
        "It cannot be repaired safely here.",
        hint_ko="이전 프로그램에서 글자가 깨진 파일입니다. 원본을 다시 내보내세요.",
    )
