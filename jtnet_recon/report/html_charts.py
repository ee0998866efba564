"""The charts of the page: pictures inside it, one for light and one for dark."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jtnet_recon.report.plot_keys import draw_cohorts
from jtnet_recon.report.plot_money import draw_ageing, draw_bridge, draw_by_code
from jtnet_recon.report.plot_time import draw_by_day, draw_by_hour, draw_calendar
from jtnet_recon.report.theme import DARK, LIGHT

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from jtnet_recon.recon.result import Reconciliation
    from jtnet_recon.report.shapes import Lang
    from jtnet_recon.report.theme import Theme


def _cohorts(result: Any, *, lang: Lang, theme: Theme) -> Axes:
    """Draw the cohorts of an audit's contracts."""
    return draw_cohorts(result.data, lang=lang, theme=theme)


_DPI = 120
_CSS_DPI = 96
# Which section of page 1 each chart belongs under.
_CHARTS: tuple[tuple[str, Callable[..., Axes]], ...] = (
    ("by_code", draw_by_code),
    ("bridge", draw_bridge),
    ("control_totals", draw_by_day),
    ("ageing", draw_ageing),
    ("ageing", draw_calendar),
    ("ageing", draw_by_hour),
)
# A day's contracts and charges are not a day's books; what counts is who stays.
_OF_AN_AUDIT = tuple(
    ("control_totals", _cohorts) if draw is draw_by_day else (section, draw)
    for section, draw in _CHARTS
)


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart as pictures.

    Parameters
    ----------
    section : str
        Key of the section it stands under.
    title : str
        What it shows.
    light, dark : str
        ``data:`` addresses of PNG pictures.
    width, height : int
        In pixels of the page.
    """

    section: str
    title: str
    light: str
    dark: str
    width: int
    height: int


def charts_of(result: Reconciliation, lang: Lang) -> list[Chart]:
    """Draw the charts of the page.

    Parameters
    ----------
    result : Reconciliation
        Any.
    lang : str
        Language of the labels.

    Returns
    -------
    list of Chart
        In the order of the page.
    """
    charts = []
    is_audit = hasattr(result, "key_rule")
    for section, draw in _OF_AN_AUDIT if is_audit else _CHARTS:
        axis = draw(result, lang=lang, theme=LIGHT)
        width, height = (
            round(float(inches) * _CSS_DPI) for inches in _figure(axis).get_size_inches()
        )
        title = axis.get_title(loc="left") or axis.get_title()
        light, dark = _png(axis), _png(draw(result, lang=lang, theme=DARK))
        charts.append(Chart(section, title, light, dark, width, height))
    return charts


def _png(axis: Axes) -> str:
    """Write a chart as a picture; the same chart gives the same bytes."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    picture, figure = io.BytesIO(), _figure(axis)
    figure.set_dpi(_DPI)
    # Straight to the canvas: savefig() would draw everything twice.
    canvas: Any = FigureCanvasAgg(figure)
    canvas.print_png(picture, metadata={"Software": None})
    return "data:image/png;base64," + base64.b64encode(picture.getvalue()).decode()


def _figure(axis: Axes) -> Figure:
    """Give the whole figure of an axis."""
    figure = axis.get_figure(root=True)
    assert figure is not None
    return figure
