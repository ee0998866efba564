"""A notebook as a part of a run: papermill runs it with this run's place in the store."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jtnet_recon.atomic import atomic_path
from jtnet_recon.errors import ConfigError, ReconError

if TYPE_CHECKING:
    from collections.abc import Iterator

# A kernel starts in seconds; early in the morning a machine may have other work, too.
_START_S = 300
_ERRORS = 2
"""The error stream as the system knows it, which a kernel inherits."""


def execute(source: Path, target: Path, parameters: dict[str, Any]) -> None:
    """Run a notebook and keep it with its outputs, whole or not at all.

    Parameters
    ----------
    source : Path
        The notebook; it is left as it is.
    target : Path
        Where the executed one goes.
    parameters : dict
        For its cell tagged ``parameters``.

    Raises
    ------
    ConfigError
        If papermill is not installed, or there is no such notebook.
    ReconError
        If a cell fails; names cell and error, not what it printed.
    """
    if not source.is_file():
        raise ConfigError(
            message=f"There is no notebook {source.name}.",
            hint="Check notebook.path in the file of the jobs.",
            hint_ko="설정 파일의 notebook.path 를 확인하세요.",
        )
    papermill, failure = _papermill()
    target.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(target) as temporary, _sockets() as config, _unheard():
        try:
            papermill.execute_notebook(
                str(source),
                str(temporary),
                parameters=parameters,
                kernel_name="python3",
                language="python",
                cwd=str(source.parent),
                progress_bar=False,
                start_timeout=_START_S,
                **config,
            )
        except failure as error:
            raise ReconError(
                message=f"{source.name} failed in cell {error.exec_count}: {error.ename}.",
                hint="Open the notebook, set its parameters to those of the run, and run it.",
                hint_ko="노트북을 열어 같은 매개변수로 실행해 보세요.",
            ) from None


def _papermill() -> tuple[Any, Any]:
    """Load papermill when it is needed: it takes seconds."""
    try:
        import papermill
        from papermill.exceptions import PapermillExecutionError
    except ImportError as error:
        raise ConfigError(
            message="A notebook is run by papermill, which is not installed.",
            hint="pip install papermill",
            hint_ko="papermill 을 설치하세요: pip install papermill",
        ) from error
    return papermill, PapermillExecutionError


@contextmanager
def _sockets() -> Iterator[dict[str, Any]]:
    """Let kernel and papermill talk over sockets of this user instead of open ports of TCP."""
    if os.name == "nt":
        yield {}
        return
    from traitlets.config import Config

    # A socket's path must be short.
    folder = Path(tempfile.mkdtemp(prefix="jr"))
    config = Config({"KernelManager": {"transport": "ipc", "ip": str(folder / "kernel")}})
    try:
        with warnings.catch_warnings():
            # Theirs, on the way; they would end in the mail of a schedule.
            warnings.simplefilter("ignore")
            yield {"config": config}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _unheard() -> Iterator[None]:
    """Keep what a kernel says as it stops from the error stream: a schedule would mail it."""
    kept, nowhere = os.dup(_ERRORS), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, _ERRORS)
    try:
        yield
    finally:
        os.dup2(kept, _ERRORS)
        os.close(kept)
        os.close(nowhere)
