"""Of the versions of a payment that a pull saw the newest is kept; an identity that changed is said."""

from __future__ import annotations

import pytest
from client_wire import NOW_S, Api, client_of, record
from client_world import SEPTEMBER, World

from jtnet_recon.client.frames import joined, newest
from jtnet_recon.client.rows import to_table
from jtnet_recon.period import DAY_S

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
