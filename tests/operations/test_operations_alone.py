"""Nothing of the package imports operations: they are there for whoever opens them by hand."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from numpydoc.validate import validate

import jtnet_recon
from jtnet_recon.client import operations
from jtnet_recon.client.operations.calls import ROUTES

PACKAGE = Path(jtnet_recon.__file__).parent
OWN = PACKAGE / "client" / "operations"
LEFT_OUT = {"GL01", "GL02", "ES01", "EX01", "SA01"}


def imported(path):
    """Name what a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_no_file_of_the_package_imports_operations():
    users = [
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if OWN not in path.parents
        and any(name.startswith("jtnet_recon.client.operations") for name in imported(path))
    ]

    assert users == []


def test_neither_the_package_nor_the_command_line_nor_a_client_loads_them():
    code = (
        "import sys, jtnet_recon as jr; "
        "[getattr(jr, name) for name in jr.__all__]; "
        "import jtnet_recon.cli.commands, jtnet_recon.client.client; "
        "print([name for name in sys.modules if 'operations' in name and 'jtnet' in name])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_the_reading_client_has_no_method_that_moves_money():
    names = {name for name in dir(jtnet_recon.Client) if not name.startswith("_")}

    assert names.isdisjoint({*ROUTES, "execute", "plan"})


def test_each_operation_is_one_of_the_document_s():
    listed = Path(__file__).parents[1] / "client" / "data" / "operations.txt"
    known = {
        tuple(line.split(" ", 1))
        for line in listed.read_text().splitlines()
        if not line.startswith("#")
    }

    assert set(ROUTES.values()) <= known
    assert len(set(ROUTES.values())) == len(ROUTES) == 15


@pytest.mark.parametrize("name", operations.__all__)
def test_what_a_user_calls_is_documented(name):
    faults = [
        f"{code}: {text}"
        for code, text in validate(f"jtnet_recon.client.operations.{name}")["errors"]
        if code not in LEFT_OUT
    ]

    assert faults == []
