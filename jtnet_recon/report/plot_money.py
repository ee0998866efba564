"""Charts of money: the bridge, the codes, the ages; and what all charts share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jtnet_recon.money import format_minor, minor_digits
from jtnet_recon.recon.breaks import CODES
from jtnet_recon.report.ages import age_classes
from jtnet_recon.report.figures import INFO, bridge_steps, code_totals, headlines
from jtnet_recon.report.shapes import check_lang
from jtnet_recon.report.text import visible
from jtnet_recon.report.theme import (
    HATCHES,
    LIGHT,
    SEVERITY_HATCHES,
    axis_of,
    calm,
    drawing,
    finish,
    new_figure_axis,
)
from jtnet_recon.report.view import said_of
from jtnet_recon.report.words import word

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from jtnet_recon.recon.result import Reconciliation
    from jtnet_recon.report.figures import BridgeStep, CodeTotal
    from jtnet_recon.report.shapes import Lang
    from jtnet_recon.report.theme import NewAxis, Theme

BARS_MAX = 30
"""Most bars of one chart; the rest is one bar more. Thousands would take minutes."""

_ENDS = ("ledger", "payments", "unexplained")
_WIDTH = 9.0
_UNITS = ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "k"))
_UNITS_KO = ((10**12, "조"), (10**8, "억"), (10**4, "만"))


def draw_bridge(
    result: Reconciliation,
    axis: Axes | NewAxis = new_figure_axis,
    *,
    currency: str | None = None,
    lang: str = "en",
    theme: Theme = LIGHT,
) -> Axes:
    """Draw the bridge as a waterfall that is read from top to bottom."""
    tongue, money = check_lang(lang), main_currency(result, currency)
    steps = [step for step in bridge_steps(result) if step.currency == money]
    shown = [step for step in steps if step.step in _ENDS or step.amount]
    with drawing(theme):
        axis = axis_of(axis, _WIDTH, 1.6 + 0.42 * len(shown))
        for place, step in enumerate(shown):
            _draw_step(axis, place, step, theme)
        _link_steps(axis, shown, theme)
        name_bars(axis, [_step_label(step, tongue) for step in shown])
        _zoom(axis, shown, money, tongue)
        title = said_of(result, "chart_bridge", tongue, currency=money)
        skipped = len(steps) - len(shown)
        if skipped:
            title += f"  ({word('chart_zero', tongue, count=skipped)})"
        axis.set_title(title)
        calm(axis, grid="x")
        return finish(axis)


def draw_by_code(
    result: Reconciliation,
    axis: Axes | NewAxis = new_figure_axis,
    *,
    currency: str | None = None,
    lang: str = "en",
    theme: Theme = LIGHT,
) -> Axes:
    """Draw a bar a code, longest first, hatched by severity."""
    tongue, money = check_lang(lang), main_currency(result, currency)
    lines = [line for line in code_totals(result) if line.currency == money]
    lines = [line for line in lines if line.severity != INFO and line.money_at_risk]
    shown, rest = lines[:BARS_MAX], lines[BARS_MAX:]
    labels = [_code_label(line, tongue) for line in shown]
    amounts = [line.money_at_risk for line in shown]
    severities = [line.severity for line in shown]
    if rest:
        labels.append(word("chart_other", tongue, count=len(rest)))
        amounts.append(sum(line.money_at_risk for line in rest))
        severities.append(INFO)
    with drawing(theme):
        axis = axis_of(axis, _WIDTH, 1.6 + 0.42 * max(2, len(labels)))
        colours = dict(theme.severity)
        for place, (amount, severity) in enumerate(zip(amounts, severities, strict=True)):
            axis.barh(
                place,
                amount,
                height=0.62,
                color=colours[severity],
                hatch=SEVERITY_HATCHES[severity],
                edgecolor=theme.paper,
                linewidth=0,
            )
            note = f" {format_minor(amount, money)}"
            axis.text(amount, place, note, va="center", ha="left", fontsize=9)
        _severity_legend(axis, severities, theme, tongue)
        name_bars(axis, labels)
        money_axis(axis, amounts, money, tongue)
        axis.set_title(word("chart_by_code", tongue, currency=money))
        calm(axis, grid="x")
        if not amounts:
            say_empty(axis, tongue)
        return finish(axis)


def draw_ageing(
    result: Reconciliation,
    axis: Axes | NewAxis = new_figure_axis,
    *,
    currency: str | None = None,
    lang: str = "en",
    theme: Theme = LIGHT,
) -> Axes:
    """Draw a column an age class."""
    tongue, money = check_lang(lang), main_currency(result, currency)
    classes = [line for line in age_classes(result) if line.currency == money]
    labels = [age_name(line.first, line.last, tongue) for line in classes]
    with drawing(theme):
        axis = axis_of(axis, _WIDTH, 3.4)
        for place, line in enumerate(classes):
            axis.bar(place, line.money_at_risk, width=0.62, color=theme.up)
            note = f"{format_minor(line.money_at_risk, money)}\n({line.items:,})"
            axis.text(place, line.money_at_risk, note, ha="center", va="bottom", fontsize=9)
        axis.set_xticks(range(len(labels)), labels)
        axis.margins(y=0.25)
        money_axis(axis, [line.money_at_risk for line in classes], money, tongue, which="y")
        axis.set_title(word("chart_ageing", tongue, currency=money))
        axis.set_xlabel(word("age", tongue))
        calm(axis, grid="y")
        if not classes:
            say_empty(axis, tongue)
        return finish(axis)


def main_currency(result: Reconciliation, wanted: str | None = None) -> str:
    """Choose the currency of a chart: no chart adds two up."""
    if wanted:
        return wanted.upper()
    lines = headlines(result)
    return lines[0].currency if lines else "KRW"


def age_name(first: int | None, last: int | None, lang: Lang) -> str:
    """Name an age class."""
    if first is None:
        return word("age_undated" if last is None else "age_later", lang)
    return word("age_over", lang) if last is None else f"{first}–{last}"


def name_bars(axis: Axes, labels: list[str]) -> None:
    """Label horizontal bars, the first on top."""
    axis.set_yticks(range(len(labels)), labels, fontsize=9)
    axis.set_ylim(max(len(labels), 1) - 0.4, -0.6)


def money_axis(
    axis: Axes, amounts: list[int], currency: str, lang: Lang, *, which: str = "x"
) -> None:
    """Write an axis of money short: 2.5M, 250만; the bars carry the exact amounts."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    side = axis.xaxis if which == "x" else axis.yaxis
    scale = 10 ** minor_digits(currency)
    side.set_major_locator(MaxNLocator(nbins=6))
    side.set_major_formatter(FuncFormatter(lambda value, _: short(value / scale, lang)))
    if which == "x" and amounts:
        # Room for the amount at the end of the longest bar.
        axis.set_xlim(min(0, *amounts) * 1.15, max(1, *amounts) * 1.15)


def short(value: float, lang: Lang) -> str:
    """Write a number of an axis in few characters."""
    size, sign = abs(value), "−" if value < 0 else ""
    for unit, letter in _UNITS if lang == "en" else _UNITS_KO:
        if size >= unit:
            return f"{sign}{size / unit:,.4g}{letter}"
    return f"{sign}{size:,.4g}"


def signed(amount: int, currency: str) -> str:
    """Write an amount with its sign, a true minus."""
    text = format_minor(amount, currency)
    return f"−{text[1:]}" if amount < 0 else f"+{text}" if amount else text


def say_empty(axis: Axes, lang: Lang) -> None:
    """Say that there is nothing to draw."""
    axis.set_xticks([])
    axis.set_yticks([])
    axis.text(0.5, 0.5, word("chart_empty", lang), transform=axis.transAxes, ha="center")


def _draw_step(axis: Axes, place: int, step: BridgeStep, theme: Theme) -> None:
    """Draw one bar of the waterfall and its amount."""
    is_end = step.step in ("ledger", "payments")
    if is_end:
        start, length, kind = 0, step.balance, "total"
    else:
        start, length = step.balance - step.amount, step.amount
        kind = "up" if step.amount >= 0 else "down"
    axis.barh(
        place,
        length,
        left=start,
        height=0.62,
        color={"total": theme.total, "up": theme.up, "down": theme.down}[kind],
        hatch=HATCHES[kind],
        edgecolor=theme.paper,
        linewidth=0,
    )
    text = (
        format_minor(step.balance, step.currency) if is_end else signed(step.amount, step.currency)
    )
    axis.text(max(start, start + length), place, f" {text}", va="center", ha="left", fontsize=9)


def _link_steps(axis: Axes, steps: list[BridgeStep], theme: Theme) -> None:
    """Lead from each bar to the next."""
    for place, step in enumerate(steps[:-1]):
        axis.plot(
            [step.balance, step.balance],
            [place - 0.31, place + 1.31],
            color=theme.muted,
            linewidth=0.8,
        )


def _zoom(axis: Axes, steps: list[BridgeStep], currency: str, lang: Lang) -> None:
    """Show the steps large: they are small against the totals, whose bars are then cut off."""
    money_axis(axis, [], currency, lang)
    edges = [step.balance for step in steps]
    if not edges:
        say_empty(axis, lang)
        return
    low, high = min(edges), max(edges)
    span = max(high - low, abs(high) // 50, 1)
    left: float = low - span * 0.35
    # A total that starts at 0 is drawn from 0 as long as that does not hide the steps.
    if low >= 0 and left < high * 0.25:
        left = 0.0
    axis.set_xlim(left, high + span * 0.30)
    if left:
        axis.set_xlabel(word("chart_cut", lang))


def _step_label(step: BridgeStep, lang: Lang) -> str:
    """Name a step."""
    code = f"{step.step} " if step.step in CODES else ""
    if lang == "ko":
        return visible(f"{code}{step.label_ko}")
    return visible(f"{code}{step.label} · {step.label_ko}")


def _code_label(line: CodeTotal, lang: Lang) -> str:
    """Name a code and say how many items it has."""
    name = line.name_ko if lang == "ko" else f"{line.name} · {line.name_ko}"
    return visible(f"{line.code} {name} ({line.items:,})")


def _severity_legend(axis: Axes, severities: list[str], theme: Theme, lang: Lang) -> None:
    """Explain colours and hatches that are on the chart."""
    from matplotlib.patches import Patch

    met = [
        Patch(
            facecolor=colour,
            hatch=SEVERITY_HATCHES[name],
            edgecolor=theme.paper,
            linewidth=0,
            label=word(name, lang),
        )
        for name, colour in theme.severity
        if name in severities
    ]
    if met:
        axis.legend(handles=met, loc="lower right", fontsize=9)
