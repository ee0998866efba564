"""Everything the sandbox does keeps to the V1 document, its known errors aside."""

from __future__ import annotations

from urllib.parse import urlencode

import openapi
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sandbox_cards import GOOD
from sandbox_judge import Judge
from sandbox_scenario import lists, run

from jtnet_recon.sandbox import Sandbox
from jtnet_recon.sandbox.routes import ROUTES

# What a merchant of JTNet or NICE is always refused.
ALWAYS_REFUSED = {
    ("GET", "/certifications/{imp_uid}"),
    ("DELETE", "/certifications/{imp_uid}"),
    ("GET", "/escrows/logis/{imp_uid}"),
    ("POST", "/escrows/logis/{imp_uid}"),
    ("PUT", "/escrows/logis/{imp_uid}"),
    ("GET", "/payments/{imp_uid}/balance"),
    ("GET", "/payments/{imp_uid}/naver/product-orders"),
    ("GET", "/payments/{imp_uid}/naver/cash-amount"),
    ("GET", "/naver/product-orders/{product_order_id}"),
    ("GET", "/naver/reviews"),
}


@pytest.fixture(scope="module")
def judge():
    """Run through everything once; every answer is judged on the way."""
    with Sandbox("2022-11", seed=5, orders=100) as sandbox:
        judge = Judge(sandbox)
        run(judge)
        judge.of_the_run = frozenset(judge.seen)
        yield judge


@pytest.mark.parametrize("strict", [False, True])
def test_every_answer_to_every_operation_keeps_to_the_document(judge, strict, fresh):
    if strict:
        judge = Judge(fresh(strict_openapi=True).sandbox)
        run(judge)

    assert len(judge.seen) > 100


def documented():
    return {
        (method.upper(), path)
        for path, methods in openapi.DOCUMENT["paths"].items()
        for method in methods
    }


def test_every_operation_was_asked_and_answered_well_where_it_can_be(judge):
    asked = {(method, path) for method, path, _, _ in judge.of_the_run}
    fine = {(method, path) for method, path, _, is_fine in judge.of_the_run if is_fine}

    assert asked == documented()
    assert fine == documented() - ALWAYS_REFUSED


def test_every_operation_is_also_refused_in_the_run(judge):
    refused = {(method, path) for method, path, _, is_fine in judge.of_the_run if not is_fine}

    never = {"/users/getToken", "/cards", "/banks", "/users/pg"}
    assert {path for _, path in documented() - refused} <= never


def test_the_document_and_the_routes_name_the_same_operations():
    found = set()
    for pattern, routes in ROUTES.items():
        words = ["x" if word == "{}" else word for word in pattern.split("/")]
        found |= {(method, openapi.template_of(words)) for method in routes}

    assert found | {("POST", "/users/getToken")} == documented()


@pytest.mark.parametrize(("method", "path"), sorted(documented() - {("POST", "/users/getToken")}))
def test_no_operation_is_answered_without_a_token(judge, method, path):
    answer = judge.send(method, path.replace("{", "").replace("}", ""))

    assert (answer.status, answer.code) == (401, -1)


def test_as_documented_lists_of_schedules_need_no_erratum(fresh):
    judge = Judge(fresh(strict_openapi=True).sandbox)
    strict = openapi.validator("ScheduleResponse", without=openapi.pages_of_schedules)

    lists(judge)

    pages = [body for name, body in judge.bodies if name == "ScheduleResponse"]
    assert any(body["response"] for body in pages)
    for body in pages:
        strict.validate(body)


NAMES = st.sampled_from(
    "customer_uid merchant_uid imp_uid amount currency card_number expiry schedules schedule_at "
    "checksum reason vbank_due vbank_code identifier pg channel_key card_quota custom_data".split()
)
PLAIN = st.none() | st.booleans() | st.integers(-5, 10**14) | st.floats() | st.text(max_size=50)
VALUES = st.recursive(
    PLAIN | st.sampled_from(["o-1", GOOD["card_number"], "2030-01", "KRW", "gildong_0001_1234"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=6,
)
OPERATIONS = sorted((m, p) for m, p in documented() if m != "GET" and p != "/users/getToken")


@settings(max_examples=200, deadline=None)
@given(
    operation=st.sampled_from(OPERATIONS),
    fields=st.dictionaries(NAMES, VALUES, max_size=8),
    kind=st.sampled_from(["json", "form"]),
)
def test_no_body_whatever_makes_the_server_fail(judge, operation, fields, kind):
    method, path = operation
    path = path.replace("{", "").replace("}", "")
    if kind == "json":
        answer = judge.call(method, path, fields)
    else:
        headers = {
            "Authorization": f"Bearer {judge.token}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        body = urlencode(fields, doseq=True)
        answer = judge.send(method, path, headers=headers, body=body)

    assert answer.status in (200, 400, 404, 501)


@pytest.mark.parametrize("erratum", openapi.ERRATA, ids=lambda erratum: erratum.__name__)
def test_each_known_error_of_the_document_is_one(erratum, judge):
    """Without the erratum, the document refuses an answer (or is no schema at all)."""
    names = {name for name, _ in judge.bodies}
    judges = {name: openapi.validator(name, without=erratum) for name in names}

    try:
        verdicts = [judges[name].is_valid(body) for name, body in judge.bodies]
    except TypeError:
        verdicts = [False]  # a limit that is text cannot be compared with a length

    assert not all(verdicts)


def test_the_judge_sees_a_field_too_many(judge):
    name, body = next(found for found in judge.bodies if found[0] == "ScheduleResponse")
    wrong = {**body, "response": [{"merchant_uid": "x", "extra": 1}]}

    assert openapi.unknown_fields(name, body) == set()
    assert openapi.unknown_fields(name, wrong) == {"extra"}
