"""A process that has imported everything and forks a run for each line it is given.

A run is then a fraction of a second, and can be killed at any moment of its own. Lines in and
out are JSON: ``{"line": [...], "event": 120}`` kills the run at its 120th act on a file,
``{"line": [...], "seconds": 0.2}`` after a time, ``{"line": [...], "renamed": ".window"}`` as soon as a
file has got such a name. The answer names the exit code, negative for a signal, and how many
acts there were.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import time

# What a run imports on its way, so that a fork need not.
MODULES = (
    "jtnet_recon.cli.run jtnet_recon.jobs.run jtnet_recon.jobs.notify jtnet_recon.jobs.setup "
    "jtnet_recon.desk jtnet_recon.files jtnet_recon.store jtnet_recon.report.excel "
    "jtnet_recon.report.personal jtnet_recon.recon.items openpyxl.writer.excel pyarrow.parquet "
    "pyarrow.csv pyarrow.compute duckdb pandas sqlite3 python_calamine scipy.optimize dotenv"
).split()
ACTS = frozenset(
    "open os.rename os.remove os.mkdir os.rmdir os.truncate os.chmod os.listdir os.scandir "
    "tempfile.mkstemp fcntl.flock sqlite3.connect".split()
)


def forked(order: dict, events_out: int) -> None:
    """Be the run: count its acts, and die at the one that was asked for."""
    from jtnet_recon.cli import app

    count, is_named = 0, False

    def counted(name: str, arguments: tuple) -> None:
        nonlocal count, is_named
        if name in ACTS:
            count += 1
            if count == order.get("event") or is_named:
                os.kill(os.getpid(), signal.SIGKILL)
            is_named = name == "os.rename" and str(arguments[1]).endswith(order.get("renamed", "/"))

    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    sys.addaudithook(counted)
    code = app(order["line"])
    os.write(events_out, str(count).encode())
    os._exit(code)


def answered(order: dict) -> dict:
    """Fork a run and wait for its end, or bring it about."""
    events_in, events_out = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            forked(order, events_out)
        finally:
            os._exit(99)
    os.close(events_out)
    begun = time.monotonic()
    if "seconds" in order:
        time.sleep(order["seconds"])
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    took = time.monotonic() - begun
    with os.fdopen(events_in) as events:
        acts = events.read()
    return {
        "code": os.waitstatus_to_exitcode(status),
        "acts": int(acts) if acts else None,
        "seconds": took,
    }


def main() -> None:
    """Import, say so, then fork for each line until the input ends."""
    for name in MODULES:
        importlib.import_module(name)
    say({"ready": True})
    for line in sys.stdin:
        say(answered(json.loads(line)))


def say(answer: dict) -> None:
    """Answer a line."""
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
