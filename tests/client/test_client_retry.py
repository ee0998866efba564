"""Reads are tried again within limits: attempts, time, a bucket, and what the server asks for."""

from __future__ import annotations

import pytest
from client_wire import GOOD, Api, Clock, Failing, client_of, failure, record, reply
from hypothesis import given
from hypothesis import strategies as st

from jtnet_recon.client.retry import (
    ASKED_WAIT_MAX_S,
    Bucket,
    Lanes,
    asked_wait_s,
    backoff_s,
    is_passing,
)
from jtnet_recon.errors import (
    ApiCodeError,
    ApiShapeError,
    ApiStatusError,
    ConfigError,
    PullIncomplete,
)

GATEWAY = b"<html><head><title>502 Bad Gateway</title></head><script>alert(1)</script></html>"


def test_the_wait_doubles_to_a_limit_and_chance_spreads_it_from_nothing() -> None:
    assert [backoff_s(n, 1.0) for n in range(1, 9)] == [0.5, 1, 2, 4, 8, 16, 30, 30]
    assert backoff_s(5, 0.0) == 0.0


def test_statuses_that_may_pass() -> None:
    passing = {status for status in range(400, 600) if is_passing(status)}

    assert passing == {408, 409, 425, 429, *range(500, 600)} - {501}


@pytest.mark.parametrize(
    ("header", "date", "wait_s"),
    [
        (None, None, None),
        ("0", None, 0.0),
        ("120", None, 120.0),
        (" 7 ", None, 7.0),
        ("1.5", None, 1.0),
        ("1e9", None, None),
        ("999999999", None, ASKED_WAIT_MAX_S),
        ("9" * 400, None, ASKED_WAIT_MAX_S),
        ("-5", None, None),
        ("soon", None, None),
        ("", None, None),
        ("NaN", None, None),
        ("inf", None, None),
        ("Mon, 14 Nov 2022 05:00:30 GMT", "Mon, 14 Nov 2022 05:00:00 GMT", 30.0),
        ("Mon, 14 Nov 2022 05:00:00 GMT", "Mon, 14 Nov 2022 06:00:00 GMT", 0.0),
        ("Mon, 14 Nov 2052 05:00:00 GMT", "Mon, 14 Nov 2022 05:00:00 GMT", ASKED_WAIT_MAX_S),
        ("Mon, 14 Nov 2022 05:00:30 GMT", None, None),
        ("Mon, 99 Nov 2022 05:00:30 GMT", "Mon, 14 Nov 2022 05:00:00 GMT", None),
        ("Mon, 14 Nov 2022 05:00:30", "Mon, 14 Nov 2022 05:00:00 GMT", None),
    ],
)
def test_retry_after_is_read_and_clamped(header, date, wait_s) -> None:
    assert asked_wait_s(header, date) == wait_s


@given(st.text(), st.text() | st.none())
def test_no_retry_after_can_crash_or_wait_longer_than_a_quarter_of_an_hour(header, date) -> None:
    wait_s = asked_wait_s(header, date)

    assert wait_s is None or 0 <= wait_s <= ASKED_WAIT_MAX_S


def test_the_bucket_runs_dry_and_fills_with_successes() -> None:
    bucket = Bucket(12)

    assert [bucket.take(5), bucket.take(5), bucket.take(5)] == [True, True, False]
    for _ in range(99):
        bucket.give_back()
    assert [bucket.take(12), bucket.take(1)] == [True, False]


def test_lanes_are_halved_and_come_back_one_by_one() -> None:
    lanes = Lanes(8)
    counts = []
    for _ in range(5):
        lanes.halve()
        counts.append(lanes.count)
    for _ in range(100):
        lanes.widen()

    assert counts == [4, 2, 1, 1, 1]
    assert lanes.count == 3


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503, 504, 520, 599])
def test_trouble_that_passes_is_read_over(api, status: int) -> None:
    server: Api = api(Failing(reply(status, GATEWAY, kind="text/html"), 5))

    pulled = client_of(server.url).payments("2022-11-13")

    assert len(pulled) == 1
    assert pulled.attrs["pull"]["retries"] == {str(status): 5}


@pytest.mark.parametrize("status", [500, 503, 429])
def test_trouble_that_stays_ends_after_six_attempts_without_the_gateways_page(api, status) -> None:
    server: Api = api(lambda _request: reply(status, GATEWAY, kind="text/html"))

    with pytest.raises(PullIncomplete, match=f"HTTP {status}") as caught:
        client_of(server.url).payments("2022-11-13")

    assert len(server.reads) == 6
    assert "<" not in str(caught.value)
    assert caught.value.certificate["windows"][0]["walks"] == 0


@pytest.mark.parametrize("status", [400, 403, 404, 405, 407, 410, 422, 501])
def test_a_refusal_is_not_tried_again_and_quotes_the_server(api, status: int) -> None:
    server: Api = api(lambda _request: failure(status, "검색 파라메터가 유효하지 않습니다."))
    call = client_of(server.url)._source.session

    from jtnet_recon.client.endpoints import Call

    with pytest.raises(ApiStatusError, match="검색 파라메터가 유효하지 않습니다") as caught:
        call.get(Call("GET", "/banks"))

    assert (caught.value.status, caught.value.path) == (status, "/banks")
    assert caught.value.hint
    assert caught.value.hint_ko
    assert len(server.reads) == 1


def test_code_other_than_0_is_an_error_with_http_200(api) -> None:
    server: Api = api(lambda _request: failure(200, "등록되지 않은\x1b[31m 구매자", code=-1))

    with pytest.raises(ApiCodeError, match="등록되지 않은") as caught:
        client_of(server.url).payments_by_customer_uid("c")

    assert caught.value.api_code == -1
    assert "\x1b" not in str(caught.value)
    assert len(server.reads) == 1


def test_retry_after_is_waited_for_and_does_not_use_up_the_calls_time(api) -> None:
    clock = Clock()
    server: Api = api(Failing(failure(429, "slow down", "Retry-After: 120"), 2))

    pulled = client_of(server.url, clock, timeout_s=5.0).payments("2022-11-13")

    assert len(pulled) == 1
    assert 240 <= clock.waited_s < 250


def test_a_date_in_retry_after_is_compared_with_the_servers_own_clock(api) -> None:
    clock = Clock()
    wait = ("Retry-After: Mon, 14 Nov 2022 05:00:40 GMT", "Date: Mon, 14 Nov 2022 05:00:00 GMT")
    server: Api = api(Failing(failure(503, "later", *wait), 1))

    client_of(server.url, clock).payments("2022-11-13")

    assert 40 <= clock.waited_s < 42


def test_429_without_a_wish_waits_a_second_at_least_and_fewer_calls_go_out(api) -> None:
    clock = Clock()
    client = client_of(api(Failing(failure(429, "slow down"), 1)).url, clock)

    client.payments("2022-11-13")

    assert clock.waited_s == 1.0
    assert client._source.session.lanes.count == 4


def test_the_time_of_a_call_ends_its_attempts(api) -> None:
    clock = Clock()
    server: Api = api(lambda _request: failure(500, "no"))

    with pytest.raises(PullIncomplete):
        client_of(server.url, clock, timeout_s=1.2).payments("2022-11-13")

    # 0.25 and 0.5 s are waited; 1.0 s more would be beyond the end.
    assert clock.waited_s == 0.75
    assert len(server.reads) == 3


def test_an_empty_bucket_stops_the_hammering(api) -> None:
    server: Api = api(lambda _request: failure(500, "no"))
    client = client_of(server.url)

    for _ in range(30):
        with pytest.raises(PullIncomplete):
            client.payments("2022-11-13")

    # 500 tokens buy 100 retries of 5; a token call gives one back now and then.
    assert len(server.reads) < 30 + 110


def test_a_closed_client_says_that_it_is_closed(api) -> None:
    server: Api = api(lambda _request: GOOD)
    with client_of(server.url) as client:
        client.payments("2022-11-13")

    with pytest.raises(ConfigError, match="client is closed"):
        client.payments("2022-11-13")


def test_a_web_page_with_200_says_that_a_proxy_answered(api) -> None:
    page = "<!doctype html><html><TITLE>사내 보안 <b></TITLE>".encode()
    server: Api = api(lambda _request: reply(200, page, kind="text/html; charset=utf-8"))

    with pytest.raises(ApiShapeError, match="a proxy or a security appliance answered") as caught:
        client_of(server.url).payments_by_merchant_uid("order-1")

    assert 'titled "사내 보안' in caught.value.message
    assert "프록시" in caught.value.hint_ko
    assert len(server.reads) == 3


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"[]", "no envelope"),
        (b'"x"', "no envelope"),
        (b'{"message":null}', "no envelope"),
        (b'{"code":0}', "no envelope"),
        (b'{"response":{}}', "no envelope"),
        (b'{"code":null,"response":{}}', "no whole number"),
        (b'{"code":true,"response":{}}', "no whole number"),
        (b'{"code":"zero","response":{}}', "no whole number"),
        (b'{"code":0,"code":1,"response":{}}', "stands twice"),
        (b'{"code":0,"message":null,"response":{"a":1,"a":2}}', "stands twice"),
        (b'{"code":0,"message":null,"response":{"a":NaN}}', "is NaN"),
        (b'{"code":0,"message":null,"response":{"a":-Infinity}}', "is -Infinity"),
        (b'{"code":0,"message":null,"response":' + b"[" * 90_000 + b"]" * 90_000 + b"}", "deep"),
        (b'{"code":0,"message":null,"response":{"a":' + b"9" * 5_000 + b"}}", "endless"),
        (b'{"code":0,"message":null,"response":null}', "no page"),
        (b'{"code":0,"message":null,"response":[]}', "no page"),
        (b'{"code":0,"message":null,"response":{"total":1,"next":0}}', "no page"),
        (b'{"code":0,"message":null,"response":{"total":1,"next":0,"list":{}}}', "no list"),
        (b'{"code":0,"message":null,"response":{"total":1,"next":0,"list":[1]}}', "no list"),
        (b'{"code":0,"message":null,"response":{"total":"1","next":0,"list":[]}}', "`total`"),
        (b'{"code":0,"message":null,"response":{"total":-1,"next":0,"list":[]}}', "`total`"),
        (b'{"code":0,"message":null,"response":{"total":1,"next":[1],"list":[]}}', "`next`"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_json_that_is_not_what_the_document_says_stops_at_once(api, body: bytes, said: str) -> None:
    server: Api = api(lambda _request: reply(200, body))

    with pytest.raises(ApiShapeError, match=said) as caught:
        client_of(server.url).payments_by_merchant_uid("order-1")

    assert caught.value.hint_ko
    assert len(server.reads) == 1


def test_code_0_as_text_is_a_success_as_the_old_document_had_it(api) -> None:
    page = {"total": 1, "previous": False, "next": False, "list": [record(1)]}
    body = {"code": "0", "message": None, "response": page}
    server: Api = api(lambda _request: reply(200, body))

    assert len(client_of(server.url).payments("2022-11-13")) == 1


def test_207_is_no_success_where_the_document_does_not_know_it(api) -> None:
    server: Api = api(lambda _request: reply(207, {"code": 0, "message": None, "response": {}}))

    with pytest.raises(ApiShapeError, match="HTTP 207"):
        client_of(server.url).payments_by_merchant_uid("order-1")


@pytest.mark.parametrize("status", [201, 202, 206, 304])
def test_a_status_that_the_document_does_not_know_is_an_error(api, status: int) -> None:
    server: Api = api(lambda _request: reply(status, GOOD.partition(b"\r\n\r\n")[2]))

    with pytest.raises(ApiShapeError, match=f"HTTP {status}"):
        client_of(server.url).payments_by_merchant_uid("order-1")
