"""One report as plain data: what workbook, page and notebook draw, so that they cannot disagree."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from jtnet_recon.report import assurance, evidence, sections, sheets, sheets_close, sheets_keys
from jtnet_recon.report.shapes import Facts, Grid, Summary, check_lang
from jtnet_recon.report.text import visible
from jtnet_recon.report.view import view_of

if TYPE_CHECKING:
    from jtnet_recon.recon.result import Reconciliation
    from jtnet_recon.report.shapes import DataSheet
    from jtnet_recon.report.view import View

_log = logging.getLogger("jtnet_recon")


def summarise(
    result: Reconciliation, *, lang: str = "en", unmask: bool = False, rows: bool = True
) -> Summary:
    """Turn a result into a report.

    Parameters
    ----------
    result : Reconciliation
        Any; it is left as it is.
    lang : {"en", "ko"}, default "en"
        Language of the labels.
    unmask : bool, default False
        Whether names, phones, mails, addresses and card numbers are shown.
    rows : bool, default True
        Whether the rows of both sides are part of it.

    Returns
    -------
    Summary
        Page 1 and the sheets behind it, masked.

    Raises
    ------
    ConfigError
        If reports do not speak the language.
    """
    view = view_of(result, check_lang(lang), unmask=unmask)
    if unmask:
        _log.warning("report %s is written with personal data unmasked", evidence.report_id(view))
    days = None if view.is_key_audit else sheets.by_day(view)
    conclusion = result.conclusion
    return Summary(
        lang=view.lang,
        title=view.word("title"),
        about=_about(view),
        verdict=conclusion.verdict,
        conclusion=visible(conclusion.text if view.lang == "en" else conclusion.text_ko),
        marks=marks_of(view),
        sections=_sections(view, has_days=days is not None),
        sheets=_sheets(view, days, rows=rows),
    )


def _about(view: View) -> tuple[tuple[str, str], ...]:
    """Give the lines under the title."""
    lines = (
        ("period", evidence.period_text(view)),
        ("basis", view.known("basis", str(view.identity.get("basis", "")))),
        ("mids", evidence.mids_text(view)),
        ("report_id", evidence.report_id(view)),
    )
    return tuple((view.word(key), text) for key, text in lines if text)


def marks_of(view: View) -> tuple[str, ...]:
    """Give what every page of a report must say.

    Parameters
    ----------
    view : View
        The result as it is shown.

    Returns
    -------
    tuple of str
        Such as that the data are a sandbox's, or that the pull is not complete.
    """
    marks = []
    if view.is_sandbox:
        marks.append(view.word("mark_sandbox"))
    verdict = str(view.pull.get("verdict", ""))
    if verdict and verdict != "COMPLETE":
        marks.append(view.word("mark_pull", verdict=view.text(verdict)))
    elif view.result.conclusion.verdict == "not reconciled":
        marks.append(view.word("mark_failed"))
    if view.unmask:
        marks.append(view.word("mark_unmasked"))
    return tuple(marks)


def _sections(view: View, *, has_days: bool) -> tuple[Grid | Facts, ...]:
    """Put page 1 together: findings first, then the proof, then who signs."""
    parts: list[Grid | Facts | None] = [
        sections.headline(view),
        sections.by_code(view),
        sections.bridge(view),
        sections.top(view),
        sections.control_totals(view),
        sections.completeness(view),
        evidence.excluded(view),
        evidence.records(view),
        evidence.controls(view),
        sections.ageing(view),
        assurance.open_roll(view),
        assurance.tolerances(view),
        assurance.matching(view),
        *evidence.pull(view),
        evidence.sources(view),
        evidence.identity(view),
        evidence.scope(view, has_days=has_days),
        evidence.signoff(view),
    ]
    return tuple(part for part in parts if part is not None)


def _sheets(view: View, days: DataSheet | None, *, rows: bool) -> tuple[DataSheet, ...]:
    """Put the sheets in order."""
    parts: list[DataSheet | None] = [sheets.breaks(view), days]
    if view.is_key_audit:
        parts += [sheets_keys.doubles(view), sheets_keys.stories(view), sheets_keys.keys(view)]
    elif view.has_books:
        parts += [sheets_close.adjustments(view), sheets.timing(view), sheets.vat(view)]
    parts.append(sheets_close.open_items(view))
    if rows:
        parts += [sheets.side(view, "payments"), sheets.side(view, "ledger")]
    parts.append(sheets.codes(view))
    return tuple(part for part in parts if part is not None)
