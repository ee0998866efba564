"""Serves the payment window: the SDK's script, the checkout page, and what the page sends back.

=====================================  ====================================================
``GET /v1/iamport.js``                 the script a shop's page loads, here from the sandbox;
                                       also under the older ``/js/iamport.payment-….js``
``POST /sandbox/window``               the script's form: checks and opens a window
``GET /sandbox/window/{id}``           its page, in a frame on a PC, by itself on a phone
``POST /sandbox/window/{id}/settle``   the shopper pays
``POST /sandbox/window/{id}/close``    the shopper gives up
``GET /sandbox/static/{file}``         the page's own files
=====================================  ====================================================

The page's address holds a random id, so that no other web page can pay or close.
Source: JavaScript SDK of i'mport, IMP.request_pay, payment request and response parameters.
"""

from __future__ import annotations

import json
import re
import secrets
import threading
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from jtnet_recon.sandbox import replies, till, window_facts
from jtnet_recon.sandbox.acts import Acts, callback_of
from jtnet_recon.sandbox.fields import mapping, text
from jtnet_recon.sandbox.refusals import RefusedError, Why
from jtnet_recon.sandbox.replies import Reply, failure, success
from jtnet_recon.sandbox.shelf import as_json

if TYPE_CHECKING:
    from jtnet_recon.sandbox.account import Account, Call
    from jtnet_recon.sandbox.fields import Fields
    from jtnet_recon.sandbox.shop import Shop

STATIC = Path(__file__).parent / "static"
WINDOWS_KEPT = 1_000
ADDRESS_MAX = 2_000
REFUSED_CODE, SILENT_CODE = "F0002", "F0009"
_SCRIPT = re.compile(r"iamport\.payment-[0-9.]+\.js")
_KINDS = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
}
# Nothing but the page's own files: no text of a shop or a shopper can load or run anything.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)


@dataclass(frozen=True, slots=True)
class Window:
    """One window that was asked for; ``response`` is what its callback got, if it has ended."""

    acts: Acts | None
    imp_uid: str | None
    facts: dict[str, object]
    params: dict[str, object]
    response: dict[str, object] | None = None


class Windows:
    """The windows of one sandbox, by the random id in their address."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._lock = threading.Lock()
        self._windows: dict[str, Window] = {}

    def answer(self, call: Call) -> Reply | None:  # noqa: PLR0911 - one a path
        """Answer what belongs to the window; None for every other path."""
        match list(call.segments):
            case ["v1", "iamport.js"]:
                return _only("GET", call) or _file("iamport.js")
            case ["js", name] if _SCRIPT.fullmatch(name):
                return _only("GET", call) or _file("iamport.js")
            case ["sandbox", "static", ("window.css" | "window.js") as name]:
                return _only("GET", call) or _file(name)
            case ["sandbox", "window"]:
                return _only("POST", call) or self._open(call)
            case ["sandbox", "window", uid]:
                return _only("GET", call) or self._show(uid)
            case ["sandbox", "window", uid, ("settle" | "close") as action]:
                return _only("POST", call) or self._end(uid, action, call.form)
        return None

    def _open(self, call: Call) -> Reply:
        """Open a window and send the browser to it; a refused one has a page, too."""
        asked = mapping(call.form.get("request"))
        params = mapping(asked.get("params"))
        on_phone = asked.get("channel") == "mobile"
        facts: dict[str, object] = {"return_to": _address(asked.get("return_to"))}
        uid = secrets.token_urlsafe(18)
        try:
            acts = Acts(self._shop(text(asked, "tier")))
            window_facts.check_card(params)
            _check_return(facts["return_to"], on_phone=on_phone)
            agent = {"user_agent": call.headers.get("user-agent")}
            imp_uid = acts.open_window(params | agent, on_phone=on_phone)
            facts |= window_facts.facts_of(acts.payment(imp_uid) or {}, params)
            window = Window(acts, imp_uid, facts, params)
        except RefusedError as error:
            window = Window(None, None, facts, params, _refusal(params, error))
        with self._lock:
            self._windows[uid] = window
            while len(self._windows) > WINDOWS_KEPT:
                del self._windows[next(iter(self._windows))]
        return Reply(303, b"", {"Location": f"/sandbox/window/{uid}"})

    def _shop(self, tier: str | None) -> Shop:
        """Find the shop that ``IMP.agency`` named; without it, the head store."""
        shop = self._account.shop if tier is None else self._account.tiers.get(tier)
        if shop is None:
            raise RefusedError(Why.TIER_UNKNOWN)
        return shop

    def _show(self, uid: str) -> Reply:
        window = self._windows.get(uid)
        if window is None:
            return failure(404, Why.WINDOW_UNKNOWN.value.message)
        facts = window.facts | {"window": uid, "response": window.response}
        page = _read("window.html").replace(b"$facts", _inside_html(facts))
        return Reply(200, page, _headers(".html") | {"Content-Security-Policy": _POLICY})

    def _end(self, uid: str, action: str, form: Fields) -> Reply:
        with self._lock:
            window = self._windows.get(uid)
            if window is None:
                return failure(404, Why.WINDOW_UNKNOWN.value.message)
            if window.response is None:
                try:
                    response = _ended(window, action, form)
                except RefusedError as error:
                    return failure(200, error.message, code=error.code)
                window = replace(window, response=response)
                self._windows[uid] = window
        return success(as_json(window.response))


def _ended(window: Window, action: str, form: Fields) -> dict[str, object]:
    """Let the shopper pay or give up; what is refused leaves the window open."""
    acts, imp_uid = window.acts, window.imp_uid
    assert acts is not None
    assert imp_uid is not None
    if action == "close":
        return acts.close_window(imp_uid)
    with acts.shop.lock:
        acts.params(imp_uid)  # refuses a window that has ended
        record = acts.payment(imp_uid) or {}
        method = text(form, "pay_method") or record["pay_method"]
        if method != record["pay_method"]:
            if method not in window_facts.methods_of(window.params):
                raise RefusedError(Why.METHOD_UNKNOWN, method)
            record["pay_method"] = method
            till.put(acts.shop, record)
        reason = window_facts.DECLINES.get((method, text(form, "decline") or ""))
        if reason is not None:
            declined = till.decline(acts.shop, record, reason, at_s=acts.shop.now_s())
            del acts.shop.windows[imp_uid]
            return callback_of(declined)
        try:
            return acts.settle_window(
                imp_uid, **window_facts.choice_of(method, form, window.params)
            )
        except RefusedError as error:
            if error.why is not Why.PG_SILENT:
                raise
            # The PG never answers the window: the shop has to ask the API what became of it.
            return callback_of(record) | _failed(SILENT_CODE, error.message)


def _refusal(params: Fields, error: RefusedError) -> dict[str, object]:
    """Write what the callback of a window gets that never opened."""
    names = {name: text(params, name) for name in ("merchant_uid", "pay_method")}
    return names | {"imp_uid": None} | _failed(REFUSED_CODE, error.message)


def _failed(code: str, message: str) -> dict[str, object]:
    return {"success": False, "error_code": code, "error_msg": message}


def _address(given: object) -> str | None:
    """Take an address to return to only if it is one of the web: never a script."""
    if not isinstance(given, str) or len(given) > ADDRESS_MAX:
        return None
    try:
        parts = urlsplit(given)
    except ValueError:
        return None
    return given if parts.scheme in ("http", "https") and parts.netloc else None


def _check_return(address: object, *, on_phone: bool) -> None:
    """Refuse a phone's window that would have no way back."""
    if on_phone and address is None:
        raise RefusedError(Why.PARAMETER_BAD, "m_redirect_url")


def _only(method: str, call: Call) -> Reply | None:
    if call.method == method:
        return None
    refused = failure(405, replies.WRONG_METHOD)
    return Reply(refused.status, refused.body, {"Allow": method})


def _file(name: str) -> Reply:
    return Reply(200, _read(name), _headers(Path(name).suffix))


@cache
def _read(name: str) -> bytes:
    return (STATIC / name).read_bytes()


def _headers(suffix: str) -> dict[str, str]:
    return {
        "Content-Type": _KINDS[suffix],
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }


def _inside_html(facts: object) -> bytes:
    """Write JSON that cannot end the element it stands in."""
    written = json.dumps(facts, ensure_ascii=False)
    for sign in "<>&\u2028\u2029":
        written = written.replace(sign, f"\\u{ord(sign):04x}")
    return written.encode("utf-8", "replace")
