"""Which days a job is about, when it is due, and which days were missed. Days are Korea's."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Literal

from jtnet_recon.errors import ConfigError
from jtnet_recon.period import KST, Period

Every = Literal["day", "month", "never"]

WORDS = ("today", "yesterday", "this-month", "last-month")
"""Periods that move with the day of the run."""

CATCH_UP_MAX = 400
"""Most runs of one ``--catch-up``: more than a year of days is a mistake, not a gap."""

_ONE = timedelta(days=1)


def today() -> date:
    """Tell today's date in Asia/Seoul, whatever zone the machine keeps.

    Returns
    -------
    date
        Today.
    """
    return datetime.now(KST).date()


def day_of(text: str) -> date:
    """Read the day a job is run for.

    Parameters
    ----------
    text : str
        A date, ``today`` or ``yesterday``.

    Returns
    -------
    date
        A day in Asia/Seoul.

    Raises
    ------
    ConfigError
        If it is no day.
    """
    if text in ("today", "yesterday"):
        return today() - (_ONE if text == "yesterday" else _ONE * 0)
    period = Period(text)
    if period.days != 1:
        raise ConfigError(
            message=f"--on {text} is no day.",
            hint="Write the day of the run: --on 2022-11-07.",
            hint_ko="실행일을 하루로 지정하세요. 예: --on 2022-11-07",
        )
    return period.start_on


def period_on(word: str, on: date) -> Period:
    """Tell what a job reconciles when it is run on a day.

    Parameters
    ----------
    word : str
        One of ``WORDS``, or a period as such.
    on : date
        Day of the run.

    Returns
    -------
    Period
        Days in Asia/Seoul.

    Raises
    ------
    ConfigError
        If the word is no period.
    """
    if word == "today":
        return Period(on)
    if word == "yesterday":
        return Period(on - _ONE)
    if word == "this-month":
        return Period(f"{on:%Y-%m}")
    if word == "last-month":
        return Period(f"{on.replace(day=1) - _ONE:%Y-%m}")
    return Period(word)


def every_of(word: str) -> Every:
    """Tell how often a job with a period is due.

    Parameters
    ----------
    word : str
        Its period.

    Returns
    -------
    str
        ``last-month`` once a month, a fixed period never again, all else daily.
    """
    if word == "last-month":
        return "month"
    return "day" if word in WORDS else "never"


def is_due(every: Every, due_day: int, on: date) -> bool:
    """Tell whether a job is due on a day.

    Parameters
    ----------
    every : {"day", "month", "never"}
        How often.
    due_day : int
        Day of the month, for ``month``.
    on : date
        The day.

    Returns
    -------
    bool
        True if it is.
    """
    return every == "day" or (every == "month" and on.day == due_day)


def next_due(every: Every, due_day: int, after: date) -> date | None:
    """Tell when a job is due next.

    Parameters
    ----------
    every : {"day", "month", "never"}
        How often.
    due_day : int
        Day of the month, for ``month``.
    after : date
        A day; the next due day comes after it.

    Returns
    -------
    date or None
        None if it is never due again.
    """
    if every == "never":
        return None
    on = after + _ONE
    while not is_due(every, due_day, on):
        on += _ONE
    return on


def missed(every: Every, due_day: int, last: date, on: date) -> list[date]:
    """List the days on which a job was due and did not end well, oldest first.

    Parameters
    ----------
    every : {"day", "month", "never"}
        How often.
    due_day : int
        Day of the month, for ``month``.
    last : date
        Day of the last run that ended well.
    on : date
        The last day to look at.

    Returns
    -------
    list of date
        Empty if nothing was missed.

    Raises
    ------
    ConfigError
        If they are more than ``CATCH_UP_MAX``.
    """
    days = []
    due = next_due(every, due_day, last)
    while due is not None and due <= on:
        days.append(due)
        due = next_due(every, due_day, due)
    if len(days) > CATCH_UP_MAX:
        raise ConfigError(
            message=f"{len(days):,} runs were missed since {last}; at most {CATCH_UP_MAX} are "
            "made up for at once.",
            hint="Run a single day first: --on, without --catch-up.",
            hint_ko="--catch-up 없이 --on 으로 하루를 먼저 실행하세요.",
        )
    return days
