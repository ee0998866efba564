"""Keeps every payment as the bytes the server sends, and finds them by window and by id."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from jtnet_recon.sandbox.world import began

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jtnet_recon.sandbox.records import Record

STATUSES = ("ready", "paid", "cancelled", "failed")
SORTINGS = ("started", "-started", "paid", "-paid", "updated", "-updated")
WINDOWS_KEPT = 64
_CLOCKS = {
    "ready": "started_at",
    "paid": "paid_at",
    "cancelled": "cancelled_at",
    "failed": "failed_at",
}


class Shelf:
    """All payments of one account; positions count in order of their start.

    Not safe for threads by itself: its owner, the shop, has the lock.
    """

    def __init__(self, rows: Iterable[Record] = ()) -> None:
        self.bodies: list[bytes] = []
        self.statuses: list[str] = []
        self.is_test: list[bool] = []
        self.by_imp_uid: dict[str, int] = {}
        self.by_merchant_uid: dict[str, list[int]] = defaultdict(list)
        self.by_customer_uid: dict[str, list[int]] = defaultdict(list)
        # When a payment began, was paid, last changed, and reached its final status.
        self._seconds: tuple[list[int], list[int], list[int], list[int]] = ([], [], [], [])
        self._index: _Index | None = None
        for row in rows:
            self.put(row)

    def put(self, record: Record) -> None:
        """Add a payment, or put a newer state of it in its place."""
        position = self.by_imp_uid.setdefault(record["imp_uid"], len(self.bodies))
        if position == len(self.bodies):
            self._make_room(record, position)
        self.bodies[position] = as_json(record)
        self.statuses[position] = record["status"]
        self.is_test[position] = bool(record.get("sandbox"))
        for seconds, at_s in zip(self._seconds, _instants(record), strict=True):
            seconds[position] = at_s
        self._index = None

    def get(self, imp_uid: str) -> Record | None:
        """Decode one payment, as a fresh object."""
        position = self.by_imp_uid.get(imp_uid)
        return None if position is None else self._decode(position)

    def of_order(self, merchant_uid: str) -> list[Record]:
        """Decode all attempts of one order, oldest start first."""
        return [self._decode(position) for position in self.by_merchant_uid.get(merchant_uid, ())]

    def payments(self) -> list[Record]:
        """Decode every record, as fresh objects."""
        return [json.loads(body) for body in self.bodies]

    def sorted(self, positions: Iterable[int], sorting: str) -> list[int]:
        """Sort a few positions."""
        ranks = self._indexed().order(sorting)[1]
        return sorted(positions, key=lambda position: int(ranks[position]))

    def window(self, status: str, from_s: int, to_s: int, sorting: str) -> list[int]:
        """Find what reached its final status in a window, both ends inclusive."""
        return self._indexed().window(status, from_s, to_s, sorting)

    def _make_room(self, record: Record, position: int) -> None:
        self.bodies.append(b"")
        self.statuses.append("")
        self.is_test.append(False)
        for seconds in self._seconds:
            seconds.append(0)
        self.by_merchant_uid[record["merchant_uid"]].append(position)
        if record.get("customer_uid") is not None:
            self.by_customer_uid[record["customer_uid"]].append(position)

    def _decode(self, position: int) -> Record:
        record: Record = json.loads(self.bodies[position])
        return record

    def _indexed(self) -> _Index:
        """Sort anew, at the first question after a change."""
        if self._index is None:
            self._index = _Index(self.statuses, self._seconds)
        return self._index


class _Index:
    """The sorted view of a shelf between two changes."""

    def __init__(self, statuses: Sequence[str], seconds: Sequence[Sequence[int]]) -> None:
        import numpy as np

        self._np = np
        began_s, paid_s, updated_s, final_s = (np.array(part, dtype="int64") for part in seconds)
        self._keys = {"started": began_s, "paid": paid_s, "updated": updated_s}
        # A window looks at the clock of the row's final status (V1 OpenAPI, from/to).
        self._final_s = final_s
        self._numbers = np.array([STATUSES.index(status) for status in statuses], dtype="int64")
        self._orders: dict[str, tuple[Any, Any]] = {}
        self._windows: dict[tuple[str, int, int, str], list[int]] = {}

    def order(self, sorting: str) -> tuple[Any, Any]:
        """Give the positions in order, and each position's rank."""
        if sorting not in self._orders:
            ascending = self._np.argsort(self._keys[sorting.lstrip("-")], kind="stable")
            order = ascending[::-1] if sorting.startswith("-") else ascending
            ranks = self._np.empty_like(order)
            ranks[order] = self._np.arange(len(order))
            self._orders[sorting] = (order, ranks)
        return self._orders[sorting]

    def window(self, status: str, from_s: int, to_s: int, sorting: str) -> list[int]:
        """Find a window's positions, remembering the last few windows."""
        asked = (status, from_s, to_s, sorting)
        if asked not in self._windows:
            if len(self._windows) >= WINDOWS_KEPT:
                self._windows.pop(next(iter(self._windows)))
            self._windows[asked] = self._find(*asked)
        return self._windows[asked]

    def _find(self, status: str, from_s: int, to_s: int, sorting: str) -> list[int]:
        order, _ = self.order(sorting)
        clock_s = self._final_s[order]
        inside = (clock_s >= from_s) & (clock_s <= to_s)
        if status != "all":
            inside &= self._numbers[order] == STATUSES.index(status)
        found: list[int] = order[inside].tolist()
        return found


def as_json(value: object) -> bytes:
    """Write JSON as the server sends it; half a character becomes a question mark."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode(errors="replace")


def _instants(record: Record) -> tuple[int, int, int, int]:
    began_s, paid_s = began(record), record["paid_at"]
    updated_s = max(began_s, paid_s, record["failed_at"], record["cancelled_at"])
    return began_s, paid_s, updated_s, record[_CLOCKS[record["status"]]]
