"""What stands around a payment: prepared amounts, accounts, receipts, code tables, settings."""

from __future__ import annotations

import pytest
from sandbox_cards import GOOD, SEED_CARD, refusal

DAY_S = 86_400


@pytest.fixture
def api(fresh):
    return fresh()


def account(api, order="order-1", **changes):
    """Ask for a virtual account at NICE, which has them."""
    fields = {
        "merchant_uid": order,
        "amount": 5_000,
        "vbank_code": "088",
        "vbank_due": api.sandbox.now_s + DAY_S,
        "vbank_holder": "샘플상점",
        "pg": "nice",
    }
    return api.post("/vbanks", **{**fields, **changes})


def test_an_amount_is_prepared_once_changed_and_read(api):
    order = {"merchant_uid": "order-1"}
    first = api.post("/payments/prepare", **order, amount=420_000)
    again = api.post("/payments/prepare", **order, amount=1)
    changed = api.call("PUT", "/payments/prepare", {**order, "amount": 430_000, "currency": "KRW"})

    assert first.response == {**order, "amount": 420_000, "currency": None}
    assert (again.status, again.code) == (200, 1)
    assert changed.response == {**order, "amount": 430_000, "currency": "KRW"}
    assert api.get("/payments/prepare/order-1").response == changed.response


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_an_amount_that_is_not_prepared_is_not_found(api, method):
    body = {"merchant_uid": "order-1", "amount": 10}
    path = "/payments/prepare" + ("/order-1" if method == "GET" else "")

    answer = api.call(method, path, body if method == "PUT" else None)

    assert refusal(answer) == (404, -1, "사전등록된 결제정보가 존재하지 않습니다.")


@pytest.mark.parametrize("fields", [{"amount": "x"}, {}, {"amount": 1, "currency": "XXX"}])
def test_a_prepared_amount_must_be_one(api, fields):
    assert api.post("/payments/prepare", merchant_uid="order-1", **fields).status == 400


def test_an_account_is_issued_waits_and_is_paid(api):
    issued = account(api).response
    window = {"from": issued["started_at"], "to": issued["started_at"]}
    waiting = api.get("/payments/status/ready", **window).response["list"]

    api.sandbox.acts.deposit(issued["imp_uid"])

    paid = api.get(f"/payments/{issued['imp_uid']}").response
    assert waiting == [issued]
    assert (issued["vbank_code"], issued["vbank_name"]) == ("088", "신한은행")
    assert (issued["status"], paid["status"]) == ("ready", "paid")
    assert (paid["vbank_num"], paid["vbank_date"]) == (issued["vbank_num"], issued["vbank_date"])
    assert api.get("/payments/status/ready", **window).response["total"] == 0


def test_several_accounts_may_wait_for_one_order_until_one_is_paid(api):
    first, second = (account(api).response for _ in range(2))
    api.sandbox.acts.deposit(first["imp_uid"])

    third = account(api)

    assert first["imp_uid"] != second["imp_uid"]
    assert third.code == 1
    assert api.sandbox.acts.deposit(second["imp_uid"])["status"] == "paid"


def test_an_account_that_waits_can_be_changed_and_revoked(api):
    path = f"/vbanks/{account(api).response['imp_uid']}"
    due_s = api.sandbox.now_s + 5 * DAY_S

    changed = api.call("PUT", path, {"amount": 7_000, "vbank_due": due_s}).response
    revoked = api.call("DELETE", path).response
    again = [api.call("PUT", path, {"amount": 1}), api.call("DELETE", path)]

    assert (changed["amount"], changed["vbank_date"]) == (7_000, due_s)
    assert (revoked["status"], revoked["fail_reason"]) == ("failed", "계좌말소")
    assert [answer.status for answer in again] == [400, 400]
    assert api.call("DELETE", "/vbanks/imp_0").status == 404


def test_jtnet_issues_no_account_by_api(api):
    answer = account(api, pg="jtnet")
    waiting = api.sandbox.acts.open_window(
        {"merchant_uid": "order-2", "pay_method": "vbank", "amount": 10, "pg": "jtnet"}
    )
    api.sandbox.acts.settle_window(waiting, bank="004")

    assert refusal(answer) == (200, 1, "가상계좌 발급을 지원하지 않는 PG사입니다.")
    assert api.call("DELETE", f"/vbanks/{waiting}").status == 400


@pytest.mark.parametrize(
    "change",
    [{"vbank_code": "999"}, {"vbank_due": 1}, {"amount": 0}, {"vbank_holder": ""}],
)
def test_an_account_needs_a_bank_a_deadline_an_amount_and_a_holder(api, change):
    assert account(api, **change).status == 400


def deposited(api):
    uid = account(api).response["imp_uid"]
    api.sandbox.acts.deposit(uid)
    return uid


def test_a_receipt_is_issued_over_what_is_left_read_and_cancelled(api):
    uid = deposited(api)
    refund = {"refund_holder": "홍길동", "refund_bank": "004", "refund_account": "98765432109"}
    api.post("/payments/cancel", imp_uid=uid, amount=1_000, **refund)
    path = f"/receipts/{uid}"

    none = api.get(path)
    issued = api.post(path, identifier="010-0000-0001").response
    again = api.post(path, identifier="010-0000-0001")
    read = api.get(path).response
    cancelled = api.call("DELETE", path).response

    assert (none.status, none.code) == (404, -1)
    assert (issued["amount"], issued["vat"], issued["type"]) == (4_000, 364, "person")
    assert (again.status, read) == (400, issued)
    assert cancelled["cancelled_at"] >= issued["applied_at"]
    assert "010-0000-0001" not in repr(api.get(path).content)
    assert api.get(f"/payments/{uid}").response["cash_receipt_issued"] is False


def test_a_receipt_says_what_is_free_of_tax(api):
    receipt = api.post(f"/receipts/{deposited(api)}", identifier="1", tax_free=2_800).response

    assert (receipt["amount"], receipt["vat"]) == (5_000, 200)


def test_a_receipt_is_for_cash_that_was_paid(api):
    card = api.post(
        "/subscribe/payments/onetime", merchant_uid="c", amount=10, pg="nice", **GOOD
    ).response["imp_uid"]
    waiting = account(api, "order-9").response["imp_uid"]

    answers = [api.post(f"/receipts/{uid}", identifier="1") for uid in (card, waiting, "imp_0")]

    assert [answer.status for answer in answers] == [400, 400, 400]


@pytest.mark.parametrize(
    "change", [{"type": "nobody"}, {"tax_free": 11_001}, {"amount": 0}, {"identifier": ""}]
)
def test_a_receipt_that_cannot_be_is_refused(api, change):
    fields = {"name": "x", "amount": 11_000, "identifier": "1", "pg": "nice", **change}

    assert api.post("/receipts/external/order-1", **fields).status == 400
    assert api.get("/receipts/external/order-1").status == 404


def test_jtnet_has_no_receipts_by_api(api):
    card = api.post(
        "/subscribe/payments/onetime", merchant_uid="c", amount=10, pg="jtnet", **SEED_CARD
    ).response["imp_uid"]

    answers = [
        api.post(f"/receipts/{card}", identifier="1"),
        api.call("DELETE", f"/receipts/{card}"),
        api.post("/receipts/external/o-1", name="x", amount=1, identifier="1", pg="jtnet"),
    ]

    assert [refusal(answer) for answer in answers] == [
        (501, -1, "현재 지원되지 않는 PG사입니다.")
    ] * 3


def test_a_receipt_of_a_sale_outside_is_kept_under_its_order(api):
    path = "/receipts/external/order-1"
    none = api.get(path).status
    fields = {"name": "현장 판매", "amount": 11_000, "identifier": "0000000000", "pg": "nice"}

    issued = api.post(path, **fields, type="company").response
    again = api.post(path, **fields)
    cancelled = api.call("DELETE", path).response

    assert none == 404
    assert (issued["merchant_uid"], issued["vat"]) == ("order-1", 1_000)
    assert again.status == 400
    assert api.get(path).response == cancelled
    assert api.call("DELETE", "/receipts/external/order-2").status == 404
    assert api.get("/receipts/order-1").status == 404


def test_the_card_and_bank_codes_are_text_with_their_zeros(api):
    cards, banks = api.get("/cards").response, api.get("/banks").response

    assert {"code": "041", "name": "우리카드"} in cards
    assert {"code": "366", "name": "신한카드"} in cards
    assert {"code": "004", "name": "KB국민은행"} in banks
    assert api.get("/cards/366").response == {"code": "366", "name": "신한카드"}
    assert api.get("/banks/088").response == {"code": "088", "name": "신한은행"}
    assert (api.get("/cards/41").status, api.get("/banks/88").status) == (404, 404)


def test_the_settings_name_every_mid_of_the_account(api):
    settings = api.get("/users/pg").response

    mids = {setting["pg_id"] for setting in settings}
    assert {p["pg_id"] for p in api.sandbox.payments if p.get("pg_id")} <= mids
    assert len({setting["channel_key"] for setting in settings}) == len(settings)
    tests = {setting["pg_id"] for setting in settings if setting["sandbox"]}
    assert {mid for mid in mids if mid.startswith("tpaytest")} <= tests


def test_a_channel_key_chooses_as_the_mid_does(api):
    setting = next(s for s in api.get("/users/pg").response if s["pg_id"] == "shopjt002m")

    payment = api.post(
        "/subscribe/payments/onetime",
        merchant_uid="o",
        amount=10,
        channel_key=setting["channel_key"],
        **GOOD,
    ).response

    assert payment["pg_id"] == "shopjt002m"


def test_tiers_have_names(api):
    assert api.get("/tiers/A01").response == {"tier_code": "A01", "tier_name": "강남점"}
    assert (api.get("/tiers/ZZZ").status, api.get("/tiers/ZZZ").code) == (404, -1)


def test_a_balance_is_kept_by_other_pgs_only(api):
    payment = next(p for p in api.sandbox.payments if p["status"] == "paid")

    answer = api.get(f"/payments/{payment['imp_uid']}/balance")

    assert (answer.status, answer.code) == (404, -1)
    assert answer.message.startswith("(현재는 PAYCO, KCP만 지원됩니다)")
    assert api.get("/payments/imp_0/balance").message == "존재하지 않는 결제정보입니다."


@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_neither_pg_takes_delivery_notes(api, method):
    payment = next(p for p in api.sandbox.payments if p["status"] == "paid")
    path = f"/escrows/logis/{payment['imp_uid']}"

    assert refusal(api.call(method, path)) == (400, 1, "현재 지원되지 않는 PG사입니다.")
    assert api.call(method, "/escrows/logis/imp_0").status == 404


def test_there_are_no_identity_checks_and_no_naver_orders(api):
    uid = api.sandbox.payments[0]["imp_uid"]
    expected = {
        "/certifications/imp_0": 404,
        f"/payments/{uid}/naver/product-orders": 404,
        f"/payments/{uid}/naver/cash-amount": 400,
        "/naver/product-orders/1": 404,
        "/naver/reviews?from=1&to=2&review_type=general": 400,
    }

    assert {path: api.get(path).status for path in expected} == expected
    assert api.get("/certifications/imp_0").message == "인증결과가 존재하지 않습니다."
