"""Operations that are executed by several threads at once: each once, and within the limits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from jtnet_recon.client.operations import cancel, onetime, read_journal
from jtnet_recon.errors import ConfigError

THREADS = 6


def at_once(work, items):
    """Start all of them in the same moment; give what came of each."""
    start = Barrier(len(items))

    def run(item):
        start.wait(300)
        try:
            return work(item)
        except ConfigError as error:
            return error

    with ThreadPoolExecutor(len(items)) as pool:
        return list(pool.map(run, items))


@pytest.mark.parametrize("limit", [{"max_count": 3}, {"max_total": 3_500}])
def test_threads_together_stay_below_the_limits(opened, relay, card_of, order, *, limit):
    """Each looked at the limit, read its target, and only then used the limit."""
    desk = opened(relay.url, **limit)
    plans = [desk.plan(onetime(f"{order}-{n}", 1_000, card_of())) for n in range(THREADS)]

    ended = at_once(desk.execute, plans)

    done = [one for one in ended if not isinstance(one, ConfigError)]
    assert [one.state for one in done] == ["done"] * 3
    assert all("over a limit" in str(one) for one in ended if isinstance(one, ConfigError))
    assert len(relay.operations) == 3


def test_one_plan_in_the_hands_of_many_threads_is_sent_once(desk, relay, sandbox, paid):
    plan = desk.plan(cancel(paid, 1_000, reason="변심"))

    ended = at_once(desk.execute, [plan] * THREADS)

    assert {(one.state, one.plan) for one in ended} == {("done", plan.id)}
    assert len(relay.operations) == 1
    assert sandbox.acts.payment(paid)["cancel_amount"] == 1_000


def test_the_journal_of_many_threads_is_one_chain(opened, relay, card_of, order, *, journal):
    desk = opened(relay.url)

    def charge(number):
        return desk.execute(desk.plan(onetime(f"{order}-{number}", 1_000, card_of())))

    ended = at_once(charge, list(range(THREADS)))

    assert [one.state for one in ended] == ["done"] * THREADS
    events = [entry["event"] for entry in read_journal(journal)]
    assert events == ["intent", "outcome"] * THREADS


def test_a_desk_that_is_closed_waits_for_what_is_on_its_way(opened, relay, card, order):
    desk = opened(relay.url)
    plan = desk.plan(onetime(order, 1_000, card))
    arrived = Event()
    relay.on_arrival = arrived.set

    with ThreadPoolExecutor(1) as pool:
        sent = pool.submit(desk.execute, plan)
        assert arrived.wait(300)
        desk.close()

    assert sent.result().state == "done"
