"""Cases of the virtual-account codes V01 to V08."""

from __future__ import annotations

from code_cases import Case

PAID = """imp_uid | merchant_uid | amount | pay_method | deposit_history
          i1      | o1           | 14,000 | vbank      | {deposits}"""
WAITING = """imp_uid | merchant_uid | amount | status | pay_method | vbank_num | vbank_date
             i1      | o1           | 14,000 | ready  | vbank      | 110       | 2022-11-05 23:59"""
NOTHING = "merchant_uid | amount\n other | 0"
BOOKED = "merchant_uid | amount\n o1 | 14,000"
OPEN = "merchant_uid | amount | status\n o1 | 14,000 | ready"

BOOKING = [
    Case(
        "V01 a deposit that the books lack",
        "imp_uid | merchant_uid | amount | pay_method\n i1 | o1 | 14,000 | vbank",
        NOTHING,
        (("V01", "o1", "KRW", -14_000, 14_000),),
    ),
    Case(
        "V01 a deposit that the books still wait for",
        "imp_uid | merchant_uid | amount | pay_method\n i1 | o1 | 14,000 | vbank",
        OPEN,
        (("V01", "o1", "KRW", -14_000, 14_000),),
    ),
    Case(
        "P01, not V01: it was paid by card",
        """imp_uid | merchant_uid | amount | pay_method | status
           i1      | o1           | 14,000 | card       | paid
           i2      | o1           | 14,000 | vbank      | failed""",
        NOTHING,
        (("P01", "o1", "KRW", -14_000, 14_000),),
    ),
    Case(
        "V02 booked before the deposit",
        WAITING,
        "merchant_uid | amount | status\n o1 | 14,000 | paid",
        (("V02", "o1", "KRW", 14_000, 14_000),),
    ),
    Case("a waiting virtual account agrees with a waiting ledger line", WAITING, OPEN),
    Case(
        "V03 deposited a second after the deadline",
        """imp_uid | merchant_uid | amount | pay_method | vbank_date          | paid_at
           i1      | o1           | 14,000 | vbank      | 2022-11-05 23:59:59 | 2022-11-06 00:00:00""",
        BOOKED,
        (("V03", "o1", "KRW", 0, 14_000),),
    ),
    Case(
        "deposited at the deadline is in time",
        """imp_uid | merchant_uid | amount | pay_method | vbank_date          | paid_at
           i1      | o1           | 14,000 | vbank      | 2022-11-05 23:59:59 | 2022-11-05 23:59:59""",
        BOOKED,
    ),
    Case(
        "V07 a cancel without a deposit",
        """imp_uid | merchant_uid | amount | cancel_amount | status    | paid_at
           i1      | o1           | 14,000 | 14,000        | cancelled |""",
        NOTHING,
        (("V07", "o1", "KRW", 0, 0),),
    ),
    Case(
        "P19, not V07: a waiting account that nobody cancelled",
        WAITING,
        NOTHING,
        (("P19", "o1", "KRW", 0, 0),),
        as_of="2022-11-07 00:00",
    ),
    Case(
        "V08 the deadline passed, the books still wait",
        WAITING,
        OPEN,
        (("V08", "o1", "KRW", 0, 0),),
        as_of="2022-11-06 00:00",
    ),
    Case(
        "V08 the account was cancelled without a deposit, the books still wait",
        """imp_uid | merchant_uid | amount | cancel_amount | status    | paid_at
           i1      | o1           | 14,000 | 14,000        | cancelled |""",
        OPEN,
        (("V08", "o1", "KRW", 0, 0),),
    ),
    Case("before the deadline there is no V08", WAITING, OPEN, as_of="2022-11-05 23:59"),
    Case(
        "books that closed the order are no V08",
        WAITING,
        "merchant_uid | amount | status\n o1 | 14,000 | failed",
        as_of="2022-11-06 00:00",
    ),
]

DEPOSITS = [
    Case(
        "V04 more was deposited than the order costs",
        PAID.format(deposits="9,000 @ 2022-11-05 10:00 + 6,000 @ 2022-11-05 11:00"),
        BOOKED,
        (("V04", "o1", "KRW", 0, 1_000),),
    ),
    Case(
        "V05 less was deposited than the order costs",
        """imp_uid | merchant_uid | amount | status | pay_method | vbank_num | deposit_history
           i1      | o1           | 14,000 | ready  | vbank      | 110       | 10,000 @ 2022-11-05 10:00""",
        OPEN,
        (("V05", "o1", "KRW", 0, 4_000),),
    ),
    Case(
        "V05 stays a break when the order counts as paid",
        PAID.format(deposits="10,000"),
        BOOKED,
        (("V05", "o1", "KRW", 0, 4_000),),
    ),
    Case(
        "V06 the full amount was deposited twice",
        PAID.format(deposits="14,000 + 14,000"),
        BOOKED,
        (("V06", "o1", "KRW", 0, 14_000),),
    ),
    Case(
        "deposits in parts that add up are no break", PAID.format(deposits="7,000 + 7,000"), BOOKED
    ),
    Case("one deposit of the amount is no break", PAID.format(deposits="14,000"), BOOKED),
    Case("an order without deposits lacks none", PAID.format(deposits="[]"), BOOKED),
]
