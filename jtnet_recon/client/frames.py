"""Pages put together: the newest version of each payment, and frames of a declared table."""

from __future__ import annotations

import gc
import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from jtnet_recon.client.rows import JSON_PREFIX, SCHEMA, TEXT_PREFIX, UNREAD
from jtnet_recon.columns import PAYMENTS
from jtnet_recon.period import KST_NAME
from jtnet_recon.tables import conform, empty

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jtnet_recon.columns import Table

_CLOCKS = ("started_at", "paid_at", "failed_at", "cancelled_at")
_RANKS = {"ready": 0, "failed": 1, "paid": 2, "cancelled": 3}
# What a payment keeps for life; if one of them changes under the same id, something is wrong.
_IDENTITY = ("merchant_uid", "currency", "amount")
_TEXT_DTYPE = pd.StringDtype(na_value=np.nan)
_DTYPES = {
    pa.string(): _TEXT_DTYPE,
    pa.large_string(): _TEXT_DTYPE,
    pa.int64(): pd.Int64Dtype(),
    pa.bool_(): pd.BooleanDtype(),
}


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest version of each payment, and what was left behind.

    Parameters
    ----------
    table : pyarrow.Table
        One row an ``imp_uid``.
    repeats : int
        Rows that were seen more than once, unchanged.
    older : int
        Older versions of payments that changed during the pull.
    changed_identity : tuple of str
        ``imp_uid`` of payments whose order id, currency or amount changed: that cannot be.
    """

    table: pa.Table
    repeats: int
    older: int
    changed_identity: tuple[str, ...]


def joined(tables: Iterable[pa.Table]) -> pa.Table:
    """Put pages under each other; a field that only some pages have is null on the others.

    Parameters
    ----------
    tables : iterable of pyarrow.Table
        Pages, the last seen last.

    Returns
    -------
    pyarrow.Table
        All rows.
    """
    pages = [page for page in tables if page.num_rows]
    if not pages:
        return SCHEMA.empty_table()
    return pa.concat_tables(pages, promote_options="default")


def newest(table: pa.Table) -> Newest:
    """Keep the newest version of each payment.

    The newest has the latest of the four times; among equals a later status, then the larger
    cancelled amount, then the one that was seen last.

    Parameters
    ----------
    table : pyarrow.Table
        Rows in the order they were seen.

    Returns
    -------
    Newest
        Rows in the order they were first seen.
    """
    ids = table["imp_uid"].to_pandas()
    is_repeated = ids.duplicated(keep=False).to_numpy()
    if not is_repeated.any():
        return Newest(table, 0, 0, ())
    several = _versions(table.filter(pa.array(is_repeated)))
    several["row"] = np.flatnonzero(is_repeated)
    ordered = several.sort_values(["changed_us", "rank", "cancel_amount", "row"])
    last = ordered.drop_duplicates("imp_uid", keep="last")
    different = several.drop(columns="row").drop_duplicates()
    kept = np.ones(len(ids), dtype=bool)
    kept[several["row"].to_numpy()] = False
    kept[last["row"].to_numpy()] = True
    identity = several[["imp_uid", *_IDENTITY]].drop_duplicates()
    changed = identity.loc[identity["imp_uid"].duplicated(), "imp_uid"]
    return Newest(
        table.filter(pa.array(kept)),
        repeats=len(several) - len(different),
        older=len(different) - len(last),
        changed_identity=tuple(sorted(set(changed))),
    )


def _versions(table: pa.Table) -> pd.DataFrame:
    """Lay out what tells versions of a payment apart."""
    names = ["imp_uid", "status", "cancel_amount", *_IDENTITY, *_CLOCKS]
    versions = table.select(names).to_pandas()
    clocks = versions[list(_CLOCKS)].fillna(0)
    ranks = versions["status"].map(_RANKS).fillna(0)
    laid_out: pd.DataFrame = versions.assign(changed_us=clocks.max(axis=1), rank=ranks)
    return laid_out


def to_payments(table: pa.Table) -> pd.DataFrame:
    """Make the frame that users get.

    Parameters
    ----------
    table : pyarrow.Table
        Of :data:`jtnet_recon.client.rows.SCHEMA` and unknown fields, one row an ``imp_uid``.

    Returns
    -------
    DataFrame, shape (n, m), table PAYMENTS
        Oldest start first. Declared columns, then ``unread`` if any value could not be read,
        then the fields that no table declares, by name.
    """
    order = _by_start(table)
    is_ordered = (np.diff(order) == 1).all()  # as the server sends them: spare the copy
    return to_frame(table if is_ordered else table.take(pa.array(order)), PAYMENTS)


def to_frame(table: pa.Table, declared: Table) -> pd.DataFrame:
    """Make a frame of a declared table.

    Parameters
    ----------
    table : pyarrow.Table
        Of :func:`jtnet_recon.client.rows.to_table`.
    declared : Table
        What it becomes.

    Returns
    -------
    DataFrame, shape (n, m)
        Rows in the order they stand. Declared columns, then ``unread`` if any value could not
        be read, then the fields that the table does not declare, by name.
    """
    if table.num_rows == 0:
        return empty(declared)
    nested = {c.name for c in declared.columns if c.kind == "nested"}
    flat = [name for name in declared.names if name not in nested]
    frame = _instants(table.select(flat), declared).to_pandas(types_mapper=_DTYPES.get)
    money = {c.name: "int64" for c in declared.columns if c.kind == "money"}
    with _collector_at_rest():
        further = {name: _cells(table[name]) for name in nested}
    if table[UNREAD].null_count < table.num_rows:
        further[UNREAD] = table[UNREAD].to_pandas(types_mapper=_DTYPES.get)
    further |= _undeclared(table)
    parts = [frame.astype(money), pd.DataFrame(further, index=frame.index)]
    return conform(pd.concat(parts, axis=1), declared)


def to_record(frame: pd.DataFrame) -> dict[str, Any]:
    """Give the single row of a frame as a plain record.

    Parameters
    ----------
    frame : DataFrame, shape (1, m)
        Of :func:`to_frame`.

    Returns
    -------
    dict
        By column; what is empty is None, whatever its kind.
    """
    return {str(name): _or_none(frame[name].iloc[0]) for name in frame.columns}


def _or_none(cell: Any) -> Any:
    if isinstance(cell, list | dict):
        return cell
    if pd.isna(cell):
        return None
    return cell.item() if isinstance(cell, np.generic) else cell


def _by_start(table: pa.Table) -> np.ndarray[Any, Any]:
    """Order by start, old rows without one by what followed; ties by id."""
    began = pc.coalesce(*(table[name] for name in _CLOCKS), pa.scalar(0, pa.int64()))
    keys = pd.DataFrame({"began": began.to_pandas(), "imp_uid": table["imp_uid"].to_pandas()})
    return keys.sort_values(["began", "imp_uid"]).index.to_numpy()


def _instants(table: pa.Table, declared: Table) -> pa.Table:
    """Give instants their zone."""
    for column in declared.columns:
        if column.kind == "instant":
            position = table.column_names.index(column.name)
            values = table[column.name].cast(pa.timestamp("us", tz=KST_NAME))
            table = table.set_column(position, column.name, values)
    return table


def _cells(values: pa.ChunkedArray) -> pd.Series[Any]:
    """Read nested cells back from JSON; each gets a list or record of its own."""
    is_bare = pc.fill_null(pc.equal(values, "[]"), fill_value=False).to_numpy()
    is_full = ~is_bare & values.is_valid().to_numpy()
    cells = np.full(len(values), None, dtype=object)
    texts = values.filter(pa.array(is_full)).to_pylist()
    read = json.loads(f"[{','.join(texts)}]")  # at once: a call for each takes three times as long
    assert len(read) == len(texts)
    cells[is_bare] = _each([] for _ in range(is_bare.sum()))
    cells[is_full] = _each(read)
    return pd.Series(cells, dtype="object")


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Make many lists that are no garbage; looking through them for some took twice as long."""
    was_at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_at_work:
            gc.enable()


def _each(values: Iterable[Any]) -> np.ndarray[Any, Any]:
    """Lay lists and records out as cells; numpy would take them apart."""
    return np.fromiter(values, dtype=object)


def _undeclared(table: pa.Table) -> dict[str, pd.Series[Any]]:
    """Give unknown fields: text where every value is text, else as the server sent them."""
    found: dict[str, pd.Series[Any]] = {}
    for name in unknown_fields(table):
        as_text, as_json = TEXT_PREFIX + name, JSON_PREFIX + name
        if as_json not in table.column_names:
            found[name] = table[as_text].to_pandas(types_mapper=_DTYPES.get)
            continue
        cells = _cells(table[as_json])
        if as_text in table.column_names:
            texts = pd.Series(table[as_text].to_pylist(), dtype="object")
            cells = cells.where(cells.notna(), texts)
        found[name] = cells
    return found


def unknown_fields(table: pa.Table) -> list[str]:
    """List the fields that no table declares.

    Parameters
    ----------
    table : pyarrow.Table
        Pages of :func:`joined`.

    Returns
    -------
    list of str
        Sorted, each once.
    """
    prefixes = (TEXT_PREFIX, JSON_PREFIX)
    names = (name for name in table.column_names if name.startswith(prefixes))
    return sorted({name.partition(":")[2] for name in names})
