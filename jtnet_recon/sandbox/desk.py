"""Draws everything random: instants, identifiers, people and goods of one month."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, Protocol

from jtnet_recon.sandbox import vocabulary as words
from jtnet_recon.sandbox.kst import DAY_S, HOUR_S, Month, date_of, midnight, month_of

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

# JTNet's payment business went over to NICE after this day (notice of 2023).
MOVE_S = month_of(2023, 2).start_s


@dataclass(frozen=True, slots=True)
class Buyer:
    """An invented person, and the number that makes the contact data."""

    name: str
    number: int


@dataclass(frozen=True, slots=True)
class Basket:
    """What one order asks for; ``amount`` in minor units of ``currency``."""

    merchant_uid: str
    name: str
    amount: int
    currency: str
    buyer: Buyer


@dataclass(frozen=True, slots=True)
class Customer:
    """One billing key: a card kept under the merchant's own name for it."""

    uid: str
    buyer: Buyer
    card: tuple[str, str]
    inserted_s: int
    updated_s: int


class Source(Protocol):
    """What a single payment draws from; a month's desk and a shop at work both have it."""

    @property
    def rng(self) -> random.Random:
        """Give the random numbers."""

    @property
    def used(self) -> set[int]:
        """Give the numbers of the payment ids so far."""

    @property
    def tid_numbers(self) -> Iterator[int]:
        """Count the PG's transactions."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The sources of one month: random numbers, counters, known customers."""

    rng: random.Random
    month: Month
    now_s: int
    used: set[int]
    buyer_numbers: Iterator[int]
    customer_numbers: Iterator[int]
    tid_numbers: Iterator[int]
    awkward_numbers: Iterator[int]
    dangerous_numbers: Iterator[int]
    odd_won: Iterator[int]
    odd_won_booked: Iterator[int]
    charge_numbers: Iterator[int]
    charges_of_key: dict[str, list[int]]
    orders_of_day: dict[int, int]
    customers: list[Customer]
    arrivals: list[Customer]

    @property
    def last_s(self) -> int:
        """The last second in which an order of this month may happen."""
        return min(self.month.end_s, self.now_s - 3 * DAY_S)


def open_desk(rng: random.Random, month: Month, now_s: int, *, used: set[int], tids: int) -> Desk:
    """Start a desk with nothing drawn; ``tids`` is the first sequence of a transaction id."""
    return Desk(
        rng=rng,
        month=month,
        now_s=now_s,
        used=used,
        buyer_numbers=count(1),
        customer_numbers=count(1),
        tid_numbers=count(tids),
        awkward_numbers=count(1),
        dangerous_numbers=count(),
        odd_won=count(),
        odd_won_booked=count(),
        charge_numbers=count(),
        charges_of_key={},
        orders_of_day={},
        customers=[],
        arrivals=[],
    )


def chance(desk: Source, share: float) -> bool:
    """Say yes in that share of cases."""
    return desk.rng.random() < share


def moment(desk: Desk, *, margin_s: int = 0) -> int:
    """Draw an instant of the month, mostly in the day; ``margin_s`` from its ends."""
    first_s, last_s = desk.month.start_s + margin_s, desk.last_s - margin_s
    day_s = first_s + (last_s - first_s) * desk.rng.random() // DAY_S * DAY_S
    early = chance(desk, 0.12)
    second = desk.rng.random() * 32_400 if early else 32_400 + desk.rng.random() * 54_000
    return int(min(max(midnight(date_of(int(day_s))) + second, first_s), last_s))


def charge_moment(desk: Desk, customer_uid: str) -> int:
    """Draw an instant far from all charges of a billing key: no charge looks like a second one."""
    charges = desk.charges_of_key.setdefault(customer_uid, [])
    at_s = moment(desk)
    while any(abs(at_s - other_s) < HOUR_S for other_s in charges):
        at_s = moment(desk)
    charges.append(at_s)
    return at_s


def imp_uid(desk: Source, at_s: int, *, by_api: bool = False) -> str:
    """Draw a payment id: the last twelve digits of a millisecond clock."""
    digits = (at_s * 1000 + int(desk.rng.random() * 1000)) % 10**12
    while digits in desk.used:
        digits = (digits + 1) % 10**12
    desk.used.add(digits)
    return f"{'imps_' if by_api else 'imp_'}{digits:012d}"


def order_id(desk: Desk, at_s: int) -> str:
    """Draw the shop's next order id of the day."""
    day = date_of(at_s)
    count = desk.orders_of_day.get(day.toordinal(), 0) + 1
    desk.orders_of_day[day.toordinal()] = count
    return f"ORD-{day:%Y%m%d}-{count:04d}"


def awkward_order_id(desk: Desk, at_s: int) -> str:
    """Draw an order id that breaks whoever forgets to percent-encode it."""
    number, day = next(desk.awkward_numbers), date_of(at_s)
    forms = (
        f"주문/{day:%m-%d}#{number}",
        f"A?b={number}&c",
        f"묶음 주문 {number}",
        f"%41-{number}",
    )
    return forms[number % len(forms)]


def basket(desk: Desk, at_s: int, *, merchant_uid: str | None = None) -> Basket:
    """Draw an ordinary order in won."""
    name, price = desk.rng.choice(words.PRODUCTS)
    count = 1 if chance(desk, 0.7) else 2 + int(desk.rng.random() * 3)
    uid = order_id(desk, at_s) if merchant_uid is None else merchant_uid
    return Basket(uid, name, price * count, "KRW", buyer(desk))


def singular(desk: Desk, wanted: Basket, *, is_booked: bool) -> Basket:
    """Give an order an amount that no ordinary order has: odd if it stands in no book, else even.

    What only one side holds must not look like what only the other side holds.
    """
    number = next(desk.odd_won_booked if is_booked else desk.odd_won)
    return replace(wanted, amount=wanted.amount + 1 + is_booked + 2 * (number % 49))


def buyer(desk: Desk) -> Buyer:
    """Draw a person who cannot exist; nobody comes twice, so no order looks like a second one."""
    rng, number = desk.rng, next(desk.buyer_numbers)
    if chance(desk, 0.01):
        return Buyer(rng.choice(words.RARE_NAMES), number)
    return Buyer(rng.choice(words.SURNAMES) + rng.choice(words.GIVEN_NAMES), number)


def phone_of(person: Buyer) -> str:
    """Write a phone number that reaches nobody: no number in Korea begins with 010-0."""
    return f"010-0{person.number // 10_000 % 1_000:03d}-{person.number % 10_000:04d}"


def new_customer(desk: Desk, at_s: int) -> Customer:
    """Draw a customer whose card is registered at ``at_s``."""
    uid = f"cust-{next(desk.customer_numbers):06d}-card1"
    return Customer(uid, buyer(desk), desk.rng.choice(words.CARDS), at_s, at_s)
