"""``jtnet-recon demo``: the whole job on the sandbox, and the proof that it found everything."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jtnet_recon.cli.absence import verified_line
from jtnet_recon.cli.failures import AGREES, BREAKS
from jtnet_recon.cli.pull import pulled_line
from jtnet_recon.cli.reconcile import Output, ledger_lines, write_reports
from jtnet_recon.cli.sandbox import Size, made
from jtnet_recon.cli.summary import summary_lines
from jtnet_recon.cli.targets import check_report_targets, check_writable
from jtnet_recon.cli.typed import typed
from jtnet_recon.cli.words import WORDS

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from jtnet_recon.desk import Reconciliation
    from jtnet_recon.sandbox import Sandbox

_COMPARED = ("code", "merchant_uid", "currency", "difference", "money_at_risk")


@dataclass(frozen=True, slots=True)
class Files:
    """What the demo leaves behind.

    Parameters
    ----------
    payments, workbook, page : Path
        The pull, and the report as workbook and as page.
    """

    payments: Path
    workbook: Path
    page: Path


def run(*, out: Path, lang: str, period: str, seed: int, orders: int, progress: bool | None) -> int:
    """Start the sandbox, pull, reconcile, verify, report, and compare with what was planted.

    Parameters
    ----------
    out : Path
        Folder of the files.
    lang : {"en", "ko"}
        Language of reports and of what is printed.
    period, seed, orders
        Which month the sandbox invents.
    progress : bool or None
        Whether a bar is drawn; None: in terminals only.

    Returns
    -------
    int
        0 if the breaks found are exactly those planted, else 1.
    """
    begun = time.monotonic()
    words = WORDS[lang]
    sandbox = made(out=out, period=period, seed=seed, size=Size(orders))
    files = _files(out, period)
    with sandbox:
        print(words["demo_sandbox"].format(url=sandbox.url), flush=True)
        result = _reconciled(sandbox, period, files, lang=lang, progress=progress)
    write_reports(result, Output((files.workbook, files.page), lang=lang))
    missed, extra = differences(result.breaks, sandbox.answers)
    print(*check_lines(missed, extra, len(sandbox.answers), lang=lang), "", sep="\n")
    print(*summary_lines(result, lang=lang), "", sep="\n")
    print(*_ending(files, sandbox.ledger_path, lang=lang), sep="\n")
    print(words["demo_took"].format(seconds=time.monotonic() - begun))
    return BREAKS if missed or extra else AGREES


def differences(
    found: pd.DataFrame, planted: pd.DataFrame
) -> tuple[Counter[tuple[str, ...]], Counter[tuple[str, ...]]]:
    """Compare the breaks found with those planted, as sets in which a row may stand twice.

    Parameters
    ----------
    found : DataFrame
        ``result.breaks``.
    planted : DataFrame
        ``sandbox.answers``.

    Returns
    -------
    missed, extra : Counter
        Rows as text: code, order id, currency, difference and money at risk.
    """
    here, there = _as_rows(found), _as_rows(planted)
    return there - here, here - there


def check_lines(
    missed: Counter[tuple[str, ...]], extra: Counter[tuple[str, ...]], planted: int, *, lang: str
) -> list[str]:
    """Say whether found is planted, and list every row in which it is not.

    Parameters
    ----------
    missed, extra : Counter
        Of :func:`differences`.
    planted : int
        How many breaks were planted.
    lang : {"en", "ko"}
        Language.

    Returns
    -------
    list of str
        Lines.
    """
    words = WORDS[lang]
    if not missed and not extra:
        return [words["demo_same"].format(count=planted)]
    return [
        words["demo_differs"].format(missed=missed.total(), extra=extra.total()),
        *(words["demo_missed"].format(row=" ".join(row)) for row in sorted(missed.elements())),
        *(words["demo_extra"].format(row=" ".join(row)) for row in sorted(extra.elements())),
    ]


def _as_rows(breaks: pd.DataFrame) -> Counter[tuple[str, ...]]:
    """Write what must be equal; a missing order id is empty text on either side."""
    columns = [breaks[name].astype("object") for name in _COMPARED]
    texts = [column.where(column.notna(), "").map(str) for column in columns]
    return Counter(zip(*texts, strict=True))


def _files(out: Path, period: str) -> Files:
    """Name the files and make sure that they can be written before anything is done."""
    files = Files(
        out / f"payments_{period}.parquet",
        out / f"reconciliation_{period}.xlsx",
        out / f"reconciliation_{period}.html",
    )
    check_writable(files.payments)
    check_report_targets((files.workbook, files.page), ())
    return files


def _reconciled(
    sandbox: Sandbox, period: str, files: Files, *, lang: str, progress: bool | None
) -> Reconciliation:
    """Do what an analyst does, through the same calls."""
    import jtnet_recon as jr

    with jr.connect(sandbox.url, sandbox.key, sandbox.secret, progress=progress) as client:
        payments = client.payments(jr.Period(period))
        print(pulled_line(payments, lang=lang), flush=True)
        jr.write_payments(payments, files.payments)
        ledger = jr.read_ledger(sandbox.ledger_path)
        print(*ledger_lines(ledger, lang=lang), sep="\n", flush=True)
        result = jr.verify_absence(client, jr.reconcile(payments, ledger))
    print(verified_line(result, lang=lang), flush=True)
    return result


def _ending(files: Files, ledger: Path, *, lang: str) -> list[str]:
    """Say where everything is and what to do with it."""
    words = WORDS[lang]
    return [
        f"{words['demo_reports']}:",
        f"  {files.workbook}",
        f"  {files.page}",
        words["demo_again"],
        f"  {typed('reconcile', files.payments, ledger, '-o', 'again.xlsx')}",
        words["demo_next"],
    ]
