"""Scheduled payments: booked, moved, revoked, executed by the clock, tried again."""

from __future__ import annotations

import json
import time

import pytest
from sandbox_cards import GOOD, book, entry_of, issue, odd, refusal
from sandbox_cards import SCHEDULE as PATH
from sandbox_http import Asker

DAY_S = 86_400
UID = "gildong_0001_1234"


@pytest.fixture
def api(fresh):
    api = fresh()
    issue(api, UID, customer_name="홍길동")
    return api


def after(api, seconds):
    """Put the clock forward, and go on with a token of then."""
    api.sandbox.advance(seconds)
    return Asker(api.sandbox)


def test_a_booked_payment_waits_and_shows_in_every_list(api):
    at_s = api.sandbox.now_s + DAY_S
    (entry,) = book(api, "order-1", at_s=at_s).response

    window = {"from": at_s, "to": at_s + 1}
    named = {"schedule_from": at_s, "schedule_to": at_s + 1}
    lists = [
        api.get(f"/subscribe/customers/{UID}/schedules", **window),
        api.get(f"{PATH}/customers/{UID}", **window),
        api.get(PATH, **named),
    ]
    assert (entry["schedule_status"], entry["payment_status"]) == ("scheduled", None)
    assert (entry["schedule_at"], entry["executed_at"], entry["revoked_at"]) == (at_s, 0, 0)
    assert (entry["imp_uid"], entry["amount"], entry["buyer_name"]) == (None, 9_900, "홍길동")
    assert entry_of(api, "order-1") == entry
    for answer in lists:
        assert answer.response == {"total": 1, "previous": 0, "next": 0, "list": [entry]}


def test_the_clock_executes_what_is_due_in_order_and_payments_appear(api):
    book(api, "order-1", "order-2", "order-3")
    late = after(api, 2 * DAY_S)

    payments = [late.get(f"/payments/find/order-{n}").response for n in (1, 2, 3)]
    entries = [entry_of(late, f"order-{n}") for n in (1, 2, 3)]

    assert [p["paid_at"] for p in payments] == [e["schedule_at"] for e in entries]
    for payment, entry in zip(payments, entries, strict=True):
        assert payment["imp_uid"].startswith("imps_")
        assert (payment["status"], payment["customer_uid_usage"]) == ("paid", "payment.scheduled")
        assert (payment["customer_uid"], payment["name"]) == (UID, "구독")
        assert entry["imp_uid"] == payment["imp_uid"]
        assert (entry["schedule_status"], entry["payment_status"]) == ("executed", "paid")
        assert entry["executed_at"] == payment["started_at"]
    ids = [p["merchant_uid"] for p in late.sandbox.payments[-3:]]
    assert ids == ["order-1", "order-2", "order-3"]


def test_nothing_is_executed_before_its_second(api):
    at_s = api.sandbox.now_s + 1000
    book(api, "order-1", at_s=at_s)

    api.sandbox.set_time(at_s - 5)
    before = entry_of(api, "order-1")["schedule_status"]
    api.sandbox.set_time(at_s)

    assert (before, entry_of(api, "order-1")["schedule_status"]) == ("scheduled", "executed")


def test_what_is_due_happens_although_nobody_asks(api):
    book(api, "order-1", at_s=api.sandbox.now_s + 2)

    until_s = time.monotonic() + 120
    while not api.sandbox._shop.shelf.of_order("order-1") and time.monotonic() < until_s:
        time.sleep(0.1)

    assert [p["status"] for p in api.sandbox._shop.shelf.of_order("order-1")] == ["paid"]


def test_executed_does_not_mean_paid(api):
    issue(api, "poor", card=odd(2))
    book(api, "order-1", uid="poor")

    late = after(api, DAY_S + 1)

    entry, payment = entry_of(late, "order-1"), late.get("/payments/find/order-1").response
    assert (entry["schedule_status"], entry["payment_status"]) == ("executed", "failed")
    assert entry["fail_reason"] == payment["fail_reason"] == "[잔액부족] 결제계좌 잔액이 부족합니다"
    assert (payment["status"], entry["imp_uid"]) == ("failed", payment["imp_uid"])


def test_a_cancel_shows_in_the_schedule(api):
    book(api, "order-1")
    late = after(api, DAY_S + 1)

    late.post("/payments/cancel", merchant_uid="order-1")

    assert entry_of(late, "order-1")["payment_status"] == "cancelled"


def test_an_answer_lost_on_the_way_shows_a_minute_later(api):
    issue(api, "silent", card=odd(7))
    at_s = api.sandbox.now_s + 100
    book(api, "order-1", uid="silent", at_s=at_s)

    api.sandbox.set_time(at_s + 1)
    meanwhile = entry_of(api, "order-1")
    api.sandbox.set_time(at_s + 61)

    assert (meanwhile["schedule_status"], meanwhile["payment_status"]) == ("executed", None)
    assert entry_of(api, "order-1")["payment_status"] == "paid"


def test_a_schedule_of_a_deleted_key_is_not_revoked_and_fails(api):
    book(api, "order-1")
    api.call("DELETE", f"/subscribe/customers/{UID}")
    waiting = entry_of(api, "order-1")["schedule_status"]

    late = after(api, DAY_S + 1)

    assert waiting == "scheduled"
    assert entry_of(late, "order-1")["payment_status"] == "failed"
    assert entry_of(late, "order-1")["fail_reason"] == "등록되지 않은 구매자입니다."


def test_an_order_paid_in_between_is_not_charged_twice(api):
    book(api, "order-1")
    api.post("/subscribe/payments/onetime", merchant_uid="order-1", amount=9_900, **GOOD)

    late = after(api, DAY_S + 1)

    statuses = [p["status"] for p in late.get("/payments/findAll/order-1").response["list"]]
    assert statuses == ["failed", "paid"]


@pytest.mark.parametrize("by", ["customer", "order", "orders", "both"])
def test_what_waits_can_be_revoked(api, by):
    book(api, "order-1", "order-2")
    orders = {"customer": None, "order": "order-1", "orders": ["order-1"], "both": ["order-1"]}
    fields = {} if by in ("order", "orders") else {"customer_uid": UID}
    if orders[by]:
        fields["merchant_uid"] = orders[by]

    revoked = api.post("/subscribe/payments/unschedule", **fields).response
    late = after(api, 2 * DAY_S)

    names = ["order-1", "order-2"] if by == "customer" else ["order-1"]
    assert [entry["merchant_uid"] for entry in revoked] == names
    assert {entry["schedule_status"] for entry in revoked} == {"revoked"}
    assert all(entry["revoked_at"] for entry in revoked)
    assert late.get("/payments/findAll/order-1").status == 404
    assert late.get("/payments/findAll/order-2").status == (404 if by == "customer" else 200)


def test_nothing_to_revoke_is_told(api):
    book(api, "order-1")
    late = after(api, 2 * DAY_S)

    asked = [{"customer_uid": UID}, {"merchant_uid": "order-1"}, {"customer_uid": "nobody"}]
    answers = [refusal(late.post("/subscribe/payments/unschedule", **f)) for f in asked]

    assert answers == [(200, 1, "취소할 예약결제 기록이 존재하지 않습니다.")] * 3
    assert late.post("/subscribe/payments/unschedule").status == 400


def test_a_schedule_that_waits_can_be_moved_and_no_other(api):
    at_s = api.sandbox.now_s + 5 * DAY_S
    book(api, "order-1", "order-2")
    moved = api.call("PUT", f"{PATH}/order-1", {"schedule_at": at_s})
    past = api.call("PUT", f"{PATH}/order-1", {"schedule_at": 1_000})
    api.post("/subscribe/payments/unschedule", merchant_uid="order-2")

    late = after(api, 2 * DAY_S)
    revoked = late.call("PUT", f"{PATH}/order-2", {"schedule_at": at_s})
    unknown = late.call("PUT", f"{PATH}/order-9", {"schedule_at": at_s})
    waiting = entry_of(late, "order-1")["schedule_status"]
    later = after(late, 4 * DAY_S)
    executed = later.call("PUT", f"{PATH}/order-1", {"schedule_at": at_s + 9 * DAY_S})

    assert (moved.response["schedule_at"], waiting) == (at_s, "scheduled")
    assert entry_of(later, "order-1")["executed_at"] == at_s
    assert [a.status for a in (past, revoked, unknown, executed)] == [400, 400, 404, 400]


def failed(api, order="order-1"):
    """Leave a schedule that failed at its first attempt."""
    issue(api, "moody", card=odd(9))
    book(api, order, uid="moody")
    return after(api, DAY_S + 1)


def test_a_failed_schedule_is_retried_at_once(api):
    late = failed(api)

    answer = late.call("POST", f"{PATH}/order-1/retry")

    entry = entry_of(late, "order-1")
    assert (answer.response["status"], answer.response["customer_uid_usage"]) == (
        "paid",
        "payment.scheduled",
    )
    assert (entry["payment_status"], entry["imp_uid"]) == ("paid", answer.response["imp_uid"])
    assert late.get("/payments/findAll/order-1").response["total"] == 2
    assert late.call("POST", f"{PATH}/order-1/retry").status == 400


def test_a_retry_that_fails_is_a_success_of_the_call(api):
    issue(api, "poor", card=odd(1))
    book(api, "order-1", uid="poor")
    late = after(api, DAY_S + 1)

    answer = late.call("POST", f"{PATH}/order-1/retry")

    assert (answer.status, answer.code, answer.response["status"]) == (200, 0, "failed")


def test_a_failed_schedule_is_booked_anew(api):
    late = failed(api)
    at_s = late.sandbox.now_s + 500

    entry = late.call("POST", f"{PATH}/order-1/reschedule", {"schedule_at": at_s}).response
    later = after(late, 501)

    assert (entry["schedule_status"], entry["schedule_at"]) == ("scheduled", at_s)
    assert (entry["payment_status"], entry["imp_uid"]) == (None, None)
    assert entry_of(later, "order-1")["payment_status"] == "paid"


def test_a_revoked_schedule_can_be_retried_and_booked_anew(api):
    book(api, "order-1", "order-2")
    api.post("/subscribe/payments/unschedule", customer_uid=UID)

    paid = api.call("POST", f"{PATH}/order-1/retry").response
    entry = api.call(
        "POST", f"{PATH}/order-2/reschedule", {"schedule_at": api.sandbox.now_s + 50}
    ).response

    assert (paid["status"], entry["revoked_at"]) == ("paid", 0)


@pytest.mark.parametrize("word", ["retry", "reschedule"])
def test_only_failed_or_revoked_ones_are_tried_again(api, word):
    body = {"schedule_at": api.sandbox.now_s + 30 * DAY_S}
    book(api, "order-1")

    waiting = api.call("POST", f"{PATH}/order-1/{word}", body)
    late = after(api, DAY_S + 1)
    paid = late.call("POST", f"{PATH}/order-1/{word}", body)
    unknown = late.call("POST", f"{PATH}/order-9/{word}", body)

    assert [a.status for a in (waiting, paid, unknown)] == [400, 400, 404]
    assert all(a.code for a in (waiting, paid, unknown))


def test_a_retry_without_its_key_is_not_found(api):
    late = failed(api)
    late.call("DELETE", "/subscribe/customers/moody")

    assert late.call("POST", f"{PATH}/order-1/retry").status == 404


def test_an_unknown_customer_without_a_card_books_nothing(api):
    assert refusal(book(api, "order-1", uid="nobody")) == (200, 1, "등록된 고객정보가 없습니다.")


def test_a_card_that_comes_along_becomes_the_key(api):
    answer = book(api, "order-1", uid="new", **GOOD)

    assert answer.code == 0
    assert api.get("/subscribe/customers/new").response["card_code"] == "366"


def test_a_checking_amount_tries_the_card(api):
    issue(api, "poor", card=odd(1))

    refused = book(api, "order-1", uid="poor", checking_amount=100)
    taken = book(api, "order-2", checking_amount=100)

    assert (refused.code, taken.code) == (-1, 0)
    assert api.get(f"{PATH}/order-1").status == 404


def test_all_schedules_of_a_request_are_booked_or_none(api):
    book(api, "order-1")

    again = book(api, "order-2", "order-1")
    twice = book(api, "order-3", "order-3")
    past = book(api, "order-4", at_s=api.sandbox.now_s - 60)

    assert [(a.status, a.code) for a in (again, twice, past)] == [(200, 1)] * 3
    for order in ("order-2", "order-3", "order-4"):
        assert api.get(f"{PATH}/{order}").status == 404


@pytest.mark.parametrize(
    "schedules", [None, [], "no json", [{}], ["no json"], ["{}"], [{"merchant_uid": "o"}], [7]]
)
def test_schedules_that_are_none_are_refused(api, schedules):
    answer = api.post(PATH, customer_uid=UID, schedules=schedules)

    assert (answer.status, answer.code) == (400, 1)


@pytest.mark.parametrize(
    "change",
    [{"schedule_at": "soon"}, {"schedule_at": 10**12}, {"currency": "XXX"}, {"amount": 0}],
)
def test_a_schedule_that_makes_no_sense_is_refused(api, change):
    item = {"merchant_uid": "o", "schedule_at": api.sandbox.now_s + 9, "amount": 10, **change}

    answer = api.post(PATH, customer_uid=UID, schedules=[item])

    assert (answer.status, answer.code) == (400, 1)
    assert api.get(f"{PATH}/o").status == 404


def test_a_form_may_carry_schedules_nested_or_as_json(api):
    at_s = api.sandbox.now_s + 100
    item = {"merchant_uid": "order-1", "schedule_at": at_s, "amount": 10}
    nested = [(f"schedules[0][{name}]", value) for name, value in item.items()]
    as_json = json.dumps([{**item, "merchant_uid": "order-2"}])

    first = api.post_form(PATH, [("customer_uid", UID), *nested])
    second = api.post_form(PATH, {"customer_uid": UID, "schedules": as_json})
    orders = [("merchant_uid[]", "order-1"), ("merchant_uid[]", "order-2")]
    revoked = api.post_form("/subscribe/payments/unschedule", orders)

    assert (first.response[0]["amount"], second.response[0]["schedule_at"]) == (10, at_s)
    assert len(revoked.response) == 2


def test_the_clock_does_not_go_back(api):
    with pytest.raises(ValueError, match="does not go back"):
        api.sandbox.advance(-1)
    with pytest.raises(ValueError, match="does not go back"):
        api.sandbox.set_time(1_000)
    with pytest.raises(ValueError, match="does not go back"):
        api.sandbox.advance(float("nan"))


def test_the_clock_ends_before_the_dates_do(api):
    with pytest.raises(ValueError, match="ends with 2099"):
        api.sandbox.advance(10**12)

    assert api.get("/payments/status/all").status == 200
