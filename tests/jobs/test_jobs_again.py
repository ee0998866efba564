"""A run goes on with what the one before it left: its pull, its missed days, its open items."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from jobs_desk import API, FILES, run, written

import jtnet_recon as jr
from jtnet_recon.jobs.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd
    from conftest import Shop


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
