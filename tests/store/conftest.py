"""Fixtures of the store's tests: one small month, pulled and reconciled once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

import jtnet_recon as jr
from jtnet_recon.period import KST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

CERTIFICATE = {
    "verdict": "COMPLETE",
    "period": "2022-11-01..2022-11-30",
    "basis": "paid",
    "started_at": "2022-12-05T09:00:00+09:00",
}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[jr.Sandbox]:
    """Run a small shop of November 2022."""
    with jr.Sandbox("2022-11", seed=7, orders=240, directory=tmp_path_factory.mktemp("shop")) as it:
        yield it


@pytest.fixture(scope="module")
def pulled(sandbox: jr.Sandbox) -> pd.DataFrame:
    """Pull its payments."""
    with jr.connect(sandbox.url, sandbox.key, sandbox.secret, progress=False) as client:
        return client.payments("2022-11")


@pytest.fixture(scope="module")
def result(sandbox: jr.Sandbox, pulled: pd.DataFrame) -> jr.Reconciliation:
    """Reconcile them."""
    return jr.reconcile(pulled, jr.read_ledger(sandbox.ledger_path))


@pytest.fixture
def store(tmp_path: Any) -> jr.Store:
    """Open an empty store whose clock moves an hour at each look, from 1 December 2022."""
    return jr.Store(tmp_path / "store", clock=hours())


def hours() -> Callable[[], datetime]:
    """Make a clock that moves an hour at each look."""
    now = [datetime(2022, 12, 1, tzinfo=KST)]

    def clock() -> datetime:
        now[0] += timedelta(hours=1)
        return now[0]

    return clock


@pytest.fixture
def pull_of(payments_of: Callable[[str], pd.DataFrame]) -> Callable[..., pd.DataFrame]:
    """Read payments from text, as pulled on 5 December for all of November."""

    def read(text: str, **certificate: Any) -> pd.DataFrame:
        payments = payments_of(text)
        payments.attrs["pull"] = CERTIFICATE | certificate
        return payments

    return read
