"""The sheets of an audit of billing keys: double charges, stories of failures, every key."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Any

import pandas as pd

from jtnet_recon.recon.billing_keys_flags import FLAGS
from jtnet_recon.recon.billing_keys_stories import ENDINGS, FORMS
from jtnet_recon.report.personal import mask_side
from jtnet_recon.report.shapes import DataSheet
from jtnet_recon.report.sheets import labels_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jtnet_recon.report.view import View

_TOKEN_CHARS = 10


def doubles(view: View) -> DataSheet:
    """List the charges on top of another one, most refundable money first."""
    frame = _masked(view, _result(view).doubles)
    frame = frame.assign(form=_told(view, frame["form"], FORMS))
    return _sheet(view, "doubles", frame, ("amount", "refunded", "refundable"))


def stories(view: View) -> DataSheet:
    """Tell each failed charge to its end."""
    frame = _masked(view, _result(view).stories.drop(columns=["cycle"]))
    frame = frame.assign(ending=_told(view, frame["ending"], ENDINGS))
    return _sheet(view, "stories", frame, ("price", "paid"))


def keys(view: View) -> DataSheet:
    """List every key that is known, with what stands out.

    ``person`` is the same for all keys of one customer and tells nothing about him: it is a keyed
    hash, whose key belongs to this run or to the merchant.
    """
    result = _result(view)
    people = person_tokens(result.keys["customer"], result.hash_key)
    frame = _masked(view, result.keys)
    frame.insert(1, "person", people)
    flags = [
        ", ".join(_words(view, flag, FLAGS) for flag in str(text).split(", ") if flag)
        for text in frame["flags"].fillna("")
    ]
    frame = frame.assign(flags=pd.Series(flags, index=frame.index, dtype="str"))
    first = ["customer_uid", "person", "flags"]
    frame = frame[[*first, *(name for name in frame.columns if name not in first)]]
    return _sheet(view, "keys", frame, ("price", "charged", "scheduled"))


def person_tokens(people: pd.Series[Any], key: bytes) -> pd.Series[str]:
    """Give each person a token, by which rows can be grouped and nobody be found.

    Parameters
    ----------
    people : Series of str
        Names or numbers; a missing one has no token.
    key : bytes
        Secret: without it a token cannot be made from a name that somebody guesses.

    Returns
    -------
    Series of str
        HMAC-SHA256, its first ten hexadecimal digits. Source: RFC 2104.
    """
    known = {
        text: hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
        for text in people.dropna().unique()
    }
    tokens = {text: token[:_TOKEN_CHARS] for text, token in known.items()}
    return people.map(tokens, na_action="ignore").astype("str")


def _result(view: View) -> Any:
    """Take the result as what it is: an audit, which has more tables than a comparison."""
    return view.result


def _masked(view: View, frame: pd.DataFrame) -> pd.DataFrame:
    """Hide persons and cards, unless they are to be shown."""
    return frame.copy() if view.unmask else mask_side(frame, view.aliases, of_payments=True)


def _told(
    view: View, values: pd.Series[Any], words: Mapping[str, tuple[str, str]]
) -> pd.Series[str]:
    """Put the values of a closed set into words."""
    said = [_words(view, str(value), words) for value in values]
    return pd.Series(said, index=values.index, dtype="str")


def _words(view: View, value: str, words: Mapping[str, tuple[str, str]]) -> str:
    return words[value][view.lang == "ko"] if value in words else value


def _sheet(view: View, key: str, frame: pd.DataFrame, money: tuple[str, ...]) -> DataSheet:
    return DataSheet(
        key=key,
        title=view.word(f"keys_{key}"),
        frame=frame,
        labels=labels_of(view, frame),
        money=dict.fromkeys(money, "currency"),
        main=len(frame.columns),
        note=view.word(f"keys_{key}_note", count=f"{len(frame):,}"),
    )
