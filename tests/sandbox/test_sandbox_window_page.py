"""The payment window can be used by anyone, and nobody's text can use it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from sandbox_http import Asker
from window_shop import BLANK, PC, PHONE, Shop, Shopper

from jtnet_recon.sandbox import Sandbox
from jtnet_recon.sandbox.window import STATIC

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.system

HOSTILE = "</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox("2022-08", seed=9, orders=100) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def api(sandbox: Sandbox) -> Asker:
    return Asker(sandbox)


def payment_of(sandbox: Sandbox, answer: dict[str, Any]) -> dict[str, Any]:
    (found,) = [r for r in sandbox.payments if r["merchant_uid"] == answer["merchant_uid"]]
    return found


def test_the_window_shows_shop_order_amount_and_that_it_is_a_sandbox(buy: Any) -> None:
    one: Shopper = buy(pay_method="card", amount=1_234_500, buyer_name="김하나")
    main = one.window.locator("main")
    expect(main).to_contain_text("샘플상점", timeout=60_000)  # it is filled in by a script
    text = main.inner_text()

    for part in (
        "SANDBOX",
        "돈이 움직이지 않습니다",
        "샘플상점",
        "원두 1kg",
        "1,234,500원",
        "김하나",
    ):
        assert part in text


def test_escape_gives_up_and_the_payment_stays_ready(buy: Any, sandbox: Sandbox) -> None:
    one: Shopper = buy(before="document.getElementById('pay').focus(); IMP.init('imp1')")
    one.wait()
    one.page.keyboard.press("Escape")
    answer = one.answer()

    assert (answer["success"], payment_of(sandbox, answer)["status"]) == (False, "ready")
    assert "사용자가 결제를 취소하셨습니다" in answer["error_msg"]
    assert one.page.evaluate("document.activeElement.id") == "pay"
    assert one.page.locator("iframe").count() == 0


def test_the_button_at_the_top_gives_up_on_a_phone(buy: Any) -> None:
    one: Shopper = buy(PHONE)
    one.window.get_by_label("결제창 닫기").click()
    back = one.returned()

    assert back["imp_success"] == "false"
    assert "취소하셨습니다" in back["error_msg"]
    assert back["imp_uid"].startswith("imp_")


def test_enter_alone_pays(buy: Any) -> None:
    one: Shopper = buy(pay_method="card")
    one.wait()
    one.page.keyboard.press("Enter")

    assert one.answer()["success"] is True


def test_a_shopper_without_a_mouse_chooses_a_card_and_pays(buy: Any) -> None:
    one: Shopper = buy(pay_method="card")
    one.wait()
    for key in ("Tab", "Tab", "Tab", "ArrowDown", "ArrowDown", "Enter"):
        one.page.keyboard.press(key)

    assert one.answer()["card_name"] == "삼성카드"


def test_tab_goes_round_inside_the_window(buy: Any) -> None:
    one: Shopper = buy(pay_method="vbank")
    one.wait()
    seen = []
    for _ in range(9):
        one.page.keyboard.press("Tab")
        seen.append(one.window.locator(":focus").evaluate("one => one.id"))

    assert seen[:4] == ["close", "tab-vbank", "vbank_bank", "pay"]
    assert seen == (seen[:4] * 3)[:9]


def test_without_a_method_the_shopper_chooses_one(buy: Any, sandbox: Sandbox) -> None:
    one: Shopper = buy()
    one.window.get_by_role("tab", name="계좌이체").click()
    one.page.keyboard.press("ArrowRight")
    assert one.window.get_by_role("tab", name="가상계좌").get_attribute("aria-selected") == "true"
    one.window.get_by_label("은행").select_option("088")
    one.pay()
    answer = one.answer()

    assert (answer["pay_method"], answer["vbank_name"]) == ("vbank", "신한은행")
    assert payment_of(sandbox, answer)["pay_method"] == "vbank"


def test_a_method_that_the_shop_chose_is_the_only_one(buy: Any) -> None:
    one: Shopper = buy(pay_method="trans")
    tabs = one.window.get_by_role("tab")
    tabs.first.wait_for()

    assert [tab.is_enabled() for tab in tabs.all()] == [False, True, False, False]


@pytest.mark.parametrize(
    ("params", "months"),
    [
        ({"amount": 49_999}, None),
        ({"amount": 50_000}, ["0", "2", "3", "4", "5", "6", "10", "12"]),
        ({"amount": 50_000, "display": {"card_quota": [6, 3]}}, ["0", "3", "6"]),
        ({"amount": 50_000, "display": {"card_quota": []}}, None),
    ],
)
def test_instalments_begin_at_50000_won_and_are_the_shops(
    buy: Any, params: dict[str, Any], months: list[str] | None
) -> None:
    one: Shopper = buy(pay_method="card", **params)
    one.wait()
    quota = one.window.locator("#quota option")

    shown = quota.evaluate_all("all => all.map((one) => one.value)")
    if months:
        one.window.locator("#quota").select_option(months[-1])
    one.pay()

    assert shown == (months or [])
    assert one.answer()["card_quota"] == int(months[-1] if months else 0)


def test_a_shop_that_lets_no_card_in_is_told_so_and_not_of_a_parameter(buy: Any) -> None:
    one: Shopper = buy(pay_method="card", card={"detail": [{"card_code": "*", "enabled": False}]})
    one.pay()

    expect(one.window.locator("#error")).to_contain_text("사용할 수 있는 카드가 없습니다")
    one.page.keyboard.press("Escape")
    assert one.answer()["success"] is False


def test_a_shop_may_send_the_shopper_to_one_company(buy: Any) -> None:
    one: Shopper = buy(
        pay_method="card", amount=60_000, card={"direct": {"code": "367", "quota": 3}}
    )
    one.pay()
    answer = one.answer()

    assert (answer["card_name"], answer["card_quota"]) == ("현대카드", 3)


@pytest.mark.parametrize("device", [PC, PHONE], ids=["pc", "phone"])
def test_a_shoppers_text_is_text(buy: Any, device: dict[str, Any]) -> None:
    params = {"name": HOSTILE, "buyer_name": "<b>x</b>", "merchant_uid": f"<i>{len(device)}</i>"}
    one: Shopper = buy(device, customer_uid="<u>key</u>", pay_method="card", **params)
    main = one.window.locator("main")
    expect(main).to_contain_text(HOSTILE[:40], timeout=60_000)  # it is filled in by a script
    text = main.inner_text()

    for part in ("<b>x</b>", params["merchant_uid"], "<u>key</u>"):
        assert part in text
    assert main.locator("b:has-text('x'), i, u, img").count() == 0
    assert one.alerts == []


def test_a_window_fits_a_phone_of_390_pixels(buy: Any) -> None:
    one: Shopper = buy(PHONE, amount=189_000, name="아주 긴 상품 이름 " * 4)
    one.window.locator("summary").click()

    width = one.page.evaluate("document.documentElement.scrollWidth")
    buttons = one.page.locator("button:visible, select:visible, .choice:visible")
    boxes = buttons.evaluate_all("all => all.map((one) => one.getBoundingClientRect().toJSON())")
    assert width == 390
    assert all(box["left"] >= 0 and box["right"] <= 390 and box["height"] >= 32 for box in boxes)


def test_a_second_window_waits_for_the_first(buy: Any) -> None:
    one: Shopper = buy(pay_method="card")
    one.wait()
    said = one.page.evaluate(
        "new Promise((done) => IMP.request_pay({merchant_uid: 'x', amount: 1}, done))"
    )
    assert "이미 열려 있는" in said["error_msg"]

    one.pay()

    assert one.answer()["success"] is True


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("IMP.request_pay({amount: 1}, done)", "IMP.init"),
        ("IMP.init('imp1'); IMP.request_pay(undefined, done)", "파라메터가 없습니다"),
        (
            "IMP.init('imp1'); IMP.request_pay({merchant_uid: 'x', amount: 9n}, done)",
            "전송할 수 없",
        ),
        ("IMP.certification({}, done)", "본인인증창을 제공하지 않습니다"),
    ],
)
def test_what_cannot_open_says_so(
    shopper: Any, shop: Shop, sandbox: Sandbox, call: str, message: str
) -> None:
    one: Shopper = shopper()
    one.page.goto(shop.show(BLANK, sandbox))

    answer = one.page.evaluate(f"new Promise((done) => {{ {call}; }})")

    assert (answer["success"], message in answer["error_msg"]) == (False, True)


def test_an_agency_pays_into_its_sub_merchant(buy: Any, sandbox: Sandbox, api: Asker) -> None:
    tier = min(sandbox._account.tiers)
    one: Shopper = buy(before=f"IMP.agency('imp_agent', '{tier}')", pay_method="card")
    one.pay()
    uid = one.answer()["imp_uid"]

    def status(**headers: str) -> int:
        named = {"Authorization": api.token, **headers}
        return api.send("GET", f"/payments/{uid}", headers=named).status

    assert (status(), status(Tier=tier)) == (404, 200)


def test_an_unknown_sub_merchant_is_refused(buy: Any) -> None:
    answer = buy(before="IMP.agency('imp_agent', 'ZZZ')").answer()

    assert "하위상점" in answer["error_msg"]


def test_the_window_opens_from_a_page_that_is_a_file(
    shopper: Any, sandbox: Sandbox, tmp_path: Path
) -> None:
    page = tmp_path / "shop.html"
    page.write_text(BLANK.replace("https://cdn.iamport.kr", sandbox.url), encoding="utf-8")
    one: Shopper = shopper()
    one.request_pay(page.as_uri(), {"merchant_uid": "from-a-file", "amount": 500})
    one.pay()

    assert one.answer()["success"] is True


def test_a_server_that_is_gone_ends_the_window_with_words(shopper: Any, shop: Shop) -> None:
    with Sandbox("2022-08", orders=100) as sandbox:
        script = (STATIC / "iamport.js").read_text(encoding="utf-8")
        url = sandbox.url
    one: Shopper = shopper()
    one.page.route(f"{url}/v1/iamport.js", lambda route: route.fulfill(body=script))
    page = BLANK.replace("https://cdn.iamport.kr", url)
    shop.pages["/gone"] = page
    one.page.clock.install()
    one.request_pay(f"{shop.url}/gone", {"merchant_uid": "gone", "amount": 500})
    one.page.clock.fast_forward(15_000)
    one.page.clock.run_for(10)

    assert "결제창을 열 수 없습니다" in one.answer()["error_msg"]
    one.said.clear()  # the browser's own words about the connection


def open_window(api: Asker, **params: Any) -> str:
    """Send the script's form without a browser; give the address of the window."""
    import json
    from urllib.parse import urlencode

    order = {
        "merchant_uid": f"form-{len(api.sandbox.payments)}",
        "amount": 700,
        "pay_method": "card",
    }
    asked = {"imp": "imp1", "channel": "pc", "params": {**order, **params}}
    answer = api.send(
        "POST",
        "/sandbox/window",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        body=urlencode({"request": json.dumps(asked)}),
    )
    assert answer.status == 303
    return answer.headers["location"]


def test_the_script_is_at_the_path_of_the_sdk_and_at_the_older_one(api: Asker) -> None:
    scripts = [
        api.send("GET", path)
        for path in (
            "/v1/iamport.js",
            "/js/iamport.payment-1.1.8.js",
            "/js/iamport.payment-1.2.0.js",
        )
    ]

    assert {answer.content for answer in scripts} == {(STATIC / "iamport.js").read_bytes()}
    assert scripts[0].headers["content-type"] == "text/javascript; charset=utf-8"


def test_the_page_may_load_nothing_but_its_own_files(api: Asker) -> None:
    answer = api.send("GET", open_window(api))

    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in policy
    assert b"<script>" not in answer.content


def test_the_static_files_name_no_other_server() -> None:
    for path in STATIC.iterdir():
        text = path.read_text(encoding="utf-8")
        assert re.findall(r"(?:https?:)?//[a-z][\w.-]+\.\w+", text) == [], path.name


def test_a_window_ends_once_whatever_is_sent_afterwards(api: Asker, sandbox: Sandbox) -> None:
    address = open_window(api)
    card = {"pay_method": "card", "card_number": "4242424242424242"}

    first = api.send("POST", f"{address}/settle", json_body=card)
    again = api.send("POST", f"{address}/settle", json_body=card)
    closed = api.send("POST", f"{address}/close", json_body={})

    assert first.response["success"] is True
    assert first.content == again.content == closed.content
    assert payment_of(sandbox, first.response)["status"] == "paid"


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"card_number": "4000056655665556"}, "실제 카드를 받지 않습니다"),
        ({"card_number": ""}, "card_number"),
        ({"card_number": "1234123412341234"}, "사용할 수 없는 카드"),
        ({"pay_method": "trans", "bank_code": "088"}, "trans"),
    ],
)
def test_what_the_page_would_never_send_is_refused_and_the_window_stays_open(
    api: Asker, sent: dict[str, str], message: str
) -> None:
    only = {"detail": [{"card_code": "*", "enabled": False}, {"card_code": "366", "enabled": True}]}
    address = open_window(api, card=only)

    refused = api.send("POST", f"{address}/settle", json_body={"pay_method": "card", **sent})
    paid = api.send("POST", f"{address}/settle", json_body={"card_number": "4242424242424242"})

    assert (refused.code != 0, message in refused.message) == (True, True)
    assert paid.response["success"] is True


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/sandbox/window/none", 404),
        ("POST", "/sandbox/window/none/settle", 404),
        ("GET", "/sandbox/window", 405),
        ("POST", "/v1/iamport.js", 405),
        ("GET", "/sandbox/static/window.html", 404),
        ("GET", "/sandbox/static/..%2Fwindow.py", 404),
        ("GET", "/js/iamport.js", 404),
    ],
)
def test_other_addresses_are_refused(api: Asker, method: str, path: str, status: int) -> None:
    assert api.send(method, path).status == status


def test_the_window_is_shut_to_foreign_hosts(api: Asker) -> None:
    headers = {"Host": "evil.example"}

    assert api.send("GET", "/v1/iamport.js", headers=headers).status == 421
    assert api.send("POST", "/sandbox/window", headers=headers).status == 421


def test_a_form_that_says_nothing_is_a_refused_window(api: Asker) -> None:
    answer = api.send("POST", "/sandbox/window", json_body={"request": "7"})

    assert answer.status == 303
    assert "필수 파라메터" in api.send("GET", answer.headers["location"]).content.decode()
