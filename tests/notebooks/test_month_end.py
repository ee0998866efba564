"""The month-end close runs by itself and by papermill; its entries and its open items tie out."""

from __future__ import annotations

import re
import shutil
from typing import Any

import nbformat
import openpyxl
import pytest
from notebook_run import ROOT, assert_clean, executed, pages, printed

import jtnet_recon as jr
from jtnet_recon.jobs.notebook import execute

CLOSE = ROOT / "notebooks" / "04_month_end_close.ipynb"


@pytest.fixture(scope="module")
def close(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Give the notebook with its outputs, and the folder it wrote into."""
    folder = tmp_path_factory.mktemp("close")
    notebook, out = executed(CLOSE, folder), folder / "out" / "close"
    # The same month may be closed again, in Korean, before a test looks at this workbook.
    shutil.copy(out / "close_2022-11.xlsx", out / "first.xlsx")
    return notebook, out


@pytest.fixture(scope="module")
def again(close: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Close the same month again by papermill, in Korean, on the same store."""
    _, out = close
    target = tmp_path_factory.mktemp("again") / "again.ipynb"
    execute(CLOSE, target, {"folder": str(out), "lang": "ko", "preparer": "김정산"})
    return nbformat.read(target, as_version=4)


def test_every_cell_of_the_close_runs_without_error_or_warning(close: Any) -> None:
    notebook, _ = close

    assert_clean(notebook)


def test_the_first_cell_holds_the_parameters() -> None:
    first = nbformat.read(CLOSE, as_version=4).cells[0]

    assert first.metadata["tags"] == ["parameters"]
    assert 'month = "2022-11"' in first.source


def test_no_cents_are_shown_as_dollars(close: Any) -> None:
    notebook, _ = close
    planted = jr.Sandbox("2022-11", seed=7).answers
    dollars = planted.loc[planted["currency"] == "USD", "money_at_risk"].sum()

    shown = pages(notebook)
    sign_off = next(page for page in shown if "can be signed" in page)

    assert f"KRW, {dollars / 100:.2f} USD" in sign_off
    assert not any(f"{dollars:,}<" in page or f"{dollars:,} USD" in page for page in shown)


def test_what_the_first_look_lacked_is_cleared_by_the_second(close: Any) -> None:
    _, out = close
    first, second = (jr.Store(out / "store").run(number) for number in (1, 2))

    steps = second.roll_forward.set_index(["currency", "step"])["rows"]["KRW"]

    assert steps["cleared"] < 0
    assert steps["opening"] == (first.table("open_items")["currency"] == "KRW").sum()
    assert steps[["opening", "new", "cleared", "changed"]].sum() == steps["closing"]


def test_the_entries_of_the_workbook_lead_from_the_ledger_to_the_pg(close: Any) -> None:
    _, out = close
    book = openpyxl.load_workbook(out / "first.xlsx", read_only=True)
    rows = [row for row in book["Proposed entries"].iter_rows(values_only=True) if len(row) > 7]

    moved = sum(row[7] for row in rows if row[5] == "KRW" and row[1] in jr.CODES)

    bridge = jr.Store(out / "store").run(2).table("bridge").query("currency == 'KRW'")
    steps = bridge.set_index("step")
    assert moved == steps["balance"]["payments"] - steps["amount"]["ledger"] != 0


def test_the_self_test_stands_among_the_controls(close: Any) -> None:
    notebook, _ = close

    (page,) = [page for page in pages(notebook) if "Self-test" in page and "<th" in page]

    assert "0 missed, 0 false alarms" in page


def test_papermill_closes_again_in_korean_against_the_run_before(close: Any, again: Any) -> None:
    _, out = close

    assert re.search(r"earlier run: .*2", printed(again))
    assert "run 3 is kept" in printed(again)
    assert any("김정산" in page for page in pages(again))
    assert any("수정분개" in cell.source for cell in again.cells)
    second, third = (jr.Store(out / "store").run(number) for number in (2, 3))
    # What had changed by the second run is told there once; nothing else is new or gone.
    told = second.table("open_items").query("kind == 'snapshot'")
    steps = third.roll_forward.groupby("step")["rows"].sum()
    assert steps["cleared"] == -len(told)
    assert steps["new"] == 0
    assert "미수금" in "".join(pages(again))
