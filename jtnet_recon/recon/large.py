"""Inputs that the engine reads by itself: Parquet files, Arrow tables, DuckDB relations.

They may be larger than memory: nothing here makes a frame of more rows than are asked for.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from jtnet_recon.errors import ConfigError, TableError
from jtnet_recon.recon.links import quoted

if TYPE_CHECKING:
    from jtnet_recon.columns import Kind, Table

OWN = "own "


def engine_name(name: str) -> str:
    """Return what the engine calls a column: ``row`` is the number of a row there.

    Parameters
    ----------
    name : str
        A column that the rule uses.

    Returns
    -------
    str
        The same, or another name for a column called row.
    """
    return f"{OWN}{name}" if name.lower() == "row" else name


def path_of(source: Any) -> Path | None:
    """Return the path if the source is one.

    Parameters
    ----------
    source : object
        Any input.

    Returns
    -------
    Path or None
        Absolute.
    """
    return Path(source).resolve() if isinstance(source, (str, Path)) else None


def open_large(
    connection: duckdb.DuckDBPyConnection, source: Any, name: str, kept: frozenset[str]
) -> dict[str, Any]:
    """Make the view of an input that the engine reads by itself.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Of :func:`jtnet_recon.recon.sources.connect`.
    source : object
        A path of a Parquet file, an Arrow table or reader, or a DuckDB relation.
    name : {"payments", "ledger"}
        Which side; the view is ``<name>_src``, with the column ``row``.
    kept : frozenset of str
        The columns that the rule can use; all others are set apart under names of their own.

    Returns
    -------
    dict
        What was kept with the table.

    Raises
    ------
    TableError
        If a file is not there, or no Parquet file.
    ConfigError
        If the input is of no kind that can be read.
    """
    path = path_of(source)
    if path is not None:
        return _open_parquet(connection, path, name, kept)
    if isinstance(source, pa.Table):
        named = source.rename_columns([_view_name(column, kept) for column in source.column_names])
        numbered = named.append_column("row", pa.array(np.arange(source.num_rows)))
        connection.register(f"{name}_src", numbered)
        return {}
    reader = source.to_arrow_reader() if isinstance(source, duckdb.DuckDBPyRelation) else source
    if not isinstance(reader, pa.RecordBatchReader):
        message = f"The {name} cannot be read from a {type(source).__name__}."
        hint = "Give a DataFrame, a Parquet path, an Arrow table or a DuckDB relation."
        hint_ko = "DataFrame, Parquet 파일 경로, Arrow 표, DuckDB relation 중 하나를 넣으세요."
        raise ConfigError(message, hint=hint, hint_ko=hint_ko)
    connection.register("incoming", reader)
    connection.execute(
        f"CREATE TEMP TABLE {name}_read AS SELECT {_projection(connection, 'incoming', kept)}, "
        "(row_number() OVER () - 1)::BIGINT AS row FROM incoming"
    )
    connection.execute(f"CREATE TEMP VIEW {name}_src AS FROM {name}_read")
    connection.unregister("incoming")
    return {}


def _view_name(column: str, kept: frozenset[str]) -> str:
    """Name a column in the view: what the rule cannot use is set apart."""
    return engine_name(column) if column in kept else f"{OWN}{column}"


def _projection(connection: duckdb.DuckDBPyConnection, source: str, kept: frozenset[str]) -> str:
    """Write the columns of a source under their names in the view."""
    return ", ".join(
        f"{quoted(column)} AS {quoted(_view_name(column, kept))}"
        for column in columns_of(connection, source)
    )


def _open_parquet(
    connection: duckdb.DuckDBPyConnection, path: Path, name: str, kept: frozenset[str]
) -> dict[str, Any]:
    """Make the view of a Parquet file; rows are numbered by the file itself."""
    if not path.is_file():
        message = f"{path.name}: there is no such file."
        raise TableError(
            message,
            file=path.name,
            hint="Check the name and the folder.",
            hint_ko="파일 이름과 폴더를 확인하세요.",
        )
    literal = str(path).replace("'", "''")
    try:
        own = _projection(connection, f"read_parquet('{literal}')", kept)
        connection.execute(
            f"CREATE TEMP VIEW {name}_src AS SELECT {own}, "
            f"file_row_number AS row FROM read_parquet('{literal}', file_row_number = true)"
        )
    except duckdb.Error as error:
        message = f"{path.name} is not a Parquet file that can be read."
        hint = "Give a Parquet file, or read it with read_ledger(path) first."
        hint_ko = "Parquet 파일을 넣거나 read_ledger(경로)로 먼저 읽으세요."
        raise TableError(message, file=path.name, hint=hint, hint_ko=hint_ko) from error
    return _attrs_of(path)


def count_rows(connection: duckdb.DuckDBPyConnection, view: str, key: str) -> int:
    """Count the rows of a view, and make empty and blank keys in it missing ones.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds the view, which is replaced where it has such keys.
    view : str
        Its name.
    key : str
        Its key column.

    Returns
    -------
    int
        How many rows it has.
    """
    name = quoted(engine_name(key))
    blank = f"trim({name}, ' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288)) = ''"
    rows = connection.sql(f"SELECT count(*) FROM {view}").fetchall()[0][0]
    # White space sorts before "!" or is no ASCII: few keys have to be looked at closely.
    blanks = f"SELECT 1 FROM {view} WHERE ({name} < '!' OR {name} > '~') AND {blank} LIMIT 1"
    if connection.sql(blanks).fetchall():
        connection.execute(f"ALTER VIEW {view} RENAME TO {view}_blank")
        connection.execute(
            f"CREATE TEMP VIEW {view} AS SELECT * REPLACE "
            f"(CASE WHEN {blank} THEN NULL ELSE {name} END AS {name}) FROM {view}_blank"
        )
    return int(rows)


def _attrs_of(path: Path) -> dict[str, Any]:
    """Read what write_payments kept with the table: the pull's certificate."""
    import pyarrow.parquet as pq

    described = (pq.read_schema(path).metadata or {}).get(b"jtnet_recon")
    if described is None:
        return {}
    # The description is JSON; the seal of the file follows it.
    attrs: dict[str, Any] = json.JSONDecoder().raw_decode(described.decode())[0].get("attrs", {})
    return attrs


def columns_of(connection: duckdb.DuckDBPyConnection, view: str) -> dict[str, str]:
    """Name the columns of a view and their types.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds it.
    view : str
        Its name, or a call that reads a file.

    Returns
    -------
    dict of str to str
        Column to type.
    """
    rows = connection.execute(f"DESCRIBE SELECT * FROM {view}").fetchall()
    return {str(row[0]): str(row[1]) for row in rows}


_INTEGERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT"})
_FITTING: dict[Kind, tuple[frozenset[str], str, str, str]] = {
    "money": (
        _INTEGERS,
        "whole minor units",
        "Store amounts as 64-bit integers.",
        "금액을 64비트 정수로 저장하세요.",
    ),
    "text": (
        frozenset({"VARCHAR"}),
        "text",
        "Store ids and codes as text.",
        "번호와 코드를 텍스트로 저장하세요.",
    ),
    "number": (_INTEGERS, "whole numbers", "Store them as integers.", "정수로 저장하세요."),
    "flag": (
        frozenset({"BOOLEAN"}),
        "true or false",
        "Store them as booleans.",
        "참/거짓(boolean)으로 저장하세요.",
    ),
    "instant": (
        frozenset({"TIMESTAMP WITH TIME ZONE"}),
        "instants with a time zone",
        "Store them as timestamps of a zone, such as Asia/Seoul.",
        "Asia/Seoul 같은 시간대가 있는 timestamp로 저장하세요.",
    ),
    "day": (
        frozenset({"DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"}),
        "days without a time zone",
        "Store them as dates.",
        "날짜(date)로 저장하세요.",
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
    fitting, what, hint, hint_ko = _FITTING.get(kind, (frozenset({found}), "", "", ""))
    if found not in fitting and found != _NO_TYPE:
        message = f"{table}.{name}: {what} are expected, not {found}."
        raise TableError(message, column=name, hint=hint, hint_ko=hint_ko)


def check_schema(
    connection: duckdb.DuckDBPyConnection, view: str, columns: dict[str, str], table: Table
) -> None:
    """Refuse a table without its columns, or with a column that is not exact.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds the view.
    view : str
        Its name.
    columns : dict of str to str
        The columns the rule can use, and their types.
    table : Table
        What it must be.

    Raises
    ------
    TableError
        If it is not.
    """
    for column in table.columns:
        kind = columns.get(column.name)
        if kind is not None:
            check_type(column.name, column.kind, kind, table.name)
        elif column.required:
            message = f"{table.name}: there is no column {column.name!r}."
            seen = ", ".join(list(columns)[:12])
            raise TableError(
                message, column=column.name, hint=f"It has: {seen}.", hint_ko=f"있는 열: {seen}"
            )
    for column in table.columns:
        if column.kind == "money" and column.required:
            missing = f"SELECT count(*) - count({quoted(engine_name(column.name))}) FROM {view}"
            if connection.sql(missing).fetchall()[0][0]:
                message = f"{table.name}.{column.name}: an amount is missing."
                raise TableError(
                    message,
                    column=column.name,
                    hint="Fill it in at the source.",
                    hint_ko="원본에서 금액을 채우세요.",
                )


def to_frame(fetched: pa.Table) -> pd.DataFrame:
    """Turn fetched rows into a frame: integers stay integers, nested JSON is read.

    Parameters
    ----------
    fetched : Table
        Rows of a side.

    Returns
    -------
    DataFrame
        The same rows.
    """
    integers = {kind: pd.Int64Dtype() for kind in (pa.int8(), pa.int16(), pa.int32(), pa.int64())}
    frame: pd.DataFrame = fetched.to_pandas(
        types_mapper={**integers, pa.bool_(): pd.BooleanDtype()}.get
    )
    for name in ("cancel_history", "deposit_history", "cancel_receipt_urls", "promotion"):
        if name in frame.columns:
            cells = [json.loads(cell) if isinstance(cell, str) else cell for cell in frame[name]]
            frame[name] = pd.Series(cells, index=frame.index, dtype="object")
    return frame
