"""Charges without a window: again, onetime, and what a card company can say to them."""

from __future__ import annotations

import json
import re
from urllib.parse import urlencode

import pytest
from sandbox_cards import GOOD, SEED_CARD, charge, issue, odd, refusal

AGAIN, ONETIME = "/subscribe/payments/again", "/subscribe/payments/onetime"
DONE = "이미 주문이 이루어진 건입니다. (동일한 merchant_uid로 결제 또는 취소된 기록이 있습니다)"


@pytest.fixture
def api(fresh):
    return fresh()


def everywhere(api, payment):
    """Find a payment by each way to read it."""
    imp_uid, order = payment["imp_uid"], payment["merchant_uid"]
    clock = {"paid": "paid_at", "failed": "failed_at", "cancelled": "cancelled_at"}
    at_s = payment[clock[payment["status"]]]
    window = {"from": at_s, "to": at_s, "limit": 1000}
    lists = [
        api.get("/payments", **{"imp_uid[]": imp_uid}).response,
        api.get("/payments", **{"merchant_uid[]": order}).response,
        api.get(f"/payments/findAll/{order}").response["list"],
        api.get(f"/payments/findAll/{order}/{payment['status']}").response["list"],
        api.get("/payments/status/all", **window).response["list"],
        api.get(f"/payments/status/{payment['status']}", **window).response["list"],
    ]
    if payment["customer_uid"]:
        path = f"/subscribe/customers/{payment['customer_uid']}/payments"
        lists.append(api.get(path).response["list"])
    single = [api.get(f"/payments/{imp_uid}"), api.get(f"/payments/find/{order}")]
    lists.append([answer.response for answer in single])
    return [[row for row in rows if row["imp_uid"] == imp_uid] for rows in lists]


def test_a_key_is_charged_and_the_payment_shows_wherever_one_looks(api):
    issue(api, customer_name="홍길동", customer_tel="010-0000-0001")

    payment = charge(api, "order_id_8237352", 3000)

    assert re.fullmatch(r"imps_\d{12}", payment["imp_uid"])
    assert re.fullmatch(r"[0-9a-zA-Z]{9}m0124\d{12}\d{4}", payment["pg_tid"])
    assert re.fullmatch(r"\d{8}", payment["apply_num"])
    assert (payment["status"], payment["amount"], payment["channel"]) == ("paid", 3000, "api")
    assert (payment["customer_uid_usage"], payment["card_quota"]) == ("payment", 0)
    assert payment["user_agent"] == "sorry_not_supported_anymore"
    assert (payment["buyer_name"], payment["buyer_tel"]) == ("홍길동", "010-0000-0001")
    assert payment["name"] is None
    for rows in everywhere(api, payment):
        assert rows
        assert all(row == payment for row in rows)


def test_a_charge_takes_what_it_is_told_of_goods_and_buyer(api):
    issue(api, customer_name="홍길동")
    told = {
        "name": "x" * 60,
        "buyer_name": "김하나",
        "buyer_email": "hana@example.com",
        "custom_data": {"from": ["web"]},
        "card_quota": 3,
    }

    payment = charge(api, "order-1", 60_000, **told)

    assert (payment["name"], payment["buyer_name"]) == ("x" * 40, "김하나")
    assert (payment["custom_data"], payment["card_quota"]) == ('{"from": ["web"]}', 3)


def test_a_card_is_charged_once_and_not_kept(api):
    answer = api.post(ONETIME, merchant_uid="order-1", amount=5000, **SEED_CARD)

    payment = answer.response
    assert (payment["status"], payment["customer_uid"]) == ("paid", None)
    assert (payment["card_code"], payment["card_number"]) == ("381", "123412******1234")
    for rows in everywhere(api, payment):
        assert all(row == payment for row in rows)
        assert rows


def test_with_a_customer_uid_the_card_is_charged_and_kept(api):
    buyer = {"buyer_name": "김하나", "buyer_tel": "010-0000-0002"}
    answer = api.post(
        ONETIME, merchant_uid="order-1", amount=5000, customer_uid="new-key", **GOOD, **buyer
    )

    key = api.get("/subscribe/customers/new-key").response
    assert (answer.response["customer_uid"], answer.response["customer_uid_usage"]) == (
        "new-key",
        "payment",
    )
    assert (key["customer_name"], key["customer_tel"]) == ("김하나", "010-0000-0002")
    assert charge(api, "order-2", uid="new-key")["status"] == "paid"


@pytest.mark.parametrize(
    ("number", "reason"),
    [(1, "[한도초과] 카드 한도를 확인해 주세요"), (2, "[잔액부족] 결제계좌 잔액이 부족합니다")],
)
def test_a_declined_charge_is_a_success_of_the_call_and_a_failed_payment(api, number, reason):
    issue(api, card=odd(number))

    again = charge(api, "order-1")
    once = api.post(ONETIME, merchant_uid="order-2", amount=10, **odd(number))

    assert (once.status, once.code) == (200, 0)
    for payment in (again, once.response):
        assert (payment["status"], payment["fail_reason"]) == ("failed", reason)
        assert (payment["pg_tid"], payment["paid_at"]) == (None, 0)
        assert payment["failed_at"] > 0
        for rows in everywhere(api, payment):
            assert rows


def test_an_order_that_failed_can_be_tried_again_and_a_paid_one_cannot(api):
    issue(api, card=odd(9))

    tries = [charge(api, "order-1") for _ in range(2)]
    third = api.post(AGAIN, customer_uid="gildong_0001_1234", merchant_uid="order-1", amount=3000)

    assert [payment["status"] for payment in tries] == ["failed", "paid"]
    assert refusal(third) == (200, 1, DONE)
    assert api.get("/payments/findAll/order-1").response["total"] == 2
    assert api.get("/payments/find/order-1/paid").response == tries[1]


def test_a_cancelled_order_id_is_used_up(api):
    issue(api)
    payment = charge(api, "order-1")
    api.post("/payments/cancel", imp_uid=payment["imp_uid"])

    answer = api.post(ONETIME, merchant_uid="order-1", amount=3000, **GOOD)

    assert refusal(answer) == (200, 1, DONE)


@pytest.mark.parametrize(
    ("card", "expected"),
    [
        (odd(5), "유효하지않은 카드번호를 입력하셨습니다."),
        (odd(4), "카드정보 인증에 실패하였습니다. [F113]유효기간이 경과한 카드입니다."),
        (
            odd(6),
            "카드정보 인증에 실패하였습니다. [F114]생년월일 또는 비밀번호가 일치하지 않습니다.",
        ),
        (odd(3), "카드정보 인증에 실패하였습니다. [F115]분실·도난 신고된 카드입니다."),
    ],
)
def test_a_card_that_is_not_recognised_leaves_no_payment(api, card, expected):
    answer = api.post(ONETIME, merchant_uid="order-1", amount=3000, customer_uid="new", **card)

    assert refusal(answer) == (200, -1, expected)
    assert api.get("/payments/findAll/order-1").status == 404
    assert api.get("/subscribe/customers/new").code == 1


def test_an_answer_that_is_lost_leaves_a_payment_that_is_paid_a_minute_later(api):
    answer = api.post(ONETIME, merchant_uid="order-1", amount=3000, **odd(7))
    meanwhile = api.get("/payments/find/order-1").response
    api.sandbox.advance(61)
    later = api.get("/payments/find/order-1").response

    assert (answer.status, answer.code, answer.response) == (500, -1, None)
    assert (meanwhile["status"], meanwhile["paid_at"]) == ("ready", 0)
    assert (later["status"], later["imp_uid"]) == ("paid", meanwhile["imp_uid"])
    assert later["paid_at"] == later["started_at"] + 60


@pytest.mark.parametrize("missing", ["customer_uid", "merchant_uid", "amount"])
def test_what_is_missing_is_told(api, missing):
    issue(api)
    fields = {"customer_uid": "gildong_0001_1234", "merchant_uid": "order-1", "amount": 10}
    del fields[missing]

    assert refusal(api.post(AGAIN, **fields)) == (
        400,
        1,
        f"필수 파라메터가 누락되었습니다. ({missing})",
    )


@pytest.mark.parametrize("amount", [-1, 0, 10.5, "1,000", "ten", "３０００", True, [3000]])
def test_what_is_no_amount_is_refused_and_charges_nothing(api, amount):
    issue(api)

    answer = api.post(
        AGAIN, customer_uid="gildong_0001_1234", merchant_uid="order-1", amount=amount
    )

    assert answer.status == 400
    assert answer.code == 1
    assert api.get("/payments/findAll/order-1").status == 404


def test_an_order_id_longer_than_forty_is_refused(api):
    assert api.post(ONETIME, merchant_uid="x" * 41, amount=10, **GOOD).status == 400


def test_dollars_keep_their_cents(api):
    answer = api.post(ONETIME, merchant_uid="order-1", amount=19.99, currency="USD", **GOOD)

    assert (answer.response["amount"], answer.response["currency"]) == (19.99, "USD")


@pytest.mark.parametrize(
    ("pg", "mid"),
    [
        ("jtnet", "shopjt002m"),
        ("jtnet.shopjt002m", "shopjt002m"),
        ("nice", "IMP00002am"),
        ("jtnet.tpaytest1m", "tpaytest1m"),
        ("nobody", "IMP00002am"),
    ],
)
def test_a_charge_goes_to_the_named_pg_else_to_that_of_the_day(api, pg, mid):
    answer = api.post(ONETIME, merchant_uid="order-1", amount=10, pg=pg, **GOOD)

    assert answer.response["pg_id"] == mid


def test_before_the_move_jtnet_takes_what_names_no_pg(fresh):
    api = fresh("2022-08")

    payment = api.post(ONETIME, merchant_uid="order-1", amount=10, **GOOD).response

    assert (payment["pg_provider"], payment["pg_id"]) == ("jtnet", "shopjt002m")
    assert payment["pg_tid"].startswith("shopjt002m0124")
    assert payment["card_type"] is None
    assert payment["receipt_url"].startswith("https://www.tpay.co.kr/")


def test_a_payment_at_a_test_mid_is_marked_hidden_and_voided_the_same_night(api):
    payment = api.post(ONETIME, merchant_uid="o", amount=10, pg="jtnet.tpaytest1m", **GOOD).response
    path = f"/payments/{payment['imp_uid']}"
    hidden, shown = api.get(path), api.get(path, include_sandbox="true")
    api.sandbox.advance(86_400)
    voided = Asked(api).get(path, include_sandbox="true").response

    assert payment["sandbox"] is True
    assert (hidden.status, shown.response) == (404, payment)
    assert (voided["status"], voided["cancel_amount"]) == ("cancelled", 10)
    second = (voided["cancelled_at"] + 9 * 3600) % 86_400
    assert 23 * 3600 <= second < 23 * 3600 + 50 * 60
    assert voided["cancelled_at"] // 86_400 - payment["paid_at"] // 86_400 <= 1


class Asked:
    """Asks with a token of now: the clock was put forward past the old one."""

    def __new__(cls, api):
        return type(api)(api.sandbox)


@pytest.mark.parametrize(
    "headers",
    [{"Authorization": "Bearer {}"}, {"Authorization": "{}"}, {"X-ImpTokenHeader": "{}"}],
)
@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
def test_each_form_of_token_and_of_body_charges(api, headers, kind):
    issue(api)
    fields = {"customer_uid": "gildong_0001_1234", "merchant_uid": "order-1", "amount": 3000}
    body = urlencode(fields) if kind.endswith("urlencoded") else None
    headers = {name: form.format(api.token) for name, form in headers.items()}
    if body is None:
        answer = api.send("POST", AGAIN, headers=headers, json_body=fields)
    else:
        answer = api.send("POST", AGAIN, headers={**headers, "Content-Type": kind}, body=body)

    assert (answer.response["status"], answer.response["amount"]) == ("paid", 3000)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", AGAIN),
        ("POST", ONETIME),
        ("POST", "/subscribe/customers/x"),
        ("DELETE", "/subscribe/customers/x"),
        ("POST", "/subscribe/payments/schedule"),
        ("POST", "/subscribe/payments/unschedule"),
        ("PUT", "/subscribe/payments/schedule/x"),
        ("POST", "/payments/cancel"),
        ("PUT", "/payments/prepare"),
        ("POST", "/vbanks"),
    ],
)
def test_no_operation_without_a_token(api, method, path):
    answer = api.send(method, path, json_body=dict(GOOD, merchant_uid="order-1", amount=10))

    assert refusal(answer) == (401, -1, "Unauthorized")


def test_payments_of_a_sub_merchant_are_its_own(api):
    fields = {"merchant_uid": "order-1", "amount": 10, **GOOD}
    payment = api.call("POST", ONETIME, fields, Tier="A01").response
    path = f"/payments/{payment['imp_uid']}"

    assert api.call("GET", path, Tier="A01").response == payment
    assert api.call("GET", path, Tier="B02").status == 404
    assert api.get(path).status == 404
    assert api.get("/payments/findAll/order-1").status == 404
    assert api.post(ONETIME, **fields).code == 0
    assert api.call("GET", path, Tier="ZZZ").status == 404


def test_half_a_character_does_not_stop_the_server(api):
    body = json.dumps({"merchant_uid": "o-1", "amount": 10, "name": "\ud83d", **GOOD})
    headers = {"Authorization": api.token, "Content-Type": "application/json"}

    answer = api.send("POST", ONETIME, headers=headers, body=body)

    assert answer.response["name"] == "?"
    assert api.get("/payments/find/o-1").response == answer.response
