"""The kept pulls and runs as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from jtnet_recon.columns import DTYPES
from jtnet_recon.money import format_minor
from jtnet_recon.period import KST_NAME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jtnet_recon.store.database import Entry

_OF_CERTIFICATE = ("period", "basis", "verdict", "host", "merchant", "tier")
_OF_RUN = (
    *("job", "period", "rule", "verdict", "agrees", "breaks", "open_items", "money_at_risk"),
    *("started_at", "saved_at", "digest", "rule_digest", "library"),
    *("conclusion", "conclusion_ko"),
)
_INSTANTS = ("started_at", "ended_at", "saved_at")
_COUNTS = ("run_id", "rows", "breaks", "open_items")


def pulls_frame(entries: Sequence[Entry]) -> pd.DataFrame:
    """List pulls.

    Parameters
    ----------
    entries : sequence of Entry
        Of kind pull.

    Returns
    -------
    DataFrame, one row a pull
        As :meth:`jtnet_recon.Store.pulls` says.
    """
    rows = []
    for entry in entries:
        certificate = entry.facts["certificate"]
        rows.append(
            {
                "pull_id": entry.name,
                **{name: certificate.get(name) for name in _OF_CERTIFICATE},
                "rows": entry.facts["rows"],
                "started_at": certificate.get("started_at"),
                "ended_at": certificate.get("ended_at"),
                "saved_at": entry.facts["saved_at"],
                "sha256": entry.facts["sha256"],
            }
        )
    names = ("pull_id", *_OF_CERTIFICATE, "rows", *_INSTANTS, "sha256")
    return _frame(rows, names)


def runs_frame(entries: Sequence[Entry]) -> pd.DataFrame:
    """List runs.

    Parameters
    ----------
    entries : sequence of Entry
        Of kind run.

    Returns
    -------
    DataFrame, one row a run
        As :meth:`jtnet_recon.Store.runs` says.
    """
    rows = [
        {
            "run_id": entry.number,
            **{name: entry.facts[name] for name in _OF_RUN},
            "money_at_risk": _money(entry.facts["money_at_risk"]),
        }
        for entry in entries
    ]
    return _frame(rows, ("run_id", *_OF_RUN))


def _money(sums: dict[str, int]) -> str:
    """Write money by currency as people read it; sums of two currencies are never added."""
    parts = [f"{format_minor(n, currency)} {currency}" for currency, n in sums.items() if n]
    return ", ".join(parts) or "0"


def _frame(rows: list[dict[str, Any]], names: Sequence[str]) -> pd.DataFrame:
    """Build a frame with the same columns and dtypes whether it has rows or none."""
    return pd.DataFrame({name: _column(name, [row[name] for row in rows]) for name in names})


def _column(name: str, values: list[Any]) -> pd.Series[Any]:
    if name in _INSTANTS:
        texts = pd.Series(values, dtype="str")
        instants = pd.to_datetime(texts, format="ISO8601", utc=True).dt.tz_convert(KST_NAME)
        return pd.Series(instants, dtype=DTYPES["instant"])
    if name in _COUNTS:
        return pd.Series(values, dtype="int64")
    return pd.Series(values, dtype="bool" if name == "agrees" else "str")
