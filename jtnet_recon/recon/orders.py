"""The figures of an order: columns in, one line of figures an item out.

Each statement is the SQL of one step over the tables ``payments_in``, ``ledger_in``,
``history_in`` and ``deposits_in``, which hold the rows that the exact pass left over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jtnet_recon.recon.kinds import METHOD_WORDS, refunded_by_sql

if TYPE_CHECKING:
    from jtnet_recon.recon.rules import Rule

TEST_MID_PREFIX = "tpaytest"
"""JTNet's test MIDs; their rows are no revenue, even where ``sandbox`` is false or absent.

Source: i'mport guide, JTNet settings (tpaytest0m, tpaytest1m, tpaytest2m).
"""

CANCEL_WINDOW_DAYS = {"card": 365, "trans": 90}
"""Days after the approval in which a PG takes a cancel; phone: the same calendar month only.

Inferred: "about a year" and "about three months" are what PortOne's help centre says.
"""

KST_S = 9 * 3600
DAY_S = 86_400

# What a payment is, from its own columns. ``approved`` never trusts the status alone: a partly
# cancelled payment reads ``cancelled``, and so does a virtual account nobody ever paid into.
APPROVED = (
    "CASE WHEN status = 'paid' THEN true"
    " WHEN status = 'cancelled' THEN paid_us IS NOT NULL OR cancel < amount"
    " WHEN status IN ('ready', 'failed') THEN false"
    " ELSE paid_us IS NOT NULL END"
)
IS_TEST = f"coalesce(sandbox, false) OR coalesce(starts_with(pg_id, '{TEST_MID_PREFIX}'), false)"

PAYMENT_ROWS = f"""
CREATE TEMP TABLE payment_rows AS
SELECT *, {APPROVED} AS approved,
       status IS NOT DISTINCT FROM 'cancelled' AND NOT approved AS phantom,
       status IS NOT DISTINCT FROM 'ready' AND vbank_num IS NOT NULL AS is_open,
       {IS_TEST} AS is_test,
       approved AND coalesce(failed_us <= coalesce(paid_us, failed_us), false) AS failed_first,
       approved AND coalesce(pay_method = 'vbank', false) AS is_account,
       approved AND coalesce(paid_us > due_us, false) AS is_late,
       approved AND cancel = amount AND amount > 0 AS is_undone
FROM (
    SELECT row, merchant_uid, currency, imp_uid, amount, coalesce(cancel_amount, 0) AS cancel,
           paid_us, failed_us, cancelled_us, due_us, status, vbank_num, pay_method, sandbox, pg_id,
           card_quota, escrow, double_of, prepared, history, coalesce(history_count, 0) AS cancels,
           deposits, coalesce(full_deposits, 0) AS full_deposits
    FROM payments_in
    LEFT JOIN (
        SELECT payment_row AS h, sum(part)::BIGINT AS history, count(*)::INT AS history_count
        FROM history_in GROUP BY ALL
    ) ON h = row
    LEFT JOIN (
        SELECT payment_row AS d, sum(part)::BIGINT AS deposits,
               count(*) FILTER (part >= whole)::INT AS full_deposits
        FROM deposits_in GROUP BY ALL
    ) ON d = row
)
"""

LEDGER_ROWS = f"""
CREATE TEMP TABLE ledger_rows AS
SELECT row, key AS merchant_uid, linked_by, coalesce(currency, 'KRW') AS currency, amount,
       coalesce(status IN ('ready', 'failed'), false) AS denies,
       coalesce(status = 'ready', false) AS waits,
       coalesce(status = 'cancel_requested', false) AS requests,
       amount > 0 AND NOT denies AS is_sale,
       CASE WHEN denies OR requests THEN 0
            WHEN amount < 0 THEN abs(amount) + abs(coalesce(cancel_amount, 0))
            WHEN status = 'cancelled' AND coalesce(cancel_amount, 0) = 0 THEN amount
            ELSE abs(coalesce(cancel_amount, 0)) END AS cancel,
       CASE WHEN NOT requests THEN 0
            WHEN coalesce(cancel_amount, 0) = 0 THEN abs(amount)
            ELSE abs(cancel_amount) END AS request,
       day, refunded_on, card_quota, escrow, damaged,
       CASE WHEN cancel > 0 THEN {refunded_by_sql("refund_method")} END AS refunded_by
FROM ledger_in
"""

# A row without a key, or without a currency, is an item of its own: a missing key matches
# nothing, not even another missing key. ``lone`` tells such rows apart.
_LONE = "CASE WHEN merchant_uid IS NULL OR currency IS NULL THEN row END AS lone"

_PAYMENT_SUMS = {
    "rows_payments": "1",
    "approved": "approved::INT",
    "kept": "(approved AND amount > cancel)::INT",
    "undone": "is_undone::INT",
    "amount_p": "CASE WHEN approved THEN amount ELSE 0 END",
    "cancel_p": "CASE WHEN approved THEN cancel ELSE 0 END",
    "idle_p": "CASE WHEN approved THEN 0 ELSE amount END",
    "amount_kept": "CASE WHEN approved AND amount > cancel THEN amount ELSE 0 END",
    "cancel_kept": "CASE WHEN approved AND amount > cancel THEN cancel ELSE 0 END",
    "tests": "(approved AND is_test)::INT",
    "amount_tests": "CASE WHEN approved AND is_test THEN amount ELSE 0 END",
    "phantoms": "phantom::INT",
    "open_accounts": "is_open::INT",
    "over_cancelled": "CASE WHEN approved THEN greatest(cancel - amount, 0) ELSE 0 END",
    "history_gap": "CASE WHEN approved THEN coalesce(abs(history - cancel), 0) ELSE 0 END",
    "cancel_events": "CASE WHEN approved THEN cancels ELSE 0 END",
    "failed_first": "failed_first::INT",
    "accounts_paid": "is_account::INT",
    "late": "is_late::INT",
    "amount_late": "CASE WHEN is_late THEN amount ELSE 0 END",
    "expired": "(is_open AND coalesce(due_us < {as_of}, false))::INT",
    "over_deposit": "CASE WHEN approved THEN greatest(coalesce(deposits, 0) - amount, 0) ELSE 0 END",
    "under_deposit": "CASE WHEN deposits > 0 AND deposits < amount THEN amount - deposits ELSE 0 END",
    "repeat_deposit": "CASE WHEN full_deposits > 1 THEN (full_deposits - 1) * amount ELSE 0 END",
    "deposited": "coalesce(deposits, 0)",
    "doubles": "(double_of IS NOT NULL)::INT",
    "net_doubles": "CASE WHEN double_of IS NOT NULL THEN amount - cancel ELSE 0 END",
    "strangers": "(approved AND coalesce(pg_id NOT IN ({mids}), false))::INT",
    "amount_strangers": "CASE WHEN approved AND coalesce(pg_id NOT IN ({mids}), false) THEN amount ELSE 0 END",
}
_PAYMENT_EXTREMES = {
    "paid_us": ("min", "CASE WHEN approved THEN paid_us END"),
    "cancelled_us": ("max", "CASE WHEN approved THEN cancelled_us END"),
    "due_us": ("min", "due_us"),
    "quota_p": ("max", "CASE WHEN approved THEN card_quota END"),
    "escrow_p": ("max", "CASE WHEN approved THEN escrow END"),
    "prepared": ("max", "prepared"),
    "method": ("min", "CASE WHEN approved THEN pay_method END"),
    "stranger": ("min", "CASE WHEN approved AND pg_id NOT IN ({mids}) THEN pg_id END"),
    "double_of": ("min", "double_of"),
}
# The row that stands for each side of an item: its first approval, its first sale.
_FIRST_PAYMENT = (
    "arg_min(row, {approved: NOT approved, paid: coalesce(paid_us, 9223372036854775807),"
    " id: imp_uid, row: row}) AS row_p"
)
_FIRST_LINE = (
    "arg_min(row, {sale: NOT is_sale, day: coalesce(day, 9223372036854775807),"
    " amount: amount, cancel: cancel, row: row}) AS row_l"
)

_WAYS = ", ".join(f"'{method}'" for method in METHOD_WORDS)
_LEDGER_SUMS = {
    "rows_ledger": "1",
    "sales": "is_sale::INT",
    "amount_l": "CASE WHEN is_sale THEN amount ELSE 0 END",
    "cancel_l": "cancel",
    "idle_l": "CASE WHEN denies THEN amount ELSE 0 END",
    "denials": "denies::INT",
    "waits": "waits::INT",
    "requested": "request",
    "undated_sales": "(is_sale AND day IS NULL)::INT",
    "others": "coalesce(refunded_by = 'other', false)::INT",
    "damaged": "damaged::INT",
}
_LEDGER_EXTREMES = {
    "sale_min": ("min", "CASE WHEN is_sale THEN amount END"),
    "sale_max": ("max", "CASE WHEN is_sale THEN amount END"),
    "day_l": ("min", "CASE WHEN is_sale THEN day END"),
    "day_last": ("max", "CASE WHEN is_sale THEN day END"),
    "refunded_on": ("max", "refunded_on"),
    "refund_way": ("min", f"CASE WHEN refunded_by IN ({_WAYS}) THEN refunded_by END"),
    "refund_way_too": ("max", f"CASE WHEN refunded_by IN ({_WAYS}) THEN refunded_by END"),
    "quota_l": ("max", "card_quota"),
    "escrow_l": ("max", "escrow"),
    "linked_by": ("max", "linked_by"),
}
_COUNTS = frozenset(
    "rows_payments approved kept undone tests phantoms open_accounts cancel_events failed_first "
    "accounts_paid late expired doubles strangers rows_ledger sales denials waits undated_sales "
    "others damaged".split()
)


def _side(rows: str, sums: dict[str, str], extremes: dict[str, tuple[str, str]], first: str) -> str:
    """Write one side's figures by key: a key's figure is the sum over its rows."""
    together = [f"sum({what})::{_kind(name)} AS {name}" for name, what in sums.items()]
    together += [f"{how}({what}) AS {name}" for name, (how, what) in extremes.items()]
    return f"SELECT merchant_uid, currency, {_LONE}, {', '.join(together)}, {first} FROM {rows} GROUP BY ALL"


def _kind(name: str) -> str:
    """Choose four bytes for counts and eight for money."""
    return "INTEGER" if name in _COUNTS else "BIGINT"


_ITEMS = f"""
CREATE TEMP TABLE order_items AS
SELECT coalesce(p.merchant_uid, l.merchant_uid) AS merchant_uid,
       coalesce(p.currency, l.currency) AS currency,
       p.lone AS lone_p, l.lone AS lone_l,
       {", ".join(f"coalesce({name}, 0) AS {name}" for name in (*_PAYMENT_SUMS, *_LEDGER_SUMS))},
       {", ".join((*_PAYMENT_EXTREMES, *_LEDGER_EXTREMES))}, row_p, row_l
FROM ({_side("payment_rows", _PAYMENT_SUMS, _PAYMENT_EXTREMES, _FIRST_PAYMENT)}) AS p
FULL OUTER JOIN ({_side("ledger_rows", _LEDGER_SUMS, _LEDGER_EXTREMES, _FIRST_LINE)}) AS l
  ON p.merchant_uid = l.merchant_uid AND p.currency = l.currency
 AND p.lone IS NULL AND l.lone IS NULL
"""

_MONTH = "year({0}) * 12 + month({0})"
# Each level stands on the one inside it: the engine would write a name's expression out again
# wherever the name is used on its own level.
_FIGURES = f"""
SELECT *,
       amount_l = amount_p OR extra_refunded OR reapproved AS amounts_agree,
       cancel_l = cancel_p OR (extra_refunded AND cancel_l = cancel_kept) OR reapproved
         AS cancels_agree,
       CASE WHEN extra_refunded OR reapproved THEN 0 ELSE abs(amount_l - amount_p) END
         AS amount_gap,
       booked AND NOT (amount_l = amount_p OR extra_refunded OR reapproved) AND NOT doubled
         AND kept < 2 AS sum_differs,
       (days_apart = 1 AND second_of_day >= {DAY_S} - {{band_s}})
         OR (days_apart = -1 AND second_of_day <= {{band_s}}) AS at_midnight,
       -- A tolerance of won excuses no other day.
       booked AND abs(days_apart) > {{days}}
         AND (extra_refunded OR reapproved OR abs(amount_l - amount_p) <= {{tolerance}})
         AS is_off_day
FROM (
    SELECT *,
           -- A partial refund that the PG books as a whole cancel and a new, smaller approval.
           booked AND approved = 2 AND kept = 1 AND undone = 1
             AND amount_l = amount_p - amount_kept
             AND cancel_l > 0 AND net_l = net_p AND NOT extra_refunded AS reapproved,
           booked AND sales > 0 AND cancel_p > 0 AND cancel_p < amount_p
             AND cancel_l = amount_l AS written_off,
           undated_sales > 0 AND {{dated}} AND NOT keyless AS undated
    FROM ({{basic}})
)
"""

_BASIC = f"""
SELECT *, amount_p - cancel_p AS net_p, amount_l - cancel_l AS net_l,
       lone_p IS NOT NULL OR lone_l IS NOT NULL AS keyless,
       rows_ledger > 0 AND denials = rows_ledger AS denied,
       approved > 0 AND rows_ledger > 0 AND denials <> rows_ledger AS booked,
       sales > 0 AND NOT (phantoms > 0 AND approved = 0 AND amount_l = cancel_l) AS claims,
       accounts_paid > 0 AND (rows_ledger = 0 OR waits = rows_ledger) AS is_deposit,
       -- An extra approval that was refunded in full leaves the order as the books have it.
       approved > kept AND kept > 0 AND amount_l = amount_kept AS extra_refunded,
       approved > 0 AND sales > approved AND sale_min = sale_max
         AND sale_max::HUGEINT * approved = amount_p AS doubled,
       CASE WHEN day_l IS NULL OR paid_us IS NULL THEN 0
            ELSE day_l - (paid_us // 1000000 + {KST_S}) // {DAY_S} END AS days_apart,
       (paid_us // 1000000 + {KST_S}) % {DAY_S} AS second_of_day,
       {_MONTH.format("to_days(refunded_on) + DATE '1970-01-01'")} AS refund_month,
       {_MONTH.format(f"to_seconds(cancelled_us // 1000000 + {KST_S}) + TIMESTAMP '1970-01-01'")}
         AS cancel_month,
       others > 0 OR coalesce(refund_way <> coalesce(method, 'card'), false)
         OR coalesce(refund_way_too <> coalesce(method, 'card'), false) AS by_other_method,
       {{past_deadline}} AS past_deadline
FROM (
    -- Of one approval booked on several lines, each must stand on its day: one may be late.
    SELECT * REPLACE (
        CASE WHEN approved = 1 AND day_l = (paid_us // 1000000 + {KST_S}) // {DAY_S} THEN day_last
             ELSE day_l END AS day_l) FROM order_items
)
"""

# A refund is past its deadline if, on the day it was booked (or at the pull), the PG took none.
_PAST_DEADLINE = f"""
coalesce(CASE WHEN paid_us IS NULL OR coalesce(refunded_on, {{as_of_day}}) IS NULL THEN false
     WHEN method = 'phone' THEN
       {_MONTH.format("to_days(coalesce(refunded_on, {as_of_day})) + DATE '1970-01-01'")} >
       {_MONTH.format(f"to_seconds(paid_us // 1000000 + {KST_S}) + TIMESTAMP '1970-01-01'")}
     ELSE coalesce(refunded_on, {{as_of_day}}) - (paid_us // 1000000 + {KST_S}) // {DAY_S} >
       CASE method {" ".join(f"WHEN '{m}' THEN {days}" for m, days in CANCEL_WINDOW_DAYS.items())} END
END, false)
"""

_FACTS = """
SELECT *,
       booked AND NOT cancels_agree AND cancel_p > 0 AND cancel_l > 0 AND NOT written_off
         AND cancel_unbooked = 0 AND NOT cancelled_whole_for_part AS refund_differs,
       claims AND approved = 0 AND NOT other_currency AS absent,
       approved > 0 AND amount_p > 0 AND tests < approved AND NOT other_currency
         AND (rows_ledger = 0 OR denied) AS unbooked
FROM (
    SELECT f.*, coalesce(first_net, 0) AS net_first,
           (booked AND cancel_l > 0 AND cancel_p = 0)
             OR (approved = 0 AND sales = 0 AND cancel_l > 0 AND phantoms = 0) AS refund_missing,
           CASE WHEN NOT booked OR cancels_agree OR cancel_l > cancel_p THEN 0
                WHEN cancel_l = 0 OR part IS NOT NULL THEN cancel_p - cancel_l
                ELSE 0 END AS cancel_unbooked,
           -- One cancel of all of it, where the books asked for a part.
           booked AND approved = 1 AND undone = 1 AND cancel_events <= 1 AND cancel_l > 0
             AND cancel_l < amount_l AND part IS NULL AS cancelled_whole_for_part,
           other IS NOT NULL AND NOT keyless
             AND ((approved > 0 AND rows_ledger = 0) OR (claims AND approved = 0)) AS other_currency
    FROM ({figures}) AS f
    LEFT JOIN (
        SELECT merchant_uid AS k, currency AS c,
               first(amount - cancel ORDER BY paid_us, imp_uid, amount, cancel) AS first_net
        FROM payment_rows WHERE approved AND amount > cancel
          AND (merchant_uid, currency) IN (SELECT (merchant_uid, currency) FROM order_items WHERE kept > 1)
        GROUP BY ALL
    ) ON k = f.merchant_uid AND c = f.currency
    LEFT JOIN (
        SELECT DISTINCT merchant_uid AS other FROM order_items
        WHERE approved > 0 AND amount_p > 0 AND rows_ledger = 0 AND lone_p IS NULL
        INTERSECT
        SELECT DISTINCT merchant_uid FROM order_items
        WHERE sales > 0 AND approved = 0 AND lone_l IS NULL
          AND NOT (phantoms > 0 AND amount_l = cancel_l)
    ) ON other = f.merchant_uid
    LEFT JOIN (SELECT merchant_uid AS part, currency AS part_currency FROM booked_parts)
      ON part = f.merchant_uid AND part_currency = f.currency
)
"""


def figures_sql(rule: Rule, *, is_dated: bool, as_of_us: int | None) -> tuple[str, str]:
    """Write the table of each order's figures, and the query of what follows from them.

    Parameters
    ----------
    rule : Rule
        Its tolerance and MIDs.
    is_dated : bool
        Whether this ledger knows dates at all.
    as_of_us : int or None
        The instant of the pull, unix microseconds; without it nothing is said to have expired.

    Returns
    -------
    tuple of str
        SQL that makes the table ``order_items``, and SQL of the facts over it.
    """
    mids = ", ".join(_quoted(mid) for mid in rule.mids) if rule.mids is not None else None
    as_of = "NULL" if as_of_us is None else str(as_of_us)
    day = "NULL::BIGINT" if as_of_us is None else str((as_of_us // 1_000_000 + KST_S) // DAY_S)
    # Without declared MIDs every MID is as good as declared.
    items = _ITEMS.replace("{mids}", mids or "pg_id" if mids != "" else "''")
    figures = _FIGURES.format(
        dated="true" if is_dated else "false",
        band_s=rule.tolerance.midnight_minutes * 60,
        days=rule.tolerance.days,
        tolerance=rule.tolerance.amount,
        basic=_BASIC.format(past_deadline=_PAST_DEADLINE.format(as_of_day=day)),
    )
    return items.replace("{as_of}", as_of), _FACTS.format(figures=figures)


def _quoted(text: str) -> str:
    """Write a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"
