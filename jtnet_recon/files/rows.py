"""Turning columns of cells into table LEDGER, with every row accounted for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from jtnet_recon.files.cells import Field
from jtnet_recon.files.dates import read_day
from jtnet_recon.files.extras import kinds_read, notes_on, read_extras, read_ids
from jtnet_recon.files.faults import more_rows, shown
from jtnet_recon.files.grid import Special, is_blank
from jtnet_recon.files.header import Found, resolve
from jtnet_recon.files.totals import (
    Checked,
    Lines,
    Sums,
    check_totals,
    hidden_note,
    sort_rows,
    take_bare_total,
)
from jtnet_recon.files.values import (
    read_amount,
    read_cancel,
    read_currency,
    read_status,
    text_of,
)
from jtnet_recon.files.words import OPTIONAL
from jtnet_recon.tables import LEDGER, conform

if TYPE_CHECKING:
    from jtnet_recon.files.grid import Body
    from jtnet_recon.files.headings import Wanted

_MONEY = ("amount", "cancel_amount")
_WORDS = ("status", "kind")


@dataclass(frozen=True, slots=True)
class Options:
    """What the caller said about values."""

    currency: str
    allow_empty: bool
    check_total: bool


@dataclass(slots=True)
class _Values:
    """The declared columns as lists, one value a kept line."""

    ids: list[str | None]
    amounts: list[int]
    cancels: list[int]
    currencies: list[str]
    statuses: list[str | None]
    days: list[Any]
    extras: dict[str, list[Any]]

    def drop_last(self) -> None:
        """Take off the last line, which turned out to be a total."""
        lists: list[list[Any]] = [self.ids, self.amounts, self.cancels, self.currencies]
        lists += [self.statuses, self.days, *self.extras.values()]
        for values in lists:
            values.pop()


def ledger_of(body: Body, wanted: Wanted, options: Options) -> pd.DataFrame:
    """Read the columns of a body, check its totals and describe it."""
    found = resolve(body, wanted)
    lines = sort_rows(body, found.positions)
    if not lines.kept and not options.allow_empty:
        raise body.origin.place.fault(
            what="it has headings but no rows.",
            row=body.header_row,
            hint="If that is right, read it with allow_empty=True.",
            hint_ko="자료 행이 없습니다. 맞다면 allow_empty=True로 읽으세요.",
        )
    _check_merged(body, found, lines)
    values = _read(body, found, lines, options, wanted)
    checked = _checked(body, found, lines, "amount", values)
    if take_bare_total(checked, found.positions):
        values.drop_last()
    _note(body, found, lines, values)
    stated, computed = _check(body, found, lines, values, options)
    body.origin.notes.extend(hidden_note(checked))
    ledger = conform(pd.concat([_declared(values), _others(body, found, lines)], axis=1), LEDGER)
    ledger.attrs["source"] = _source(body, found, lines, stated=stated, computed=computed)
    return ledger


def _read(body: Body, found: Found, lines: Lines, options: Options, wanted: Wanted) -> _Values:
    """Read the declared columns in their order, so the leftmost trouble is told first."""
    count = len(lines.kept)
    is_spreadsheet = body.origin.is_spreadsheet
    ids = read_ids(_field(body, found, lines, "merchant_uid"), "merchant_uid")
    currencies = (
        _read_optional(
            body, found, lines, "currency", partial(read_currency, default=options.currency)
        )
        or [options.currency] * count
    )
    amounts = _read_money(
        _field(body, found, lines, "amount"),
        currencies,
        partial(read_amount, is_spreadsheet=is_spreadsheet),
    )
    cancels = [0] * count
    if "cancel_amount" in found.positions:
        field = _field(body, found, lines, "cancel_amount")
        reader = partial(read_cancel, is_spreadsheet=is_spreadsheet)
        cancels = _unsigned(field, _read_money(field, currencies, reader))
    statuses = _read_optional(body, found, lines, "status", read_status) or [None] * count
    to_day = partial(read_day, is_1904=body.origin.is_1904)
    days = _read_optional(body, found, lines, "paid_on", to_day) or [None] * count
    fields = _extra_fields(body, found, lines)
    extras = read_extras({name: _guessed(field, name, wanted) for name, field in fields.items()})
    return _Values(ids, amounts, cancels, currencies, statuses, days, extras)


def _extra_fields(body: Body, found: Found, lines: Lines) -> dict[str, Field]:
    """Cut the optional columns out."""
    return {name: _field(body, found, lines, name) for name in OPTIONAL if name in found.positions}


def _guessed(field: Field, name: str, wanted: Wanted) -> Field:
    """Let a column that nobody named say how it is left aside."""
    if wanted.is_needed(name):
        return field
    option = f'columns={{"{name}": ""}}'
    return replace(
        field,
        remedy=f" Or leave the column aside: {option}.",
        remedy_ko=f" 이 열을 쓰지 않으려면 {option}로 제외하세요.",
    )


def _field(body: Body, found: Found, lines: Lines, name: str) -> Field:
    """Cut the kept cells of one column out."""
    position = found.positions[name]
    column = body.columns[position]
    kept = lines.kept
    return Field(
        name=body.name_of(position),
        place=body.origin.place,
        cells=column if len(kept) == len(column) else [column[index] for index in kept],
        rows=[body.first_row + index for index in kept],
        is_spreadsheet=body.origin.is_spreadsheet,
        is_typed=body.origin.kind != "csv",
        is_1904=body.origin.is_1904,
        may_be_name=name not in _WORDS,
        is_secret=name == "card_number",
    )


def _read_optional(
    body: Body, found: Found, lines: Lines, name: str, reader: Any
) -> list[Any] | None:
    """Read a column if there is one."""
    return _field(body, found, lines, name).read(reader) if name in found.positions else None


def _read_money(field: Field, currencies: list[str], reader: Any) -> list[int]:
    """Read amounts, each in the currency of its row."""
    present = list(dict.fromkeys(currencies))
    if len(present) <= 1:
        return field.read(partial(reader, currency=present[0])) if present else []
    amounts = [0] * len(currencies)
    for currency in present:
        at = [index for index, code in enumerate(currencies) if code == currency]
        part = Field(
            field.name,
            field.place,
            [field.cells[index] for index in at],
            [field.rows[index] for index in at],
            field.is_spreadsheet,
        )
        for index, amount in zip(at, part.read(partial(reader, currency=currency)), strict=True):
            amounts[index] = amount
    return amounts


def _unsigned(field: Field, cancels: list[int]) -> list[int]:
    """Bring cancels written as negative numbers to positive ones; a mixture is not clear."""
    negative = [at for at, amount in enumerate(cancels) if amount < 0]
    if not negative:
        return cancels
    positive = [at for at, amount in enumerate(cancels) if amount > 0]
    if not positive:
        return [-amount for amount in cancels]
    odd = min(negative, positive, key=len)
    raise field.place.fault(
        what=f"{shown(field.cells[odd[0]])} has another sign than the other cancelled amounts"
        f"{more_rows([field.rows[at] for at in odd[1:]])}.",
        row=field.rows[odd[0]],
        column=field.name,
        value=str(field.cells[odd[0]]),
        hint="Write all cancelled amounts without a minus sign.",
        hint_ko="취소금액은 모두 음수 부호 없이 쓰세요.",
    )


def _note(body: Body, found: Found, lines: Lines, values: _Values) -> None:
    """Tell what is worth knowing of the ids, the words and the optional columns."""
    _note_ids(body, found, lines, values.ids)
    _note_words(body, found, lines, values.statuses)
    fields = _extra_fields(body, found, lines)
    body.origin.notes.extend(notes_on(fields, values.extras))
    found.guessed.extend(kinds_read(fields, values.extras))


def _note_ids(body: Body, found: Found, lines: Lines, ids: list[str | None]) -> None:
    """Count ids that were trimmed or composed, and those that are missing."""
    cells = _field(body, found, lines, "merchant_uid").cells
    changed = sum(
        type(cell) is str and cell != text and text is not None
        for cell, text in zip(cells, ids, strict=True)
    )
    missing = sum(text is None for text in ids)
    if changed:
        body.origin.notes.append(f"blanks around {changed} order ids were taken off")
    if missing:
        body.origin.notes.append(f"{missing} rows have no order id")


def _note_words(body: Body, found: Found, lines: Lines, statuses: list[str | None]) -> None:
    """Show how each word of the status column was read."""
    if "status" not in found.positions:
        return
    cells = _field(body, found, lines, "status").cells
    words = {(str(cell), status) for cell, status in zip(cells, statuses, strict=True) if status}
    found.guessed.extend(f"status {w!r} is {s}" for w, s in sorted(words) if w != s)
    blank = sum(status is None for status in statuses)
    if blank:
        body.origin.notes.append(f"{blank} rows have no status")


def _check_merged(body: Body, found: Found, lines: Lines) -> None:
    """Refuse merged cells over several lines: only the first one holds the value."""
    if not body.origin.merged:
        return
    kept = {body.first_row + index for index in lines.kept}
    for first_row, first, last_row, last in body.origin.merged:
        for position in sorted(found.positions.values()):
            if first <= position <= last and kept.intersection(range(first_row + 1, last_row + 1)):
                name = body.name_of(position)
                raise body.origin.place.fault(
                    what=f"the cells {name.letter}{first_row} to {name.letter}{last_row} are merged, so "
                    "only the first row has the value.",
                    row=first_row,
                    column=name,
                    hint="Unmerge them and write the value into every row.",
                    hint_ko="셀 병합을 해제하고 각 행에 값을 쓰세요.",
                )


def _checked(body: Body, found: Found, lines: Lines, name: str, values: _Values) -> Checked:
    """Put a money column beside its lines."""
    amounts = values.amounts if name == "amount" else values.cancels
    sums = [Sums(name, amounts, values.currencies)]
    if name == "amount" and "kind" in values.extras:
        pairs = zip(amounts, values.extras["kind"], strict=True)
        net = [-abs(amount) if kind == "cancel" else amount for amount, kind in pairs]
        sums.append(Sums(name, net, values.currencies))
    return Checked(
        body,
        found.positions[name],
        found.positions.get("currency"),
        lines=lines,
        sums=sums[0],
        net=sums[-1],
    )


def _check(
    body: Body, found: Found, lines: Lines, values: _Values, options: Options
) -> tuple[int | None, int | None]:
    """Check the totals of amounts and of cancels; return those of the amounts."""
    totals = {
        name: check_totals(
            _checked(body, found, lines, name, values), is_strict=options.check_total
        )
        for name in _MONEY
        if name in found.positions and lines.totals
    }
    money = [body.columns[found.positions[name]] for name in totals]
    checked = sum(not all(is_blank(cells[t.index]) for cells in money) for t in lines.totals)
    if checked and options.check_total:
        body.origin.notes.append(f"{checked} total rows agree with the rows they sum")
    return totals.get("amount", (None, None))


def _declared(values: _Values) -> pd.DataFrame:
    """Build the declared columns."""
    return pd.DataFrame(
        {
            "merchant_uid": pd.Series(values.ids, dtype="str"),
            "amount": pd.Series(values.amounts, dtype="int64"),
            "cancel_amount": pd.Series(values.cancels, dtype="int64"),
            "currency": pd.Series(values.currencies, dtype="str"),
            "status": pd.Series(values.statuses, dtype="str"),
            "paid_on": _days(values.days),
            **{name: _extra(name, cells) for name, cells in values.extras.items()},
        }
    )


def _days(days: list[Any]) -> pd.Series[Any]:
    """Build a column of days."""
    return pd.Series(days, dtype="object").astype("datetime64[us]")


def _extra(name: str, cells: list[Any]) -> pd.Series[Any]:
    """Build an optional column."""
    column = LEDGER.column(name)
    return _days(cells) if column.kind == "day" else pd.Series(cells, dtype=column.dtype)


def _others(body: Body, found: Found, lines: Lines) -> pd.DataFrame:
    """Keep every other column as text, under a name that stands once."""
    taken = set(LEDGER.names)
    columns = {}
    for position, heading in enumerate(body.headings):
        if position in found.positions.values() or not heading:
            continue
        name = free_name(heading, taken)
        if name != heading:
            body.origin.notes.append(f"{body.name_of(position)} is called {name!r} here")
        cells = [body.columns[position][index] for index in lines.kept]
        if uncalculated := sum(cell is Special.UNCALCULATED for cell in cells):
            body.origin.notes.append(
                f"{body.name_of(position)}: {uncalculated} formulas were never calculated"
            )
        columns[name] = pd.Series([text_of(cell) for cell in cells], dtype="str")
    return pd.DataFrame(columns, index=pd.RangeIndex(len(lines.kept)))


def free_name(heading: str, taken: set[str]) -> str:
    """Add a number to a heading that is taken already.

    Parameters
    ----------
    heading : str
        As the file has it.
    taken : set of str
        Names in use; the one that is given is added.

    Returns
    -------
    str
        The heading, or ``heading (2)`` and so on.
    """
    name, count = heading, 1
    while name in taken:
        count += 1
        name = f"{heading} ({count})"
    taken.add(name)
    return name


def _source(
    body: Body, found: Found, lines: Lines, *, stated: int | None, computed: int | None
) -> dict[str, Any]:
    """Describe the source as plain data."""
    origin = body.origin
    return {
        "kind": origin.kind,
        "name": origin.name,
        "sheet": origin.sheet,
        "encoding": origin.encoding,
        "delimiter": origin.delimiter,
        "header_row": body.header_row,
        "sha256": origin.sha256,
        "rows_offered": body.rows,
        "rows_accepted": len(lines.kept),
        "rows_total": len(lines.totals),
        "rows_blank": len(lines.blank),
        "columns": {name: body.headings[at] for name, at in found.positions.items()},
        "guessed": list(found.guessed),
        "stated_total": stated,
        "computed_total": computed,
        "notes": list(origin.notes),
    }
