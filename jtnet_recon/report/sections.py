"""Page 1: what was found, and the proof that it adds up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jtnet_recon.recon.breaks import CODES, SEVERITIES
from jtnet_recon.report.ages import AGES, age_classes, as_of
from jtnet_recon.report.figures import (
    INFO,
    OUTCOMES,
    bridge_steps,
    code_totals,
    headlines,
    items_of,
    total,
    won_first,
)
from jtnet_recon.report.shapes import Grid, Heading, Money, Tag

if TYPE_CHECKING:
    from jtnet_recon.report.shapes import Cell, Kind
    from jtnet_recon.report.view import View

_TOP_ROWS = 10


def headings(view: View, *columns: tuple[str, Kind]) -> tuple[Heading, ...]:
    """Head a grid's columns.

    Parameters
    ----------
    view : View
        For the language.
    *columns : tuple of (str, str)
        The word of each column and its kind.

    Returns
    -------
    tuple of Heading
        In order.
    """
    return tuple(Heading(view.word(key), kind) for key, kind in columns)


def headline(view: View) -> Grid:
    """Give each currency's totals, difference and money at risk in a line."""
    columns: tuple[tuple[str, Kind], ...] = (
        ("currency", "short"),
        ("ledger_net", "money"),
        ("pg_net", "money"),
        ("difference", "money"),
        ("unexplained", "money"),
        ("open_items", "count"),
        ("at_risk", "money"),
        ("share", "short"),
    )
    rows: list[tuple[Cell, ...]] = []
    for line in headlines(view.result):
        money = [
            Money(amount, line.currency)
            for amount in (line.ledger_net, line.pg_net, line.difference, line.unexplained)
        ]
        risk = Money(line.at_risk, line.currency)
        share = percent(line.at_risk, line.pg_net)
        rows.append((line.currency, *money, line.open_items, risk, share))
    note = f"{view.word('sign')}: {view.word('sign_meaning')}."
    return Grid("headline", view.word("headline"), headings(view, *columns), tuple(rows), note=note)


def by_code(view: View) -> Grid:
    """Sum the breaks up by code, most money at risk first, with a total a currency."""
    columns: tuple[tuple[str, Kind], ...] = (
        ("code", "short"),
        ("finding_name", "text"),
        ("severity", "short"),
        ("currency", "short"),
        ("items", "count"),
        ("difference", "money"),
        ("at_risk", "money"),
        ("next_action", "text"),
    )
    rows: list[tuple[Cell, ...]] = []
    strong = set()
    totals = code_totals(view.result)
    for currency in won_first(line.currency for line in totals):
        mine = [line for line in totals if line.currency == currency]
        for line in mine:
            english = view.lang == "en"
            name = line.name if english else line.name_ko
            action = line.next_action if english else line.next_action_ko
            moved, risk = Money(line.difference, currency), Money(line.money_at_risk, currency)
            tag = severity_tag(view, line.severity)
            rows.append((line.code, name, tag, currency, line.items, moved, risk, action))
        moved = Money(total(line.difference for line in mine), currency)
        risk = Money(total(line.money_at_risk for line in mine), currency)
        count = total(line.items for line in mine)
        strong.add(len(rows))
        rows.append((view.word("total"), "", "", currency, count, moved, risk, ""))
    head, note = headings(view, *columns), view.word("by_code_note")
    return Grid("by_code", view.word("by_code"), head, tuple(rows), frozenset(strong), note)


def top(view: View) -> Grid | None:
    """List the ten breaks with most money at risk."""
    columns: tuple[tuple[str, Kind], ...] = (
        ("code", "short"),
        ("order_id", "short"),
        ("currency", "short"),
        ("difference", "money"),
        ("at_risk", "money"),
        ("finding", "text"),
    )
    breaks = items_of(view.breaks)
    breaks = breaks[breaks["severity"] != INFO].head(_TOP_ROWS)
    finding = "finding" if view.lang == "en" else "finding_ko"
    rows: list[tuple[Cell, ...]] = [
        (
            str(row["code"]),
            _named(row, view.word("none")),
            str(row["currency"]),
            Money(int(row["difference"]), str(row["currency"])),
            Money(int(row["money_at_risk"]), str(row["currency"])),
            str(row[finding]),
        )
        for row in breaks.to_dict("records")
    ]
    if not rows:
        return None
    return Grid("top", view.word("top"), headings(view, *columns), tuple(rows))


def _named(row: dict[Any, Any], none: str) -> str:
    """Name what a break is about: an order, else a billing key."""
    ids = (row["merchant_uid"], row.get("customer_uid"))
    return next((text for text in ids if isinstance(text, str) and text), none)


def bridge(view: View) -> Grid:
    """Lead from the ledger's net total to the PG's."""
    columns: tuple[tuple[str, Kind], ...] = (
        ("step", "short"),
        ("finding_name", "text"),
        ("currency", "short"),
        ("count", "count"),
        ("amount", "money"),
        ("balance", "money"),
    )
    rows: list[tuple[Cell, ...]] = []
    strong: set[int] = set()
    for line in bridge_steps(view.result):
        is_end = line.step in ("ledger", "payments", "unexplained")
        if is_end:
            strong.add(len(rows))
        label = line.label if view.lang == "en" else line.label_ko
        money = (Money(line.amount, line.currency), Money(line.balance, line.currency))
        code = line.step if line.step in CODES else ""
        rows.append((code, label, line.currency, line.items, *money))
    head, note = headings(view, *columns), view.word("bridge_note")
    return Grid("bridge", view.word("bridge"), head, tuple(rows), frozenset(strong), note)


def control_totals(view: View) -> Grid:
    """Total each side straight from its rows."""
    columns: tuple[tuple[str, Kind], ...] = (
        ("side", "short"),
        ("currency", "short"),
        ("rows", "count"),
        ("rows_money", "count"),
        ("approved_amount", "money"),
        ("cancelled", "money"),
        ("net", "money"),
        ("rows_idle", "count"),
        ("amount_idle", "money"),
    )
    rows: list[tuple[Cell, ...]] = []
    for row in view.result.control_totals.to_dict("records"):
        currency = str(row["currency"])
        money = [Money(int(row[name]), currency) for name in ("amount", "cancel_amount", "net")]
        idle = (int(row["rows_idle"]), Money(int(row["amount_idle"]), currency))
        counts = (int(row["rows"]), int(row["rows_money"]))
        rows.append((view.known("side", str(row["side"])), currency, *counts, *money, *idle))
    head, note = headings(view, *columns), view.word("control_totals_note")
    return Grid("control_totals", view.word("control_totals"), head, tuple(rows), note=note)


def completeness(view: View) -> Grid:
    """Show for each side and currency that the outcomes add up to everything that was read."""
    columns: tuple[tuple[str, Kind], ...] = (
        ("outcome", "text"),
        ("currency", "short"),
        ("rows_pg", "count"),
        ("net_pg", "money"),
        ("rows_ledger", "count"),
        ("net_ledger", "money"),
    )
    rows: list[tuple[Cell, ...]] = []
    strong: set[int] = set()
    for currency in sorted(set(view.result.control_totals["currency"]), key=_won_key):
        sums = [_outcome_sums(view, currency, outcome) for outcome in _outcomes(view)]
        named = [
            (view.known("outcome", outcome), figures)
            for outcome, figures in zip(_outcomes(view), sums, strict=True)
            if any(figures)
        ]
        added = [total(column) for column in zip(*sums, strict=True)]
        read = _population(view, currency)
        rest = [whole - part for whole, part in zip(read, added, strict=True)]
        named += [
            (view.word("sum_of_outcomes"), added),
            (view.word("population"), read),
            (view.word("residual"), rest),
        ]
        strong.update(range(len(rows) + len(named) - 3, len(rows) + len(named)))
        for name, (rows_pg, net_pg, rows_ledger, net_ledger) in named:
            pg, ledger = Money(net_pg, currency), Money(net_ledger, currency)
            rows.append((name, currency, rows_pg, pg, rows_ledger, ledger))
    head, note = headings(view, *columns), view.word("completeness_note")
    title = view.word("completeness")
    return Grid("completeness", title, head, tuple(rows), frozenset(strong), note)


def ageing(view: View) -> Grid | None:
    """Sort the open items by age."""
    columns: tuple[tuple[str, Kind], ...] = (
        ("age", "short"),
        ("currency", "short"),
        ("items", "count"),
        ("at_risk", "money"),
        ("share_risk", "short"),
    )
    classes = age_classes(view.result)
    if not classes:
        return None
    whole = {
        currency: total(line.money_at_risk for line in classes if line.currency == currency)
        for currency in {line.currency for line in classes}
    }
    rows: list[tuple[Cell, ...]] = [
        (
            age_label(view, line.first, line.last),
            line.currency,
            line.items,
            Money(line.money_at_risk, line.currency),
            percent(line.money_at_risk, whole[line.currency]),
        )
        for line in classes
    ]
    note = view.word("ageing_note", as_of=as_of(view.result) or view.word("unknown"))
    head = headings(view, *columns)
    return Grid("ageing", view.word("ageing"), head, tuple(rows), note=note)


def age_label(view: View, first: int | None, last: int | None) -> str:
    """Name an age class."""
    if first is None:
        return view.word("age_undated" if last is None else "age_later")
    return f"{first}–{last}" if (first, last) in AGES else view.word("age_over")


def percent(part: int, whole: int) -> str:
    """Give a share with one digit, rounded half up; nothing of nothing is a dash."""
    if whole <= 0:
        return "–"
    tenths = (abs(part) * 2000 + whole) // (2 * whole)
    return f"{tenths // 10:,}.{tenths % 10} %"


def severity_tag(view: View, severity: str) -> Tag | str:
    """Give a severity its colour."""
    for tone in SEVERITIES:
        if tone == severity:
            return Tag(view.word(tone), tone)
    return severity


def _outcomes(view: View) -> list[str]:
    """Give every outcome of this result, those without a word of ours last."""
    found = set(view.result.totals["outcome"])
    return [*OUTCOMES, *sorted(found - set(OUTCOMES))]


def _outcome_sums(view: View, currency: str, outcome: str) -> list[int]:
    """Sum rows and net money of both sides."""
    totals = view.result.totals
    rows = totals[(totals["currency"] == currency) & (totals["outcome"] == outcome)]
    names = ("rows_payments", "net_payments", "rows_ledger", "net_ledger")
    return [total(rows[name]) for name in names]


def _population(view: View, currency: str) -> list[int]:
    """Give what was read of a currency on both sides."""
    controls = view.result.control_totals
    found: list[int] = []
    for side in ("payments", "ledger"):
        rows = controls[(controls["side"] == side) & (controls["currency"] == currency)]
        found += [total(rows["rows"]), total(rows["net"])]
    return found


def _won_key(currency: Any) -> tuple[bool, str]:
    """Sort the won first."""
    return (currency != "KRW", str(currency))
