"""What a benchmark ran on, in words, and how sizes are written."""

from __future__ import annotations

import os
import platform
from pathlib import Path

_UNITS = {"k": 1_000, "m": 1_000_000}
_GIB = 1024**3
_CPUINFO = Path("/proc/cpuinfo")


def sizes_of(text: str) -> list[int]:
    """Read sizes such as ``100k,1m``.

    Parameters
    ----------
    text : str
        Whole numbers, each with k or m or nothing behind it, parted by commas.

    Returns
    -------
    list of int
        In the given order.
    """
    words = [word.strip().lower() for word in text.split(",")]
    return [int(word.rstrip("km")) * _UNITS.get(word[-1], 1) for word in words]


def describe(versions: dict[str, str]) -> str:
    """Describe this machine in one sentence.

    Parameters
    ----------
    versions : dict of str to str
        Packages and their versions, to be named as well.

    Returns
    -------
    str
        Cores, processor, memory, system, Python and packages.
    """
    packages = ", ".join(f"{name} {version}" for name, version in versions.items())
    python = f"Python {platform.python_version()}"
    return (
        f"{os.cpu_count()} cores ({_processor()}), {_memory()}, {platform.system()}, {python}"
        f"{'; ' if packages else ''}{packages}.\n"
    )


def _processor() -> str:
    """Name the processor, as far as the system tells."""
    lines = _CPUINFO.read_text(encoding="utf-8").splitlines() if _CPUINFO.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _memory() -> str:
    """Say how much memory the machine has."""
    if not hasattr(os, "sysconf"):
        return "memory unknown"
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / _GIB:.0f} GiB"
