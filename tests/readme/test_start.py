"""start.py on machines that lack something: it says what, and what helps."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def start(tmp_path: Path) -> Any:
    """Load a copy of start.py that lives in a folder of its own."""
    shutil.copy(ROOT / "start.py", tmp_path)
    spec = importlib.util.spec_from_file_location("start", tmp_path / "start.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("arguments", [[], ["dmeo"]])
def test_without_a_known_command_the_commands_are_listed(
    start: Any, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    code = start.main(arguments)

    shown = capsys.readouterr().out
    assert (code, shown.startswith("usage: python start.py COMMAND\n")) == (2, True)
    assert all(f"\n  {name} " in shown for name in start.COMMANDS)


def test_an_older_python_is_told_so(
    start: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 18, "final", 0))

    code = start.main(["demo"])

    assert code == 2
    assert capsys.readouterr().out.startswith("jtnet_recon needs Python 3.11 or newer; this is ")


def test_packages_that_cannot_be_had_end_in_advice(start: Any, tmp_path: Path) -> None:
    wheel = "sha256:" + "0" * 64
    (tmp_path / "requirements.lock").write_text(f"wheel==0.1 --hash={wheel}\n", encoding="utf-8")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    own = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}

    done = subprocess.run(
        [sys.executable, "start.py", "demo"],
        cwd=tmp_path,
        env={**own, "PIP_NO_INDEX": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert done.stderr.rstrip().endswith("then run this again, it goes on from here.")
    assert not start.STAMP.exists()


def test_a_python_without_ensurepip_is_told_which_package_it_lacks(
    start: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def lacks_ensurepip(*_: Any, **__: Any) -> None:
        raise subprocess.CalledProcessError(1, ["python3", "-m", "ensurepip", "--upgrade"])

    for name in ("requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    monkeypatch.setattr(start.venv, "create", lacks_ensurepip)

    code = start.main(["demo"])

    assert (code, "sudo apt install python3-venv" in capsys.readouterr().err) == (3, True)


def test_an_environment_of_another_python_is_made_anew(start: Any) -> None:
    for part in (start.PYTHON, start.PIP):
        part.parent.mkdir(parents=True, exist_ok=True)
        part.write_text("", encoding="utf-8")
    (start.VENV / "pyvenv.cfg").write_text("version = 3.11.7\n", encoding="utf-8")

    fits = {python: start._is_venv_of(python) for python in ("3.11", "3.12", "3.1")}

    assert fits == {"3.11": True, "3.12": False, "3.1": False}
