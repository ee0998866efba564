"""A shop on a web server of its own, whose pages open the sandbox's payment window."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from jtnet_recon.sandbox import Sandbox

DATA = Path(__file__).with_name("data")
SDK = "https://cdn.iamport.kr"
# Flags of a headless browser that asks nothing of the network by itself.
FLAGS = (
    "--disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
PC = {"viewport": {"width": 1280, "height": 860}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "user_agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 16_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
    "has_touch": True,
    "is_mobile": True,
}
BLANK = """<!doctype html><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<script src="https://cdn.iamport.kr/v1/iamport.js"></script><button id="pay">Pay</button>"""


class Shop:
    """Serves pages, with the script's address changed to the sandbox's and nothing else."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        shop, numbers = self, count(1)

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = shop.pages.get(urlsplit(self.path).path, "<link rel=icon href='data:,'>Back")
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(page.encode())

            def log_message(self, *_: object) -> None:
                pass

        self._numbers = numbers
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def show(self, text: str, sandbox: Sandbox, **changes: str) -> str:
        """Put a page up; give its address. ``changes`` replaces texts in it by name."""
        for old, new in changes.items():
            assert old in text
            text = text.replace(old, new)
        path = f"/order/{next(self._numbers)}"
        assert SDK in text
        self.pages[path] = text.replace(SDK, sandbox.url)
        return self.url + path

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


class Shopper:
    """One browser page: what it asked for, what it said, what its callback got."""

    def __init__(self, browser: Any, device: dict[str, Any]) -> None:
        self._context = browser.new_context(**device)
        self.is_phone = device is PHONE
        self.asked: list[str] = []
        self.said: list[str] = []
        self.alerts: list[str] = []
        self.page = self._context.new_page()
        self.page.set_default_timeout(60_000)
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", self._alerted)

    def _alerted(self, dialog: Any) -> None:
        self.alerts.append(dialog.message)
        dialog.accept()

    @property
    def window(self) -> Any:
        """The payment window: over the shop's page, or in its place."""
        return self.page if self.is_phone else self.page.frame_locator("iframe.imp-dialog")

    def open(self, address: str) -> None:
        """Go to a shop's page and press its button."""
        self.page.goto(address)
        self.page.click("#pay")

    def request_pay(self, address: str, params: dict[str, Any], before: str = "") -> None:
        """Call the SDK from a shop's page; ``before`` stands in place of ``IMP.init``."""
        self.page.goto(address)
        self.page.evaluate(
            "([params, before]) => { window.answers = []; eval(before);"
            " IMP.request_pay(params, (rsp) => window.answers.push(rsp)); }",
            [params, before or "IMP.init('imp00000000')"],
        )

    def answer(self) -> dict[str, Any]:
        """Wait for what the callback got."""
        self.page.wait_for_function("window.answers.length === 1")
        return self.page.evaluate("window.answers[0]")

    def wait(self) -> None:
        """Wait until the window is there and has the keyboard."""
        main = self.window.locator("main")
        main.wait_for()
        main.evaluate(
            "async () => { while (!document.hasFocus()) await new Promise(requestAnimationFrame); }"
        )

    def pay(self) -> None:
        """Press the window's button."""
        self.window.locator("#pay").click()

    def returned(self) -> dict[str, str]:
        """Read what the phone's browser brought back to the shop."""
        self.page.wait_for_url(lambda url: "imp_success=" in url)
        return dict(parse_qsl(urlsplit(self.page.url).query))

    def close(self) -> None:
        self._context.close()


def page_of(name: str) -> str:
    """Read one of the guide's snippets, in the page of a shop."""
    return (DATA / f"{name}.html").read_text(encoding="utf-8")
