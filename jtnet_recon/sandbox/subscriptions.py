"""Makes the account of a subscription business: a year of members, charges and schedules.

It follows from (month, seed, number of members) alone. The list of contracts is what the
merchant believes; the payments, schedules and keys are what i'mport has. Where the two do not
agree, `answers` says so: one row a planted break.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jtnet_recon.sandbox import key_plants, payments, schedule_plants
from jtnet_recon.sandbox.desk import chance, moment, open_desk
from jtnet_recon.sandbox.kst import DAY_S, HOUR_S, month_after
from jtnet_recon.sandbox.members import MONTHS_AFTER, ordinary_member, second_membership
from jtnet_recon.sandbox.stories import story_of
from jtnet_recon.sandbox.world import began

if TYPE_CHECKING:
    from jtnet_recon.sandbox.desk import Desk
    from jtnet_recon.sandbox.kst import Month
    from jtnet_recon.sandbox.members import Member
    from jtnet_recon.sandbox.records import Record
    from jtnet_recon.sandbox.stories import KeyAnswer, Story

SUBSCRIPTIONS_MIN = 60
# The same account sells a few things without any subscription.
OTHER_SALES_SHARE = 0.05
SECOND_SHARE, SUPER_SHARE = 0.02, 0.01


@dataclass(frozen=True, slots=True)
class Business:
    """Everything that is true of the account, and what the merchant believes."""

    month: Month
    now_s: int
    rows: list[Record]
    keys: list[Record]
    schedules: list[Record]
    contracts: list[Member]
    answers: list[KeyAnswer]


def make_business(month: Month, *, seed: int, subscriptions: int) -> Business:
    """Make the business that (month, seed, subscriptions) stand for, always the same one."""
    if subscriptions < SUBSCRIPTIONS_MIN:
        message = (
            f"Sandbox: subscriptions={subscriptions} is too few for every break; "
            f"use {SUBSCRIPTIONS_MIN} or more"
        )
        raise ValueError(message)
    rng = random.Random(f"subscriptions/{month.year}-{month.number}-{seed}-{subscriptions}")
    now_s = month_after(month, MONTHS_AFTER).start_s + 19 * DAY_S + 10 * HOUR_S
    desk = open_desk(rng, month, now_s, used=set(), tids=int(rng.random() * 10_000))
    stories = _stories(desk, subscriptions)
    rows = [row for story in stories for row in story.rows]
    rows += [payments.approved(desk, moment(desk)) for _ in range(_others(subscriptions))]
    contracts = [member for story in stories for member in story.contracts]
    return Business(
        month,
        now_s,
        sorted(rows, key=began),
        [key for story in stories for key in story.keys],
        [entry for story in stories for entry in story.schedules],
        sorted(contracts, key=lambda member: (member.starts_on, member.number)),
        [answer for story in stories for answer in story.answers],
    )


def _stories(desk: Desk, subscriptions: int) -> list[Story]:
    """Tell the planted stories, then those of the many."""
    forms = (*key_plants.forms_of(desk), *schedule_plants.FORMS)
    times = max(1, round(subscriptions / 400))
    stories = [form(desk) for form in forms for _ in range(times)]
    supers = 0
    while len(stories) < subscriptions:
        story = story_of(desk, member := ordinary_member(desk))
        stories.append(story)
        # The first of the many that can be rare always is.
        is_first = len(stories) == times * len(forms) + 1
        can_be_super = bool(story.keys) and not member.is_scheduled
        if can_be_super and (not supers or chance(desk, SUPER_SHARE)):
            story.keys = [super_key(story.keys[0])]
            supers += 1
        if is_first or chance(desk, SECOND_SHARE):
            stories.append(story_of(desk, second_membership(desk, member)))
    return stories[:subscriptions]


def super_key(key: Record) -> Record:
    """Write a key of a channel group: another shape, one entry a PG that took the card."""
    owner = ("customer_id", "customer_name", "customer_tel", "customer_email", "customer_addr",
             "customer_postcode")  # fmt: skip
    of_a_channel = ("pg_provider", "pg_id", "card_name", "card_code", "card_issuer_code",
                    "card_issuer_name", "card_publisher_code", "card_publisher_name",
                    "card_number", "card_type", "inserted", "updated")  # fmt: skip
    refused = {
        "type": "PG_PROVIDER",
        "message": "카드사 거절",
        "pg_provider": "kcp_billing",
        "pg_id": "BA000",
    }
    return {
        "customer_uid": key["customer_uid"],
        "channelGroupId": "channel-group-00000000",
        # The document lets no field of this shape be null: what is empty is left out.
        **{name: key[name] for name in owner if key[name] is not None},
        "succeededChannels": [{name: key[name] for name in of_a_channel if key[name] is not None}],
        "failedChannels": [refused],
    }


def _others(subscriptions: int) -> int:
    return max(3, round(subscriptions * OTHER_SALES_SHARE))
