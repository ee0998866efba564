"""Writes the files of a sandbox, each at the first need of it."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

from jtnet_recon.sandbox import contracts, ledger
from jtnet_recon.sandbox.world import World

if TYPE_CHECKING:
    from jtnet_recon.sandbox.subscriptions import Business


class Folder:
    """Where the merchant's papers go: a given directory, or a temporary one that goes with it."""

    def __init__(self, directory: str | Path | None) -> None:
        self._given = directory
        self._papers: tuple[Path, ...] = ()
        self._entries: Path | None = None

    @property
    def is_given(self) -> bool:
        """Tell whether somebody wants the files in a place of their own."""
        return self._given is not None

    def papers(self, made: World | Business) -> tuple[Path, ...]:
        """Give the ledger in its forms, or the contracts in theirs."""
        if not self._papers:
            papers = ledger if isinstance(made, World) else contracts
            self._papers = papers.write_all(made, self._directory())
        return self._papers

    def entries(self, made: World) -> Path:
        """Give the ledger of single entries."""
        if self._entries is None:
            self._entries = ledger.write_entries(made, self.papers(made)[0].parent)
        return self._entries

    def _directory(self) -> Path:
        if self._given is None:
            directory = Path(tempfile.mkdtemp(prefix="jtnet-sandbox-"))
            weakref.finalize(self, shutil.rmtree, directory, ignore_errors=True)
            return directory
        directory = Path(self._given)
        directory.mkdir(parents=True, exist_ok=True)
        return directory
