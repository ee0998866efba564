"""The README's table of flows is whole, and each test that it names is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
HEADING = "## Every flow of i'mport's guide"
FLOWS = (
    "PG setting, default PG|PG setting, `jtnet`|window on a phone|window by method|"
    "what the window refuses|billing key by window|billing key by window, with initial payment|"
    "billing key by REST|billing key by REST, with initial payment|again|one-time|schedule|"
    "schedule, retry|card restriction|cancel|the guide's own `curl` commands"
).split("|")


def rows():
    section = README.partition(HEADING)[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def test_every_flow_of_the_guide_stands_there_once():
    assert [row[0] for row in rows()] == FLOWS


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_the_test_that_a_flow_names_is_there_and_runs(row):
    ((name, path),) = re.findall(r"\[`(\w+)`\]\(([\w/.]+)\)", row[2])
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))

    (found,) = [
        node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name
    ]

    marks = " ".join(ast.unparse(mark) for mark in found.decorator_list)
    assert name.startswith("test_")
    assert "skip" not in marks
    assert "xfail" not in marks


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_an_operation_that_a_flow_names_is_there(row):
    from jtnet_recon.client import Client, operations

    named = re.findall(r"`(?:client\.)?(\w+)\(", row[1])

    assert [n for n in named if not (hasattr(operations, n) or hasattr(Client, n))] == []
