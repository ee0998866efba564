"""What is not opened, over a limit, stale or unclear is refused before a byte leaves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jtnet_recon.client.auth import Secret
from jtnet_recon.client.endpoints import Call
from jtnet_recon.client.operations import (
    again,
    cancel,
    change_vbank,
    delete_key,
    issue_key,
    issue_vbank,
    move_schedule,
    onetime,
    open_operations,
    prepare,
    read_journal,
    reschedule,
    retry,
    revoke_vbank,
    schedule,
    unschedule,
)
from jtnet_recon.client.operations.calls import ROUTES
from jtnet_recon.client.operations.fields import in_major
from jtnet_recon.client.operations.journal import Journal
from jtnet_recon.config import load_settings
from jtnet_recon.errors import ApiCodeError, ApiConnectionError, ConfigError

LIVE = "https://api.iamport.kr"
LIMITS = {"allow": {"cancel"}, "max_count": 1, "max_total": 1_000}
SOON = datetime(2099, 1, 1, tzinfo=UTC)


@pytest.fixture
def desk(opened, relay):
    return opened(relay.url)


@pytest.fixture
def paid(desk, done, relay, card, order):
    """Charge a card; nothing more has been sent as far as the relay tells."""
    uid = done(desk, onetime(order, 10_000, card)).imp_uid
    relay.operations.clear()
    return uid


def test_a_live_host_needs_a_variable_of_its_own(journal) -> None:
    access = load_settings(url=LIVE, key="k", secret="s")

    with pytest.raises(ConfigError, match="real money") as caught:
        open_operations("api.iamport.kr", access, journal=journal, **LIMITS)

    assert "JTNET_RECON_OPERATIONS=api.iamport.kr" in caught.value.hint
    assert not journal.exists()


@pytest.mark.parametrize("said", ["1", "true", "iamport.kr", "127.0.0.1", ""])
def test_the_variable_must_name_the_host(monkeypatch, journal, said) -> None:
    monkeypatch.setenv("JTNET_RECON_OPERATIONS", said)
    access = load_settings(url=LIVE, key="k", secret="s")

    with pytest.raises(ConfigError, match="real money"):
        open_operations("api.iamport.kr", access, journal=journal, **LIMITS)


def test_with_the_variable_a_live_host_opens_and_nothing_is_sent(monkeypatch, journal) -> None:
    monkeypatch.setenv("JTNET_RECON_OPERATIONS", "api.iamport.kr")
    access = load_settings(url=LIVE, key="k", secret="s")

    with open_operations("api.iamport.kr", access, journal=journal, **LIMITS) as operations:
        text = repr(operations)

    assert text == ("<Operations on api.iamport.kr: cancel; 0 of 1 operations, 0 of 1,000 KRW>")
    assert journal.read_bytes() == b""


def test_the_host_that_is_meant_must_be_the_one_of_the_settings(journal, sandbox, access_to):
    with pytest.raises(ConfigError, match=r"settings lead to '127\.0\.0\.1'"):
        open_operations("api.iamport.kr", access_to(sandbox.url), journal=journal, **LIMITS)


@pytest.mark.parametrize(
    "wrong", [{"allow": {"refund"}}, {"max_count": 0}, {"max_total": -1}, {"max_total": True}]
)
def test_a_limit_that_is_none_is_refused(opened, wrong):
    with pytest.raises(ConfigError):
        opened(**wrong)


def test_what_was_not_opened_cannot_be_planned(opened, relay):
    desk = opened(relay.url, allow={"cancel"})

    with pytest.raises(ConfigError, match="again was not opened"):
        desk.plan(again("k", "o", 1))


def test_the_transport_lets_out_what_was_opened_and_nothing_else(opened, relay):
    transport, token = opened(relay.url, allow={"cancel"})._transport, Secret("a-token")
    others = [route for name, route in ROUTES.items() if name != "cancel"]

    for method, template in [*others, ("POST", "/cvs"), ("GET", "/payments/cancel")]:
        with pytest.raises(ConfigError, match="not opened"):
            transport.operate(Call(method, template), within_s=1.0, token=token, body=None)
    for method, template in ROUTES.values():
        with pytest.raises(ConfigError, match="can only read"):
            transport.send(Call(method, template), within_s=1.0)

    assert relay.operations == []


def test_a_plan_sends_nothing(desk, relay, paid):
    desk.plan(cancel(paid, 1_000, reason="변심"))

    assert relay.operations == []


def test_a_plan_shows_what_would_be_sent_and_masks_whom_it_is_about(desk, card, order):
    plan = desk.plan(
        onetime(
            order, 14_000, card, name="원두 1kg", buyer_name="홍길동", buyer_tel="010-0000-0001"
        )
    )

    text = repr(plan)

    assert "onetime · POST /subscribe/payments/onetime · 127.0.0.1:" in text
    for shown in (order, "14,000 KRW", "원두 1kg", "CardInput(•••• 4242)", "1 of 50 operations"):
        assert shown in text
    for hidden in ("홍길동", "0001", "4242-4242", "2030", "820213"):
        assert hidden not in text
        assert hidden not in repr(plan.shown)


def test_a_plan_of_schedules_shows_korean_time(desk, done, card, uid, order):
    done(desk, issue_key(uid, card))
    at = datetime(2023, 5, 1, 1, 0, tzinfo=UTC)

    plan = desk.plan(
        schedule(uid, [{"merchant_uid": order, "schedule_at": at, "amount": 9_900, "name": "구독"}])
    )

    assert f"{order}  " in repr(plan)
    assert "9,900 KRW at 2023-05-01 10:00:00 KST" in repr(plan)


def test_the_limits_count_what_was_sent_and_stop_the_next(opened, relay, done, card_of, order):
    desk = opened(relay.url, max_count=2, max_total=10_000)
    done(desk, onetime(f"{order}-1", 6_000, card_of()))

    with pytest.raises(ConfigError, match=r"over a limit: 2 of 2 operations, 10,001 of 10,000"):
        desk.plan(onetime(f"{order}-2", 4_001, card_of()))
    done(desk, onetime(f"{order}-2", 4_000, card_of()))
    with pytest.raises(ConfigError, match="3 of 2 operations"):
        desk.plan(prepare(f"{order}-3", 1))

    assert len(relay.operations) == 2


def test_two_plans_that_fit_alone_do_not_pass_a_limit_together(opened, relay, card_of, order):
    desk = opened(relay.url, max_total=10_000)
    first, second = (desk.plan(onetime(f"{order}-{n}", 6_000, card_of())) for n in (1, 2))
    desk.execute(first)

    with pytest.raises(ConfigError, match="over a limit"):
        desk.execute(second)

    assert len(relay.operations) == 1


def test_money_in_another_currency_than_was_opened_is_refused(desk, done, uid, card, order):
    done(desk, issue_key(uid, card))

    with pytest.raises(ConfigError, match="Opened for KRW"):
        desk.plan(again(uid, order, 100, currency="USD"))


def test_a_plan_is_sent_once(desk, relay, paid):
    plan = desk.plan(cancel(paid, 1_000, reason="변심"))

    first, second = desk.execute(plan), desk.execute(plan)

    assert first is second
    assert len(relay.operations) == 1


def test_a_plan_that_was_refused_is_not_sent_again(desk, relay, card_of, order):
    plan = desk.plan(onetime(order, 3000, card_of("0000-0000-0000-0005")))
    with pytest.raises(ApiCodeError):
        desk.execute(plan)

    with pytest.raises(ConfigError, match=r"card was sent already|executed already"):
        desk.execute(plan)

    assert len(relay.operations) == 1


def test_a_plan_of_another_object_is_refused(opened, relay, tmp_path, paid):
    desk, other = (
        opened(relay.url, journal=tmp_path / "a"),
        opened(relay.url, journal=tmp_path / "b"),
    )

    with pytest.raises(ConfigError, match="another object"):
        other.execute(desk.plan(cancel(paid, 1_000, reason="변심")))


def test_an_old_plan_is_made_again(desk, relay, waits, paid):
    plan = desk.plan(cancel(paid, 1_000, reason="변심"))
    waits.skipped_s += 601

    with pytest.raises(ConfigError, match="older than ten minutes"):
        desk.execute(plan)

    assert relay.operations == []


def test_a_plan_whose_target_changed_since_is_stale(desk, relay, sandbox, paid):
    plan = desk.plan(cancel(paid, 1_000, reason="변심"))
    sandbox.cancel_at_console(paid, amount=500)

    with pytest.raises(ConfigError, match="is stale"):
        desk.execute(plan)

    assert relay.operations == []


def test_the_checksum_stops_a_cancel_that_comes_too_late_to_see_another(desk, relay, sandbox, paid):
    """The console cancels after the last look: PortOne compares the checksum and refuses."""
    plan = desk.plan(cancel(paid, 1_000, reason="변심"))
    relay.on_arrival = lambda: sandbox.cancel_at_console(paid, amount=500)

    with pytest.raises(ApiCodeError, match="취소 가능 금액이 일치하지 않습니다"):
        desk.execute(plan)

    assert sandbox.acts.payment(paid)["cancel_amount"] == 500


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
    with pytest.raises((ConfigError, TypeError)):
        unschedule("k", uids)


IMPOSSIBLE = {
    "no text": lambda: again("k", 7, 1),
    "a long order id": lambda: again("k", "x" * 41, 1),
    "half a character": lambda: again("k", "a\ud800", 1),
    "a blank key": lambda: again("  ", "o", 1),
    "no currency": lambda: again("k", "o", 1, currency="₩"),
    "an unknown field": lambda: again("k", "o", 1, buyer_nmae="x"),
    "no schedule": lambda: schedule("k", []),
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
