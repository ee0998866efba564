"""Defects seen in other tools of this kind, each a case that must come out right here."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from jtnet_recon.errors import TableError
from jtnet_recon.recon.match import reconcile
from jtnet_recon.recon.rules import PAYMENTS_TO_LEDGER, TRANSACTIONS_TO_LEDGER, Tolerance
from jtnet_recon.tables import LEDGER

BOTH_RULES = pytest.mark.parametrize(
    "rule", [PAYMENTS_TO_LEDGER, TRANSACTIONS_TO_LEDGER], ids=["orders", "entries"]
)
TWO_OF_ONE_ORDER = """
imp_uid | merchant_uid | amount | paid_at
i1      | o1           | 9,000  | 2022-11-07 12:00
i2      | o1           | 5,000  | 2022-11-07 12:05"""
TWO_LINES = "merchant_uid | amount | paid_on\n o1 | 9,000 | 2022-11-07\n o1 | 5,000 | 2022-11-07"


def codes_of(result):
    return sorted(result.breaks["code"])


class TestDatacompy:
    """Pairs repeated keys by row order, and lower-cases the caller's columns."""

    @BOTH_RULES
    def test_repeated_keys_are_not_paired_by_the_order_of_rows(self, rule, payments_of, ledger_of):
        payments, ledger = payments_of(TWO_OF_ONE_ORDER), ledger_of(TWO_LINES)

        results = [
            reconcile(payments.iloc[a], ledger.iloc[b], rule)
            for a in ([0, 1], [1, 0])
            for b in ([0, 1], [1, 0])
        ]

        assert len({result.digest for result in results}) == 1
        assert {tuple(codes_of(result)) for result in results} == {
            ("P07",) if rule.level == "orders" else ()
        }

    @BOTH_RULES
    def test_the_callers_columns_and_texts_stay_as_they_are(self, rule, payments_of, ledger_of):
        payments = payments_of("imp_uid | merchant_uid | amount | MyNote\n i1 | O 1 | 14,000 | x")
        ledger = ledger_of("merchant_uid | amount | paid_on | 비고\n O 1 | 13,000 | 2022-11-07 | A")
        payments["MyNote"], ledger["비고"] = " X ", " A "
        before = payments.copy(deep=True), ledger.copy(deep=True)

        result = reconcile(payments, ledger, rule)

        pd.testing.assert_frame_equal(payments, before[0])
        pd.testing.assert_frame_equal(ledger, before[1])
        assert result.breaks["비고_ledger"].tolist() == [" A "]


class TestFastrecon:
    """Multiplies rows whose key repeats on both sides."""

    @BOTH_RULES
    def test_three_rows_and_three_rows_of_one_key_stay_three(self, rule, payments_of, ledger_of):
        payments = payments_of(
            "imp_uid | merchant_uid | amount\n" + "\n".join(f"i{n} | o1 | 14,000" for n in range(3))
        )
        ledger = ledger_of(
            "merchant_uid | amount | paid_on\n" + "\n".join(["o1 | 14,000 | 2022-11-07"] * 3)
        )

        items = reconcile(payments, ledger, rule).items

        assert (items["rows_payments"].sum(), items["rows_ledger"].sum()) == (3, 3)
        assert items["amount_ledger"].sum() == items["amount_payments"].sum() == 42_000

    @BOTH_RULES
    def test_a_key_repeated_hundreds_of_times_does_not_multiply(self, rule, payments_of, ledger_of):
        count = 300
        payments = payments_of(
            "imp_uid | merchant_uid | amount\n"
            + "\n".join(f"i{n} | o1 | {100 + n}" for n in range(count))
            + "\n z | o2 | 7"
        )
        ledger = ledger_of(
            "merchant_uid | amount | paid_on\n"
            + "\n".join(f"o1 | {100 + n} | 2022-11-07" for n in range(count))
            + "\n o2 | 7 | 2022-11-07"
        )

        result = reconcile(payments, ledger, rule)

        assert result.items["rows_ledger"].sum() == count + 1
        assert result.items.loc[result.items["merchant_uid"] == "o2", "outcome"].tolist() == [
            "matched"
        ]
        assert codes_of(result) == (["P07"] if rule.level == "orders" else [])


class TestBlnk:
    """Lets one row be claimed twice, and never lists what only the own books have."""

    @BOTH_RULES
    def test_one_payment_settles_one_line(self, rule, payments_of, ledger_of):
        result = reconcile(
            payments_of("imp_uid | merchant_uid | amount\n i1 | o1 | 14,000"),
            ledger_of(
                "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-07\n o1 | 14,000 | 2022-11-07"
            ),
            rule,
        )

        assert result.breaks[["code", "difference"]].values.tolist() == [["P09", 14_000]]

    @BOTH_RULES
    def test_one_reference_does_not_settle_two_orders(self, rule, payments_of, ledger_of):
        result = reconcile(
            payments_of("imp_uid | merchant_uid | amount | pg_tid\n i1 | o1 | 14,000 | T1"),
            ledger_of(
                """merchant_uid | amount | pg_tid | paid_on
                   X1           | 14,000 | T1     | 2022-11-07
                   X2           | 14,000 | T1     | 2022-11-07"""
            ),
            rule,
        )

        assert result.breaks[["code", "difference"]].values.tolist() == [["P09", 14_000]]

    @BOTH_RULES
    def test_lines_that_only_the_books_have_are_listed(self, rule, payments_of, ledger_of):
        result = reconcile(
            payments_of("imp_uid | merchant_uid | amount\n i1 | o1 | 14,000"),
            ledger_of(
                """merchant_uid | amount | paid_on
                   o1           | 14,000 | 2022-11-07
                   o2           | 900    | 2022-11-07
                   o3           | -300   | 2022-11-07"""
            ),
            rule,
        )

        assert result.breaks[["code", "merchant_uid", "difference"]].values.tolist() == [
            ["P02", "o2", 900],
            ["C02", "o3", -300],
        ]


class TestFormance:
    """Compares balances, and calls a surplus fine."""

    @BOTH_RULES
    def test_a_surplus_is_a_break_like_a_deficit(self, rule, payments_of, ledger_of):
        payments = payments_of("imp_uid | merchant_uid | amount\n i1 | o1 | 14,000")

        found = [
            reconcile(
                payments,
                ledger_of(f"merchant_uid | amount | paid_on\n o1 | {amount} | 2022-11-07"),
                rule,
            ).breaks[["code", "difference", "money_at_risk"]].values.tolist()
            for amount in (13_000, 15_000)
        ]  # fmt: skip

        assert found == [[["P03", -1_000, 1_000]], [["P03", 1_000, 1_000]]]

    @BOTH_RULES
    def test_two_errors_that_cancel_out_are_two_breaks(self, rule, payments_of, ledger_of):
        result = reconcile(
            payments_of("imp_uid | merchant_uid | amount\n i1 | o1 | 14,000\n i2 | o2 | 14,000"),
            ledger_of(
                "merchant_uid | amount | paid_on\n o1 | 13,000 | 2022-11-07\n o2 | 15,000 | 2022-11-07"
            ),
            rule,
        )

        assert codes_of(result) == ["P03", "P03"]
        assert result.breaks["difference"].sum() == 0
        assert result.conclusion.verdict == "reconciled with open items"


class TestDatarecon:
    """Reads ids as numbers: 0012 is 12."""

    @BOTH_RULES
    def test_0012_is_not_12(self, rule, payments_of, ledger_of):
        result = reconcile(
            payments_of("imp_uid | merchant_uid | amount\n i1 | 0012 | 100\n i2 | 12 | 200"),
            ledger_of(
                "merchant_uid | amount | paid_on\n 12 | 200 | 2022-11-07\n 0012 | 100 | 2022-11-07"
            ),
            rule,
        )

        assert result.breaks.empty
        assert set(result.items["merchant_uid"]) == {"0012", "12"}

    @BOTH_RULES
    def test_an_id_read_as_a_number_with_a_fraction_is_refused(self, rule, payments_of):
        payments = payments_of("imp_uid | merchant_uid | amount\n i1 | 12 | 100")
        ledger = pd.DataFrame({"merchant_uid": [12.0], "amount": [100]})

        with pytest.raises(TableError, match="text"):
            reconcile(payments, ledger, rule)

    def test_ids_as_whole_numbers_keep_all_their_digits(self, payments_of):
        payments = payments_of("imp_uid | merchant_uid | amount\n i1 | 9007199254740993 | 100")
        ledger = pd.DataFrame({"merchant_uid": [9007199254740993], "amount": [100]})

        assert reconcile(payments, ledger).breaks.empty


class TestGreedyMatchers:
    """Take the nearest pair first, and leave rows over that would have fitted."""

    def test_within_a_tolerance_every_movement_finds_its_line(self, payments_of, ledger_of):
        rule = replace(TRANSACTIONS_TO_LEDGER, tolerance=Tolerance(amount=3))

        result = reconcile(
            payments_of("imp_uid | merchant_uid | amount\n i1 | o1 | 100\n i2 | o1 | 103"),
            ledger_of(
                "merchant_uid | amount | paid_on\n o1 | 102 | 2022-11-07\n o1 | 106 | 2022-11-07"
            ),
            rule,
        )

        assert codes_of(result) == ["P04", "P04"]

    def test_a_suggestion_is_the_cheapest_whole(self, payments_of, ledger_of):
        result = reconcile(
            payments_of(
                """imp_uid | merchant_uid | amount | paid_at
                   i1      | o1           | 14,000 | 2022-11-04 12:00
                   i2      | o2           | 14,000 | 2022-11-05 12:00"""
            ),
            ledger_of(
                """merchant_uid | amount | paid_on
                   X1           | 14,000 | 2022-11-05
                   X2           | 14,000 | 2022-11-06"""
            ),
        )

        rows = result.breaks.set_index("merchant_uid")
        assert rows["candidates"].to_dict() == {"o1": "X1", "o2": "X2", "X1": "o1", "X2": "o2"}
        assert set(rows["code"]) == {"P10"}


class TestPandasMerge:
    """Matches a missing key with a missing key."""

    @BOTH_RULES
    def test_none_matches_nothing_not_even_none(self, rule, payments_of, ledger_of):
        result = reconcile(
            payments_of("imp_uid | merchant_uid | amount\n i1 | | 14,000"),
            ledger_of("merchant_uid | amount | paid_on\n | 14,000 | 2022-11-07"),
            rule,
        )

        assert codes_of(result) == ["X05", "X05"]
        assert (result.items["outcome"] != "matched").all()


class TestFloats:
    """Carry money as floats: 9007199254740993 becomes ...992."""

    @BOTH_RULES
    def test_one_won_of_nine_quadrillion_is_a_break(self, rule, payments_of, ledger_of):
        result = reconcile(
            payments_of("imp_uid | merchant_uid | amount\n i1 | o1 | 9007199254740993"),
            ledger_of("merchant_uid | amount | paid_on\n o1 | 9007199254740992 | 2022-11-07"),
            rule,
        )

        assert result.breaks[["code", "difference", "money_at_risk"]].values.tolist() == [
            ["P03", -1, 1]
        ]

    @BOTH_RULES
    def test_the_last_digit_survives_into_every_total(self, rule, payments_of, ledger_of):
        amount = 9_007_199_254_740_993
        result = reconcile(
            payments_of(
                f"imp_uid | merchant_uid | amount\n i1 | o1 | {amount}\n i2 | o2 | {amount}"
            ),
            ledger_of(
                f"merchant_uid | amount | paid_on\n o1 | {amount} | 2022-11-07\n o2 | {amount} | 2022-11-07"
            ),
            rule,
        )

        assert result.breaks.empty
        assert set(result.control_totals["net"]) == {2 * amount}
        assert result.totals["net_ledger"].tolist() == [2 * amount]

    @BOTH_RULES
    def test_an_amount_that_a_float_cannot_hold_is_refused(self, rule, payments_of):
        payments = payments_of("imp_uid | merchant_uid | amount\n i1 | o1 | 9007199254740993")
        ledger = pd.DataFrame({LEDGER.key: ["o1"], "amount": [9007199254740993.0]})

        with pytest.raises(TableError, match="whole number of minor units"):
            reconcile(payments, ledger, rule)
