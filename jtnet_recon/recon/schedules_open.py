"""Findings about schedules and attempts that are no item of the comparison of money.

They move no money yet, or lie on a charge that agrees with its contract: their ``difference`` is 0,
their money at risk is what they will or may cost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from jtnet_recon.recon.billing_keys_load import Facts


def schedule_findings(facts: Facts) -> pd.DataFrame:
    """Find what is wrong with schedules that are open, or that were executed in vain.

    Parameters
    ----------
    facts : Facts
        Of the audit, schedules compared and cycles judged.

    Returns
    -------
    DataFrame, one row a schedule
        ``FOUND``: S01, S02, S06, S07, S08 or P16.
    """
    return facts.frame(_SCHEDULE_FINDINGS)


def charge_marks(facts: Facts) -> pd.DataFrame:
    """Find charges that agree with their contract and should not have been made like this.

    Parameters
    ----------
    facts : Facts
        Of the audit, schedules compared.

    Returns
    -------
    DataFrame, one row a charge
        ``FOUND``: S04 or S05.
    """
    return facts.frame(_CHARGE_MARKS)


def attempt_findings(facts: Facts) -> pd.DataFrame:
    """Find attempts of the period that came to nothing and belong to no cycle that is judged.

    Parameters
    ----------
    facts : Facts
        Of the audit, items loaded.

    Returns
    -------
    DataFrame, one row an attempt
        ``FOUND``: P19.
    """
    return facts.frame(_ATTEMPTS)


_BLANK = """
NULL::BIGINT AS event_row, NULL::BIGINT AS expected_row
"""
# Of an open schedule one thing is said: that it is late, that its key is gone (B05, by key), that
# no contract covers it, that another covers its cycle, that its amount is another.
_SCHEDULE_FINDINGS = f"""
WITH item_of AS (
    SELECT b.schedule_row, b.is_in_force, i.code, i.rows_ledger, i.amount_ledger
    FROM booked_item AS i JOIN booked AS b ON b.row = i.row_p
), late AS (
    SELECT s.*, row_number() OVER (PARTITION BY cycle ORDER BY at_us) AS place
    FROM schedule AS s WHERE is_overdue
), empty AS (
    SELECT s.* FROM schedule AS s
    WHERE cycle IS NULL AND is_in_scope AND is_executed
      AND (is_empty OR row IN (SELECT schedule_row FROM vanished))
), waiting AS (
    SELECT s.*, i.is_in_force, i.code AS found, i.rows_ledger, i.amount_ledger
    FROM schedule AS s JOIN item_of AS i ON i.schedule_row = s.row
    LEFT JOIN billing_key AS k ON k.key_no = s.key_no
    WHERE s.is_open AND NOT s.is_overdue AND NOT coalesce(k.is_gone, false)
), other AS (
    SELECT w.row, first(o.merchant_uid ORDER BY o.is_open, o.at_us, o.merchant_uid) AS other
    FROM waiting AS w JOIN schedule AS o ON o.cycle = w.cycle AND o.row <> w.row
    WHERE (o.is_open OR o.is_paid)
    GROUP BY w.row
), coded AS (
    SELECT *, 'S01' AS code, amount AS at_risk, NULL::BIGINT AS price, NULL::VARCHAR AS other,
           NULL::VARCHAR AS reasons
    FROM late WHERE place > 1 OR cycle IS NULL OR cycle NOT IN (SELECT cycle FROM lone_cycle)
    UNION ALL BY NAME
    SELECT *, 'S02' AS code, amount AS at_risk,
           CASE WHEN is_empty THEN 'no payment id' ELSE 'no payment row' END AS reasons
    FROM empty
    UNION ALL BY NAME
    SELECT w.*, CASE WHEN NOT is_in_force THEN 'S07' WHEN found = 'P03' THEN 'S08'
                     WHEN found = 'P16' THEN 'P16' WHEN o.other IS NOT NULL THEN 'S06' END AS code,
           CASE WHEN found = 'P03' AND is_in_force THEN abs(amount - amount_ledger) ELSE amount END
             AS at_risk,
           amount_ledger AS price, CASE WHEN is_in_force THEN o.other END AS other,
           CASE WHEN found = 'P03' AND is_in_force THEN 'amount' END AS reasons
    FROM waiting AS w LEFT JOIN other AS o USING (row)
    WHERE rows_ledger = 0 OR found IS NOT NULL
)
SELECT code, 'schedule' AS kind, code AS held, merchant_uid, key_no, currency, {_BLANK},
       at_risk AS money_at_risk, amount AS prepared, price, day AS booked_day,
       NULL::BIGINT AS paid_us, 1::BIGINT AS approved, other, reasons
FROM coded WHERE code IS NOT NULL
"""
_CHARGE_MARKS = """
WITH marked AS (
    SELECT *, CASE WHEN coalesce(revoked_us < at_us, false) THEN 'S04' ELSE 'S05' END AS code
    FROM charge
    WHERE net > 0 AND row NOT IN (SELECT row FROM lone_charge)
      AND (coalesce(revoked_us < at_us, false) OR row IN (SELECT event_row FROM stray))
)
SELECT code, 'charge' AS kind, code AS held, p.merchant_uid, key_no, m.currency, m.row AS event_row,
       NULL::BIGINT AS expected_row, net AS money_at_risk, net AS prepared, NULL::BIGINT AS price,
       due AS booked_day, m.at_us AS paid_us, 1::BIGINT AS approved, NULL::VARCHAR AS other,
       NULL::VARCHAR AS reasons
FROM marked AS m JOIN payments_in AS p ON p.row = m.row
"""
# A failed attempt whose cycle was paid later is part of a story; one of a cycle nobody paid is told
# with the cycle.
_ATTEMPTS = """
WITH attempt AS (
    SELECT e.*, p.merchant_uid FROM event AS e JOIN payments_in AS p ON p.row = e.row
    WHERE e.is_attempt AND e.day BETWEEN $first AND $last AND (e.due IS NULL OR e.is_due)
      AND (e.cycle IS NULL OR e.cycle NOT IN (SELECT cycle FROM lone_cycle))
), paid AS (
    SELECT e.key_no, e.cycle, e.at_us, p.merchant_uid
    FROM event AS e JOIN payments_in AS p ON p.row = e.row
    WHERE e.approved AND e.key_no IN (SELECT key_no FROM attempt)
), settled AS (
    SELECT DISTINCT a.row FROM attempt AS a JOIN paid AS p ON p.key_no = a.key_no
    WHERE p.at_us >= a.at_us AND (p.merchant_uid = a.merchant_uid OR p.cycle = a.cycle)
)
SELECT 'P19' AS code, 'attempt' AS kind, 'P19' AS held, merchant_uid, key_no, currency,
       row AS event_row, NULL::BIGINT AS expected_row, 0::BIGINT AS money_at_risk,
       amount AS prepared, NULL::BIGINT AS price, day AS booked_day, NULL::BIGINT AS paid_us,
       1::BIGINT AS approved, NULL::VARCHAR AS other, NULL::VARCHAR AS reasons
FROM attempt WHERE row NOT IN (SELECT row FROM settled)
"""
