"""read_contracts: from whatever the merchant sends to table CONTRACTS."""

from __future__ import annotations

import logging
import re
import unicodedata
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from jtnet_recon.files.cells import Field
from jtnet_recon.files.dates import read_day
from jtnet_recon.files.faults import RefusalError
from jtnet_recon.files.grid import INVISIBLE, is_blank
from jtnet_recon.files.header import Found, resolve, wanted_of
from jtnet_recon.files.ledger import body_of_source, currency_of
from jtnet_recon.files.rows import free_name
from jtnet_recon.files.values import read_amount, read_currency, read_id, text_of
from jtnet_recon.files.words import fold, total_of
from jtnet_recon.files.words_contracts import CONTRACT_WORDS, CUSTOMER_NAMES
from jtnet_recon.money import DEFAULT_CURRENCY
from jtnet_recon.tables import CONTRACTS, conform

if TYPE_CHECKING:
    import os

    from sqlalchemy import Engine
    from sqlalchemy.engine import URL

    from jtnet_recon.files.grid import Body
    from jtnet_recon.files.headings import Columns, Wanted

_log = logging.getLogger("jtnet_recon.files")

_DAY_OF_MONTH = re.compile(r"^(?:매월|every)?(\d{1,2})(?:일|st|nd|rd|th)?$")
_LAST_DAYS = frozenset({"말일", "매월말일", "월말", "마지막날", "last", "lastday", "endofmonth"})
_LAST_DAY = 31


def read_contracts(  # noqa: PLR0913 - each is one thing a person may have to say about a file
    source: str | os.PathLike[str] | URL | Engine | pd.DataFrame,
    *,
    columns: Columns | None = None,
    sheet: str | None = None,
    header_row: int | None = None,
    currency: str = DEFAULT_CURRENCY,
    encoding: str | None = None,
    query: str | None = None,
) -> pd.DataFrame:
    """Read the merchant's list of subscriptions into table CONTRACTS, exactly or not at all.

    Parameters
    ----------
    source : path, SQLAlchemy URL or Engine, or DataFrame
        Delimited text (UTF-8, cp949, UTF-16), a workbook or Parquet, told apart by content; a
        database, with ``query``; or a frame. One row a price of a contract.
    columns : mapping, optional
        Our name -> their heading (or several), such as ``{"customer_uid": "빌링키", "price":
        "월 요금"}``. Common Korean and English headings are known. Names: contract, customer,
        customer_uid, plan, price, currency, price_from, billing_day, starts_on, ends_on.
    sheet : str, optional
        Sheet of a workbook; without it the one that has the headings.
    header_row : int, optional
        Row of the headings as the spreadsheet numbers it; without it it is looked for.
    currency : str, default "KRW"
        ISO 4217 code of rows that name none.
    encoding : str, optional
        Encoding of delimited text; without it it is found.
    query : str, optional
        One SELECT; it is run in a read-only transaction.

    Returns
    -------
    DataFrame, shape (n, 9 or more), table CONTRACTS
        ``price`` int64 in minor units (KRW: won); ``billing_day`` Int64, 31 for the last day of
        every month; days datetime64[us]; all else str, other columns under their own headings.
        ``attrs["source"]`` describes the source and what was guessed.

    Raises
    ------
    TableError
        If the source cannot be taken as it is; it names file, sheet, row, column and value, and
        says what to write instead.
    ConfigError
        If the arguments do not fit each other or the source.
    """
    wanted = wanted_of(columns, header_row, CONTRACT_WORDS)
    default = currency_of(currency)
    if isinstance(source, pd.DataFrame) and "rows_accepted" in source.attrs.get("source", {}):
        return conform(source, CONTRACTS)
    body = body_of_source(source, wanted, sheet=sheet, encoding=encoding, query=query)
    found = _with_names(resolve(body, wanted), body, wanted)
    kept = _lines(body)
    if not kept:
        raise body.origin.place.fault(
            what="it has headings but no contracts.",
            row=body.header_row,
            hint="Export the list again.",
            hint_ko="계약 행이 없습니다. 목록을 다시 내보내세요.",
        )
    values = _read(body, found, kept, default)
    contracts = conform(pd.concat([values, _others(body, found, kept)], axis=1), CONTRACTS)
    contracts.attrs["source"] = _source(body, found, kept)
    for guess in found.guessed:
        _log.info("%s: %s", body.origin.name, guess)
    return contracts


def _with_names(found: Found, body: Body, wanted: Wanted) -> Found:
    """Take a column of names for the customers where there is no column of their numbers."""
    if "customer" in found.positions or "customer" in wanted.headings:
        return found
    named = [at for at, text in enumerate(body.headings) if fold(text) in CUSTOMER_NAMES]
    if len(named) == 1:
        found.positions["customer"] = named[0]
        found.guessed.append(
            f"customer <- {body.headings[named[0]]!r}: two customers of one name count as one"
        )
    return found


def _lines(body: Body) -> list[int]:
    """Leave blank rows and totals aside."""
    kept = []
    blank = totals = 0
    for index in range(body.rows):
        cells = [column[index] for column in body.columns]
        filled = [cell for cell in cells if not is_blank(cell)]
        if not filled:
            blank += 1
        elif total_of(filled[0]) is not None:
            totals += 1
        else:
            kept.append(index)
    for count, what in ((blank, "blank rows"), (totals, "total rows")):
        if count:
            body.origin.notes.append(f"{count} {what} were left aside")
    return kept


def _read(body: Body, found: Found, kept: list[int], default: str) -> pd.DataFrame:
    """Read the declared columns in their order, so the leftmost trouble is told first."""
    to_day = partial(read_day, is_1904=body.origin.is_1904)
    fields = {name: _field(body, found, kept, name) for name in found.positions}
    currencies = [default] * len(kept)
    if "currency" in fields:
        currencies = fields["currency"].read(partial(read_currency, default=default))
    readers: dict[str, Any] = {
        "contract": partial(read_id, what="contract number", what_ko="계약번호"),
        "customer": partial(read_id, what="customer number", what_ko="고객번호"),
        "customer_uid": partial(read_id, what="billing key", what_ko="빌링키"),
        "plan": text_of,
        "billing_day": _read_billing_day,
        "price_from": to_day,
        "starts_on": to_day,
        "ends_on": to_day,
    }
    columns: dict[str, pd.Series[Any]] = {}
    for name, field in fields.items():
        if name == "price":
            columns[name] = pd.Series(_read_prices(field, currencies), dtype="int64")
        elif name != "currency":
            columns[name] = _series(name, field.read(readers[name]))
    columns["currency"] = pd.Series(currencies, dtype="str")
    return pd.DataFrame(columns)


def _series(name: str, cells: list[Any]) -> pd.Series[Any]:
    """Build a declared column."""
    if CONTRACTS.column(name).kind == "day":
        return pd.Series(cells, dtype="object").astype("datetime64[us]")
    return pd.Series(cells, dtype=CONTRACTS.column(name).dtype)


def _read_prices(field: Field, currencies: list[str]) -> list[int]:
    """Read the prices, each in the currency of its row."""
    prices = [0] * len(currencies)
    for currency in dict.fromkeys(currencies):
        at = [place for place, code in enumerate(currencies) if code == currency]
        part = Field(
            field.name,
            field.place,
            [field.cells[place] for place in at],
            [field.rows[place] for place in at],
            field.is_spreadsheet,
        )
        reader = partial(read_amount, currency=currency, is_spreadsheet=field.is_spreadsheet)
        for place, price in zip(at, part.read(reader), strict=True):
            prices[place] = price
    return prices


def _read_billing_day(cell: Any) -> int | None:
    """Return 1 to 31, None if it is blank: ``10``, ``10일``, ``매월 10일``, ``말일``."""
    if is_blank(cell):
        return None
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    plain = re.sub(r"[\s.]+", "", unicodedata.normalize("NFKC", text).casefold())
    if plain in _LAST_DAYS:
        return _LAST_DAY
    match = _DAY_OF_MONTH.match(plain)
    day = int(match[1]) if match else 0
    if not 1 <= day <= _LAST_DAY:
        raise RefusalError(
            what="{value} is not a day of a month",
            hint="Write 1 to 31 (31: the last day of every month), such as 10 or 매월 10일.",
            hint_ko="1~31 또는 매월 10일, 말일 처럼 쓰세요.",
        )
    return day


def _field(body: Body, found: Found, kept: list[int], name: str) -> Field:
    """Cut the kept cells of one column out."""
    position = found.positions[name]
    column = body.columns[position]
    return Field(
        name=body.name_of(position),
        place=body.origin.place,
        cells=[column[index] for index in kept],
        rows=[body.first_row + index for index in kept],
        is_spreadsheet=body.origin.is_spreadsheet,
        is_typed=body.origin.kind != "csv",
        is_1904=body.origin.is_1904,
        may_be_name=name in ("customer", "plan"),
    )


def _others(body: Body, found: Found, kept: list[int]) -> pd.DataFrame:
    """Keep every other column as text, under a name that stands once."""
    taken = set(CONTRACTS.names)
    columns: dict[str, pd.Series[Any]] = {}
    for position, heading in enumerate(body.headings):
        if position in found.positions.values() or not heading:
            continue
        name = free_name(heading, taken)
        texts = [text_of(body.columns[position][index]) for index in kept]
        columns[name] = pd.Series([t and t.strip(INVISIBLE) for t in texts], dtype="str")
    return pd.DataFrame(columns, index=pd.RangeIndex(len(kept)))


def _source(body: Body, found: Found, kept: list[int]) -> dict[str, Any]:
    """Describe the source as plain data."""
    origin = body.origin
    return {
        "kind": origin.kind,
        "name": origin.name,
        "sheet": origin.sheet,
        "encoding": origin.encoding,
        "delimiter": origin.delimiter,
        "header_row": body.header_row,
        "sha256": origin.sha256,
        "rows_offered": body.rows,
        "rows_accepted": len(kept),
        "rows_total": 0,
        "rows_blank": body.rows - len(kept),
        "columns": {name: body.headings[at] for name, at in found.positions.items()},
        "guessed": list(found.guessed),
        "stated_total": None,
        "computed_total": None,
        "notes": list(origin.notes),
    }
