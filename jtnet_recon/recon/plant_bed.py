"""The ground that breaks are planted on: plain payments, and what is made of some of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from jtnet_recon.errors import ConfigError

if TYPE_CHECKING:
    from random import Random

Payment = dict[str, Any]
Line = dict[str, Any]

BIT = 500
"""Minor units by which a planted amount is off."""

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


def part_of(payment: Payment) -> int:
    """Return a part of a payment's amount.

    Parameters
    ----------
    payment : dict
        The payment.

    Returns
    -------
    int
        A third, minor units.
    """
    return int(payment["amount"]) // 3
