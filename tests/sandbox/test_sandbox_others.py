"""Services that a merchant of JTNet or NICE does not have are refused by name, not as a typing error."""

from __future__ import annotations

from pathlib import Path

import openapi
import pytest

from jtnet_recon.sandbox.routes_others import SERVICES

OPERATIONS = {
    tuple(line.split(" ", 1))
    for line in (Path(__file__).parents[1] / "client" / "data" / "operations.txt")
    .read_text(encoding="utf-8")
    .splitlines()
    if not line.startswith("#")
}
ANSWERED = {
    (method.upper(), path)
    for path, methods in openapi.DOCUMENT["paths"].items()
    for method in methods
}
OF_THE_GUIDE = {"/vbanks/holder": "예금주 조회", "/kakao/payment/orders": "카카오페이"}
OTHERS = sorted(OPERATIONS - ANSWERED)


@pytest.mark.parametrize(("method", "path"), OTHERS)
def test_each_call_of_another_service_is_refused_with_its_name(api, method, path):
    target = path.replace("{", "").replace("}", "")

    answer = api.call(method, target, {})

    assert (answer.status, answer.code, answer.response) == (200, 1, None)
    said, _, service = answer.message.partition(": ")
    assert said == "이 상점(JTNet, 나이스페이먼츠)에서 사용하지 않는 서비스입니다"
    assert service


def test_every_operation_of_the_document_is_answered_or_refused_by_name():
    assert len(OPERATIONS) == 80
    assert len(ANSWERED) + len(OTHERS) == 80
    assert len(SERVICES) == len(OTHERS) + len(OF_THE_GUIDE)


@pytest.mark.parametrize("path", OF_THE_GUIDE)
def test_what_the_guides_list_has_and_the_document_lacks_is_refused_by_name(api, path):
    answer = api.get(path, bank_code="088", bank_num="1", payment_request_date="20221101")

    assert (answer.status, answer.code) == (200, 1)
    assert answer.message.endswith(OF_THE_GUIDE[path])


def test_another_service_needs_a_token_too(api):
    assert api.send("POST", "/cvs", json_body={}).status == 401


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/cvs", 405), ("POST", "/vbanks/holder", 405), ("POST", "/payments/x/naver", 404)],
)
def test_what_no_document_knows_is_still_no_path_or_no_method(api, method, path, status):
    assert api.call(method, path).status == status
