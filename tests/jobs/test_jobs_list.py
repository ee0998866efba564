"""``jtnet-recon jobs`` says of each job when it ran last, how that ended, and when it is due."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from jobs_desk import run, written

from jtnet_recon.cli import app
from jtnet_recon.cli.job_words import WORDS
from jtnet_recon.jobs.days import next_due, today

if TYPE_CHECKING:
    from pathlib import Path

JOBS = """
[jobs.daily]
period = "yesterday"
ledger = "ledger_{start:%Y-%m}.xlsx"
outputs = ["{job}_{period}.parquet"]
payments = "p_{period}.parquet"

[jobs.closing]
period = "last-month"
ledger = "none.xlsx"
outputs = ["{job}_{period}.parquet"]
payments = "none.parquet"
due_day = 3

[jobs.once]
period = "2022-11-07"
ledger = "ledger_{start:%Y-%m}.xlsx"
outputs = ["{job}_{period}.parquet"]
payments = "p_{period}.parquet"
"""


def listed(capsys: pytest.CaptureFixture[str], *line: str) -> list[list[str]]:
    """List the jobs; columns are apart by two blanks or more."""
    assert app(["jobs", *line]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    return [
        [cell.strip() for cell in line.split("  ") if cell.strip()]
        for line in said.out.splitlines()
    ]


def test_jobs_that_never_ran_are_due(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(desk, JOBS)
    yesterday = today() - timedelta(days=1)

    head, daily, closing, once = listed(capsys)

    assert head == ["job", "period", "last run", "open items", "next due", "how it ended"]
    assert daily == ["daily", "yesterday", "never", str(today()), "-"]
    assert closing == ["closing", "last-month", "never", str(next_due("month", 3, yesterday)), "-"]
    assert once == ["once", "2022-11-07", "never", "-", "-"]
    assert not (desk / "store").exists()


def test_how_the_last_run_ended_is_said(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(desk, JOBS)
    _, (done,), _ = run(capsys, "daily", "--on", "2022-11-08")
    run(capsys, "closing", "--on", "2022-11-03")
    _, (once,), _ = run(capsys, "once", "--on", str(today()))

    _, daily, closing, last = listed(capsys)

    at = done["ran"]["started_at"][:16].replace("T", " ")
    open_items = str(done["totals"][0]["open_items"])
    assert daily == [
        *("daily", "2022-11-07", at, open_items, "2022-11-09 (late)"),
        "reconciled with open items",
    ]
    assert closing[:2] == ["closing", "2022-10"]
    assert closing[-1] == "failed in step ledger (JR-TABLE)"
    assert last[-2:] == ["-", once["verdict"]]


def test_a_job_that_ended_well_today_is_due_tomorrow(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(desk, JOBS.replace('period = "yesterday"', 'period = "2022-11-07"\nevery = "day"'))
    run(capsys, "daily")

    _, daily, _, _ = listed(capsys)

    assert daily[-2] == str(today() + timedelta(days=1))


def test_a_line_that_was_cut_off_is_left_out_and_the_next_is_whole(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(desk, JOBS)
    run(capsys, "daily", "--on", "2022-11-08")
    log = desk / "store" / ".jobs" / "daily.jsonl"
    with log.open("a", encoding="utf-8") as file:
        file.write('{"job": "daily", "status": "do')

    cut = listed(capsys)[1]
    run(capsys, "once", "--on", "2022-11-08")
    run(capsys, "daily", "--on", "2022-11-08")

    assert cut == listed(capsys)[1]
    assert len(log.read_text(encoding="utf-8").splitlines()) == 3


def test_the_list_is_in_korean_too(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(desk, JOBS)

    head, daily, *_ = listed(capsys, "--lang", "ko")

    assert head == ["작업", "기간", "마지막 실행", "미해소", "다음 예정", "결과"]
    assert daily[2] == "없음"


@pytest.mark.parametrize("lang", sorted(WORDS))
def test_every_word_is_there_in_each_language_and_in_cp949(lang: str) -> None:
    assert WORDS[lang].keys() == WORDS["en"].keys()
    assert "".join(WORDS[lang].values()).encode("cp949")
