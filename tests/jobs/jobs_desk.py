"""A desk of jobs in a folder of its own, and the program that runs them."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any

from jtnet_recon.cli import app

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

API = """
[jobs.daily]
period = "yesterday"
ledger = "ledger_{start:%Y-%m}.xlsx"
outputs = ["reports/{start:%Y}/{job}_{period}.xlsx", "reports/{job}_{period}.parquet"]
"""
FILES = """
[jobs.daily]
period = "yesterday"
ledger = "ledger_{start:%Y-%m}.xlsx"
outputs = ["{job}_{period}.parquet"]
payments = "p_{period}.parquet"
"""


def written(folder: Path, text: str) -> Path:
    """Write the file of the jobs."""
    path = folder / "recon.toml"
    path.write_text(text, encoding="utf-8")
    return path


def lines_of(text: str) -> list[dict[str, Any]]:
    """Read the lines that a run printed."""
    return [json.loads(line) for line in text.splitlines()]


def run(capsys: pytest.CaptureFixture[str], *line: str) -> tuple[int, list[dict[str, Any]], str]:
    """Run one command line here; give its exit code, its lines, and what it said beside them."""
    code = app(["run", *line])
    said = capsys.readouterr()
    return code, lines_of(said.out), said.err


def content(path: Path, started_at: str) -> dict[str, bytes]:
    """Give the bytes of a report, without the time of the run, which stands in one place."""
    stamp = started_at.encode()
    if path.suffix != ".xlsx":
        return {"": path.read_bytes().replace(stamp, b"<run>")}
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {
            name: archive.read(name).replace(stamp, b"<run>") for name in sorted(archive.namelist())
        }
