"""How an operation ended, and how payments tell it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

State = Literal["done", "declined", "unknown"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How it ended, as far as can be known.

    Parameters
    ----------
    state : {"done", "declined", "unknown"}
        ``declined``: a payment is there, and it failed.
    words : str
        What the reading showed.
    imp_uid : str, optional
        The payment it is about.
    is_read : bool, default True
        Whether the target could be read; what was not read cannot confirm a refusal either.
    """

    state: State
    words: str
    imp_uid: str | None = None
    is_read: bool = True


def done(words: str, imp_uid: str | None = None) -> Verdict:
    """Say that it was carried out."""
    return Verdict("done", words, imp_uid)


def unknown(words: str) -> Verdict:
    """Say that nobody can tell yet."""
    return Verdict("unknown", words)


def unread(why: str) -> Verdict:
    """Say that the target could not be read."""
    return Verdict("unknown", f"the target cannot be read ({why})", is_read=False)


def attempt_verdict(
    facts: Mapping[str, Any], before: dict[str, Any], after: dict[str, Any]
) -> Verdict:
    """Look for the one new payment of the order, with the amount and the key that were sent.

    Parameters
    ----------
    facts : mapping
        ``merchant_uid``, ``amount`` and, for a charge on a key, ``customer_uid``.
    before, after : dict
        What was read, under ``attempts``.

    Returns
    -------
    Verdict
        Unknown where there is no such payment, an open one, or more than one.
    """
    old = {row["imp_uid"] for row in before["attempts"]}
    new = [row for row in after["attempts"] if row["imp_uid"] not in old and _fits(row, facts)]
    if not new:
        return unknown("no payment of it is to be seen")
    if len(new) > 1:
        return unknown(f"{len(new)} new payments of the order are to be seen")
    row = new[0]
    if row["status"] in ("paid", "cancelled"):
        return done("the payment is there", row["imp_uid"])
    if row["status"] == "failed":
        return Verdict("declined", "the payment failed", row["imp_uid"])
    return unknown(f"payment {row['imp_uid']} is still open: the PG has not answered")


def _fits(row: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    names = [name for name in ("amount", "currency", "customer_uid") if name in facts]
    return all(row[name] == facts[name] for name in names)
