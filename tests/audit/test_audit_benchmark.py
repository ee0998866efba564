"""The benchmark of the audit is honest: it runs, and finds exactly what it planted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


def test_the_benchmark_ends_well_only_if_the_planted_breaks_were_found():
    command = [
        sys.executable,
        BENCHMARKS / "keys.py",
        "--keys",
        "500",
        "--months",
        "12",
        "--runs",
        "1",
    ]

    more = ["--schedules", "--memory-limit", "500MB"]

    done = subprocess.run([*command, *more], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert "500 keys" in done.stdout
    assert "unexplained 0" in done.stdout
