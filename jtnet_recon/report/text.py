"""Text from data, made harmless and visible: nothing is dropped, nothing acts."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from typing import Any

CELL_CHARS_MAX = 32_767
"""Longest text of a cell. Source: Excel specifications and limits, support.microsoft.com."""


# Controls, C1 controls, line separators, marks that turn the writing direction, lone surrogates
# and the code points that no XML may hold.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff"
    "\ud800-\udfff\ufff9-\ufffb\ufffe\uffff]"
)
_PICTURES = 0x2400
_DELETE = 0x7F
_SPACE = 0x20
# What a spreadsheet would take for a formula, after blanks. Source: OWASP, CSV injection.
_FORMULA = re.compile(
    r"^[\s\u2400-\u241f]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n\u2409\u240a\u240d]"
)


def visible(value: Any) -> str:
    """Write a value as text in which nothing is hidden and nothing is alive.

    Parameters
    ----------
    value : object
        Any text of the data; lists and dicts are written as JSON.

    Returns
    -------
    str
        Control characters as their pictures (``␀``), marks of writing direction and lone
        surrogates as ``⟨U+202E⟩``. Applying it again changes nothing.
    """
    text = value if isinstance(value, str) else _written(value)
    return text if _is_plain(text) else _UNSAFE.sub(_picture, text)


def cut(text: str, *, chars_max: int = CELL_CHARS_MAX) -> str:
    """Shorten a text that no cell can hold, and say so in it.

    Parameters
    ----------
    text : str
        Any text.
    chars_max : int, default 32767
        Longest result, in UTF-16 units, as Excel counts.

    Returns
    -------
    str
        The text, or its beginning, its length and the SHA-256 of the whole.
    """
    if len(text) * 2 <= chars_max or _units(text) <= chars_max:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    note = f"… [cut: {len(text):,} characters in all, sha256 {digest}]"
    room = chars_max - len(note)
    kept = text[:room]
    while _units(kept) > room:
        kept = kept[: len(kept) - max(1, (_units(kept) - room) // 2)]
    return kept + note


def looks_like_formula(text: str) -> bool:
    """Tell whether a spreadsheet could take a text for a formula.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    bool
        True for a leading ``= + - @``, tab or line break, also full-width or after blanks.
    """
    return _FORMULA.match(text) is not None


def _is_plain(text: str) -> bool:
    """Pass most texts without looking at each character."""
    return text.isascii() and text.isprintable()


def _written(value: Any) -> str:
    """Write what is no text: JSON for lists and dicts, nothing for what is missing."""
    if value is None:
        return ""
    if isinstance(value, (list, dict, tuple)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _picture(match: re.Match[str]) -> str:
    """Show one unsafe character."""
    number = ord(match.group())
    if number < _SPACE:
        return chr(_PICTURES + number)
    if number == _DELETE:
        return "␡"
    return f"⟨U+{number:04X}⟩"


def _units(text: str) -> int:
    """Count UTF-16 units."""
    return len(text) + sum(1 for letter in text if ord(letter) > 0xFFFF)  # noqa: PLR2004 - the BMP


def width(text: str) -> int:
    """Measure a text in columns of a fixed font: Hangul takes two.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    int
        Columns.
    """
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
