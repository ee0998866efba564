"""A notebook run as a reader would run it, and what its cells showed."""

from __future__ import annotations

import asyncio
import base64
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from traitlets.config import Config

ROOT = Path(__file__).resolve().parents[2]


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
        timeout=280,  # of a cell, on a machine that has much else to do
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


def outputs(notebook: Any, kind: str) -> list[Any]:
    """List the outputs of a kind, cell by cell."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [out for cell in cells for out in cell.outputs if out.output_type == kind]


def printed(notebook: Any) -> str:
    """Join what the cells printed."""
    return "".join(out.text for out in outputs(notebook, "stream") if out.name == "stdout")


def pages(notebook: Any) -> list[str]:
    """Give what the cells showed as HTML."""
    return [str(out.data.get("text/html", "")) for out in outputs(notebook, "execute_result")]


def pictures(notebook: Any) -> list[bytes]:
    """Give the pictures that the cells drew, which are drawn indeed."""
    drawn = [
        base64.b64decode(out.data["image/png"])
        for out in outputs(notebook, "display_data")
        if "image/png" in out.data
    ]
    assert all(picture.startswith(b"\x89PNG") and len(picture) > 10_000 for picture in drawn)
    return drawn


def assert_clean(notebook: Any) -> None:
    """Hold that every cell ran, without an error or a warning."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]

    assert all(cell.execution_count for cell in cells)
    assert outputs(notebook, "error") == []
    assert [out.text for out in outputs(notebook, "stream") if out.name == "stderr"] == []
