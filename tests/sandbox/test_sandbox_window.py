"""The guide's own `IMP.request_pay` runs in a real browser, only the script's address changed."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest
from sandbox_http import Asker
from window_shop import PC, PHONE, Shop, Shopper, page_of

import jtnet_recon as jr
from jtnet_recon.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.system

# JTNet still took payments when this sandbox's clock starts, on 2022-12-20.
MONTH, TODAY = "2022-08", "2022-12-20"
ORDER, KEY = "{Merchant created Order ID}", "{Unique ID for the card (billing key)}"
MOBILE = "{Mobile only - URL to redirect to after payment approval}"
# The guide's own example.
RETURN = "https://www.my-service.com/payments/complete/mobile"
NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(MONTH, seed=9, orders=100) as sandbox:
        yield sandbox


def payment_of(sandbox: Sandbox, merchant_uid: str) -> dict[str, Any]:
    (found,) = [row for row in sandbox.payments if row["merchant_uid"] == merchant_uid]
    return found


def client_of(sandbox: Sandbox) -> jr.Client:
    return jr.connect(sandbox.url, sandbox.key, sandbox.secret, progress=False)


def test_the_guides_snippet_as_it_stands_is_paid_on_a_pc(shopper: Any, shop: Shop) -> None:
    with Sandbox(MONTH, orders=100) as sandbox:
        one: Shopper = shopper()
        one.open(shop.show(page_of("window_pay"), sandbox))
        one.pay()
        one.page.wait_for_selector("iframe", state="detached")

        with client_of(sandbox) as client:
            (row,) = client.payments_by_merchant_uid(ORDER).to_dict("records")

    assert (row["status"], row["amount"], row["pay_method"]) == ("paid", 14_000, "card")
    assert (row["pg_provider"], row["channel"], row["buyer_name"]) == ("jtnet", "pc", "John Doe")
    assert one.page.url.startswith(shop.url)


def test_the_guides_snippet_as_it_stands_is_paid_on_a_phone(shopper: Any, shop: Shop) -> None:
    with Sandbox(MONTH, orders=100) as sandbox:
        one: Shopper = shopper(PHONE)
        one.open(shop.show(page_of("window_pay"), sandbox))
        one.pay()
        back = one.returned()
        row = payment_of(sandbox, ORDER)

    assert back == {"imp_uid": row["imp_uid"], "merchant_uid": ORDER, "imp_success": "true"}
    assert (row["status"], row["channel"]) == ("paid", "mobile")
    assert "iPhone" in row["user_agent"]


@pytest.mark.parametrize("device", [PC, PHONE], ids=["pc", "phone"])
@pytest.mark.parametrize("method", ["card", "trans", "vbank", "phone"])
def test_each_method_of_the_guide_is_paid(
    shopper: Any, shop: Shop, sandbox: Sandbox, method: str, device: dict[str, Any]
) -> None:
    one: Shopper = shopper(device)
    one.page.route(f"{RETURN}*", lambda route: route.fulfill(body="Thank you"))
    order = f"order_no_{next(NUMBERS):04d}"
    changes = {ORDER: order, MOBILE: RETURN, "'card'": f"'{method}'"}
    one.open(shop.show(page_of("window_pay"), sandbox, **changes))
    one.pay()
    if device is PHONE:
        assert one.returned()["imp_success"] == "true"
        assert one.page.url.startswith(RETURN)
    else:
        one.page.wait_for_selector("iframe", state="detached")

    with client_of(sandbox) as client:
        pulled = client.payments(TODAY).set_index("merchant_uid").loc[order]

    assert (pulled["pay_method"], pulled["pg_provider"]) == (method, "jtnet")
    assert pulled["status"] == ("ready" if method == "vbank" else "paid")
    assert (pulled["vbank_num"] == pulled["vbank_num"]) == (method == "vbank")


@pytest.mark.parametrize("device", [PC, PHONE], ids=["pc", "phone"])
@pytest.mark.parametrize("amount", [0, 9_900], ids=["key only", "key and initial payment"])
def test_the_guides_billing_key_is_issued_and_charged_again(
    shopper: Any, shop: Shop, sandbox: Sandbox, amount: int, device: dict[str, Any]
) -> None:
    one: Shopper = shopper(device)
    number = next(NUMBERS)
    order, key = f"issue_billingkey_monthly_{number:04d}", f"gildong_{number:04d}_1234"
    changes = {
        ORDER: order,
        KEY: key,
        "amount : 0": f"amount : {amount}",
        "{redirect URL}": "/done",
    }
    one.open(shop.show(page_of("window_billing_key"), sandbox, **changes))
    one.pay()
    if device is PHONE:
        assert one.returned()["imp_success"] == "true"
    else:
        one.page.wait_for_selector("iframe", state="detached")
        one.page.wait_for_timeout(50)
        assert one.alerts == ["Success"]

    row, api = payment_of(sandbox, order), Asker(sandbox)
    assert (row["status"], row["amount"], row["customer_uid_usage"]) == ("paid", amount, "issue")
    assert api.get(f"/subscribe/customers/{key}").response["card_code"] == row["card_code"]
    again = {"customer_uid": key, "merchant_uid": f"again-{number}", "amount": 3_000}
    token = {"Authorization": api.token}
    charged = api.send("POST", "/subscribe/payments/again", headers=token, json_body=again)
    assert charged.response["status"] == "paid"


def test_a_refused_billing_key_alerts_the_guides_failure(
    shopper: Any, shop: Shop, sandbox: Sandbox
) -> None:
    one: Shopper = shopper()
    changes = {ORDER: f"key-{next(NUMBERS)}", "'card', // only": "'trans', // only"}
    one.open(shop.show(page_of("window_billing_key"), sandbox, **changes))
    one.page.wait_for_selector("iframe", state="detached")
    one.page.wait_for_timeout(50)

    assert one.alerts == ["Failed"]


def test_the_guides_card_restriction_lets_one_company_in(
    shopper: Any, shop: Shop, sandbox: Sandbox
) -> None:
    one: Shopper = shopper()
    order = f"order_no_{next(NUMBERS):04d}"
    one.open(shop.show(page_of("window_card_restriction"), sandbox, **{ORDER: order}))
    cards = one.window.locator("input[name=card_number]")
    cards.first.wait_for()
    enabled = one.window.locator("input[name=card_number]:enabled").evaluate_all(
        "all => all.map((one) => one.value)"
    )
    one.pay()
    one.page.wait_for_selector("iframe", state="detached")

    assert cards.count() == 0
    assert enabled == ["4242424242424242", *(f"{n:016d}" for n in range(1, 10))]
    assert payment_of(sandbox, order)["card_code"] == "366"


def test_without_a_pg_the_default_one_is_taken(buy: Any, sandbox: Sandbox) -> None:
    one: Shopper = buy(pay_method="card")
    one.pay()
    answer = one.answer()

    assert (answer["success"], answer["pg_provider"]) == (True, "jtnet")
    assert answer["paid_amount"] == 14_000


REFUSED = {
    "an amount as text": ({"amount": "14000"}, "정수"),
    "half a won": ({"amount": 140.5}, "정수"),
    "no amount": ({"amount": None}, "amount"),
    "nothing to pay": ({"amount": 0}, "0보다"),
    "no order id": ({"merchant_uid": None}, "merchant_uid"),
    "an order id of 41": ({"merchant_uid": "x" * 41}, "merchant_uid"),
    "a method that is none": ({"pay_method": "cash"}, "cash"),
    "a billing key by transfer": ({"pay_method": "trans", "customer_uid": "c1"}, "card"),
    "a PG that is not set up": ({"pg": "html5_inicis"}, "html5_inicis"),
    "a MID that is not set up": ({"pg": "jtnet.nobody"}, "jtnet.nobody"),
    "a restriction in words": ({"card": {"detail": "366"}}, "card.detail"),
    "a restriction by number": (
        {"card": {"detail": [{"card_code": 366, "enabled": True}]}},
        "card.detail",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_guide_forbids_comes_back_as_error_msg(
    buy: Any, sandbox: Sandbox, name: str
) -> None:
    params, message = REFUSED[name]
    before = len(sandbox.payments)

    answer = buy(**params).answer()

    assert (answer["success"], answer["imp_uid"]) == (False, None)
    assert message in answer["error_msg"]
    assert len(sandbox.payments) == before


def test_an_order_id_is_used_once(buy: Any) -> None:
    first: Shopper = buy(merchant_uid="twice")
    first.pay()
    assert first.answer()["success"]

    answer = buy(merchant_uid="twice").answer()

    assert "이미 주문이 이루어진 건입니다" in answer["error_msg"]


def test_a_prepared_amount_cannot_be_changed_in_the_page(buy: Any, sandbox: Sandbox) -> None:
    api = Asker(sandbox)
    prepared = {"merchant_uid": "prepared", "amount": 14_000}
    token = {"Authorization": api.token}
    assert api.send("POST", "/payments/prepare", headers=token, json_body=prepared).code == 0

    answer = buy(merchant_uid="prepared", amount=100).answer()

    assert "사전등록된 결제금액(14000)" in answer["error_msg"]


def test_a_refusal_on_a_phone_is_brought_back_by_the_redirect(buy: Any) -> None:
    back = buy(PHONE, amount="14000").returned()

    assert (back["imp_success"], back["kept"]) == ("false", "1")
    assert "정수" in back["error_msg"]
    assert "imp_uid" not in back


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "app://x", None, ""]
)
def test_a_phone_has_to_have_a_web_address_to_come_back_to(buy: Any, address: str | None) -> None:
    one: Shopper = buy(PHONE, m_redirect_url=address)

    assert "m_redirect_url" in one.answer()["error_msg"]
    assert one.alerts == []


@pytest.mark.parametrize(
    ("params", "label", "message"),
    [
        ({"pay_method": "card"}, "한도 초과", "한도초과"),
        ({"pay_method": "card"}, "잔액 부족", "잔액부족"),
        ({"pay_method": "card"}, "유효기간 경과", "유효기간"),
        ({"pay_method": "trans"}, "잔액 부족", "잔액부족"),
        ({"pay_method": "phone"}, "한도 초과", "휴대폰 결제 한도"),
    ],
)
def test_a_declined_payment_says_why_and_is_a_failed_row(
    buy: Any, sandbox: Sandbox, params: dict[str, Any], label: str, message: str
) -> None:
    one: Shopper = buy(**params)
    if params["pay_method"] == "card":
        one.window.locator("summary").click()
    one.window.get_by_label(label).check(force=True)
    one.pay()
    answer = one.answer()

    row = payment_of(sandbox, answer["merchant_uid"])
    assert (answer["success"], row["status"]) == (False, "failed")
    assert message in answer["error_msg"]
    assert row["fail_reason"] == answer["error_msg"]


def test_a_pg_that_does_not_answer_leaves_the_payment_open_until_it_does(
    buy: Any, sandbox: Sandbox
) -> None:
    one: Shopper = buy(pay_method="card")
    one.window.locator("summary").click()
    one.window.get_by_label("PG사 무응답").check(force=True)
    one.pay()
    answer = one.answer()

    assert answer["success"] is False
    assert "응답을 받지 못하였습니다" in answer["error_msg"]
    assert payment_of(sandbox, answer["merchant_uid"])["status"] == "ready"
    sandbox.advance(61)
    assert payment_of(sandbox, answer["merchant_uid"])["status"] == "paid"


def test_what_was_paid_in_the_window_is_p01_until_it_is_booked(
    buy: Any, sandbox: Sandbox, ledger_of: Any
) -> None:
    orders = []
    for amount in (8_500, 52_000):
        one: Shopper = buy(pay_method="card", amount=amount)
        one.pay()
        orders.append(one.answer()["merchant_uid"])
    with client_of(sandbox) as client:
        payments = client.payments(TODAY)
    # The other tests' payments are not this shop's.
    payments = payments[payments["merchant_uid"].isin(orders)]
    booked = f"merchant_uid | amount\n{orders[0]} | 8,500"

    before = jr.reconcile(payments, ledger_of(booked))
    after = jr.reconcile(payments, ledger_of(f"{booked}\n{orders[1]} | 52,000"))

    found = before.breaks[["code", "merchant_uid", "difference"]].to_numpy().tolist()
    assert found == [["P01", orders[1], -52_000]]
    assert len(after.breaks) == 0
