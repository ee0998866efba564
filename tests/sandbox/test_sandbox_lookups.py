"""Single payments, orders and billing keys of the sandbox are found by their ids."""

from __future__ import annotations

from collections import Counter

import pytest
from sandbox_http import began, ids, segment


def test_every_payment_is_found_by_its_id(api, payments):
    for payment in payments[::60]:
        answer = api.get(f"/payments/{payment['imp_uid']}", include_sandbox="true")

        assert (answer.status, answer.code, answer.message) == (200, 0, None)
        assert answer.response == payment


@pytest.mark.parametrize(
    "path", ["/payments/imp_000000000000", "/payments/find/nothing", "/payments/findAll/nothing"]
)
@pytest.mark.parametrize("end", ["", "/"])
def test_what_does_not_exist_is_not_found(api, path, end):
    answer = api.get(path + end)

    assert (answer.status, answer.code, answer.response) == (404, -1, None)
    assert answer.message == "존재하지 않는 결제정보입니다."


def test_a_payment_of_the_test_channel_is_hidden_unless_asked_for(api, payments):
    test = next(p for p in payments if p.get("sandbox"))
    path = f"/payments/{test['imp_uid']}"

    assert api.get(path).status == 404
    assert api.get(path, include_sandbox="true").response == test
    assert api.get(path, include_sandbox="false").status == 404


def several(payments):
    """Find an order with a failed try, then a paid one."""
    attempts = Counter(p["merchant_uid"] for p in payments)
    for uid, count in attempts.items():
        rows = [p for p in payments if p["merchant_uid"] == uid]
        if count > 1 and {"failed", "paid"} == {p["status"] for p in rows}:
            return uid, rows
    raise AssertionError


def test_find_all_gives_every_attempt_whatever_the_date(api, payments):
    uid, rows = several(payments)

    found = api.walk(f"/payments/findAll/{segment(uid)}")

    assert Counter(ids(found)) == Counter(ids(rows))
    assert [began(p) for p in found] == sorted((began(p) for p in rows), reverse=True)
    assert ids(api.walk(f"/payments/findAll/{segment(uid)}", sorting="started")) == ids(found)[::-1]


def test_find_all_is_paged(api, payments):
    uid, rows = several(payments)

    first = api.get(f"/payments/findAll/{segment(uid)}", limit=1).response

    assert (len(first["list"]), first["total"], first["next"]) == (1, len(rows), 2)
    assert len(api.walk(f"/payments/findAll/{segment(uid)}", limit=1)) == len(rows)
    assert api.get(f"/payments/findAll/{segment(uid)}", page=2).status == 400


def test_find_and_find_all_take_a_status(api, payments):
    uid, rows = several(payments)
    failed = [p for p in rows if p["status"] == "failed"]
    paid = next(p for p in rows if p["status"] == "paid")

    assert api.get(f"/payments/find/{segment(uid)}/paid").response == paid
    assert set(ids(api.walk(f"/payments/findAll/{segment(uid)}/failed"))) == set(ids(failed))
    assert api.get(f"/payments/find/{segment(uid)}/cancelled").status == 404
    assert api.get(f"/payments/findAll/{segment(uid)}/all").status == 400


def test_find_gives_the_latest_started_which_need_not_be_the_paid_one(api, payments):
    uid, rows = several(payments)
    latest = max(rows, key=began)

    assert api.get(f"/payments/find/{segment(uid)}").response == latest
    assert api.get(f"/payments/find/{segment(uid)}/").response == latest


def test_order_ids_with_any_letters_are_found_when_they_are_encoded(api, payments):
    marks = {"/", "#", "?", "&", "%", " ", "주"}
    for mark in marks:
        uid = next(p["merchant_uid"] for p in payments if mark in p["merchant_uid"])

        found = api.get(f"/payments/find/{segment(uid)}").response

        assert found["merchant_uid"] == uid, mark


def test_an_order_id_with_a_slash_is_not_found_when_it_is_not_encoded(api, payments):
    uid = next(p["merchant_uid"] for p in payments if "/" in p["merchant_uid"])

    assert api.get(f"/payments/find/{segment(uid).replace('%2F', '/')}").status != 200


def test_several_payments_come_in_another_order_than_asked(api, payments):
    asked = ids(payments[:100])

    answer = api.get("/payments", **{"imp_uid[]": asked})

    assert (answer.status, answer.code) == (200, 0)
    assert sorted(ids(answer.response)) == sorted(asked)
    assert ids(answer.response) not in (asked, asked[::-1])


def test_of_several_payments_those_missing_are_left_out_with_207(api, payments):
    asked = [*ids(payments[:2]), "imp_000000000000"]

    answer = api.get("/payments", **{"imp_uid[]": asked})

    assert (answer.status, answer.code, answer.message) == (207, 0, None)
    assert sorted(ids(answer.response)) == sorted(asked[:2])


def test_several_payments_of_which_none_exists_are_not_found(api):
    answer = api.get("/payments", **{"imp_uid[]": ["imp_0", "imp_1"]})

    assert (answer.status, answer.code, answer.response) == (404, -1, None)


def test_several_payments_are_asked_by_both_kinds_of_id(api, payments):
    one, other = payments[0], payments[10]
    query = {"imp_uid[]": [one["imp_uid"]], "merchant_uid[]": [other["merchant_uid"]]}

    answer = api.get("/payments", **query)

    assert answer.status == 200
    assert {p["merchant_uid"] for p in answer.response} == {
        one["merchant_uid"],
        other["merchant_uid"],
    }


def test_brackets_may_come_bare_or_encoded(api, payments):
    first = payments[0]["imp_uid"]

    bare = api.get(f"/payments?imp_uid[]={first}")
    encoded = api.get(f"/payments?imp_uid%5B%5D={first}")

    assert bare.response == encoded.response == [payments[0]]


def test_a_hundred_ids_are_taken_at_once_and_none_or_more_refused(api, payments):
    ids_of = ids(payments)

    assert api.get("/payments", **{"imp_uid[]": ids_of[:100]}).status == 200
    assert api.get("/payments", **{"imp_uid[]": ids_of[:101]}).status == 400
    assert api.get("/payments").status == 400


def keys_of(payments):
    return Counter(p["customer_uid"] for p in payments if p.get("customer_uid"))


def test_a_billing_key_is_shown_without_a_whole_card(api, payments):
    uid = next(iter(keys_of(payments)))

    found = api.get(f"/subscribe/customers/{segment(uid)}").response

    assert found["customer_uid"] == uid
    assert found["card_type"] is None
    assert "*" * 6 in found["card_number"]
    assert found["inserted"] <= found["updated"] <= api.sandbox.now_s


def test_the_charges_of_a_billing_key_come_twenty_a_page_newest_first(fresh):
    api = fresh(orders=2000)
    customers = keys_of(api.sandbox.payments)
    uid, count = customers.most_common(1)[0]
    path = f"/subscribe/customers/{segment(uid)}/payments"

    response = api.get(path, limit=1).response

    assert response["total"] == count
    assert len(response["list"]) == min(20, count) > 1
    starts = [began(p) for p in api.walk(path)]
    assert starts == sorted(starts, reverse=True)


def test_an_unknown_billing_key_is_a_refusal_at_http_200(api):
    one = api.get("/subscribe/customers/nobody")
    many = api.get("/subscribe/customers/nobody/payments")

    assert (one.status, one.code, one.response) == (200, 1, None)
    assert one.message == "요청하신 customer_uid(nobody)로 등록된 정보를 찾을 수 없습니다."
    assert (many.status, many.code) == (200, 0)
    assert many.response == {"total": 0, "previous": 0, "next": 0, "list": []}


def test_an_unknown_billing_key_is_not_found_where_the_document_is_kept_to(fresh):
    api = fresh(strict_openapi=True)
    known = next(iter(keys_of(api.sandbox.payments)))

    one = api.get("/subscribe/customers/nobody")
    many = api.get("/subscribe/customers/nobody/payments")

    assert (one.status, one.code) == (404, -1)
    assert (many.status, many.code) == (404, -1)
    assert api.get(f"/subscribe/customers/{segment(known)}").status == 200
