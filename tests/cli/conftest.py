"""One small month on a real server, pulled once, for all tests of the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cli_process import SETTING, program

from jtnet_recon.sandbox import Sandbox

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Serve a month of 120 orders."""
    with Sandbox("2022-11", seed=7, orders=120, directory=tmp_path_factory.mktemp("shop")) as shop:
        yield shop


@pytest.fixture(scope="session")
def at_hand(shop: Sandbox) -> dict[str, str]:
    """Give the settings that lead to it."""
    return {
        f"{SETTING}URL": shop.url,
        f"{SETTING}KEY": shop.key,
        f"{SETTING}SECRET": shop.secret,
    }


@pytest.fixture(scope="session")
def pull(
    tmp_path_factory: pytest.TempPathFactory, at_hand: dict[str, str]
) -> tuple[subprocess.CompletedProcess[str], Path]:
    """Pull it with the program; give what that said, and the file."""
    folder = tmp_path_factory.mktemp("pull")
    done = program("pull", "2022-11", "-o", "p.parquet", folder=folder, settings=at_hand)
    return done, folder / "p.parquet"


@pytest.fixture(scope="session")
def payments_path(pull: tuple[subprocess.CompletedProcess[str], Path]) -> Path:
    """Give the file of the pull."""
    return pull[1]


@pytest.fixture
def settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, at_hand: dict[str, str]
) -> dict[str, str]:
    """Work in an empty folder, with key and secret at hand."""
    monkeypatch.chdir(tmp_path)
    for name in ("URL", "KEY", "SECRET", "TIER"):
        monkeypatch.delenv(f"{SETTING}{name}", raising=False)
    for name, value in at_hand.items():
        monkeypatch.setenv(name, value)
    return at_hand
