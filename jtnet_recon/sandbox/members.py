"""Invents the members of a subscription business: who pays what, when, and with which card."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from jtnet_recon.sandbox import vocabulary as words
from jtnet_recon.sandbox.desk import Customer, buyer, chance
from jtnet_recon.sandbox.kst import HOUR_S, date_of, midnight, month_after

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jtnet_recon.sandbox.desk import Buyer, Desk

MONTHS_BEFORE, MONTHS_AFTER = 8, 4
PLANS = (("베이직", 9_900), ("스탠다드", 14_900), ("프리미엄", 29_900))
# One plan becomes dearer for all its members, on the first day of the month before the period.
RAISED, RAISED_PRICE = "스탠다드", 16_900
# Shorter than any cycle: what is charged later than this belongs to no cycle of its own.
CLEAR_DAYS = 5


@dataclass(frozen=True, slots=True)
class Terms:
    """What a member pays from a day on; ``price`` in won."""

    plan: str
    price: int
    from_on: date


@dataclass(frozen=True, slots=True)
class Member:
    """One member and the card behind the billing key ``uid``; days are Korean days."""

    number: int
    buyer: Buyer
    uid: str
    card: tuple[str, str]
    card_number: str
    terms: tuple[Terms, ...]
    billing_day: int
    starts_on: date
    ends_on: date | None = None
    # The second of the day at which the charge is made.
    second: int = 10 * HOUR_S
    is_scheduled: bool = True
    # Of whoever has several contracts: the number of the first.
    person_number: int | None = None

    @property
    def person(self) -> str:
        """Give the merchant's own number of the customer."""
        return f"M{self.person_number or self.number:06d}"

    @property
    def customer(self) -> Customer:
        """Give the owner of the card, as payments name him."""
        return Customer(self.uid, self.buyer, self.card, 0, 0)

    def price_on(self, day: date) -> int:
        """Give the price of a day, in won."""
        return next(terms.price for terms in reversed(self.terms) if terms.from_on <= day)

    def plan_on(self, day: date) -> str:
        """Name the plan of a day."""
        return next(terms.plan for terms in reversed(self.terms) if terms.from_on <= day)

    def cycles(self, until_on: date) -> Iterator[date]:
        """Give the days on which a charge is due, from the contract's start on."""
        year, month = self.starts_on.year, self.starts_on.month
        last_on = until_on if self.ends_on is None else min(until_on, self.ends_on)
        while (day := due_on(year, month, self.billing_day)) <= last_on:
            if day >= self.starts_on:
                yield day
            year, month = year + month // 12, month % 12 + 1


@dataclass(frozen=True, slots=True)
class Draw:
    """What is fixed about a member before the rest is drawn."""

    first: int = -6
    last: int = -2
    plan: int | None = 0
    days: range = field(default_factory=lambda: range(4, 25))
    is_scheduled: bool | None = True


def due_on(year: int, month: int, billing_day: int) -> date:
    """Give the billing day of a month; the 31st of a short month is its last day."""
    return date(year, month, min(billing_day, monthrange(year, month)[1]))


def new_member(desk: Desk, draw: Draw) -> Member:
    """Draw a member whose contract starts that many months from the period."""
    rng, number = desk.rng, next(desk.customer_numbers)
    month = month_after(desk.month, rng.randrange(draw.first, draw.last + 1))
    billing_day = rng.choice(draw.days)
    plan, price = PLANS[rng.randrange(len(PLANS)) if draw.plan is None else draw.plan]
    starts_on = due_on(month.year, month.number, billing_day)
    member = Member(
        number=number,
        buyer=buyer(desk),
        uid=f"member_{number:06d}_card1",
        card=rng.choice(words.CARDS),
        card_number=f"5272{rng.randrange(100):02d}******{rng.randrange(10_000):04d}",
        terms=(Terms(plan, price, starts_on),),
        billing_day=billing_day,
        starts_on=starts_on,
        second=_second(desk),
        is_scheduled=chance(desk, 0.7) if draw.is_scheduled is None else draw.is_scheduled,
    )
    return _raised(desk, member)


def ordinary_member(desk: Desk) -> Member:
    """Draw one of the many: any plan, any billing day; some try first, change plan, or leave."""
    draw = Draw(-MONTHS_BEFORE, MONTHS_AFTER - 1, None, range(1, 32), None)
    member = new_member(desk, draw)
    if chance(desk, 0.15):
        member = _with_days_of_trial(desk, member)
    if chance(desk, 0.06):
        member = _with_other_plan(desk, member)
    if chance(desk, 0.2):
        member = _leaving(desk, member)
    return member


def second_membership(desk: Desk, member: Member) -> Member:
    """Draw another contract of the same person, on a key of its own for the same card."""
    plan = 0 if member.terms[-1].plan == PLANS[-1][0] else len(PLANS) - 1
    other = new_member(desk, Draw(-4, -1, plan, range(1, 32), None))
    return replace(
        other,
        buyer=member.buyer,
        card=member.card,
        card_number=member.card_number,
        person_number=member.number,
        # Never within minutes of the other contract's charge.
        second=(member.second + 2 * HOUR_S) % (20 * HOUR_S) // 60 * 60 + 120,
    )


def today(desk: Desk) -> date:
    """Give the sandbox's first day."""
    return date_of(desk.now_s)


def due_in(desk: Desk, member: Member) -> date:
    """Give the billing day of the period."""
    return due_on(desk.month.year, desk.month.number, member.billing_day)


def due_s(member: Member, day: date) -> int:
    """Give the second at which a day's charge is made."""
    return midnight(day) + member.second


def next_due(desk: Desk, member: Member) -> date:
    """Give the first billing day whose charge is still to come."""
    days = _billing_days(member, today(desk))
    return next(day for day in days if due_s(member, day) > desk.now_s)


def _billing_days(member: Member, from_on: date) -> Iterator[date]:
    year, month = from_on.year, from_on.month
    while True:
        yield due_on(year, month, member.billing_day)
        year, month = year + month // 12, month % 12 + 1


def _second(desk: Desk) -> int:
    """Draw a full minute: mostly by day, sometimes while it is still yesterday in UTC."""
    early = chance(desk, 0.2)
    minute = desk.rng.randrange(2, 520) if early else desk.rng.randrange(9 * 60, 20 * 60)
    return minute * 60


def _raised(desk: Desk, member: Member) -> Member:
    """Apply the rise of prices to a member of the plan."""
    month = month_after(desk.month, -1)
    raised_on = date(month.year, month.number, 1)
    if member.terms[0].plan != RAISED:
        return member
    if member.starts_on >= raised_on:
        return replace(member, terms=(Terms(RAISED, RAISED_PRICE, member.starts_on),))
    return replace(member, terms=(*member.terms, Terms(RAISED, RAISED_PRICE, raised_on)))


def _with_days_of_trial(desk: Desk, member: Member) -> Member:
    """Let a contract begin some days before its first charge."""
    starts_on = member.starts_on - timedelta(days=desk.rng.randrange(7, 15))
    first = replace(member.terms[0], from_on=starts_on)
    return replace(member, starts_on=starts_on, terms=(first, *member.terms[1:]))


def _with_other_plan(desk: Desk, member: Member) -> Member:
    """Let a member take the dearest plan from a billing day on."""
    later = [day for day in member.cycles(today(desk)) if day > member.terms[-1].from_on]
    if not later:
        return member
    plan, price = PLANS[-1]
    return replace(member, terms=(*member.terms, Terms(plan, price, desk.rng.choice(later))))


def _leaving(desk: Desk, member: Member) -> Member:
    """Let a contract end between two billing days, far from both."""
    charged = list(member.cycles(today(desk) - timedelta(days=CLEAR_DAYS + 8)))
    if len(charged) < 2:  # noqa: PLR2004 - who leaves was charged at least twice
        return member
    last_on = desk.rng.choice(charged[1:])
    days = timedelta(days=desk.rng.randrange(CLEAR_DAYS + 2, 20))
    ends_on = min(last_on + days, today(desk) - timedelta(days=1))
    kept = tuple(terms for terms in member.terms if terms.from_on <= ends_on)
    return replace(member, ends_on=ends_on, terms=kept)
