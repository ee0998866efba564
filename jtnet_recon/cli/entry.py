"""From a command line to an exit code: every way it can end is here.

0 agrees · 1 breaks found · 2 wrong usage, settings or table · 3 the API, a file or the store
failed · 130 stopped by the user. Python's own exit code of a crash is 1, which would read as
"breaks found": nothing may leave this file that way.
"""

from __future__ import annotations

import os
import sys
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import typer
from typer.main import get_command

from jtnet_recon.cli.commands import commands
from jtnet_recon.cli.failures import FAILED, STOPPED, USAGE, describe, describe_usage

if TYPE_CHECKING:
    from typing import TextIO

PROGRAM = "jtnet-recon"
_DEBUG = "--debug"


def app(arguments: list[str] | None = None) -> int:
    """Run one command line.

    Parameters
    ----------
    arguments : list of str, optional
        Without the program's name; by default those of this process.

    Returns
    -------
    int
        The exit code.
    """
    said = sys.argv[1:] if arguments is None else list(arguments)
    for stream in (sys.stdout, sys.stderr):
        _never_fail_on_encoding(stream)
    is_debug = _DEBUG in said
    if is_debug:  # may stand anywhere; the commands themselves do not know it
        said = [_DEBUG, *(part for part in said if part != _DEBUG)]
    try:
        code = _run(said)
        sys.stdout.flush()
    except BrokenPipeError:
        return _closed_pipe()
    except KeyboardInterrupt:
        code = STOPPED
    except typer.TyperException as error:
        code = USAGE
        _complain(describe_usage(error, said, lang=_lang_of(said)))
    except Exception as error:  # noqa: BLE001 - an unforeseen error must not end as exit code 1
        if is_debug:
            _trace(error)
        code, lines = describe(error, lang=_lang_of(said), is_debug=is_debug)
        _complain(lines)
    if code == STOPPED:
        _complain(["Stopped."])
    return code


def _run(said: list[str]) -> int:
    """Hand the line to typer, which returns what the command returned."""
    try:
        code: Any = get_command(commands).main(said, prog_name=PROGRAM, standalone_mode=False)
    except SystemExit as end:
        # Typer's way to report that the reader of a pipe has gone.
        raise BrokenPipeError from end
    return int(code or 0)


def _never_fail_on_encoding(stream: TextIO) -> None:
    """Let a console that lacks a letter (cp949, cp437) show its number instead of failing."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")


def _complain(lines: list[str]) -> None:
    """Write to the error stream, whatever became of it."""
    try:
        print(*lines, sep="\n", file=sys.stderr, flush=True)
    except OSError:
        return


def _trace(error: Exception) -> None:
    """Print where it happened; without the values of variables, which may be secrets."""
    import traceback

    traceback.print_exception(error)


def _closed_pipe() -> int:
    """Leave in silence when nobody reads on (``jtnet-recon … | head``)."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    return FAILED


def _lang_of(said: list[str]) -> str:
    """Find the language before the line is understood, for hints about the line itself."""
    is_korean = "--lang=ko" in said or ("--lang", "ko") in pairwise(said)
    return "ko" if is_korean else "en"
