"""The breaks as people read them: one row an item that is not matched, both sides beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from jtnet_recon.money import format_minor
from jtnet_recon.recon.breaks import CODES, SEVERITIES

if TYPE_CHECKING:
    import duckdb

_BREAKS = """
SELECT o.*,
       coalesce(pl.row, p.first_row) AS row_p, coalesce(ll.row, l.first_row) AS row_l
FROM outcomes AS o
LEFT JOIN (
    SELECT merchant_uid, currency,
           first(row ORDER BY approved DESC, paid_us, imp_uid, row) AS first_row
    FROM payment_rows WHERE merchant_uid IN (SELECT merchant_uid FROM outcomes WHERE code IS NOT NULL)
    GROUP BY ALL
) AS p ON p.merchant_uid = o.merchant_uid AND p.currency = o.currency
LEFT JOIN (
    SELECT merchant_uid, currency,
           first(row ORDER BY is_sale DESC, day, amount, cancel, row) AS first_row
    FROM ledger_rows WHERE merchant_uid IN (SELECT merchant_uid FROM outcomes WHERE code IS NOT NULL)
    GROUP BY ALL
) AS l ON l.merchant_uid = o.merchant_uid AND l.currency = o.currency
LEFT JOIN payment_rows AS pl ON pl.row = o.lone_p
LEFT JOIN ledger_rows AS ll ON ll.row = o.lone_l
WHERE o.code IS NOT NULL
"""

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
    "merchant_uid",
    "imp_uid",
    "kind",
    "currency",
    *MONEY,
    "reasons",
    "secondary",
    "matched_by",
    "finding",
    "finding_ko",
    "next_action",
    "next_action_ko",
)
"""The columns of ``breaks`` before the two sides' own."""

_AGGREGATED = ("merchant_uid", "imp_uid", "currency", "amount", "cancel_amount")


def breaks_of(
    connection: duckdb.DuckDBPyConnection, payments: pd.DataFrame, ledger: pd.DataFrame
) -> pd.DataFrame:
    """Lay out every item that has a code, gravest first.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds ``outcomes``, ``payment_rows`` and ``ledger_rows``.
    payments, ledger : DataFrame
        The sides, for their own columns.

    Returns
    -------
    DataFrame, one row a break
        ``COLUMNS``, then the first row of each side with ``_payments`` and ``_ledger``.
    """
    found = connection.sql(_BREAKS).to_arrow_table().to_pandas()
    for name in ("merchant_uid", "currency"):
        found[name] = found[name].astype("str")
    described = pd.DataFrame(
        {
            **{name: found[name] for name in found.columns},
            "name": found["code"].map(lambda code: CODES[code].name).astype("str"),
            "name_ko": found["code"].map(lambda code: CODES[code].name_ko).astype("str"),
            "severity": found["code"].map(lambda code: CODES[code].severity).astype("str"),
            "kind": pd.Series("order", index=found.index, dtype="str"),
            "imp_uid": _side(payments, found["row_p"])["imp_uid"],
            "secondary": _secondary(found),
        }
    )
    described = described.assign(**_texts(described, payments))
    sides = [
        _side(payments, found["row_p"]).drop(columns=list(_AGGREGATED), errors="ignore"),
        _side(ledger, found["row_l"]).drop(columns=list(_AGGREGATED), errors="ignore"),
    ]
    breaks = pd.concat(
        [
            described[list(COLUMNS)],
            sides[0].add_suffix("_payments"),
            sides[1].add_suffix("_ledger"),
        ],
        axis=1,
    )
    return _sorted(breaks)


def with_controls(breaks: pd.DataFrame, controls: pd.DataFrame) -> pd.DataFrame:
    """Put the failed controls (X01, X09) in front of the breaks.

    Parameters
    ----------
    breaks : DataFrame
        Of :func:`breaks_of`.
    controls : DataFrame
        The run's controls.

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
            _control_row(code, actual)
            for code, actual in zip(failed["code"], failed["actual"], strict=True)
        ]
    ).reindex(columns=breaks.columns)
    typed = rows.astype(breaks.dtypes.to_dict())
    return pd.concat([typed, breaks], ignore_index=True)


def _control_row(code: str, actual: str) -> dict[str, Any]:
    """Write a failed control as a break."""
    what = CODES[code]
    values = {"verdict": actual, "residual": actual}
    return {
        "code": code,
        "name": what.name,
        "name_ko": what.name_ko,
        "severity": what.severity,
        "outcome": "control",
        "kind": "control",
        **dict.fromkeys(MONEY, 0),
        "reasons": "",
        "secondary": "",
        "matched_by": "",
        "finding": what.finding.format(**values),
        "finding_ko": what.finding_ko.format(**values),
        "next_action": what.next_action,
        "next_action_ko": what.next_action_ko,
    }


def _side(frame: pd.DataFrame, rows: pd.Series[Any]) -> pd.DataFrame:
    """Take one side's rows by position; a missing position gives a missing row."""
    chosen = frame.reset_index(drop=True)
    integers = chosen.select_dtypes("integer").columns
    chosen = chosen.astype(dict.fromkeys(integers, "Int64"))
    return chosen.reindex(rows.astype("Int64").fillna(-1)).set_axis(rows.index, axis=0)


def _secondary(found: pd.DataFrame) -> pd.Series[str]:
    """Name the other codes that hold."""
    texts = [
        "" if held is None else ", ".join(other for other in held if other != code)
        for held, code in zip(found["held"], found["code"], strict=True)
    ]
    return pd.Series(texts, index=found.index, dtype="str")


def _texts(described: pd.DataFrame, payments: pd.DataFrame) -> dict[str, pd.Series[str]]:
    """Write what was seen and what to do, in both languages."""
    del payments
    lines = [_line(row) for row in described.to_dict("records")]
    names = ("finding", "finding_ko", "next_action", "next_action_ko")
    return {
        name: pd.Series([line[position] for line in lines], index=described.index, dtype="str")
        for position, name in enumerate(names)
    }


def _line(row: dict[Any, Any]) -> tuple[str, str, str, str]:
    """Fill one break's sentences."""
    what = CODES[row["code"]]
    values = _values(row)
    return (
        what.finding.format(**values),
        what.finding_ko.format(**values),
        what.next_action,
        what.next_action_ko,
    )


def _values(row: dict[Any, Any]) -> dict[str, Any]:
    """Give the sentences' placeholders their values."""
    currency = row["currency"] if isinstance(row["currency"], str) else ""
    money = {
        name: f"{format_minor(row[name], currency or 'KRW')} {currency}".strip() for name in MONEY
    }
    paid = (
        pd.Timestamp(int(row["paid_us"]), unit="us", tz="Asia/Seoul")
        if pd.notna(row["paid_us"])
        else None
    )
    booked = pd.Timestamp(int(row["day_l"]), unit="D") if pd.notna(row["day_l"]) else None
    missing = "the order id" if row["reasons"] == "key" else "the date of the ledger line"
    return {
        **money,
        "currency": currency,
        "approved": row["approved"],
        "sales": row["sales"],
        "paid_at": f"{paid:%Y-%m-%d %H:%M:%S}" if paid is not None else "an unknown time",
        "paid_on": f"{paid:%Y-%m-%d}" if paid is not None else "an unknown day",
        "booked_on": f"{booked:%Y-%m-%d}" if booked is not None else "no day",
        "missing": missing,
    }


def _sorted(breaks: pd.DataFrame) -> pd.DataFrame:
    """Gravest first, then most money, then by order id, whatever order the rows came in."""
    rank = breaks["severity"].map({name: place for place, name in enumerate(SEVERITIES)})
    return (
        breaks.assign(_rank=rank)
        .sort_values(
            [
                "_rank",
                "money_at_risk",
                "code",
                "merchant_uid",
                "currency",
                "amount_ledger",
                "net_ledger",
            ],
            ascending=[True, False, True, True, True, True, True],
            kind="stable",
            ignore_index=True,
        )
        .drop(columns="_rank")
    )
