"""The program as its own process."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SETTING = "JTNET_RECON_"
PROGRAM = [sys.executable, "-W", "error", "-m", "jtnet_recon"]


def environment(**settings: str) -> dict[str, str]:
    """Give this process's environment, with these settings of ours and no others."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(SETTING)}
    return {**own, "PYTHONUTF8": "1", **settings}


def program(
    *line: str, folder: Path, settings: dict[str, str] | None = None, encoding: str = "utf-8"
) -> subprocess.CompletedProcess[str]:
    """Run one command line to its end."""
    return subprocess.run(
        [*PROGRAM, *line],
        cwd=folder,
        env=environment(**(settings or {})),
        capture_output=True,
        encoding=encoding,
        check=False,
        timeout=280,
    )
