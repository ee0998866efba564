"""Tells what a member leaves behind: a billing key, charges, schedules, a line of the contracts.

Without a twist everything is in order: each billing day inside the contract has one charge that
was paid, at the price of the day, and the schedules say the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from jtnet_recon.sandbox import records
from jtnet_recon.sandbox.cards import LIMIT, NO_MONEY, Card
from jtnet_recon.sandbox.desk import MOVE_S, Basket, chance, phone_of
from jtnet_recon.sandbox.keys import key_record
from jtnet_recon.sandbox.kst import DAY_S, HOUR_S, date_of, midnight
from jtnet_recon.sandbox.members import due_in, due_s, next_due, today
from jtnet_recon.sandbox.schedule_book import BLANK, EXECUTED, REVOKED, SCHEDULED

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from jtnet_recon.sandbox.desk import Desk
    from jtnet_recon.sandbox.members import Member
    from jtnet_recon.sandbox.records import Record

    Twist = Callable[["Desk", "Story", date], object]

# Outcomes of a billing day that need somebody's eye, and are in order; the rest is paid at once.
RECOVERED, RETRIED, REFUNDED, PARTLY_REFUNDED = 0.04, 0.01, 0.01, 0.01
# A story that takes days is not begun so short before the sandbox's present.
SETTLED_DAYS = 12


@dataclass(frozen=True, slots=True)
class KeyAnswer:
    """One break that an audit of the billing keys must find; one of the two ids is set."""

    code: str
    customer_uid: str | None
    merchant_uid: str | None
    imp_uid: str | None
    planted: str


@dataclass(frozen=True, slots=True)
class Bill:
    """What is asked of a billing key; ``amount`` in won."""

    uid: str
    amount: int
    usage: str = "payment"


@dataclass(slots=True)
class Story:
    """All that one member left behind; a list of contracts that is empty is no contract."""

    member: Member
    contracts: list[Member]
    rows: list[Record] = field(default_factory=list)
    schedules: list[Record] = field(default_factory=list)
    keys: list[Record] = field(default_factory=list)
    answers: list[KeyAnswer] = field(default_factory=list)

    def answer(
        self, code: str, planted: str, *, row: Record | None = None, entry: Record | None = None
    ) -> None:
        """Note a break: on a payment, on a schedule, or on the billing key as a whole."""
        imp_uid = None if row is None else row["imp_uid"]
        merchant_uid = None if entry is None else entry["merchant_uid"]
        self.answers.append(KeyAnswer(code, self.member.uid, merchant_uid, imp_uid, planted))


def story_of(desk: Desk, member: Member, twist: Twist | None = None) -> Story:
    """Tell a member's story; ``twist`` tells the period's billing day in place of the usual way."""
    story = Story(member, [member])
    first_on = register(desk, story)
    for day in member.cycles(today(desk)):
        if day == first_on or due_s(member, day) > desk.now_s:
            continue
        if twist is not None and day == due_in(desk, member):
            twist(desk, story, day)
        elif twist is not None:
            charge(desk, story, day)
        else:
            _usual(desk, story, day)
    if member.ends_on is None:
        story.keys.append(key_of(member, desk.now_s))
        if member.is_scheduled:
            book_next(desk, story)
    return story


def register(desk: Desk, story: Story) -> date | None:
    """Register the card; the day whose charge was made with it, if one was."""
    member = story.member
    at_s = registered_s(member)
    # NICE took the keys over, but offered no window for new ones: those leave no payment.
    if at_s >= MOVE_S - HOUR_S:
        return None
    is_charged = member.starts_on in member.cycles(member.starts_on) and chance(desk, 0.3)
    amount = member.price_on(member.starts_on) if is_charged else 0
    uid = order_id(member, member.starts_on) if is_charged else f"REG-{member.number:06d}"
    story.rows.append(registered(desk, member, at_s, uid=uid, amount=amount))
    return member.starts_on if is_charged else None


def registered_s(member: Member) -> int:
    """Give the second of the registration: on the contract's first day, before its charge."""
    return midnight(member.starts_on) + max(60, member.second - HOUR_S // 2)


def registered(desk: Desk, member: Member, at_s: int, *, uid: str, amount: int) -> Record:
    """Register the card in the window; the PG charges an amount above 0 as well."""
    wanted = Basket(uid, "카드 등록", amount, "KRW", member.buyer)
    window = records.register_card(desk, wanted, at_s - 40, customer=member.customer)
    return _with_card(records.approve(desk, window, at_s), member)


def order_id(member: Member, day: date, end: str = "") -> str:
    """Give the order id of a billing day."""
    return f"SUB-{day:%Y%m}-{member.number:06d}{end}"


def bill_of(member: Member, day: date, *, amount: int | None = None, end: str = "") -> Bill:
    """Write the bill of a billing day: the price of the day, unless ``amount`` is another."""
    price = member.price_on(day) if amount is None else amount
    usage = "payment.scheduled" if member.is_scheduled else "payment"
    return Bill(order_id(member, day, end), price, usage)


def paid(desk: Desk, member: Member, at_s: int, bill: Bill) -> Record:
    """Charge a billing key, and have it approved."""
    return _with_card(records.approve(desk, _started(desk, member, at_s, bill), at_s + 1), member)


def declined(desk: Desk, member: Member, at_s: int, bill: Bill) -> Record:
    """Charge a billing key in vain."""
    record = _started(desk, member, at_s, bill)
    reason = desk.rng.choice((LIMIT, NO_MONEY))
    record.update(status="failed", failed_at=at_s + 2, fail_reason=reason)
    return record


def charge(desk: Desk, story: Story, day: date, *, amount: int | None = None) -> Record:
    """Charge a billing day as it should be: scheduled or by the merchant's own clock."""
    member = story.member
    row = paid(desk, member, due_s(member, day), bill_of(member, day, amount=amount))
    story.rows.append(row)
    if member.is_scheduled:
        story.schedules.append(executed(member, day, row))
    return row


def executed(member: Member, day: date, row: Record) -> Record:
    """Write the schedule that a charge was made from; ``row`` is its last attempt."""
    return booked(member, day, Bill(row["merchant_uid"], row["amount"])) | {
        "imp_uid": row["imp_uid"],
        "pg_provider": row["pg_provider"],
        "pg_id": row["pg_id"],
        "executed_at": row["started_at"],
        "schedule_status": EXECUTED,
        "payment_status": row["status"],
        "fail_reason": row["fail_reason"],
    }


def revoked(member: Member, day: date, *, at_s: int) -> Record:
    """Write the schedule of a billing day that was revoked."""
    change = {"schedule_status": REVOKED, "revoked_at": at_s}
    return booked(member, day, bill_of(member, day)) | change


def booked(member: Member, day: date, bill: Bill) -> Record:
    """Write a schedule that waits for its second."""
    at_s = due_s(member, day)
    provider, _, mid, _ = records.gateway(at_s)
    return BLANK | {
        "customer_uid": member.uid,
        "merchant_uid": bill.uid,
        "pg_provider": provider,
        "pg_id": mid,
        "customer_id": member.person,
        "schedule_at": at_s,
        "amount": bill.amount,
        "name": title(member, day),
        "buyer_name": member.buyer.name,
        "buyer_tel": phone_of(member.buyer),
        "schedule_status": SCHEDULED,
    }


def book_next(desk: Desk, story: Story, *, end: str = "") -> Record:
    """Book the next billing day, as is done after each charge."""
    member, day = story.member, next_due(desk, story.member)
    entry = booked(member, day, bill_of(member, day, end=end))
    story.schedules.append(entry)
    return entry


def key_of(member: Member, now_s: int) -> Record:
    """Write the billing key as i'mport shows it at ``now_s``, moved to NICE if it has to be."""
    inserted_s = registered_s(member)
    moved_s = MOVE_S + DAY_S // 8
    is_moved = inserted_s < MOVE_S <= now_s
    provider, _, mid, _ = records.gateway(now_s if is_moved else inserted_s)
    card = Card(member.card_number, member.card[0])
    return key_record(member.uid, card, provider=provider, mid=mid) | {
        "customer_id": member.person,
        "customer_name": member.buyer.name,
        "customer_tel": phone_of(member.buyer),
        "customer_email": f"member{member.number:06d}@example.com",
        "inserted": inserted_s,
        "updated": moved_s if is_moved else inserted_s,
    }


def title(member: Member, day: date) -> str:
    """Name what is charged."""
    return f"{member.plan_on(day)} {day.month}월 이용료"


def _usual(desk: Desk, story: Story, day: date) -> None:
    """Tell a billing day as most are, or as some are that come right in the end."""
    drawn = desk.rng.random()
    if day > today(desk) - timedelta(days=SETTLED_DAYS):
        charge(desk, story, day)
    elif drawn < RECOVERED:
        recover(desk, story, day)
    elif drawn < RECOVERED + RETRIED:
        _retry_otherwise(desk, story, day)
    elif drawn < RECOVERED + RETRIED + REFUNDED + PARTLY_REFUNDED:
        row = charge(desk, story, day)
        share = 1 if drawn < RECOVERED + RETRIED + REFUNDED else 2
        at_s = row["paid_at"] + HOUR_S + int(desk.rng.random() * 8 * DAY_S)
        records.cancel(desk, row, at_s, minor=row["amount"] // share // 100 * 100)
        for entry in story.schedules[-1:]:
            if entry["imp_uid"] == row["imp_uid"]:
                entry["payment_status"] = row["status"]
    else:
        charge(desk, story, day)


def recover(desk: Desk, story: Story, day: date) -> Record:
    """Fail, be tried again each day under the same order id, and be paid at last."""
    member, times, bill = story.member, 1 + int(desk.rng.random() * 2), bill_of(story.member, day)
    for number in range(times):
        at_s = due_s(member, day) if number == 0 else _recovery_s(day, number)
        story.rows.append(declined(desk, member, at_s, bill))
    row = paid(desk, member, _recovery_s(day, times), bill)
    story.rows.append(row)
    if member.is_scheduled:
        story.schedules.append(executed(member, day, row))
    return row


def _retry_otherwise(desk: Desk, story: Story, day: date) -> None:
    """Fail, and be charged by hand two days later under an order id of its own."""
    member = story.member
    row = declined(desk, member, due_s(member, day), bill_of(member, day))
    by_hand = replace(bill_of(member, day, end="-r1"), usage="payment")
    story.rows += [row, paid(desk, member, _recovery_s(day, 2), by_hand)]
    if member.is_scheduled:
        story.schedules.append(executed(member, day, row))


def _recovery_s(day: date, number: int) -> int:
    """Give the second of the console's daily retry, some days after a billing day."""
    return midnight(day) + number * DAY_S + 21 * HOUR_S


def _started(desk: Desk, member: Member, at_s: int, bill: Bill) -> Record:
    """Start a charge on the member's card."""
    name = f"{member.plan_on(date_of(at_s))} 이용료"
    wanted = Basket(bill.uid, name, bill.amount, "KRW", member.buyer)
    record = records.charge_key(desk, wanted, at_s, customer=member.customer)
    code, card = member.card
    record.update(customer_uid_usage=bill.usage, card_code=code, card_name=card)
    return record


def _with_card(record: Record, member: Member) -> Record:
    """Show the card that was charged."""
    code, name = member.card
    record.update(
        card_code=code,
        card_name=name,
        card_issuer_code=code,
        card_issuer_name=name,
        card_publisher_code=code,
        card_publisher_name=name,
        card_number=member.card_number,
    )
    return record
