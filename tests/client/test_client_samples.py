"""Every body of the collected samples is taken as what it is: a response or an error in words."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from client_samples import SAMPLES
from client_wire import Api, client_of, reply

from jtnet_recon.client.endpoints import Call
from jtnet_recon.client.rows import to_table
from jtnet_recon.errors import ApiAuthError, ApiCodeError, ApiStatusError

CASES = {
    f"{section}: {name}": case
    for section, cases in SAMPLES.items()
    for name, case in cases.items()
    if isinstance(case, dict) and "http" in case
}


def test_there_are_samples_of_every_kind() -> None:
    assert len(CASES) > 90
    assert {case["http"] for case in CASES.values()} >= {200, 207, 400, 401, 404, 429, 500}


@pytest.mark.parametrize("name", CASES)
def test_a_sample_is_a_response_or_an_error_that_quotes_the_server(api, name: str) -> None:
    case = CASES[name]
    status, body = case["http"], case["body"]
    server: Api = api(lambda _request: reply(status, body))
    session = client_of(server.url)._source.session
    call = Call("GET", "/payments")  # this template may answer 207

    if status in {200, 207} and body["code"] == 0:
        assert _plain(session.get(call)) == body["response"]
        return
    kind = ApiAuthError if status == 401 else ApiStatusError if status >= 400 else ApiCodeError
    with pytest.raises(kind) as caught:
        session.get(call)

    assert body["message"][:60] in caught.value.message
    assert caught.value.hint
    assert caught.value.hint_ko


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value


PAYMENT_LISTS = {
    name: case["body"]["response"]
    for name, case in CASES.items()
    if name.startswith(("GET /payments", "GET /subscribe/customers/{customer_uid}/payments"))
    and case["http"] in {200, 207}
    and "balance" not in name
    and case["body"]["response"]
}


@pytest.mark.parametrize("name", PAYMENT_LISTS)
def test_each_sample_payment_is_read_without_a_rest(name: str) -> None:
    response = PAYMENT_LISTS[name]
    rows = response["list"] if isinstance(response, dict) and "list" in response else response
    rows = rows if isinstance(rows, list) else [rows]

    table = to_table(json.loads(json.dumps(rows), parse_float=Decimal))

    assert table.num_rows == len(rows)
    assert table["unread"].null_count == len(rows)
    assert not [column for column in table.column_names if ":" in column]
    assert table["amount"].to_pylist() == [int(row["amount"]) for row in rows]
