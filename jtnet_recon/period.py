"""Period: days in Asia/Seoul, and the API windows that cover them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pandas as pd

from jtnet_recon.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

KST_NAME = "Asia/Seoul"
# Korea has kept UTC+9 without summer time since 1988, so a fixed offset is exact for this API.
KST = timezone(timedelta(hours=9), "KST")
DAY_S = 86_400
WINDOW_DAYS_MAX = 90
"""Widest window of GET /payments/status. Source: i'mport V1 OpenAPI, parameter ``from``."""

_MONTHS_A_YEAR = 12
_YEAR, _MONTH, _DAY = 1, 2, 3
# Digits without separators come in pairs: 2022111 could be two days, so it is none.
_FORMS = re.compile(
    r"(?P<year>\d{4})(?:(?P<month>\d{2})(?P<day>\d{2})?)?"
    r"|(?P<year_>\d{4})(?P<mark>[-./]) ?(?P<month_>\d{1,2})(?:(?P=mark) ?(?P<day_>\d{1,2}))?\.?"
    r"|(?P<year_ko>\d{4})년(?: ?(?P<month_ko>\d{1,2})월(?: ?(?P<day_ko>\d{1,2})일)?)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Window:
    """One time window of a list call, in unix seconds, both ends inclusive."""

    start_s: int
    end_s: int


@dataclass(frozen=True, slots=True, init=False)
class Period:
    """Name a run of whole days in Asia/Seoul, first and last day included.

    Parameters
    ----------
    start : str, int, date or Period
        A year (``"2022"``), a month (``"2022-11"``) or a day (``"2022-11-07"``, ``20221107``,
        ``"2022.11.07"``, ``"2022년 11월 7일"``, a ``date``). ``"2022-11-01..2022-11-30"`` names
        both ends.
    end : str, int or date, optional
        The last year, month or day. Without it the period is what ``start`` names.

    Raises
    ------
    ConfigError
        If an end is not a date, or the end is before the start.
    """

    start_on: date
    end_on: date

    def __init__(self, start: Any, end: Any = None) -> None:
        if isinstance(start, Period) and end is None:
            first, last = start.start_on, start.end_on
        else:
            if isinstance(start, str) and end is None and ".." in start:
                start, _, end = start.partition("..")
            first, last = _days_of(start)
            if end is not None:
                last = _days_of(end)[1]
        if last < first:
            message = f"A period cannot end ({last}) before it starts ({first}), days in KST."
            raise ConfigError(message, hint="Swap the two dates.", hint_ko="두 날짜를 바꾸세요.")
        object.__setattr__(self, "start_on", first)
        object.__setattr__(self, "end_on", last)

    @property
    def start_s(self) -> int:
        """First second of the first day, unix seconds."""
        return day_start_s(self.start_on)

    @property
    def end_s(self) -> int:
        """Last second of the last day, unix seconds (inclusive)."""
        return day_start_s(self.end_on) + DAY_S - 1

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.end_on - self.start_on).days + 1

    def contains(self, instants: pd.Series[Any]) -> pd.Series[bool]:
        """Tell for each instant whether it lies in the period.

        Parameters
        ----------
        instants : Series of datetime64[us, Asia/Seoul]
            ``NaT`` counts as outside.

        Returns
        -------
        Series of bool
            One a row.
        """
        start = pd.Timestamp(self.start_s, unit="s", tz=KST_NAME)
        after = pd.Timestamp(self.end_s + 1, unit="s", tz=KST_NAME)
        return (instants >= start) & (instants < after)

    def windows(self, until_s: int, *, days_max: int = WINDOW_DAYS_MAX) -> list[Window]:
        """Cut the time from the period's first second to ``until_s`` into API windows.

        Neighbours share one second, because both ends of a payment window are inclusive; rows
        are keyed by ``imp_uid``, so the shared second never counts twice.

        Parameters
        ----------
        until_s : int
            Last second to cover, unix seconds.
        days_max : int, default 90
            Widest window the API takes.

        Returns
        -------
        list of Window
            Oldest first; at least one.
        """
        width_s = days_max * DAY_S
        last_s = max(until_s, self.start_s)
        windows = [Window(self.start_s, min(self.start_s + width_s, last_s))]
        while windows[-1].end_s < last_s:
            start_s = windows[-1].end_s
            windows.append(Window(start_s, min(start_s + width_s, last_s)))
        return windows

    def __str__(self) -> str:
        """Write both days, ``2022-11-01..2022-11-30``."""
        return f"{self.start_on}..{self.end_on}"

    def __repr__(self) -> str:
        """Write it as it can be typed again."""
        return f"Period('{self}')"


def day_start_s(day: date) -> int:
    """Return the unix second at which a day starts in Asia/Seoul.

    Parameters
    ----------
    day : date
        A day in Asia/Seoul.

    Returns
    -------
    int
        Unix seconds.
    """
    return int(datetime(day.year, day.month, day.day, tzinfo=KST).timestamp())


def _days_of(value: Any) -> tuple[date, date]:
    """First and last day of a year, month or day in any common form."""
    if isinstance(value, datetime):
        value = value.astimezone(KST).date() if value.tzinfo else value.date()
    if isinstance(value, date):
        return value, value
    match = _FORMS.fullmatch(str(value).strip())
    if match is None:
        raise _not_a_period(value)
    texts = match.groupdict()
    parts = [int(text) for name, text in texts.items() if name != "mark" and text is not None]
    try:
        return _SPANS[len(parts)](parts)
    except ValueError as error:
        raise _not_a_period(value) from error


def _year_span(parts: list[int]) -> tuple[date, date]:
    return date(parts[0], 1, 1), date(parts[0], _MONTHS_A_YEAR, 31)


def _month_span(parts: list[int]) -> tuple[date, date]:
    year, month = parts
    first = date(year, month, 1)
    after = date(year + month // _MONTHS_A_YEAR, month % _MONTHS_A_YEAR + 1, 1)
    return first, after - timedelta(days=1)


def _day_span(parts: list[int]) -> tuple[date, date]:
    day = date(*parts)
    return day, day


_SPANS: dict[int, Callable[[list[int]], tuple[date, date]]] = {
    _YEAR: _year_span,
    _MONTH: _month_span,
    _DAY: _day_span,
}


def _not_a_period(value: Any) -> ConfigError:
    """Say which value is no date."""
    return ConfigError(
        f"{str(value)!r} is not a year, month or day.",
        hint="Write 2022, 2022-11, 2022-11-07 or 2022-11-01..2022-11-30.",
        hint_ko="2022, 2022-11, 2022-11-07 또는 2022-11-01..2022-11-30 처럼 쓰세요.",
    )
