"""Inside one key: sets, tolerances, sums and the cheapest assignment."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jtnet_recon.recon.rules import Tolerance
from jtnet_recon.recon.within import Entry, match_within, nearest

EXACTLY = Tolerance()
NOON_S = 19_303 * 86_400 + 3 * 3600  # 2022-11-07 12:00 in Asia/Seoul


def entries(text, *, start=0):
    """Read entries ``amount@day`` by blanks; the day may be missing."""
    rows = []
    for place, cell in enumerate(text.split()):
        amount, _, day = cell.partition("@")
        rows.append(Entry(start + place, int(amount), int(day) if day else None, None))
    return rows


def told(matches):
    """Say each match as ``pass: left = right``, whatever order they were found in."""
    lines = []
    for match in matches:
        left, right = (
            "+".join(f"{entry.amount}@{entry.day}" for entry in sorted(side, key=_said))
            for side in (match.left, match.right)
        )
        lines.append(f"{match.by or 'alone'}: {left} = {right}")
    return sorted(lines)


def _said(entry):
    return (entry.amount, entry.day or 0)


def matched(left, right, tolerance=EXACTLY, **options):
    return told(match_within(entries(left), entries(right, start=100), tolerance, **options))


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("5@1 5@1", "5@1 5@1", ["exact: 5@1 = 5@1"] * 2),
        ("5@1 5@2", "5@2 5@1", ["exact: 5@1 = 5@1", "exact: 5@2 = 5@2"]),
        ("9@1", "4@1 5@1", ["sum: 9@1 = 4@1+5@1"]),
        ("1@1 2@2 3@3", "6@3", ["sum: 1@1+2@2+3@3 = 6@3"]),
        ("9@1 7@1", "8@1 5@1 3@1", ["sum: 7@1+9@1 = 3@1+5@1+8@1"]),
        ("9@1", "4@1 5@1 7@1", ["alone:  = 7@1", "sum: 9@1 = 4@1+5@1"]),
        ("5@1", "5@1 5@1", ["copy:  = 5@1", "exact: 5@1 = 5@1"]),
        ("5@1 5@1 5@1", "5@1", ["copy: 5@1 = ", "copy: 5@1 = ", "exact: 5@1 = 5@1"]),
        ("5@1", "5@9", ["day: 5@1 = 5@9"]),
        ("5@1", "6@1", ["amount: 5@1 = 6@1"]),
        ("5@1", "", ["alone: 5@1 = "]),
        ("", "5@1", ["alone:  = 5@1"]),
        ("", "", []),
        ("-1@1 -2@1 -3@1", "-6@1", ["sum: -3@1+-2@1+-1@1 = -6@1"]),
    ],
)
def test_rows_of_one_key_are_matched_pass_by_pass(left, right, expected):
    assert matched(left, right) == expected


def test_a_sum_that_can_be_chosen_in_two_ways_is_not_chosen():
    # 9 is 4+5 as well as 2+7: nothing says which.
    found = matched("9@1", "2@1 4@1 5@1 7@1")

    assert not any(line.startswith("sum") for line in found)


def test_a_sum_of_copies_can_be_chosen_in_one_way_only():
    assert matched("9@1", "3@1 3@1 3@1 3@1") == ["alone:  = 3@1", "sum: 9@1 = 3@1+3@1+3@1"]


def test_the_days_within_tolerance_are_assigned_as_a_whole_not_greedily():
    # The nearest day first would take 5@3 for 5@2 and leave 5@4 without any line.
    found = matched("5@2 5@4", "5@1 5@3", Tolerance(days=1))

    assert found == ["tolerance: 5@2 = 5@1", "tolerance: 5@4 = 5@3"]


def test_the_won_within_tolerance_are_assigned_as_a_whole_not_greedily():
    # 102 taken by the nearer 103 would leave 100 with 106, out of reach.
    found = matched("100@1 103@1", "102@1 106@1", Tolerance(amount=3))

    assert found == ["tolerance: 100@1 = 102@1", "tolerance: 103@1 = 106@1"]


def test_what_is_left_is_paired_so_that_the_differences_are_least_in_all():
    assert matched("10@1 20@1", "12@1 19@1") == ["amount: 10@1 = 12@1", "amount: 20@1 = 19@1"]


def test_a_tolerance_pairs_as_many_rows_as_can_be_in_a_large_key():
    # 200 rows of which each fits its neighbour and the next: one greedy step breaks the chain.
    left = [Entry(n, 1_000 + 4 * n, 1, None) for n in range(200)]
    right = [Entry(1_000 + n, 1_002 + 4 * n, 1, None) for n in range(200)]

    found = match_within(left, right, Tolerance(amount=2))

    assert {match.by for match in found} == {"tolerance"}
    assert len(found) == 200


def test_a_key_of_very_many_rows_is_matched_as_sets_and_left_alone_otherwise():
    left = [Entry(n, n, 1, None) for n in range(1, 2_001)]
    right = [Entry(5_000 + n, n, 1 if n % 2 else 2, None) for n in range(1, 2_001)]

    found = match_within(left, right, EXACTLY)

    by = [match.by for match in found]
    assert (by.count("exact"), by.count("sum"), len(found)) == (1_000, 1, 1_001)


def test_amounts_beyond_float_precision_are_told_apart():
    big = 2**53

    found = matched(f"{big}@1 {big + 1}@1", f"{big + 1}@1")

    assert found == [f"alone: {big}@1 = ", f"exact: {big + 1}@1 = {big + 1}@1"]


def test_without_days_rows_agree_by_amount():
    assert matched("5@1 7", "7@9 5", is_dated=False) == [
        "exact: 5@1 = 5@None",
        "exact: 7@None = 7@9",
    ]


def test_a_row_of_an_unknown_day_is_matched_after_the_known_ones():
    assert matched("5 5@2", "5@2 5@3") == ["day: 5@None = 5@3", "exact: 5@2 = 5@2"]


def test_minutes_count_where_both_sides_know_the_instant():
    before = Entry(0, 5, 19_302, 19_303 * 86_400 - 9 * 3600 - 60)
    after = Entry(9, 5, 19_303, 19_303 * 86_400 - 9 * 3600 + 60)

    assert told(match_within([before], [after], Tolerance(minutes=2)))[0].startswith("tolerance")
    assert told(match_within([before], [after], Tolerance(minutes=1)))[0].startswith("day")


def test_of_a_sum_the_rows_closest_in_time_stand_for_all():
    match = match_within(entries("1@1 2@5"), entries("3@4"), EXACTLY)[0]

    assert [entry.day for entry in nearest(match)] == [5, 4]


ROWS = st.lists(
    st.tuples(
        st.one_of(st.integers(1, 6), st.sampled_from([2**62, 2**53 + 1])),
        st.one_of(st.none(), st.integers(1, 4)),
    ),
    max_size=9,
)


def build(rows, start):
    return [
        Entry(start + place, amount, day, None if day is None else NOON_S + day * 86_400)
        for place, (amount, day) in enumerate(rows)
    ]


@given(ROWS, ROWS, st.booleans(), st.randoms(use_true_random=False))
@settings(max_examples=300)
def test_every_row_is_matched_once_in_whatever_order_it_comes(left, right, is_dated, random):
    tolerance = Tolerance(amount=1, days=1)
    sides = build(left, 0), build(right, 100)

    found = match_within(*sides, tolerance, is_dated=is_dated)
    for side in sides:
        random.shuffle(side)
    again = match_within(*sides, tolerance, is_dated=is_dated)

    for place, side in enumerate(sides):
        rows = [entry.row for match in found for entry in (match.left, match.right)[place]]
        assert sorted(rows) == sorted(entry.row for entry in side)
    assert told(found) == told(again)


def pairs_within(left, right, tolerance):
    """Count, by trying everything, the most pairs that a tolerance allows."""
    fits = [{n for n, other in enumerate(right) if abs(one - other) <= tolerance} for one in left]
    best = 0
    for order in itertools.permutations(range(len(left))):
        taken: set[int] = set()
        for place in order:
            free = sorted(fits[place] - taken)
            taken |= {free[0]} if free else set()
        best = max(best, len(taken))
    return best


@given(
    st.lists(st.integers(1, 40), max_size=5, unique=True),
    st.lists(st.integers(1, 40), max_size=5, unique=True),
)
@settings(max_examples=200)
def test_no_assignment_finds_more_pairs_within_the_tolerance(left, right):
    tolerance = 3
    both = set(left) & set(right)
    left, right = sorted(set(left) - both), sorted(set(right) - both)

    found = match_within(
        [Entry(n, amount, 1, None) for n, amount in enumerate(left)],
        [Entry(100 + n, amount, 1, None) for n, amount in enumerate(right)],
        Tolerance(amount=tolerance),
    )

    assert sum(match.by == "tolerance" for match in found) == pairs_within(left, right, tolerance)
