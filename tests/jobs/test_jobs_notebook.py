"""The notebook of the schedule runs by itself, and as a part of a job."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from cli_process import program
from jobs_desk import lines_of, written

import jtnet_recon as jr
from jtnet_recon.jobs.notebook import execute

if TYPE_CHECKING:
    from conftest import Shop

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "05_scheduled_report.ipynb"
JOB = """
[jobs.daily]
period = "yesterday"
ledger = "ledger_{start:%Y-%m}.xlsx"
outputs = ["{job}_{period}.parquet"]
payments = "p_{period}.parquet"
lang = "ko"

[jobs.daily.notebook]
path = "scheduled.ipynb"
output = "reports/{job}_{period}.ipynb"
"""


def printed(notebook: Any) -> str:
    """Join what the cells printed."""
    return "".join(
        out.text
        for cell in notebook.cells
        for out in cell.get("outputs", ())
        if out.output_type == "stream" and out.name == "stdout"
    )


def kinds(notebook: Any) -> set[str]:
    """Name what the cells brought forth."""
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", ())]
    return {kind for out in outputs for kind in out.get("data", ())} | {
        f"{out.output_type} {out.get('name', '')}".strip() for out in outputs
    }


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Run the notebook as it stands."""
    target = tmp_path_factory.mktemp("alone") / "alone.ipynb"
    execute(NOTEBOOK, target, {})
    return nbformat.read(target, as_version=4)


def test_it_begins_with_its_parameters() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)

    assert notebook.cells[0].metadata["tags"] == ["parameters"]
    assert [cell.metadata for cell in notebook.cells[1:] if cell.metadata] == []


def test_by_itself_it_makes_a_practice_run_and_shows_it(alone: Any) -> None:
    assert "performed again: same digest" in printed(alone)
    assert {"image/png", "text/html"} <= kinds(alone)
    assert not {"error", "stream stderr"} & kinds(alone)
    rolled = next(cell for cell in alone.cells if "roll_forward" in cell.source)
    assert "기초" in str(rolled.outputs) or "Open before" in str(rolled.outputs)


def test_it_is_committed_without_outputs() -> None:
    verified = subprocess.run(
        [sys.executable, "-m", "nbstripout", "--verify", str(NOTEBOOK)], check=False
    )

    assert verified.returncode == 0


def test_a_job_runs_it_on_the_run_it_has_just_kept(desk: Path, shop: Shop) -> None:
    written(desk, JOB)
    (desk / "scheduled.ipynb").write_bytes(NOTEBOOK.read_bytes())

    done = program("run", "daily", "--on", "2022-11-08", folder=desk, settings=shop.settings)

    (line,) = lines_of(done.stdout)
    assert (done.returncode, done.stderr) == (1, "")
    assert line["notebook"] == "daily_2022-11-07.ipynb"
    executed = nbformat.read(desk / "reports" / line["notebook"], as_version=4)
    run = jr.Store(desk / "store").run(line["run_id"])
    assert printed(executed).startswith(run.facts["conclusion_ko"])
    assert "performed again: same digest" in printed(executed)
    assert not {"error", "stream stderr"} & kinds(executed)
    assert (desk / "scheduled.ipynb").read_bytes() == NOTEBOOK.read_bytes()


def test_a_cell_that_fails_fails_the_run_by_name_and_leaves_the_old_notebook(
    desk: Path, shop: Shop
) -> None:
    written(desk, JOB)
    broken = nbformat.v4.new_notebook()
    broken.cells = [nbformat.v4.new_code_cell("1"), nbformat.v4.new_code_cell("{}['hong@x.kr']")]
    nbformat.write(broken, desk / "scheduled.ipynb")
    (desk / "reports").mkdir()
    (desk / "reports" / "daily_2022-11-07.ipynb").write_text("old")

    done = program("run", "daily", "--on", "2022-11-08", folder=desk, settings=shop.settings)

    (line,) = lines_of(done.stdout)
    assert (done.returncode, line["step"], line["exit"]) == (3, "notebook", 3)
    assert "scheduled.ipynb failed in cell" in done.stderr
    assert "KeyError" in done.stderr
    assert "hong" not in done.stdout + done.stderr
    assert [path.read_text() for path in (desk / "reports").iterdir()] == ["old"]
    assert (desk / "daily_2022-11-07.parquet").exists()


def test_a_notebook_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(jr.ConfigError, match=r"There is no notebook none\.ipynb"):
        execute(tmp_path / "none.ipynb", tmp_path / "out.ipynb", {})
