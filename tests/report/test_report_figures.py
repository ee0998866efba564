"""The figures of a report add up to the totals of the result, to the won."""

from __future__ import annotations

import dataclasses
from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import jtnet_recon as jr
from jtnet_recon.columns import LEDGER, PAYMENTS
from jtnet_recon.report import ages, daily, figures
from jtnet_recon.report.sections import percent

STATUSES = st.sampled_from(["paid", "cancelled", "ready", "failed", "unheard-of"])
AMOUNTS = st.integers(0, 5_000)


def payment(number, status, amount, cancel, minute):
    paid = status in ("paid", "cancelled")
    return {
        "imp_uid": f"imp_{number}",
        "merchant_uid": f"order-{number % 7}" if number % 11 else None,
        "status": status,
        "amount": amount,
        "cancel_amount": min(cancel, amount) if status == "cancelled" else 0,
        "currency": "USD" if number % 5 == 0 else "KRW",
        "paid_at": pd.Timestamp("2022-11-01", tz="Asia/Seoul") + pd.Timedelta(minutes=minute)
        if paid and minute % 3
        else pd.NaT,
        "pay_method": "card" if number % 2 else None,
        "pg_provider": "jtnet",
        "pg_id": "mid1",
    }


def line(number, status, amount, cancel, day):
    return {
        "merchant_uid": f"order-{number % 7}" if number % 9 else None,
        "status": None if status == "unheard-of" else status,
        "amount": amount - 1_000,
        "cancel_amount": cancel,
        "currency": "USD" if number % 5 == 0 else "KRW",
        "paid_on": pd.Timestamp("2022-11-01") + pd.Timedelta(days=day) if day else pd.NaT,
    }


def frame(rows, table):
    dtypes = {column.name: column.dtype for column in table.columns}
    if not rows:
        return jr.tables.empty(table)
    return pd.DataFrame(
        {name: pd.Series([row[name] for row in rows], dtype=dtypes[name]) for name in rows[0]}
    )


@st.composite
def sides(draw):
    payments = [
        payment(number, draw(STATUSES), draw(AMOUNTS), draw(AMOUNTS), draw(st.integers(0, 40_000)))
        for number in range(draw(st.integers(0, 16)))
    ]
    lines = [
        line(number, draw(STATUSES), draw(AMOUNTS), draw(AMOUNTS), draw(st.integers(0, 29)))
        for number in range(draw(st.integers(0, 16)))
    ]
    return frame(payments, PAYMENTS), frame(lines, LEDGER)


@settings(max_examples=12)
@given(sides())
def test_the_days_add_up_to_the_control_totals(both):
    result = jr.reconcile(*both)

    table = daily.by_day(result)

    assert table is not None
    for row in result.control_totals.to_dict("records"):
        mine = table[table["currency"] == row["currency"]]
        side = row["side"]
        assert mine[f"rows_{side}"].sum() == row["rows_money"]
        assert mine[f"amount_{side}"].sum() == row["amount"]
        assert mine[f"cancel_{side}"].sum() == row["cancel_amount"]
        assert mine[f"net_{side}"].sum() == row["net"]


def test_days_that_would_not_tie_are_left_out(month):
    tampered = month.control_totals.assign(net=month.control_totals["net"] + 1)

    assert daily.by_day(dataclasses.replace(month, control_totals=tampered)) is None


def test_the_headline_is_the_bridge_in_a_line(month):
    for line_ in figures.headlines(month):
        steps = [s for s in figures.bridge_steps(month) if s.currency == line_.currency]

        assert line_.ledger_net == steps[0].balance
        assert line_.pg_net == steps[-1].balance
        assert line_.difference == -sum(s.amount for s in steps[1:-1])
        assert line_.unexplained == 0


def test_the_codes_add_up_to_the_difference_and_the_risk(month):
    totals = figures.code_totals(month)
    for line_ in figures.headlines(month):
        mine = [t for t in totals if t.currency == line_.currency]

        assert sum(t.difference for t in mine) == line_.difference
        assert sum(t.money_at_risk for t in mine) == line_.at_risk
        assert sum(t.items for t in mine if t.severity != "Info") == line_.open_items


def test_the_codes_come_with_most_money_at_risk_first_and_the_won_before_all(month):
    totals = figures.code_totals(month)
    risks = [t.money_at_risk for t in totals if t.currency == "KRW"]

    assert risks == sorted(risks, reverse=True)
    assert [t.currency for t in totals] == sorted(
        (t.currency for t in totals), key=lambda c: c != "KRW"
    )


def test_the_age_classes_hold_every_open_item_once(month):
    classes = ages.age_classes(month)
    for line_ in figures.headlines(month):
        mine = [c for c in classes if c.currency == line_.currency]

        assert sum(c.items for c in mine) == line_.open_items
        assert sum(c.money_at_risk for c in mine) == line_.at_risk


@pytest.mark.parametrize(
    ("paid_on", "first"),
    [
        ("2022-11-30", 0),
        ("2022-11-29", 0),
        ("2022-11-28", 2),
        ("2022-11-23", 4),
        ("2022-11-22", 8),
        ("2022-10-31", 8),
        ("2022-10-30", 31),
        ("2022-08-31", 91),
        ("2022-12-01", None),
    ],
)
def test_an_item_is_as_old_as_the_periods_last_day(payments_of, ledger_of, paid_on, first):
    payments = payments_of(
        f"imp_uid | merchant_uid | amount | paid_at\nimp_1 | order-1 | 1,000 | {paid_on} 23:59"
    )
    payments.attrs["pull"] = {"verdict": "COMPLETE", "period": "2022-11"}
    result = jr.reconcile(payments, ledger_of("merchant_uid | amount\norder-2 | 1"))

    found = [c for c in ages.age_classes(result) if c.money_at_risk == 1_000]

    assert ages.as_of(result) == date(2022, 11, 30)
    assert [c.first for c in found] == [first]


def test_without_a_period_ages_count_to_the_last_day_seen(payments_of, ledger_of):
    payments = payments_of(
        "imp_uid | merchant_uid | amount | paid_at\nimp_1 | order-1 | 1,000 | 2022-11-07 00:10"
    )
    ledger = ledger_of("merchant_uid | amount | paid_on\norder-2 | 1 | 2022-11-09")

    assert ages.as_of(jr.reconcile(payments, ledger)) == date(2022, 11, 9)


def test_nothing_dated_has_no_age(agreeing, nothing):
    assert ages.as_of(agreeing) is None
    assert ages.as_of(nothing) is None
    assert ages.age_classes(nothing) == ()


def test_a_period_that_is_none_is_no_period(payments_of, ledger_of):
    payments = payments_of("imp_uid | merchant_uid | amount\nimp_1 | order-1 | 1,000")
    payments.attrs["pull"] = {"verdict": "COMPLETE", "period": "some time ago"}

    assert ages.period_of(jr.reconcile(payments, ledger_of("merchant_uid | amount\na | 1"))) is None


def test_midnight_is_korean(payments_of):
    instants = payments_of(
        "imp_uid | merchant_uid | amount | paid_at\n"
        "imp_1 | order-1 | 1 | 2022-11-07 00:00\nimp_2 | order-2 | 1 | 2022-11-06 23:59"
    )["paid_at"]

    days = ages.kst_days(instants.dt.tz_convert("UTC")).dt.strftime("%m-%d").tolist()

    assert days == ["11-07", "11-06"]


def test_the_cut_off_list_has_edges_and_other_days(payments_of, ledger_of):
    payments = payments_of("""
        imp_uid | merchant_uid | amount | paid_at
        imp_1   | order-1      | 1,000  | 2022-11-01 00:59
        imp_2   | order-2      | 1,000  | 2022-11-01 01:01
        imp_3   | order-3      | 1,000  | 2022-11-30 23:30
        imp_4   | order-4      | 1,000  | 2022-11-15 12:00
    """)
    payments.attrs["pull"] = {"verdict": "COMPLETE", "period": "2022-11"}
    ledger = ledger_of("""
        merchant_uid | amount | paid_on
        order-1      | 1,000  | 2022-11-01
        order-2      | 1,000  | 2022-11-01
        order-3      | 1,000  | 2022-12-01
        order-4      | 1,000  | 2022-11-18
    """)

    rows = daily.timing(jr.reconcile(payments, ledger))

    listed = rows[["why", "imp_uid", "days_apart", "period_payments", "period_ledger"]]
    assert listed.values.tolist() == [
        ["edge", "imp_1", 0, "2022-11", "2022-11"],
        ["P13", "imp_4", 3, "2022-11", "2022-11"],
        ["P13", "imp_3", 1, "2022-11", "2022-12"],
    ]


@settings(max_examples=25)
@given(st.integers(-(10**12), 10**12))
def test_vat_is_a_part_in_eleven_rounded_half_up(net):
    rows = jr.tables.empty(PAYMENTS)
    result_payments = pd.concat([rows], ignore_index=True).reindex([0])
    result_payments = result_payments.assign(
        imp_uid="imp_1",
        currency="KRW",
        status="paid",
        amount=max(net, 0),
        cancel_amount=max(-net, 0),
        paid_at=pd.Timestamp("2022-11-07", tz="Asia/Seoul").as_unit("us"),
    ).astype({"amount": "int64", "cancel_amount": "int64"})

    class Result:
        payments = result_payments

    found = daily.vat(Result())

    exact = abs(net) / 11
    assert abs(abs(found["vat"][0]) - exact) <= 0.5
    assert found["supply"][0] + found["vat"][0] == net


def test_the_hash_total_knows_one_changed_id():
    ids = pd.Series(["b", "a", None], dtype="str")

    assert figures.hash_total(ids) == figures.hash_total(ids.iloc[::-1])
    assert figures.hash_total(ids) != figures.hash_total(pd.Series(["b", "A", None], dtype="str"))
    assert figures.hash_total(ids) != figures.hash_total(ids.iloc[:2])


def test_breaks_by_day_and_hour_count_open_items_only(month):
    open_ = month.breaks[(month.breaks["severity"] != "Info") & (month.breaks["kind"] != "control")]
    dated = ages.day_of_breaks(open_).notna().sum()
    timed = open_["paid_at_payments"].notna().sum()

    assert sum(daily.breaks_by_day(month).values()) == dated
    assert sum(count for _, count, _ in daily.by_hour(month)) == timed


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 0, "–"),
        (1, 0, "–"),
        (0, 10, "0.0 %"),
        (1, 3, "33.3 %"),
        (2, 3, "66.7 %"),
        (1, 2000, "0.1 %"),
        (1, 2001, "0.0 %"),
        (25, 10, "250.0 %"),
        (10**30, 10**30, "100.0 %"),
    ],
)
def test_a_share_is_rounded_half_up(part, whole, text):
    assert percent(part, whole) == text
