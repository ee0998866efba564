"""Two faults at once: a pull is the fault-free table, or says that it is not, or is an error."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

import jtnet_recon as jr
from jtnet_recon.client import Client
from jtnet_recon.client.certificate import payments_digest
from jtnet_recon.client.session import Timing
from jtnet_recon.sandbox import Faults, Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

MONTH = "2022-11"
SEEDS = range(20)
PAGE_ROWS, SHARE = 75, 0.15
# A token lives half an hour; a pull of these pages takes a second.
LIFE_S = 1_800
PAIRS = [
    ("429", "cut"),  # a refusal that is cut itself, among others
    ("5xx", "gzip"),
    ("401", "total"),
    ("total", "late"),
    ("repeated", "reordered"),
]


class Expiring:
    """The sandbox behind a clock that outruns the token every so many reads."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox, self._app = sandbox, sandbox.app
        self._lock = threading.Lock()
        self.every = self.reads = self.jumps = 0
        sandbox.app = self

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        with self._lock:
            if (
                self.every
                and scope["type"] == "http"
                and scope["path"].startswith("/payments/status")
            ):
                self.reads += 1
                if self.reads % self.every == 0:
                    self.jumps += 1
                    self._sandbox.advance(LIFE_S + 1)
        await self._app(scope, receive, send)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox(MONTH, seed=5, orders=100)
    Expiring(sandbox)
    with sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def truth(sandbox: Sandbox) -> str:
    return payments_digest(_pull(sandbox))


@pytest.fixture(autouse=True)
def _calm(sandbox: Sandbox) -> Iterator[None]:
    yield
    sandbox.set_faults(None)
    sandbox.app.every = 0


def _pull(sandbox: Sandbox) -> pd.DataFrame:
    """Pull with a client that does not wait between its tries."""
    timing = Timing(clock=time.monotonic, sleep=lambda _s: None, chance=lambda: 0.5)
    options = {"progress": False, "timing": timing}
    with Client(sandbox.url, sandbox.key, sandbox.secret, **options) as client:
        return client.payments(MONTH)


def _verdict(
    sandbox: Sandbox, modes: tuple[str, ...], seed: int
) -> tuple[str, pd.DataFrame | None]:
    """Pull once under faults; name how it ended."""
    sandbox.set_faults(Faults(modes, seed=seed, share=SHARE, page_rows=PAGE_ROWS))
    try:
        pulled = _pull(sandbox)
    except (jr.PullIncomplete, jr.ApiError) as error:
        return type(error).__name__, None
    pull = pulled.attrs["pull"]
    assert pull["verdict"] == "COMPLETE" or pull["reasons"], seed
    return pull["verdict"], pulled


def _assert_never_silent(sandbox: Sandbox, truth: str, modes: tuple[str, ...]) -> None:
    made, equal = dict.fromkeys(modes, 0), 0
    for seed in SEEDS:
        verdict, pulled = _verdict(sandbox, modes, seed)
        for mode in modes:
            made[mode] += sandbox.faults_made.get(mode, 0)
        if verdict == "COMPLETE":
            assert payments_digest(pulled) == truth, seed
            equal += 1

    assert min(made.values()) >= len(SEEDS) // 2, "a mode met too few requests to say anything"
    assert equal >= len(SEEDS) // 4, "a client that always gives up is no use"


@pytest.mark.parametrize("modes", PAIRS, ids="+".join)
def test_two_faults_at_once_make_no_silent_difference(
    sandbox: Sandbox, truth: str, modes: tuple[str, str]
) -> None:
    _assert_never_silent(sandbox, truth, modes)


@pytest.mark.parametrize("every", [5, 9])
def test_a_total_that_changes_while_tokens_expire_makes_no_silent_difference(
    sandbox: Sandbox, truth: str, every: int
) -> None:
    """The clock itself outruns the token here: no refusal is made up."""
    sandbox.app.every, sandbox.app.jumps = every, 0

    _assert_never_silent(sandbox, truth, ("total",))

    assert sandbox.app.jumps >= len(SEEDS)


def test_a_payment_that_moves_while_a_page_is_repeated_is_never_lost() -> None:
    moved = repeated = complete = 0
    for seed in SEEDS:
        # Moves are for good: every few seeds a month of its own, or nothing is left to move.
        if seed % 5 == 0:
            sandbox = Sandbox(MONTH, seed=seed, orders=100).start()
            before = _pull(sandbox)
        verdict, pulled = _verdict(sandbox, ("moved", "repeated"), seed)
        moved += sandbox.faults_made.get("moved", 0)
        repeated += sandbox.faults_made.get("repeated", 0)
        sandbox.set_faults(None)
        after = _pull(sandbox)
        if pulled is not None:
            assert _states(pulled) <= _states(before) | _states(after), seed
        if verdict == "COMPLETE":
            complete += 1
            assert set(pulled["imp_uid"]) == set(before["imp_uid"]), seed
            # What it still shows as paid was cancelled after it had begun to read.
            started = pd.Timestamp(pulled.attrs["pull"]["started_at"])
            unseen = _states(after) - _states(pulled)
            assert all(pd.Timestamp(at) >= started for *_, at in unseen), seed
        before = after
        if seed % 5 == 4:
            sandbox.stop()

    assert min(moved, repeated) >= len(SEEDS) // 2
    assert complete >= len(SEEDS) // 4


def _states(payments: pd.DataFrame) -> set[tuple[str, str, int, str]]:
    """Give each payment's state, with the time of its last cancel as text."""
    cancelled_at = payments["cancelled_at"].dt.strftime("%Y-%m-%dT%H:%M:%S%z").fillna("")
    columns = (payments["imp_uid"], payments["status"], payments["cancel_amount"], cancelled_at)
    return set(zip(*columns, strict=True))
