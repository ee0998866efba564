"""The rows that explain() looks at, as plain columns, whatever the rule's tables call them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from jtnet_recon.recon.kinds import CANCEL_WORDS
from jtnet_recon.recon.orders import DAY_S, KST_S, TEST_MID_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np

    from jtnet_recon.recon.explain_say import Say
    from jtnet_recon.recon.result import Reconciliation
    from jtnet_recon.recon.rules import Names, Rule

_LABELS = ("transaction_id", "imp_uid")
_ORDER_REFERENCES = ("imp_uid", "pg_tid", "apply_num", "card_code")


@dataclass(frozen=True, slots=True)
class Sides:
    """Both sides of a comparison: the rows that the exact pass left.

    Parameters
    ----------
    rule : Rule
        The rule.
    left, right : DataFrame
        Indexed by row number: key, currency, amount, cancel, request, day, at_s, is_money,
        is_cancel, is_test, label, card, and each :func:`reference_column`. For entries ``amount`` is signed.
    payments, ledger : DataFrame
        The same rows with their own columns.
    references : tuple of str
        Reference columns that both sides have.
    is_dated : bool
        Whether days are compared.
    """

    rule: Rule
    left: pd.DataFrame
    right: pd.DataFrame
    payments: pd.DataFrame
    ledger: pd.DataFrame
    references: tuple[str, ...]
    is_dated: bool


def sides_of(result: Reconciliation, say: Say) -> Sides:
    """Take the rows that the exact pass left, as the later passes saw them.

    Parameters
    ----------
    result : Reconciliation
        Of ``reconcile()``.
    say : Say
        The language of the rows' names.

    Returns
    -------
    Sides
        Plain columns.
    """
    rule, exact = result.rule, result.item_source.settled.exact
    payments = _rest(result, result.payments, exact.rest_payments)
    ledger = _rest(result, result.ledger, exact.rest_ledger)
    references = _references(rule, result.payments, result.ledger)
    return Sides(
        rule=rule,
        left=plain_side(payments, rule, 0, references, say),
        right=plain_side(ledger, rule, 1, references, say),
        payments=payments,
        ledger=ledger,
        references=references,
        is_dated=_is_dated(rule, result.ledger),
    )


def rows_of(frame: pd.DataFrame, rows: np.ndarray[Any, Any]) -> pd.DataFrame:
    """Take rows of a result's side by their number in the input.

    Parameters
    ----------
    frame : DataFrame
        ``result.payments`` or ``result.ledger``.
    rows : ndarray of int64
        Row numbers; a frame of inputs larger than memory knows its own.

    Returns
    -------
    DataFrame
        Indexed by row number.
    """
    if "rows_in_all" in frame.attrs:
        return frame
    return frame.iloc[rows].set_axis(pd.Index(rows, name="row"), axis=0)


def _rest(result: Reconciliation, frame: pd.DataFrame, rows: np.ndarray[Any, Any]) -> pd.DataFrame:
    """Take the rows of a side that neither the exact pass nor the pass of sums settled."""
    rest, summed = rows_of(frame, rows), result.item_source.summed
    if not summed.num_rows or "rows_in_all" in frame.attrs:
        return rest
    settled = pd.MultiIndex.from_arrays(
        [summed[name].to_pandas().astype("str") for name in ("merchant_uid", "currency")]
    )
    own = [_text(rest, "merchant_uid"), _text(rest, "currency").fillna("KRW")]
    return rest[~pd.MultiIndex.from_arrays(own).isin(settled)]


def reference_column(name: str) -> str:
    """Return where a plain side holds a reference, whatever the tables call it.

    Parameters
    ----------
    name : str
        A reference column.

    Returns
    -------
    str
        A column of :class:`Sides`.
    """
    return f"reference {name}"


def names_of(names: Names | None, place: int) -> str:
    """Return one table's own name of a column.

    Parameters
    ----------
    names : Names or None
        As the rule has it.
    place : {0, 1}
        Which table.

    Returns
    -------
    str
        The name; empty where the rule compares no such column.
    """
    if names is None:
        return ""
    return names if isinstance(names, str) else names[place]


def plain_side(
    frame: pd.DataFrame, rule: Rule, place: int, references: Iterable[str], say: Say
) -> pd.DataFrame:
    """Bring rows of one side to plain columns.

    Parameters
    ----------
    frame : DataFrame
        Rows as they were used, indexed by row number.
    rule : Rule
        The rule.
    place : {0, 1}
        Which side.
    references : iterable of str
        Reference columns to keep.
    say : Say
        The language of the rows' names.

    Returns
    -------
    DataFrame
        See :class:`Sides`.
    """
    if rule.level == "entries":
        own = _entries(frame, rule, place)
    else:
        own = _payments(frame) if place == 0 else _lines(frame)
    names = [name for name in _LABELS if place == 0 and name in frame.columns]
    label = _text(frame, names[0]) if names else None
    numbers = [say.row(row) for row in frame.index]
    own["label"] = numbers if label is None else label.fillna(pd.Series(numbers, frame.index))
    is_ours = rule.level == "orders" or is_own(rule)
    for name in ("card_number", "pay_method", "imp_uid"):
        own[name] = _text(frame, name if is_ours else "")
    for name in references:
        own[reference_column(name)] = _text(frame, name)
    return pd.DataFrame(own, index=frame.index)


def _entries(frame: pd.DataFrame, rule: Rule, place: int) -> dict[str, Any]:
    """Read rows as entries: a signed amount, a kind, a day."""
    stated, is_ours = frame[names_of(rule.amount, place)].astype("int64"), is_own(rule)
    kind = _text(frame, names_of(rule.kind, place)).str.strip().str.lower()
    is_cancel = kind.isin(CANCEL_WORDS) | (stated < 0)
    is_turned = is_cancel & (not is_ours or place == 1)
    currency = _text(frame, names_of(rule.currency, place)).fillna("KRW")
    instants = _micros(frame, names_of(rule.day, place))
    is_instant = _is_instant(frame, names_of(rule.day, place))
    status = _text(frame, "status" if is_ours and place == 1 else "")
    return {
        "key": _text(frame, names_of(rule.key, place)),
        "currency": currency,
        "amount": stated.where(~is_turned, -stated.abs()),
        "cancel": 0,
        "request": 0,
        "day": _days(instants, is_instant=is_instant),
        "at_s": instants // 1_000_000 if is_instant else _nothing(frame),
        "is_money": ~status.isin(["ready", "failed"]),
        "is_cancel": is_cancel,
        "is_test": _is_test(frame) if is_ours and place == 0 else False,
        "flag": _text(frame, "flag" if is_ours else ""),
    }


def _payments(frame: pd.DataFrame) -> dict[str, Any]:
    """Read rows as payments; what is approved never follows from the status alone."""
    amount, cancel = frame["amount"].astype("int64"), _money(frame, "cancel_amount")
    paid, status = _micros(frame, "paid_at"), frame["status"]
    is_cancelled = (status == "cancelled") & (paid.notna() | (cancel < amount))
    is_other = ~status.isin(["paid", "cancelled", "ready", "failed"]) & paid.notna()
    return {
        "key": _text(frame, "merchant_uid"),
        "currency": _text(frame, "currency"),
        "amount": amount,
        "cancel": cancel,
        "request": 0,
        "day": _days(paid, is_instant=True),
        "at_s": paid // 1_000_000,
        "is_money": ((status == "paid") | is_cancelled | is_other).astype("bool"),
        "is_cancel": False,
        "is_test": _is_test(frame),
    }


def _lines(frame: pd.DataFrame) -> dict[str, Any]:
    """Read rows as lines of the books: what each sells, refunds, asks to refund or denies."""
    amount, refund = frame["amount"].astype("int64"), _money(frame, "cancel_amount").abs()
    status = _text(frame, "status")
    denies, requests = status.isin(["ready", "failed"]), status == "cancel_requested"
    cancel = refund.where(~((status == "cancelled") & (refund == 0)), amount)
    cancel = cancel.where(amount >= 0, amount.abs() + refund)
    asked = refund.where(refund != 0, amount.abs())
    return {
        "key": _text(frame, "merchant_uid"),
        "currency": _text(frame, "currency").fillna("KRW"),
        "amount": amount,
        "cancel": cancel.where(~(denies | requests), 0),
        "request": asked.where(requests, 0),
        "day": _days(_micros(frame, "paid_on"), is_instant=False),
        "at_s": _nothing(frame),
        "is_money": ~denies,
        "is_cancel": False,
        "is_test": False,
    }


def _references(rule: Rule, payments: pd.DataFrame, ledger: pd.DataFrame) -> tuple[str, ...]:
    """Name the reference columns that both sides have."""
    if rule.level == "orders":
        return tuple(name for name in _ORDER_REFERENCES if _has(ledger, name))
    wanted = [n for r in rule.references for n in ((r,) if isinstance(r, str) else r)]
    return tuple(name for name in wanted if _has(payments, name) and _has(ledger, name))


def _is_dated(rule: Rule, ledger: pd.DataFrame) -> bool:
    """Whether this ledger knows days at all."""
    name = names_of(rule.day, 1) if rule.level == "entries" else "paid_on"
    return _has(ledger, name) and bool(ledger[name].notna().any())


def is_own(rule: Rule) -> bool:
    """Tell the tables of this package from the user's own.

    Parameters
    ----------
    rule : Rule
        A rule of entries.

    Returns
    -------
    bool
        True where statuses, test marks and flags mean something.
    """
    return rule.kind == "kind" and rule.key == "merchant_uid"


def _has(frame: pd.DataFrame, name: str) -> bool:
    """Whether the comparison saw a column; it leaves nested ones out."""
    return name in frame.columns and frame[name].dtype != object


def _text(frame: pd.DataFrame, name: str) -> pd.Series[Any]:
    """Take a column as text, or nothing."""
    if not name or not _has(frame, name):
        return pd.Series(pd.NA, index=frame.index, dtype="str")
    return frame[name].astype("str").where(frame[name].notna())


def _money(frame: pd.DataFrame, name: str) -> pd.Series[Any]:
    """Take a column of money, or zeros."""
    if name not in frame.columns:
        return pd.Series(0, index=frame.index, dtype="int64")
    return frame[name].fillna(0).astype("int64")


def _is_test(frame: pd.DataFrame) -> pd.Series[bool]:
    """Mark payments of a test channel or a test MID."""
    is_sandbox = pd.Series(data=False, index=frame.index)
    if "sandbox" in frame.columns:
        is_sandbox = frame["sandbox"].fillna(value=False).astype("bool")
    is_test_mid = _text(frame, "pg_id").fillna("").str.startswith(TEST_MID_PREFIX)
    return (is_sandbox | is_test_mid).astype("bool")


def _is_instant(frame: pd.DataFrame, name: str) -> bool:
    """Tell an instant from a day."""
    return bool(name) and _has(frame, name) and isinstance(frame[name].dtype, pd.DatetimeTZDtype)


def _micros(frame: pd.DataFrame, name: str) -> pd.Series[Any]:
    """Write instants or days as microseconds since 1970."""
    if not name or not _has(frame, name):
        return _nothing(frame)
    instants = frame[name].dt.as_unit("us")
    micros: pd.Series[Any] = instants.astype("int64").astype("Int64").where(instants.notna())
    return micros


def _days(micros: pd.Series[Any], *, is_instant: bool) -> pd.Series[Any]:
    """Count the days since 1970 in Asia/Seoul."""
    return (micros // 1_000_000 + (KST_S if is_instant else 0)) // DAY_S


def _nothing(frame: pd.DataFrame) -> pd.Series[Any]:
    """Make a column of nothing."""
    return pd.Series(pd.NA, index=frame.index, dtype="Int64")


def row_at(frame: pd.DataFrame, number: Any) -> pd.Series[Any]:
    """Take one row by its number.

    Parameters
    ----------
    frame : DataFrame
        Indexed by row number.
    number : int
        The row.

    Returns
    -------
    Series
        The row.
    """
    found: pd.Series[Any] = frame.loc[[number]].iloc[0]
    return found
