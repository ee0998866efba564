"""Billing keys of the sandbox: issued, replaced, read, deleted."""

from __future__ import annotations

import pytest
from sandbox_cards import GOOD, SEED_CARD, charge, issue, odd, refusal
from sandbox_http import segment

UID = "gildong_0001_1234"
PATH = f"/subscribe/customers/{UID}"


@pytest.fixture
def api(fresh):
    return fresh()


def test_a_key_is_issued_for_a_card_and_shows_no_more_than_its_masked_number(api):
    answer = api.post(PATH, **SEED_CARD, customer_name="홍길동", customer_email="hong@example.com")

    key = answer.response
    assert (answer.status, answer.code) == (200, 0)
    assert (key["customer_uid"], key["card_code"], key["card_name"]) == (UID, "381", "KB국민카드")
    assert (key["card_number"], key["card_type"]) == ("123412******1234", None)
    assert (key["customer_name"], key["customer_email"]) == ("홍길동", "hong@example.com")
    assert key["inserted"] == key["updated"] == pytest.approx(api.sandbox.now_s, abs=2)
    assert api.get(PATH).response == key
    for secret in ("1234123412341234", "820213", "pwd_2digit", "2025-12"):
        assert secret not in repr(api.get(PATH).content)


def test_another_card_under_the_same_name_keeps_inserted_and_moves_updated(api):
    first = issue(api, card=SEED_CARD)
    api.sandbox.advance(1000)

    second = issue(api, card=GOOD)

    assert second["inserted"] == first["inserted"]
    assert second["updated"] >= first["updated"] + 1000
    assert (second["card_code"], first["card_code"]) == ("366", "381")
    assert api.get(PATH).response == second


def test_a_replaced_card_is_the_one_that_is_charged_and_old_payments_keep_theirs(api):
    issue(api, card=SEED_CARD)
    before = charge(api, "order-1")
    issue(api, card=GOOD)

    after = charge(api, "order-2")

    assert (before["card_code"], after["card_code"]) == ("381", "366")
    assert api.get(f"/payments/{before['imp_uid']}").response["card_code"] == "381"


def test_a_deleted_key_is_gone_and_its_payments_stay(api):
    key = issue(api)
    payment = charge(api, "order-1")

    deleted = api.call("DELETE", f"{PATH}?reason=bye&extra[requester]=customer")

    assert deleted.response == key
    message = f"요청하신 customer_uid({UID})로 등록된 정보를 찾을 수 없습니다."
    assert refusal(api.get(PATH)) == (200, 1, message)
    assert refusal(api.call("DELETE", PATH)) == (200, 1, message)
    again = api.post(
        "/subscribe/payments/again", customer_uid=UID, merchant_uid="order-2", amount=1
    )
    assert refusal(again) == (200, 1, "등록되지 않은 구매자입니다.")
    assert api.get(f"{PATH}/payments").response["list"] == [payment]


def test_as_documented_an_unknown_key_is_not_found(fresh):
    api = fresh(strict_openapi=True)

    answers = [api.get(PATH), api.call("DELETE", PATH), api.get(f"{PATH}/payments")]

    assert [(answer.status, answer.code) for answer in answers] == [(404, -1)] * 3


def test_several_keys_are_read_at_once_and_a_207_says_that_some_are_missing(api):
    for uid in ("a", "b"):
        issue(api, uid)

    def ask(*uids):
        return api.get("/subscribe/customers", **{"customer_uid[]": uids})

    assert (ask("a", "b").status, len(ask("a", "b").response)) == (200, 2)
    found = ask("a", "nobody", "b")
    assert (found.status, found.code, found.message) == (207, 0, None)
    assert {key["customer_uid"] for key in found.response} == {"a", "b"}
    assert (ask("nobody").status, ask("nobody").code) == (404, -1)
    assert api.get("/subscribe/customers").status == 400
    assert ask(*(f"k{n}" for n in range(101))).status == 400


@pytest.mark.parametrize(
    ("card", "message"),
    [
        (odd(5), "유효하지않은 카드번호를 입력하셨습니다."),
        (odd(4), "유효기간이 경과한 카드입니다."),
        (odd(6), "생년월일 또는 비밀번호가 일치하지 않습니다."),
        (odd(3), "분실·도난 신고된 카드입니다."),
        ({**GOOD, "expiry": "2022-12"}, "유효기간이 경과한 카드입니다."),
        ({**GOOD, "expiry": "12/30"}, "유효기간이 경과한 카드입니다."),
        ({**GOOD, "birth": "8202"}, "생년월일 또는 비밀번호가 일치하지 않습니다."),
        ({**GOOD, "pwd_2digit": "0000"}, "생년월일 또는 비밀번호가 일치하지 않습니다."),
    ],
    ids=["number", "expired", "owner", "lost", "past", "no expiry", "birth", "password"],
)
def test_a_card_that_is_not_recognised_gets_no_key(api, card, message):
    answer = api.post(PATH, **card)

    status, code, text = refusal(answer)
    assert (status, code) == (200, -1)
    assert text.startswith("카드정보 인증 및 빌키 발급에 실패하였습니다. [F1")
    assert text.endswith(message)
    assert api.get(PATH).code == 1


@pytest.mark.parametrize("number", ["4111-1111-1111-1111", "5272-8900-0000-1234", "9410000000000"])
def test_a_real_card_is_refused(api, number):
    answer = api.post(PATH, **{**GOOD, "card_number": number})

    assert answer.code == -1
    assert "실제 카드를 받지 않습니다" in answer.message
    assert number not in answer.message


@pytest.mark.parametrize("missing", ["card_number", "expiry"])
def test_what_is_missing_is_told(api, missing):
    card = {name: value for name, value in GOOD.items() if name != missing}

    assert refusal(api.post(PATH, **card)) == (
        400,
        1,
        f"필수 파라메터가 누락되었습니다. ({missing})",
    )


@pytest.mark.parametrize(
    "number", ["0000-0000-0366-0000", "0000000000410000", "0000 0000 0090 0000"]
)
def test_every_card_company_has_a_card_that_is_approved(api, number):
    key = issue(api, card={**GOOD, "card_number": number})

    assert key["card_code"] == number.replace("-", "").replace(" ", "")[9:12]
    assert charge(api, "order-1")["status"] == "paid"


def test_a_name_that_must_be_encoded_works(api):
    uid = "고객/1 #2?&"
    path = f"/subscribe/customers/{segment(uid)}"

    assert api.post(path, **GOOD).response["customer_uid"] == uid
    assert api.get(f"{path}/payments").response["total"] == 0
    assert api.get(path).response["customer_uid"] == uid


def test_keys_of_the_month_can_be_charged(api):
    uid = next(p["customer_uid"] for p in api.sandbox.payments if p.get("customer_uid"))
    key = api.get(f"/subscribe/customers/{uid}").response

    payment = charge(api, "order-1", uid=uid)

    names = ("pg_provider", "pg_id", "card_code", "card_number")
    assert payment["status"] == "paid"
    assert {name: payment[name] for name in names} == {name: key[name] for name in names}


def test_a_name_longer_than_eighty_is_refused_wherever_a_key_is_made(api):
    uid = "x" * 81
    at_s = api.sandbox.now_s + 100
    schedules = [{"merchant_uid": "o-1", "schedule_at": at_s, "amount": 10}]

    answers = [
        api.post(f"/subscribe/customers/{uid}", **GOOD),
        api.post(
            "/subscribe/payments/onetime", merchant_uid="o", amount=1, customer_uid=uid, **GOOD
        ),
        api.post("/subscribe/payments/schedule", customer_uid=uid, schedules=schedules, **GOOD),
    ]

    assert [(answer.status, answer.code) for answer in answers] == [(400, 1)] * 3
