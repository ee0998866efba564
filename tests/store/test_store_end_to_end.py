"""From pull to pull: what a merchant does in between shows, with its code, in report and store."""

from __future__ import annotations

import json
from urllib.request import Request, urlopen

import pytest

import jtnet_recon as jr


def post(sandbox, path, body, token=""):
    """Call the sandbox as a shop's own server does."""
    headers = {"Content-Type": "application/json", "Authorization": token}
    request = Request(f"{sandbox.url}{path}", json.dumps(body).encode(), headers)
    with urlopen(request, timeout=30) as answer:
        return json.load(answer)["response"]


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Close a month, cancel one of its payments and edit its books, and run it again."""
    folder = tmp_path_factory.mktemp("closed")
    with (
        jr.Sandbox("2022-11", seed=3, orders=150, directory=folder / "shop") as shop,
        jr.connect(shop.url, shop.key, shop.secret, progress=False) as client,
    ):
        store = jr.Store(folder / "store")
        ledger = jr.read_ledger(shop.ledger_path)
        payments = client.payments("2022-11", journal=store.journal())
        first = jr.reconcile(payments, ledger)
        store.save_pull(payments)
        store.save_run(first, job="monthly")
        cancelled, edited = _plain_orders(first)
        token = post(shop, "/users/getToken", {"imp_key": shop.key, "imp_secret": shop.secret})
        bearer = f"Bearer {token['access_token']}"
        post(shop, "/payments/cancel", {"merchant_uid": cancelled, "amount": 100}, bearer)
        is_edited = ledger["merchant_uid"] == edited
        after = ledger.assign(amount=ledger["amount"].mask(is_edited, ledger["amount"] + 7))
        after.attrs = dict(ledger.attrs)
        pulled = client.payments("2022-11", journal=store.journal())
        second = jr.reconcile(pulled, after, previous=store.last_run("monthly"))
        store.save_run(second, job="monthly")
    return store, second, cancelled, edited


def _plain_orders(result):
    """Choose two orders that agree: of card payments, so that they can be cancelled in part."""
    cards = set(result.payments.loc[result.payments["pay_method"] == "card", "merchant_uid"])
    items = result.items
    agree = items[(items["outcome"] == "matched") & (items["cancel_payments"] == 0)]
    large = agree[(agree["amount_payments"] > 1_000) & (agree["currency"] == "KRW")]
    return [order for order in large["merchant_uid"] if order in cards][:2]


def test_a_cancel_and_an_edit_after_the_close_are_told_in_the_next_run(told):
    _, second, cancelled, edited = told

    news = second.breaks[second.breaks["kind"] == "snapshot"]
    said = dict(zip(news["merchant_uid"], news["finding"], strict=True))
    assert set(said) == {cancelled, edited}
    assert set(news["code"]) == {"X02"}
    assert "PG, a closed period, changed since run 1" in said[cancelled]
    assert "cancelled later; net " in said[cancelled]
    assert "Ledger, a closed period, changed since run 1" in said[edited]
    items = second.breaks[second.breaks["merchant_uid"].isin([cancelled, edited])]
    assert set(zip(items["code"], items["money_at_risk"], strict=True)) == {
        ("C01", 100),
        ("P03", 7),
        ("X02", 0),
    }


def test_the_open_items_roll_forward_by_these_two_orders(told):
    _, second, *_ = told

    won = second.roll_forward[second.roll_forward["currency"] == "KRW"].set_index("step")
    assert won.loc["new", ["rows", "difference", "money_at_risk"]].tolist() == [4, 107, 107]
    assert won.loc[["cleared", "changed"], "rows"].tolist() == [0, 0]
    steps = won.loc[["opening", "new", "cleared", "changed"]]
    for name in ("rows", "difference", "money_at_risk"):
        assert steps[name].sum() == won.loc["closing", name]
    waiting = second.breaks[
        (second.breaks["severity"] != "Info") & (second.breaks["currency"] == "KRW")
    ]
    assert won.loc["closing", "rows"] == len(waiting)


def test_the_store_tells_the_same_of_its_two_runs(told):
    store, second, cancelled, edited = told

    changes = store.diff(1, 2)

    assert changes.payments["merchant_uid"].tolist() == [cancelled]
    assert changes.ledger["merchant_uid"].tolist() == [edited]
    assert set(changes.breaks["merchant_uid"]) == {cancelled, edited}
    first_known = store.as_of(store.runs()["saved_at"][0])
    before = first_known.payments.set_index("merchant_uid").loc[cancelled]
    now = store.last_run("monthly").payments.set_index("merchant_uid").loc[cancelled]
    assert (before["cancel_amount"], now["cancel_amount"]) == (0, 100)
    assert (before["status"], now["status"]) == ("paid", "cancelled")
    assert store.run(2).facts["verdict"] == second.conclusion.verdict
