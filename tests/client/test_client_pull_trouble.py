"""A pull that meets trouble is right, or says that it is not, or ends with what it knows."""

from __future__ import annotations

import json
import random
import signal
import threading
import time

import pytest
from client_wire import KEY, NOW_S, SECRET, Api, Request, client_of, failure, reply, success
from client_world import SEPTEMBER, World

import jtnet_recon as jr
from jtnet_recon.period import DAY_S


def test_a_server_that_goes_down_ends_the_pull_as_incomplete_with_its_certificate(api) -> None:
    world = World(30)

    def script(request: Request) -> bytes:
        return failure(503, "점검중입니다.") if world.reads >= 6 else world(request)

    with pytest.raises(jr.PullIncomplete, match="점검중") as caught:
        client_of(api(script).url).payments("2022-04")

    certificate = caught.value.certificate
    assert certificate["verdict"] == "INCOMPLETE"
    assert certificate["windows"][0]["agreed"] == "same pages"
    assert certificate["windows"][1]["walks"] == 1
    assert certificate["retries"]["503"] >= 5
    assert "1 of 3 windows" in caught.value.message
    assert json.loads(json.dumps(certificate)) == certificate


def test_a_first_page_that_is_refused_is_an_error_not_the_end(api) -> None:
    server: Api = api(lambda _request: failure(400, "검색기간은 최대 90일까지 가능합니다.", code=1))

    with pytest.raises(jr.PullIncomplete, match="검색기간은 최대 90일"):
        client_of(server.url).payments(SEPTEMBER)

    assert len(server.reads) == 1


def test_a_list_that_is_no_list_stops_the_pull(api) -> None:
    server: Api = api(lambda _request: success(None))

    with pytest.raises(jr.PullIncomplete, match="no page"):
        client_of(server.url).payments(SEPTEMBER)


def test_a_quick_answer_after_trouble_is_the_same_pull(api) -> None:
    world, state = World(40), {"left": 7}

    def script(request: Request) -> bytes:
        state["left"] -= 1
        return (
            reply(500, b"<h1>oops")
            if state["left"] % 3 == 0 and state["left"] > 0
            else world(request)
        )

    pulled = client_of(api(script).url).payments(SEPTEMBER)

    calm = client_of(api(World(40)).url).payments(SEPTEMBER)
    assert pulled.attrs["pull"]["digest"] == calm.attrs["pull"]["digest"]


FAULTS = [
    failure(500, "oops"),
    failure(429, "slow down", "Retry-After: 3"),
    failure(401, "Unauthorized"),
    reply(502, b"<html>Bad Gateway</html>", kind="text/html"),
    b"",
    b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{",
    reply(200, b'{"code":0,"message":null,"response":{"total":95,"previous":0,"next":0,"list":['),
    reply(200, b"\x1f\x8b\x08\x00", "Content-Encoding: gzip"),
]


@pytest.mark.parametrize("seed", range(12))
def test_whatever_happens_a_pull_is_right_or_says_that_it_is_not(api, seed: int) -> None:
    rng = random.Random(seed)
    world = World(95)
    for row in list(world.payments.values())[:60]:
        for name in ("started_at", "paid_at"):
            row[name] -= 150 * DAY_S
    wanted = {row["imp_uid"] for row in list(world.payments.values())[:60]}

    def before(reads: int) -> None:
        if rng.random() < 0.15:
            world.cancel(rng.randint(1, 95), at_s=NOW_S + reads)
        if rng.random() < 0.3:
            world.pay_now(1_000 + reads)

    world.before = before
    share = rng.choice([0.0, 0.1, 0.3])

    def script(request: Request) -> bytes:
        return rng.choice(FAULTS) if rng.random() < share else world(request)

    try:
        pulled = client_of(api(script).url).payments("2022-04")
    except (jr.PullIncomplete, jr.ApiAuthError):
        return

    if pulled.attrs["pull"]["verdict"] == "COMPLETE":
        assert set(pulled["imp_uid"]) == wanted
    else:
        assert pulled.attrs["pull"]["reasons"]


def test_an_interrupt_ends_a_pull_that_waits_for_a_slow_server(api) -> None:
    world = World(200)
    main = threading.main_thread().ident
    timer = threading.Timer(0.4, signal.pthread_kill, [main, signal.SIGINT])
    first = threading.Lock()

    def script(request: Request) -> bytes:
        if request.page <= 3:
            return world(request)
        if first.acquire(blocking=False):  # from now on the pull waits for minutes
            timer.start()
        return failure(503, "later", "Retry-After: 600")

    client = jr.Client(api(script).url, KEY, SECRET, progress=False)
    started_s = time.monotonic()

    with pytest.raises(KeyboardInterrupt):
        client.payments(SEPTEMBER)

    assert time.monotonic() - started_s < 60
    timer.join()
