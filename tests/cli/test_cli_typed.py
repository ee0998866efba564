"""Command lines that are shown can be typed where they are shown."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from jtnet_recon.cli.typed import typed

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def programs_in(folder: Path) -> None:
    """Put a program of our name into a folder."""
    folder.mkdir(parents=True)
    name = "jtnet-recon.exe" if os.name == "nt" else "jtnet-recon"
    (folder / name).write_text("", encoding="utf-8")
    (folder / name).chmod(0o755)


def test_a_program_on_the_path_is_called_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs_in(tmp_path / "bin")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))

    assert typed("pull", "2022-11") == "jtnet-recon pull 2022-11"


def test_another_is_called_by_where_it_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs_in(tmp_path / ".venv" / "bin")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / ".venv" / "bin" / "python"))
    monkeypatch.chdir(tmp_path)

    assert typed("demo") == os.path.join(".venv", "bin", "jtnet-recon") + " demo"  # noqa: PTH118


def test_without_a_program_the_module_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "my python"))

    assert typed("demo") == f'"{tmp_path / "my python"}" -m jtnet_recon demo'


def test_a_path_with_blanks_is_quoted(tmp_path: Path) -> None:
    assert typed("reconcile", tmp_path / "11월 원장.xlsx").endswith(
        f' "{tmp_path / "11월 원장.xlsx"}"'
    )
