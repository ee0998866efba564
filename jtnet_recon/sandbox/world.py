"""Makes the world of one month: payments of seven months, the ledger of one."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

from jtnet_recon.sandbox import natural, plants, plants_cancels
from jtnet_recon.sandbox.desk import Customer, Desk, new_customer, open_desk
from jtnet_recon.sandbox.entries import journal_of
from jtnet_recon.sandbox.kst import DAY_S, Month, month_after

if TYPE_CHECKING:
    from collections.abc import Callable

    from jtnet_recon.sandbox.books import Answer, Line, Order
    from jtnet_recon.sandbox.entries import Entry
    from jtnet_recon.sandbox.records import Record

ORDERS_MIN = 100
MONTHS_BEFORE, MONTHS_AFTER = 2, 4
# The neighbouring months only serve to hold what belongs to them; they need not grow for ever.
NEIGHBOUR_SHARE, NEIGHBOUR_ORDERS_MAX = 0.15, 2_000
FORMS = (*plants.FORMS, *plants_cancels.FORMS)


@dataclass(frozen=True, slots=True)
class World:
    """Everything that is true: the PG's rows, the merchant's lines, the breaks of both ledgers."""

    month: Month
    now_s: int
    rows: list[Record]
    lines: list[Line]
    answers: list[Answer]
    entries: list[Entry]
    entry_answers: list[Answer]
    customers: list[Customer]


def make_world(month: Month, *, seed: int, orders: int) -> World:
    """Make the world that (month, seed, orders) stand for, always the same one."""
    if orders < ORDERS_MIN:
        message = f"Sandbox: orders={orders} is too few for every break; use {ORDERS_MIN} or more"
        raise ValueError(message)
    now_s = month_after(month, MONTHS_AFTER).start_s + 19 * DAY_S + 10 * 3600
    desk = _open_desk(month, seed=seed, orders=orders, now_s=now_s)
    made: list[Order] = []
    for step in range(-MONTHS_BEFORE, MONTHS_AFTER + 1):
        desk = _turn_page(desk, month_after(month, step))
        if step == 0:
            kept = _orders_of_month(desk, orders)
            made += kept
        else:
            share = max(40, min(round(orders * NEIGHBOUR_SHARE), NEIGHBOUR_ORDERS_MAX))
            made += [replace(order, lines=(), answers=()) for order in _natural(desk, share)]
    made += natural.outside_edges(replace(desk, month=month))
    rows = sorted((row for order in made for row in order.rows), key=began)
    name = f"{month.year}-{month.number}-{seed}-{orders}"
    entries, entry_answers = journal_of(rows, month, seed=name, times=_times(orders))
    return World(
        month,
        now_s,
        rows,
        sorted((line for order in kept for line in order.lines), key=_place),
        [answer for order in kept for answer in order.answers],
        entries,
        entry_answers,
        desk.customers,
    )


def began(record: Record) -> int:
    """Tell when a payment began, as the server knows it even where a record does not say."""
    started_s: int = record.get("started_at") or record["paid_at"] or record["failed_at"]
    return started_s


def _place(line: Line) -> tuple[bool, int, int]:
    """Sort the ledger: won first, then by the day of the books."""
    day = line.paid_on.toordinal() if line.paid_on else (line.ordered_s + 32_400) // DAY_S + 719_163
    return line.currency != "KRW", day, line.ordered_s


def _open_desk(month: Month, *, seed: int, orders: int, now_s: int) -> Desk:
    rng = random.Random(f"{month.year}-{month.number}-{seed}-{orders}")
    first = month_after(month, -MONTHS_BEFORE)
    desk = open_desk(rng, first, now_s, used=set(), tids=int(rng.random() * 10_000))
    for _ in range(max(8, orders // 12)):
        registered_s = first.start_s - int(rng.random() * 200 * DAY_S) - 1
        desk.customers.append(new_customer(desk, registered_s))
    return desk


def _turn_page(desk: Desk, month: Month) -> Desk:
    """Open the next month: last month's new cards are known now."""
    known = {customer.uid: customer for customer in (*desk.customers, *desk.arrivals)}
    return replace(
        desk, month=month, customers=list(known.values()), arrivals=[], charge_numbers=count()
    )


def _orders_of_month(desk: Desk, orders: int) -> list[Order]:
    edges = natural.edge_orders(desk)
    planted = [form(desk) for form in FORMS for _ in range(_times(orders))]
    return edges + planted + _natural(desk, orders - len(edges) - len(planted))


def _times(orders: int) -> int:
    """Tell how often each form of a break is planted."""
    return max(1, round(orders / 400))


def _natural(desk: Desk, orders: int) -> list[Order]:
    makers: list[Callable[[Desk], Order]] = []
    for kind in natural.KINDS:
        makers += [kind.make] * max(1, round(kind.share * orders))
    makers += [natural.CARD.make] * (orders - len(makers))
    desk.rng.shuffle(makers)
    return [make(desk) for make in makers[:orders]]
