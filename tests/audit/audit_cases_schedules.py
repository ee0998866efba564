"""Cases of schedules, and of payments on keys: codes S and P."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit_case import Found, case, usual

if TYPE_CHECKING:
    from audit_world import World


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
