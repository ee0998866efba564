"""One run of a job at a time: the second says who is first."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
from typing import TYPE_CHECKING

import pytest
from cli_process import PROGRAM, environment
from jobs_desk import run, written
from jobs_servers import Webhook, serving

import jtnet_recon as jr
from jtnet_recon.cli import app
from jtnet_recon.jobs.lock import hold

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

JOBS = """
[jobs.daily]
period = "yesterday"
ledger = "ledger_{start:%Y-%m}.xlsx"
outputs = ["{job}_{period}.parquet"]
payments = "p_{period}.parquet"
[[jobs.daily.notify]]
webhook = "${DESK_WEBHOOK}"

[jobs.other]
period = "yesterday"
ledger = "ledger_{start:%Y-%m}.xlsx"
outputs = ["{job}_{period}.parquet"]
payments = "p_{period}.parquet"
"""
DAY = ("daily", "--on", "2022-11-08")


@pytest.fixture
def first(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[subprocess.Popen, Webhook]]:
    """Start a run of its own that cannot end before its webhook is answered."""
    written(desk, JOBS)
    with serving(Webhook()) as webhook:
        webhook.may_answer.clear()
        monkeypatch.setenv("DESK_WEBHOOK", webhook.address)
        process = subprocess.Popen(
            [*PROGRAM, "run", *DAY],
            cwd=desk,
            env=environment(DESK_WEBHOOK=webhook.address),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        with process:
            assert webhook.has_come.wait(280)
            yield process, webhook
            webhook.may_answer.set()
            process.kill()


def test_of_two_runs_at_once_one_works_and_the_other_names_it_and_exits_3(
    first: tuple[subprocess.Popen, Webhook], capsys: pytest.CaptureFixture[str]
) -> None:
    process, webhook = first

    code, (line,), error = run(capsys, *DAY)

    holder = re.match(
        r"error: The job daily is being run already: process (\d+) on (\S+), since (\S+)\.\n", error
    )
    assert holder is not None
    assert (int(holder[1]), holder[2]) == (process.pid, socket.gethostname())
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+09:00", holder[3])
    assert (code, line["exit"], line["step"], line["code"]) == (3, 3, "lock", "JR-STORE")

    webhook.may_answer.set()
    out, _ = process.communicate(timeout=280)
    assert process.returncode == 1
    assert json.loads(out)["status"] == "done"
    assert len(jr.Store("store").runs()) == 1


def test_another_job_is_not_kept_waiting(
    first: tuple[subprocess.Popen, Webhook], capsys: pytest.CaptureFixture[str]
) -> None:
    code, (line,), _ = run(capsys, "other", "--on", "2022-11-08")

    assert (code, line["job"]) == (1, "other")


def test_the_list_of_jobs_says_who_is_running(
    first: tuple[subprocess.Popen, Webhook], capsys: pytest.CaptureFixture[str]
) -> None:
    process, _ = first

    assert app(["jobs"]) == 0

    assert f"running: process {process.pid} on " in capsys.readouterr().out


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_lock_ends_with_its_holder(
    first: tuple[subprocess.Popen, Webhook], capsys: pytest.CaptureFixture[str]
) -> None:
    process, webhook = first
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=280)
    webhook.may_answer.set()

    app(["jobs"])
    listed = capsys.readouterr().out
    code, _, _ = run(capsys, *DAY)

    assert "stopped before its end; run it again" in listed
    assert code == 1


def test_a_holder_that_has_not_signed_yet_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "daily.lock"
    with hold(path, job="daily"):
        path.write_text("")
        with (
            pytest.raises(jr.StoreError, match="a process that has just begun"),
            hold(path, job="daily"),
        ):
            pass

    with hold(path, job="daily"):
        assert json.loads(path.read_text())["pid"] == os.getpid()


def test_a_lock_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    with (
        pytest.raises(jr.StoreError, match=r"daily\.lock cannot be opened"),
        hold(tmp_path / "none" / "daily.lock", job="daily"),
    ):
        pass
