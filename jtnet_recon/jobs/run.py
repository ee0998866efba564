"""A run: pull, reconcile, keep, report, notify, and one line that says how it ended."""

from __future__ import annotations

import dataclasses
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from jtnet_recon.errors import ReconError, TableError
from jtnet_recon.jobs import days, inputs, line, outputs
from jtnet_recon.jobs.lock import hold
from jtnet_recon.jobs.memory import Memory
from jtnet_recon.jobs.placeholders import fill, short, values_of
from jtnet_recon.period import KST

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    import pandas as pd

    from jtnet_recon.client import Client
    from jtnet_recon.desk import Reconciliation
    from jtnet_recon.jobs.definition import Job
    from jtnet_recon.jobs.setup import Setup
    from jtnet_recon.period import Period
    from jtnet_recon.recon.rules import Rule
    from jtnet_recon.store import Run, Store

    Say = Callable[[dict[str, Any]], None]
    Explain = Callable[[Exception], None]

RESUME_HOURS = 6
"""Within these a run that died is gone on with; an older pull is made again."""


@dataclass
class Turn:
    """One run of one job for one day.

    Parameters
    ----------
    setup : Setup
        Where it is set up.
    name : str
        Of the job.
    job : Job
        Its declaration.
    on : date
        Day of the run, in Asia/Seoul.
    memory : Memory
        What the job remembers.
    """

    setup: Setup
    name: str
    job: Job
    on: date
    memory: Memory
    step: str = "settings"
    started: datetime = field(default_factory=lambda: datetime.now(KST))

    @property
    def period(self) -> Period:
        """What is reconciled."""
        return days.period_on(self.job.period, self.on)

    @property
    def values(self) -> dict[str, str | date]:
        """The values of the placeholders."""
        return values_of(self.name, self.period, self.on)

    @property
    def targets(self) -> list[Path]:
        """Where the reports go."""
        return [self.setup.path(output, self.values) for output in self.job.outputs]


def run(  # noqa: PLR0913 - what is run, and who hears of it
    setup: Setup, name: str, on: date, *, catch_up: bool, say: Say, explain: Explain
) -> int:
    """Run a job, for one day or for every day that was missed.

    Parameters
    ----------
    setup : Setup
        Of :func:`jtnet_recon.jobs.setup.read_setup`.
    name : str
        Of the job.
    on : date
        Day of the run, in Asia/Seoul.
    catch_up : bool
        Whether the days missed since the last success are run, in order.
    say : callable
        Takes the line of each run as it ends.
    explain : callable
        Takes the error of a day after which the next day is run nevertheless.

    Returns
    -------
    int
        The worst exit code of all days: 0, 1, or 2 if a day's own table was at fault.

    Raises
    ------
    StoreError
        If another process runs the job; it is named.
    ReconError
        Whatever stopped the run; later days are then not run.
    """
    job = setup.desk.job(name)
    memory = Memory(setup.store, name)
    with ExitStack() as stack:
        try:
            memory.open()
            stack.enter_context(hold(memory.lock, job=name))
            due = _due(job, memory, on) if catch_up else [on]
        except ReconError as error:
            # Nothing was begun; whoever watches the lines shall see that.
            now = datetime.now(KST)
            identity = line.identity(name, on, short(days.period_on(job.period, on)))
            say(identity | line.failed(error, "lock") | {"ran": line.ran(now, now)})
            raise
        return _turns([Turn(setup, name, job, day, memory) for day in due], say, explain)


def _turns(turns: list[Turn], say: Say, explain: Explain) -> int:
    """Run one day after the other. A table that is wrong is wrong for its own day alone."""
    worst = line.AGREES
    for turn in turns:
        told, error = _taken(turn)
        say(told)
        worst = max(worst, told["exit"])
        if error is None:
            continue
        if turn is turns[-1] or not isinstance(error, TableError):
            raise error
        explain(error)
    return worst


def _due(job: Job, memory: Memory, on: date) -> list[date]:
    """List the days to run: those that failed, those missed since, and at first this one."""
    last = memory.last_done()
    if last is None:
        return [on]
    done_on = type(on).fromisoformat(last["on"])
    missed = days.missed(job.cadence, job.due_day, done_on, on)
    return sorted({*missed, *(day for day in memory.failed_days() if day <= on)})


def _taken(turn: Turn) -> tuple[dict[str, Any], Exception | None]:
    """Run one day, tell whom it concerns, and remember how it ended."""
    from jtnet_recon.jobs.notify import tell

    turn.started = datetime.now(KST)
    told = line.identity(turn.name, turn.on, short(turn.period))
    failure: Exception | None = None
    try:
        told |= _perform(turn)
    except Exception as error:  # noqa: BLE001 - however it failed, it has a line; then it goes on up
        failure = error
        told |= line.failed(error, turn.step)
    told |= {"notified": tell(turn.setup, turn.job, told)}
    told |= {"ran": line.ran(turn.started, datetime.now(KST))}
    # In this order: a run that dies in between is run again, from a pull of its own.
    turn.memory.end()
    turn.memory.remember(told)
    return told, failure


def _perform(turn: Turn) -> dict[str, Any]:
    """Do the work, step by step."""
    from jtnet_recon.store import Store

    turn.memory.tidy()
    targets = turn.targets
    inputs.check_not_inputs(targets, _files_read(turn))
    turn.step = "reports"
    outputs.prepare(targets)
    turn.step = "store"
    store = Store(turn.setup.store)
    resumed = _resumable(turn)
    turn.memory.begin(turn.on, str(turn.period), targets)
    result = _reconciled(turn, store, resumed)
    turn.step = "reports"
    with outputs.written(result, turn.job, targets) as digests:
        turn.step = "store"
        run_id = store.save_run(
            result,
            job=turn.name,
            period=turn.period,
            inputs={"on": str(turn.on)},
            outputs=digests,
            started=turn.started,
        )
        turn.step = "reports"
    said = line.done(result) | {"run_id": run_id, "reports": [path.name for path in targets]}
    return said | {"notebook": _notebook(turn, store, run_id)}


def _files_read(turn: Turn) -> list[Path]:
    """List the files that the run reads; a ledger that is not there is missed before the pull."""
    job, setup = turn.job, turn.setup
    files = [setup.path(job.payments.file, turn.values)] if job.payments.file else []
    if job.ledger.file is None:
        return files
    turn.step = "ledger"
    return [*files, inputs.ledger_path(fill(job.ledger.file, turn.values), setup.folder)]


def _resumable(turn: Turn) -> str | None:
    """Find the pull of a run that died, if it was of this day and period and is fresh."""
    left = turn.memory.unfinished()
    is_same = left.get("on") == str(turn.on) and left.get("period") == str(turn.period)
    if not is_same or "pull_id" not in left:
        return None
    age = turn.started - datetime.fromisoformat(left["pulled_at"])
    return left["pull_id"] if age < timedelta(hours=RESUME_HOURS) else None


def _reconciled(turn: Turn, store: Store, resumed: str | None) -> Reconciliation:
    """Read both sides and compare them; the ledger first, because a pull may take long."""
    from jtnet_recon.desk import verify_absence

    turn.step = "ledger"
    ledger = inputs.ledger_of(turn.job, turn.setup, turn.period, turn.values)
    turn.step = "payments"
    source = turn.job.payments
    if source.file is not None and not source.verify:
        payments = _of_file(turn, store)
        return _dated(turn, _compared(turn, store, payments, ledger))
    with inputs.connected(turn.setup, source) as client:
        if source.file is None:
            payments = _pulled(turn, store, client, resumed)
        else:
            payments = _of_file(turn, store)
        result = _compared(turn, store, payments, ledger)
        if source.verify is not False:
            turn.step = "absence"
            result = verify_absence(client, result)
    return _dated(turn, result)


def _compared(
    turn: Turn, store: Store, payments: pd.DataFrame, ledger: pd.DataFrame
) -> Reconciliation:
    """Compare, with the rows that an earlier run left open: what is booked today clears them."""
    from jtnet_recon.desk import reconcile

    turn.step = "reconcile"
    before = _before(turn, store)
    if before is not None:
        payments, ledger = store.carry(before, payments, ledger)
    return reconcile(payments, ledger, rule_of(turn.job), previous=before)


def _before(turn: Turn, store: Store) -> Run | None:
    """Find the run whose open items are carried on: of the latest day before this one.

    Not of this day: it may be repeated, and then comes out the same.
    """
    if not turn.job.roll_forward:
        return None
    done = [told for told in turn.memory.lines() if told["status"] == "done"]
    earlier = [(told["on"], told["run_id"]) for told in done if told["on"] < str(turn.on)]
    return store.run(max(earlier)[1]) if earlier else None


def _dated(turn: Turn, result: Reconciliation) -> Reconciliation:
    """Give the report the run's own time, so that there is one."""
    return dataclasses.replace(result, generated_at=turn.started.isoformat(timespec="seconds"))


def _pulled(turn: Turn, store: Store, client: Client, resumed: str | None) -> pd.DataFrame:
    """Pull, or take the pull of a run that died from the same account."""
    if resumed is not None:
        kept = store.pull(resumed)
        wanted = {"basis": turn.job.payments.basis, "merchant": client.merchant}
        if all(kept.certificate.get(name) == value for name, value in wanted.items()):
            turn.memory.pulled(resumed)
            return kept.payments
    # Windows that were settled before a run died are not read again.
    payments = client.payments(turn.period, basis=turn.job.payments.basis, journal=store.journal())
    inputs.check_complete(payments)
    turn.memory.pulled(store.save_pull(payments))
    return payments


def _of_file(turn: Turn, store: Store) -> pd.DataFrame:
    """Read the payments of a file, and keep them."""
    path = turn.setup.path(turn.job.payments.file or "", turn.values)
    payments = inputs.payments_of_file(path, turn.period, turn.job.payments.basis)
    inputs.check_complete(payments)
    store.save_pull(payments)
    return payments


def rule_of(job: Job) -> Rule:
    """Make the rule that a job declares.

    Parameters
    ----------
    job : Job
        Its declaration.

    Returns
    -------
    Rule
        One of ours, with what the job changes in it.
    """
    from jtnet_recon.recon import rules

    said = job.rule
    is_orders = said.name == "payments"
    normalise = said.normalise
    return dataclasses.replace(
        rules.PAYMENTS_TO_LEDGER if is_orders else rules.TRANSACTIONS_TO_LEDGER,
        tolerance=rules.Tolerance(**said.tolerance.model_dump()),
        normalise=rules.Normaliser(**normalise.model_dump()) if normalise else None,
        mids=said.mids,
        double_minutes=said.double_minutes,
    )


def _notebook(turn: Turn, store: Store, run_id: int) -> str:
    """Run the job's notebook, if it has one, and return the name of what it wrote."""
    declared = turn.job.notebook
    if declared is None:
        return ""
    from jtnet_recon.jobs.notebook import execute

    turn.step = "notebook"
    target = turn.setup.path(declared.output, turn.values)
    own = {"store": str(store.path), "run_id": run_id, "lang": turn.job.lang}
    source = turn.setup.folder / fill(declared.path, turn.values)
    execute(source, target, declared.parameters | own)
    return target.name
