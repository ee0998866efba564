"""The two inputs as the engine sees them: frames, Arrow tables, Parquet files, DuckDB relations.

A side is a view with a column ``row``, the row's number in the input, and only the columns that
the rule can use. Frames are handed over without copying; what is larger than memory is read by
the engine, which spills to disk.
"""

from __future__ import annotations

import json
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from jtnet_recon.errors import ConfigError, TableError
from jtnet_recon.tables import conform

if TYPE_CHECKING:
    from jtnet_recon.columns import Kind, Table

Source = Any
"""A DataFrame, a path of a Parquet file, an Arrow table or reader, or a DuckDB relation."""


@dataclass(frozen=True, slots=True)
class Side:
    """One input, ready for the engine.

    Parameters
    ----------
    name : {"payments", "ledger"}
        Which side; its view is ``<name>_src``.
    table : Table or None
        What was declared for it.
    rows : int
        How many rows it has.
    columns : frozenset of str
        The flat columns its view has.
    frame : DataFrame or None
        The conformed frame, if a frame was given.
    attrs : dict
        What came with it: the pull's certificate, the description of the source.
    flat : Table or None
        What its view shows, if a frame was given.
    """

    name: str
    table: Table | None
    rows: int
    columns: frozenset[str]
    frame: pd.DataFrame | None
    attrs: dict[str, Any]
    flat: pa.Table | None = None

    @property
    def view(self) -> str:
        """The name of its view."""
        return f"{self.name}_src"


def connect(*sources: Source, memory_limit: str | None) -> duckdb.DuckDBPyConnection:
    """Open the engine: in memory, reading nothing but the given files, closed to the network.

    Parameters
    ----------
    *sources : Source
        The inputs; only paths among them may be opened.
    memory_limit : str or None
        Such as ``"2GB"``; beyond it the engine spills to a temporary folder.

    Returns
    -------
    DuckDBPyConnection
        To be closed by the caller.

    Raises
    ------
    ConfigError
        If the limit is not a size.
    """
    connection = duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "python_enable_replacements": "false",
            "preserve_insertion_order": "false",
        },
    )
    paths = [str(path_of(source)) for source in sources if path_of(source) is not None]
    if paths:
        connection.execute("SET allowed_paths = ?", [paths])
    if memory_limit is not None:
        if _SIZE.fullmatch(memory_limit) is None:
            connection.close()
            message = f"memory_limit={memory_limit!r} is not a size."
            raise ConfigError(
                message, hint="Write 2GB or 500MB.", hint_ko="2GB 또는 500MB 처럼 쓰세요."
            )
        connection.execute("SET memory_limit = ?", [memory_limit])
    connection.execute("SET temp_directory = ?", [tempfile.gettempdir()])
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


_SIZE = re.compile(r"\d+(\.\d+)? ?[KMGT]i?B", re.IGNORECASE)


def path_of(source: Source) -> Path | None:
    """Return the path if the source is one.

    Parameters
    ----------
    source : Source
        Any input.

    Returns
    -------
    Path or None
        Absolute.
    """
    return Path(source).resolve() if isinstance(source, (str, Path)) else None


def open_side(
    connection: duckdb.DuckDBPyConnection, source: Source, name: str, table: Table | None
) -> Side:
    """Register an input with the engine.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Of :func:`connect`.
    source : Source
        The input; it is left as it is.
    name : {"payments", "ledger"}
        Which side.
    table : Table or None
        What it must be; None takes any frame.

    Returns
    -------
    Side
        Its view is ``<name>_src``.

    Raises
    ------
    TableError
        If it is not the table it should be.
    ConfigError
        If it is of no kind that can be read.
    """
    if isinstance(source, pd.DataFrame):
        return _open_frame(connection, source, name, table)
    attrs = _open_large(connection, source, name)
    columns = _columns(connection, f"{name}_src")
    if table is not None:
        _check_schema(connection, f"{name}_src", columns, table)
    rows = connection.sql(f"SELECT count(*) FROM {name}_src").fetchall()[0][0]
    return Side(name, table, int(rows), frozenset(columns) - {"row"}, None, attrs)


def rest_frame(
    connection: duckdb.DuckDBPyConnection, side: Side, rows: np.ndarray[Any, Any]
) -> pd.DataFrame:
    """Fetch some rows of a side as a frame, indexed by their number in the input.

    Parameters
    ----------
    connection : DuckDBPyConnection
        The engine.
    side : Side
        The side.
    rows : ndarray of int64
        Row numbers, ascending.

    Returns
    -------
    DataFrame
        Conformed.
    """
    if side.frame is not None:
        return side.frame.iloc[rows].set_axis(pd.Index(rows, name="row"), axis=0)
    connection.register("wanted", pa.table({"wanted": rows}))
    fetched = connection.sql(
        f"SELECT * FROM {side.view} WHERE row IN (SELECT wanted FROM wanted)"
    ).to_arrow_table()
    connection.unregister("wanted")
    frame = _to_frame(fetched).sort_values("row").set_index("row")
    return conform(frame, side.table, fill=False) if side.table is not None else frame


def flat_table(frame: pd.DataFrame, *, rows: np.ndarray[Any, Any] | None = None) -> pa.Table:
    """Turn the flat columns of a frame into an Arrow table, text without copying.

    Parameters
    ----------
    frame : DataFrame
        Conformed.
    rows : ndarray of int64, optional
        The rows' numbers; 0, 1, … without it.

    Returns
    -------
    Table
        With the column ``row``; nested columns are left out.
    """
    numbers = np.arange(len(frame), dtype="int64") if rows is None else rows
    columns: dict[str, Any] = {"row": pa.array(numbers)}
    for name in frame.columns:
        if frame[name].dtype != object and str(name) != "row":
            columns[str(name)] = pa.Array.from_pandas(frame[name])
    return pa.table(columns)


def _open_frame(
    connection: duckdb.DuckDBPyConnection, source: pd.DataFrame, name: str, table: Table | None
) -> Side:
    """Conform a frame and hand its flat columns over."""
    frame = conform(source, table, fill=False) if table is not None else source.copy(deep=False)
    flat = flat_table(frame)
    connection.register(f"{name}_src", flat)
    columns = frozenset(flat.column_names) - {"row"}
    return Side(name, table, len(frame), columns, frame, _attrs(source), flat)


def _attrs(frame: pd.DataFrame) -> dict[str, Any]:
    """Return what came with a frame."""
    return {str(name): value for name, value in frame.attrs.items()}


def _open_large(connection: duckdb.DuckDBPyConnection, source: Source, name: str) -> dict[str, Any]:
    """Make the view of an input that the engine reads by itself."""
    path = path_of(source)
    if path is not None:
        return _open_parquet(connection, path, name)
    if isinstance(source, pa.Table):
        numbered = source.append_column("row", pa.array(np.arange(source.num_rows)))
        connection.register(f"{name}_src", numbered)
        return {}
    reader = source.to_arrow_reader() if isinstance(source, duckdb.DuckDBPyRelation) else source
    if not isinstance(reader, pa.RecordBatchReader):
        message = f"The {name} cannot be read from a {type(source).__name__}."
        hint = "Give a DataFrame, a Parquet path, an Arrow table or a DuckDB relation."
        raise ConfigError(message, hint=hint)
    connection.register("incoming", reader)
    connection.execute(
        f"CREATE TEMP TABLE {name}_src AS "
        "SELECT *, (row_number() OVER () - 1)::BIGINT AS row FROM incoming"
    )
    connection.unregister("incoming")
    return {}


def _open_parquet(connection: duckdb.DuckDBPyConnection, path: Path, name: str) -> dict[str, Any]:
    """Make the view of a Parquet file; rows are numbered by the file itself."""
    if not path.is_file():
        message = f"{path.name}: there is no such file."
        raise TableError(message, file=path.name, hint="Check the name and the folder.")
    literal = str(path).replace("'", "''")
    try:
        connection.execute(
            f"CREATE TEMP VIEW {name}_src AS SELECT * EXCLUDE (file_row_number), "
            f"file_row_number AS row FROM read_parquet('{literal}', file_row_number = true)"
        )
    except duckdb.Error as error:
        message = f"{path.name} is not a Parquet file that can be read."
        hint = "Give a Parquet file, or read it with read_ledger(path) first."
        raise TableError(message, file=path.name, hint=hint) from error
    return _attrs_of(path)


def _attrs_of(path: Path) -> dict[str, Any]:
    """Read what write_payments kept with the table: the pull's certificate."""
    import pyarrow.parquet as pq

    described = (pq.read_schema(path).metadata or {}).get(b"jtnet_recon")
    if described is None:
        return {}
    # The description is JSON; the seal of the file follows it.
    attrs: dict[str, Any] = json.JSONDecoder().raw_decode(described.decode())[0].get("attrs", {})
    return attrs


def _columns(connection: duckdb.DuckDBPyConnection, view: str) -> dict[str, str]:
    """Name the columns of a view and their types."""
    rows = connection.execute(f"DESCRIBE SELECT * FROM {view}").fetchall()
    return {str(row[0]): str(row[1]) for row in rows}


_INTEGERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT"})
_FITTING: dict[Kind, tuple[frozenset[str], str, str]] = {
    "money": (_INTEGERS, "whole minor units", "Store amounts as 64-bit integers."),
    "text": (frozenset({"VARCHAR"}), "text", "Store ids and codes as text."),
    "number": (_INTEGERS, "whole numbers", "Store them as integers."),
    "flag": (frozenset({"BOOLEAN"}), "true or false", "Store them as booleans."),
    "instant": (
        frozenset({"TIMESTAMP WITH TIME ZONE"}),
        "instants with a time zone",
        "Store them as timestamps of a zone, such as Asia/Seoul.",
    ),
    "day": (
        frozenset({"DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"}),
        "days without a time zone",
        "Store them as dates.",
    ),
}
_NO_TYPE = '"NULL"'


def check_type(name: str, kind: Kind, found: str, table: str) -> None:
    """Refuse a column of a type that cannot hold its kind exactly.

    Parameters
    ----------
    name : str
        The column.
    kind : str
        What it is declared as.
    found : str
        Its type in the engine.
    table : str
        What errors call the table.

    Raises
    ------
    TableError
        If it does not fit; a column that is missing throughout has no type and fits.
    """
    fitting, what, hint = _FITTING.get(kind, (frozenset({found}), "", ""))
    if found not in fitting and found != _NO_TYPE:
        message = f"{table}.{name}: {what} are expected, not {found}."
        raise TableError(message, column=name, hint=hint)


def _check_schema(
    connection: duckdb.DuckDBPyConnection, view: str, columns: dict[str, str], table: Table
) -> None:
    """Refuse a table without its columns, or with a column that is not exact."""
    for column in table.columns:
        kind = columns.get(column.name)
        if kind is not None:
            check_type(column.name, column.kind, kind, table.name)
        elif column.required:
            message = f"{table.name}: there is no column {column.name!r}."
            hint = f"It has: {', '.join(list(columns)[:12])}."
            raise TableError(message, column=column.name, hint=hint)
    for column in table.columns:
        if column.kind == "money" and column.required:
            name = column.name.replace('"', '""')
            missing = f'SELECT count(*) - count("{name}") FROM {view}'
            if connection.sql(missing).fetchall()[0][0]:
                message = f"{table.name}.{column.name}: an amount is missing."
                raise TableError(message, column=column.name, hint="Fill it in at the source.")


def _to_frame(fetched: pa.Table) -> pd.DataFrame:
    """Turn fetched rows into a frame: integers stay integers, nested JSON is read."""
    integers = {kind: pd.Int64Dtype() for kind in (pa.int8(), pa.int16(), pa.int32(), pa.int64())}
    frame: pd.DataFrame = fetched.to_pandas(
        types_mapper={**integers, pa.bool_(): pd.BooleanDtype()}.get
    )
    for name in ("cancel_history", "deposit_history", "cancel_receipt_urls", "promotion"):
        if name in frame.columns:
            cells = [json.loads(cell) if isinstance(cell, str) else cell for cell in frame[name]]
            frame[name] = pd.Series(cells, index=frame.index, dtype="object")
    return frame
