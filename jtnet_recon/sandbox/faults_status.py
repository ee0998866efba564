"""The faults that put another answer in place of the right one."""

from __future__ import annotations

import json
import time
from email.utils import formatdate
from typing import TYPE_CHECKING

from jtnet_recon.sandbox import replies
from jtnet_recon.sandbox.replies import Reply, failure
from jtnet_recon.sandbox.shelf import as_json

if TYPE_CHECKING:
    import random

    from jtnet_recon.sandbox.routes import Account

# ours: no 429 of this API was ever seen
TOO_MANY = "요청이 너무 많습니다."
RETRY_AFTER_MAX_S = 3
_GATEWAY = {
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Temporarily Unavailable",
    504: "Gateway Time-out",
}
_PAGE = "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1></center>\r\n</body>\r\n</html>\r\n"


def _unauthorized(account: Account, _rng: random.Random) -> Reply:
    account.tokens.revoke()
    return failure(401, replies.UNAUTHORIZED)


def _too_many(_account: Account, _rng: random.Random) -> Reply:
    return failure(429, TOO_MANY)


def _too_many_wait(_account: Account, rng: random.Random) -> Reply:
    reply = failure(429, TOO_MANY)
    wait_s = rng.randint(1, RETRY_AFTER_MAX_S)
    until = formatdate(time.time() + wait_s, usegmt=True)
    return Reply(429, reply.body, {"Retry-After": rng.choice((str(wait_s), until))})


def _gateway(_account: Account, rng: random.Random) -> Reply:
    status = rng.choice(tuple(_GATEWAY))
    page = _PAGE.format(f"{status} {_GATEWAY[status]}").encode()
    return Reply(status, page, {"Content-Type": "text/html; charset=utf-8"})


STATUS_FAULTS = {
    "401": _unauthorized,
    "429": _too_many,
    "429-wait": _too_many_wait,
    "5xx": _gateway,
}


def skewed(reply: Reply, offset_s: int) -> Reply:
    """Date a token by a clock that is wrong; its life stays the same."""
    body = json.loads(reply.body)
    for name in ("now", "expired_at"):
        body["response"][name] += offset_s
    return Reply(reply.status, as_json(body), reply.headers)
