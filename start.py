"""Set up and run: python start.py demo | test | lab | shell (needs only Python 3.11 or newer)."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "jtnet_recon.stamp"
COMMANDS = {
    "demo": ["-m", "jtnet_recon", "demo"],
    "test": ["-m", "pytest", "-n", "auto", "--cov", "--cov-report", "term:skip-covered"],
    "lab": ["-m", "jupyterlab", "notebooks"],
    "shell": ["-i", "-c", "import jtnet_recon as jr"],
}


def main(arguments: list[str]) -> int:
    """Run one command in the project's own environment, which is made first if needed."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this file must also speak to an older Python
        print("jtnet_recon needs Python 3.11 or newer; this is", sys.version.split()[0])
        return 2
    if not arguments or arguments[0] not in COMMANDS:
        print(f"usage: python start.py {' | '.join(COMMANDS)}")
        return 2
    set_up()
    command = [str(PYTHON), *COMMANDS[arguments[0]], *arguments[1:]]
    return subprocess.run(command, cwd=HERE, check=False).returncode


def set_up() -> None:
    """Make .venv from requirements.lock, unless that was done for this very lock."""
    lock = HERE / "requirements.lock"
    wanted = hashlib.sha256(lock.read_bytes() + (HERE / "pyproject.toml").read_bytes()).hexdigest()
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text(encoding="utf-8") == wanted:
        return
    print("Setting up .venv (once; a minute or two) ...", flush=True)
    if not PYTHON.exists():
        venv.create(VENV, with_pip=True)
    for step in _steps(lock):
        subprocess.run(step, cwd=HERE, check=True)
    STAMP.write_text(wanted, encoding="utf-8")


def _steps(lock: Path) -> list[list[str]]:
    """Install with uv, which is quick; with pip where uv cannot be had."""
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    tool = pip
    if subprocess.run([*pip, "uv"], cwd=HERE, check=False).returncode == 0:
        tool = [str(PYTHON), "-m", "uv", "pip", "install", "--quiet", "--python", str(PYTHON)]
    return [
        [*tool, "--require-hashes", "-r", str(lock)],
        [*tool, "--no-deps", "--no-build-isolation", "-e", "."],
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
