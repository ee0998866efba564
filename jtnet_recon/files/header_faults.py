"""Saying what is wrong with a row of headings, and how to put it right."""

from __future__ import annotations

import difflib
from dataclasses import replace
from typing import Any

from jtnet_recon.errors import ConfigError, TableError
from jtnet_recon.files.faults import Place, column_letter, shown
from jtnet_recon.files.grid import Body, Grid, is_blank
from jtnet_recon.files.headings import (
    HEADER_ROWS_MAX,
    Wanted,
    candidates_of,
    clean_heading,
    find_header,
    head_of,
    headings_in,
)
from jtnet_recon.files.words import Vocabulary, fold

_ROWS_QUOTED = 3
_CELLS_QUOTED = 8


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
    return _incomplete(grid, wanted, likely)


def _incomplete(grid: Grid, wanted: Wanted, likely: int) -> TableError:
    """Say what the likely header lacks."""
    place, rows = grid.origin.place, grid.rows
    headings = headings_in(head_of(rows, likely, grid.origin.merged))
    if wanted.header_row is not None and not _likeness(headings, wanted):
        return _no_headings(grid, wanted)
    absent = filter(wanted.is_needed, wanted.words.names)
    name = next(name for name in absent if not candidates_of(headings, name, wanted))
    for other in (likely - 1, likely + 1):
        if 0 <= other < len(rows) and candidates_of(headings_in(rows[other]), name, wanted):
            return _two_rows(place, name, other + 1, likely + 1)
    return no_column(place, name, headings, wanted, row=likely + 1)


def _two_rows(place: Place, name: str, other: int, row: int) -> TableError:
    """Say that the headings stand in two rows, and are merged in none."""
    return place.fault(
        what=f"the headings stand in two rows: that of {name} in row {other}, the others here.",
        row=row,
        hint="Write all headings into one row, the one right above the lines.",
        hint_ko=f"열 제목이 {min(other, row)}행과 {max(other, row)}행에 나뉘어 있습니다. "
        "자료 바로 위 한 행에 모두 쓰세요.",
    )


def _no_headings(grid: Grid, wanted: Wanted) -> TableError:
    """Say that the row that was named holds lines, and where the headings are."""
    row = wanted.header_row or 0
    quoted = ", ".join(shown(c) for c in grid.rows[row - 1][:_CELLS_QUOTED] if not is_blank(c))
    found = find_header(grid.rows, replace(wanted, header_row=None), grid.origin.merged)
    hint = "Give the row of the headings as the spreadsheet numbers it."
    hint_ko = "제목 행 번호를 확인하세요."
    if found is not None:
        hint = f"Row {found + 1} has them: header_row={found + 1}, or leave header_row= out."
        hint_ko = f"열 제목은 {found + 1}행에 있습니다: header_row={found + 1}"
    return grid.origin.place.fault(
        what=f"there are no headings in this row; it begins with {quoted or 'blank cells'}.",
        row=row,
        hint=hint,
        hint_ko=hint_ko,
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
    score = float(sum(bool(candidates_of(headings, name, wanted)) for name in names))
    for texts in wanted.headings.values():
        if any(difflib.get_close_matches(text, headings, n=1, cutoff=0.5) for text in texts):
            score += 0.5
    return score


def no_column(
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
    elif taken := _taken(name, present, wanted):
        what = f"no heading is left for {name}: {taken[0]!r} is wanted as {taken[1]}."
        hint = (
            f'Name the right one for {taken[1]}, or say which is {name}: columns={{"{name}": "…"}}.'
        )
        hint_ko = f"{taken[0]!r} 열을 {taken[1]}(으)로 지정해 {name}에 쓸 열이 없습니다. 지정을 확인하세요."
    else:
        what = f"no heading is known to mean {name}; the headings are: {listed}."
        hint = f'Say which one it is: columns={{"{name}": "…"}} (--map {name}=…).'
        hint_ko = f'어느 열인지 지정하세요: columns={{"{name}": "…"}}'
    error = place.fault(what, row=row, hint=hint, hint_ko=hint_ko)
    error.column = texts[0] if texts else name
    return error


def _taken(name: str, present: list[str], wanted: Wanted) -> tuple[str, str] | None:
    """Find the heading that would mean this column, had it not been named for another."""
    for other, texts in wanted.headings.items():
        folded = {fold(text) for text in texts}
        for text in present:
            if fold(text) in folded and fold(text) in wanted.words.headings[name]:
                return text, other
    return None


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


def ambiguous(body: Body, name: str, candidates: list[int]) -> TableError:
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


def unknown_name(name: str, heading: object, words: Vocabulary) -> ConfigError:
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
