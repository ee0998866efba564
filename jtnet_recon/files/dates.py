"""Reading days as people and programs write them; nothing ambiguous is guessed."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from jtnet_recon.files.faults import RefusalError
from jtnet_recon.files.grid import INVISIBLE, is_blank
from jtnet_recon.period import KST

_YEAR_MIN, _YEAR_MAX = 1990, 2100
_EPOCH = date(1899, 12, 30)
_EPOCH_1904 = date(1904, 1, 1)
_NOON = 12
_COMPACT_MIN = 10_000_000

_DAY = r"(?P<year>\d{4})(?P<mark>[-./])\s*(?P<month>\d{1,2})(?P=mark)\s*(?P<day>\d{1,2})\.?"
_DAY_KO = r"(?P<year_ko>\d{4})년\s*(?P<month_ko>\d{1,2})월\s*(?P<day_ko>\d{1,2})일"
_DAY_COMPACT = r"(?P<year_c>\d{4})(?P<month_c>\d{2})(?P<day_c>\d{2})"
_CLOCK = (
    r"(?:[T\s]*(?P<half>오전|오후|AM|PM)?\s*(?P<hour>\d{1,2})(?::|시\s*)(?P<minute>\d{2})분?"
    r"(?::?\s*(?P<second>\d{2})(?:\.\d{1,9})?초?)?\s*(?P<half_after>AM|PM)?"
    r"|[T\s]?(?P<clock>\d{6}))"
)
_ZONE = r"(?P<zone>\s*(?:Z|UTC|KST|[+-]\d{2}:?\d{2}))"
_FORM = re.compile(
    rf"^(?:{_DAY}|{_DAY_KO}|{_DAY_COMPACT})(?:\s*\([월화수목금토일]\))?(?:{_CLOCK}{_ZONE}?)?$",
    re.IGNORECASE,
)
_HINT = "Write 2022-11-07 or 2022-11-07 13:05:33."
_HINT_KO = "2022-11-07 또는 2022-11-07 13:05:33 처럼 쓰세요."


def read_day(cell: Any, *, is_1904: bool = False) -> date | None:
    """Return the day in Asia/Seoul that a cell means, None if it is blank."""
    if is_blank(cell) or (isinstance(cell, str) and cell.strip(INVISIBLE) == "-"):
        return None
    if isinstance(cell, datetime):
        return _in_years((cell.astimezone(KST) if cell.tzinfo else cell).date())
    if isinstance(cell, date):
        return _in_years(cell)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return _day_of_number(cell, is_1904=is_1904)
    if isinstance(cell, str):
        return _day_of_text(unicodedata.normalize("NFKC", cell).strip(INVISIBLE))
    raise _no_day(what="{value} is no date")


def _day_of_number(number: float, *, is_1904: bool) -> date:
    """Read 20221107, or the serial number behind a spreadsheet's date."""
    try:
        if number >= _COMPACT_MIN and number == int(number):
            return _day_of_text(str(int(number)))
        return _in_years((_EPOCH_1904 if is_1904 else _EPOCH) + timedelta(days=int(number)))
    except (OverflowError, ValueError) as error:
        raise _no_day(what="{value} is no date") from error


def _day_of_text(text: str) -> date:
    """Read the forms in use in Korea."""
    match = _FORM.match(text)
    if match is None:
        raise _not_a_form(text)
    parts = match.groupdict()
    day_parts = [
        int(parts[name] or parts[f"{name}_ko"] or parts[f"{name}_c"])
        for name in ("year", "month", "day")
    ]
    try:
        day = _in_years(date(*day_parts))
        clock = _clock_of(parts)
    except ValueError as error:
        raise _no_day(what="{value} is a date that does not exist") from error
    return _seoul_day(day, clock, parts["zone"])


def _clock_of(parts: dict[str, str | None]) -> time:
    """Read the time of day, 오전 and 오후 too."""
    if parts["clock"]:
        clock = parts["clock"]
        return time(int(clock[:2]), int(clock[2:4]), int(clock[4:]))
    hour = int(parts["hour"] or 0)
    half = (parts["half"] or parts["half_after"] or "").upper()
    if half in {"오후", "PM"} and hour < _NOON:
        hour += _NOON
    elif half in {"오전", "AM"} and hour == _NOON:
        hour = 0
    return time(hour, int(parts["minute"] or 0), int(parts["second"] or 0))


def _seoul_day(day: date, clock: time, zone: str | None) -> date:
    """Move an instant with a zone to its day in Asia/Seoul; without one it is Korean time."""
    zone = (zone or "KST").strip().upper()
    if zone == "KST":
        return day
    offset = timedelta()
    if zone not in {"Z", "UTC"}:
        digits = zone[1:].replace(":", "")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        offset = -offset if zone.startswith("-") else offset
    return datetime.combine(day, clock, timezone(offset)).astimezone(KST).date()


def _in_years(day: date) -> date:
    """Refuse years that can only be a slip."""
    if not _YEAR_MIN <= day.year <= _YEAR_MAX:
        raise _no_day(what=f"{{value}} is a day in the year {day.year}")
    return day


def _not_a_form(text: str) -> RefusalError:
    """Say why a text is no day, as far as it looks like one."""
    if re.match(r"^\d{1,2}월\s*\d{1,2}일", text):
        return _no_day(what="{value} does not say the year")
    if re.match(r"^\d{1,2}[-./]\d{1,2}([-./]\d{1,4})?(\s|$)", text):
        return _no_day(what="{value} does not say which is year, month and day")
    if re.match(r"^[2-5]\d{4}(?:\.\d+)?$", text):
        return RefusalError(
            what="{value} is the number that a spreadsheet keeps for a day",
            hint="Format the column as a date in the spreadsheet and export it again.",
            hint_ko="엑셀의 날짜 일련번호입니다. 엑셀에서 열 서식을 날짜로 바꾸어 다시 내보내세요.",
        )
    return _no_day(what="{value} is no date")


def _no_day(what: str) -> RefusalError:
    return RefusalError(what, hint=_HINT, hint_ko=_HINT_KO)
