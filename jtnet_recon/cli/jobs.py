"""``jtnet-recon jobs``: what is set up, how it went last, and when it is due next."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from jtnet_recon.cli.failures import AGREES
from jtnet_recon.cli.job_words import WORDS
from jtnet_recon.cli.summary import aligned

if TYPE_CHECKING:
    from pathlib import Path

    from jtnet_recon.jobs.definition import Job
    from jtnet_recon.jobs.memory import Memory


def run(config: Path, *, lang: str) -> int:
    """Print one line a job.

    Parameters
    ----------
    config : Path
        File of the jobs.
    lang : {"en", "ko"}
        Language.

    Returns
    -------
    int
        0.
    """
    from jtnet_recon.jobs.days import today
    from jtnet_recon.jobs.memory import Memory
    from jtnet_recon.jobs.setup import read_setup

    setup = read_setup(config)
    words = WORDS[lang]
    names = ("job", "period", "last_run", "open_items", "next_due", "state")
    rows = [
        _row(name, job, Memory(setup.store, name), today(), words)
        for name, job in setup.desk.jobs.items()
    ]
    print(*aligned([[words[name] for name in names], *rows]), sep="\n")
    return AGREES


def _row(name: str, job: Job, memory: Memory, today: date, words: dict[str, str]) -> list[str]:
    """Say of one job what the commands know of it."""
    lines = memory.lines()
    last = lines[-1] if lines else None
    return [
        name,
        last["period"] if last else job.period,
        last["ran"]["started_at"][:16].replace("T", " ") if last else words["never"],
        str(sum(total["open_items"] for total in last.get("totals", ()))) if last else "",
        _next_due(job, memory.last_done(), today, words),
        _state(memory, last, name, words),
    ]


def _next_due(job: Job, done: dict[str, Any] | None, today: date, words: dict[str, str]) -> str:
    """Tell when a job is due: after its last success, or from today on if it had none."""
    from jtnet_recon.jobs.days import next_due

    after = date.fromisoformat(done["on"]) if done else today - timedelta(days=1)
    due = next_due(job.cadence, job.due_day, after)
    if due is None:
        return words["none"]
    return words["late"].format(day=due) if due < today else str(due)


def _state(memory: Memory, last: dict[str, Any] | None, name: str, words: dict[str, str]) -> str:
    """Tell how the last run ended, or that it has not."""
    if memory.unfinished():
        return _unfinished(memory, name, words)
    if last is None:
        return words["none"]
    if last["status"] == "failed":
        return words["failed"].format(step=last["step"], code=last["code"])
    return words[last["verdict"]]


def _unfinished(memory: Memory, name: str, words: dict[str, str]) -> str:
    """Tell a run that goes on from one that died: only the first holds the lock."""
    from jtnet_recon.errors import StoreError
    from jtnet_recon.jobs.lock import hold

    try:
        with hold(memory.lock, job=name):
            return words["died"]
    except StoreError as error:
        return f"{words['running']}: {error.message.rpartition(': ')[2]}"
