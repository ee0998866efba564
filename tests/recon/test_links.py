"""Links: other references, other spellings, lost zeros; what they refuse."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import ledger_frame, line, payment, payments_frame, reconciled

from jtnet_recon.recon.links import SPELLING
from jtnet_recon.recon.match import reconcile
from jtnet_recon.recon.rules import PAYMENTS_TO_LEDGER, Normaliser

SUFFIXES = Normaliser(suffixes=("_sf", r"-\d{1,2}"))
SPELT = replace(PAYMENTS_TO_LEDGER, normalise=SUFFIXES, suggest=None)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Order-77", "order"),
        ("order_sf", "order"),
        ("ORDER_SF", "order"),
        ("order-7_sf", "order"),
        ("or der", "order"),
        ("\u3000order\t", "order"),
        ("ｏｒｄｅｒ", "order"),
        ("주문_sf", "주문"),
        ("order_sf_x", "order_sf_x"),
        ("_sf", ""),
        ("", ""),
    ],
)
def test_a_form_leaves_out_what_counts_for_nothing(text, form):
    normalise = Normaliser(suffixes=("_sf", r"(?<=er)-\d{1,2}"))

    assert normalise.form(text) == form


def test_a_normaliser_can_keep_case_blanks_and_width():
    strict = Normaliser(suffixes=("_sf",), case=False, blanks=False, width=False)

    assert [strict.form(text) for text in ("A b_sf", "Ａ_SF")] == ["A b", "Ａ_SF"]


def test_a_form_may_not_merge_an_order_that_is_matched_already(payments_of, ledger_of):
    # O1_sf could be o1 by its spelling; but o1 has its own line, and O1 is another order.
    result = reconcile(
        payments_of("imp_uid | merchant_uid | amount\n i1 | o1 | 14,000\n i2 | O1 | 9,000"),
        ledger_of("merchant_uid | amount\n o1 | 14,000\n O1_sf | 9,000"),
        SPELT,
    )

    assert sorted(result.breaks["code"]) == ["P01", "P02"]


def test_a_spelling_finds_ids_of_letters_with_accents_and_width(payments_of, ledger_of):
    result = reconcile(
        payments_of("imp_uid | merchant_uid | amount\n i1 | ＣＡＦÉ-주문 | 14,000"),
        ledger_of("merchant_uid | amount\n cafe\u0301-주문_sf | 14,000"),
        SPELT,
    )

    assert result.items["matched_by"].tolist() == [SPELLING]


def test_hundreds_of_lines_follow_their_references_each_to_its_own(payments_of, ledger_of):
    count = 600
    payments = payments_of(
        "imp_uid | merchant_uid | amount | pg_tid\n"
        + "\n".join(f"i{n} | o{n} | {1_000 + n} | T{n}" for n in range(count))
    )
    ledger = ledger_of(
        "merchant_uid | amount | pg_tid\n"
        + "\n".join(f"X{n} | {1_000 + n} | T{n}" for n in reversed(range(count)))
    )

    result = reconcile(payments, ledger)

    assert result.breaks.empty
    assert result.items["matched_by"].tolist() == ["pg_tid"] * count
    assert set(result.items["merchant_uid"]) == {f"o{n}" for n in range(count)}


def test_a_reference_that_names_two_orders_is_a_tie_of_the_stronger_ids(payments_of, ledger_of):
    result = reconcile(
        payments_of(
            """imp_uid | merchant_uid | amount | pg_tid
               i1      | o1           | 14,000 | T1
               i2      | o2           | 14,000 | T1"""
        ),
        ledger_of("merchant_uid | amount | pg_tid\n X9 | 14,000 | T1"),
    )

    assert set(result.breaks["code"]) == {"P11"}
    assert set(result.breaks["decides"]) == {"imp_uid"}


def test_a_line_without_a_currency_is_in_won_and_follows_its_reference(payments_of, ledger_of):
    ledger = ledger_of("merchant_uid | amount | pg_tid\n X9 | 14,000 | T1").assign(
        currency=pd.Series([pd.NA], dtype="str")
    )

    result = reconcile(
        payments_of("imp_uid | merchant_uid | amount | pg_tid\n i1 | o1 | 14,000 | T1"), ledger
    )

    assert result.items["matched_by"].tolist() == ["pg_tid"]


def test_a_missing_reference_leads_to_no_missing_reference(payments_of, ledger_of):
    result = reconcile(
        payments_of("imp_uid | merchant_uid | amount | pg_tid\n i1 | o1 | 14,000 |"),
        ledger_of("merchant_uid | amount | pg_tid\n X9 | 9,000 |"),
    )

    assert sorted(result.breaks["code"]) == ["P01", "P02"]


@given(
    st.lists(payment(), max_size=10), st.lists(line(), max_size=10),
    st.randoms(use_true_random=False),
)  # fmt: skip
@settings(max_examples=30)
def test_links_do_not_depend_on_the_order_of_rows(payments, lines, random):
    first, second = payments_frame(payments), ledger_frame(lines)
    before = reconciled(first, second, SPELT)
    places = [list(range(len(frame))) for frame in (first, second)]
    for place in places:
        random.shuffle(place)

    after = reconciled(first.iloc[places[0]], second.iloc[places[1]], SPELT)

    columns = ["merchant_uid", "code", "matched_by", "difference"]
    told = [
        result.items[columns].fillna("").sort_values(columns).values.tolist()
        for result in (before, after)
    ]
    assert told[0] == told[1]
