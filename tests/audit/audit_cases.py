"""Each code of billing keys and schedules on the smallest business that shows it, and next to it.

A case writes its rows under a key of its own and tells what has to be found there: code, what it
names (an order id, a payment's id, or nothing), difference and money at risk. All cases are audited
at once, so each also shows that it disturbs no other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit_world import World

Found = list[tuple[str, str | None, int, int]]
CASES: dict[str, Callable[[World, str], Found]] = {}


def case(name: str) -> Any:
    """Take a case up under its name, which is its key too."""

    def keep(function: Callable[[World, str], Found]) -> Callable[[World, str], Found]:
        assert name not in CASES
        CASES[name] = function
        return function

    return keep


def usual(world: World, uid: str, **contract: Any) -> None:
    """Sign the usual contract on a key that is registered."""
    world.contract(uid, **contract)
    world.key(uid)


@case("in order, charged directly")
def _direct(world: World, uid: str) -> Found:
    usual(world, uid)
    world.charge(uid, "2022-11-10 10:00")
    return []


@case("in order, scheduled, and the next one booked")
def _scheduled(world: World, uid: str) -> Found:
    usual(world, uid)
    world.scheduled_charge(uid, "2022-11-10 10:00")
    world.booking(uid, "2023-01-10 10:00")
    return []


@case("charged early, at midnight of the day before")
def _early(world: World, uid: str) -> Found:
    usual(world, uid)
    world.charge(uid, "2022-11-09 00:00")
    return []


@case("two days late, by recovery, is one story")
def _recovered(world: World, uid: str) -> Found:
    usual(world, uid)
    for day in ("10", "11"):
        world.charge(uid, f"2022-11-{day} 10:00", status="failed", merchant_uid=f"{uid} a")
    world.charge(uid, "2022-11-12 21:00", merchant_uid=f"{uid} a")
    return []


@case("charged in the next month, for this one, as its schedule says")
def _late_by_schedule(world: World, uid: str) -> Found:
    usual(world, uid)
    world.charge(uid, "2022-12-12 10:00", merchant_uid=f"{uid} a")
    world.booking(
        uid, "2022-11-10 10:00", merchant_uid=f"{uid} a", imp_uid=world.payments[-1]["imp_uid"],
        schedule_status="executed", payment_status="paid",
    )  # fmt: skip
    return []


@case("paid and paid back is no break")
def _refunded(world: World, uid: str) -> Found:
    usual(world, uid)
    world.charge(uid, "2022-11-10 10:00", cancel_amount=10_000, status="cancelled")
    return []


@case("charged twice and one paid back is settled")
def _pair_settled(world: World, uid: str) -> Found:
    usual(world, uid)
    world.charge(uid, "2022-11-10 10:00", cancel_amount=10_000, status="cancelled")
    world.charge(uid, "2022-11-10 10:03", merchant_uid=f"{uid} b")
    return []


@case("two contracts of one customer on one key")
def _two_contracts(world: World, uid: str) -> Found:
    usual(world, uid)
    world.contract(uid, plan="extra", price=3_000, billing_day=20, starts_on="2022-02-20")
    world.charge(uid, "2022-11-10 10:00")
    world.charge(uid, "2022-11-20 10:00", 3_000)
    return []


@case("two equal contracts on one key, charged within minutes")
def _two_equal(world: World, uid: str) -> Found:
    usual(world, uid)
    world.contract(uid, plan="second seat", starts_on="2022-01-10")
    world.charge(uid, "2022-11-10 10:00", merchant_uid=f"{uid} a")
    world.charge(uid, "2022-11-10 10:01", merchant_uid=f"{uid} b")
    return []


@case("a registration that charges the first cycle")
def _registered_and_charged(world: World, uid: str) -> Found:
    world.contract(uid, starts_on="2022-11-10")
    world.key(uid, inserted="2022-11-10 09:00")
    world.charge(uid, "2022-11-10 09:00", customer_uid_usage="issue")
    return []


@case("a registration of amount 0")
def _issue_only(world: World, uid: str) -> Found:
    world.contract(uid, starts_on="2022-12-10")
    world.key(uid, inserted="2022-11-20 09:00")
    world.charge(uid, "2022-11-20 09:00", 0, customer_uid_usage="issue")
    world.charge(uid, "2022-12-10 09:00")
    return []


@case("a contract that ended has no cycle")
def _ended(world: World, uid: str) -> Found:
    world.contract(uid, ends_on="2022-10-31")
    return []


@case("due on the last day of the contract, which need not be charged")
def _ends_on_due(world: World, uid: str) -> Found:
    usual(world, uid, ends_on="2022-11-10")
    return []


@case("due on the last day of the contract, and charged")
def _ends_on_due_charged(world: World, uid: str) -> Found:
    usual(world, uid, ends_on="2022-11-10")
    world.charge(uid, "2022-11-10 10:00")
    return []


@case("a price that rises in the period")
def _risen(world: World, uid: str) -> Found:
    usual(world, uid)
    world.contract(uid, price=12_000, price_from="2022-11-01")
    world.charge(uid, "2022-11-10 10:00", 12_000)
    return []


@case("free until December")
def _free(world: World, uid: str) -> Found:
    usual(world, uid, price=0)
    world.contract(uid, price=10_000, price_from="2022-12-01")
    world.charge(uid, "2022-12-10 10:00")
    return []


@case("P01 charged while it is free")
def _free_charged(world: World, uid: str) -> Found:
    usual(world, uid, price=0)
    return [("P01", world.charge(uid, "2022-11-10 10:00"), -10_000, 10_000)]


@case("failed, and the contract was ended for it")
def _suspended(world: World, uid: str) -> Found:
    usual(world, uid, ends_on="2022-11-20")
    world.charge(uid, "2022-11-10 10:00", status="failed")
    return []


@case("B01 unknown key")
def _b01(world: World, uid: str) -> Found:
    world.key(uid)
    return [("B01", world.charge(uid, "2022-11-15 10:00", 7_000), -7_000, 7_000)]


@case("B01 partly paid back")
def _b01_partly(world: World, uid: str) -> Found:
    world.key(uid)
    imp_uid = world.charge(uid, "2022-11-15 10:00", 7_000, cancel_amount=2_000, status="cancelled")
    return [("B01", imp_uid, -7_000, 5_000)]


@case("B02 gone")
def _b02(world: World, uid: str) -> Found:
    world.contract(uid, starts_on="2022-12-01", billing_day=25, price=4_000)
    world.key(uid, "unknown")
    return [("B02", None, 0, 4_000)]


@case("B02 and nobody paid")
def _b02_unpaid(world: World, uid: str) -> Found:
    world.contract(uid)
    world.key(uid, "unknown")
    return [("B02", None, 10_000, 10_000)]


@case("B03 two customers")
def _b03(world: World, uid: str) -> Found:
    usual(world, uid)
    world.contract(uid, customer="another", price=3_000, billing_day=20)
    world.charge(uid, "2022-11-10 10:00")
    world.charge(uid, "2022-11-20 10:00", 3_000)
    return [("B03", None, 0, 13_000)]


@case("B03 another card")
def _b03_card(world: World, uid: str) -> Found:
    world.contract(uid)
    world.key(uid, card_code="366", card_number="5272****1234", updated="2022-11-20 09:00")
    world.charge(uid, "2022-11-10 10:00", card_code="361", card_number="4330****9999")
    return [("B03", None, 0, 10_000)]


@case("one card masked in two ways is one card")
def _one_card(world: World, uid: str) -> Found:
    world.contract(uid)
    world.key(uid, card_code="366", card_number="527288******1234", updated="2022-11-20 09:00")
    world.charge(uid, "2022-11-10 10:00", card_code="366", card_number="5272-****-****-1234")
    return []


@case("B04 orphan")
def _b04(world: World, uid: str) -> Found:
    world.key(uid, inserted="2022-08-01 09:00")
    return [("B04", None, 0, 0)]


@case("a key without a contract that is young")
def _young(world: World, uid: str) -> Found:
    world.key(uid, inserted="2022-11-25 09:00")
    return []


@case("B05 deleted with schedules")
def _b05(world: World, uid: str) -> Found:
    world.contract(uid)
    world.key(uid, "unknown")
    world.charge(uid, "2022-11-10 10:00")
    world.charge(uid, "2022-12-10 10:00")
    order = world.booking(uid, "2023-01-10 10:00")
    world.booking(uid, "2023-02-10 10:00")
    return [("B05", order, 0, 20_000)]


@case("B06 charged at registration")
def _b06(world: World, uid: str) -> Found:
    world.contract(uid, starts_on="2022-11-16")
    world.key(uid, inserted="2022-11-16 09:00")
    world.charge(uid, "2022-12-10 10:00")
    imp_uid = world.charge(uid, "2022-11-16 09:00", 500, customer_uid_usage="issue")
    return [("B06", imp_uid, -500, 500)]


@case("B07 after churn")
def _b07(world: World, uid: str) -> Found:
    usual(world, uid, ends_on="2022-10-20")
    return [("B07", world.charge(uid, "2022-11-10 10:00"), -10_000, 10_000)]


@case("a late charge for the last cycle before the end")
def _arrears(world: World, uid: str) -> Found:
    usual(world, uid, ends_on="2022-11-20")
    world.charge(uid, "2022-11-22 10:00")
    return []


@case("B08 test key")
def _b08(world: World, uid: str) -> Found:
    world.contract(uid, starts_on="2022-12-15", billing_day=25)
    world.key(uid, sandbox=True)
    return [("B08", None, 0, 10_000)]


@case("B08 charged by test payments alone")
def _b08_charged(world: World, uid: str) -> Found:
    world.contract(uid)
    world.key(uid, sandbox=True)
    world.charge(uid, "2022-11-10 10:00", sandbox=True)
    return [("B08", None, 0, 10_000)]


@case("B09 wrong amount")
def _b09(world: World, uid: str) -> Found:
    usual(world, uid)
    return [("B09", world.charge(uid, "2022-11-10 10:00", 12_000), -2_000, 2_000)]


@case("B09 the old price after a rise")
def _b09_old(world: World, uid: str) -> Found:
    usual(world, uid)
    world.contract(uid, price=12_000, price_from="2022-11-10")
    return [("B09", world.charge(uid, "2022-11-10 10:00", 10_000), 2_000, 2_000)]


@case("B10 charged again")
def _b10(world: World, uid: str) -> Found:
    usual(world, uid)
    world.charge(uid, "2022-11-10 10:00")
    again = world.charge(uid, "2022-11-15 10:00", merchant_uid=f"{uid} again")
    return [("B10", again, -10_000, 10_000)]


@case("B10 by recovery and by hand")
def _b10_recovery(world: World, uid: str) -> Found:
    usual(world, uid)
    world.charge(uid, "2022-11-10 10:00", status="failed", merchant_uid=f"{uid} a")
    world.charge(uid, "2022-11-11 13:00", merchant_uid=f"{uid} by hand")
    again = world.charge(uid, "2022-11-12 21:00", merchant_uid=f"{uid} a")
    return [("B10", again, -10_000, 10_000)]


@case("B11 streak")
def _b11(world: World, uid: str) -> Found:
    usual(world, uid)
    for day in ("10", "11", "12"):
        world.charge(uid, f"2022-11-{day} 10:00", status="failed", merchant_uid=f"{uid} a")
    return [("B11", f"{uid} a", 10_000, 10_000)]


@case("S01 not run")
def _s01(world: World, uid: str) -> Found:
    usual(world, uid)
    return [("S01", world.booking(uid, "2022-11-10 10:00"), 10_000, 10_000)]


@case("S01 of a key without a contract")
def _s01_alone(world: World, uid: str) -> Found:
    world.key(uid, inserted="2022-11-01 09:00")
    return [("S01", world.booking(uid, "2022-11-10 10:00", 6_000), 0, 6_000)]


@case("S02 no payment named")
def _s02(world: World, uid: str) -> Found:
    usual(world, uid)
    order = world.booking(uid, "2022-11-10 10:00", schedule_status="executed")
    return [("S02", order, 10_000, 10_000)]


@case("S02 a payment that is not there")
def _s02_vanished(world: World, uid: str) -> Found:
    usual(world, uid)
    order = world.booking(
        uid, "2022-11-10 10:00", schedule_status="executed", payment_status="paid", imp_uid="imp_x"
    )
    return [("S02", order, 10_000, 10_000)]


@case("S03 nothing done")
def _s03(world: World, uid: str) -> Found:
    usual(world, uid)
    world.scheduled_charge(uid, "2022-11-10 10:00", status="failed")
    return [("S03", f"{uid} of 2022-11-10", 10_000, 10_000)]


@case("S03 a direct charge failed")
def _s03_direct(world: World, uid: str) -> Found:
    usual(world, uid)
    world.charge(uid, "2022-11-10 10:00", status="failed")
    return [("S03", f"{uid} of 2022-11-10", 10_000, 10_000)]


@case("S04 revoked and charged")
def _s04(world: World, uid: str) -> Found:
    usual(world, uid)
    imp_uid = world.charge(uid, "2022-11-10 10:00", customer_uid_usage="payment.scheduled")
    order = str(world.payments[-1]["merchant_uid"])
    world.booking(
        uid, "2022-11-10 10:00", merchant_uid=order, schedule_status="revoked",
        revoked_at="2022-11-10 09:59",
    )  # fmt: skip
    return [("S04", imp_uid, 0, 10_000)]


@case("revoked after it was charged")
def _revoked_later(world: World, uid: str) -> Found:
    usual(world, uid)
    world.charge(uid, "2022-11-10 10:00", customer_uid_usage="payment.scheduled")
    order = str(world.payments[-1]["merchant_uid"])
    world.booking(
        uid, "2022-11-10 10:00", merchant_uid=order, schedule_status="revoked",
        revoked_at="2022-11-10 10:01",
    )  # fmt: skip
    return []


@case("S05 without schedule")
def _s05(world: World, uid: str) -> Found:
    usual(world, uid)
    imp_uid = world.charge(uid, "2022-11-10 10:00", customer_uid_usage="payment.scheduled")
    return [("S05", imp_uid, 0, 10_000)]


@case("S06 twice")
def _s06(world: World, uid: str) -> Found:
    usual(world, uid)
    world.charge(uid, "2022-11-10 10:00")
    world.booking(uid, "2023-01-10 10:00")
    again = world.booking(uid, "2023-01-10 12:00", merchant_uid=f"{uid} again")
    return [("S06", again, 0, 10_000)]


@case("S06 paid already")
def _s06_paid(world: World, uid: str) -> Found:
    usual(world, uid)
    world.charge(uid, "2022-11-10 10:00")
    world.scheduled_charge(uid, "2022-12-10 10:00")
    again = world.booking(uid, "2022-12-28 10:00")
    return [("S06", again, 0, 10_000)]


@case("S07 beyond the contract")
def _s07(world: World, uid: str) -> Found:
    usual(world, uid, ends_on="2022-12-15")
    world.charge(uid, "2022-11-10 10:00")
    orders = [world.booking(uid, f"2023-0{month}-10 10:00") for month in (1, 2)]
    return [("S07", order, 0, 10_000) for order in orders]


@case("S08 outdated amount")
def _s08(world: World, uid: str) -> Found:
    usual(world, uid)
    world.contract(uid, price=13_000, price_from="2022-12-15")
    world.charge(uid, "2022-11-10 10:00")
    return [("S08", world.booking(uid, "2023-01-10 10:00"), 0, 3_000)]


@case("S09 missing")
def _s09(world: World, uid: str) -> Found:
    usual(world, uid)
    return [("S09", None, 10_000, 10_000)]


@case("S09 revoked and never made anew")
def _s09_revoked(world: World, uid: str) -> Found:
    usual(world, uid)
    world.booking(uid, "2022-11-10 10:00", schedule_status="revoked", revoked_at="2022-11-05 10:00")
    return [("S09", None, 10_000, 10_000)]


@case("S09 a second contract on the key")
def _s09_second(world: World, uid: str) -> Found:
    usual(world, uid)
    world.contract(uid, plan="extra", price=3_000, billing_day=20)
    world.charge(uid, "2022-11-10 10:00")
    return [("S09", None, 3_000, 3_000)]


@case("P07 one order twice")
def _p07(world: World, uid: str) -> Found:
    usual(world, uid)
    world.charge(uid, "2022-11-10 10:00")
    return [("P07", world.charge(uid, "2022-11-10 10:30"), -10_000, 10_000)]


@case("P07 on a key without a contract")
def _p07_unknown(world: World, uid: str) -> Found:
    world.key(uid)
    first = world.charge(uid, "2022-11-15 10:00", 7_000)
    again = world.charge(uid, "2022-11-15 11:00", 7_000)
    return [("B01", first, -7_000, 7_000), ("P07", again, -7_000, 7_000)]


@case("P08 within minutes")
def _p08(world: World, uid: str) -> Found:
    usual(world, uid)
    world.charge(uid, "2022-11-10 10:00")
    again = world.charge(uid, "2022-11-10 10:09", merchant_uid=f"{uid} again")
    return [("P08", again, -10_000, 10_000)]


@case("P19 given up")
def _p19(world: World, uid: str) -> Found:
    usual(world, uid)
    world.charge(uid, "2022-11-10 10:00")
    more = world.charge(uid, "2022-11-16 10:00", 900, status="failed", merchant_uid=f"{uid} add")
    return [("P19", more, 0, 0)]


@case("P19 a registration that was not finished")
def _p19_ready(world: World, uid: str) -> Found:
    imp_uid = world.charge(uid, "2022-11-16 10:00", 0, status="ready", customer_uid_usage="issue")
    return [("P19", imp_uid, 0, 0)]


@case("P01 before the first due day")
def _p01(world: World, uid: str) -> Found:
    usual(world, uid, starts_on="2022-11-16")
    world.charge(uid, "2022-12-10 10:00")
    return [("P01", world.charge(uid, "2022-11-20 10:00", 5_000), -5_000, 5_000)]


@case("P16 another currency")
def _p16(world: World, uid: str) -> Found:
    usual(world, uid)
    imp_uid = world.charge(uid, "2022-11-10 10:00", 1_000, currency="USD")
    return [("P16", None, 10_000, 0), ("P16", imp_uid, -1_000, 1_000)]
