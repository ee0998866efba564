"""Fault modes: what an API does on a bad day, seeded and repeatable.

=============  ===========================================================================
mode           what happens
=============  ===========================================================================
``401``        A read is refused and the token is dead from then on, for every caller.
``429``        "Too many requests", without a word on when to come back.
``429-wait``   The same with ``Retry-After``: seconds, or a date.
``5xx``        500, 502, 503 or 504 with a gateway's page in HTML.
``drip``       The answer comes whole, but in small pieces over up to ``drip_s`` seconds.
``cut``        The connection ends in the middle of the body.
``gzip``       A compressed body without its end, under the length it really has (only
               for callers that accept gzip).
``total``      A page of a list claims up to three payments more or fewer than there are.
``moved``      Before a page is answered, a paid payment of its window is cancelled: it
               leaves this window for the newest one. It stays cancelled.
``repeated``   A page shows the page before it once more, or begins with its last payment
               and loses its own last one.
``reordered``  A page's payments come in another order, or another page's come instead.
``late``       Some payments of a window are not shown before a later page of the first
               walk, or before the second one; they then show up between the others.
``skew``       The clock that dates the tokens is wrong by up to ``skew_s`` seconds.
=============  ===========================================================================

A fault meets a share of the requests. Which ones, and how, follows from the seed, the mode,
the request (method, path, query without ``to``, which moves with the clock) and how often that
request came before: the same requests meet the same faults, in whatever order threads send
them. Tokens (``POST /users/getToken``) are given as ever, except under ``skew``; the modes
from ``total`` to ``late`` concern ``GET /payments/status/...`` alone.

Two modes keep inside what a reader can find out. A payment that nobody is shown during a whole
pull (``late`` for longer than two walks), and a cancel in the newest window when the clock is
wrong by more than the reader looks past the present (``skew_s`` well above a day), leave no
trace that any reader could see; only the next pull shows them.
"""

from __future__ import annotations

import math
import random
import threading
from collections import Counter
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from jtnet_recon.sandbox import faults_lists
from jtnet_recon.sandbox.faults_status import STATUS_FAULTS, skewed
from jtnet_recon.sandbox.routes import answer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jtnet_recon.sandbox.controls import Tool
    from jtnet_recon.sandbox.replies import Reply
    from jtnet_recon.sandbox.routes import Account, Call

MODES = (
    "401", "429", "429-wait", "5xx", "drip", "cut", "gzip",
    "total", "moved", "repeated", "reordered", "late", "skew",
)  # fmt: skip
WIRE_MODES = ("drip", "cut", "gzip")


@dataclass(frozen=True, slots=True)
class Faults:
    """Which faults a sandbox makes.

    Parameters
    ----------
    modes : tuple of str
        Of the table above; none makes a well-behaved server.
    seed : int
        Another seed, other requests that are met.
    share : float
        Of the requests that each mode meets, from 0 to 1.
    page_rows : int, optional
        Clip ``limit`` to so many rows, as old servers did to 100, so that a small account
        fills several pages.
    drip_s, skew_s : float
        The most seconds a dripping answer takes, and the most a clock is wrong.

    Raises
    ------
    ValueError
        If a mode is not known or a number makes no sense.
    """

    modes: tuple[str, ...] = ()
    seed: int = 0
    share: float = 0.2
    page_rows: int | None = None
    drip_s: float = 3.0
    skew_s: float = 1_800.0

    def __post_init__(self) -> None:
        unknown = [mode for mode in self.modes if mode not in MODES]
        if unknown:
            message = f"Sandbox: fault {unknown[0]!r} is not known; use {', '.join(MODES)}"
            raise ValueError(message)
        _check_number("share", self.share, most=1.0)
        _check_number("drip_s", self.drip_s, most=600.0)
        _check_number("skew_s", self.skew_s, most=10.0**7)
        _check_whole("seed", self.seed)
        if self.page_rows is not None:
            _check_whole("page_rows", self.page_rows)
            _check_number("page_rows", self.page_rows, least=1, most=1_000)


def read_faults(faults: Faults | str | Iterable[str] | None) -> Faults:
    """Read what a person gives as faults: ``"cut"``, ``"cut,moved"``, a list, or Faults."""
    if isinstance(faults, Faults):
        return faults
    names = faults.split(",") if isinstance(faults, str) else list(faults or ())
    return Faults(tuple(dict.fromkeys(str(name).strip() for name in names if str(name).strip())))


class FaultDesk:
    """Stands between the socket and the routes, and spoils what it is told to spoil."""

    def __init__(self, faults: Faults) -> None:
        self._lock = threading.Lock()
        self.set(faults)

    def set(self, faults: Faults) -> None:
        """Take other faults from now on; requests are counted anew."""
        with self._lock:
            self.faults = faults
            self._times: Counter[str] = Counter()
            self._made: Counter[str] = Counter()

    @property
    def made(self) -> dict[str, int]:
        """Count the faults made since they were set, by mode."""
        with self._lock:
            return {mode: self._made[mode] for mode in MODES if self._made[mode]}

    def answer(self, account: Account, call: Call) -> tuple[Reply, Meeting | None]:
        """Answer one request, well or badly, and say how the answer is to be sent."""
        faults = self.faults
        if call.method == "POST" and list(call.segments) == ["users", "getToken"]:
            return self._token(account, call), None
        if call.method != "GET" or not (faults.modes or faults.page_rows):
            return answer(account, call), None
        meet = self._meet(call)
        for mode, refuse in STATUS_FAULTS.items():
            if (meeting := meet(mode)) is not None:
                self.note(mode)
                # A refusal, too, can be cut on its way.
                return refuse(account, meeting.rng), self._delivery(call, meet)
        reply = faults_lists.answer(account, call, meet)
        return reply, self._delivery(call, meet)

    def _delivery(self, call: Call, meet: Meet) -> Meeting | None:
        """Tell which fault of the wire, if any, the answer meets; one is enough."""
        for mode in WIRE_MODES:
            can_be = mode != "gzip" or "gzip" in call.headers.get("accept-encoding", "")
            if can_be and (meeting := meet(mode)) is not None:
                self.note(mode)
                return meeting
        return None

    def _token(self, account: Account, call: Call) -> Reply:
        reply = answer(account, call)
        if "skew" not in self.faults.modes or reply.status != 200:  # noqa: PLR2004 - a refusal has no clock
            return reply
        self.note("skew")
        width_s = self.faults.skew_s
        offset_s = random.Random(f"{self.faults.seed}|skew").uniform(-width_s, width_s)
        return skewed(reply, round(offset_s))

    def _meet(self, call: Call) -> Meet:
        """Count the request, and give what decides for each mode whether it is met."""
        name = _name(call)
        with self._lock:
            faults = self.faults
            self._times[name] += 1
            times = self._times[name]
        return Meet(self, faults, name, times)

    def note(self, mode: str) -> None:
        """Count a fault that was made."""
        with self._lock:
            self._made[mode] += 1


@dataclass(frozen=True, slots=True)
class Meeting:
    """A request that a mode meets, and the random numbers that say how."""

    mode: str
    rng: random.Random
    seconds: float


@dataclass(frozen=True, slots=True)
class Meet:
    """Decides for one request which modes meet it; ``times`` counts from 1."""

    desk: FaultDesk
    faults: Faults
    name: str
    times: int

    def __call__(self, mode: str) -> Meeting | None:
        """Tell whether this mode meets the request."""
        if mode not in self.faults.modes:
            return None
        rng = random.Random(f"{self.faults.seed}|{mode}|{self.name}|{self.times}")
        if rng.random() >= self.faults.share:
            return None
        return Meeting(mode, rng, self.faults.drip_s)

    def note(self, mode: str) -> None:
        """Count a fault that was made."""
        self.desk.note(mode)


def fault_tool(desk: FaultDesk) -> Tool:
    """Make the tool of the faults, as `controls` wants it."""

    def told(faults: Faults | None) -> dict[str, Any]:
        if faults is not None:
            desk.set(faults)
        now = desk.faults
        return {field.name: getattr(now, field.name) for field in fields(Faults)} | {
            "made": desk.made
        }

    return {
        "GET": lambda _form: told(None),
        "POST": lambda form: told(_from_form(form)),
        "DELETE": lambda _form: told(Faults()),
    }


def _from_form(form: Mapping[str, Any]) -> Faults:
    known = {field.name for field in fields(Faults)} - {"modes"}
    options = {name: value for name, value in form.items() if name != "faults"}
    unknown = sorted(options.keys() - known)
    if unknown:
        message = f"Sandbox: {unknown[0]!r} is not known; use faults, {', '.join(sorted(known))}"
        raise ValueError(message)
    modes = form.get("faults")
    if not (modes is None or isinstance(modes, str | list)):
        message = 'Sandbox: faults must be a list such as ["cut", "moved"]'
        raise ValueError(message)
    return Faults(read_faults(modes).modes, **options)


def _name(call: Call) -> str:
    """Name a request by what does not change from one run to the next."""
    query = sorted((name, tuple(values)) for name, values in call.query.items() if name != "to")
    return f"{call.method}|{'/'.join(call.segments)}|{query}"


def _check_number(name: str, number: object, *, most: float, least: float = 0) -> None:
    is_number = isinstance(number, int | float) and not isinstance(number, bool)
    if not (is_number and math.isfinite(number) and least <= number <= most):  # type: ignore[arg-type,operator]
        message = f"Sandbox: {name}={number!r} must be a number from {least:g} to {most:g}"
        raise ValueError(message)


def _check_whole(name: str, number: object) -> None:
    if type(number) is not int:
        message = f"Sandbox: {name}={number!r} must be a whole number"
        raise ValueError(message)
