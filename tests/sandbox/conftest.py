"""One sandbox on a real loopback socket for all tests that do not move its clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sandbox_http import Asker

from jtnet_recon.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="session")
def november() -> Iterator[Sandbox]:
    """Start the default month."""
    with Sandbox("2022-11", seed=7) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def api(november: Sandbox) -> Asker:
    """Ask the default month."""
    return Asker(november)


@pytest.fixture(scope="session")
def payments(november: Sandbox) -> list[dict[str, Any]]:
    """Give every record of the default month's account."""
    return november.payments


@pytest.fixture
def fresh() -> Iterator[Callable[..., Asker]]:
    """Start a small sandbox of the test's own."""
    started = []

    def start(period: str = "2022-11", **options: Any) -> Asker:
        sandbox = Sandbox(period, **{"seed": 3, "orders": 100, **options})
        started.append(sandbox)
        return Asker(sandbox.start())

    yield start
    for sandbox in started:
        sandbox.stop()
