"""A run that cannot be done ends with its exit code and leaves the old report as it was."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from jobs_desk import API, FILES, run, written

import jtnet_recon as jr

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Shop


@pytest.mark.parametrize(
    ("ledger", "said"),
    [
        ("none_{start:%Y-%m}.xlsx", "there is no such file"),
        ("none_*.xlsx", "no file fits"),
        ("*.*", "files fit"),
        ("recon.toml", "no header row was found"),
    ],
)
def test_a_ledger_that_cannot_be_taken_ends_with_exit_code_2_and_leaves_the_old_report(
    ledger: str, said: str, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(desk, FILES)
    run(capsys, "daily", "--on", "2022-11-08")
    before = (desk / "daily_2022-11-07.parquet").read_bytes()
    written(desk, FILES.replace("ledger_{start:%Y-%m}.xlsx", ledger))

    code, (line,), error = run(capsys, "daily", "--on", "2022-11-08")

    assert code == line["exit"] == 2
    assert (line["status"], line["step"], line["code"]) == ("failed", "ledger", "JR-TABLE")
    assert said in error
    assert (desk / "daily_2022-11-07.parquet").read_bytes() == before


def test_payments_of_another_period_are_refused(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(desk / "p_2022-11-07.parquet", desk / "p_2022-11-08.parquet")
    written(desk, FILES)

    code, (line,), error = run(capsys, "daily", "--on", "2022-11-09")

    assert (code, line["step"], line["code"]) == (2, "payments", "JR-TABLE")
    assert "its payments are of period 2022-11-07..2022-11-07" in error


def test_a_doubtful_pull_ends_with_exit_code_3_and_leaves_the_old_report(
    desk: Path, shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    written(desk, FILES)
    run(capsys, "daily", "--on", "2022-11-08")
    before = (desk / "daily_2022-11-07.parquet").read_bytes()
    payments = jr.read_payments(shop.pulled)
    payments.attrs["pull"] |= {"verdict": "UNSTABLE"}
    jr.write_payments(payments, desk / "p_2022-11-07.parquet")

    code, (line,), error = run(capsys, "daily", "--on", "2022-11-08")

    assert (code, line["code"]) == (3, "JR-PULL")
    assert "The pull is UNSTABLE" in error
    assert (desk / "daily_2022-11-07.parquet").read_bytes() == before
    assert len(jr.Store("store").runs()) == 1


def test_an_api_that_does_not_answer_ends_with_exit_code_3(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JTNET_RECON_SECRET", "wrong")
    written(desk, API)

    code, (line,), error = run(capsys, "daily", "--on", "2022-11-08")

    assert (code, line["step"], line["code"]) == (3, "payments", "JR-API-AUTH")
    assert error.startswith("error: ")
    assert not list((desk / "reports").glob("daily*"))


def test_an_output_never_replaces_an_input(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (desk / "ledger_2022-11.xlsx").read_bytes()
    written(desk, FILES.replace("{job}_{period}.parquet", "ledger_{start:%Y-%m}.xlsx"))

    code, (line,), error = run(capsys, "daily", "--on", "2022-11-08")

    assert (code, line["code"]) == (2, "JR-CONFIG")
    assert "is an input" in error
    assert (desk / "ledger_2022-11.xlsx").read_bytes() == before


@pytest.mark.parametrize(
    ("old", "new", "step"),
    [
        ("[jobs.daily]", 'store = "recon.toml"\n[jobs.daily]', "lock"),
        ("{job}_{period}.parquet", "recon.toml/{job}.parquet", "reports"),
    ],
)
def test_a_folder_that_cannot_be_made_ends_with_exit_code_3(
    old: str, new: str, step: str, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(desk, FILES.replace(old, new))

    code, (line,), error = run(capsys, "daily", "--on", "2022-11-08")

    assert (code, line["exit"], line["step"], line["code"]) == (3, 3, step, "JR-STORE")
    assert "folder" in error


def test_an_unknown_job_is_named_with_the_nearest(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(desk, FILES)

    code, lines, error = run(capsys, "dayly", "--on", "2022-11-08")

    assert (code, lines) == (2, [])
    assert error == "error: There is no job 'dayly'.\n  hint: Did you mean daily?\n"
