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
PIP = BIN / ("pip.exe" if os.name == "nt" else "pip")
STAMP = VENV / "jtnet_recon.stamp"
COMMANDS = {
    "demo": (
        "the whole job on an invented shop; reports under out/",
        ["-m", "jtnet_recon", "demo"],
    ),
    "test": ("every test, with coverage; or only those you name", ["-m", "pytest"]),
    "lab": ("JupyterLab on notebooks/", ["-m", "jupyterlab", "notebooks"]),
    "shell": ("Python with jtnet_recon as jr", ["-i", "-c", "import jtnet_recon as jr"]),
}
# A file's tests stay together: what they share (a server, a run notebook) is made once. The files
# come in the order of tests/conftest.py, the longest first, not by how many tests they have.
WHOLE_SUITE = (
    "-n auto --dist loadfile --no-loadscope-reorder --cov --cov-report term:skip-covered".split()
)
USAGE, FAILED, STOPPED = 2, 3, 130


def main(arguments: list[str]) -> int:
    """Run one command in the project's own environment, which is made first if needed."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this file must also speak to an older Python
        print("jtnet_recon needs Python 3.11 or newer; this is", sys.version.split()[0])
        return USAGE
    if not arguments or arguments[0] not in COMMANDS:
        print("usage: python start.py COMMAND\n")
        print(*(f"  {name:6} {what}" for name, (what, _) in COMMANDS.items()), sep="\n")
        return USAGE
    name, *more = arguments
    try:
        set_up()
    except subprocess.CalledProcessError as error:
        print(f"\nSetting up .venv failed: {error.cmd[-1]} (see the lines above).", file=sys.stderr)
        print(_advice(error), file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("\nStopped; the next start goes on from here.", file=sys.stderr)
        return STOPPED
    whole = WHOLE_SUITE if name == "test" and not more else []
    return run([str(PYTHON), *COMMANDS[name][1], *whole, *more])


def set_up() -> None:
    """Make .venv from requirements.lock, unless that was done for this very lock."""
    lock = HERE / "requirements.lock"
    python = "{}.{}".format(*sys.version_info)
    given = lock.read_bytes() + (HERE / "pyproject.toml").read_bytes() + python.encode()
    wanted = hashlib.sha256(given).hexdigest()
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text(encoding="utf-8") == wanted:
        return
    print("Setting up .venv (once; a minute or two) ...", flush=True)
    if not _is_venv_of(python):
        venv.create(VENV, with_pip=True, clear=VENV.exists())
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    uv = [str(PYTHON), "-m", "uv", "pip", "install", "--quiet", "--python", str(PYTHON)]
    # uv is quick, but knows nothing of pip's settings (mirror, proxy, certificate): pip is next.
    is_quick = all(_works(step) for step in ([*pip, "uv>=0.9"], _packages(uv, lock)))
    if not is_quick:
        subprocess.run(_packages(pip, lock), cwd=HERE, check=True)
    own = [*pip, "--no-deps", "--no-build-isolation", "--editable", "."]
    subprocess.run(own, cwd=HERE, check=True)
    _silence_news()
    STAMP.write_text(wanted, encoding="utf-8")


def run(command: list[str]) -> int:
    """Run a command to its end; Ctrl-C is the command's to answer."""
    with subprocess.Popen(command, cwd=HERE) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue


def _packages(tool: list[str], lock: Path) -> list[str]:
    """Install exactly what was tested: every file is compared with its hash."""
    return [*tool, "--require-hashes", "-r", str(lock)]


def _works(step: list[str]) -> bool:
    return subprocess.run(step, cwd=HERE, check=False).returncode == 0


def _is_venv_of(python: str) -> bool:
    """Whether .venv is whole and of this Python; packages of another would not be found."""
    settings = VENV / "pyvenv.cfg"
    if not (PYTHON.exists() and PIP.exists() and settings.exists()):
        return False
    return f"version = {python}." in settings.read_text(encoding="utf-8")


def _silence_news() -> None:
    """Keep JupyterLab from asking whether it may fetch news: nothing leaves the machine."""
    folder = VENV / "etc" / "jupyter" / "labconfig"
    folder.mkdir(parents=True, exist_ok=True)
    text = '{"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": true}}\n'
    (folder / "page_config.json").write_text(text, encoding="utf-8")


def _advice(error: subprocess.CalledProcessError) -> str:
    """Say what helps; two causes make nearly all of these failures."""
    if "ensurepip" in error.cmd:
        return (
            "This Python lacks ensurepip. Debian, Ubuntu: sudo apt install python3-venv; "
            "then run this again."
        )
    return (
        "Is this machine online? Behind a proxy set HTTPS_PROXY, with a mirror of your company "
        "PIP_INDEX_URL; then run this again, it goes on from here."
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
