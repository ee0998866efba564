"""The benchmark of the workbook runs, writes the same rows in both ways, and prints their ratio."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


def test_every_break_is_written_in_both_ways_and_the_ratio_is_printed():
    command = [sys.executable, BENCHMARKS / "report.py", "--rows", "500"]

    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)

    assert done.returncode == 0, done.stderr  # a break too few ends it
    assert "500 breaks, 1," in done.stdout
    for way in (r"\*\*jtnet_recon\*\*", "pandas.to_excel, openpyxl"):
        assert len(re.findall(rf"\| {way} \| \d+\.\d \| \d+\.\d \|", done.stdout)) == 1
    assert re.search(r"pandas.to_excel / jtnet_recon: \d+\.\d\d", done.stdout)
