"""The breaks as people read them: one row an item that is not matched, both sides beside it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from jtnet_recon.money import format_minor
from jtnet_recon.recon.breaks import CODES, SEVERITIES
from jtnet_recon.recon.neutral import words_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jtnet_recon.recon.breaks import BreakCode
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
    for name, field in OF_CODE.items():
        texts = {code: getattr(words[code], field) for code in codes.unique()}
        described[name] = codes.map(texts).astype("str")
    left, right = _side(payments, found["row_p"]), _side(ledger, found["row_l"])
    described["imp_uid"] = left.get("imp_uid", pd.Series(pd.NA, index=found.index, dtype="str"))
    described["secondary"] = _secondary(found)
    described |= _findings(found, words)
    sides = [
        side.drop(columns=list(_AGGREGATED), errors="ignore").add_suffix(suffix)
        for side, suffix in ((left, "_payments"), (right, "_ledger"))
    ]
    whole = pd.DataFrame({name: described[name] for name in COLUMNS}, index=found.index)
    return gravest_first(pd.concat([whole, *sides], axis=1))


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
        "" if held is None else ", ".join(other for other in held if other != code)
        for held, code in zip(found["held"], found["code"], strict=True)
    ]
    return pd.Series(texts, index=found.index, dtype="str")


_FIELD = re.compile(r"\{(\w+)\}")


def _findings(found: pd.DataFrame, words: Mapping[str, BreakCode]) -> dict[str, pd.Series[str]]:
    """Write what was seen, in both languages, code by code: only what a sentence asks for."""
    texts: dict[str, pd.Series[str]] = {
        name: pd.Series("", index=found.index, dtype="object") for name in ("finding", "finding_ko")
    }
    for code, rows in found.groupby("code", sort=False):
        for name, column in texts.items():
            sentence = getattr(words[str(code)], name)
            wanted = list(dict.fromkeys(_FIELD.findall(sentence)))
            is_korean = name.endswith("_ko")
            values = [_VALUES.get(field, _money_of(field))(rows, is_korean) for field in wanted]
            if values:
                filled = [
                    sentence.format(**dict(zip(wanted, row, strict=True)))
                    for row in zip(*values, strict=True)
                ]
                column.loc[rows.index] = pd.Series(filled, index=rows.index, dtype="object")
            else:
                column.loc[rows.index] = sentence
    return {name: column.astype("str") for name, column in texts.items()}


_Value = Callable[[pd.DataFrame, bool], list[Any]]


def _money_of(field: str) -> _Value:
    """Format a column of money with its currency."""
    column = _MONEY_COLUMNS.get(field, field)
    return lambda rows, _: _amounts(rows[column], rows["currency"])


_MONEY_COLUMNS = {"deposits": "deposited"}


def _amounts(amounts: pd.Series[Any], currencies: pd.Series[Any]) -> list[str]:
    """Write minor units with their currency."""
    numbers = amounts.fillna(0).tolist()
    codes = currencies.fillna("").tolist()
    return [
        f"{number:,} KRW"
        if code == "KRW"
        else f"{format_minor(number, code or 'KRW')} {code}".strip()
        for number, code in zip(numbers, codes, strict=True)
    ]


def _plain(column: str) -> _Value:
    """Take a column as it is."""
    return lambda rows, _: rows[column].astype("object").fillna("").tolist()


def _instant(column: str, form: str, unknown: tuple[str, str]) -> _Value:
    """Write unix microseconds as a time in Asia/Seoul."""

    def value(rows: pd.DataFrame, is_korean: bool) -> list[str]:  # noqa: FBT001 - one of two languages
        instants = pd.to_datetime(rows[column], unit="us", utc=True).dt.tz_convert("Asia/Seoul")
        return [
            unknown[is_korean] if pd.isna(instant) else f"{instant:{form}}" for instant in instants
        ]

    return value


def _day(column: str, unknown: tuple[str, str]) -> _Value:
    """Write days since 1970-01-01 as a date."""

    def value(rows: pd.DataFrame, is_korean: bool) -> list[str]:  # noqa: FBT001 - one of two languages
        days = pd.to_datetime(rows[column], unit="D")
        return [unknown[is_korean] if pd.isna(day) else f"{day:%Y-%m-%d}" for day in days]

    return value


def _missing(rows: pd.DataFrame, is_korean: bool) -> list[str]:  # noqa: FBT001 - one of two languages
    """Name what is missing of a row."""
    key, day = (
        ("주문번호", "장부 행의 날짜")
        if is_korean
        else ("the order id", "the date of the ledger line")
    )
    return [key if reason == "key" else day for reason in rows["reasons"]]


def _quota(column: str) -> _Value:
    """Write a number of instalments; 0 is a single payment."""

    def value(rows: pd.DataFrame, is_korean: bool) -> list[str]:  # noqa: FBT001 - one of two languages
        once = "일시불" if is_korean else "a single payment"
        many = "{}개월" if is_korean else "{} months"
        return [
            once if pd.isna(quota) or quota == 0 else many.format(int(quota))
            for quota in rows[column]
        ]

    return value


def _requested(rows: pd.DataFrame, is_korean: bool) -> list[str]:  # noqa: FBT001 - one of two languages
    """Write the refund that is booked, or asked for and not booked yet."""
    del is_korean
    amounts = rows["cancel_ledger"].where(rows["cancel_ledger"] != 0, rows["requested"].fillna(0))
    return _amounts(amounts, rows["currency"])


_UNKNOWN_DAY = ("an unknown day", "알 수 없는 날")
_VALUES: dict[str, _Value] = {
    **{name: _plain(name) for name in ("currency", "approved", "sales", "decides")},
    "paid_at": _instant("paid_us", "%Y-%m-%d %H:%M:%S", ("an unknown time", "알 수 없는 시각")),
    "paid_on": _instant("paid_us", "%Y-%m-%d", _UNKNOWN_DAY),
    "cancelled_on": _instant("cancelled_us", "%Y-%m-%d", _UNKNOWN_DAY),
    "vbank_due": _instant("due_us", "%Y-%m-%d %H:%M", _UNKNOWN_DAY),
    "booked_on": _day("day_l", ("no day", "날짜 없음")),
    "refunded_on": _day("refunded_on", ("no day", "날짜 없음")),
    "missing": _missing,
    "other": lambda rows, _: [
        first if isinstance(first, str) else second if isinstance(second, str) else "?"
        for first, second in zip(rows["candidates"], rows["double_of"], strict=True)
    ],
    "mid": _plain("stranger"),
    "quota_payments": _quota("quota_p"),
    "quota_ledger": _quota("quota_l"),
    "cancel_ledger": _requested,
    "minutes": _plain("double_minutes"),
}


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
