"""The program as a user starts it: real processes, a real server, real files."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import openpyxl
import pytest
from cli_process import PROGRAM, environment, program

import jtnet_recon as jr

if TYPE_CHECKING:
    from pathlib import Path

    from jtnet_recon.sandbox import Sandbox

HEAVY = "pandas numpy pyarrow duckdb httpx openpyxl matplotlib jinja2 starlette uvicorn"


def test_pull_writes_every_payment_with_its_certificate(
    pull: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    done, path = pull

    payments = jr.read_payments(path)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        f"Payments: {len(payments):,} of 2022-11-01..2022-11-30; the pull is COMPLETE.\n"
        "Written: p.parquet\n"
    )
    assert payments.attrs["pull"]["verdict"] == "COMPLETE"


def test_reconcile_finds_the_planted_breaks_verifies_absence_and_writes_both_reports(
    shop: Sandbox, payments_path: Path, tmp_path: Path, at_hand: dict[str, str]
) -> None:
    line = ["reconcile", str(payments_path), str(shop.ledger_path), "-o", "r.xlsx", "-o", "r.html"]

    done = program(*line, folder=tmp_path, settings=at_hand)

    assert (done.returncode, done.stderr) == (1, "")
    counted = {
        code: int(n)
        for code, n in re.findall(r"^(\w\d\d) .*?  +(\d+)  ", done.stdout, re.MULTILINE)
    }
    planted = shop.answers.query("currency == 'KRW'")["code"].value_counts()
    assert {code: counted[code] for code in planted.index} == planted.to_dict()
    absent = int((shop.answers["code"] == "P02").sum())
    assert f"Absence verified: {absent} orders looked up at the PG" in done.stdout
    assert "Conclusion: Reconciled with " in done.stdout
    assert done.stdout.endswith("Written: r.xlsx\nWritten: r.html\n")
    assert openpyxl.load_workbook(tmp_path / "r.xlsx").sheetnames
    assert "P02" in (tmp_path / "r.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def demo(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[subprocess.CompletedProcess[str], Path]:
    """Run the demo; give what it said, and the folder it ran in."""
    folder = tmp_path_factory.mktemp("demo")
    return program("demo", folder=folder), folder


def test_the_demo_finds_what_it_planted_and_leaves_its_files(
    demo: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    done, folder = demo

    assert (done.returncode, done.stderr) == (0, "")
    check = r"^Check: found = planted, (\d+) of \1 breaks, each to the won\.$"
    (count,) = re.findall(check, done.stdout, re.MULTILINE)
    assert int(count) > 100
    assert (
        "Absence verified: 8 orders looked up at the PG with every attempt (no such "
        "payment: 4, " in done.stdout
    )
    assert {path.name for path in (folder / "out").iterdir()} == {
        "ledger_2022-11.parquet",
        "ledger_2022-11.xlsx",
        "ledger_2022-11_cp949.csv",
        "payments_2022-11.parquet",
        "reconciliation_2022-11.html",
        "reconciliation_2022-11.xlsx",
    }


def test_the_line_that_the_demo_ends_with_can_be_typed(
    demo: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    done, folder = demo
    (line,) = re.findall(r"^  \S*jtnet-recon (reconcile .*)$", done.stdout, re.MULTILINE)

    again = program(*line.split(), folder=folder)

    assert (again.returncode, again.stderr) == (1, "")
    assert "Absence NOT verified: 8 orders of code P02" in again.stdout
    assert (folder / "again.xlsx").is_file()


def test_the_list_of_commands_cuts_no_sentence_off(tmp_path: Path) -> None:
    said = program("--help", folder=tmp_path).stdout

    listed = said.split("Commands:\n")[1].splitlines()
    assert len(listed) == 7
    assert all(line.endswith(".") and not line.endswith("...") for line in listed)


def test_help_answers_at_once_because_nothing_heavy_is_loaded() -> None:
    script = (
        "import sys; from jtnet_recon.cli import app; "
        "codes = [app([*name, '--help']) for name in ([], ['demo'], ['pull'], ['reconcile'])]; "
        f"print(codes, sorted(set(sys.modules) & set({HEAVY!r}.split())))"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=False
    )

    assert done.stdout.splitlines()[-1] == "[0, 0, 0, 0] []"


@pytest.mark.parametrize("encoding", ["cp949", "ascii"])
def test_no_console_is_too_old_for_the_output(
    shop: Sandbox, payments_path: Path, tmp_path: Path, encoding: str
) -> None:
    settings = {"PYTHONUTF8": "0", "PYTHONIOENCODING": encoding}
    line = ["reconcile", str(payments_path), str(shop.ledger_csv_path), "--lang", "ko"]

    done = program(*line, folder=tmp_path, settings=settings, encoding=encoding)

    assert (done.returncode, done.stderr) == (1, "")
    korean = "결론: " if encoding == "cp949" else r"\uacb0\ub860: "
    assert korean in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process")
def test_ctrl_c_ends_the_sandbox_with_one_line(tmp_path: Path) -> None:
    with subprocess.Popen(
        [*PROGRAM, "sandbox", "--port", "0", "--orders", "120"],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        shown = iter(process.stdout.readline, "Ctrl-C ends it.\n")
        said = list(shown)

        process.send_signal(signal.SIGINT)
        rest = process.communicate(timeout=120)

    assert (process.returncode, rest) == (130, ("", "Stopped.\n"))
    assert said[0].startswith("Sandbox: the i'mport API, imitated at http://127.0.0.1:")


def test_ctrl_c_ends_a_pull_whose_server_does_not_answer(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(60)
        settings = {
            "JTNET_RECON_URL": f"http://127.0.0.1:{silent.getsockname()[1]}",
            "JTNET_RECON_KEY": "k" * 16,
            "JTNET_RECON_SECRET": "s" * 80,
        }
        with subprocess.Popen(
            [*PROGRAM, "pull", "2022-11", "-o", "p.parquet"],
            cwd=tmp_path,
            env=environment(**settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        ) as process:
            asked, _ = silent.accept()
            with asked:
                asked.recv(65_536)  # the request is here: it waits for the answer from now on
                process.send_signal(signal.SIGINT)
                said = process.communicate(timeout=60)

    assert (process.returncode, said) == (130, ("", "Stopped.\n"))
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_goes_away_is_no_error_message(tmp_path: Path) -> None:
    with subprocess.Popen(
        [*PROGRAM, "--help"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        complaint = process.stderr.read()

    assert (process.returncode, complaint) == (3, b"")
