"""Placeholders in names and queries: ``reports/{job}_{period}.xlsx``, ``{start:%Y-%m}``."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

from jtnet_recon.config import nearest_hint
from jtnet_recon.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from jtnet_recon.period import Period

NAMES = ("job", "period", "start", "end", "on")
"""The job; its period; the period's first and last day; the day of the run."""

_DAYS = frozenset({"start", "end", "on"})
_LAST_MONTH_DAY = 27


def values_of(job: str, period: Period, on: date) -> dict[str, str | date]:
    """Give the placeholders of one run their values.

    Parameters
    ----------
    job : str
        Its name.
    period : Period
        What is reconciled.
    on : date
        Day of the run in Asia/Seoul.

    Returns
    -------
    dict
        One value a name of ``NAMES``.
    """
    return {
        "job": job,
        "period": short(period),
        "start": period.start_on,
        "end": period.end_on,
        "on": on,
    }


def short(period: Period) -> str:
    """Write a period as people name it.

    Parameters
    ----------
    period : Period
        Any.

    Returns
    -------
    str
        ``2022-11-06`` for a day, ``2022-11`` for a month, else both ends.
    """
    if period.days == 1:
        return str(period.start_on)
    first, last = period.start_on, period.end_on
    is_month = first.day == 1 and period.days > _LAST_MONTH_DAY
    if is_month and last == type(period)(f"{first:%Y-%m}").end_on:
        return f"{first:%Y-%m}"
    return str(period)


def fill(template: str, values: Mapping[str, str | date]) -> str:
    """Put values into a template.

    Parameters
    ----------
    template : str
        Names in braces, days with a format of ``strftime``; a brace itself is written twice.
    values : mapping
        Of :func:`values_of`.

    Returns
    -------
    str
        Without placeholders.

    Raises
    ------
    ConfigError
        If a placeholder is not known or cannot be formatted so.
    """
    parts = []
    for text, name, form, _ in _fields(template):
        parts.append(text)
        if name is not None:
            parts.append(format(values[name], form or ""))
    return "".join(parts)


def check(template: str) -> str:
    """Refuse a template that could not be filled on any day.

    Parameters
    ----------
    template : str
        As in the file of settings.

    Returns
    -------
    str
        The same.

    Raises
    ------
    ConfigError
        If a placeholder is not known.
    """
    for _, name, form, conversion in _fields(template):
        if name is None:
            continue
        if name not in NAMES:
            message = f"{{{name}}} is no placeholder."
            raise ConfigError(message, hint=nearest_hint(name, NAMES), hint_ko=_HINT_KO)
        if conversion or (form and (name not in _DAYS or "%" not in form)):
            message = f"{{{name}:{form}}} cannot be written so."
            hint = "Days take a format such as {start:%Y-%m-%d}; {job} and {period} take none."
            raise ConfigError(message, hint=hint, hint_ko=_HINT_KO)
    return template


def pattern_of(template: str) -> str:
    """Find out which part of a name does not depend on the day.

    Parameters
    ----------
    template : str
        Of an output.

    Returns
    -------
    str
        Every placeholder but the job is ``*``: two outputs with one pattern may be one file.
    """
    return "".join(
        text + ("" if name is None else f"{{{name}}}" if name == "job" else "*")
        for text, name, _, _ in _fields(template)
    )


def _fields(template: str) -> list[tuple[str, str | None, str | None, str | None]]:
    """Take a template apart."""
    try:
        return list(string.Formatter().parse(template))
    except ValueError as error:
        message = f"{template!r} cannot be read: {error}."
        hint = "Write {period} for a placeholder and {{ for a brace."
        raise ConfigError(message, hint=hint, hint_ko=_HINT_KO) from error


_HINT_KO = (
    "자리표시자는 {job} {period} {start} {end} {on} 입니다. 날짜는 {start:%Y-%m-%d} 처럼 씁니다."
)
