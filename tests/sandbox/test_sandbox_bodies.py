"""Names of form fields that say how values are nested."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jtnet_recon.sandbox.bodies import nested


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([("a", "1"), ("b", "2")], {"a": "1", "b": "2"}),
        ([("a", "1"), ("a", "2")], {"a": "2"}),
        ([("a[]", "1"), ("a[]", "2")], {"a": ["1", "2"]}),
        ([("a[0]", "1"), ("a[1]", "2")], {"a": ["1", "2"]}),
        ([("a[x]", "1"), ("a[y]", "2")], {"a": {"x": "1", "y": "2"}}),
        (
            [("a[0][b]", "1"), ("a[0][c]", "2"), ("a[1][b]", "3")],
            {"a": [{"b": "1", "c": "2"}, {"b": "3"}]},
        ),
        ([("a[1]", "1")], {"a": {"1": "1"}}),
        ([("a", "1"), ("a[b]", "2")], {"a": "1"}),
        ([("a[b", "1"), ("[b]", "2"), ("a[b]c", "3")], {"a[b": "1", "[b]": "2", "a[b]c": "3"}),
        ([("a[b][c][d][e][f]", "1")], {"a[b][c][d][e][f]": "1"}),
        ([("file", object())], {}),
    ],
)
def test_brackets_nest_and_anything_else_is_a_name(pairs, expected):
    assert nested(pairs) == expected


@given(st.lists(st.tuples(st.text("ab[]01", max_size=8), st.text(max_size=3)), max_size=8))
def test_no_form_whatever_is_too_much(pairs):
    assert isinstance(nested(pairs), dict)
