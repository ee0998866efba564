"""One small month on a real server, and its files, for all tests of jobs in a module."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from cli_process import SETTING

import jtnet_recon as jr
from jtnet_recon.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Shop:
    """A sandbox, what leads to it, and a day's payments in a file."""

    sandbox: Sandbox
    settings: dict[str, str]
    ledger: Path
    pulled: Path


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Serve a month of 100 orders."""
    folder = tmp_path_factory.mktemp("shop")
    with Sandbox("2022-11", seed=7, orders=100, directory=folder) as sandbox:
        with jr.connect(sandbox.url, sandbox.key, sandbox.secret) as client:
            jr.write_payments(client.payments("2022-11-07"), folder / "day.parquet")
        settings = {
            f"{SETTING}URL": sandbox.url,
            f"{SETTING}KEY": sandbox.key,
            f"{SETTING}SECRET": sandbox.secret,
        }
        yield Shop(sandbox, settings, sandbox.ledger_path, folder / "day.parquet")


@pytest.fixture
def desk(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with the month's ledger and a day's payments; key and secret are at hand."""
    shutil.copy(shop.ledger, tmp_path / "ledger_2022-11.xlsx")
    shutil.copy(shop.pulled, tmp_path / "p_2022-11-07.parquet")
    _set(monkeypatch, shop.settings)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an empty folder, and no setting of ours."""
    _set(monkeypatch, {})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _set(monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]) -> None:
    for name in ("URL", "KEY", "SECRET", "TIER"):
        monkeypatch.delenv(f"{SETTING}{name}", raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
