"""Each notebook runs from a clean kernel, in a folder of its own, and shows what it promises."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from notebook_run import ROOT, assert_clean, executed, pages, pictures, printed

import jtnet_recon as jr

if TYPE_CHECKING:
    from pathlib import Path

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
FIRST = ROOT / "notebooks" / "01_first_reconciliation.ipynb"
_EXPLAINED = re.compile(r"^\| ([A-Z]\d\d) \| (.+?) · (.+?) \|", re.MULTILINE)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Give the first notebook with its outputs, and the folder it ran in."""
    folder = tmp_path_factory.mktemp("first")
    return executed(FIRST, folder), folder


def test_every_cell_runs_without_error_or_warning(first: Any) -> None:
    notebook, _ = first

    assert_clean(notebook)


def test_what_was_found_is_what_was_planted(first: Any) -> None:
    notebook, _ = first

    found, planted = re.findall(r"found = planted: (\d+) of (\d+) breaks", printed(notebook))[0]

    assert found == planted == str(len(jr.Sandbox("2022-11", seed=7).answers))


def test_the_charts_are_drawn(first: Any) -> None:
    notebook, _ = first

    assert len(pictures(notebook)) == 2


def test_the_result_shows_itself_as_a_table(first: Any) -> None:
    notebook, _ = first

    assert any("<table" in page and "P01" in page and "C01" in page for page in pages(notebook))


def test_the_reports_are_written(first: Any) -> None:
    _, folder = first

    written = sorted(path.name for path in (folder / "out").iterdir())

    assert written == ["november.html", "november.xlsx"]


def test_each_code_met_is_explained_under_its_own_name() -> None:
    notebook = nbformat.read(FIRST, as_version=4)
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")

    explained = {code: (name, name_ko) for code, name, name_ko in _EXPLAINED.findall(text)}

    met = set(jr.Sandbox("2022-11", seed=7).answers["code"])
    assert explained == {code: (jr.CODES[code].name, jr.CODES[code].name_ko) for code in met}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_committed_without_outputs(path: Path) -> None:
    verified = subprocess.run(
        [sys.executable, "-m", "nbstripout", "--verify", str(path)], check=False
    )

    assert verified.returncode == 0


def test_every_notebook_of_the_folder_is_tested() -> None:
    tests = "\n".join(path.read_text(encoding="utf-8") for path in ROOT.glob("tests/*/test_*.py"))

    assert [path.name for path in NOTEBOOKS if f'"{path.name}"' not in tests] == []
