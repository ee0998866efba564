"""Holds what one merchant account has at i'mport, and lets one thread at a time change it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from jtnet_recon.sandbox.keys import KeyRing
from jtnet_recon.sandbox.schedule_book import ScheduleBook
from jtnet_recon.sandbox.shelf import Shelf

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Iterator

    from jtnet_recon.sandbox.agenda import Agenda
    from jtnet_recon.sandbox.desk import Customer
    from jtnet_recon.sandbox.records import Record
    from jtnet_recon.sandbox.webhooks import Courier


@dataclass(frozen=True, slots=True)
class _Source:
    """The source of ids and random details for what happens from now on."""

    rng: random.Random
    used: set[int]
    tid_numbers: Iterator[int]


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
        self.desk = _Source(
            random.Random(f"shop/{len(rows)}"),
            {int(row["imp_uid"].partition("_")[2]) for row in rows},
            count(1),
        )
