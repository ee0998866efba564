"""Finds the breaks a second time, in plain Python, to check the generator itself.

It knows the rules of the break table and nothing of how the sandbox makes its world: it
reads the payments as the API shows them and the ledger as the workbook holds it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import combinations
from typing import TYPE_CHECKING, Any

import openpyxl

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

KST_S = 9 * 3600
STATUS_WORDS = {
    "결제완료": "paid",
    "취소완료": "cancelled",
    "부분취소": "partial",
    "입금대기": "ready",
    "결제실패": "failed",
}
# Highest severity first; inside a severity the order of the break table.
RANKS = (
    "P02 V02 P07 P16 P17 C01 C02 C04 C05 P01 P03 P05 P09 C06 C07 C03 V01 X05 P13 V08 P12 P19 V07"
).split()


@dataclass
class Case:
    """One order id in one currency, both sides."""

    merchant_uid: str | None
    currency: str
    payments: list[dict[str, Any]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Read the workbook's ledger lines below its header, without sums and blank rows."""
    sheet = openpyxl.load_workbook(path).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    top = next(n for n, row in enumerate(rows) if row and row[0] == "주문번호")
    header = [str(name) for name in rows[top]]
    found = [dict(zip(header, row, strict=False)) for row in rows[top + 1 :]]
    return [_line(row) for row in found if row.get("상태") is not None]


def breaks_of(
    payments: Iterable[dict[str, Any]], lines: Iterable[dict[str, Any]], *, year: int, month: int
) -> list[tuple[str, str | None, str, int, int]]:
    """Give (code, merchant_uid, currency, difference, money at risk) of every break."""
    inside = [p for p in payments if _of_month(p, year, month)]
    found = []
    cases: dict[tuple[str, str], Case] = {}
    for line in lines:
        if line["merchant_uid"] is None:
            net = _ledger_net([line])
            found.append(("X05", None, line["currency"], net, abs(line["amount"])))
        else:
            _case(cases, line).lines.append(line)
    for payment in inside:
        _case(cases, payment).payments.append(payment)
    currencies: dict[str, list[Case]] = defaultdict(list)
    for case in cases.values():
        currencies[str(case.merchant_uid)].append(case)
    for case in cases.values():
        others = [other for other in currencies[str(case.merchant_uid)] if other is not case]
        codes = _codes(case, others)
        if codes:
            code = min(codes, key=RANKS.index)
            difference = _ledger_net(case.lines) - _pg_net(case.payments)
            found.append((code, case.merchant_uid, case.currency, difference, codes[code]))
    return found


def is_approved(payment: dict[str, Any]) -> bool:
    status, paid_at = payment["status"], payment.get("paid_at")
    if status == "paid":
        return True
    if status not in ("ready", "failed") and paid_at:
        return True
    return bool(status == "cancelled" and payment["cancel_amount"] < payment["amount"])


def day_of(at_s: int) -> date:
    return datetime.fromtimestamp(at_s + KST_S, UTC).date()


def minor(value: object, currency: str) -> int:
    exact = Decimal(str(value or 0)) * (1 if currency == "KRW" else 100)
    assert exact == exact.to_integral_value(), value
    return int(exact)


def _line(row: dict[str, Any]) -> dict[str, Any]:
    currency = row["통화"]
    paid_on = row["결제일"]
    amount, refunded = minor(row["결제금액"], currency), minor(row["취소금액"], currency)
    status = STATUS_WORDS[row["상태"]]
    if status == "cancelled" and refunded == 0:
        refunded = amount
    return {
        "merchant_uid": row["주문번호"],
        "currency": currency,
        "amount": amount,
        "cancel_amount": refunded,
        "status": status,
        "paid_on": paid_on.date() if isinstance(paid_on, datetime) else paid_on,
    }


def _case(cases: dict[tuple[str, str], Case], row: dict[str, Any]) -> Case:
    key = (row["merchant_uid"], row["currency"])
    return cases.setdefault(key, Case(*key))


def _of_month(payment: dict[str, Any], year: int, month: int) -> bool:
    if is_approved(payment):
        at_s = payment["paid_at"]
    else:
        at_s = payment.get("started_at") or payment["failed_at"] or payment["cancelled_at"]
    day = day_of(at_s)
    return (day.year, day.month) == (year, month)


def _sales(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [line for line in lines if line["status"] not in ("ready", "failed")]


def _ledger_net(lines: list[dict[str, Any]]) -> int:
    return sum(line["amount"] - line["cancel_amount"] for line in _sales(lines))


def _amounts(payment: dict[str, Any]) -> tuple[int, int]:
    currency = payment["currency"]
    return minor(payment["amount"], currency), minor(payment["cancel_amount"], currency)


def _pg_net(payments: list[dict[str, Any]]) -> int:
    return sum(a - c for a, c in (_amounts(p) for p in payments if is_approved(p)))


def _is_test(payment: dict[str, Any]) -> bool:
    return bool(payment.get("sandbox")) or (payment.get("pg_id") or "").startswith("tpaytest")


def _codes(case: Case, others: list[Case]) -> dict[str, int]:
    """Give every code that holds, with its money at risk."""
    approved = [p for p in case.payments if is_approved(p)]
    sales = _sales(case.lines)
    away_pg = any(is_approved(p) for other in others for p in other.payments)
    away_ledger = any(_sales(other.lines) for other in others)
    if approved and not sales:
        return _only_at_the_pg(case, approved, booked_elsewhere=away_ledger)
    if sales and not approved:
        return _only_in_the_books(case, sales, paid_elsewhere=away_pg)
    if approved and sales:
        return _both(approved, sales)
    return _neither(case)


def _only_at_the_pg(
    case: Case, approved: list[dict[str, Any]], *, booked_elsewhere: bool
) -> dict[str, int]:
    amount, net = sum(_amounts(p)[0] for p in approved), _pg_net(approved)
    if booked_elsewhere:
        return {"P16": amount}
    if amount == 0 or all(_is_test(p) for p in approved):
        return {}
    is_deposit = any(p["pay_method"] == "vbank" for p in approved)
    if is_deposit and all(line["status"] == "ready" for line in case.lines):
        return {"V01": net}
    return {"P05" if case.lines else "P01": net}


def _only_in_the_books(
    case: Case, sales: list[dict[str, Any]], *, paid_elsewhere: bool
) -> dict[str, int]:
    net = _ledger_net(sales)
    if paid_elsewhere:
        return {"P16": 0}
    if any(p["status"] == "ready" and p.get("vbank_num") for p in case.payments):
        return {"V02": net}
    return {"P02": net}


def _neither(case: Case) -> dict[str, int]:
    is_void = any(p["status"] == "cancelled" for p in case.payments)
    # No deadline of an account that a line waits for lies ahead: the world is months older.
    is_expired = is_void or any(p["status"] == "ready" and p["vbank_num"] for p in case.payments)
    if is_expired and any(line["status"] == "ready" for line in case.lines):
        return {"V08": 0}
    if is_void:
        return {"V07": 0}
    return {"P19": 0} if case.payments and not case.lines else {}


def _both(approved: list[dict[str, Any]], sales: list[dict[str, Any]]) -> dict[str, int]:
    codes: dict[str, int] = {}
    paid = sum(_amounts(p)[0] for p in approved)
    booked = sum(line["amount"] for line in sales)
    nets = sorted((p["paid_at"], _pg_net([p])) for p in approved if _pg_net([p]) > 0)
    if len(nets) > 1:
        codes["P07"] = sum(net for _, net in nets) - nets[0][1]
    same = len({line["amount"] for line in sales}) == 1 and len(sales) > len(approved)
    if same and paid != booked:
        codes["P09"] = (len(sales) - len(approved)) * sales[0]["amount"]
    if paid != booked and not codes:
        codes["P03"] = abs(booked - paid)
    if any(_is_test(p) for p in approved):
        codes["P17"] = paid
    codes |= _cancel_codes(approved, sales)
    if any(line["paid_on"] is None for line in sales):
        codes["X05"] = booked
    elif paid == booked:
        codes |= _date_codes(approved, sales, paid)
    return codes


def _cancel_codes(approved: list[dict[str, Any]], sales: list[dict[str, Any]]) -> dict[str, int]:
    codes: dict[str, int] = {}
    paid, at_pg = (sum(values) for values in zip(*map(_amounts, approved), strict=True))
    booked, in_books = (sum(line[name] for line in sales) for name in ("amount", "cancel_amount"))
    history = [
        minor(entry["amount"], p["currency"]) for p in approved for entry in p["cancel_history"]
    ]
    parts = {sum(some) for size in range(len(history)) for some in combinations(history, size)}
    excess = max(at_pg - paid, in_books - booked)
    if sum(history) != at_pg:
        codes["C06"] = abs(sum(history) - at_pg)
    if excess > 0:
        codes["C04"] = excess
    if at_pg and in_books != at_pg and in_books in {0, *parts}:
        codes["C01"] = at_pg - in_books
    if in_books and not at_pg:
        codes["C02"] = in_books
    if len(history) == 1 and at_pg == paid and 0 < in_books < booked:
        codes["C05"] = at_pg - in_books
    if 0 < at_pg < paid and in_books == booked:
        codes["C07"] = paid - at_pg
    if at_pg and in_books and at_pg != in_books and not codes:
        codes["C03"] = abs(at_pg - in_books)
    return codes


def _date_codes(
    approved: list[dict[str, Any]], sales: list[dict[str, Any]], paid: int
) -> dict[str, int]:
    days = {day_of(p["paid_at"]) for p in approved}
    wrong = [line["paid_on"] for line in sales if line["paid_on"] not in days]
    if not wrong:
        return {}
    at_s = approved[0]["paid_at"]
    second = (at_s + KST_S) % 86_400
    day = day_of(at_s)
    near = {day - timedelta(days=1)} if second <= 600 else set()
    near |= {day + timedelta(days=1)} if second >= 86_400 - 600 else set()
    return {"P12": 0} if set(wrong) <= near else {"P13": paid}
