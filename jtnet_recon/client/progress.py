"""A bar for terminals and notebooks; nothing anywhere else."""

from __future__ import annotations

import sys
import threading
from typing import Any, Self


class Progress:
    """Counts rows as they arrive; safe to share between threads.

    Parameters
    ----------
    is_shown : bool or None
        None: in terminals and notebooks only.
    title : str
        What is being read.
    unit : str
        What is counted.
    """

    def __init__(self, *, is_shown: bool | None, title: str, unit: str) -> None:
        self._bar: Any = None
        self._lock = threading.Lock()
        if _looked_at() if is_shown is None else is_shown:
            # tqdm.auto would warn without ipywidgets, and stderr is painted red in notebooks.
            from tqdm.std import tqdm

            self._bar = tqdm(desc=title, unit=f" {unit}", total=0, file=sys.stdout, leave=False)

    def expect(self, number: int) -> None:
        """Say that so many more are coming."""
        if self._bar is not None:
            with self._lock:
                self._bar.total += number
                self._bar.refresh()

    def arrived(self, number: int) -> None:
        """Say that so many came."""
        if self._bar is not None:
            with self._lock:
                self._bar.update(number)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()


def _looked_at() -> bool:
    """Tell whether somebody sees standard output as it is written."""
    output = sys.stdout
    if type(output).__module__.startswith("ipykernel"):
        return True
    return bool(getattr(output, "isatty", lambda: False)())
