"""Cases of the cancel codes C01 to C13."""

from __future__ import annotations

from code_cases import WITHIN_TEN, Case

ONE = "imp_uid | merchant_uid | amount\n i1 | o1 | 14,000"
PART_CANCELLED = """imp_uid | merchant_uid | amount | cancel_amount | status
                    i1      | o1           | 14,000 | 4,000         | cancelled"""

AMOUNTS = [
    Case(
        "C01 a cancel that the books lack",
        PART_CANCELLED,
        "merchant_uid | amount\n o1 | 14,000",
        (("C01", "o1", "KRW", 4_000, 4_000),),
    ),
    Case(
        "C01 one of two partial cancels is not booked",
        """imp_uid | merchant_uid | amount | cancel_amount | status    | cancel_history
           i1      | o1           | 14,000 | 5,000         | cancelled | 2,000 + 3,000""",
        "merchant_uid | amount | cancel_amount\n o1 | 14,000 | 3,000",
        (("C01", "o1", "KRW", 2_000, 2_000),),
    ),
    Case(
        "C01, not P04: a cancel of 5 won that is missing is no rounding",
        """imp_uid | merchant_uid | amount | cancel_amount | status
           i1      | o1           | 14,000 | 5             | cancelled""",
        "merchant_uid | amount\n o1 | 14,000",
        (("C01", "o1", "KRW", 5, 5),),
        rule=WITHIN_TEN,
    ),
    Case(
        "C02 a refund that the PG never made",
        ONE,
        "merchant_uid | amount | cancel_amount\n o1 | 14,000 | 4,000",
        (("C02", "o1", "KRW", -4_000, 4_000),),
    ),
    Case(
        "C02 a cancelled order without an amount means all of it",
        ONE,
        "merchant_uid | amount | status\n o1 | 14,000 | cancelled",
        (("C02", "o1", "KRW", -14_000, 14_000),),
    ),
    Case(
        "a refund on a line of its own is a refund",
        PART_CANCELLED,
        "merchant_uid | amount\n o1 | 14,000\n o1 | -4,000",
    ),
    Case(
        "C03 the refunds differ",
        PART_CANCELLED,
        "merchant_uid | amount | cancel_amount\n o1 | 14,000 | 3,500",
        (("C03", "o1", "KRW", 500, 500),),
    ),
    Case(
        "P04, not C03: the refunds differ within the tolerance",
        PART_CANCELLED,
        "merchant_uid | amount | cancel_amount\n o1 | 14,000 | 3,995",
        (("P04", "o1", "KRW", 5, 5),),
        rule=WITHIN_TEN,
    ),
    Case(
        "C03, not P04: the refunds differ by one won more",
        PART_CANCELLED,
        "merchant_uid | amount | cancel_amount\n o1 | 14,000 | 4,011",
        (("C03", "o1", "KRW", -11, 11),),
        rule=WITHIN_TEN,
    ),
    Case(
        "C04 more cancelled than paid at the PG",
        """imp_uid | merchant_uid | amount | cancel_amount | status
           i1      | o1           | 14,000 | 15,000        | cancelled""",
        "merchant_uid | amount | cancel_amount\n o1 | 14,000 | 15,000",
        (("C04", "o1", "KRW", 0, 1_000),),
    ),
    Case(
        "C05 one cancel of everything where the books asked for a part",
        """imp_uid | merchant_uid | amount | cancel_amount | status    | cancel_history
           i1      | o1           | 14,000 | 14,000        | cancelled | 14,000""",
        "merchant_uid | amount | cancel_amount\n o1 | 14,000 | 4,000",
        (("C05", "o1", "KRW", 10_000, 10_000),),
    ),
    Case(
        "C05 of an old row without a history",
        """imp_uid | merchant_uid | amount | cancel_amount | status    | cancel_history
           i1      | o1           | 14,000 | 14,000        | cancelled |""",
        "merchant_uid | amount | cancel_amount\n o1 | 14,000 | 4,000",
        (("C05", "o1", "KRW", 10_000, 10_000),),
    ),
    Case(
        "C01, not C05: the part and the rest were two cancels",
        """imp_uid | merchant_uid | amount | cancel_amount | status    | cancel_history
           i1      | o1           | 14,000 | 14,000        | cancelled | 4,000 + 10,000""",
        "merchant_uid | amount | cancel_amount\n o1 | 14,000 | 4,000",
        (("C01", "o1", "KRW", 10_000, 10_000),),
    ),
    Case(
        "C06 the cancel history does not add up",
        """imp_uid | merchant_uid | amount | cancel_amount | status    | cancel_history
           i1      | o1           | 14,000 | 5,000         | cancelled | 2,000 + 2,500""",
        "merchant_uid | amount | cancel_amount\n o1 | 14,000 | 5,000",
        (("C06", "o1", "KRW", 0, 500),),
    ),
    Case(
        "C06 an empty history of a cancelled payment does not add up either",
        """imp_uid | merchant_uid | amount | cancel_amount | status    | cancel_history
           i1      | o1           | 14,000 | 5,000         | cancelled | []""",
        "merchant_uid | amount | cancel_amount\n o1 | 14,000 | 5,000",
        (("C06", "o1", "KRW", 0, 5_000),),
    ),
    Case(
        "of an absent history nothing is said",
        """imp_uid | merchant_uid | amount | cancel_amount | status    | cancel_history
           i1      | o1           | 14,000 | 5,000         | cancelled |""",
        "merchant_uid | amount | cancel_amount\n o1 | 14,000 | 5,000",
    ),
    Case(
        "C07 a partial cancel written off in full",
        PART_CANCELLED,
        "merchant_uid | amount | status\n o1 | 14,000 | cancelled",
        (("C07", "o1", "KRW", -10_000, 10_000),),
    ),
]

CANCELLED_ON_NOVEMBER_1 = """
imp_uid | merchant_uid | amount | cancel_amount | status    | paid_at          | cancelled_at
i1      | o1           | 14,000 | 4,000         | cancelled | 2022-10-30 12:00 | 2022-11-01 08:59"""

TIMES = [
    Case(
        "C08 the books asked for a refund, the PG has none yet",
        ONE,
        "merchant_uid | amount | cancel_amount | status\n o1 | 14,000 | 4,000 | cancel_requested",
        (("C08", "o1", "KRW", 0, 4_000),),
    ),
    Case(
        "C08 a request without an amount asks for all of it",
        ONE,
        "merchant_uid | amount | status\n o1 | 14,000 | cancel_requested",
        (("C08", "o1", "KRW", 0, 14_000),),
    ),
    Case(
        "C01, not C08: the PG did cancel what the books still ask for",
        PART_CANCELLED,
        "merchant_uid | amount | cancel_amount | status\n o1 | 14,000 | 4,000 | cancel_requested",
        (("C01", "o1", "KRW", 4_000, 4_000),),
    ),
    Case(
        "C10 cancelled in November, refunded in the books of October",
        CANCELLED_ON_NOVEMBER_1,
        """merchant_uid | amount | cancel_amount | cancelled_on
           o1           | 14,000 | 4,000         | 2022-10-31""",
        (("C10", "o1", "KRW", 0, 4_000),),
    ),
    Case(
        "the month is the Korean month: 08:59 KST on the 1st is still October in UTC",
        CANCELLED_ON_NOVEMBER_1,
        """merchant_uid | amount | cancel_amount | cancelled_on
           o1           | 14,000 | 4,000         | 2022-11-01""",
    ),
    Case(
        "refunded some weeks later in the same month is no C10",
        CANCELLED_ON_NOVEMBER_1,
        """merchant_uid | amount | cancel_amount | cancelled_on
           o1           | 14,000 | 4,000         | 2022-11-30""",
    ),
    Case(
        "C10 the same month of another year is another period",
        CANCELLED_ON_NOVEMBER_1,
        """merchant_uid | amount | cancel_amount | cancelled_on
           o1           | 14,000 | 4,000         | 2023-11-01""",
        (("C10", "o1", "KRW", 0, 4_000),),
    ),
]

DEADLINES = [
    Case(
        "C11 a card refund booked a year and a day after the payment",
        "imp_uid | merchant_uid | amount | pay_method | paid_at\n i1 | o1 | 14,000 | card | 2021-11-07 12:00",
        """merchant_uid | amount | cancel_amount | cancelled_on
           o1           | 14,000 | 4,000         | 2022-11-08""",
        (("C11", "o1", "KRW", -4_000, 4_000),),
    ),
    Case(
        "C02, not C11: a card refund booked on the last day",
        "imp_uid | merchant_uid | amount | pay_method | paid_at\n i1 | o1 | 14,000 | card | 2021-11-07 12:00",
        """merchant_uid | amount | cancel_amount | cancelled_on
           o1           | 14,000 | 4,000         | 2022-11-07""",
        (("C02", "o1", "KRW", -4_000, 4_000),),
    ),
    Case(
        "C11 a phone payment is cancelled in its own month or never",
        "imp_uid | merchant_uid | amount | pay_method | paid_at\n i1 | o1 | 14,000 | phone | 2022-10-31 23:59",
        """merchant_uid | amount | cancel_amount | cancelled_on
           o1           | 14,000 | 4,000         | 2022-11-01""",
        (("C11", "o1", "KRW", -4_000, 4_000),),
    ),
    Case(
        "C02, not C11: a phone payment refunded in the same Korean month",
        "imp_uid | merchant_uid | amount | pay_method | paid_at\n i1 | o1 | 14,000 | phone | 2022-11-01 00:00",
        """merchant_uid | amount | cancel_amount | cancelled_on
           o1           | 14,000 | 4,000         | 2022-11-30""",
        (("C02", "o1", "KRW", -4_000, 4_000),),
    ),
    Case(
        "C11 a bank transfer is judged by the day of the pull where the books name none",
        "imp_uid | merchant_uid | amount | pay_method | paid_at\n i1 | o1 | 14,000 | trans | 2022-11-07 12:00",
        "merchant_uid | amount | cancel_amount\n o1 | 14,000 | 4,000",
        (("C11", "o1", "KRW", -4_000, 4_000),),
        as_of="2023-02-06 00:00",
    ),
    Case(
        "C02, not C11: on the ninetieth day a bank transfer can be cancelled",
        "imp_uid | merchant_uid | amount | pay_method | paid_at\n i1 | o1 | 14,000 | trans | 2022-11-07 12:00",
        "merchant_uid | amount | cancel_amount\n o1 | 14,000 | 4,000",
        (("C02", "o1", "KRW", -4_000, 4_000),),
        as_of="2023-02-05 23:59",
    ),
    Case(
        "C02, not C11: no day is known at all",
        "imp_uid | merchant_uid | amount | pay_method | paid_at\n i1 | o1 | 14,000 | trans | 2020-01-01 12:00",
        "merchant_uid | amount | cancel_amount\n o1 | 14,000 | 4,000",
        (("C02", "o1", "KRW", -4_000, 4_000),),
    ),
    Case(
        "C12 a phone refund of a part is a whole cancel and a smaller approval",
        """imp_uid | merchant_uid | amount | cancel_amount | status    | pay_method
           i1      | o1           | 14,000 | 14,000        | cancelled | phone
           i2      | o1           | 10,000 | 0             | paid      | phone""",
        "merchant_uid | amount | cancel_amount\n o1 | 14,000 | 4,000",
        (("C12", "o1", "KRW", 0, 0),),
    ),
    Case(
        "C03, not C12: the two do not net to what the books kept",
        """imp_uid | merchant_uid | amount | cancel_amount | status    | pay_method
           i1      | o1           | 14,000 | 14,000        | cancelled | phone
           i2      | o1           | 10,000 | 0             | paid      | phone""",
        "merchant_uid | amount | cancel_amount\n o1 | 14,000 | 5,000",
        (("P03", "o1", "KRW", -1_000, 10_000),),
    ),
    Case(
        "C13 refunded by bank transfer, not by a cancel",
        ONE,
        "merchant_uid | amount | cancel_amount | refund_method\n o1 | 14,000 | 4,000 | 계좌이체",
        (("C13", "o1", "KRW", -4_000, 4_000),),
    ),
    Case(
        "C02, not C13: the books say that the payment itself was cancelled",
        ONE,
        "merchant_uid | amount | cancel_amount | refund_method\n o1 | 14,000 | 4,000 | 결제취소",
        (("C02", "o1", "KRW", -4_000, 4_000),),
    ),
]
