"""Cases of billing keys: those in order, and codes B."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit_case import Found, case, usual

if TYPE_CHECKING:
    from audit_world import World


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
