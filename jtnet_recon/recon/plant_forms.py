"""One function a break code: what it does to a plain order, and what must then be found."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from jtnet_recon.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

Payment = dict[str, Any]
Line = dict[str, Any]

_BIT = 500
_INNER_HOURS = range(2, 21)
_KST = "Asia/Seoul"


@dataclass(frozen=True, slots=True)
class Answer:
    """A break that must be found.

    Parameters
    ----------
    code : str
        Its code.
    merchant_uid : str or None
        Its order id.
    currency : str or None
        ISO 4217 code.
    difference, money_at_risk : int
        Minor units; ledger minus payments.
    """

    code: str
    merchant_uid: str | None
    currency: str | None
    difference: int
    money_at_risk: int


@dataclass(slots=True)
class Bed:
    """The ground to plant on: plain payments, and what was made of some of them.

    Parameters
    ----------
    free : list of dict
        Plain payments that nothing was planted on yet.
    random : Random
        Chooses.
    as_of : Timestamp
        After every payment; virtual accounts expire before it.
    """

    free: list[Payment]
    random: Random
    as_of: pd.Timestamp
    taken: set[str] = field(default_factory=set)
    payments: list[Payment] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    prepared: list[tuple[str, int]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    one_sided: set[int] = field(default_factory=set)
    swallowed: int = 0
    tolerance: int = 10
    stranger: str = "unknown00m"
    made: int = 0

    @classmethod
    def of(cls, ground: pd.DataFrame, chooser: Random) -> Bed:
        """Shuffle the plain payments into a bed.

        Parameters
        ----------
        ground : DataFrame, table PAYMENTS
            Plain payments.
        chooser : Random
            Seeded.

        Returns
        -------
        Bed
            Nothing planted yet.
        """
        free = ground.to_dict("records")
        chooser.shuffle(free)
        latest = ground["paid_at"].max() if len(ground) else pd.Timestamp("2022-11-30", tz=_KST)
        return cls(
            [{str(k): v for k, v in row.items()} for row in free],
            chooser,
            latest + timedelta(days=40),
        )

    def take(
        self, *, is_account: bool = False, is_single: bool = False, is_inner: bool = False
    ) -> Payment:
        """Take a plain payment out of the bed.

        Parameters
        ----------
        is_account : bool, default False
            Turn it into a deposited virtual account; otherwise it is none.
        is_single : bool, default False
            Its amount must be one that no other one-sided row has.
        is_inner : bool, default False
            Paid by day, far from midnight.

        Returns
        -------
        dict
            The payment, to be changed by the caller.

        Raises
        ------
        ConfigError
            If there is none left.
        """
        for place, row in enumerate(self.free):
            if row["pay_method"] == "vbank" and not is_account:
                continue
            if is_inner and row["paid_at"].hour not in _INNER_HOURS:
                continue
            if is_single and row["amount"] in self.one_sided:
                continue
            del self.free[place]
            self.taken.add(row["imp_uid"])
            if is_single:
                self.one_sided.add(row["amount"])
            if is_account:
                row |= {"pay_method": "vbank", "vbank_num": "56000000000000",
                        "vbank_date": row["paid_at"] + timedelta(days=3)}  # fmt: skip
            return row
        message = "There are too few plain orders to plant on."
        raise ConfigError(
            message,
            hint="Plant fewer codes, or give more payments.",
            hint_ko="심을 코드를 줄이거나 결제 자료를 늘리세요.",
        )

    def new_id(self) -> str:
        """Name something that is in no table.

        Returns
        -------
        str
            An id.
        """
        self.made += 1
        return f"planted-{self.random.randrange(10**9):09d}-{self.made}"

    def keep(self, *payments: Payment) -> None:
        """Put payments among those that are compared.

        Parameters
        ----------
        *payments : dict
            Changed or new.
        """
        self.payments += payments

    def book(self, payment: Payment, **changed: Any) -> Line:
        """Write a payment's line in the books.

        Parameters
        ----------
        payment : dict
            What is booked.
        **changed : object
            Columns that say something else.

        Returns
        -------
        dict
            The line.
        """
        line = {
            "merchant_uid": payment["merchant_uid"],
            "amount": payment["amount"],
            "cancel_amount": payment["cancel_amount"],
            "currency": payment["currency"],
            "status": "paid",
            "paid_on": day_of(payment["paid_at"]),
            "cancelled_on": None,
            "refund_method": None,
            "card_quota": None,
            "escrow": None,
            **changed,
        }
        self.lines.append(line)
        return line

    def answer(self, code: str, payment: Payment, *, difference: int = 0, risk: int = 0) -> None:
        """Note what must be found on a payment's order.

        Parameters
        ----------
        code : str
            The code.
        payment : dict
            Names order and currency.
        difference, risk : int
            Minor units.
        """
        key, currency = payment["merchant_uid"], payment["currency"]
        self.answers.append(Answer(code, key, currency, difference, risk))


def day_of(instant: pd.Timestamp) -> pd.Timestamp:
    """Return the day of an instant in Asia/Seoul, without a zone.

    Parameters
    ----------
    instant : Timestamp
        Aware.

    Returns
    -------
    Timestamp
        Midnight, naive.
    """
    return instant.tz_convert(_KST).tz_localize(None).normalize()


def cancel(
    payment: Payment, amount: int, *, at: pd.Timestamp | None = None, entry: int | None = None
) -> Payment:
    """Cancel some of a payment, as the API shows it.

    Parameters
    ----------
    payment : dict
        Changed in place.
    amount : int
        Minor units.
    at : Timestamp, optional
        When; an hour after the approval without it.
    entry : int, optional
        What the history says instead.

    Returns
    -------
    dict
        The payment.
    """
    when = at or payment["paid_at"] + timedelta(hours=1)
    history = {"amount": amount if entry is None else entry, "cancelled_at": int(when.timestamp())}
    payment |= {"status": "cancelled", "cancel_amount": amount, "cancelled_at": when,
                "cancel_history": [history]}  # fmt: skip
    return payment


def _part(payment: Payment) -> int:
    return int(payment["amount"]) // 3


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
    delta = bed.random.choice((-_BIT, _BIT))
    bed.book(payment, amount=payment["amount"] + delta)
    bed.answer("P03", payment, difference=delta, risk=_BIT)


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
    bed.prepared.append((payment["merchant_uid"], payment["amount"] + _BIT))
    bed.answer("P21", payment, risk=_BIT)


def _cancel_not_booked(bed: Bed) -> None:
    payment = bed.take()
    bed.book(payment)
    part = _part(payment)
    bed.keep(cancel(payment, part))
    bed.answer("C01", payment, difference=part, risk=part)


def _refund_not_made(bed: Bed) -> None:
    payment = bed.take()
    bed.keep(payment)
    part = _part(payment)
    bed.book(payment, cancel_amount=part, cancelled_on=day_of(payment["paid_at"]))
    bed.answer("C02", payment, difference=-part, risk=part)


def _refund_differs(bed: Bed) -> None:
    payment = bed.take()
    part = _part(payment)
    bed.keep(cancel(payment, part))
    bed.book(payment, cancel_amount=part + _BIT)
    bed.answer("C03", payment, difference=-_BIT, risk=_BIT)


def _over_cancelled(bed: Bed) -> None:
    payment = bed.take()
    amount = payment["amount"]
    bed.keep(cancel(payment, amount))
    bed.book(payment, cancel_amount=amount + _BIT)
    bed.answer("C04", payment, difference=-_BIT, risk=_BIT)


def _whole_for_part(bed: Bed) -> None:
    payment = bed.take()
    amount, part = payment["amount"], _part(payment)
    bed.keep(cancel(payment, amount))
    bed.book(payment, cancel_amount=part)
    bed.answer("C05", payment, difference=amount - part, risk=amount - part)


def _history_gap(bed: Bed) -> None:
    payment = bed.take()
    part = _part(payment)
    bed.keep(cancel(payment, part, entry=part - 100))
    bed.book(payment)
    bed.answer("C06", payment, risk=100)


def _written_off(bed: Bed) -> None:
    payment = bed.take()
    amount, part = payment["amount"], _part(payment)
    bed.keep(cancel(payment, part))
    bed.book(payment, status="cancelled", cancel_amount=amount)
    bed.answer("C07", payment, difference=part - amount, risk=amount - part)


def _cancel_pending(bed: Bed) -> None:
    payment = bed.take()
    part = _part(payment)
    bed.keep(payment)
    bed.book(payment, status="cancel_requested", cancel_amount=part)
    bed.answer("C08", payment, risk=part)


def _other_period(bed: Bed) -> None:
    payment = bed.take()
    part = _part(payment)
    bed.keep(cancel(payment, part, at=payment["paid_at"] + timedelta(days=35)))
    bed.book(payment, cancelled_on=day_of(payment["paid_at"]))
    bed.answer("C10", payment, risk=part)


def _past_deadline(bed: Bed) -> None:
    payment = bed.take()
    payment["pay_method"] = "card"
    part = _part(payment)
    bed.keep(payment)
    late = day_of(payment["paid_at"]) + timedelta(days=400)
    bed.book(payment, cancel_amount=part, cancelled_on=late)
    bed.answer("C11", payment, difference=-part, risk=part)


def _reapproved(bed: Bed) -> None:
    payment = bed.take(is_inner=True)
    amount, part = payment["amount"], _part(payment)
    rest = payment | {"imp_uid": bed.new_id(), "amount": amount - part,
                      "paid_at": payment["paid_at"] + timedelta(hours=1)}  # fmt: skip
    bed.book(payment, cancel_amount=part)
    bed.keep(cancel(payment, amount), rest)
    bed.answer("C12", payment)


def _other_method(bed: Bed) -> None:
    payment = bed.take()
    part = _part(payment)
    bed.keep(payment)
    bed.book(payment, cancel_amount=part, refund_method="계좌이체")
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
    _deposits(bed, "V04", lambda amount: [amount + _BIT], lambda _: _BIT)


def _under_deposit(bed: Bed) -> None:
    _deposits(bed, "V05", lambda amount: [amount - _BIT], lambda _: _BIT)


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


FORMS: dict[str, Callable[[Bed], None]] = {
    "P01": _missing_in_ledger, "P02": _missing_at_pg, "P03": _amount_differs, "P04": _rounding,
    "P05": _status_differs, "P06": _paid_after_failed, "P07": _paid_twice, "P08": _charged_twice,
    "P09": _booked_twice, "P10": _other_id, "P11": _ambiguous, "P12": _midnight,
    "P13": _date_differs, "P14": _quota_differs, "P15": _escrow_differs,
    "P16": _currency_differs, "P17": _test_booked, "P18": _unknown_mid, "P19": _abandoned,
    "P21": _prepared_differs, "C01": _cancel_not_booked, "C02": _refund_not_made,
    "C03": _refund_differs, "C04": _over_cancelled, "C05": _whole_for_part, "C06": _history_gap,
    "C07": _written_off, "C08": _cancel_pending, "C10": _other_period, "C11": _past_deadline,
    "C12": _reapproved, "C13": _other_method, "V01": _deposit_not_booked,
    "V02": _booked_before_deposit, "V03": _late_deposit, "V04": _over_deposit,
    "V05": _under_deposit, "V06": _repeated_deposit, "V07": _phantom, "V08": _expired_open,
    "X01": _control("X01"), "X03": _damaged_id, "X05": _no_id, "X08": _control("X08"),
}  # fmt: skip
"""Code -> what plants it, in the order in which all are planted."""
