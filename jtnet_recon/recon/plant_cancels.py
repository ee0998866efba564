"""Planting on cancels, virtual accounts and controls: one function a code of C, V and X."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd

from jtnet_recon.recon.plant_bed import BIT, Answer, Bed, cancel, day_of, part_of

if TYPE_CHECKING:
    from collections.abc import Callable


def _cancel_not_booked(bed: Bed) -> None:
    payment = bed.take()
    bed.book(payment)
    part = part_of(payment)
    bed.keep(cancel(payment, part))
    bed.answer("C01", payment, difference=part, risk=part)


def _refund_not_made(bed: Bed) -> None:
    payment = bed.take()
    bed.keep(payment)
    part = part_of(payment)
    bed.book(payment, cancel_amount=part, cancelled_on=day_of(payment["paid_at"]))
    bed.answer("C02", payment, difference=-part, risk=part)


def _refund_differs(bed: Bed) -> None:
    payment = bed.take()
    part = part_of(payment)
    bed.keep(cancel(payment, part))
    bed.book(payment, cancel_amount=part + BIT)
    bed.answer("C03", payment, difference=-BIT, risk=BIT)


def _over_cancelled(bed: Bed) -> None:
    payment = bed.take()
    amount = payment["amount"]
    bed.keep(cancel(payment, amount))
    bed.book(payment, cancel_amount=amount + BIT)
    bed.answer("C04", payment, difference=-BIT, risk=BIT)


def _whole_for_part(bed: Bed) -> None:
    payment = bed.take()
    amount, part = payment["amount"], part_of(payment)
    bed.keep(cancel(payment, amount))
    bed.book(payment, cancel_amount=part)
    bed.answer("C05", payment, difference=amount - part, risk=amount - part)


def _history_gap(bed: Bed) -> None:
    payment = bed.take()
    part = part_of(payment)
    bed.keep(cancel(payment, part, entry=part - 100))
    bed.book(payment)
    bed.answer("C06", payment, risk=100)


def _written_off(bed: Bed) -> None:
    payment = bed.take()
    amount, part = payment["amount"], part_of(payment)
    bed.keep(cancel(payment, part))
    bed.book(payment, status="cancelled", cancel_amount=amount)
    bed.answer("C07", payment, difference=part - amount, risk=amount - part)


def _cancel_pending(bed: Bed) -> None:
    payment = bed.take()
    part = part_of(payment)
    bed.keep(payment)
    bed.book(payment, status="cancel_requested", cancel_amount=part)
    bed.answer("C08", payment, risk=part)


def _other_period(bed: Bed) -> None:
    payment = bed.take()
    part = part_of(payment)
    bed.keep(cancel(payment, part, at=payment["paid_at"] + timedelta(days=35)))
    bed.book(payment, cancelled_on=day_of(payment["paid_at"]))
    bed.answer("C10", payment, risk=part)


def _past_deadline(bed: Bed) -> None:
    payment = bed.take()
    payment["pay_method"] = "card"
    part = part_of(payment)
    bed.keep(payment)
    late = day_of(payment["paid_at"]) + timedelta(days=400)
    bed.book(payment, cancel_amount=part, cancelled_on=late)
    bed.answer("C11", payment, difference=-part, risk=part)


def _reapproved(bed: Bed) -> None:
    payment = bed.take(is_inner=True)
    amount, part = payment["amount"], part_of(payment)
    rest = payment | {"imp_uid": bed.new_id(), "amount": amount - part,
                      "paid_at": payment["paid_at"] + timedelta(hours=1)}  # fmt: skip
    bed.book(payment, cancel_amount=part)
    bed.keep(cancel(payment, amount), rest)
    bed.answer("C12", payment)


def _other_method(bed: Bed) -> None:
    payment = bed.take()
    part = part_of(payment)
    bed.keep(payment)
    bed.book(payment, cancel_amount=part, refund_method="현금")
    bed.answer("C13", payment, difference=-part, risk=part)


def _deposit_not_booked(bed: Bed) -> None:
    payment = bed.take(is_account=True, is_single=True)
    bed.keep(payment)
    bed.answer("V01", payment, difference=-payment["amount"], risk=payment["amount"])


def _booked_before_deposit(bed: Bed) -> None:
    payment = bed.take(is_account=True)
    bed.book(payment)
    payment |= {"status": "ready", "paid_at": pd.NaT, "vbank_date": bed.as_of + timedelta(days=1)}
    bed.keep(payment)
    bed.answer("V02", payment, difference=payment["amount"], risk=payment["amount"])


def _late_deposit(bed: Bed) -> None:
    payment = bed.take(is_account=True)
    payment["vbank_date"] = payment["paid_at"] - timedelta(days=1)
    bed.keep(payment)
    bed.book(payment)
    bed.answer("V03", payment, risk=payment["amount"])


def _deposits(
    bed: Bed, code: str, amounts: Callable[[int], list[int]], risk: Callable[[int], int]
) -> None:
    payment = bed.take(is_account=True)
    at = int(payment["paid_at"].timestamp())
    payment["deposit_history"] = [
        {"amount": amount, "deposited_at": at} for amount in amounts(payment["amount"])
    ]
    bed.keep(payment)
    bed.book(payment)
    bed.answer(code, payment, risk=risk(payment["amount"]))


def _over_deposit(bed: Bed) -> None:
    _deposits(bed, "V04", lambda amount: [amount + BIT], lambda _: BIT)


def _under_deposit(bed: Bed) -> None:
    _deposits(bed, "V05", lambda amount: [amount - BIT], lambda _: BIT)


def _repeated_deposit(bed: Bed) -> None:
    _deposits(bed, "V06", lambda amount: [amount, amount], lambda amount: amount)


def _phantom(bed: Bed) -> None:
    payment = bed.take(is_account=True)
    amount = payment["amount"]
    payment |= cancel(payment, amount) | {"paid_at": pd.NaT}
    bed.keep(payment)
    bed.answer("V07", payment)


def _expired_open(bed: Bed) -> None:
    payment = bed.take(is_account=True)
    bed.book(payment, status="ready", paid_on=None)
    payment |= {"status": "ready", "paid_at": pd.NaT}
    bed.keep(payment)
    bed.answer("V08", payment)


def _damaged_id(bed: Bed) -> None:
    payment = bed.take()
    digits = str(bed.random.randrange(10**8, 10**9))
    payment["merchant_uid"] = f"000{digits}"
    bed.keep(payment)
    bed.book(payment, merchant_uid=digits)
    bed.answer("X03", payment, risk=payment["amount"])


def _no_id(bed: Bed) -> None:
    payment = bed.take()
    line = bed.book(payment, merchant_uid=None)
    bed.answer("X05", line, difference=payment["amount"], risk=payment["amount"])


def _control(code: str) -> Callable[[Bed], None]:
    """Expect one row of a failed control, however often it is planted."""

    def expect(bed: Bed) -> None:
        if not any(answer.code == code for answer in bed.answers):
            bed.answers.append(Answer(code, None, None, 0, 0))

    return expect


CANCEL_FORMS: dict[str, Callable[[Bed], None]] = {
    "C01": _cancel_not_booked,
    "C02": _refund_not_made,
    "C03": _refund_differs,
    "C04": _over_cancelled,
    "C05": _whole_for_part,
    "C06": _history_gap,
    "C07": _written_off,
    "C08": _cancel_pending,
    "C10": _other_period,
    "C11": _past_deadline,
    "C12": _reapproved,
    "C13": _other_method,
    "V01": _deposit_not_booked,
    "V02": _booked_before_deposit,
    "V03": _late_deposit,
    "V04": _over_deposit,
    "V05": _under_deposit,
    "V06": _repeated_deposit,
    "V07": _phantom,
    "V08": _expired_open,
    "X01": _control("X01"),
    "X03": _damaged_id,
    "X05": _no_id,
    "X08": _control("X08"),
}
"""Code -> what plants it."""
