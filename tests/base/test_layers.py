"""Imports point down, the comparison is pure, the sandbox stands alone, files stay small."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import jtnet_recon

PACKAGE = Path(jtnet_recon.__file__).parent
LINES_MAX, FUNCTION_LINES_MAX = 400, 40


def lint_imports(root):
    code = "import sys; from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", code, "--no-cache"],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_imports_keep_to_the_contracts():
    done = lint_imports(PACKAGE.parent)

    assert done.returncode == 0, done.stdout
    assert "5 kept, 0 broken" in done.stdout


def test_an_import_that_points_up_would_be_found(tmp_path):
    root = PACKAGE.parent
    (tmp_path / "pyproject.toml").write_bytes((root / "pyproject.toml").read_bytes())
    for path in PACKAGE.rglob("*.py"):
        copy = tmp_path / path.relative_to(root)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    with (tmp_path / "jtnet_recon" / "money.py").open("a", encoding="utf-8") as money:
        money.write("\nfrom jtnet_recon import tables\nimport sqlite3\n")
    with (tmp_path / "jtnet_recon" / "sandbox" / "kst.py").open("a", encoding="utf-8") as kst:
        kst.write("\nfrom jtnet_recon.period import Period\n")
    with (tmp_path / "jtnet_recon" / "client" / "lookup.py").open("a", encoding="utf-8") as lookup:
        lookup.write("\nfrom jtnet_recon.client import operations\n")

    done = lint_imports(tmp_path)

    assert done.returncode == 1
    assert "jtnet_recon.money -> jtnet_recon.tables" in done.stdout
    assert "jtnet_recon.money -> sqlite3" in done.stdout
    assert "jtnet_recon.sandbox.kst -> jtnet_recon.period" in done.stdout
    assert "jtnet_recon.client.lookup -> jtnet_recon.client.operations" in done.stdout


def test_no_file_is_longer_than_can_be_read_in_one_sitting():
    lengths = {
        str(path.relative_to(PACKAGE)): len(path.read_text(encoding="utf-8").splitlines())
        for path in PACKAGE.rglob("*.py")
    }

    assert {name: count for name, count in lengths.items() if count > LINES_MAX} == {}


def length(function):
    """Count the lines of a body; a text over several lines (SQL) is read as one."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    if not body:
        return 0
    texts = [node for item in body for node in ast.walk(item) if _is_text(node)]
    inside = [t for t in texts if not any(t is not u and t in ast.walk(u) for u in texts)]
    return (
        body[-1].end_lineno
        - body[0].lineno
        + 1
        - sum(text.end_lineno - text.lineno for text in inside)
    )


def _is_text(node):
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def test_no_function_is_longer_than_forty_lines():
    """Signature and docstring do not count: they are read, not followed."""
    long = {
        f"{path.relative_to(PACKAGE)}:{node.name}": length(node)
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and length(node) > FUNCTION_LINES_MAX
    }

    assert long == {}


def test_money_never_passes_a_float():
    """The modules that compute money make no float and divide none."""
    for path in [PACKAGE / "money.py", *(PACKAGE / "recon").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_made = isinstance(node, ast.Call) and ast.unparse(node.func) == "float"
            is_divided = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
            assert not is_made, f"{path.name}:{node.lineno}"
            assert not is_divided, f"{path.name}:{node.lineno}"
