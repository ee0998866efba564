"""Tokens and headers of the sandbox, as the V1 document and the live API have them."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest

ANY = "/payments/status/all"


def expiry(answer):
    assert answer.status == 200
    return answer.response["access_token"], answer.response["expired_at"], answer.response["now"]


def status_with(api, token):
    return api.send("GET", ANY, headers={"Authorization": f"Bearer {token}"}).status


def test_a_token_is_forty_hex_digits_that_live_thirty_minutes(fresh):
    answer = fresh().get_token()

    token, expired_at, now = expiry(answer)
    assert re.fullmatch("[0-9a-f]{40}", token)
    assert expired_at - now == 1800
    assert (answer.code, answer.message) == (0, None)


def test_a_token_asked_for_again_is_the_same_with_the_same_expiry(fresh):
    api = fresh()
    first = expiry(api.get_token())
    api.sandbox.advance(1700)

    again = expiry(api.get_token())

    assert again[:2] == first[:2]
    assert 1700 <= again[2] - first[2] <= 1703


def test_a_token_asked_for_in_its_last_minute_lives_five_minutes_more(fresh):
    api = fresh()
    token, expired_at, _ = expiry(api.get_token())
    api.sandbox.advance(1750)

    again = expiry(api.get_token())

    assert again[:2] == (token, expired_at + 300)
    api.sandbox.advance(300)
    assert status_with(api, token) == 200


def test_an_expired_token_is_refused_and_followed_by_another(fresh):
    api = fresh()
    old = expiry(api.get_token())[0]
    api.sandbox.advance(1801)

    refused = api.send("GET", ANY, headers={"Authorization": f"Bearer {old}"})
    new = expiry(api.get_token())[0]

    assert (refused.status, refused.code, refused.message) == (401, -1, "Unauthorized")
    assert new != old
    assert (status_with(api, old), status_with(api, new)) == (401, 200)


@pytest.mark.parametrize(
    "header",
    [
        {"Authorization": "Bearer {}"},
        {"Authorization": "bearer {}"},
        {"Authorization": "{}"},
        {"X-ImpTokenHeader": "{}"},
        {"Authorization": "Bearer {}", "X-ImpTokenHeader": "wrong"},
    ],
)
def test_each_form_of_the_header_is_taken(api, header):
    headers = {name: form.format(api.token) for name, form in header.items()}

    assert api.send("GET", ANY, headers=headers).status == 200


def test_authorization_wins_over_the_older_header_even_if_it_is_wrong(api):
    headers = {"Authorization": "Bearer wrong", "X-ImpTokenHeader": api.token}

    assert api.send("GET", ANY, headers=headers).status == 401


def test_a_token_in_the_query_is_taken_as_seen_in_old_clients(api):
    assert api.send("GET", f"{ANY}?_token={api.token}").status == 200


@pytest.mark.parametrize(
    "path",
    [
        ANY,
        "/payments/imp_000000000000",
        "/payments/find/x",
        "/payments/findAll/x",
        "/payments?imp_uid[]=x",
        "/subscribe/customers/x",
        "/subscribe/customers/x/payments",
    ],
)
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer "}, {"Authorization": "no"}])
def test_every_path_needs_a_token(api, path, headers):
    answer = api.send("GET", path, headers=headers)

    assert (answer.status, answer.code, answer.message) == (401, -1, "Unauthorized")
    assert answer.response is None
    assert {name.lower(): text for name, text in answer.headers.items()}[
        "www-authorize"
    ] == "iamport"


def test_a_wrong_secret_is_refused(api):
    answer = api.get_token(secret="wrong")

    assert (answer.status, answer.code) == (401, -1)
    assert answer.message == "인증에 실패하였습니다. API키와 secret을 확인하세요."


@pytest.mark.parametrize(
    "body", ["", "{}", "[]", "not json", '{"imp_key": "k"}', '{"imp_key": 1, "imp_secret": 2}']
)
def test_a_missing_key_is_a_bad_request(api, body):
    headers = {"Content-Type": "application/json"}

    answer = api.send("POST", "/users/getToken", body=body, headers=headers)

    assert (answer.status, answer.code) == (400, -1)
    assert answer.message == "imp_key, imp_secret 파라메터가 누락되었습니다."


@pytest.mark.parametrize("target", ["/users/getToken", "/users/getToken/"])
@pytest.mark.parametrize("kind", ["json", "form", "multipart"])
def test_the_keys_may_come_as_json_or_as_a_form(api, target, kind):
    keys = {"imp_key": api.sandbox.key, "imp_secret": api.sandbox.secret}
    if kind == "json":
        answer = api.send("POST", target, json_body=keys)
    elif kind == "form":
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        answer = api.send("POST", target, body=urlencode(keys), headers=headers)
    else:
        part = '--b\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
        body = "".join(part.format(*pair) for pair in keys.items()) + "--b--\r\n"
        headers = {"Content-Type": "multipart/form-data; boundary=b"}
        answer = api.send("POST", target, body=body, headers=headers)

    assert answer.status == 200
    assert answer.response["access_token"] == api.token


def test_a_broken_multipart_body_is_a_bad_request(api):
    headers = {"Content-Type": "multipart/form-data; boundary=b"}

    answer = api.send("POST", "/users/getToken", body="--x\r\nnothing", headers=headers)

    assert answer.status == 400


def test_a_token_is_fetched_by_post_only(api):
    answer = api.send("GET", "/users/getToken")

    assert (answer.status, answer.headers["allow"]) == (405, "POST")


def test_payments_are_read_by_get_only(api):
    headers = {"Authorization": f"Bearer {api.token}"}

    answer = api.send("POST", ANY, json_body={}, headers=headers)

    assert (answer.status, answer.headers["allow"]) == (405, "GET")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", ""])
def test_a_foreign_host_is_refused_before_anything_is_read(api, host):
    headers = {"Host": host, "Authorization": f"Bearer {api.token}"}

    answer = api.send("GET", ANY, headers=headers)

    assert answer.status == 421
    assert answer.response is None


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:1", "LOCALHOST", "[::1]", "[::1]:80"])
def test_every_name_of_this_machine_is_taken(api, host):
    headers = {"Host": host, "Authorization": f"Bearer {api.token}"}

    assert api.send("GET", ANY, headers=headers).status == 200


def test_an_unknown_path_is_told(api):
    assert (api.get("/nothing").status, api.get("/payments/status/all/x").status) == (404, 404)
