"""A refund by order id: the plan names the payment, and a choice between two is refused."""

from __future__ import annotations

import json

import pytest
import relay as spoilt

from jtnet_recon.client.operations import cancel, cancel_order
from jtnet_recon.errors import ConfigError

CARD = {"card_number": "4242-4242-4242-4242", "expiry": "2030-01"}


@pytest.fixture
def pay(sandbox, order):
    """Pay the order through windows that were open at once, as an impatient shopper does."""

    def run(*amounts, declined=0, on=None):
        params = {"merchant_uid": on or order, "name": "x", "pay_method": "card"}
        cards = [{**CARD, "card_number": "0000-0000-0000-0002"}] * declined
        cards += [CARD] * len(amounts)
        wanted = [1_000] * declined + list(amounts)
        opened = [sandbox.acts.open_window({**params, "amount": amount}) for amount in wanted]
        for uid, card in zip(opened, cards, strict=True):
            sandbox.acts.settle_window(uid, card=card)
        return opened[declined:]

    return run


def row_of(sandbox, uid):
    row = sandbox.acts.payment(uid)
    return row["status"], row["amount"], row["cancel_amount"]


def test_the_plan_names_the_payment_and_the_payment_is_sent(desk, relay, sandbox, pay, order):
    (uid,) = pay(10_000, declined=2)

    plan = desk.plan(cancel_order(order, 4_000, reason="변심"))
    outcome = desk.execute(plan)

    ((_, path, body),) = relay.operations
    assert uid in str(plan)
    assert order in str(plan)
    assert plan.operation == "cancel"
    assert (path, json.loads(body)) == (
        "/payments/cancel",
        {"imp_uid": uid, "amount": 4_000, "checksum": 10_000, "reason": "변심"},
    )
    assert outcome.state == "done"
    assert row_of(sandbox, uid) == ("cancelled", 10_000, 4_000)


def test_a_part_and_then_the_rest_of_an_order_are_cancelled(desk, done, sandbox, pay, order):
    (uid,) = pay(10_000)

    done(desk, cancel_order(order, 4_000, reason="변심", checksum=10_000))
    done(desk, cancel_order(order, "ALL", reason="변심", checksum=6_000))

    assert row_of(sandbox, uid) == ("cancelled", 10_000, 10_000)
    with pytest.raises(ConfigError, match="Nothing is left"):
        desk.plan(cancel_order(order, "ALL", reason="변심"))


@pytest.mark.parametrize("first", ["paid", "cancelled in part", "cancelled"])
def test_an_order_that_was_paid_twice_is_no_order_to_cancel(
    desk, relay, sandbox, pay, order, *, first
):
    """Also where one of the two has nothing left: what the caller believes is not what is there."""
    uids = pay(10_000, 10_000)
    if first != "paid":
        amount = None if first == "cancelled" else 1
        sandbox.cancel_at_console(uids[0], amount=amount)

    with pytest.raises(ConfigError, match="paid more than once") as caught:
        desk.plan(cancel_order(order, "ALL", reason="변심"))

    assert all(uid in str(caught.value) for uid in uids)
    assert "imp_uid" in caught.value.hint
    assert relay.operations == []


def test_a_second_payment_that_comes_after_the_plan_makes_it_stale(desk, relay, sandbox, order):
    params = {"merchant_uid": order, "name": "x", "pay_method": "card", "amount": 10_000}
    first, second = (sandbox.acts.open_window(params) for _ in range(2))
    sandbox.acts.settle_window(first, card=CARD)
    plan = desk.plan(cancel_order(order, "ALL", reason="변심"))
    sandbox.acts.settle_window(second, card=CARD)

    with pytest.raises(ConfigError, match="stale"):
        desk.execute(plan)
    assert relay.operations == []


def test_an_order_without_a_payment_is_told(desk, pay, order):
    pay(declined=1)

    for uid in (order, "no-such-order"):
        with pytest.raises(ConfigError, match="Nothing was paid under order"):
            desk.plan(cancel_order(uid, "ALL", reason="변심"))


@pytest.mark.parametrize("mode", spoilt.ACTED, ids=lambda mode: mode.__name__)
def test_a_lost_answer_is_found_out_by_the_payment(desk, relay, sandbox, pay, order, *, mode):
    (uid,) = pay(10_000, declined=1)
    plan = desk.plan(cancel_order(order, 4_000, reason="변심"))
    relay.mode = mode

    outcome = desk.execute(plan)

    assert outcome.state == "done"
    assert row_of(sandbox, uid) == ("cancelled", 10_000, 4_000)


@pytest.mark.parametrize("by", ["order", "payment"])
def test_while_one_refund_may_still_arrive_no_other_is_planned(desk, relay, pay, order, by):
    """Whichever of its two names the first or the second was asked for by."""
    (uid,) = pay(10_000)
    ways = {
        "order": cancel_order(order, 4_000, reason="x"),
        "payment": cancel(uid, 4_000, reason="x"),
    }
    plan = desk.plan(ways[by])
    relay.mode = spoilt.lost_502
    assert desk.execute(plan).state == "unknown"

    for request in ways.values():
        with pytest.raises(ConfigError, match="UNKNOWN"):
            desk.plan(request)


@pytest.mark.parametrize("amount", [0, -1, None, "all", True, 1.0])
def test_there_is_no_amount_by_default_here_either(amount):
    with pytest.raises(ConfigError, match="no amount"):
        cancel_order("order", amount, reason="x")


def test_the_order_id_is_checked(desk):
    for uid in ("", " ", "x" * 41, None):
        with pytest.raises(ConfigError, match="merchant_uid"):
            cancel_order(uid, "ALL", reason="x")
    with pytest.raises(ConfigError):
        desk.plan(cancel_order("..", "ALL", reason="x"))
