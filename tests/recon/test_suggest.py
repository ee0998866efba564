"""Suggestions: the cheapest assignment without a shared id, and what is tied."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from jtnet_recon.recon.rules import Suggest
from jtnet_recon.recon.suggest import Loose, suggest, tail_of


def loose(text):
    """Read rows ``key amount day tail`` by line; day and tail may be ``-``."""
    rows = []
    for item, line in enumerate(text.strip().splitlines()):
        key, amount, day, tail = line.split()
        at = None if day == "-" else int(day)
        rows.append(Loose(item, key, "KRW/order", int(amount), at, tail.strip("-")))
    return rows


DEFAULT = Suggest()


def suggested(left, right, options=DEFAULT):
    """Say what was found for each row by its key: the code and the others."""
    sides = loose(left), loose(right)
    found = suggest(*sides, options)
    return {
        side[item].key: f"{mark.code} {' '.join(mark.others)}"
        for side, marks in zip(sides, found, strict=True)
        for item, mark in marks.items()
    }


def test_one_row_and_one_row_of_an_amount_and_a_day_are_a_likely_pair():
    assert suggested("o1 100 5 -", "X1 100 6 -") == {"o1": "P10 X1", "X1": "P10 o1"}


def test_a_day_too_far_another_amount_and_another_card_are_no_pair():
    assert suggested("o1 100 5 -", "X1 100 7 -") == {}
    assert suggested("o1 100 5 -", "X1 101 5 -") == {}
    assert suggested("o1 100 5 1234", "X1 100 5 9999") == {}


def test_a_card_that_one_side_does_not_know_forbids_nothing():
    assert suggested("o1 100 5 1234", "X1 100 5 -") == {"o1": "P10 X1", "X1": "P10 o1"}


def test_two_rows_for_one_are_a_tie():
    found = suggested("o1 100 5 -\no2 100 5 -", "X1 100 5 -")

    assert found == {"o1": "P11 X1", "o2": "P11 X1", "X1": "P11 o1 o2"}


def test_two_rows_for_two_are_a_tie_on_both_sides():
    found = suggested("o1 100 5 -\no2 100 5 -", "X1 100 5 -\nX2 100 5 -")

    assert found == {
        "o1": "P11 X1 X2", "o2": "P11 X1 X2", "X1": "P11 o1 o2", "X2": "P11 o1 o2",
    }  # fmt: skip


def test_the_nearer_day_decides():
    found = suggested("o1 100 5 -\no2 100 6 -", "X1 100 5 -\nX2 100 6 -")

    assert found == {"o1": "P10 X1", "o2": "P10 X2", "X1": "P10 o1", "X2": "P10 o2"}


def test_the_card_decides_against_the_nearer_day():
    found = suggested("o1 100 5 1234\no2 100 6 7777", "X1 100 6 1234\nX2 100 5 7777")

    assert found == {"o1": "P10 X1", "o2": "P10 X2", "X1": "P10 o1", "X2": "P10 o2"}


def test_a_related_id_decides():
    found = suggested("order-77 100 5 -\norder-88 100 5 -", "77 100 5 -\nORDER88 100 5 -")

    assert found["order-88"] == "P10 ORDER88"
    assert found["order-77"] == "P10 77"


def test_the_whole_is_assigned_not_the_nearest_first():
    # The nearest first would give X1 to o2 (same day) and leave o1 and X2 three days apart.
    found = suggested("o1 100 4 -\no2 100 5 -", "X1 100 5 -\nX2 100 6 -")

    assert found == {"o1": "P10 X1", "o2": "P10 X2", "X1": "P10 o1", "X2": "P10 o2"}


def test_more_pairs_come_before_nearer_pairs_however_wide_the_days():
    wide = Suggest(days=400)

    found = suggested("o1 100 300 -\no2 100 700 -", "X1 100 301 -\nX2 100 1 -", wide)

    assert found == {"o1": "P10 X2", "o2": "P10 X1", "X1": "P10 o2", "X2": "P10 o1"}


def test_rows_without_a_day_fit_any_day_and_tie():
    assert suggested("o1 100 5 -\no2 100 9 -", "X1 100 - -")["X1"] == "P11 o1 o2"


def test_a_block_that_is_too_large_is_left_alone():
    many = "\n".join(f"o{n} 100 5 -" for n in range(25))

    assert suggested(many, "X1 100 5 -") == {}
    assert suggested(many, "X1 100 5 -", Suggest(block_max=25))["X1"].startswith("P11 o0 o1")


def test_far_days_of_one_amount_are_blocks_of_their_own():
    # 30 rows of one amount, all on other days: no block is large.
    left = "\n".join(f"o{n} 100 {5 * n} -" for n in range(30))
    right = "\n".join(f"X{n} 100 {5 * n + 1} -" for n in range(30))

    found = suggested(left, right)

    assert found == {
        **{f"o{n}": f"P10 X{n}" for n in range(30)},
        **{f"X{n}": f"P10 o{n}" for n in range(30)},
    }


def test_the_last_four_digits_of_a_card_are_read_whatever_hides_the_others():
    cards = [
        "5432-****-****-1234",
        "543210******1234",
        "1234",
        " 1234 ",
        "12**",
        "123",
        "",
        None,
        7,
    ]

    assert [tail_of(card) for card in cards] == ["1234"] * 4 + [""] * 5


ROWS = st.lists(
    st.tuples(
        st.sampled_from([100, 200]),
        st.one_of(st.none(), st.integers(1, 4)),
        st.sampled_from(["", "", "1234", "9999"]),
    ),
    max_size=6,
)


def build(rows, name):
    return [
        Loose(item, f"{name}{item:02}", "KRW/order", amount, day, tail)
        for item, (amount, day, tail) in enumerate(rows)
    ]


@given(ROWS, ROWS, st.randoms(use_true_random=False))
@settings(max_examples=150)
def test_suggestions_are_mutual_and_know_no_order(left, right, random):
    sides = build(left, "o"), build(right, "X")
    keys = [{loose.item: loose.key for loose in side} for side in sides]

    found = suggest(*sides, Suggest())
    for side in sides:
        random.shuffle(side)
    again = suggest(*sides, Suggest())

    assert found == again
    named = [
        {(keys[place][item], other) for item, mark in marks.items() for other in mark.others}
        for place, marks in enumerate(found)
    ]
    assert named[0] == {(first, second) for second, first in named[1]}
    for marks in found:
        assert all(len(mark.others) == 1 for mark in marks.values() if mark.code == "P10")
