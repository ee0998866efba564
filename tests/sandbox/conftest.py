"""One sandbox for all tests that do not move its clock; a browser and a shop for the window."""

from __future__ import annotations

import itertools
import threading
from typing import TYPE_CHECKING, Any

import pytest
from programs import chromium
from sandbox_http import Asker
from window_shop import BLANK, FLAGS, PC, PHONE, Shop, Shopper

from jtnet_recon.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ORDERS = itertools.count(1)


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


@pytest.fixture(scope="session")
def stopping() -> Iterator[list[threading.Thread]]:
    """Wait, in the end, for all servers that are being stopped."""
    threads: list[threading.Thread] = []
    yield threads
    for thread in threads:
        thread.join()


@pytest.fixture
def fresh(stopping: list[threading.Thread]) -> Iterator[Callable[..., Asker]]:
    """Start a small sandbox of the test's own."""
    started = []

    def start(period: str = "2022-11", **options: Any) -> Asker:
        sandbox = Sandbox(period, **{"seed": 3, "orders": 100, **options})
        started.append(sandbox)
        return Asker(sandbox.start())

    yield start
    # A server takes a quarter of a second to close its sockets: the next test need not wait.
    for sandbox in started:
        stopping.append(threading.Thread(target=sandbox.stop))
        stopping[-1].start()


@pytest.fixture(scope="module")  # its event loop must not outlive a file
def browser() -> Iterator[Any]:
    """Start the system's Chromium."""
    with chromium(*FLAGS) as started:
        yield started


@pytest.fixture(scope="session")
def shop() -> Iterator[Shop]:
    """Start a shop's own web server."""
    shop = Shop()
    yield shop
    shop.close()


@pytest.fixture
def shopper(browser: Any) -> Iterator[Callable[..., Shopper]]:
    """Open browsers, which may ask nobody but the shop and the sandbox, and complain of nothing."""
    opened: list[Shopper] = []

    def start(device: dict[str, Any] = PC) -> Shopper:
        opened.append(Shopper(browser, device))
        return opened[-1]

    yield start
    for one in opened:
        one.close()
        assert one.said == []
        hosts = {url.split("/")[2].partition(":")[0] for url in one.asked if "://" in url}
        assert hosts <= {"127.0.0.1", "www.my-service.com", ""}


@pytest.fixture
def buy(shopper: Any, shop: Shop, sandbox: Sandbox) -> Callable[..., Shopper]:
    """Call the SDK with these parameters; give the shopper before the window."""

    def call(device: dict[str, Any] = PC, before: str = "", **params: Any) -> Shopper:
        one = shopper(device)
        order = {"merchant_uid": f"order-{next(ORDERS)}", "name": "원두 1kg", "amount": 14_000}
        back = {"m_redirect_url": "/complete?kept=1"} if device is PHONE else {}
        one.request_pay(shop.show(BLANK, sandbox), {**order, **back, **params}, before)
        return one

    return call
