"""Every window is asked once more when all else is read, and rows that came late are in."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from client_wire import NOW_S, Api, client_of, failure, page_of
from client_world import World

import jtnet_recon as jr
from jtnet_recon.client.pull import OPEN_PAST_NOW_S

if TYPE_CHECKING:
    from client_wire import Request

JUNE = jr.Period("2022-06")
LATE = 7


class LateWorld(World):
    """Holds 25 payments of June and 5 of today; payment 7 is shown from some read on."""

    def __init__(self, shown_from: int) -> None:
        super().__init__()
        for number in range(1, 26):
            at_s = JUNE.start_s + 3_600 * number
            row = self.made(number, started_at=at_s, paid_at=at_s + 5)
            self.payments[row["imp_uid"]] = row
        for number in range(26, 31):
            self.pay_now(number)
        self.shown_from = shown_from
        self.was_shown_at_the_end = False
        self.windows: list[tuple[int, int]] = []

    @property
    def uid(self) -> str:
        return f"imp_{LATE:012d}"

    def answer(self, request: Request) -> bytes:
        window = (int(request.query["from"]), int(request.query["to"]))
        self.windows.append(window)
        if window[0] == JUNE.start_s:
            self.was_shown_at_the_end = self.reads >= self.shown_from
        return super().answer(request)

    def listed(self, from_s: int, to_s: int) -> list[dict[str, Any]]:
        rows = super().listed(from_s, to_s)
        is_shown = self.reads >= self.shown_from
        return [row for row in rows if is_shown or row["imp_uid"] != self.uid]


def test_a_row_that_is_shown_after_two_walks_of_its_window_is_caught_at_the_end(api) -> None:
    world = LateWorld(shown_from=8)  # two walks of three pages come first

    pulled = client_of(api(world).url).payments(JUNE)

    certificate = pulled.attrs["pull"]
    closed = certificate["windows"][0]
    assert world.uid in set(pulled["imp_uid"])
    assert len(pulled) == 25
    assert certificate["verdict"] == "COMPLETE"
    assert (closed["walks"], closed["total_last"], closed["total_again"]) == (4, 25, 25)


def test_each_window_is_asked_once_more_after_everything_else(api) -> None:
    world = LateWorld(shown_from=0)
    server: Api = api(world)

    client_of(server.url).payments("2022-01..2022-06")

    again = [request for request in server.reads if request.query["limit"] == "1"]
    windows = [int(request.query["from"]) for request in again]
    assert windows == sorted({start for start, _ in world.windows})
    assert int(again[-1].query["to"]) == NOW_S, "of the open one, what was past at the start"
    assert server.reads[-len(again) :] == again


def test_a_window_that_has_fewer_rows_by_now_is_not_walked_again(api) -> None:
    world = LateWorld(shown_from=0)
    server: Api = api(world)

    def cancel(_reads: int) -> None:
        last = server.reads[-1] if server.reads else None
        if last is not None and last.query["limit"] == "1":
            world.cancel(3)

    world.before = cancel
    pulled = client_of(server.url).payments(JUNE)

    closed = pulled.attrs["pull"]["windows"][0]
    assert (closed["walks"], closed["total_last"], closed["total_again"]) == (2, 25, 24)
    assert pulled.attrs["pull"]["verdict"] == "COMPLETE"
    assert len(pulled) == 25


def test_a_window_that_grows_at_every_look_is_unstable(api) -> None:
    world = LateWorld(shown_from=0)

    def grow(reads: int) -> None:
        if len(world.windows) >= 8:  # the last look and all that follows
            row = world.made(100 + reads, started_at=JUNE.start_s + reads, paid_at=JUNE.start_s + 9)
            world.payments[row["imp_uid"]] = row

    world.before = grow
    pulled = client_of(api(world).url).payments(JUNE)

    certificate = pulled.attrs["pull"]
    assert certificate["verdict"] == "UNSTABLE"
    assert "no two of 6 walks agreed" in certificate["reasons"][0]
    assert certificate["windows"][0]["total_again"] > 25


def test_a_last_look_that_fails_ends_the_pull_as_incomplete(api) -> None:
    world = LateWorld(shown_from=0)

    def script(request: Request) -> bytes:
        if request.query["limit"] == "1":
            return failure(403, "권한이 없습니다.")
        return world(request)

    with pytest.raises(jr.PullIncomplete, match="권한"):
        client_of(api(script).url).payments(JUNE)


@pytest.mark.parametrize("seed", range(20))
def test_what_the_last_look_could_see_is_in_the_table_or_the_pull_says_so(api, seed: int) -> None:
    rng = random.Random(seed)
    world = LateWorld(shown_from=rng.randint(1, 13))

    pulled = client_of(api(world).url).payments(JUNE)

    is_in = world.uid in set(pulled["imp_uid"])
    is_complete = pulled.attrs["pull"]["verdict"] == "COMPLETE"
    assert is_in or not is_complete or not world.was_shown_at_the_end
    others = {uid for uid in world.payments if int(uid[4:]) <= 25} - {world.uid}
    assert set(pulled["imp_uid"]) - {world.uid} == others


@pytest.mark.parametrize("status", ["ready", "paid", "failed", "cancelled"])
def test_a_row_of_the_open_window_that_is_shown_late_is_caught_too(api, status: str) -> None:
    world = LateWorld(shown_from=9)  # two walks of both windows come first
    at_s = NOW_S - 3_600
    clock = {"ready": "started_at"}.get(status, f"{status}_at")
    times = {"started_at": at_s - 60, clock: at_s}
    world.payments[world.uid] = world.made(LATE, status=status, **times)
    server: Api = api(world)

    pulled = client_of(server.url).payments("2022-06..2022-11")

    assert world.uid in set(pulled["imp_uid"])
    assert pulled.attrs["pull"]["verdict"] == "COMPLETE"
    assert [w["walks"] for w in pulled.attrs["pull"]["windows"]] == [2, 4]


def test_new_payments_do_not_make_the_open_window_be_walked_again(api) -> None:
    world = World(20)
    world.before = lambda reads: world.pay_now(500 + reads)

    pulled = client_of(api(world).url).payments("2022-09")

    (window,) = pulled.attrs["pull"]["windows"]
    assert (window["walks"], window["total_again"]) == (2, 20)
    assert pulled.attrs["pull"]["verdict"] == "COMPLETE"


@pytest.mark.parametrize("ahead_s", [0, 3_601, 40_000, 86_390])
def test_a_cancel_dated_by_a_clock_that_is_ahead_is_in_the_newest_window(api, ahead_s: int) -> None:
    world = World(3)
    world.cancel(2, at_s=NOW_S + ahead_s)

    pulled = client_of(api(world).url).payments("2022-09").set_index("imp_uid")

    assert ahead_s < OPEN_PAST_NOW_S
    assert pulled.loc["imp_000000000002", "status"] == "cancelled"


def test_a_period_of_several_windows_without_payments_is_complete(api) -> None:
    pulled = client_of(api(lambda _request: page_of([])).url).payments("2022-01")

    assert len(pulled) == 0
    assert pulled.attrs["pull"]["verdict"] == "COMPLETE"
    assert [w["total_again"] for w in pulled.attrs["pull"]["windows"]] == [0, 0, 0, 0]
