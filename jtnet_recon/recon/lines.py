"""The breaks as people read them: one row an item that is not matched, both sides beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from jtnet_recon.money import format_minor
from jtnet_recon.recon.breaks import CODES, SEVERITIES
from jtnet_recon.recon.neutral import words_of
from jtnet_recon.recon.sentences import sentences_of

if TYPE_CHECKING:
    from jtnet_recon.recon.items import Items
    from jtnet_recon.recon.rules import Rule

MONEY = (
    "amount_payments",
    "amount_ledger",
    "cancel_payments",
    "cancel_ledger",
    "net_payments",
    "net_ledger",
    "difference",
    "money_at_risk",
)
COLUMNS = (
    "code",
    "name",
    "name_ko",
    "severity",
    "outcome",
    "portone_status",
    "merchant_uid",
    "imp_uid",
    "kind",
    "currency",
    *MONEY,
    "reasons",
    "secondary",
    "matched_by",
    "candidates",
    "decides",
    "finding",
    "finding_ko",
    "cause",
    "cause_ko",
    "next_action",
    "next_action_ko",
)
"""The columns of ``breaks`` before the two sides' own."""

_AGGREGATED = ("merchant_uid", "imp_uid", "currency", "amount", "cancel_amount")
OF_CODE = {
    "name": "name",
    "name_ko": "name_ko",
    "severity": "severity",
    "portone_status": "portone",
    "cause": "cause",
    "cause_ko": "cause_ko",
    "next_action": "next_action",
    "next_action_ko": "next_action_ko",
}
"""What a break takes from its code: column to field."""


def breaks_of(
    items: Items, rule: Rule, payments: pd.DataFrame, ledger: pd.DataFrame
) -> pd.DataFrame:
    """Lay out every item that has a code, gravest first.

    Parameters
    ----------
    items : Items
        All items; the exact ones have no code.
    rule : Rule
        Its tolerance and minutes, which some sentences quote.
    payments, ledger : DataFrame
        The rows that were not plainly matched, indexed by their number in the input.

    Returns
    -------
    DataFrame, one row a break
        ``COLUMNS``, then the first row of each side with ``_payments`` and ``_ledger``.
    """
    coded = items.others.filter(pc.is_valid(items.others["code"]))
    found = _frame(coded).assign(
        double_minutes=rule.double_minutes, tolerance=rule.tolerance.amount
    )
    codes = found["code"]
    words = words_of(rule.sides)
    described = {name: found[name] for name in COLUMNS if name in found.columns}
    places, seen = pd.factorize(codes)
    for name, field in OF_CODE.items():
        texts = pd.Series([getattr(words[code], field) for code in seen], dtype="str")
        described[name] = texts.take(places).set_axis(found.index)
    left, right = _side(payments, found["row_p"]), _side(ledger, found["row_l"])
    described["imp_uid"] = left.get("imp_uid", pd.Series(pd.NA, index=found.index, dtype="str"))
    described["secondary"] = _secondary(found)
    described |= sentences_of(found, words)
    sides = [
        side.drop(columns=list(_AGGREGATED), errors="ignore").add_suffix(suffix)
        for side, suffix in ((left, "_payments"), (right, "_ledger"))
    ]
    whole = pd.DataFrame({name: described[name] for name in COLUMNS}, index=found.index)
    # A table of one's own may have a column net, whose name beside the other side is taken.
    own = [side.rename(columns={name: f"own_{name}" for name in COLUMNS}) for side in sides]
    return gravest_first(pd.concat([whole, *own], axis=1))


def with_controls(breaks: pd.DataFrame, controls: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Put the failed controls (X01, X08, X09) in front of the breaks.

    Parameters
    ----------
    breaks : DataFrame
        Of :func:`breaks_of`.
    controls : DataFrame
        The run's controls.
    rule : Rule
        Its tolerance and budget, which X08 quotes.

    Returns
    -------
    DataFrame
        The breaks, with one row a failed control: outcome and kind ``control``, no money.
    """
    failed = controls[controls["state"] == "failed"]
    if failed.empty:
        return breaks
    rows = pd.DataFrame(
        [
            _control_row(code, control, actual, rule)
            for code, control, actual in zip(
                failed["code"], failed["control"], failed["actual"], strict=True
            )
        ]
    ).reindex(columns=breaks.columns)
    typed = rows.astype(breaks.dtypes.to_dict())
    return pd.concat([typed, breaks], ignore_index=True)


def _control_row(code: str, control: str, actual: str, rule: Rule) -> dict[str, Any]:
    """Write a failed control as a break."""
    what = CODES[code]
    values = {"verdict": actual, "residual": actual}
    if code == "X08":
        currency = control.rpartition("_")[2]
        limits = {"tolerance": rule.tolerance.amount, "limit": rule.tolerance.budget or 0}
        values = {name: f"{format_minor(n, currency)} {currency}" for name, n in limits.items()}
        values["money_at_risk"] = f"{actual} {currency}"
    return {
        "code": code,
        **{name: getattr(what, field) for name, field in OF_CODE.items()},
        "outcome": "control",
        "kind": "control",
        **dict.fromkeys(MONEY, 0),
        **dict.fromkeys(("reasons", "secondary", "matched_by"), ""),
        "finding": what.finding.format(**values),
        "finding_ko": what.finding_ko.format(**values),
    }


def _frame(coded: pa.Table) -> pd.DataFrame:
    """Bring the items with codes into a frame: texts, whole numbers, lists."""
    integers = {pa.int32(): pd.Int32Dtype(), pa.int64(): pd.Int64Dtype()}
    held = coded["held"].to_pylist()
    frame: pd.DataFrame = coded.drop_columns(["held"]).to_pandas(
        types_mapper={**integers, pa.bool_(): pd.BooleanDtype()}.get
    )
    texts = [name for name in frame.columns if _is_text(coded.schema.field(str(name)).type)]
    frame = frame.astype(dict.fromkeys(texts, "str") | dict.fromkeys(MONEY, "int64"))
    return frame.assign(held=pd.Series(held, index=frame.index, dtype="object"))


def _side(frame: pd.DataFrame, rows: pd.Series[Any]) -> pd.DataFrame:
    """Take one side's rows by number; a missing number gives a missing row."""
    integers = frame.select_dtypes("integer").columns
    wanted = rows.fillna(-1).to_numpy(dtype="int64")
    found = frame.index.get_indexer(pd.Index(wanted))
    present = found >= 0
    if not len(frame):
        return frame.astype(dict.fromkeys(integers, "Int64")).reindex(rows.index)
    chosen = frame.iloc[np.where(present, found, 0)].set_axis(rows.index, axis=0)
    chosen = chosen.astype(dict.fromkeys(integers, "Int64"))
    if present.all():
        return chosen
    return chosen.mask(~pd.Series(present, index=rows.index))


def _secondary(found: pd.DataFrame) -> pd.Series[str]:
    """Name the other codes that hold."""
    texts = [
        "" if held is None or held == [code] else ", ".join(c for c in held if c != code)
        for held, code in zip(found["held"].tolist(), found["code"].tolist(), strict=True)
    ]
    return pd.Series(texts, index=found.index, dtype="str")


def gravest_first(breaks: pd.DataFrame) -> pd.DataFrame:
    """Gravest first, then most money, then by order id, whatever order the rows came in."""
    rank = breaks["severity"].map({name: place for place, name in enumerate(SEVERITIES)})
    order = ["merchant_uid", "currency", "kind", "amount_payments", "amount_ledger", "net_ledger"]
    return (
        breaks.assign(_rank=rank)
        .sort_values(
            ["_rank", "money_at_risk", "code", *order],
            ascending=[True, False, *[True] * (1 + len(order))],
            kind="stable",
            ignore_index=True,
        )
        .drop(columns="_rank")
    )


def _is_text(kind: pa.DataType) -> bool:
    """Tell text columns."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
