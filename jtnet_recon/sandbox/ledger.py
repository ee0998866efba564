"""Writes the merchant's ledgers as people send them: workbooks, and a CSV in CP949.

They hold title rows above the header, blank rows, a subtotal and one total a currency.
The Parquet file holds the lines alone, as a system would export them.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from jtnet_recon.sandbox import vocabulary as words
from jtnet_recon.sandbox.kst import minute_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from jtnet_recon.sandbox.books import Line
    from jtnet_recon.sandbox.entries import Entry
    from jtnet_recon.sandbox.world import World

HEADER = (
    "주문번호", "주문일", "결제일", "상품명", "구매자", "결제수단", "결제금액", "취소금액",
    "상태", "통화", "비고",
)  # fmt: skip
ENTRY_HEADER = ("일자", "주문번호", "구분", "금액", "통화", "결제수단", "상품명", "비고")
PAID_ON, AMOUNT, CANCEL_AMOUNT, CURRENCY = 2, 6, 7, 9
_FORMATS = {"KRW": "#,##0", "USD": "#,##0.00"}
Row = list[Any]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a sheet has its money, and how wide its columns are."""

    widths: tuple[int, ...]
    money: tuple[int, ...]
    currency: int


_ORDERS = Layout((24, 17, 12, 38, 16, 10, 14, 12, 10, 7, 18), (AMOUNT, CANCEL_AMOUNT), CURRENCY)
_ENTRIES = Layout((12, 28, 8, 14, 7, 10, 38, 20), (3,), 4)


def write_all(world: World, directory: Path) -> tuple[Path, Path, Path]:
    """Write workbook, CSV and Parquet of one ledger; the same world gives the same content."""
    stem = f"ledger_{world.month.year}-{world.month.number:02d}"
    paths = (
        directory / f"{stem}.xlsx",
        directory / f"{stem}_cp949.csv",
        directory / f"{stem}.parquet",
    )
    for write, path in zip((write_xlsx, write_csv, write_parquet), paths, strict=True):
        write(world, path)
    return paths


def sheet_rows(world: World) -> Iterator[Row]:
    """Lay the sheet out; amounts stay minor units, days stay dates."""
    month = world.month
    yield [f"{month.year}년 {month.number}월 매출 원장"]
    yield [f"추출일시: {minute_text(world.now_s)}", None, None, "담당: 가상상점 회계팀"]
    yield []
    yield list(HEADER)
    won = [line for line in world.lines if line.currency == "KRW"]
    dollars = [line for line in world.lines if line.currency != "KRW"]
    fifteenth = date(month.year, month.number, 15).isoformat()
    half = sum((line.paid_on or _ordered_on(line)).isoformat() <= fifteenth for line in won)
    yield from map(_cells, won[:half])
    yield _sum_row("소계", won[:half], note="1일~15일")
    yield []
    yield from map(_cells, won[half:])
    yield []
    yield _sum_row("합계", won, note="원화")
    yield []
    yield from map(_cells, dollars)
    yield _sum_row("합계", dollars, note="외화")


def entry_rows(world: World) -> Iterator[Row]:
    """Lay the sheet of entries out; its totals are what sales and refunds leave."""
    month = world.month
    yield [f"{month.year}년 {month.number}월 매출·환불 일기장"]
    yield [f"추출일시: {minute_text(world.now_s)}"]
    yield []
    yield list(ENTRY_HEADER)
    for currency in ("KRW", "USD"):
        entries = [entry for entry in world.entries if entry.currency == currency]
        yield from map(_entry_cells, entries)
        yield []
        left = sum(
            -entry.amount if entry.kind == words.REFUND else entry.amount for entry in entries
        )
        yield ["합계", None, None, left, currency, None, None, "매출 - 환불"]


def write_xlsx(world: World, path: Path) -> None:
    """Write the workbook: amounts are numbers, order ids are text, days are dates."""
    write_book(f"{world.month.number}월 원장", sheet_rows(world), _ORDERS, path)


def write_entries(world: World, directory: Path) -> Path:
    """Write the workbook of entries in the same way."""
    path = directory / f"ledger_{world.month.year}-{world.month.number:02d}_entries.xlsx"
    write_book(f"{world.month.number}월 일기장", entry_rows(world), _ENTRIES, path)
    return path


def write_book(title: str, rows: Iterable[Row], layout: Layout, path: Path) -> None:
    """Write a workbook of one sheet; equal rows give equal bytes."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for letter, width in zip("ABCDEFGHIJK", layout.widths, strict=False):
        sheet.column_dimensions[letter].width = width
    for row in rows:
        sheet.append([_styled(sheet, row, column, layout) for column in range(len(row))])
    packed = io.BytesIO()
    book.save(packed)
    path.write_bytes(_without_time_of_writing(packed.getvalue()))


def write_csv(world: World, path: Path) -> None:
    """Write the CSV in CP949 with CRLF, the figures as people type them."""
    with path.open("w", encoding="cp949", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        for number, row in enumerate(sheet_rows(world)):
            writer.writerow([_typed(row, column, number=number) for column in range(len(row))])


def write_parquet(world: World, path: Path) -> None:
    """Write the lines: amounts are decimals, days are dates, all else is text."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = [_cells(line) for line in world.lines]
    kinds = {
        PAID_ON: pa.date32(),
        AMOUNT: pa.decimal128(18, 2),
        CANCEL_AMOUNT: pa.decimal128(18, 2),
    }
    columns = [
        pa.array(
            [_exact(row, column, _ORDERS) for row in rows], type=kinds.get(column, pa.string())
        )
        for column in range(len(HEADER))
    ]
    pq.write_table(pa.table(columns, names=list(HEADER)), path)


def _ordered_on(line: Line) -> date:
    return date.fromisoformat(minute_text(line.ordered_s)[:10])


def _cells(line: Line) -> Row:
    return [
        line.merchant_uid,
        minute_text(line.ordered_s),
        line.paid_on,
        line.name,
        line.buyer,
        line.method,
        line.amount,
        line.cancel_amount,
        line.status,
        line.currency,
        line.note or None,
    ]


def _entry_cells(entry: Entry) -> Row:
    return [
        entry.booked_on,
        entry.merchant_uid,
        entry.kind,
        entry.amount,
        entry.currency,
        entry.method,
        entry.name,
        entry.note or None,
    ]


def _sum_row(label: str, lines: Sequence[Line], *, note: str) -> Row:
    amount = sum(line.amount for line in lines)
    refunded = sum(line.cancel_amount for line in lines)
    currency = lines[0].currency if lines else "KRW"
    return [label, *[None] * 5, amount, refunded, None, currency, note]


def _is_money(row: Row, column: int, layout: Layout) -> bool:
    return column in layout.money and isinstance(row[column], int)


def _exact(row: Row, column: int, layout: Layout) -> object:
    """Give money as a decimal in the currency's own units."""
    if not _is_money(row, column, layout):
        return row[column]
    return Decimal(row[column]).scaleb(0 if row[layout.currency] == "KRW" else -2)


def _styled(sheet: Any, row: Row, column: int, layout: Layout) -> Any:
    from openpyxl.cell import WriteOnlyCell

    value = row[column]
    if value is None:
        return None
    if _is_money(row, column, layout):
        currency = row[layout.currency]
        exact = _exact(row, column, layout)
        cell = WriteOnlyCell(sheet, exact if currency != "KRW" else value)
        cell.number_format = _FORMATS[currency]
        return cell
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    elif isinstance(value, str):
        cell.data_type = "s"  # a product called "=HYPERLINK(...)" is text
    return cell


def _typed(row: Row, column: int, *, number: int) -> str:
    value = row[column]
    if value is None:
        return ""
    if not _is_money(row, column, _ORDERS):
        return str(value)
    if value == 0 and number % 3 == 0:
        return "-"
    won = "원" if row[CURRENCY] == "KRW" and number % 7 == 0 else ""
    return f"{_exact(row, column, _ORDERS):,}{won}"


def _without_time_of_writing(packed: bytes) -> bytes:
    """Pack the workbook again with fixed times, so that equal worlds give equal bytes."""
    again = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(again, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            content = old.read(name)
            if name == "docProps/core.xml":
                content = re.sub(
                    rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2023-03-20T01:00:00Z", content
                )
            new.writestr(entry, content)
    return again.getvalue()
