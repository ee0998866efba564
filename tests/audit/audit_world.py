"""Small subscription businesses for the audit of billing keys: what merchant, PG and schedules say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from jtnet_recon.tables import BILLING_KEYS, CONTRACTS, PAYMENTS, SCHEDULES, Table, conform

AS_OF = "2022-12-20 12:00"


@dataclass
class World:
    """Rows of the four tables; every row is written for one key."""

    contracts: list[dict[str, Any]] = field(default_factory=list)
    payments: list[dict[str, Any]] = field(default_factory=list)
    schedules: list[dict[str, Any]] = field(default_factory=list)
    keys: list[dict[str, Any]] = field(default_factory=list)

    def contract(self, uid: str | None, **given: Any) -> None:
        """Sign a contract of 10,000 won a month, due on the 10th, since January."""
        usual = {
            "customer": f"customer of {uid}",
            "plan": "basic",
            "price": 10_000,
            "currency": "KRW",
            "billing_day": 10,
            "starts_on": "2022-01-10",
            "price_from": None,
            "ends_on": None,
        }
        self.contracts.append({"customer_uid": uid, **usual, **given})

    def key(self, uid: str, state: str = "registered", **given: Any) -> None:
        """Tell what the API says of a key."""
        usual = {"pg_provider": "nice", "inserted": "2022-01-10 09:00", "updated": None}
        known = {**usual, **given} if state == "registered" else {}
        if known and known["updated"] is None:
            known["updated"] = known["inserted"]
        self.keys.append({"customer_uid": uid, "state": state, **known})

    def charge(self, uid: str, at: str, amount: int = 10_000, **given: Any) -> str:
        """Charge a key; return the payment's id."""
        imp_uid = f"imp_{len(self.payments):05d}"
        status = given.pop("status", "paid")
        times = {"paid": "paid_at", "cancelled": "paid_at", "failed": "failed_at"}
        self.payments.append(
            {
                "imp_uid": imp_uid,
                "merchant_uid": f"{uid} of {at[:10]}",
                "customer_uid": uid,
                "customer_uid_usage": "payment",
                "amount": amount,
                "cancel_amount": 0,
                "currency": "KRW",
                "status": status,
                "started_at": at,
                times.get(status, "started_at"): at,
                **given,
            }
        )
        return imp_uid

    def booking(self, uid: str, at: str, amount: int = 10_000, **given: Any) -> str:
        """Schedule a charge; return its order id."""
        usual = {
            "merchant_uid": f"{uid} of {at[:10]}",
            "imp_uid": None,
            "currency": "KRW",
            "schedule_status": "scheduled",
            "payment_status": None,
        }
        row = {"customer_uid": uid, "amount": amount, "schedule_at": at, **usual, **given}
        self.schedules.append(row)
        return str(row["merchant_uid"])

    def scheduled_charge(self, uid: str, at: str, amount: int = 10_000, **given: Any) -> str:
        """Charge a key as its schedule says; return the payment's id."""
        imp_uid = self.charge(uid, at, amount, customer_uid_usage="payment.scheduled", **given)
        row = self.payments[-1]
        self.booking(
            uid,
            at,
            amount,
            merchant_uid=row["merchant_uid"],
            imp_uid=imp_uid,
            schedule_status="executed",
            executed_at=at,
            payment_status=row["status"],
        )
        return imp_uid

    def frames(self) -> dict[str, pd.DataFrame]:
        """Lay the rows out as the tables of an audit."""
        return {
            "contracts": frame(self.contracts, CONTRACTS),
            "keys": frame(self.keys, BILLING_KEYS),
            "payments": frame(self.payments, PAYMENTS),
            "schedules": frame(self.schedules, SCHEDULES),
        }


def frame(rows: list[dict[str, Any]], table: Table) -> pd.DataFrame:
    """Bring rows to a declared table."""
    declared = {column.name: column for column in table.columns}
    names = [column.name for column in table.columns if any(column.name in row for row in rows)]
    needed = [c.name for c in table.columns if c.required or c.name == "customer_uid"]
    names += [name for name in needed if name not in names]
    columns = {}
    for name in names:
        cells = [row.get(name) for row in rows]
        kind = declared[name].kind
        if kind == "instant":
            instants = [None if cell is None else pd.Timestamp(cell) for cell in cells]
            series = pd.to_datetime(pd.Series(instants, dtype="object"))
            columns[name] = series.dt.tz_localize("Asia/Seoul").astype(declared[name].dtype)
        elif kind == "day":
            columns[name] = pd.to_datetime(pd.Series(cells, dtype="object"))
        else:
            columns[name] = pd.Series(cells, dtype=declared[name].dtype)
    return conform(pd.DataFrame(columns), table, fill=False)
