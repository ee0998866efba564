"""A sandbox a module, a relay before it, and operations opened as a test wants them."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from relay import Relay

from jtnet_recon.client import Client
from jtnet_recon.client.operations import CardInput, Operations, onetime, open_operations
from jtnet_recon.client.operations.calls import ROUTES
from jtnet_recon.client.session import Timing
from jtnet_recon.config import load_settings
from jtnet_recon.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ORDERS = itertools.count(1)


@dataclass
class Waits:
    """Real time, and the waits that were asked for without waiting."""

    skipped_s: float = 0.0
    waits: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return time.monotonic() + self.skipped_s

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    @property
    def timing(self) -> Timing:
        return Timing(clock=self.clock, sleep=self.sleep, chance=lambda: 0.0)


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests never read a real key, and permit nothing by the environment."""
    for name in ("URL", "KEY", "SECRET", "TIER", "OPERATIONS"):
        monkeypatch.delenv(f"JTNET_RECON_{name}", raising=False)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Serve a small account."""
    with Sandbox("2022-11", seed=3, orders=100) as sandbox:
        yield sandbox


@pytest.fixture
def relay(sandbox: Sandbox) -> Iterator[Relay]:
    """Stand between."""
    relay = Relay(sandbox.url)
    yield relay
    relay.end()


@pytest.fixture
def waits() -> Waits:
    """Wait without waiting."""
    return Waits()


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Name the journal."""
    return tmp_path / "journal.jsonl"


@pytest.fixture
def access_to(sandbox: Sandbox) -> Callable[..., Any]:
    """Give the settings for an address."""
    return lambda url: load_settings(url=url, key=sandbox.key, secret=sandbox.secret)


@pytest.fixture
def opened(
    sandbox: Sandbox, journal: Path, waits: Waits, access_to: Callable[..., Any]
) -> Iterator[Callable[..., Operations]]:
    """Open operations, all of them unless said; they are closed with the test."""
    started: list[Operations] = []

    def start(url: str | None = None, **options: Any) -> Operations:
        wide = {"allow": set(ROUTES), "max_count": 50, "max_total": 10_000_000, "journal": journal}
        options = {**wide, "timing": waits.timing, **options}
        started.append(open_operations("127.0.0.1", access_to(url or sandbox.url), **options))
        return started[-1]

    yield start
    for operations in started:
        operations.close()


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[Client]:
    """Read what became of it, as an analyst does."""
    with Client(sandbox.url, sandbox.key, sandbox.secret, progress=False) as client:
        yield client


@pytest.fixture
def order() -> str:
    """Name an order that no other test has."""
    return f"op-{next(ORDERS)}"


@pytest.fixture
def uid() -> str:
    """Name a billing key that no other test has."""
    return f"key-{next(ORDERS)}"


@pytest.fixture
def card() -> CardInput:
    """Give the sandbox's good card."""
    return good_card()


def good_card(number: str = "4242-4242-4242-4242") -> CardInput:
    return CardInput(number, "2030-01", birth="820213", pwd_2digit="00")


@pytest.fixture
def card_of() -> Callable[..., CardInput]:
    """Give one of the sandbox's cards, by its number."""
    return good_card


@pytest.fixture
def done() -> Callable[..., Any]:
    """Plan and execute; give the outcome, which must be done."""

    def run(operations: Operations, request: Any) -> Any:
        outcome = operations.execute(operations.plan(request))
        assert outcome.state == "done", outcome
        return outcome

    return run


@pytest.fixture
def desk(opened: Callable[..., Operations], relay: Relay) -> Operations:
    """Open operations by way of the relay."""
    return opened(relay.url)


@pytest.fixture
def paid(
    desk: Operations, done: Callable[..., Any], relay: Relay, card: CardInput, order: str
) -> str:
    """Charge a card; nothing more has been sent as far as the relay tells."""
    uid = done(desk, onetime(order, 10_000, card)).imp_uid
    relay.operations.clear()
    return uid
