"""Verified absence: an order that seems to be missing at the PG is looked up before it is said.

The look-up itself is the client's; here its answer is turned into a sentence, so that the whole
stays a pure function of two frames.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from jtnet_recon.tables import PAYMENTS, conform

if TYPE_CHECKING:
    from jtnet_recon.recon.result import Reconciliation

Result = TypeVar("Result", bound="Reconciliation")

_SENTENCES = {
    "none": ("No such payment at the PG.", "PG에 해당 결제가 없습니다."),
    "attempts": (
        "Only failed or unfinished attempts at the PG ({count}).",
        "PG에는 실패·미완료 시도만 있습니다({count}건).",
    ),
    "outside": (
        "Paid on {days}, outside the period.",
        "{days}에 결제되어 대사 기간 밖입니다.",
    ),
}
_OUTSIDE_ACTION = (
    "Book it in the period it was paid in; check the cut-off.",
    "결제일이 속한 기간으로 옮겨 기장하고 기간귀속을 확인하세요.",
)


def absent_orders(result: Reconciliation) -> list[str]:
    """List the order ids that the ledger books and the pull does not hold as paid.

    Parameters
    ----------
    result : Reconciliation
        Of ``reconcile()``.

    Returns
    -------
    list of str
        Order ids of code P02, and of suggestions (P10, P11) on the ledger's side; sorted, each once.
    """
    rows = result.breaks[_is_absent(result.breaks) & result.breaks["merchant_uid"].notna()]
    return sorted(set(rows["merchant_uid"]))


def with_attempts(result: Result, attempts: pd.DataFrame) -> Result:
    """Say of each P02 what a direct look-up of all its attempts found.

    Parameters
    ----------
    result : Reconciliation
        Of ``reconcile()``; it is left as it is.
    attempts : DataFrame, shape (n, m), table PAYMENTS
        Every payment of :func:`absent_orders`, whatever its date and status.

    Returns
    -------
    Reconciliation
        The same figures; ``breaks`` gains the column ``verified`` (``no such payment``, ``only
        failed attempts``, ``paid outside the period``, empty elsewhere), and the finding and
        next action of each P02 say it in words.
    """
    looked_up = conform(attempts, PAYMENTS)
    by_order = dict(list(looked_up.groupby("merchant_uid", sort=False)))
    breaks = result.breaks.copy()
    breaks["verified"] = pd.Series("", index=breaks.index, dtype="str")
    for index in breaks.index[_is_absent(breaks)]:
        found = by_order.get(breaks.loc[index, "merchant_uid"])
        currency = breaks.loc[index, "currency"]
        for name, text in _verdict(found, currency, breaks.loc[index]).items():
            breaks.loc[index, name] = text
    return dataclasses.replace(result, breaks=breaks)


def _is_absent(breaks: pd.DataFrame) -> pd.Series[bool]:
    """Mark the breaks that claim a payment which the pull does not hold."""
    is_suggestion = breaks["code"].isin(["P10", "P11"]) & breaks["imp_uid"].isna()
    return (breaks["code"] == "P02") | is_suggestion


def _verdict(found: pd.DataFrame | None, currency: str, row: pd.Series[Any]) -> dict[str, str]:
    """Choose the sentence for one order."""
    if found is None:
        return _said("no such payment", "none", row)
    paid = found[found["paid_at"].notna() & (found["currency"] == currency)]
    if paid.empty:
        return _said("only failed attempts", "attempts", row, count=str(len(found)))
    days = ", ".join(sorted({f"{instant:%Y-%m-%d}" for instant in paid["paid_at"]}))
    said = _said("paid outside the period", "outside", row, days=days)
    return {**said, "next_action": _OUTSIDE_ACTION[0], "next_action_ko": _OUTSIDE_ACTION[1]}


def _said(verified: str, sentence: str, row: pd.Series[Any], **values: str) -> dict[str, str]:
    """Add the sentence to what the break already says."""
    text, text_ko = (part.format(**values) for part in _SENTENCES[sentence])
    return {
        "verified": verified,
        "finding": f"{row['finding']} {text}",
        "finding_ko": f"{row['finding_ko']} {text_ko}",
    }
