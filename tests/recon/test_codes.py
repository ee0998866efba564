"""Each break code on the smallest tables that show it."""

from __future__ import annotations

import pandas as pd
import pytest

from jtnet_recon.recon.breaks import CODES, SEVERITIES
from jtnet_recon.recon.match import reconcile

PAID = "2022-11-07 12:00"


def case(name, payments, ledger, expected):
    return pytest.param(payments, ledger, expected, id=name)


# expected: (code, merchant_uid, currency, difference, money_at_risk) of every break, in order
CASES = [
    case(
        "equal sides have no break",
        "imp_uid | merchant_uid | amount\n i1 | o1 | 14,000",
        "merchant_uid | amount | status | paid_on\n o1 | 14,000 | paid | 2022-11-07",
        [],
    ),
    case(
        "P01 a payment that the books lack",
        "imp_uid | merchant_uid | amount | cancel_amount | status\n i1 | o1 | 14,000 | 4,000 | cancelled",
        "merchant_uid | amount\n other | 0",
        [("P01", "o1", "KRW", -10_000, 10_000)],
    ),
    case(
        "P02 a sale without any payment",
        "imp_uid | merchant_uid | amount\n i1 | o1 | 14,000",
        "merchant_uid | amount\n o1 | 14,000\n o2 | 9,000",
        [("P02", "o2", "KRW", 9_000, 9_000)],
    ),
    case(
        "P02 a sale of which only failed attempts exist",
        "imp_uid | merchant_uid | amount | status\n i1 | o1 | 14,000 | failed\n i2 | o1 | 14,000 | ready",
        "merchant_uid | amount | status\n o1 | 14,000 | paid",
        [("P02", "o1", "KRW", 14_000, 14_000)],
    ),
    case(
        "P03 a lower amount in the ledger",
        "imp_uid | merchant_uid | amount\n i1 | o1 | 14,000",
        "merchant_uid | amount\n o1 | 13,000",
        [("P03", "o1", "KRW", -1_000, 1_000)],
    ),
    case(
        "P03 a higher amount in the ledger is a break too",
        "imp_uid | merchant_uid | amount\n i1 | o1 | 14,000",
        "merchant_uid | amount\n o1 | 14,001",
        [("P03", "o1", "KRW", 1, 1)],
    ),
    case(
        "P05 the books say failed, the PG holds the money",
        "imp_uid | merchant_uid | amount\n i1 | o1 | 14,000",
        "merchant_uid | amount | status\n o1 | 14,000 | failed",
        [("P05", "o1", "KRW", -14_000, 14_000)],
    ),
    case(
        "P07 two approvals of one order",
        f"imp_uid | merchant_uid | amount | paid_at\n i1 | o1 | 14,000 | {PAID}\n i2 | o1 | 15,000 | 2022-11-07 12:01",
        "merchant_uid | amount\n o1 | 14,000",
        [("P07", "o1", "KRW", -15_000, 15_000)],
    ),
    case(
        "P07 stays a break when the books hold both",
        "imp_uid | merchant_uid | amount\n i1 | o1 | 14,000\n i2 | o1 | 14,000",
        "merchant_uid | amount\n o1 | 14,000\n o1 | 14,000",
        [("P07", "o1", "KRW", 0, 14_000)],
    ),
    case(
        "an extra approval refunded in full is settled",
        "imp_uid | merchant_uid | amount | cancel_amount | status\n i1 | o1 | 14,000 | 0 | paid\n i2 | o1 | 14,000 | 14,000 | cancelled",
        "merchant_uid | amount\n o1 | 14,000",
        [],
    ),
    case(
        "P09 one sale booked twice",
        "imp_uid | merchant_uid | amount\n i1 | o1 | 14,000",
        "merchant_uid | amount\n o1 | 14,000\n o1 | 14,000",
        [("P09", "o1", "KRW", 14_000, 14_000)],
    ),
    case(
        "one sale booked as two lines that add up is matched",
        "imp_uid | merchant_uid | amount\n i1 | o1 | 14,000",
        "merchant_uid | amount\n o1 | 7,000\n o1 | 7,000",
        [],
    ),
    case(
        "P12 booked minutes after midnight",
        "imp_uid | merchant_uid | amount | paid_at\n i1 | o1 | 14,000 | 2022-11-07 23:59:58",
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-08",
        [("P12", "o1", "KRW", 0, 0)],
    ),
    case(
        "P12 booked on the day before, minutes after midnight",
        "imp_uid | merchant_uid | amount | paid_at\n i1 | o1 | 14,000 | 2022-11-07 00:00:03",
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-06",
        [("P12", "o1", "KRW", 0, 0)],
    ),
    case(
        "P13 the other neighbour of a midnight is no timing",
        "imp_uid | merchant_uid | amount | paid_at\n i1 | o1 | 14,000 | 2022-11-07 23:59:58",
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-06",
        [("P13", "o1", "KRW", 0, 14_000)],
    ),
    case(
        "P13 booked on another day",
        "imp_uid | merchant_uid | amount | paid_at\n i1 | o1 | 14,000 | 2022-11-07 08:30",
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-06",
        [("P13", "o1", "KRW", 0, 14_000)],
    ),
    case(
        "the day is the Korean day: 08:59 KST is still yesterday in UTC",
        "imp_uid | merchant_uid | amount | paid_at\n i1 | o1 | 14,000 | 2022-11-07 08:59",
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-07",
        [],
    ),
    case(
        "P16 one order in two currencies is two breaks, never a sum",
        "imp_uid | merchant_uid | amount\n i1 | o1 | 14,000",
        "merchant_uid | amount | currency\n o1 | 14,000 | USD",
        [("P16", "o1", "KRW", -14_000, 14_000), ("P16", "o1", "USD", 14_000, 0)],
    ),
    case(
        "P17 a test payment in the books",
        "imp_uid | merchant_uid | amount | pg_id\n i1 | o1 | 14,000 | tpaytest0m",
        "merchant_uid | amount\n o1 | 14,000",
        [("P17", "o1", "KRW", 0, 14_000)],
    ),
    case(
        "P17 the sandbox flag counts like a test MID",
        "imp_uid | merchant_uid | amount | sandbox\n i1 | o1 | 14,000 | true",
        "merchant_uid | amount\n o1 | 14,000",
        [("P17", "o1", "KRW", 0, 14_000)],
    ),
    case(
        "P19 an order that was only tried",
        "imp_uid | merchant_uid | amount | status\n i1 | o1 | 14,000 | failed",
        "merchant_uid | amount\n o2 | 0",
        [("P19", "o1", "KRW", 0, 0)],
    ),
    case(
        "failed attempts before a paid one are no break",
        "imp_uid | merchant_uid | amount | status\n i1 | o1 | 14,000 | failed\n i2 | o1 | 14,000 | paid",
        "merchant_uid | amount\n o1 | 14,000",
        [],
    ),
    case(
        "C01 a cancel that the books lack",
        "imp_uid | merchant_uid | amount | cancel_amount | status\n i1 | o1 | 14,000 | 4,000 | cancelled",
        "merchant_uid | amount\n o1 | 14,000",
        [("C01", "o1", "KRW", 4_000, 4_000)],
    ),
    case(
        "C01 one of two partial cancels is not booked",
        "imp_uid | merchant_uid | amount | cancel_amount | status | cancel_history\n i1 | o1 | 14,000 | 5,000 | cancelled | 2000+3000",
        "merchant_uid | amount | cancel_amount\n o1 | 14,000 | 3,000",
        [("C01", "o1", "KRW", 2_000, 2_000)],
    ),
    case(
        "C02 a refund that the PG never made",
        "imp_uid | merchant_uid | amount\n i1 | o1 | 14,000",
        "merchant_uid | amount | cancel_amount\n o1 | 14,000 | 4,000",
        [("C02", "o1", "KRW", -4_000, 4_000)],
    ),
    case(
        "C02 a cancelled order without an amount means all of it",
        "imp_uid | merchant_uid | amount\n i1 | o1 | 14,000",
        "merchant_uid | amount | status\n o1 | 14,000 | cancelled",
        [("C02", "o1", "KRW", -14_000, 14_000)],
    ),
    case(
        "a refund on a line of its own is a refund",
        "imp_uid | merchant_uid | amount | cancel_amount | status\n i1 | o1 | 14,000 | 4,000 | cancelled",
        "merchant_uid | amount\n o1 | 14,000\n o1 | -4,000",
        [],
    ),
    case(
        "C03 the refunds differ",
        "imp_uid | merchant_uid | amount | cancel_amount | status\n i1 | o1 | 14,000 | 4,000 | cancelled",
        "merchant_uid | amount | cancel_amount\n o1 | 14,000 | 3,500",
        [("C03", "o1", "KRW", 500, 500)],
    ),
    case(
        "C04 more cancelled than paid at the PG",
        "imp_uid | merchant_uid | amount | cancel_amount | status\n i1 | o1 | 14,000 | 15,000 | cancelled",
        "merchant_uid | amount | cancel_amount\n o1 | 14,000 | 15,000",
        [("C04", "o1", "KRW", 0, 1_000)],
    ),
    case(
        "C06 the cancel history does not add up",
        "imp_uid | merchant_uid | amount | cancel_amount | status | cancel_history\n i1 | o1 | 14,000 | 5,000 | cancelled | 2000+2500",
        "merchant_uid | amount | cancel_amount\n o1 | 14,000 | 5,000",
        [("C06", "o1", "KRW", 0, 500)],
    ),
    case(
        "C06 an empty history of a cancelled payment does not add up either",
        "imp_uid | merchant_uid | amount | cancel_amount | status | cancel_history\n i1 | o1 | 14,000 | 5,000 | cancelled | []",
        "merchant_uid | amount | cancel_amount\n o1 | 14,000 | 5,000",
        [("C06", "o1", "KRW", 0, 5_000)],
    ),
    case(
        "of an absent history nothing is said",
        "imp_uid | merchant_uid | amount | cancel_amount | status | cancel_history\n i1 | o1 | 14,000 | 5,000 | cancelled | ",
        "merchant_uid | amount | cancel_amount\n o1 | 14,000 | 5,000",
        [],
    ),
    case(
        "C07 a partial cancel written off in full",
        "imp_uid | merchant_uid | amount | cancel_amount | status\n i1 | o1 | 14,000 | 4,000 | cancelled",
        "merchant_uid | amount | status\n o1 | 14,000 | cancelled",
        [("C07", "o1", "KRW", -10_000, 10_000)],
    ),
    case(
        "V02 booked before the deposit",
        "imp_uid | merchant_uid | amount | status | vbank_num\n i1 | o1 | 14,000 | ready | 110",
        "merchant_uid | amount | status\n o1 | 14,000 | paid",
        [("V02", "o1", "KRW", 14_000, 14_000)],
    ),
    case(
        "a waiting virtual account agrees with a waiting ledger line",
        "imp_uid | merchant_uid | amount | status | vbank_num\n i1 | o1 | 14,000 | ready | 110",
        "merchant_uid | amount | status\n o1 | 14,000 | ready",
        [],
    ),
    case(
        "V07 a cancel without a deposit",
        "imp_uid | merchant_uid | amount | cancel_amount | status | paid_at\n i1 | o1 | 14,000 | 14,000 | cancelled | ",
        "merchant_uid | amount\n o2 | 0",
        [("V07", "o1", "KRW", 0, 0)],
    ),
    case(
        "X05 a line without an order id matches nothing, not even another one",
        "imp_uid | merchant_uid | amount\n i1 | | 14,000",
        "merchant_uid | amount\n | 14,000\n | 14,000",
        [
            ("X05", None, "KRW", 14_000, 14_000),
            ("X05", None, "KRW", 14_000, 14_000),
            ("X05", None, "KRW", -14_000, 14_000),
        ],
    ),
    case(
        "X05 a sale without a date in a ledger that has dates",
        "imp_uid | merchant_uid | amount\n i1 | o1 | 14,000\n i2 | o2 | 9,000",
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-07\n o2 | 9,000 | ",
        [("X05", "o2", "KRW", 0, 9_000)],
    ),
    case(
        "a billing key issued for 0 won, a test payment not booked, a line of 0 won: left out",
        "imp_uid | merchant_uid | amount | pg_id\n i1 | issue-1 | 0 | shopjt002m\n i2 | test-1 | 500 | tpaytest0m",
        "merchant_uid | amount | status\n o3 | 0 | paid\n o4 | 5,000 | failed",
        [],
    ),
    case(
        "0012 is not 12, and case and blanks count",
        "imp_uid | merchant_uid | amount\n i1 | 0012 | 100\n i2 | A-1 | 200",
        "merchant_uid | amount\n 12 | 100\n a-1 | 200",
        [
            ("P10", "A-1", "KRW", -200, 200),
            ("P10", "a-1", "KRW", 200, 0),
            ("X03", "0012", "KRW", 0, 100),
        ],
    ),
]


@pytest.mark.parametrize(("payments", "ledger", "expected"), CASES)
def test_each_code_is_found_where_it_is_and_nowhere_else(
    payments, ledger, expected, payments_of, ledger_of
):
    result = reconcile(payments_of(payments), ledger_of(ledger))

    columns = ["code", "merchant_uid", "currency", "difference", "money_at_risk"]
    found = [
        tuple(None if pd.isna(value) else value for value in row)
        for row in result.breaks[columns].itertuples(index=False)
    ]
    assert sorted(found, key=str) == sorted(expected, key=str)


def test_every_code_of_this_version_has_a_case():
    shown = {expected[0] for param in CASES for expected in param.values[2]}

    assert shown == set(CODES) - {"X01", "X09"}


def test_breaks_come_gravest_first_then_by_money(payments_of, ledger_of):
    result = reconcile(
        payments_of(
            "imp_uid | merchant_uid | amount\n i1 | o1 | 100\n i2 | o2 | 900\n i3 | o3 | 50"
        ),
        ledger_of("merchant_uid | amount\n o9 | 70"),
    )

    assert result.breaks["merchant_uid"].tolist() == ["o9", "o2", "o1", "o3"]
    ranks = [SEVERITIES.index(severity) for severity in result.breaks["severity"]]
    assert ranks == sorted(ranks)


def test_of_two_codes_the_graver_is_primary_and_the_other_secondary(payments_of, ledger_of):
    result = reconcile(
        payments_of(
            "imp_uid | merchant_uid | amount | cancel_amount | status\n i1 | o1 | 14,000 | 4,000 | cancelled"
        ),
        ledger_of("merchant_uid | amount | paid_on\n o1 | 13,000 | 2022-11-01"),
    )

    row = result.breaks.iloc[0]
    assert (row["code"], row["secondary"], row["reasons"]) == (
        "C01",
        "P03",
        "amount, cancel_amount, paid_on",
    )


def test_a_break_names_both_sides_in_words_of_two_languages(payments_of, ledger_of):
    result = reconcile(
        payments_of("imp_uid | merchant_uid | amount | buyer_name\n i1 | o1 | 14,000 | 김하나"),
        ledger_of("merchant_uid | amount | 비고\n o1 | 13,000 | 쿠폰"),
    )

    row = result.breaks.iloc[0]
    assert row["finding"] == "The PG approved 14,000 KRW; the ledger books 13,000 KRW."
    assert row["finding_ko"] == "PG 승인 14,000 KRW, 장부 13,000 KRW입니다."
    assert (row["name"], row["name_ko"]) == ("Amount differs", "결제금액 불일치")
    assert (row["imp_uid"], row["buyer_name_payments"], row["비고_ledger"]) == (
        "i1",
        "김하나",
        "쿠폰",
    )


def test_left_out_items_say_why(payments_of, ledger_of):
    result = reconcile(
        payments_of(
            "imp_uid | merchant_uid | amount | pg_id\n i1 | issue-1 | 0 | shopjt002m\n i2 | test-1 | 500 | tpaytest0m"
        ),
        ledger_of("merchant_uid | amount | status\n o4 | 5,000 | failed"),
    )

    said = dict(zip(result.items["merchant_uid"], result.items["excluded_as"], strict=True))
    assert said == {
        "issue-1": "amount 0",
        "test-1": "test payment",
        "o4": "no money in the ledger",
    }
    assert result.bridge.loc[result.bridge["step"] == "excluded", "amount"].tolist() == [500]
    assert result.conclusion.verdict == "reconciled"
