"""``jtnet-recon pull``: a period's payments into a file."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from jtnet_recon.cli.failures import AGREES, FAILED
from jtnet_recon.cli.targets import check_payments_target
from jtnet_recon.cli.words import WORDS
from jtnet_recon.report.text import visible

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from jtnet_recon.client.basis import Basis


def run(period: str, output: Path, *, basis: Basis, lang: str, progress: bool | None) -> int:
    """Pull, write, and say what is certain about it.

    Parameters
    ----------
    period : str
        As of :class:`jtnet_recon.Period`.
    output : Path
        The Parquet file.
    basis : {"paid", "events"}
        What belongs to the period.
    lang : {"en", "ko"}
        Language of what is printed.
    progress : bool or None
        Whether a bar is drawn; None: in terminals only.

    Returns
    -------
    int
        0 if the pull is COMPLETE, else 3.
    """
    import jtnet_recon as jr

    # Before the long part: a pull of half an hour should not fail at its last step.
    check_payments_target(output)
    days = jr.Period(period)
    with jr.connect(progress=progress) as client:
        payments = client.payments(days, basis=basis)
    doubts = doubt_lines(payments.attrs["pull"], lang=lang)
    target = spared(output, payments.attrs["pull"]["verdict"]) if doubts else output
    jr.write_payments(payments, target)
    print(pulled_line(payments, lang=lang))
    print(WORDS[lang]["written"].format(path=target))
    print(*doubts, sep="\n", end="\n" if doubts else "", file=sys.stderr)
    return FAILED if doubts else AGREES


def spared(output: Path, verdict: str) -> Path:
    """Choose where a doubtful pull goes, so that it replaces no older and perhaps better one.

    Parameters
    ----------
    output : Path
        Where a complete pull would go.
    verdict : str
        Of the pull.

    Returns
    -------
    Path
        The same if it is free, else one beside it that names the verdict.
    """
    return output.with_suffix(f".{verdict.lower()}{output.suffix}") if output.exists() else output


def doubt_lines(certificate: dict[str, Any], *, lang: str) -> list[str]:
    """Say why a pull is not COMPLETE.

    Parameters
    ----------
    certificate : dict
        Of the pull.
    lang : {"en", "ko"}
        Language.

    Returns
    -------
    list of str
        Lines for the error stream; none of a complete pull.
    """
    if certificate["verdict"] == "COMPLETE":
        return []
    first = WORDS[lang]["pull_doubtful"].format(verdict=certificate["verdict"])
    return [first, *(f"  - {visible(reason)}" for reason in certificate["reasons"])]


def pulled_line(payments: pd.DataFrame, *, lang: str) -> str:
    """Say how many payments there are, of what, and whether they are all.

    Parameters
    ----------
    payments : DataFrame, table PAYMENTS
        Pulled, or read from a file.
    lang : {"en", "ko"}
        Language.

    Returns
    -------
    str
        One line.
    """
    certificate: dict[str, Any] = payments.attrs.get("pull") or {}
    words = WORDS[lang]
    if not certificate:
        return words["payments_uncertified"].format(rows=len(payments))
    return words["payments"].format(
        rows=len(payments), period=certificate["period"], verdict=certificate["verdict"]
    )
