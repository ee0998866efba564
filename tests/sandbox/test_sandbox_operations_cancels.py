"""Cancels of the sandbox: in full, in part, refused, and where they show."""

from __future__ import annotations

import pytest
from sandbox_cards import GOOD, charge, issue, odd, refusal

CANCEL = "/payments/cancel"


@pytest.fixture
def api(fresh):
    return fresh()


@pytest.fixture
def payment(api):
    issue(api)
    return charge(api, "order-1", 33_000)


def test_a_full_cancel_leaves_the_amount_and_turns_the_status(api, payment):
    answer = api.post(CANCEL, imp_uid=payment["imp_uid"], reason="단순 변심")

    found = answer.response
    assert (found["status"], found["amount"], found["cancel_amount"]) == (
        "cancelled",
        33_000,
        33_000,
    )
    assert (found["cancel_reason"], found["paid_at"]) == ("단순 변심", payment["paid_at"])
    (entry,) = found["cancel_history"]
    assert (entry["amount"], entry["reason"]) == (33_000, "단순 변심")
    assert entry["cancelled_at"] == found["cancelled_at"] >= payment["paid_at"]
    assert entry["cancellation_id"]
    assert api.get(f"/payments/{payment['imp_uid']}").response == found


def test_partial_cancels_add_up_and_the_last_one_dates_the_payment(api, payment):
    found = []
    for amount in (11_000, 2_000, 20_000):
        api.sandbox.advance(100)
        found.append(api.post(CANCEL, imp_uid=payment["imp_uid"], amount=amount).response)

    assert [p["cancel_amount"] for p in found] == [11_000, 13_000, 33_000]
    assert {p["status"] for p in found} == {"cancelled"}
    assert {p["amount"] for p in found} == {33_000}
    history = found[-1]["cancel_history"]
    assert [entry["amount"] for entry in history] == [11_000, 2_000, 20_000]
    assert found[-1]["cancelled_at"] == max(entry["cancelled_at"] for entry in history)
    assert len({entry["cancellation_id"] for entry in history}) == 3


def test_a_cancelled_payment_moves_to_the_window_of_its_cancel(api, payment):
    paid = {"from": payment["paid_at"], "to": payment["paid_at"] + 60}
    assert api.get("/payments/status/paid", **paid).response["total"] == 1
    api.sandbox.advance(1000)

    cancelled = api.post(CANCEL, imp_uid=payment["imp_uid"], amount=1).response

    then = {"from": cancelled["cancelled_at"], "to": cancelled["cancelled_at"]}
    assert api.get("/payments/status/paid", **paid).response["total"] == 0
    assert api.get("/payments/status/all", **paid).response["total"] == 0
    assert api.get("/payments/status/cancelled", **then).response["list"] == [cancelled]
    assert api.get("/payments/status/all", **then).response["list"] == [cancelled]


@pytest.mark.parametrize("amount", [0, None, 33_000, "33000", 33_000.0])
def test_no_amount_and_zero_mean_all_that_is_left(api, payment, amount):
    fields = {} if amount is None else {"amount": amount}

    found = api.post(CANCEL, imp_uid=payment["imp_uid"], **fields).response

    assert found["cancel_amount"] == 33_000


def test_a_cancel_by_order_id_hits_the_paid_attempt(api):
    issue(api, card=odd(9))
    failed, paid = (charge(api, "order-1") for _ in range(2))

    found = api.post(CANCEL, merchant_uid="order-1").response

    assert (failed["status"], found["imp_uid"]) == ("failed", paid["imp_uid"])


def test_imp_uid_wins_over_the_order_id(api, payment):
    other = charge(api, "order-2")

    found = api.post(CANCEL, imp_uid=other["imp_uid"], merchant_uid="order-1").response

    assert found["imp_uid"] == other["imp_uid"]
    assert api.get(f"/payments/{payment['imp_uid']}").response == payment


def test_without_any_id_nothing_is_cancelled(api):
    status, code, message = refusal(api.post(CANCEL, amount=100))

    assert (status, code) == (400, 1)
    assert message.endswith("지정해주셔야합니다.")


def test_an_unknown_payment_is_refused_with_http_200(api):
    issue(api, uid="poor", card=odd(2))
    failed = charge(api, "order-2", uid="poor")
    asked = [{"imp_uid": "imp_0"}, {"merchant_uid": "nothing"}, {"imp_uid": failed["imp_uid"]}]

    answers = [refusal(api.post(CANCEL, **fields)) for fields in asked]

    assert answers == [(200, 1, "취소할 결제건이 존재하지 않습니다.")] * 3


def test_what_is_cancelled_in_full_is_not_cancelled_again(api, payment):
    api.post(CANCEL, imp_uid=payment["imp_uid"])

    answer = api.post(CANCEL, imp_uid=payment["imp_uid"])

    assert refusal(answer) == (200, 1, "이미 전액취소된 주문입니다.")


def test_more_than_is_left_is_refused_by_the_pg(api, payment):
    api.post(CANCEL, imp_uid=payment["imp_uid"], amount=30_000)

    answer = api.post(CANCEL, imp_uid=payment["imp_uid"], amount=3_001)

    assert refusal(answer) == (200, -1, "결제취소에 실패하였습니다.(취소가능금액 초과)")
    assert api.get(f"/payments/{payment['imp_uid']}").response["cancel_amount"] == 30_000


def test_a_checksum_that_differs_stops_the_cancel(api, payment):
    wrong = api.post(CANCEL, imp_uid=payment["imp_uid"], amount=1_000, checksum=32_000)
    right = api.post(CANCEL, imp_uid=payment["imp_uid"], amount=1_000, checksum=33_000)
    then = api.post(CANCEL, imp_uid=payment["imp_uid"], amount=1_000, checksum=33_000)

    assert (wrong.status, wrong.code, wrong.response) == (200, 1, None)
    assert right.response["cancel_amount"] == 1_000
    assert then.code == 1


@pytest.mark.parametrize("amount", [-1, 0.5, "all", True])
def test_what_is_no_amount_is_refused(api, payment, amount):
    answer = api.post(CANCEL, imp_uid=payment["imp_uid"], amount=amount)

    assert (answer.status, answer.code) == (400, 1)
    assert api.get(f"/payments/{payment['imp_uid']}").response == payment


def test_a_card_whose_cancels_the_pg_refuses(api):
    payment = api.post(
        "/subscribe/payments/onetime", merchant_uid="order-1", amount=10, **odd(8)
    ).response

    answer = api.post(CANCEL, imp_uid=payment["imp_uid"])

    assert (answer.status, answer.code) == (200, -1)
    assert answer.message.startswith("결제취소에 실패하였습니다.(")


def test_a_card_is_cancelled_within_a_year(api, payment):
    api.sandbox.advance(366 * 86_400)
    late = type(api)(api.sandbox)

    answer = late.post(CANCEL, imp_uid=payment["imp_uid"])

    assert refusal(answer) == (200, -1, "결제취소에 실패하였습니다.(취소가능기간 경과)")


def test_a_phone_payment_is_cancelled_whole_and_in_its_month_only(api):
    acts, order = api.sandbox.acts, {"pay_method": "phone", "amount": 5_000}
    payments = []
    for n in range(2):
        payments.append(acts.open_window({"merchant_uid": f"o-{n}", **order}))
        acts.settle_window(payments[-1], phone="010-0000-0000")
    part = api.post(CANCEL, imp_uid=payments[0], amount=100)
    whole = api.post(CANCEL, imp_uid=payments[0])
    api.sandbox.advance(31 * 86_400)
    late = type(api)(api.sandbox).post(CANCEL, imp_uid=payments[1])

    assert (part.code, whole.code, late.code) == (-1, 0, -1)
    assert "부분취소" in part.message
    assert "기간" in late.message


@pytest.mark.parametrize(("pg", "code"), [("jtnet", -1), ("nice", 0)])
def test_a_deposit_is_given_back_to_a_named_account_where_the_pg_can(api, pg, code):
    acts = api.sandbox.acts
    uid = acts.open_window(
        {"merchant_uid": "order-1", "pay_method": "vbank", "amount": 5_000, "pg": pg}
    )
    acts.settle_window(uid, bank="088")
    acts.deposit(uid)
    account = {"refund_holder": "홍길동", "refund_bank": "004", "refund_account": "98765432109"}

    without = api.post(CANCEL, imp_uid=uid)
    with_account = api.post(CANCEL, imp_uid=uid, **account)

    assert (without.status, without.code) == (200, 1)
    assert api.post(CANCEL, imp_uid=uid, **{**account, "refund_bank": "4"}).code != 0
    assert with_account.code == code
    assert "98765432109" not in repr(with_account.content)


def test_a_registration_without_money_has_nothing_to_cancel(api):
    acts = api.sandbox.acts
    uid = acts.open_window({"merchant_uid": "order-1", "amount": 0, "customer_uid": "k"})
    acts.settle_window(uid, card=GOOD)

    answer = api.post(CANCEL, imp_uid=uid)

    assert (answer.status, answer.code) == (200, -1)


@pytest.mark.parametrize("is_legacy", [False, True])
def test_old_payments_of_the_month_can_be_cancelled_more_than_once(api, is_legacy):
    old = next(
        p
        for p in reversed(api.sandbox.payments)
        if (p["status"], p["pay_method"], "channel" not in p) == ("paid", "card", is_legacy)
        and p["amount"] > 100
        and not p.get("sandbox")
    )

    found = [api.post(CANCEL, imp_uid=old["imp_uid"], amount=n).response for n in (100, 0)][1]

    assert (found["status"], found["cancel_amount"]) == ("cancelled", old["amount"])
    first, second = found["cancel_history"]
    assert first["pg_tid"] == found["pg_tid"] == old["pg_tid"]
    assert second["pg_tid"][:14] == old["pg_tid"][:14]
    assert ("channel" in found) is not is_legacy


def test_a_clerk_cancels_cents_in_the_console(api):
    payment = api.post(
        "/subscribe/payments/onetime", merchant_uid="o", amount=19.99, currency="USD", **GOOD
    ).response

    part = api.sandbox.cancel_at_console(payment["imp_uid"], amount=455)
    rest = api.sandbox.cancel_at_console(payment["imp_uid"])

    assert (part["cancel_amount"], rest["cancel_amount"]) == (4.55, 19.99)
    assert [entry["amount"] for entry in rest["cancel_history"]] == [4.55, 15.44]
    assert {entry["reason"] for entry in rest["cancel_history"]} == {"관리자페이지취소"}
