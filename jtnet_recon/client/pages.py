"""One page of payments: raw bytes to columns, quickly where it is plain, exactly always.

The quick path is Arrow's JSON reader with a fixed schema. It refuses what it does not know (an
unknown field, a field twice, another type, a cut body), and then the exact path of rows.py reads
the page. Both give the same table.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pj

from jtnet_recon.client.envelope import open_envelope, shape_error
from jtnet_recon.client.rows import (
    HISTORIES,
    JSON_PREFIX,
    SCHEMA,
    SECONDS_MAX,
    TEXT_PREFIX,
    plain_json,
    to_table,
)
from jtnet_recon.columns import PAYMENTS
from jtnet_recon.money import minor_digits

if TYPE_CHECKING:
    from collections.abc import Container

    from jtnet_recon.client.endpoints import Call

# The document's own order of fields; a page in another order is only read more slowly.
_HEAD = re.compile(
    rb'\s*\{\s*"code"\s*:\s*0\s*,\s*"message"\s*:\s*null\s*,\s*"response"\s*:\s*\{'
    rb'\s*"total"\s*:\s*(\d{1,15})\s*,\s*"previous"\s*:\s*(?:\d{1,15}|false|null)\s*,'
    rb'\s*"next"\s*:\s*(\d{1,15}|false|null)\s*,\s*"list"\s*:\s*(?=\[)'
)
# Amounts are read with three decimals, the most that any currency has, as exact decimals.
_SCALE = 3
_AMOUNT = pa.decimal128(38, _SCALE)
_TEXT, _WHOLE = pa.string(), pa.int64()
_ENTRY_KINDS = {"amount": _AMOUNT, "cancelled_at": _WHOLE, "deposited_at": _WHOLE}
_HISTORIES = {
    name: pa.struct({field: _ENTRY_KINDS.get(field, _TEXT) for field in fields})
    for name, fields in HISTORIES.items()
}
_NESTED = {
    **{name: pa.list_(entry) for name, entry in _HISTORIES.items()},
    "cancel_receipt_urls": pa.list_(_TEXT),
    # Null for every payment without a promotion; a page with one takes the exact path.
    "promotion": pa.null(),
}
_KINDS = {"text": _TEXT, "number": _WHOLE, "flag": pa.bool_(), "instant": _WHOLE, "money": _AMOUNT}
_FIELDS = {c.name: _NESTED.get(c.name) or _KINDS[c.kind] for c in PAYMENTS.columns}
_MICROSECONDS = 1_000_000
_ESCAPED = r'["\\\x00-\x1f]'  # what JSON cannot write as it is
_INTEGER = re.compile(r"-?\d{1,18}")


class _NotPlainError(Exception):
    """A page needs the exact path."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list.

    Parameters
    ----------
    total : int
        How many rows the server says the whole list has.
    following : int
        The number of the next page, 0 if this is the last.
    digest : bytes
        Of the list as it came; equal digests mean equal rows.
    table : pyarrow.Table or None
        The rows; None if the digest is known already.
    """

    total: int
    following: int
    digest: bytes
    table: pa.Table | None


class PageReader:
    """Reads the pages of one list, and learns which new fields the server sends.

    A field that no table declares takes the exact path once; if it holds only texts, whole
    numbers or flags, the quick path knows it from then on.
    """

    def __init__(self) -> None:
        self._learned: dict[str, pa.DataType] = {}
        self._schema = _envelope(self._learned)

    def page(self, body: bytes, call: Call, known: Container[bytes] = ()) -> Page:
        """Read one page.

        Parameters
        ----------
        body : bytes
            Of HTTP 200.
        call : Call
            Named in errors.
        known : container of bytes
            Digests of lists that were read before; such a list is not decoded again.

        Returns
        -------
        Page
            With its rows, or without where the digest is known.

        Raises
        ------
        NotWholeError, ApiShapeError, ApiCodeError
            As :func:`jtnet_recon.client.envelope.open_envelope`, or if it is no page.
        """
        head = _HEAD.match(body)
        if head is None:
            records, total, following = page_parts(open_envelope(body, call), call)
            return Page(total, following, hashlib.sha256(body).digest(), self._exact(records))
        digest = hashlib.sha256(memoryview(body)[head.end() :]).digest()
        total, following = int(head[1]), _page_number(head[2])
        if digest in known:
            return Page(total, following, digest, None)
        schema, learned = self._schema, self._learned
        try:
            table = _plain_table(body, schema, learned)
        except (pa.ArrowException, _NotPlainError):
            records, total, following = page_parts(open_envelope(body, call), call)
            table = self._exact(records)
        return Page(total, following, digest, table)

    def _exact(self, records: list[dict[str, Any]]) -> pa.Table:
        """Take the exact path, and learn from it."""
        table = to_table(records)
        new = {
            name.partition(":")[2]: kind
            for name in table.column_names[len(SCHEMA) :]
            if (kind := _learnable(name, table[name])) is not None
        }
        if not new.keys() <= self._learned.keys():
            # Replaced, not changed: another thread may be reading with the old ones.
            self._learned = {**new, **self._learned}
            self._schema = _envelope(self._learned)
        return table


def read_records(response: Any, call: Call) -> pa.Table:
    """Lay out a bare list of payments, or a single one.

    Parameters
    ----------
    response : Any
        Of the envelope.
    call : Call
        Named in errors.

    Returns
    -------
    pyarrow.Table
        As :func:`jtnet_recon.client.rows.to_table`.

    Raises
    ------
    ApiShapeError
        If it is neither.
    """
    records = [response] if isinstance(response, dict) else response
    return to_table(checked_records(records, call))


def _page_number(text: bytes) -> int:
    return int(text) if text.isdigit() else 0


def page_parts(response: Any, call: Call) -> tuple[list[dict[str, Any]], int, int]:
    """Take a page apart; a falsy ``next`` of any kind ends the list.

    Parameters
    ----------
    response : Any
        Of the envelope.
    call : Call
        Named in errors.

    Returns
    -------
    tuple of list, int, int
        The records, how many the whole list has, and the number of the next page or 0.

    Raises
    ------
    ApiShapeError
        If it is no page.
    """
    if not isinstance(response, dict) or "list" not in response:
        message = "the answer is no page: it has no `list`."
        raise shape_error(message, call)
    total, following = response.get("total"), response.get("next") or 0
    for name, number in (("total", total), ("next", following)):
        if type(number) is not int or number < 0:
            message = f"the page's `{name}` is no whole number."
            raise shape_error(message, call)
    assert isinstance(total, int)
    return checked_records(response["list"], call), total, following


def checked_records(records: Any, call: Call) -> list[dict[str, Any]]:
    """Refuse what is no list of records.

    Parameters
    ----------
    records : Any
        Of the envelope, or of a page.
    call : Call
        Named in errors.

    Returns
    -------
    list of dict
        The same.

    Raises
    ------
    ApiShapeError
        If it is none.
    """
    if not isinstance(records, list) or not all(isinstance(row, dict) for row in records):
        message = "the answer is no list of records."
        raise shape_error(message, call)
    return records


def _learnable(name: str, values: pa.ChunkedArray) -> pa.DataType | None:
    """Tell the type under which the quick path could read an unknown field."""
    if name.startswith(TEXT_PREFIX):
        return _TEXT
    seen = pc.unique(values.drop_null()).to_pylist()
    if all(text in ("true", "false") for text in seen):
        return pa.bool_()
    return _WHOLE if all(_INTEGER.fullmatch(text) for text in seen) else None


def _envelope(learned: dict[str, pa.DataType]) -> pa.Schema:
    """Declare the whole body: it is one record of one block, and nothing else may be in it."""
    record = pa.struct({**_FIELDS, **learned})
    page = {"total": _WHOLE, "previous": _WHOLE, "next": _WHOLE, "list": pa.list_(record)}
    return pa.schema({"code": _WHOLE, "message": _TEXT, "response": pa.struct(page)})


def _plain_table(body: bytes, schema: pa.Schema, learned: dict[str, pa.DataType]) -> pa.Table:
    """Read a page whose every value is of its declared kind."""
    envelope = pj.read_json(
        pa.BufferReader(body),
        read_options=pj.ReadOptions(use_threads=False, block_size=len(body) + 1),
        parse_options=pj.ParseOptions(
            explicit_schema=schema, newlines_in_values=True, unexpected_field_behavior="error"
        ),
    )
    _require(envelope.num_rows == 1)
    envelope.validate(full=True)  # text that is no UTF-8 would pass otherwise
    rows = pc.list_flatten(pc.struct_field(envelope["response"].combine_chunks(), "list"))
    _require(rows.null_count == 0)
    raw = dict(zip((*_FIELDS, *learned), rows.flatten(), strict=True))
    for name in ("imp_uid", "currency", "status", "amount"):
        _require(raw[name].null_count == 0)
    for name in ("imp_uid", "currency", "status"):
        _require(not pc.any(pc.equal(raw[name], "")).as_py())
    digits = _digits(raw["currency"])
    columns = [_converted(c.name, c.kind, raw[c.name], digits) for c in PAYMENTS.columns]
    table = pa.table([*columns, pa.nulls(len(rows), _TEXT)], SCHEMA)
    for name, kind in learned.items():
        prefix = TEXT_PREFIX if kind == _TEXT else JSON_PREFIX
        table = table.append_column(prefix + name, raw[name].cast(_TEXT))
    return table


def _converted(name: str, kind: str, values: pa.Array, digits: np.ndarray[Any, Any]) -> pa.Array:
    if kind == "money":
        return pa.array(_minor(values, digits))
    if kind == "instant":
        return _microseconds(values)
    if kind == "nested":
        return _nested_text(name, values, digits)
    return values


def _require(is_plain: bool) -> None:  # noqa: FBT001 - reads as a sentence
    if not is_plain:
        raise _NotPlainError


def _digits(currency: pa.Array) -> np.ndarray[Any, Any]:
    """Return each row's digits of minor unit."""
    names = currency.dictionary_encode()
    digits = np.array([minor_digits(name) for name in names.dictionary.to_pylist()] or [0])
    found: np.ndarray[Any, Any] = digits[names.indices.to_numpy(zero_copy_only=False)]
    return found


def _minor(values: pa.Array, digits: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Turn exact decimals into minor units, in whole numbers from end to end."""
    filled = pc.fill_null(values, pa.scalar(0, _AMOUNT)) if values.null_count else values
    words = np.frombuffer(filled.buffers()[1], dtype="<i8").reshape(-1, 2)
    low, high = words[filled.offset : filled.offset + len(filled)].T
    _require(bool((high == (low >> 63)).all()))
    whole, rest = np.divmod(low, 10 ** (_SCALE - digits))
    _require(not rest.any())
    return whole


def _microseconds(values: pa.Array) -> pa.Array:
    """Turn unix seconds into microseconds; 0 is "never"."""
    seconds = pc.fill_null(values, 0)
    numbers = seconds.to_numpy(zero_copy_only=False)
    _require(bool(((numbers >= 0) & (numbers <= SECONDS_MAX)).all()))
    return pa.array(numbers * _MICROSECONDS, mask=numbers == 0)


def _nested_text(name: str, values: pa.Array, digits: np.ndarray[Any, Any]) -> pa.Array:
    """Write nested values as JSON, all rows at once: Python's writer took longer than the rest."""
    if name == "promotion":
        return pa.nulls(len(values), _TEXT)
    texts: Any = "[]"
    if len(values.flatten()):
        entries = _entries(name, values, digits)
        lengths = pc.fill_null(pc.list_value_length(values), 0).to_numpy(zero_copy_only=False)
        ends = np.concatenate([[0], np.cumsum(lengths)]).astype("int32")
        joined = pc.binary_join(pa.ListArray.from_arrays(ends, entries), ",")
        texts = _strung("[", joined, "]")
    return pc.if_else(values.is_null(), pa.scalar(None, _TEXT), texts)


def _entries(name: str, values: pa.Array, digits: np.ndarray[Any, Any]) -> pa.Array:
    """Write the entries of all rows one after the other, amounts in minor units."""
    flat = values.flatten()
    if name not in _HISTORIES:
        return _json_of(flat)
    amounts = flat.field("amount")
    _require(flat.null_count == 0 and amounts.null_count == 0)
    parents = pc.list_parent_indices(values).to_numpy(zero_copy_only=False)
    whole = {"amount": pa.array(_minor(amounts, digits[parents]))}
    parts: list[Any] = []
    for field in HISTORIES[name]:
        parts += [
            f'{"," if parts else "{"}"{field}":',
            _json_of(whole.get(field, flat.field(field))),
        ]
    return _strung(*parts, "}")


def _json_of(values: pa.Array) -> pa.Array:
    """Write texts and whole numbers as JSON does."""
    if values.type != _TEXT:
        written = values.cast(_TEXT)
    elif pc.any(pc.match_substring_regex(values, _ESCAPED)).as_py():
        written = pa.array(
            [None if v is None else plain_json(v) for v in values.to_pylist()], _TEXT
        )
    else:
        written = _strung('"', values, '"')
    return pc.fill_null(written, "null")


def _strung(*parts: Any) -> pa.Array:
    """Put texts behind one another, row by row."""
    return pc.binary_join_element_wise(*parts, "")
