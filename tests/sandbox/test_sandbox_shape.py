"""What the sandbox's payments look like: JTNet's own rows, before and after the move to NICE."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime

import pytest

from jtnet_recon.sandbox import Sandbox

KST_S = 9 * 3600
DAY_S = 86_400
MOVE_S = 1675177200  # 2023-02-01 00:00:00 KST
PG_TID = re.compile(
    r"(?P<mid>.{10})(?P<method>01|02|03|05)(?P<medium>\d\d)(?P<at>\d{12})(?P<number>\d{4})"
)
METHODS = {"card": "01", "trans": "02", "vbank": "03", "phone": "05"}


def compact(at_s):
    return f"{datetime.fromtimestamp(at_s + KST_S, UTC):%y%m%d%H%M%S}"


def is_legacy(payment):
    return "started_at" not in payment


@pytest.fixture(scope="module")
def months():
    """Give the payments of the last month of JTNet and of the first one of NICE."""
    return {name: Sandbox(name, seed=5).payments for name in ("2023-01", "2023-02")}


def test_all_four_methods_are_there_and_billing_keys(payments):
    methods = Counter(p["pay_method"] for p in payments if p["status"] == "paid")
    usages = Counter(p.get("customer_uid_usage") for p in payments if p.get("customer_uid"))

    assert set(methods) == {"card", "trans", "vbank", "phone"}
    assert min(methods.values()) > 10
    assert set(usages) == {"issue", "payment", "payment.scheduled"}


def test_a_transaction_id_has_thirty_characters_that_agree_with_the_payment(payments):
    with_tid = [p for p in payments if p["pg_tid"] and not is_legacy(p)]
    assert len(with_tid) > 500
    for p in with_tid:
        parts = PG_TID.fullmatch(p["pg_tid"])
        assert parts, p["pg_tid"]
        at_s = p["vbank_issued_at"] if p["pay_method"] == "vbank" else p["paid_at"]
        assert parts["mid"] == p["pg_id"]
        assert parts["method"] == METHODS[p["pay_method"]]
        assert parts["medium"] == ("24" if p["channel"] == "api" else "01")
        assert parts["at"] == compact(at_s)


def test_a_jtnet_shop_id_has_ten_characters_and_ends_in_m(payments):
    mids = {p["pg_id"] for p in payments if p["pg_provider"] == "jtnet" and not is_legacy(p)}

    assert mids >= {"shopjt001m", "shopjt002m", "tpaytest0m"}
    assert all(re.fullmatch("[0-9a-z]{9}m", mid) for mid in mids)


def test_transaction_ids_and_payment_ids_stand_once(payments):
    for name in ("imp_uid", "pg_tid"):
        counted = Counter(p[name] for p in payments if p[name])
        assert [value for value, count in counted.items() if count > 1] == []


def test_payment_ids_tell_the_window_from_the_api(payments):
    for p in payments:
        by_api = p["user_agent"] == "sorry_not_supported_anymore"
        assert re.fullmatch(r"imps_\d{12}" if by_api else r"imp_\d{12}", p["imp_uid"])


def test_approval_numbers_are_eight_digits_and_some_begin_with_zero(payments):
    numbers = [p["apply_num"] for p in payments if p["apply_num"]]

    assert all(re.fullmatch(r"\d{8}", number) for number in numbers)
    assert 0.05 < sum(number.startswith("0") for number in numbers) / len(numbers) < 0.5


def test_card_codes_keep_their_zeros(payments):
    codes = {p["card_code"] for p in payments if p["card_code"]}

    assert {"041", "090"} <= codes
    assert all(re.fullmatch(r"\d{3}", code) for code in codes)


def test_jtnet_never_says_whether_a_card_is_credit_or_check_and_nice_does(months):
    for payments in months.values():
        cards = [p for p in payments if p["pay_method"] == "card" and p["apply_num"]]
        types = {(p["pg_provider"], p.get("card_type")) for p in cards}
        assert {(pg, kind) for pg, kind in types if pg == "jtnet"} == {("jtnet", None)}
        assert {(pg, kind) for pg, kind in types if kind is not None} == {("nice", 0), ("nice", 1)}


def test_each_kind_of_payment_fills_its_own_fields(payments):
    for p in payments:
        if p["status"] not in ("paid", "cancelled") or not p["amount"] or not p["paid_at"]:
            continue
        method = p["pay_method"]
        assert bool(p["card_code"]) == (method == "card")
        assert bool(p["bank_code"]) == (method == "trans")
        assert bool(p["vbank_num"]) == (method == "vbank")
        assert bool(p["receipt_url"]) == (method != "phone")
        assert bool(p["apply_num"]) == (method == "card")


def test_zero_means_never(payments):
    for p in payments:
        assert (p["paid_at"] > 0) >= (p["status"] == "paid")
        assert (p["failed_at"] > 0) == (p["status"] == "failed")
        assert (p["cancelled_at"] > 0) == (p["status"] == "cancelled")
        assert (p["vbank_date"] > 0) == bool(p["vbank_num"])


def test_a_billing_key_issue_of_amount_zero_is_paid_and_no_sale(payments):
    issues = [p for p in payments if p["amount"] == 0]

    assert len(issues) > 5
    for p in issues:
        assert (p["status"], p["customer_uid_usage"]) == ("paid", "issue")
        assert p["card_code"]
        assert (p["pg_tid"], p["receipt_url"], p["apply_num"]) == (None, None, "")


def test_a_billing_key_issue_may_charge_as_well(payments):
    charged = [p for p in payments if p.get("customer_uid_usage") == "issue" and p["amount"]]

    assert charged
    assert all(p["pg_tid"] and p["pg_id"] == "shopjt002m" for p in charged)


def test_abandoned_windows_stay_ready_with_nothing_set(payments):
    closed = [p for p in payments if p["status"] == "ready" and not p["vbank_num"]]

    assert len(closed) > 20
    assert {p["pg_tid"] for p in closed} == {None}
    assert {p["paid_at"] for p in closed} == {0}
    assert None in {p["pay_method"] for p in closed}


def test_virtual_accounts_wait_run_out_and_show_as_cancelled(november, payments):
    waiting = [p for p in payments if p["status"] == "ready" and p["vbank_num"]]
    phantoms = [
        p
        for p in payments
        if p["status"] == "cancelled" and p["pay_method"] == "vbank" and not p["paid_at"]
    ]

    assert sum(p["vbank_date"] > november.now_s for p in waiting) >= 1
    assert sum(p["vbank_date"] < november.now_s for p in waiting) >= 10
    assert phantoms
    assert all(p["cancel_amount"] == p["amount"] for p in phantoms)


def test_a_deposit_may_come_in_the_month_after_the_account(payments):
    start_s, end_s = 1667228400, 1669820399
    deposits = [p for p in payments if p["pay_method"] == "vbank" and p["paid_at"]]

    assert any(p["vbank_issued_at"] < start_s <= p["paid_at"] for p in deposits)
    assert any(p["vbank_issued_at"] <= end_s < p["paid_at"] for p in deposits)


def test_failed_attempts_come_before_a_paid_one_on_the_same_order(payments):
    orders = {}
    for p in payments:
        orders.setdefault(p["merchant_uid"], []).append(p)
    retried = [
        rows
        for rows in orders.values()
        if any(p["status"] == "failed" for p in rows) and any(p["status"] == "paid" for p in rows)
    ]

    assert len(retried) > 10
    for rows in retried:
        paid_at = min(p["paid_at"] for p in rows if p["paid_at"])
        assert all(p["failed_at"] < paid_at for p in rows if p["status"] == "failed")
    assert all(p["fail_reason"] and not p["pg_tid"] for p in payments if p["status"] == "failed")


def cancelled(payments):
    return [p for p in payments if p["status"] == "cancelled"]


def test_a_first_cancel_of_any_size_makes_the_status_cancelled(payments):
    partial = [p for p in cancelled(payments) if p["cancel_amount"] < p["amount"]]

    assert len(partial) > 20
    assert all(p["paid_at"] for p in partial)
    assert all(p["cancel_amount"] == 0 for p in payments if p["status"] == "paid")


def test_cancels_add_up_and_the_latest_gives_time_and_reason(november, payments):
    lacking = set(november.answers.query("code == 'C06'")["merchant_uid"])
    for p in cancelled(payments):
        history = p["cancel_history"]
        instants = [entry["cancelled_at"] for entry in history]
        assert instants == sorted(instants)
        assert (p["cancelled_at"], p["cancel_reason"]) == (instants[-1], history[-1]["reason"])
        gap = p["cancel_amount"] - sum(entry["amount"] for entry in history)
        assert (abs(gap) > 1e-9) == (p["merchant_uid"] in lacking)


def test_some_payments_are_cancelled_several_times_and_in_later_months(payments):
    counts = Counter(len(p["cancel_history"]) for p in cancelled(payments))
    months = [
        {compact(entry["cancelled_at"])[:4] for entry in p["cancel_history"]}
        for p in cancelled(payments)
        if len(p["cancel_history"]) > 1 and compact(p["paid_at"])[:4] == "2211"
    ]

    assert set(counts) >= {1, 2, 3}
    assert any(len(found) > 1 for found in months)
    assert any(found - {"2211"} for found in months)


def test_a_phone_payment_is_cancelled_whole_and_in_its_own_month(payments):
    phones = [p for p in cancelled(payments) if p["pay_method"] == "phone"]

    assert phones
    for p in phones:
        assert p["cancel_amount"] == p["amount"]
        assert compact(p["paid_at"])[:4] == compact(p["cancelled_at"])[:4]


def test_old_rows_lack_fields_that_came_later(payments):
    old = [p for p in payments if is_legacy(p)]

    assert len(old) > 5
    gaps = {"channel", "pg_id", "card_type", "sandbox", "customer_uid", "card_number"}
    assert all(not gaps & set(p) for p in old)
    assert any(p["user_agent"] == "sorry_not_supported_anymore" for p in old)
    assert any(p["status"] == "failed" for p in old)


def test_test_shops_are_voided_the_same_night_and_not_always_flagged(payments):
    tests = [p for p in payments if (p.get("pg_id") or "").startswith("tpaytest")]

    assert {p["sandbox"] for p in tests} == {True, False}
    for p in tests:
        paid, voided = compact(p["paid_at"]), compact(p["cancelled_at"])
        assert paid[:6] == voided[:6]
        assert "230000" <= voided[6:] <= "235000"


def test_dollars_are_written_with_cents(payments):
    dollars = [p["amount"] for p in payments if p["currency"] == "USD"]

    assert any(amount % 1 for amount in dollars)
    assert all(round(amount * 100) / 100 == amount for amount in dollars)
    assert {type(p["amount"]) for p in payments if p["currency"] == "KRW"} == {int}


def test_sales_stand_on_both_sides_of_every_edge(payments):
    paid = {p["paid_at"] for p in payments}
    start_s, end_s = 1667228400, 1669820399

    assert {start_s - 1, start_s, start_s + 1, end_s - 1, end_s, end_s + 1} <= paid
    assert any((at_s + KST_S) % DAY_S == 0 for at_s in paid - {start_s, end_s + 1})


def test_the_morning_hours_of_seoul_are_the_day_before_in_utc(payments):
    hours = Counter((p["paid_at"] + KST_S) % DAY_S // 3600 for p in payments if p["paid_at"])

    assert sum(hours[hour] for hour in range(9)) > 20


def test_the_move_is_sharp_at_midnight_of_the_first_of_february(months):
    for payments in months.values():
        for p in payments:
            if is_legacy(p):
                continue
            expected = "jtnet" if p["started_at"] < MOVE_S else "nice"
            assert p["pg_provider"] == expected
            if expected == "nice" and not p["sandbox"]:
                assert p["pg_id"] in ("IMP00001am", "IMP00002am")


def test_both_gateways_stand_in_one_account_around_the_move(months):
    for payments in months.values():
        assert {p["pg_provider"] for p in payments} == {"jtnet", "nice"}


def test_one_billing_key_is_charged_at_both_gateways(months):
    keys = {}
    for p in months["2023-01"]:
        if p.get("customer_uid"):
            keys.setdefault(p["customer_uid"], set()).add(p["pg_provider"])

    assert sum(found == {"jtnet", "nice"} for found in keys.values()) > 10


def test_no_key_is_registered_in_a_window_after_the_move(months):
    for payments in months.values():
        issues = [p for p in payments if p.get("customer_uid_usage") == "issue"]
        assert all(p["started_at"] < MOVE_S for p in issues)


def test_shoppers_type_formulas_markup_and_rare_letters(payments):
    texts = {str(p[name]) for p in payments for name in ("name", "buyer_name")}

    assert any(text.startswith("=") for text in texts)
    assert any("<script>" in text for text in texts)
    assert any("뷁" in text or "똠" in text or "햏" in text for text in texts)


def test_no_person_can_be_reached(payments):
    for p in payments:
        assert re.fullmatch(r"010-0\d{3}-\d{4}", p["buyer_tel"] or "010-0000-0000")
        assert (p["buyer_email"] or "@example.com").endswith("@example.com")
        assert "******" in (p.get("card_number") or "******")
