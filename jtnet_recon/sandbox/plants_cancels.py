"""Plants the breaks of cancels and virtual accounts: one function a form."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jtnet_recon.sandbox import payments as pay
from jtnet_recon.sandbox import vocabulary as words
from jtnet_recon.sandbox.books import Order, booked, noted
from jtnet_recon.sandbox.desk import Desk, moment
from jtnet_recon.sandbox.kst import date_of
from jtnet_recon.sandbox.plants import planted

if TYPE_CHECKING:
    from collections.abc import Callable

    from jtnet_recon.sandbox.records import Record


def _paid(desk: Desk) -> Record:
    return pay.approved(desk, moment(desk))


def _c01_whole(desk: Desk) -> Order:
    record = _paid(desk)
    line = booked(record)
    pay.cancelled(desk, record, line.amount)
    what = "cancelled whole, booked as paid"
    return planted("C01", what, rows=[record], lines=[line], risk=line.amount)


def _c01_part(desk: Desk) -> Order:
    record = _paid(desk)
    line, part = booked(record), pay.part_of(desk, record["amount"])
    pay.cancelled(desk, record, part)
    what = "cancelled in part, booked as paid"
    return planted("C01", what, rows=[record], lines=[line], risk=part)


def _c01_second_of_two(desk: Desk) -> Order:
    record = _paid(desk)
    first, second = (pay.part_of(desk, record["amount"], most=0.4) for _ in range(2))
    pay.cancelled(desk, record, first, second)
    line = replace(booked(record), cancel_amount=first, note="취소 1건")
    what = "cancelled twice, only the first cancel booked"
    return planted("C01", what, rows=[record], lines=[line], risk=second)


def _c02_part(desk: Desk) -> Order:
    record = _paid(desk)
    part = pay.part_of(desk, record["amount"])
    line = replace(booked(record), status=words.PARTIAL, cancel_amount=part)
    what = "a partial refund booked, none at the PG"
    return planted("C02", what, rows=[record], lines=[line], risk=part)


def _c02_whole(desk: Desk) -> Order:
    record = _paid(desk)
    line = booked(record)
    line = replace(line, status=words.CANCELLED, cancel_amount=line.amount)
    what = "a whole refund booked, none at the PG"
    return planted("C02", what, rows=[record], lines=[line], risk=line.amount)


def _c03_part(desk: Desk) -> Order:
    record = _paid(desk)
    part = pay.part_of(desk, record["amount"], most=0.5)
    pay.cancelled(desk, record, part)
    line = replace(booked(record), cancel_amount=part + 500)
    what = "a partial refund booked 500 too high"
    return planted("C03", what, rows=[record], lines=[line], risk=500)


def _c05(desk: Desk) -> Order:
    record = _paid(desk)
    amount, part = record["amount"], pay.part_of(desk, record["amount"])
    pay.cancelled(desk, record, amount)
    line = replace(booked(record), status=words.PARTIAL, cancel_amount=part)
    what = "cancelled whole, booked as a partial refund"
    return planted("C05", what, rows=[record], lines=[line], risk=amount - part)


def _c04_at_the_pg(desk: Desk) -> Order:
    record, extra = _paid(desk), 1_000
    pay.cancelled(desk, record, record["amount"], extra)
    line = replace(booked(record), status=words.CANCELLED)
    what = "more cancelled than paid, and booked so"
    return planted("C04", what, rows=[record], lines=[line], risk=extra)


def _c04_in_the_books(desk: Desk) -> Order:
    record = _paid(desk)
    amount = record["amount"]
    pay.cancelled(desk, record, amount)
    line = replace(booked(record), cancel_amount=2 * amount)
    what = "cancelled whole, the refund booked twice"
    return planted("C04", what, rows=[record], lines=[line], risk=amount)


def _c06(desk: Desk) -> Order:
    record = _paid(desk)
    lost, kept = (pay.part_of(desk, record["amount"], most=0.4) for _ in range(2))
    pay.cancelled(desk, record, lost, kept)
    record["cancel_history"] = record["cancel_history"][1:]
    line = replace(booked(record), note="")
    what = "the cancel history lacks an entry; the books agree with cancel_amount"
    return planted("C06", what, rows=[record], lines=[line], risk=lost)


def _c07_by_amount(desk: Desk) -> Order:
    record = _paid(desk)
    amount, part = record["amount"], pay.part_of(desk, record["amount"])
    pay.cancelled(desk, record, part)
    line = replace(booked(record), status=words.CANCELLED, cancel_amount=amount)
    what = "cancelled in part, written off whole"
    return planted("C07", what, rows=[record], lines=[line], risk=amount - part)


def _c07_by_status(desk: Desk) -> Order:
    order = _c07_by_amount(desk)
    return replace(order, lines=(replace(order.lines[0], cancel_amount=0),))


def _v02(desk: Desk) -> Order:
    record = pay.waiting(desk, moment(desk, margin_s=3600))
    paid_on = date_of(record["vbank_issued_at"])
    line = replace(noted(record, words.PAID), paid_on=paid_on)
    what = "a virtual account still waiting, booked as paid"
    return planted("V02", what, rows=[record], lines=[line], risk=line.amount)


FORMS: tuple[Callable[[Desk], Order], ...] = (
    _c01_whole, _c01_part, _c01_second_of_two, _c02_part, _c02_whole, _c03_part, _c05,
    _c04_at_the_pg, _c04_in_the_books, _c06, _c07_by_amount, _c07_by_status, _v02,
)  # fmt: skip
