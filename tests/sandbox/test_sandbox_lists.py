"""Lists, pages and windows of the sandbox."""

from __future__ import annotations

import pytest
from sandbox_http import began, ids

DAY_S = 86_400
CLOCKS = {
    "ready": "started_at",
    "paid": "paid_at",
    "cancelled": "cancelled_at",
    "failed": "failed_at",
}
NOVEMBER = {"from": 1667228400, "to": 1669820399}  # 2022-11-01 00:00:00 to 11-30 23:59:59 KST


def clock_of(payment):
    """Give the instant a window looks at: that of the final status."""
    return payment[CLOCKS[payment["status"]]]


def inside(payments, window, status="all"):
    return {
        p["imp_uid"]
        for p in payments
        if window["from"] <= clock_of(p) <= window["to"] and status in ("all", p["status"])
    }


@pytest.mark.parametrize("status", ["all", "ready", "paid", "cancelled", "failed"])
def test_a_window_holds_what_reached_its_final_status_in_it(api, payments, status):
    rows = api.walk(f"/payments/status/{status}", **NOVEMBER, limit=1000)

    assert set(ids(rows)) == inside(payments, NOVEMBER, status)
    assert len(ids(rows)) == len(set(ids(rows))) > 0


def test_the_whole_is_the_sum_of_its_statuses(api):
    total = {
        status: api.get(f"/payments/status/{status}", **NOVEMBER).response["total"]
        for status in ("all", *CLOCKS)
    }

    assert total.pop("all") == sum(total.values())


def test_a_sale_cancelled_later_is_in_the_window_of_its_last_cancel_only(api, payments):
    late = next(
        p
        for p in payments
        if p["status"] == "cancelled"
        and NOVEMBER["from"] <= p["paid_at"] <= NOVEMBER["to"] < p["cancelled_at"]
    )
    then = {"from": late["cancelled_at"] - 1, "to": late["cancelled_at"] + 1}

    assert late["imp_uid"] not in ids(api.walk("/payments/status/all", **NOVEMBER, limit=1000))
    assert late["imp_uid"] in ids(api.walk("/payments/status/cancelled", **then))
    assert late["imp_uid"] not in ids(api.walk("/payments/status/paid", **then))


@pytest.mark.parametrize("status", list(CLOCKS))
def test_both_ends_of_a_window_are_inclusive(api, payments, status):
    payment = next(p for p in payments if p["status"] == status and clock_of(p))
    at_s, path = clock_of(payment), f"/payments/status/{status}"

    assert payment["imp_uid"] in ids(api.walk(path, **{"from": at_s, "to": at_s}))
    assert payment["imp_uid"] in ids(api.walk(path, **{"from": at_s, "to": at_s + 9}))
    assert payment["imp_uid"] in ids(api.walk(path, **{"from": at_s - 9, "to": at_s}))
    assert payment["imp_uid"] not in ids(api.walk(path, **{"from": at_s + 1, "to": at_s + 9}))
    assert payment["imp_uid"] not in ids(api.walk(path, **{"from": at_s - 9, "to": at_s - 1}))


def test_without_dates_a_list_covers_the_last_ninety_days(api, payments):
    now_s = api.sandbox.now_s
    rows = api.walk("/payments/status/all", limit=1000)

    assert set(ids(rows)) == inside(payments, {"from": now_s - 90 * DAY_S, "to": now_s})
    assert len(rows) < len(payments)


def test_a_window_of_ninety_days_is_taken_and_a_wider_one_refused(api):
    end = NOVEMBER["to"]

    taken = api.get("/payments/status/all", **{"from": end - 90 * DAY_S, "to": end})
    refused = api.get("/payments/status/all", **{"from": end - 91 * DAY_S, "to": end})

    assert taken.status == 200
    assert (refused.status, refused.response) == (400, None)
    assert refused.code != 0


def test_a_window_that_ends_before_it_starts_is_refused(api):
    assert api.get("/payments/status/all", **{"from": 2_000, "to": 1_000}).status == 400


def test_an_empty_window_is_no_error(api):
    answer = api.get("/payments/status/all", **{"from": 1000, "to": 2000})

    assert answer.status == 200
    assert answer.response == {"total": 0, "previous": 0, "next": 0, "list": []}


def test_a_page_holds_twenty_unless_more_are_asked_and_a_thousand_at_most(api, payments):
    path = "/payments/status/all"

    pages = [api.get(path, **NOVEMBER, limit=n).response["list"] for n in (1, 999, 1000, 5000)]

    total = len(inside(payments, NOVEMBER))
    assert len(api.get(path, **NOVEMBER).response["list"]) == 20
    assert [len(page) for page in pages] == [1, min(999, total), total, total]


def test_more_than_a_thousand_a_page_are_clipped(fresh):
    api = fresh(orders=1500)

    response = api.get("/payments/status/all", **NOVEMBER, limit=5000).response

    assert response["total"] > 1000
    assert (len(response["list"]), response["next"]) == (1000, 2)


def test_previous_and_next_are_page_numbers_and_zero_at_the_ends(api):
    total = api.get("/payments/status/failed", **NOVEMBER).response["total"]
    last = -(-total // 20)

    pages = [
        api.get("/payments/status/failed", **NOVEMBER, page=page).response
        for page in range(1, last + 1)
    ]

    assert last > 2
    assert [page["previous"] for page in pages] == list(range(last))
    assert [page["next"] for page in pages] == [*range(2, last + 1), 0]
    assert {page["total"] for page in pages} == {total}
    assert sum(len(page["list"]) for page in pages) == total


def test_a_page_past_the_end_is_a_bad_request(api):
    total = api.get("/payments/status/all", **NOVEMBER, limit=1000).response["total"]
    beyond = -(-total // 20) + 1

    assert api.get("/payments/status/all", **NOVEMBER, page=beyond - 1).status == 200
    assert api.get("/payments/status/all", **NOVEMBER, page=beyond).status == 400
    assert api.get("/payments/status/all", **{"from": 1000, "to": 2000}, page=2).status == 400


@pytest.mark.parametrize(
    "query",
    [
        {"page": 0},
        {"page": -1},
        {"page": "one"},
        {"limit": 0},
        {"limit": "x"},
        {"from": "yesterday"},
        {"to": -1},
        {"to": "9" * 13},
        {"sorting": "amount"},
    ],
)
def test_a_parameter_that_makes_no_sense_is_a_bad_request(api, query):
    answer = api.get("/payments/status/all", **query)

    assert (answer.status, answer.response) == (400, None)
    assert next(iter(query)) in answer.message


def test_a_status_word_that_is_none_is_a_bad_request(api):
    answer = api.get("/payments/status/partial")

    assert (answer.status, answer.message) == (400, "지원되지 않는 상태값입니다.")


def updated(payment):
    return max(began(payment), *(payment[f"{word}_at"] for word in ("paid", "failed", "cancelled")))


@pytest.mark.parametrize(
    ("sorting", "key"), [("started", began), ("paid", lambda p: p["paid_at"]), ("updated", updated)]
)
def test_a_list_is_sorted_as_asked(api, sorting, key):
    up = api.walk("/payments/status/all", **NOVEMBER, limit=1000, sorting=sorting)
    down = api.walk("/payments/status/all", **NOVEMBER, limit=1000, sorting=f"-{sorting}")

    assert [key(p) for p in up] == sorted(key(p) for p in up)
    assert ids(down) == ids(up)[::-1]


def test_newest_started_comes_first_by_default(api):
    path = "/payments/status/all"

    default = api.walk(path, **NOVEMBER, limit=1000)

    assert ids(default) == ids(api.walk(path, **NOVEMBER, limit=1000, sorting="-started"))


def test_pages_of_any_size_cut_the_same_list(api):
    path = "/payments/status/cancelled"

    whole = ids(api.walk(path, **NOVEMBER, limit=1000, sorting="started"))

    assert whole == ids(api.walk(path, **NOVEMBER, limit=7, sorting="started"))
