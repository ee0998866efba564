"""Measure this package beside others on one month of any size, and print the tables.

    python benchmarks/run.py --sizes 100k,1m,10m

Every run of every contestant is a process of its own: it loads the month, does the job once on
1,000 rows to warm up, and then once on the clock. The table has the median of the runs and the
memory that came on top of the loaded data at its highest.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import statistics
import subprocess
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from contestants import CONTESTANTS, Contestant
from environments import python_for
from machine import describe, sizes_of

from data import PLANTED, generate

HERE = Path(__file__).resolve().parent
OURS = ("jtnet_recon", "jtnet_recon_2gb")
FILES = ("payments", "ledger", "planted")

_FOOTNOTE = """\
Seconds: the median of the runs, on the wall clock and of all cores together. Peak memory: what
came on top of the loaded data. Rows found beyond the planted breaks are refunds booked on a line
of their own and repeated order ids, which a plain join pairs row by row.
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one contestant needed at one size."""

    seconds: float
    cpu_seconds: float
    peak_mib: float | None
    found: int
    versions: dict[str, str]


def main() -> int:
    """Make the months, run everybody, print the tables; 1 if somebody failed or found wrong."""
    arguments = _arguments()
    results: dict[int, dict[str, Measured]] = {}
    is_right = True
    for size in arguments.sizes:
        folder = arguments.folder / str(size)
        _make(folder, size)
        results[size] = _measure(folder, arguments)
        is_right &= _is_right(folder, results[size], arguments.only)
    print(describe(_versions(results)))
    for size, measured in results.items():
        print(_table(arguments.folder / str(size), size, measured))
    print(_FOOTNOTE)
    if len(results) > 1:
        print(_growth(results))
    return 0 if is_right else 1


def _arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--sizes", type=sizes_of, default=sizes_of("100k,1m"), help="orders: 100k,1m"
    )
    parser.add_argument("--runs", type=int, default=3, help="runs of each; the median counts")
    parser.add_argument("--only", type=_names, default=list(CONTESTANTS), help="some of them")
    parser.add_argument("--folder", type=Path, default=HERE.parent / "out" / "benchmarks")
    return parser.parse_args()


def _names(text: str) -> list[str]:
    """Read names of contestants."""
    names = [name.strip() for name in text.split(",")]
    unknown = sorted(set(names) - set(CONTESTANTS))
    if unknown:
        message = f"no such contestant: {', '.join(unknown)}; there are {', '.join(CONTESTANTS)}"
        raise argparse.ArgumentTypeError(message)
    return names


def _make(folder: Path, size: int) -> None:
    """Write a month, unless the same generator wrote it before."""
    made_from = hashlib.sha256((HERE / "data.py").read_bytes()).hexdigest()
    stamp = folder / "made_from"
    if stamp.exists() and stamp.read_text(encoding="ascii") == made_from:
        return
    folder.mkdir(parents=True, exist_ok=True)
    generate(folder, size)
    stamp.write_text(made_from, encoding="ascii")


def _measure(folder: Path, arguments: argparse.Namespace) -> dict[str, Measured]:
    """Run everybody in turn, as often as asked, so that a slow minute hits all alike."""
    reports: dict[str, list[dict[str, Any]]] = {name: [] for name in arguments.only}
    for turn in range(arguments.runs):
        for name in arguments.only:
            if len(reports[name]) == turn:
                reports[name] += _run(name, folder, arguments.folder / "environments")
    return {name: _median(runs) for name, runs in reports.items() if len(runs) == arguments.runs}


def _run(name: str, folder: Path, environments: Path) -> list[dict[str, Any]]:
    """Run one contestant once; nothing if it failed, and its words go to the screen."""
    python = python_for(CONTESTANTS[name].environment, environments)
    paths = os.pathsep.join([str(HERE.parent), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [python, str(HERE / "measure.py"), name, str(folder)],
        env={**os.environ, "PYTHONPATH": paths.strip(os.pathsep)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        print(f"{name} failed on {folder.name} orders:\n{done.stderr}", file=sys.stderr)
        return []
    report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(f"{folder.name:>9} {name:16} {report['seconds']:9.3f} s", file=sys.stderr, flush=True)
    return [report]


def _median(runs: list[dict[str, Any]]) -> Measured:
    """Take the middle of several runs."""
    peaks = [run["peak_mib"] for run in runs if run["peak_mib"] is not None]
    return Measured(
        seconds=statistics.median(run["seconds"] for run in runs),
        cpu_seconds=statistics.median(run["cpu_seconds"] for run in runs),
        peak_mib=statistics.median(peaks) if peaks else None,
        found=runs[0]["found"],
        versions=runs[0]["versions"],
    )


def _is_right(folder: Path, measured: dict[str, Measured], asked: list[str]) -> bool:
    """Tell whether all ran, and whether this package found what was planted, no more, no less."""
    planted = pq.read_metadata(folder / "planted.parquet").num_rows
    wrong = [name for name in OURS if name in measured and measured[name].found != planted]
    for name in wrong:
        found = measured[name].found
        print(f"{name}: {found:,} breaks found, {planted:,} planted", file=sys.stderr)
    return not wrong and len(measured) == len(asked)


def _versions(results: dict[int, dict[str, Measured]]) -> dict[str, str]:
    """Gather the versions of all packages; two where contestants need different ones."""
    seen: dict[str, set[str]] = {}
    for one in (one for measured in results.values() for one in measured.values()):
        for package, version in one.versions.items():
            seen.setdefault(package, set()).add(version)
    return {package: " and ".join(sorted(versions)) for package, versions in seen.items()}


def _table(folder: Path, size: int, measured: dict[str, Measured]) -> str:
    """Lay out one size as Markdown."""
    rows = [pq.read_metadata(folder / f"{name}.parquet").num_rows for name in FILES]
    ours = measured.get("jtnet_recon")
    title = (
        f"### {size:,} orders: {rows[0]:,} payments, {rows[1]:,} ledger lines, "
        f"{rows[2]:,} breaks of {len(PLANTED)} kinds\n"
    )
    lines = [
        title,
        "| | seconds | to jtnet_recon | CPU seconds | peak memory, MiB | rows found |",
        "|---|--:|--:|--:|--:|--:|",
        *(_line(CONTESTANTS[name], measured[name], ours) for name in measured),
    ]
    return "\n".join(lines) + "\n"


def _line(contestant: Contestant, one: Measured, ours: Measured | None) -> str:
    """Write one contestant's line."""
    ratio = "" if ours is None else f"{one.seconds / ours.seconds:.2f}x"
    peak = "unknown" if one.peak_mib is None else f"{one.peak_mib:,.0f}"
    cells = [contestant.title, _seconds(one.seconds), ratio, _seconds(one.cpu_seconds), peak]
    return f"| {' | '.join(cells)} | {one.found:,} |"


def _seconds(seconds: float) -> str:
    """Write a time with three digits that count."""
    return f"{seconds:,.2f}" if seconds >= 1 else f"{seconds:.3f}"


def _growth(results: dict[int, dict[str, Measured]]) -> str:
    """Lay out how time grows from each size to the next."""
    sizes = sorted(results)
    steps = list(pairwise(sizes))
    titles = " | ".join(f"{small:,} to {large:,}" for small, large in steps)
    lines = ["### Growth of time\n", f"| | {titles} |", "|---|" + "--:|" * len(steps)]
    for name, contestant in CONTESTANTS.items():
        if all(name in results[size] for size in sizes):
            ratios = [results[b][name].seconds / results[a][name].seconds for a, b in steps]
            cells = " | ".join(f"{ratio:.1f}x" for ratio in ratios)
            lines.append(f"| {contestant.title} | {cells} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
