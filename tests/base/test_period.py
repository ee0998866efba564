"""A period is whole days in Asia/Seoul, and the windows that cover them."""

from __future__ import annotations

import copy
import itertools
import pickle
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jtnet_recon.errors import ConfigError
from jtnet_recon.period import DAY_S, KST, WINDOW_DAYS_MAX, Period, Window, day_start_s

DAYS = st.dates(date(1990, 1, 1), date(2099, 12, 31))
SPANS = st.tuples(DAYS, st.integers(0, 800)).map(lambda p: (p[0], p[0] + timedelta(days=p[1])))


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2022", "2022-01-01", "2022-12-31"),
        (2022, "2022-01-01", "2022-12-31"),
        ("2022년", "2022-01-01", "2022-12-31"),
        ("2022-11", "2022-11-01", "2022-11-30"),
        ("2022-12", "2022-12-01", "2022-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("202211", "2022-11-01", "2022-11-30"),
        ("2022.11", "2022-11-01", "2022-11-30"),
        ("2022.11.", "2022-11-01", "2022-11-30"),
        ("2022년 11월", "2022-11-01", "2022-11-30"),
        ("2022-11-07", "2022-11-07", "2022-11-07"),
        (" 2022/11/7 ", "2022-11-07", "2022-11-07"),
        ("2022. 11. 7.", "2022-11-07", "2022-11-07"),
        (20221107, "2022-11-07", "2022-11-07"),
        ("2022년11월7일", "2022-11-07", "2022-11-07"),
        (date(2022, 11, 7), "2022-11-07", "2022-11-07"),
        (datetime.fromisoformat("2022-11-07 23:59"), "2022-11-07", "2022-11-07"),
        (datetime(2022, 11, 6, 15, 0, tzinfo=UTC), "2022-11-07", "2022-11-07"),
        (pd.Timestamp("2022-11-06 15:00Z"), "2022-11-07", "2022-11-07"),
        ("2022-11-01..2022-11-30", "2022-11-01", "2022-11-30"),
        ("2022-11..2023-01", "2022-11-01", "2023-01-31"),
        ("2022-11-03 .. 2022", "2022-11-03", "2022-12-31"),
    ],
)
def test_a_period_is_written_in_any_common_form(written, first, last):
    period = Period(written)

    assert (str(period.start_on), str(period.end_on)) == (first, last)


def test_both_ends_may_be_given():
    assert Period("2022-11", "2022-12") == Period("2022-11-01..2022-12-31")
    assert Period(date(2022, 11, 7), "2022-11-08").days == 2


@pytest.mark.parametrize(
    "written",
    [
        "",
        "november",
        "22-11-07",
        "2022-13",
        "2022-00",
        "2022-02-30",
        "2022-11-31",
        "2022111",
        "2022-111",
        "2022-11/07",
        "11-07-2022",
        "2022-11-07T00:00",
        None,
        3.5,
        "٢٠٢٢",
        "2022-11..",
        "..2022-11",
        "2022-11-01..2022-11-02..2022-11-03",
    ],
)
def test_what_is_no_period_is_refused(written):
    with pytest.raises(ConfigError, match="is not a year, month or day") as caught:
        Period(written)

    assert "2022-11-01..2022-11-30" in caught.value.hint
    assert "처럼 쓰세요" in caught.value.hint_ko


def test_a_period_that_ends_before_it_starts_is_refused():
    with pytest.raises(ConfigError, match=r"cannot end \(2022-10-31\) before it starts") as caught:
        Period("2022-11", "2022-10")

    assert caught.value.hint == "Swap the two dates."
    assert "바꾸세요" in caught.value.hint_ko


@given(SPANS)
def test_a_period_says_itself_and_can_be_typed_again(span):
    period = Period(*span)

    assert Period(str(period)) == period == Period(period)
    assert eval(repr(period), {"Period": Period}) == period  # its own text
    assert str(period) == f"{span[0]}..{span[1]}"
    assert hash(Period(str(period))) == hash(period)


@given(SPANS)
def test_a_period_runs_from_the_first_second_to_the_last_in_seoul(span):
    period = Period(*span)

    first, last = (datetime.fromtimestamp(s, KST) for s in (period.start_s, period.end_s))
    assert (first.date(), f"{first:%H:%M:%S}") == (span[0], "00:00:00")
    assert (last.date(), f"{last:%H:%M:%S}") == (span[1], "23:59:59")
    assert period.end_s - period.start_s + 1 == period.days * DAY_S


def test_a_day_in_seoul_begins_nine_hours_before_it_does_in_utc():
    assert day_start_s(date(2022, 11, 7)) == 1667746800
    assert datetime.fromtimestamp(1667746800, UTC).isoformat() == "2022-11-06T15:00:00+00:00"


@given(SPANS, st.integers(-400, 900), st.integers(0, DAY_S - 1), st.integers(1, 120))
def test_windows_tile_the_time_from_the_first_second_to_the_end(span, days, seconds, days_max):
    period = Period(*span)
    until_s = period.start_s + days * DAY_S + seconds

    windows = period.windows(until_s, days_max=days_max)

    assert windows[0].start_s == period.start_s
    assert windows[-1].end_s == max(until_s, period.start_s)
    assert all(0 <= w.end_s - w.start_s <= days_max * DAY_S for w in windows)
    # Both ends of a window are inclusive: a shared second counts in both, a gap in neither.
    assert all(a.end_s == b.start_s for a, b in itertools.pairwise(windows))
    assert len(windows) == max(1, -(-(windows[-1].end_s - period.start_s) // (days_max * DAY_S)))


def test_windows_are_as_wide_as_the_api_takes_by_default():
    windows = Period("2022-11").windows(day_start_s(date(2023, 3, 20)))

    assert WINDOW_DAYS_MAX == 90
    assert windows == [
        Window(1667228400, 1667228400 + 90 * DAY_S),
        Window(1667228400 + 90 * DAY_S, 1679238000),
    ]


def test_a_period_contains_its_edges_and_nothing_missing():
    instants = pd.Series(
        pd.to_datetime(
            ["2022-10-31 23:59:59", "2022-11-01", "2022-11-30 23:59:59.999999", "2022-12-01", None],
            format="ISO8601",
        )
    ).dt.tz_localize("Asia/Seoul")

    assert Period("2022-11").contains(instants).tolist() == [False, True, True, False, False]
    in_utc = instants.dt.tz_convert("UTC")
    assert Period("2022-11").contains(in_utc).tolist() == [False, True, True, False, False]


def test_a_period_is_a_value():
    period = Period("2022-11")

    assert pickle.loads(pickle.dumps(period)) == copy.deepcopy(period) == period
    with pytest.raises(AttributeError):
        period.start_on = date(2022, 1, 1)
