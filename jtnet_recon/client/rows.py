"""Records to columns, exactly: the path that takes whatever a record holds.

A value that its column cannot hold is never rounded, dropped or guessed: the column stays
empty (money: 0) and the value is kept as it came in the column ``unread``.
"""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from jtnet_recon.columns import PAYMENTS
from jtnet_recon.money import INT64_MAX, to_minor

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable

    from jtnet_recon.columns import Column, Table

SECONDS_MAX = 253_402_300_799
"""9999-12-31 in unix seconds; a number above it is no instant in seconds (milliseconds?)."""

UNREAD = "unread"
TEXT_PREFIX, JSON_PREFIX = "text:", "json:"
"""Before the names of fields that no table declares: texts as they are, or JSON."""

CRUCIAL = frozenset(
    "imp_uid amount cancel_amount currency status started_at paid_at cancelled_at cancel_history "
    "deposit_history sandbox".split()
)
"""Fields without which a payment cannot be judged."""

_NEVER_EMPTY = frozenset({"imp_uid", "currency", "status"})
_MICROSECONDS = 1_000_000
_TYPES = {
    "text": pa.string(),
    "money": pa.int64(),
    "number": pa.int64(),
    "flag": pa.bool_(),
    "instant": pa.int64(),
    "nested": pa.string(),
}


def schema_of(declared: Table) -> pa.Schema:
    """Return the columns of a page of records.

    Parameters
    ----------
    declared : Table
        What they become.

    Returns
    -------
    pyarrow.Schema
        Instants in microseconds since 1970, nested columns as JSON text.
    """
    fields = [pa.field(column.name, _TYPES[column.kind]) for column in declared.columns]
    return pa.schema([*fields, pa.field(UNREAD, pa.string())])


SCHEMA = schema_of(PAYMENTS)
"""One page of payments."""

HISTORIES = {
    "cancel_history": (
        "pg_tid",
        "amount",
        "cancelled_at",
        "reason",
        "cancellation_id",
        "receipt_url",
    ),
    "deposit_history": ("pg_tid", "amount", "depositor_name", "deposited_at"),
}
"""Fields of each entry. Source: i'mport V1 OpenAPI, PaymentCancelAnnotation and the deposit's.

An entry has them all, None where the server sent none (old rows lack ``cancellation_id``).
"""


plain_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""Writes JSON of texts, whole numbers, flags, lists and records."""


class _UnreadError(Exception):
    """A value does not fit its column."""


def to_table(records: Iterable[dict[str, Any]], declared: Table = PAYMENTS) -> pa.Table:
    """Lay out records in columns.

    Parameters
    ----------
    records : iterable of dict
        Of :func:`jtnet_recon.client.envelope.strict_json`.
    declared : Table, default PAYMENTS
        What they become.

    Returns
    -------
    pyarrow.Table, shape (n, m)
        :func:`schema_of` the table, then the fields that it does not declare, each under
        ``text:`` or ``json:``. Amounts are minor units, also those inside the histories.
    """
    rows = list(records)
    unread: list[dict[str, Any]] = [{} for _ in rows]
    needed = _NEVER_EMPTY if declared is PAYMENTS else {declared.key}
    columns = [
        pa.array(_column(column, rows, unread, needed), _TYPES[column.kind])
        for column in declared.columns
    ]
    misfits = [to_json(fields) if fields else None for fields in unread]
    table = pa.table([*columns, pa.array(misfits, pa.string())], schema_of(declared))
    for name in sorted({name for row in rows for name in row} - set(declared.names)):
        label, values = _unknown(name, [row.get(name) for row in rows])
        table = table.append_column(label, pa.array(values, pa.string()))
    return table


def to_json(value: Any) -> str:
    """Write a value as JSON, numbers without loss.

    Parameters
    ----------
    value : Any
        Of ``strict_json``.

    Returns
    -------
    str
        Keys in the order they came.
    """
    return _clean(plain_json(_plain(value)))


def _column(
    column: Column,
    rows: list[dict[str, Any]],
    unread: list[dict[str, Any]],
    needed: Container[str],
) -> list[Any]:
    """Read one column; what does not fit goes to ``unread``."""
    read = _READERS[column.kind]
    values: list[Any] = []
    for row, misfits in zip(rows, unread, strict=True):
        raw = row.get(column.name)
        try:
            value = read(raw, row, column)
        except (_UnreadError, ValueError, ArithmeticError):
            value = _EMPTY.get(column.kind)
            misfits[column.name] = raw
        if value is None and column.name in needed:
            misfits.setdefault(column.name, raw)
            value = _made_up_id(row) if column.name == "imp_uid" else None
        values.append(value)
    return values


_EMPTY: dict[str, Any] = {"money": 0}


def _made_up_id(row: dict[str, Any]) -> str:
    """Name a record that has no id by its content, so that it is kept and seen."""
    digest = hashlib.sha256(json.dumps(_plain(row), sort_keys=True).encode()).hexdigest()
    return f"no-imp-uid-{digest[:16]}"


def _text(raw: Any, _row: dict[str, Any], column: Column) -> str | None:
    """Keep text; a number in its place keeps its digits, a list or record its JSON."""
    if raw is None:
        return None
    if isinstance(raw, str):
        return None if raw == "" and column.name in _NEVER_EMPTY else _clean(raw)
    return to_json(raw)


def _clean(text: str) -> str:
    """Write half characters out as an escape: no table can hold them."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode()
    return text


def _money(raw: Any, row: dict[str, Any], column: Column) -> int:
    """Read an amount in major units as minor units of the row's currency."""
    if raw is None and column.name == "cancel_amount":
        return 0
    return minor_units(raw, row.get("currency"))


def minor_units(raw: Any, currency: Any) -> int:
    """Turn an amount of the API into minor units, exactly.

    Parameters
    ----------
    raw : Any
        ``33000``, ``33000.0`` (as Decimal) or ``"33000"``.
    currency : Any
        ISO 4217 code.

    Returns
    -------
    int
        Minor units; KRW: won.

    Raises
    ------
    ValueError
        If it is no such amount: nothing that people write, such as ``1,000``, is taken from
        an API.
    """
    if type(raw) is int and currency == "KRW" and abs(raw) <= INT64_MAX:
        return raw
    if not isinstance(currency, str) or currency == "":
        what = "an amount without a currency"
        raise ValueError(what)
    if isinstance(raw, str):
        raw = _number_of(raw)
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal):
        what = "no amount"
        raise ValueError(what)  # noqa: TRY004 - the value is wrong, not the program
    return to_minor(raw, currency)


def _number_of(text: str) -> Decimal:
    """Read a number as JSON writes it."""
    number = json.loads(text, parse_int=Decimal, parse_float=Decimal, parse_constant=_refuse)
    if not isinstance(number, Decimal) or text != text.strip():
        raise _UnreadError
    return number


def _exact(raw: Any) -> int | Decimal | None:
    """Take a number, or a text that is one; None for nothing."""
    if raw is None or raw == "":
        return None
    number = _number_of(raw) if isinstance(raw, str) else raw
    if isinstance(number, bool) or not isinstance(number, int | Decimal):
        raise _UnreadError
    return number


def _refuse(_name: str) -> Any:
    raise _UnreadError


def _number(raw: Any, _row: dict[str, Any], _column: Column) -> int | None:
    """Read a whole number that fits into 64 bits."""
    number = _exact(raw)
    if number is None:
        return None
    whole = int(number)
    if whole != number or abs(whole) > INT64_MAX:
        raise _UnreadError
    return whole


def _flag(raw: Any, _row: dict[str, Any], _column: Column) -> bool | None:
    """Read true, false and nothing else."""
    if raw is None or isinstance(raw, bool):
        return raw
    raise _UnreadError


def _instant(raw: Any, _row: dict[str, Any], _column: Column) -> int | None:
    """Read unix seconds as microseconds; 0, null and absent mean "never"."""
    number = _exact(raw)
    if number is None:
        return None
    if not 0 <= number <= SECONDS_MAX:
        raise _UnreadError
    scaled = number * _MICROSECONDS
    if int(scaled) != scaled:
        raise _UnreadError
    return int(scaled) or None


def _nested(raw: Any, row: dict[str, Any], column: Column) -> str | None:
    """Write a list or record as JSON, its amounts in minor units."""
    if raw is None:
        return None
    if column.name in HISTORIES:
        return to_json(_with_minor_units(raw, row.get("currency"), HISTORIES[column.name]))
    return to_json(raw)


def _with_minor_units(entries: Any, currency: Any, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Bring the amounts of a history to minor units."""
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise _UnreadError
    blank = dict.fromkeys(names)
    return [
        {**blank, **entry, "amount": minor_units(entry.get("amount"), currency)}
        for entry in entries
    ]


_READERS: dict[str, Callable[[Any, dict[str, Any], Column], Any]] = {
    "text": _text,
    "money": _money,
    "number": _number,
    "flag": _flag,
    "instant": _instant,
    "nested": _nested,
}


def _unknown(name: str, values: list[Any]) -> tuple[str, list[str | None]]:
    """Keep a field that no table declares: as text where it is text, else as JSON."""
    if all(value is None or isinstance(value, str) for value in values):
        return TEXT_PREFIX + _clean(name), [v if v is None else _clean(v) for v in values]
    return JSON_PREFIX + _clean(name), [None if v is None else to_json(v) for v in values]


def _plain(value: Any) -> Any:
    """Turn Decimals into what JSON can write without loss."""
    if isinstance(value, Decimal):
        if value == value.to_integral_value() and value.adjusted() < 18:  # noqa: PLR2004 - 64 bits
            return int(value)
        number = float(value)
        return number if Decimal(repr(number)) == value else str(value)
    if isinstance(value, dict):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value
