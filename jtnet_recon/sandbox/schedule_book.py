"""Keeps the scheduled payments, as `GET /subscribe/payments/schedule` shows them."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from jtnet_recon.sandbox.world import began

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jtnet_recon.sandbox.records import Record

SCHEDULED, EXECUTED, REVOKED = "scheduled", "executed", "revoked"
STATUSES = (SCHEDULED, EXECUTED, REVOKED)
# In the API's order.
BLANK: Record = {
    "customer_uid": None, "merchant_uid": None, "imp_uid": None, "pg_provider": None,
    "pg_id": None, "customer_id": None, "schedule_at": 0, "executed_at": 0, "revoked_at": 0,
    "amount": 0, "currency": "KRW", "name": None, "buyer_name": None, "buyer_email": None,
    "buyer_tel": None, "buyer_addr": None, "buyer_postcode": None, "custom_data": None,
    "schedule_status": SCHEDULED, "payment_status": None, "fail_reason": None,
    "promotion_id": None,
}  # fmt: skip
_COPIED = (
    "customer_uid", "merchant_uid", "imp_uid", "pg_provider", "pg_id", "amount", "currency",
    "name", "buyer_name", "buyer_email", "buyer_tel", "buyer_addr", "buyer_postcode",
    "custom_data", "fail_reason",
)  # fmt: skip


class ScheduleBook:
    """All schedules of an account, by order id: one order id, one schedule."""

    def __init__(self, rows: Iterable[Record] = (), entries: Iterable[Record] = ()) -> None:
        self.entries: dict[str, Record] = {entry["merchant_uid"]: entry for entry in entries}
        # What a schedule keeps and never shows: where to tell of it, months of instalment.
        self.details: dict[str, dict[str, object]] = {}
        # By time and order id; put together anew at the first question after a change.
        self._sorted: list[tuple[int, str]] | None = None
        for row in rows:
            # What was charged as scheduled was booked once; old records do not tell.
            if row.get("customer_uid_usage") == "payment.scheduled":
                self.entries[row["merchant_uid"]] = _executed(row)

    def add(self, entry: Record) -> None:
        """Book, or put a newer state of it in its place."""
        self.entries[entry["merchant_uid"]] = entry
        self._sorted = None

    def get(self, merchant_uid: str) -> Record | None:
        """Find by order id."""
        return self.entries.get(merchant_uid)

    def window(
        self, from_s: int, to_s: int, *, status: str | None, customer_uid: str | None = None
    ) -> list[Record]:
        """Find those planned from ``from_s`` on and before ``to_s``, earliest first."""
        order = self._order()
        first, after = (bisect_left(order, (second, "")) for second in (from_s, to_s))
        inside = (self.entries[uid] for _, uid in order[first:after])
        return [
            entry
            for entry in inside
            if status in (None, entry["schedule_status"])
            and customer_uid in (None, entry["customer_uid"])
        ]

    def failed(self, from_s: int, to_s: int) -> list[Record]:
        """Find those tried last from ``from_s`` on and before ``to_s``, and in vain."""
        return [
            entry
            for _, uid in self._order()
            if (entry := self.entries[uid])["payment_status"] == "failed"
            and from_s <= entry["executed_at"] < to_s
        ]

    def _order(self) -> list[tuple[int, str]]:
        if self._sorted is None:
            self._sorted = sorted((e["schedule_at"], uid) for uid, e in self.entries.items())
        return self._sorted

    def waiting(
        self, *, customer_uid: str | None = None, merchant_uids: Iterable[str] | None = None
    ) -> list[Record]:
        """Find those not executed yet, by customer, by order ids, or by both."""
        wanted = None if merchant_uids is None else set(merchant_uids)
        return [
            entry
            for entry in self.entries.values()
            if entry["schedule_status"] == SCHEDULED
            and customer_uid in (None, entry["customer_uid"])
            and (wanted is None or entry["merchant_uid"] in wanted)
        ]


def _executed(row: Record) -> Record:
    at_s = began(row)
    entry = BLANK | {name: row.get(name) for name in _COPIED}
    return entry | {
        # Booked for the full minute in which it was charged.
        "schedule_at": at_s - at_s % 60,
        "executed_at": at_s,
        "schedule_status": EXECUTED,
        "payment_status": row["status"],
    }
