"""The figures that the sentences of explain() quote, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from jtnet_recon.recon.breaks import CODES
from jtnet_recon.recon.explain_entry_words import ENTRY_WORDS, SUGGESTED_WORDS
from jtnet_recon.recon.explain_say import day_text, instant_text, money
from jtnet_recon.recon.explain_sides import names_of
from jtnet_recon.recon.explain_words import ORDER_WORDS, Words
from jtnet_recon.recon.oddities import is_list
from jtnet_recon.recon.orders import DAY_S, KST_S
from jtnet_recon.tables import label

if TYPE_CHECKING:
    from jtnet_recon.recon.explain_case import Case, Item

_MONEY = {
    "amount_p": "amount_payments",
    "amount_l": "amount_ledger",
    "cancel_p": "cancel_payments",
    "cancel_l": "cancel_ledger",
    "net_p": "net_payments",
    "net_l": "net_ledger",
    "unbooked": "cancel_unbooked",
    "at_risk": "money_at_risk",
    "requested": "requested",
    "prepared": "prepared",
    "deposited": "deposited",
}
_PLAIN = ("approved", "sales", "stranger", "double_of", "candidates", "decides")


def words_of(case: Case, code: str) -> Words:
    """Return the sentences of a code under the case's rule.

    Parameters
    ----------
    case : Case
        The key.
    code : str
        A break code.

    Returns
    -------
    Words
        The engine's own words where none are written.
    """
    written = ORDER_WORDS if case.is_orders else ENTRY_WORDS
    found = SUGGESTED_WORDS.get(code) or written.get(code) or ORDER_WORDS.get(code)
    if found is not None:
        return found
    known = CODES[code]
    return Words(known.name + ".", known.name_ko + ".", known.next_action, known.next_action_ko)


def held_codes(item: Item) -> list[str]:
    """List the codes that hold on an item, the primary first.

    Parameters
    ----------
    item : Item
        The item.

    Returns
    -------
    list of str
        Codes; none where the item is no break.
    """
    if item.code is None:
        return []
    others = [code for code in item.values.get("held") or [] if code != item.code]
    return [item.code, *others]


def figures_of(case: Case, item: Item) -> dict[str, str]:
    """Write every figure of an item that a sentence may quote.

    Parameters
    ----------
    case : Case
        The key.
    item : Item
        One of its items.

    Returns
    -------
    dict of str to str
        Placeholder -> text.
    """
    values, currency, none = item.values, item.values["currency"], case.say("none", "없음")
    tolerance, missing = case.result.rule.tolerance, _missing(case, item)
    figures = {name: money(values.get(column), currency) for name, column in _MONEY.items()}
    figures |= {name: _text(values.get(name), none) for name in _PLAIN}
    gaps = [
        abs(values[f"{name}_ledger"] - values[f"{name}_payments"]) for name in ("amount", "cancel")
    ]
    if not case.is_orders:
        gaps = [abs(values["difference"]), gaps[1]]
    return {
        **figures,
        **_times(case, item),
        **_rows(case, item, none),
        **_links(case, item),
        **dict(zip("ab", case.say.sides(case.result.rule.sides), strict=True)),
        "key": _text(values["merchant_uid"], none),
        "gap": money(gaps[0], currency),
        "gap_cancel": money(gaps[1], currency),
        "tolerance": money(tolerance.amount, currency),
        "days": str(tolerance.days),
        "band": str(tolerance.midnight_minutes),
        "minutes": str(case.result.rule.double_minutes),
        "mids": ", ".join(case.result.rule.mids or ()) or none,
        "extra": str((values.get("sales") or 0) - (values.get("approved") or 0)),
        "attempts": _attempts(case, item),
        "missing": f"{label(missing, lang=case.say.lang)} ({missing})",
    }


def _text(value: Any, none: str) -> str:
    """Write a value, or that there is none."""
    return none if value is None or value == "" else str(value)


def _attempts(case: Case, item: Item) -> str:
    """Say what the PG has of an order that it never approved."""
    count, say = len(item.left), case.say
    if not count:
        return say("the PG has no payment of this order id", "PG에 이 주문번호의 결제가 없습니다")
    statuses = _distinct(case.payments.loc[list(item.left)], "status")
    return say(
        f"of {count} payment(s) at the PG none is approved (status: {statuses})",
        f"PG 결제 {count}건 중 승인된 것이 없습니다(상태: {statuses})",
    )


def _times(case: Case, item: Item) -> dict[str, str]:
    """Write days and instants."""
    values = item.values
    paid = values.get("paid_us")
    paid_day = None if paid is None else (paid // 1_000_000 + KST_S) // DAY_S
    cancelled = values.get("cancelled_us")
    own = case.payments.loc[list(item.left)]
    failed = own["failed_at"].min() if case.is_orders and "failed_at" in own.columns else pd.NaT
    texts = {
        "paid_on": day_text(paid_day),
        "paid_at": instant_text(paid),
        "booked_on": day_text(values.get("day_l")),
        "refunded_on": day_text(values.get("refunded_on")),
        "cancelled_on": instant_text(cancelled)[:10],
        "due": instant_text(values.get("due_us"))[:16],
        "failed_at": "" if pd.isna(failed) else f"{failed:%Y-%m-%d %H:%M:%S}",
        "days_apart": str(abs(values.get("days_apart") or 0)),
    }
    unknown = case.say("an unknown day", "미상")
    return {name: text or unknown for name, text in texts.items()}


def _rows(case: Case, item: Item, none: str) -> dict[str, str]:
    """Write what the rows themselves say."""
    left, right = case.left.loc[list(item.left)], case.right.loc[list(item.right)]
    own, lines = case.payments.loc[list(item.left)], case.ledger.loc[list(item.right)]
    kept = left[left["is_money"] & (left["amount"] > left["cancel"])].sort_values(
        ["at_s", "label"], kind="stable"
    )
    mine, theirs = (case.left, case.right)
    texts = {
        "left": case.labels(item.left, 0),
        "right": case.labels(item.right, 1),
        "rows_p": str(len(left)),
        "rows_l": str(len(right)),
        "kept": str(len(kept)),
        "first": str(kept["label"].iloc[0]) if len(kept) else "",
        "statuses_p": _distinct(own, "status"),
        "statuses_l": _distinct(lines, "status"),
        "mid": _distinct(own, "pg_id"),
        "method": _distinct(own, "pay_method"),
        "refund_method": _distinct(lines, "refund_method"),
        "own_keys": ", ".join(sorted(set(right["key"].dropna()))),
        "currencies_p": ", ".join(sorted(set(mine["currency"].dropna()))),
        "currencies_l": ", ".join(sorted(set(theirs["currency"].dropna()))),
        "history": _history(own, item.values["currency"]),
    }
    for name, absent in (("card_quota", "0"), ("escrow", "False")):
        short = {"card_quota": "quota", "escrow": "escrow"}[name]
        texts[f"{short}_p"] = _flag(case, _distinct(own, name) or absent)
        texts[f"{short}_l"] = _flag(case, _distinct(lines, name))
    return {name: text or none for name, text in texts.items()}


def _flag(case: Case, text: str) -> str:
    """Write true and false as people say it."""
    words = {"True": case.say("yes", "적용"), "False": case.say("no", "미적용")}
    return words.get(text, text)


def _distinct(rows: pd.DataFrame, name: str) -> str:
    """List the different values of a column."""
    if name not in rows.columns:
        return ""
    return ", ".join(sorted({str(value) for value in rows[name].dropna()}))


def _history(payments: pd.DataFrame, currency: Any) -> str:
    """Add up the cancel histories."""
    if "cancel_history" not in payments.columns:
        return ""
    cells = [cell for cell in payments["cancel_history"] if is_list(cell)]
    return money(sum(int(entry["amount"]) for cell in cells for entry in cell), currency)


def _missing(case: Case, item: Item) -> str:
    """Name the column whose value is missing."""
    place = 0 if item.left else 1
    if item.values["merchant_uid"] is None:
        return names_of(case.result.rule.key, place)
    return "paid_on" if case.is_orders else names_of(case.result.rule.day, 1)


def _links(case: Case, item: Item) -> dict[str, str]:
    """Write what would lead the ledger's rows to the payments they belong to."""
    values, is_left = item.values, bool(item.left)
    candidate = str(values.get("candidates") or "").split(", ")[0]
    own = values["merchant_uid"] or ""
    target = own if is_left else candidate
    reference = _reference(case, target)
    lines = case.sides.right if is_left else case.right
    lines = lines[lines["key"] == (candidate if is_left else own)]
    return {
        "target": target,
        "lines": ", ".join(lines["label"]),
        "or_reference": f" or the {reference}" if reference else "",
        "or_reference_ko": f" 또는 {reference}" if reference else "",
        "or_line": f"; if a line is meant for it, give that the {reference}" if reference else "",
        "or_line_ko": f". 이미 기장한 행이 있다면 그 행에 {reference} 입력" if reference else "",
        "as_key": f" ({own})" if values.get("matched_by") and own else "",
    }


def _reference(case: Case, key: str) -> str:
    """Name the reference by which a line of the ledger would find a payment."""
    is_own = case.sides.left["key"] == key
    payments = case.sides.payments[is_own & case.sides.left["is_money"]]
    singles = [name for name in case.result.rule.references if isinstance(name, str)]
    for name in singles:
        if name in payments.columns and payments[name].notna().any():
            return f"{name} {payments[name].dropna().iloc[0]}"
    return ""
