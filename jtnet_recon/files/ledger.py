"""read_ledger: from whatever the merchant sends to table LEDGER."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pandas as pd

from jtnet_recon.errors import ConfigError
from jtnet_recon.files.columnar import read_frame, read_parquet
from jtnet_recon.files.faults import Place, RefusalError
from jtnet_recon.files.header import body_of, wanted_of
from jtnet_recon.files.headings import Columns, Wanted
from jtnet_recon.files.rows import Options, ledger_of
from jtnet_recon.files.source import kind_of, read_file
from jtnet_recon.files.sql import is_url, read_sql
from jtnet_recon.files.text import read_text
from jtnet_recon.files.values import read_currency
from jtnet_recon.files.workbook import read_workbook
from jtnet_recon.money import DEFAULT_CURRENCY
from jtnet_recon.tables import LEDGER, conform

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.engine import URL

    from jtnet_recon.files.grid import Body

_log = logging.getLogger("jtnet_recon.files")


def read_ledger(  # noqa: PLR0913 - each is one thing a person may have to say about a file
    source: str | os.PathLike[str] | URL | Engine | pd.DataFrame,
    *,
    columns: Columns | None = None,
    sheet: str | None = None,
    header_row: int | None = None,
    currency: str = DEFAULT_CURRENCY,
    encoding: str | None = None,
    query: str | None = None,
    allow_empty: bool = False,
    check_total: bool = True,
) -> pd.DataFrame:
    """Read the merchant's books into table LEDGER, exactly or not at all.

    Parameters
    ----------
    source : path, SQLAlchemy URL or Engine, or DataFrame
        Delimited text (UTF-8, cp949, UTF-16; ``,`` ``;`` tab ``|``), a workbook (xlsx, xlsm,
        xlsb, xls) or Parquet, told apart by content, not by name; a database, with ``query``;
        or a frame.
    columns : mapping, optional
        Our name -> their heading (or several, the first that is there counts), such as
        ``{"merchant_uid": "주문번호", "amount": "금액"}``. Common Korean and English headings
        are known; an empty heading leaves a column aside. Names: merchant_uid, amount,
        cancel_amount, currency, status, paid_on; and where the books have them cancelled_on,
        kind, refund_method, imp_uid, pg_tid, apply_num, card_code, card_number, card_quota,
        escrow.
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
    allow_empty : bool, default False
        Whether a table without rows is taken.
    check_total : bool, default True
        Whether a total row (합계, 소계, total) that differs from the sum of its rows is an
        error; otherwise it is a note.

    Returns
    -------
    DataFrame, shape (n, 6 or more), table LEDGER
        Columns merchant_uid str; amount and cancel_amount int64 in minor units (KRW: won); currency
        and status str; paid_on datetime64[us], a day in Asia/Seoul; then those of the optional
        columns that the source has: cancelled_on datetime64[us], kind ``approval`` or ``cancel``,
        card_quota Int64 in months, 0 for a lump sum, escrow boolean, all else str; then every
        other column as text under its own heading. ``attrs["source"]`` describes the source, what
        was guessed, how many rows were blank or totals, and what else is worth knowing.

    Raises
    ------
    TableError
        If the source cannot be taken as it is; it names file, sheet, row, column and value, and
        says what to write instead.
    ConfigError
        If the arguments do not fit each other or the source.
    """
    wanted = wanted_of(columns, header_row)
    options = Options(currency_of(currency), allow_empty=allow_empty, check_total=check_total)
    if isinstance(source, pd.DataFrame) and "rows_accepted" in source.attrs.get("source", {}):
        return conform(source, LEDGER)
    body = body_of_source(source, wanted, sheet=sheet, encoding=encoding, query=query)
    ledger = ledger_of(body, wanted, options)
    for guess in ledger.attrs["source"]["guessed"]:
        _log.info("%s: %s", body.origin.name, guess)
    return ledger


def currency_of(currency: str) -> str:
    """Read the currency of rows that name none; a wrong one would move every decimal point.

    Parameters
    ----------
    currency : str
        As the caller wrote it.

    Returns
    -------
    str
        ISO 4217 code.

    Raises
    ------
    ConfigError
        If it is none.
    """
    try:
        return read_currency(currency, DEFAULT_CURRENCY)
    except RefusalError as error:
        raise ConfigError(
            message=f"currency={currency!r} is no currency.", hint=error.hint, hint_ko=error.hint_ko
        ) from error


def body_of_source(
    source: str | os.PathLike[str] | URL | Engine | pd.DataFrame,
    wanted: Wanted,
    *,
    sheet: str | None,
    encoding: str | None,
    query: str | None,
) -> Body:
    """Read a file, a database or a frame as columns under headings.

    Parameters
    ----------
    source : path, SQLAlchemy URL or Engine, or DataFrame
        As of :func:`read_ledger`.
    wanted : Wanted
        What is looked for.
    sheet, encoding, query : str or None
        As of :func:`read_ledger`.

    Returns
    -------
    Body
        Blank and total rows still among its rows.

    Raises
    ------
    TableError
        If the source cannot be taken as it is.
    ConfigError
        If an argument means nothing for this kind of source.
    """
    if not isinstance(source, (str, os.PathLike, pd.DataFrame)) and not is_url(source):
        message = f"A table cannot be read from {type(source).__name__} {source!r:.60}."
        raise ConfigError(
            message,
            hint="Give a path, a database URL with query=, or a DataFrame.",
            hint_ko="파일 경로, query=와 데이터베이스 URL, 또는 DataFrame을 지정하세요.",
        )
    if isinstance(source, pd.DataFrame):
        _refuse("a DataFrame", sheet=sheet, encoding=encoding, query=query, header_row=wanted)
        return read_frame(source)
    if isinstance(source, (str, os.PathLike)) and not is_url(source):
        _refuse("a file", query=query)
        return _body_of_file(source, wanted, sheet=sheet, encoding=encoding)
    _refuse("a database", sheet=sheet, encoding=encoding, header_row=wanted)
    return read_sql(cast("str | URL | Engine", source), query)


def _body_of_file(
    path: str | os.PathLike[str], wanted: Wanted, *, sheet: str | None, encoding: str | None
) -> Body:
    """Read a file as what its content is."""
    data, name = read_file(path), Path(path).name
    kind = kind_of(data, Place(name))
    if kind == "parquet":
        _refuse("Parquet", sheet=sheet, encoding=encoding, header_row=wanted)
        return read_parquet(data, name)
    if kind == "csv":
        _refuse("delimited text", sheet=sheet)
        return body_of(read_text(data, name, encoding=encoding, wanted=wanted), wanted)
    _refuse("a workbook", encoding=encoding)
    return body_of(read_workbook(data, name, kind=kind, sheet=sheet, wanted=wanted), wanted)


def _refuse(what: str, **given: object) -> None:
    """Refuse arguments that mean nothing for this kind of source."""
    for name, value in given.items():
        said = value.header_row if isinstance(value, Wanted) else value
        if said is not None:
            message = f"{name}= means nothing for {what}."
            raise ConfigError(
                message, hint=f"Leave {name}= out.", hint_ko=f"{name}= 를 빼고 실행하세요."
            )
