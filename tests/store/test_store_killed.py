"""Killed at any moment a store opens again with what was committed; several openers get along."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from killed_writer import result

import jtnet_recon as jr

WRITER = Path(__file__).with_name("killed_writer.py")
KILLS = 100 if hasattr(os, "fork") else 5

SAVING = """
import sys
sys.path.insert(0, sys.argv[1])
from datetime import timedelta
import jtnet_recon as jr
from killed_writer import START, result

folder, name = sys.argv[2:]
found = result()
sys.stdin.read(1)  # both are ready before either opens the store
store = jr.Store(folder, timeout_s=60.0)
for number in range(10):
    start = START + timedelta(seconds=number)
    print(store.save_run(found, job=f"{name} {number}", started=start), flush=True)
"""


def test_a_hundred_kills_lose_nothing_and_break_nothing(tmp_path):
    folder = tmp_path / "store"

    done = subprocess.run(
        [sys.executable, str(WRITER), str(folder), str(KILLS), "7"],
        capture_output=True, text=True, check=False, timeout=280,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    runs, acknowledged = map(int, done.stdout.split())
    assert runs >= 2
    assert acknowledged > 0
    store = jr.Store(folder)
    assert len(store.runs()) == runs
    for path in (folder / "tables").iterdir():
        assert path.name == f"{hashlib.sha256(path.read_bytes()).hexdigest()}.parquet"
    # The same run in a store that nobody disturbed has the same tables, byte for byte.
    calm = jr.Store(tmp_path / "calm")
    calm.save_run(result(), job="last")
    for path in (calm.path / "tables").iterdir():
        assert (folder / "tables" / path.name).read_bytes() == path.read_bytes()


def test_two_processes_that_open_a_new_store_at_once_lose_no_run(tmp_path):
    folder = tmp_path / "store"
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", SAVING, str(WRITER.parent), str(folder), name],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for name in ("a", "b")
    ]  # fmt: skip

    for writer in writers:
        writer.stdin.write("x")
        writer.stdin.flush()
    answers = [writer.communicate(timeout=200) for writer in writers]

    assert [writer.returncode for writer in writers] == [0, 0], answers
    given = [int(number) for out, _ in answers for number in out.split()]
    runs = jr.Store(folder).runs()
    assert sorted(given) == runs["run_id"].tolist() == list(range(1, 21))
    assert set(runs["job"]) == {f"{name} {number}" for name in "ab" for number in range(10)}
