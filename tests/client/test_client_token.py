"""One token serves all calls, is renewed in time, and is never asked for without end."""

from __future__ import annotations

import pytest
from client_wire import (
    GOOD,
    Api,
    Clock,
    Failing,
    Request,
    client_of,
    failure,
    page_of,
    record,
    success,
    token_answer,
)

from jtnet_recon.errors import ApiAuthError, ApiShapeError


def test_one_token_serves_all_calls(api) -> None:
    server: Api = api(lambda _request: GOOD)
    client = client_of(server.url)

    client.payments("2022-11-13")
    client.payments("2022-11-13")

    assert server.tokens == 1
    assert {request.headers["authorization"] for request in server.reads} == {
        "Bearer 3f0c9a7de51b4286a0d7c1e95b8f6240dd13ac01"
    }


def test_the_token_is_renewed_40_seconds_before_the_servers_own_expiry(api) -> None:
    clock = Clock()
    server: Api = api(lambda _request: GOOD)
    client = client_of(server.url, clock)

    seen = []
    for skip_s in (0, 1_750, 15):
        clock.skipped_s += skip_s
        client.payments_by_merchant_uid("order-1")
        seen.append(server.tokens)

    assert seen == [1, 1, 2]


def test_a_token_with_little_life_is_not_asked_for_at_each_call() -> None:
    from client_wire import Wire

    tokens = []

    def answer(request: Request) -> bytes:
        if request.target == "/users/getToken":
            tokens.append(1)
            return token_answer(len(tokens), life_s=30)
        return GOOD

    server = Wire(answer)
    clock = Clock()
    client = client_of(server.url, clock)
    for _ in range(10):
        client.payments_by_merchant_uid("order-1")
        clock.skipped_s += 2
    server.close()

    assert len(tokens) == 2


def test_401_in_the_middle_renews_the_token_once_and_reads_the_page_again(api) -> None:
    server: Api = api(Failing(failure(401, "Unauthorized"), 1))

    pulled = client_of(server.url).payments("2022-11-13")

    assert server.tokens == 2
    assert pulled.attrs["pull"]["retries"] == {"401": 1}
    assert [request.headers["authorization"][-2:] for request in server.reads][:2] == ["01", "02"]


def test_401_again_after_the_renewal_is_an_error(api) -> None:
    server: Api = api(lambda _request: failure(401, "Unauthorized"))

    with pytest.raises(ApiAuthError, match="Unauthorized") as caught:
        client_of(server.url).payments("2022-11-13")

    assert (server.tokens, len(server.reads)) == (2, 2)
    assert caught.value.status == 401


def test_a_refused_token_is_renewed_three_times_on_one_way_and_no_more(api) -> None:
    # Each token is good for one read: every page after the first needs another.
    used = []

    def script(request: Request) -> bytes:
        token = request.headers["authorization"]
        if token in used:
            return failure(401, "Unauthorized")
        used.append(token)
        row = record(request.page, customer_uid="c")
        return page_of([row], total=100, page=request.page, following=request.page + 1)

    server: Api = api(script)

    with pytest.raises(ApiAuthError):
        client_of(server.url).payments_by_customer_uid("c")

    assert server.tokens == 4
    assert len(used) == 4


@pytest.mark.parametrize(
    ("status", "said"), [(401, "인증에 실패하였습니다."), (400, "누락되었습니다.")]
)
def test_a_wrong_key_is_said_at_once_and_not_tried_again(api, status: int, said: str) -> None:
    from client_wire import Wire

    server = api(lambda _request: failure(status, said), Wire)

    with pytest.raises(ApiAuthError, match="key or secret refused") as caught:
        client_of(server.url).payments("2022-11-13")

    assert said in caught.value.message
    assert "JTNET_RECON_KEY" in caught.value.hint
    assert "관리자콘솔" in caught.value.hint_ko
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "given",
    [
        {"access_token": "short", "now": 1, "expired_at": 2},
        {"access_token": "a" * 40 + "\r\nX-Evil: 1", "now": 1, "expired_at": 2},
        {"access_token": "한글토큰한글토큰", "now": 1, "expired_at": 2},
        {"access_token": None, "now": 1, "expired_at": 2},
        {"access_token": "a" * 40, "now": "1", "expired_at": 2},
        {"access_token": "a" * 40, "now": 1.5, "expired_at": 2},
        {"access_token": "a" * 40, "now": True, "expired_at": 2},
        {"access_token": "a" * 40, "expired_at": 2},
        [],
        None,
    ],
)
def test_what_is_no_token_is_never_sent(api, given) -> None:
    from client_wire import Wire

    server = api(lambda _request: success(given), Wire)

    with pytest.raises(ApiShapeError, match="getToken gave no"):
        client_of(server.url).payments_by_merchant_uid("order-1")

    assert [request.method for request in server.requests] == ["POST"]
