"""`sandbox --fault`: the imitated API goes wrong as it is told, from the command line."""

from __future__ import annotations

import signal
import subprocess
from typing import TYPE_CHECKING

import pytest
from cli_process import PROGRAM, environment, program

import jtnet_recon as jr
from jtnet_recon.client import Client

if TYPE_CHECKING:
    from pathlib import Path


def test_a_fault_that_is_not_known_is_named(tmp_path: Path) -> None:
    done = program("sandbox", "--fault", "cutt", folder=tmp_path)

    assert done.returncode == 2
    assert "fault 'cutt' is not known" in done.stderr


def test_a_sandbox_that_is_told_to_fail_fails_a_pull(tmp_path: Path) -> None:
    with subprocess.Popen(
        [
            *PROGRAM,
            *"sandbox --port=0 --orders=100 --fault=5xx --fault=cut --fault-share=1".split(),
        ],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        said = dict(
            line.removeprefix("  export JTNET_RECON_").strip().split("=", 1)
            for line in iter(process.stdout.readline, "Ctrl-C ends it.\n")
            if line.startswith("  export ")
        )

        try:
            # Which of the two it ends with depends on which of its threads asks first.
            with (
                Client(
                    said["URL"], said["KEY"], said["SECRET"], progress=False, timeout_s=2
                ) as client,
                pytest.raises(jr.PullIncomplete, match=r"HTTP 50|no whole answer"),
            ):
                client.payments("2022-11")
        finally:  # whatever comes, nobody waits for a server that was not stopped
            process.send_signal(signal.SIGINT)
            process.wait(120)
