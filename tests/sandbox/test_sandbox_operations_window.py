"""The payment window as a set of acts: its checks, its ends, and the rows it leaves."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime

import pytest
from sandbox_cards import GOOD, SEED_CARD, charge, odd

from jtnet_recon.sandbox.refusals import RefusedError

SEED = {
    "pg": "jtnet",
    "pay_method": "card",
    "merchant_uid": "order_no_0001",
    "name": "Order name: Test payment request",
    "amount": 14000,
    "buyer_email": "iamport@siot.do",
    "buyer_name": "John Doe",
    "buyer_tel": "010-1234-5678",
    "buyer_addr": "Shinsa-dong, Gangnam-gu, Seoul",
    "buyer_postcode": "123-456",
}


@pytest.fixture
def api(fresh):
    return fresh()


@pytest.fixture
def acts(api):
    return api.sandbox.acts


def refused(acts, **changes):
    """Give the name of the refusal that a window opened so meets."""
    params = {name: value for name, value in {**SEED, **changes}.items() if value is not None}
    with pytest.raises(RefusedError) as caught:
        acts.open_window(params)
    assert re.search("[가-힣]", caught.value.message)
    return caught.value.name


def test_a_window_is_a_ready_row_until_it_is_paid(api, acts):
    uid = acts.open_window(SEED)
    opened = api.get(f"/payments/{uid}").response
    told = acts.settle_window(uid, card=SEED_CARD)
    paid = api.get(f"/payments/{uid}").response

    assert re.fullmatch(r"imp_\d{12}", uid)
    assert (opened["status"], opened["channel"], opened["pg_tid"]) == ("ready", "pc", None)
    assert (paid["status"], paid["amount"], paid["pg_id"]) == ("paid", 14_000, "shopjt001m")
    assert paid["pg_tid"].startswith("shopjt001m0101")
    assert (paid["buyer_name"], paid["buyer_addr"]) == (SEED["buyer_name"], SEED["buyer_addr"])
    assert (told["success"], told["paid_amount"], told["status"]) == (True, 14_000, "paid")
    for name in ("imp_uid", "merchant_uid", "apply_num", "card_name", "pg_tid", "receipt_url"):
        assert told[name] == paid[name]
    assert (told["error_code"], told["error_msg"]) == (None, None)


def test_a_phone_s_window_is_marked(api, acts):
    uid = acts.open_window(SEED, on_phone=True)

    assert api.get(f"/payments/{uid}").response["channel"] == "mobile"


@pytest.mark.parametrize("amount", ["14000", 140.5, True, float("nan"), -1, 1e16, [1]])
def test_the_amount_is_a_whole_number_never_text(acts, amount):
    assert refused(acts, amount=amount) == "amount_not_integer"


def test_dollars_may_have_cents(api, acts):
    uid = acts.open_window({**SEED, "amount": 19.99, "currency": "USD"})

    assert api.get(f"/payments/{uid}").response["amount"] == 19.99
    assert refused(acts, amount=19.999, currency="USD") == "amount_not_integer"


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"amount": None}, "parameter_missing"),
        ({"amount": 0}, "amount_zero"),
        ({"merchant_uid": None}, "parameter_missing"),
        ({"merchant_uid": "x" * 41}, "parameter_bad"),
        ({"pay_method": "bitcoin"}, "method_unknown"),
        ({"pg": "nobody"}, "pg_unknown"),
        ({"pg": "jtnet.nomid"}, "pg_unknown"),
        ({"pg": None, "channelKey": "channel-key-none"}, "pg_unknown"),
        ({"currency": "XXX"}, "parameter_bad"),
        ({"customer_uid": "k", "pay_method": "trans"}, "billing_card_only"),
        ({"customer_uid": "k", "pay_method": "vbank"}, "billing_card_only"),
        ({"customer_uid": "k", "pay_method": "phone"}, "billing_card_only"),
        ({"customer_uid": "k" * 81}, "parameter_bad"),
        ({"pay_method": "vbank", "vbank_due": "soon"}, "parameter_bad"),
        ({"pay_method": "vbank", "vbank_due": "20231301"}, "parameter_bad"),
        ({"pay_method": "vbank", "vbank_due": "2020-01-01"}, "parameter_bad"),
    ],
)
def test_what_the_guide_asks_for_is_checked_when_the_window_opens(api, acts, changes, name):
    before = len(api.sandbox.payments)

    assert refused(acts, **changes) == name
    assert len(api.sandbox.payments) == before


def test_an_order_id_is_unique_once_something_was_paid_under_it(acts):
    first, second = acts.open_window(SEED), acts.open_window(SEED)
    acts.close_window(first)
    acts.settle_window(second, card=GOOD)

    assert refused(acts) == "order_done"


def test_two_windows_opened_before_either_is_paid_may_both_be_paid(api, acts):
    for uid in [acts.open_window(SEED) for _ in range(2)]:
        acts.settle_window(uid, card=GOOD)

    found = api.get("/payments/findAll/order_no_0001/paid").response
    assert found["total"] == 2


def test_without_a_pg_the_window_goes_to_that_of_the_day(fresh):
    mids = {}
    for month in ("2022-08", "2022-11"):
        sandbox = fresh(month).sandbox
        uid = sandbox.acts.open_window({**SEED, "pg": None})
        mids[month] = sandbox.acts.payment(uid)["pg_id"]

    assert mids == {"2022-08": "shopjt001m", "2022-11": "IMP00001am"}


def test_a_prepared_amount_stops_every_other(api, acts):
    api.post("/payments/prepare", merchant_uid="order_no_0001", amount=14_000, currency="KRW")

    assert refused(acts, amount=13_999) == "amount_not_prepared"
    assert refused(acts, currency="USD") == "amount_not_prepared"
    assert acts.open_window(SEED)


def test_a_declined_card_ends_the_window_with_the_reason(api, acts):
    uid = acts.open_window(SEED)

    told = acts.settle_window(uid, card=odd(1))

    assert (told["success"], told["status"], told["imp_uid"]) == (False, "failed", uid)
    assert "한도" in told["error_msg"]
    assert told["error_code"]
    assert api.get(f"/payments/{uid}").response["fail_reason"] == told["error_msg"]
    assert api.sandbox.webhooks == []


@pytest.mark.parametrize("card", [odd(3), odd(4), odd(5), odd(6), {**GOOD, "expiry": "2020-01"}])
def test_a_card_that_is_not_recognised_fails_in_the_window(acts, card):
    told = acts.settle_window(acts.open_window(SEED), card=card)

    assert (told["success"], told["status"]) == (False, "failed")


def test_a_real_card_is_refused_and_the_window_stays_open(acts):
    uid = acts.open_window(SEED)

    with pytest.raises(RefusedError, match="card_real"):
        acts.settle_window(uid, card={**GOOD, "card_number": "4111-1111-1111-1111"})
    with pytest.raises(RefusedError, match="parameter_missing"):
        acts.settle_window(uid)

    assert acts.settle_window(uid, card=GOOD)["success"] is True


def test_a_window_ends_once(acts):
    uid = acts.open_window(SEED)
    acts.close_window(uid)

    for act in (acts.close_window, acts.settle_window, acts.params):
        with pytest.raises(RefusedError, match="window_done"):
            act(uid)
    with pytest.raises(RefusedError, match="window_unknown"):
        acts.close_window("imp_0")


def test_a_closed_window_stays_ready_for_ever(api, acts):
    uid = acts.open_window(SEED)

    told = acts.close_window(uid)

    assert (told["success"], told["imp_uid"]) == (False, uid)
    assert "취소" in told["error_msg"]
    api.sandbox.advance(1_000)
    assert api.get(f"/payments/{uid}").response["status"] == "ready"


def test_a_lost_answer_ends_the_window_and_is_paid_a_minute_later(api, acts):
    uid = acts.open_window(SEED)
    with pytest.raises(RefusedError, match="pg_silent"):
        acts.settle_window(uid, card=odd(7))
    api.sandbox.advance(61)

    assert api.get(f"/payments/{uid}").response["status"] == "paid"
    with pytest.raises(RefusedError, match="window_done"):
        acts.settle_window(uid, card=GOOD)


def test_a_transfer_names_its_bank(api, acts):
    uid = acts.open_window({**SEED, "pay_method": "trans"})

    told = acts.settle_window(uid, bank="088")

    row = api.get(f"/payments/{uid}").response
    assert (row["bank_code"], row["bank_name"], row["status"]) == ("088", "신한은행", "paid")
    assert (row["card_code"], row["pg_tid"][10:14], told["bank_name"]) == (None, "0201", "신한은행")


@pytest.mark.parametrize("method", ["trans", "vbank"])
@pytest.mark.parametrize("bank", [None, "88", "999"])
def test_a_bank_that_is_none_is_refused(acts, method, bank):
    uid = acts.open_window({**SEED, "pay_method": method})

    with pytest.raises(RefusedError, match="bank_unknown"):
        acts.settle_window(uid, bank=bank)


def test_a_phone_bill_needs_a_phone(api, acts):
    uid = acts.open_window({**SEED, "pay_method": "phone"})
    with pytest.raises(RefusedError, match="parameter_bad"):
        acts.settle_window(uid, phone="123")

    acts.settle_window(uid, phone="010-0000-0000")

    row = api.get(f"/payments/{uid}").response
    assert (row["status"], row["pg_tid"][10:12], row["receipt_url"]) == ("paid", "05", None)
    assert "01000000000" not in repr(row)


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        ("2023-04-01", "2023-04-01 23:59:59"),
        ("20230401", "2023-04-01 23:59:59"),
        ("2023-04-01 12:30:00", "2023-04-01 12:30:00"),
        ("20230401123000", "2023-04-01 12:30:00"),
    ],
)
def test_a_virtual_account_waits_until_its_deadline(api, acts, due, expected):
    uid = acts.open_window({**SEED, "pay_method": "vbank", "vbank_due": due})

    told = acts.settle_window(uid, bank="004")
    row = api.get(f"/payments/{uid}").response
    paid = acts.deposit(uid)

    assert (told["success"], told["status"], told["vbank_date"]) == (True, "ready", expected)
    korean = datetime.fromtimestamp(row["vbank_date"] + 9 * 3600, UTC)
    assert f"{korean:%Y-%m-%d %H:%M:%S}" == expected
    assert told["vbank_num"] == row["vbank_num"]
    assert (row["paid_at"], paid["status"]) == (0, "paid")
    with pytest.raises(RefusedError, match="vbank_not_waiting"):
        acts.deposit(uid)


def test_after_its_deadline_an_account_takes_nothing_and_stays_ready(fresh):
    api = fresh("2022-08")
    acts = api.sandbox.acts
    uid = acts.open_window({**SEED, "pay_method": "vbank", "vbank_due": "2022-12-24"})
    acts.settle_window(uid, bank="004")
    due_s = acts.payment(uid)["vbank_date"]
    api.sandbox.set_time(due_s + 1)

    with pytest.raises(RefusedError, match="vbank_expired"):
        acts.deposit(uid)

    assert acts.payment(uid)["status"] == "ready"


@pytest.mark.parametrize("amount", [0, 9_900])
def test_a_registration_issues_the_key_and_charges_what_it_is_told(api, acts, amount):
    uid = acts.open_window({**SEED, "amount": amount, "customer_uid": "gildong_0001_1234"})

    told = acts.settle_window(uid, card=SEED_CARD)

    row = api.get(f"/payments/{uid}").response
    key = api.get("/subscribe/customers/gildong_0001_1234").response
    assert (told["success"], row["status"], row["amount"]) == (True, "paid", amount)
    assert (row["customer_uid_usage"], row["pg_id"]) == ("issue", "shopjt002m")
    assert bool(row["pg_tid"]) == bool(row["receipt_url"]) == bool(amount)
    assert (key["card_code"], key["customer_name"], key["pg_id"]) == (
        "381",
        "John Doe",
        "shopjt002m",
    )
    assert charge(api, "order-2")["status"] == "paid"


@pytest.mark.parametrize("card", [odd(4), odd(1)])
def test_a_registration_that_fails_issues_no_key(api, acts, card):
    uid = acts.open_window({**SEED, "customer_uid": "k"})

    told = acts.settle_window(uid, card=card)

    assert told["success"] is False
    assert api.get("/subscribe/customers/k").code == 1


def test_instalments_start_at_fifty_thousand_won(api, acts):
    quotas = []
    for amount, asked in ((49_999, 3), (50_000, 3), (50_000, 1)):
        uid = acts.open_window({**SEED, "merchant_uid": f"o{amount}{asked}", "amount": amount})
        acts.settle_window(uid, card={**GOOD, "card_quota": asked})
        quotas.append(api.get(f"/payments/{uid}").response["card_quota"])

    assert quotas == [0, 3, 0]


@pytest.mark.parametrize("quota", ["many", 37, -1])
def test_an_instalment_that_makes_no_sense_is_refused(acts, quota):
    uid = acts.open_window({**SEED, "amount": 60_000})

    with pytest.raises(RefusedError, match="parameter_bad"):
        acts.settle_window(uid, card={**GOOD, "card_quota": quota})


def test_many_shoppers_at_once_get_a_payment_each(api, acts):
    uids, threads = [], []

    def shop(n):
        uid = acts.open_window({**SEED, "merchant_uid": f"order-{n}"})
        acts.settle_window(uid, card=GOOD)
        uids.append(uid)

    threads = [threading.Thread(target=shop, args=(n,)) for n in range(30)]
    for thread in threads:
        thread.start()
    found = [api.get("/payments/status/all", limit=1000).response["total"] for _ in range(20)]
    for thread in threads:
        thread.join()

    rows = api.get("/payments", **{"imp_uid[]": uids}).response
    assert found == sorted(found)
    assert len({row["pg_tid"] for row in rows}) == len(set(uids)) == 30
    assert {row["status"] for row in rows} == {"paid"}
