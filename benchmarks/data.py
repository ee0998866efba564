"""A shop's month at any size, seeded: payments, the books, and what is wrong with them.

About 1 % of the orders carry a break, of twelve kinds. Both sides also hold what is repeated for
good reason: failed attempts before the paid one, and refunds booked on a line of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pathlib import Path

Integers = np.ndarray[Any, np.dtype[np.int64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

PLANTED = {
    "P01": 0.0015,
    "P02": 0.0010,
    "P03": 0.0015,
    "P05": 0.0005,
    "P07": 0.0010,
    "P09": 0.0010,
    "P12": 0.0005,
    "P13": 0.0010,
    "P19": 0.0005,
    "C01": 0.0010,
    "C02": 0.0005,
    "C03": 0.0005,
}
"""The share of the orders that get each break code."""

_RETRIED = 0.02
_CANCELLED = 0.04
_CHUNK = 1_000_000
_ROW_GROUP = 200_000
_DAY_S = 86_400
# 2022-11-01 00:00 in Seoul, in seconds and in days since 1970.
_MONTH_S = 1_667_228_400
_MONTH_DAY = 19_297
_DAYS = 30
# Multiplying by a number without the factors 2 and 5 shuffles the ten-digit numbers.
_SPREAD, _CODES = 7_368_787_563, 10**10

_HISTORY_ONE = '[{"amount": %d, "cancelled_at": %d, "reason": "고객 변심"}]'
_HISTORY_TWO = (
    '[{"amount": %d, "cancelled_at": %d, "reason": "부분 반품"},'
    ' {"amount": %d, "cancelled_at": %d, "reason": "부분 반품"}]'
)


@dataclass(frozen=True, slots=True)
class Orders:
    """One chunk of orders, before either side is written."""

    kinds: np.ndarray[Any, Any]
    merchant_uid: pa.Array
    currency: pa.Array
    amount: Integers
    cancelled: Integers
    paid_s: Integers
    retried: Flags


def generate(folder: Path, orders: int, *, seed: int = 7) -> None:
    """Write payments.parquet, ledger.parquet and planted.parquet.

    Parameters
    ----------
    folder : Path
        Where; must exist.
    orders : int
        How many orders; each side has a few per cent more rows.
    seed : int, default 7
        The same seed writes the same rows.
    """
    ledgers, answers = [], []
    writer: pq.ParquetWriter | None = None
    for start in range(0, orders, _CHUNK):
        random = np.random.default_rng([seed, start])
        chunk = _orders(random, start, min(_CHUNK, orders - start))
        payments = _shuffled(_payments(random, chunk, start), random)
        writer = writer or pq.ParquetWriter(folder / "payments.parquet", payments.schema)
        writer.write_table(payments, row_group_size=_ROW_GROUP)
        ledgers.append(_shuffled(_ledger(random, chunk), random))
        answers.append(_planted(chunk))
    if writer is not None:
        writer.close()
    # The books are in another order than the payments, across the whole file.
    books = pa.concat_tables(ledgers[::-1])
    pq.write_table(books, folder / "ledger.parquet", row_group_size=_ROW_GROUP)
    pq.write_table(pa.concat_tables(answers), folder / "planted.parquet")


def _orders(random: np.random.Generator, start: int, count: int) -> Orders:
    """Draw the orders of one chunk."""
    kinds = random.choice(
        np.array(["", *PLANTED]), size=count, p=[1 - sum(PLANTED.values()), *PLANTED.values()]
    )
    amount = random.integers(100, 3_000, size=count) * 100
    # So that no stray sale happens to have the amount and day of a payment that is not booked.
    amount[kinds == "P02"] += 50
    day = random.integers(0, _DAYS - 3, size=count)
    second = random.integers(3_600, _DAY_S - 3_600, size=count)
    second[kinds == "P12"] = _DAY_S - 90
    is_cancelled = (random.random(count) < _CANCELLED) & (kinds == "")
    is_full = random.random(count) < 0.5
    part = (amount * random.uniform(0.1, 0.6, size=count)).astype("int64") // 100 * 100
    cancelled = np.where(is_cancelled, np.where(is_full, amount, part), 0)
    cancelled[np.isin(kinds, ["C01", "C03"])] = 3_000
    code = (np.arange(start, start + count) * _SPREAD) % _CODES
    currency = np.where(random.random(count) < 0.005, "USD", "KRW")
    return Orders(
        kinds=kinds,
        merchant_uid=_joined("202211", _padded(day + 1, 2), "-", _padded(code, 10)),
        currency=pa.array(currency),
        amount=amount,
        cancelled=cancelled,
        paid_s=_MONTH_S + day * _DAY_S + second,
        retried=(random.random(count) < _RETRIED) & (kinds == ""),
    )


def _payments(random: np.random.Generator, orders: Orders, start: int) -> pa.Table:
    """Write the PG's side: the paid rows, the second paid ones, the failed attempts."""
    kinds = orders.kinds
    paid = np.flatnonzero(~np.isin(kinds, ["P02", "P19"]))
    second = np.flatnonzero(kinds == "P07")
    failed = np.flatnonzero(orders.retried | (kinds == "P19"))
    rows = np.concatenate([paid, second, failed])
    is_paid = np.arange(len(rows)) < len(paid) + len(second)
    is_second = is_paid & (np.arange(len(rows)) >= len(paid))
    cancelled = np.where(is_paid & ~is_second, orders.cancelled[rows], 0)
    tried_s = orders.paid_s[rows] + np.where(is_second, 40, np.where(is_paid, 0, -70))
    number = (np.arange(len(rows)) + 2 * start) * _SPREAD % _CODES
    status = np.where(is_paid, np.where(cancelled > 0, "cancelled", "paid"), "failed")
    has_key = random.random(len(rows)) < 0.1
    return pa.table(
        {
            "imp_uid": _joined("imp_", _padded(number, 12)),
            "merchant_uid": orders.merchant_uid.take(pa.array(rows)),
            "pay_method": _drawn(random, ["card", "trans", "phone"], [0.85, 0.1, 0.05], len(rows)),
            "pg_id": _drawn(random, ["shopjt001m", "shopjt002m"], [0.9, 0.1], len(rows)),
            "amount": orders.amount[rows],
            "cancel_amount": cancelled,
            "currency": orders.currency.take(pa.array(rows)),
            "status": pa.array(status),
            "paid_at": _instants(tried_s, is_paid),
            "failed_at": _instants(tried_s, ~is_paid),
            "cancel_history": _histories(cancelled, tried_s),
            "customer_uid": pc.if_else(
                pa.array(has_key), _joined("billing_", _padded(number, 10)), None
            ),
        }
    )


def _ledger(random: np.random.Generator, orders: Orders) -> pa.Table:
    """Write the books: the sales, those booked twice, and refunds on lines of their own."""
    kinds = orders.kinds
    refunded = np.where(kinds == "C01", 0, orders.cancelled)
    refunded[kinds == "C02"] = 4_000
    refunded[kinds == "C03"] -= 500
    is_apart = (refunded > 0) & (kinds == "") & (random.random(len(kinds)) < 0.3)
    sales = np.flatnonzero(~np.isin(kinds, ["P01", "P19"]))
    rows = np.concatenate([sales, np.flatnonzero(kinds == "P09"), np.flatnonzero(is_apart)])
    is_refund = np.arange(len(rows)) >= len(rows) - is_apart.sum()
    amount = np.where(kinds == "P03", orders.amount - 1_000, orders.amount)[rows]
    late = np.where(kinds == "P13", 2, np.where(kinds == "P12", 1, 0))[rows]
    status = np.where(kinds[rows] == "P05", "failed", "paid")
    return pa.table(
        {
            "merchant_uid": orders.merchant_uid.take(pa.array(rows)),
            "amount": np.where(is_refund, -refunded[rows], amount),
            "cancel_amount": np.where(is_apart[rows], 0, refunded[rows]),
            "currency": orders.currency.take(pa.array(rows)),
            "status": pa.array(status),
            "paid_on": _days((orders.paid_s[rows] - _MONTH_S) // _DAY_S + late),
        }
    )


def _planted(orders: Orders) -> pa.Table:
    """List the orders that carry a break, and which."""
    rows = np.flatnonzero(orders.kinds != "")
    return pa.table(
        {
            "merchant_uid": orders.merchant_uid.take(pa.array(rows)),
            "code": pa.array(orders.kinds[rows]),
        }
    )


def _histories(cancelled: Integers, paid_s: Integers) -> pa.Array:
    """Write the cancels of each payment as the API sends them; every third part in two steps."""
    cells: list[str | None] = [None] * len(cancelled)
    for row in np.flatnonzero(cancelled > 0):
        whole, at = int(cancelled[row]), int(paid_s[row]) + 3_600
        first = whole // 300 * 100
        if row % 3 or not first:
            cells[row] = _HISTORY_ONE % (whole, at)
        else:
            cells[row] = _HISTORY_TWO % (first, at, whole - first, at + 3_600)
    return pa.array(cells, pa.string())


def _joined(*parts: Any) -> pa.Array:
    """Put texts together, row by row."""
    return pc.binary_join_element_wise(*parts, "")


def _padded(numbers: Integers, width: int) -> pa.Array:
    """Write numbers with leading zeros."""
    return pc.utf8_lpad(pc.cast(pa.array(numbers), pa.string()), width, "0")


def _drawn(
    random: np.random.Generator, values: list[str], shares: list[float], count: int
) -> pa.Array:
    """Draw one of a few texts for each row."""
    return pa.array(values).take(pa.array(random.choice(len(values), size=count, p=shares)))


def _instants(seconds: Integers, known: Flags) -> pa.Array:
    """Make instants in Seoul; unknown ones are missing."""
    return pa.array(seconds * 1_000_000, pa.timestamp("us", "Asia/Seoul"), mask=~known)


def _days(numbers: Integers) -> pa.Array:
    """Make days of the month, counted from its first."""
    return pa.array((_MONTH_DAY + numbers) * _DAY_S * 1_000_000, pa.timestamp("us"))


def _shuffled(table: pa.Table, random: np.random.Generator) -> pa.Table:
    """Put the rows into an order of chance."""
    return table.take(pa.array(random.permutation(table.num_rows)))
