"""Answers each request of the V1 API: no network, no framework.

Paging, windows and errors: V1 OpenAPI; section by section the comments name what the
document leaves open and the sandbox had to choose.
"""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

from jtnet_recon.sandbox import replies, routes_more, routes_others, routes_subscribe
from jtnet_recon.sandbox.account import LIMIT_DEFAULT, Account, Call, number, page, text
from jtnet_recon.sandbox.kst import DAY_S
from jtnet_recon.sandbox.refusals import RefusedError, Why
from jtnet_recon.sandbox.replies import Reply, failure, success
from jtnet_recon.sandbox.shelf import SORTINGS, STATUSES, as_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jtnet_recon.sandbox.account import Route, Routes

__all__ = ["LIMIT_DEFAULT", "Account", "Call", "answer"]

WINDOW_MAX_S = 90 * DAY_S
# The real edge of the 90 days is not known; a few hours of grace.
WINDOW_GRACE_S = 6 * 3600
IDS_MAX = 100
INSTANT_MAX_S = 10**11


def answer(account: Account, call: Call) -> Reply:
    """Answer one request, after all that was due before it has happened."""
    if list(call.segments) == ["users", "getToken"]:
        return _get_token(account, call) if call.method == "POST" else _wrong_method(["POST"])
    routes = _find_routes(ROUTES, call.segments)
    if call.method not in routes:
        routes |= _find_routes(routes_others.ROUTES, call.segments)
    if not routes:
        return failure(404, replies.NO_SUCH_PATH)
    if call.method not in routes:
        return _wrong_method(sorted(routes))
    if not account.tokens.accepts(_token(call)):
        return failure(401, replies.UNAUTHORIZED)
    try:
        with account.shop.lock:
            account.shop.agenda.run_due()
            return routes[call.method](_of_tier(account, call), call)
    except RefusedError as error:
        return failure(error.status, error.message, code=error.code)


def _find_routes(patterns: Routes, segments: Sequence[str]) -> dict[str, Route]:
    """Find the functions of a path, by method.

    Words must agree, ``{}`` takes any one segment; of two patterns the earlier one wins.
    """
    found: dict[str, Route] = {}
    for pattern, routes in patterns.items():
        words = pattern.split("/")
        if len(words) == len(segments) and all(
            word in ("{}", segment) for word, segment in zip(words, segments, strict=True)
        ):
            found = {**routes, **found}
    return found


def _of_tier(account: Account, call: Call) -> Account:
    """Turn to the sub-merchant that the header names; without one, to the head store."""
    code = call.headers.get("tier")
    if not code:
        return account
    shop = account.tiers.get(code)
    if shop is None:
        raise RefusedError(Why.TIER_UNKNOWN)
    return replace(account, shop=shop, shelf=shop.shelf)


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
    return call.headers.get("x-imptokenheader") or text(call, "_token") or ""


def _by_status(account: Account, call: Call) -> Reply:
    status = call.segments[2]
    if status not in (*STATUSES, "all"):
        return failure(400, replies.BAD_STATUS, code=1)
    to_s = number(call, "to", default=account.now_s(), least=0, most=INSTANT_MAX_S)
    from_s = number(call, "from", default=to_s - WINDOW_MAX_S, least=0, most=INSTANT_MAX_S)
    if from_s > to_s:
        return failure(400, replies.WINDOW_REVERSED, code=1)
    if to_s - from_s > WINDOW_MAX_S + WINDOW_GRACE_S:
        return failure(400, replies.WINDOW_TOO_WIDE, code=1)
    found = account.shelf.window(status, from_s, to_s, _sorting(call))
    return page(call, found, account.shelf.bodies.__getitem__)


def _find(account: Account, call: Call) -> Reply:
    """Give the first in order, which is not always the paid one."""
    found = _attempts(account, call)
    return found if isinstance(found, Reply) else success(account.shelf.bodies[found[0]])


def _find_all(account: Account, call: Call) -> Reply:
    found = _attempts(account, call)
    if isinstance(found, Reply):
        return found
    return page(call, found, account.shelf.bodies.__getitem__)


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
    with_tests = text(call, "include_sandbox") in ("true", "1")
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


def _sorting(call: Call) -> str:
    sorting = text(call, "sorting") or "-started"
    if sorting not in SORTINGS:
        raise RefusedError(Why.PARAMETER_BAD, "sorting")
    return sorting


def _wrong_method(allowed: Sequence[str]) -> Reply:
    reply = failure(405, replies.WRONG_METHOD)
    return Reply(reply.status, reply.body, {"Allow": ", ".join(allowed)})


ROUTES: Routes = {
    "payments": {"GET": _many},
    "payments/status/{}": {"GET": _by_status},
    "payments/find/{}": {"GET": _find},
    "payments/find/{}/{}": {"GET": _find},
    "payments/findAll/{}": {"GET": _find_all},
    "payments/findAll/{}/{}": {"GET": _find_all},
    **routes_more.ROUTES,
    **routes_subscribe.ROUTES,
    "payments/{}": {"GET": _one},
}
