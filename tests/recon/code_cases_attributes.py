"""Cases of the payment codes about days, instalments, currencies and shops: P12 to P18."""

from __future__ import annotations

from dataclasses import replace

from code_cases import Case

from jtnet_recon.recon.rules import PAYMENTS_TO_LEDGER

DECLARED = replace(PAYMENTS_TO_LEDGER, mids=("shopjt001m",))

ONE = "imp_uid | merchant_uid | amount\n i1 | o1 | 14,000"
BOOKED = "merchant_uid | amount\n o1 | 14,000"

DAYS = [
    Case(
        "P12 booked minutes after midnight",
        "imp_uid | merchant_uid | amount | paid_at\n i1 | o1 | 14,000 | 2022-11-07 23:59:58",
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-08",
        (("P12", "o1", "KRW", 0, 0),),
    ),
    Case(
        "P12 the band begins ten minutes before midnight",
        "imp_uid | merchant_uid | amount | paid_at\n i1 | o1 | 14,000 | 2022-11-07 23:50:00",
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-08",
        (("P12", "o1", "KRW", 0, 0),),
    ),
    Case(
        "P12 booked on the day before, minutes after midnight",
        "imp_uid | merchant_uid | amount | paid_at\n i1 | o1 | 14,000 | 2022-11-07 00:00:03",
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-06",
        (("P12", "o1", "KRW", 0, 0),),
    ),
    Case(
        "P13, not P12: a second before the band",
        "imp_uid | merchant_uid | amount | paid_at\n i1 | o1 | 14,000 | 2022-11-07 23:49:59",
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-08",
        (("P13", "o1", "KRW", 0, 14_000),),
    ),
    Case(
        "P13, not P12: the other neighbour of a midnight is no timing",
        "imp_uid | merchant_uid | amount | paid_at\n i1 | o1 | 14,000 | 2022-11-07 23:59:58",
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-06",
        (("P13", "o1", "KRW", 0, 14_000),),
    ),
    Case(
        "P13 booked on another day",
        "imp_uid | merchant_uid | amount | paid_at\n i1 | o1 | 14,000 | 2022-11-07 08:30",
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-06",
        (("P13", "o1", "KRW", 0, 14_000),),
    ),
    Case(
        "the day is the Korean day: 08:59 KST is still yesterday in UTC",
        "imp_uid | merchant_uid | amount | paid_at\n i1 | o1 | 14,000 | 2022-11-07 08:59",
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-07",
    ),
]

ATTRIBUTES = [
    Case(
        "P14 three instalments at the PG, a single payment in the books",
        "imp_uid | merchant_uid | amount | card_quota\n i1 | o1 | 14,000 | 3",
        "merchant_uid | amount | card_quota\n o1 | 14,000 | 0",
        (("P14", "o1", "KRW", 0, 0),),
    ),
    Case(
        "a PG that names no instalments means a single payment",
        "imp_uid | merchant_uid | amount | card_quota\n i1 | o1 | 14,000 |",
        "merchant_uid | amount | card_quota\n o1 | 14,000 | 0",
    ),
    Case(
        "books that do not name the instalments say nothing of them",
        "imp_uid | merchant_uid | amount | card_quota\n i1 | o1 | 14,000 | 3",
        "merchant_uid | amount | card_quota\n o1 | 14,000 |",
    ),
    Case(
        "P15 only the PG marks the payment as escrow",
        "imp_uid | merchant_uid | amount | escrow\n i1 | o1 | 14,000 | true",
        "merchant_uid | amount | escrow\n o1 | 14,000 | false",
        (("P15", "o1", "KRW", 0, 14_000),),
    ),
    Case(
        "P15 only the books mark the payment as escrow",
        "imp_uid | merchant_uid | amount | escrow\n i1 | o1 | 14,000 |",
        "merchant_uid | amount | escrow\n o1 | 14,000 | true",
        (("P15", "o1", "KRW", 0, 14_000),),
    ),
    Case(
        "the same mark of escrow, and books without the mark, are no break",
        """imp_uid | merchant_uid | amount | escrow
           i1      | o1           | 14,000 | true
           i2      | o2           | 14,000 | true
           i3      | o3           | 14,000 |""",
        """merchant_uid | amount | escrow
           o1           | 14,000 | true
           o2           | 14,000 |
           o3           | 14,000 | false""",
    ),
    Case(
        "P16 one order in two currencies is two breaks, never a sum",
        ONE,
        "merchant_uid | amount | currency\n o1 | 14,000 | USD",
        (("P16", "o1", "KRW", -14_000, 14_000), ("P16", "o1", "USD", 14_000, 0)),
    ),
    Case(
        "P01, not P16: the other currency was only tried",
        """imp_uid | merchant_uid | amount | currency | status
           i1      | o1           | 14,000 | KRW      | paid""",
        "merchant_uid | amount | currency | status\n o1 | 14,000 | USD | failed",
        (("P01", "o1", "KRW", -14_000, 14_000),),
    ),
    Case(
        "P17 a test payment in the books",
        "imp_uid | merchant_uid | amount | pg_id\n i1 | o1 | 14,000 | tpaytest0m",
        BOOKED,
        (("P17", "o1", "KRW", 0, 14_000),),
    ),
    Case(
        "P17 the sandbox flag counts like a test MID",
        "imp_uid | merchant_uid | amount | sandbox\n i1 | o1 | 14,000 | true",
        BOOKED,
        (("P17", "o1", "KRW", 0, 14_000),),
    ),
    Case(
        "P18 a MID that nobody declared",
        """imp_uid | merchant_uid | amount | pg_id
           i1      | o1           | 14,000 | shopjt001m
           i2      | o2           | 9,000  | SHOPJT001M""",
        "merchant_uid | amount\n o1 | 14,000\n o2 | 9,000",
        (("P18", "o2", "KRW", 0, 9_000),),
        rule=DECLARED,
    ),
    Case(
        "an attempt that failed under an unknown MID is no P18",
        """imp_uid | merchant_uid | amount | pg_id      | status
           i1      | o1           | 14,000 | elsewhere  | failed
           i2      | o1           | 14,000 | shopjt001m | paid""",
        BOOKED,
        rule=DECLARED,
    ),
    Case(
        "without declared MIDs every MID is as good as declared",
        "imp_uid | merchant_uid | amount | pg_id\n i1 | o1 | 14,000 | elsewhere",
        BOOKED,
    ),
    Case(
        "a billing key issued for 0 won, a test payment not booked, a line of 0 won: left out",
        """imp_uid | merchant_uid | amount | pg_id
           i1      | issue-1      | 0      | shopjt002m
           i2      | test-1       | 500    | tpaytest0m""",
        "merchant_uid | amount | status\n o3 | 0 | paid\n o4 | 5,000 | failed",
    ),
]
