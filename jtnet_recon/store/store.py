"""Store: every pull and every run, kept as they were."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jtnet_recon.columns import PAYMENTS
from jtnet_recon.period import KST
from jtnet_recon.recon.carry import carry_forward
from jtnet_recon.recon.snapshots import Changes, compare
from jtnet_recon.store import faults
from jtnet_recon.store.database import Database
from jtnet_recon.store.facts import identity_of, instant_of, pull_facts, run_facts
from jtnet_recon.store.folder import Folder
from jtnet_recon.store.kept import Pull, Run
from jtnet_recon.store.lists import pulls_frame, runs_frame
from jtnet_recon.store.pulling import PULLING, Pulling

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping

    import pandas as pd

    from jtnet_recon.period import Period
    from jtnet_recon.recon.result import Reconciliation
    from jtnet_recon.store.database import Entry

_TABLES = (
    *("breaks", "totals", "control_totals", "bridge", "controls", "tolerances"),
    *("ledger", "open_items"),
)
_REQUIRED = {column.name for column in PAYMENTS.columns if column.required}
_PULL_ID_DIGITS = 16


class Store:
    """A folder in which every pull and every run is kept.

    What is kept is never changed. A process may be killed at any point: what was committed is
    there at the next opening, and nothing else is.

    Parameters
    ----------
    path : str or PathLike
        The folder, on a disk of this machine; it is made if it is absent, for its owner alone
        (mode 0700, files 0600). The folder above it must exist.
    timeout_s : float, default 10.0
        How long to wait while another process writes, in seconds.
    clock : callable, optional
        Gives the present as an aware datetime; the machine's clock by default.

    Raises
    ------
    StoreError
        If the folder is foreign, of a newer format, damaged, locked or cannot be used.

    Examples
    --------
    >>> store = jr.Store("store")  # doctest: +SKIP
    >>> store.save_run(result, job="daily")  # doctest: +SKIP
    >>> store.runs()  # doctest: +SKIP
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        timeout_s: float = 10.0,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self._folder = Folder(Path(path))
        self._database = Database(self._folder.database, timeout_s)
        self._database.prepare(is_fresh=self._folder.is_fresh)
        self._clock = clock or _now

    @property
    def path(self) -> Path:
        """The store's folder."""
        return self._folder.path

    def save_pull(self, payments: pd.DataFrame) -> str:
        """Keep a pull as a sealed Parquet file, with its certificate.

        Parameters
        ----------
        payments : DataFrame, table PAYMENTS
            Of ``client.payments(period)`` or ``read_payments(path)``.

        Returns
        -------
        str
            The pull's id: the first 16 digits of its file's SHA-256. The same pull saved again
            is the same entry.

        Raises
        ------
        StoreError
            If it cannot be kept; nothing is then.
        TableError
            If ``payments`` is not a PAYMENTS table.
        """
        with self._database.writing() as writer:
            self._folder.tidy()
            sha256 = self._folder.put_payments(payments)
            facts = pull_facts(payments, sha256=sha256, saved_at=self._stamp())
            return writer.add("pull", sha256[:_PULL_ID_DIGITS], facts).name

    def pulls(self) -> pd.DataFrame:
        """List the kept pulls, oldest first.

        Returns
        -------
        DataFrame, one row a pull
            Columns pull_id, period, basis, verdict, rows, host, merchant, tier, started_at, ended_at,
            saved_at (Asia/Seoul), sha256.
        """
        return pulls_frame(self._database.entries("pull"))

    def pull(self, pull_id: str) -> Pull:
        """Return one kept pull.

        Parameters
        ----------
        pull_id : str
            Of :meth:`save_pull` or :meth:`pulls`.

        Returns
        -------
        Pull
            Its certificate and payments.

        Raises
        ------
        StoreError
            If there is none of this id.
        """
        entries = self._database.entries("pull")
        for entry in entries:
            if entry.name == pull_id:
                return Pull(entry.name, entry.facts, self._folder)
        raise faults.absent_pull(pull_id, [entry.name for entry in entries[-3:]])

    def journal(self) -> Pulling:
        """Return where a pull keeps its settled windows until it has ended.

        Returns
        -------
        MutableMapping of str to bytes
            For ``client.payments(period, journal=store.journal())``: a pull that died goes on
            where it was.
        """
        return Pulling(self._folder.path / PULLING)

    def save_run(  # noqa: PLR0913 - each is one thing an auditor asks of a run
        self,
        result: Reconciliation,
        *,
        job: str = "",
        period: Period | str | None = None,
        inputs: Mapping[str, Any] | None = None,
        outputs: Mapping[str, Any] | None = None,
        started: datetime | None = None,
    ) -> int:
        """Keep a run: its inputs' hashes, its rule, both sides, totals and breaks.

        Parameters
        ----------
        result : Reconciliation
            Of :func:`jtnet_recon.reconcile`.
        job : str, default ""
            The job's name; open items are carried from run to run of one job.
        period : Period or str, optional
            What the run is about; by default the pull's period.
        inputs, outputs : Mapping, optional
            What went in and came out, as JSON can hold it: file names and hashes.
        started : datetime, optional
            When the run began, with its zone; by default when the result was made.

        Returns
        -------
        int
            The run's id, 1 for the store's first. The same result of the same start saved again
            is the same entry.

        Raises
        ------
        StoreError
            If it cannot be kept; nothing is then.
        """
        facts = run_facts(
            result, job=job, period=period, inputs=inputs, outputs=outputs, started=started
        )
        with self._database.writing() as writer:
            self._folder.tidy()
            facts["tables"] = self._put_tables(result)
            facts["pull_sha256"] = _pull_of(facts["certificate"], writer.entries("pull"))
            facts["saved_at"] = self._stamp()
            return writer.add("run", identity_of(facts), facts).number

    def runs(self, job: str | None = None) -> pd.DataFrame:
        """List the kept runs, oldest first.

        Parameters
        ----------
        job : str, optional
            Only this job's.

        Returns
        -------
        DataFrame, one row a run
            Columns run_id, job, period, rule, verdict, agrees, breaks, open_items, money_at_risk (text,
            by currency), started_at, ended_at, saved_at (Asia/Seoul), digest, rule_digest,
            library, conclusion, conclusion_ko.
        """
        return runs_frame(self._entries(job))

    def run(self, run_id: int) -> Run:
        """Return one kept run.

        Parameters
        ----------
        run_id : int
            Of :meth:`save_run` or :meth:`runs`.

        Returns
        -------
        Run
            Its facts and tables.

        Raises
        ------
        StoreError
            If there is none of this id.
        """
        entries = self._database.entries("run")
        for entry in entries:
            if entry.number == run_id:
                return Run(entry.number, entry.facts, self._folder)
        raise faults.absent_run(run_id, len(entries))

    def last_run(self, job: str | None = None, *, period: Period | str | None = None) -> Run | None:
        """Return the latest kept run, if there is one.

        Parameters
        ----------
        job : str, optional
            Only this job's.
        period : Period or str, optional
            Only runs about this period.

        Returns
        -------
        Run or None
            None if no such run was kept yet.
        """
        wanted = None if period is None else str(period)
        found = [e for e in self._entries(job) if wanted in (None, e.facts["period"])]
        return Run(found[-1].number, found[-1].facts, self._folder) if found else None

    def as_of(self, when: datetime | str, *, job: str | None = None) -> Run:
        """Return the run that was the latest at an instant: what was known then.

        Parameters
        ----------
        when : datetime or str
            The instant; Asia/Seoul if it names no zone. A day alone is its end.
        job : str, optional
            Only this job's runs.

        Returns
        -------
        Run
            Its ``payments``, ``ledger`` and ``breaks`` are as they were known.

        Raises
        ------
        StoreError
            If nothing was kept by then.
        """
        instant = instant_of(when)
        known = [e for e in self._entries(job) if instant_of(e.facts["saved_at"]) <= instant]
        if not known:
            raise faults.nothing_yet(instant)
        return Run(known[-1].number, known[-1].facts, self._folder)

    def diff(self, run_a: int, run_b: int) -> Changes:
        """Find what has changed from one run to another.

        Parameters
        ----------
        run_a, run_b : int
            The earlier and the later run.

        Returns
        -------
        Changes
            ``payments``, ``ledger`` and ``breaks`` that are new, vanished or changed; payments
            and ledger orders with the code that it is: P06, C09 or X02.

        Raises
        ------
        StoreError
            If there is no such run.
        """
        return compare(self.run(run_a).snapshot, self.run(run_b).snapshot)

    def carry(
        self, previous: Run | str, payments: pd.DataFrame, ledger: pd.DataFrame
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Add the rows of an earlier run's open items to the next run's inputs.

        Parameters
        ----------
        previous : Run or str
            A run, or the job whose last run is carried forward.
        payments, ledger : DataFrame, tables PAYMENTS and LEDGER
            What the next run is about; they are left as they are.

        Returns
        -------
        tuple of (DataFrame, DataFrame)
            For :func:`jtnet_recon.reconcile`; ``attrs["carried"]`` says what was added.
        """
        last = self.last_run(previous) if isinstance(previous, str) else previous
        return (
            (payments, ledger) if last is None else carry_forward(last.snapshot, payments, ledger)
        )

    def _entries(self, job: str | None) -> list[Entry]:
        return [e for e in self._database.entries("run") if job in (None, e.facts["job"])]

    def _put_tables(self, result: Reconciliation) -> dict[str, dict[str, Any]]:
        """Keep both sides and every table of a result."""
        tables = {name: getattr(result, name) for name in _TABLES}
        if result.roll_forward is not None:
            tables["roll_forward"] = result.roll_forward
        kept = {name: self._put(name, table) for name, table in tables.items()}
        is_payments = set(result.payments.columns) >= _REQUIRED
        put = self._folder.put_payments if is_payments else self._put_side
        sha256 = put(result.payments)
        rows = len(result.payments)
        return kept | {"payments": {"sha256": sha256, "rows": rows, "sealed": is_payments}}

    def _put(self, name: str, table: pd.DataFrame) -> dict[str, Any]:
        return {"sha256": self._folder.put(table, name), "rows": len(table), "sealed": False}

    def _put_side(self, payments: pd.DataFrame) -> str:
        return self._folder.put(payments, "payments")

    def _stamp(self) -> str:
        return self._clock().astimezone(KST).isoformat(timespec="microseconds")

    def __repr__(self) -> str:
        """Name the folder, without looking into it: a traceback through a failed start asks, too."""
        folder = getattr(self, "_folder", None)
        return f"<Store {folder.path.name!r}>" if folder else "<Store that was not opened>"


def _pull_of(certificate: dict[str, Any], pulls: list[Entry]) -> str:
    """Return the file of the kept pull that has this certificate; empty if there is none."""
    found = [e.facts["sha256"] for e in pulls if e.facts["certificate"] == certificate]
    return found[-1] if certificate and found else ""


def _now() -> datetime:
    return datetime.now(KST)
