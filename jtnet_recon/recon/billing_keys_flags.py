"""What is known of each billing key: its contracts, card, charges and schedules, and what is odd.

No call of the API lists all keys, so these are the keys that a contract, a payment, a schedule or
the given list names. Persons and cards are compared here and nowhere written out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from jtnet_recon.recon.billing_keys_load import Facts

FLAGS = {
    "shared": ("several customers", "고객 여러 명"),
    "other card": ("charged on another card too", "다른 카드로도 결제됨"),
    "issued again": ("issued again", "재발급됨"),
    "moved": ("moved to another PG", "다른 PG로 이전됨"),
    "left at JTNet": ("left at JTNet after its end", "서비스 종료 후 JTNet에 남음"),
    "not registered": ("not registered: deleted, or never issued", "미등록(삭제 또는 미발급)"),
    "not asked": ("could not be asked for", "조회할 수 없음"),
    "super": ("a super key of several channels", "채널그룹의 슈퍼 빌링키"),
    "test": ("of a test channel", "테스트 채널"),
    "several keys on the card": ("one of several keys on this card", "같은 카드의 빌링키 여러 개"),
    "no contract": ("without a contract", "계약 없음"),
    "contract ended": ("its contracts have ended", "계약 종료됨"),
}
"""Flag -> what it says, in English and Korean."""


def load_keys(facts: Facts) -> None:
    """Gather what is known of every key.

    Parameters
    ----------
    facts : Facts
        Of the audit, items loaded; the table ``key_fact`` is added.
    """
    facts.run(_KEY_FACT)


def key_table(facts: Facts) -> pd.DataFrame:
    """List every key with its flags.

    Parameters
    ----------
    facts : Facts
        Of the audit, keys loaded.

    Returns
    -------
    DataFrame, one row a key, in the order of their ids
        customer_uid, customer (the first of them), customers, state, pg_provider, card_name,
        card_number, inserted and updated (instants in Asia/Seoul), age_days, contracts,
        contracts_active, price (what the active contracts ask for next, minor units),
        registrations (issues of amount 0), charges and charged (in scope, minor units, net of
        cancels), last_charged_on, schedules_open, scheduled (minor units), flags (of ``FLAGS``,
        by comma).
    """
    table = facts.frame(_KEY_TABLE)
    for name in ("inserted", "updated"):
        instants = table[name].dt.tz_localize("UTC").dt.tz_convert("Asia/Seoul")
        table[name] = instants.astype("datetime64[us, Asia/Seoul]")
    table["last_charged_on"] = table["last_charged_on"].astype("datetime64[us]")
    return table


def key_findings(facts: Facts) -> pd.DataFrame:
    """Find what is wrong with keys as such.

    Parameters
    ----------
    facts : Facts
        Of the audit, keys loaded and cycles judged.

    Returns
    -------
    DataFrame, one row a key (B02: a contract)
        ``FOUND``: B02, B03, B04, B05 or B08.
    """
    return facts.frame(_KEY_FINDINGS)


# The last four digits tell cards apart however the number is masked.
_TAIL = "try_cast(right({0}, 4) AS INTEGER)"
_DAY = "({0} // 1000000 + 32400) // 86400"
_KEY_FACT = f"""
CREATE TEMP TABLE key_fact AS
WITH current AS (
    SELECT c.*, p.price AS price_now FROM contract AS c
    LEFT JOIN price AS p ON p.contract_no = c.contract_no
         AND greatest($today, c.starts) >= p.price_from AND greatest($today, c.starts) < p.price_until
), of_contract AS (
    SELECT key_no, count(*) AS contracts, count(*) FILTER (WHERE is_active) AS active,
           count(*) FILTER (WHERE is_active OR starts > $today) AS open_contracts,
           count(DISTINCT customer) AS customers, min(customer) AS customer,
           any_value(currency) AS currency,
           coalesce(sum(price_now) FILTER (WHERE is_active), 0)::BIGINT AS price
    FROM current GROUP BY key_no
), of_event AS (
    SELECT key_no, count(*) FILTER (WHERE approved AND amount = 0) AS registrations,
           max(day) FILTER (WHERE is_charge) AS last_day, any_value(currency) AS currency,
           count(*) FILTER (WHERE is_charge AND is_in_scope) AS charges,
           coalesce(sum(net) FILTER (WHERE is_charge AND is_in_scope), 0)::BIGINT AS charged
    FROM event GROUP BY key_no
), of_card AS (
    SELECT e.key_no, min(p.card_code) AS code, max(p.card_code) AS other_code,
           min({_TAIL.format("p.card_number")}) AS tail,
           max({_TAIL.format("p.card_number")}) AS other_tail
    FROM event AS e JOIN payments_in AS p ON p.row = e.row WHERE e.approved GROUP BY e.key_no
), of_schedule AS (
    SELECT key_no, count(*) FILTER (WHERE is_open) AS open,
           coalesce(sum(amount) FILTER (WHERE is_open), 0)::BIGINT AS scheduled,
           count(*) FILTER (WHERE is_open AND NOT is_overdue) AS waiting,
           coalesce(sum(amount) FILTER (WHERE is_open AND NOT is_overdue), 0)::BIGINT AS waiting_won,
           arg_min(merchant_uid, at_us) FILTER (WHERE is_open AND NOT is_overdue) AS waiting_order,
           min(day) FILTER (WHERE is_open AND NOT is_overdue) AS waiting_day,
           any_value(currency) AS currency
    FROM schedule WHERE key_no IS NOT NULL GROUP BY key_no
)
SELECT n.key_no, n.uid, coalesce(c.contracts, 0) AS contracts, coalesce(c.active, 0) AS active,
       coalesce(c.open_contracts, 0) AS open_contracts, coalesce(c.customers, 0) AS customers,
       coalesce(c.customer, k.customer_id) AS customer, coalesce(c.price, 0) AS price,
       coalesce(c.currency, s.currency, e.currency, 'KRW') AS currency,
       k.state, k.pg_provider, k.card_name, k.card_number, k.card_code, k.inserted_us, k.updated_us,
       coalesce(k.sandbox, false) AS is_test, coalesce(k.is_there, false) AS is_there,
       coalesce(k.is_gone, false) AS is_gone, coalesce(k.is_dead, false) AS is_dead,
       coalesce(e.registrations, 0) AS registrations, e.last_day,
       coalesce(e.charges, 0) AS charges, coalesce(e.charged, 0) AS charged,
       coalesce(s.open, 0) AS open, coalesce(s.scheduled, 0) AS scheduled,
       coalesce(s.waiting, 0) AS waiting, coalesce(s.waiting_won, 0) AS waiting_won,
       s.waiting_order, s.waiting_day,
       coalesce(d.code <> d.other_code, false) OR coalesce(d.tail <> d.other_tail, false)
         OR coalesce(d.code <> k.card_code, false)
         OR coalesce(d.tail <> {_TAIL.format("k.card_number")}, false) AS other_card,
       coalesce(k.updated_us > k.inserted_us, false) AS is_changed,
       coalesce({_DAY.format("k.inserted_us")} <= $closed AND {_DAY.format("k.updated_us")} > $closed
                AND k.pg_provider <> 'jtnet', false) AS is_moved,
       $today - coalesce(e.last_day, {_DAY.format("k.inserted_us")}) AS idle_days
FROM named_key AS n LEFT JOIN of_contract AS c USING (key_no)
LEFT JOIN of_event AS e USING (key_no) LEFT JOIN of_card AS d USING (key_no)
LEFT JOIN of_schedule AS s USING (key_no) LEFT JOIN billing_key AS k USING (key_no)
WHERE n.uid IS NOT NULL
"""
_FLAG_CONDITIONS = {
    "shared": "customers > 1",
    "other card": "other_card",
    "issued again": "is_changed AND NOT is_moved",
    "moved": "is_changed AND is_moved",
    "left at JTNet": "is_dead",
    "not registered": "is_gone",
    "not asked": "coalesce(state = 'not_asked', false)",
    "super": "coalesce(state = 'super', false)",
    "test": "is_test",
    "several keys on the card": "coalesce(keys_on_card > 1, false)",
    "no contract": "contracts = 0",
    "contract ended": "contracts > 0 AND open_contracts = 0",
}
_KEY_TABLE = f"""
WITH carded AS (
    SELECT *, CASE WHEN card_number IS NOT NULL AND customer IS NOT NULL THEN
                  count(*) OVER (PARTITION BY customer, card_code, card_number) END AS keys_on_card
    FROM key_fact
)
SELECT uid AS customer_uid, customer, customers, state, pg_provider, card_name, card_number,
       make_timestamp(inserted_us) AS inserted, make_timestamp(updated_us) AS updated,
       $today - {
    _DAY.format("inserted_us")
} AS age_days, contracts, active AS contracts_active, price, currency,
       registrations, charges, charged,
       make_timestamp(last_day * 86400000000) AS last_charged_on, open AS schedules_open, scheduled,
       array_to_string(list_filter([{
    ", ".join(f"CASE WHEN {when} THEN '{flag}' END" for flag, when in _FLAG_CONDITIONS.items())
}], lambda x: x IS NOT NULL), ', ') AS flags
FROM carded ORDER BY uid
"""

_REST = "NULL::BIGINT AS event_row, NULL::BIGINT AS expected_row, NULL::BIGINT AS paid_us"
# One row a key, but for contracts without one: those are told one by one, unless a cycle that
# nobody paid has told it already.
_KEY_FINDINGS = f"""
WITH lacking AS (
    SELECT c.contract_no, c.key_no, c.currency, p.price,
           CASE WHEN c.uid IS NULL THEN 'no key' WHEN f.is_gone THEN 'key unknown'
                WHEN f.is_dead THEN 'left at JTNet' END AS lack
    FROM contract AS c LEFT JOIN key_fact AS f ON f.key_no = c.key_no
    LEFT JOIN price AS p ON p.contract_no = c.contract_no
         AND $today >= p.price_from AND $today < p.price_until
    WHERE c.is_active AND NOT (coalesce(f.is_gone, false) AND coalesce(f.waiting, 0) > 0)
), told AS (
    SELECT e.contract_no FROM cycle_finding AS c JOIN expected AS e ON e.row = c.expected_row
    WHERE c.code = 'B02'
), found AS (
    SELECT 'B02' AS code, key_no, currency, price AS at_risk, price, lack AS reasons, 1::BIGINT AS times
    FROM lacking WHERE lack IS NOT NULL AND contract_no NOT IN (SELECT contract_no FROM told)
    UNION ALL BY NAME
    SELECT 'B03' AS code, key_no, currency, greatest(charged, 0) AS at_risk, price,
           CASE WHEN customers > 1 THEN 'several customers' ELSE 'another card' END AS reasons,
           customers AS times
    FROM key_fact WHERE customers > 1 OR other_card
    UNION ALL BY NAME
    SELECT 'B04' AS code, key_no, currency, 0 AS at_risk, price, idle_days AS times
    FROM key_fact WHERE is_there AND contracts = 0 AND idle_days >= $orphan
    UNION ALL BY NAME
    SELECT 'B05' AS code, key_no, currency, waiting_won AS at_risk, price, waiting AS times,
           waiting_order AS merchant_uid, waiting_day AS booked_day
    FROM key_fact WHERE is_gone AND waiting > 0
    UNION ALL BY NAME
    SELECT 'B08' AS code, key_no, currency, price AS at_risk, price, 1 AS times
    FROM key_fact WHERE is_test AND active > 0
)
SELECT code, 'key' AS kind, code AS held, merchant_uid, key_no, currency, {_REST},
       at_risk::BIGINT AS money_at_risk, price AS prepared, price, booked_day::BIGINT AS booked_day,
       times::BIGINT AS approved, NULL::VARCHAR AS other, reasons
FROM found
"""
