"""A small account that changes while it is read: the paging of the document, nothing else."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from client_wire import NOW_S, Request, failure, page_of, record

if TYPE_CHECKING:
    from collections.abc import Callable

SEPTEMBER = "2022-09"
_CLOCKS = {"paid": "paid_at", "cancelled": "cancelled_at", "failed": "failed_at"}


class World:
    """Serves its payments in windows by the clock of their status, oldest start first.

    ``page_rows`` is the page size whatever is asked for; ``before`` runs before each read with
    the number of reads so far, and may change the payments.
    """

    def __init__(self, count: int = 0, *, page_rows: int = 10) -> None:
        self.page_rows = page_rows
        self.payments = {
            row["imp_uid"]: row for row in (self.made(number) for number in range(1, count + 1))
        }
        self.reads = 0
        self.before: Callable[[int], None] = lambda _reads: None
        self._lock = threading.Lock()

    @staticmethod
    def made(number: int, **changes: Any) -> dict[str, Any]:
        """A payment of 1 September 2022, a minute after the one before."""
        at_s = 1_661_958_000 + 60 * number  # 2022-09-01 in Korea
        return record(number, **{"started_at": at_s, "paid_at": at_s + 5, **changes})

    def pay_now(self, number: int, **changes: Any) -> None:
        """Let a new payment arrive at the present."""
        self.payments[f"imp_{number:012d}"] = record(
            number, started_at=NOW_S + 1, paid_at=NOW_S + 2, **changes
        )

    def cancel(self, number: int, at_s: int = NOW_S + 5) -> None:
        """Cancel a payment in full; its window is another one from now on."""
        row = self.payments[f"imp_{number:012d}"]
        entry = {"amount": row["amount"], "cancelled_at": at_s, "pg_tid": None, "reason": "변심"}
        self.payments[row["imp_uid"]] = {
            **row,
            "status": "cancelled",
            "cancel_amount": row["amount"],
            "cancelled_at": at_s,
            "cancel_history": [entry],
        }

    def __call__(self, request: Request) -> bytes:
        with self._lock:
            self.reads += 1
            self.before(self.reads)
            return self.answer(request)

    def answer(self, request: Request) -> bytes:
        query = request.query
        rows = self.listed(int(query["from"]), int(query["to"]))
        page, pages = request.page, max(1, -(-len(rows) // self.page_rows))
        if page > pages:
            return failure(400, "데이터 범위를 벗어난 page입니다.", code=1)
        shown = rows[(page - 1) * self.page_rows : page * self.page_rows]
        following = page + 1 if page < pages else 0
        return page_of(shown, total=len(rows), page=page, following=following)

    def listed(self, from_s: int, to_s: int) -> list[dict[str, Any]]:
        rows = [
            row
            for row in self.payments.values()
            if from_s <= row[_CLOCKS.get(row["status"], "started_at")] <= to_s
        ]
        return sorted(rows, key=lambda row: (row["started_at"], row["imp_uid"]))


def ids_of(pulled: Any) -> list[str]:
    return sorted(pulled["imp_uid"])


def all_ids(count: int) -> list[str]:
    return [f"imp_{number:012d}" for number in range(1, count + 1)]
