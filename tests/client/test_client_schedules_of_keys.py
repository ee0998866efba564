"""The schedules of a billing key or an order are looked up, and what is not known is named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
from client_book import Book, schedule, uids
from client_samples import SCHEDULE, SCHEDULES_OF_A_KEY, case
from client_wire import Api, client_of, failure, reply

import jtnet_recon as jr

if TYPE_CHECKING:
    from client_wire import Request


@pytest.mark.parametrize("is_bare", [False, True])
def test_the_schedules_of_some_keys_are_read_and_the_others_named(api, is_bare: bool) -> None:
    book = Book([schedule(n) for n in range(60)], page_rows=5, is_bare=is_bare)
    server: Api = api(book)

    schedules = client_of(server.url).schedules_by_customer_uid(["key-1", "no/key"], "2022-11")

    assert list(schedules["merchant_uid"]) == uids(*range(1, 60, 5))
    looked_up = schedules.attrs["lookup"]
    assert (looked_up["asked"], looked_up["found"]) == (2, 1)
    assert looked_up["missing"] == ["no/key"]
    assert looked_up["verdict"] == "COMPLETE"
    query = server.reads[0].query
    assert set(query) == {"from", "to", "page"}, "the document knows no more"


def test_a_status_of_a_keys_schedules_is_written_with_a_hyphen(api) -> None:
    server: Api = api(Book([schedule(1)]))

    client_of(server.url).schedules_by_customer_uid("key-1", "2022-11", status="scheduled")

    assert server.reads[0].query["schedule-status"] == "scheduled"


@pytest.mark.parametrize(
    "unknown",
    [
        case(SCHEDULES_OF_A_KEY, "unknown_customer"),
        (200, {"code": 0, "message": None, "response": None}),
        (200, {"code": 1, "message": "없음", "response": None}),
        (404, {"code": -1, "message": "없음", "response": None}),
    ],
)
def test_a_key_that_is_not_known_has_no_schedules_in_every_form(api, unknown: Any) -> None:
    server: Api = api(lambda _request: reply(*unknown))

    schedules = client_of(server.url).schedules_by_customer_uid("nobody", "2022-11")

    assert len(schedules) == 0
    assert schedules.attrs["lookup"]["missing"] == ["nobody"]


def test_schedules_of_a_key_nobody_asked_for_stop_the_look_up(api) -> None:
    server: Api = api(lambda _request: reply(*case(SCHEDULES_OF_A_KEY, "page")))

    with pytest.raises(jr.ApiShapeError, match="about another customer_uid"):
        client_of(server.url).schedules_by_customer_uid("other", "2022-12")


def test_a_refusal_of_a_keys_schedules_is_an_error(api) -> None:
    server: Api = api(lambda _request: failure(200, "내부 오류", code=-7))

    with pytest.raises(jr.ApiCodeError, match="내부 오류"):
        client_of(server.url).schedules_by_customer_uid("key", "2022-12")


def test_the_schedule_of_an_order_is_found_or_missing(api) -> None:
    def script(request: Request) -> bytes:
        uid = unquote(request.path.split("/")[4])
        name = "GET ok" if uid == "sub-0042-202301" else "GET unknown"
        return reply(*case(SCHEDULE, name))

    server: Api = api(script)
    found = client_of(server.url).schedules_by_merchant_uid(["sub-0042-202301", "주문/1"])

    assert list(found["payment_status"]) == ["failed"]
    assert found.attrs["lookup"]["missing"] == ["주문/1"]
    assert found.attrs["lookup"]["verdict"] == "COMPLETE"


def test_the_schedule_of_another_order_stops_the_look_up(api) -> None:
    server: Api = api(lambda _request: reply(*case(SCHEDULE, "GET ok")))

    with pytest.raises(jr.ApiShapeError, match="about another merchant_uid"):
        client_of(server.url).schedules_by_merchant_uid("sub-1")


def test_a_schedule_look_up_that_is_refused_is_an_error(api) -> None:
    server: Api = api(lambda _request: failure(403, "권한이 없습니다."))

    with pytest.raises(jr.ApiStatusError, match="권한"):
        client_of(server.url).schedules_by_merchant_uid("sub-1")
