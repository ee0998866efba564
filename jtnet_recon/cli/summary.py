"""The end of a run on one screen: the conclusion, then the breaks by code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jtnet_recon.cli.words import WORDS
from jtnet_recon.money import format_minor
from jtnet_recon.report.text import width

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from jtnet_recon.desk import Reconciliation

_RIGHT = frozenset({3, 4})


def summary_lines(result: Reconciliation, *, lang: str) -> list[str]:
    """Sum a result up.

    Parameters
    ----------
    result : Reconciliation
        Any.
    lang : {"en", "ko"}
        Language.

    Returns
    -------
    list of str
        Lines; none is wider than a console needs.
    """
    words = WORDS[lang]
    said = result.conclusion.text_ko if lang == "ko" else result.conclusion.text
    return [f"{words['conclusion']}: {said}", "", *_by_code(result.breaks, lang=lang)]


def _by_code(breaks: pd.DataFrame, *, lang: str) -> list[str]:
    """Count items and add up money at risk by code and currency, the gravest first."""
    words = WORDS[lang]
    if breaks.empty:
        return [words["no_breaks"]]
    head = [words[name] for name in ("code", "severity", "name", "items", "money_at_risk")]
    name = "name_ko" if lang == "ko" else "name"
    sums = breaks.groupby(["code", "severity", name, "currency"], sort=False, dropna=False).agg(
        items=("code", "size"), money_at_risk=("money_at_risk", "sum")
    )
    rows = [
        [code, severity, label, f"{items:,}", _money(int(amount), currency)]
        for (code, severity, label, currency), (items, amount) in zip(
            sums.index, sums.itertuples(index=False), strict=True
        )
    ]
    return aligned([head, *rows])


def _money(amount: int, currency: object) -> str:
    """Write an amount with its currency; a break of the whole run has none."""
    if not isinstance(currency, str) or not currency:
        return ""
    return f"{format_minor(amount, currency)} {currency}"


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lay out rows under each other; Hangul takes two columns.

    Parameters
    ----------
    rows : sequence of sequence of str
        The first is the head.

    Returns
    -------
    list of str
        One line a row.
    """
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            " " * (room - width(cell)) + cell
            if place in _RIGHT
            else cell + " " * (room - width(cell))
            for place, (cell, room) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
