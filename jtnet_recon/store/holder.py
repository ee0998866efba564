"""Who writes into the store: for the message that another process prints when it must wait.

The lock itself is SQLite's, which the system gives back when a process dies. This note is no
lock; one that was left behind by a killed process does no harm.
"""

from __future__ import annotations

import json
import os
import socket
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING

from jtnet_recon.period import KST

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Holder:
    """The note about the process that writes.

    Parameters
    ----------
    path : Path
        Where it lies.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def named(self) -> Iterator[None]:
        """Leave the note for the block."""
        note = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "since": datetime.now(KST).isoformat(timespec="seconds"),
        }
        # A note that cannot be written costs a name in a message, never a run.
        with suppress(OSError):
            handle = os.open(self._path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(note, file)
        try:
            yield
        finally:
            with suppress(OSError):
                self._path.unlink(missing_ok=True)

    def describe(self) -> str:
        """Return who holds the store, as far as it is known.

        Returns
        -------
        str
            Such as ``process 4711 on desk-3 since 2022-11-08T02:00:00+09:00``.
        """
        try:
            note = json.loads(self._path.read_text(encoding="utf-8"))
            return f"process {note['pid']} on {note['host']} since {note['since']}"
        except (OSError, ValueError, KeyError, TypeError):
            return "another process"
