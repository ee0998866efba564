"""Keeps every payment as the bytes the server sends, and finds them by window and by id."""

from __future__ import annotations

import json
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jtnet_recon.sandbox.kst import DAY_S
from jtnet_recon.sandbox.world import began

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jtnet_recon.sandbox.desk import Customer
    from jtnet_recon.sandbox.records import Record

STATUSES = ("ready", "paid", "cancelled", "failed")
SORTINGS = ("started", "-started", "paid", "-paid", "updated", "-updated")
_CLOCKS = {
    "ready": "started_at",
    "paid": "paid_at",
    "cancelled": "cancelled_at",
    "failed": "failed_at",
}


class Shelf:
    """All payments of the account, read only; positions count in order of their start."""

    def __init__(self, rows: Sequence[Record], customers: Iterable[Customer]) -> None:
        import numpy as np

        self._np = np
        self.bodies = [as_json(row) for row in rows]
        self.statuses = [row["status"] for row in rows]
        self.is_test = [bool(row.get("sandbox")) for row in rows]
        self.by_imp_uid = {row["imp_uid"]: position for position, row in enumerate(rows)}
        self.by_merchant_uid = _grouped(rows, "merchant_uid")
        self.by_customer_uid = _grouped(rows, "customer_uid")
        self.customers = {c.uid: _customer(c, rows, self.by_customer_uid) for c in customers}
        self._orders = _orders(rows)
        self._status_numbers = np.array([STATUSES.index(status) for status in self.statuses])
        # A window looks at the clock of the row's final status (V1 OpenAPI, from/to).
        self._clock_s = np.array([row[_CLOCKS[row["status"]]] for row in rows])
        self.window = lru_cache(maxsize=64)(self._window)

    def payments(self) -> list[Record]:
        """Decode every record, as fresh objects."""
        return [json.loads(body) for body in self.bodies]

    def sorted(self, positions: Iterable[int], sorting: str) -> list[int]:
        """Sort a few positions."""
        ranks = self._orders[sorting][1]
        return sorted(positions, key=lambda position: int(ranks[position]))

    def _window(self, status: str, from_s: int, to_s: int, sorting: str) -> list[int]:
        order, _ = self._orders[sorting]
        clock_s = self._clock_s[order]
        inside = (clock_s >= from_s) & (clock_s <= to_s)
        if status != "all":
            inside &= self._status_numbers[order] == STATUSES.index(status)
        found: list[int] = order[inside].tolist()
        return found


def as_json(value: object) -> bytes:
    """Write JSON as the server sends it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _grouped(rows: Sequence[Record], field: str) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for position, row in enumerate(rows):
        if row.get(field) is not None:
            groups[row[field]].append(position)
    return dict(groups)


def _orders(rows: Sequence[Record]) -> dict[str, tuple[Any, Any]]:
    """Give, for each sorting, the positions in order and each position's rank."""
    import numpy as np

    keys = {
        "started": np.array([began(row) for row in rows]),
        "paid": np.array([row["paid_at"] for row in rows]),
        "updated": np.array([_updated(row) for row in rows]),
    }
    orders: dict[str, tuple[Any, Any]] = {}
    for name, key in keys.items():
        ascending = np.argsort(key, kind="stable")
        for sorting, order in ((name, ascending), (f"-{name}", ascending[::-1])):
            ranks = np.empty_like(order)
            ranks[order] = np.arange(len(order))
            orders[sorting] = (order, ranks)
    return orders


def _updated(row: Record) -> int:
    others: tuple[int, ...] = (row["paid_at"], row["failed_at"], row["cancelled_at"])
    return max(began(row), *others)


def _customer(customer: Customer, rows: Sequence[Record], charges: dict[str, list[int]]) -> bytes:
    """Write the billing key; the PG that charged it last is the one that holds it."""
    from jtnet_recon.sandbox.desk import MOVE_S, phone_of
    from jtnet_recon.sandbox.records import gateway

    last_s = max((began(rows[n]) for n in charges.get(customer.uid, ())), default=0)
    provider, _, mid, _ = gateway(max(last_s, customer.inserted_s))
    moved_s = MOVE_S + DAY_S // 8 if provider == "nice" else 0
    code, name = customer.card
    return as_json(
        {
            "customer_uid": customer.uid,
            "pg_provider": provider,
            "pg_id": mid,
            "sandbox": False,
            "customer_id": None,
            "card_name": name,
            "card_code": code,
            "card_issuer_code": code,
            "card_issuer_name": name,
            "card_publisher_code": code,
            "card_publisher_name": name,
            "card_number": f"5272{customer.buyer.number % 100:02d}******{customer.buyer.number % 10_000:04d}",
            "card_type": None,
            "customer_name": customer.buyer.name,
            "customer_tel": phone_of(customer.buyer),
            "customer_email": None,
            "customer_addr": None,
            "customer_postcode": None,
            "inserted": customer.inserted_s,
            "updated": max(customer.updated_s, moved_s, customer.inserted_s),
        }
    )
