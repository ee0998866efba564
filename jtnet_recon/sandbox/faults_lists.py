"""The faults of lists: pages that do not fit together."""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jtnet_recon.sandbox import records, routes, till
from jtnet_recon.sandbox.replies import Reply
from jtnet_recon.sandbox.shelf import as_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from jtnet_recon.sandbox.faults import Meet
    from jtnet_recon.sandbox.routes import Account, Call

    Answer = Callable[[Call], Reply]

OK = 200
TOTAL_OFF_MAX = 3
# Hidden payments come into sight before this page of the first walk, or in the second walk.
LATE_PAGE_MAX = 6
MOVE_REASON = "조회 중 취소"


def answer(account: Account, call: Call, meet: Meet) -> Reply:
    """Answer a read; if it is a page of payments, with the faults that meet it."""
    if list(call.segments[:2]) != ["payments", "status"]:
        return routes.answer(account, call)
    call = _clipped(call, meet.faults.page_rows)
    page = _page_number(call)
    if page is None:
        return routes.answer(account, call)
    if "late" in meet.faults.modes:
        account = _without_late(account, call, meet, page)

    def ask(asked: Call) -> Reply:
        return routes.answer(account, asked)

    reply = ask(call)
    if (met := meet("moved")) is not None and reply.status == OK:
        if _move_one(account, call, met.rng):
            meet.note("moved")
        reply = ask(call)
    for mode, spoil in _PAGE_FAULTS.items():
        if (met := meet(mode)) is not None and reply.status == OK:
            spoilt = spoil(json.loads(reply.body), call, ask, met.rng)
            if spoilt is not None:
                meet.note(mode)
                reply = Reply(reply.status, as_json(spoilt), reply.headers)
    return reply


def _clipped(call: Call, page_rows: int | None) -> Call:
    limit = _whole(call, "limit", routes.LIMIT_DEFAULT)
    if page_rows is None or limit is None or limit <= page_rows:
        return call
    return _asking(call, limit=page_rows)


def _page_number(call: Call) -> int | None:
    return _whole(call, "page", 1)


def _whole(call: Call, name: str, default: int) -> int | None:
    """Read a number of the query; None if the routes will refuse it."""
    text = next(reversed(call.query.get(name, ())), "") or str(default)
    return int(text) if re.fullmatch(r"[0-9]{1,12}", text) else None


def _asking(call: Call, **numbers: int) -> Call:
    """Change numbers of the query."""
    changes = {name: [str(number)] for name, number in numbers.items()}
    return replace(call, query={**call.query, **changes})


def _total(body: Any, _call: Call, _ask: Answer, rng: random.Random) -> Any:
    """Claim another total."""
    page = body["response"]
    off = rng.choice([n for n in range(-TOTAL_OFF_MAX, TOTAL_OFF_MAX + 1) if n])
    if page["total"] + off < 0:
        return None
    page["total"] += off
    return body


def _repeated(body: Any, call: Call, ask: Answer, rng: random.Random) -> Any:
    """Show the page before again, whole or by its last payment."""
    number = _page_number(call)
    if not number or number < 2:  # noqa: PLR2004 - there is no page before the first
        return None
    before = _list_of(ask(_asking(call, page=number - 1)))
    page = body["response"]
    if not before or not page["list"]:
        return None
    page["list"] = before if rng.random() < 0.5 else [before[-1], *page["list"][:-1]]  # noqa: PLR2004
    return body


def _reordered(body: Any, call: Call, ask: Answer, rng: random.Random) -> Any:
    """Shuffle a page, or show another one under its number."""
    page, limit = body["response"], _whole(call, "limit", routes.LIMIT_DEFAULT) or 1
    others = [n for n in range(1, -(-page["total"] // limit) + 1) if n != _page_number(call)]
    if others and rng.random() < 0.5:  # noqa: PLR2004
        page["list"] = _list_of(ask(_asking(call, page=rng.choice(others))))
        return body
    before = list(page["list"])
    rng.shuffle(page["list"])
    return body if page["list"] != before else None


_PAGE_FAULTS = {"total": _total, "repeated": _repeated, "reordered": _reordered}


def _list_of(reply: Reply) -> list[Any]:
    response = json.loads(reply.body)["response"]
    return list(response["list"]) if response else []


class _LateShelf:
    """A shelf on which some payments are not yet to be seen in windows."""

    def __init__(self, shelf: Any, is_late: Callable[[int], bool]) -> None:
        self._shelf = shelf
        self._is_late = is_late

    def window(self, *asked: Any) -> list[int]:
        """Find what is inside and shown."""
        return [position for position in self._shelf.window(*asked) if not self._is_late(position)]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._shelf, name)


@lru_cache(maxsize=200_000)
def _late_page(seed: int, share: float, window: str, position: int) -> int:
    """Draw the page of the first walk by which a payment is in sight; 0 if it always is."""
    rng = random.Random(f"{seed}|late|{window}|{position}")
    return rng.randint(2, LATE_PAGE_MAX) if rng.random() < share else 0


def _without_late(account: Account, call: Call, meet: Meet, page: int) -> Account:
    """Hide some payments until a later page of the first walk, or until the second walk."""
    window = next(iter(call.query.get("from", ())), "")
    seed, share = meet.faults.seed, meet.faults.share
    is_first = meet.times == 1
    noted = False

    def is_late(position: int) -> bool:
        nonlocal noted
        late = is_first and page < _late_page(seed, share, window, position)
        if late and not noted:
            noted = True
            meet.note("late")
        return late

    return replace(account, shelf=_LateShelf(account.shelf, is_late))  # type: ignore[arg-type]


def _move_one(account: Account, call: Call, rng: random.Random) -> bool:
    """Cancel a paid payment of the window in full, now: it leaves for the newest window."""
    from_s, to_s = (_whole(call, name, 0) for name in ("from", "to"))
    shop = account.tiers.get(call.headers.get("tier", ""), account.shop)
    with shop.lock:
        paid = shop.shelf.window("paid", from_s or 0, to_s or 0, "started")
        record = json.loads(shop.shelf.bodies[rng.choice(paid)]) if paid else None
        if record is None or record["amount"] <= 0:
            return False
        minor = records.in_minor(record["amount"], record["currency"])
        till.put(
            shop, records.cancel(shop.desk, record, shop.now_s(), minor=minor, reason=MOVE_REASON)
        )
    return True
