"""Says how an order stands on both sides: payments, ledger lines, planted breaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jtnet_recon.sandbox import vocabulary as words
from jtnet_recon.sandbox.kst import date_of
from jtnet_recon.sandbox.records import in_minor

if TYPE_CHECKING:
    from datetime import date

    from jtnet_recon.sandbox.records import Record


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the merchant's ledger; amounts in minor units of ``currency``."""

    merchant_uid: str | None
    ordered_s: int
    paid_on: date | None
    name: str
    buyer: str
    method: str
    amount: int
    cancel_amount: int
    status: str
    currency: str
    note: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One break a reconciliation must find; amounts in minor units."""

    code: str
    merchant_uid: str | None
    currency: str
    difference: int
    money_at_risk: int
    planted: str


@dataclass(frozen=True, slots=True)
class Order:
    """One order: its payments as the PG has them, its lines as the books have them."""

    rows: tuple[Record, ...]
    lines: tuple[Line, ...] = ()
    answers: tuple[Answer, ...] = ()


def booked(record: Record) -> Line:
    """Book a payment as a careful accountant does."""
    amount, refunded = money(record)
    status = words.PAID
    if refunded:
        status = words.CANCELLED if refunded == amount else words.PARTIAL
    count = len(record["cancel_history"])
    note = f"취소 {count}건" if count > 1 else ""
    paid_on = date_of(record["paid_at"])
    return _line(record, paid_on=paid_on, status=status, note=note)


def noted(record: Record, status: str) -> Line:
    """Write a line that claims no money: waiting for a deposit, or failed."""
    return _line(record, paid_on=None, status=status, note="")


def money(record: Record) -> tuple[int, int]:
    """Read amount and cancelled amount of a payment in minor units."""
    currency = record["currency"]
    return in_minor(record["amount"], currency), in_minor(record["cancel_amount"], currency)


def finding(code: str, record: Record, planted: str, *, difference: int, risk: int) -> Answer:
    """Note a break on the order of this payment."""
    return Answer(code, record["merchant_uid"], record["currency"], difference, risk, planted)


def _line(record: Record, *, paid_on: date | None, status: str, note: str) -> Line:
    amount, refunded = money(record)
    is_billing = record["user_agent"] == words.API_AGENT
    return Line(
        merchant_uid=record["merchant_uid"],
        ordered_s=record.get("started_at") or record["paid_at"] or record["failed_at"],
        paid_on=paid_on,
        name=record["name"],
        buyer=record["buyer_name"],
        method=words.METHOD_LABELS["billing" if is_billing else record["pay_method"]],
        amount=amount,
        cancel_amount=refunded,
        status=status,
        currency=record["currency"],
        note=note,
    )
