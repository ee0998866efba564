"""Each notebook runs from a clean kernel, in a folder of its own, and shows what it promises."""

from __future__ import annotations

import asyncio
import base64
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from traitlets.config import Config

import jtnet_recon as jr

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
FIRST = ROOT / "notebooks" / "01_first_reconciliation.ipynb"
_EXPLAINED = re.compile(r"^\| ([A-Z]\d\d) \| (.+?) · (.+?) \|", re.MULTILINE)


def executed(path: Path, folder: Path) -> Any:
    """Run a notebook as a reader would, where it may write."""
    shutil.copytree(ROOT / "data", folder / "data")
    (folder / "notebooks").mkdir()
    notebook = nbformat.read(path, as_version=4)
    # Over TCP the kernel warns that its messages are not encrypted; a socket's path must be short.
    sockets = Path(tempfile.mkdtemp(prefix="jr"))
    config = Config({"KernelManager": {"transport": "ipc", "ip": str(sockets / "kernel")}})
    client = NotebookClient(
        notebook,
        timeout=120,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder / "notebooks")}},
        config=config,
    )
    try:
        # A thread of its own: a browser of another test may have a loop in this one.
        with ThreadPoolExecutor(1) as beside:
            beside.submit(lambda: asyncio.run(client.async_execute())).result()
    finally:
        shutil.rmtree(sockets)
    return notebook


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Give the first notebook with its outputs, and the folder it ran in."""
    folder = tmp_path_factory.mktemp("first")
    return executed(FIRST, folder), folder


def outputs(notebook: Any, kind: str) -> list[Any]:
    """List the outputs of a kind, cell by cell."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [out for cell in cells for out in cell.outputs if out.output_type == kind]


def printed(notebook: Any) -> str:
    """Join what the cells printed."""
    return "".join(out.text for out in outputs(notebook, "stream") if out.name == "stdout")


def test_every_cell_runs_without_error_or_warning(first: Any) -> None:
    notebook, _ = first

    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]

    assert all(cell.execution_count for cell in cells)
    assert outputs(notebook, "error") == []
    assert [out.text for out in outputs(notebook, "stream") if out.name == "stderr"] == []


def test_what_was_found_is_what_was_planted(first: Any) -> None:
    notebook, _ = first

    found, planted = re.findall(r"found = planted: (\d+) of (\d+) breaks", printed(notebook))[0]

    assert found == planted == str(len(jr.Sandbox("2022-11", seed=7).answers))


def test_the_charts_are_drawn(first: Any) -> None:
    notebook, _ = first

    pictures = [
        base64.b64decode(out.data["image/png"])
        for out in outputs(notebook, "display_data")
        if "image/png" in out.data
    ]

    assert len(pictures) == 2
    assert all(picture.startswith(b"\x89PNG") and len(picture) > 10_000 for picture in pictures)


def test_the_result_shows_itself_as_a_table(first: Any) -> None:
    notebook, _ = first

    pages = [str(out.data.get("text/html", "")) for out in outputs(notebook, "execute_result")]

    assert any("<table" in page and "P01" in page and "C01" in page for page in pages)


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
