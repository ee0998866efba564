"""plant(): a ledger with known breaks out of anybody's payments, to prove the tool on them.

What is planted is decided here, in plain Python and without the engine: the answers are what was
done to the data, not what the comparison says of it.
"""

from __future__ import annotations

import difflib
import random
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from jtnet_recon.errors import ConfigError
from jtnet_recon.period import KST_NAME
from jtnet_recon.recon.explain_links import is_damaged
from jtnet_recon.recon.orders import TEST_MID_PREFIX
from jtnet_recon.recon.plant_bed import Answer, Bed
from jtnet_recon.recon.plant_forms import FORMS
from jtnet_recon.recon.rules import PAYMENTS_TO_LEDGER, Rule
from jtnet_recon.tables import LEDGER, PAYMENTS, PREPARED, conform

if TYPE_CHECKING:
    from collections.abc import Iterable

KINDS = tuple(FORMS)
"""The codes of payments and a ledger that can be planted: all but X09, which only a defect makes,
and C09 and X02, which need an earlier run."""

_AMOUNT_MIN = 2_000
_DOUBLE_MINUTES = 30
_ANSWER = ("code", "merchant_uid", "currency", "difference", "money_at_risk")
_INSTANTS = tuple(column.name for column in PAYMENTS.columns if column.kind == "instant")


@dataclass(frozen=True, slots=True)
class Planted:
    """Payments, a ledger that belongs to them but for the planted breaks, and the answers.

    Parameters
    ----------
    payments : DataFrame, table PAYMENTS
        The plain orders of the given payments, changed where a break needs it.
    ledger : DataFrame, table LEDGER
        Their books, with the breaks.
    prepare : DataFrame, table PREPARED
        Registered amounts, of P21.
    rule : Rule
        The rule that shows what was planted: its tolerance, budget and MIDs.
    as_of : Timestamp
        The instant of judgement, Asia/Seoul.
    answers : DataFrame
        One row a planted break: code, merchant_uid, currency, difference, money_at_risk.
    left_out : int
        Payments that were not plain (several on an order, cancelled, failed, tests, …) and
        therefore no ground to plant on.
    """

    payments: pd.DataFrame
    ledger: pd.DataFrame
    prepare: pd.DataFrame
    rule: Rule
    as_of: pd.Timestamp
    answers: pd.DataFrame
    left_out: int = field(default=0)


def plant(
    payments: pd.DataFrame, kinds: Iterable[str] | None = None, seed: int = 0, *, each: int = 1
) -> Planted:
    """Derive a ledger from payments, with chosen breaks, and keep the answers.

    ``reconcile(p.payments, p.ledger, p.rule, prepare=p.prepare, as_of=p.as_of)`` must then find
    ``p.answers``: no more, no less.

    Parameters
    ----------
    payments : DataFrame, shape (n, m), table PAYMENTS
        Any payments, such as the month that is to be audited. Left as it is.
    kinds : iterable of str, optional
        Codes to plant; all of ``KINDS`` without it.
    seed : int, default 0
        Another seed plants on other orders.
    each : int, default 1
        How many of each code.

    Returns
    -------
    Planted
        Payments, ledger, rule and answers.

    Raises
    ------
    TableError
        If ``payments`` is not a PAYMENTS table.
    ConfigError
        If a code cannot be planted, or there are too few plain orders.
    """
    chosen = _kinds(kinds)
    used = conform(payments, PAYMENTS)
    plain = _plain(used)
    ground = used[plain].sort_values("imp_uid", kind="stable", ignore_index=True)
    bed = Bed.of(ground, random.Random(seed))  # noqa: S311 - chooses orders, keeps no secret
    for code in chosen:
        for _ in range(each):
            FORMS[code](bed)
    answers = bed.answers
    rule = _rule(bed, chosen, used)
    return Planted(
        payments=_payments(ground, bed, chosen),
        ledger=_ledger(ground, bed),
        prepare=conform(pd.DataFrame(bed.prepared, columns=["merchant_uid", "amount"]).astype(
            {"merchant_uid": "str", "amount": "int64"}), PREPARED, fill=False),
        rule=rule,
        as_of=bed.as_of,
        answers=_answers(answers),
        left_out=int((~plain).sum()),
    )  # fmt: skip


def _kinds(kinds: Iterable[str] | None) -> list[str]:
    """Check the codes; P04 comes along with X08, whose budget it uses up."""
    chosen = list(KINDS) if kinds is None else [kinds] if isinstance(kinds, str) else list(kinds)
    for code in chosen:
        if code not in FORMS:
            near = difflib.get_close_matches(str(code), KINDS, n=1, cutoff=0.3)
            hint = f"Did you mean {near[0]}? " if near else ""
            message = f"{code!r} cannot be planted."
            raise ConfigError(
                message,
                hint=f"{hint}Choose from: {' '.join(KINDS)}.",
                hint_ko=f"다음 중에서 고르세요: {' '.join(KINDS)}.",
            )
    if "X08" in chosen and "P04" not in chosen:
        chosen.append("P04")
    return sorted(dict.fromkeys(chosen), key=KINDS.index)


def _plain(payments: pd.DataFrame) -> pd.Series[bool]:
    """Mark payments that are alone on their order and of which nothing is to be said."""
    texts = payments[["merchant_uid", "imp_uid", "currency"]].notna().all(axis=1)
    keys = payments["merchant_uid"]
    # An id that is blank or looks damaged is a break of its own (X05, X03) where it is alone.
    texts &= (keys.str.strip() != "") & ~keys.map(is_damaged).astype(bool)
    alone = ~keys.duplicated(keep=False)
    paid = (payments["status"] == "paid") & payments["paid_at"].notna()
    clean = (payments["cancel_amount"] == 0) & payments["failed_at"].isna()
    is_test = payments["sandbox"].fillna(value=False) | payments["pg_id"].fillna("").str.startswith(
        TEST_MID_PREFIX
    )
    empty = payments[["cancel_history", "deposit_history"]].map(_is_empty).all(axis=1)
    plain = texts & alone & paid & clean & ~is_test & empty
    plain &= (payments["currency"] == "KRW") & (payments["amount"] >= _AMOUNT_MIN)
    plain &= ~(payments["paid_at"] > payments["vbank_date"]).fillna(value=False)
    return (plain & ~_is_doubled(payments)).astype(bool)


def _is_doubled(payments: pd.DataFrame) -> pd.Series[bool]:
    """Mark charges near another one of the same customer and amount."""
    customer = payments["customer_uid"].fillna(payments["buyer_tel"])
    ordered = payments.assign(customer=customer).sort_values("paid_at", kind="stable")
    ordered = ordered[ordered["customer"].notna() & ordered["paid_at"].notna()]
    gaps = ordered.groupby(["customer", "amount"], sort=False)["paid_at"].diff()
    after = gaps <= pd.Timedelta(minutes=_DOUBLE_MINUTES)
    back = ordered.groupby(["customer", "amount"], sort=False)["paid_at"].diff(-1)
    before = back >= -pd.Timedelta(minutes=_DOUBLE_MINUTES)
    return (after | before).reindex(payments.index, fill_value=False)


def _is_empty(cell: Any) -> bool:
    """Whether a history has no entry."""
    return cell is None or (hasattr(cell, "__len__") and len(cell) == 0) or cell is pd.NA


def _payments(ground: pd.DataFrame, bed: Bed, kinds: list[str]) -> pd.DataFrame:
    """Put changed and added payments in place of the plain ones."""
    kept = ground[~ground["imp_uid"].isin(bed.taken)]
    added = pd.DataFrame(bed.payments, columns=ground.columns)
    for name in _INSTANTS:
        instants = pd.to_datetime(added[name], utc=True)
        added[name] = instants.dt.tz_convert(KST_NAME).astype(ground[name].dtype)
    typed = added.astype(
        {
            name: kind
            for name, kind in ground.dtypes.items()
            if name not in _INSTANTS and str(kind) != "object"
        }
    )
    whole = pd.concat([kept, typed], ignore_index=True) if len(typed) else kept
    order = bed.random.sample(range(len(whole)), len(whole))
    result = whole.iloc[order].reset_index(drop=True)
    verdict = "UNSTABLE" if "X01" in kinds else "COMPLETE"
    result.attrs = {"pull": {"verdict": verdict, "period": "planted"}}
    return result


def _ledger(ground: pd.DataFrame, bed: Bed) -> pd.DataFrame:
    """Book every plain order faithfully, and the planted ones as planted."""
    kept = ground[~ground["imp_uid"].isin(bed.taken)]
    faithful = pd.DataFrame(
        {
            "merchant_uid": kept["merchant_uid"],
            "amount": kept["amount"],
            "cancel_amount": 0,
            "currency": kept["currency"],
            "status": "paid",
            "paid_on": kept["paid_at"].dt.tz_localize(None).dt.normalize(),
        }
    )
    names = [*faithful.columns, "cancelled_on", "refund_method", "card_quota", "escrow"]
    planted = pd.DataFrame(bed.lines, columns=names)
    typed = planted.astype(
        {
            **dict.fromkeys(("merchant_uid", "currency", "status", "refund_method"), "str"),
            **dict.fromkeys(("amount", "cancel_amount"), "int64"),
            **dict.fromkeys(("paid_on", "cancelled_on"), "datetime64[us]"),
            "card_quota": "Int64",
            "escrow": "boolean",
        }
    )
    whole = pd.concat([faithful.reindex(columns=names).astype(typed.dtypes.to_dict()), typed])
    order = bed.random.sample(range(len(whole)), len(whole))
    return conform(whole.iloc[order].reset_index(drop=True), LEDGER)


def _rule(bed: Bed, kinds: list[str], payments: pd.DataFrame) -> Rule:
    """Set the tolerance, the budget and the MIDs that show what was planted."""
    tolerance = PAYMENTS_TO_LEDGER.tolerance
    if "P04" in kinds:
        tolerance = replace(tolerance, amount=bed.tolerance)
    if "X08" in kinds:
        tolerance = replace(tolerance, budget=max(bed.swallowed - 1, 0))
    mids: tuple[str, ...] | None = None
    if "P18" in kinds:
        known = {*payments["pg_id"].dropna(), *(row["pg_id"] for row in bed.payments)}
        mids = tuple(sorted(mid for mid in known - {bed.stranger} if isinstance(mid, str)))
    return replace(PAYMENTS_TO_LEDGER, tolerance=tolerance, mids=mids)


def _answers(answers: list[Answer]) -> pd.DataFrame:
    """Lay the answers out as a frame."""
    frame = pd.DataFrame([[getattr(a, name) for name in _ANSWER] for a in answers], columns=_ANSWER)
    return frame.astype(
        {
            **dict.fromkeys(("code", "merchant_uid", "currency"), "str"),
            **dict.fromkeys(("difference", "money_at_risk"), "int64"),
        }
    ).sort_values(list(_ANSWER), ignore_index=True)
