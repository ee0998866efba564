"""The console's recovery switch: what failed yesterday is charged again, day by day, until paid."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from sandbox_cards import GOOD, book, entry_of, issue, odd
from sandbox_http import Asker

import jtnet_recon as jr
from jtnet_recon.sandbox import Sandbox

DAY_S, HOUR_S, KST_S = 86_400, 3_600, 9 * 3_600
CONTROL, CLOCK = "/sandbox/recovery", "/sandbox/clock"


def hour_of(at_s):
    return (at_s + KST_S) % DAY_S / HOUR_S


def days_of(rows, name="started_at"):
    """Give the Korean day numbers of some records."""
    return [(row[name] + KST_S) // DAY_S for row in rows]


@pytest.fixture
def booked(fresh):
    """Book an order a day ahead on a card; give what asks the sandbox at a later time."""

    def start(card, *orders, **options):
        api = fresh(**options)
        issue(api, "gildong_0001_1234", card=card)
        book(api, *(orders or ["order-1"]))

        def later(days):
            api.sandbox.advance(days * DAY_S)
            return Asker(api.sandbox)

        return later

    return start


def attempts(api, order="order-1"):
    return api.get(f"/payments/findAll/{order}", sorting="started").response["list"]


def test_a_failed_schedule_is_charged_at_the_chosen_hour_of_the_next_day_and_not_before(booked):
    late = booked(odd(9), recovery_hour=9)(1.001)
    first = attempts(late)
    rows = attempts(booked(odd(9), recovery_hour=9)(3))

    assert [row["status"] for row in first] == ["failed"]
    assert [row["status"] for row in rows] == ["failed", "paid"]
    failed_on, paid_on = days_of(rows)
    assert paid_on - failed_on == 1
    assert hour_of(rows[1]["paid_at"]) == 9
    assert {row["customer_uid_usage"] for row in rows} == {"payment.scheduled"}
    assert all(row["imp_uid"].startswith("imps_") for row in rows)


def test_it_goes_on_day_by_day_and_the_schedule_shows_the_last_attempt(booked):
    late = booked(odd(2), recovery_hour=23)(6.9)

    rows, entry = attempts(late), entry_of(late, "order-1")

    days = days_of(rows)
    assert days == list(range(days[0], days[0] + len(rows)))
    assert len(rows) >= 5
    assert {row["status"] for row in rows} == {"failed"}
    assert (entry["schedule_status"], entry["payment_status"]) == ("executed", "failed")
    assert (entry["imp_uid"], entry["executed_at"]) == (
        rows[-1]["imp_uid"], rows[-1]["started_at"],
    )  # fmt: skip


def test_it_ends_when_the_card_is_good_again_and_the_order_is_paid_once(booked):
    later = booked(odd(2), recovery_hour=9)
    poor = later(3)
    issue(poor, "gildong_0001_1234", card=GOOD)

    rows, entry = attempts(later(5)), entry_of(later(0), "order-1")

    assert [row["status"] for row in rows] == ["failed"] * 3 + ["paid"]
    assert (entry["payment_status"], entry["imp_uid"]) == ("paid", rows[-1]["imp_uid"])
    assert later(0).call("POST", "/subscribe/payments/schedule/order-1/retry").status == 400


def test_the_merchant_is_told_of_each_attempt(booked):
    late = booked(odd(2), recovery_hour=9)(4)

    told = [
        hook["body"]["imp_uid"]
        for hook in late.sandbox.webhooks
        if hook["body"]["merchant_uid"] == "order-1"
    ]

    assert told == [row["imp_uid"] for row in attempts(late)]
    assert len(told) == 4


def test_without_the_switch_nothing_is_tried_again(booked):
    assert len(attempts(booked(odd(9))(5))) == 1


def test_what_failed_before_yesterday_is_not_tried_again(booked):
    late = booked(odd(9))(4)
    late.sandbox.set_recovery(9)
    late.sandbox.advance(3 * DAY_S)

    assert len(attempts(Asker(late.sandbox))) == 1


def test_the_switch_can_be_turned_to_another_hour_and_off(booked):
    late = booked(odd(2), recovery_hour=9)(1.01)
    for hour in (3, 20, 9, 20):  # the same hour twice: one attempt a day all the same
        late.sandbox.set_recovery(hour)
    late.sandbox.advance(2.9 * DAY_S)
    rows = attempts(Asker(late.sandbox))
    late.sandbox.set_recovery(None)
    late.sandbox.advance(3 * DAY_S)

    assert [hour_of(row["started_at"]) for row in rows[1:]] == [20, 20]
    assert attempts(Asker(late.sandbox)) == rows


@pytest.mark.parametrize("how", ["key deleted", "paid otherwise", "revoked"])
def test_what_cannot_or_need_not_be_charged_any_more_is_left_alone(booked, how):
    later = booked(odd(2), "order-1", "order-2", recovery_hour=9)
    late = later(1.01)
    if how == "key deleted":
        late.call("DELETE", "/subscribe/customers/gildong_0001_1234")
    elif how == "paid otherwise":
        late.post("/subscribe/payments/onetime", merchant_uid="order-1", amount=9_900, **GOOD)
    else:
        at_s = late.sandbox.now_s + 9 * DAY_S
        path = "/subscribe/payments/schedule/order-1/reschedule"
        late.call("POST", path, {"schedule_at": at_s})
        late.post("/subscribe/payments/unschedule", merchant_uid="order-1")
    before = attempts(late)

    after = later(4)

    assert attempts(after) == before
    assert (len(attempts(after, "order-2")) > 1) == (how != "key deleted")


def test_an_attempt_without_an_answer_is_not_made_twice(booked):
    later = booked(odd(2), recovery_hour=9)
    issue(later(1.01), "gildong_0001_1234", card=odd(7))

    rows = attempts(later(4))

    assert [row["status"] for row in rows] == ["failed", "paid"]
    assert rows[1]["paid_at"] - rows[1]["started_at"] == 60


@pytest.mark.parametrize(
    ("hour", "statuses", "codes"), [(None, ["failed"], ["S03"]), (9, ["failed", "paid"], [])]
)
def test_the_reader_and_the_audit_find_it_again(hour, statuses, codes):
    """The first charge that waits fails once; recovered, the audit has nothing to say of it."""
    with (
        Sandbox("2022-11", seed=3, subscriptions=60, recovery_hour=hour) as sandbox,
        jr.connect(sandbox.url, sandbox.key, sandbox.secret, progress=False) as client,
    ):
        odd_uids, ring = set(sandbox.key_answers["customer_uid"]), sandbox._shop.keys._keys
        waiting = [e for e in sandbox._shop.book.waiting() if e["customer_uid"] not in odd_uids]
        entry = min(waiting, key=lambda entry: entry["schedule_at"])
        uid, order = entry["customer_uid"], entry["merchant_uid"]
        ring[uid] = replace(ring[uid], card=replace(ring[uid].card, is_moody=True))
        sandbox.set_time(entry["schedule_at"] + 10 * DAY_S)

        payments = client.payments_by_merchant_uid(order).sort_values("started_at")
        (schedule,) = client.schedules_by_merchant_uid(order).to_dict("records")
        month = f"{pd.Timestamp(entry['schedule_at'], unit='s', tz='Asia/Seoul'):%Y-%m}"
        audit = jr.audit_billing_keys(client, sandbox.contracts_path, month)

    assert payments["status"].tolist() == statuses
    assert schedule["imp_uid"] == payments["imp_uid"].iloc[-1]
    assert (schedule["schedule_status"], schedule["payment_status"]) == ("executed", statuses[-1])
    assert audit.breaks.query("customer_uid == @uid")["code"].tolist() == codes


@pytest.mark.parametrize("hour", [-1, 24, 9.0, "9", True])
def test_an_hour_that_is_none_is_refused(fresh, hour):
    api = fresh()

    with pytest.raises(ValueError, match="no hour from 0 to 23"):
        api.sandbox.set_recovery(hour)
    with pytest.raises(ValueError, match="no hour from 0 to 23"):
        fresh(recovery_hour=hour)


def test_switch_and_clock_are_worked_over_http(booked):
    api = booked(odd(9))(0)
    key = {"X-Sandbox-Secret": api.sandbox.secret}

    def ask(method, path, body=None):
        return api.send(method, path, headers=key, json_body=body)

    before_s = ask("GET", CLOCK).response["now_s"]
    hours = [ask("GET", CONTROL).response, ask("POST", CONTROL, {"hour": 9}).response]
    ask("POST", CLOCK, {"advance_s": 2 * DAY_S})
    after_s = ask("POST", CLOCK, {"now_s": before_s + 3 * DAY_S}).response["now_s"]
    hours.append(ask("DELETE", CONTROL).response)

    assert hours == [{"hour": None}, {"hour": 9}, {"hour": None}]
    assert 0 <= after_s - before_s - 3 * DAY_S < 60
    assert [row["status"] for row in attempts(Asker(api.sandbox))] == ["failed", "paid"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (CONTROL, {}),
        (CONTROL, {"hour": 24}),
        (CONTROL, {"hour": "9"}),
        (CONTROL, {"hour": 9, "day": 1}),
        (CLOCK, {"advance_s": -1}),
        (CLOCK, {"advance_s": "1"}),
        (CLOCK, {"now_s": 1}),
        (CLOCK, {"now_s": 10**12}),
        (CLOCK, {"advance_s": 10**10}),
        (CLOCK, {}),
        (CLOCK, {"advance_s": 1, "now_s": 1}),
    ],
)
def test_a_wrong_wish_over_http_is_refused_and_changes_nothing(fresh, path, body):
    api = fresh()
    key = {"X-Sandbox-Secret": api.sandbox.secret}
    before_s = api.sandbox.now_s

    answer = api.send("POST", path, headers=key, json_body=body)

    assert (answer.status, answer.code) == (400, 1)
    assert answer.message.startswith("Sandbox: ")
    assert api.send("GET", CONTROL, headers=key).response == {"hour": None}
    assert api.sandbox.now_s - before_s < 60


@pytest.mark.parametrize("path", [CONTROL, CLOCK])
def test_switch_and_clock_are_shut_without_the_secret(fresh, path):
    api = fresh()
    before_s = api.sandbox.now_s

    answers = [
        api.send("POST", path, headers=key, json_body={"hour": 9, "advance_s": DAY_S})
        for key in ({}, {"X-Sandbox-Secret": "wrong"}, {"Authorization": api.token})
    ]

    assert [answer.status for answer in answers] == [401] * 3
    assert api.sandbox.now_s - before_s < 60
