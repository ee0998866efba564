"""What was kept: a pull, and a run with all its tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jtnet_recon.recon.snapshots import Snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from jtnet_recon.store.folder import Folder


@dataclass(frozen=True, slots=True)
class Pull:
    """One kept pull.

    Parameters
    ----------
    pull_id : str
        Its name: the first 16 digits of its file's SHA-256.
    facts : Mapping
        ``sha256`` of the file, ``rows``, ``saved_at``, and the ``certificate``.
    """

    pull_id: str
    facts: Mapping[str, Any] = field(repr=False)
    _folder: Folder = field(repr=False)

    @property
    def certificate(self) -> dict[str, Any]:
        """The pull's certificate; empty where the payments came without one."""
        return dict(self.facts["certificate"])

    @property
    def payments(self) -> pd.DataFrame:
        """The payments as they were pulled, table PAYMENTS, amounts int64 in minor units."""
        return self._folder.get_payments(self.facts["sha256"])


@dataclass(frozen=True, slots=True)
class Run:
    """One kept run.

    Parameters
    ----------
    run_id : int
        1 for the store's first run.
    facts : Mapping
        ``job``, ``period``, ``rule``, ``rule_digest``, ``verdict``, ``conclusion``, ``digest``,
        ``inputs``, ``outputs``, ``started_at``, ``ended_at``, ``saved_at``, ``library`` and more.
    """

    run_id: int
    facts: Mapping[str, Any] = field(repr=False)
    _folder: Folder = field(repr=False)

    @property
    def name(self) -> str:
        """What reports call it: ``run 3``."""
        return f"run {self.run_id}"

    @property
    def snapshot(self) -> Snapshot:
        """What it knew, for a later run: ``reconcile(..., previous=run)``."""
        is_payments = self.facts["tables"]["payments"]["sealed"]
        return Snapshot(
            name=self.name,
            name_ko=f"실행 {self.run_id}",
            period=self.facts["period"],
            taken_at=str(self.facts["certificate"].get("started_at") or ""),
            payments=self._whole("payments") if is_payments else self._pulled(),
            ledger=self._whole("ledger"),
            breaks=self.breaks,
            open_items=self.table("open_items"),
        )

    @property
    def roll_forward(self) -> pd.DataFrame | None:
        """How the open items came from an earlier run's; None where none was given."""
        return self.table("roll_forward") if "roll_forward" in self.facts["tables"] else None

    @property
    def breaks(self) -> pd.DataFrame:
        """The breaks as they were reported."""
        return self.table("breaks")

    @property
    def totals(self) -> pd.DataFrame:
        """Rows and money by outcome, code and currency."""
        return self.table("totals")

    @property
    def payments(self) -> pd.DataFrame:
        """The payments as they were compared."""
        return self.table("payments")

    @property
    def ledger(self) -> pd.DataFrame:
        """The ledger as it was compared."""
        return self.table("ledger")

    def table(self, name: str) -> pd.DataFrame:
        """Return one kept table.

        Parameters
        ----------
        name : str
            ``payments``, ``ledger``, ``breaks``, ``totals``, ``control_totals``, ``bridge``,
            ``controls``, ``tolerances``, ``open_items`` or, after an earlier run,
            ``roll_forward``.

        Returns
        -------
        DataFrame
            As it was, amounts int64 in minor units.

        Raises
        ------
        StoreError
            If its file is gone or changed.
        """
        kept = self.facts["tables"][name]
        get = self._folder.get_payments if kept["sealed"] else self._folder.get
        return get(kept["sha256"])

    def _whole(self, side: str) -> pd.DataFrame | None:
        """Return a side if the run kept all of its rows: not of inputs larger than memory."""
        kept = self.facts["tables"][side]["rows"]
        return self.table(side) if kept == self.facts["rows_in_all"][side] else None

    def _pulled(self) -> pd.DataFrame | None:
        """Return the payments behind a run of transactions, if their pull was kept."""
        sha256 = self.facts["pull_sha256"]
        return self._folder.get_payments(sha256) if sha256 else None
