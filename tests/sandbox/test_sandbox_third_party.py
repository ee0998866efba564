"""A public client of i'mport works against the sandbox as it is: PyPI's iamport-rest-client."""

from __future__ import annotations

import pytest
from iamport import Iamport
from sandbox_cards import GOOD, SEED_CARD, odd

UID = "gildong_0001_1234"


@pytest.fixture
def client(fresh):
    sandbox = fresh().sandbox
    made = Iamport(sandbox.key, sandbox.secret, f"{sandbox.url}/")
    made.sandbox = sandbox
    yield made
    made.requests_session.close()


def code_of(call, *args, **kwargs):
    """Give code and message of a refusal as the client raises it."""
    with pytest.raises(Iamport.ResponseError) as caught:
        call(*args, **kwargs)
    return caught.value.code, caught.value.message


def status_of(call, *args):
    with pytest.raises(Iamport.HttpError) as caught:
        call(*args)
    return caught.value.code


def test_it_reads_payments(client):
    payment = next(
        p for p in client.sandbox.payments if p["status"] == "paid" and not p.get("sandbox")
    )

    assert client.find(imp_uid=payment["imp_uid"]) == payment
    assert client.find(merchant_uid=payment["merchant_uid"])["amount"] > 0
    assert status_of(client.find_by_imp_uid, "imp_0") == 404
    assert status_of(client.find_by_merchant_uid, "nothing") == 404
    assert client.is_paid(payment["amount"], imp_uid=payment["imp_uid"])


def test_it_pays_once_and_cancels_in_parts(client):
    payment = client.pay_onetime(merchant_uid="order-1", amount=5_000, name="x", **SEED_CARD)

    part = client.cancel("품절", imp_uid=payment["imp_uid"], amount=1_000, checksum=5_000)
    rest = client.cancel_by_merchant_uid("order-1", "나머지")

    assert client.is_paid(5_000, response=payment)
    assert (part["cancel_amount"], rest["cancel_amount"]) == (1_000, 5_000)
    assert code_of(client.cancel, "again", imp_uid=payment["imp_uid"]) == (
        1,
        "이미 전액취소된 주문입니다.",
    )
    assert code_of(client.cancel, "none", merchant_uid="nothing") == (
        1,
        "취소할 결제건이 존재하지 않습니다.",
    )


def test_it_issues_a_key_and_pays_again(client):
    client.customer_create(customer_uid=UID, **GOOD)

    payment = client.pay_again(customer_uid=UID, merchant_uid="order-1", amount=3_000)

    assert client.customer_get(UID)["card_code"] == "366"
    assert payment["status"] == "paid"
    code, message = code_of(client.customer_get, "nobody")
    assert (code, message) == (1, "요청하신 customer_uid(nobody)로 등록된 정보를 찾을 수 없습니다.")
    assert code_of(client.customer_create, customer_uid="x", **odd(5))[0] == -1


def test_it_books_and_revokes_schedules(client):
    client.customer_create(customer_uid=UID, **GOOD)
    at_s = client.sandbox.now_s + 1_000
    item = {"schedule_at": at_s, "amount": 9_900, "name": "구독"}
    orders = [{**item, "merchant_uid": f"order-{n}"} for n in (1, 2)]

    booked = client.pay_schedule(customer_uid=UID, schedules=orders)
    revoked = client.pay_unschedule(customer_uid=UID, merchant_uid="order-2")
    client.sandbox.set_time(at_s + 1)

    assert [entry["schedule_status"] for entry in booked] == ["scheduled", "scheduled"]
    assert [entry["merchant_uid"] for entry in revoked] == ["order-2"]
    assert client.find(merchant_uid="order-1")["status"] == "paid"
    assert code_of(client.pay_unschedule, customer_uid=UID) == (
        1,
        "취소할 예약결제 기록이 존재하지 않습니다.",
    )


def test_it_prepares_amounts(client):
    client.prepare("order-1", 420_000)

    assert client.prepare_validate("order-1", 420_000) is True
    assert client.prepare_validate("order-1", 1) is False
    assert status_of(client.prepare_validate, "order-2", 1) == 404


def test_it_revokes_a_virtual_account_and_finds_no_identity_check(client):
    uid = client.sandbox.acts.open_window(
        {"merchant_uid": "v", "pay_method": "vbank", "amount": 5_000, "pg": "nice"}
    )
    client.sandbox.acts.settle_window(uid, bank="088")

    assert client.revoke_vbank_by_imp_uid(uid)["status"] == "failed"
    assert status_of(client.find_certification, "imp_0") == 404


def test_a_wrong_secret_is_told(client):
    stranger = Iamport(client.sandbox.key, "wrong", f"{client.sandbox.url}/")

    assert status_of(stranger.find_by_imp_uid, "imp_0") == 401
    stranger.requests_session.close()
