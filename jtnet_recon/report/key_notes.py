"""What should be looked at on a billing key: the audit's breaks, and what the key itself shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from jtnet_recon.report.mask import mask_contacts
from jtnet_recon.report.text import visible
from jtnet_recon.report.words import word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jtnet_recon.report.key_figures import KeyData
    from jtnet_recon.report.shapes import Lang

JTNET_UNTIL = date(2023, 1, 31)
"""Last day on which a key at JTNet could be charged. Source: JTNet's notice of its end."""

FAILURES_IN_A_ROW = 3
"""Failed charges at the end of a key's history that are worth a word."""


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to look at.

    Parameters
    ----------
    code : str
        A break code, or ``i`` where no audit stands behind it.
    name, text : str
        What it is called, and what was seen.
    tone : str
        Severity.
    ids : tuple of str
        The payment that it is about, else the order id; none if it is about the key.
    """

    code: str
    name: str
    text: str
    tone: str = "Info"
    ids: tuple[str, ...] = ()


def notes_of(
    data: KeyData, as_of: pd.Timestamp, breaks: pd.DataFrame | None, lang: Lang
) -> list[Note]:
    """List what should be looked at, gravest first.

    Parameters
    ----------
    data : KeyData
        Of one key.
    as_of : Timestamp
        When it was read.
    breaks : DataFrame or None
        Of the audit of this key.
    lang : {"en", "ko"}
        Language.

    Returns
    -------
    list of Note
        Breaks first.
    """
    notes = [] if breaks is None else [_of_break(row, lang) for row in breaks.to_dict("records")]
    # What holds for several cycles alike is said once.
    once = list({(note.code, note.text): note for note in reversed(notes)}.values())[::-1]
    own = _own(data, as_of)
    return [*once, *(Note("i", word(f"{key}_name", lang), word(key, lang)) for key in own)]


def _of_break(row: dict[Any, Any], lang: Lang) -> Note:
    name, finding = ("name_ko", "finding_ko") if lang == "ko" else ("name", "finding")
    ids = [row.get(name) for name in ("imp_uid", "merchant_uid")]
    known = [text for text in ids if isinstance(text, str) and text]
    return Note(
        str(row["code"]),
        str(row[name]),
        visible(mask_contacts(str(row[finding]))),
        str(row["severity"]),
        # A payment has an id of its own; its order id is that of other attempts, too.
        tuple(known[:1]),
    )


def _own(data: KeyData, as_of: pd.Timestamp) -> Iterator[str]:
    """Name what the key, its charges and its schedules show by themselves."""
    (row,) = data.keys.to_dict("records")
    waiting = data.schedules["schedule_status"] == "scheduled"
    if row["state"] not in ("registered", "super"):
        yield "note_gone_waiting" if waiting.any() else "note_gone"
        return
    if pd.notna(row.get("sandbox")) and row["sandbox"]:
        yield "note_test"
    if row.get("pg_provider") == "jtnet" and as_of.date() > JTNET_UNTIL:
        yield "note_jtnet"
    if _is_other_card(row, data.payments):
        yield "note_other_card"
    elif pd.notna(row.get("updated")) and row["updated"] != row.get("inserted"):
        yield "note_moved" if _is_moved(row) else "note_changed"
    if _failures(data.payments) >= FAILURES_IN_A_ROW:
        yield "note_failing"


def _is_moved(row: dict[Any, Any]) -> bool:
    """Tell whether the one known change is the move away from JTNet."""
    inserted, updated = row.get("inserted"), row["updated"]
    if inserted is None or pd.isna(inserted) or row.get("pg_provider") == "jtnet":
        return False
    return bool(inserted.date() <= JTNET_UNTIL < updated.date())


def _is_other_card(row: dict[Any, Any], payments: pd.DataFrame) -> bool:
    """Tell whether a charge was made on another card than the key stands for now."""
    for name in ("card_code", "card_number"):
        own = row.get(name)
        if isinstance(own, str) and name in payments.columns:
            charged = payments.loc[payments["paid_at"].notna(), name].dropna()
            if (charged != own).any():
                return True
    return False


def _failures(payments: pd.DataFrame) -> int:
    """Count the failed charges since the last one that was paid."""
    tried = payments[payments["status"].isin(["paid", "failed", "cancelled"])]
    ordered = tried.sort_values("started_at") if "started_at" in tried.columns else tried
    is_failed = (ordered["status"] == "failed").tolist()[::-1]
    return is_failed.index(False) if False in is_failed else len(is_failed)
