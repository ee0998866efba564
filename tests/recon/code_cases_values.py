"""Cases of the codes of data and control: X03, X05, X08."""

from __future__ import annotations

from dataclasses import replace

from code_cases import Case

from jtnet_recon.recon.rules import PAYMENTS_TO_LEDGER, Tolerance

BUDGET_15 = replace(PAYMENTS_TO_LEDGER, tolerance=Tolerance(amount=10, budget=15))
THREE = """imp_uid | merchant_uid | amount
           i1      | o1           | 14,000
           i2      | o2           | 14,000
           i3      | o3           | 14,000"""

VALUES = [
    Case(
        "X03 a spreadsheet made a number of the order id",
        "imp_uid | merchant_uid | amount\n i1 | 6120000000000123 | 14,000",
        "merchant_uid | amount\n 6.12E+15 | 14,000",
        (
            ("P01", "6120000000000123", "KRW", -14_000, 14_000),
            ("X03", "6.12E+15", "KRW", 14_000, 14_000),
        ),
    ),
    Case(
        "X03 a damaged id whose payment the imp_uid still names is one item",
        "imp_uid | merchant_uid | amount\n i1 | 6120000000000123 | 14,000",
        "merchant_uid | amount | imp_uid\n 6.12E+15 | 14,000 | i1",
        (("X03", "6120000000000123", "KRW", 0, 14_000),),
    ),
    Case(
        "X03 another encoding broke the letters",
        "imp_uid | merchant_uid | amount\n i1 | 주문-1 | 14,000",
        "merchant_uid | amount\n ÁÖ¹®-1 | 14,000",
        (("P01", "주문-1", "KRW", -14_000, 14_000), ("X03", "ÁÖ¹®-1", "KRW", 14_000, 14_000)),
    ),
    Case(
        "an id that looks damaged but stands on both sides is an id",
        """imp_uid | merchant_uid | amount
           i1      | 1E5          | 14,000
           i2      | ÁÖ-1         | 9,000""",
        "merchant_uid | amount\n 1E5 | 14,000\n ÁÖ-1 | 9,000",
    ),
    Case(
        "0012 is not 12: the lost zeros are X03, never a match; case is another id",
        "imp_uid | merchant_uid | amount\n i1 | 0012 | 100\n i2 | A-1 | 200",
        "merchant_uid | amount\n 12 | 100\n a-1 | 200",
        (
            ("P10", "A-1", "KRW", -200, 200),
            ("P10", "a-1", "KRW", 200, 0),
            ("X03", "0012", "KRW", 0, 100),
        ),
    ),
    Case(
        "zeros that could belong to two ids are given to none",
        "imp_uid | merchant_uid | amount\n i1 | 0012 | 100\n i2 | 012 | 200",
        "merchant_uid | amount\n 12 | 300",
        (
            ("P01", "0012", "KRW", -100, 100),
            ("P01", "012", "KRW", -200, 200),
            ("P02", "12", "KRW", 300, 300),
        ),
    ),
    Case(
        "X05 a line without an order id matches nothing, not even another one",
        "imp_uid | merchant_uid | amount\n i1 | | 14,000",
        "merchant_uid | amount\n | 14,000\n | 14,000",
        (
            ("X05", None, "KRW", 14_000, 14_000),
            ("X05", None, "KRW", 14_000, 14_000),
            ("X05", None, "KRW", -14_000, 14_000),
        ),
    ),
    Case(
        "X05 a sale without a date in a ledger that has dates",
        "imp_uid | merchant_uid | amount\n i1 | o1 | 14,000\n i2 | o2 | 9,000",
        "merchant_uid | amount | paid_on\n o1 | 14,000 | 2022-11-07\n o2 | 9,000 |",
        (("X05", "o2", "KRW", 0, 9_000),),
    ),
    Case(
        "X08 two accepted differences pass what may be accepted in all",
        THREE,
        "merchant_uid | amount\n o1 | 14,008\n o2 | 13,992\n o3 | 14,000",
        (
            ("X08", None, None, 0, 0),
            ("P04", "o1", "KRW", 8, 8),
            ("P04", "o2", "KRW", -8, 8),
        ),
        rule=BUDGET_15,
    ),
    Case(
        "the budget itself may be used up",
        THREE,
        "merchant_uid | amount\n o1 | 14,008\n o2 | 13,993\n o3 | 14,000",
        (("P04", "o1", "KRW", 8, 8), ("P04", "o2", "KRW", -7, 7)),
        rule=BUDGET_15,
    ),
]
