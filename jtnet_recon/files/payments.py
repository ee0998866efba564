"""Keeping table PAYMENTS with its certificate in a Parquet file."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from jtnet_recon.atomic import atomic_path
from jtnet_recon.errors import TableError
from jtnet_recon.files.columnar import parquet_table
from jtnet_recon.files.faults import Place
from jtnet_recon.files.source import damaged, kind_of, read_file
from jtnet_recon.tables import PAYMENTS, conform

if TYPE_CHECKING:
    import os

    import pyarrow as pa

_KEY = b"jtnet_recon"
_FORMAT = 1
_NESTED = tuple(column.name for column in PAYMENTS.columns if column.kind == "nested")


def write_payments(payments: pd.DataFrame, path: str | os.PathLike[str]) -> None:
    """Write payments to a Parquet file, whole or not at all.

    Parameters
    ----------
    payments : DataFrame, shape (n, m), table PAYMENTS
        Amounts int64 in minor units. ``attrs["pull"]``, the pull's certificate, is kept in the
        file; unknown further columns are kept, too.
    path : str or PathLike
        The file; an older one is replaced.

    Raises
    ------
    TableError
        If ``payments`` is not a PAYMENTS table or a column cannot be stored exactly.
    StoreError
        If the file cannot be written.
    """
    import pyarrow.parquet as pq

    table = _to_arrow(conform(payments, PAYMENTS), Path(path).name)
    with atomic_path(path) as temporary:
        pq.write_table(table, temporary, compression="zstd", write_page_checksum=True)


def read_payments(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Read payments from a Parquet file, checking that no byte of it has changed.

    Parameters
    ----------
    path : str or PathLike
        A file of :func:`write_payments`, or any Parquet file with the columns of PAYMENTS.

    Returns
    -------
    DataFrame, shape (n, m), table PAYMENTS
        Amounts int64 in minor units; ``attrs["pull"]`` is the certificate, if the file has one.

    Raises
    ------
    TableError
        If it is no Parquet file, is damaged, or lacks columns.
    """
    data, place = read_file(path), Place(Path(path).name)
    kind = kind_of(data, place)
    if kind != "parquet":
        raise place.fault(
            what=f"it is {kind}, not a Parquet file of payments.",
            hint="Give the file that `jtnet-recon pull` or write_payments(...) made.",
            hint_ko="pull 명령이나 write_payments(...)로 만든 파일을 지정하세요.",
        )
    table = parquet_table(data, place)
    described = _description(table, place)
    payments = _to_frame(table, described)
    try:
        payments = conform(payments, PAYMENTS)
    except TableError as error:
        raise place.fault(error.message, hint=error.hint, hint_ko=error.hint_ko) from error
    payments.attrs = described.get("attrs", {})
    return payments


def _to_arrow(payments: pd.DataFrame, name: str) -> pa.Table:
    """Build the Arrow table, nested columns as JSON text, and describe it in its metadata."""
    import pyarrow as pa

    nested = [name for name in payments.columns if payments[name].dtype == "object"]
    flat = payments.assign(
        **{str(name): _to_json(payments[name], str(name)) for name in nested}
    ).reset_index(drop=True)
    try:
        table = pa.Table.from_pandas(flat, preserve_index=False)
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise Place(name).fault(
            what=f"the payments cannot be stored exactly: {error}.",
            hint="Bring every column to one kind of value.",
            hint_ko="열마다 한 가지 형식의 값만 쓰세요.",
        ) from error
    described = {
        "format": _FORMAT,
        "nested": [str(name) for name in nested],
        "dtypes": {str(column): str(dtype) for column, dtype in payments.dtypes.items()},
        "attrs": {"pull": payments.attrs["pull"]} if "pull" in payments.attrs else {},
        "rows": len(payments),
        "schema": _schema_digest(table),
    }
    text = json.dumps(described, ensure_ascii=False, allow_nan=False)
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
    return table.replace_schema_metadata({_KEY: f"{digest} {text}"})


def _to_json(values: pd.Series[Any], name: str) -> pd.Series[Any]:
    """Write each cell of a nested column as JSON."""
    try:
        texts = [None if cell is None else json.dumps(cell, ensure_ascii=False) for cell in values]
    except (TypeError, ValueError) as error:
        message = f"payments.{name}: a cell cannot be written as JSON ({error})."
        raise TableError(message, column=name, hint="Leave it as the API sent it.") from error
    return pd.Series(texts, index=values.index, dtype="str")


def _schema_digest(table: pa.Table) -> str:
    """Return a digest of column names and types: pages have checksums, the footer has none."""
    described = "\n".join(f"{field.name}\t{field.type}" for field in table.schema)
    return hashlib.sha256(described.encode("utf-8")).hexdigest()


def _description(table: pa.Table, place: Place) -> dict[str, Any]:
    """Read and verify what was said about the table; nothing if it is not ours."""
    raw = (table.schema.metadata or {}).get(_KEY)
    if raw is None:
        return {}
    digest, _, text = raw.partition(b" ")
    if hashlib.sha256(text).hexdigest().encode() != digest:
        raise damaged(place, "its description does not match its checksum")
    described: dict[str, Any] = json.loads(text)
    if described["format"] > _FORMAT:
        raise place.fault(
            what=f"it was written by a newer version (format {described['format']}).",
            hint="Upgrade jtnet-recon.",
            hint_ko="jtnet-recon을 최신 버전으로 올리세요.",
        )
    if described["rows"] != table.num_rows or described["schema"] != _schema_digest(table):
        raise damaged(place, "its columns or rows do not match its description")
    return described


def _to_frame(table: pa.Table, described: dict[str, Any]) -> pd.DataFrame:
    """Build the frame with the dtypes it was written with."""
    import pyarrow as pa

    integers = {pa.int64(): pd.Int64Dtype(), pa.int32(): pd.Int32Dtype()}
    flags = {pa.bool_(): pd.BooleanDtype()}
    dtypes = described.get("dtypes", {})
    nested = set(described.get("nested", _NESTED))
    payments = table.drop_columns([n for n in table.column_names if n in nested]).to_pandas(
        types_mapper={**integers, **flags}.get
    )
    for name in table.column_names:
        if name in nested:
            payments[name] = pd.Series(
                [_from_json(cell) for cell in table[name].to_pylist()],
                index=payments.index,
                dtype="object",
            )
        elif name in dtypes:
            payments[name] = payments[name].astype(dtypes[name])
    ordered: pd.DataFrame = payments[table.column_names]
    return ordered


def _from_json(cell: Any) -> Any:
    """Read a nested cell; another program may have kept it nested."""
    return json.loads(cell) if isinstance(cell, str) else cell
