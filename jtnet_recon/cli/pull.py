"""``jtnet-recon pull``: a period's payments into a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jtnet_recon.cli.failures import AGREES, FAILED
from jtnet_recon.cli.targets import check_payments_target
from jtnet_recon.cli.words import WORDS

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
    jr.write_payments(payments, output)
    print(pulled_line(payments, lang=lang))
    print(WORDS[lang]["written"].format(path=output))
    return AGREES if verdict_of(payments) == "COMPLETE" else FAILED


def verdict_of(payments: pd.DataFrame) -> str:
    """Give the verdict of a pull.

    Parameters
    ----------
    payments : DataFrame
        With or without a certificate.

    Returns
    -------
    str
        COMPLETE, INCOMPLETE or UNSTABLE; empty without a certificate.
    """
    certificate: dict[str, Any] = payments.attrs.get("pull") or {}
    return str(certificate.get("verdict", ""))


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
