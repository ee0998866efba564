"""Counts Korean days and months in unix seconds.

Korea has kept UTC+9 without summer time since 1988, so plain arithmetic is exact.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache

KST_OFFSET_S = 9 * 3600
HOUR_S, DAY_S = 3600, 86_400
_YEARS = range(1990, 2100)
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Month:
    """One calendar month in Asia/Seoul; both ends are inclusive unix seconds."""

    year: int
    number: int
    start_s: int
    end_s: int


def parse_month(period: object) -> Month:
    """Read ``2022-11`` (or ``2022-11-01..2022-11-30``) as a month."""
    text = str(period).strip()
    found = re.fullmatch(r"(\d{4})-(\d{2})(?:-01\.\.(\d{4}-\d{2}-\d{2}))?", text)
    if found is None or int(found[2]) not in range(1, 13) or int(found[1]) not in _YEARS:
        message = f'Sandbox: period "{text}" is not a month; write it as "2022-11"'
        raise ValueError(message)
    month = month_of(int(found[1]), int(found[2]))
    if found[3] is not None and found[3] != date_of(month.end_s).isoformat():
        message = f'Sandbox: period "{text}" is not one whole month; write it as "{text[:7]}"'
        raise ValueError(message)
    return month


def month_of(year: int, number: int) -> Month:
    """Give the month its first and last second."""
    following = date(year + number // 12, number % 12 + 1, 1)
    return Month(year, number, midnight(date(year, number, 1)), midnight(following) - 1)


def month_after(month: Month, count: int) -> Month:
    """Step ``count`` months on; a negative count steps back."""
    serial = month.year * 12 + month.number - 1 + count
    return month_of(serial // 12, serial % 12 + 1)


def midnight(day: date) -> int:
    """Give the first second of a Korean day."""
    return (day.toordinal() - _EPOCH_ORDINAL) * DAY_S - KST_OFFSET_S


def date_of(at_s: int) -> date:
    """Give the Korean day of an instant."""
    return _date_of_day((at_s + KST_OFFSET_S) // DAY_S)


def second_of_day(at_s: int) -> int:
    """Give the seconds since Korean midnight."""
    return (at_s + KST_OFFSET_S) % DAY_S


def compact(at_s: int) -> str:
    """Write an instant as yyMMddHHmmss, as a PG's transaction id carries it."""
    return f"{date_of(at_s):%y%m%d}{clock_text(at_s, '')}"


def minute_text(at_s: int) -> str:
    """Write an instant as ``2022-11-07 09:30``."""
    return f"{date_of(at_s).isoformat()} {clock_text(at_s, ':')[:5]}"


def clock_text(at_s: int, separator: str) -> str:
    """Write hours, minutes and seconds."""
    second = second_of_day(at_s)
    return f"{second // 3600:02d}{separator}{second // 60 % 60:02d}{separator}{second % 60:02d}"


def unix_s(moment: datetime | float) -> int:
    """Turn an aware datetime or a number of seconds into whole unix seconds."""
    if isinstance(moment, datetime):
        if moment.tzinfo is None:
            message = f"Sandbox: now={moment!r} has no time zone; add tzinfo"
            raise ValueError(message)
        return int(moment.astimezone(UTC).timestamp())
    return int(moment)


@cache
def _date_of_day(day: int) -> date:
    return date.fromordinal(day + _EPOCH_ORDINAL)
