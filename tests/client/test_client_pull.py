"""A pull loses nothing, whatever happens while it reads, and says so if it cannot be sure."""

from __future__ import annotations

import itertools
import json
import random
import signal
import threading
import time
from typing import Any

import pytest
from client_wire import (
    KEY,
    NOW_S,
    SECRET,
    Api,
    Request,
    client_of,
    failure,
    page_of,
    record,
    reply,
    success,
)
from client_world import World

import jtnet_recon as jr
from jtnet_recon.client.certificate import payments_digest
from jtnet_recon.client.frames import joined, newest, to_payments
from jtnet_recon.client.rows import to_table
from jtnet_recon.columns import PAYMENTS
from jtnet_recon.period import DAY_S
from jtnet_recon.tables import empty

SEPTEMBER = "2022-09"


def ids_of(pulled: Any) -> list[str]:
    return sorted(pulled["imp_uid"])


def all_ids(count: int) -> list[str]:
    return [f"imp_{number:012d}" for number in range(1, count + 1)]


def test_a_quiet_month_is_complete_after_two_walks(api) -> None:
    world = World(95)
    server: Api = api(world)

    pulled = client_of(server.url).payments(SEPTEMBER)

    certificate = pulled.attrs["pull"]
    assert ids_of(pulled) == all_ids(95)
    assert (certificate["verdict"], certificate["reasons"]) == ("COMPLETE", [])
    assert certificate["windows"] == [
        {
            "from": "2022-09-01T00:00:00+09:00",
            # A day past the present: clocks of PGs may be ahead of the server's.
            "to": "2022-11-15T13:26:40+09:00",
            "from_s": 1_661_958_000,
            "to_s": NOW_S + DAY_S,
            "open": True,
            "walks": 2,
            "pages": 10,
            "rows": 95,
            "distinct": 95,
            "total_first": 95,
            "total_last": 95,
            "total_again": 95,
            "agreed": "same pages",
        }
    ]
    assert (certificate["requests"], certificate["pages"]) == (21, 20), "and a last look"
    assert (certificate["rows_seen"], certificate["payments"]) == (190, 95)


def test_every_read_says_status_limit_sorting_and_both_ends(api) -> None:
    server: Api = api(World(25))

    client_of(server.url).payments("2022-01")

    windows = []
    for request in server.reads:
        assert request.path == "/payments/status/all"
        assert request.query["sorting"] == "started"
        if request.query["limit"] == "1":  # the last look
            continue
        assert request.query["limit"] == "1000"
        window = (int(request.query["from"]), int(request.query["to"]))
        if window not in windows:
            windows.append(window)
    assert windows[0][0] == 1_640_962_800  # 2022-01-01 00:00:00 in Korea
    assert windows[-1][1] == NOW_S + DAY_S
    assert all(end - start <= 90 * DAY_S for start, end in windows)
    assert all(a[1] == b[0] for a, b in itertools.pairwise(windows))
    assert len(windows) == 4


def test_a_payment_cancelled_after_the_period_is_still_in_it(api) -> None:
    world = World(3)
    world.cancel(2, at_s=NOW_S - 60)

    pulled = client_of(api(world).url).payments("2022-09-01")

    assert pulled["status"].tolist() == ["paid", "cancelled", "paid"]
    assert pulled["cancel_amount"].tolist() == [0, 33_000, 0]


@pytest.mark.parametrize("read", [2, 4, 5, 8, 11, 14, 17, 20])
def test_a_payment_that_moves_to_the_newest_window_in_mid_walk_is_never_lost(api, read) -> None:
    world = World(95)
    # Ten months later, so that September is a closed window of its own.
    shift_s = 150 * DAY_S
    for row in world.payments.values():
        row["started_at"] -= shift_s
        row["paid_at"] -= shift_s

    def before(reads: int) -> None:
        if reads == read:
            world.cancel(5)
            world.cancel(34)

    world.before = before
    pulled = client_of(api(world).url).payments("2022-04")

    assert ids_of(pulled) == all_ids(95)
    assert pulled.attrs["pull"]["verdict"] == "COMPLETE"
    is_cancelled = pulled.set_index("imp_uid")["status"].eq("cancelled")
    assert is_cancelled[is_cancelled].index.tolist() == ["imp_000000000005", "imp_000000000034"]


def test_new_payments_at_each_read_do_not_make_the_present_unstable(api) -> None:
    world = World(95)
    world.before = lambda reads: world.pay_now(1_000 + reads)

    pulled = client_of(api(world).url).payments(SEPTEMBER)

    certificate = pulled.attrs["pull"]
    assert ids_of(pulled) == all_ids(95)
    assert certificate["verdict"] == "COMPLETE"
    assert certificate["windows"][0]["agreed"] == "same settled payments"


def test_old_payments_that_enter_the_present_push_rows_and_none_is_lost(api) -> None:
    world = World(60)
    for row in list(world.payments.values())[:20]:
        for name in ("started_at", "paid_at"):
            row[name] -= 150 * DAY_S
    # From the tenth read on an old payment is cancelled at each read: it enters at the head.
    world.before = lambda reads: world.cancel(reads - 9) if 10 <= reads < 29 else None

    pulled = client_of(api(world).url).payments("2022-09")

    assert ids_of(pulled) == all_ids(60)[20:]
    assert pulled.attrs["pull"]["verdict"] == "COMPLETE"


def test_a_row_that_becomes_visible_late_is_found_by_the_second_walk(api) -> None:
    world = World(30)
    late = world.payments.pop("imp_000000000007")

    def before(reads: int) -> None:
        if reads == 4:
            world.payments[late["imp_uid"]] = late

    world.before = before
    pulled = client_of(api(world).url).payments(SEPTEMBER)

    assert ids_of(pulled) == all_ids(30)
    assert pulled.attrs["pull"]["windows"][0]["walks"] == 3


def test_a_list_that_shrinks_under_our_feet_is_walked_again(api) -> None:
    world = World(41)
    for row in world.payments.values():
        for name in ("started_at", "paid_at"):
            row[name] -= 150 * DAY_S

    def before(reads: int) -> None:
        if reads == 2:
            world.cancel(1)

    world.before = before
    pulled = client_of(api(world).url).payments("2022-04")

    certificate = pulled.attrs["pull"]
    assert ids_of(pulled) == all_ids(41)
    assert certificate["verdict"] == "COMPLETE"
    assert certificate["windows"][0]["walks"] == 3


class Shuffled(World):
    """Gives its rows in another order at each read."""

    def listed(self, from_s: int, to_s: int) -> list[dict[str, Any]]:
        rows = super().listed(from_s, to_s)
        random.Random(self.reads).shuffle(rows)
        return rows


def test_rows_that_never_come_to_rest_are_unstable_after_six_walks(api) -> None:
    pulled = client_of(api(Shuffled(95)).url).payments(SEPTEMBER)

    certificate = pulled.attrs["pull"]
    assert certificate["verdict"] == "UNSTABLE"
    assert certificate["windows"][0]["walks"] == 6
    assert certificate["windows"][0]["agreed"] is None
    assert "no two of 6 walks agreed" in certificate["reasons"][0]
    assert set(ids_of(pulled)) <= set(all_ids(95))


class Overlapping(World):
    """Repeats the last row of a page as the first of the next."""

    def answer(self, request: Request) -> bytes:
        rows = self.listed(int(request.query["from"]), int(request.query["to"]))
        start = (request.page - 1) * 9
        following = request.page + 1 if start + 10 < len(rows) else 0
        return page_of(
            rows[start : start + 10], total=len(rows), page=request.page, following=following
        )


def test_duplicates_across_pages_are_dropped_and_counted(api) -> None:
    pulled = client_of(api(Overlapping(46)).url).payments(SEPTEMBER)

    certificate = pulled.attrs["pull"]
    assert ids_of(pulled) == all_ids(46)
    assert certificate["verdict"] == "COMPLETE"
    assert certificate["repeats"] == 4


def test_a_server_that_ignores_the_page_number_is_unstable_not_endless(api) -> None:
    rows = World(30).listed(0, NOW_S)
    server: Api = api(lambda _request: page_of(rows[:10], total=30, following=2))

    pulled = client_of(server.url).payments(SEPTEMBER)

    assert pulled.attrs["pull"]["verdict"] == "UNSTABLE"
    assert "10 distinct ids, total 30" in pulled.attrs["pull"]["reasons"][0]
    assert len(server.reads) < 60


def test_a_page_that_is_promised_and_is_not_there_is_no_complete_pull(api) -> None:
    rows = World(20).listed(0, NOW_S)

    def script(request: Request) -> bytes:
        if request.page > 2:
            return failure(400, "데이터 범위를 벗어난 page입니다.", code=1)
        shown = rows[(request.page - 1) * 10 : request.page * 10]
        return page_of(shown, total=20, page=request.page, following=request.page + 1)

    pulled = client_of(api(script).url).payments(SEPTEMBER)

    assert len(pulled) == 20
    assert pulled.attrs["pull"]["verdict"] == "UNSTABLE"


VERSIONS = {
    "a later time wins": ({"status": "cancelled", "cancelled_at": NOW_S}, {"status": "paid"}),
    "a later status wins in the same second": ({"status": "cancelled"}, {"status": "paid"}),
    "a larger cancel wins in the same second": ({"cancel_amount": 9}, {"cancel_amount": 8}),
    "a failure that was approved later": (
        {"status": "paid", "paid_at": NOW_S},
        {"status": "failed", "paid_at": 0, "failed_at": NOW_S - 5},
    ),
}


@pytest.mark.parametrize("name", VERSIONS)
def test_an_old_answer_never_replaces_a_newer_version(name: str) -> None:
    newer, older = (record(1, **changes) for changes in VERSIONS[name])

    for seen in ([newer, older], [older, newer]):
        found = newest(joined([to_table([row]) for row in seen]))
        assert found.table.equals(to_table([newer]))
        assert (found.older, found.repeats) == (1, 0)


def test_of_two_versions_that_no_clock_tells_apart_the_last_seen_is_kept() -> None:
    seen = [record(1, buyer_tel="010-0000-0001"), record(1, buyer_tel="010-0000-0002")]

    found = newest(joined([to_table([row]) for row in seen]))

    assert found.table["buyer_tel"].to_pylist() == ["010-0000-0002"]


@pytest.mark.parametrize("total", [39, 41, 0])
def test_a_total_that_does_not_fit_the_rows_is_unstable(api, total: int) -> None:
    rows = World(40).listed(0, NOW_S)
    server: Api = api(lambda _request: page_of(rows, total=total))

    pulled = client_of(server.url).payments(SEPTEMBER)

    assert len(pulled) == 40
    assert pulled.attrs["pull"]["verdict"] == "UNSTABLE"


def test_next_decides_nothing_that_the_count_knows_better(api) -> None:
    world = World(35)

    def script(request: Request) -> bytes:
        answer = world(request)
        return answer.replace(b'"next": 2', b'"next": 0').replace(b'"next": 3', b'"next": 1')

    pulled = client_of(api(script).url).payments(SEPTEMBER)

    assert ids_of(pulled) == all_ids(35)
    assert pulled.attrs["pull"]["verdict"] == "COMPLETE"


def test_the_newest_version_of_a_payment_is_kept(api) -> None:
    world = World(20)
    for row in world.payments.values():
        for name in ("started_at", "paid_at"):
            row[name] -= 150 * DAY_S
    world.before = lambda reads: world.cancel(3) if reads == 6 else None

    pulled = client_of(api(world).url).payments("2022-04")

    assert pulled.set_index("imp_uid")["status"]["imp_000000000003"] == "cancelled"
    assert pulled.attrs["pull"]["older_versions"] == 1


@pytest.mark.parametrize("change", [{"merchant_uid": "other"}, {"amount": 1}, {"currency": "USD"}])
def test_a_payment_whose_identity_changes_is_no_complete_pull(api, change) -> None:
    world = World(20)

    def before(reads: int) -> None:
        if reads == 2:
            uid = "imp_000000000015"
            world.payments[uid] = {**world.payments[uid], **change}

    world.before = before
    server: Api = api(world)
    first = client_of(server.url).payments(SEPTEMBER)

    assert len(first) == 20
    # Seen before and after, or only after: both are sure of what they saw.
    if first.attrs["pull"]["older_versions"]:
        assert first.attrs["pull"]["verdict"] == "UNSTABLE"
        assert "imp_000000000015" in first.attrs["pull"]["reasons"][0]


def test_an_identity_that_changes_between_two_walks_is_said(api) -> None:
    world = World(5)

    def before(reads: int) -> None:
        if reads == 2:
            uid = "imp_000000000003"
            world.payments[uid] = {**world.payments[uid], "amount": 1}

    world.before = before
    certificate = client_of(api(world).url).payments(SEPTEMBER).attrs["pull"]

    assert certificate["verdict"] == "UNSTABLE"
    assert certificate["reasons"] == ["imp_000000000003: order id, currency or amount changed"]


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


def test_the_certificate_is_plain_data_and_names_no_secret(api) -> None:
    pulled = client_of(api(World(5)).url).payments(SEPTEMBER)

    text = json.dumps(pulled.attrs["pull"], allow_nan=False)
    assert json.loads(text) == pulled.attrs["pull"]
    assert KEY not in text
    assert SECRET not in text
    assert pulled.attrs["pull"]["merchant"] == client_of(
        "http://127.0.0.1:1"
    )._source.session.login.fingerprint(None)
    assert pulled.attrs["pull"]["started_at"].startswith("2022-11-14T13:26:4")


def test_the_digest_depends_on_the_content_alone(api) -> None:
    first = client_of(api(World(30)).url).payments(SEPTEMBER)
    other_pages = client_of(api(World(30, page_rows=7)).url).payments(SEPTEMBER)
    changed_world = World(30)
    changed_world.payments["imp_000000000009"]["buyer_tel"] = "010-0000-0009"
    changed = client_of(api(changed_world).url).payments(SEPTEMBER)

    digest = first.attrs["pull"]["digest"]
    assert other_pages.attrs["pull"]["digest"] == digest
    assert payments_digest(first.sample(frac=1, random_state=1)) == digest
    assert changed.attrs["pull"]["digest"] != digest


def test_no_column_can_change_without_the_digest() -> None:
    kinds: dict[str, Any] = {
        "text": "다른 값",
        "money": 7,
        "number": 7,
        "flag": True,
        "instant": NOW_S - 77,
        "nested": [{"amount": 7}],
    }
    rows = [record(1), record(2)]
    changed = [
        [rows[0], {**rows[1], column.name: kinds[column.kind]}] for column in PAYMENTS.columns
    ]

    digests = [payments_digest(to_payments(to_table(version))) for version in [rows, *changed]]

    assert len(set(digests)) == 1 + len(PAYMENTS.columns)


def test_the_second_walk_decodes_nothing(api, monkeypatch: pytest.MonkeyPatch) -> None:
    from jtnet_recon.client import pages

    decoded = []
    plain = pages._plain_table
    monkeypatch.setattr(pages, "_plain_table", lambda *a: decoded.append(1) or plain(*a))

    client_of(api(World(95)).url).payments(SEPTEMBER)

    assert len(decoded) == 11, "ten pages of the first walk, and the last look"


def test_a_period_without_payments_gives_an_empty_table(api) -> None:
    pulled = client_of(api(World()).url).payments(SEPTEMBER)

    assert len(pulled) == 0
    assert pulled.dtypes.equals(empty(PAYMENTS).dtypes)
    assert pulled.attrs["pull"]["verdict"] == "COMPLETE"


def test_a_period_to_come_is_empty_and_complete(api) -> None:
    pulled = client_of(api(World(3)).url).payments("2031-05")

    assert (len(pulled), pulled.attrs["pull"]["verdict"]) == (0, "COMPLETE")


@pytest.mark.parametrize("basis", ["", "Paid", "started", None])
def test_another_basis_is_refused(api, basis) -> None:
    server: Api = api(World())

    with pytest.raises(jr.ConfigError, match="is not known"):
        client_of(server.url).payments(SEPTEMBER, basis=basis)

    assert server.requests == []


S = 1_661_958_000  # 2022-09-01 00:00:00 in Korea
E = S + 30 * DAY_S - 1

BASIS = {
    "approved in the first second": ({"started_at": S - 9, "paid_at": S}, True, True),
    "approved in the last second": ({"started_at": E, "paid_at": E}, True, True),
    "approved a second early": ({"started_at": S - 9, "paid_at": S - 1}, False, False),
    "approved a second late": ({"started_at": E, "paid_at": E + 1}, False, False),
    "approved before, cancelled in it": (
        {
            "started_at": S - 99,
            "paid_at": S - 90,
            "status": "cancelled",
            "cancelled_at": S + 5,
            "cancel_amount": 33_000,
        },
        False,
        True,
    ),
    "approved before, one of two cancels in it": (
        {
            "started_at": S - 99,
            "paid_at": S - 90,
            "status": "cancelled",
            "cancelled_at": E + 5,
            "cancel_amount": 2,
            "cancel_history": [
                {"amount": 1, "cancelled_at": S + 5},
                {"amount": 1, "cancelled_at": E + 5},
            ],
        },
        False,
        True,
    ),
    "failed, started in it": (
        {"status": "failed", "started_at": S + 5, "paid_at": 0, "failed_at": E + 7},
        True,
        False,
    ),
    "failed in it, started before": (
        {"status": "failed", "started_at": S - 5, "paid_at": 0, "failed_at": S + 7},
        False,
        False,
    ),
    "an old failure without a start": (
        {"status": "failed", "started_at": None, "paid_at": 0, "failed_at": S + 7},
        True,
        False,
    ),
    "an open window": ({"status": "ready", "started_at": S + 5, "paid_at": 0}, True, False),
    "an account cancelled before any deposit": (
        {
            "status": "cancelled",
            "started_at": S + 5,
            "paid_at": 0,
            "cancel_amount": 33_000,
            "cancelled_at": E + 9,
        },
        True,
        False,
    ),
    "an account cancelled in it, issued before": (
        {
            "status": "cancelled",
            "started_at": S - 5,
            "paid_at": 0,
            "cancel_amount": 33_000,
            "cancelled_at": S + 9,
        },
        False,
        True,
    ),
    "paid without any time": ({"started_at": 0, "paid_at": 0}, True, False),
    "an unknown status with a time of approval": (
        {"status": "settled", "started_at": S - 5, "paid_at": S + 5},
        True,
        True,
    ),
    "an old row without a start": ({"started_at": None, "paid_at": S + 5}, True, True),
    "failed with a time of approval": (
        {"status": "failed", "started_at": S - 5, "paid_at": S + 5, "failed_at": S + 6},
        False,
        False,
    ),
}


@pytest.mark.parametrize("name", BASIS)
def test_which_payments_belong_to_a_period(api, name: str) -> None:
    changes, paid, events = BASIS[name]
    server: Api = api(lambda _request: page_of([record(1, **changes)]))
    client = client_of(server.url)

    assert len(client.payments(SEPTEMBER)) == paid
    assert len(client.payments(SEPTEMBER, basis="events")) == events


def _expected(rows: list[dict[str, Any]], first_s: int, last_s: int, basis: str) -> list[str]:
    """The rule once more, in plain Python."""

    def inside(at_s: int | None) -> bool:
        return at_s is not None and first_s <= at_s <= last_s

    found = []
    for row in rows:
        paid_s = row["paid_at"] or None
        approved = row["status"] == "paid" or (row["status"] == "cancelled" and paid_s is not None)
        if basis == "paid":
            start_s = row.get("started_at") or row["failed_at"] or row["cancelled_at"]
            belongs = inside(paid_s if approved else start_s)
        else:
            cancels = [entry["cancelled_at"] for entry in row["cancel_history"]]
            belongs = (approved and inside(paid_s)) or any(
                inside(at_s) for at_s in (*cancels, row["cancelled_at"] or None)
            )
        if belongs:
            found.append(row["imp_uid"])
    return sorted(found)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_pull_of_the_sandbox_is_what_the_sandbox_holds(seed: int) -> None:
    period = jr.Period("2022-11")
    with jr.Sandbox("2022-11", seed=seed, orders=300) as sandbox:
        client = jr.connect(sandbox.url, sandbox.key, sandbox.secret, progress=False)
        for basis in ("paid", "events"):
            pulled = client.payments(period, basis=basis)
            expected = _expected(sandbox.payments, period.start_s, period.end_s, basis)

            assert pulled.attrs["pull"]["verdict"] == "COMPLETE"
            assert ids_of(pulled) == expected
        client.close()


def test_every_field_of_the_sandbox_arrives() -> None:
    with jr.Sandbox("2022-11", seed=4, orders=200) as sandbox:
        client = jr.connect(sandbox.url, sandbox.key, sandbox.secret, progress=False)
        pulled = client.payments("2022-11")
        client.close()

    rows = {row["imp_uid"]: row for row in sandbox.payments}
    kinds = {column.name: column.kind for column in PAYMENTS.columns}
    for payment in pulled.to_dict("records"):
        sent = rows[payment["imp_uid"]]
        assert set(sent) <= set(kinds)
        for name, kind in kinds.items():
            assert _same(payment[name], sent.get(name), kind, sent["currency"]), (name, sent)


def _same(value: Any, sent: Any, kind: str, currency: str) -> bool:
    import pandas as pd

    scale = 1 if currency == "KRW" else 100
    if kind == "money":
        return value == round((sent or 0) * scale)
    if kind == "instant":
        return value is pd.NaT if not sent else value.timestamp() == sent
    if kind == "nested" and sent and isinstance(sent[0], dict):
        shown = [
            {name: part for name, part in got.items() if name in entry}
            for got, entry in zip(value, sent, strict=True)
        ]
        return shown == [{**entry, "amount": round(entry["amount"] * scale)} for entry in sent]
    if kind == "nested":
        return bool(value == sent)
    return bool(pd.isna(value)) if sent is None else value == sent


def test_two_clients_on_one_account_share_its_token_without_harm() -> None:
    with jr.Sandbox("2022-11", seed=5, orders=150) as sandbox:
        clients = [
            jr.connect(sandbox.url, sandbox.key, sandbox.secret, progress=False) for _ in range(2)
        ]
        pulled = [client.payments("2022-11") for client in clients]
        sandbox.advance(1_900)  # the token of both is dead now
        pulled += [client.payments("2022-11") for client in clients]
        for client in clients:
            client.close()

    digests = {frame.attrs["pull"]["digest"] for frame in pulled}
    assert len(digests) == 1
    assert pulled[2].attrs["pull"]["retries"] == {"401": 1}


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

    def script(request: Request) -> bytes:
        return failure(503, "later", "Retry-After: 600") if request.page > 3 else world(request)

    client = jr.Client(api(script).url, KEY, SECRET, progress=False)
    main = threading.main_thread().ident
    timer = threading.Timer(0.4, signal.pthread_kill, [main, signal.SIGINT])
    timer.start()
    started_s = time.monotonic()

    with pytest.raises(KeyboardInterrupt):
        client.payments(SEPTEMBER)

    assert time.monotonic() - started_s < 5
    timer.join()
