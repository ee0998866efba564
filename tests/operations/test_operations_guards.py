"""What is not opened, over a limit or stale is refused before a byte leaves."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from jtnet_recon.client.auth import Secret
from jtnet_recon.client.endpoints import Call
from jtnet_recon.client.operations import (
    again,
    cancel,
    issue_key,
    onetime,
    open_operations,
    prepare,
    schedule,
)
from jtnet_recon.client.operations.calls import ROUTES
from jtnet_recon.config import load_settings
from jtnet_recon.errors import ApiCodeError, ConfigError

LIVE = "https://api.iamport.kr"
LIMITS = {"allow": {"cancel"}, "max_count": 1, "max_total": 1_000}


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


@pytest.mark.parametrize(
    "write",
    [
        lambda plan: plan.facts.update(amount=9_000),
        lambda plan: plan.facts.update(imp_uid="imp_000000000000"),
        lambda plan: plan.request.body.update(amount=9_000),
        lambda plan: plan.request.body.update(reason="x"),
    ],
    ids=["amount", "payment", "amount beside it", "reason"],
)
def test_a_plan_that_was_written_to_is_not_what_was_shown_and_is_not_sent(desk, relay, paid, write):
    """The limits were checked for what the plan said when it was made."""
    plan = desk.plan(cancel(paid, 1_000, reason="변심"))
    write(plan)

    with pytest.raises(ConfigError, match="written to after it was made"):
        desk.execute(plan)

    assert relay.operations == []
