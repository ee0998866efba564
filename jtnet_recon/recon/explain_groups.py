"""The entries of one key, matched once more as the engine does."""

from __future__ import annotations

from typing import Any

import pandas as pd

from jtnet_recon.recon.explain_links import Links, is_damaged
from jtnet_recon.recon.explain_sides import Sides, row_at
from jtnet_recon.recon.links import ZEROS
from jtnet_recon.recon.within import Entry, Match, match_within


def matches_of(sides: Sides, links: Links, key: str) -> list[Match]:
    """Match the rows of one key as the engine does: by currency and kind.

    Parameters
    ----------
    sides : Sides
        Both sides.
    links : Links
        Rows of the ledger that count under another key.
    key : str
        The key.

    Returns
    -------
    list of Match
        Every row that moves money.
    """
    left = sides.left[sides.left["key"] == key]
    right = sides.right[links.keys_of(sides.right) == key]
    # More in the cancel history than was cancelled gives money back: it matches nothing.
    left = left[~(left["flag"].notna() & (left["amount"] > 0))]
    left, right = _in_turn(left, links, 0), _in_turn(right, links, 1)
    found: list[Match] = []
    for currency in sorted({*left["currency"], *right["currency"]}):
        for is_cancel in (False, True):
            mine, theirs = (
                entries_of(side, currency, is_cancel=is_cancel) for side in (left, right)
            )
            found += match_within(mine, theirs, sides.rule.tolerance, is_dated=sides.is_dated)
    return found


def _in_turn(side: pd.DataFrame, links: Links, place: int) -> pd.DataFrame:
    """Sort rows as the engine does: of rows that say the same, plain ones are matched first."""

    def turn(number: Any) -> tuple[Any, ...]:
        row = row_at(side, number)
        by = links.by_row.get(int(number), ("", ""))[1] if place else ""
        marks = [by == ZEROS or is_damaged(row["key"]), by]
        if place == 0:
            marks = [bool(row["is_test"]), "" if pd.isna(row["flag"]) else row["flag"]]
        names = ["card_number", "imp_uid"] if place else ["pay_method", "card_number", "imp_uid"]
        texts = [(pd.isna(row[name]), "" if pd.isna(row[name]) else row[name]) for name in names]
        return (*marks, *texts, number)

    return side.loc[sorted(side.index, key=turn)]


def entries_of(side: pd.DataFrame, currency: str, *, is_cancel: bool) -> list[Entry]:
    """Take the entries of one currency and kind.

    Parameters
    ----------
    side : DataFrame
        Rows as plain columns.
    currency : str
        ISO 4217 code.
    is_cancel : bool
        Whether refunds are wanted.

    Returns
    -------
    list of Entry
        Those that carry money.
    """
    chosen = side[side["is_money"] & (side["currency"] == currency)]
    return [
        Entry(int(str(row)), int(amount), _whole(day), _whole(at_s))
        for row, amount, day, at_s in zip(
            chosen.index, chosen["amount"], chosen["day"], chosen["at_s"], strict=True
        )
        if (amount < 0) == is_cancel
    ]


def _whole(value: Any) -> int | None:
    """Read a number that may be missing."""
    return None if pd.isna(value) else int(value)
