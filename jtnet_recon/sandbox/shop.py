"""Holds what one merchant account has at i'mport, and lets one thread at a time change it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from jtnet_recon.sandbox import schedules
from jtnet_recon.sandbox.keys import KeyRing
from jtnet_recon.sandbox.schedule_book import ScheduleBook
from jtnet_recon.sandbox.shelf import Shelf
from jtnet_recon.sandbox.subscriptions import Business

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator

    from jtnet_recon.sandbox.agenda import Agenda
    from jtnet_recon.sandbox.webhooks import Courier
    from jtnet_recon.sandbox.world import World


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
        made: World | Business | None = None,
        *,
        now_s: Callable[[], int],
        agenda: Agenda,
        courier: Courier,
    ) -> None:
        rows = [] if made is None else list(made.rows)
        self.lock: threading.RLock = agenda.lock
        self.agenda = agenda
        self.courier = courier
        self.now_s = now_s
        self.shelf = Shelf(rows)
        if isinstance(made, Business):
            self.keys = KeyRing((), (), made.keys)
            self.book = ScheduleBook(entries=made.schedules)
        else:
            self.keys = KeyRing(() if made is None else made.customers, rows)
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
        schedules.plan_waiting(self)
