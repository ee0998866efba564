"""The workbook's own charts, with the figures they are drawn from beside them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from jtnet_recon.money import minor_digits
from jtnet_recon.report.daily import net_over_time
from jtnet_recon.report.excel_rows import EXACT_MAX, excel_text
from jtnet_recon.report.excel_style import SHADE, TEXT, dress, money_format
from jtnet_recon.report.shapes import Grid, Money
from jtnet_recon.report.text import visible
from jtnet_recon.report.words import word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpyxl.chart import BarChart
    from openpyxl.worksheet.worksheet import Worksheet

    from jtnet_recon.report.shapes import Summary

_BARS_MAX = 30
_TICKS_MAX = 6
_TOTAL, _UP, _DOWN, _PG, _LEDGER = "46536A", "0072B2", "D55E00", "56A0D3", "D55E00"
_WIDTH_CM, _ROW_CM = 24.0, 0.62
_LINE_CM = 0.53
_CHART_COLUMN = "H"


def draw_charts(sheet: Worksheet, summary: Summary) -> int:
    """Draw the charts of the report's first currency.

    Parameters
    ----------
    sheet : Worksheet
        Empty.
    summary : Summary
        The report; the charts are drawn from what page 1 and its sheets say.

    Returns
    -------
    int
        How many there are.
    """
    from openpyxl.worksheet.pagebreak import Break

    sheet.sheet_view.showGridLines = False
    currency = main_currency(summary)
    if any(abs(cell.amount) > EXACT_MAX for row in _grid(summary, "headline") for cell in row[1:5]):
        # A spreadsheet would round such amounts, and a chart of wrong figures is none.
        return 0
    drawn, row = 0, 1
    for draw in (_draw_codes, _draw_bridge, _draw_days):
        used = draw(sheet, row, summary, currency)
        if used and drawn:
            # On paper each chart begins a page, a blank row below its edge: none is cut in two.
            sheet.row_breaks.append(Break(id=row - 2))
        drawn += used > 0
        row += used + (2 if used else 0)
    for letter, chars in (("A", 40), ("B", 17), ("C", 17), ("D", 17), ("E", 17), ("F", 17)):
        sheet.column_dimensions[letter].width = chars
    return drawn


def main_currency(summary: Summary) -> str:
    """Choose the currency of the charts: the first of page 1.

    Parameters
    ----------
    summary : Summary
        The report.

    Returns
    -------
    str
        ISO 4217 code; empty if nothing has one.
    """
    rows = _grid(summary, "headline")
    return str(rows[0][0]) if rows else ""


def _draw_codes(sheet: Worksheet, row: int, summary: Summary, currency: str) -> int:
    """Draw the money at risk by code; return the rows used."""
    lines = [
        (f"{code} {name}", risk)
        for code, name, _, money, _, _, risk, _ in _grid(summary, "by_code")
        if money == currency and name and isinstance(risk, Money) and risk.amount
    ][:_BARS_MAX]
    if not lines:
        return 0
    title = word("chart_by_code", summary.lang, currency=currency)
    heads = [word("code", summary.lang), word("at_risk", summary.lang)]
    _table(sheet, row, title, heads, lines)
    chart = _bars(sheet, row, title, len(lines), series=1, lying=True)
    _paint(chart, [_UP])
    return _place(sheet, chart, row, len(lines))


def _draw_bridge(sheet: Worksheet, row: int, summary: Summary, currency: str) -> int:
    """Draw the bridge: on an unseen foot each step, up or down; return the rows used."""
    steps = [line for line in _grid(summary, "bridge") if line[2] == currency]
    lines = [_bridge_line(*line) for line in steps if line[0] == "" or line[4].amount]
    # A balance below zero has no foot to stand on: the steps are then drawn as they are.
    if not lines or any(part.amount < 0 for line in lines for part in line[1:]):
        return 0
    heading = next(part.title for part in summary.sections if part.key == "bridge")
    title = word("chart_bridge", summary.lang, currency=currency)
    if heading != word("bridge", summary.lang):
        title = f"{heading}, {currency}"  # of other tables than payments and a ledger
    keys = ("step", "bridge_base", "total", "bridge_up", "bridge_down")
    heads = [word(key, summary.lang) for key in keys]
    _table(sheet, row, title, heads, lines)
    chart = _bars(sheet, row, title, len(lines), series=4, lying=True)
    chart.grouping, chart.overlap = "stacked", 100
    _paint(chart, ["", _TOTAL, _UP, _DOWN])
    start = _axis_start(lines)
    if start:
        chart.y_axis.scaling.min = float(start // 10 ** minor_digits(currency))
        chart.y_axis.title = word("chart_cut", summary.lang)
    chart.y_axis.majorUnit = _axis_step(lines, start) / 10 ** minor_digits(currency)
    return _place(sheet, chart, row, len(lines))


def _axis_start(lines: Sequence[tuple[Any, ...]]) -> int:
    """Choose where the bridge's axis starts: at a round number where the steps can be seen."""
    ends = [int(foot.amount + whole.amount) for _, foot, whole, *_ in lines]
    least, most = min(ends), max(int(sum(part.amount for part in line[1:])) for line in lines)
    if least * 10 <= most * 6:
        return 0
    start = max(0, least - 2 * (most - least))
    step: int = 10 ** max(0, len(str(most - start)) - 1)
    return start // step * step


def _axis_step(lines: Sequence[tuple[Any, ...]], start: int) -> int:
    """Choose a round step of the axis, wide enough for numbers of eight digits and more."""
    most = max(int(sum(part.amount for part in line[1:])) for line in lines)
    least = max(1, (most - start) // _TICKS_MAX)
    size: int = 10 ** (len(str(least)) - 1)
    return next(size * unit for unit in (1, 2, 5, 10) if size * unit >= least)


def _bridge_line(*cells: Any) -> tuple[Any, ...]:
    """Turn a step into label, foot, total, rise and fall."""
    code, label, currency, _, amount, balance = cells
    none = Money(0, currency)
    if code == "" and amount == balance:
        return (label, none, balance, none, none)
    foot = Money(min(balance.amount, balance.amount - amount.amount), currency)
    rise = Money(max(amount.amount, 0), currency)
    fall = Money(max(-amount.amount, 0), currency)
    return (f"{code} {label}".strip(), foot, none, rise, fall)


def _draw_days(sheet: Worksheet, row: int, summary: Summary, currency: str) -> int:
    """Draw both sides' net amounts by day; return the rows used."""
    table = summary.sheet("by_day")
    if table is None:
        return 0
    days = net_over_time(table.frame, currency)
    lines = [
        (label, Money(int(pg), currency), Money(int(ledger), currency))
        for label, pg, ledger in days[["label", "net_payments", "net_ledger"]].itertuples(
            index=False
        )
    ]
    if not lines:
        return 0
    title = word("chart_by_day", summary.lang, currency=currency)
    heads = [word(key, summary.lang) for key in ("day", "pg_net", "ledger_net")]
    _table(sheet, row, title, heads, lines)
    chart = _bars(sheet, row, title, len(lines), series=2, lying=False)
    _paint(chart, [_PG, _LEDGER])
    chart.legend.position = "t"
    return _place(sheet, chart, row, len(lines))


def _table(
    sheet: Worksheet, row: int, title: str, heads: list[str], lines: Sequence[tuple[Any, ...]]
) -> None:
    """Write the figures of a chart."""
    from openpyxl.styles import Alignment

    _text(sheet, row, 1, title)
    dress(sheet.cell(row, 1), format_=TEXT, size=12, bold=True, line=False)
    for place, head in enumerate(heads, start=1):
        _text(sheet, row + 1, place, head)
        dress(sheet.cell(row + 1, place), format_=TEXT, bold=True, ground=SHADE)
        side = "left" if place == 1 else "right"
        sheet.cell(row + 1, place).alignment = Alignment(horizontal=side)
    for number, (label, *amounts) in enumerate(lines, start=row + 2):
        _text(sheet, number, 1, label)
        dress(sheet.cell(number, 1), format_=TEXT)
        for place, money in enumerate(amounts, start=2):
            cell = sheet.cell(number, place)
            cell.value = Decimal(money.amount).scaleb(-minor_digits(money.currency))
            dress(cell, format_=money_format(money.currency))


def _text(sheet: Worksheet, row: int, column: int, text: str) -> None:
    """Write a text, and never a formula."""
    cell = sheet.cell(row, column)
    cell.value = excel_text(visible(text))
    cell.data_type = "s"


def _bars(  # noqa: PLR0913 - the place of the figures, and how they are drawn
    sheet: Worksheet, row: int, title: str, count: int, *, series: int, lying: bool
) -> BarChart:
    """Make a bar chart of a table."""
    from openpyxl.chart import BarChart, Reference

    chart = BarChart()
    chart.type = "bar" if lying else "col"
    chart.title = title
    chart.gapWidth = 45
    chart.add_data(
        Reference(sheet, min_col=2, max_col=1 + series, min_row=row + 1, max_row=row + 1 + count),
        titles_from_data=True,
    )
    chart.set_categories(Reference(sheet, min_col=1, min_row=row + 2, max_row=row + 1 + count))
    if lying:
        # Bars are counted from below; the first line belongs on top.
        chart.x_axis.scaling.orientation = "maxMin"
        chart.legend = None
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.numFmt = "#,##0"
    chart.y_axis.number_format = "#,##0"
    chart.y_axis.majorGridlines.spPr = _grey_line()
    return chart


def _grey_line() -> Any:
    """Make grid lines quiet."""
    from openpyxl.chart.shapes import GraphicalProperties
    from openpyxl.drawing.line import LineProperties

    return GraphicalProperties(ln=LineProperties(solidFill="D5DBE3"))


def _paint(chart: BarChart, colours: list[str]) -> None:
    """Colour the series; one without a colour is not seen."""
    for series, colour in zip(chart.series, colours, strict=True):
        if colour:
            series.graphicalProperties.solidFill = colour
        else:
            series.graphicalProperties.noFill = True
        series.graphicalProperties.line.noFill = True


def _place(sheet: Worksheet, chart: BarChart, row: int, count: int) -> int:
    """Put a chart beside its table; return the rows that both take."""
    chart.width = _WIDTH_CM
    chart.height = max(7.5, (count + 3) * _ROW_CM) if chart.type == "bar" else 9.0
    sheet.add_chart(chart, f"{_CHART_COLUMN}{row}")
    return max(count + 2, int(chart.height / _LINE_CM) + 1)


def _grid(summary: Summary, key: str) -> tuple[tuple[Any, ...], ...]:
    """Take the rows of a table of page 1."""
    for section in summary.sections:
        if section.key == key and isinstance(section, Grid):
            return section.rows
    return ()
