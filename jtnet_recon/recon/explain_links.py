"""The passes that look for a row's other half under another name, run again in plain words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from jtnet_recon.recon.explain_say import day_text, money
from jtnet_recon.recon.explain_sides import reference_column
from jtnet_recon.recon.links import SPELLING, ZEROS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jtnet_recon.recon.explain_sides import Sides

ZEROS_LOST = re.compile(r"0+([1-9][0-9]*)")


@dataclass(frozen=True, slots=True)
class Links:
    """Rows of the ledger that belong to another key than they say.

    Parameters
    ----------
    by_row : dict of int to (str, str)
        Row of the ledger -> key it was given, and the pass.
    ambiguous : dict of int to tuple of str
        Row of the ledger -> keys that fit it equally well.
    merged : dict of str to tuple of str
        Form of an id -> the real ids that it would merge.
    """

    by_row: dict[int, tuple[str, str]]
    ambiguous: dict[int, tuple[str, ...]]
    merged: dict[str, tuple[str, ...]]

    def keys_of(self, right: pd.DataFrame) -> pd.Series[Any]:
        """Return the key under which each row of the ledger counts."""
        keys = right["key"].copy()
        if self.by_row:
            keys.loc[list(self.by_row)] = [key for key, _ in self.by_row.values()]
        return keys


def link_passes(sides: Sides) -> list[str | tuple[str, ...]]:
    """List the passes that link, in turn.

    Parameters
    ----------
    sides : Sides
        Both sides.

    Returns
    -------
    list of (str or tuple of str)
        References as the rule has them, then the passes on spelling and on zeros.
    """
    return [*sides.rule.references, SPELLING, ZEROS]


def loose(sides: Sides) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Take the rows of each side whose key the other side does not have.

    Parameters
    ----------
    sides : Sides
        Both sides.

    Returns
    -------
    tuple of DataFrame
        Payments that hold money and have a key; rows of the ledger, those without a key too.
    """
    left, right = holding(sides), sides.right
    return (
        left[~left["key"].isin(right["key"].dropna())],
        right[right["key"].isna() | ~right["key"].isin(left["key"])],
    )


def holding(sides: Sides) -> pd.DataFrame:
    """Take the payments that hold money and have a key.

    Parameters
    ----------
    sides : Sides
        Both sides.

    Returns
    -------
    DataFrame
        Where a reference that names one payment is looked for, booked or not.
    """
    left = sides.left[sides.left["key"].notna()]
    return left[left["is_money"]] if sides.rule.level == "orders" else left


def links_of(sides: Sides, keys_left: set[str], keys_right: set[str]) -> Links:
    """Find the rows of the ledger that belong to another key than they say.

    Parameters
    ----------
    sides : Sides
        Both sides.
    keys_left, keys_right : set of str
        Every key of each input, those of plainly matched rows too.

    Returns
    -------
    Links
        What the linking passes found.
    """
    left, right = loose(sides)
    by_row: dict[int, tuple[str, str]] = {}
    ambiguous: dict[int, tuple[str, ...]] = {}
    for reference in sides.rule.references:
        names = (reference,) if isinstance(reference, str) else reference
        if names[0] not in sides.references:
            continue
        free = right[~right.index.isin(list(by_row))]
        among = holding(sides) if isinstance(reference, str) else left
        for row, keys in _by_reference(sides, among, free, reference):
            if len(keys) == 1:
                by_row[row] = (keys[0], names[0])
            else:
                ambiguous.setdefault(row, keys)
    merged = _merged(sides, left, right, (keys_left, keys_right))
    for by, pairs in ((SPELLING, _by_spelling(sides, left, right, merged)), (ZEROS, None)):
        free = right[~right.index.isin(list(by_row)) & right["key"].notna()]
        # A key that was linked already is in the books: no line is sought for it any more.
        taken = [key for key, _ in by_row.values()]
        found = _by_zeros(left[~left["key"].isin(taken)], free) if pairs is None else pairs
        for label, own in free["key"].items():
            if own in found:
                by_row[number_of(label)] = (found[own], by)
    tied = {row: keys for row, keys in ambiguous.items() if row not in by_row}
    return Links(by_row, tied, merged)


_DAMAGED = re.compile(r"\s*[0-9](\.[0-9]+)?[eE]\+?[0-9]{1,3}\s*")
_GARBLED = re.compile("\ufffd|[\u0080-\u00ff]{2}")


def is_damaged(key: Any) -> bool:
    """Tell whether a spreadsheet or a wrong encoding has damaged an id.

    Parameters
    ----------
    key : object
        An id, or missing.

    Returns
    -------
    bool
        True for such as ``6.12E+15`` and letters that are none.
    """
    text = key if isinstance(key, str) else ""
    return _DAMAGED.fullmatch(text) is not None or _GARBLED.search(text) is not None


def number_of(row: Any) -> int:
    """Read a row number off an index."""
    return int(row)


def _by_reference(
    sides: Sides, left: pd.DataFrame, right: pd.DataFrame, reference: str | tuple[str, ...]
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the keys that each row's reference leads to."""
    first = reference if isinstance(reference, str) else reference[0]
    column = reference_column(first)
    known = left[left[column].notna()].groupby(column, sort=False).groups
    for row, line in right[right[column].isin(list(known))].iterrows():
        fits = {
            str(payment["key"])
            for _, payment in left.loc[known[line[column]]].iterrows()
            if all(agrees for *_, agrees in reference_fields(sides, payment, line, reference))
        }
        if fits:
            yield number_of(row), tuple(sorted(fits))


def reference_fields(
    sides: Sides,
    payment: pd.Series[Any],
    line: pd.Series[Any],
    reference: str | tuple[str, ...],
) -> list[tuple[str, str, str, bool]]:
    """Compare two rows in what a reference asks for.

    Parameters
    ----------
    sides : Sides
        Both sides.
    payment, line : Series
        A row of each.
    reference : str or tuple of str
        As the rule has it; a tuple must agree in amount and day as well.

    Returns
    -------
    list of (field, value of the payment, value of the ledger, agrees)
        In turn.
    """
    names = (reference,) if isinstance(reference, str) else reference
    first = [row[reference_column(names[0])] for row in (payment, line)]
    fields = [
        (names[0], str(first[0]), str(first[1]), bool(first[0] == first[1])),
        ("currency", payment["currency"], line["currency"], payment["currency"] == line["currency"]),
    ]  # fmt: skip
    if isinstance(reference, str):
        return fields
    amounts = [money(row["amount"], row["currency"]) for row in (payment, line)]
    fields.append(("amount", *amounts, payment["amount"] == line["amount"]))
    days = (payment["day"], line["day"])
    is_day = bool(pd.isna(days[1]) or (pd.notna(days[0]) and days[0] == days[1]))
    fields.append(("day", day_text(days[0]), day_text(days[1]), is_day))
    for name in names[1:]:
        if name in sides.references:
            values = [row[reference_column(name)] for row in (payment, line)]
            is_same = any(pd.isna(value) for value in values) or values[0] == values[1]
            texts = ["" if pd.isna(value) else str(value) for value in values]
            fields.append((name, texts[0], texts[1], bool(is_same)))
    return fields


def _forms(sides: Sides, keys: set[str]) -> dict[str, set[str]]:
    """Group ids by their form."""
    forms: dict[str, set[str]] = {}
    if sides.rule.normalise is not None:
        for key in keys:
            forms.setdefault(sides.rule.normalise.form(key), set()).add(key)
    forms.pop("", None)
    return forms


def _merged(
    sides: Sides,
    left: pd.DataFrame,
    right: pd.DataFrame,
    by_side: tuple[set[str], set[str]],
) -> dict[str, tuple[str, ...]]:
    """Find the forms that stand for two real ids of one side."""
    loose_forms = [_forms(sides, set(side["key"].dropna())) for side in (left, right)]
    shared = loose_forms[0].keys() & loose_forms[1].keys()
    if not shared:
        return {}
    merged: dict[str, tuple[str, ...]] = {}
    for keys in by_side:
        for form, ids in _forms(sides, keys).items():
            if form in shared and len(ids) > 1:
                merged[form] = tuple(sorted({*merged.get(form, ()), *ids}))
    return merged


def _by_spelling(
    sides: Sides, left: pd.DataFrame, right: pd.DataFrame, merged: dict[str, tuple[str, ...]]
) -> dict[str, str]:
    """Pair ids of one form: the ledger's with the payments'."""
    first = _forms(sides, set(left["key"].dropna()))
    second = _forms(sides, set(right["key"].dropna()))
    return {
        next(iter(second[form])): next(iter(first[form]))
        for form in first.keys() & second.keys()
        if form not in merged and len(first[form]) == len(second[form]) == 1
    }


def _by_zeros(left: pd.DataFrame, right: pd.DataFrame) -> dict[str, str]:
    """Pair ids of digits with the one id that has zeros in front of them."""
    padded: dict[str, set[str]] = {}
    for key in set(left["key"]):
        found = ZEROS_LOST.fullmatch(key)
        if found:
            padded.setdefault(found[1], set()).add(key)
    return {
        own: next(iter(padded[own]))
        for own in set(right["key"])
        if own in padded and len(padded[own]) == 1
    }
