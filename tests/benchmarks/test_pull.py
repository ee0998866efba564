"""The benchmark of the walk runs, reads every row in every way, and prints how the ways compare."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


def test_every_way_reads_every_row_and_the_ratios_are_printed():
    shape = ["--pages", "12", "--rows", "40", "--delay-ms", "1", "--runs", "1"]
    command = [sys.executable, BENCHMARKS / "pull.py", "--walk", *shape]

    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)

    assert done.returncode == 0, done.stderr  # a way that misses a row ends it
    assert "12 pages of 40" in done.stdout
    for way in ("one walk", "second walk", "bare loop of 8 threads", "requests in sequence"):
        assert len(re.findall(rf"\| {way} \| \d+\.\d\d \| [\d,]+ \|", done.stdout)) == 1
    for ratio in ("one walk / bare loop", "in sequence / one walk", "second walk / one walk"):
        assert re.search(rf"{ratio}: \d+\.\d\d", done.stdout)
