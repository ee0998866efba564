"""Dunning as one story a cycle, and double charges in their real forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jtnet_recon.recon.billing_keys_cycles import cycle_name
from jtnet_recon.recon.billing_keys_items import others_sql

if TYPE_CHECKING:
    import pandas as pd

    from jtnet_recon.recon.billing_keys_load import Facts

ENDINGS = {
    "paid": ("failed, then paid", "실패 후 결제"),
    "paid twice": ("failed, then paid more than once", "실패 후 중복 결제"),
    "refunded": ("failed, paid, and paid back", "실패 후 결제, 환불"),
    "unpaid": ("never paid", "미결제"),
}
"""How a story ends -> what it says, in English and Korean."""

FORMS = {
    "same order": ("several payments of one order id", "동일 주문번호 복수 결제"),
    "within minutes": ("the same amount within minutes", "수 분 이내 동일 금액"),
    "same cycle": ("a second payment of one cycle", "동일 회차 재결제"),
}
"""The form of a double charge -> what it says, in English and Korean."""


def stories_of(facts: Facts) -> pd.DataFrame:
    """Tell each cycle of the period on which an attempt failed as one story.

    Parameters
    ----------
    facts : Facts
        Of the audit, items loaded.

    Returns
    -------
    DataFrame, one row a cycle with a failed attempt
        cycle, customer_uid, due_on, currency, price (minor units), attempts (failed),
        first_failed_at, last_failed_at and paid_at (Asia/Seoul), payments (approved), paid
        (minor units, net of cancels), ending (of ``ENDINGS``).
    """
    stories = facts.frame(_STORIES)
    for name in ("first_failed_at", "last_failed_at", "paid_at"):
        instants = stories[name].dt.tz_localize("UTC").dt.tz_convert("Asia/Seoul")
        stories[name] = instants.astype("datetime64[us, Asia/Seoul]")
    stories["due_on"] = stories["due_on"].astype("datetime64[us]")
    return stories


def doubles_of(facts: Facts) -> pd.DataFrame:
    """List double charges, most refundable money first.

    Parameters
    ----------
    facts : Facts
        Of the audit, items loaded.

    Returns
    -------
    DataFrame, one row a charge on top of another one
        form (of ``FORMS``), customer_uid, merchant_uid, imp_uid, paid_at (Asia/Seoul), currency,
        amount, refunded and refundable (minor units), other_merchant_uid and other_imp_uid, the
        charge that stays. A pair of which one was paid back in full has nothing refundable.
    """
    doubles = facts.frame(_DOUBLES)
    instants = doubles["paid_at"].dt.tz_localize("UTC").dt.tz_convert("Asia/Seoul")
    doubles["paid_at"] = instants.astype("datetime64[us, Asia/Seoul]")
    return doubles


_STORIES = f"""
WITH attempt AS (SELECT * FROM event WHERE is_failure AND is_due),
-- What fails after the cycle was paid is another story: somebody wanted more.
first_paid AS (
    SELECT cycle, min(at_us) AS paid_us FROM event
    WHERE is_charge AND cycle IN (SELECT cycle FROM attempt) GROUP BY cycle
), failed AS (
    SELECT cycle, any_value(key_no) AS key_no, any_value(due) AS due,
           any_value(currency) AS currency, count(*) AS attempts, min(at_us) AS first_us,
           max(at_us) AS last_us
    FROM attempt LEFT JOIN first_paid USING (cycle)
    WHERE at_us <= coalesce(paid_us, at_us) GROUP BY cycle
), paid AS (
    SELECT cycle, count(*) AS payments, count(*) FILTER (WHERE net > 0) AS kept,
           sum(net)::BIGINT AS paid, min(at_us) AS paid_us
    FROM event WHERE is_charge AND cycle IN (SELECT cycle FROM failed) GROUP BY cycle
), asked AS (SELECT cycle, sum(price)::BIGINT AS price, count(*) AS contracts
    FROM cycle WHERE cycle IN (SELECT cycle FROM failed) GROUP BY cycle)
SELECT {cycle_name("n.name", "f.due")} AS cycle, n.uid AS customer_uid,
       make_timestamp(f.due * 86400000000) AS due_on, f.currency,
       a.price, f.attempts, make_timestamp(f.first_us) AS first_failed_at,
       make_timestamp(f.last_us) AS last_failed_at, make_timestamp(p.paid_us) AS paid_at,
       coalesce(p.payments, 0) AS payments, coalesce(p.paid, 0) AS paid,
       CASE WHEN p.payments IS NULL THEN 'unpaid'
            WHEN p.kept > coalesce(a.contracts, 1) THEN 'paid twice'
            WHEN p.kept = 0 THEN 'refunded' ELSE 'paid' END AS ending
FROM failed AS f JOIN named_key AS n USING (key_no)
LEFT JOIN paid AS p USING (cycle) LEFT JOIN asked AS a USING (cycle)
ORDER BY f.due, n.name
"""
_DOUBLES = f"""
WITH other AS ({others_sql()})
SELECT CASE WHEN same_order THEN 'same order' WHEN is_near THEN 'within minutes'
            ELSE 'same cycle' END AS form,
       n.uid AS customer_uid, c.merchant_uid, c.imp_uid, make_timestamp(c.at_us) AS paid_at,
       c.currency, c.amount, c.cancel AS refunded, greatest(c.net, 0) AS refundable,
       o.other AS other_merchant_uid, o.other_imp_uid
FROM other AS o JOIN near_charge AS c USING (item) JOIN named_key AS n ON n.key_no = c.key_no
WHERE same_order OR is_near OR in_cycle
ORDER BY refundable DESC, c.at_us, c.imp_uid
"""
