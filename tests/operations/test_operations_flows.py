"""Every operation, over HTTP, ends as the guide says and as the API shows it afterwards."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pandas as pd
import pytest

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
    reschedule,
    retry,
    revoke_vbank,
    schedule,
    unschedule,
)
from jtnet_recon.client.operations.reading import attempts, entry, key, prepared, waiting
from jtnet_recon.config import load_settings
from jtnet_recon.period import KST
from jtnet_recon.sandbox import Sandbox

NICE_WINDOW = "channel-key-00000000-0000-0000-0000-000000000006"


def in_future(sandbox, **far):
    return datetime.fromtimestamp(sandbox.now_s, KST) + timedelta(**far)


def payments(client, order):
    frame = client.payments_by_merchant_uid(order)
    return frame[["status", "amount", "cancel_amount"]].to_numpy().tolist()


@pytest.fixture
def desk(opened):
    return opened()


@pytest.fixture
def kept(desk, done, card, uid):
    """Give a billing key."""
    done(desk, issue_key(uid, card))
    return uid


def test_a_billing_key_is_issued_by_rest(desk, done, card, uid):
    outcome = done(desk, issue_key(uid, card, customer_name="홍길동"))

    assert outcome.record["customer_uid"] == uid
    assert key(desk._session, uid)["card_name"] == "신한카드"


def test_a_billing_key_is_charged_again(desk, done, client, kept, order):
    outcome = done(desk, again(kept, order, 3000))

    frame = client.payments_by_merchant_uid(order)
    assert frame["imp_uid"].tolist() == [outcome.imp_uid]
    assert payments(client, order) == [["paid", 3000, 0]]
    assert frame["customer_uid"].tolist() == [kept]


def test_a_card_is_charged_once_and_not_kept(desk, done, client, card, order):
    done(desk, onetime(order, 3000, card, name="원두 1kg"))

    assert payments(client, order) == [["paid", 3000, 0]]
    assert client.payments_by_merchant_uid(order)["customer_uid"].isna().all()


def test_a_card_is_charged_once_and_kept_as_a_billing_key(desk, done, client, *, card, order, uid):
    done(desk, onetime(order, 3000, card, customer_uid=uid))

    assert payments(client, order) == [["paid", 3000, 0]]
    assert key(desk._session, uid) is not None


def test_the_guide_s_own_card_works_with_the_expiry_printed_there(desk, done, client, order):
    from jtnet_recon.client.operations import CardInput

    done(desk, onetime(order, 3000, CardInput("1234-1234-1234-1234", "2019-01", birth="123456")))

    assert payments(client, order) == [["paid", 3000, 0]]


def test_a_declined_card_is_an_outcome_and_no_error(desk, client, card_of, order):
    outcome = desk.execute(desk.plan(onetime(order, 3000, card_of("0000-0000-0000-0001"))))

    assert outcome.state == "declined"
    assert "한도초과" in outcome.said
    assert payments(client, order) == [["failed", 3000, 0]]


def test_a_part_and_then_the_rest_are_cancelled(desk, done, client, kept, order):
    uid = done(desk, again(kept, order, 10_000)).imp_uid

    done(desk, cancel(uid, 4_000, reason="변심", checksum=10_000))
    after_part = payments(client, order)
    plan = desk.plan(cancel(uid, "ALL", reason="변심"))
    desk.execute(plan)

    assert after_part == [["cancelled", 10_000, 4_000]]
    assert plan.shown["amount"] == plan.shown["checksum"] == 6_000
    assert payments(client, order) == [["cancelled", 10_000, 10_000]]


def test_a_billing_key_is_deleted(desk, done, kept):
    done(desk, delete_key(kept, reason="해지"))

    assert key(desk._session, kept) is None


def test_a_card_takes_another_s_place_only_when_that_is_said(desk, done, sandbox, kept, card_of):
    before = key(desk._session, kept)
    sandbox.advance(2)

    done(desk, issue_key(kept, card_of("0000-0000-0041-0000"), replace=True))

    after = key(desk._session, kept)
    assert (before["card_name"], after["card_name"]) == ("신한카드", "우리카드")
    assert after["inserted"] == before["inserted"]


def test_an_amount_is_fixed_and_changed(desk, done, order):
    done(desk, prepare(order, 14_000))
    first = prepared(desk._session, order)
    done(desk, prepare(order, 15_000, change=True))

    assert (first["amount"], prepared(desk._session, order)["amount"]) == (14_000, 15_000)


def test_a_virtual_account_is_issued_changed_and_revoked(desk, done, sandbox, client, order):
    due = in_future(sandbox, days=2)
    request = issue_vbank(
        order, 30_000, vbank_code="088", vbank_due=due, vbank_holder="가게", channel_key=NICE_WINDOW
    )

    uid = done(desk, request).imp_uid
    done(desk, change_vbank(uid, amount=31_000, vbank_due=due + timedelta(days=1)))
    changed = payments(client, order)
    done(desk, revoke_vbank(uid))

    assert changed == [["ready", 31_000, 0]]
    assert payments(client, order) == [["failed", 31_000, 0]]


def test_schedules_are_booked_moved_revoked_and_booked_anew(desk, done, sandbox, kept, order):
    at = in_future(sandbox, days=3)
    orders = [f"{order}-{number}" for number in range(3)]
    entries = [
        {"merchant_uid": one, "schedule_at": at, "amount": 9_900, "name": "구독"} for one in orders
    ]

    done(desk, schedule(kept, entries))
    done(desk, move_schedule(orders[0], at + timedelta(days=1)))
    done(desk, unschedule(kept, orders[:2]))
    left = waiting(desk._session, kept)
    done(desk, reschedule(orders[0], at + timedelta(days=2)))
    done(desk, unschedule(kept, "ALL"))

    assert left == orders[2:]
    assert waiting(desk._session, kept) == []
    states = [entry(desk._session, one)["schedule_status"] for one in orders]
    assert states == ["revoked"] * 3


def test_a_schedule_may_bring_the_card_along(desk, done, sandbox, *, card, uid, order):
    at = pd.Timestamp(in_future(sandbox, days=3))
    one = {"merchant_uid": order, "schedule_at": at, "amount": 9_900, "name": "구독"}

    done(desk, schedule(uid, [one], card=card))

    assert waiting(desk._session, uid) == [order]
    assert key(desk._session, uid) is not None


def test_what_was_booked_is_charged_and_what_failed_is_retried(opened, done, card_of, order):
    """The card declines the first attempt of an order and approves the next."""
    with Sandbox("2022-11", seed=4, orders=100) as sandbox:
        desk = opened(sandbox.url)
        done(desk, issue_key("moody", card_of("0000-0000-0000-0009")))
        at = in_future(sandbox, minutes=5)
        one = {"merchant_uid": order, "schedule_at": at, "amount": 9_900, "name": "구독"}
        done(desk, schedule("moody", [one]))
        sandbox.advance(600)

        failed = entry(desk._session, order)
        done(desk, retry(order))

        rows = [row for row in sandbox.payments if row["merchant_uid"] == order]
        assert failed["payment_status"] == "failed"
        assert [row["status"] for row in rows] == ["failed", "paid"]


def test_an_old_payment_of_a_strict_server_is_read_in_the_document_s_shapes(opened, done, card):
    with Sandbox("2022-11", seed=4, orders=100, strict_openapi=True) as sandbox:
        desk = opened(sandbox.url)
        done(desk, issue_key("strict", card))
        at = in_future(sandbox, days=1)
        entries = [
            {"merchant_uid": f"s-{n}", "schedule_at": at, "amount": 100, "name": "구독"}
            for n in range(25)
        ]
        done(desk, schedule("strict", entries))

        assert len(waiting(desk._session, "strict")) == 25
        done(desk, unschedule("strict", "ALL"))
        done(desk, delete_key("strict", reason="해지"))


def test_a_sub_merchant_s_operations_stay_in_its_tier(
    sandbox, done, client, journal, *, card, order
):
    access = load_settings(url=sandbox.url, key=sandbox.key, secret=sandbox.secret, tier="A01")
    limits = {"allow": {"onetime"}, "max_count": 1, "max_total": 3_000}
    with open_operations("127.0.0.1", access, journal=journal, **limits) as desk:
        done(desk, onetime(order, 3_000, card))
        found = attempts(desk._session, order)

    assert [row["status"] for row in found] == ["paid"]
    assert client.payments_by_merchant_uid(order).empty


def test_dollars_go_out_with_cents_and_come_back_exactly(opened, done, client, *, uid, card):
    desk = opened(currency="USD")
    done(desk, issue_key(uid, card))

    paid = done(desk, again(uid, f"{uid}-usd", 1_999, currency="USD"))
    done(desk, cancel(paid.imp_uid, 1_999, reason="변심", currency="USD"))

    assert paid.record["amount"] == Decimal("19.99")
    assert payments(client, f"{uid}-usd") == [["cancelled", 1_999, 1_999]]


def test_what_was_charged_and_cancelled_reconciles(opened, done, card):
    """The rows of operations are rows like all others."""
    import jtnet_recon as jr

    with Sandbox("2022-11", seed=4, orders=100) as sandbox:
        desk = opened(sandbox.url)
        done(desk, issue_key("buyer", card))
        sold = done(desk, again("buyer", "sold-1", 12_000))
        done(desk, cancel(sold.imp_uid, 2_000, reason="변심"))
        day = f"{datetime.fromtimestamp(sandbox.now_s, KST):%Y-%m-%d}"
        ledger = pd.DataFrame({"merchant_uid": ["sold-1"], "amount": [12_000]})
        with jr.connect(sandbox.url, sandbox.key, sandbox.secret, progress=False) as client:
            result = jr.reconcile(client.payments(day), ledger)

    assert result.breaks["code"].tolist() == ["C01"]
    assert result.breaks["difference"].tolist() == [2_000]
