"""Plants the breaks of billing keys (B01 to B11): one function a form, one break a member.

Each member is made to measure, so that no two breaks meet on one billing key and none arises by
accident. Codes are those of the break table (code list of the project).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from jtnet_recon.sandbox import records
from jtnet_recon.sandbox import vocabulary as words
from jtnet_recon.sandbox.desk import MOVE_S
from jtnet_recon.sandbox.kst import DAY_S, HOUR_S, date_of, midnight, month_after
from jtnet_recon.sandbox.members import Draw, Terms, due_in, due_on, due_s, new_member, today
from jtnet_recon.sandbox.stories import (
    Bill,
    Story,
    bill_of,
    book_next,
    charge,
    declined,
    executed,
    key_of,
    paid,
    register,
    registered,
    registered_s,
    revoked,
    story_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from jtnet_recon.sandbox.desk import Desk

OWN_CLOCK = Draw(is_scheduled=False)
AFTER = Draw(1, 2)


def _b01_unknown_contract(desk: Desk) -> Story:
    """Charge a key month after month that no contract names."""
    story = story_of(desk, new_member(desk, OWN_CLOCK), charge)
    story.contracts.clear()
    row = _charge_of_period(desk, story)
    story.answer("B01", "a key that no contract names was charged", row=row)
    return story


def _b01_deleted(desk: Desk) -> Story:
    """Charge a key once that no contract names, and that was deleted since."""
    member = new_member(desk, OWN_CLOCK)
    story = Story(member, [])
    register(desk, story)
    row = charge(desk, story, due_in(desk, member))
    story.answer("B01", "a key that no contract names was charged, and deleted since", row=row)
    return story


def _b02_deleted(desk: Desk) -> Story:
    """Delete a key some weeks after the period; the contract goes on."""
    story = story_of(desk, new_member(desk, OWN_CLOCK), charge)
    last_s = due_s(story.member, due_in(desk, story.member)) + 40 * DAY_S
    story.rows = [row for row in story.rows if row["started_at"] < last_s]
    story.keys.clear()
    story.answer("B02", "the key of an active contract was deleted")
    return story


def _b02_never_issued(desk: Desk) -> Story:
    """Sign a contract after the period whose card was never registered."""
    story = Story(member := new_member(desk, AFTER), [member])
    story.answer("B02", "the key of an active contract was never issued")
    return story


def _b03_shared(desk: Desk) -> Story:
    """Let two customers have contracts on one key; each is charged for his own."""
    member = new_member(desk, Draw(days=range(4, 10), is_scheduled=False))
    other = replace(
        new_member(desk, Draw(days=range(18, 24), plan=2, is_scheduled=False)),
        uid=member.uid,
        card=member.card,
        card_number=member.card_number,
    )
    story, second = story_of(desk, member, charge), story_of(desk, other, charge)
    story.contracts.append(other)
    # The second customer's registration found the key there already.
    story.rows += [row for row in second.rows if row["amount"]]
    story.answer("B03", "two customers have one key")
    return story


def _left_at_jtnet(desk: Desk) -> Story:
    """Forget one key when the others were moved to NICE: it is dead, and nobody noticed."""
    story = story_of(desk, new_member(desk, OWN_CLOCK), charge)
    story.rows = [row for row in story.rows if row["started_at"] < MOVE_S]
    provider, _, mid, _ = records.JTNET
    key = story.keys[0]
    key |= {"pg_provider": provider, "pg_id": mid, "updated": key["inserted"]}
    story.answer("B02", "the key of an active contract was left at JTNet")
    return story


def _b03_other_card(desk: Desk) -> Story:
    """Issue a key again, to another card, after the period."""
    story = story_of(desk, new_member(desk, OWN_CLOCK), charge)
    member = story.member
    others = [card for card in words.CARDS if card != member.card]
    number = f"4330{desk.rng.randrange(100):02d}******{desk.rng.randrange(10_000):04d}"
    changed = replace(member, card=desk.rng.choice(others), card_number=number)
    again_s = due_s(member, due_in(desk, member)) + 8 * DAY_S
    later = {**key_of(changed, desk.now_s), "inserted": registered_s(member)}
    story.keys = [later | {"updated": max(again_s, later["updated"])}]
    shown = ("card_code", "card_name", "card_number")
    roles = ("issuer", "publisher")
    for row in story.rows:
        if row["started_at"] > again_s:
            row.update({name: story.keys[0][name] for name in shown})
            for role in roles:
                row[f"card_{role}_code"], row[f"card_{role}_name"] = changed.card
    story.answer("B03", "the key was issued again to another card")
    return story


def _b04_trial_dropped(desk: Desk) -> Story:
    """Register a card in the period for a contract that never came."""
    member = new_member(desk, Draw(0, 0, days=range(2, 6), is_scheduled=False))
    story = Story(member, [], keys=[key_of(member, desk.now_s)])
    uid = f"REG-{member.number:06d}"
    story.rows.append(registered(desk, member, registered_s(member), uid=uid, amount=0))
    story.answer("B04", "a key without a contract, never charged")
    return story


def _b04_plan_dropped(desk: Desk) -> Story:
    """Revoke the first schedule of a contract that never came, and keep the key."""
    member = new_member(desk, Draw(0, 0, days=range(8, 20)))
    before = replace(member, starts_on=member.starts_on - timedelta(days=5))
    story = Story(member, [], keys=[key_of(before, desk.now_s)])
    day = member.starts_on
    at_s = due_s(member, day) - DAY_S
    story.schedules.append(revoked(member, day, at_s=at_s))
    story.answer("B04", "a key without a contract; its one schedule was revoked")
    return story


def _b05(desk: Desk) -> Story:
    """Delete a key whose next charge is booked."""
    story = story_of(desk, new_member(desk, Draw()), charge)
    story.keys.clear()
    story.answer("B05", "the key was deleted, its schedule was not", entry=story.schedules[-1])
    return story


def _b06(desk: Desk) -> Story:
    """Charge a customer at the registration, though the first charge is due later."""
    member = new_member(desk, Draw(0, 0, days=range(18, 25)))
    month = desk.month
    starts_on = date(month.year, month.number, desk.rng.randrange(3, 9))
    terms = (replace(member.terms[0], from_on=starts_on),)
    member = replace(member, starts_on=starts_on, terms=terms)
    story = story_of(desk, member, charge)
    first = story.rows[0]
    uid, amount = f"REG-{member.number:06d}", member.price_on(starts_on)
    story.rows[0] = registered(desk, member, first["paid_at"], uid=uid, amount=amount)
    story.answer("B06", "the registration charged the card", row=story.rows[0])
    return story


def _b07(desk: Desk) -> Story:
    """Charge once more after the contract ended; then the key is deleted."""
    member = new_member(desk, Draw(-6, -3))
    before = month_after(desk.month, -1)
    day = due_on(before.year, before.number, member.billing_day)
    ended = replace(member, ends_on=day + timedelta(days=desk.rng.randrange(8, 18)))
    story = story_of(desk, ended, charge)
    row = charge(desk, story, due_in(desk, ended))
    story.answer("B07", "charged after the contract ended", row=row)
    return story


def _b08(desk: Desk) -> Story:
    """Put a key of the test channel into a contract that has just begun."""
    member = new_member(desk, Draw(2, 2))
    starts_on = today(desk) - timedelta(days=3)
    member = replace(
        member,
        starts_on=starts_on,
        terms=(replace(member.terms[0], from_on=starts_on),),
        billing_day=(starts_on - timedelta(days=5)).day,
    )
    test_mid = {"jtnet": "tpaytest2m", "nice": "nictest04m"}
    key = key_of(member, desk.now_s)
    key |= {"sandbox": True, "pg_id": test_mid[key["pg_provider"]]}
    story = Story(member, [member], keys=[key])
    book_next(desk, story)["pg_id"] = key["pg_id"]
    story.answer("B08", "a live contract on a key of the test channel")
    return story


def _b09_wrong(desk: Desk) -> Story:
    return _b09(desk, lambda price: price + 1_000 * desk.rng.choice((-3, -2, -1, 1, 2, 3)))


def _b09_prorated(desk: Desk) -> Story:
    return _b09(desk, lambda price: price // 2 // 100 * 100)


def _b09(desk: Desk, priced: Callable[[int], int]) -> Story:
    def twist(desk: Desk, story: Story, day: date) -> None:
        amount = priced(story.member.price_on(day))
        row = charge(desk, story, day, amount=amount)
        story.answer("B09", f"charged {amount:,} in place of the contract's price", row=row)

    return story_of(desk, new_member(desk, Draw()), twist)


def _b09_old_price(desk: Desk) -> Story:
    """Go on charging the old price after a rise that the contract has."""
    member = new_member(desk, Draw(plan=0, first=-6, last=-3))
    dearer = Terms(member.terms[0].plan, member.terms[0].price + 2_000, due_in(desk, member))
    old = member.terms[0].price

    def twist(desk: Desk, story: Story, day: date) -> None:
        row = charge(desk, story, day, amount=old)
        story.answer("B09", "charged the price before the rise", row=row)

    return story_of(desk, replace(member, terms=(*member.terms, dearer)), twist)


def _b10_recovery_and_own_retry(desk: Desk) -> Story:
    """Let the console's recovery and the shop's own retry both be paid."""

    def twist(desk: Desk, story: Story, day: date) -> None:
        member, bill = story.member, bill_of(story.member, day)
        first = declined(desk, member, due_s(member, day), bill)
        by_hand = Bill(f"{bill.uid}-r1", bill.amount)
        own = paid(desk, member, midnight(day) + DAY_S + 13 * HOUR_S, by_hand)
        again = paid(desk, member, midnight(day) + 2 * DAY_S + 21 * HOUR_S, bill)
        story.rows += [first, own, again]
        story.schedules.append(executed(member, day, again))
        story.answer("B10", "own retry and recovery were both paid", row=again)

    return story_of(desk, new_member(desk, Draw()), twist)


def _b10_again(desk: Desk) -> Story:
    """Charge a cycle a second time, days later."""

    def twist(desk: Desk, story: Story, day: date) -> None:
        charge(desk, story, day)
        member, at_s = story.member, due_s(story.member, day) + 5 * DAY_S + 3 * HOUR_S
        story.rows.append(paid(desk, member, at_s, bill_of(member, day, end="-2")))
        story.answer("B10", "charged a second time in one cycle", row=story.rows[-1])

    return story_of(desk, new_member(desk, OWN_CLOCK), twist)


def _b11(desk: Desk) -> Story:
    """Fail day after day, and give the month up."""

    def twist(desk: Desk, story: Story, day: date) -> None:
        member = story.member
        for number in range(5):
            at_s = due_s(member, day) + number * DAY_S
            story.rows.append(declined(desk, member, at_s, bill_of(member, day)))
        story.answer("B11", "five failures in a row, never paid")

    return story_of(desk, new_member(desk, OWN_CLOCK), twist)


def _charge_of_period(desk: Desk, story: Story) -> records.Record:
    """Find the charge of the period's billing day."""
    day = due_in(desk, story.member)
    return next(row for row in story.rows if date_of(row["started_at"]) == day)


FORMS: tuple[Callable[[Desk], Story], ...] = (
    _b01_unknown_contract, _b01_deleted, _b02_deleted, _b02_never_issued, _b03_shared,
    _b03_other_card, _b04_plan_dropped, _b05, _b07, _b08, _b09_wrong, _b09_prorated,
    _b09_old_price, _b10_recovery_and_own_retry, _b10_again, _b11,
)  # fmt: skip
# Only the payment window leaves a payment behind when a card is registered; NICE offered none.
WITH_A_WINDOW: tuple[Callable[[Desk], Story], ...] = (_b04_trial_dropped, _b06)
ACROSS_THE_MOVE: tuple[Callable[[Desk], Story], ...] = (_left_at_jtnet,)


def forms_of(desk: Desk) -> tuple[Callable[[Desk], Story], ...]:
    """Give the forms that the period and the sandbox's present allow."""
    with_window = WITH_A_WINDOW if desk.month.end_s < MOVE_S else ()
    across = ACROSS_THE_MOVE if desk.month.end_s < MOVE_S <= desk.now_s else ()
    return FORMS + with_window + across
