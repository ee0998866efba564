"""Telling lines from blank rows and totals, and holding the totals against the lines."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

from jtnet_recon.errors import TableError
from jtnet_recon.files.cells import Field
from jtnet_recon.files.grid import INVISIBLE, Body, is_blank
from jtnet_recon.files.values import read_amount, read_currency
from jtnet_recon.files.words import id_total_of, qualified_total_of, total_of
from jtnet_recon.money import DEFAULT_CURRENCY, format_minor, minor_digits

_DIGITS_MAX = 3
_ANY_CURRENCY = "KWD"
"""A currency of three digits: amounts of every currency are whole in its minor unit."""


@dataclass(frozen=True, slots=True)
class Total:
    """A row that states a sum: where it stands, its word, and what it sums.

    ``all`` lines above it, a ``part`` since the last one, or what its word ``named``: a day, a page.
    """

    index: int
    word: str
    kind: Literal["all", "part", "named"]


@dataclass(slots=True)
class Lines:
    """The rows of a body by what they are; each is in one of the three."""

    kept: list[int] = field(default_factory=list)
    blank: list[int] = field(default_factory=list)
    totals: list[Total] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sums:
    """What the lines add up to, by position in ``Lines.kept``."""

    name: str
    amounts: list[int]
    currencies: list[str]

    def of(self, start: int, stop: int) -> dict[str, int]:
        """Sum the lines from ``start`` to ``stop``, by currency."""
        sums: Counter[str] = Counter()
        if len(set(self.currencies)) == 1:
            sums[self.currencies[0]] = sum(self.amounts[start:stop])
            return dict(sums)
        for amount, currency in zip(
            self.amounts[start:stop], self.currencies[start:stop], strict=True
        ):
            sums[currency] += amount
        return dict(sums)

    @property
    def main(self) -> str:
        """The currency of most lines."""
        counted = Counter(self.currencies).most_common(1)
        return counted[0][0] if counted else DEFAULT_CURRENCY


@dataclass(frozen=True, slots=True)
class Checked:
    """A money column under check: its body, lines and sums.

    ``net`` takes refunds off, where a column of kinds tells them from sales; a total of such a
    ledger may be either sum.
    """

    body: Body
    column: int
    currency_column: int | None
    lines: Lines
    sums: Sums
    net: Sums

    def cell_of(self, total: Total) -> Any:
        """Return what a total states in this column."""
        return self.body.columns[self.column][total.index]


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to read a total: the currency, both sums, and the run of lines it is about."""

    currency: str
    stated: int
    computed: int
    span: tuple[int, int]


def sort_rows(body: Body, positions: dict[str, int]) -> Lines:
    """Put every row into lines, blank rows or totals."""
    lines = Lines()
    for index, cell in enumerate(body.columns[positions["merchant_uid"]]):
        if cell is None or cell == "" or is_blank(cell):
            _sort_row_without_id(body, index, lines)
        elif (kind := id_total_of(cell)) is not None:
            lines.totals.append(Total(index, str(cell).strip(INVISIBLE), kind))
        else:
            lines.kept.append(index)
    return lines


def take_bare_total(checked: Checked, positions: dict[str, int]) -> bool:
    """Recognise a last line that has nothing but the exact sum of all others: a bare total."""
    body, lines, sums = checked.body, checked.lines, checked.sums
    if len(lines.kept) <= 2 or lines.totals:  # noqa: PLR2004 - one line above proves nothing
        return False
    index = lines.kept[-1]
    money = {positions["amount"], positions.get("cancel_amount", -1)}
    others = [cells[index] for at, cells in enumerate(body.columns) if at not in money]
    above = sum(sums.amounts[:-1])
    if not all(map(is_blank, others)) or sums.amounts[-1] != above or not above:
        return False
    lines.kept.pop()
    lines.totals.append(Total(index, "a row without a word", "all"))
    return True


def check_totals(checked: Checked, *, is_strict: bool) -> tuple[int | None, int | None]:
    """Hold each stated total against the lines; return the main grand total and its sum."""
    main: tuple[int | None, int | None] = (None, None)
    starts = [0]
    for total in checked.lines.totals:
        above = bisect_left(checked.lines.kept, total.index)
        spans = _spans(total, starts, above, len(checked.lines.kept))
        starts.append(above)
        cell = checked.cell_of(total)
        if is_blank(cell) or total_of(cell):
            continue
        reading = _match(checked, total, spans)
        if reading.stated != reading.computed:
            fault = _mismatch(checked, total, reading)
            if is_strict:
                raise fault
            checked.body.origin.notes.append(f"passed by: {fault.message}")
        if total.kind == "all" and (main[0] is None or reading.currency == checked.sums.main):
            main = (reading.stated, reading.computed)
    return main


def hidden_note(checked: Checked) -> list[str]:
    """Tell how many hidden rows were read and what they add up to."""
    body, kept = checked.body, checked.lines.kept
    count = sum(body.first_row + index in body.origin.hidden_rows for index in kept)
    if not count:
        return []
    amount = format_minor(_hidden_sum(checked, (0, len(kept))), checked.sums.main)
    return [f"{count} hidden rows are read, too; their {checked.sums.name} is {amount}"]


def _sort_row_without_id(body: Body, index: int, lines: Lines) -> None:
    """Tell a row without an order id: blank, a total, or a line that lacks its id."""
    cells = [column[index] for column in body.columns]
    if all(map(is_blank, cells)):
        lines.blank.append(index)
        return
    first = next(cell for cell in cells if not is_blank(cell))
    labels = [(cell, total_of(cell)) for cell in cells] + [(first, qualified_total_of(first))]
    label = next(((cell, kind) for cell, kind in labels if kind), None)
    if label is None:
        lines.kept.append(index)
    else:
        lines.totals.append(Total(index, str(label[0]).strip(INVISIBLE), label[1]))


def _spans(total: Total, starts: list[int], above: int, count: int) -> list[tuple[int, int]]:
    """Return the runs of lines a total may be about, the likeliest first."""
    if above == 0:
        return [(0, count)]
    whole, since_last = (0, above), (starts[-1], above)
    if total.kind == "named":
        return [since_last, whole] if starts[-1] < above else [whole]
    return [since_last] if total.kind == "part" else [whole, since_last]


def _match(checked: Checked, total: Total, spans: list[tuple[int, int]]) -> _Reading:
    """Return the first sensible reading that agrees, else the likeliest one."""
    readings: list[_Reading] = []
    refused: TableError | None = None
    for span in spans:
        for currency, computed in _candidates(checked, total, span):
            try:
                stated = _stated(checked, total, currency)
            except TableError as error:
                refused = refused or error
                continue
            # Cancels are written with and without a minus sign, lines and totals not always alike.
            if checked.sums.name == "cancel_amount" and computed >= 0:
                stated = abs(stated)
            readings.append(_Reading(currency, stated, computed, span))
    if not readings and refused is not None:
        raise refused
    agreeing = (reading for reading in readings if reading.stated == reading.computed)
    return next(agreeing, readings[0])


def _candidates(checked: Checked, total: Total, span: tuple[int, int]) -> list[tuple[str, int]]:
    """Return the currencies a total may be in, with the sums of their lines."""
    found = _candidates_of(checked, total, checked.sums.of(*span))
    if checked.net is not checked.sums:
        found += _candidates_of(checked, total, checked.net.of(*span))
    return found


def _candidates_of(checked: Checked, total: Total, sums: dict[str, int]) -> list[tuple[str, int]]:
    """Return the currencies a total may be in, with one of the sums."""
    if checked.currency_column is not None:
        cell = checked.body.columns[checked.currency_column][total.index]
        if not is_blank(cell) and total_of(cell) is None:
            named = read_currency(cell, checked.sums.main)
            return [(named, sums.get(named, 0))]
    main = checked.sums.main
    ordered = sorted(sums.items(), key=lambda item: item[0] != main) or [(main, 0)]
    if len(ordered) > 1:
        mixed = sum(amount * 10 ** (_DIGITS_MAX - minor_digits(code)) for code, amount in ordered)
        ordered.append((_ANY_CURRENCY, mixed))
    return ordered


def _stated(checked: Checked, total: Total, currency: str) -> int:
    """Read the total's own cell."""
    cell = checked.cell_of(total)
    body = checked.body
    field = Field(
        body.name_of(checked.column),
        body.origin.place,
        [cell],
        [body.first_row + total.index],
    )
    reader = partial(read_amount, currency=currency, is_spreadsheet=body.origin.is_spreadsheet)
    return field.read(reader)[0]


def _mismatch(checked: Checked, total: Total, reading: _Reading) -> TableError:
    """Say what is stated, what the lines add up to, and the difference."""
    body, currency = checked.body, reading.currency
    difference = reading.stated - reading.computed
    many = "too much" if difference > 0 else "too little"
    hidden = _hidden_sum(checked, reading.span)
    hint = "A row was lost from, or added to, the table after the total was written: compare it. "
    if hidden and reading.computed - hidden == reading.stated:
        hint = "It is the sum of the visible rows alone: remove the filter or delete hidden rows. "
    return body.origin.place.fault(
        what=f"the total {total.word!r} says {format_minor(reading.stated, currency)}, but its "
        f"{reading.span[1] - reading.span[0]} rows add up to "
        f"{format_minor(reading.computed, currency)}: the total is "
        f"{format_minor(abs(difference), currency)} {currency} {many}.",
        row=body.first_row + total.index,
        column=body.name_of(checked.column),
        value=format_minor(reading.stated, currency),
        hint=f"{hint}check_total=False reads the table all the same.",
        hint_ko="합계가 행의 합과 다릅니다. 누락되거나 추가된 행을 확인하세요. "
        "check_total=False로 검사를 끌 수 있습니다.",
    )


def _hidden_sum(checked: Checked, span: tuple[int, int]) -> int:
    """Sum the hidden lines of a run."""
    body = checked.body
    if not body.origin.hidden_rows:
        return 0
    return sum(
        checked.sums.amounts[at]
        for at in range(*span)
        if body.first_row + checked.lines.kept[at] in body.origin.hidden_rows
    )
