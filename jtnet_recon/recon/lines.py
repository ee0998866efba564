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
    from collections.abc import Mapping

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
    found = _Found(coded)
    for name, number in (
        ("double_minutes", rule.double_minutes),
        ("tolerance", rule.tolerance.amount),
    ):
        found[name] = pd.Series(number, index=range(len(coded)))
    words = words_of(rule.sides)
    described: dict[str, Any] = {n: found[n] for n in COLUMNS if n in coded.column_names}
    places, seen = pd.factorize(found["code"])
    for name, field in OF_CODE.items():
        texts = pd.array([getattr(words[code], field) for code in seen], dtype="str")
        described[name] = texts.take(places)
    left = _side(payments, found["row_p"])
    right = _side(ledger, found["row_l"])
    described["imp_uid"] = left.get("imp_uid", pd.array([pd.NA] * len(coded), dtype="str"))
    described["secondary"] = _secondary(found)
    described |= sentences_of(found, words)
    whole = {name: described[name] for name in COLUMNS}
    for side, suffix in ((left, "_payments"), (right, "_ledger")):
        # A table of one's own may have a column net, whose name beside the other side is taken.
        names = {name: f"{name}{suffix}" for name in side if name not in _AGGREGATED}
        whole |= {
            f"own_{long}" if long in COLUMNS else long: side[name] for name, long in names.items()
        }
    return gravest_first(pd.DataFrame(whole, index=range(len(coded)), copy=False))


class _Found(dict[str, "pd.Series[Any]"]):
    """The items with codes; a column is taken from the engine's table when somebody asks for it."""

    def __init__(self, coded: pa.Table) -> None:
        super().__init__()
        self._coded = coded

    def __missing__(self, name: str) -> pd.Series[Any]:
        """Bring a column into pandas: text, whole numbers, flags, lists."""
        column = self._coded[name]
        if name == "held":
            series = pd.Series(column.to_pylist(), dtype="object")
        elif name in MONEY:
            series = column.to_pandas().astype("int64")
        else:
            series = column.to_pandas(types_mapper=_DTYPES.get)
        self[name] = series
        return series


_DTYPES = {
    pa.string(): pd.StringDtype(na_value=np.nan),
    pa.large_string(): pd.StringDtype(na_value=np.nan),
    pa.int32(): pd.Int32Dtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.bool_(): pd.BooleanDtype(),
}


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


def _side(frame: pd.DataFrame, rows: pd.Series[Any]) -> dict[str, Any]:
    """Take one side's rows by number, a column at a time; a missing number gives a missing row."""
    places = frame.index.get_indexer(pd.Index(rows.fillna(-1).to_numpy(dtype="int64")))
    is_whole = bool((places >= 0).all())
    taken: dict[str, Any] = {}
    for name in frame.columns:
        values = frame[name].array
        if pd.api.types.is_integer_dtype(values.dtype):
            values = pd.array(values, dtype="Int64")  # whole numbers that may be missing
        elif isinstance(values, pd.arrays.NumpyExtensionArray):
            values = values.to_numpy()
        chosen: Any = (
            values.take(places)
            if is_whole
            else pd.api.extensions.take(values, places, allow_fill=True)
        )
        # A bare array of objects would be looked through for texts: half a character is none.
        taken[str(name)] = pd.Series(chosen, dtype="object") if values.dtype == object else chosen
    return taken


def _secondary(found: Mapping[str, pd.Series[Any]]) -> pd.Series[str]:
    """Name the other codes that hold."""
    texts = [
        "" if held is None or held == [code] else ", ".join(c for c in held if c != code)
        for held, code in zip(found["held"].tolist(), found["code"].tolist(), strict=True)
    ]
    return pd.Series(texts, dtype="str")


def gravest_first(breaks: pd.DataFrame) -> pd.DataFrame:
    """Gravest first, then most money, then by order id, whatever order the rows came in."""
    rank = breaks["severity"].map({name: place for place, name in enumerate(SEVERITIES)})
    keys = {"rank": pa.array(rank, pa.int64(), from_pandas=True)}
    keys |= {name: pa.Array.from_pandas(breaks[name]) for name in _GRAVITY}
    order = [(name, "descending" if name == "money_at_risk" else "ascending") for name in keys]
    places = pc.sort_indices(pa.table(keys), sort_keys=order).to_numpy()
    return breaks.take(places).reset_index(drop=True)


_GRAVITY = (
    "money_at_risk code merchant_uid currency kind amount_payments amount_ledger net_ledger"
).split()
"""What puts breaks of one severity in order."""
