"""One run of one contestant in this very process; prints one line of JSON."""

from __future__ import annotations

import argparse
import ctypes
import gc
import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

from contestants import CONTESTANTS

_STATUS = Path("/proc/self/status")
_WARM_ROWS = 1_000
_BYTES_A_ROW = 700


def main() -> int:
    """Load, warm up, run on the clock, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("contestant", choices=sorted(CONTESTANTS))
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    contestant = CONTESTANTS[arguments.contestant]
    # Imports and first-use costs are everybody's own affair and not measured.
    contestant.run(contestant.load(arguments.folder, _WARM_ROWS))
    sides = contestant.load(arguments.folder, None)
    touch_memory(_BYTES_A_ROW * rows_in(arguments.folder))
    before = settle()
    start, start_cpu = time.perf_counter(), time.process_time()
    found = contestant.run(sides)
    seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - start_cpu
    report = {
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "peak_mib": peak_mib(before),
        "found": found,
        "versions": {name: version(name) for name in contestant.packages},
    }
    print(json.dumps(report))
    return 0


def rows_in(folder: Path) -> int:
    """Count the payments of a month."""
    import pyarrow.parquet as pq

    return int(pq.read_metadata(folder / "payments.parquet").num_rows)


def touch_memory(size: int) -> None:
    """Write to as much fresh memory as any contestant needs, and give it back.

    On a virtual machine the first touch of a page may have to wait for the host: up to a second
    for 500 MiB, more than the work itself, by chance of who ran before.
    """
    import numpy as np

    np.ones(size // 8, dtype="int64")


def settle() -> int | None:
    """Free what loading left behind, forget the peak so far; KiB in use now, None off Linux."""
    gc.collect()
    if not _STATUS.exists():
        return None
    import pyarrow as pa

    pa.default_memory_pool().release_unused()
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _memory_kib("VmRSS")


def peak_mib(before: int | None) -> float | None:
    """MiB that came on top of ``before`` at the highest, None off Linux."""
    return None if before is None else (_memory_kib("VmHWM") - before) / 1024


def _memory_kib(field: str) -> int:
    """Read one line of the kernel's account of this process."""
    lines = _STATUS.read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:"))


if __name__ == "__main__":
    sys.exit(main())
