"""Which days a job is about, when it is due, and what was missed."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

import jtnet_recon as jr
from jtnet_recon.jobs import days
from jtnet_recon.period import KST


@pytest.mark.parametrize(
    ("word", "on", "period"),
    [
        ("today", date(2022, 11, 7), "2022-11-07..2022-11-07"),
        ("yesterday", date(2022, 11, 1), "2022-10-31..2022-10-31"),
        ("yesterday", date(2024, 3, 1), "2024-02-29..2024-02-29"),
        ("this-month", date(2022, 11, 30), "2022-11-01..2022-11-30"),
        ("last-month", date(2022, 1, 15), "2021-12-01..2021-12-31"),
        ("last-month", date(2024, 3, 31), "2024-02-01..2024-02-29"),
        ("2022-11", date(2024, 3, 31), "2022-11-01..2022-11-30"),
    ],
)
def test_a_word_names_days_that_move_with_the_run(word: str, on: date, period: str) -> None:
    assert str(days.period_on(word, on)) == period


def test_today_is_korea_s() -> None:
    before = datetime.now(KST).date()

    assert before <= days.day_of("today") <= datetime.now(KST).date()
    assert (days.day_of("today") - days.day_of("yesterday")).days == 1


@pytest.mark.parametrize("text", ["2022-11", "2022", "soon"])
def test_a_day_of_a_run_is_one_day(text: str) -> None:
    with pytest.raises(jr.ConfigError):
        days.day_of(text)


@pytest.mark.parametrize(
    ("word", "every"),
    [
        ("today", "day"),
        ("yesterday", "day"),
        ("this-month", "day"),
        ("last-month", "month"),
        ("2022-11", "never"),
    ],
)
def test_a_period_suggests_how_often_its_job_is_due(word: str, every: str) -> None:
    assert days.every_of(word) == every


@pytest.mark.parametrize(
    ("every", "after", "due"),
    [
        ("day", date(2022, 12, 31), date(2023, 1, 1)),
        ("month", date(2022, 11, 2), date(2022, 11, 3)),
        ("month", date(2022, 11, 3), date(2022, 12, 3)),
        ("never", date(2022, 11, 3), None),
    ],
)
def test_the_next_day_a_job_is_due(every: days.Every, after: date, due: date | None) -> None:
    assert days.next_due(every, 3, after) == due


@given(
    last=st.dates(date(2020, 1, 1), date(2022, 1, 1)),
    gap=st.integers(0, 400),
    every=st.sampled_from(["day", "month"]),
    due_day=st.integers(1, 28),
)
def test_missed_are_all_due_days_since_the_last_success_and_no_other(
    last: date, gap: int, every: days.Every, due_day: int
) -> None:
    on = date.fromordinal(last.toordinal() + gap)

    missed = days.missed(every, due_day, last, on)

    between = [date.fromordinal(n) for n in range(last.toordinal() + 1, on.toordinal() + 1)]
    assert missed == [day for day in between if every == "day" or day.day == due_day]


def test_more_than_a_year_is_not_caught_up_by_mistake() -> None:
    with pytest.raises(jr.ConfigError, match="401 runs were missed since 2020-01-01"):
        days.missed("day", 1, date(2020, 1, 1), date(2021, 2, 5))
