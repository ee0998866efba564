"""write_html(): the report as one page that needs nothing else; repr_html(): its short form."""

from __future__ import annotations

import base64
import hashlib
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jtnet_recon.atomic import atomic_path
from jtnet_recon.report.html_charts import charts_of
from jtnet_recon.report.html_tables import cards_style, cell_text, table_of
from jtnet_recon.report.mask import mask_contacts
from jtnet_recon.report.sections import by_code, headline, top
from jtnet_recon.report.shapes import Grid, check_lang, check_suffix
from jtnet_recon.report.summary import marks_of, summarise
from jtnet_recon.report.text import visible
from jtnet_recon.report.view import glance_of
from jtnet_recon.report.words import word

if TYPE_CHECKING:
    import os

    from jinja2 import Environment

    from jtnet_recon.recon.result import Reconciliation
    from jtnet_recon.report.key_card import KeyCard
    from jtnet_recon.report.shapes import Summary

PAGE_ROWS = 100
"""Rows of a table that a reader sees before asking for more."""

_VERDICT_CLASSES = {
    "reconciled": "reconciled",
    "reconciled with open items": "open",
    "not reconciled": "failed",
}
_TEMPLATES = Path(__file__).parent / "templates"
_REPR_ROWS = 10
_REPR_CHARS = 160


def write_html(
    result: Reconciliation, path: str | os.PathLike[str], *, lang: str = "en", unmask: bool = False
) -> Path:
    """Write a result as one self-contained page, whole or not at all.

    Parameters
    ----------
    result : Reconciliation
        Any.
    path : str or PathLike
        Where to; written beside it first and then renamed.
    lang : {"en", "ko"}, default "en"
        Language of the labels.
    unmask : bool, default False
        Whether names, phones, mails, addresses and card numbers are written out.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ConfigError
        If reports do not speak the language, or the name does not end with .html.
    StoreError
        If the file cannot be written.
    """
    check_suffix(path, ".html")
    summary = summarise(result, lang=lang, unmask=unmask, rows=False)
    page = render(summary, result)
    with atomic_path(path) as temporary:
        temporary.write_text(page, encoding="utf-8", newline="\n")
    return Path(path)


def render(summary: Summary, result: Reconciliation) -> str:
    """Write the page.

    Parameters
    ----------
    summary : Summary
        The report.
    result : Reconciliation
        For the charts.

    Returns
    -------
    str
        HTML. Its policy lets nothing be loaded and no script run but the one of this package.
    """
    from markupsafe import Markup

    sheets = [table_of(sheet, summary.lang) for sheet in summary.sheets]
    style = package_text("report.css") + "".join(cards_style(sheet) for sheet in sheets)
    script = package_text("report.js")
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            summary=summary,
            sheets=sheets,
            charts=charts_of(result, summary.lang),
            verdict_class=_VERDICT_CLASSES.get(summary.verdict, "failed"),
            # Both are files of this package; nothing in them comes from data.
            style=Markup(style),  # noqa: S704
            script=Markup(script),  # noqa: S704
            policy=policy_for(style, script),
            page_rows=PAGE_ROWS,
            word=partial(word, lang=summary.lang),
        )
    )


def repr_html(result: Reconciliation) -> str:
    """Write the short form that a notebook shows: conclusion, totals, codes, largest breaks.

    Parameters
    ----------
    result : Reconciliation
        Any.

    Returns
    -------
    str
        HTML without script; personal data is masked.
    """
    from markupsafe import Markup

    view = glance_of(result, check_lang("en"), rows=_REPR_ROWS)
    largest = top(view)
    parts = [{"grid": headline(view), "folded": False}, {"grid": by_code(view), "folded": True}]
    if largest is not None:
        parts.insert(1, {"grid": largest, "folded": False})
    return (
        environment()
        .get_template("repr.html.j2")
        .render(
            conclusion=visible(result.conclusion.text),
            verdict_class=_VERDICT_CLASSES.get(result.conclusion.verdict, "failed"),
            marks=marks_of(view),
            parts=[{**part, "grid": _clipped(part["grid"])} for part in parts],
            style=Markup(package_text("repr.css")),  # noqa: S704 - a file of this package
            hint=view.word("explain_more"),
        )
    )


def repr_key_html(card: KeyCard) -> str:
    """Write a billing key as a notebook shows it.

    Parameters
    ----------
    card : KeyCard
        Any.

    Returns
    -------
    str
        HTML without script; personal data is masked.
    """
    from markupsafe import Markup

    lang = check_lang(card.lang)
    return (
        environment()
        .get_template("key_card.html.j2")
        .render(
            card=card,
            title=word("card_title", lang, uid=visible(mask_contacts(card.customer_uid))),
            style=Markup(package_text("repr.css")),  # noqa: S704 - a file of this package
            word=partial(word, lang=lang),
        )
    )


@cache
def environment() -> Environment:
    """Make the one environment; everything that is put into a template is escaped.

    Returns
    -------
    Environment
        Of the templates of this package.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["cell_text"] = cell_text
    return environment


@cache
def package_text(name: str) -> str:
    """Read a file beside the templates.

    Parameters
    ----------
    name : str
        Of the file.

    Returns
    -------
    str
        Its text.
    """
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def policy_for(style: str, script: str) -> str:
    """Write the policy of a page: nothing is loaded, and only this style and script work.

    Parameters
    ----------
    style, script : str
        As they stand in the page.

    Returns
    -------
    str
        A Content-Security-Policy.
    """
    return (
        f"default-src 'none'; img-src data:; style-src {_hash(style)}; "
        f"script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    """Name a style or script in the page's policy. Source: W3C, Content Security Policy 3."""
    digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode()
    return f"'sha256-{digest}'"


def _clipped(grid: Any) -> Grid:
    """Shorten the texts of a grid: a notebook keeps everything it shows."""
    rows = tuple(
        tuple(
            f"{cell[:_REPR_CHARS]}…" if isinstance(cell, str) and len(cell) > _REPR_CHARS else cell
            for cell in row
        )
        for row in grid.rows
    )
    return Grid(grid.key, grid.title, grid.headings, rows, grid.strong, grid.note)
