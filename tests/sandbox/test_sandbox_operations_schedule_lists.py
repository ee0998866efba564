"""Lists of schedules: windows, pages, order, both shapes, and those of the month."""

from __future__ import annotations

import pytest
from sandbox_cards import SCHEDULE as PATH
from sandbox_cards import book, entry_of, issue

DAY_S = 86_400
UID = "gildong_0001_1234"


@pytest.fixture
def api(fresh):
    api = fresh()
    issue(api, UID)
    return api


def window_of(api):
    return {"schedule_from": api.sandbox.now_s, "schedule_to": api.sandbox.now_s + 2 * DAY_S}


def test_lists_are_newest_first_unless_asked_and_paged(api):
    book(api, *(f"order-{n:02d}" for n in range(25)))
    window = window_of(api)

    newest = api.get(PATH, **window).response
    second = api.get(PATH, **window, page=2).response
    oldest = api.get(PATH, **window, sorting="scheduled", limit=1000).response
    of_key = api.get(
        f"{PATH}/customers/{UID}", **{"from": window["schedule_from"], "to": window["schedule_to"]}
    ).response

    assert (newest["total"], newest["next"], len(newest["list"])) == (25, 2, 20)
    assert newest["list"] == of_key["list"] == oldest["list"][::-1][:20]
    assert [e["merchant_uid"] for e in second["list"]] == [f"order-0{n}" for n in (4, 3, 2, 1, 0)]
    assert api.get(PATH, **window, page=3).status == 400


def test_a_window_holds_its_first_second_and_not_its_last(api):
    at_s = api.sandbox.now_s + 500
    book(api, "order-1", at_s=at_s)

    def total(from_s, to_s):
        return api.get(PATH, schedule_from=from_s, schedule_to=to_s).response["total"]

    assert total(at_s, at_s + 1) == 1
    assert total(at_s - 9, at_s) == 0


@pytest.mark.parametrize("name", ["schedule-status", "schedule_status"])
def test_both_spellings_of_the_status_are_taken(api, name):
    book(api, "order-1", "order-2")
    api.post("/subscribe/payments/unschedule", merchant_uid="order-1")
    window = window_of(api)
    path = f"{PATH}/customers/{UID}"

    for status, expected in (("revoked", ["order-1"]), ("scheduled", ["order-2"])):
        for asked in (PATH, path):
            found = api.get(asked, **window, **{name: status}).response["list"]
            assert [entry["merchant_uid"] for entry in found] == expected
    assert api.get(PATH, **window, **{name: "nonsense"}).status == 400


def test_windows_need_both_ends_and_three_months_at_most(api):
    now_s = api.sandbox.now_s
    for path, first, last in (
        (PATH, "schedule_from", "schedule_to"),
        (f"{PATH}/customers/{UID}", "from", "to"),
    ):
        assert api.get(path, **{first: now_s}).status == 400
        assert api.get(path, **{last: now_s}).status == 400
        assert api.get(path, **{first: now_s, last: now_s + 92 * DAY_S}).status == 200
        assert api.get(path, **{first: now_s, last: now_s + 93 * DAY_S}).status == 400


def test_as_documented_a_list_is_bare(fresh):
    api = fresh(strict_openapi=True)
    issue(api, UID)
    (entry,) = book(api, "order-1").response

    window = window_of(api)
    bare = api.get(
        f"{PATH}/customers/{UID}", **{"from": window["schedule_from"], "to": window["schedule_to"]}
    )

    assert api.get(PATH, **window).response == [entry]
    assert bare.response == [entry]
    assert api.get(f"{PATH}/customers/nobody", **{"from": 1, "to": 2}).response == []


def test_every_scheduled_charge_of_the_month_has_its_schedule(api):
    charged = [
        p for p in api.sandbox.payments if p.get("customer_uid_usage") == "payment.scheduled"
    ]
    entries = {p["merchant_uid"]: entry_of(api, p["merchant_uid"]) for p in charged}

    assert len(charged) > 20
    for payment in {p["merchant_uid"]: p for p in charged}.values():
        entry = entries[payment["merchant_uid"]]
        assert (entry["schedule_status"], entry["imp_uid"]) == ("executed", payment["imp_uid"])
        assert entry["payment_status"] == payment["status"]
        assert entry["schedule_at"] <= entry["executed_at"]
