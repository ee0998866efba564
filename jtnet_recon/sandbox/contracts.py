"""Writes the merchant's list of contracts as people send it: a workbook, and a CSV in CP949."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from jtnet_recon.sandbox.kst import minute_text
from jtnet_recon.sandbox.ledger import Layout, write_book

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jtnet_recon.sandbox.ledger import Row
    from jtnet_recon.sandbox.members import Member
    from jtnet_recon.sandbox.subscriptions import Business

HEADER = (
    "고객번호", "고객명", "빌링키", "요금제", "월 요금", "통화", "요금 적용일", "결제일",
    "계약 시작일", "계약 종료일",
)  # fmt: skip
PRICE = HEADER.index("월 요금")
_LAYOUT = Layout((12, 12, 24, 12, 12, 7, 13, 8, 13, 13), (PRICE,), HEADER.index("통화"))


def write_all(business: Business, directory: Path) -> tuple[Path, Path]:
    """Write workbook and CSV; the same business gives the same content."""
    stem = f"contracts_{business.month.year}-{business.month.number:02d}"
    workbook, text = directory / f"{stem}.xlsx", directory / f"{stem}_cp949.csv"
    write_xlsx(business, workbook)
    write_csv(business, text)
    return workbook, text


def sheet_rows(business: Business) -> Iterator[Row]:
    """Lay the sheet out: one row a price of a contract."""
    yield ["정기결제 계약 대장"]
    yield [f"추출일시: {minute_text(business.now_s)}", None, "담당: 가상상점 구독팀"]
    yield []
    yield list(HEADER)
    for member in business.contracts:
        yield from _lines(member)


def write_xlsx(business: Business, path: Path) -> None:
    """Write the workbook: prices and billing days are numbers, ids are text, days are dates."""
    write_book("계약", sheet_rows(business), _LAYOUT, path)


def write_csv(business: Business, path: Path) -> None:
    """Write the CSV in CP949 with CRLF, the figures as people type them."""
    with path.open("w", encoding="cp949", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        for row in sheet_rows(business):
            writer.writerow([_typed(value, column) for column, value in enumerate(row)])


def _lines(member: Member) -> Iterator[Row]:
    for terms in member.terms:
        yield [
            member.person,
            member.buyer.name,
            member.uid,
            terms.plan,
            terms.price,
            "KRW",
            terms.from_on,
            member.billing_day,
            member.starts_on,
            member.ends_on,
        ]


def _typed(value: object, column: int) -> str:
    if value is None:
        return ""
    return f"{value:,}" if column == PRICE and isinstance(value, int) else str(value)
