"""On the wire an answer is whole or it is fetched again; what cannot be whole is an error."""

from __future__ import annotations

import gzip
import json
import socket
import ssl
import struct
import subprocess
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from client_wire import Api, Clock, Request, Wire, client_of, failure, page_of, record, reply

from jtnet_recon.client import body, transport
from jtnet_recon.errors import ApiConnectionError, ApiShapeError, PullIncomplete

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

ROWS = [record(n) for n in range(1, 41)]
WHOLE = page_of(ROWS)
HEAD, _, BODY = WHOLE.partition(b"\r\n\r\n")


def framed(body: bytes, *headers: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", "Content-Type: application/json", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def chunked(body: bytes, *, is_ended: bool = True) -> bytes:
    pieces = b"".join(
        b"%x\r\n%s\r\n" % (len(body[n : n + 999]), body[n : n + 999])
        for n in range(0, len(body), 999)
    )
    return framed(pieces + (b"0\r\n\r\n" if is_ended else b""), "Transfer-Encoding: chunked")


def gzipped(raw: bytes) -> bytes:
    return framed(raw, "Content-Encoding: gzip", f"Content-Length: {len(raw)}", "Connection: close")


PACKED = gzip.compress(BODY)
BROKEN: dict[str, tuple[bytes, str]] = {
    "shorter than its length says": (WHOLE[:-1000], "cut"),
    "cut where no length was said": (framed(BODY[:-1000], "Connection: close"), "broken_json"),
    "cut between two records": (
        framed(BODY[: BODY.index(b'}, {"imp_uid"') + 1], "Connection: close"),
        "broken_json",
    ),
    "chunks without their end": (chunked(BODY, is_ended=False), "cut"),
    "a chunk that is cut": (chunked(BODY)[:-500], "cut"),
    "gzip that is cut": (gzipped(PACKED[:-300]), "gzip"),
    "gzip without its last byte": (gzipped(PACKED[:-1]), "gzip"),
    "gzip with a wrong checksum": (gzipped(PACKED[:-8] + b"\0\0\0\0" + PACKED[-4:]), "gzip"),
    "gzip followed by more": (gzipped(PACKED + b"more"), "gzip"),
    "gzip in name only": (gzipped(BODY), "gzip"),
    "an encoding nobody asked for": (
        framed(BODY, "Content-Encoding: br", f"Content-Length: {len(BODY)}"),
        "encoding",
    ),
    "no answer at all": (b"", "cut"),
    "no HTTP": (b"SSH-2.0-OpenSSH_9.2\r\n", "cut"),
    "half a header": (b"HTTP/1.1 200 OK\r\nContent-Ty", "cut"),
    "an empty body": (reply(200, b""), "empty"),
    "no content": (reply(204, b""), "empty"),
    "well framed but cut JSON": (reply(200, BODY[:-7]), "broken_json"),
    "something after the JSON": (reply(200, BODY + b"}"), "broken_json"),
    "two JSON documents": (reply(200, BODY + BODY), "broken_json"),
    "bytes that are no UTF-8": (reply(200, BODY.replace("원두".encode(), b"\xff")), "broken_json"),
    "a web page": (reply(200, b"<html><title>Login</title>", kind="text/html"), "html"),
}


def once(bad: bytes, then: Callable[[Request], bytes] = lambda _request: WHOLE) -> Any:
    """Answer the first read badly and all others well."""
    lock, seen = threading.Lock(), []

    def script(request: Request) -> bytes:
        with lock:
            seen.append(request)
            return bad if len(seen) == 1 else then(request)

    return script


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_answer_is_fetched_again_and_leaves_no_trace_in_the_payments(api, name) -> None:
    bad, cause = BROKEN[name]
    server: Api = api(once(bad))

    pulled = client_of(server.url).payments("2022-11-13")

    certificate = pulled.attrs["pull"]
    assert (certificate["verdict"], certificate["retries"]) == ("COMPLETE", {cause: 1})
    assert pulled["imp_uid"].tolist() == [row["imp_uid"] for row in ROWS]
    assert certificate["digest"] == pull_of_a_good_server(api).attrs["pull"]["digest"]


def pull_of_a_good_server(api: Any) -> Any:
    return client_of(api(lambda _request: WHOLE).url).payments("2022-11-13")


@pytest.mark.parametrize("name", BROKEN)
def test_an_answer_that_stays_broken_ends_the_pull_as_incomplete(api, name) -> None:
    bad, _ = BROKEN[name]
    server: Api = api(lambda _request: bad)

    with pytest.raises(PullIncomplete) as caught:
        client_of(server.url).payments("2022-11-13")

    assert caught.value.certificate["verdict"] == "INCOMPLETE"
    assert len(server.reads) == (3 if name == "a web page" else 6)
    assert "다시 실행" in caught.value.hint_ko


@pytest.mark.parametrize(
    "whole",
    [chunked(BODY), gzipped(PACKED), framed(BODY, "Connection: close")],
    ids=["chunked", "gzip", "no length but whole"],
)
def test_a_whole_answer_is_taken_in_every_framing(api, whole: bytes) -> None:
    pulled = client_of(api(lambda _request: whole).url).payments("2022-11-13")

    assert (len(pulled), pulled.attrs["pull"]["retries"]) == (40, {})


def test_a_reset_in_the_middle_of_a_body_is_fetched_again(api) -> None:
    state = {"left": 1}

    def script(_request: Request) -> Iterable[bytes]:
        if state["left"]:
            state["left"] = 0
            yield WHOLE[:2000]
            raise ConnectionResetError
        yield WHOLE

    pulled = client_of(api(script).url).payments("2022-11-13")

    assert (len(pulled), pulled.attrs["pull"]["retries"]) == (40, {"cut": 1})


def test_a_hard_reset_is_fetched_again() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    answers = [b"reset", WHOLE]

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                request = connection.recv(65536)
                if b"getToken" in request:
                    from client_wire import token_answer

                    connection.sendall(token_answer())
                    continue
                answer = answers.pop(0) if answers else WHOLE
                if answer == b"reset":
                    linger = struct.pack("ii", 1, 0)
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                else:
                    connection.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()

    pulled = client_of(f"http://127.0.0.1:{listener.getsockname()[1]}").payments("2022-11-13")

    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)
    assert (len(pulled), pulled.attrs["pull"]["retries"]) == (40, {"cut": 1})


@pytest.mark.parametrize("where", ["headers", "body"])
def test_a_server_that_drips_for_ever_is_left_in_time(api, where: str) -> None:
    stop = threading.Event()

    def script(_request: Request) -> Iterator[bytes]:
        if where == "body":
            yield HEAD + b"\r\n\r\n"
        else:
            yield b"HTTP/1.1 200 OK\r\nX-Slow: "
        while not stop.wait(0.05):
            yield b" "

    server: Api = api(script)
    started_s = time.monotonic()

    with pytest.raises(PullIncomplete, match="did not end in time"):
        client_of(server.url, timeout_s=0.8).payments("2022-11-13")

    elapsed_s = time.monotonic() - started_s
    stop.set()
    assert elapsed_s < 30
    assert len(server.reads) == 2


def test_a_server_that_drips_once_is_read_at_the_second_try(api) -> None:
    stop = threading.Event()

    def drip() -> Iterator[bytes]:
        yield HEAD + b"\r\n\r\n"
        while not stop.wait(0.05):
            yield b" "

    server: Api = api(once(drip()))

    pulled = client_of(server.url, timeout_s=1.0).payments("2022-11-13")

    stop.set()
    assert (len(pulled), pulled.attrs["pull"]["retries"]) == (40, {"timeout": 1})


def test_a_silent_server_is_left_in_time(api) -> None:
    stop = threading.Event()

    def script(_request: Request) -> Iterator[bytes]:
        stop.wait(60)
        yield b""

    started_s = time.monotonic()

    with pytest.raises(PullIncomplete, match="did not end in time"):
        client_of(api(script).url, timeout_s=0.6).payments("2022-11-13")

    stop.set()
    assert time.monotonic() - started_s < 30


@pytest.mark.parametrize("packed", [True, False])
def test_an_answer_without_end_is_stopped_at_the_size_limit(api, monkeypatch, packed) -> None:
    monkeypatch.setattr(body, "BODY_BYTES_MAX", 200_000)
    bomb = gzip.compress(b" " * 20_000_000)
    big = gzipped(bomb) if packed else reply(200, b" " * 300_000)
    server: Api = api(lambda _request: big)

    with pytest.raises(PullIncomplete, match="larger than"):
        client_of(server.url).payments("2022-11-13")

    assert len(server.reads) == 1
    assert len(bomb) < 30_000


def test_the_size_limit_is_64_mib() -> None:
    assert body.BODY_BYTES_MAX == 64 * 2**20


def test_nobody_listening_is_said_with_a_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    clock = Clock()

    with pytest.raises(PullIncomplete, match=r"/users/getToken: .*no connection") as caught:
        client_of(f"http://127.0.0.1:{port}", clock).payments("2022-11-13")

    assert caught.value.certificate["windows"] == []
    assert 0 < clock.waited_s < 60


def test_a_name_that_does_not_resolve_is_said_so() -> None:
    with pytest.raises(ApiConnectionError, match="host name cannot be resolved") as caught:
        client_of("https://no-such-host.invalid").payments_by_merchant_uid("order-1")

    assert "VPN" in caught.value.hint


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("place", ["https://evil.example/x", "http://127.0.0.1:1/x", "/elsewhere"])
def test_a_redirect_is_never_followed(api, status: int, place: str) -> None:
    server: Api = api(lambda _request: reply(status, b"", f"Location: {place}"))

    with pytest.raises(ApiShapeError, match=r"redirects to .*; it is not followed"):
        client_of(server.url).payments_by_merchant_uid("order-1")

    assert len(server.reads) == 1


def test_a_redirect_of_get_token_sends_no_secret_elsewhere(api) -> None:
    other: Wire = api(lambda _request: failure(500, "never"), Wire)
    server: Wire = api(lambda _request: reply(307, b"", f"Location: {other.url}/x"), Wire)

    with pytest.raises(ApiShapeError, match="not followed"):
        client_of(server.url).payments_by_merchant_uid("order-1")

    assert other.requests == []


def test_proxies_of_the_environment_are_ignored(api, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)

    assert len(client_of(api(lambda _request: WHOLE).url).payments("2022-11-13")) == 40


def test_a_netrc_of_this_machine_adds_no_credentials(api, monkeypatch, tmp_path: Path) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    server: Api = api(lambda _request: WHOLE)

    client_of(server.url).payments("2022-11-13")

    assert "authorization" not in server.requests[0].headers
    assert all(read.headers["authorization"].startswith("Bearer ") for read in server.reads)


@pytest.mark.parametrize("cause", ["self-signed", "another name"])
def test_a_certificate_that_cannot_be_trusted_stops_at_once(tmp_path: Path, cause: str) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subject = "/CN=localhost" if cause == "self-signed" else "/CN=other.example"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-keyout", str(key), "-out", str(certificate), "-subj", subject]
    subprocess.run([*command, "-days", "1"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    hellos = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            hellos.append(1)
            try:
                context.wrap_socket(connection, server_side=True).close()
            except OSError:
                connection.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()

    with pytest.raises(ApiConnectionError, match="certificate is refused") as caught:
        client_of(f"https://localhost:{listener.getsockname()[1]}").payments_by_imp_uid("imp_1")

    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)
    assert len(hellos) == 1
    assert "SSL_CERT_FILE" in caught.value.hint


def test_tls_keys_are_never_written_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))

    context = transport._tls("https://api.iamport.kr")

    assert context.keylog_filename is None
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2


def test_json_that_is_called_something_else_is_taken_and_counted(api) -> None:
    server: Api = api(lambda _request: reply(200, json.loads(BODY), kind="text/plain"))

    certificate = client_of(server.url).payments("2022-11-13").attrs["pull"]

    # Two walks and the last look.
    assert (certificate["verdict"], certificate["not_called_json"]) == ("COMPLETE", 3)
