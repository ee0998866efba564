"""What was kept: a pull, and a run with all its tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

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
    facts: Mapping[str, Any]
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
    facts: Mapping[str, Any]
    _folder: Folder = field(repr=False)

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
            ``controls`` or ``tolerances``.

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
