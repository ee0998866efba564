"""One billing key on one screen: card, PG, age, contract, charges, schedules, flags; masked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from jtnet_recon.money import format_minor
from jtnet_recon.report import mask
from jtnet_recon.report.key_figures import events_of, known_from, spans_of
from jtnet_recon.report.key_notes import Note, notes_of
from jtnet_recon.report.shapes import check_lang
from jtnet_recon.report.text import visible, width
from jtnet_recon.report.words import known, word

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from jtnet_recon.report.key_figures import Event, KeyData, Span
    from jtnet_recon.report.shapes import Lang

CHARGES_SHOWN = 8
"""The latest charges; the figures above them count all."""


@dataclass(frozen=True)
class KeyCard:
    """What is known of one billing key; prints as text, and as a page in a notebook.

    Parameters
    ----------
    customer_uid : str
        The key.
    data : KeyData
        What was read of it.
    as_of : Timestamp
        When, in Asia/Seoul.
    breaks : DataFrame, optional
        Of the audit of this key; None where there was no contract to audit it with.
    lang : {"en", "ko"}, default "en"
        Language.
    """

    customer_uid: str
    data: KeyData
    as_of: pd.Timestamp
    breaks: pd.DataFrame | None = None
    lang: str = "en"

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What stands on the card: pairs of a label and a text, personal data masked."""
        return _facts(self)

    @property
    def notes(self) -> list[Note]:
        """What should be looked at: breaks of the audit, then what the key itself shows."""
        return notes_of(self.data, self.as_of, self.breaks, check_lang(self.lang))

    @property
    def charges(self) -> list[tuple[str, ...]]:
        """The latest charges: when, what, how much, order id, codes."""
        return _charges(self)

    def plot(self, axis: Axes | None = None, *, lang: str | None = None) -> Axes:
        """Draw the key's timeline.

        Parameters
        ----------
        axis : Axes, optional
            Where to draw; a new figure without it.
        lang : {"en", "ko"}, optional
            Language of the labels; by default the card's.

        Returns
        -------
        Axes
            The axis.
        """
        from jtnet_recon.report.plot_keys import draw_timeline
        from jtnet_recon.report.theme import new_axis

        breaks = _NO_BREAKS if self.breaks is None else self.breaks
        tongue = lang or self.lang
        return draw_timeline(self.data, breaks, self.customer_uid, axis or new_axis, lang=tongue)

    def __str__(self) -> str:
        """Write it as text."""
        return _as_text(self)

    def __repr__(self) -> str:
        """Show it in a console."""
        return _as_text(self)

    def _repr_html_(self) -> str:
        """Show it in a notebook."""
        from jtnet_recon.report.html import repr_key_html

        return repr_key_html(self)


_NO_BREAKS = pd.DataFrame(
    {name: pd.Series(dtype="str") for name in ("code", "customer_uid", "imp_uid", "merchant_uid")}
)


def _facts(card: KeyCard) -> list[tuple[str, str]]:
    lang = check_lang(card.lang)
    (row,) = card.data.keys.to_dict("records")
    events = events_of(card.data)
    lines = [("card_state", known("key_state", str(row["state"]), lang))]
    if row["state"] in ("registered", "super"):
        lines += [
            ("card_card", _card(row)),
            ("card_owner", _owner(row)),
            ("card_pg", _pg(row, lang)),
            ("card_age", _age(row, card.as_of, lang)),
        ]
    lines.append(("card_contract", _contracts(card, lang)))
    lines += [("card_charges", _sums(events, card, lang)), ("card_schedules", _waits(events, lang))]
    return [(word(key, lang), visible(text)) for key, text in lines if text]


def _card(row: dict[Any, Any]) -> str:
    """Name the card, of its number the last digits alone."""
    name, number = _text(row.get("card_name")), _text(row.get("card_number"))
    return " ".join(part for part in (name, mask.mask_card(number) if number else "") if part)


def _owner(row: dict[Any, Any]) -> str:
    """Name the owner, masked."""
    masks = {
        "customer_name": mask.mask_name,
        "customer_id": mask.mask_contacts,
        "customer_tel": mask.mask_phone,
        "customer_email": mask.mask_email,
    }
    shown = [masked(text) for name, masked in masks.items() if (text := _text(row.get(name)))]
    return " · ".join(shown)


def _pg(row: dict[Any, Any], lang: Lang) -> str:
    """Name the PG and the MID."""
    named = " / ".join(
        part for part in map(_text, (row.get("pg_provider"), row.get("pg_id"))) if part
    )
    is_test = not pd.isna(row.get("sandbox")) and bool(row["sandbox"])
    return f"{named} ({word('card_test', lang)})" if is_test else named


def _age(row: dict[Any, Any], as_of: pd.Timestamp, lang: Lang) -> str:
    """Say when the key was registered, and when it changed since."""
    inserted, updated = row.get("inserted"), row.get("updated")
    if inserted is None or pd.isna(inserted):
        return ""
    days = (as_of - inserted).days
    text = word("card_registered", lang, at=f"{inserted:%Y-%m-%d %H:%M}", days=f"{days:,}")
    if updated is None or pd.isna(updated) or updated == inserted:
        return text
    return f"{text}, {word('card_changed', lang, at=f'{updated:%Y-%m-%d %H:%M}')}"


def _contracts(card: KeyCard, lang: Lang) -> str:
    """List the contracts; of none, say whether any list was there to look in."""
    if card.breaks is None:
        return word("card_no_list", lang)
    spans = spans_of(card.data.contracts)
    if not spans:
        return word("card_no_contract", lang)
    days = card.data.contracts["billing_day"].dropna()
    due = word("card_due", lang, day=int(days.iloc[0])) if len(days) else ""
    people = card.data.contracts["customer"].dropna().unique().tolist()
    who = ", ".join(mask.mask_customer(text) for text in people)
    parts = [who, "; ".join(_span(span) for span in spans), due]
    return " · ".join(part for part in parts if part)


def _span(span: Span) -> str:
    """Write a price with its days."""
    last = f"{span.end - pd.Timedelta(days=1):%Y-%m-%d}" if span.end is not None else ""
    amount = f"{format_minor(span.amount, span.currency)} {span.currency}"
    return f"{span.label} {amount} {span.start:%Y-%m-%d} ~ {last}".strip()


def _sums(events: list[Event], card: KeyCard, lang: Lang) -> str:
    """Count the charges by what became of them, and add up what was paid."""
    payments = card.data.payments
    counts = {
        kind: sum(event.kind == kind and event.lane == "charge" for event in events)
        for kind in _KINDS
    }
    parts = [
        f"{known('key_event', kind, lang)} {count:,}" for kind, count in counts.items() if count
    ]
    paid = payments[payments["paid_at"].notna()]
    for currency, rows in paid.groupby("currency", sort=True):
        net = int(rows["amount"].sum() - rows["cancel_amount"].sum())
        parts.append(f"{word('card_net', lang)} {format_minor(net, str(currency))} {currency}")
    since = known_from(payments)
    if since is not None:
        parts.append(word("card_since", lang, day=f"{since:%Y-%m-%d}"))
    return " · ".join(parts) or word("card_none", lang)


_KINDS = ("paid", "failed", "partly", "cancelled", "ready", "issue")


def _waits(events: list[Event], lang: Lang) -> str:
    """Count the schedules, and name the next one."""
    own = [event for event in events if event.lane == "schedule"]
    counts = {
        kind: sum(event.kind == kind for event in own)
        for kind in dict.fromkeys(e.kind for e in own)
    }
    parts = [f"{known('key_event', kind, lang)} {count:,}" for kind, count in counts.items()]
    waiting = [event for event in own if event.kind == "scheduled"]
    if waiting:
        first = waiting[0]
        amount = f"{format_minor(first.amount or 0, first.currency)} {first.currency}"
        parts.append(word("card_next", lang, at=f"{first.at:%Y-%m-%d %H:%M}", amount=amount))
    return " · ".join(parts) or word("card_none", lang)


def _charges(card: KeyCard) -> list[tuple[str, ...]]:
    lang = check_lang(card.lang)
    named: dict[str, list[str]] = {}
    for note in card.notes:
        for uid in note.ids:
            named.setdefault(uid, []).append(note.code)
    charges = [event for event in events_of(card.data) if event.lane == "charge"]
    rows: list[tuple[str, ...]] = []
    for event in reversed(charges[-CHARGES_SHOWN:]):
        codes = dict.fromkeys(code for uid in event.ids for code in named.get(uid, []))
        amount = f"{format_minor(event.amount or 0, event.currency)} {event.currency}"
        order = visible(mask.mask_contacts(event.ids[-1])) if event.ids else ""
        kind = known("key_event", event.kind, lang)
        rows.append((f"{event.at:%Y-%m-%d %H:%M}", kind, amount, order, " ".join(codes)))
    return rows


def _as_text(card: KeyCard) -> str:
    lang = check_lang(card.lang)
    title = word("card_title", lang, uid=visible(mask.mask_contacts(card.customer_uid)))
    lines = [title, "=" * width(title)]
    room = max((width(label) for label, _ in card.facts), default=0)
    lines += [f"{label}{' ' * (room - width(label))}  {text}" for label, text in card.facts]
    if card.charges:
        lines += ["", word("card_latest", lang), *_aligned(card.charges)]
    lines += ["", word("card_notes", lang)]
    lines += [f"  {note.code}  {note.name}: {note.text}" for note in card.notes]
    if not card.notes:
        lines.append(f"  {word('card_no_notes', lang)}")
    return "\n".join(lines)


def _aligned(rows: list[tuple[str, ...]]) -> list[str]:
    """Lay rows out under each other; Hangul takes two columns."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return [
        "  "
        + "  ".join(
            cell + " " * (room - width(cell)) for cell, room in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
