"""Keeping table PAYMENTS with its certificate in a Parquet file."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jtnet_recon.atomic import atomic_path
from jtnet_recon.errors import TableError
from jtnet_recon.files.columnar import parquet_table
from jtnet_recon.files.faults import Place
from jtnet_recon.files.frames import to_arrow, to_frame
from jtnet_recon.files.source import kind_of, read_file
from jtnet_recon.tables import PAYMENTS, conform

if TYPE_CHECKING:
    import os

    import pandas as pd
    import pyarrow as pa

_KEY = b"jtnet_recon"
_FORMAT = 1
# Page checksums leave the footer out, so the whole file has one: the SHA-256 of its bytes with
# zeros in the place of the digest. The place is found as the last mark; only encoded text follows.
_MARK = b"jtnet-recon sha256 "
_NO_DIGEST = b"0" * 64
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
        _seal(temporary)


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
    is_sealed = _check_seal(data, place)
    table = parquet_table(data, place)
    described = _description(table, place, is_sealed=is_sealed)
    payments = to_frame(table, described, nested=_NESTED)
    try:
        payments = conform(payments, PAYMENTS)
    except TableError as error:
        raise place.fault(error.message, hint=error.hint, hint_ko=error.hint_ko) from error
    payments.attrs = described.get("attrs", {})
    return payments


def _to_arrow(payments: pd.DataFrame, name: str) -> pa.Table:
    """Build the Arrow table and describe it in its metadata."""
    table, columns = to_arrow(payments, name, "payments")
    described = {
        "format": _FORMAT,
        **columns,
        "attrs": {"pull": payments.attrs["pull"]} if "pull" in payments.attrs else {},
    }
    text = json.dumps(described, ensure_ascii=False, allow_nan=False).encode("utf-8")
    return table.replace_schema_metadata({_KEY: text + _MARK + _NO_DIGEST})


def _seal(path: Path) -> None:
    """Write the digest of the whole file into its place."""
    data = path.read_bytes()
    at = data.rindex(_MARK) + len(_MARK)
    with path.open("r+b") as file:
        file.seek(at)
        file.write(_digest(data, at))


def _check_seal(data: bytes, place: Place) -> bool:
    """Tell whether a file has a digest of all its bytes; refuse one that does not agree."""
    at = data.rfind(_MARK) + len(_MARK)
    if at < len(_MARK):
        return False
    if data[at : at + len(_NO_DIGEST)] != _digest(data, at):
        raise _changed(place)
    return True


def _digest(data: bytes, at: int) -> bytes:
    """Return the SHA-256 of a file's bytes with zeros where its digest stands."""
    digest = hashlib.sha256(memoryview(data)[:at])
    digest.update(_NO_DIGEST)
    digest.update(memoryview(data)[at + len(_NO_DIGEST) :])
    return digest.hexdigest().encode()


def _changed(place: Place) -> TableError:
    """Say that the file is not the one that was written."""
    return place.fault(
        what="it is damaged, or another program has changed it: its checksum does not match.",
        hint="Pull the payments again, or take an unchanged copy. What a program has made of "
        "them is read with pandas.read_parquet(...).",
        hint_ko="파일이 손상되었거나 다른 프로그램이 변경했습니다. 다시 수집하거나 원본을 쓰세요.",
    )


def _description(table: pa.Table, place: Place, *, is_sealed: bool) -> dict[str, Any]:
    """Read what was said about the table; nothing if it is not ours."""
    raw = (table.schema.metadata or {}).get(_KEY)
    if raw is None and not is_sealed:
        return {}
    if raw is None or not is_sealed:
        raise _changed(place)
    described: dict[str, Any] = json.loads(raw.rpartition(_MARK)[0])
    if described["format"] > _FORMAT:
        raise place.fault(
            what=f"it was written by a newer version (format {described['format']}).",
            hint="Upgrade jtnet-recon.",
            hint_ko="jtnet-recon을 최신 버전으로 올리세요.",
        )
    return described
