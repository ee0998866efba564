"""A run does the whole job, says so in one line, and can be repeated."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
import sys
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from jobs_desk import content, run, written

import jtnet_recon as jr
from jtnet_recon.jobs.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Shop

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


def test_one_file_that_fits_a_pattern_is_the_ledger(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(desk, FILES.replace("ledger_{start:%Y-%m}.xlsx", "led*_{start:%Y}-??.xlsx"))
    (desk / "~$led_2022-11.xlsx").write_text("Excel's own lock")

    code, _, _ = run(capsys, "daily", "--on", "2022-11-08")

    assert code == 1


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


def test_a_run_that_died_after_its_pull_is_gone_on_with(
    desk: Path, shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    written(desk, API)
    report = desk / "reports" / "daily_2022-11-07.parquet"
    _, (first,), _ = run(capsys, "daily", "--on", "2022-11-08")
    (pull_id,) = jr.Store("store").pulls()["pull_id"]
    memory = Memory(desk / "store", "daily")
    memory.begin(date(2022, 11, 8), "2022-11-07..2022-11-07", [report])
    memory.pulled(pull_id)
    half = [report.with_name(f"{dots}daily_2022-11-07.ab.part.parquet") for dots in (".", "..")]
    for path in half:
        path.write_text("half")
    shop.sandbox.advance(60)

    _, (second,), _ = run(capsys, "daily", "--on", "2022-11-08")
    after_second = len(jr.Store("store").pulls())
    _, (third,), _ = run(capsys, "daily", "--on", "2022-11-08")

    assert first["digest"] == second["digest"] == third["digest"]
    assert after_second == 1
    assert len(jr.Store("store").pulls()) == 2
    assert [path for path in half if path.exists()] == []


@pytest.mark.parametrize(
    ("on", "basis", "hours"),
    [("2022-11-09", "paid", 0), ("2022-11-08", "events", 0), ("2022-11-08", "paid", 7)],
)
def test_a_pull_of_another_day_basis_or_time_is_not_gone_on_with(  # noqa: PLR0917 - cases and fixtures
    on: str, basis: str, hours: int, desk: Path, shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    written(desk, API)
    run(capsys, "daily", "--on", "2022-11-08")
    (pull_id,) = jr.Store("store").pulls()["pull_id"]
    memory = Memory(desk / "store", "daily")
    memory.begin(date(2022, 11, 8), "2022-11-07..2022-11-07", [])
    memory.pulled(pull_id)
    noted = desk / "store" / ".jobs" / "daily.running.json"
    left = json.loads(noted.read_text())
    at = datetime.fromisoformat(left["pulled_at"]) - timedelta(hours=hours)
    noted.write_text(json.dumps(left | {"pulled_at": at.isoformat()}))
    written(desk, API + f'payments = {{ basis = "{basis}" }}\n')
    shop.sandbox.advance(60)

    run(capsys, "daily", "--on", on)

    assert len(jr.Store("store").pulls()) == 2


def test_missed_and_failed_days_are_caught_up_in_order(
    desk: Path, shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    with jr.connect(shop.sandbox.url, shop.sandbox.key, shop.sandbox.secret) as client:
        for day in ("2022-11-08", "2022-11-10"):
            jr.write_payments(client.payments(day), desk / f"p_{day}.parquet")
    written(desk, FILES)

    _, at_first, _ = run(capsys, "daily", "--on", "2022-11-08", "--catch-up")
    code, missed, error = run(capsys, "daily", "--on", "2022-11-11", "--catch-up")
    _, again, _ = run(capsys, "daily", "--on", "2022-11-11", "--catch-up")

    assert [line["on"] for line in at_first] == ["2022-11-08"]
    assert [(line["on"], line["exit"]) for line in missed] == [
        ("2022-11-09", 1),
        ("2022-11-10", 2),  # its payments are not there; that is wrong for this day alone
        ("2022-11-11", 1),
    ]
    assert code == 2
    assert "p_2022-11-09.parquet" in error
    assert [line["on"] for line in again] == ["2022-11-10"]


def test_open_items_are_rolled_forward_from_the_day_before_and_a_day_may_be_repeated(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(
        desk,
        API.replace('"reports/{start:%Y}/{job}_{period}.xlsx", ', "") + "roll_forward = true\n",
    )

    days = ("08", "09", "09", "08", "10")
    lines = [run(capsys, "daily", "--on", f"2022-11-{day}")[1][0] for day in days]

    store = jr.Store("store")
    first, second, again, _, last = (store.run(line["run_id"]) for line in lines)
    won = second.table("roll_forward").query("currency == 'KRW'").set_index("step")
    assert won.loc["opening", "rows"] == lines[0]["totals"][0]["open_items"]
    for figure in ("rows", "difference", "money_at_risk"):
        steps = won[figure]
        parts = steps["opening"] + steps["new"] - steps["cleared"] + steps["changed"]
        assert parts == steps["closing"]
    assert "roll_forward" not in first.facts["tables"]
    assert again.table("roll_forward").equals(second.table("roll_forward"))
    # The 8th was repeated after the 9th, and still the 9th is the day before the 10th.
    opening = last.table("roll_forward").query("currency == 'KRW' and step == 'opening'")
    assert opening["rows"].tolist() == [won.loc["closing", "rows"]]


def test_nothing_missed_is_said(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(desk, FILES)
    run(capsys, "daily", "--on", "2022-11-08")

    code, lines, error = run(capsys, "daily", "--on", "2022-11-08", "--catch-up")

    assert (code, lines) == (0, [])
    assert error == "daily: nothing was missed up to 2022-11-08.\n"


def test_an_unknown_job_is_named_with_the_nearest(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(desk, FILES)

    code, lines, error = run(capsys, "dayly", "--on", "2022-11-08")

    assert (code, lines) == (2, [])
    assert error == "error: There is no job 'dayly'.\n  hint: Did you mean daily?\n"


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


def test_a_sale_that_is_booked_a_day_late_is_missing_no_more_and_only_its_date_differs(
    bare: Path, capsys: pytest.CaptureFixture[str], payments_of: Callable[[str], pd.DataFrame]
) -> None:
    head = "imp_uid | merchant_uid | amount | status | paid_at\n"
    for day, row in (("07", "i1 | o1 | 10,000"), ("08", "i2 | o2 | 20,000")):
        payments = payments_of(f"{head}{row} | paid | 2022-11-{day} 10:00")
        jr.write_payments(payments, bare / f"p_2022-11-{day}.parquet")
    lines = {"07": "", "08": "o1,10000,2022-11-08\no2,20000,2022-11-08\n"}
    for day, text in lines.items():
        (bare / f"l_2022-11-{day}.csv").write_text(
            f"주문번호,결제금액,결제일\n{text or 'o0,5000,2022-11-07'}\n", encoding="utf-8"
        )
    written(
        bare,
        FILES.replace("ledger_{start:%Y-%m}.xlsx", "l_{period}.csv") + "roll_forward = true\n",
    )

    run(capsys, "daily", "--on", "2022-11-08")
    _, (line,), _ = run(capsys, "daily", "--on", "2022-11-09")

    rolled = jr.Store("store").run(line["run_id"]).table("roll_forward")
    steps = rolled.set_index("step")["rows"].to_dict()
    assert (steps["opening"], steps["closing"]) == (2, 2)
    codes = jr.Store("store").run(line["run_id"]).breaks.set_index("merchant_uid")["code"]
    assert codes.to_dict() == {"o0": "P02", "o1": "P13"}
