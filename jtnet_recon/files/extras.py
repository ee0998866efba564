"""Reading the optional columns: what books may hold besides amounts, states and days."""

from __future__ import annotations

import re
import unicodedata
from functools import partial
from typing import TYPE_CHECKING, Any

from jtnet_recon.columns import LEDGER
from jtnet_recon.files.dates import read_day
from jtnet_recon.files.faults import RefusalError, more_rows, shown
from jtnet_recon.files.grid import INVISIBLE, is_blank
from jtnet_recon.files.values import read_id, text_of
from jtnet_recon.files.words import FLAGS, KINDS, LUMP_SUMS, fold

if TYPE_CHECKING:
    from collections.abc import Callable

    from jtnet_recon.files.cells import Field

_EXCEL_DIGITS_FROM = 10**15
_QUOTA = re.compile(
    r"^(?:할부|무이자)?(?P<months>\d{1,2})(?:개월|months?|m)?(?:할부|무이자|\(무이자\))?$"
)
_BLANKS = re.compile(r"[\s\u200b-\u200d\u2060\ufeff]+")
_NO_METHOD = frozenset(map(fold, ("", "없음", "해당없음", "n/a", "none")))
# Codes of a fixed length, which a spreadsheet shortens by the zeros in front.
_DIGITS = {"apply_num": 8, "card_code": 3}
_IDS = ("imp_uid", "pg_tid", "apply_num", "card_code", "card_number")


def read_extras(fields: dict[str, Field]) -> dict[str, list[Any]]:
    """Read the optional columns a ledger has, by our name."""
    return {name: _read(name, field) for name, field in fields.items()}


def read_ids(field: Field, name: str) -> list[str | None]:
    """Read ids; past 15 digits a spreadsheet has put zeros for what it could not keep."""
    label = LEDGER.column(name)
    ids = field.read(partial(read_id, what=_said(label.label), what_ko=label.label_ko))
    long = [
        at
        for at, cell in enumerate(field.cells)
        if type(cell) is float and cell >= _EXCEL_DIGITS_FROM
    ]
    if field.is_spreadsheet and long and all(field.cells[at] % 10 == 0 for at in long):
        value = "it" if field.is_secret else shown(ids[long[0]])
        raise field.place.fault(
            what=f"{value} is a number of more than 15 digits that ends in 0: the spreadsheet has lost "
            f"its last digits{more_rows([field.rows[at] for at in long[1:]])}.",
            row=field.rows[long[0]],
            column=field.name,
            value=None if field.is_secret else value.strip('"'),
            hint=f"Export it again with the {_said(label.label)} as text.{field.remedy}",
            hint_ko=f"{label.label_ko} 열을 텍스트로 지정해 다시 내보내세요.{field.remedy_ko}",
        )
    return ids


def notes_on(fields: dict[str, Field], values: dict[str, list[Any]]) -> list[str]:
    """Tell what is worth knowing of the optional columns."""
    notes = [
        note
        for name, digits in _DIGITS.items()
        if name in fields
        for note in _note_short(fields[name], digits)
    ]
    if blank := sum(kind is None for kind in values.get("kind", ())):
        notes.append(
            f"{blank} rows have no kind: the sign of the amount tells a sale from a refund"
        )
    return notes


def kinds_read(fields: dict[str, Field], values: dict[str, list[Any]]) -> list[str]:
    """Show how each word of the column of kinds was read."""
    if "kind" not in fields:
        return []
    pairs = zip(fields["kind"].cells, values["kind"], strict=True)
    words = {(str(cell).strip(INVISIBLE), kind) for cell, kind in pairs if kind}
    return [f"kind {word!r} is {kind}" for word, kind in sorted(words) if word != kind]


def _read(name: str, field: Field) -> list[Any]:
    """Read one column."""
    if name in _IDS:
        return [text if text and text.strip("-") else None for text in read_ids(field, name)]
    if name == "cancelled_on":
        return field.read(partial(read_day, is_1904=field.is_1904))
    return field.read(_READERS[name])


def _read_kind(cell: Any) -> str | None:
    """Return approval or cancel, None if it is blank."""
    if _is_nothing(cell):
        return None
    kind = KINDS.get(fold(str(cell)))
    if kind is None:
        raise RefusalError(
            what="the kind {value} is not known",
            hint="Known are: 매출, 결제, 승인 (approval), 취소, 부분취소, 환불, 반품 (cancel) and their "
            "English names. Replace it.",
            hint_ko="매출, 결제, 승인, 취소, 부분취소, 환불, 반품 중 하나로 바꾸세요.",
        )
    return kind


def _read_method(cell: Any) -> str | None:
    """Return the words for how the buyer was paid back."""
    text = (text_of(cell) or "").strip(INVISIBLE)
    return None if fold(text) in _NO_METHOD else text


def _read_quota(cell: Any) -> int | None:
    """Return months, 0 for a lump sum, None if it is blank."""
    if _is_nothing(cell):
        return None
    text = _plain(cell)
    match = _QUOTA.match(text)
    if text in LUMP_SUMS:
        return 0
    if match is None:
        raise RefusalError(
            what="{value} is no number of months",
            hint="Write 일시불 or 0 for a lump sum, otherwise the months: 3, 03 or 3개월.",
            hint_ko="일시불은 0 또는 일시불, 할부는 3 또는 3개월처럼 쓰세요.",
        )
    return int(match["months"])


def _read_flag(cell: Any) -> bool | None:
    """Return true or false, None if it is blank."""
    if _is_nothing(cell):
        return None
    flag = FLAGS.get(_plain(cell))
    if flag is None:
        raise RefusalError(
            what="{value} is neither yes nor no",
            hint="Write Y or N (사용 or 미사용), or leave the cell blank.",
            hint_ko="Y 또는 N(사용 또는 미사용)으로 쓰거나 비워 두세요.",
        )
    return flag


_READERS: dict[str, Callable[[Any], Any]] = {
    "kind": _read_kind,
    "refund_method": _read_method,
    "card_quota": _read_quota,
    "escrow": _read_flag,
}


def _is_nothing(cell: Any) -> bool:
    """Tell whether a cell says nothing: blank, or a dash."""
    return is_blank(cell) or (isinstance(cell, str) and not fold(cell))


def _plain(cell: Any) -> str:
    """Write a cell without case and blanks; signs and points stay, for they mean something."""
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text).casefold())


def _note_short(field: Field, digits: int) -> list[str]:
    """Point at numbers that may have lost the zeros in front of them; none is put back.

    A number in a cell has no zeros in front. In delimited text a short one is suspect beside
    others of full length.
    """
    numbers = {
        at: text
        for at, cell in enumerate(field.cells)
        if (text := text_of(cell)) and text.isascii() and text.strip(INVISIBLE).isdigit()
        if type(cell) is not str or not field.is_typed
    }
    short = [field.rows[at] for at, text in numbers.items() if len(text) < digits]
    has_full = any(len(text) == digits for text in numbers.values())
    if not short or not (has_full or field.is_typed):
        return []
    rest = more_rows(short[1:])
    what = f"{field.name}: row {short[0]}{rest} has a number of fewer than {digits} digits"
    return [f"{what}; zeros in front may be lost. It is taken as it stands: export it as text"]


def _said(label: str) -> str:
    """Write a label inside a sentence."""
    return label if label.startswith("PG ") else label[0].lower() + label[1:]
