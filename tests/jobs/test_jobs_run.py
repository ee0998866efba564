"""A run does the whole job, says so in one line, and can be repeated."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import sys
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from jobs_desk import API, FILES, content, run, written

import jtnet_recon as jr

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Shop


def test_a_run_pulls_reconciles_keeps_and_reports(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(desk, API)

    code, (line,), said = run(capsys, "daily", "--on", "2022-11-08")

    assert (code, said) == (1, "")
    assert line["period"] == "2022-11-07"
    assert (line["status"], line["exit"], line["pull"]) == ("done", 1, "COMPLETE")
    assert (desk / "reports" / "2022" / "daily_2022-11-07.xlsx").stat().st_size > 10_000
    assert (desk / "reports" / "daily_2022-11-07.parquet").stat().st_size > 1_000
    store = jr.Store(desk / "store")
    assert store.runs()["run_id"].tolist() == [line["run_id"]] == [1]
    assert store.pulls()["verdict"].tolist() == ["COMPLETE"]
    assert store.run(1).facts["digest"] == line["digest"]


def test_who_looks_on_is_told_in_words_and_a_log_is_not(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    written(desk, FILES)
    _, _, logged = run(capsys, "daily", "--on", "2022-11-08")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

    _, (line,), seen = run(capsys, "daily", "--on", "2022-11-08", "--lang", "ko")

    assert logged == ""
    assert seen.split("\n")[1] == "daily 2022-11-07: 대사 완료, 미해소 있음"
    assert f"차이 {line['totals'][0]['difference']:,}" in seen


def test_its_figures_are_those_of_the_same_work_by_hand(
    desk: Path, shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    written(desk, FILES)
    ledger = jr.read_ledger(shop.ledger)
    day = ledger[ledger["paid_on"].isna() | (ledger["paid_on"] == pd.Timestamp("2022-11-07"))]

    _, (line,), _ = run(capsys, "daily", "--on", "2022-11-08")

    result = jr.reconcile(jr.read_payments(shop.pulled), day.reset_index(drop=True))
    won = line["totals"][0]
    assert line["digest"] == result.digest
    assert won["ledger_net"] - won["pg_net"] == won["difference"]
    assert won["unexplained"] == 0
    assert sum(code["items"] for code in line["codes"]) == len(result.breaks)
    items = pd.read_parquet(desk / "daily_2022-11-07.parquet")
    assert int(items["difference"][items["currency"] == "KRW"].sum()) == won["difference"]


def test_lines_of_other_days_are_left_aside_and_counted(
    desk: Path, shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    written(desk, FILES)

    _, (line,), _ = run(capsys, "daily", "--on", "2022-11-08")

    source = jr.Store("store").run(line["run_id"]).facts["source"]
    assert source["rows_out_of_period"] + line["rows"]["ledger"] == len(jr.read_ledger(shop.ledger))
    assert any("outside 2022-11-07..2022-11-07" in note for note in source["notes"])


def test_the_same_inputs_give_the_same_bytes_but_for_the_time_of_the_run(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(desk, FILES.replace("outputs = [", 'outputs = ["{job}.xlsx", "{job}.html", '))
    names = ("daily.xlsx", "daily.html", "daily_2022-11-07.parquet")

    def once() -> list[dict[str, bytes]]:
        _, (line,), _ = run(capsys, "daily", "--on", "2022-11-08")
        started_at = line.pop("ran")["started_at"]
        line.pop("run_id")
        found = [content(desk / name, started_at) for name in names]
        return [*found, {"line": json.dumps(line).encode()}]

    first, second = once(), once()

    assert first == second
    assert sum(part.count(b"<run>") for part in first[0].values()) == 1
    assert first[1][""].count(b"<run>") == 1


def test_it_may_be_started_from_any_folder(
    desk: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch, capsys
) -> None:
    path = written(desk, FILES)
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))

    code, _, _ = run(capsys, "daily", "--on", "2022-11-08", "--config", str(path))

    assert code == 1
    assert (desk / "daily_2022-11-07.parquet").exists()


def test_a_ledger_that_agrees_ends_with_exit_code_0(
    desk: Path, shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    test = jr.plant(jr.read_payments(shop.pulled), [])
    test.payments.attrs = {}
    jr.write_payments(test.payments, desk / "p_2022-11-07.parquet")
    test.ledger.to_parquet(desk / "agrees.parquet")
    written(desk, FILES.replace("ledger_{start:%Y-%m}.xlsx", "agrees.parquet"))

    code, (line,), _ = run(capsys, "daily", "--on", "2022-11-08")

    assert (code, line["verdict"], line["codes"]) == (0, "reconciled", [])
    assert line["pull"] == "unknown"


def test_one_file_that_fits_a_pattern_is_the_ledger(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(desk, FILES.replace("ledger_{start:%Y-%m}.xlsx", "led*_{start:%Y}-??.xlsx"))
    (desk / "~$led_2022-11.xlsx").write_text("Excel's own lock")

    code, _, _ = run(capsys, "daily", "--on", "2022-11-08")

    assert code == 1


def test_orders_missing_in_a_file_of_payments_are_looked_up_if_that_is_wanted(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = '{ file = "p_{period}.parquet", verify = true }'
    written(desk, FILES.replace('"p_{period}.parquet"', source))

    _, (line,), _ = run(capsys, "daily", "--on", "2022-11-08")

    breaks = jr.Store("store").run(line["run_id"]).breaks
    said = breaks.loc[breaks["code"] == "P02", "verified"].tolist()
    assert said
    assert "" not in said


def test_a_query_of_a_database_is_a_ledger(
    desk: Path, shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    books = jr.read_ledger(shop.ledger)[["merchant_uid", "amount", "status", "paid_on"]]
    database = sqlite3.connect(desk / "books.db")
    books.assign(paid_on=books["paid_on"].dt.strftime("%Y-%m-%d")).to_sql("sales", database)
    database.close()
    monkeypatch.setenv("BOOKS_URL", "sqlite:///books.db")
    ledger = (
        "ledger = { url = '${BOOKS_URL}', query = \"SELECT merchant_uid, amount, status, paid_on "
        "FROM sales WHERE paid_on BETWEEN '{start}' AND '{end}'\" }"
    )
    written(desk, FILES.replace('ledger = "ledger_{start:%Y-%m}.xlsx"', ledger))

    code, (line,), _ = run(capsys, "daily", "--on", "2022-11-08")

    assert code == 1
    assert line["rows"]["ledger"] == int((books["paid_on"] == pd.Timestamp("2022-11-07")).sum())


def test_the_rule_of_a_job_is_that_of_the_report(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rule = """
[jobs.daily.rule]
mids = ["no_such_mid"]
tolerance = { amount = 5 }
"""
    written(desk, FILES + rule)

    _, (line,), _ = run(capsys, "daily", "--on", "2022-11-08")

    assert "P18" in {code["code"] for code in line["codes"]}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes; the folder is its owner's")
def test_what_a_run_keeps_is_its_owners_alone(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(desk, FILES)

    run(capsys, "daily", "--on", "2022-11-08")

    kept = [desk / "store", *(desk / "store").rglob("*"), *desk.glob("daily_*")]
    assert {
        path.name: oct(stat.S_IMODE(path.stat().st_mode) & 0o077) for path in kept
    } == dict.fromkeys((path.name for path in kept), "0o0")
