"""Says what a request is, and to whom it is put."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jtnet_recon.sandbox import replies
from jtnet_recon.sandbox.refusals import RefusedError, Why
from jtnet_recon.sandbox.replies import Reply, failure, page_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from jtnet_recon.sandbox.clock import Tokens
    from jtnet_recon.sandbox.shelf import Shelf
    from jtnet_recon.sandbox.shop import Shop

    Route = Callable[["Account", "Call"], Reply]
    Routes = Mapping[str, Mapping[str, Route]]

LIMIT_DEFAULT, LIMIT_MAX = 20, 1_000
NUMBER_MAX = 10**9


@dataclass(frozen=True, slots=True)
class Account:
    """One merchant account: credentials, living token, time, and the shop that is asked."""

    key: str
    secret: str
    tokens: Tokens
    # The shop's own, unless somebody looks through a veil (see faults).
    shelf: Shelf
    shop: Shop
    tiers: Mapping[str, Shop]
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


def text(call: Call, name: str) -> str | None:
    """Read a parameter of the query; the last one if it is repeated."""
    values = call.query.get(name)
    return values[-1] if values else None


def number(call: Call, name: str, *, least: int, most: int, default: int | None = None) -> int:
    """Read a whole number of the query; without ``default`` it must be there."""
    found = text(call, name)
    if found is None or found == "":
        if default is None:
            raise RefusedError(Why.PARAMETER_MISSING, name)
        return default
    if not re.fullmatch(r"[0-9]{1,12}", found) or not least <= int(found) <= most:
        raise RefusedError(Why.PARAMETER_BAD, name)
    return int(found)


def page(
    call: Call,
    found: Sequence[int],
    write: Callable[[int], bytes],
    *,
    limit: int | None = None,
    as_list: bool = False,
) -> Reply:
    """Cut one page out of what was found; ``as_list`` sends it without its numbers."""
    if limit is None:
        asked = number(call, "limit", default=LIMIT_DEFAULT, least=1, most=NUMBER_MAX)
        limit = min(asked, LIMIT_MAX)
    asked_page = number(call, "page", default=1, least=1, most=NUMBER_MAX)
    pages = max(1, -(-len(found) // limit))
    if asked_page > pages:
        return failure(400, replies.PAGE_TOO_FAR, code=1)
    bodies = [write(n) for n in found[(asked_page - 1) * limit : asked_page * limit]]
    if as_list:
        return replies.success(b"[" + b",".join(bodies) + b"]")
    return page_of(bodies, total=len(found), page=asked_page, pages=pages)
