"""How long a workbook of many breaks takes, against pandas.to_excel with openpyxl on the same rows.

    python benchmarks/report.py --rows 100000

Ours masks, explains, formats and sums up as well; the other writes the same sheets' bare values.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from machine import describe

import jtnet_recon as jr
from jtnet_recon.report.summary import summarise

if TYPE_CHECKING:
    from collections.abc import Callable

    from jtnet_recon.report.shapes import Summary

_MONTH_S = 1_667_228_400
_DAYS_S = 29 * 86_400


def main() -> int:
    """Write both, print the seconds and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=1)
    arguments = parser.parse_args()
    result = broken_month(arguments.rows)
    assert len(result.breaks) == arguments.rows
    with tempfile.TemporaryDirectory() as folder:
        ours_path, plain_path = Path(folder) / "ours.xlsx", Path(folder) / "plain.xlsx"
        ours = fastest(lambda: result.to_excel(ours_path), arguments.runs)
        summary = summarise(result)
        plain = fastest(lambda: write_plainly(summary, plain_path), arguments.runs)
        sizes = [path.stat().st_size / 1e6 for path in (ours_path, plain_path)]
    print(describe({name: version(name) for name in ("pandas", "openpyxl")}))
    written = sum(len(sheet.frame) for sheet in summary.sheets)
    print(f"{arguments.rows:,} breaks, {written:,} rows on {len(summary.sheets)} sheets\n")
    print("| way | seconds | MB |\n|---|---|---|")
    print(f"| **jtnet_recon** | {ours:.1f} | {sizes[0]:.1f} |")
    print(f"| pandas.to_excel, openpyxl | {plain:.1f} | {sizes[1]:.1f} |")
    print(f"\npandas.to_excel / jtnet_recon: {plain / ours:.2f}")
    return 0


def broken_month(rows: int) -> jr.Reconciliation:
    """Make a month in which the books lack every payment.

    Parameters
    ----------
    rows : int
        How many payments, each a break.

    Returns
    -------
    Reconciliation
        Of made-up payments with a ledger of nothing.
    """
    random = np.random.default_rng(7)
    numbers = pd.Series(np.arange(rows))
    paid_s = _MONTH_S + random.integers(0, _DAYS_S, size=rows)
    payments = pd.DataFrame(
        {
            "imp_uid": "imp_" + numbers.astype("str").str.zfill(12),
            "merchant_uid": "order-" + numbers.astype("str"),
            "amount": random.integers(10, 3_000, size=rows) * 100,
            "cancel_amount": 0,
            "currency": "KRW",
            "status": "paid",
            "pay_method": random.choice(["card", "trans", "vbank"], size=rows),
            "pg_provider": "jtnet",
            "pg_id": "shopjt001m",
            "paid_at": pd.to_datetime(paid_s, unit="s", utc=True).tz_convert("Asia/Seoul"),
        }
    )
    ledger = pd.DataFrame({"merchant_uid": pd.Series([], dtype="str"), "amount": []})
    return jr.reconcile(payments, ledger.astype({"amount": "int64"}))


def write_plainly(summary: Summary, path: Path) -> None:
    """Write the values of the same sheets as pandas does.

    Parameters
    ----------
    summary : Summary
        The report.
    path : Path
        Where to.
    """
    with pd.ExcelWriter(path, engine="openpyxl") as writer:
        for sheet in summary.sheets:
            aware = sheet.frame.select_dtypes("datetimetz")
            naive = {name: aware[name].dt.tz_localize(None) for name in aware.columns}
            sheet.frame.assign(**naive).to_excel(writer, sheet_name=sheet.key, index=False)


def fastest(work: Callable[[], object], runs: int) -> float:
    """Time a piece of work.

    Parameters
    ----------
    work : callable
        What to do.
    runs : int
        How often.

    Returns
    -------
    float
        Seconds of the fastest run.
    """
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


if __name__ == "__main__":
    sys.exit(main())
