"""Charts of billing keys: the story of one key, and the cohorts of all contracts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jtnet_recon.money import format_minor
from jtnet_recon.report.key_figures import (
    codes_by_id,
    cohorts_of,
    events_of,
    known_from,
    spans_of,
)
from jtnet_recon.report.mask import mask_contacts
from jtnet_recon.report.plot_money import say_empty
from jtnet_recon.report.plot_time import ink_on
from jtnet_recon.report.shapes import check_lang
from jtnet_recon.report.text import visible
from jtnet_recon.report.theme import LIGHT, axis_of, calm, drawing, finish, new_figure_axis
from jtnet_recon.report.words import word

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from jtnet_recon.report.key_figures import Event, KeyData, Span
    from jtnet_recon.report.shapes import Lang
    from jtnet_recon.report.theme import NewAxis, Theme

_WIDTH = 10.5
_LANES = ("contract", "schedule", "charge", "key")
# Shape and filling tell the kinds apart; the colour says it once more.
_MARKS: dict[str, tuple[str, bool, str]] = {
    "paid": ("o", True, "up"),
    "failed": ("X", True, "down"),
    "cancelled": ("D", False, "total"),
    "partly": ("d", False, "total"),
    "ready": (".", False, "muted"),
    "issue": ("P", False, "up"),
    "scheduled": ("o", False, "muted"),
    "executed_paid": ("o", True, "up"),
    "executed_failed": ("X", True, "down"),
    "executed_cancelled": ("D", False, "total"),
    "executed": ("s", False, "down"),
    "revoked": ("v", False, "muted"),
    "registered": ("^", True, "total"),
    "changed": ("*", True, "total"),
}
# Amounts are written beside the charges only while they have room.
_LABELLED_MAX = 26
# Nearer than this part of the whole time, marks would lie on each other.
_NEAR, _STEP = 0.022, 0.24
_COHORTS_MAX = 24


def draw_timeline(  # noqa: PLR0913 - what, which key, where and how
    data: KeyData,
    breaks: pd.DataFrame,
    customer_uid: str,
    axis: Axes | NewAxis = new_figure_axis,
    *,
    lang: str = "en",
    theme: Theme = LIGHT,
) -> Axes:
    """Draw a key's contract, schedules, charges and changes under each other, in Korean time."""
    tongue, own = check_lang(lang), data.of(customer_uid)
    events, spans = events_of(own), spans_of(own.contracts)
    with drawing(theme):
        axis = axis_of(axis, _WIDTH, 4.0)
        name = visible(mask_contacts(customer_uid))
        if not events and not spans:
            axis.set_title(word("key_timeline_empty", tongue, uid=name))
            say_empty(axis, tongue)
            calm(axis)
            return finish(axis)
        first, last = _ends(events, spans)
        _draw_unread(axis, known_from(own.payments), (first, last), theme, tongue)
        _draw_spans(axis, spans, (first, last), theme)
        _draw_events(axis, events, theme, tongue)
        _draw_codes(axis, events, codes_by_id(breaks, customer_uid), theme)
        _label_lanes(axis, (first, last), tongue)
        days = {"first": f"{first:%Y-%m-%d}", "last": f"{last:%Y-%m-%d}"}
        axis.set_title(word("key_timeline", tongue, uid=name, **days))
        calm(axis, grid="x")
        handles, labels = _shapes(axis)
        # Below the days: a legend inside would cover some charge.
        below = (0.5, -0.12)
        axis.legend(handles, labels, loc="upper center", bbox_to_anchor=below, ncols=7, fontsize=8)
        return finish(axis)


def draw_cohorts(
    data: KeyData,
    axis: Axes | NewAxis = new_figure_axis,
    *,
    until: pd.Timestamp | None = None,
    lang: str = "en",
    theme: Theme = LIGHT,
) -> Axes:
    """Draw a row a month of start, a column a month since; the share stands in its square."""
    tongue, cohorts = check_lang(lang), cohorts_of(data, until=until)
    starts = sorted(cohorts["start"].unique())[-_COHORTS_MAX:]
    shown = cohorts[cohorts["start"].isin(starts) & (cohorts["age"] < _COHORTS_MAX)]
    with drawing(theme):
        axis = axis_of(axis, _WIDTH, 1.7 + 0.34 * max(2, len(starts)))
        axis.set_title(word("key_cohorts", tongue))
        if shown.empty:
            say_empty(axis, tongue)
            calm(axis)
            return finish(axis)
        for row in shown.itertuples():
            _draw_share(axis, starts.index(row.start), row, theme)
        counts = shown.drop_duplicates("start").set_index("start")["contracts"]
        names = [f"{start}  ({counts[start]:,})" for start in starts]
        axis.set_yticks(range(len(starts)), names, fontsize=9)
        axis.set_ylim(len(starts) - 0.45, -0.55)
        ages = int(shown["age"].max()) + 1
        axis.set_xticks(range(ages), [str(age) for age in range(ages)])
        axis.set_xlim(-0.55, ages - 0.45)
        axis.set_xlabel(
            f"{word('key_cohorts_months', tongue)}\n{word('key_cohorts_note', tongue)}",
            fontsize=8,
            linespacing=1.7,
        )
        calm(axis)
        return finish(axis)


def _days(at: pd.Timestamp) -> float:
    """Count days from 1970 on, as charts do."""
    return at.timestamp() / 86_400


def _ends(events: list[Event], spans: list[Span]) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Find the first and the last instant that is drawn."""
    known = [event.at for event in events]
    known += [at for span in spans for at in (span.start, span.end) if at is not None]
    return min(known), max(known)


def _draw_unread(
    axis: Axes,
    known: pd.Timestamp | None,
    ends: tuple[pd.Timestamp, pd.Timestamp],
    theme: Theme,
    lang: Lang,
) -> None:
    """Hatch the time whose charges were not read: that nothing stands there says nothing."""
    if known is None or known <= ends[0]:
        return
    first, last = _days(ends[0]), _days(min(known, ends[1]))
    style = {"facecolor": "none", "edgecolor": theme.line, "hatch": "///", "linewidth": 0.0}
    axis.axvspan(first, last, 0.26, 0.74, **style)
    axis.text(
        first, 1.55, f" {word('key_unread', lang)}", fontsize=7.5, color=theme.muted, va="center"
    )


def _draw_spans(
    axis: Axes,
    spans: list[Span],
    ends: tuple[pd.Timestamp, pd.Timestamp],
    theme: Theme,
) -> None:
    """Draw a bar a price; one that goes on has no end."""
    for place, span in enumerate(spans):
        start = _days(span.start)
        end = _days(span.end or ends[1])
        axis.barh(
            0,
            max(end - start, 1.0),
            left=start,
            height=0.46,
            color=theme.heat[0],
            edgecolor=theme.muted,
            linewidth=0.9,
            hatch="" if place % 2 == 0 else "...",
        )
        amount = format_minor(span.amount, span.currency)
        text = visible(f"{span.label} {amount}{'' if span.end else ' ~'}".strip())
        axis.text(start, 0, f" {text}", va="center", ha="left", fontsize=8.5, clip_on=True)


def _draw_events(axis: Axes, events: list[Event], theme: Theme, lang: Lang) -> None:
    """Draw a mark an event; the legend names each shape once a lane and kind."""
    places = _places(events)
    for kind in dict.fromkeys(event.kind for event in events):
        own = [number for number, event in enumerate(events) if event.kind == kind]
        shape, is_filled, role = _MARKS[kind]
        colour = getattr(theme, role)
        axis.plot(
            [_days(events[number].at) for number in own],
            [places[number] for number in own],
            linestyle="none",
            marker=shape,
            markersize=8,
            markerfacecolor=colour if is_filled else theme.paper,
            markeredgecolor=colour,
            markeredgewidth=1.4,
            label=word(f"key_event_{kind}", lang),
        )
    charges = [n for n, event in enumerate(events) if event.lane == "charge" and event.amount]
    if len(charges) <= _LABELLED_MAX:
        for number in charges:
            event = events[number]
            axis.annotate(
                format_minor(event.amount or 0, event.currency),
                (_days(event.at), places[number]),
                xytext=(7, 0),
                textcoords="offset points",
                fontsize=7,
                va="center",
                color=theme.muted,
            )


def _places(events: list[Event]) -> list[float]:
    """Give each event its height; those too near each other to be told apart stand in a column."""
    span = _days(events[-1].at) - _days(events[0].at) if events else 0.0
    places = [float(_LANES.index(event.lane)) for event in events]
    for lane in _LANES:
        column: list[int] = []
        for number in [n for n, event in enumerate(events) if event.lane == lane]:
            at = _days(events[number].at)
            if column and at - _days(events[column[0]].at) > span * _NEAR:
                column = []
            column.append(number)
            for step, member in enumerate(column):
                places[member] = _LANES.index(lane) + _STEP * (step - (len(column) - 1) / 2)
    return places


def _draw_codes(axis: Axes, events: list[Event], codes: dict[str, list[str]], theme: Theme) -> None:
    """Write each break above what it is about; those of the whole key at the left."""
    colour = dict(theme.severity)["Critical"]
    style: dict[str, Any] = {"fontsize": 9, "fontweight": "bold", "color": colour, "va": "bottom"}
    rest = dict(codes)
    for event, place in zip(events, _places(events), strict=True):
        found = [code for uid in event.ids for code in rest.pop(uid, [])]
        if found:
            at, top = _days(event.at), _LANES.index(event.lane) - 0.34
            axis.plot(
                [at], [place], "o", markersize=14, markerfacecolor="none", markeredgecolor=colour
            )
            axis.text(at, top, "·".join(dict.fromkeys(found)), ha="center", **style)
    whole = [code for found in rest.values() for code in found]
    if whole:
        text, top = "·".join(dict.fromkeys(whole)), _LANES.index("key") - 0.2
        axis.text(0.005, top, text, transform=axis.get_yaxis_transform(), **style)


def _label_lanes(axis: Axes, ends: tuple[pd.Timestamp, pd.Timestamp], lang: Lang) -> None:
    """Name the lanes, the first on top, and the days."""
    from matplotlib.dates import AutoDateLocator, DateFormatter

    axis.set_yticks(range(len(_LANES)), [word(f"key_lane_{lane}", lang) for lane in _LANES])
    axis.set_ylim(len(_LANES) - 0.4, -0.6)
    first, last = (_days(end) for end in ends)
    room = max((last - first) * 0.03, 2.0)
    axis.set_xlim(first - room, last + room)
    zone = ends[0].tz
    axis.xaxis.set_major_locator(AutoDateLocator(tz=zone, maxticks=9))  # type: ignore[no-untyped-call]  # it has no annotations
    axis.xaxis.set_major_formatter(DateFormatter("%Y-%m-%d", tz=zone))  # type: ignore[no-untyped-call]  # the same
    axis.tick_params(axis="x", labelsize=8)


def _shapes(axis: Axes) -> tuple[list[Any], list[str]]:
    """List each shape of the legend once: a schedule that ran and was paid looks as a charge."""
    handles, labels = axis.get_legend_handles_labels()
    named = dict(zip(labels, handles, strict=True))
    return list(named.values()), list(named)


def _draw_share(axis: Axes, place: int, row: Any, theme: Theme) -> None:
    """Draw one square; of a month that was not read in whole no number is known."""
    from matplotlib.colors import LinearSegmentedColormap, to_rgb
    from matplotlib.patches import Rectangle

    share = row.charged / row.contracts
    scale = LinearSegmentedColormap.from_list("heat", list(theme.heat))
    colour = scale(share) if row.is_known else theme.paper
    box = (row.age - 0.47, place - 0.44)
    axis.add_patch(
        Rectangle(box, 0.94, 0.88, facecolor=colour, edgecolor=theme.line, linewidth=0.5)
    )
    ink = ink_on(to_rgb(colour)) if row.is_known else theme.muted
    text = f"{share:.0%}" if row.is_known else "–"
    axis.text(row.age, place, text, ha="center", va="center", fontsize=7.5, color=ink)
