"""Environments for contestants that the project does not depend on, made once."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

_HERE = Path(__file__).resolve().parent


def python_for(requirements: str, folder: Path) -> str:
    """Return the interpreter a contestant needs, and make its environment first if needed.

    Parameters
    ----------
    requirements : str
        File beside this one; empty for this very interpreter.
    folder : Path
        Where environments are kept.

    Returns
    -------
    str
        Path of the interpreter.
    """
    if not requirements:
        return sys.executable
    wanted = (_HERE / requirements).read_bytes()
    home = folder / Path(requirements).stem
    scripts = home / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / ("python.exe" if os.name == "nt" else "python")
    stamp = home / "made_from"
    made_from = hashlib.sha256(wanted + sys.version.encode()).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="ascii") == made_from:
        return str(python)
    print(f"Making the environment of {requirements} ...", file=sys.stderr, flush=True)
    venv.create(home, with_pip=True, clear=True)
    _see_project(home)
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, "--requirement", str(_HERE / requirements)], check=True)
    stamp.write_text(made_from, encoding="ascii")
    return str(python)


def _see_project(home: Path) -> None:
    """Let an environment use the project's packages; what it installs itself goes first."""
    paths = {"base": str(home), "platbase": str(home)}
    packages = Path(sysconfig.get_path("purelib", vars=paths))
    (packages / "project.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
