"""explain() tells what the engine did: it must never say anything else than the items do."""

from __future__ import annotations

import pandas as pd
import pytest
from explained import WIDE, verdicts, winners

from jtnet_recon.errors import ConfigError
from jtnet_recon.recon.breaks import CODES
from jtnet_recon.recon.explain import PASS_COLUMNS, explain
from jtnet_recon.recon.match import reconcile
from jtnet_recon.recon.rules import TRANSACTIONS_TO_LEDGER, Rule, Tolerance

# ---- what is said of an order


def test_each_field_is_shown_with_both_values_and_its_verdict(differing):
    explanation = explain(differing, "ORD-1")

    assert tuple(explanation.passes.columns) == PASS_COLUMNS
    exact = explanation.passes[explanation.passes["pass"] == "order id"]
    shown = exact[["field", "value_payments", "value_ledger", "verdict"]].values.tolist()
    assert shown[1:5] == [
        ["currency", "KRW", "KRW", "agrees"],
        ["amount", "14,000 KRW", "13,000 KRW", "differs"],
        ["cancel_amount", "4,000 KRW", "0 KRW", "differs"],
        ["paid_on", "2022-11-07", "2022-11-01", "differs"],
    ]
    assert set(exact["payments"]) == {"imp_1"}
    assert set(exact["ledger"]) == {"row 0"}


def test_the_reasoning_names_code_condition_secondary_cause_and_next_step(differing):
    text = "\n".join(explain(differing, "ORD-1").reasoning)

    assert "C01 Cancel not booked (취소 미반영), severity Critical" in text
    assert "4,000 KRW at the PG, 0 KRW in the ledger: 4,000 KRW is not booked" in text
    assert "P03 holds: Approved 14,000 KRW, booked 13,000 KRW: 1,000 KRW apart" in text
    assert CODES["C01"].cause in text
    assert CODES["C01"].next_action in text


def test_what_would_make_it_match_does_make_it_match(differing, ledger_of):
    assert explain(differing, "ORD-1").to_match == (
        "Book 4,000 KRW more as cancelled, 4,000 KRW in all.",
        "Ledger amount 14,000 KRW instead of 13,000 KRW.",
    )
    followed = ledger_of("merchant_uid | amount | cancel_amount\n ORD-1 | 14,000 | 4,000")
    assert reconcile(differing.payments, followed).breaks.empty


def test_a_match_says_which_pass_won_and_leaves_nothing_to_do(payments_of, ledger_of):
    result = reconcile(
        payments_of("imp_uid | merchant_uid | amount\n i1 | o1 | 14,000"),
        ledger_of("merchant_uid | amount\n o1 | 14,000"),
    )

    explanation = explain(result, "o1")
    assert winners(explanation) == {"order id"}
    assert explanation.to_match == ()
    assert "matched by the pass 'order id'" in explanation.reasoning[0]


def test_a_sum_of_two_lines_wins_as_a_sum(payments_of, ledger_of):
    result = reconcile(
        payments_of("imp_uid | merchant_uid | amount\n i1 | o1 | 14,000"),
        ledger_of("merchant_uid | amount\n o1 | 7,000\n o1 | 7,000"),
    )

    explanation = explain(result, "o1")
    assert winners(explanation) == {"order id, sum"}
    assert verdicts(explanation, "order id") == {"rows": "differs"}
    rows = explanation.passes[explanation.passes["pass"] == "order id, sum"]
    assert set(rows["ledger"]) == {"row 0, row 1"}


def test_a_tolerance_is_quoted_where_it_decided(payments_of, ledger_of):
    result = reconcile(
        payments_of("imp_uid | merchant_uid | amount\n i1 | o1 | 14,000"),
        ledger_of("merchant_uid | amount\n o1 | 14,007"),
        WIDE,
    )

    explanation = explain(result, "o1")
    row = explanation.passes.query("`pass` == 'order id, within tolerance' and field == 'amount'")
    assert row[["tolerance", "verdict"]].values.tolist() == [["±10 KRW", "agrees"]]
    assert winners(explanation) == {"order id, within tolerance"}


def test_both_currencies_of_an_order_are_told(payments_of, ledger_of):
    result = reconcile(
        payments_of("imp_uid | merchant_uid | amount\n i1 | o1 | 14,000"),
        ledger_of("merchant_uid | amount | currency\n o1 | 14,000 | USD"),
    )

    explanation = explain(result, "o1")
    assert verdicts(explanation, "order id")["currency"] == "differs"
    assert [line[:8] for line in explanation.reasoning if "P16 Currency" in line] == [
        "KRW: P16",
        "USD: P16",
    ]
    assert explanation.to_match == (
        "Ledger currency KRW instead of USD, if the PG's is the true one.",
    )


# ---- other names for one thing


def test_a_reference_that_links_two_ids_wins_and_either_id_may_be_asked(payments_of, ledger_of):
    result = reconcile(
        payments_of("imp_uid | merchant_uid | amount\n imp_1 | ORD-1 | 14,000"),
        ledger_of("merchant_uid | amount | imp_uid\n 77 | 14,000 | imp_1"),
    )

    for key in ("ORD-1", "77"):
        explanation = explain(result, key)
        assert winners(explanation) == {"imp_uid"}
        assert explanation.ledger["merchant_uid"].tolist() == ["77"]
        assert explanation.payments["imp_uid"].tolist() == ["imp_1"]


def test_a_reference_that_fails_shows_the_field_that_failed(payments_of, ledger_of):
    result = reconcile(
        payments_of("imp_uid | merchant_uid | amount | apply_num\n i1 | o1 | 14,000 | 555"),
        ledger_of("merchant_uid | amount | apply_num\n x1 | 13,000 | 555"),
    )

    assert verdicts(explain(result, "o1"), "apply_num") == {
        "apply_num": "agrees",
        "currency": "agrees",
        "amount": "differs",
        "day": "agrees",
    }


def test_zeros_that_a_spreadsheet_took_are_told(payments_of, ledger_of):
    result = reconcile(
        payments_of("imp_uid | merchant_uid | amount\n i1 | 0012 | 90"),
        ledger_of("merchant_uid | amount\n 12 | 90"),
    )

    explanation = explain(result, "12")
    assert winners(explanation) == {"order id, zeros lost"}
    assert explanation.to_match == (
        "Ledger order id as exported: text, with its zeros and letters (0012).",
    )


def test_a_spelling_that_would_merge_two_real_ids_is_refused_by_name(payments_of, ledger_of):
    result = reconcile(
        payments_of("imp_uid | merchant_uid | amount\n i1 | AB-1 | 90\n i2 | AB-1_sf | 80"),
        ledger_of("merchant_uid | amount\n ab-1 | 70"),
        WIDE,
    )

    passes = explain(result, "ab-1").passes
    why = passes.loc[passes["pass"] == "order id, normalised", "why"].tolist()
    assert why == ["refused: it would merge real ids of one side: AB-1, AB-1_sf"] * 2


# ---- candidates


def test_a_likely_pair_names_the_id_that_the_line_should_have(payments_of, ledger_of):
    result = reconcile(
        payments_of("imp_uid | merchant_uid | amount\n imp_1 | ORD-7 | 700\n imp_2 | ORD-9 | 701"),
        ledger_of("merchant_uid | amount\n ord7 | 700"),
    )

    explanation = explain(result, "ord7")
    assert explanation.candidates[["key", "verdict"]].values.tolist() == [["ORD-7", "suggested"]]
    assert explanation.to_match[0] == (
        "Give row 0 of the ledger the key ORD-7 or the imp_uid imp_1, if it is the same sale."
    )
    assert explanation.to_match[1].startswith("If it is not: ")


def test_candidates_that_fit_equally_well_are_tied_and_say_what_decides(payments_of, ledger_of):
    result = reconcile(
        payments_of("imp_uid | merchant_uid | amount\n i1 | A100 | 700\n i2 | B200 | 700"),
        ledger_of("merchant_uid | amount\n Z900 | 700"),
    )

    explanation = explain(result, "Z900")
    assert explanation.candidates[["key", "verdict"]].values.tolist() == [
        ["A100", "tied"],
        ["B200", "tied"],
    ]
    assert "apply_num would decide" in explanation.candidates["why"].iloc[0]
    assert "won" not in set(explanation.passes["verdict"])


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("x1 | 700 | 2022-11-20", "13 days apart; at most 1"),
        (" | 700 | 2022-11-07", "it has no key (X05)"),
        ("ORD-71 | 650 | 2022-11-07", "the amounts differ by 50 KRW"),
    ],
)
def test_a_candidate_that_lost_says_why(line, why, payments_of, ledger_of):
    result = reconcile(
        payments_of("imp_uid | merchant_uid | amount\n i1 | ORD-7 | 700"),
        ledger_of(f"merchant_uid | amount | paid_on\n {line}"),
    )

    candidates = explain(result, "ORD-7").candidates
    assert candidates[["verdict", "why"]].values.tolist() == [["lost", why]]


# ---- entries and tables of the user's own


def test_entries_are_explained_by_kind(payments_of, ledger_of):
    result = reconcile(
        payments_of(
            "imp_uid | merchant_uid | amount | cancel_amount | status | cancelled_at\n"
            " i1 | o1 | 14,000 | 4,000 | cancelled | 2022-11-09 10:00"
        ),
        ledger_of("merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-07"),
        TRANSACTIONS_TO_LEDGER,
    )

    explanation = explain(result, "o1")
    assert winners(explanation) == {"key, kind, amount and day"}
    assert "matched by the pass" in explanation.reasoning[0]
    assert explanation.to_match == (
        "A refund of 4,000 KRW on 2022-11-09 under the key o1 in the ledger.",
    )


def test_two_tables_of_the_users_own_are_explained_in_their_own_columns():
    bank = pd.DataFrame({"메모": ["A-1", "A-2"], "in": [100, 50], "on day": days("2022-11-07", 2)})
    books = pd.DataFrame({"doc": ["A-1", "A-3"], "won": [103, 50], "day": days("2022-11-07", 2)})
    rule = Rule(
        name="bank to books",
        key=("메모", "doc"),
        amount=("in", "won"),
        day=("on day", "day"),
        tolerance=Tolerance(amount=5),
    )
    result = reconcile(bank, books, rule)

    near = explain(result, "A-1")
    assert winners(near) == {"key, kind and amount, within tolerance"}
    assert near.payments.columns.tolist() == ["메모", "in", "on day"]
    assert near.ledger["won"].tolist() == [103]
    assert explain(result, "A-3").candidates["key"].tolist() == ["A-2"]


def days(day, count):
    return pd.Series([pd.Timestamp(day)] * count).astype("datetime64[us]")


def test_a_second_booking_is_told_as_a_copy(payments_of, ledger_of):
    result = reconcile(
        payments_of("imp_uid | merchant_uid | amount\n i1 | o1 | 14,000"),
        ledger_of("merchant_uid | amount\n o1 | 14,000\n o1 | 14,000"),
        TRANSACTIONS_TO_LEDGER,
    )

    explanation = explain(result, "o1")
    assert "copy of a matched row" in winners(explanation)
    assert explanation.to_match == ("Remove row 1.",)


def test_a_table_of_the_users_own_is_called_by_its_name():
    bank = pd.DataFrame({"id": ["A-1"], "amount": [100]})
    books = pd.DataFrame({"id": ["Z-9"], "amount": [70]})
    rule = Rule(name="bank to books", key="id", sides=("Bank", "Books"))
    result = reconcile(bank, books, rule)

    assert explain(result, "A-1").title == "Key A-1: P01 Missing in Books"
    assert explain(result, "Z-9").to_match == (
        "A row of 70 KRW under the key Z-9 in Bank; if there is none, reverse row 0.",
    )
    assert explain(result, "A-1", lang="ko").to_match == (
        "Books에 추가: 키 A-1, 일자 미상, 금액 100 KRW.",
    )


def test_inputs_larger_than_memory_are_explained_by_what_the_result_carries(
    tmp_path, payments_of, ledger_of
):
    payments_of(
        "imp_uid | merchant_uid | amount\n i1 | o1 | 14,000\n i2 | o2 | 9,000\n i3 | o3 | 500"
    ).to_parquet(tmp_path / "payments.parquet")
    ledger_of("merchant_uid | amount\n o1 | 14,000\n o2 | 8,000").to_parquet(
        tmp_path / "ledger.parquet"
    )
    result = reconcile(tmp_path / "payments.parquet", tmp_path / "ledger.parquet")

    matched, differing = explain(result, "o1"), explain(result, "o2")
    assert winners(matched) == {"order id"}
    assert "larger than memory" in matched.passes["why"].iloc[0]
    assert differing.payments.index.tolist() == [1]
    assert differing.to_match == ("Ledger amount 9,000 KRW instead of 8,000 KRW.",)
    with pytest.raises(ConfigError, match="no row 0 that can be looked at"):
        explain(result, row=("payments", 0))
