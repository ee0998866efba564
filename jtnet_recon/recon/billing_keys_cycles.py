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
from jtnet_recon.recon.orders import DAY_S
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
        Of the audit; the tables ``contract`` and ``price`` are added.
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
    facts.run(_CONTRACT)
    facts.run(_PRICE)


def load_cycles(facts: Facts) -> None:
    """Work out the due days, and put each charge, attempt and schedule into its cycle.

    Parameters
    ----------
    facts : Facts
        Of the audit, contracts loaded; the tables ``calendar``, ``dated_schedule``,
        ``dated_event`` and ``cycle`` are added.
    """
    _calendar(facts)
    booked = "(SELECT *, day AS asked_day FROM schedule)"
    facts.run(f"CREATE TEMP TABLE dated_schedule AS {_dated(booked)}")
    facts.run(_BOOKED_DAY)
    happened = (
        "(SELECT e.*, coalesce(b.booked_day, e.day) AS asked_day, b.order_id IS NOT NULL AS is_booked,"
        " b.revoked_us FROM event AS e LEFT JOIN booked_day AS b ON b.order_id = e.merchant_uid)"
    )
    facts.run(f"CREATE TEMP TABLE dated_event AS {_dated(happened)}")
    facts.run(_CYCLE)


def _check(contracts: pd.DataFrame) -> None:
    """Refuse contracts whose due days cannot be known."""
    places = {
        "starts_on": (contracts["starts_on"].isna(), "there is no day", "2022-11-07"),
        "billing_day": (
            ~contracts["billing_day"].between(1, _DAYS_MAX).fillna(value=True),
            "is not a day of a month",
            "1 to 31",
        ),
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
_CONTRACT = """
CREATE TEMP TABLE contract AS
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
    first, last = facts.connection.execute(
        "SELECT min(day), max(day) FROM (SELECT day FROM event UNION ALL SELECT day FROM schedule)"
    ).fetchall()[0]
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
    return f"""
    WITH many AS (SELECT uid, count(*) AS contracts FROM contract WHERE uid IS NOT NULL GROUP BY uid),
    placed AS (
        SELECT s.*, coalesce(m.contracts, 0) AS contracts, c.contract_no, c.ends,
               k.due BETWEEN c.starts AND coalesce(c.ends, 1000000) AS is_in_force, k.due AS last_due
        FROM {source} AS s LEFT JOIN many AS m ON m.uid = s.uid
        LEFT JOIN contract AS c ON c.uid = s.uid
        LEFT JOIN calendar AS k ON k.billing_day = c.billing_day
             AND k.day = least(s.asked_day + $lead, greatest(s.asked_day, coalesce(c.ends, 1000000)))
    ), chosen AS (
        FROM placed WHERE contracts < 2
        UNION ALL
        SELECT p.* FROM placed AS p LEFT JOIN price AS q ON q.contract_no = p.contract_no
             AND p.last_due >= q.price_from AND p.last_due < q.price_until
        WHERE p.contracts > 1
        QUALIFY row_number() OVER (PARTITION BY p.row ORDER BY coalesce(is_in_force, false) DESC,
            coalesce(q.price = p.amount, false) DESC, last_due DESC NULLS LAST, p.contract_no) = 1
    )
    SELECT * EXCLUDE (is_in_force, last_due),
           CASE WHEN is_in_force THEN last_due END AS due,
           CASE WHEN is_in_force THEN {key_sql("uid", "last_due")} END AS cycle
    FROM chosen
    """


def key_sql(name: str, due: str) -> str:
    """Write the name of a cycle: billing key and due day.

    Parameters
    ----------
    name, due : str
        SQL of the key and of the due day.

    Returns
    -------
    str
        SQL of a text such as ``gildong_0001_1234 2022-11-10``.
    """
    return f"{name} || ' ' || (DATE '1970-01-01' + {due}::INTEGER)::VARCHAR"


# The day that a schedule was booked for decides the cycle of its charge, however late it is paid.
_BOOKED_DAY = """
CREATE TEMP TABLE booked_day AS
SELECT merchant_uid AS order_id, max(day) AS booked_day,
       max(revoked_us) FILTER (status = 'revoked') AS revoked_us
FROM schedule WHERE merchant_uid IS NOT NULL GROUP BY merchant_uid
"""
# What the contracts ask for in the period, and where a schedule is open. On its last day a
# contract may still be charged, but need not be.
_CYCLE = f"""
CREATE TEMP TABLE cycle AS
WITH day AS (SELECT DISTINCT billing_day, due FROM calendar),
wanted AS (
    SELECT c.*, d.due, {key_sql("c.name", "d.due")} AS cycle,
           d.due BETWEEN $first AND $last AS is_in_scope
    FROM contract AS c JOIN day AS d ON d.billing_day = c.billing_day
    WHERE d.due BETWEEN c.starts AND coalesce(c.ends, 1000000)
      AND (d.due BETWEEN $first AND $last OR c.uid IN (SELECT uid FROM schedule WHERE is_open))
)
SELECT row_number() OVER (ORDER BY w.contract_no, w.due) - 1 AS row, w.cycle, w.due, w.contract_no,
       w.uid, w.customer, w.currency, w.is_in_scope, w.is_active, w.ends,
       CASE WHEN w.versions = 1 THEN w.plan ELSE p.plan END AS plan,
       CASE WHEN w.versions = 1 THEN w.price ELSE p.price END AS price
FROM wanted AS w LEFT JOIN price AS p ON w.versions > 1 AND p.contract_no = w.contract_no
     AND w.due >= p.price_from AND w.due < p.price_until
WHERE w.ends IS NULL OR w.due < w.ends
   OR w.cycle IN (SELECT cycle FROM dated_event WHERE is_charge AND cycle IS NOT NULL)
"""
