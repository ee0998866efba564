"""Due days: month ends, leap days, Korean midnight, prices by day, and constants of the rule."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from audit_world import AS_OF, World

import jtnet_recon as jr
from jtnet_recon.recon.billing_keys import audit
from jtnet_recon.recon.rules import Tolerance


@pytest.fixture(scope="module")
def due():
    """Give the due days and prices of two years, by key."""
    world = World()
    for day in (1, 28, 29, 30, 31):
        world.contract(f"day {day}", billing_day=day, starts_on="2022-01-01")
    world.contract("no billing day", billing_day=None, starts_on="2022-03-31")
    world.contract("starts after its day", billing_day=5, starts_on="2023-03-06")
    world.contract("ends", billing_day=5, starts_on="2022-01-01", ends_on="2023-06-04")
    world.contract("dearer", price=100, billing_day=15, starts_on="2022-01-01")
    world.contract(
        "dearer", price=200, billing_day=15, price_from="2023-02-15", starts_on="2022-01-01"
    )
    world.contract(
        "dearer", price=300, billing_day=15, price_from="2023-02-16", starts_on="2022-01-01"
    )
    world.contract(
        "priced late", price=700, billing_day=2, price_from="2023-12-01", starts_on="2023-11-02"
    )
    world.charge("nobody", "2023-06-01 10:00")
    frames = world.frames()
    result = audit(frames["contracts"], None, frames["payments"], None, "2023-01..2024-12")
    asked = result.ledger.assign(due=result.ledger["paid_on"].dt.date)
    return asked.groupby("customer_uid")[["due", "amount"]].apply(
        lambda rows: list(rows.itertuples(index=False, name=None))
    )


def days_of(due, uid):
    return [day for day, _ in due[uid]]


def test_a_billing_day_beyond_the_month_falls_on_its_last_day(due):
    months = [date(2023 + (n // 12), n % 12 + 1, 1) for n in range(24)]
    for billing_day in (1, 28, 29, 30, 31):
        wanted = [
            (pd.Timestamp(month) + pd.offsets.MonthEnd(0)).date()
            if billing_day > (pd.Timestamp(month) + pd.offsets.MonthEnd(0)).day
            else month.replace(day=billing_day)
            for month in months
        ]
        assert days_of(due, f"day {billing_day}") == wanted


def test_a_leap_day_is_a_due_day_in_leap_years_alone(due):
    assert date(2024, 2, 29) in days_of(due, "day 29")
    assert date(2023, 2, 28) in days_of(due, "day 29")
    assert date(2024, 2, 29) in days_of(due, "day 31")


def test_without_a_billing_day_it_is_the_day_of_the_start(due):
    assert days_of(due, "no billing day") == days_of(due, "day 31")


def test_nothing_is_due_before_the_start_or_after_the_end(due):
    assert days_of(due, "starts after its day")[0] == date(2023, 4, 5)
    assert days_of(due, "ends")[-1] == date(2023, 5, 5)


def test_the_price_is_that_of_the_due_day(due):
    by_month = {day.isoformat()[:7]: amount for day, amount in due["dearer"]}

    assert (by_month["2023-01"], by_month["2023-02"], by_month["2023-03"]) == (100, 200, 300)


def test_the_first_price_holds_from_the_start(due):
    assert due["priced late"][0] == (date(2023, 11, 2), 700)


@pytest.fixture(scope="module")
def midnight():
    """Charge on both sides of Korean midnight and of both ends of the period."""
    world = World()
    for uid, at in {
        "first second": "2022-11-01 00:00:00",
        "second before": "2022-10-31 23:59:59",
        "last second": "2022-11-30 23:59:59",
        "second after": "2022-12-01 00:00:00",
    }.items():
        world.charge(uid, at)
    world.contract("utc", billing_day=10)
    world.charge("utc", "2022-11-10 00:30:00")
    world.contract("month end", billing_day=31, starts_on="2022-01-31")
    world.charge("month end", "2022-12-01 01:00:00")
    return audit(**world.frames(), period="2022-11", as_of=AS_OF)


def test_the_period_is_made_of_korean_days(midnight):
    unknown = midnight.breaks.loc[midnight.breaks["code"] == "B01", "customer_uid"]

    assert sorted(unknown) == ["first second", "last second"]


def test_a_charge_just_after_midnight_in_korea_is_on_its_day_though_it_is_yesterday_in_utc(
    midnight,
):
    assert "utc" not in set(midnight.breaks["customer_uid"])


def test_a_charge_of_the_next_month_for_a_cycle_of_this_one_is_in_scope(midnight):
    assert "month end" in set(midnight.charges["customer_uid"])
    assert "month end" not in set(midnight.breaks["customer_uid"])


def judged(rule=None, as_of=AS_OF):
    """Audit what a rule decides on, by key."""
    world = World()
    for uid in ("failed twice", "eleven minutes", "10 won less", "11 won less", "nothing"):
        world.contract(uid)
        world.key(uid)
    for day in (10, 11):
        world.charge("failed twice", f"2022-11-{day} 10:00", status="failed", merchant_uid="a")
    world.charge("eleven minutes", "2022-11-10 10:00")
    world.charge("eleven minutes", "2022-11-10 10:11", merchant_uid="b")
    world.charge("10 won less", "2022-11-10 10:00", 9_990)
    world.charge("11 won less", "2022-11-10 10:00", 9_989)
    breaks = audit(**world.frames(), period="2022-11", as_of=as_of, rule=rule).breaks
    return dict(zip(breaks["customer_uid"], breaks["code"], strict=True))


def test_by_default_three_failures_ten_minutes_and_not_a_won():
    assert judged() == {
        "failed twice": "S03",
        "eleven minutes": "B10",
        "10 won less": "B09",
        "11 won less": "B09",
        "nothing": "S09",
    }


def test_every_constant_is_the_rule_s():
    tolerance = Tolerance(amount=10)

    found = judged(jr.KeyAudit(failures_in_a_row=2, double_minutes=11, tolerance=tolerance))

    assert found == {
        "failed twice": "B11",
        "eleven minutes": "P08",
        "10 won less": "P04",
        "11 won less": "B09",
        "nothing": "S09",
    }


@pytest.mark.parametrize(
    ("as_of", "grace_days", "missing"),
    [
        ("2022-11-13 09:00", 3, set()),
        ("2022-11-14 09:00", 3, {"nothing"}),
        ("2022-11-14 10:01", 3, {"nothing", "failed twice"}),
        ("2022-11-14 10:01", 4, set()),
    ],
)
def test_nothing_is_missing_while_the_days_of_grace_run(as_of, grace_days, missing):
    found = judged(jr.KeyAudit(grace_days=grace_days), as_of)

    assert {uid for uid, code in found.items() if code in ("S03", "S09")} == missing


@pytest.mark.parametrize(
    "given", [{"lead_days": 14}, {"grace_days": -1}, {"failures_in_a_row": 0}], ids=str
)
def test_a_constant_that_cannot_be_is_refused(given):
    with pytest.raises(jr.ConfigError, match="cannot be"):
        jr.KeyAudit(**given)


def contracts(**given):
    world = World()
    world.contract("k", **given)
    world.charge("k", "2022-11-10 10:00")
    return world


def test_two_prices_from_one_day_are_refused_with_the_contract():
    world = contracts()
    world.contract("k", price=12_000, customer="customer of k")

    with pytest.raises(
        jr.TableError, match="customer of k / k has two prices that hold from 2022-01-10"
    ):
        audit(**world.frames(), period="2022-11", as_of=AS_OF)


def test_two_plans_that_start_together_are_two_contracts():
    world = contracts()
    world.contract("k", price=12_000, plan="second", customer="customer of k")

    result = audit(**world.frames(), period="2022-11", as_of=AS_OF)

    assert result.ledger["amount"].tolist() == [10_000, 12_000]


@pytest.mark.parametrize(
    ("given", "message"),
    [({"billing_day": 32}, "contracts.billing_day: 32 is not a day of a month"),
     ({"starts_on": None}, "contracts.starts_on: there is no day"),
     ({"price": -1}, "contracts.price: -1 is below 0")],
    ids=["billing day", "start", "price"],
)  # fmt: skip
def test_a_contract_whose_days_cannot_be_known_is_refused(given, message):
    with pytest.raises(jr.TableError, match=message):
        audit(**contracts(**given).frames(), period="2022-11", as_of=AS_OF)


def test_payments_without_the_column_of_keys_are_refused():
    frames = contracts().frames()
    payments = frames["payments"].drop(columns="customer_uid")

    with pytest.raises(jr.TableError, match="no column 'customer_uid'"):
        audit(frames["contracts"], None, payments, None, "2022-11")


def test_without_any_row_there_is_nothing_to_find():
    frames = contracts().frames()

    result = audit(
        frames["contracts"].head(0), None, frames["payments"].head(0), None, "2022-11", as_of=AS_OF
    )

    assert result.breaks.empty
    assert result.bridge.empty
    assert result.conclusion.verdict == "reconciled"


def test_sums_beyond_64_bits_are_exact_and_beyond_one_cycle_refused():
    world = World()
    for uid in ("a", "b", "c"):
        world.contract(uid, price=2**62)
        world.charge(uid, "2022-11-10 10:00", 2**62)

    result = audit(**world.frames(), period="2022-11", as_of=AS_OF)

    assert result.bridge["balance"].iloc[-1] == 3 * 2**62
    assert result.breaks.empty


def test_a_limit_of_memory_changes_nothing():
    frames = contracts().frames()

    plain, limited = (
        audit(**frames, period="2022-11", as_of=AS_OF, memory_limit=limit)
        for limit in (None, "300MB")
    )

    assert plain.digest == limited.digest
    with pytest.raises(jr.ConfigError, match="is not a size"):
        audit(**frames, period="2022-11", as_of=AS_OF, memory_limit="much")
