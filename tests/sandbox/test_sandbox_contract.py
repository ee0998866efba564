"""Every answer of the sandbox keeps to the V1 document, its known errors aside."""

from __future__ import annotations

import string

import jsonschema
import openapi
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sandbox_http import segment

NOVEMBER = {"from": 1667228400, "to": 1669820399}
BY_STATUS = "/payments/status/{payment_status}"
FIND, FIND_ALL = (
    f"/payments/{word}/{{merchant_uid}}/{{payment_status}}" for word in ("find", "findAll")
)
CUSTOMER = "/subscribe/customers/{customer_uid}"


def check(path, answer, *, method="get"):
    """Hold one answer against the document."""
    assert openapi.is_documented(path, method, answer.status), (path, answer.status)
    assert set(answer.body) == {"code", "message", "response"}
    assert (answer.code == 0) == (answer.message is None) == (answer.response is not None)
    assert {name.lower(): text for name, text in answer.headers.items()}["content-type"] == (
        "application/json; charset=utf-8"
    )
    if answer.status < 300 and answer.code == 0:
        openapi.validator(openapi.definition_of(path, method, answer.status)).validate(answer.body)


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
        check(BY_STATUS, answer)

    assert sum(answer.response["total"] for answer in everything) == len(payments)


def test_no_payment_has_a_field_that_the_document_does_not_know(payments):
    known = set(openapi.DOCUMENT["definitions"]["PaymentAnnotation"]["properties"])
    entries = set(openapi.DOCUMENT["definitions"]["PaymentCancelAnnotation"]["properties"])

    assert {name for p in payments for name in p} == known
    assert {name for p in payments for entry in p["cancel_history"] for name in entry} == entries


def test_the_token_keeps_to_the_document(api):
    check("/users/getToken", api.get_token(), method="post")
    check("/users/getToken", api.get_token(secret="wrong"), method="post")
    check("/users/getToken", api.send("POST", "/users/getToken"), method="post")


@pytest.mark.parametrize("status", ["all", "ready", "paid", "cancelled", "failed", "nonsense"])
@pytest.mark.parametrize("page", [1, 2, 999])
def test_lists_by_status_keep_to_the_document(api, status, page):
    check(BY_STATUS, api.get(f"/payments/status/{status}", **NOVEMBER, page=page))


def test_single_payments_keep_to_the_document(api, payments):
    for payment in payments[::200]:
        path = f"/payments/{payment['imp_uid']}"
        check("/payments/{imp_uid}", api.get(path, include_sandbox="true"))
    check("/payments/{imp_uid}", api.get("/payments/imp_0"))


@pytest.mark.parametrize("end", ["", "/", "/paid", "/cancelled", "/nonsense"])
def test_payments_of_an_order_keep_to_the_document(api, payments, end):
    for payment in payments[::150]:
        uid = segment(payment["merchant_uid"])
        check(FIND, api.get(f"/payments/find/{uid}{end}"))
        check(FIND_ALL, api.get(f"/payments/findAll/{uid}{end}"))


@pytest.mark.parametrize("count", [0, 1, 100, 101])
@pytest.mark.parametrize("extra", [[], ["imp_0"]])
def test_several_payments_keep_to_the_document(api, payments, count, extra):
    asked = [p["imp_uid"] for p in payments[:count]] + extra

    check("/payments", api.get("/payments", **{"imp_uid[]": asked}))


@pytest.mark.parametrize("strict", [False, True])
def test_billing_keys_keep_to_the_document(fresh, strict):
    api = fresh(strict_openapi=strict)
    uids = {p["customer_uid"] for p in api.sandbox.payments if p.get("customer_uid")}
    for uid in [*sorted(uids)[:5], "nobody"]:
        check(CUSTOMER, api.get(f"/subscribe/customers/{segment(uid)}"))
        check(f"{CUSTOMER}/payments", api.get(f"/subscribe/customers/{segment(uid)}/payments"))
        check(f"{CUSTOMER}/payments", api.get(f"/subscribe/customers/{uid}/payments", page=9))


def test_without_a_token_every_call_keeps_to_the_document(api):
    for path in set(openapi.DOCUMENT["paths"]) - {"/users/getToken"}:
        check(path, api.send("GET", path.replace("{", "").replace("}", "")))


def bodies(everything, api, payments):
    """Give one body of each definition: with all payments, and each billing key."""
    uids = sorted({p["customer_uid"] for p in payments if p.get("customer_uid")})
    yield from (("PaymentListResponse", answer.body) for answer in everything)
    for uid in uids[:30]:
        yield "CustomerResponse", api.get(f"/subscribe/customers/{segment(uid)}").body


@pytest.mark.parametrize("erratum", openapi.ERRATA, ids=lambda erratum: erratum.__name__)
def test_each_known_error_of_the_document_is_one(erratum, everything, api, payments):
    """Without the erratum, the document refuses an answer (or is no schema at all)."""
    judges = {
        name: openapi.validator(name, without=erratum)
        for name in ("PaymentListResponse", "CustomerResponse")
    }

    try:
        verdicts = [judges[name].is_valid(body) for name, body in bodies(everything, api, payments)]
    except TypeError:
        verdicts = [False]  # a limit that is text cannot be compared with a length

    assert not all(verdicts)


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
