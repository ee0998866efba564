"""A seeded business: ordinary keys, and one key for each break, told by what was done to it."""

from __future__ import annotations

import random
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit_world import World

ORDINARY = 6
AFTER_DAYS = 40
"""Days after the period on which the audit is made."""


@dataclass(frozen=True)
class Key:
    """One key, its price and billing day, and the month that is audited."""

    world: World
    rng: random.Random
    uid: str
    year: int
    month: int
    price: int
    day: int

    def due(self, months: int = 0) -> date:
        """Give the due day some months after the audited one."""
        count = self.year * 12 + self.month - 1 + months
        year, month = count // 12, count % 12 + 1
        return date(year, month, min(self.day, monthrange(year, month)[1]))

    def at(self, months: int = 0, days: int = 0, minutes: int | None = None) -> str:
        """Give an instant on or after a due day, at any time of the day."""
        minute = self.rng.randrange(24 * 60) if minutes is None else minutes
        start = datetime.combine(self.due(months), datetime.min.time())
        return (start + timedelta(days=days, minutes=minute)).isoformat(sep=" ")

    def order(self, end: str = "") -> str:
        """Give an order id of this key."""
        return f"{self.uid}-order{end}"

    def contract(self, **given: object) -> None:
        """Sign the contract: months ago, on a billing day."""
        started = self.due(-self.rng.randrange(2, 30))
        usual = {"price": self.price, "billing_day": self.day, "starts_on": started.isoformat()}
        self.world.contract(self.uid, **{**usual, **given})

    def registered(self, **given: object) -> None:
        """Sign the contract on a key that is there."""
        self.contract(**given)
        self.world.key(self.uid, inserted=self.at(-40))

    def other_months(self) -> None:
        """Charge the months before and after, as they should be."""
        for months in (-1, 1):
            self.world.charge(
                self.uid, self.at(months), self.price, merchant_uid=self.order(f"{months}")
            )


def build(world: World, seed: int, year: int, month: int) -> list[tuple[str, str]]:
    """Write a business, and tell which code is to be found on which key."""
    rng = random.Random(f"audit/{seed}")
    plans = [(f"in order {n}", _in_order) for n in range(ORDINARY)] + list(PLANTS.items())
    rng.shuffle(plans)
    answers = []
    for name, plant in plans:
        price = rng.randrange(1, 60) * 1_100 + 990
        key = Key(world, rng, f"{seed}/{name}", year, month, price, rng.randrange(1, 32))
        plant(key)
        if name in PLANTS:
            answers.append((name, key.uid))
    return answers


def _in_order(key: Key) -> None:
    key.registered()
    key.other_months()
    rng, amount = key.rng, key.price
    way = rng.randrange(4)
    if way == 0:
        key.world.charge(key.uid, key.at(), amount)
    elif way == 1:
        key.world.scheduled_charge(key.uid, key.at(), amount)
    elif way == 2:
        for days in range(rng.randrange(1, 4)):
            key.world.charge(
                key.uid, key.at(days=days), amount, status="failed", merchant_uid=key.order()
            )
        key.world.charge(
            key.uid, key.at(days=4), amount, merchant_uid=key.order(rng.choice(("", "-r")))
        )
    else:
        cancel = rng.choice((amount, amount // 2))
        key.world.charge(key.uid, key.at(), amount, cancel_amount=cancel, status="cancelled")


def _b01(key: Key) -> None:
    key.world.key(key.uid, inserted=key.at(-3))
    key.world.charge(key.uid, key.at(), key.price)


def _b02(key: Key) -> None:
    key.contract()
    key.world.key(key.uid, "unknown")
    key.world.charge(key.uid, key.at(), key.price)


def _b03(key: Key) -> None:
    key.registered()
    key.world.charge(key.uid, key.at(), key.price)
    if key.rng.random() < 0.5:
        key.contract(customer="another")
        key.world.charge(key.uid, key.at(), key.price, merchant_uid=key.order("-2"))
    else:
        key.world.payments[-1]["card_code"] = "361"
        key.world.charge(
            key.uid, key.at(1), key.price, merchant_uid=key.order("-2"), card_code="366"
        )


def _b04(key: Key) -> None:
    key.world.key(key.uid, inserted=key.at(-key.rng.randrange(4, 20)))


def _b05(key: Key) -> None:
    key.contract()
    key.world.key(key.uid, "unknown")
    key.world.charge(key.uid, key.at(), key.price)
    key.world.booking(key.uid, key.at(4), key.price)


def _b06(key: Key) -> None:
    started = date(key.year, key.month, key.rng.randrange(16, 25))
    key.registered(starts_on=started.isoformat(), billing_day=key.rng.randrange(1, 11))
    key.world.charge(key.uid, f"{started} 11:00", 500, customer_uid_usage="issue")


def _b07(key: Key) -> None:
    ended = key.due() - timedelta(days=key.rng.randrange(5, 25))
    key.registered(starts_on=key.due(-12).isoformat(), ends_on=ended.isoformat())
    key.world.charge(key.uid, key.at(), key.price)


def _b08(key: Key) -> None:
    key.contract(starts_on=key.due(1).isoformat(), billing_day=key.due(1).day)
    key.world.key(key.uid, sandbox=True)


def _b09(key: Key) -> None:
    key.registered()
    wrong = key.price + key.rng.choice((-500, -1, 1, 3_000))
    key.world.charge(key.uid, key.at(), wrong)


def _b10(key: Key) -> None:
    key.registered()
    key.world.charge(key.uid, key.at(), key.price)
    days = key.rng.randrange(2, 20)
    key.world.charge(key.uid, key.at(days=days), key.price, merchant_uid=key.order("-2"))


def _b11(key: Key) -> None:
    key.registered()
    for days in range(key.rng.randrange(3, 8)):
        key.world.charge(key.uid, key.at(days=days), key.price, status="failed")


def _s01(key: Key) -> None:
    key.registered()
    key.world.booking(key.uid, key.at(), key.price)


def _s02(key: Key) -> None:
    key.registered()
    key.world.booking(key.uid, key.at(), key.price, schedule_status="executed")


def _s03(key: Key) -> None:
    key.registered()
    key.world.scheduled_charge(key.uid, key.at(), key.price, status="failed")


def _s04(key: Key) -> None:
    key.registered()
    key.world.charge(key.uid, key.at(minutes=600), key.price)
    order = key.world.payments[-1]["merchant_uid"]
    times = {"revoked_at": key.at(minutes=key.rng.randrange(1, 600)), "merchant_uid": order}
    key.world.booking(key.uid, key.at(minutes=600), key.price, schedule_status="revoked", **times)


def _s05(key: Key) -> None:
    key.registered()
    key.world.charge(key.uid, key.at(), key.price, customer_uid_usage="payment.scheduled")


def _s06(key: Key) -> None:
    key.registered()
    key.world.charge(key.uid, key.at(), key.price)
    for end in ("a", "b"):
        key.world.booking(key.uid, key.at(4), key.price, merchant_uid=key.order(end))


def _s07(key: Key) -> None:
    ended = key.due() + timedelta(days=key.rng.randrange(1, 20))
    key.registered(ends_on=ended.isoformat())
    key.world.charge(key.uid, key.at(), key.price)
    key.world.booking(key.uid, key.at(4), key.price)


def _s08(key: Key) -> None:
    started = key.due(-4).isoformat()
    key.registered(starts_on=started)
    key.contract(starts_on=started, price=key.price + 1_000, price_from=key.due(3).isoformat())
    key.world.charge(key.uid, key.at(), key.price)
    key.world.booking(key.uid, key.at(4), key.price)


def _s09(key: Key) -> None:
    key.registered()
    key.other_months()


def _p07(key: Key) -> None:
    key.registered()
    for _ in range(2):
        key.world.charge(key.uid, key.at(), key.price, merchant_uid=key.order())


def _p08(key: Key) -> None:
    key.registered()
    minute = key.rng.randrange(24 * 60 - 10)
    key.world.charge(key.uid, key.at(minutes=minute), key.price)
    later = key.at(minutes=minute + key.rng.randrange(1, 10))
    key.world.charge(key.uid, later, key.price, merchant_uid=key.order("-2"))


def _p19(key: Key) -> None:
    key.registered()
    key.world.charge(key.uid, key.at(minutes=5), key.price)
    key.world.charge(
        key.uid, key.at(minutes=900), 700, status="failed", merchant_uid=key.order("x")
    )


PLANTS: dict[str, Callable[[Key], None]] = {
    "B01": _b01, "B02": _b02, "B03": _b03, "B04": _b04, "B05": _b05, "B06": _b06, "B07": _b07,
    "B08": _b08, "B09": _b09, "B10": _b10, "B11": _b11, "S01": _s01, "S02": _s02, "S03": _s03,
    "S04": _s04, "S05": _s05, "S06": _s06, "S07": _s07, "S08": _s08, "S09": _s09, "P07": _p07,
    "P08": _p08, "P19": _p19,
}  # fmt: skip
