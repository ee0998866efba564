"""Cases of the rule of transactions: payments' movements against lines of the books."""

from __future__ import annotations

from dataclasses import dataclass, replace

from jtnet_recon.recon.rules import TRANSACTIONS_TO_LEDGER, Rule, Tolerance

WITHIN_TEN = replace(TRANSACTIONS_TO_LEDGER, tolerance=Tolerance(amount=10))
WITHIN_TWO_DAYS = replace(TRANSACTIONS_TO_LEDGER, tolerance=Tolerance(days=2))

EXACT = "key, kind, amount and day"
SUM = "key and kind, sum"


@dataclass(frozen=True, slots=True)
class EntryCase:
    """``matched``: kind, pass, rows of each side. ``breaks``: code, kind, difference, at risk."""

    name: str
    payments: str
    ledger: str
    matched: tuple[tuple[str, str, int, int], ...] = ()
    breaks: tuple[tuple[str, str, int, int], ...] = ()
    rule: Rule = TRANSACTIONS_TO_LEDGER

    def __str__(self) -> str:
        return self.name


ONE = "imp_uid | merchant_uid | amount\n i1 | o1 | 14,000"
CANCELLED = """
imp_uid | merchant_uid | amount | cancel_amount | status    | cancel_history
i1      | o1           | 14,000 | 4,000         | cancelled | 4,000 @ 2022-11-09 10:00"""
THREE_REFUNDS = """
imp_uid | merchant_uid | amount | cancel_amount | status    | cancel_history
i1      | o1           | 14,000 | 6,000         | cancelled | {history}"""
TWO_CHARGES = "imp_uid | merchant_uid | amount\n i1 | o1 | 14,000\n i2 | o1 | 14,000"
SALE_AND_REFUND = (("approval", EXACT, 1, 1), ("cancel", EXACT, 1, 1))

MATCHED = [
    EntryCase(
        "a sale and a refund, the refund negative",
        CANCELLED,
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-07\n o1 | -4,000 | 2022-11-09",
        SALE_AND_REFUND,
    ),
    EntryCase(
        "a sale and a refund, told apart by a kind in Korean",
        CANCELLED,
        """merchant_uid | amount | kind     | paid_on
           o1           | 14,000 | 결제     | 2022-11-07
           o1           | 4,000  | 부분취소 | 2022-11-09""",
        SALE_AND_REFUND,
    ),
    EntryCase(
        "a sale and a refund, told apart by a kind in English, whatever its case",
        CANCELLED,
        """merchant_uid | amount | kind   | paid_on
           o1           | 14,000 | Sale   | 2022-11-07
           o1           | 4,000  | REFUND | 2022-11-09""",
        SALE_AND_REFUND,
    ),
    EntryCase(
        "a negative refund that is also called a refund is taken off once",
        CANCELLED,
        """merchant_uid | amount | kind | paid_on
           o1           | 14,000 | 매출 | 2022-11-07
           o1           | -4,000 | 환불 | 2022-11-09""",
        SALE_AND_REFUND,
    ),
    EntryCase(
        "under an unknown kind the sign decides",
        CANCELLED,
        """merchant_uid | amount | kind   | paid_on
           o1           | 14,000 | 기타   | 2022-11-07
           o1           | -4,000 | 수수료 | 2022-11-09""",
        SALE_AND_REFUND,
    ),
    EntryCase(
        "three partial refunds of three days booked as one, on the day of the last",
        THREE_REFUNDS.format(
            history="1,000 @ 2022-11-08 10:00 + 2,000 @ 2022-11-09 10:00 + 3,000 @ 2022-11-10 10:00"
        ),
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-07\n o1 | -6,000 | 2022-11-10",
        (("approval", EXACT, 1, 1), ("cancel", SUM, 3, 1)),
    ),
    EntryCase(
        "the day of any of the refunds will do, whichever is the smallest",
        THREE_REFUNDS.format(
            history="3,000 @ 2022-11-08 10:00 + 2,000 @ 2022-11-09 10:00 + 1,000 @ 2022-11-10 10:00"
        ),
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-07\n o1 | -6,000 | 2022-11-08",
        (("approval", EXACT, 1, 1), ("cancel", SUM, 3, 1)),
    ),
    EntryCase(
        "one sale booked as two lines",
        ONE,
        "merchant_uid | amount | paid_on\n o1 | 9,000 | 2022-11-07\n o1 | 5,000 | 2022-11-07",
        (("approval", SUM, 1, 2),),
    ),
    EntryCase(
        "two sales booked as three other lines of the same sum",
        "imp_uid | merchant_uid | amount\n i1 | o1 | 9,000\n i2 | o1 | 7,000",
        """merchant_uid | amount | paid_on
           o1           | 8,000  | 2022-11-07
           o1           | 5,000  | 2022-11-07
           o1           | 3,000  | 2022-11-07""",
        (("approval", SUM, 2, 3),),
    ),
    EntryCase(
        "the only part of the lines that adds up is one sale, the other line is another",
        "imp_uid | merchant_uid | amount\n i1 | o1 | 9,000\n i2 | o1 | 700",
        """merchant_uid | amount | paid_on
           o1           | 4,000  | 2022-11-07
           o1           | 5,000  | 2022-11-07
           o1           | 700    | 2022-11-07""",
        (("approval", EXACT, 1, 1), ("approval", SUM, 1, 2)),
    ),
    EntryCase(
        "two equal sales and two equal lines are matched as sets",
        TWO_CHARGES,
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-07\n o1 | 14,000 | 2022-11-07",
        (("approval", EXACT, 1, 1), ("approval", EXACT, 1, 1)),
    ),
    EntryCase(
        "deposits of a fixed account are movements of their own days",
        """imp_uid | merchant_uid | amount | pay_method | deposit_history
           i1      | o1           | 14,000 | vbank      | 9,000 @ 2022-11-05 10:00 + 5,000 @ 2022-11-06 10:00""",
        "merchant_uid | amount | paid_on\n o1 | 9,000 | 2022-11-05\n o1 | 5,000 | 2022-11-06",
        (("approval", EXACT, 1, 1), ("approval", EXACT, 1, 1)),
    ),
    EntryCase(
        "two days apart within a tolerance of two days",
        ONE,
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-09",
        (("approval", "key, kind and amount, within tolerance", 1, 1),),
        rule=WITHIN_TWO_DAYS,
    ),
    EntryCase(
        "books without days are matched by amount alone",
        CANCELLED,
        "merchant_uid | amount | paid_on\n o1 | 14,000 |\n o1 | -4,000 |",
        (("approval", "key, kind and amount", 1, 1), ("cancel", "key, kind and amount", 1, 1)),
    ),
    EntryCase(
        "an old cancel whose day the PG does not say is matched by amount, not within a tolerance",
        """imp_uid | merchant_uid | amount | cancel_amount | status    | cancel_history
           i1      | o1           | 14,000 | 4,000         | cancelled |""",
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-07\n o1 | -4,000 | 2022-11-30",
        (("approval", EXACT, 1, 1), ("cancel", "key, kind and amount", 1, 1)),
    ),
]

MISSING = [
    EntryCase(
        "P01 a sale that the books lack, and C01 its refund",
        CANCELLED,
        "merchant_uid | amount | paid_on\n other | 0 | 2022-11-07",
        breaks=(("P01", "approval", -14_000, 14_000), ("C01", "cancel", 4_000, 4_000)),
    ),
    EntryCase(
        "C01 the refund alone",
        CANCELLED,
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-07",
        matched=(("approval", EXACT, 1, 1),),
        breaks=(("C01", "cancel", 4_000, 4_000),),
    ),
    EntryCase(
        "C02 a refund that the PG never made",
        ONE,
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-07\n o1 | -4,000 | 2022-11-09",
        matched=(("approval", EXACT, 1, 1),),
        breaks=(("C02", "cancel", -4_000, 4_000),),
    ),
    EntryCase(
        "C02 a refund larger than the sale is missing as a whole",
        ONE,
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-07\n o1 | -15,000 | 2022-11-09",
        matched=(("approval", EXACT, 1, 1),),
        breaks=(("C02", "cancel", -15_000, 15_000),),
    ),
    EntryCase(
        "C04 a refund booked twice gives more back than was sold",
        """imp_uid | merchant_uid | amount | cancel_amount | status    | cancel_history
           i1      | o1           | 14,000 | 14,000        | cancelled | 14,000 @ 2022-11-09 10:00""",
        """merchant_uid | amount  | paid_on
           o1           | 14,000  | 2022-11-07
           o1           | -14,000 | 2022-11-09
           o1           | -14,000 | 2022-11-09""",
        matched=SALE_AND_REFUND,
        breaks=(("C04", "cancel", -14_000, 14_000),),
    ),
    EntryCase(
        "P09 a refund booked twice that the sale still covers",
        CANCELLED,
        """merchant_uid | amount | paid_on
           o1           | 14,000 | 2022-11-07
           o1           | -4,000 | 2022-11-09
           o1           | -4,000 | 2022-11-09""",
        matched=SALE_AND_REFUND,
        breaks=(("P09", "cancel", -4_000, 4_000),),
    ),
    EntryCase(
        "P09 a sale booked twice",
        ONE,
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-07\n o1 | 14,000 | 2022-11-07",
        matched=(("approval", EXACT, 1, 1),),
        breaks=(("P09", "approval", 14_000, 14_000),),
    ),
    EntryCase(
        "P07 a sale charged twice and booked once",
        TWO_CHARGES,
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-07",
        matched=(("approval", EXACT, 1, 1),),
        breaks=(("P07", "approval", -14_000, 14_000),),
    ),
    EntryCase(
        "C01 a cancel made twice and booked once",
        """imp_uid | merchant_uid | amount | cancel_amount | status    | cancel_history
           i1      | o1           | 14,000 | 8,000         | cancelled | 4,000 @ 2022-11-09 10:00 + 4,000 @ 2022-11-09 10:01""",
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-07\n o1 | -4,000 | 2022-11-09",
        matched=SALE_AND_REFUND,
        breaks=(("C01", "cancel", 4_000, 4_000),),
    ),
    EntryCase(
        "V01 a deposit that the books lack",
        "imp_uid | merchant_uid | amount | pay_method\n i1 | o1 | 14,000 | vbank",
        "merchant_uid | amount | paid_on\n other | 0 | 2022-11-07",
        breaks=(("V01", "approval", -14_000, 14_000),),
    ),
    EntryCase(
        "P02 a sale without any payment, though an attempt failed",
        "imp_uid | merchant_uid | amount | status\n i1 | o1 | 14,000 | failed",
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-07",
        breaks=(("P02", "approval", 14_000, 14_000),),
    ),
    EntryCase(
        "C02 a refund of an account nobody ever paid into",
        """imp_uid | merchant_uid | amount | cancel_amount | status    | paid_at
           i1      | o1           | 14,000 | 14,000        | cancelled |""",
        "merchant_uid | amount | paid_on\n o1 | -14,000 | 2022-11-07",
        breaks=(("C02", "cancel", -14_000, 14_000),),
    ),
]

DIFFERING = [
    EntryCase(
        "P03 the sale differs",
        ONE,
        "merchant_uid | amount | paid_on\n o1 | 13,000 | 2022-11-07",
        breaks=(("P03", "approval", -1_000, 1_000),),
    ),
    EntryCase(
        "C03 the refund differs",
        CANCELLED,
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-07\n o1 | -3,500 | 2022-11-09",
        matched=(("approval", EXACT, 1, 1),),
        breaks=(("C03", "cancel", 500, 500),),
    ),
    EntryCase(
        "P04 the sale and the refund differ within ten won",
        CANCELLED,
        "merchant_uid | amount | paid_on\n o1 | 14,010 | 2022-11-07\n o1 | -3,995 | 2022-11-09",
        breaks=(("P04", "approval", 10, 10), ("P04", "cancel", 5, 5)),
        rule=WITHIN_TEN,
    ),
    EntryCase(
        "P03, not P04: eleven won",
        ONE,
        "merchant_uid | amount | paid_on\n o1 | 14,011 | 2022-11-07",
        breaks=(("P03", "approval", 11, 11),),
        rule=WITHIN_TEN,
    ),
    EntryCase(
        "P13, not P04: a tolerance of won excuses no other day",
        ONE,
        "merchant_uid | amount | paid_on\n o1 | 14,010 | 2022-11-20",
        breaks=(("P13", "approval", 10, 14_010),),
        rule=WITHIN_TEN,
    ),
    EntryCase(
        "P12 approved seconds before midnight, booked on the next day",
        "imp_uid | merchant_uid | amount | paid_at\n i1 | o1 | 14,000 | 2022-11-07 23:59:58",
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-08",
        breaks=(("P12", "approval", 0, 0),),
    ),
    EntryCase(
        "P13 approved at noon, booked on the next day",
        ONE,
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-08",
        breaks=(("P13", "approval", 0, 14_000),),
    ),
    EntryCase(
        "P13 three days apart with a tolerance of two",
        ONE,
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-10",
        breaks=(("P13", "approval", 0, 14_000),),
        rule=WITHIN_TWO_DAYS,
    ),
    EntryCase(
        "C10 cancelled in one month, refunded in the next",
        """imp_uid | merchant_uid | amount | cancel_amount | status    | cancel_history
           i1      | o1           | 14,000 | 4,000         | cancelled | 4,000 @ 2022-11-30 10:00""",
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-07\n o1 | -4,000 | 2022-12-01",
        matched=(("approval", EXACT, 1, 1),),
        breaks=(("C10", "cancel", 0, 4_000),),
    ),
    EntryCase(
        "P13, not C10: a refund days later in the same month",
        CANCELLED,
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-07\n o1 | -4,000 | 2022-11-30",
        matched=(("approval", EXACT, 1, 1),),
        breaks=(("P13", "cancel", 0, 4_000),),
    ),
    EntryCase(
        "C06 the history says less than was cancelled, the books say what was cancelled",
        THREE_REFUNDS.format(history="2,000 @ 2022-11-09 10:00 + 3,500 @ 2022-11-09 11:00"),
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-07\n o1 | -6,000 | 2022-11-09",
        matched=(("approval", EXACT, 1, 1),),
        breaks=(("C06", "cancel", 0, 500),),
    ),
    EntryCase(
        "C06 the history says less, and the books follow the history",
        THREE_REFUNDS.format(history="2,000 @ 2022-11-09 10:00 + 3,500 @ 2022-11-09 11:00"),
        """merchant_uid | amount | paid_on
           o1           | 14,000 | 2022-11-07
           o1           | -2,000 | 2022-11-09
           o1           | -3,500 | 2022-11-09""",
        matched=(("approval", EXACT, 1, 1), ("cancel", EXACT, 1, 1), ("cancel", EXACT, 1, 1)),
        breaks=(("C06", "cancel", 500, 500),),
    ),
    EntryCase(
        "C06 the history says more than was cancelled",
        THREE_REFUNDS.format(history="2,000 @ 2022-11-09 10:00 + 4,500 @ 2022-11-09 11:00"),
        """merchant_uid | amount | paid_on
           o1           | 14,000 | 2022-11-07
           o1           | -2,000 | 2022-11-09
           o1           | -4,500 | 2022-11-09""",
        matched=(("approval", EXACT, 1, 1), ("cancel", EXACT, 1, 1), ("cancel", EXACT, 1, 1)),
        breaks=(("C06", "cancel", -500, 500),),
    ),
    EntryCase(
        "P16 the books hold the order in another currency",
        ONE,
        "merchant_uid | amount | currency | paid_on\n o1 | 14,000 | USD | 2022-11-07",
        breaks=(("P16", "approval", -14_000, 14_000), ("P16", "approval", 14_000, 0)),
    ),
    EntryCase(
        "P01, not P16: the line of the other currency carries no money",
        ONE,
        """merchant_uid | amount | currency | status | paid_on
           o1           | 14,000 | USD      | failed | 2022-11-07""",
        breaks=(("P01", "approval", -14_000, 14_000),),
    ),
    EntryCase(
        "P17 a test payment in the books",
        "imp_uid | merchant_uid | amount | pg_id\n i1 | o1 | 14,000 | tpaytest0m",
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-07",
        breaks=(("P17", "approval", 0, 14_000),),
    ),
    EntryCase(
        "of a real and a test payment the books mean the real one",
        """imp_uid | merchant_uid | amount | pg_id
           i1      | o1           | 14,000 | tpaytest0m
           i2      | o1           | 14,000 | shopjt001m""",
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-07",
        matched=(("approval", EXACT, 1, 1),),
    ),
    EntryCase(
        "X05 a line without a day in books that have days",
        "imp_uid | merchant_uid | amount\n i1 | o1 | 14,000\n i2 | o2 | 9,000",
        "merchant_uid | amount | paid_on\n o1 | 14,000 |\n o2 | 9,000 | 2022-11-07",
        matched=(("approval", EXACT, 1, 1),),
        breaks=(("X05", "approval", 0, 14_000),),
    ),
    EntryCase(
        "X05 rows without an order id match nothing",
        "imp_uid | merchant_uid | amount\n i1 | | 14,000",
        "merchant_uid | amount | paid_on\n | 14,000 | 2022-11-07",
        breaks=(("X05", "approval", -14_000, 14_000), ("X05", "approval", 14_000, 14_000)),
    ),
    EntryCase(
        "lines that carry no money are left out",
        ONE,
        """merchant_uid | amount | status | paid_on
           o1           | 14,000 | paid   | 2022-11-07
           o1           | 14,000 | failed | 2022-11-07
           o2           | 5,000  | ready  | 2022-11-07""",
        matched=(("approval", EXACT, 1, 1),),
    ),
]
