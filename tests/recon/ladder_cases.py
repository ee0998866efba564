"""Cases of the passes: tables, and the pass that finds each pair."""

from __future__ import annotations

from dataclasses import dataclass, replace

from jtnet_recon.recon.links import SPELLING, ZEROS
from jtnet_recon.recon.rules import (
    PAYMENTS_TO_LEDGER,
    TRANSACTIONS_TO_LEDGER,
    Normaliser,
    Rule,
    Tolerance,
)

SUFFIXES = Normaliser(suffixes=("_sf", r"-\d{1,2}"))
SPELT = replace(PAYMENTS_TO_LEDGER, normalise=SUFFIXES, suggest=None)
WITHIN = "order id, within tolerance"


@dataclass(frozen=True, slots=True)
class Rung:
    """``expected``: order id, code, pass of every item, in the order of the ids."""

    name: str
    payments: str
    ledger: str
    expected: tuple[tuple[str | None, str, str], ...]
    rule: Rule = PAYMENTS_TO_LEDGER

    def __str__(self) -> str:
        return self.name


ONE = "imp_uid | merchant_uid | amount | pg_tid | apply_num | card_code\n i1 | o1 | 14,000 | T1 | 12345678 | 361"
TWINS = """
imp_uid | merchant_uid | amount | apply_num | card_code
i1      | o1           | 14,000 | 12345678  | {}
i2      | o2           | 14,000 | 12345678  | {}"""

TOLERANCES = [
    Rung(
        "the same order, amount and day",
        ONE,
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-07",
        (("o1", "", "order id"),),
    ),
    Rung(
        "the same order, the won within tolerance",
        ONE,
        "merchant_uid | amount\n o1 | 14,010",
        (("o1", "P04", WITHIN),),
        replace(PAYMENTS_TO_LEDGER, tolerance=Tolerance(amount=10)),
    ),
    Rung(
        "the same order, the days within tolerance",
        ONE,
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-09",
        (("o1", "", WITHIN),),
        replace(PAYMENTS_TO_LEDGER, tolerance=Tolerance(days=2)),
    ),
    Rung(
        "the same order, in the band around midnight",
        "imp_uid | merchant_uid | amount | paid_at\n i1 | o1 | 14,000 | 2022-11-07 23:55",
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-08",
        (("o1", "P12", WITHIN),),
    ),
    Rung(
        "a wider band around midnight",
        "imp_uid | merchant_uid | amount | paid_at\n i1 | o1 | 14,000 | 2022-11-07 22:30",
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-08",
        (("o1", "P12", WITHIN),),
        replace(PAYMENTS_TO_LEDGER, tolerance=Tolerance(midnight_minutes=90)),
    ),
    Rung(
        "no band at all",
        "imp_uid | merchant_uid | amount | paid_at\n i1 | o1 | 14,000 | 2022-11-07 23:59:59",
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-08",
        (("o1", "P13", "order id"),),
        replace(PAYMENTS_TO_LEDGER, tolerance=Tolerance(midnight_minutes=0)),
    ),
    Rung(
        "a tolerance of won excuses no other day",
        ONE,
        "merchant_uid | amount | paid_on\n o1 | 14,010 | 2022-11-20",
        (("o1", "P13", "order id"),),
        replace(PAYMENTS_TO_LEDGER, tolerance=Tolerance(amount=10)),
    ),
]

SUMS = [
    Rung(
        "one sale booked as two lines",
        ONE,
        "merchant_uid | amount\n o1 | 9,000\n o1 | 5,000",
        (("o1", "", "order id, sum"),),
    ),
    Rung(
        "two partial cancels refunded in one line",
        """imp_uid | merchant_uid | amount | cancel_amount | status    | cancel_history
           i1      | o1           | 14,000 | 5,000         | cancelled | 2,000 + 3,000""",
        "merchant_uid | amount\n o1 | 14,000\n o1 | -5,000",
        (("o1", "", "order id"),),
    ),
    Rung(
        "two payments of one order are added up, and are P07 all the same",
        "imp_uid | merchant_uid | amount\n i1 | o1 | 9,000\n i2 | o1 | 5,000",
        "merchant_uid | amount\n o1 | 14,000",
        (("o1", "P07", "order id, sum"),),
    ),
]

REFERENCES = [
    Rung(
        "another order id, the same imp_uid",
        ONE,
        "merchant_uid | amount | imp_uid\n X9 | 14,000 | i1",
        (("o1", "", "imp_uid"),),
    ),
    Rung(
        "no order id, the same imp_uid",
        ONE,
        "merchant_uid | amount | imp_uid\n | 14,000 | i1",
        (("o1", "", "imp_uid"),),
    ),
    Rung(
        "the imp_uid links, and then the amounts must still agree",
        ONE,
        "merchant_uid | amount | imp_uid\n X9 | 13,000 | i1",
        (("o1", "P03", "imp_uid"),),
    ),
    Rung(
        "both lines of one payment follow its imp_uid",
        ONE,
        "merchant_uid | amount | imp_uid\n X9 | 9,000 | i1\n X8 | 5,000 | i1",
        (("o1", "", "imp_uid"),),
    ),
    Rung(
        "a refund without an order id follows its imp_uid to an order that is booked",
        """imp_uid | merchant_uid | amount | cancel_amount | status
           i1      | o1           | 14,000 | 4,000         | cancelled""",
        "merchant_uid | amount | imp_uid\n o1 | 14,000 |\n | -4,000 | i1",
        (("o1", "", "imp_uid"),),
    ),
    Rung(
        "another order id, the same pg_tid",
        ONE,
        "merchant_uid | amount | pg_tid\n X9 | 14,000 | T1",
        (("o1", "", "pg_tid"),),
    ),
    Rung(
        "a pg_tid in another currency is no link",
        ONE,
        "merchant_uid | amount | pg_tid | currency\n X9 | 14,000 | T1 | USD",
        (("X9", "P02", ""), ("o1", "P01", "")),
    ),
    Rung(
        "the approval number with amount, day and issuer",
        ONE,
        """merchant_uid | amount | apply_num | card_code | paid_on
           X9           | 14,000 | 12345678  | 361       | 2022-11-07""",
        (("o1", "", "apply_num"),),
    ),
    Rung(
        "the approval number of books that know neither day nor issuer",
        ONE,
        "merchant_uid | amount | apply_num\n X9 | 14,000 | 12345678",
        (("o1", "", "apply_num"),),
    ),
    Rung(
        "an approval number with another amount is another payment",
        ONE,
        "merchant_uid | amount | apply_num\n X9 | 14,001 | 12345678",
        (("X9", "P02", ""), ("o1", "P01", "")),
    ),
    Rung(
        "an approval number of another day is another payment",
        ONE,
        "merchant_uid | amount | apply_num | paid_on\n X9 | 14,000 | 12345678 | 2022-11-17",
        (("X9", "P02", ""), ("o1", "P01", "")),
    ),
    Rung(
        "the issuer tells two payments of one approval number apart",
        TWINS.format("361", "366"),
        """merchant_uid | amount | apply_num | card_code
           X9           | 14,000 | 12345678  | 366""",
        (("o1", "P01", ""), ("o2", "", "apply_num")),
    ),
    Rung(
        "of two payments of one approval number none is chosen",
        TWINS.format("361", "366"),
        "merchant_uid | amount | apply_num\n X9 | 14,000 | 12345678",
        (("X9", "P11", ""), ("o1", "P11", ""), ("o2", "P11", "")),
    ),
    Rung(
        "a payment whose order is booked is nobody else's",
        ONE,
        "merchant_uid | amount | apply_num\n o1 | 14,000 |\n X9 | 14,000 | 12345678",
        (("X9", "P02", ""), ("o1", "", "order id")),
    ),
    Rung(
        "a stronger reference decides before a weaker one",
        """imp_uid | merchant_uid | amount | pg_tid
           i1      | o1           | 14,000 | T1
           i2      | o2           | 14,000 | T2""",
        "merchant_uid | amount | imp_uid | pg_tid\n X9 | 14,000 | i2 | T1",
        (("o1", "P01", ""), ("o2", "", "imp_uid")),
    ),
]

SPELLINGS = [
    Rung(
        "a declared suffix, case and blanks count for nothing",
        "imp_uid | merchant_uid | amount\n i1 | Order 7 | 14,000",
        "merchant_uid | amount\n ORDER7_SF | 14,000",
        (("Order 7", "", SPELLING),),
        SPELT,
    ),
    Rung(
        "full width is the same letter",
        "imp_uid | merchant_uid | amount\n i1 | ＡＢ－7 | 14,000",
        "merchant_uid | amount\n ab-7-1 | 14,000",
        (("ＡＢ－7", "", SPELLING),),
        replace(SPELT, normalise=Normaliser(suffixes=(r"-1",))),
    ),
    Rung(
        "letters put together and letters taken apart are the same letter",
        "imp_uid | merchant_uid | amount\n i1 | 주문-가 | 14,000",
        "merchant_uid | amount\n \u110c\u116e\u1106\u116e\u11ab-\u1100\u1161 | 14,000",
        (("주문-가", "", SPELLING),),
        replace(SPELT, normalise=Normaliser()),
    ),
    Rung(
        "a suffix that would merge two real orders merges none",
        "imp_uid | merchant_uid | amount\n i1 | o1 | 14,000\n i2 | o1-2 | 9,000",
        "merchant_uid | amount\n o1_sf | 14,000\n o1-2 | 9,000",
        (("o1", "P01", ""), ("o1-2", "", "order id"), ("o1_sf", "P02", "")),
        SPELT,
    ),
    Rung(
        "two spellings in the books merge no more than two at the PG",
        ONE,
        "merchant_uid | amount\n o1_sf | 7,000\n o1-1 | 7,000",
        (("o1", "P01", ""), ("o1-1", "P02", ""), ("o1_sf", "P02", "")),
        SPELT,
    ),
    Rung(
        "two lines of one spelling are one order",
        ONE,
        "merchant_uid | amount\n o1_sf | 7,000\n o1_sf | 7,000",
        (("o1", "", SPELLING),),
        SPELT,
    ),
    Rung(
        "an undeclared suffix is another id",
        ONE,
        "merchant_uid | amount\n o1_x | 14,000",
        (("o1", "P01", ""), ("o1_x", "P02", "")),
        SPELT,
    ),
    Rung(
        "case alone is another id where the normaliser says so",
        ONE,
        "merchant_uid | amount\n O1 | 14,000",
        (("O1", "P02", ""), ("o1", "P01", "")),
        replace(SPELT, normalise=replace(SUFFIXES, case=False)),
    ),
    Rung(
        "an id of nothing but a suffix is no id",
        "imp_uid | merchant_uid | amount\n i1 | _sf | 14,000",
        "merchant_uid | amount\n -1 | 14,000",
        (("-1", "P02", ""), ("_sf", "P01", "")),
        SPELT,
    ),
    Rung(
        "without a normaliser every letter counts",
        ONE,
        "merchant_uid | amount\n o1_sf | 14,000",
        (("o1", "P01", ""), ("o1_sf", "P02", "")),
        replace(PAYMENTS_TO_LEDGER, suggest=None),
    ),
    Rung(
        "lost zeros are found and never called a match",
        "imp_uid | merchant_uid | amount\n i1 | 0012 | 14,000",
        "merchant_uid | amount\n 12 | 14,000",
        (("0012", "X03", ZEROS),),
    ),
    Rung(
        "12 that stands on both sides keeps its own line",
        "imp_uid | merchant_uid | amount\n i1 | 0012 | 14,000\n i2 | 12 | 14,000",
        "merchant_uid | amount\n 12 | 14,000",
        (("0012", "P01", ""), ("12", "", "order id")),
    ),
]


ENTRY_REFERENCES = [
    Rung(
        "a refund under another order id follows the imp_uid",
        """imp_uid | merchant_uid | amount | cancel_amount | status    | cancel_history
           i1      | o1           | 14,000 | 4,000         | cancelled | 4,000 @ 2022-11-09 10:00""",
        """merchant_uid | amount | paid_on    | imp_uid
           o1           | 14,000 | 2022-11-07 | i1
           R-77         | -4,000 | 2022-11-09 | i1""",
        (("o1", "", "key, kind, amount and day"), ("o1", "", "imp_uid")),
    ),
    Rung(
        "a sale and a refund without any order id follow the approval number",
        """imp_uid | merchant_uid | amount | apply_num | cancel_amount | status    | cancel_history
           i1      | o1           | 14,000 | 12345678  | 4,000         | cancelled | 4,000 @ 2022-11-09 10:00""",
        """merchant_uid | amount | paid_on    | apply_num
                        | 14,000 | 2022-11-07 | 12345678
                        | -4,000 | 2022-11-09 | 12345678""",
        (("o1", "", "apply_num"), ("o1", "", "apply_num")),
    ),
    Rung(
        "a refund without an order id follows the imp_uid, though the sale is booked on another day",
        """imp_uid | merchant_uid | amount | cancel_amount | status    | cancel_history
           i1      | o1           | 14,000 | 4,000         | cancelled | 4,000 @ 2022-11-09 10:00""",
        """merchant_uid | amount | paid_on    | imp_uid
           o1           | 14,000 | 2022-11-08 | i1
                        | -4,000 | 2022-11-09 | i1""",
        (("o1", "P13", "key, kind and amount"), ("o1", "", "imp_uid")),
    ),
    Rung(
        "suffixes count for nothing",
        ONE,
        "merchant_uid | amount | paid_on\n o1_sf | 14,000 | 2022-11-07",
        (("o1", "", SPELLING),),
        replace(TRANSACTIONS_TO_LEDGER, normalise=SUFFIXES),
    ),
    Rung(
        "lost zeros are no match",
        "imp_uid | merchant_uid | amount\n i1 | 0012 | 14,000",
        "merchant_uid | amount | paid_on\n 12 | 14,000 | 2022-11-07",
        (("0012", "X03", ZEROS),),
    ),
    Rung(
        "no shared id is a suggestion, never a match",
        ONE,
        "merchant_uid | amount | paid_on\n X9 | 14,000 | 2022-11-07",
        (("X9", "P10", ""), ("o1", "P10", "")),
    ),
]
