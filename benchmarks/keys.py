"""Time the audit of billing keys from frames, and check that it finds what was planted.

    python benchmarks/keys.py --keys 100k --months 24

A business of so many keys and months is made first, seeded: one charge a key and month, a schedule
each with ``--schedules``, refunds and retries among them, and six kinds of breaks. Making it is not
in the time. Memory is what the audit needs on top of the given frames, and with them.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from machine import describe, sizes_of
from measure import peak_mib, settle

Numbers = np.ndarray[Any, Any]

# Shares of the cycles that get each break code, and of what is in order all the same.
PLANTED = {"B09": 0.002, "B10": 0.001, "S09": 0.002, "P07": 0.0005, "B11": 0.0005}
UNKNOWN_KEYS = 0.001
_RETRIED, _REFUNDED = 0.02, 0.01
_FIRST_MONTH = 2021 * 12
_DAY_S, _KST_S = 86_400, 32_400
_PRICES = np.array([9_900, 14_900, 29_900])


@dataclass(frozen=True, slots=True)
class Business:
    """What the audit gets, and how many breaks of each code it has to find."""

    contracts: pd.DataFrame
    keys: pd.DataFrame
    payments: pd.DataFrame
    schedules: pd.DataFrame | None
    planted: dict[str, int]


def main() -> int:
    """Make the business, audit it, print a line a run; 1 if the breaks are not those planted."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--keys", type=sizes_of, default=[100_000], help="billing keys: 100k")
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--schedules", action="store_true", help="with a schedule a charge")
    parser.add_argument("--memory-limit", help="of the engine: 1GB")
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    print(describe({}))
    is_right = True
    for size in arguments.keys:
        business = make(size, arguments.months, with_schedules=arguments.schedules)
        for _ in range(arguments.runs):
            is_right &= _run(business, arguments.months, arguments.memory_limit)
    return 0 if is_right else 1


def make(keys: int, months: int, *, with_schedules: bool, seed: int = 7) -> Business:
    """Make a business, always the same one.

    Parameters
    ----------
    keys, months : int
        One charge a key and month.
    with_schedules : bool
        Whether every charge was scheduled.
    seed : int, default 7
        Of the draw.

    Returns
    -------
    Business
        Frames, and the number of breaks by code.
    """
    rng = np.random.default_rng(seed)
    number = np.repeat(np.arange(keys), months)
    month = np.tile(np.arange(months), keys) + _FIRST_MONTH
    billing_day = rng.integers(1, 32, keys)
    price = _PRICES[rng.integers(0, 3, keys)]
    due_s = _midnights(month, billing_day[number]) + rng.integers(8, 20, len(number)) * 3_600
    kinds = _kinds(rng, len(number))
    amount = price[number] + np.where(kinds == "B09", 1_000, 0)
    rows = _rows(rng, kinds, number, due_s, amount)
    uids = _texts("member_%s_card1", np.arange(keys), 8)
    is_known = rng.random(keys) >= UNKNOWN_KEYS
    payments = _payments(rows, uids)
    planted = {code: int((kinds == code)[is_known[number]].sum()) for code in PLANTED}
    # What was paid back in full is at nobody's risk.
    end_s = _midnights(np.array([_FIRST_MONTH + months]), np.array([1]))[0]
    is_stray = ~is_known[rows["number"]] & (rows["at_s"] < end_s)
    is_again = is_stray & rows["is_copy"] & ~rows["has_own_order"]
    # Without a contract there is no cycle: a second charge is just one more unknown one.
    planted["B01"] = int((is_stray & (rows["status"] == "paid") & ~is_again).sum())
    planted["P07"] += int(is_again.sum())
    given_up = rows["order"][kinds[rows["order"]] == "B11"]
    failed = is_stray & (rows["status"] == "failed")
    planted["P19"] = int((failed & np.isin(rows["order"], given_up)).sum())
    return Business(
        contracts=_contracts(uids, price, billing_day, is_known),
        keys=_keys(uids),
        payments=payments,
        schedules=_schedules(rows, uids) if with_schedules else None,
        planted=planted,
    )


def _run(business: Business, months: int, memory_limit: str | None = None) -> bool:
    """Audit once on the clock; tell whether it found what was planted."""
    from jtnet_recon.recon.billing_keys import audit

    frames = sum(
        frame.memory_usage(deep=False).sum()
        for frame in (business.contracts, business.keys, business.payments)
    )
    last, after = _FIRST_MONTH + months - 1, _FIRST_MONTH + months
    period = f"{_FIRST_MONTH // 12}-01..{last // 12}-{last % 12 + 1:02}"
    before = settle()
    start, start_cpu = time.perf_counter(), time.process_time()
    result = audit(
        business.contracts, business.keys, business.payments, business.schedules, period,
        as_of=f"{after // 12}-{after % 12 + 1:02}-28", memory_limit=memory_limit,
    )  # fmt: skip
    seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - start_cpu
    peak = peak_mib(before)
    counts = result.breaks["code"].value_counts()
    found = {code: int(counts.get(code, 0)) for code in business.planted}
    rest = int((result.bridge.loc[result.bridge["step"] == "unexplained", "amount"]).abs().sum())
    print(
        f"{len(business.keys):,} keys, {len(business.payments):,} payments: {seconds:.1f} s, "
        f"{cpu_seconds:.1f} CPU s, {peak or 0:,.0f} MiB on top of {frames / 2**20:,.0f} MiB of "
        f"frames; {len(result.breaks):,} breaks, unexplained {rest}",
        flush=True,
    )
    if found != business.planted or len(result.breaks) != sum(found.values()) or rest:
        print(f"planted {business.planted}, found {counts.to_dict()}", file=sys.stderr)
        return False
    return True


def _midnights(month: Numbers, billing_day: Numbers) -> Numbers:
    """Give the first second of the due day, unix seconds."""
    start = np.array(month - 1970 * 12, dtype="datetime64[M]")
    first = start.astype("datetime64[D]").astype("int64")
    after = (start + 1).astype("datetime64[D]").astype("int64")
    due: Numbers = (first + np.minimum(billing_day, after - first) - 1) * _DAY_S - _KST_S
    return due


def _kinds(rng: np.random.Generator, count: int) -> Numbers:
    """Draw what becomes of each cycle."""
    shares = {**PLANTED, "retried": _RETRIED, "refunded": _REFUNDED}
    drawn = np.searchsorted(np.cumsum(list(shares.values())), rng.random(count), side="right")
    return np.array([*shares, "plain"])[drawn]


def _rows(
    rng: np.random.Generator, kinds: Numbers, number: Numbers, due_s: Numbers, amount: Numbers
) -> dict[str, Numbers]:
    """Lay out the attempts: the charge itself, failures before it, second charges after it."""
    order = np.arange(len(kinds))
    parts: list[tuple[Numbers, str, int, int]] = [
        (np.isin(kinds, ["plain", "B09", "B10", "P07"]), "paid", 0, 0),
        (kinds == "refunded", "cancelled", 0, 0),
        (kinds == "retried", "failed", 0, 0),
        (kinds == "retried", "paid", 2 * _DAY_S, 0),
        *[(kinds == "B11", "failed", day * _DAY_S, 0) for day in range(3)],
        (kinds == "B10", "paid", 5 * _DAY_S, 1),
        (kinds == "P07", "paid", 1_800, 2),
    ]
    chosen = [np.flatnonzero(mask) for mask, *_ in parts]
    at = np.concatenate(chosen)
    sizes = [len(rows) for rows in chosen]
    rows = {
        "order": order[at],
        "number": number[at],
        "amount": amount[at],
        "at_s": due_s[at] + np.repeat([delay for *_, delay, _ in parts], sizes),
        "status": np.repeat([status for _, status, *_ in parts], sizes),
        "is_copy": np.repeat([copy > 0 for *_, copy in parts], sizes),
        "has_own_order": np.repeat([copy == 1 for *_, copy in parts], sizes),
    }
    shuffled = rng.permutation(len(at))
    return {name: values[shuffled] for name, values in rows.items()}


def _texts(pattern: str, numbers: Numbers, digits: int) -> pa.Array:
    """Write numbers into a text."""
    before, after = pattern.split("%s")
    padded = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), digits, "0")
    return pc.binary_join_element_wise(before, padded, after, "")


def _instants(seconds: Numbers, where: Numbers | None = None) -> pd.Series[Any]:
    """Write unix seconds as instants in Seoul; missing where they did not happen."""
    micros = (seconds * 1_000_000).astype("datetime64[us]")
    if where is not None:
        micros = np.where(where, micros, np.datetime64("NaT", "us"))
    instants: pd.Series[Any] = pd.Series(micros).dt.tz_localize("UTC").dt.tz_convert("Asia/Seoul")
    return instants


def _frame(columns: dict[str, pa.Array]) -> pd.DataFrame:
    """Make a frame of columns of text."""
    frame: pd.DataFrame = pa.table(columns).to_pandas()
    return frame


def _payments(rows: dict[str, Numbers], uids: pa.Array) -> pd.DataFrame:
    """Write table PAYMENTS."""
    count = len(rows["order"])
    marks = pc.if_else(pa.array(rows["has_own_order"]), "-2", "")
    orders = pc.binary_join_element_wise(_texts("SUB-%s", rows["order"], 9), marks, "")
    is_paid = np.isin(rows["status"], ["paid", "cancelled"])
    texts = _frame(
        {
            "imp_uid": _texts("imps_%s", np.arange(count), 12),
            "merchant_uid": orders,
            "customer_uid": uids.take(pa.array(rows["number"])),
            "customer_uid_usage": pa.repeat("payment", count),
            "status": pa.array(rows["status"].tolist()),
            "currency": pa.repeat("KRW", count),
            "pg_provider": pa.repeat("nice", count),
            "card_code": pa.repeat("361", count),
        }
    )
    return texts.assign(
        amount=rows["amount"],
        cancel_amount=np.where(rows["status"] == "cancelled", rows["amount"], 0),
        started_at=_instants(rows["at_s"]),
        paid_at=_instants(rows["at_s"], is_paid),
        failed_at=_instants(rows["at_s"], ~is_paid),
    )


def _schedules(rows: dict[str, Numbers], uids: pa.Array) -> pd.DataFrame:
    """Write table SCHEDULES: each order that was paid was scheduled."""
    first = np.isin(rows["status"], ["paid", "cancelled"]) & ~rows["is_copy"]
    at_s, count = rows["at_s"][first], int(first.sum())
    texts = _frame(
        {
            "customer_uid": uids.take(pa.array(rows["number"][first])),
            "merchant_uid": _texts("SUB-%s", rows["order"][first], 9),
            "imp_uid": _texts("imps_%s", np.flatnonzero(first), 12),
            "currency": pa.repeat("KRW", count),
            "schedule_status": pa.repeat("executed", count),
            "payment_status": pa.repeat("paid", count),
        }
    )
    instants = _instants(at_s)
    return texts.assign(amount=rows["amount"][first], schedule_at=instants, executed_at=instants)


def _contracts(
    uids: pa.Array, price: Numbers, billing_day: Numbers, is_known: Numbers
) -> pd.DataFrame:
    """Write table CONTRACTS."""
    starts_on = np.datetime64("2020-06-01", "us")
    frame = _frame({"customer_uid": uids})
    whole = frame.assign(
        customer=frame["customer_uid"].str.slice(0, 15),
        plan="기본",
        price=price,
        currency="KRW",
        billing_day=billing_day,
        starts_on=starts_on,
        ends_on=pd.Series(pd.NaT, index=frame.index, dtype="datetime64[us]"),
    )
    return whole[is_known].reset_index(drop=True)


def _keys(uids: pa.Array) -> pd.DataFrame:
    """Write table BILLING_KEYS."""
    frame = _frame({"customer_uid": uids})
    inserted = pd.Timestamp("2020-06-01", tz="Asia/Seoul").as_unit("us")
    return frame.assign(
        state="registered", pg_provider="nice", card_code="361", inserted=inserted, updated=inserted
    )


if __name__ == "__main__":
    sys.exit(main())
