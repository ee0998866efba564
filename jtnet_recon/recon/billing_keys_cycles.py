"""Expected charges: the days on which a contract asks for money, and the cycle of each charge.

A contract is due once a month, on its billing day; in a month that is shorter, on the last day.
Days are days in Asia/Seoul, numbered from 1970-01-01. A charge belongs to the last due day that is
not more than ``lead`` days after it; what a schedule booked for a day belongs to that day, however
late it was paid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from jtnet_recon.errors import TableError
from jtnet_recon.recon.orders import APPROVED, DAY_S, IS_TEST, KST_S
from jtnet_recon.recon.sources import flat_table
from jtnet_recon.tables import CONTRACTS, conform

if TYPE_CHECKING:
    from jtnet_recon.recon.billing_keys_load import Facts

_DAYS_MAX = 31


def load_contracts(facts: Facts, contracts: pd.DataFrame) -> None:
    """Load the contracts: one row a contract, one row a price.

    Parameters
    ----------
    facts : Facts
        Of the audit; the tables ``named_key``, ``contract`` and ``price`` are added.
    contracts : DataFrame, table CONTRACTS
        One row a price of a contract. Left as it is.

    Raises
    ------
    TableError
        If it is not the table it should be, a start or a billing day is none, or two prices of
        a contract hold from the same day.
    """
    used = conform(contracts, CONTRACTS)
    if "contract" not in used.columns:
        used = used.assign(contract=pd.Series(pd.NA, index=used.index, dtype="str"))
    _check(used)
    facts.connection.register("contracts_in", flat_table(used))
    facts.run(_VERSION)
    repeated = facts.connection.execute(_REPEATED).fetchall()
    if repeated:
        raise _two_prices(*repeated[0])
    facts.run(_CONTRACT_OF_VERSION)
    facts.run(_NAMED_KEY)
    facts.run(_CONTRACT)
    facts.run(_PRICE)


def load_cycles(facts: Facts) -> None:
    """Work out the due days, and put each charge, attempt and schedule into its cycle.

    Parameters
    ----------
    facts : Facts
        Of the audit, contracts loaded; the tables ``billing_key``, ``calendar``, ``schedule``,
        ``booked_day``, ``event`` and ``cycle`` are added; ``charge`` and ``expected`` are those
        events and cycles that the comparison is about: what was charged for a cycle of the period
        at any time, and what was charged in it.
    """
    facts.run(_KEY)
    _calendar(facts)
    facts.run(f"CREATE TEMP TABLE schedule_row AS {_dated(_SCHEDULE)}")
    _with_scope(facts, "schedule")
    facts.run(_BOOKED_DAY)
    facts.run(f"CREATE TEMP TABLE event_row AS {_dated(_EVENT)}")
    _with_scope(facts, "event", ", amount - cancel AS net")
    facts.run("CREATE TEMP VIEW charge AS FROM event WHERE is_charge AND is_in_scope")
    facts.run(_CYCLE)
    facts.run("CREATE TEMP VIEW expected AS FROM cycle WHERE is_in_scope")


def _check(contracts: pd.DataFrame) -> None:
    """Refuse contracts whose due days cannot be known."""
    places = {
        "starts_on": (contracts["starts_on"].isna(), "there is no day", "2022-11-07"),
        "billing_day": (
            ~contracts["billing_day"].between(1, _DAYS_MAX).fillna(value=True),
            "is not a day of a month",
            "1 to 31",
        ),
        "price": (contracts["price"] < 0, "is below 0", "the price, 0 for a free plan"),
    }
    for name, (bad, what, right) in places.items():
        if bad.any():
            index = contracts.index[bad.to_numpy(dtype=bool)][0]
            value = contracts.loc[index, name]
            shown = "" if pd.isna(value) else f"{value} "
            message = f"contracts.{name}: {shown}{what} at row index {index!r}."
            hint, hint_ko = f"Write {right}.", f"{right} 처럼 쓰세요."
            raise TableError(message, column=name, hint=hint, hint_ko=hint_ko)


def _two_prices(customer: str | None, uid: str | None, day: int) -> TableError:
    """Say which contract has two prices from one day on."""
    on = f"{pd.Timestamp(day, unit='D'):%Y-%m-%d}"
    who = " / ".join(text for text in (customer, uid) if text)
    return TableError(
        f"contracts: {who or 'a contract'} has two prices that hold from {on}.",
        column="price_from",
        hint="Keep one of the two rows; if they are two contracts, tell them apart in a column "
        "'contract'.",
        hint_ko="같은 날부터 적용되는 요금이 둘입니다. 한 행만 남기거나 계약번호 열로 구분하세요.",
    )


def _day(name: str) -> str:
    """Take a day as days since 1970-01-01."""
    return f"epoch_us({name}) // {DAY_S * 1_000_000}"


# Two plans of one customer and key that start together are two contracts.
_VERSION = f"""
CREATE TEMP TABLE version AS
SELECT dense_rank() OVER (ORDER BY contract, customer, uid, starts, plan_mark) - 1 AS contract_no, *
FROM (
    SELECT *, CASE WHEN contract IS NULL AND count(*) OVER (
                  PARTITION BY contract, customer, uid, starts, price_from) > 1
                   THEN plan END AS plan_mark
    FROM (
        SELECT row, contract, customer, customer_uid AS uid, plan, price, currency,
               {_day("starts_on")} AS starts, {_day("ends_on")} AS ends,
               coalesce({_day("price_from")}, starts) AS price_from,
               coalesce(billing_day, day(starts_on)) AS billing_day
        FROM contracts_in
    )
)
"""
_REPEATED = """
SELECT any_value(customer), any_value(uid), price_from FROM version
GROUP BY contract_no, price_from HAVING count(*) > 1 ORDER BY contract_no LIMIT 1
"""
# Keys are numbers here: those of the contracts, payments, schedules and the given list, and one for
# each contract that has none.
_NAMED_KEY = """
CREATE TEMP TABLE named_key AS
SELECT row_number() OVER (ORDER BY name) - 1 AS key_no, name, any_value(uid) AS uid
FROM (
    SELECT DISTINCT customer_uid AS uid, customer_uid AS name FROM payments_in
    UNION SELECT customer_uid, customer_uid FROM schedules_in
    UNION SELECT customer_uid, customer_uid FROM keys_in
    UNION SELECT uid, name FROM contract_of_version
) WHERE name IS NOT NULL GROUP BY name
"""
_CONTRACT_OF_VERSION = """
CREATE TEMP TABLE contract_of_version AS
SELECT *, coalesce(uid, '(' || coalesce(customer, 'contract ' || contract_no) || ')') AS name,
       starts <= $today AND coalesce(ends >= $today, true) AS is_active
FROM (
    SELECT contract_no, any_value(uid) AS uid, any_value(customer) AS customer,
           arg_max(currency, price_from) AS currency,
           arg_max(billing_day, price_from) AS billing_day, min(starts) AS starts,
           CASE WHEN count(ends) = count(*) THEN max(ends) END AS ends,
           count(*) AS versions, any_value(price) AS price, any_value(plan) AS plan
    FROM version GROUP BY contract_no
)
"""
_CONTRACT = """
CREATE TEMP TABLE contract AS
SELECT c.* EXCLUDE (name, uid), k.key_no, k.uid, count(*) OVER (PARTITION BY k.key_no) AS siblings
FROM contract_of_version AS c JOIN named_key AS k ON k.name = c.name
"""
_PRICE = """
CREATE TEMP TABLE price AS
SELECT contract_no, plan, price,
       -- The first price holds from the start, whatever day it is written beside.
       CASE WHEN row_number() OVER w = 1 THEN -1000000 ELSE price_from END AS price_from,
       coalesce(lead(price_from) OVER w, 1000000) AS price_until
FROM version
WINDOW w AS (PARTITION BY contract_no ORDER BY price_from)
"""

_DUE = """
CREATE TEMP TABLE calendar AS
WITH month AS (
    SELECT m, (make_date(m // 12, m % 12 + 1, 1) - DATE '1970-01-01')::BIGINT AS start,
           (make_date((m + 1) // 12, (m + 1) % 12 + 1, 1) - DATE '1970-01-01')::BIGINT AS after
    FROM (SELECT unnest(range($from_month, $to_month + 1)) AS m)
), due AS (
    SELECT billing_day, start + least(billing_day, after - start) - 1 AS due
    FROM month, (SELECT unnest(range(1, 32)) AS billing_day)
), until AS (
    SELECT billing_day, due,
           lead(due) OVER (PARTITION BY billing_day ORDER BY due) - 1 AS last
    FROM due
)
SELECT billing_day, due, unnest(range(due, last + 1)) AS day FROM until WHERE last IS NOT NULL
"""


def _calendar(facts: Facts) -> None:
    """Write for every day and billing day which due day came last."""
    first, last = facts.connection.execute(_SPAN).fetchall()[0]
    first = min(facts.values["first"], facts.values["first"] if first is None else first)
    last = max(facts.values["last"], facts.values["last"] if last is None else last)
    months = {
        "from_month": _month(first) - 2,
        "to_month": _month(last + facts.values["lead"]) + 2,
    }
    facts.connection.execute(_DUE, months)


def _month(day: int) -> int:
    """Count the months up to a day's own."""
    on = pd.Timestamp(day, unit="D")
    return on.year * 12 + on.month - 1


def _dated(source: str) -> str:
    """Put rows into cycles: the contract of the key, and its last due day.

    Of several contracts on a key the one counts that is in force, then the one of this very
    price, then the one that was due last.
    """
    placed = """
        SELECT s.*, c.contract_no, c.ends,
               k.due BETWEEN c.starts AND coalesce(c.ends, 1000000) AS is_in_force, k.due AS last_due
        FROM source AS s {join} contract AS c ON c.key_no = s.key_no AND c.siblings {which}
        LEFT JOIN calendar AS k ON k.billing_day = c.billing_day
             AND k.day = least(s.asked_day + $lead, greatest(s.asked_day, coalesce(c.ends, 1000000)))
    """
    return f"""
    WITH source AS ({source}),
    chosen AS (
        {placed.format(join="LEFT JOIN", which="= 1")}
        WHERE s.key_no IS NULL
           OR s.key_no NOT IN (SELECT key_no FROM contract WHERE siblings > 1)
        UNION ALL
        SELECT p.* FROM ({placed.format(join="JOIN", which="> 1")}) AS p
        LEFT JOIN price AS q ON q.contract_no = p.contract_no
             AND p.last_due >= q.price_from AND p.last_due < q.price_until
        QUALIFY row_number() OVER (PARTITION BY p.row ORDER BY coalesce(is_in_force, false) DESC,
            coalesce(q.price = p.amount, false) DESC, last_due DESC NULLS LAST, p.contract_no) = 1
    )
    SELECT * EXCLUDE (is_in_force, last_due, asked_day, contract_no, ends),
           CASE WHEN is_in_force THEN last_due END::INTEGER AS due
    FROM chosen
    """


# A cycle is a number: the key's, and the due day's.
_CYCLE_NO = "{0}::BIGINT * 65536 + {1}"
# Worked out when asked for, not kept: there are millions of rows.
_WITH_SCOPE = """
CREATE TEMP VIEW {name} AS
SELECT *{more}, CASE WHEN due IS NOT NULL THEN {cycle} END AS cycle,
       coalesce(due BETWEEN {first} AND {last}, false) AS is_due,
       is_due OR coalesce(day BETWEEN {first} AND {last}, false) AS is_in_scope
FROM {name}_row
"""


def _with_scope(facts: Facts, name: str, more: str = "") -> None:
    """Let rows tell whether they are of the period."""
    span = {place: facts.values[place] for place in ("first", "last")}
    cycle = _CYCLE_NO.format("key_no", "due")
    facts.run(_WITH_SCOPE.format(name=name, more=more, cycle=cycle, **span))


def cycle_name(name: str, due: str) -> str:
    """Write a cycle as people read it: billing key and due day.

    Parameters
    ----------
    name, due : str
        SQL of the key's name and of the due day.

    Returns
    -------
    str
        SQL of a text such as ``gildong_0001_1234 2022-11-10``.
    """
    return f"{name} || ' ' || (DATE '1970-01-01' + {due}::INTEGER)::VARCHAR"


_SPAN = f"""
SELECT min(day), max(day) FROM (
    SELECT (coalesce(paid_us, failed_us, started_us) // 1000000 + {KST_S}) // {DAY_S} AS day
    FROM payments_in WHERE customer_uid IS NOT NULL
    UNION ALL
    SELECT (at_us // 1000000 + {KST_S}) // {DAY_S} FROM schedules_in
)
"""
_KEY = """
CREATE TEMP TABLE billing_key AS
SELECT k.* EXCLUDE (customer_uid), n.key_no, n.uid,
       coalesce(state IN ('registered', 'super'), false) AS is_there,
       coalesce(state = 'unknown', false) AS is_gone,
       coalesce(pg_provider = 'jtnet', false) AND $today > $closed AS is_dead
FROM keys_in AS k JOIN named_key AS n ON n.uid = k.customer_uid
QUALIFY row_number() OVER (PARTITION BY n.key_no ORDER BY k.row DESC) = 1
"""
_SCHEDULE = f"""
SELECT row, n.key_no::INTEGER AS key_no, merchant_uid, imp_uid IS NULL AS is_empty, coalesce(currency, 'KRW') AS currency,
       amount, schedule_status AS status, payment_status, at_us, executed_us, revoked_us,
       ((at_us // 1000000 + {KST_S}) // {DAY_S})::INTEGER AS day, day AS asked_day,
       schedule_status = 'scheduled' AS is_open,
       is_open AND at_us + $schedule_grace < $as_of AS is_overdue,
       schedule_status = 'executed' AS is_executed,
       coalesce(payment_status IN ('paid', 'cancelled'), false) AND is_executed AS is_paid
FROM schedules_in LEFT JOIN named_key AS n ON n.uid = customer_uid
"""
# The day that a schedule was booked for decides the cycle of its charge, however late it is paid.
_BOOKED_DAY = """
CREATE TEMP TABLE booked_day AS
SELECT merchant_uid AS order_id, max(day) AS booked_day,
       max(revoked_us) FILTER (status = 'revoked') AS booked_revoked_us
FROM schedule WHERE merchant_uid IS NOT NULL GROUP BY merchant_uid
"""
# One row a payment on a billing key: what was charged, what was tried, what was registered. Where
# two happened at one instant, ``tie`` puts them in the same order whatever order they came in.
_EVENT = f"""
SELECT row, n.key_no::INTEGER AS key_no, currency, amount, cancel, at_us,
       ((at_us // 1000000 + {KST_S}) // {DAY_S})::INTEGER AS day, coalesce(booked_day, day) AS asked_day,
       approved AND amount > 0 AND NOT is_test AS is_charge,
       coalesce(status IN ('failed', 'ready'), false) AND NOT is_test AS is_attempt,
       is_attempt AND status = 'failed' AS is_failure, is_test, approved,
       coalesce(customer_uid_usage = 'issue', false) AS is_issue,
       coalesce(customer_uid_usage = 'payment.scheduled', false) AS is_scheduled,
       order_id IS NOT NULL AS is_booked, booked_revoked_us AS revoked_us, hash(imp_uid) AS tie
FROM (
    SELECT *, coalesce(cancel_amount, 0) AS cancel, {APPROVED} AS approved, {IS_TEST} AS is_test,
           CASE WHEN approved THEN coalesce(paid_us, started_us)
                ELSE coalesce(failed_us, paid_us, started_us) END AS at_us
    FROM payments_in WHERE customer_uid IS NOT NULL
) JOIN named_key AS n ON n.uid = customer_uid LEFT JOIN booked_day ON order_id = merchant_uid
"""
# What the contracts ask for in the period, and where a schedule is open; a price of 0 asks for
# nothing. On its last day a contract may still be charged, but need not be.
_CYCLE = f"""
CREATE TEMP TABLE cycle AS
WITH day AS (SELECT DISTINCT billing_day, due FROM calendar),
wanted AS (
    SELECT c.*, d.due, {_CYCLE_NO.format("c.key_no", "d.due")} AS cycle,
           d.due BETWEEN $first AND $last AS is_in_scope
    FROM contract AS c JOIN day AS d ON d.billing_day = c.billing_day
    WHERE d.due BETWEEN c.starts AND coalesce(c.ends, 1000000)
      AND (d.due BETWEEN $first AND $last
           OR c.key_no IN (SELECT key_no FROM schedule WHERE is_open AND key_no IS NOT NULL))
)
SELECT row_number() OVER (ORDER BY NOT w.is_in_scope, w.contract_no, w.due) - 1 AS row, w.cycle,
       w.due::INTEGER AS due, w.contract_no::INTEGER AS contract_no, w.key_no::INTEGER AS key_no,
       w.currency, w.is_in_scope, w.is_active,
       CASE WHEN w.versions = 1 THEN w.price ELSE p.price END AS price
FROM wanted AS w LEFT JOIN price AS p ON w.versions > 1 AND p.contract_no = w.contract_no
     AND w.due >= p.price_from AND w.due < p.price_until
WHERE CASE WHEN w.versions = 1 THEN w.price ELSE p.price END > 0
  AND (w.ends IS NULL OR w.due < w.ends
       OR w.cycle IN (SELECT cycle FROM event WHERE is_charge AND cycle IS NOT NULL))
"""
