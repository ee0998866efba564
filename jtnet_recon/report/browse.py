"""result.browse(): every break as a table to sort and search in a notebook, without any network."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from jtnet_recon.report.html import PAGE_ROWS, environment, package_text, policy_for
from jtnet_recon.report.html_tables import cards_style, table_of
from jtnet_recon.report.shapes import check_lang
from jtnet_recon.report.sheets import breaks
from jtnet_recon.report.view import view_of
from jtnet_recon.report.words import word

if TYPE_CHECKING:
    from jtnet_recon.recon.result import Reconciliation
    from jtnet_recon.report.shapes import Lang


@dataclass(frozen=True, slots=True, repr=False)
class BreakTable:
    """Every break as a table that a notebook shows: to sort, search and choose from.

    It stands in a frame of its own. What runs there is the one script of this package; it can
    neither load anything nor reach the notebook around it.

    Parameters
    ----------
    page : str
        The table as a page.
    title : str
        What it shows.
    count : int
        How many breaks there are.
    lang : str
        Language of the labels.
    height_px : int
        Height of the frame.
    """

    page: str
    title: str
    count: int
    lang: Lang
    height_px: int

    def _repr_html_(self) -> str:
        """Show the page in a frame."""
        # A notebook that is not trusted drops the frame; the sentence in it is then what is seen.
        return (
            environment()
            .get_template("frame.html.j2")
            .render(
                page=self.page,
                title=self.title,
                height_px=self.height_px,
                untrusted=word("browse_untrusted", self.lang),
            )
        )

    def __repr__(self) -> str:
        """Say what it is, where no page can be shown."""
        return f"<BreakTable: {self.count:,} breaks>"


def browse(
    result: Reconciliation, *, lang: str = "en", unmask: bool = False, height_px: int = 560
) -> BreakTable:
    """Lay every break out as a table to sort and search.

    Parameters
    ----------
    result : Reconciliation
        Any; it is left as it is.
    lang : {"en", "ko"}, default "en"
        Language of the labels.
    unmask : bool, default False
        Whether names, phones, mails, addresses and card numbers are shown.
    height_px : int, default 560
        Height of the table in the notebook.

    Returns
    -------
    BreakTable
        At most 10,000 breaks, those with most money at risk; if there are more, it says so.

    Raises
    ------
    ConfigError
        If reports do not speak the language.
    """
    from markupsafe import Markup

    view = view_of(result, check_lang(lang), unmask=unmask)
    sheet = breaks(view)
    table = table_of(sheet, view.lang)
    style = package_text("report.css") + package_text("browse.css") + cards_style(table)
    script = package_text("report.js")
    page = (
        environment()
        .get_template("browse.html.j2")
        .render(
            lang=view.lang,
            sheet=table,
            # Both are files of this package; nothing in them comes from data.
            style=Markup(style),  # noqa: S704
            script=Markup(script),  # noqa: S704
            policy=policy_for(style, script),
            page_rows=PAGE_ROWS,
            word=partial(word, lang=view.lang),
        )
    )
    return BreakTable(page, sheet.title, len(sheet.frame), view.lang, height_px)
