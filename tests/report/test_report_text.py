"""Text from data is shown whole, with nothing hidden in it and nothing alive."""

from __future__ import annotations

import hashlib
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jtnet_recon.report.text import CELL_CHARS_MAX, cut, looks_like_formula, visible, width

# Surrogates are among these characters.
ANY = st.text(st.characters(codec=None, categories=None), max_size=60)


@given(ANY)
def test_making_text_visible_again_changes_nothing(text):
    once = visible(text)

    assert visible(once) == once


@given(ANY)
def test_visible_text_can_be_written_and_hides_nothing(text):
    shown = visible(text)

    shown.encode("utf-8")
    assert not any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in shown)
    assert not any(unicodedata.bidirectional(letter).endswith(("E", "O", "I")) for letter in shown)


@given(st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), max_size=60))
def test_ordinary_text_stays_as_it_is(text):
    assert visible(text) == text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a\x00b", "a␀b"),
        ("line\nnext\ttab\r", "line␊next␉tab␍"),
        ("\x7f", "␡"),
        ("a\u202eb", "a⟨U+202E⟩b"),
        ("\ud800", "⟨U+D800⟩"),
        ("\ufeffid", "⟨U+FEFF⟩id"),
        (None, ""),
        (14_000, "14000"),
        ([{"amount": 1, "reason": "변심"}], '[{"amount": 1, "reason": "변심"}]'),
        ({"a": None}, '{"a": null}'),
    ],
)
def test_what_cannot_be_seen_gets_a_picture(value, shown):
    assert visible(value) == shown


@given(st.integers(0, 300), st.sampled_from(["a", "가", "😀"]))
def test_a_cut_text_fits_and_names_the_whole(extra, letter):
    text = letter * (CELL_CHARS_MAX - 20 + extra)

    shown = cut(text)

    assert len(shown.encode("utf-16-le")) // 2 <= CELL_CHARS_MAX
    if shown != text:
        assert f"{len(text):,}" in shown
        assert hashlib.sha256(text.encode()).hexdigest() in shown
        assert text.startswith(shown[: shown.index("…")])


def test_a_text_that_just_fits_is_left_alone():
    assert cut("가" * CELL_CHARS_MAX) == "가" * CELL_CHARS_MAX


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM", " =1", "\t=1", "＝1", "＠a", "＋1", "－1", "\tx", "␉=1", "\r"],
)
def test_what_a_spreadsheet_would_calculate_is_known(text):
    assert looks_like_formula(text)


@pytest.mark.parametrize("text", ["", "1+1", "order-1", "a=b", "가=나", "(1)"])
def test_what_it_would_not_is_known_too(text):
    assert not looks_like_formula(text)


@pytest.mark.parametrize(
    ("text", "columns"), [("", 0), ("abc", 3), ("주문", 4), ("A주", 3), ("￦", 2)]
)
def test_hangul_is_two_columns_wide(text, columns):
    assert width(text) == columns
