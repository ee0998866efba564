"""Reading a column of cells: each distinct cell once, all bad rows told together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from jtnet_recon.files.faults import ColumnName, Place, RefusalError, more_rows, shown
from jtnet_recon.files.grid import Special
from jtnet_recon.files.words import HEADINGS, fold

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")

_SECRET_DIGITS_MIN = 5
_HEADINGS = frozenset().union(*HEADINGS.values())
_EXCEL_ERRORS = frozenset(
    {"#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#ERROR", "#SPILL!"}
)


@dataclass(frozen=True, slots=True)
class Field:
    """One column's cells with the rows they stand in."""

    name: ColumnName
    place: Place
    cells: list[Any]
    rows: Sequence[int]
    is_spreadsheet: bool = False
    is_typed: bool = True
    is_1904: bool = False
    may_be_name: bool = True
    is_secret: bool = False
    remedy: str = ""
    remedy_ko: str = ""

    def read(self, reader: Callable[[Any], T]) -> list[T]:
        """Read every cell, or raise one error that names all rows that cannot be read."""
        known: dict[Any, T] = {}
        values: list[Any] = []
        bad: list[tuple[int, Any, RefusalError]] = []
        for at, cell in enumerate(self.cells):
            # True, 1 and 1.0 are equal as keys but not as cells.
            key = cell if type(cell) is str else (type(cell), cell)
            if key not in known:
                try:
                    known[key] = _checked(reader, cell)
                except RefusalError as error:
                    bad.append((self.rows[at], cell, error))
                    continue
            values.append(known[key])
        if bad:
            self._refuse(bad)
        return values

    def _refuse(self, bad: list[tuple[int, Any, RefusalError]]) -> None:
        """Raise for the first bad cell and name the other rows."""
        row, cell, error = bad[0]
        value = "" if cell is None else self._shown(cell)
        if isinstance(cell, str) and (cell.strip() == self.name.heading or fold(cell) in _HEADINGS):
            # Pages pasted together bring their headings along; and headings may take two rows.
            error = RefusalError(
                "the row holds headings, not a line",
                hint="Delete such rows; where headings take two rows, write them into one.",
                hint_ko="열 제목이 있는 행입니다. 반복된 제목 행은 삭제하고, 두 줄로 된 제목은 한 줄로 쓰세요.",
            )
        others = more_rows([row for row, _, _ in bad[1:]])
        what = error.what.replace("{value}", value)
        at = f" (cell {self.name.letter}{row})" if _is_error(cell) else ""
        raise self.place.fault(
            what=f"{what}{at}{others}.",
            row=row,
            column=self.name,
            value=value.strip('"'),
            hint=f"{error.hint}{self.remedy}",
            hint_ko=f"{error.hint_ko}{self.remedy_ko}",
        ) from error

    def _shown(self, cell: Any) -> str:
        """Quote a cell; a card number is not told."""
        if self.is_secret and sum(map(str.isdigit, str(cell))) >= _SECRET_DIGITS_MIN:
            return '"(not shown)"'
        return shown(cell, may_be_name=self.may_be_name)


def _checked(reader: Callable[[Any], T], cell: Any) -> T:
    """Refuse the cells that no column can use, then read."""
    if cell is Special.UNCALCULATED:
        raise RefusalError(
            what="it is a formula whose value was never saved",
            hint="Open the workbook in Excel, let it calculate and save it.",
            hint_ko="엑셀에서 열어 계산한 뒤 저장하세요.",
        )
    if _is_error(cell):
        raise RefusalError(
            what="{value} is an error of the spreadsheet",
            hint="Correct the formula, or type the value.",
            hint_ko="수식 오류를 고치거나 값을 입력하세요.",
        )
    return reader(cell)


def _is_error(cell: Any) -> bool:
    return isinstance(cell, str) and cell.startswith("#") and cell.strip() in _EXCEL_ERRORS
