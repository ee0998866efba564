"""The line of a run: what monitoring reads, what is remembered, what notifications are made of.

Totals, codes and names of files only: nothing in it can be traced to a person.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from jtnet_recon.errors import ConfigError, ReconError, TableError
from jtnet_recon.report.figures import code_totals, headlines

if TYPE_CHECKING:
    from datetime import date, datetime

    from jtnet_recon.desk import Reconciliation

AGREES, BREAKS, USAGE, FAILED = 0, 1, 2, 3
"""Exit codes, as the command line has them."""

_OF_CODE = ("code", "severity", "currency", "items", "money_at_risk")


def identity(job: str, on: date, period: str) -> dict[str, Any]:
    """Begin a line.

    Parameters
    ----------
    job : str
        Its name.
    on : date
        Day of the run.
    period : str
        What is reconciled.

    Returns
    -------
    dict
        What every line starts with.
    """
    return {"job": job, "on": str(on), "period": period}


def done(result: Reconciliation) -> dict[str, Any]:
    """Say what a run found.

    Parameters
    ----------
    result : Reconciliation
        Any.

    Returns
    -------
    dict
        Money in minor units by currency (KRW: won), always as whole numbers.
    """
    certificate = result.payments.attrs.get("pull") or {}
    return {
        "status": "done",
        "exit": AGREES if result.agrees else BREAKS,
        "verdict": result.conclusion.verdict,
        "rows": {"payments": len(result.payments), "ledger": len(result.ledger)},
        "totals": [asdict(line) for line in headlines(result)],
        "codes": [
            {name: getattr(total, name) for name in _OF_CODE} for total in code_totals(result)
        ],
        "pull": certificate.get("verdict", "unknown"),
        "digest": result.digest,
    }


def failed(error: Exception, step: str) -> dict[str, Any]:
    """Say how a run failed.

    Parameters
    ----------
    error : Exception
        Any. Its text stays on the error stream: it may quote a cell.
    step : str
        What was being done.

    Returns
    -------
    dict
        Code and kind of the error.
    """
    return {
        "status": "failed",
        "exit": exit_of(error),
        "step": step,
        "code": error.code if isinstance(error, ReconError) else "JR-FAULT",
        "error": type(error).__name__,
    }


def exit_of(error: Exception) -> int:
    """Tell the exit code of an error.

    Parameters
    ----------
    error : Exception
        Any.

    Returns
    -------
    int
        2 for settings and tables, 3 for everything else.
    """
    return USAGE if isinstance(error, (ConfigError, TableError)) else FAILED


def ran(started: datetime, ended: datetime) -> dict[str, Any]:
    """Say when it ran: the only part that differs between two runs on the same inputs.

    Parameters
    ----------
    started, ended : datetime
        In Asia/Seoul.

    Returns
    -------
    dict
        ``started_at`` and ``seconds``.
    """
    return {
        "started_at": started.isoformat(timespec="seconds"),
        "seconds": round((ended - started).total_seconds(), 1),
    }
