"""The sheets behind page 1: breaks, days, cut-off, VAT, both sides row by row, codes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from jtnet_recon import tables
from jtnet_recon.recon.breaks import CODES
from jtnet_recon.report import daily
from jtnet_recon.report.figures import amount_of, items_of, key_of
from jtnet_recon.report.personal import mask_side
from jtnet_recon.report.shapes import DataSheet
from jtnet_recon.report.text import visible
from jtnet_recon.report.words import WORDS

if TYPE_CHECKING:
    from jtnet_recon.report.view import View

_BREAKS_FIRST = {
    "en": "severity code name merchant_uid currency money_at_risk difference net_payments "
    "net_ledger finding next_action",
    "ko": "severity code name_ko merchant_uid currency money_at_risk difference net_payments "
    "net_ledger finding_ko next_action_ko",
}
_BREAKS_THEN = (
    "name name_ko cause cause_ko verified portone_status imp_uid amount_payments amount_ledger "
    "cancel_payments cancel_ledger reasons secondary status_payments paid_at_payments "
    "status_ledger paid_on_ledger pay_method_payments pg_provider_payments pg_id_payments "
    "apply_num_payments kind outcome matched_by"
).split()
_OTHER_LANG = {
    "en": ("finding_ko", "next_action_ko", "cause_ko"),
    "ko": ("finding", "next_action", "cause"),
}
_BREAK_MONEY = (
    "amount_payments amount_ledger cancel_payments cancel_ledger net_payments net_ledger "
    "difference money_at_risk"
).split()
_PAYMENTS_FIRST = (
    "outcome code merchant_uid imp_uid pg_provider pg_id pay_method currency amount cancel_amount "
    "status paid_at"
).split()
_LEDGER_FIRST = "outcome code merchant_uid currency amount cancel_amount status paid_on".split()
_PLACEHOLDER = re.compile(r"\{\w+\}")


def breaks(view: View) -> DataSheet:
    """Show every break, most money at risk first."""
    first = _BREAKS_FIRST[view.lang].split()
    if view.is_key_audit:  # a break may be of a key as a whole, and of no order
        first.insert(first.index("merchant_uid") + 1, "customer_uid")
    frame = view.breaks
    known = [*first, *(name for name in _BREAKS_THEN if name not in first)]
    ours = [name for name in known if name in frame.columns and name not in _OTHER_LANG[view.lang]]
    # Columns that a later rule adds are shown behind those that this module knows.
    more = [
        name
        for name in frame.columns
        if name not in ours
        and name not in _OTHER_LANG[view.lang]
        and not str(name).endswith(("_payments", "_ledger"))
    ]
    shown = frame[[*ours, *more]].assign(
        severity=_said(view, frame["severity"], ""),
        outcome=_said(view, frame["outcome"], "outcome_"),
    )
    shown = _flat(shown)
    return DataSheet(
        key="breaks",
        title=view.word("breaks"),
        frame=shown,
        labels=labels_of(view, shown, own=("name",)),
        money=dict.fromkeys(_BREAK_MONEY, "currency"),
        main=len(first),
        note=view.word("breaks_note", count=f"{len(items_of(frame)):,}"),
    )


def by_day(view: View) -> DataSheet | None:
    """Show both sides by day, PG, MID and method."""
    frame = daily.by_day(view.result)
    if frame is None:
        return None
    money = [name for name in frame.columns if name.startswith(("amount", "cancel", "net"))]
    return DataSheet(
        key="by_day",
        title=view.word("by_day"),
        frame=frame,
        labels=labels_of(view, frame),
        money=dict.fromkeys([*money, "difference"], "currency"),
        main=len(frame.columns),
        note=view.word("by_day_note"),
    )


def timing(view: View) -> DataSheet:
    """Show what touches the cut-off."""
    frame = daily.timing(view.result)
    if not view.unmask:
        frame = mask_side(frame, view.aliases, of_payments=True)
    why = frame["why"].map(lambda code: view.word("edge") if code == "edge" else str(code))
    frame = frame.assign(why=why.astype("str"))
    return DataSheet(
        key="timing",
        title=view.word("timing"),
        frame=frame,
        labels=labels_of(view, frame, ledger=("paid_on",)),
        money={"amount": "currency"},
        main=len(frame.columns),
        note=view.word("timing_note", minutes=daily.EDGE_MINUTES),
    )


def vat(view: View) -> DataSheet:
    """Show the VAT reference."""
    frame = daily.vat(view.result)
    issued = frame["cash_receipt_issued"].map(
        lambda flag: "" if pd.isna(flag) else view.word("issued" if flag else "not_issued")
    )
    frame = frame.assign(cash_receipt_issued=issued.astype("str"))
    return DataSheet(
        key="vat",
        title=view.word("vat"),
        frame=frame,
        labels=labels_of(view, frame),
        money=dict.fromkeys(("amount", "cancel", "net", "supply", "vat"), "currency"),
        main=len(frame.columns),
        note=view.word("vat_note"),
    )


def side(view: View, name: str) -> DataSheet:
    """Show every row of one side that was used, with what became of it."""
    raw = view.result.payments if name == "payments" else view.result.ledger
    frame = _flat(view.side(name))
    ended = _ended(view, raw, name)
    frame = frame.drop(columns=[n for n in ("outcome", "code") if n in frame.columns]).assign(
        outcome=ended["outcome"].to_numpy(), code=ended["code"].to_numpy()
    )
    first = [
        n for n in (_PAYMENTS_FIRST if name == "payments" else _LEDGER_FIRST) if n in frame.columns
    ]
    frame = frame[[*first, *(n for n in frame.columns if n not in first)]]
    amounts = dict.fromkeys(("amount", "cancel_amount", amount_of(view.result, name)))
    money = [n for n in amounts if n in frame.columns]
    # Which columns of somebody's own table matter most is not known: all go onto paper.
    main = len(first) if view.has_books or view.is_key_audit else len(frame.columns)
    return DataSheet(
        key=f"{name}_rows",
        title=view.word(f"{name}_rows"),
        frame=frame,
        labels=labels_of(view, frame, ledger=() if name == "payments" else ("paid_on",)),
        money=dict.fromkeys(money, "currency" if "currency" in frame.columns else ""),
        main=main,
        note=view.word(f"{name}_rows_note", count=f"{len(frame):,}"),
    )


def codes(view: View) -> DataSheet:
    """Explain every code, met or not."""
    met = items_of(view.breaks)["code"].value_counts().to_dict()
    met |= view.breaks.loc[view.breaks["kind"] == "control", "code"].value_counts().to_dict()
    english = view.lang == "en"
    frame = pd.DataFrame(
        {
            "code": [code.code for code in CODES.values()],
            "severity": [view.word(code.severity) for code in CODES.values()],
            "name": [code.name for code in CODES.values()],
            "name_ko": [code.name_ko for code in CODES.values()],
            "code_count": [int(met.get(code, 0)) for code in CODES],
            "finding_text": [
                _PLACEHOLDER.sub("…", code.finding if english else code.finding_ko)
                for code in CODES.values()
            ],
            "next_action": [
                code.next_action if english else code.next_action_ko for code in CODES.values()
            ],
        }
    )
    return DataSheet(
        key="codes",
        title=view.word("codes"),
        frame=frame,
        labels=labels_of(view, frame, own=("name",)),
        money={},
        main=len(frame.columns),
        note=view.word("codes_note"),
    )


_BREAK_WORDS = {"name": "name_en", "name_ko": "name_ko"}
_OWN_WORDS = {
    "merchant_uid": "order_id",
    "pg_provider": "pg",
    "pay_method": "method",
    "cash_receipt_issued": "receipt",
    "net": "net",
    "cancel": "cancelled",
    "vat": "vat_amount",
    "period_payments": "period_pg",
    "rows_payments": "rows_pg",
    "finding_ko": "finding",
    "next_action_ko": "next_action",
    "cause_ko": "cause",
}


def labels_of(
    view: View, frame: pd.DataFrame, *, own: tuple[str, ...] = (), ledger: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """Name the columns in the report's language; times say that they are Korean.

    Parameters
    ----------
    view : View
        For the language.
    frame : DataFrame
        What is shown.
    own : tuple of str
        Columns that only share their name with a field of the API.
    ledger : tuple of str
        Columns that are the ledger's where both sides have one.

    Returns
    -------
    tuple of str
        One a column.
    """
    labels = []
    for column in frame.columns:
        name = str(column)
        if name in ledger:
            declared = tables.LEDGER.column(name)
            text = declared.label if view.lang == "en" else declared.label_ko
        else:
            text = _label(view, name, is_own=name in own)
        if isinstance(frame[column].dtype, pd.DatetimeTZDtype):
            text = f"{text[:-1]}, KST)" if text.endswith(")") else f"{text} (KST)"
        labels.append(visible(text))
    return tuple(labels)


def _label(view: View, name: str, *, is_own: bool) -> str:
    """Name one column: by our own word for it, else as its table declares it."""
    key = _BREAK_WORDS.get(name, name) if is_own else _OWN_WORDS.get(name, name)
    declared = name in tables.PAYMENTS.names or name in tables.LEDGER.names
    if key in WORDS and (is_own or not declared or name in _OWN_WORDS):
        return view.word(key)
    return tables.label(name, lang=view.lang)


def _said(view: View, values: pd.Series[Any], prefix: str) -> pd.Series[Any]:
    """Put the values of a closed set into words."""
    said = values.map(lambda v: view.word(f"{prefix}{v}") if f"{prefix}{v}" in WORDS else str(v))
    return said.astype("str")


def _flat(frame: pd.DataFrame) -> pd.DataFrame:
    """Write lists and dicts of the API as JSON: every column is then texts, numbers or times."""
    nested = [name for name in frame.columns if frame[name].dtype == object]
    texts = {
        name: pd.Series(
            [None if value is None or value != value else visible(value) for value in frame[name]],  # noqa: PLR0124 - NaN differs from itself
            index=frame.index,
            dtype="str",
        )
        for name in nested
    }
    return frame.assign(**{str(name): values for name, values in texts.items()})


def _ended(view: View, raw: pd.DataFrame, side: str) -> pd.DataFrame:
    """Say for each row of a side in which outcome and code its order ended."""
    if view.is_key_audit:
        return raw[["outcome", "code"]].assign(outcome=_said(view, raw["outcome"], "outcome_"))
    items = view.items[["merchant_uid", "currency", "outcome", "code"]]
    keyed = items.dropna(subset=["merchant_uid", "currency"])
    keyed = keyed.assign(outcome=_said(view, keyed["outcome"], "outcome_"))
    if keyed.duplicated(["merchant_uid", "currency"]).any():
        keyed = _joined(keyed)
    key = key_of(view.result, side)
    rows = pd.DataFrame({"merchant_uid": raw[key].to_numpy(dtype=object)}).astype("str")
    currency = raw["currency"] if "currency" in raw.columns else pd.Series("KRW", index=raw.index)
    rows["currency"] = currency.fillna("KRW").to_numpy(dtype=object)
    rows["currency"] = rows["currency"].astype("str")
    ended = rows.merge(keyed, on=["merchant_uid", "currency"], how="left", validate="m:1")
    # A row without a key is an item of its own, and such an item has one code only.
    keyless = rows["merchant_uid"].isna()
    # One with a key but no item of that key was paired by another reference.
    outcome = ended["outcome"].fillna(view.word("outcome_elsewhere"))
    return pd.DataFrame(
        {
            "outcome": outcome.mask(keyless, view.word(f"outcome_only_{side}")),
            "code": ended["code"].mask(keyless, "X05").fillna(""),
        }
    ).astype("str")


def _joined(keyed: pd.DataFrame) -> pd.DataFrame:
    """Join what became of an order's movements, where each is an item of its own."""
    return (
        keyed.fillna({"code": ""})
        .sort_values("code", kind="stable")
        .drop_duplicates()
        .groupby(["merchant_uid", "currency"], as_index=False, sort=False)
        .agg(
            outcome=("outcome", lambda names: " / ".join(dict.fromkeys(names))),
            code=("code", lambda codes: " ".join(code for code in dict.fromkeys(codes) if code)),
        )
    )
