"""The two inputs as the engine sees them: frames, Arrow tables, Parquet files, DuckDB relations.

A side is a view with a column ``row``, the row's number in the input, and only the columns that
the rule can use. Frames are handed over without copying; what is larger than memory is read by
the engine, which spills to disk.
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from jtnet_recon.errors import ConfigError, TableError
from jtnet_recon.recon.large import (
    OWN,
    check_schema,
    columns_of,
    count_rows,
    engine_name,
    open_large,
    path_of,
    to_frame,
)
from jtnet_recon.tables import conform

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jtnet_recon.columns import Table

Source = Any
"""A DataFrame, a path of a Parquet file, an Arrow table or reader, or a DuckDB relation."""


@dataclass(frozen=True, slots=True)
class Side:
    """One input, ready for the engine.

    Parameters
    ----------
    name : {"payments", "ledger"}
        Which side; its view is ``<name>_src``.
    table : Table
        What was declared for it.
    rows : int
        How many rows it has.
    columns : frozenset of str
        The columns that the rule can use, as the input calls them; in the view each has its
        :func:`engine_name`.
    frame : DataFrame or None
        The conformed frame, if a frame was given.
    attrs : dict
        What came with it: the pull's certificate, the description of the source.
    flat : Table or None
        What its view shows, if a frame was given.
    """

    name: str
    table: Table
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


def open_side(
    connection: duckdb.DuckDBPyConnection, source: Source, name: str, table: Table, *names: str
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
    table : Table
        What it must be.
    *names : str
        Its key, then other columns that the rule names beside those of the table.

    Returns
    -------
    Side
        Its view is ``<name>_src``. What the rule cannot use stays out of the engine's way: a
        column of the user's own may be called anything.

    Raises
    ------
    TableError
        If it is not the table it should be.
    ConfigError
        If it is of no kind that can be read.
    """
    kept = frozenset((*table.names, *names))
    if isinstance(source, pd.DataFrame):
        return _open_frame(connection, source, name, table, kept, key=names[0])
    attrs = open_large(connection, source, name, kept)
    view = columns_of(connection, f"{name}_src")
    columns = {column: view[engine_name(column)] for column in kept if engine_name(column) in view}
    _check_case(columns)
    check_schema(connection, f"{name}_src", columns, table)
    rows = count_rows(connection, f"{name}_src", names[0])
    return Side(name, table, rows, frozenset(columns), None, attrs)


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
    frame = to_frame(fetched).sort_values("row").set_index("row")
    own = {
        name: name.removeprefix(OWN) for name in map(str, frame.columns) if name not in side.columns
    }
    return conform(frame.rename(columns=own), side.table, fill=False)


def check_repeats(rows: pd.DataFrame, name: str) -> None:
    """Refuse rows that are there twice: one payment would count as two.

    Parameters
    ----------
    rows : DataFrame
        The payments that are not alone under their order, indexed by their number in the input:
        a repeated one is among them.
    name : str
        The column that names a row.

    Raises
    ------
    TableError
        If a name stands twice.
    """
    repeated = rows[rows[name].duplicated() & rows[name].notna()]
    if repeated.empty:
        return
    value, number = str(repeated[name].iloc[0]), int(repeated.index[0])
    message = f"payments.{name}: {value!r} stands twice, the second time in row {number}."
    raise TableError(
        message,
        column=name,
        value=value,
        hint=f"Keep its newest state: payments.drop_duplicates({name!r}, keep='last').",
        hint_ko=f"같은 건이 두 번 있습니다. 최신 상태만 남기세요: payments.drop_duplicates({name!r}, keep='last')",
    )


def flat_table(
    frame: pd.DataFrame,
    *,
    rows: np.ndarray[Any, Any] | None = None,
    names: Iterable[str] | None = None,
) -> pa.Table:
    """Turn the flat columns of a frame into an Arrow table, text without copying.

    Parameters
    ----------
    frame : DataFrame
        Conformed.
    rows : ndarray of int64, optional
        The rows' numbers; 0, 1, … without it.
    names : iterable of str, optional
        The columns to take, where they are; all without it.

    Returns
    -------
    Table
        With the column ``row``; nested columns are left out.
    """
    numbers = np.arange(len(frame), dtype="int64") if rows is None else rows
    columns: dict[str, Any] = {"row": pa.array(numbers)}
    wanted = None if names is None else frozenset(names)
    for name in frame.columns:
        if frame[name].dtype != object and (wanted is None or name in wanted):
            columns[engine_name(str(name))] = pa.Array.from_pandas(frame[name])
    return pa.table(columns)


def _open_frame(  # noqa: PLR0913 - the input, what it must be and which of it is used
    connection: duckdb.DuckDBPyConnection,
    source: pd.DataFrame,
    name: str,
    table: Table,
    kept: frozenset[str],
    *,
    key: str,
) -> Side:
    """Conform a frame and hand over the flat columns that the rule can use."""
    frame = _without_blank_keys(conform(source, table, fill=False), key)
    flat = flat_table(frame, names=kept)
    connection.register(f"{name}_src", flat)
    columns = frozenset(n for n in kept if engine_name(n) in flat.column_names)
    _check_case(columns)
    return Side(name, table, len(frame), columns, frame, _attrs(source), flat)


def _without_blank_keys(frame: pd.DataFrame, key: str) -> pd.DataFrame:
    """Take an empty or blank key for what it is: a missing one, which matches nothing."""
    keys = pa.Array.from_pandas(frame[key])
    is_blank = pc.or_(pc.utf8_is_space(keys), pc.equal(keys, ""))
    if not pc.any(is_blank).as_py():
        return frame
    return frame.assign(
        **{key: frame[key].mask(np.asarray(pc.fill_null(is_blank, pa.scalar(value=False))))}
    )


def _check_case(names: Iterable[str]) -> None:
    """Refuse columns whose names differ in case only: to the engine they are one."""
    seen: dict[str, str] = {}
    for name in sorted(names):
        other = seen.setdefault(name.lower(), name)
        if other != name:
            message = (
                f"The rule names the columns {other!r} and {name!r}, which differ in case only."
            )
            raise ConfigError(
                message,
                hint="Rename one of them.",
                hint_ko="대소문자만 다른 두 열입니다. 하나의 이름을 바꾸세요.",
            )


def _attrs(frame: pd.DataFrame) -> dict[str, Any]:
    """Return what came with a frame."""
    return {str(name): value for name, value in frame.attrs.items()}
