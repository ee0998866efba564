"""An unclear answer is settled by reading; what nobody can tell is UNKNOWN, and never sent again."""

from __future__ import annotations

import json
import random

import pytest
import relay as spoilt

from jtnet_recon.client.operations import (
    cancel,
    delete_key,
    issue_key,
    onetime,
    prepare,
    read_journal,
)
from jtnet_recon.errors import ApiAuthError, ApiError, ConfigError
from jtnet_recon.sandbox.faults import Faults


@pytest.fixture
def requests(desk, done, relay, *, card_of, order, uid):
    """Give one of each kind, ready to be planned; the relay passes all on while it is made."""
    paid = done(desk, onetime(f"{order}-paid", 10_000, card_of())).imp_uid
    done(desk, issue_key(f"{uid}-old", card_of()))
    relay.operations.clear()
    return {
        "onetime": onetime(order, 3_000, card_of()),
        "cancel": cancel(paid, 4_000, reason="변심"),
        "issue_key": issue_key(uid, card_of()),
        "delete_key": delete_key(f"{uid}-old", reason="해지"),
        "prepare": prepare(order, 500),
    }


NAMES = ("onetime", "cancel", "issue_key", "delete_key", "prepare")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("mode", spoilt.ACTED, ids=lambda mode: mode.__name__)
def test_what_was_done_is_found_whatever_became_of_the_answer(desk, relay, requests, *, mode, name):
    plan = desk.plan(requests[name])
    relay.mode = mode

    outcome = desk.execute(plan)

    assert outcome.state == "done"
    assert outcome.is_known
    assert outcome.words != ""
    assert len(relay.operations) == 1
    assert desk.unresolved == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("mode", spoilt.LOST, ids=lambda mode: mode.__name__)
def test_what_never_arrived_is_unknown_and_blocks_its_target(
    desk, relay, requests, journal, *, mode, name, card_of
):
    plan = desk.plan(requests[name])
    relay.mode = mode

    outcome = desk.execute(plan)

    assert outcome.state == "unknown"
    assert not outcome.is_known
    assert "UNKNOWN" in repr(outcome)
    assert [entry["plan"] for entry in desk.unresolved] == [plan.id]
    assert read_journal(journal)[-1]["state"] == "unknown"
    assert len(relay.operations) == 1
    again_asked = requests[name] if plan.request.card is None else onetime_of(name, plan, card_of)
    with pytest.raises(ConfigError, match="is UNKNOWN and may still arrive"):
        desk.plan(again_asked)
    assert desk.execute(plan) is outcome
    assert len(relay.operations) == 1


def onetime_of(name, plan, card_of):
    """Ask for the same with a card that was not sent yet."""
    if name == "issue_key":
        return issue_key(plan.facts["customer_uid"], card_of())
    return onetime(plan.facts["merchant_uid"], plan.facts["amount"], card_of())


def test_an_answer_that_does_not_come_is_waited_for_only_so_long(opened, relay, card, order):
    desk = opened(relay.url, timeout_s=6.0)
    plan = desk.plan(onetime(order, 3_000, card))
    relay.mode = spoilt.silent

    outcome = desk.execute(plan)

    assert outcome.state == "done"
    assert "did not end in time" in outcome.words


def test_after_five_minutes_the_target_is_read_anew_and_may_be_planned_again(
    opened, relay, requests, tmp_path
):
    wall = {"now": 1_700_000_000.0}
    desk = opened(relay.url, journal=tmp_path / "j", now=lambda: wall["now"])
    relay.mode = spoilt.lost
    desk.execute(desk.plan(requests["cancel"]))
    relay.mode = None

    wall["now"] += 299
    with pytest.raises(ConfigError, match="UNKNOWN"):
        desk.plan(requests["cancel"])
    wall["now"] += 2
    outcome = desk.execute(desk.plan(requests["cancel"]))

    assert outcome.state == "done"


def test_another_target_is_not_blocked(desk, relay, requests):
    relay.mode = spoilt.lost
    desk.execute(desk.plan(requests["cancel"]))

    assert desk.plan(requests["prepare"])


def test_what_arrives_late_is_found_by_asking_again(desk, sandbox, card_of, order, journal):
    """The PG is silent: HTTP 500, the payment stays open and turns paid a minute later."""
    outcome = desk.execute(desk.plan(onetime(order, 3_000, card_of("0000-0000-0000-0007"))))
    asked_again = desk.resolve(outcome)
    sandbox.advance(61)
    settled = desk.resolve(outcome.plan)

    assert (outcome.state, asked_again.state, settled.state) == ("unknown", "unknown", "done")
    assert "still open" in outcome.words
    assert settled.imp_uid is not None
    assert desk.unresolved == []
    assert desk.resolve(outcome) is settled
    events = [entry["event"] for entry in read_journal(journal)]
    assert events == ["intent", "outcome", "resolved", "resolved"]


def test_the_looks_come_after_0_2_and_5_seconds(desk, relay, requests, waits):
    plan = desk.plan(requests["cancel"])
    waits.waits.clear()
    relay.mode = spoilt.lost

    desk.execute(plan)

    assert waits.waits == [2.0, 5.0]


def test_where_the_target_cannot_be_read_either_it_is_unknown_and_resolved_later(
    desk, relay, requests
):
    plan = desk.plan(requests["cancel"])
    relay.mode = spoilt.cut
    relay.on_arrival = lambda: setattr(relay, "reads_fail", True)

    outcome = desk.execute(plan)
    relay.reads_fail = False

    assert outcome.state == "unknown"
    assert "cannot be read (ApiStatusError)" in outcome.words
    assert desk.resolve(plan).state == "done"


def test_a_refusal_is_not_believed_while_the_target_cannot_be_read(desk, relay, requests):
    plan = desk.plan(requests["cancel"])
    relay.mode = spoilt.denied
    relay.on_arrival = lambda: setattr(relay, "reads_fail", True)

    outcome = desk.execute(plan)
    relay.reads_fail = False

    assert outcome.state == "unknown"
    assert outcome.words.startswith("the server refused, and yet the target cannot be read")
    assert desk.resolve(plan).state == "done"


def test_another_s_cancel_of_another_amount_is_not_taken_for_ours(desk, relay, sandbox, requests):
    plan = desk.plan(requests["cancel"])
    relay.mode = spoilt.lost
    relay.on_arrival = lambda: sandbox.cancel_at_console(plan.facts["imp_uid"], amount=1_000)

    outcome = desk.execute(plan)

    assert outcome.state == "unknown"
    assert "1,000 KRW more are cancelled" in outcome.words


def test_two_new_payments_of_one_order_are_not_told_apart(
    desk, relay, opened, *, card_of, order, tmp_path
):
    """Another program charges the order at the same moment, and the first try fails."""
    plan = desk.plan(onetime(order, 3_000, card_of("0000-0000-0000-0001")))
    relay.mode = spoilt.dropped
    other = opened(journal=tmp_path / "other")
    theirs = other.plan(onetime(order, 3_000, card_of("0000-0000-0000-0002")))
    relay.on_arrival = lambda: other.execute(theirs)

    outcome = desk.execute(plan)

    assert outcome.state == "unknown"
    assert "2 new payments" in outcome.words


def test_a_dead_token_is_a_refusal_and_the_next_plan_has_a_new_one(desk, relay, sandbox, requests):
    plan = desk.plan(requests["cancel"])
    relay.on_arrival = sandbox._account.tokens.revoke

    with pytest.raises(ApiAuthError, match="HTTP 401"):
        desk.execute(plan)
    relay.on_arrival = None
    outcome = desk.execute(desk.plan(requests["cancel"]))

    assert outcome.state == "done"
    assert len(relay.operations) == 2


def test_too_many_requests_is_a_refusal_and_is_not_tried_again(desk, relay, requests):
    plan = desk.plan(requests["cancel"])
    body = json.dumps({"code": -1, "message": "요청이 너무 많습니다.", "response": None}).encode()
    relay.mode = lambda handler, _body: handler.reply(429, "application/json", body)

    with pytest.raises(Exception, match="HTTP 429: 요청이 너무 많습니다"):
        desk.execute(plan)

    assert len(relay.operations) == 1
    assert desk.unresolved == []


@pytest.mark.parametrize("status", [201, 204, 302, 409, 500, 503])
def test_a_status_that_tells_nothing_is_settled_by_reading(desk, relay, requests, status):
    plan = desk.plan(requests["cancel"])

    def mode(handler, body):
        handler.server.ask(handler, body)
        handler.reply(status, "application/json", b"")

    relay.mode = mode

    assert desk.execute(plan).state == "done"


def test_a_yes_that_cannot_be_seen_is_unknown(desk, relay, requests):
    plan = desk.plan(requests["cancel"])
    relay.mode = spoilt.claimed

    outcome = desk.execute(plan)

    assert outcome.state == "unknown"
    assert outcome.words == "the server said yes, and yet no cancel is to be seen"


@pytest.mark.parametrize("seed", range(20))
def test_on_a_bad_day_at_most_one_effect_and_never_a_wrong_word(
    desk, done, relay, sandbox, *, seed, card_of, order
):
    """Reads fail in every way the sandbox knows, and the operation in one of ours."""
    chance = random.Random(seed)
    uid = done(desk, onetime(order, 10_000, card_of())).imp_uid
    relay.operations.clear()
    relay.mode = chance.choice((None, *spoilt.ACTED, *spoilt.LOST, spoilt.claimed))
    is_lost = relay.mode in (*spoilt.LOST, spoilt.claimed)
    sandbox.set_faults(Faults(("401", "429", "5xx", "cut", "gzip"), seed=seed, share=0.2))
    try:
        outcome = desk.execute(desk.plan(cancel(uid, 4_000, reason="변심")))
    except ApiError:
        state = "refused"
    else:
        state = outcome.state
    finally:
        sandbox.set_faults(None)

    given_back = sandbox.acts.payment(uid)["cancel_amount"]
    assert len(relay.operations) <= 1
    assert given_back in (0, 4_000)
    assert state != "done" or given_back == 4_000
    assert not (is_lost and state == "done")
    if state == "unknown":
        settled = desk.resolve(desk.unresolved[-1]["plan"])
        assert settled.state == ("done" if given_back else "unknown")
    if state == "refused" and desk.unresolved == []:
        assert given_back == 0


def test_a_plan_that_nobody_knows_cannot_be_resolved(desk):
    with pytest.raises(ConfigError, match="knows no plan"):
        desk.resolve("0123456789ab")


def test_a_plan_that_was_refused_needs_no_resolving(desk, relay, requests):
    plan = desk.plan(requests["cancel"])
    relay.mode = lambda handler, _body: handler.reply(400, "application/json", b"{}")
    with pytest.raises(Exception, match="HTTP 400"):
        desk.execute(plan)

    with pytest.raises(ConfigError, match="was refused or not sent"):
        desk.resolve(plan)
