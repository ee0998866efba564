"""Holds what one merchant account has at i'mport, and lets one thread at a time change it."""

from __future__ import annotations

import random
from itertools import count
from typing import TYPE_CHECKING

from jtnet_recon.sandbox.desk import Desk
from jtnet_recon.sandbox.keys import KeyRing
from jtnet_recon.sandbox.kst import date_of, month_of
from jtnet_recon.sandbox.schedule_book import ScheduleBook
from jtnet_recon.sandbox.shelf import Shelf

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable

    from jtnet_recon.sandbox.agenda import Agenda
    from jtnet_recon.sandbox.desk import Customer
    from jtnet_recon.sandbox.records import Record
    from jtnet_recon.sandbox.webhooks import Courier


class Shop:
    """One merchant, or one of its sub-merchants (tiers).

    Take ``lock`` around whatever reads and then changes; the public functions of `acts`,
    `charging`, `cancels` and their siblings do.
    """

    def __init__(
        self,
        rows: Iterable[Record] = (),
        customers: Iterable[Customer] = (),
        *,
        now_s: Callable[[], int],
        agenda: Agenda,
        courier: Courier,
    ) -> None:
        rows = list(rows)
        self.lock: threading.RLock = agenda.lock
        self.agenda = agenda
        self.courier = courier
        self.now_s = now_s
        self.shelf = Shelf(rows)
        self.keys = KeyRing(customers, rows)
        self.book = ScheduleBook(rows)
        self.prepared: dict[str, dict[str, object]] = {}
        self.receipts: dict[str, dict[str, object]] = {}
        self.windows: dict[str, dict[str, object]] = {}
        # Cards whose cancels the PG refuses, by payment.
        self.final: set[str] = set()
        self.notice_urls: dict[str, str] = {}
        self.desk = _desk(rows, now_s())


def _desk(rows: list[Record], now_s: int) -> Desk:
    """Make the source of ids and random details for what happens from now on."""
    day = date_of(now_s)
    return Desk(
        rng=random.Random(f"shop/{len(rows)}"),
        month=month_of(day.year, day.month),
        now_s=now_s,
        used={int(row["imp_uid"].partition("_")[2]) for row in rows},
        customer_numbers=count(1),
        tid_numbers=count(1),
        awkward_numbers=count(1),
        charge_numbers=count(),
        orders_of_day={},
        customers=[],
        arrivals=[],
    )
