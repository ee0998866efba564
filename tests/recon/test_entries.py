"""The rule of transactions: every movement of a payment against its own line of the books."""

from __future__ import annotations

import pandas as pd
import pytest
from entry_cases import CANCELLED, DIFFERING, MATCHED, MISSING, ONE, TWO_CHARGES

from jtnet_recon.errors import TableError
from jtnet_recon.recon.breaks import PRIORITY
from jtnet_recon.recon.match import reconcile
from jtnet_recon.recon.rules import TRANSACTIONS_TO_LEDGER
from jtnet_recon.recon.transactions import transactions

CASES = [*MATCHED, *MISSING, *DIFFERING]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_each_movement_finds_its_line_or_the_break_that_it_is(case, payments_of, ledger_of):
    result = reconcile(payments_of(case.payments), ledger_of(case.ledger), case.rule)

    matched = result.items[(result.items["outcome"] == "matched")]
    matched = matched[matched["amount_payments"] + matched["cancel_payments"] > 0]
    columns = ["kind", "matched_by", "rows_payments", "rows_ledger"]
    assert sorted(matched[columns].itertuples(index=False, name=None)) == sorted(case.matched)
    columns = ["code", "kind", "difference", "money_at_risk"]
    assert sorted(result.breaks[columns].itertuples(index=False, name=None)) == sorted(case.breaks)
    assert (result.bridge.loc[result.bridge["step"] == "unexplained", "amount"] == 0).all()
    assert not result.breaks["finding"].str.contains(r"[{}?]|None|nan|<NA>").any()


def test_no_two_cases_share_a_name():
    assert len({case.name for case in CASES}) == len(CASES)


def test_the_graver_of_two_codes_is_primary_and_the_other_secondary(payments_of, ledger_of):
    result = reconcile(
        payments_of(ONE),
        ledger_of("merchant_uid | amount | paid_on\n o1 | 13,000 | 2022-11-20"),
        TRANSACTIONS_TO_LEDGER,
    )

    row = result.breaks.iloc[0]
    assert (row["code"], row["secondary"], row["reasons"]) == ("P03", "P13", "amount, paid_on")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_no_secondary_code_is_graver_than_the_primary(case, payments_of, ledger_of):
    result = reconcile(payments_of(case.payments), ledger_of(case.ledger), case.rule)

    for code, secondary in zip(result.breaks["code"], result.breaks["secondary"], strict=True):
        held = [other for other in secondary.split(", ") if other]
        assert all(PRIORITY[code] < PRIORITY[other] for other in held)


def test_a_second_booking_and_a_second_charge_say_how_often(payments_of, ledger_of):
    booked = "merchant_uid | amount | paid_on\n" + "o1 | 14,000 | 2022-11-07\n" * 3
    twice = reconcile(payments_of(ONE), ledger_of(booked), TRANSACTIONS_TO_LEDGER)
    charged = reconcile(
        payments_of(TWO_CHARGES),
        ledger_of("merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-07"),
        TRANSACTIONS_TO_LEDGER,
    )

    assert (
        twice.breaks["finding"].tolist()
        == ["The ledger books this entry 3 times; 14,000 KRW is booked too much."] * 2
    )
    assert charged.breaks["finding"].tolist() == [
        "2 payments are approved for one order; 14,000 KRW came on top of the first."
    ]


def test_lines_without_money_are_accounted_for(payments_of, ledger_of):
    result = reconcile(
        payments_of(ONE),
        ledger_of(
            """merchant_uid | amount | status | paid_on
               o1           | 14,000 | paid   | 2022-11-07
               o2           | 5,000  | failed | 2022-11-07"""
        ),
        TRANSACTIONS_TO_LEDGER,
    )

    left_out = result.items[result.items["outcome"] == "excluded"]
    assert left_out[["merchant_uid", "excluded_as", "idle_ledger"]].values.tolist() == [
        ["o2", "no money in the ledger", 5_000]
    ]
    assert result.conclusion.verdict == "reconciled"


def test_transactions_may_be_given_instead_of_payments(payments_of, ledger_of):
    payments = payments_of(CANCELLED)
    ledger = ledger_of(
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-07\n o1 | -3,000 | 2022-11-09"
    )

    given = reconcile(transactions(payments), ledger, TRANSACTIONS_TO_LEDGER)

    assert given.digest == reconcile(payments, ledger, TRANSACTIONS_TO_LEDGER).digest
    assert given.breaks["code"].tolist() == ["C03"]


def test_the_certificate_of_the_pull_reaches_the_controls(payments_of, ledger_of):
    payments = payments_of(ONE)
    payments.attrs["pull"] = {"verdict": "COMPLETE"}
    ledger = ledger_of("merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-07")

    result = reconcile(payments, ledger, TRANSACTIONS_TO_LEDGER)

    assert result.controls.set_index("control")["state"]["pull"] == "passed"


def test_sums_beyond_64_bits_are_refused_not_wrapped(payments_of, ledger_of):
    big = 2**62

    with pytest.raises(TableError, match="64 bits"):
        reconcile(
            payments_of(f"imp_uid | merchant_uid | amount\n i1 | o1 | {big}\n i2 | o1 | {big}"),
            ledger_of(f"merchant_uid | amount\n o1 | {big - 1}\n o1 | {big + 1}"),
            TRANSACTIONS_TO_LEDGER,
        )


def test_the_smallest_64_bit_amount_is_refused(payments_of, ledger_of):
    with pytest.raises(TableError, match="64 bits"):
        reconcile(
            payments_of(ONE),
            ledger_of(f"merchant_uid | amount\n o1 | {-(2**63)}"),
            TRANSACTIONS_TO_LEDGER,
        )


def test_the_order_of_rows_does_not_choose_which_copy_is_matched(payments_of, ledger_of):
    payments = payments_of(
        """imp_uid | merchant_uid | amount | pg_id
           i1      | o1           | 14,000 | tpaytest0m
           i2      | o1           | 14,000 | shopjt001m
           i3      | o1           | 14,000 | shopjt001m"""
    )
    ledger = ledger_of("merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-07")

    results = [
        reconcile(payments.iloc[order], ledger, TRANSACTIONS_TO_LEDGER)
        for order in ([0, 1, 2], [2, 1, 0], [1, 0, 2])
    ]

    assert len({result.digest for result in results}) == 1
    assert [result.breaks["imp_uid"].tolist() for result in results] == [["i3"]] * 3
    assert all(pd.isna(result.items["code"]).sum() == 2 for result in results)
