"""``jtnet-recon run``: a job of ``recon.toml``, as a schedule calls it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from jtnet_recon.cli.failures import describe
from jtnet_recon.cli.job_words import WORDS

if TYPE_CHECKING:
    from pathlib import Path


def run(job: str, *, on: str, catch_up: bool, config: Path, lang: str) -> int:
    """Run a job and print a line of JSON for each day it was run for.

    Parameters
    ----------
    job : str
        Its name.
    on : str
        A date, ``today`` or ``yesterday``.
    catch_up : bool
        Whether missed days are run instead.
    config : Path
        File of the jobs.
    lang : {"en", "ko"}
        Language of what is said beside the lines.

    Returns
    -------
    int
        0 if both sides agree, 1 if there are breaks, 2 if a day's table was at fault.
    """
    from jtnet_recon.jobs.days import day_of
    from jtnet_recon.jobs.message import text
    from jtnet_recon.jobs.run import run as run_job
    from jtnet_recon.jobs.setup import read_setup

    lines: list[dict[str, Any]] = []

    def say(line: dict[str, Any]) -> None:
        lines.append(line)
        print(json.dumps(line, ensure_ascii=False), flush=True)
        if sys.stderr.isatty():  # somebody is looking: a schedule's log keeps to the lines
            _complain("", text(line, lang), "")
        for notice in line.get("notified", ()):
            if notice["state"] == "failed":
                _complain(WORDS[lang]["not_told"].format(**notice))

    def explain(error: Exception) -> None:
        _complain(*describe(error, lang=lang)[1])

    setup, day = read_setup(config), day_of(on)
    code = run_job(setup, job, day, catch_up=catch_up, say=say, explain=explain)
    if not lines:
        _complain(WORDS[lang]["nothing_missed"].format(job=job, on=day))
    return code


def _complain(*lines: str) -> None:
    print(*lines, sep="\n", file=sys.stderr, flush=True)
