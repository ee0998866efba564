"""What was charged against what the contracts ask for: the comparison, and what its items mean.

The comparison is the engine's; here its lone rows get the codes of billing keys, from what is known
of the key, its schedules and its failed attempts.
"""

from __future__ import annotations

import copy
import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from jtnet_recon.recon.billing_keys_cycles import cycle_name
from jtnet_recon.recon.breaks import PRIORITY
from jtnet_recon.recon.match import reconcile

if TYPE_CHECKING:
    from jtnet_recon.recon.billing_keys_load import Facts
    from jtnet_recon.recon.items import Items
    from jtnet_recon.recon.result import Reconciliation

FOUND = (
    "code kind held merchant_uid key_no currency event_row expected_row money_at_risk prepared price "
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
        Of the audit, cycles loaded; the table ``movement`` is added.

    Returns
    -------
    Reconciliation
        Of the engine, without the two sides; its items still have the engine's codes. Refunds
        are not part of it.
    """
    facts.run(_MOVEMENT)
    result = reconcile(
        facts.frame(_MOVEMENTS), facts.frame(_ASKED), facts.rule.charges, memory_limit=facts.memory_limit
    )  # fmt: skip
    # Both sides as they are shown come later, with more columns; these make room for them.
    nothing = pd.DataFrame()
    return dataclasses.replace(result, payments=nothing, ledger=nothing)


def load_items(facts: Facts, items: Items) -> None:
    """Tell which charges and which cycles the engine left alone.

    Parameters
    ----------
    facts : Facts
        Of the audit; the tables ``item``, ``lone_charge``, ``lone_cycle`` and ``near_charge`` are
        added.
    items : Items
        Of :func:`compare_charges`.
    """
    wanted = "code rows_payments rows_ledger amount_payments amount_ledger row_p row_l".split()
    numbered = items.others.select(wanted).append_column(
        "item", pa.array(np.arange(len(items.others)))
    )
    facts.connection.register("items_in", numbered)
    facts.run(_ITEM)
    facts.run(_LONE_CHARGE)
    facts.run(_LONE_CYCLE)
    facts.run(_NEAR_CHARGE)


def expected_table(facts: Facts) -> pd.DataFrame:
    """List what the contracts ask for in the period, in the order of the comparison.

    Parameters
    ----------
    facts : Facts
        Of the audit, cycles loaded.

    Returns
    -------
    DataFrame, one row a cycle of a contract
        cycle, amount (minor units), currency, paid_on (the due day), customer, customer_uid, plan.
    """
    return facts.frame(_EXPECTED_TABLE)


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
    """Give each charge of a wrong amount its code.

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


# Money that was kept goes first, then what came first: copies are what came later.
_MOVEMENT = """
CREATE TEMP TABLE movement AS
SELECT row_number() OVER (ORDER BY net = 0, at_us, tie) - 1 AS row, row AS event_row
FROM charge
"""
_MOVEMENTS = f"""
SELECT CASE WHEN c.due IS NULL THEN 'charge ' || p.imp_uid ELSE {cycle_name("n.name", "c.due")} END
         AS cycle, c.amount, c.currency
FROM movement AS m JOIN charge AS c ON c.row = m.event_row
JOIN named_key AS n ON n.key_no = c.key_no JOIN payments_in AS p ON p.row = c.row
ORDER BY m.row
"""
_ASKED = f"""
SELECT {cycle_name("n.name", "e.due")} AS cycle, e.price AS amount, e.currency
FROM expected AS e JOIN named_key AS n ON n.key_no = e.key_no ORDER BY e.row
"""
_EXPECTED_TABLE = f"""
SELECT {cycle_name("n.name", "e.due")} AS cycle, e.price AS amount, e.currency,
       make_timestamp(e.due * 86400000000) AS paid_on, c.customer, n.uid AS customer_uid, p.plan
FROM expected AS e JOIN named_key AS n ON n.key_no = e.key_no
JOIN contract AS c ON c.contract_no = e.contract_no
JOIN price AS p ON p.contract_no = e.contract_no AND e.due >= p.price_from AND e.due < p.price_until
ORDER BY e.row
"""
_ITEM = """
CREATE TEMP TABLE item AS
SELECT i.*, m.event_row, e.cycle AS expected_cycle FROM items_in AS i
LEFT JOIN movement AS m ON m.row = i.row_p LEFT JOIN expected AS e ON e.row = i.row_l
"""
_LONE_CHARGE = """
CREATE TEMP TABLE lone_charge AS
SELECT item, event_row AS row FROM item
WHERE rows_ledger = 0 AND coalesce(code, '') <> 'P16'
"""
_LONE_CYCLE = """
CREATE TEMP TABLE lone_cycle AS
SELECT item, row_l AS row, expected_cycle AS cycle FROM item
WHERE rows_payments = 0 AND coalesce(code, '') <> 'P16'
"""
# The charges of every key that has a lone one, with the texts that tell them apart.
_NEAR_CHARGE = """
CREATE TEMP TABLE near_charge AS
SELECT e.*, p.imp_uid, p.merchant_uid, l.item
FROM event AS e JOIN payments_in AS p ON p.row = e.row LEFT JOIN lone_charge AS l ON l.row = e.row
WHERE e.is_charge AND e.key_no IN (
    SELECT key_no FROM event WHERE row IN (SELECT row FROM lone_charge))
"""

# What else was charged on the key: the charge that stays, or an earlier one that is too much itself.
_NEAREST = (
    "o.merchant_uid = c.merchant_uid DESC, coalesce(o.cycle = c.cycle, false) DESC,"
    " abs(o.at_us - c.at_us), o.imp_uid"
)
_OTHERS = f"""
SELECT c.item, bool_or(o.merchant_uid = c.merchant_uid) AS same_order,
       bool_or(o.merchant_uid IS DISTINCT FROM c.merchant_uid AND o.amount = c.amount
               AND o.currency = c.currency AND abs(o.at_us - c.at_us) <= $near) AS is_near,
       coalesce(bool_or(o.cycle = c.cycle), false) AS in_cycle,
       first(o.merchant_uid ORDER BY {_NEAREST}) AS other,
       first(o.imp_uid ORDER BY {_NEAREST}) AS other_imp_uid
FROM near_charge AS c JOIN near_charge AS o ON o.key_no = c.key_no AND o.row <> c.row
WHERE c.item IS NOT NULL AND o.net > 0
  AND (o.item IS NULL OR (o.at_us, o.tie) < (c.at_us, c.tie))
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
_IS_REVOKED = "coalesce(revoked_us < at_us, false)"
_IS_CHURNED = "coalesce(day > last_end, false)"
_CHARGE_HELD = {
    "S04": _IS_REVOKED,
    "P07": "same_order",
    "B07": _IS_CHURNED,
    "P08": "is_near AND NOT same_order",
    "B10": "in_cycle AND NOT is_near AND NOT same_order",
    "B06": "is_issue",
    "B01": "contracts = 0",
    "P01": "contracts > 0 AND NOT is_issue AND NOT in_cycle AND NOT same_order AND NOT is_near"
    f" AND NOT {_IS_CHURNED} AND NOT {_IS_REVOKED}",
}
_CHARGE_FINDINGS = f"""
WITH other AS ({_OTHERS}),
of_key AS (
    SELECT key_no, count(*) AS contracts,
           CASE WHEN count(ends) = count(*) THEN max(ends) END AS last_end
    FROM contract GROUP BY key_no
), told AS (
    SELECT c.*, coalesce(o.same_order, false) AS same_order, coalesce(o.is_near, false) AS is_near,
           coalesce(o.in_cycle, false) AS in_cycle, o.other, k.last_end,
           coalesce(k.contracts, 0) AS contracts,
           CASE WHEN net <= 0 THEN 'refunded in full'
                WHEN {_IS_ELSEWHERE} THEN 'cycle of another period' END AS excluded_as
    FROM near_charge AS c LEFT JOIN other AS o USING (item) LEFT JOIN of_key AS k USING (key_no)
    WHERE c.item IS NOT NULL
), coded AS (
    SELECT *, CASE WHEN excluded_as IS NULL THEN {held_sql(_CHARGE_HELD)} ELSE [] END AS held_list
    FROM told
)
SELECT item, held_list[1] AS code, 'approval' AS kind, array_to_string(held_list, ' ') AS held,
       merchant_uid, key_no, currency, row AS event_row, NULL::BIGINT AS expected_row,
       CASE WHEN excluded_as IS NULL THEN net ELSE 0 END AS money_at_risk, net AS prepared,
       NULL::BIGINT AS price,
       CASE WHEN held_list[1] = 'B07' THEN last_end ELSE due END AS booked_day, at_us AS paid_us,
       CASE WHEN same_order THEN 2 ELSE 1 END::BIGINT AS approved, other, NULL::VARCHAR AS reasons,
       excluded_as
FROM coded
"""
_PAIR_FINDINGS = """
SELECT i.item, 'B09' AS code, 'approval' AS kind, 'B09' AS held, p.merchant_uid, c.key_no,
       c.currency, c.row AS event_row, i.row_l AS expected_row,
       abs(i.amount_payments - i.amount_ledger) AS money_at_risk, c.amount AS prepared, e.price,
       e.due AS booked_day, c.at_us AS paid_us, 1::BIGINT AS approved, NULL::VARCHAR AS other,
       'amount' AS reasons, NULL::VARCHAR AS excluded_as
FROM item AS i JOIN event AS c ON c.row = i.event_row JOIN payments_in AS p ON p.row = c.row
JOIN expected AS e ON e.row = i.row_l
WHERE i.code = 'P03'
"""
