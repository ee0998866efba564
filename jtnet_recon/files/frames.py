"""Frames as Arrow tables and back, each column exactly as it was."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd

from jtnet_recon.errors import TableError
from jtnet_recon.files.faults import Place

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa


def to_arrow(frame: pd.DataFrame, name: str, what: str) -> tuple[pa.Table, dict[str, Any]]:
    """Build the Arrow table of a frame, nested columns as JSON text.

    Parameters
    ----------
    frame : DataFrame
        Any; its index is not part of it.
    name : str
        Of the file, for errors.
    what : str
        What the rows are called, for errors.

    Returns
    -------
    tuple of (Table, dict)
        The table without metadata, and ``nested`` and ``dtypes``, which :func:`to_frame` needs.

    Raises
    ------
    TableError
        If a column cannot be stored exactly.
    """
    import pyarrow as pa

    nested = [name for name in frame.columns if frame[name].dtype == "object"]
    flat = frame.assign(
        **{str(name): _to_json(frame[name], f"{what}.{name}") for name in nested}
    ).reset_index(drop=True)
    try:
        table = pa.Table.from_pandas(flat, preserve_index=False)
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise Place(name).fault(
            what=f"the {what} cannot be stored exactly: {error}.",
            hint="Bring every column to one kind of value.",
            hint_ko="열마다 한 가지 형식의 값만 쓰세요.",
        ) from error
    described = {
        "nested": [str(name) for name in nested],
        "dtypes": {str(column): str(dtype) for column, dtype in frame.dtypes.items()},
    }
    return table, described


def to_frame(
    table: pa.Table, described: dict[str, Any], *, nested: Iterable[str] = ()
) -> pd.DataFrame:
    """Build the frame with the dtypes it was written with.

    Parameters
    ----------
    table : Table
        Of :func:`to_arrow`, or any other.
    described : dict
        What :func:`to_arrow` said of it; empty for a table of another program.
    nested : iterable of str, optional
        The nested columns of a table that is not described.

    Returns
    -------
    DataFrame
        The columns in the table's order.
    """
    import pyarrow as pa

    integers = {pa.int64(): pd.Int64Dtype(), pa.int32(): pd.Int32Dtype()}
    flags = {pa.bool_(): pd.BooleanDtype()}
    dtypes = described.get("dtypes", {})
    packed = set(described.get("nested", nested))
    frame = table.drop_columns([n for n in table.column_names if n in packed]).to_pandas(
        types_mapper={**integers, **flags}.get
    )
    for name in table.column_names:
        if name in packed:
            frame[name] = pd.Series(
                [_from_json(cell) for cell in table[name].to_pylist()],
                index=frame.index,
                dtype="object",
            )
        elif name in dtypes:
            frame[name] = frame[name].astype(dtypes[name])
    ordered: pd.DataFrame = frame[table.column_names]
    return ordered


def _to_json(values: pd.Series[Any], name: str) -> pd.Series[Any]:
    """Write each cell of a nested column as JSON."""
    try:
        texts = [None if cell is None else json.dumps(cell, ensure_ascii=False) for cell in values]
    except (TypeError, ValueError) as error:
        message = f"{name}: a cell cannot be written as JSON ({error})."
        column = name.partition(".")[2]
        raise TableError(
            message,
            column=column,
            hint="Leave it as the API sent it.",
            hint_ko="API가 보낸 값 그대로 두세요.",
        ) from error
    return pd.Series(texts, index=values.index, dtype="str")


def _from_json(cell: Any) -> Any:
    """Read a nested cell; another program may have kept it nested."""
    return json.loads(cell) if isinstance(cell, str) else cell
