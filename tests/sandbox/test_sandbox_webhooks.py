"""Webhooks: which are sent, what they say, where they may go, and how often."""

from __future__ import annotations

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

import pytest
from sandbox_cards import charge, issue, odd
from sandbox_http import Asker

from jtnet_recon.sandbox import Sandbox

DAY_S = 86_400


class Shop:
    """A merchant's own server, which notes what it is told; ``statuses`` are its answers."""

    def __init__(self):
        self.told, self.statuses = [], []
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                shop.told.append((self.path, self.headers["Content-Type"], body))
                self.send_response(shop.statuses.pop(0) if shop.statuses else 200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def bodies(self):
        return [json.loads(body) for _, _, body in self.told]


@pytest.fixture
def shop():
    shop = Shop()
    yield shop
    shop.server.shutdown()
    shop.server.server_close()


@pytest.fixture
def api(shop, fresh):
    return fresh(webhook_url=shop.url)


def statuses(api):
    """Give the statuses of all webhooks with the answers they got."""
    return [(h["body"]["status"], h["answers"], h["unsent"]) for h in api.sandbox.webhooks]


def test_a_charge_is_told_with_ids_and_status_and_nothing_else(api, shop):
    issue(api)

    payment = charge(api, "order-1")

    names = ("imp_uid", "merchant_uid", "status")
    assert statuses(api) == [("paid", [200], None)]
    assert shop.bodies == [{name: payment[name] for name in names}]
    assert shop.told[0][:2] == ("/hook", "application/json; charset=utf-8")


def test_webhooks_may_come_as_a_form(shop, fresh):
    api = fresh(webhook_url=shop.url, webhook_form=True)
    issue(api)

    payment = charge(api, "주문-1")

    assert len(api.sandbox.webhooks) == 1
    ((_, kind, body),) = shop.told
    assert kind.startswith("application/x-www-form-urlencoded")
    assert dict(parse_qsl(body.decode())) == {
        "imp_uid": payment["imp_uid"],
        "merchant_uid": "주문-1",
        "status": "paid",
    }


def test_an_ordinary_failure_is_not_told(api, shop):
    issue(api, card=odd(1))

    charge(api, "order-1")

    assert api.sandbox.webhooks == []
    assert shop.told == []


@pytest.mark.parametrize(("number", "status"), [(1, "failed"), (8, "paid")])
def test_a_scheduled_payment_is_told_whether_paid_or_failed(api, shop, number, status):
    issue(api, card=odd(number))
    item = {"merchant_uid": "order-1", "schedule_at": api.sandbox.now_s + 100, "amount": 10}
    api.post("/subscribe/payments/schedule", customer_uid="gildong_0001_1234", schedules=[item])

    api.sandbox.advance(101)

    assert statuses(api) == [(status, [200], None)]
    assert shop.bodies[0]["merchant_uid"] == "order-1"


def test_a_virtual_account_is_told_twice_issued_and_paid(api):
    acts = api.sandbox.acts
    uid = acts.open_window({"merchant_uid": "order-1", "pay_method": "vbank", "amount": 5_000})
    acts.settle_window(uid, bank="088")
    acts.deposit(uid)

    assert statuses(api) == [("ready", [200], None), ("paid", [200], None)]


def test_a_cancel_by_api_is_noted_and_sent_only_if_wanted(api, shop):
    issue(api)
    payment = charge(api, "order-1")
    api.post("/payments/cancel", imp_uid=payment["imp_uid"], amount=100)
    found = api.post(
        "/payments/cancel", imp_uid=payment["imp_uid"], amount=200, enable_webhook=True
    ).response

    assert statuses(api)[1:] == [
        ("cancelled", [], "the webhook is not wanted"),
        ("cancelled", [200], None),
    ]
    assert [body["status"] for body in shop.bodies] == ["paid", "cancelled"]
    assert shop.bodies[1]["cancellation_id"] == found["cancel_history"][1]["cancellation_id"]


def test_a_cancel_in_the_console_is_always_told(api, shop):
    issue(api)
    payment = charge(api, "order-1")

    found = api.sandbox.cancel_at_console(payment["imp_uid"])

    assert found["cancel_reason"] == "관리자페이지취소"
    assert statuses(api)[-1] == ("cancelled", [200], None)
    assert api.get(f"/payments/{payment['imp_uid']}").response == found


def test_a_payment_s_own_address_wins(api, shop):
    issue(api)

    charge(api, "order-1", notice_url=shop.url.replace("/hook", "/own?shop=1"))

    assert api.sandbox.webhooks[0]["answers"] == [200]
    assert [path for path, _, _ in shop.told] == ["/own?shop=1"]


@pytest.mark.parametrize(
    "url",
    ["https://shop.example/hook", "http://192.0.2.1/", "ftp://127.0.0.1/", "http://[::1", "x"],
)
def test_no_webhook_leaves_this_machine(api, shop, url):
    issue(api)

    charge(api, "order-1", notice_url=url)

    assert statuses(api) == [("paid", [], "the address is not on this machine")]
    assert shop.told == []
    with pytest.raises(ValueError, match="is not on this machine"):
        Sandbox(orders=100, webhook_url=url)


def test_without_an_address_webhooks_are_noted(fresh):
    api = fresh()
    issue(api)

    charge(api, "order-1")

    assert statuses(api) == [("paid", [], "no webhook address is set")]


def test_an_error_of_the_shop_is_not_repeated_unless_wanted(api, shop):
    shop.statuses = [500]
    issue(api)

    charge(api, "order-1")
    assert statuses(api) == [("paid", [500], None)]
    api.sandbox.advance(DAY_S)

    assert statuses(api) == [("paid", [500], None)]


def test_repeats_come_a_minute_apart_until_an_answer_and_five_at_most(shop, fresh):
    api = fresh(webhook_url=shop.url, webhook_retries=5)
    issue(api)
    shop.statuses = [500, 503, 404, *[500] * 9]
    charge(api, "order-1")

    seen = [statuses(api)[0][1]]
    for seconds in (55, 10, 60, 600):
        api.sandbox.advance(seconds)
        seen.append(statuses(api)[0][1])
    charge(api, "order-2")
    for _ in range(9):
        statuses(api)
        api.sandbox.advance(60)

    # A 404 is an answer.
    assert seen == [[500], [500], [500, 503], [500, 503, 404], [500, 503, 404]]
    assert statuses(api)[1][1] == [500] * 6


def test_a_shop_that_does_not_answer_is_noted(fresh):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    api = fresh(webhook_url=f"http://127.0.0.1:{port}/")
    issue(api)

    charge(api, "order-1")

    ((_, (answer,), _),) = statuses(api)
    assert "ConnectionRefusedError" in answer


@pytest.mark.parametrize("retries", [-1, 6])
def test_a_number_of_repeats_that_makes_no_sense_is_refused(retries):
    with pytest.raises(ValueError, match="webhook_retries"):
        Sandbox(orders=100, webhook_retries=retries)


def test_a_registration_in_the_window_is_told(api, shop):
    acts = api.sandbox.acts
    card = {"card_number": "4242-4242-4242-4242", "expiry": "2030-01"}
    uid = acts.open_window({"merchant_uid": "order-1", "amount": 0, "customer_uid": "k"})
    acts.settle_window(uid, card=card)

    assert statuses(api) == [("paid", [200], None)]
    assert Asker(api.sandbox).get("/subscribe/customers/k").code == 0
