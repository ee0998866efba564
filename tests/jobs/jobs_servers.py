"""Servers of this machine that notifications are sent to: a webhook and a mail server."""

from __future__ import annotations

import base64
import json
import socketserver
import ssl
import subprocess
import threading
from contextlib import contextmanager
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage
    from pathlib import Path


class Webhook(ThreadingHTTPServer):
    """Keeps what is posted; answers with ``status``, and not before it is let go on."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Posted)
        self.status = 200
        self.posted: list[tuple[str, dict[str, Any]]] = []
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.has_come = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/secret-path"


class _Posted(BaseHTTPRequestHandler):
    server: Webhook

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posted.append((self.path, json.loads(content)))
        self.server.has_come.set()
        self.server.may_answer.wait(280)
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        """Say nothing on the error stream."""


class MailServer(socketserver.ThreadingTCPServer):
    """Speaks as much SMTP as a client needs; keeps what it is given."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.tls = tls
        self.refuses = False
        self.logins: list[tuple[str, str]] = []
        self.mails: list[tuple[list[str], bool, EmailMessage]] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Session(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.to: list[str] = []
        self.is_encrypted = False
        self.say("220 loopback")
        while line := self.rfile.readline().decode().strip():
            word = line.split()[0].upper()
            if not getattr(self, f"on_{word.lower()}", self.on_other)(line):
                return

    def finish(self) -> None:
        super().finish()
        # The server knows only the connection that this one was wrapped around.
        self.connection.close()

    def say(self, *lines: str) -> bool:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())
        return True

    def on_ehlo(self, _: str) -> bool:
        offered = ["STARTTLS"] if self.server.tls and not self.is_encrypted else ["AUTH PLAIN"]
        return self.say("250-loopback", f"250 {offered[0]}")

    def on_starttls(self, _: str) -> bool:
        self.say("220 go on")
        try:
            self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        except (ssl.SSLError, OSError):
            return False
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", buffering=0)
        self.is_encrypted = True
        return True

    def on_auth(self, line: str) -> bool:
        said = line.rpartition(" ")[2]
        _, user, password = base64.b64decode(said).decode().split("\0")
        self.server.logins.append((user, password))
        return self.say("535 no" if self.server.refuses else "235 yes")

    def on_rcpt(self, line: str) -> bool:
        self.to.append(line.partition("<")[2].partition(">")[0])
        return self.say("250 ok")

    def on_data(self, _: str) -> bool:
        self.say("354 go on")
        data = b""
        while (line := self.rfile.readline()) != b".\r\n":
            data += line.removeprefix(b".") if line.startswith(b"..") else line
        mail = message_from_bytes(data, policy=policy.default)
        self.server.mails.append((self.to, self.is_encrypted, mail))
        return self.say("250 kept")

    def on_quit(self, _: str) -> bool:
        self.say("221 bye")
        return False

    def on_other(self, _: str) -> bool:
        return self.say("250 ok")


@contextmanager
def serving(server: Any) -> Iterator[Any]:
    """Serve in a thread until the block ends."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """Make a certificate of this machine that nobody else has signed."""
    key, path = folder / "server.key", folder / "server.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    names = ["-nodes", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(key), "-out", str(path), "-days", "1"]
    subprocess.run([*command, *names, *files], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, key)
    return context, path
