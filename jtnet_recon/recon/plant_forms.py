"""Planting on payments: one function a code of P, and the list of all forms."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd

from jtnet_recon.recon.plant_bed import BIT, Bed, Payment, day_of
from jtnet_recon.recon.plant_cancels import CANCEL_FORMS

if TYPE_CHECKING:
    from collections.abc import Callable


def _missing_in_ledger(bed: Bed) -> None:
    payment = bed.take(is_single=True)
    bed.keep(payment)
    bed.answer("P01", payment, difference=-payment["amount"], risk=payment["amount"])


def _missing_at_pg(bed: Bed) -> None:
    payment = bed.take(is_single=True)
    bed.book(payment)
    bed.answer("P02", payment, difference=payment["amount"], risk=payment["amount"])


def _amount_differs(bed: Bed) -> None:
    payment = bed.take()
    bed.keep(payment)
    delta = bed.random.choice((-BIT, BIT))
    bed.book(payment, amount=payment["amount"] + delta)
    bed.answer("P03", payment, difference=delta, risk=BIT)


def _rounding(bed: Bed) -> None:
    payment = bed.take()
    bed.keep(payment)
    delta = bed.random.choice((-1, 1)) * bed.random.randint(1, bed.tolerance)
    bed.swallowed += abs(delta)
    bed.book(payment, amount=payment["amount"] + delta)
    bed.answer("P04", payment, difference=delta, risk=abs(delta))


def _status_differs(bed: Bed) -> None:
    payment = bed.take()
    bed.keep(payment)
    bed.book(payment, status="failed", paid_on=None)
    bed.answer("P05", payment, difference=-payment["amount"], risk=payment["amount"])


def _paid_after_failed(bed: Bed) -> None:
    payment = bed.take(is_single=True)
    payment["failed_at"] = payment["paid_at"] - timedelta(minutes=1)
    bed.keep(payment)
    bed.answer("P06", payment, difference=-payment["amount"], risk=payment["amount"])


def _paid_twice(bed: Bed) -> None:
    payment = bed.take(is_inner=True)
    again = payment | {
        "imp_uid": bed.new_id(),
        "paid_at": payment["paid_at"] + timedelta(minutes=2),
    }
    bed.keep(payment, again)
    bed.book(payment)
    bed.answer("P07", payment, difference=-payment["amount"], risk=payment["amount"])


def _charged_twice(bed: Bed) -> None:
    payment = bed.take(is_inner=True)
    payment["customer_uid"] = bed.new_id()
    again = payment | {"imp_uid": bed.new_id(), "merchant_uid": bed.new_id(),
                       "paid_at": payment["paid_at"] + timedelta(minutes=3)}  # fmt: skip
    bed.keep(payment, again)
    bed.book(payment)
    bed.book(again)
    bed.answer("P08", again, risk=payment["amount"])


def _booked_twice(bed: Bed) -> None:
    payment = bed.take()
    bed.keep(payment)
    bed.book(payment)
    bed.book(payment)
    bed.answer("P09", payment, difference=payment["amount"], risk=payment["amount"])


def _other_id(bed: Bed) -> None:
    payment = bed.take(is_single=True)
    bed.keep(payment)
    line = bed.book(payment, merchant_uid=f"{payment['merchant_uid']}-re")
    bed.answer("P10", payment, difference=-payment["amount"], risk=payment["amount"])
    bed.answer("P10", line, difference=payment["amount"])


def _ambiguous(bed: Bed) -> None:
    payment = bed.take(is_single=True, is_inner=True)
    payment |= {"customer_uid": None, "buyer_tel": None, "card_number": None}
    other = payment | {"imp_uid": bed.new_id(), "merchant_uid": bed.new_id()}
    for row in (payment, other):
        bed.keep(row)
        bed.answer("P11", row, difference=-row["amount"], risk=row["amount"])
        line = bed.book(row, merchant_uid=f"unrelated {bed.random.randrange(10**9)}")
        bed.answer("P11", line, difference=row["amount"])


def _midnight(bed: Bed) -> None:
    payment = bed.take()
    midnight = payment["paid_at"].normalize() + timedelta(days=1)
    payment["paid_at"] = midnight - timedelta(seconds=bed.random.randint(1, 500))
    _clear_account(payment)
    bed.keep(payment)
    bed.book(payment, paid_on=day_of(midnight))
    bed.answer("P12", payment)


def _clear_account(payment: Payment) -> None:
    """Forget deadlines that a moved approval could pass."""
    payment |= {"vbank_date": pd.NaT, "failed_at": pd.NaT}


def _date_differs(bed: Bed) -> None:
    payment = bed.take()
    bed.keep(payment)
    bed.book(payment, paid_on=day_of(payment["paid_at"]) + timedelta(days=3))
    bed.answer("P13", payment, risk=payment["amount"])


def _quota_differs(bed: Bed) -> None:
    payment = bed.take()
    quota: int = 0 if pd.isna(payment["card_quota"]) else int(payment["card_quota"])
    bed.keep(payment)
    bed.book(payment, card_quota=quota + 3)
    bed.answer("P14", payment)


def _escrow_differs(bed: Bed) -> None:
    payment = bed.take()
    is_escrow: bool = False if pd.isna(payment["escrow"]) else bool(payment["escrow"])
    bed.keep(payment)
    bed.book(payment, escrow=not is_escrow)
    bed.answer("P15", payment, risk=payment["amount"])


def _currency_differs(bed: Bed) -> None:
    payment = bed.take()
    bed.keep(payment)
    line = bed.book(payment, currency="USD", amount=payment["amount"] // 13)
    bed.answer("P16", payment, difference=-payment["amount"], risk=payment["amount"])
    bed.answer("P16", line, difference=line["amount"])


def _test_booked(bed: Bed) -> None:
    payment = bed.take()
    payment |= {"pg_id": "tpaytest0m", "sandbox": False}
    bed.keep(payment)
    bed.book(payment)
    bed.answer("P17", payment, risk=payment["amount"])


def _unknown_mid(bed: Bed) -> None:
    payment = bed.take()
    payment["pg_id"] = bed.stranger
    bed.keep(payment)
    bed.book(payment)
    bed.answer("P18", payment, risk=payment["amount"])


def _abandoned(bed: Bed) -> None:
    payment = bed.take()
    payment |= {"status": "failed", "failed_at": payment["paid_at"], "paid_at": pd.NaT}
    bed.keep(payment)
    bed.answer("P19", payment)


def _prepared_differs(bed: Bed) -> None:
    payment = bed.take()
    bed.keep(payment)
    bed.book(payment)
    bed.prepared.append((payment["merchant_uid"], payment["amount"] + BIT))
    bed.answer("P21", payment, risk=BIT)


FORMS: dict[str, Callable[[Bed], None]] = {
    "P01": _missing_in_ledger,
    "P02": _missing_at_pg,
    "P03": _amount_differs,
    "P04": _rounding,
    "P05": _status_differs,
    "P06": _paid_after_failed,
    "P07": _paid_twice,
    "P08": _charged_twice,
    "P09": _booked_twice,
    "P10": _other_id,
    "P11": _ambiguous,
    "P12": _midnight,
    "P13": _date_differs,
    "P14": _quota_differs,
    "P15": _escrow_differs,
    "P16": _currency_differs,
    "P17": _test_booked,
    "P18": _unknown_mid,
    "P19": _abandoned,
    "P21": _prepared_differs,
    **CANCEL_FORMS,
}
"""Code -> what plants it, in the order in which all are planted."""
