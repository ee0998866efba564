"""The benchmark of the audit over the API runs, and is content only with what was planted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BENCHMARK = Path(__file__).resolve().parents[2] / "benchmarks" / "keys_api.py"


def test_it_audits_over_the_server_and_finds_what_was_planted():
    command = [sys.executable, str(BENCHMARK), "--keys", "100", "--delay-ms", "1"]

    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)

    assert done.returncode == 0, done.stderr
    assert "found = planted" in done.stdout
    assert " schedules: " in done.stdout
