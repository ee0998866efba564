"""Write runs into a store and be killed, again and again; check the store after each kill.

Run by test_store_killed.py as a process of its own. It imports once and forks each writer (where
there is no fork, it starts fewer), so that a hundred kills take seconds.
"""

from __future__ import annotations

import dataclasses
import os
import random
import subprocess
import sys
import time
import traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd

import jtnet_recon as jr

START = datetime(2022, 12, 1, tzinfo=UTC)


def result():
    """Make the smallest result with a break."""
    payments = pd.DataFrame(
        {"imp_uid": ["i1"], "merchant_uid": ["o1"], "amount": [14_000], "cancel_amount": [0],
         "currency": ["KRW"], "status": ["paid"], "paid_at": [pd.Timestamp(START)]}
    )  # fmt: skip
    ledger = pd.DataFrame({"merchant_uid": ["o1"], "amount": [13_000]})
    return jr.reconcile(payments, ledger)


def write(folder, found, first, acknowledge):
    """Save runs and pulls, and say of each that it is committed, until somebody kills us."""
    store = jr.Store(folder)
    for number in range(first, first + 10_000):
        start = START + timedelta(seconds=number)
        payments = found.payments.assign(name=f"pull {number}")
        acknowledge(f"pull {store.save_pull(payments)}\n")
        changed = dataclasses.replace(found, ledger=found.ledger.assign(line=number))
        acknowledge(f"run {store.save_run(changed, job=f'job {number}', started=start)}\n")


def check(folder, acknowledged, *, deep=True):
    """Open the store anew: all that was said to be committed is there and, looked at, whole."""
    store = jr.Store(folder)
    runs, pulls = store.runs(), store.pulls()
    said = [line.split() for line in acknowledged.read_text().splitlines(keepends=True)
            if line.endswith("\n")]  # fmt: skip
    lost = {int(name) for kind, name in said if kind == "run"} - set(runs["run_id"])
    lost |= {name for kind, name in said if kind == "pull"} - set(pulls["pull_id"])
    assert not lost, lost
    if deep:
        run = store.run(int(runs["run_id"].iloc[-1]))
        assert [len(run.table(name)) for name in ("payments", "breaks", "ledger")] == [1, 1, 1]
        for pull_id in pulls["pull_id"].tail(2):
            assert len(store.pull(pull_id).payments) == 1
    return len(runs)


def kill_one(folder, found, log, *, delay_s, first):
    """Start a writer and kill it after a while."""
    if hasattr(os, "fork"):
        child = os.fork()
        if child == 0:
            try:
                handle = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
                write(folder, found, first, lambda text: os.write(handle, text.encode()))
            except BaseException:  # noqa: BLE001 - a fork must not go on as its parent
                traceback.print_exc()
            finally:
                os._exit(70)
        time.sleep(delay_s)
        os.kill(child, 9)
        status = os.waitpid(child, 0)[1]
        assert os.WIFSIGNALED(status), "the writer ended by itself: its error stands above"
        return
    with subprocess.Popen([sys.executable, __file__, "write", folder, log, str(first)]) as child:
        time.sleep(2 + delay_s)
        child.kill()


def main(folder, kills, seed):
    """Kill writers at random moments, some while they make a store; check it after each kill."""
    log = Path(folder).with_name("acknowledged")
    log.touch()
    chance = random.Random(seed)
    found = result()
    jr.Store(folder).save_run(found, job="first", started=START)
    began = time.perf_counter()
    jr.Store(folder).save_run(found, job="second", started=START)
    save_s = time.perf_counter() - began
    for kill in range(kills // 5):
        fresh, fresh_log = (Path(folder).with_name(f"{name}-{kill}") for name in ("fresh", "log"))
        fresh_log.touch()
        delay_s = chance.uniform(0, save_s)
        kill_one(str(fresh), found, str(fresh_log), delay_s=delay_s, first=0)
        check(fresh, fresh_log, deep=False)
    for kill in range(kills - kills // 5):
        delay_s = chance.uniform(0, 2 * save_s)
        kill_one(folder, found, str(log), delay_s=delay_s, first=1_000 * (kill + 1))
        check(folder, log, deep=kill % 10 == 9)
    # The next writer finds nothing in its way.
    last = jr.Store(folder).save_run(found, job="last", started=START)
    assert check(folder, log) == last
    print(last, len(log.read_text().splitlines()))  # noqa: T201 - the test reads it


if __name__ == "__main__":
    if sys.argv[1] == "write":
        with Path(sys.argv[3]).open("a", encoding="utf-8") as out:
            write(
                sys.argv[2], result(), int(sys.argv[4]), lambda text: (out.write(text), out.flush())
            )
    else:
        main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
