"""The breaks of an audit as people read them: those of the items, then those that move no money."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from jtnet_recon.recon.codes_keys import WHY
from jtnet_recon.recon.lines import breaks_of

if TYPE_CHECKING:
    from jtnet_recon.recon.billing_keys_load import Facts
    from jtnet_recon.recon.items import Items
    from jtnet_recon.recon.rules import Rule


def breaks_of_audit(
    facts: Facts, items: Items, found: pd.DataFrame, rule: Rule, expected: pd.DataFrame
) -> pd.DataFrame:
    """Lay out everything that has a code, gravest first.

    Parameters
    ----------
    facts : Facts
        Of the audit.
    items : Items
        All items, with their final codes.
    found : DataFrame
        ``item`` (missing where the finding is about no item) and ``FOUND``.
    rule : Rule
        The comparison of charges with contracts.
    expected : DataFrame
        What the contracts ask for, in the order of the comparison.

    Returns
    -------
    DataFrame, one row a break
        As of every comparison, then ``customer_uid``. ``merchant_uid`` is the order id of the
        payment or schedule, else the cycle.
    """
    told = _with_people(facts, found[found["code"].notna()].reset_index(drop=True))
    facts.connection.register("found_in", _arrow(told))
    facts.connection.register("others_in", _numbered(items))
    table = facts.connection.sql(_CODED, params={"asked": len(expected)}).to_arrow_table()
    shown = copy.copy(items)
    shown.others = table.select([*items.others.column_names]).cast(items.others.schema)
    payments = _rows(facts.payments, table["row_p"])
    ledger = _with_marks(_rows(expected, table["row_l"]), told, len(expected))
    breaks = breaks_of(shown, rule, payments, ledger)
    return _finished(breaks, told)


def _with_people(facts: Facts, told: pd.DataFrame) -> pd.DataFrame:
    """Put the key's id, its customer and plan beside each finding."""
    wanted = pa.table({"wanted": pa.array(told["key_no"].dropna().unique(), pa.int64())})
    facts.connection.register("wanted_keys", wanted)
    people = facts.frame(_PEOPLE).set_index("key_no")
    facts.connection.unregister("wanted_keys")
    columns = {name: told["key_no"].map(people[name]).astype("str") for name in people.columns}
    # Of breaks that weigh the same the order is that of their keys, however the rows came in.
    order = ["uid", "customer", "code", "merchant_uid", "paid_us", "booked_day"]
    return told.assign(**columns).sort_values(order, kind="stable", ignore_index=True)


def _arrow(told: pd.DataFrame) -> pa.Table:
    """Hand the findings over, each with its number."""
    numbered = told.assign(number=np.arange(len(told), dtype="int64"))
    columns = {
        name: pa.array(numbered[name].astype("Int64"), pa.int64(), from_pandas=True)
        for name in ("number", *_WHOLE)
    }
    columns |= {name: pa.array(numbered[name], pa.string(), from_pandas=True) for name in _TEXTS}
    return pa.table(columns)


_WHOLE = (
    "item event_row expected_row prepared price booked_day paid_us approved money_at_risk"
).split()
_TEXTS = "code kind merchant_uid currency other reasons".split()
_PEOPLE = """
SELECT n.key_no, any_value(n.uid) AS uid, min(c.customer) AS customer, min(c.plan) AS plan
FROM named_key AS n LEFT JOIN contract AS c ON c.key_no = n.key_no
WHERE n.key_no IN (SELECT wanted FROM wanted_keys) GROUP BY n.key_no
"""


def _numbered(items: Items) -> pa.Table:
    """Put a number beside each item."""
    return items.others.append_column("item", pa.array(np.arange(len(items.others))))


def _rows(frame: pd.DataFrame, numbers: pa.ChunkedArray) -> pd.DataFrame:
    """Take the rows that some break shows, indexed by their number."""
    wanted = np.unique(numbers.drop_null().to_numpy()).astype("int64")
    wanted = wanted[wanted < len(frame)]
    return frame.iloc[wanted].set_axis(pd.Index(wanted, name="row"), axis=0)


def _with_marks(ledger: pd.DataFrame, told: pd.DataFrame, asked: int) -> pd.DataFrame:
    """Give findings about no cycle a line of the contracts' side: whose key, and which day."""
    alone = told[told["item"].isna()]
    if alone.empty:
        return ledger
    marks = pd.DataFrame(
        {
            "customer": alone["customer"],
            "customer_uid": alone["uid"],
            "plan": alone["plan"],
            "paid_on": _days(alone["booked_day"]),
        }
    ).set_axis(pd.Index(alone.index + asked, name="row"), axis=0)
    return pd.concat([ledger.drop(columns=["amount"]), marks])


def _days(numbers: pd.Series[Any]) -> pd.Series[Any]:
    """Write numbered days as days."""
    days: pd.Series[Any] = pd.to_datetime(numbers, unit="D").astype("datetime64[us]")
    return days


def _finished(breaks: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """Say reasons in words, and put the key beside each break."""
    # The number of the finding travelled in ``decides``, which is the one text no code here fills.
    numbers = pd.to_numeric(breaks["decides"], errors="coerce").astype("Int64")
    reasons = numbers.map(told["reasons"].astype("object"))
    spoken = {name: breaks[name].astype("object").tolist() for name in ("finding", "finding_ko")}
    marks = breaks["decides"].astype("object").fillna("").tolist()
    for place, (mark, reason) in enumerate(zip(marks, reasons, strict=True)):
        if isinstance(reason, str) and reason in WHY:
            for name, words in zip(spoken, WHY[reason], strict=True):
                spoken[name][place] = spoken[name][place].replace(f": {mark}.", f": {words}.", 1)
    sides = [
        breaks[name].astype("str")
        for name in ("customer_uid_payments", "customer_uid_ledger")
        if name in breaks.columns
    ]
    uids = numbers.map(told["uid"].astype("object")).astype("str")
    for side in sides:
        uids = uids.fillna(side)
    return breaks.assign(
        **{
            name: pd.Series(texts, index=breaks.index, dtype="str")
            for name, texts in spoken.items()
        },
        decides=pd.Series(pd.NA, index=breaks.index, dtype="str"),
        customer_uid=uids,
    )


# Items first; a finding about no item moves no money, so its figures are 0.
_CODED = """
WITH coded AS (
    SELECT o.* REPLACE (
        coalesce(f.merchant_uid, o.merchant_uid) AS merchant_uid,
        CASE WHEN f.number IS NULL THEN i.event_row ELSE f.event_row END AS row_p,
        f.paid_us AS paid_us, coalesce(f.booked_day, o.day_l) AS day_l,
        f.prepared AS prepared, f.price AS deposited,
        coalesce(f.approved, o.approved) AS approved,
        coalesce(f.other, o.candidates) AS candidates, f.number::VARCHAR AS decides)
    FROM others_in AS o LEFT JOIN found_in AS f ON f.item = o.item
    LEFT JOIN item AS i ON i.item = o.item
    WHERE o.code IS NOT NULL
), alone AS (
    SELECT CASE WHEN event_row IS NULL THEN 'only_ledger' ELSE 'only_payments' END AS outcome,
           code, merchant_uid, currency, kind, reasons, money_at_risk, event_row AS row_p,
           $asked + number AS row_l, paid_us, booked_day AS day_l, prepared, price AS deposited,
           approved, other AS candidates, number::VARCHAR AS decides, [code] AS held,
           0 AS rows_payments, 0 AS rows_ledger, 0 AS amount_payments, 0 AS amount_ledger,
           0 AS cancel_payments, 0 AS cancel_ledger, 0 AS net_payments, 0 AS net_ledger,
           0 AS idle_payments, 0 AS idle_ledger, 0 AS difference, '' AS matched_by, 0 AS sales,
           0 AS accepted, 0 AS accepted_signed
    FROM found_in WHERE item IS NULL
)
SELECT * FROM (SELECT * EXCLUDE (item) FROM coded UNION ALL BY NAME SELECT * FROM alone)
ORDER BY decides::BIGINT NULLS LAST, merchant_uid, currency
"""
