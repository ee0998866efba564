"""The passes: which one finds a pair, and which pairs none may make."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from ladder_cases import ENTRY_REFERENCES, ONE, REFERENCES, SPELLINGS, SUMS, TOLERANCES, TWINS

from jtnet_recon.recon.match import reconcile
from jtnet_recon.recon.rules import PAYMENTS_TO_LEDGER, TRANSACTIONS_TO_LEDGER, Tolerance


@pytest.mark.parametrize("rung", [*TOLERANCES, *SUMS, *REFERENCES, *SPELLINGS], ids=str)
def test_each_pass_finds_what_it_is_for_and_no_more(rung, payments_of, ledger_of):
    result = reconcile(payments_of(rung.payments), ledger_of(rung.ledger), rung.rule)

    items = result.items.sort_values("merchant_uid", kind="stable")
    found = [
        tuple("" if pd.isna(value) else value for value in row)
        for row in items[["merchant_uid", "code", "matched_by"]].itertuples(index=False)
    ]
    assert found == [tuple(key or "" for key in row) for row in rung.expected]


@pytest.mark.parametrize("rung", ENTRY_REFERENCES, ids=str)
def test_each_pass_finds_movements_too(rung, payments_of, ledger_of):
    rule = TRANSACTIONS_TO_LEDGER if rung.rule is PAYMENTS_TO_LEDGER else rung.rule

    result = reconcile(payments_of(rung.payments), ledger_of(rung.ledger), rule)

    items = result.items.sort_values(["merchant_uid", "kind"], kind="stable")
    found = [
        tuple("" if pd.isna(value) else value for value in row)
        for row in items[["merchant_uid", "code", "matched_by"]].itertuples(index=False)
    ]
    assert found == list(rung.expected)


def test_a_suggestion_names_its_other_half_and_stays_one_sided(payments_of, ledger_of):
    result = reconcile(payments_of(ONE), ledger_of("merchant_uid | amount\n X9 | 14,000"))

    rows = result.breaks.set_index("merchant_uid")
    assert rows["candidates"].to_dict() == {"o1": "X9", "X9": "o1"}
    assert rows["outcome"].to_dict() == {"o1": "only_payments", "X9": "only_ledger"}
    assert rows["secondary"].to_dict() == {"o1": "P01", "X9": "P02"}
    assert set(rows["matched_by"]) == {""}
    assert result.bridge.loc[result.bridge["step"] == "P10", "amount"].tolist() == [0]


def test_a_tie_names_its_candidates_and_the_field_that_decides(payments_of, ledger_of):
    result = reconcile(
        payments_of(TWINS.format("361", "366")),
        ledger_of("merchant_uid | amount | apply_num\n X9 | 14,000 | 12345678"),
    )

    rows = result.breaks.set_index("merchant_uid")
    assert rows["candidates"].to_dict() == {"X9": "o1, o2", "o1": "X9", "o2": "X9"}
    assert set(rows["decides"]) == {"card_code"}
    assert set(rows["outcome"]) == {"ambiguous"}
    assert "what would decide: card_code" in rows.loc["X9", "finding"]
    assert rows["money_at_risk"].to_dict() == {"X9": 0, "o1": 14_000, "o2": 14_000}


def test_a_tie_of_books_that_know_the_issuer_is_decided_by_the_transaction(payments_of, ledger_of):
    result = reconcile(
        payments_of(TWINS.format("361", "361")),
        ledger_of("merchant_uid | amount | apply_num | card_code\n X9 | 14,000 | 12345678 | 361"),
    )

    assert set(result.breaks["code"]) == {"P11"}
    assert set(result.breaks["decides"]) <= {"card_code", "pg_tid", "imp_uid"}


def test_what_the_tolerances_swallowed_is_totalled(payments_of, ledger_of):
    rule = replace(PAYMENTS_TO_LEDGER, tolerance=Tolerance(amount=10, days=2, budget=100))
    result = reconcile(
        payments_of(
            """imp_uid | merchant_uid | amount
               i1      | o1           | 14,000
               i2      | o2           | 14,000
               i3      | o3           | 14,000
               i4      | o4           | 14,000
               i5      | o5           | 14,000"""
        ),
        ledger_of(
            """merchant_uid | amount | paid_on
               o1           | 14,010 | 2022-11-07
               o2           | 13,993 | 2022-11-07
               o3           | 14,000 | 2022-11-09
               o4           | 14,000 | 2022-11-06
               o5           | 14,000 | 2022-11-07"""
        ),
        rule,
    )

    figures = ["tolerance", "currency", "times", "amount", "signed", "largest"]
    assert result.tolerances[figures].values.tolist() == [
        ["amount", "KRW", 2, 17, 3, 10],
        ["days", "KRW", 2, 0, 0, 2],
    ]
    assert result.controls.set_index("control")["state"]["budget_amount_KRW"] == "passed"


def test_a_budget_that_nothing_used_is_still_a_control(payments_of, ledger_of):
    rule = replace(PAYMENTS_TO_LEDGER, tolerance=Tolerance(amount=10, budget=0))

    result = reconcile(payments_of(ONE), ledger_of("merchant_uid | amount\n o1 | 14,000"), rule)

    assert result.tolerances[["times", "amount", "budget"]].values.tolist() == [[0, 0, 0]]
    assert result.controls.set_index("control")["state"]["budget_amount_KRW"] == "passed"


def test_an_accepted_difference_counts_even_where_a_graver_code_stands_first(
    payments_of, ledger_of
):
    rule = replace(PAYMENTS_TO_LEDGER, tolerance=Tolerance(amount=10, budget=5), mids=("known",))

    result = reconcile(
        payments_of("imp_uid | merchant_uid | amount | pg_id\n i1 | o1 | 14,000 | stranger"),
        ledger_of("merchant_uid | amount\n o1 | 14,008"),
        rule,
    )

    row = result.breaks[result.breaks["merchant_uid"] == "o1"].iloc[0]
    assert (row["code"], row["secondary"]) == ("P18", "P04")
    assert result.tolerances[["times", "amount"]].values.tolist() == [[1, 8]]
    assert result.conclusion.verdict == "not reconciled"


def test_the_differences_accepted_in_sale_and_refund_are_both_counted(payments_of, ledger_of):
    rule = replace(PAYMENTS_TO_LEDGER, tolerance=Tolerance(amount=10))

    result = reconcile(
        payments_of(
            """imp_uid | merchant_uid | amount | cancel_amount | status
               i1      | o1           | 14,000 | 4,000         | cancelled"""
        ),
        ledger_of("merchant_uid | amount | cancel_amount\n o1 | 14,010 | 4,007"),
        rule,
    )

    assert result.breaks[["code", "difference", "money_at_risk"]].values.tolist() == [
        ["P04", 3, 17]
    ]
    assert result.tolerances[["amount", "signed", "largest"]].values.tolist() == [[17, 3, 17]]
