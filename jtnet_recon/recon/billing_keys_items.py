"""What was charged against what the contracts ask for: the comparison, and what its items mean.

The comparison is the engine's; here its lone rows get the codes of billing keys, from what is known
of the key, its schedules and its failed attempts.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from jtnet_recon.recon.breaks import PRIORITY
from jtnet_recon.recon.match import reconcile

if TYPE_CHECKING:
    import pandas as pd

    from jtnet_recon.recon.billing_keys_load import Facts
    from jtnet_recon.recon.items import Items
    from jtnet_recon.recon.result import Reconciliation

FOUND = (
    "code kind held merchant_uid uid currency event_row expected_row money_at_risk prepared price "
    "booked_day paid_us approved other reasons excluded_as"
).split()
"""What is known of a finding, beside the item that it may be about."""


def compare_charges(facts: Facts) -> Reconciliation:
    """Compare the charges in scope with the cycles of the period.

    In scope are the charges of a cycle of the period, whenever they were made, and all others
    that were made in the period.

    Parameters
    ----------
    facts : Facts
        Of the audit, cycles loaded; the tables ``charge``, ``movement`` and ``expected`` are added.

    Returns
    -------
    Reconciliation
        Of the engine; its items still have the engine's codes.
    """
    facts.run(_CHARGE)
    facts.run(_MOVEMENT)
    facts.run(_EXPECTED)
    movements = facts.frame("SELECT cycle, amount, currency FROM movement ORDER BY row")
    expected = facts.frame(
        "SELECT cycle, price AS amount, currency, customer, uid AS customer_uid, plan,"
        " make_timestamp(due * 86400000000) AS paid_on FROM expected ORDER BY row"
    )
    return reconcile(movements, expected, facts.rule.charges)


def load_items(facts: Facts, items: Items) -> None:
    """Tell which charges and which cycles the engine left alone.

    Parameters
    ----------
    facts : Facts
        Of the audit; the tables ``item``, ``lone_charge`` and ``lone_cycle`` are added.
    items : Items
        Of :func:`compare_charges`.
    """
    wanted = (
        "code rows_payments rows_ledger amount_payments amount_ledger cancel_payments row_p row_l"
    ).split()
    numbered = items.others.select(wanted).append_column(
        "item", pa.array(np.arange(len(items.others)))
    )
    facts.connection.register("items_in", numbered)
    facts.run(_ITEM)
    facts.run(_LONE_CHARGE)
    facts.run(_LONE_CYCLE)


def charge_findings(facts: Facts) -> pd.DataFrame:
    """Give each charge without a cycle to pay its codes.

    Parameters
    ----------
    facts : Facts
        Of the audit, items loaded.

    Returns
    -------
    DataFrame, one row an item
        ``item`` and ``FOUND``; without a code where nothing is wrong: ``excluded_as`` says why.
    """
    return facts.frame(_CHARGE_FINDINGS)


def pair_findings(facts: Facts) -> pd.DataFrame:
    """Give each charge of a wrong amount its code, and the refunds none.

    Parameters
    ----------
    facts : Facts
        Of the audit, items loaded.

    Returns
    -------
    DataFrame, one row an item
        ``item`` and ``FOUND``.
    """
    return facts.frame(_PAIR_FINDINGS)


def recoded(items: Items, found: pd.DataFrame) -> Items:
    """Put the codes of billing keys in the place of the engine's.

    Parameters
    ----------
    items : Items
        Of :func:`compare_charges`; left as they are.
    found : DataFrame
        ``item``, ``code``, ``held``, ``money_at_risk``, ``excluded_as``; items that are not in it
        keep what they have.

    Returns
    -------
    Items
        The same rows and money under other codes.
    """
    others = items.others
    by_item = found.set_index("item")
    columns = {
        name: others[name].to_pylist()
        for name in ("code", "outcome", "excluded_as", "money_at_risk", "held", "reasons")
    }
    texts = {name: by_item[name].astype("object") for name in ("code", "excluded_as", "reasons")}
    cells = zip(
        by_item.index, texts["code"], texts["excluded_as"], texts["reasons"],
        by_item["money_at_risk"], by_item["held"], strict=True,
    )  # fmt: skip
    for item, code, excluded, reasons, at_risk, held in cells:
        columns["code"][item] = _text(code)
        columns["excluded_as"][item] = _text(excluded)
        columns["reasons"][item] = _text(reasons)
        columns["money_at_risk"][item] = int(at_risk)
        columns["held"][item] = held.split(" ") if isinstance(held, str) and held else None
        if _text(code) is None:
            columns["outcome"][item] = "excluded"
        elif _text(code) in ("P07", "P08", "B10"):
            columns["outcome"][item] = "duplicate"
        elif columns["outcome"][item] in ("duplicate", "excluded"):
            is_charge = others["rows_payments"][item].as_py() > 0
            columns["outcome"][item] = "only_payments" if is_charge else "only_ledger"
    changed = copy.copy(items)
    changed.others = _replaced(others, columns)
    return changed


def held_sql(conditions: dict[str, str]) -> str:
    """Write a list of the codes that hold, the one that wins first.

    Parameters
    ----------
    conditions : dict of str to str
        Code -> SQL condition.

    Returns
    -------
    str
        SQL of a list of text.
    """
    ranked = sorted(conditions, key=PRIORITY.__getitem__)
    cases = ", ".join(f"CASE WHEN {conditions[code]} THEN '{code}' END" for code in ranked)
    return f"list_filter([{cases}], lambda x: x IS NOT NULL)"


def others_sql() -> str:
    """Write what else was charged on the key of each charge that the engine left alone.

    Returns
    -------
    str
        SQL of ``item``, ``same_order``, ``is_near``, ``in_cycle``, ``other``, ``other_imp_uid``.
    """
    return _OTHERS


def _text(value: Any) -> str | None:
    """Take a text that may be missing."""
    return value if isinstance(value, str) and value else None


def _replaced(table: pa.Table, columns: dict[str, list[Any]]) -> pa.Table:
    """Put new values into columns of the same type."""
    for name, values in columns.items():
        place = table.schema.get_field_index(name)
        kind = table.schema.field(name).type
        table = table.set_column(place, name, pa.array(values, kind))
    return table


_CHARGE = """
CREATE TEMP TABLE charge AS
SELECT row, imp_uid, merchant_uid, uid, usage, currency, amount, cancel, net, at_us, paid_us, day,
       contracts, ends, due, is_booked, revoked_us, coalesce(cycle, uid || ' ' || imp_uid) AS cycle,
       coalesce(due BETWEEN $first AND $last, false) AS is_due
FROM dated_event
WHERE is_charge AND (coalesce(due BETWEEN $first AND $last, false) OR day BETWEEN $first AND $last)
"""
# Money that was kept goes first, then what came first: copies are what came later.
_MOVEMENT = """
CREATE TEMP TABLE movement AS
SELECT row_number() OVER (ORDER BY is_refund, net = 0, at_us, imp_uid) - 1 AS row, *
FROM (
    SELECT row AS event_row, cycle, amount, currency, net, at_us, imp_uid, false AS is_refund
    FROM charge
    UNION ALL
    SELECT row, cycle, -cancel, currency, net, at_us, imp_uid, true FROM charge WHERE cancel > 0
)
"""
_EXPECTED = """
CREATE TEMP TABLE expected AS
SELECT row_number() OVER (ORDER BY row) - 1 AS row, * EXCLUDE (row) FROM cycle WHERE is_in_scope
"""
_ITEM = """
CREATE TEMP TABLE item AS
SELECT i.*, m.event_row, e.cycle AS expected_cycle FROM items_in AS i
LEFT JOIN movement AS m ON m.row = i.row_p LEFT JOIN expected AS e ON e.row = i.row_l
"""
_LONE_CHARGE = """
CREATE TEMP TABLE lone_charge AS
SELECT item, event_row AS row FROM item
WHERE rows_ledger = 0 AND amount_payments > 0 AND coalesce(code, '') <> 'P16'
"""
_LONE_CYCLE = """
CREATE TEMP TABLE lone_cycle AS
SELECT item, row_l AS row, expected_cycle AS cycle FROM item
WHERE rows_payments = 0 AND coalesce(code, '') <> 'P16'
"""

# What else was charged on the key: the charge that stays, or an earlier one that is too much itself.
_OTHERS = """
SELECT c.item, bool_or(o.merchant_uid = c.merchant_uid) AS same_order,
       bool_or(o.merchant_uid IS DISTINCT FROM c.merchant_uid AND o.amount = c.amount
               AND o.currency = c.currency AND abs(o.at_us - c.at_us) <= $near) AS is_near,
       bool_or(o.cycle = c.cycle) AS in_cycle,
       first(o.merchant_uid ORDER BY o.merchant_uid = c.merchant_uid DESC, o.cycle = c.cycle DESC,
             abs(o.at_us - c.at_us), o.imp_uid) AS other,
       first(o.imp_uid ORDER BY o.merchant_uid = c.merchant_uid DESC, o.cycle = c.cycle DESC,
             abs(o.at_us - c.at_us), o.imp_uid) AS other_imp_uid
FROM (SELECT l.item, d.* FROM lone_charge AS l JOIN charge AS d USING (row)) AS c
JOIN dated_event AS o ON o.uid = c.uid AND o.row <> c.row
LEFT JOIN lone_charge AS lone ON lone.row = o.row
WHERE o.is_charge AND o.net > 0
  AND (lone.item IS NULL OR (o.at_us, o.imp_uid) < (c.at_us, c.imp_uid))
  AND (o.merchant_uid = c.merchant_uid OR o.cycle = c.cycle
       OR o.amount = c.amount AND abs(o.at_us - c.at_us) <= $near)
GROUP BY c.item
"""
# Another period's cycle was judged in that period; here only a second charge for it counts.
# A charge that no other stands beside has no row there: its nulls mean no.
_IS_ELSEWHERE = (
    "(due IS NOT NULL AND NOT is_due AND NOT coalesce(o.in_cycle, false)"
    " AND NOT coalesce(o.same_order, false))"
)
_CHARGE_HELD = {
    "S04": "coalesce(revoked_us < paid_us, false)",
    "P07": "same_order",
    "B07": "contracts > 0 AND coalesce(day > last_end, false)",
    "P08": "is_near AND NOT same_order",
    "B10": "in_cycle AND NOT is_near AND NOT same_order",
    "B06": "coalesce(usage = 'issue', false)",
    "B01": "contracts = 0",
    "P01": "contracts > 0 AND coalesce(usage <> 'issue', true) AND NOT in_cycle AND NOT same_order"
    " AND NOT is_near AND NOT coalesce(day > last_end, false)"
    " AND NOT coalesce(revoked_us < paid_us, false)",
}
_CHARGE_FINDINGS = f"""
WITH other AS ({_OTHERS}),
churned AS (
    SELECT uid, CASE WHEN count(ends) = count(*) THEN max(ends) END AS last_end FROM contract
    WHERE uid IS NOT NULL GROUP BY uid
), told AS (
    SELECT l.item, c.*, coalesce(o.same_order, false) AS same_order,
           coalesce(o.is_near, false) AS is_near, coalesce(o.in_cycle, false) AS in_cycle,
           o.other, e.last_end,
           CASE WHEN net <= 0 THEN 'refunded in full'
                WHEN {_IS_ELSEWHERE} THEN 'cycle of another period' END AS excluded_as
    FROM lone_charge AS l JOIN charge AS c USING (row) LEFT JOIN other AS o USING (item)
    LEFT JOIN churned AS e ON e.uid = c.uid
), coded AS (
    SELECT *, CASE WHEN excluded_as IS NULL THEN {held_sql(_CHARGE_HELD)} ELSE [] END AS held_list
    FROM told
)
SELECT item, held_list[1] AS code, 'approval' AS kind, array_to_string(held_list, ' ') AS held,
       merchant_uid, uid, currency, row AS event_row, NULL::BIGINT AS expected_row,
       CASE WHEN excluded_as IS NULL THEN net ELSE 0 END AS money_at_risk, net AS prepared,
       NULL::BIGINT AS price,
       CASE WHEN held_list[1] = 'B07' THEN last_end ELSE due END AS booked_day, paid_us,
       CASE WHEN same_order THEN 2 ELSE 1 END::BIGINT AS approved, other, NULL::VARCHAR AS reasons,
       excluded_as
FROM coded
"""
_PAIR_FINDINGS = """
SELECT i.item, CASE WHEN i.code = 'P03' THEN 'B09' END AS code, 'approval' AS kind,
       CASE WHEN i.code = 'P03' THEN 'B09' ELSE '' END AS held, c.merchant_uid, c.uid, c.currency,
       c.row AS event_row, i.row_l AS expected_row,
       CASE WHEN i.code = 'P03' THEN abs(i.amount_payments - i.amount_ledger) ELSE 0 END
         AS money_at_risk,
       c.amount AS prepared, e.price, e.due AS booked_day, c.paid_us, 1::BIGINT AS approved,
       NULL::VARCHAR AS other, CASE WHEN i.code = 'P03' THEN 'amount' END AS reasons,
       CASE WHEN i.code IS DISTINCT FROM 'P03' THEN 'refund' END AS excluded_as
FROM item AS i JOIN charge AS c ON c.row = i.event_row LEFT JOIN expected AS e ON e.row = i.row_l
WHERE i.code = 'P03' OR i.rows_ledger = 0 AND i.cancel_payments > 0 AND i.amount_payments = 0
"""
