"""Only the 28 GETs and getToken can leave, to the place that the id names and to no other."""

from __future__ import annotations

from pathlib import Path

import pytest
from client_wire import Api, client_of, failure
from hypothesis import given
from hypothesis import strategies as st

from jtnet_recon.client.endpoints import GET_TOKEN, READS, Call, check_reading
from jtnet_recon.errors import ConfigError

OPERATIONS = [
    tuple(line.split(" ", 1))
    for line in (Path(__file__).parent / "data" / "operations.txt").read_text().splitlines()
    if not line.startswith("#")
]
READING = [pair for pair in OPERATIONS if pair[0] == "GET" or pair == ("POST", GET_TOKEN)]
OTHERS = [pair for pair in OPERATIONS if pair not in READING]

HOSTILE = (
    """
a/b|a/../../payments/cancel|../x|..%2fx|%2e%2e|.%2e|a?x=1|a#b|a%|a%zz|a b|a&b=c|a;b|주문 1|ＡＢＣ|a\\b
|//evil.example/|http://evil.example/|a\tb|a\r\nX-Evil: 1|a\x00b|😀|e\u0301|...|a/./b|{imp_uid}|'"<>|@:|*
""".replace("\n|", "|")
    .strip("\n")
    .split("|")
)


def test_the_table_is_the_documents_28_reads() -> None:
    assert len(OPERATIONS) == 80
    assert {template for method, template in OPERATIONS if method == "GET"} == READS
    assert len(READS) == 28


@pytest.mark.parametrize(("method", "template"), OTHERS)
def test_each_operation_that_does_not_read_is_refused_by_name(method: str, template: str) -> None:
    with pytest.raises(ConfigError, match="can only read") as caught:
        check_reading(method, template)

    assert f"{method} {template}" in caught.value.message


def test_51_operations_are_refused_before_a_byte_leaves(api) -> None:
    server = api(lambda _request: failure(500, "reached"))
    transport = client_of(server.url)._transport

    for method, template in OTHERS:
        with pytest.raises(ConfigError):
            transport.send(Call(method, template), within_s=1.0)

    assert len(OTHERS) == 51
    assert server.requests == []


@pytest.mark.parametrize("method", ["get", "DELETE", "PUT", "HEAD", "OPTIONS"])
def test_another_method_on_a_known_path_is_refused(method: str) -> None:
    with pytest.raises(ConfigError):
        check_reading(method, "/payments/{imp_uid}")


@pytest.mark.parametrize("path", ["/payments/cancel", "/payments/../payments/cancel", "/PAYMENTS"])
def test_a_path_that_is_no_template_is_refused(path: str) -> None:
    with pytest.raises(ConfigError):
        check_reading("GET", path)


@pytest.mark.parametrize("uid", HOSTILE)
def test_a_hostile_id_stays_one_segment_of_the_path_on_the_wire(api, uid: str) -> None:
    server: Api = api(lambda _request: failure(404, "없음"))

    found = client_of(server.url).payments_by_merchant_uid(uid)

    assert found.attrs["lookup"]["missing"] == [uid]
    segments = server.reads[0].path.split("/")
    assert segments[:3] == ["", "payments", "findAll"]
    assert len(segments) == 4
    from urllib.parse import unquote

    assert unquote(segments[3]) == uid
    assert "x-evil" not in server.reads[0].headers


@pytest.mark.parametrize("uid", ["", ".", ".."])
def test_an_id_that_means_another_place_is_refused(api, uid: str) -> None:
    server: Api = api(lambda _request: failure(404, "없음"))

    with pytest.raises(ConfigError, match="another place"):
        client_of(server.url).payments_by_customer_uid(["good", uid])

    assert all(uid != request.path.split("/")[3] for request in server.reads)


def test_an_id_that_is_no_text_any_more_is_refused(api) -> None:
    server: Api = api(lambda _request: failure(404, "없음"))

    with pytest.raises(ConfigError, match="no valid text"):
        client_of(server.url).payments_by_merchant_uid("a\ud800")


@given(st.text(min_size=1))
def test_any_id_can_be_read_back_from_its_segment(uid: str) -> None:
    from urllib.parse import unquote, urlsplit

    try:
        target = Call("GET", "/payments/find/{merchant_uid}", {"merchant_uid": uid}).target
    except ConfigError:
        assert uid in {".", ".."} or not uid.isprintable()
        return

    parts = urlsplit("http://h" + target)
    assert (parts.query, parts.fragment) == ("", "")
    assert parts.path.isascii()
    assert [unquote(segment) for segment in parts.path.split("/")[1:]] == ["payments", "find", uid]


def test_ids_in_a_query_keep_literal_brackets_and_cannot_add_a_parameter() -> None:
    call = Call("GET", "/payments", query=(("imp_uid[]", "a&limit=1"), ("imp_uid[]", "b#c")))

    assert call.target == "/payments?imp_uid[]=a%26limit%3D1&imp_uid[]=b%23c"
