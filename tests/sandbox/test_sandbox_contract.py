"""Every answer of the sandbox keeps to the V1 document, its known errors aside."""

from __future__ import annotations

import string

import jsonschema
import openapi
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sandbox_http import segment
from sandbox_judge import hold

NOVEMBER = {"from": 1667228400, "to": 1669820399}
BY_STATUS = "/payments/status/{payment_status}"
FIND, FIND_ALL = (
    f"/payments/{word}/{{merchant_uid}}/{{payment_status}}" for word in ("find", "findAll")
)
CUSTOMER = "/subscribe/customers/{customer_uid}"


@pytest.fixture(scope="module")
def everything(api):
    """Give all pages of all payments as they were sent."""
    window, answers = 90 * 86_400, []
    end = api.sandbox.now_s
    while not answers or answers[-1].response["total"]:
        query = {"from": end - window, "to": end, "limit": 1000}
        answers.append(api.get("/payments/status/all", **query))
        end -= window + 1
    return answers


def test_every_payment_of_the_account_keeps_to_the_document(everything, payments):
    for answer in everything:
        hold(BY_STATUS, answer)

    assert sum(answer.response["total"] for answer in everything) == len(payments)


def test_no_payment_has_a_field_that_the_document_does_not_know(payments):
    known = set(openapi.DOCUMENT["definitions"]["PaymentAnnotation"]["properties"])
    entries = set(openapi.DOCUMENT["definitions"]["PaymentCancelAnnotation"]["properties"])

    assert {name for p in payments for name in p} == known
    assert {name for p in payments for entry in p["cancel_history"] for name in entry} == entries


def test_the_token_keeps_to_the_document(api):
    hold("/users/getToken", api.get_token(), method="post")
    hold("/users/getToken", api.get_token(secret="wrong"), method="post")
    hold("/users/getToken", api.send("POST", "/users/getToken"), method="post")


@pytest.mark.parametrize("status", ["all", "ready", "paid", "cancelled", "failed", "nonsense"])
@pytest.mark.parametrize("page", [1, 2, 999])
def test_lists_by_status_keep_to_the_document(api, status, page):
    hold(BY_STATUS, api.get(f"/payments/status/{status}", **NOVEMBER, page=page))


def test_single_payments_keep_to_the_document(api, payments):
    for payment in payments[::200]:
        path = f"/payments/{payment['imp_uid']}"
        hold("/payments/{imp_uid}", api.get(path, include_sandbox="true"))
    hold("/payments/{imp_uid}", api.get("/payments/imp_0"))


@pytest.mark.parametrize("end", ["", "/", "/paid", "/cancelled", "/nonsense"])
def test_payments_of_an_order_keep_to_the_document(api, payments, end):
    for payment in payments[::150]:
        uid = segment(payment["merchant_uid"])
        hold(FIND, api.get(f"/payments/find/{uid}{end}"))
        hold(FIND_ALL, api.get(f"/payments/findAll/{uid}{end}"))


@pytest.mark.parametrize("count", [0, 1, 100, 101])
@pytest.mark.parametrize("extra", [[], ["imp_0"]])
def test_several_payments_keep_to_the_document(api, payments, count, extra):
    asked = [p["imp_uid"] for p in payments[:count]] + extra

    hold("/payments", api.get("/payments", **{"imp_uid[]": asked}))


@pytest.mark.parametrize("strict", [False, True])
def test_billing_keys_keep_to_the_document(fresh, strict):
    api = fresh(strict_openapi=strict)
    uids = {p["customer_uid"] for p in api.sandbox.payments if p.get("customer_uid")}
    for uid in [*sorted(uids)[:5], "nobody"]:
        hold(CUSTOMER, api.get(f"/subscribe/customers/{segment(uid)}"))
        hold(f"{CUSTOMER}/payments", api.get(f"/subscribe/customers/{segment(uid)}/payments"))
        hold(f"{CUSTOMER}/payments", api.get(f"/subscribe/customers/{uid}/payments", page=9))


def test_the_judge_refuses_what_is_wrong(everything):
    body = everything[0].body
    wrong = {**body["response"]["list"][0], "amount": "33000"}
    body["response"]["list"][0] = wrong

    with pytest.raises(jsonschema.ValidationError, match="'33000' is not of type 'number'"):
        openapi.validator("PaymentListResponse").validate(body)


VALUES = st.text(string.printable + "가뷁\u200b", max_size=8) | st.integers(-2, 2**40).map(str)
WORDS = st.sampled_from(
    ["payments", "status", "find", "findAll", "all", "paid", "subscribe", "customers", "imp_1", ""]
)
NAMES = st.sampled_from(
    ["page", "limit", "from", "to", "sorting", "imp_uid[]", "merchant_uid[]", "include_sandbox"]
)


@settings(max_examples=150)
@given(
    segments=st.lists(WORDS | VALUES, max_size=5),
    query=st.dictionaries(NAMES, VALUES, max_size=4),
    end=st.sampled_from(["", "/"]),
)
def test_no_request_whatever_makes_the_server_fail(api, segments, query, end):
    answer = api.get("/" + "/".join(map(segment, segments)) + end, **query)

    assert answer.status in (200, 207, 400, 404, 405)
    assert set(answer.body) == {"code", "message", "response"}
    assert (answer.status < 300) >= (answer.code == 0)
