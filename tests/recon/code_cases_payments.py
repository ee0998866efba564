"""Cases of the payment codes P01 to P21."""

from __future__ import annotations

from dataclasses import replace

from code_cases import WITHIN_TEN, Case

from jtnet_recon.recon.rules import PAYMENTS_TO_LEDGER

SUGGESTS_NOTHING = replace(PAYMENTS_TO_LEDGER, suggest=None)
SUSPECTS_NOTHING = replace(PAYMENTS_TO_LEDGER, double_minutes=0)

ONE = "imp_uid | merchant_uid | amount\n i1 | o1 | 14,000"
BOOKED = "merchant_uid | amount\n o1 | 14,000"
TWO_BOOKED = "merchant_uid | amount\n o1 | 14,000\n o2 | 14,000"
NOTHING = "merchant_uid | amount\n other | 0"

MISSING = [
    Case(
        "equal sides have no break",
        ONE,
        "merchant_uid | amount | status | paid_on\n o1 | 14,000 | paid | 2022-11-07",
    ),
    Case(
        "P01 a payment that the books lack is worth what was kept",
        """imp_uid | merchant_uid | amount | cancel_amount | status
           i1      | o1           | 14,000 | 4,000         | cancelled""",
        NOTHING,
        (("P01", "o1", "KRW", -10_000, 10_000),),
    ),
    Case(
        "P02 a sale without any payment",
        ONE,
        "merchant_uid | amount\n o1 | 14,000\n o2 | 9,000",
        (("P02", "o2", "KRW", 9_000, 9_000),),
    ),
    Case(
        "P02 a sale of which only failed attempts exist",
        """imp_uid | merchant_uid | amount | status
           i1      | o1           | 14,000 | failed
           i2      | o1           | 14,000 | ready""",
        "merchant_uid | amount | status\n o1 | 14,000 | paid",
        (("P02", "o1", "KRW", 14_000, 14_000),),
    ),
    Case(
        "P05 the books say failed, the PG holds the money",
        ONE,
        "merchant_uid | amount | status\n o1 | 14,000 | failed",
        (("P05", "o1", "KRW", -14_000, 14_000),),
    ),
    Case(
        "P06 approved after it had failed, and not booked",
        """imp_uid | merchant_uid | amount | failed_at        | paid_at
           i1      | o1           | 14,000 | 2022-11-07 11:59 | 2022-11-07 12:03""",
        NOTHING,
        (("P06", "o1", "KRW", -14_000, 14_000),),
    ),
    Case(
        "P06 approved after it had failed, and booked as failed",
        """imp_uid | merchant_uid | amount | failed_at        | paid_at
           i1      | o1           | 14,000 | 2022-11-07 11:59 | 2022-11-07 12:03""",
        "merchant_uid | amount | status\n o1 | 14,000 | failed",
        (("P06", "o1", "KRW", -14_000, 14_000),),
    ),
    Case(
        "approved after it had failed, and booked, is no break",
        """imp_uid | merchant_uid | amount | failed_at        | paid_at
           i1      | o1           | 14,000 | 2022-11-07 11:59 | 2022-11-07 12:03""",
        BOOKED,
    ),
    Case(
        "P01, not P06: it was another attempt that had failed",
        """imp_uid | merchant_uid | amount | status | failed_at        | paid_at
           i1      | o1           | 14,000 | failed | 2022-11-07 11:59 |
           i2      | o1           | 14,000 | paid   |                  | 2022-11-07 12:03""",
        NOTHING,
        (("P01", "o1", "KRW", -14_000, 14_000),),
    ),
    Case(
        "P19 an order that was only tried",
        "imp_uid | merchant_uid | amount | status\n i1 | o1 | 14,000 | failed",
        NOTHING,
        (("P19", "o1", "KRW", 0, 0),),
    ),
    Case(
        "failed attempts before a paid one are no break",
        """imp_uid | merchant_uid | amount | status
           i1      | o1           | 14,000 | failed
           i2      | o1           | 14,000 | paid""",
        BOOKED,
    ),
]

AMOUNTS = [
    Case(
        "P03 a lower amount in the ledger",
        ONE,
        "merchant_uid | amount\n o1 | 13,000",
        (("P03", "o1", "KRW", -1_000, 1_000),),
    ),
    Case(
        "P03 a higher amount in the ledger is a break too",
        ONE,
        "merchant_uid | amount\n o1 | 14,001",
        (("P03", "o1", "KRW", 1, 1),),
    ),
    Case(
        "P04 the accepted difference itself",
        ONE,
        "merchant_uid | amount\n o1 | 14,010",
        (("P04", "o1", "KRW", 10, 10),),
        rule=WITHIN_TEN,
    ),
    Case(
        "P03, not P04: one won past the accepted difference",
        ONE,
        "merchant_uid | amount\n o1 | 13,989",
        (("P03", "o1", "KRW", -11, 11),),
        rule=WITHIN_TEN,
    ),
    Case(
        "P04 two lines that miss the payment by one won",
        ONE,
        "merchant_uid | amount\n o1 | 4,667\n o1 | 9,334",
        (("P04", "o1", "KRW", 1, 1),),
        rule=WITHIN_TEN,
    ),
    Case(
        "P21 paid another amount than was registered in advance",
        ONE,
        BOOKED,
        (("P21", "o1", "KRW", 0, 1_000),),
        prepared="merchant_uid | amount\n o1 | 15,000",
    ),
    Case(
        "P21 the won that are missing count, not the tolerance of the books",
        ONE,
        BOOKED,
        (("P21", "o1", "KRW", 0, 5),),
        rule=WITHIN_TEN,
        prepared="merchant_uid | amount\n o1 | 14,005",
    ),
    Case(
        "a payment of the registered amount, and one that never was registered, are no P21",
        "imp_uid | merchant_uid | amount\n i1 | o1 | 14,000\n i2 | o2 | 14,000",
        TWO_BOOKED,
        prepared="merchant_uid | amount\n o1 | 14,000\n o3 | 1",
    ),
    Case(
        "a failed attempt of another amount is no P21",
        """imp_uid | merchant_uid | amount | status
           i1      | o1           | 100    | failed
           i2      | o1           | 14,000 | paid""",
        BOOKED,
        prepared="merchant_uid | amount\n o1 | 14,000",
    ),
    Case(
        "one sale booked as two lines that add up is matched",
        ONE,
        "merchant_uid | amount\n o1 | 7,000\n o1 | 7,000",
    ),
]

DOUBLES = [
    Case(
        "P07 two approvals of one order",
        """imp_uid | merchant_uid | amount | paid_at
           i1      | o1           | 14,000 | 2022-11-07 12:00
           i2      | o1           | 15,000 | 2022-11-07 12:01""",
        BOOKED,
        (("P07", "o1", "KRW", -15_000, 15_000),),
    ),
    Case(
        "P07 stays a break when the books hold both",
        "imp_uid | merchant_uid | amount\n i1 | o1 | 14,000\n i2 | o1 | 14,000",
        "merchant_uid | amount\n o1 | 14,000\n o1 | 14,000",
        (("P07", "o1", "KRW", 0, 14_000),),
    ),
    Case(
        "an extra approval refunded in full is settled",
        """imp_uid | merchant_uid | amount | cancel_amount | status
           i1      | o1           | 14,000 | 0             | paid
           i2      | o1           | 14,000 | 14,000        | cancelled""",
        BOOKED,
    ),
    Case(
        "P08 the same customer and amount ten minutes later, under another order",
        """imp_uid | merchant_uid | amount | customer_uid | paid_at
           i1      | o1           | 14,000 | gildong      | 2022-11-07 12:00
           i2      | o2           | 14,000 | gildong      | 2022-11-07 12:10""",
        TWO_BOOKED,
        (("P08", "o2", "KRW", 0, 14_000),),
    ),
    Case(
        "P08 is worth what the later charge still holds, and knows the customer by phone",
        """imp_uid | merchant_uid | amount | cancel_amount | status    | buyer_tel     | paid_at
           i1      | o1           | 14,000 | 0             | paid      | 010-1234-5678 | 2022-11-07 12:00
           i2      | o2           | 14,000 | 4,000         | cancelled | 010-1234-5678 | 2022-11-07 12:01""",
        "merchant_uid | amount | cancel_amount\n o1 | 14,000 | 0\n o2 | 14,000 | 4,000",
        (("P08", "o2", "KRW", 0, 10_000),),
    ),
    Case(
        "a charge a second past ten minutes is no P08",
        """imp_uid | merchant_uid | amount | customer_uid | paid_at
           i1      | o1           | 14,000 | gildong      | 2022-11-07 12:00:00
           i2      | o2           | 14,000 | gildong      | 2022-11-07 12:10:01""",
        TWO_BOOKED,
    ),
    Case(
        "another customer, or another amount, is no P08",
        """imp_uid | merchant_uid | amount | customer_uid | paid_at
           i1      | o1           | 14,000 | gildong      | 2022-11-07 12:00
           i2      | o2           | 14,000 | chunhyang    | 2022-11-07 12:01
           i3      | o3           | 13,999 | gildong      | 2022-11-07 12:02
           i4      | o4           | 14,000 |              | 2022-11-07 12:03
           i5      | o5           | 14,000 |              | 2022-11-07 12:03""",
        """merchant_uid | amount
           o1           | 14,000
           o2           | 14,000
           o3           | 13,999
           o4           | 14,000
           o5           | 14,000""",
    ),
    Case(
        "a charge that was given back in full doubles nothing",
        """imp_uid | merchant_uid | amount | cancel_amount | status    | customer_uid | paid_at
           i1      | o1           | 14,000 | 14,000        | cancelled | gildong      | 2022-11-07 12:00
           i2      | o2           | 14,000 | 0             | paid      | gildong      | 2022-11-07 12:01""",
        "merchant_uid | amount | cancel_amount\n o1 | 14,000 | 14,000\n o2 | 14,000 | 0",
    ),
    Case(
        "P08 can be switched off",
        """imp_uid | merchant_uid | amount | customer_uid | paid_at
           i1      | o1           | 14,000 | gildong      | 2022-11-07 12:00
           i2      | o2           | 14,000 | gildong      | 2022-11-07 12:01""",
        TWO_BOOKED,
        rule=SUSPECTS_NOTHING,
    ),
    Case(
        "P09 one sale booked twice",
        ONE,
        "merchant_uid | amount\n o1 | 14,000\n o1 | 14,000",
        (("P09", "o1", "KRW", 14_000, 14_000),),
    ),
]

SUGGESTED = [
    Case(
        "P10 no shared id, but amount and day fit one to one; the amount is at risk once",
        "imp_uid | merchant_uid | amount\n i1 | o1 | 14,000",
        "merchant_uid | amount | paid_on\n X9 | 14,000 | 2022-11-08",
        (("P10", "o1", "KRW", -14_000, 14_000), ("P10", "X9", "KRW", 14_000, 0)),
    ),
    Case(
        "P01 and P02, not P10: two days apart",
        "imp_uid | merchant_uid | amount\n i1 | o1 | 14,000",
        "merchant_uid | amount | paid_on\n X9 | 14,000 | 2022-11-09",
        (("P01", "o1", "KRW", -14_000, 14_000), ("P02", "X9", "KRW", 14_000, 14_000)),
    ),
    Case(
        "P01 and P02, not P10: one won apart",
        "imp_uid | merchant_uid | amount\n i1 | o1 | 14,000",
        "merchant_uid | amount | paid_on\n X9 | 14,001 | 2022-11-07",
        (("P01", "o1", "KRW", -14_000, 14_000), ("P02", "X9", "KRW", 14_001, 14_001)),
    ),
    Case(
        "P01 and P02, not P10: another card",
        "imp_uid | merchant_uid | amount | card_number\n i1 | o1 | 14,000 | 5432-****-****-1234",
        "merchant_uid | amount | card_number\n X9 | 14,000 | 5432-****-****-9999",
        (("P01", "o1", "KRW", -14_000, 14_000), ("P02", "X9", "KRW", 14_000, 14_000)),
    ),
    Case(
        "P01 and P02, not P10: the rule suggests nothing",
        "imp_uid | merchant_uid | amount\n i1 | o1 | 14,000",
        "merchant_uid | amount\n X9 | 14,000",
        (("P01", "o1", "KRW", -14_000, 14_000), ("P02", "X9", "KRW", 14_000, 14_000)),
        rule=SUGGESTS_NOTHING,
    ),
    Case(
        "P11 two payments fit one line equally well",
        "imp_uid | merchant_uid | amount\n i1 | o1 | 14,000\n i2 | o2 | 14,000",
        "merchant_uid | amount | paid_on\n X9 | 14,000 | 2022-11-07",
        (
            ("P11", "o1", "KRW", -14_000, 14_000),
            ("P11", "o2", "KRW", -14_000, 14_000),
            ("P11", "X9", "KRW", 14_000, 0),
        ),
    ),
    Case(
        "P10, not P11: the card's last digits decide",
        """imp_uid | merchant_uid | amount | card_number
           i1      | o1           | 14,000 | 5432-****-****-1234
           i2      | o2           | 14,000 | 5432-****-****-7777""",
        "merchant_uid | amount | card_number\n X9 | 14,000 | 1234",
        (
            ("P10", "o1", "KRW", -14_000, 14_000),
            ("P10", "X9", "KRW", 14_000, 0),
            ("P01", "o2", "KRW", -14_000, 14_000),
        ),
    ),
    Case(
        "C01 and P02, not P10: an order whose refund alone is missing looks for no other sale",
        """imp_uid | merchant_uid | amount | cancel_amount | status
           i1      | o1           | 14,000 | 4,000         | cancelled""",
        "merchant_uid | amount\n o1 | 14,000\n X9 | 10,000",
        (("C01", "o1", "KRW", 4_000, 4_000), ("P02", "X9", "KRW", 10_000, 10_000)),
    ),
]
