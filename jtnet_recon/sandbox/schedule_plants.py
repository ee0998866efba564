"""Plants the breaks of schedules (S01 to S09), and those of payments on billing keys."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from jtnet_recon.sandbox.kst import DAY_S, HOUR_S
from jtnet_recon.sandbox.members import Draw, Terms, due_s, new_member, today
from jtnet_recon.sandbox.schedule_book import EXECUTED
from jtnet_recon.sandbox.stories import (
    Bill,
    Story,
    bill_of,
    book_next,
    booked,
    charge,
    declined,
    executed,
    paid,
    revoked,
    story_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from jtnet_recon.sandbox.desk import Desk
    from jtnet_recon.sandbox.stories import Twist


def _told(twist: Twist, draw: Draw | None = None) -> Callable[[Desk], Story]:
    """Make a form of what happens on the period's billing day."""
    return lambda desk: story_of(desk, new_member(desk, draw or Draw()), twist)


def _s01(_: Desk, story: Story, day: date) -> None:
    """Leave a schedule behind that never ran."""
    member = story.member
    entry = booked(member, day, bill_of(member, day))
    story.schedules.append(entry)
    story.answer("S01", "due, and never run", entry=entry)


def _s02(_: Desk, story: Story, day: date) -> None:
    """Run a schedule that leaves no payment."""
    member = story.member
    entry = booked(member, day, bill_of(member, day)) | {
        "schedule_status": EXECUTED,
        "executed_at": due_s(member, day),
        "fail_reason": "결제 요청 전 오류",
    }
    story.schedules.append(entry)
    story.answer("S02", "run, and no payment came of it", entry=entry)


def _s03(desk: Desk, story: Story, day: date) -> None:
    """Fail once and leave it at that."""
    member = story.member
    row = declined(desk, member, due_s(member, day), bill_of(member, day))
    story.rows.append(row)
    story.schedules.append(executed(member, day, row))
    story.answer("S03", "failed, and nobody tried again", entry=story.schedules[-1])


def _s04(desk: Desk, story: Story, day: date) -> None:
    """Revoke a schedule a minute before it is charged all the same."""
    member, at_s = story.member, due_s(story.member, day)
    row = paid(desk, member, at_s, bill_of(member, day))
    story.rows.append(row)
    story.schedules.append(revoked(member, day, at_s=at_s - 60))
    story.answer("S04", "revoked, and charged after that", row=row)


def _s05(desk: Desk, story: Story, day: date) -> None:
    """Charge as scheduled what no schedule asked for."""
    row = charge(desk, story, day)
    story.schedules.pop()
    story.answer("S05", "charged as scheduled, without a schedule", row=row)


def _s06(desk: Desk) -> Story:
    """Book the next billing day twice."""
    story = story_of(desk, new_member(desk, Draw()), charge)
    entry = book_next(desk, story, end="-b")
    entry["schedule_at"] += 3 * HOUR_S
    story.answer("S06", "the next charge is booked twice", entry=entry)
    return story


def _s07(desk: Desk) -> Story:
    """End a contract and leave its next charge booked."""
    story = story_of(desk, new_member(desk, Draw(days=range(4, 17))), charge)
    story.contracts = [replace(story.member, ends_on=today(desk) - timedelta(days=2))]
    story.answer("S07", "booked beyond the contract's end", entry=story.schedules[-1])
    return story


def _s08(desk: Desk) -> Story:
    """Leave the next charge booked at the price before a rise."""
    member = new_member(desk, Draw())
    old = member.terms[0].price
    from_on = today(desk) - timedelta(days=1)
    dearer = Terms(member.terms[0].plan, old + 3_000, from_on)
    story = story_of(desk, replace(member, terms=(*member.terms, dearer)), charge)
    entry = story.schedules[-1]
    entry["amount"] = old
    story.answer("S08", "booked at the price before the rise", entry=entry)
    return story


def _s09(_: Desk, story: Story, day: date) -> None:
    """Forget a month."""
    story.answer("S09", f"neither schedule nor charge for {day.isoformat()}")


def _p07(desk: Desk, story: Story, day: date) -> None:
    """Charge one order twice, half an hour apart: both answers got lost on the way."""
    row = charge(desk, story, day)
    member, at_s = story.member, row["started_at"] + HOUR_S // 2
    again = paid(desk, member, at_s, bill_of(member, day))
    story.rows.append(again)
    story.answer("P07", "one order id, charged twice", row=again)


def _p08(desk: Desk, story: Story, day: date) -> None:
    """Charge a second time within minutes, under a new order id."""
    row = charge(desk, story, day)
    member, at_s = story.member, row["started_at"] + 180
    story.rows.append(paid(desk, member, at_s, bill_of(member, day, end="-b")))
    story.answer("P08", "charged twice within minutes", row=story.rows[-1])


def _p19(desk: Desk, story: Story, day: date) -> None:
    """Try to sell something more, in vain."""
    row = charge(desk, story, day)
    member, at_s = story.member, row["started_at"] + 6 * DAY_S
    more = declined(desk, member, at_s, Bill(f"ADD-{member.number:06d}", 3_300))
    story.rows.append(more)
    story.answer("P19", "an attempt that was given up", row=more)


OWN_CLOCK = Draw(is_scheduled=False)
FORMS: tuple[Callable[[Desk], Story], ...] = (
    _told(_s01), _told(_s02), _told(_s03), _told(_s04), _told(_s05), _s06, _s07, _s08,
    _told(_s09), _told(_p07, OWN_CLOCK), _told(_p08, OWN_CLOCK), _told(_p19, OWN_CLOCK),
)  # fmt: skip
