"""What cannot be asked for, or is not allowed by its target, stops before it moves anything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jtnet_recon.client.endpoints import Call
from jtnet_recon.client.operations import (
    again,
    cancel,
    cancel_order,
    change_vbank,
    delete_key,
    issue_key,
    issue_vbank,
    move_schedule,
    onetime,
    prepare,
    read_journal,
    reschedule,
    retry,
    revoke_vbank,
    schedule,
    unschedule,
)
from jtnet_recon.client.operations.fields import in_major
from jtnet_recon.client.operations.journal import Journal
from jtnet_recon.errors import ApiCodeError, ApiConnectionError, ConfigError

SOON = datetime(2099, 1, 1, tzinfo=UTC)
ENTRY = {"merchant_uid": "o", "schedule_at": SOON, "amount": 1, "name": "x"}


NO_AMOUNTS = [None, 0, -1, 1.5, "1000", "all", "", True, Decimal(3), 2**63, float("nan")]


@pytest.mark.parametrize("amount", NO_AMOUNTS)
def test_a_cancel_needs_an_amount_or_the_word_all(amount):
    with pytest.raises(ConfigError):
        cancel("imp_1", amount, reason="변심")


@given(st.integers() | st.floats() | st.text() | st.none() | st.booleans())
def test_only_a_whole_number_above_zero_or_all_can_be_cancelled(amount):
    try:
        facts = cancel("imp_1", amount, reason="변심").facts
    except ConfigError:
        assert not (type(amount) is int and 0 < amount < 2**63)
        return

    assert facts["amount"] == "ALL" or (type(amount) is int and facts["amount"] == amount > 0)


@pytest.mark.parametrize("uids", [[], (), "", [""], [None], None])
def test_unschedule_needs_order_ids_or_the_word_all(uids):
    with pytest.raises(ConfigError):
        unschedule("k", uids)


CELLS = pd.DataFrame({"uid": ["o-1", "o-2"], "amount": [1_000, 2_000]})


@pytest.mark.parametrize(
    "amount", [pd.NA, pd.NaT, np.True_, CELLS["amount"], np.array([1, 2])], ids=str
)
def test_what_else_a_frame_holds_is_no_amount(amount):
    for make in (cancel, cancel_order):
        with pytest.raises(ConfigError, match="is no amount"):
            make("x", amount, reason="변심")


def test_what_a_frame_holds_can_be_asked_for():
    row = CELLS.iloc[0]

    refund = cancel_order(CELLS["uid"].to_numpy(dtype="str")[0], row["amount"], reason="변심")
    at_once = again("k", row["uid"], CELLS["amount"].iloc[1], card_quota=CELLS["amount"].iloc[0])
    entries = CELLS.rename(columns={"uid": "merchant_uid"}).assign(
        schedule_at=pd.Timestamp(SOON), name="구독"
    )
    booked = schedule("k", entries.to_dict("records"))

    assert (refund.facts["merchant_uid"], refund.facts["amount"]) == ("o-1", 1_000)
    assert {type(value) for value in refund.facts.values()} == {str, int}
    assert (at_once.facts["amount"], at_once.body) == (2_000, {"card_quota": 1_000})
    assert [entry["merchant_uid"] for entry in booked.facts["entries"]] == ["o-1", "o-2"]
    for several in (CELLS["uid"], CELLS["uid"].to_numpy(), iter(["o-1", "o-2"])):
        assert unschedule("k", several).facts["merchant_uids"] == ["o-1", "o-2"]


@pytest.mark.parametrize("word", ["no", "false", 1, 0, None])
def test_a_switch_is_a_yes_or_a_no(word, card):
    """`replace="no"` would have replaced the card."""
    with pytest.raises(ConfigError, match="must be True or False"):
        issue_key("k", card, replace=word)
    with pytest.raises(ConfigError, match="must be True or False"):
        prepare("o", 1, change=word)


@pytest.mark.parametrize("currency", ["krw", "KRW"])
def test_a_currency_may_be_written_small(currency):
    assert cancel("imp_1", 1, reason="x", currency=currency).facts["currency"] == "KRW"


IMPOSSIBLE = {
    "no text": lambda: again("k", 7, 1),
    "a long order id": lambda: again("k", "x" * 41, 1),
    "half a character": lambda: again("k", "a\ud800", 1),
    "a blank key": lambda: again("  ", "o", 1),
    "no currency": lambda: again("k", "o", 1, currency="₩"),
    "an unknown field": lambda: again("k", "o", 1, buyer_nmae="x"),
    "no schedule": lambda: schedule("k", []),
    "nothing as a schedule": lambda: schedule("k", None),
    "a frame as a schedule": lambda: schedule("k", CELLS),
    "a time that is missing": lambda: schedule("k", [{**ENTRY, "schedule_at": pd.NaT}]),
    "no currency of a cancel": lambda: cancel("imp_1", 1, reason="x", currency=None),
    "months in words": lambda: again("k", "o", 1, card_quota="three"),
    "months below none": lambda: again("k", "o", 1, card_quota=-1),
    "half a won free of tax": lambda: again("k", "o", 1, tax_free=0.5),
    "an order twice": lambda: schedule("k", [_entry(), _entry()]),
    "no name": lambda: schedule("k", [_entry(name=None)]),
    "a naive time": lambda: schedule("k", [_entry(schedule_at=datetime(2099, 1, 1))]),  # noqa: DTZ001 - the point
    "an unknown field of a schedule": lambda: schedule("k", [_entry(price=1)]),
    "a naive move": lambda: move_schedule("o", datetime(2099, 1, 1)),  # noqa: DTZ001 - the point
    "no change": lambda: change_vbank("imp_1"),
}


def _entry(**changes):
    return {"merchant_uid": "o", "schedule_at": SOON, "amount": 1, "name": "x", **changes}


@pytest.mark.parametrize("what", IMPOSSIBLE)
def test_what_cannot_be_asked_for_is_refused_at_once(what):
    with pytest.raises(ConfigError) as caught:
        IMPOSSIBLE[what]()

    assert caught.value.hint
    assert any("가" <= letter <= "힣" for letter in caught.value.hint_ko)


def test_a_mistyped_field_is_told_its_nearest():
    with pytest.raises(ConfigError, match="Did you mean buyer_name"):
        again("k", "o", 1, buyer_nmae="x")


def test_cents_that_json_cannot_hold_exactly_are_refused():
    assert in_major(1_999, "USD") == 19.99
    with pytest.raises(ConfigError, match="cannot be sent exactly"):
        in_major(2**62 + 1, "USD")


@pytest.fixture
def booked(desk, done, sandbox, card_of, uid):
    """Issue a key and book a charge on it."""
    done(desk, issue_key(uid, card_of()))
    order = f"{uid}-booked"
    at = datetime.fromtimestamp(sandbox.now_s, UTC) + timedelta(days=3)
    done(desk, schedule(uid, [_entry(merchant_uid=order, schedule_at=at)]))
    return uid, order, at


STOPS = {
    "an order that was paid": (lambda b, p: onetime(p[1], 1, b[3]()), "was paid already"),
    "a key that is there": (lambda b, _p: issue_key(b[0], b[3]()), "exists already"),
    "a key that is there, with a charge": (
        lambda b, _p: onetime("new-1", 1, b[3](), customer_uid=b[0]),
        "exists already",
    ),
    "no such key": (lambda _b, _p: again("nobody", "new-2", 1), "no billing key 'nobody'"),
    "a key with a schedule": (lambda b, _p: delete_key(b[0], reason="x"), "still wait"),
    "more than is left": (lambda _b, p: cancel(p[0], 10_001, reason="x"), "Only 10,000 KRW"),
    "another belief": (
        lambda _b, p: cancel(p[0], 1, reason="x", checksum=9_999),
        "You believe 9,999 KRW",
    ),
    "another currency": (lambda _b, p: cancel(p[0], 1, reason="x", currency="USD"), "is in KRW"),
    "no such payment": (lambda _b, _p: cancel("imp_0", 1, reason="x"), "no payment 'imp_0'"),
    "an order that is booked": (
        lambda b, _p: schedule(b[0], [_entry(merchant_uid=b[1])]),
        "booked",
    ),
    "a past time": (
        lambda b, _p: schedule(b[0], [_entry(schedule_at=datetime(2020, 1, 1, tzinfo=UTC))]),
        "09:00:00 KST is past",
    ),
    "two currencies": (
        lambda b, _p: schedule(b[0], [_entry(), _entry(merchant_uid="p", currency="USD")]),
        "one currency",
    ),
    "nothing that waits": (lambda b, _p: unschedule(b[0], ["new-3"]), "No charge waits"),
    "nothing at all that waits": (lambda _b, _p: unschedule("nobody", "ALL"), "No charge waits"),
    "another key's schedule": (lambda b, _p: unschedule("other", [b[1]]), "another billing key"),
    "the same time": (lambda b, _p: move_schedule(b[1], b[2]), "is booked for"),
    "no such schedule": (lambda _b, _p: move_schedule("new-4", SOON), "no schedule"),
    "one that still waits": (lambda b, _p: reschedule(b[1], SOON), "neither failed"),
    "a retry of one that waits": (lambda b, _p: retry(b[1]), "neither failed"),
    "no fixed amount": (lambda _b, _p: prepare("new-5", 1, change=True), "No amount is fixed"),
    "no account": (lambda _b, p: revoke_vbank(p[0]), "no virtual account"),
    "an account for a paid order": (
        lambda _b, p: issue_vbank(p[1], 1, vbank_code="088", vbank_due=SOON, vbank_holder="x"),
        "was paid already",
    ),
}


@pytest.mark.parametrize("what", STOPS)
def test_a_plan_stops_where_the_target_does_not_allow_it(
    desk, relay, booked, paid, *, card_of, what
):
    make, words = STOPS[what]
    relay.operations.clear()
    known = desk._session.get(Call("GET", "/payments/{imp_uid}", {"imp_uid": paid}))

    with pytest.raises(ConfigError, match=words):
        desk.plan(make((*booked, card_of), (paid, known["merchant_uid"])))

    assert relay.operations == []


def test_what_has_ended_is_neither_cancelled_nor_moved_nor_fixed_again(desk, done, booked, paid):
    uid, order, at = booked
    done(desk, cancel(paid, "ALL", reason="변심"))
    done(desk, unschedule(uid, [order]))
    done(desk, prepare(order, 500))

    for request, words in (
        (cancel(paid, 1, reason="변심"), "Nothing is left"),
        (move_schedule(order, at + timedelta(days=1)), "it is revoked"),
        (prepare(order, 500), "fixed already"),
        (prepare(order, 500, change=True), "this amount already"),
    ):
        with pytest.raises(ConfigError, match=words):
            desk.plan(request)


def test_a_second_account_for_one_order_is_refused_while_the_first_waits(
    desk, done, sandbox, order
):
    due = datetime.fromtimestamp(sandbox.now_s, UTC) + timedelta(days=2)
    request = issue_vbank(order, 1_000, vbank_code="088", vbank_due=due, vbank_holder="가게")
    uid = done(desk, request).imp_uid

    with pytest.raises(ConfigError, match="waits for order"):
        desk.plan(request)
    with pytest.raises(ConfigError, match="like that already"):
        desk.plan(change_vbank(uid, amount=1_000))
    done(desk, revoke_vbank(uid))
    assert desk.plan(request)


def test_a_refusal_in_words_is_an_error_of_its_own_and_nothing_moved(desk, card_of, order):
    with pytest.raises(ApiCodeError) as caught:
        desk.execute(desk.plan(onetime(order, 3000, card_of("0000-0000-0000-0004"))))

    assert caught.value.api_code == -1
    assert "유효기간" in caught.value.message
    assert "nothing of it is to be seen" in caught.value.hint


def test_a_refusal_by_the_pg_leaves_the_payment_as_it_was(desk, done, sandbox, card_of, order):
    uid = done(desk, onetime(order, 3000, card_of("0000-0000-0000-0008"))).imp_uid

    with pytest.raises(ApiCodeError, match="결제취소에 실패하였습니다"):
        desk.execute(desk.plan(cancel(uid, "ALL", reason="변심")))

    assert sandbox.acts.payment(uid)["cancel_amount"] == 0


def test_where_nobody_listens_nothing_was_sent(desk, relay, journal, paid, monkeypatch):
    relay.hangs_up = True
    plan = desk.plan(cancel(paid, 1_000, reason="변심"))
    written = Journal.write
    monkeypatch.setattr(
        Journal, "write", lambda *args, **kept: (written(*args, **kept), relay.end())
    )

    with pytest.raises(ApiConnectionError, match="nothing was sent"):
        desk.execute(plan)

    assert [entry["event"] for entry in read_journal(journal)][-2:] == ["intent", "not_sent"]
    assert desk.unresolved == []
