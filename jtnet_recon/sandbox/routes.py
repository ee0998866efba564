"""Answers each request of the V1 API from the shelf: no network, no framework.

Paging, windows and errors: V1 OpenAPI; section by section the comments name what the
document leaves open and the sandbox had to choose.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jtnet_recon.sandbox import replies
from jtnet_recon.sandbox.kst import DAY_S
from jtnet_recon.sandbox.replies import Reply, failure, page_of, success
from jtnet_recon.sandbox.shelf import SORTINGS, STATUSES, Shelf, as_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from jtnet_recon.sandbox.clock import Tokens

WINDOW_MAX_S = 90 * DAY_S
# The real edge of the 90 days is not known; a few hours of grace.
WINDOW_GRACE_S = 6 * 3600
LIMIT_DEFAULT, LIMIT_MAX, IDS_MAX = 20, 1_000, 100
INSTANT_MAX_S = 10**11


@dataclass(frozen=True, slots=True)
class Account:
    """One merchant: credentials, living token, payments, time."""

    key: str
    secret: str
    tokens: Tokens
    shelf: Shelf
    now_s: Callable[[], int]
    strict_openapi: bool


@dataclass(frozen=True, slots=True)
class Call:
    """One request, decoded; header names in lower case."""

    method: str
    segments: Sequence[str]
    query: Mapping[str, Sequence[str]]
    headers: Mapping[str, str]
    form: Mapping[str, object]


class BadParameterError(Exception):
    """A query parameter the server cannot use."""


def answer(account: Account, call: Call) -> Reply:
    """Answer one request."""
    if list(call.segments) == ["users", "getToken"]:
        return _get_token(account, call) if call.method == "POST" else _wrong_method("POST")
    route = _route(call.segments)
    if route is None:
        return failure(404, replies.NO_SUCH_PATH)
    if call.method != "GET":
        return _wrong_method("GET")
    if not account.tokens.accepts(_token(call)):
        return failure(401, replies.UNAUTHORIZED)
    try:
        return route(account, call)
    except BadParameterError as error:
        return failure(400, replies.BAD_PARAMETER.format(error), code=1)


def _route(segments: Sequence[str]) -> Callable[[Account, Call], Reply] | None:
    """Find the function of a path: its words must agree, ``{}`` takes any one segment."""
    for pattern, route in _ROUTES.items():
        words = pattern.split("/")
        if len(words) == len(segments) and all(
            word in ("{}", segment) for word, segment in zip(words, segments, strict=True)
        ):
            return route
    return None


def _get_token(account: Account, call: Call) -> Reply:
    key, secret = call.form.get("imp_key"), call.form.get("imp_secret")
    if not (isinstance(key, str) and key and isinstance(secret, str) and secret):
        return failure(400, replies.KEY_MISSING)
    if (key, secret) != (account.key, account.secret):
        return failure(401, replies.KEY_WRONG)
    return success(as_json(account.tokens.get()))


def _token(call: Call) -> str:
    """Find the token; `Authorization` wins over the older header, even if it is wrong."""
    found = call.headers.get("authorization")
    if found is not None:
        scheme, _, rest = found.strip().partition(" ")
        return rest.strip() if scheme.lower() == "bearer" else found.strip()
    return call.headers.get("x-imptokenheader") or _text(call, "_token") or ""


def _by_status(account: Account, call: Call) -> Reply:
    status = call.segments[2]
    if status not in (*STATUSES, "all"):
        return failure(400, replies.BAD_STATUS, code=1)
    to_s = _number(call, "to", default=account.now_s(), least=0, most=INSTANT_MAX_S)
    from_s = _number(call, "from", default=to_s - WINDOW_MAX_S, least=0, most=INSTANT_MAX_S)
    if from_s > to_s:
        return failure(400, replies.WINDOW_REVERSED, code=1)
    if to_s - from_s > WINDOW_MAX_S + WINDOW_GRACE_S:
        return failure(400, replies.WINDOW_TOO_WIDE, code=1)
    found = account.shelf.window(status, from_s, to_s, _sorting(call))
    return _page(account, call, found)


def _find(account: Account, call: Call) -> Reply:
    """Give the first in order, which is not always the paid one."""
    found = _attempts(account, call)
    return found if isinstance(found, Reply) else success(account.shelf.bodies[found[0]])


def _find_all(account: Account, call: Call) -> Reply:
    found = _attempts(account, call)
    return found if isinstance(found, Reply) else _page(account, call, found)


def _attempts(account: Account, call: Call) -> Reply | list[int]:
    status = next(iter(call.segments[3:]), None)
    if status is not None and status not in STATUSES:
        return failure(400, replies.BAD_STATUS, code=1)
    shelf = account.shelf
    found = [
        position
        for position in shelf.by_merchant_uid.get(call.segments[2], ())
        if status in (None, shelf.statuses[position])
    ]
    return shelf.sorted(found, _sorting(call)) or failure(404, replies.NO_PAYMENT)


def _one(account: Account, call: Call) -> Reply:
    position = account.shelf.by_imp_uid.get(call.segments[1])
    with_tests = _text(call, "include_sandbox") in ("true", "1")
    if position is None or (account.shelf.is_test[position] and not with_tests):
        return failure(404, replies.NO_PAYMENT)
    return success(account.shelf.bodies[position])


def _many(account: Account, call: Call) -> Reply:
    """Give what was found; HTTP 207 says that something was not."""
    imp_uids, merchant_uids = (
        dict.fromkeys(call.query.get(name, ())) for name in ("imp_uid[]", "merchant_uid[]")
    )
    asked = len(imp_uids) + len(merchant_uids)
    if not 1 <= asked <= IDS_MAX:
        message = replies.IDS_TOO_MANY if asked else replies.IDS_MISSING
        return failure(400, message, code=1)
    shelf = account.shelf
    hits = [shelf.by_imp_uid[uid] for uid in imp_uids if uid in shelf.by_imp_uid]
    # Which of an order's attempts comes is not documented: the latest, as `find` does.
    hits += [
        shelf.by_merchant_uid[uid][-1] for uid in merchant_uids if uid in shelf.by_merchant_uid
    ]
    if not hits:
        return failure(404, replies.NO_PAYMENT)
    bodies = sorted((shelf.bodies[position] for position in dict.fromkeys(hits)), key=zlib.crc32)
    return success(b"[" + b",".join(bodies) + b"]", status=200 if len(hits) == asked else 207)


def _customer(account: Account, call: Call) -> Reply:
    found = account.shelf.customers.get(call.segments[2])
    return _no_customer(account, call) if found is None else success(found)


def _payments_of_customer(account: Account, call: Call) -> Reply:
    """List the charges on a billing key, twenty a page, newest first (order is ours)."""
    uid, shelf = call.segments[2], account.shelf
    found = shelf.sorted(shelf.by_customer_uid.get(uid, ()), "-started")
    if not found and uid not in shelf.customers and account.strict_openapi:
        return _no_customer(account, call)
    return _page(account, call, found, limit=LIMIT_DEFAULT)


def _no_customer(account: Account, call: Call) -> Reply:
    """Say that the billing key is not known: as the live API was seen to, or as documented."""
    message = replies.NO_CUSTOMER.format(call.segments[2])
    return failure(404, message) if account.strict_openapi else failure(200, message, code=1)


def _page(account: Account, call: Call, found: list[int], *, limit: int | None = None) -> Reply:
    if limit is None:
        asked = _number(call, "limit", default=LIMIT_DEFAULT, least=1, most=10**9)
        limit = min(asked, LIMIT_MAX)
    page = _number(call, "page", default=1, least=1, most=10**9)
    pages = max(1, -(-len(found) // limit))
    if page > pages:
        return failure(400, replies.PAGE_TOO_FAR, code=1)
    bodies = [account.shelf.bodies[n] for n in found[(page - 1) * limit : page * limit]]
    return page_of(bodies, total=len(found), page=page, pages=pages)


def _sorting(call: Call) -> str:
    sorting = _text(call, "sorting") or "-started"
    if sorting not in SORTINGS:
        name = "sorting"
        raise BadParameterError(name)
    return sorting


def _number(call: Call, name: str, *, default: int, least: int, most: int) -> int:
    text = _text(call, name)
    if text is None or text == "":
        return default
    if not re.fullmatch(r"[0-9]{1,12}", text) or not least <= int(text) <= most:
        raise BadParameterError(name)
    return int(text)


def _text(call: Call, name: str) -> str | None:
    values = call.query.get(name)
    return values[-1] if values else None


def _wrong_method(allowed: str) -> Reply:
    reply = failure(405, replies.WRONG_METHOD)
    return Reply(reply.status, reply.body, {"Allow": allowed})


_ROUTES = {
    "payments": _many,
    "payments/status/{}": _by_status,
    "payments/find/{}": _find,
    "payments/find/{}/{}": _find,
    "payments/findAll/{}": _find_all,
    "payments/findAll/{}/{}": _find_all,
    "payments/{}": _one,
    "subscribe/customers/{}": _customer,
    "subscribe/customers/{}/payments": _payments_of_customer,
}
