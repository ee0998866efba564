"""Schedules: against what the contracts will ask for, and against what was charged.

Both comparisons are the engine's. What they leave alone gets its code here; so do the cycles of the
period that nobody paid, because their schedules and failed attempts tell why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from jtnet_recon.recon.billing_keys_cycles import cycle_name
from jtnet_recon.recon.billing_keys_items import held_sql
from jtnet_recon.recon.billing_keys_rule import CHARGES_TO_SCHEDULES, SCHEDULES_TO_CONTRACTS
from jtnet_recon.recon.match import reconcile

if TYPE_CHECKING:
    import pandas as pd

    from jtnet_recon.recon.billing_keys_load import Facts
    from jtnet_recon.recon.rules import Rule


def compare_schedules(facts: Facts) -> None:
    """Compare the executed schedules with the charges, and the open ones with the contracts.

    Parameters
    ----------
    facts : Facts
        Of the audit, items loaded; the tables ``stray`` (charges as scheduled without a schedule),
        ``vanished`` (schedules paid without a charge), ``booked`` and ``booked_item`` are added.
    """
    facts.run(_SCHEDULED_CHARGE)
    facts.run(_PAID_SCHEDULE)
    sides = (_SCHEDULED_CHARGES, _side("paid_schedule", "merchant_uid"))
    _compare(facts, sides, CHARGES_TO_SCHEDULES, "run_item")
    facts.run(_STRAY)
    facts.run(_VANISHED)
    facts.run(_BOOKED)
    facts.run(_ASKED)
    sides = (_side("booked", "cycle"), _side("asked", "cycle"))
    _compare(facts, sides, SCHEDULES_TO_CONTRACTS, "booked_item")


def cycle_findings(facts: Facts) -> pd.DataFrame:
    """Give each cycle of the period that nobody paid its codes.

    Parameters
    ----------
    facts : Facts
        Of the audit, schedules compared.

    Returns
    -------
    DataFrame, one row an item
        ``item`` and ``FOUND``; ``excluded_as`` for a cycle of which nothing can be said yet.
    """
    facts.run(_ATTEMPT_RUN)
    facts.run(f"CREATE TEMP TABLE cycle_finding AS {_CYCLE_FINDINGS}")
    return facts.frame("SELECT * FROM cycle_finding ORDER BY item")


def _side(table: str, key: str) -> str:
    """Write what the engine gets of a table."""
    return f"SELECT {key}, amount, currency FROM {table} ORDER BY row"


def _compare(facts: Facts, sides: tuple[str, str], rule: Rule, name: str) -> None:
    """Run the engine on two tables, and keep what it left alone or found to differ."""
    left, right = (facts.frame(side) for side in sides)
    result = reconcile(left, right, rule, memory_limit=facts.memory_limit)
    others = result.item_source.others
    wanted = "code rows_payments rows_ledger amount_payments amount_ledger row_p row_l".split()
    numbered = others.select(wanted).append_column("item", pa.array(np.arange(len(others))))
    facts.connection.register(f"{name}_in", numbered)
    facts.run(f"CREATE TEMP TABLE {name} AS FROM {name}_in")


# Old payments do not say that they were scheduled; their order ids do.
_SCHEDULED_CHARGE = """
CREATE TEMP TABLE scheduled_charge AS
SELECT row_number() OVER (ORDER BY at_us, tie) - 1 AS row, row AS event_row, amount, currency
FROM charge WHERE (is_scheduled OR is_booked) AND $has_schedules = 1
"""
_SCHEDULED_CHARGES = """
SELECT p.merchant_uid, c.amount, c.currency
FROM scheduled_charge AS c JOIN payments_in AS p ON p.row = c.event_row ORDER BY c.row
"""
_PAID_SCHEDULE = """
CREATE TEMP TABLE paid_schedule AS
SELECT row_number() OVER (ORDER BY at_us, merchant_uid, row) - 1 AS row, row AS schedule_row,
       merchant_uid, amount, currency
FROM schedule WHERE is_paid AND (is_due OR due IS NULL AND is_in_scope)
"""
_STRAY = """
CREATE TEMP TABLE stray AS
SELECT c.event_row FROM run_item AS i JOIN scheduled_charge AS c ON c.row = i.row_p
JOIN event AS e ON e.row = c.event_row
WHERE i.rows_ledger = 0 AND NOT e.is_booked
"""
# A charge that the comparison does not have may be outside its scope; only a lack of it counts.
_VANISHED = """
CREATE TEMP TABLE vanished AS
SELECT s.schedule_row FROM run_item AS i JOIN paid_schedule AS s ON s.row = i.row_l
LEFT JOIN (SELECT DISTINCT p.merchant_uid FROM payments_in AS p JOIN event AS e ON e.row = p.row
           WHERE e.approved) AS c ON c.merchant_uid = s.merchant_uid
WHERE i.rows_payments = 0 AND c.merchant_uid IS NULL
"""
_BOOKED = f"""
CREATE TEMP TABLE booked AS
SELECT row_number() OVER (ORDER BY is_open, at_us, merchant_uid, row) - 1 AS row,
       row AS schedule_row, due IS NOT NULL AS is_in_force, amount, currency, s.cycle AS place,
       CASE WHEN due IS NULL THEN 'schedule ' || coalesce(merchant_uid, row::VARCHAR)
            ELSE {cycle_name("n.name", "s.due")} END AS cycle
FROM schedule AS s LEFT JOIN named_key AS n ON n.key_no = s.key_no
WHERE is_open OR is_paid AND s.cycle IN (
    SELECT cycle FROM schedule WHERE is_open AND cycle IS NOT NULL)
"""
_ASKED = f"""
CREATE TEMP TABLE asked AS
SELECT row_number() OVER (ORDER BY c.row) - 1 AS row, {cycle_name("n.name", "c.due")} AS cycle,
       price AS amount, currency
FROM cycle AS c JOIN named_key AS n ON n.key_no = c.key_no
WHERE c.cycle IN (SELECT place FROM booked WHERE place IS NOT NULL)
"""

# How many failed in a row, on the whole key; a charge in between ends the row.
_ATTEMPT_RUN = """
CREATE TEMP TABLE attempt_run AS
WITH looked AS (
    SELECT DISTINCT key_no FROM event
    WHERE is_failure AND cycle IN (SELECT cycle FROM lone_cycle)
), parted AS (
    SELECT row, cycle, at_us, is_failure, key_no,
           count(*) FILTER (WHERE is_charge) OVER (PARTITION BY key_no ORDER BY at_us, tie) AS part
    FROM event WHERE key_no IN (SELECT key_no FROM looked)
), counted AS (
    SELECT *, count(*) FILTER (WHERE is_failure) OVER (PARTITION BY key_no, part) AS run
    FROM parted
)
SELECT c.*, p.merchant_uid FROM counted AS c JOIN payments_in AS p ON p.row = c.row
WHERE c.is_failure AND c.cycle IS NOT NULL
"""
_FAILURES = """
SELECT cycle, count(*) AS failed_rows, max(at_us) AS last_us, max(run) AS longest,
       arg_max(merchant_uid, at_us) AS tried_order
FROM attempt_run GROUP BY cycle
"""
_IS_FAILED = "is_executed AND payment_status = 'failed' AND NOT is_empty"
_BOOKINGS = f"""
SELECT cycle, arg_min(row, at_us) FILTER (WHERE is_overdue) AS overdue_row,
       count(*) FILTER (WHERE is_open AND NOT is_overdue) AS waiting,
       arg_min(row, at_us) FILTER (WHERE is_executed AND is_empty) AS empty_row,
       arg_min(row, at_us) FILTER (WHERE row IN (SELECT schedule_row FROM vanished)) AS vanished_row,
       arg_max(row, at_us) FILTER (WHERE {_IS_FAILED}) AS failed_row,
       count(*) FILTER (WHERE {_IS_FAILED}) AS failed_bookings
FROM schedule WHERE cycle IN (SELECT cycle FROM lone_cycle) GROUP BY cycle
"""
_CYCLE_HELD = {
    "S01": "overdue_row IS NOT NULL",
    "S02": "is_empty",
    "S03": "is_failed AND is_active AND NOT (failures > 1 AND run >= $streak)",
    "B11": "is_failed AND run >= $streak",
    "B02": "is_active AND lack IS NOT NULL",
    "S09": "NOT is_failed AND NOT is_empty AND overdue_row IS NULL",
}
_CYCLE_FINDINGS = f"""
WITH failure AS ({_FAILURES}), booking AS ({_BOOKINGS}),
tested AS (SELECT DISTINCT cycle FROM event WHERE is_test AND approved AND cycle IS NOT NULL),
told AS (
    SELECT l.item, e.row AS expected_row, e.key_no, e.due, e.price, e.currency, e.is_active,
           greatest(coalesce(f.failed_rows, 0), coalesce(b.failed_bookings, 0)) AS failures,
           coalesce(f.longest, b.failed_bookings, 0) AS run, failures > 0 AS is_failed, tried_order,
           overdue_row, coalesce(empty_row, vanished_row) AS empty_any, failed_row,
           empty_any IS NOT NULL AND NOT is_failed AS is_empty, empty_row IS NOT NULL AS has_empty,
           CASE WHEN n.uid IS NULL THEN 'no key' WHEN k.is_gone THEN 'key unknown'
                WHEN k.is_dead THEN 'left at JTNet' END AS lack,
           CASE WHEN t.cycle IS NOT NULL THEN 'test payment'
                WHEN overdue_row IS NOT NULL THEN NULL
                WHEN $today - e.due <= $grace OR coalesce(b.waiting, 0) > 0
                     OR coalesce($as_of - f.last_us <= $grace * 86400000000, false)
                  THEN 'not due yet' END AS waits
    FROM lone_cycle AS l JOIN expected AS e ON e.row = l.row
    JOIN named_key AS n ON n.key_no = e.key_no
    LEFT JOIN failure AS f ON f.cycle = l.cycle LEFT JOIN booking AS b ON b.cycle = l.cycle
    LEFT JOIN billing_key AS k ON k.key_no = e.key_no LEFT JOIN tested AS t ON t.cycle = l.cycle
), coded AS (
    SELECT *, CASE WHEN waits IS NULL THEN {held_sql(_CYCLE_HELD)} ELSE [] END AS held_list,
           CASE WHEN held_list[1] = 'S01' THEN overdue_row WHEN held_list[1] = 'S02' THEN empty_any
                WHEN held_list[1] IN ('S03', 'B11') THEN failed_row END AS schedule_row
    FROM told
)
SELECT c.item, held_list[1] AS code, 'approval' AS kind, array_to_string(held_list, ' ') AS held,
       CASE WHEN held_list[1] IN ('S01', 'S02', 'S03', 'B11')
            THEN coalesce(s.merchant_uid, tried_order) END AS merchant_uid,
       c.key_no, c.currency, NULL::BIGINT AS event_row, c.expected_row,
       CASE WHEN waits IS NULL AND len(held_list) > 0 THEN c.price ELSE 0 END AS money_at_risk,
       coalesce(s.amount, c.price) AS prepared, c.price, c.due AS booked_day,
       NULL::BIGINT AS paid_us,
       CASE WHEN held_list[1] = 'B11' THEN run ELSE failures END AS approved,
       NULL::VARCHAR AS other,
       CASE WHEN held_list[1] = 'B02' THEN lack
            WHEN held_list[1] = 'S02' AND has_empty THEN 'no payment id'
            WHEN held_list[1] = 'S02' THEN 'no payment row' END AS reasons,
       CASE WHEN waits IS NOT NULL THEN waits
            WHEN len(held_list) = 0 THEN 'contract ended' END AS excluded_as
FROM coded AS c LEFT JOIN schedule AS s ON s.row = c.schedule_row
"""
