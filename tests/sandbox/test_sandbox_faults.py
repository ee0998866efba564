"""Every fault mode does what its line in the table says, and does it again when asked again."""

from __future__ import annotations

import gzip
import http.client
import json
import re
import time
import zlib
from collections import Counter
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from sandbox_http import Answer, Asker

from jtnet_recon.sandbox import Faults, Sandbox, faults
from jtnet_recon.sandbox.faults import MODES

START_S, END_S = 1_667_228_400, 1_669_820_399  # November 2022 in Korea
LIST = "/payments/status/all"
CONTROL = "/sandbox/faults"


def window(page: int = 1, **more: Any) -> dict[str, Any]:
    return {"from": START_S, "to": END_S, "sorting": "started", "limit": 25, "page": page, **more}


def ids(answer: Answer) -> list[str]:
    return [row["imp_uid"] for row in answer.response["list"]]


def raw(api: Asker, page: int = 1, **headers: str) -> tuple[int, dict[str, str], bytes | None]:
    """Ask for a page; the body is None if it does not arrive whole."""
    query = "&".join(f"{name}={value}" for name, value in window(page).items())
    port = int(api.sandbox.url.rpartition(":")[2])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(
            "GET", f"{LIST}?{query}", headers={"Authorization": api.token, **headers}
        )
        found = connection.getresponse()
        try:
            return found.status, dict(found.getheaders()), found.read()
        except http.client.IncompleteRead:
            return found.status, dict(found.getheaders()), None
    finally:
        connection.close()


def test_the_table_of_the_documentation_lists_every_mode() -> None:
    documented = re.findall(r"^``([a-z0-9-]+)``", faults.__doc__ or "", flags=re.MULTILINE)

    assert documented == list(MODES)


def test_a_sandbox_without_faults_makes_none(fresh) -> None:
    api: Asker = fresh()

    pages = [api.get(LIST, **window(page)) for page in (1, 2, 3)]

    assert [answer.status for answer in pages] == [200, 200, 200]
    assert api.sandbox.faults_made == {}


@pytest.mark.parametrize("mode", [mode for mode in MODES if mode not in ("skew", "drip")])
def test_the_same_seed_and_requests_meet_the_same_faults_and_another_seed_others(mode) -> None:
    def run(seed: int) -> list[tuple[int, bytes | None]]:
        # The clock must stand at the same second in both runs.
        settings = Faults((mode,), seed=seed, share=0.4)
        with Sandbox("2022-11", seed=3, orders=100, faults=settings) as sandbox:
            api, seen = Asker(sandbox), []
            for page in (1, 2, 3, 2, 1, 3, 1, 2):
                status, _, body = raw(api, page, **{"Accept-Encoding": "gzip"})
                seen.append((status, None if body is None else _timeless(body)))
                if status == 401:
                    api._token.clear()
            return seen

    first, again, other = run(1), run(1), run(2)

    assert first == again
    assert first != other


def _timeless(body: bytes) -> bytes:
    """Blank what a moment changes: the second of a cancel made just now."""
    return re.sub(rb'"cancelled_at":\d+|"cancellation_id":"[^"]*"', b"", body)


def test_threads_that_ask_in_another_order_meet_the_same_faults(fresh) -> None:
    api: Asker = fresh()

    def run(pages: list[int]) -> dict[int, int]:
        api.sandbox.set_faults(Faults(("5xx",), seed=4, share=0.5))
        return {page: raw(api, page)[0] for page in pages}

    assert run([1, 2, 3, 4, 5]) == run([5, 3, 1, 4, 2])


def test_the_end_of_a_window_that_moves_with_the_clock_changes_no_fault(fresh) -> None:
    api: Asker = fresh()

    def run(to_s: int) -> list[int]:
        api.sandbox.set_faults(Faults(("5xx",), seed=4, share=0.5))
        return [api.get(LIST, **window(page, to=to_s)).status for page in (1, 2, 3, 4)]

    assert run(END_S) == run(END_S + 2)


def test_a_401_kills_the_token_for_every_caller(fresh) -> None:
    api: Asker = fresh(faults=Faults(("401",), share=1.0))
    old = api.token

    refused = raw(api)
    api.sandbox.set_faults(None)

    assert refused[0] == 401
    assert raw(api)[0] == 401
    api._token.clear()
    assert raw(api)[0] == 200
    assert api.token != old


def test_a_429_says_nothing_of_when_and_its_sibling_does(fresh) -> None:
    api: Asker = fresh(faults=Faults(("429",), share=1.0))
    status, headers, _ = raw(api)
    assert (status, "retry-after" in headers) == (429, False)

    api.sandbox.set_faults(Faults(("429-wait",), share=1.0))
    waits = []
    for _ in range(12):
        status, headers, _ = raw(api)
        assert status == 429
        waits.append((headers["retry-after"], headers["date"]))

    texts = [wait for wait, _ in waits if wait.isdigit()]
    dates = [(wait, now) for wait, now in waits if not wait.isdigit()]
    assert {int(text) for text in texts} <= {1, 2, 3}
    assert texts
    assert dates
    for wait, now in dates:
        assert 0 <= (parsedate_to_datetime(wait) - parsedate_to_datetime(now)).seconds <= 4


def test_a_5xx_is_a_gateways_page_and_no_json(fresh) -> None:
    api: Asker = fresh(faults=Faults(("5xx",), share=1.0))

    seen = [raw(api) for _ in range(20)]

    assert {status for status, _, _ in seen} == {500, 502, 503, 504}
    for _, headers, body in seen:
        assert headers["content-type"].startswith("text/html")
        assert body.startswith(b"<html>")


def test_a_dripping_answer_is_slow_and_whole(fresh) -> None:
    api: Asker = fresh()
    calm = raw(api)[2]
    api.sandbox.set_faults(Faults(("drip",), share=1.0, drip_s=1.0))

    began_s = time.monotonic()
    body = raw(api)[2]

    assert body == calm
    assert time.monotonic() - began_s >= 0.09


def test_a_cut_answer_ends_before_its_length(fresh, capfd) -> None:
    api: Asker = fresh(faults=Faults(("cut",), share=1.0))

    status, headers, body = raw(api)

    assert (status, body) == (200, None)
    assert int(headers["content-length"]) > 1_000
    assert "ASGI" not in capfd.readouterr().err


def test_a_truncated_gzip_arrives_whole_and_does_not_unpack(fresh) -> None:
    api: Asker = fresh(faults=Faults(("gzip",), share=1.0))

    _, headers, body = raw(api, **{"Accept-Encoding": "gzip"})
    plain = raw(api)

    assert headers["content-encoding"] == "gzip"
    with pytest.raises((EOFError, zlib.error)):
        gzip.decompress(body)
    assert "content-encoding" not in plain[1]
    assert json.loads(plain[2])["code"] == 0


def test_a_total_is_off_by_three_at_most_and_the_rows_are_right(fresh) -> None:
    api: Asker = fresh()
    calm = api.get(LIST, **window())
    api.sandbox.set_faults(Faults(("total",), share=1.0))

    offs = []
    for _ in range(12):
        answer = api.get(LIST, **window())
        assert ids(answer) == ids(calm)
        offs.append(answer.response["total"] - calm.response["total"])

    assert set(map(abs, offs)) <= {1, 2, 3}
    assert len(set(offs)) > 2


def test_a_moved_payment_leaves_its_window_for_the_newest_and_stays_cancelled(fresh) -> None:
    api: Asker = fresh(faults=Faults(("moved",), share=1.0))
    before = {row["imp_uid"]: row["status"] for row in api.sandbox.payments}

    api.get(LIST, **window(2))
    api.sandbox.set_faults(None)

    after = {row["imp_uid"]: row for row in api.sandbox.payments}
    (moved,) = [uid for uid, row in after.items() if row["status"] != before[uid]]
    row = after[moved]
    assert (before[moved], row["status"], row["cancel_amount"]) == (
        "paid",
        "cancelled",
        row["amount"],
    )
    assert START_S <= row["paid_at"] <= END_S
    assert moved not in [r["imp_uid"] for r in api.walk(LIST, **_but_page(window(limit=1000)))]
    newest = {"from": api.sandbox.now_s - 60, "to": api.sandbox.now_s + 60, "limit": 1000}
    assert moved in [r["imp_uid"] for r in api.walk(LIST, **newest)]


def _but_page(query: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in query.items() if name != "page"}


def test_a_request_without_a_token_moves_nothing(fresh) -> None:
    api: Asker = fresh(faults=Faults(("moved",), share=1.0))
    before = api.sandbox.payments

    answer = api.send("GET", f"{LIST}?from={START_S}&to={END_S}")

    assert answer.status == 401
    assert api.sandbox.payments == before


def test_a_repeated_page_shows_the_page_before_or_its_last_payment(fresh) -> None:
    api: Asker = fresh()
    first, second = (ids(api.get(LIST, **window(page))) for page in (1, 2))
    api.sandbox.set_faults(Faults(("repeated",), share=1.0))

    seen = Counter(tuple(ids(api.get(LIST, **window(2)))) for _ in range(12))

    assert set(seen) == {tuple(first), (first[-1], *second[:-1])}
    assert ids(api.get(LIST, **window(1))) == first


def test_a_reordered_page_is_shuffled_or_another_one(fresh) -> None:
    api: Asker = fresh()
    pages = range(1, 1 + -(-api.get(LIST, **window()).response["total"] // 25))
    right = {page: ids(api.get(LIST, **window(page))) for page in pages}
    api.sandbox.set_faults(Faults(("reordered",), share=1.0))

    seen = [ids(api.get(LIST, **window(2))) for _ in range(12)]

    others = {tuple(page) for number, page in right.items() if number != 2}
    shuffled = [page for page in seen if tuple(page) not in others]
    assert len(shuffled) < len(seen)
    assert shuffled
    for page in shuffled:
        assert page != right[2]
        assert sorted(page) == sorted(right[2])


def test_late_payments_are_all_there_in_the_second_walk(fresh) -> None:
    api: Asker = fresh()
    right = [row["imp_uid"] for row in api.walk(LIST, **_but_page(window()))]
    api.sandbox.set_faults(Faults(("late",), share=0.2))

    first = [api.get(LIST, **window(page)) for page in range(1, 1 + -(-len(right) // 25))]
    second = [row["imp_uid"] for row in api.walk(LIST, **_but_page(window()))]

    totals = [answer.response["total"] for answer in first if answer.status == 200]
    assert totals[0] < len(right)
    assert totals == sorted(totals)
    assert len(set(totals)) > 1
    assert second == right
    assert api.sandbox.faults_made["late"] > 0


def test_a_wrong_clock_dates_the_tokens_and_their_life_stays(fresh) -> None:
    api: Asker = fresh()
    offsets = []
    for seed in range(8):
        api.sandbox.set_faults(Faults(("skew",), seed=seed))
        token = api.get_token().response
        assert token["expired_at"] - token["now"] > 1_700
        offsets.append(token["now"] - api.sandbox.now_s)
        assert api.get_token().response["expired_at"] == token["expired_at"]

    assert max(map(abs, offsets)) <= 1_801
    assert min(offsets) < -60
    assert max(offsets) > 60


def test_small_pages_are_a_setting_without_any_fault(fresh) -> None:
    api: Asker = fresh(faults=Faults(page_rows=10))

    answer = api.get(LIST, **window(limit=1_000))

    assert len(answer.response["list"]) == 10
    assert api.sandbox.faults_made == {}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("cutt", "fault 'cutt' is not known"),
        (["cut", "x"], "fault 'x' is not known"),
    ],
)
def test_an_unknown_fault_is_named(settings, message) -> None:
    with pytest.raises(ValueError, match=message):
        Sandbox("2022-11", orders=100, faults=settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("share", 1.5),
        ("share", float("nan")),
        ("share", True),
        ("seed", 1.5),
        ("page_rows", 0),
        ("page_rows", 1_001),
        ("drip_s", -1),
        ("skew_s", "1"),
    ],
)
def test_a_number_that_makes_no_sense_is_named(name, value) -> None:
    with pytest.raises(ValueError, match=name):
        Faults(("cut",), **{name: value})


def test_faults_are_set_told_and_ended_over_http(fresh) -> None:
    api: Asker = fresh()
    key = {"X-Sandbox-Secret": api.sandbox.secret}

    wanted = {"faults": ["5xx", "cut"], "seed": 3, "share": 1.0, "page_rows": 50}
    body = api.send("POST", CONTROL, headers=key, json_body=wanted).response
    status = raw(api)[0]
    told = api.send("GET", CONTROL, headers=key).response
    ended = api.send("DELETE", CONTROL, headers=key).response

    assert (body["modes"], body["seed"], body["page_rows"]) == (["5xx", "cut"], 3, 50)
    assert status >= 500
    assert told["made"] == {"5xx": 1, "cut": 1}
    assert (ended["modes"], ended["made"]) == ([], {})
    assert raw(api)[0] == 200


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize("key", [{}, {"X-Sandbox-Secret": "wrong"}])
def test_the_control_is_shut_without_the_secret(fresh, method, key) -> None:
    api: Asker = fresh()

    answer = api.send(method, CONTROL, headers=key, json_body={"faults": ["cut"]})

    assert answer.status == 401
    assert api.sandbox._faults.faults == Faults()


def test_the_control_is_shut_to_foreign_hosts(fresh) -> None:
    api: Asker = fresh()
    headers = {"Host": "evil.example", "X-Sandbox-Secret": api.sandbox.secret}

    answer = api.send("POST", CONTROL, headers=headers, json_body={"faults": ["cut"]})

    assert answer.status == 421
    assert api.sandbox._faults.faults == Faults()


@pytest.mark.parametrize(
    "wanted",
    [{"faults": ["x"]}, {"faults": 7}, {"share": 2}, {"sead": 1}, {"faults": [7]}, {"seed": "1"}],
)
def test_a_wrong_wish_is_refused_and_changes_nothing(fresh, wanted) -> None:
    api: Asker = fresh(faults="total")
    key = {"X-Sandbox-Secret": api.sandbox.secret}

    answer = api.send("POST", CONTROL, headers=key, json_body=wanted)

    assert (answer.status, answer.code) == (400, 1)
    assert answer.message.startswith("Sandbox: ")
    assert api.sandbox._faults.faults == Faults(("total",))


def test_another_method_on_the_control_is_named(fresh) -> None:
    api: Asker = fresh()

    answer = api.send("PUT", CONTROL, headers={"X-Sandbox-Secret": api.sandbox.secret})

    assert (answer.status, answer.headers["allow"]) == (405, "GET, POST, DELETE")


def test_a_refusal_can_be_cut_on_its_way_too(fresh) -> None:
    api: Asker = fresh(faults=Faults(("429", "cut"), share=1.0))

    status, _, content = raw(api)

    assert (status, content) == (429, None)
    assert api.sandbox.faults_made == {"429": 1, "cut": 1}
