"""Charts over time: days, hours, the calendar."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from jtnet_recon.report.ages import days_between, period_of
from jtnet_recon.report.daily import breaks_by_day, by_day, by_hour, net_over_time
from jtnet_recon.report.plot_money import main_currency, money_axis, say_empty
from jtnet_recon.report.shapes import check_lang
from jtnet_recon.report.theme import LIGHT, axis_of, calm, drawing, finish, new_figure_axis
from jtnet_recon.report.words import word

if TYPE_CHECKING:
    from datetime import date

    from matplotlib.axes import Axes

    from jtnet_recon.recon.result import Reconciliation
    from jtnet_recon.report.shapes import Lang
    from jtnet_recon.report.theme import NewAxis, Theme

_WIDTH = 9.0
_WEEK = 7
_WEEKS_MAX = 54
_DAYS_LABELLED = 16
# Up to so many weeks a day has room for its number.
_WEEKS_ROOMY = 16


def draw_by_day(
    result: Reconciliation,
    axis: Axes | NewAxis = new_figure_axis,
    *,
    currency: str | None = None,
    lang: str = "en",
    theme: Theme = LIGHT,
) -> Axes:
    """Draw the PG's net amount as columns and the ledger's as marks on them."""
    tongue, money = check_lang(lang), main_currency(result, currency)
    days = net_over_time(by_day(result), money)
    with drawing(theme):
        axis = axis_of(axis, _WIDTH, 3.6)
        places = range(len(days))
        pg, ledger = days["net_payments"].tolist(), days["net_ledger"].tolist()
        axis.bar(places, pg, width=0.7, color=theme.up, alpha=0.55, label=word("pg_net", tongue))
        axis.plot(
            places,
            ledger,
            linestyle="none",
            marker="_",
            markersize=11,
            markeredgewidth=2.4,
            color=theme.down,
            label=word("ledger_net", tongue),
        )
        step = max(1, -(-len(days) // _DAYS_LABELLED))
        labels = days["label"].tolist()
        axis.set_xticks(list(places)[::step], labels[::step])
        money_axis(axis, [], money, tongue, which="y")
        axis.set_title(word("chart_by_day", tongue, currency=money))
        axis.margins(x=0.01)
        calm(axis, grid="y")
        if len(days):
            # Above the chart: a legend inside would cover some day's columns.
            axis.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, fontsize=9)
        else:
            say_empty(axis, tongue)
        return finish(axis)


def draw_by_hour(
    result: Reconciliation,
    axis: Axes | NewAxis = new_figure_axis,
    *,
    lang: str = "en",
    theme: Theme = LIGHT,
) -> Axes:
    """Draw a column an hour; the part of critical ones is dark and hatched."""
    tongue, hours = check_lang(lang), by_hour(result)
    colours = dict(theme.severity)
    with drawing(theme):
        axis = axis_of(axis, _WIDTH, 3.2)
        places = [hour for hour, _, _ in hours]
        critical = [count for _, _, count in hours]
        others = [count - bad for (_, count, bad) in hours]
        axis.bar(
            places,
            critical,
            width=0.7,
            color=colours["Critical"],
            hatch="xxx",
            edgecolor=theme.paper,
            linewidth=0,
            label=word("Critical", tongue),
        )
        axis.bar(places, others, bottom=critical, width=0.7, color=theme.up, label=_others(tongue))
        axis.set_xticks(places[::2], [f"{hour:02d}" for hour in places[::2]])
        whole_numbers(axis)
        axis.set_title(word("chart_by_hour", tongue))
        axis.margins(x=0.01)
        calm(axis, grid="y")
        if any(count for _, count, _ in hours):
            axis.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, fontsize=9)
        else:
            say_empty(axis, tongue)
        return finish(axis)


def draw_calendar(
    result: Reconciliation,
    axis: Axes | NewAxis = new_figure_axis,
    *,
    lang: str = "en",
    theme: Theme = LIGHT,
) -> Axes:
    """Draw a square a day, a column a week; the number stands in it."""
    tongue, counts = check_lang(lang), breaks_by_day(result)
    days = _calendar_days(result, counts)
    with drawing(theme):
        first = days[0] - timedelta(days=days[0].weekday()) if days else None
        weeks = ((days[-1] - first).days // _WEEK + 1) if first is not None else 1
        axis = axis_of(axis, _WIDTH, 3.4)
        if first is None:
            say_empty(axis, tongue)
        else:
            axis.set_xlim(-0.6, weeks - 0.4)
            most = max(counts.values(), default=1)
            for day in days:
                _draw_day(axis, (day, first), counts.get(day, 0), most, theme)
            _label_calendar(axis, days, first, tongue)
        axis.set_title(word("chart_calendar", tongue))
        calm(axis)
        return finish(axis)


def whole_numbers(axis: Axes) -> None:
    """Put an axis of counts on whole numbers."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    axis.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))


def _others(lang: Lang) -> str:
    """Name all severities but the first."""
    return " · ".join(word(name, lang) for name in ("High", "Medium", "Low"))


def _calendar_days(result: Reconciliation, counts: dict[date, int]) -> list[date]:
    """Choose the days of the calendar: the period and what lies beside it, a year at most."""
    period = period_of(result)
    known = sorted([*counts, *((period.start_on, period.end_on) if period else ())])
    if not known:
        return []
    last = known[-1]
    first = max(known[0], last - timedelta(days=_WEEK * _WEEKS_MAX - 1))
    return days_between(first, last)


def _draw_day(
    axis: Axes, day_and_first: tuple[date, date], count: int, most: int, theme: Theme
) -> None:
    """Draw one day at its place after the first Monday."""
    from matplotlib.colors import LinearSegmentedColormap, to_rgb
    from matplotlib.patches import Rectangle

    day, first = day_and_first
    week, weekday = divmod((day - first).days, _WEEK)
    scale = LinearSegmentedColormap.from_list("heat", list(theme.heat))
    colour = scale(count / most if most else 0.0)
    axis.add_patch(
        Rectangle((week - 0.47, weekday - 0.46), 0.94, 0.92, facecolor=colour, linewidth=0)
    )
    ink = ink_on(to_rgb(colour))
    roomy = axis.get_xlim()[1] < _WEEKS_ROOMY
    if roomy:
        axis.text(week - 0.43, weekday - 0.40, str(day.day), fontsize=7, color=ink, va="top")
    if count:
        axis.text(
            week,
            weekday + (0.08 if roomy else 0),
            f"{count:,}",
            ha="center",
            va="center",
            fontsize=11 if roomy else 7,
            color=ink,
        )


def ink_on(ground: tuple[float, float, float]) -> str:
    """Choose dark or white letters, whichever stands out more. Source: WCAG 2.1, contrast."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - sRGB
        for part in ground
    ]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#0b1016" if (light + 0.05) / 0.056 > 1.05 / (light + 0.05) else "#ffffff"


def _label_calendar(axis: Axes, days: list[date], first: date, lang: Lang) -> None:
    """Name weekdays and months."""
    axis.set_ylim(_WEEK - 0.4, -0.6)
    axis.set_yticks(range(_WEEK), word("weekdays", lang).split())
    starts = [day for day in days if day == days[0] or day.day == 1]
    axis.set_xticks(
        [(day - first).days // _WEEK for day in starts],
        [f"{day.year}-{day.month:02d}" for day in starts],
    )
