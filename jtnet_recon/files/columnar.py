"""Reading tables that already have typed columns: Parquet files and frames."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from jtnet_recon.files.grid import Body, Origin, digest_of
from jtnet_recon.files.header import named
from jtnet_recon.files.headings import clean_heading
from jtnet_recon.files.source import damaged

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from jtnet_recon.files.faults import Place

_FRAME_NAME = "DataFrame"


def read_parquet(data: bytes, name: str) -> Body:
    """Read a Parquet file; checksums of its pages are verified where it has them."""
    origin = Origin("parquet", name, digest_of(data))
    table = parquet_table(data, origin.place)
    columns = [plain_cells(column.to_pylist()) for column in table.columns]
    return named(Body(origin, [clean_heading(text) for text in table.column_names], columns, 1))


def parquet_table(data: bytes, place: Place) -> pa.Table:
    """Open Parquet bytes, or say that they are broken."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.ParquetFile(pa.BufferReader(data), page_checksum_verification=True).read()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise damaged(place, str(error).split("\n")[0][:200]) from error


def read_frame(frame: pd.DataFrame) -> Body:
    """Take a frame's columns as they are; its index is not part of the table."""
    headings = [clean_heading(str(name)) for name in frame.columns]
    columns = [plain_cells(_objects(frame.iloc[:, at])) for at in range(frame.shape[1])]
    origin = Origin("frame", _FRAME_NAME, rows_digest(headings, columns))
    return named(Body(origin, headings, columns, 1))


def rows_digest(headings: list[str], columns: list[list[Any]]) -> str:
    """Return the SHA-256 over headings and cells as text, for sources that are no file."""
    digest = hashlib.sha256("\x1f".join(headings).encode("utf-8", "surrogatepass"))
    for column in columns:
        text = "\x1f".join("\x00" if cell is None else str(cell) for cell in column)
        digest.update(b"\x1e" + text.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def plain_cells(cells: list[Any]) -> list[Any]:
    """Write nested cells and bytes as text, so that every cell is one value."""
    if not any(isinstance(cell, (dict, list, tuple, set, bytes)) for cell in cells):
        return cells
    return [_plain(cell) for cell in cells]


def _plain(cell: Any) -> Any:
    if isinstance(cell, bytes):
        return cell.decode("utf-8", errors="backslashreplace")
    if isinstance(cell, (dict, list, tuple, set)):
        return json.dumps(cell, ensure_ascii=False, default=str)
    return cell


def _objects(values: pd.Series[Any]) -> list[Any]:
    """Turn a column into Python values, every kind of missing being None."""
    cells: list[Any] = values.astype("object").tolist()
    missing = values.isna().to_numpy()
    if missing.any():
        return [None if gone else cell for cell, gone in zip(cells, missing, strict=True)]
    return cells
