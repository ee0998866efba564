"""A pull loses nothing, whatever happens while it reads, and says so if it cannot be sure."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest
from client_wire import NOW_S, Api, Request, client_of, failure, page_of
from client_world import SEPTEMBER, World, all_ids, ids_of

from jtnet_recon.period import DAY_S


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
