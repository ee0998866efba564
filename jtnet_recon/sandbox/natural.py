"""Makes the orders on which the books and the PG agree, and those nobody books.

An order that was never approved and stands in no book is a break of the kind Info (P19,
V07), so it answers for itself here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jtnet_recon.sandbox import payments as pay
from jtnet_recon.sandbox import records
from jtnet_recon.sandbox import vocabulary as words
from jtnet_recon.sandbox.books import Order, booked, finding, noted
from jtnet_recon.sandbox.desk import (
    MOVE_S,
    awkward_order_id,
    basket,
    buyer,
    chance,
    moment,
)
from jtnet_recon.sandbox.kst import DAY_S, HOUR_S

if TYPE_CHECKING:
    from collections.abc import Callable

    from jtnet_recon.sandbox.desk import Desk
    from jtnet_recon.sandbox.records import Record


@dataclass(frozen=True, slots=True)
class Kind:
    """A way to make an order, and its share of all orders."""

    share: float
    make: Callable[[Desk], Order]


def _sold(record: Record) -> Order:
    return Order((record,), (booked(record),))


def _given_up(*rows: Record) -> Order:
    planted = "never approved, in no book"
    return Order(rows, (), (finding("P19", rows[0], planted, difference=0, risk=0),))


def _card(desk: Desk) -> Order:
    return _sold(pay.approved(desk, moment(desk)))


def _trans(desk: Desk) -> Order:
    return _sold(pay.approved(desk, moment(desk), method="trans"))


def _phone(desk: Desk) -> Order:
    return _sold(pay.approved_by_phone(desk))


def _vbank(desk: Desk) -> Order:
    return _sold(pay.deposited(desk, moment(desk)))


def _billing(desk: Desk) -> Order:
    return _sold(pay.charged(desk))


def _dollars(desk: Desk) -> Order:
    return _sold(pay.approved_in_dollars(desk))


def _dollars_partly_cancelled(desk: Desk) -> Order:
    record = pay.approved_in_dollars(desk)
    return _sold(pay.cancelled(desk, record, 455))


def _awkward_id(desk: Desk) -> Order:
    paid_s = moment(desk)
    wanted = basket(desk, paid_s, merchant_uid=awkward_order_id(desk, paid_s))
    return _sold(pay.approved(desk, paid_s, wanted=wanted))


def _dangerous_text(desk: Desk) -> Order:
    """Let a shopper type formulas and markup, each in its turn."""
    paid_s, number = moment(desk), next(desk.dangerous_numbers)
    names, buyers = words.DANGEROUS_NAMES, words.DANGEROUS_BUYERS
    wanted = replace(
        basket(desk, paid_s),
        name=names[number % len(names)],
        buyer=replace(buyer(desk), name=buyers[number % len(buyers)]),
    )
    return _sold(pay.approved(desk, paid_s, wanted=wanted))


def _rare_letters(desk: Desk) -> Order:
    paid_s = moment(desk)
    person = replace(buyer(desk), name=desk.rng.choice(words.RARE_NAMES))
    return _sold(pay.approved(desk, paid_s, wanted=replace(basket(desk, paid_s), buyer=person)))


def _legacy_card(desk: Desk) -> Order:
    record = pay.approved(desk, moment(desk))
    order = _sold(record)
    return replace(order, rows=(records.without_legacy_fields(record),))


def _legacy_cancelled(desk: Desk) -> Order:
    order = _cancelled_in_part(desk)
    return replace(order, rows=(records.without_legacy_fields(order.rows[0]),))


def _legacy_billing(desk: Desk) -> Order:
    order = _sold(pay.charged(desk))
    return replace(order, rows=(records.without_legacy_fields(order.rows[0]),))


def _legacy_refused(desk: Desk) -> Order:
    record = pay.refused(desk, moment(desk, margin_s=HOUR_S))
    return _given_up(records.without_legacy_fields(record))


def _after_failures(desk: Desk) -> Order:
    paid_s = moment(desk, margin_s=HOUR_S)
    wanted = basket(desk, paid_s)
    count = 1 if chance(desk, 0.7) else 2
    attempts = [
        pay.refused(desk, paid_s - 240 * (count - index) - 200, wanted=wanted)
        for index in range(count)
    ]
    record = pay.approved(desk, paid_s, wanted=wanted)
    return Order((*attempts, record), (booked(record),))


def _after_closed_window(desk: Desk) -> Order:
    paid_s = moment(desk, margin_s=HOUR_S)
    wanted = basket(desk, paid_s)
    closed = records.open_window(desk, wanted, paid_s - 900)
    record = pay.approved(desk, paid_s, wanted=wanted)
    return Order((closed, record), (booked(record),))


def _account_then_card(desk: Desk) -> Order:
    paid_s = moment(desk, margin_s=5 * HOUR_S)
    wanted = basket(desk, paid_s)
    unpaid = pay.waiting(desk, paid_s - 3 * HOUR_S, wanted=wanted)
    record = pay.approved(desk, paid_s, wanted=wanted)
    return Order((unpaid, record), (booked(record),))


def _cancelled_whole(desk: Desk) -> Order:
    record = pay.approved(desk, moment(desk))
    return _sold(pay.cancelled(desk, record, record["amount"]))


def _cancelled_by_status(desk: Desk) -> Order:
    """Book a whole cancel by its status alone: the column of cancels stays 0."""
    order = _cancelled_whole(desk)
    return replace(order, lines=(replace(order.lines[0], cancel_amount=0),))


def _cancelled_in_part(desk: Desk) -> Order:
    record = pay.approved(desk, moment(desk))
    return _sold(pay.cancelled(desk, record, pay.part_of(desk, record["amount"])))


def _cancelled_in_parts(desk: Desk) -> Order:
    record = pay.approved(desk, moment(desk))
    count = 2 + int(desk.rng.random() * 2)
    parts = [pay.part_of(desk, record["amount"], most=0.3) for _ in range(count)]
    return _sold(pay.cancelled(desk, record, *parts))


def _cancelled_transfer(desk: Desk) -> Order:
    record = pay.approved(desk, moment(desk), method="trans")
    return _sold(pay.cancelled(desk, record, record["amount"], days_max=80))


def _cancelled_phone(desk: Desk) -> Order:
    """Cancel a phone payment: whole, and inside its calendar month."""
    record = pay.approved_by_phone(desk)
    last_s = min(desk.month.end_s, desk.now_s)
    at_s = int(record["paid_at"] + (last_s - record["paid_at"]) * desk.rng.random())
    return _sold(records.cancel(desk, record, at_s, minor=record["amount"]))


def _in_two_lines(desk: Desk) -> Order:
    record = pay.approved(desk, moment(desk))
    line = booked(record)
    half = chance(desk, 0.5) and line.amount % 2 == 0
    first = line.amount // 2 if half else pay.part_of(desk, line.amount)
    lines = (
        replace(line, amount=first, note="분할 1/2"),
        replace(line, amount=line.amount - first, note="분할 2/2"),
    )
    return Order((record,), lines)


def _key_only(desk: Desk) -> Order:
    if desk.month.start_s >= MOVE_S:  # NICE took the keys over, but offered no window for new ones
        return _card(desk)
    return Order((pay.registered(desk, amount=0),))


def _key_and_charge(desk: Desk) -> Order:
    if desk.month.start_s >= MOVE_S:
        return _card(desk)
    return _sold(pay.registered(desk, amount=words.SUBSCRIPTION[1]))


def _test(desk: Desk) -> Order:
    return Order((pay.tested(desk, flagged=chance(desk, 0.5)),))


def _abandoned(desk: Desk) -> Order:
    started_s = moment(desk, margin_s=HOUR_S)
    record = records.open_window(desk, basket(desk, started_s), started_s)
    if chance(desk, 0.3):
        record["pay_method"] = None
    return _given_up(record)


def _refused(desk: Desk) -> Order:
    started_s = moment(desk, margin_s=HOUR_S)
    wanted = basket(desk, started_s)
    times = 1 if chance(desk, 0.6) else 3
    return _given_up(*(pay.refused(desk, started_s + 300 * n, wanted=wanted) for n in range(times)))


def _refused_and_noted(desk: Desk) -> Order:
    record = pay.refused(desk, moment(desk, margin_s=HOUR_S))
    return Order((record,), (noted(record, words.FAILED),))


def _waiting(desk: Desk) -> Order:
    return _given_up(pay.waiting(desk, moment(desk, margin_s=HOUR_S)))


def _waiting_and_noted(desk: Desk) -> Order:
    record = pay.waiting(desk, moment(desk, margin_s=HOUR_S))
    return _left_open(record)


def _left_open(record: Record) -> Order:
    """Leave the books waiting for a deposit whose deadline has passed."""
    planted = "a virtual account ran out unpaid, and the books still wait"
    answer = finding("V08", record, planted, difference=0, risk=0)
    line = replace(noted(record, words.WAITING), cancel_amount=0)
    return Order((record,), (line,), (answer,))


def _expired(desk: Desk) -> Order:
    """Let a virtual account run out: the API shows its whole amount as cancelled."""
    record = pay.waiting(desk, moment(desk, margin_s=HOUR_S))
    expired_s = min(record["vbank_date"] + 1, desk.now_s)
    records.cancel(desk, record, expired_s, minor=record["amount"])
    planted = "a virtual account ran out unpaid and shows as cancelled"
    return Order((record,), (), (finding("V07", record, planted, difference=0, risk=0),))


def _expired_and_noted(desk: Desk) -> Order:
    return _left_open(_expired(desk).rows[0])


def _paid_next_month(desk: Desk) -> Order:
    """Fail in the last minute of the month and be paid in the first of the next."""
    end_s = desk.month.end_s
    wanted = basket(desk, end_s - 30)
    attempt = pay.refused(desk, end_s - 90, wanted=wanted)
    record = pay.approved(desk, end_s + 40, wanted=wanted)
    record["started_at"] = end_s + 5
    planted = "failed in the month, paid in the next one"
    answer = finding("P19", attempt, planted, difference=0, risk=0)
    return Order((attempt, record), (), (answer,))


# Shares of all orders, roughly what a shop of this kind sees; the rest is card payments.
CARD = Kind(0.0, _card)
KINDS = (
    Kind(0.08, _trans), Kind(0.08, _vbank), Kind(0.07, _phone), Kind(0.13, _billing),
    Kind(0.01, _dollars), Kind(0.005, _dollars_partly_cancelled), Kind(0.02, _awkward_id),
    Kind(0.01, _dangerous_text), Kind(0.005, _rare_letters), Kind(0.01, _legacy_card),
    Kind(0.005, _legacy_cancelled),
    Kind(0.005, _legacy_billing), Kind(0.005, _legacy_refused), Kind(0.04, _after_failures),
    Kind(0.02, _after_closed_window), Kind(0.005, _account_then_card),
    Kind(0.03, _cancelled_whole), Kind(0.005, _cancelled_by_status),
    Kind(0.03, _cancelled_in_part), Kind(0.015, _cancelled_in_parts),
    Kind(0.01, _cancelled_transfer), Kind(0.01, _cancelled_phone), Kind(0.015, _in_two_lines),
    Kind(0.02, _key_only), Kind(0.005, _key_and_charge), Kind(0.01, _test),
    Kind(0.03, _abandoned), Kind(0.025, _refused), Kind(0.005, _refused_and_noted),
    Kind(0.01, _waiting), Kind(0.02, _waiting_and_noted), Kind(0.01, _expired),
    Kind(0.005, _expired_and_noted),
)  # fmt: skip


def edge_orders(desk: Desk) -> list[Order]:
    """Make the payments on the edges: of the month, of a day, of the year's first bill."""
    month = desk.month
    middle_s = month.start_s + 14 * DAY_S
    instants = (
        month.start_s,
        month.start_s + 1,
        middle_s - 1,
        middle_s,
        month.end_s - 1,
        month.end_s,
    )
    return [
        *(_sold(pay.approved(desk, at_s)) for at_s in instants),
        _sold(pay.deposited(desk, month.start_s + 1800)),
        _paid_next_month(desk),
    ]


def outside_edges(desk: Desk) -> list[Order]:
    """Make the payments one second outside the month, which its books do not hold."""
    month = desk.month
    return [
        Order((pay.approved(desk, month.start_s - 1),)),
        Order((pay.approved(desk, month.end_s + 1),)),
        Order((pay.deposited(desk, month.end_s + 1800),)),
        # Of today: the one virtual account whose deadline is still to come.
        Order((pay.waiting(desk, desk.now_s - DAY_S),)),
    ]
