"""Looks for secrets and card numbers in all that the suite brings forth, and fails where it finds one.

Every sandbox and client of the suite is opened with secrets that are known here, and its cards are
the test cards below. They may be in memory and on their way to the sandbox, and nowhere else:

- what a test prints, whoever reads it (``capsys``, captured sections, programs it starts),
- log records of every logger, at DEBUG, also those that nobody would have shown,
- errors of the package that a test expects: their text, their fields, the locals of our frames,
- reports of failed tests,
- files left in ``tmp_path``, workbooks and Parquet files opened.

``ALLOWED`` names the places that must show one, each with its reason.
"""

from __future__ import annotations

import hashlib
import io
import logging
import os
import subprocess
import traceback
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.capture import CaptureFixture
from _pytest.raises import RaisesExc

import jtnet_recon
from jtnet_recon.sandbox.sandbox import SECRET

if TYPE_CHECKING:
    from collections.abc import Iterator

CARDS = ("4242424242424242", "1234123412341234", "0000000003710000")
"""The sandbox's good card, the guide's own, and one that only the operations' tests use."""
SECRETS = (
    SECRET,
    "canary-secret-91ac",
    # The sandbox's tokens follow from its secret.
    *(hashlib.sha256(f"{SECRET}/{number}".encode()).hexdigest()[:40] for number in range(1, 9)),
)
VALUES = tuple(
    [*SECRETS]
    + [form for card in CARDS for form in (card, "-".join(card[n : n + 4] for n in (0, 4, 8, 12)))]
)
_BYTES = tuple(value.encode() for value in VALUES)
ALLOWED = {
    "test_the_canary_": "the canary's own tests let things come to light, to see that it fails",
    "log traitlets of tests/notebooks/": "nbclient logs the source of each cell, and the tour's "
    "names the sandbox's test card; what cells put out is searched by its own test",
    "/jtnet_recon/sandbox/": "a copy of the package: the sandbox's sources list its test cards",
}
"""Part of a place -> why it must show one."""

PACKAGE = str(Path(jtnet_recon.__file__).parent)
SANDBOX = str(Path(PACKAGE) / "sandbox")
# Seen at their own level only: many records about fonts, rows and sockets; and the sandbox's list of
# requests, which it keeps switched off (an old client may have its token in the address).
_LOUD = ("matplotlib", "PIL", "fontTools", "sqlalchemy", "httpcore", "uvicorn.access")
_PARQUET_BYTES_MAX = 20 * 2**20


class Canary:
    """The plugin: one a process, also under xdist.

    Parameters
    ----------
    config : pytest.Config
        Of the session.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.found: list[str] = []
        self._told = 0
        self._sections: set[tuple[str, str]] = set()
        self._patch = pytest.MonkeyPatch()

    def look(self, place: str, text: object) -> None:
        """Search a text or bytes."""
        if isinstance(text, bytes):
            hit = next((v for v, raw in zip(VALUES, _BYTES, strict=True) if raw in text), None)
        else:
            shown = str(text)
            hit = next((value for value in VALUES if value in shown), None)
        test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
        where = f"{place} of {test}" if test else place
        if hit is not None and not any(part in where for part in ALLOWED):
            self.found.append(f"{hit[:4]}… ({_kind(hit)}) in {where}")

    def pytest_configure(self) -> None:
        """Listen."""
        self._listen_to_logs()
        self._listen_to_output()
        self._listen_to_errors()

    def pytest_unconfigure(self) -> None:
        """Stop listening."""
        self._patch.undo()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Iterator[Any]:
        """Fail the test in which something was found."""
        report: pytest.TestReport = yield
        for section in report.sections:  # each report of a test repeats those before
            if section not in self._sections:
                self.look(f"section {section[0]!r}", section[1])
        self._sections = set(report.sections)
        if report.failed:
            self.look("report", report.longreprtext)
        new, self._told = self.found[self._told :], len(self.found)
        if new:
            report.sections.append(("Canary", "\n".join(new)))
        if new and not report.failed:
            report.outcome = "failed"
            report.longrepr = "Canary found: " + "; ".join(new)
        return report

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Look through the files; a worker tells its controller, which fails the run."""
        if not self.config.pluginmanager.hasplugin("dsession"):
            os.environ.pop("PYTEST_CURRENT_TEST", None)
            self._look_through_files()
        if hasattr(self.config, "workeroutput"):
            self.config.workeroutput["canary"] = self.found[self._told :]
        elif self.found[self._told :]:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Hear what a worker found after its tests."""
        self.found += getattr(node, "workeroutput", {}).get("canary", [])

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say what no test could be failed for."""
        for line in self.found[self._told :]:
            terminalreporter.write_line(f"CANARY FOUND: {line}", red=True)

    def _listen_to_logs(self) -> None:
        """See every record; what is shown, and to whom, stays as it is."""
        natural, handle = logging.Logger.isEnabledFor, logging.Logger.callHandlers

        def is_enabled(logger: logging.Logger, level: int) -> bool:
            return natural(logger, level) or not logger.name.startswith(_LOUD)

        def call_handlers(logger: logging.Logger, record: logging.LogRecord) -> None:
            with suppress(TypeError):  # arguments that do not fit are the logger's own affair
                self.look(f"log {record.name}", record.getMessage())
            if natural(logger, record.levelno):
                handle(logger, record)

        self._patch.setattr(logging.Logger, "isEnabledFor", is_enabled)
        self._patch.setattr(logging.Logger, "callHandlers", call_handlers)

    def _listen_to_output(self) -> None:
        """See what a test reads from its capture, and from programs it started."""
        read, communicate = CaptureFixture.readouterr, subprocess.Popen.communicate

        def readouterr(fixture: Any) -> Any:
            captured = read(fixture)
            for text in captured:
                self.look("output", text)
            return captured

        def heard(program: Any, *args: Any, **options: Any) -> Any:
            both = communicate(program, *args, **options)
            for text in both:
                self.look("output of a program", text or "")
            return both

        self._patch.setattr(CaptureFixture, "readouterr", readouterr)
        self._patch.setattr(subprocess.Popen, "communicate", heard)

    def _listen_to_errors(self) -> None:
        """See every error of the package that a test expects."""
        leave = RaisesExc.__exit__

        def left(context: Any, kind: Any, error: Any, trace: Any) -> bool:
            __tracebackhide__ = True
            if isinstance(error, jtnet_recon.ReconError):
                self._look_at_error(error)
            return leave(context, kind, error, trace)

        self._patch.setattr(RaisesExc, "__exit__", left)

    def _look_at_error(self, error: BaseException) -> None:
        name = f"error {type(error).__name__}"
        chain = "".join(traceback.format_exception(error, limit=0))
        self.look(name, f"{chain} {error!r} {error.args} {vars(error)}")
        for frame, _ in traceback.walk_tb(error.__traceback__):
            file = frame.f_code.co_filename
            if file.startswith(PACKAGE) and not file.startswith(SANDBOX):
                for local, value in list(frame.f_locals.items()):
                    if _is_shown(value):
                        place = f"{name}, local {local} of {frame.f_code.co_name}"
                        with suppress(Exception):  # half-made objects cannot always be written
                            self.look(place, value if isinstance(value, bytes) else repr(value))

    def _look_through_files(self) -> None:
        base = getattr(getattr(self.config, "_tmp_path_factory", None), "_basetemp", None)
        for path in sorted(Path(base).rglob("*")) if base else []:
            if path.is_file() and not path.is_symlink():
                with suppress(OSError):
                    self._look_at_file(path, path.relative_to(base).as_posix())

    def _look_at_file(self, path: Path, name: str) -> None:
        content = path.read_bytes()
        self.look(f"file {name}", content)
        if content.startswith(b"PK"):
            with suppress(zipfile.BadZipFile, RuntimeError, ValueError, NotImplementedError):
                self._look_at_zip(content, name)
        elif content.startswith(b"PAR1") and len(content) < _PARQUET_BYTES_MAX:
            self._look_at_parquet(content, name)

    def _look_at_zip(self, content: bytes, name: str) -> None:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                if member.file_size < _PARQUET_BYTES_MAX:
                    self.look(f"file {name}, part {member.filename}", archive.read(member))

    def _look_at_parquet(self, content: bytes, name: str) -> None:
        import pyarrow as pa
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        with suppress(pa.ArrowException, OSError):
            table = pq.read_table(io.BytesIO(content))
            for column in table.column_names:
                values = table[column]
                if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
                    for text in pc.unique(values).to_pylist():
                        self.look(f"file {name}, column {column}", text or "")


def _kind(value: str) -> str:
    return "a secret" if value in SECRETS else "a card number"


def _is_shown(value: object) -> bool:
    """Tell what is small enough to be written out: frames of data are looked at in files."""
    if isinstance(value, str | bytes | dict | list | tuple | set | frozenset):
        return len(value) <= 1_000
    return type(value).__module__.startswith("jtnet_recon") and not callable(
        getattr(value, "items", None)
    )
