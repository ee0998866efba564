"""Schedules are read whole, in either shape of the answer and either spelling of the parameters."""

from __future__ import annotations

import itertools
import random
import re
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from client_book import DAY_S, NOVEMBER_S, Book, schedule, uids
from client_samples import SCHEDULES, case
from client_wire import Api, client_of, failure, reply, success

import jtnet_recon as jr

if TYPE_CHECKING:
    from client_wire import Request


OTHER = {"from": "schedule_from", "to": "schedule_to", "schedule-status": "schedule_status"}


@pytest.mark.parametrize("is_bare", [False, True])
@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 35, 100])
def test_a_list_is_read_whole_in_either_shape(api, count: int, is_bare: bool) -> None:
    server: Api = api(Book([schedule(number) for number in range(count)], is_bare=is_bare))

    schedules = client_of(server.url).schedules("2022-11")

    assert list(schedules["merchant_uid"]) == uids(*range(count))
    assert schedules.attrs["lookup"]["verdict"] == "COMPLETE"
    assert schedules.attrs["lookup"]["schedules"] == count


@pytest.mark.parametrize("name", ["page", "bare_list_as_in_openapi"])
def test_both_samples_of_the_list_are_the_same_table(api, name: str) -> None:
    server: Api = api(lambda _request: reply(*case(SCHEDULES, name)))

    schedules = client_of(server.url).schedules("2022-12..2023-02")

    assert list(schedules["merchant_uid"]) == [f"sub-0042-{m}" for m in (202212, 202301, 202302)]
    assert list(schedules["payment_status"].fillna("")) == ["paid", "failed", ""]
    assert schedules["executed_at"].isna().tolist() == [False, False, True], "0 is not 1970"
    assert schedules["revoked_at"].isna().all()
    assert schedules["amount"].tolist() == [9_900] * 3
    assert schedules["schedule_at"].iloc[0] == pd.Timestamp("2022-12-01 09:00", tz="Asia/Seoul")
    assert list(schedules.columns) == jr.SCHEDULES.names


def test_a_bare_list_whose_pages_are_cut_shorter_than_asked_is_still_read_whole(api) -> None:
    server: Api = api(Book([schedule(n) for n in range(45)], page_rows=20, is_bare=True))

    schedules = client_of(server.url).schedules("2022-11")

    assert server.reads[0].query["limit"] == "1000"
    assert len(schedules) == 45


def test_a_bare_list_that_knows_no_pages_is_read_once_over(api) -> None:
    rows = [schedule(number) for number in range(30)]
    server: Api = api(lambda _request: success(rows))

    schedules = client_of(server.url).schedules("2022-11")

    assert len(schedules) == 30
    assert len(server.reads) == 4, "two walks of two pages"


def test_a_period_is_cut_into_windows_that_meet_and_do_not_overlap(api) -> None:
    server: Api = api(Book([]))

    client_of(server.url).schedules("2022")

    edges = [(int(r.query["schedule_from"]), int(r.query["schedule_to"])) for r in server.reads]
    period = jr.Period("2022")
    assert edges[0][0] == period.start_s
    assert edges[-1][1] == period.end_s + 1, "the end is not part of the window"
    assert all(left[1] == right[0] for left, right in itertools.pairwise(edges))
    assert all(end - start <= 89 * DAY_S for start, end in edges)


def test_a_schedule_on_an_edge_of_a_window_or_of_the_period_counts_once(api) -> None:
    period = jr.Period("2022")
    edge_s = period.start_s + 89 * DAY_S
    times = [period.start_s - 1, period.start_s, edge_s - 1, edge_s, period.end_s, period.end_s + 1]
    server: Api = api(Book([schedule(n, schedule_at=at_s) for n, at_s in enumerate(times)]))

    schedules = client_of(server.url).schedules(period)

    assert list(schedules["merchant_uid"]) == uids(1, 2, 3, 4)


@pytest.mark.parametrize("status", ["scheduled", "executed", "revoked"])
def test_one_status_can_be_asked_for(api, status: str) -> None:
    kinds = ["scheduled", "executed", "revoked"]
    server: Api = api(Book([schedule(n, schedule_status=kinds[n % 3]) for n in range(9)]))

    schedules = client_of(server.url).schedules("2022-11", status=status)

    assert server.reads[0].query["schedule_status"] == status
    assert set(schedules["schedule_status"]) == {status}
    assert len(schedules) == 3


@pytest.mark.parametrize("is_by_key", [False, True])
def test_a_server_that_knows_the_other_spelling_only_is_read_the_same(api, is_by_key: bool) -> None:
    kinds = ["scheduled", "executed"]
    book = Book([schedule(n, schedule_status=kinds[n % 2], customer_uid="k") for n in range(9)])
    book.names = {"page", "limit", *(OTHER.values() if is_by_key else OTHER)}
    client = client_of(api(book).url)

    if is_by_key:
        schedules = client.schedules_by_customer_uid("k", "2022-11", status="executed")
    else:
        schedules = client.schedules("2022-11", status="executed")

    assert list(schedules["merchant_uid"]) == uids(1, 3, 5, 7)


def test_a_server_that_ignores_the_status_gives_no_other(api) -> None:
    kinds = ["scheduled", "executed"]
    book = Book([schedule(n, schedule_status=kinds[n % 2]) for n in range(9)])
    book.names = {"schedule_from", "schedule_to", "page", "limit"}

    schedules = client_of(api(book).url).schedules("2022-11", status="executed")

    assert set(schedules["schedule_status"]) == {"executed"}


def test_a_window_refused_in_both_spellings_is_the_servers_own_error(api) -> None:
    server: Api = api(lambda _request: reply(*case(SCHEDULES, "window_over_3_months")))

    with pytest.raises(jr.ApiStatusError, match="검색 파라메터가 유효하지 않습니다"):
        client_of(server.url).schedules("2022-11")

    assert [sorted(set(r.query) & {"from", "schedule_from"}) for r in server.reads] == [
        ["schedule_from"],
        ["from"],
    ]


def test_another_refusal_is_not_tried_under_another_spelling(api) -> None:
    server: Api = api(lambda _request: failure(403, "권한이 없습니다."))

    with pytest.raises(jr.ApiStatusError, match="권한"):
        client_of(server.url).schedules("2022-11")

    assert len(server.reads) == 1


@pytest.mark.parametrize("status", ["paid", "", "SCHEDULED"])
def test_an_unknown_status_is_refused_before_anything_is_asked(api, status: str) -> None:
    server: Api = api(Book([]))
    client = client_of(server.url)

    with pytest.raises(jr.ConfigError, match="no status of a schedule"):
        client.schedules("2022-11", status=status)
    with pytest.raises(jr.ConfigError, match="no status of a schedule"):
        client.schedules_by_customer_uid("a", "2022-11", status=status)

    assert server.requests == []


@pytest.mark.parametrize("is_bare", [False, True])
def test_a_schedule_moved_between_two_pages_is_not_lost(api, is_bare: bool) -> None:
    rows = [schedule(number) for number in range(40)]
    book = Book(rows, is_bare=is_bare)

    def move(reads: int) -> None:
        if reads == 2:  # the first slides to the end: a row of page 2 comes to stand on page 1
            book.rows = [*rows[1:], {**rows[0], "schedule_at": NOVEMBER_S + 60 * 99}]

    book.before = move
    schedules = client_of(api(book).url).schedules("2022-11")

    assert sorted(schedules["merchant_uid"]) == sorted(uids(*range(40)))
    assert schedules.attrs["lookup"]["verdict"] == "COMPLETE"
    assert schedules["schedule_at"].iloc[-1] == pd.Timestamp("2022-11-01 01:39", tz="Asia/Seoul")


def test_a_list_that_never_stands_still_says_so(api) -> None:
    book = Book([schedule(number) for number in range(25)])
    rows = book.rows

    def change(reads: int) -> None:
        book.rows = [{**row, "amount": reads} for row in rows]

    book.before = change
    schedules = client_of(api(book).url).schedules("2022-11")

    assert schedules.attrs["lookup"]["verdict"] == "UNSTABLE"
    assert schedules.attrs["lookup"]["unstable"] == ["2022-11-01T00:00:00+09:00"]
    assert len(schedules) == 25


def test_a_schedule_seen_in_two_windows_is_one_row_and_is_named(api) -> None:
    book = Book([schedule(0), schedule(1, schedule_at=NOVEMBER_S + 88 * DAY_S)])

    def move(reads: int) -> None:
        if reads == 2:  # between the two windows
            book.rows = [{**book.rows[0], "schedule_at": NOVEMBER_S + 91 * DAY_S}, book.rows[1]]

    book.before = move
    schedules = client_of(api(book).url).schedules("2022-11..2023-02")

    assert sorted(schedules["merchant_uid"]) == uids(0, 1)
    assert schedules.attrs["lookup"]["moved"] == ["sub-0"]
    assert schedules.attrs["lookup"]["verdict"] == "UNSTABLE"


@pytest.mark.parametrize("is_bare", [False, True])
@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_booked_moved_or_revoked_meanwhile_the_list_is_of_one_moment_or_says_so(
    api, seed: int, is_bare: bool
) -> None:
    rng = random.Random(seed)
    book = Book([schedule(number) for number in range(38)], is_bare=is_bare)
    moments = []

    def change(reads: int) -> None:
        rows = list(book.rows)
        if rng.random() < 0.15:
            position = rng.randrange(len(rows))
            rows[position] = {**rows[position], "schedule_at": NOVEMBER_S + rng.randrange(9_000)}
        if rng.random() < 0.15:
            rows.append(schedule(100 + reads, schedule_at=NOVEMBER_S + rng.randrange(9_000)))
        if rng.random() < 0.15:
            rows.pop(rng.randrange(len(rows)))
        book.rows = rows
        moments.append({(row["merchant_uid"], row["schedule_at"]) for row in rows})

    book.before = change
    schedules = client_of(api(book).url).schedules("2022-11")

    planned = schedules["schedule_at"].map(lambda at: int(at.timestamp()))
    found = set(zip(schedules["merchant_uid"], planned, strict=True))
    if schedules.attrs["lookup"]["verdict"] == "COMPLETE":
        assert found in moments
    else:
        assert schedules.attrs["lookup"]["unstable"]


@pytest.mark.parametrize("total", [3, 24, 26, 999])
def test_a_total_that_does_not_fit_the_rows_is_unstable(api, total: int) -> None:
    book = Book([schedule(number) for number in range(25)])

    def script(request: Request) -> bytes:
        answer = book(request)
        return answer.replace(b'"total": 25', f'"total": {total}'.encode())

    server: Api = api(lambda request: _recounted(script(request)))
    schedules = client_of(server.url).schedules("2022-11")

    assert schedules.attrs["lookup"]["verdict"] == "UNSTABLE"
    assert len(schedules) == 25, "what was seen is kept"


def _recounted(answer: bytes) -> bytes:
    """Give an answer the length that it has."""
    head, _, body = answer.partition(b"\r\n\r\n")
    return re.sub(rb"Content-Length: \d+", b"Content-Length: %d" % len(body), head) + (
        b"\r\n\r\n" + body
    )


def test_a_page_that_cannot_be_read_stops_the_list(api) -> None:
    book = Book([schedule(number) for number in range(25)])

    def script(request: Request) -> bytes:
        return failure(403, "권한이 없습니다.") if request.page == 3 else book(request)

    with pytest.raises(jr.ApiStatusError, match="권한"):
        client_of(api(script).url).schedules("2022-11")


def test_an_amount_that_cannot_be_read_makes_the_read_incomplete(api) -> None:
    server: Api = api(Book([schedule(0, amount="9,900")]))

    schedules = client_of(server.url).schedules("2022-11")

    assert schedules["unread"].tolist() == ['{"amount":"9,900"}']
    assert schedules.attrs["lookup"]["verdict"] == "INCOMPLETE"


def test_schedules_without_an_order_id_are_all_kept(api) -> None:
    server: Api = api(Book([schedule(n, merchant_uid=None) for n in range(2)], page_rows=1))
    schedules = client_of(server.url).schedules("2022-11")

    assert len(schedules) == 2
    assert schedules.attrs["lookup"]["verdict"] != "COMPLETE"


@pytest.mark.parametrize("strict", [False, True])
def test_schedules_of_the_sandbox_are_what_it_holds(strict: bool) -> None:
    with jr.Sandbox("2022-11", seed=6, orders=300, strict_openapi=strict) as sandbox:
        booked = [
            row for row in sandbox.payments if row.get("customer_uid_usage") == "payment.scheduled"
        ]
        keys = sorted({row["customer_uid"] for row in booked})
        with jr.connect(sandbox.url, sandbox.key, sandbox.secret, progress=False) as client:
            by_period = client.schedules("2022-08..2023-03")
            by_key = client.schedules_by_customer_uid([*keys, "none"], "2022-08..2023-03")
            by_order = client.schedules_by_merchant_uid([row["merchant_uid"] for row in booked])

    expected = sorted(row["merchant_uid"] for row in booked)
    for schedules in (by_period, by_key, by_order):
        assert sorted(schedules["merchant_uid"]) == expected
        assert schedules.attrs["lookup"]["verdict"] == "COMPLETE"
        amounts = dict(zip(schedules["merchant_uid"], schedules["amount"], strict=True))
        assert amounts == {row["merchant_uid"]: row["amount"] for row in booked}
    assert by_key.attrs["lookup"]["missing"] == ["none"]
    assert len(expected) > 20
