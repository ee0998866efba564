"""Plants the breaks: one function a form, one break an order.

Each order is made to measure, so no two breaks meet on one order and none arises by
accident. Codes and money at risk are those of the break table (code list of the project).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from jtnet_recon.sandbox import payments as pay
from jtnet_recon.sandbox import vocabulary as words
from jtnet_recon.sandbox.books import Answer, Order, booked, finding, money, noted
from jtnet_recon.sandbox.desk import Desk, awkward_order_id, basket, moment, singular
from jtnet_recon.sandbox.kst import DAY_S, HOUR_S, date_of, month_after

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from jtnet_recon.sandbox.books import Line
    from jtnet_recon.sandbox.records import Record

_CLAIMS = (words.PAID, words.CANCELLED, words.PARTIAL)


def planted(
    code: str, what: str, *, rows: Sequence[Record], lines: Sequence[Line], risk: int
) -> Order:
    """Close an order with one break; the difference follows from what both sides hold."""
    difference = sum(_net_of_line(line) for line in lines) - sum(_net(row) for row in rows)
    record = rows[0]
    answer = finding(code, record, what, difference=difference, risk=risk)
    return Order(tuple(rows), tuple(lines), (answer,))


def _net(record: Record) -> int:
    amount, refunded = money(record)
    return amount - refunded if record["paid_at"] else 0


def _net_of_line(line: Line) -> int:
    if line.status not in _CLAIMS:
        return 0
    refunded = line.cancel_amount
    if line.status == words.CANCELLED and refunded == 0:
        refunded = line.amount
    return line.amount - refunded


def _midnight(desk: Desk, *, days_left: int) -> int:
    """Draw a midnight inside the month, with that many days of it on both sides."""
    first_s = desk.month.start_s + days_left * DAY_S
    days = (desk.month.end_s + 1 - first_s) // DAY_S - days_left
    return first_s + int(desk.rng.random() * days) * DAY_S


def _by_day(desk: Desk) -> int:
    """Draw an instant far from any midnight."""
    return _midnight(desk, days_left=0) + int((10 + 9 * desk.rng.random()) * HOUR_S)


def _a_bit(desk: Desk) -> int:
    return desk.rng.choice((100, 500, 1_000, 2_000))


def _singular(desk: Desk, *, uid: str | None = None, is_booked: bool) -> Record:
    """Make a payment whose amount no ordinary order has."""
    paid_s = moment(desk)
    wanted = singular(desk, basket(desk, paid_s, merchant_uid=uid), is_booked=is_booked)
    return pay.approved(desk, paid_s, wanted=wanted)


def _p01(desk: Desk) -> Order:
    record = _singular(desk, is_booked=False)
    what = "paid, and in no line of the ledger"
    return planted("P01", what, rows=[record], lines=[], risk=_net(record))


def _p01_partly_cancelled(desk: Desk) -> Order:
    record = _singular(desk, is_booked=False)
    pay.cancelled(desk, record, pay.part_of(desk, record["amount"]))
    what = "paid and partly cancelled, and in no line of the ledger"
    return planted("P01", what, rows=[record], lines=[], risk=_net(record))


def _p02_unknown(desk: Desk) -> Order:
    return _sale_without_payment(desk, _singular(desk, is_booked=True))


def _p02_unknown_awkward(desk: Desk) -> Order:
    uid = awkward_order_id(desk, moment(desk))
    return _sale_without_payment(desk, _singular(desk, uid=uid, is_booked=True))


def _sale_without_payment(desk: Desk, record: Record) -> Order:
    desk.used.discard(int(record["imp_uid"].rpartition("_")[2]))
    line, amount = booked(record), record["amount"]
    answer = finding("P02", record, "no such payment", difference=amount, risk=amount)
    return Order((), (line,), (answer,))


def _p02_only_failed(desk: Desk) -> Order:
    started_s = moment(desk, margin_s=HOUR_S)
    wanted = singular(desk, basket(desk, started_s), is_booked=True)
    attempts = [pay.refused(desk, started_s + 400 * n, wanted=wanted) for n in range(2)]
    line = replace(noted(attempts[0], words.PAID), paid_on=date_of(attempts[1]["failed_at"]))
    what = "only failed attempts, booked as paid"
    return planted("P02", what, rows=attempts, lines=[line], risk=line.amount)


def _p02_paid_before(desk: Desk) -> Order:
    before = replace(desk, month=month_after(desk.month, -1))
    paid_s = moment(before, margin_s=2 * DAY_S)
    wanted = singular(before, basket(before, paid_s), is_booked=True)
    record = pay.approved(before, paid_s, wanted=wanted)
    line = replace(booked(record), paid_on=date_of(_by_day(desk)))
    what = "paid in the month before, booked in this one"
    answer = finding("P02", record, what, difference=line.amount, risk=line.amount)
    return Order((record,), (line,), (answer,))


def _p03_less(desk: Desk) -> Order:
    return _p03(desk, sign=-1)


def _p03_more(desk: Desk) -> Order:
    return _p03(desk, sign=1)


def _p03(desk: Desk, *, sign: int) -> Order:
    record, bit = pay.approved(desk, moment(desk)), _a_bit(desk)
    line = replace(booked(record), amount=record["amount"] + sign * bit)
    what = f"booked {bit:,} too {'much' if sign > 0 else 'little'}"
    return planted("P03", what, rows=[record], lines=[line], risk=bit)


def _p05_failed(desk: Desk) -> Order:
    record = pay.approved(desk, moment(desk))
    line = noted(record, words.FAILED)
    return planted("P05", "paid, booked as failed", rows=[record], lines=[line], risk=line.amount)


def _v01_waiting(desk: Desk) -> Order:
    record = pay.deposited(desk, moment(desk))
    line = noted(record, words.WAITING)
    what = "deposited, booked as waiting for the deposit"
    return planted("V01", what, rows=[record], lines=[line], risk=line.amount)


def _p07_cards(desk: Desk) -> Order:
    paid_s = _by_day(desk)
    wanted = basket(desk, paid_s)
    rows = [pay.approved(desk, paid_s + 200 * n, wanted=wanted) for n in range(2)]
    what = "charged twice within minutes, booked once"
    return planted("P07", what, rows=rows, lines=[booked(rows[0])], risk=wanted.amount)


def _p07_deposits(desk: Desk) -> Order:
    paid_s = _by_day(desk)
    wanted = basket(desk, paid_s)
    rows = [pay.deposited(desk, paid_s + 900 * n, wanted=wanted) for n in range(2)]
    what = "two virtual accounts of one order, both paid, booked once"
    return planted("P07", what, rows=rows, lines=[booked(rows[0])], risk=wanted.amount)


def _p09_twice(desk: Desk) -> Order:
    return _p09(desk, times=2)


def _p09_thrice(desk: Desk) -> Order:
    return _p09(desk, times=3)


def _p09(desk: Desk, *, times: int) -> Order:
    record = pay.approved(desk, moment(desk))
    line = booked(record)
    what = f"booked {times} times"
    risk = (times - 1) * line.amount
    return planted("P09", what, rows=[record], lines=[line] * times, risk=risk)


def _p12_late(desk: Desk) -> Order:
    paid_s = _midnight(desk, days_left=1) - 1 - int(desk.rng.random() * 540)
    return _misdated(desk, paid_s, code="P12", days=1)


def _p12_early(desk: Desk) -> Order:
    paid_s = _midnight(desk, days_left=1) + int(desk.rng.random() * 540)
    return _misdated(desk, paid_s, code="P12", days=-1)


def _p13_far(desk: Desk) -> Order:
    days = desk.rng.choice((-4, -3, -2, 2, 3, 4))
    paid_s = _midnight(desk, days_left=4) + 14 * HOUR_S
    return _misdated(desk, paid_s, code="P13", days=days)


def _p13_next_day(desk: Desk) -> Order:
    paid_s = _midnight(desk, days_left=1) + int((3 + 18 * desk.rng.random()) * HOUR_S)
    return _misdated(desk, paid_s, code="P13", days=1)


def _p13_wrong_midnight(desk: Desk) -> Order:
    paid_s = _midnight(desk, days_left=1) + 60 + int(desk.rng.random() * 400)
    return _misdated(desk, paid_s, code="P13", days=1)


def _misdated(desk: Desk, paid_s: int, *, code: str, days: int) -> Order:
    record = pay.approved(desk, paid_s)
    line = booked(record)
    wrong_on: date = date_of(paid_s) + timedelta(days=days)
    risk = record["amount"] if code == "P13" else 0
    what = f"booked {days:+d} day(s)"
    return planted(code, what, rows=[record], lines=[replace(line, paid_on=wrong_on)], risk=risk)


def _p16_won_as_dollars(desk: Desk) -> Order:
    record = pay.approved(desk, moment(desk))
    return _other_currency(record, currency="USD", amount=record["amount"] * 100 // 1_300)


def _p16_dollars_as_won(desk: Desk) -> Order:
    record = pay.approved_in_dollars(desk)
    return _other_currency(record, currency="KRW", amount=money(record)[0] * 13)


def _other_currency(record: Record, *, currency: str, amount: int) -> Order:
    line = replace(booked(record), currency=currency, amount=amount)
    paid, uid = money(record)[0], record["merchant_uid"]
    what = f"paid in {record['currency']}, booked in {currency}"
    answers = (
        finding("P16", record, what, difference=-paid, risk=paid),
        Answer("P16", uid, currency, amount, 0, what),
    )
    return Order((record,), (line,), answers)


def _p17(desk: Desk) -> Order:
    record = pay.tested(desk, flagged=False)
    line = replace(booked(record), status=words.PAID, cancel_amount=0)
    what = "a payment of the public test shop, booked as a sale"
    return planted("P17", what, rows=[record], lines=[line], risk=line.amount)


def _x05_no_order_id(desk: Desk) -> Order:
    record = pay.approved(desk, moment(desk))
    desk.used.discard(int(record["imp_uid"].rpartition("_")[2]))
    line = replace(booked(record), merchant_uid=None, note="주문번호 확인 필요")
    what = "a sale without an order id"
    return Order((), (line,), (Answer("X05", None, "KRW", line.amount, line.amount, what),))


def _x05_no_date(desk: Desk) -> Order:
    record = pay.approved(desk, moment(desk))
    line = replace(booked(record), paid_on=None)
    what = "a sale without a date"
    return planted("X05", what, rows=[record], lines=[line], risk=line.amount)


FORMS: tuple[Callable[[Desk], Order], ...] = (
    _p01, _p01_partly_cancelled, _p02_unknown, _p02_unknown_awkward, _p02_only_failed,
    _p02_paid_before, _p03_less, _p03_more, _p05_failed, _v01_waiting, _p07_cards,
    _p07_deposits, _p09_twice, _p09_thrice, _p12_late, _p12_early, _p13_far, _p13_next_day,
    _p13_wrong_midnight, _p16_won_as_dollars, _p16_dollars_as_won, _p17, _x05_no_order_id,
    _x05_no_date,
)  # fmt: skip
