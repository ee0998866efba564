"""Key, secret and token are found nowhere but in the requests that need them."""

from __future__ import annotations

import copy
import inspect
import json
import logging
import pickle
import re
import signal
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from client_wire import (
    KEY,
    SECRET,
    TOKEN,
    Api,
    Wire,
    client_of,
    failure,
    page_of,
    record,
    reply,
    success,
    token_answer,
)

import jtnet_recon
from jtnet_recon.client.auth import Login, Secret
from jtnet_recon.errors import ReconError

if TYPE_CHECKING:
    from collections.abc import Callable

CANARIES = (KEY, SECRET, TOKEN[:30])


def assert_clean(text: str) -> None:
    for canary in CANARIES:
        assert canary not in text


WAYS: dict[str, Callable[[Any], Any]] = {
    "repr": repr,
    "str": str,
    "format": "{}".format,
    "padded": lambda value: f"{value!s:>40}",
    "percent": lambda value: "%s %r" % (value, value),  # noqa: UP031 - one of the ways
    "f-string": lambda value: f"{value} {value!r} {value!s} {value!a}",
    "list": lambda value: repr([value, {"x": value}, (value,)]),
    "dir": lambda value: repr([getattr(value, name, None) for name in ("__dict__", "__doc__")]),
    "members": lambda value: repr(inspect.getmembers(value)),
    "exception": lambda value: repr(ValueError(value)),
    "json": lambda value: json.dumps({"x": value}, default=str),
    "log": lambda value: logging.LogRecord(
        "n", 10, "p", 1, "%s %r", (value, value), None
    ).getMessage(),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", ["secret", "login", "client", "session", "token"])
def test_no_way_to_print_shows_a_secret(way: str, kind: str, api) -> None:
    client = client_of(api(lambda _request: page_of([])).url)
    client.payments("2022-11-13")
    session = client._source.session
    values = {
        "secret": Secret(SECRET),
        "login": Login(Secret(KEY), Secret(SECRET)),
        "client": client,
        "session": session,
        "token": session.tokens.get(),
    }

    assert_clean(str(WAYS[way](values[kind])))


def state_of(value: Any) -> Any:
    """Ask for an object's state as pickle's relatives do."""
    return value.__getstate__()


@pytest.mark.parametrize(
    "take", [pickle.dumps, copy.copy, copy.deepcopy, hash, state_of], ids=lambda take: take.__name__
)
def test_a_secret_cannot_be_pickled_copied_or_hashed(take) -> None:
    with pytest.raises(TypeError):
        take(Secret(SECRET))


def test_a_secret_cannot_be_formatted_into_view() -> None:
    assert_clean(f"{Secret(SECRET):>40} {Secret(SECRET):s}")


def test_secrets_compare_by_content() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"


FAILURES: dict[str, bytes] = {
    "wrong key": failure(401, "인증에 실패하였습니다."),
    "no JSON": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\noops!",
    "cut": b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{",
    "no HTTP": b"\x16\x03\x01",
    "nothing": b"",
    "bad gzip": reply(200, b"x", "Content-Encoding: gzip"),
    "redirect": reply(302, b"", "Location: https://evil.example/"),
    "broken": failure(500, "no"),
    "web page": reply(200, b"<html>"),
    "refused": failure(403, "no"),
    "code": failure(200, "no"),
    "shape": success([1]),
    "header": b"HTTP/1.1 200 OK\r\nBad Header: x\r\n\r\n",
}


@pytest.mark.parametrize("where", ["token", "read"])
@pytest.mark.parametrize("name", FAILURES)
def test_no_error_and_no_traceback_with_locals_shows_a_secret(api, name: str, where: str) -> None:
    bad = FAILURES[name]
    server = api(lambda _request: bad, Wire if where == "token" else Api)
    client = client_of(server.url)

    with pytest.raises(ReconError) as caught:
        client.payments("2022-11-13")

    error: BaseException | None = caught.value
    assert error is not None
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    text = "".join(shown.format())
    assert_clean(text)
    while error is not None:
        assert isinstance(error, ReconError)  # nothing of httpx hangs on it
        assert_clean(f"{error!r} {error} {error.args} {vars(error)}")
        assert_clean(str(pickle.dumps(vars(error))))
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize("status", [200, 400, 401, 403, 500])
@pytest.mark.parametrize("where", ["token", "read"])
def test_a_server_that_repeats_what_it_was_sent_is_not_quoted(api, where: str, status: int) -> None:
    def answered(request: Any) -> bytes:
        if where == "token":
            return failure(status, request.body.decode())
        return failure(400 if status == 200 else status, request.headers["authorization"])

    client = client_of(api(answered, Wire if where == "token" else Api).url)

    with pytest.raises(ReconError) as caught:
        client.payment("imp_1")

    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert "••••" in str(caught.value)
    assert_clean(f"{caught.value!r} {caught.value.args} {caught.value.to_dict()}")
    assert_clean("".join(shown.format()))


@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit, MemoryError])
@pytest.mark.parametrize("where", ["token", "read"])
def test_whatever_ends_a_call_leaves_no_frame_with_a_secret(api, where: str, end: type) -> None:
    """A signal while the answer is awaited: the libraries' frames hold body and headers by name."""

    def stop(_number: int, _frame: Any) -> None:
        raise end

    def answered(request: Any) -> bytes:
        if request.method == ("POST" if where == "token" else "GET"):
            signal.raise_signal(signal.SIGTERM)
        return token_answer() if request.method == "POST" else success(record(1))

    client = client_of(api(answered, Wire).url)
    before = signal.signal(signal.SIGTERM, stop)
    try:
        with pytest.raises(end) as caught:
            client.payment("imp_1")
    finally:
        signal.signal(signal.SIGTERM, before)

    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    frames = [frame for frame in shown.stack if frame.filename != __file__]
    assert any("transport" in frame.filename for frame in frames)
    assert_clean(str([frame.locals for frame in frames]))


def test_an_impossible_client_shows_no_secret() -> None:
    with pytest.raises(ReconError) as caught:
        client_of("http://api.iamport.kr")

    # The frame of this test's own helper is left out: it knows them by name.
    frames = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    ours = [f for f in frames.stack if "jtnet_recon/client" in f.filename and f.locals]
    assert ours
    for frame in ours:
        assert_clean(str(frame.locals))


def test_logs_at_debug_hold_no_secret_no_id_and_no_url(api, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    state = {"left": 1}

    def script(request: Any) -> bytes:
        state["left"] -= 1
        return (
            failure(500, "no")
            if state["left"] == 0
            else page_of([record(1, merchant_uid="shop-77")])
        )

    client = client_of(api(script).url)
    client.payments_by_merchant_uid("shop-77")
    client.payments("2022-11-13")

    text = "\n".join(f"{rec.name} {rec.getMessage()}" for rec in caplog.records)
    assert "attempt 1 failed: 500" in text
    assert_clean(text)
    assert "shop-77" not in text
    assert "http" not in text.replace("httpx", "").replace("httpcore", "")
    assert {rec.name for rec in caplog.records} == {"jtnet_recon.client"}


def test_httpx_of_another_program_logs_as_before(api, caplog) -> None:
    import httpx

    caplog.set_level(logging.INFO)
    server = api(lambda _request: token_answer(), Wire)
    client_of(server.url)

    with httpx.Client(trust_env=False) as other:
        other.get(server.url)

    assert [rec.name for rec in caplog.records] == ["httpx"]


def test_the_secret_travels_in_the_body_of_get_token_and_nowhere_else(api) -> None:
    server: Api = api(lambda _request: page_of([]))

    client_of(server.url).payments("2022-11-13")

    post, *reads = server.requests
    assert json.loads(post.body) == {"imp_key": KEY, "imp_secret": SECRET}
    assert_clean(f"{post.target} {post.headers}")
    for read in reads:
        assert read.body == b""
        assert_clean(read.target)
        shown = {name: value for name, value in read.headers.items() if name != "authorization"}
        assert_clean(str(shown))
        assert "x-imptokenheader" not in shown
        assert shown["cache-control"] == "no-store"
        assert "cookie" not in shown


def test_only_one_module_knows_httpx() -> None:
    package = Path(jtnet_recon.__file__).parent
    users = [
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        if re.search(r"^\s*(?:import|from)\s+(?:httpx|httpcore)\b", path.read_text(), re.MULTILINE)
    ]

    assert users == ["client/transport.py"]


def test_no_switch_turns_certificates_off() -> None:
    package = Path(jtnet_recon.__file__).parent

    for path in package.rglob("*.py"):
        assert not re.search(
            r"verify\s*=\s*False|CERT_NONE|check_hostname\s*=\s*False", path.read_text()
        )


def test_a_fingerprint_tells_accounts_and_tiers_apart_and_no_key() -> None:
    one, other = Login(Secret("key-a"), Secret("s")), Login(Secret("key-b"), Secret("s"))

    prints = {one.fingerprint(None), one.fingerprint("ABC"), other.fingerprint(None)}

    assert len(prints) == 3
    assert one.fingerprint(None) == Login(Secret("key-a"), Secret("t")).fingerprint(None)
    assert all(re.fullmatch(r"[0-9a-f]{16}", text) for text in prints)
