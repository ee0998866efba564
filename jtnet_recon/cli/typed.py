"""Command lines as the reader can type them."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

_NAME = "jtnet-recon"


def typed(*words: object) -> str:
    """Write a command line of this program for the terminal it is read in.

    Parameters
    ----------
    *words : object
        After the program's name.

    Returns
    -------
    str
        With the path of the program where its name alone would not be found.
    """
    return " ".join([_program(), *(_quoted(str(word)) for word in words)])


def _program() -> str:
    """Find out what to call this program by."""
    here = Path.cwd()
    if shutil.which(_NAME):
        return _NAME
    beside = shutil.which(_NAME, path=str(Path(sys.executable).parent))
    if beside is None:
        return f"{_quoted(sys.executable)} -m jtnet_recon"
    path = Path(beside)
    return _quoted(str(path.relative_to(here) if path.is_relative_to(here) else path))


def _quoted(word: str) -> str:
    """Quote a path with blanks, for POSIX shells, PowerShell and cmd alike."""
    return f'"{word}"' if " " in word else word
