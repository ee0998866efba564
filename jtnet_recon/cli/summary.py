"""The end of a run on one screen: the conclusion, then the breaks by code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jtnet_recon.cli.words import WORDS
from jtnet_recon.money import format_minor
from jtnet_recon.report.figures import code_totals
from jtnet_recon.report.text import width
from jtnet_recon.report.words import word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jtnet_recon.desk import Reconciliation
    from jtnet_recon.report.figures import CodeTotal

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
    return [f"{words['conclusion']}: {said}", "", *_by_code(result, lang=lang)]


def _by_code(result: Reconciliation, *, lang: str) -> list[str]:
    """Count items and add up money at risk by code and currency."""
    words = WORDS[lang]
    totals = code_totals(result)
    if not totals:
        return [words["no_breaks"]]
    head = [words[name] for name in ("code", "severity", "name", "items", "money_at_risk")]
    rows = [
        [
            total.code,
            word(total.severity, "ko" if lang == "ko" else "en"),
            total.name_ko if lang == "ko" else total.name,
            f"{total.items:,}",
            _money(total),
        ]
        for total in totals
    ]
    return aligned([head, *rows])


def _money(total: CodeTotal) -> str:
    """Write money at risk; a row without a currency has none that could be written."""
    if not total.currency:
        return ""
    return f"{format_minor(total.money_at_risk, total.currency)} {total.currency}"


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
