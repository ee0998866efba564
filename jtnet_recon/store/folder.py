"""The store's folder: its owner's alone, its Parquet files named by the SHA-256 of their bytes."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from jtnet_recon.atomic import atomic_path
from jtnet_recon.files.columnar import parquet_table
from jtnet_recon.files.faults import Place
from jtnet_recon.files.frames import to_arrow, to_frame
from jtnet_recon.files.payments import read_payments, write_payments
from jtnet_recon.store import faults
from jtnet_recon.store.pulling import PULLING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd

_KEY = b"jtnet_recon"
_DATABASE = "store.sqlite"
_TABLES = "tables"
_OWN = frozenset({_TABLES, PULLING, "writer.json"})
_INCOMING = "incoming.parquet"
_OWNERS = 0o700
_OTHERS = 0o077
_READ_AT_ONCE = 1 << 20


class Folder:
    """Where the store lies.

    Parameters
    ----------
    path : Path
        The folder; it is made if it is absent, the folder above it is not.

    Raises
    ------
    StoreError
        If it is a file, or a folder with other things in it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.database = path / _DATABASE
        self.tables = path / _TABLES
        self._open()

    @property
    def is_fresh(self) -> bool:
        """Whether nothing was ever kept here."""
        return not any(self.tables.glob("[!.]*.parquet"))

    def put(self, frame: pd.DataFrame, what: str) -> str:
        """Keep a frame.

        Parameters
        ----------
        frame : DataFrame
            Any; the same columns and rows are always the same bytes.
        what : str
            What its rows are called.

        Returns
        -------
        str
            The SHA-256 of the file, which is its name.
        """
        return self._keep(lambda path: _write(frame, path, what))

    def put_payments(self, payments: pd.DataFrame) -> str:
        """Keep payments with their certificate, sealed as ``write_payments`` seals them.

        Parameters
        ----------
        payments : DataFrame, table PAYMENTS
            With or without a certificate in ``attrs["pull"]``.

        Returns
        -------
        str
            The SHA-256 of the file, which is its name.
        """
        return self._keep(lambda path: write_payments(_plain(payments), path))

    def get(self, sha256: str) -> pd.DataFrame:
        """Return a kept frame as it was.

        Parameters
        ----------
        sha256 : str
            Of its file.

        Returns
        -------
        DataFrame
            With the columns and dtypes it was kept with.

        Raises
        ------
        StoreError
            If the file is gone or changed.
        """
        data = self._checked(sha256).read_bytes()
        table = parquet_table(data, Place(f"{sha256[:12]}.parquet"))
        return to_frame(table, json.loads((table.schema.metadata or {})[_KEY]))

    def get_payments(self, sha256: str) -> pd.DataFrame:
        """Return kept payments, their certificate in ``attrs["pull"]``.

        Parameters
        ----------
        sha256 : str
            Of their file.

        Returns
        -------
        DataFrame, table PAYMENTS
            As they were kept.

        Raises
        ------
        StoreError
            If the file is gone or changed.
        """
        return read_payments(self._checked(sha256))

    def file(self, sha256: str) -> Path:
        """Return where a kept table lies."""
        return self.tables / f"{sha256}.parquet"

    def tidy(self) -> None:
        """Remove what killed writers left half-written; only the store's writer may call it."""
        for path in self.tables.iterdir():
            if path.name == _INCOMING or path.name.startswith("."):
                with suppress(OSError):
                    path.unlink()

    def _open(self) -> None:
        if self.path.exists() and not self.path.is_dir():
            raise faults.foreign(self.path, "it is a file, a store is a folder")
        if self.path.is_dir() and not self.database.exists() and any(self._others()):
            raise faults.foreign(self.database, "the folder holds other things")
        try:
            self.path.mkdir(mode=_OWNERS, exist_ok=True)
            self.tables.mkdir(mode=_OWNERS, exist_ok=True)
            self._close_to_others()
        except OSError as error:
            raise faults.failed(self.database, error.strerror or str(error)) from error

    def _others(self) -> list[Path]:
        """List what is not ours; the system's own hidden files may lie anywhere."""
        found = [path for path in self.path.iterdir() if path.name not in _OWN]
        return [path for path in found if not path.name.startswith(".")]

    def _close_to_others(self) -> None:
        """Take back what others may do in the folder; Windows keeps that in the owner's profile."""
        if os.name == "nt":
            return
        for folder in (self.path, self.tables):
            if folder.stat().st_mode & _OTHERS:
                folder.chmod(_OWNERS)

    def _keep(self, write: Callable[[Path], None]) -> str:
        """Write a file, then give it its digest as its name; it is on the disk afterwards."""
        incoming = self.tables / _INCOMING
        os.close(os.open(incoming, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
        try:
            write(incoming)
            sha256 = _digest(incoming)
            final = self.file(sha256)
            # What is there under this name is the same, unless something has damaged it since.
            if not final.exists() or _digest(final) != sha256:
                with atomic_path(final) as temporary:
                    incoming.replace(temporary)
        finally:
            incoming.unlink(missing_ok=True)
        return sha256

    def _checked(self, sha256: str) -> Path:
        """Return the file of a digest, if its bytes still have it."""
        path = self.file(sha256)
        if not path.exists():
            raise faults.damaged(self.database, f"the table {sha256[:12]}… is gone")
        if _digest(path) != sha256:
            raise faults.damaged(self.database, f"the table {sha256[:12]}… has changed")
        return path


def _write(frame: pd.DataFrame, path: Path, what: str) -> None:
    """Write a frame to a Parquet file that only this frame makes."""
    import pyarrow.parquet as pq

    table, described = to_arrow(_plain(frame), path.name, what)
    text = json.dumps(described, ensure_ascii=False, sort_keys=True).encode("utf-8")
    table = table.replace_schema_metadata({_KEY: text})
    pq.write_table(table, path, compression="zstd", write_page_checksum=True)


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Bring the cells of untyped columns to what JSON can hold, every kind of missing to None."""
    import pandas as pd

    untyped = [name for name in frame.columns if frame[name].dtype == "object"]
    plain = {
        str(name): pd.Series([_cell(cell) for cell in frame[name]], frame.index, dtype="object")
        for name in untyped
    }
    return frame.assign(**plain)


def _cell(cell: Any) -> Any:
    import numpy as np
    import pandas as pd

    if isinstance(cell, np.ndarray):
        return cell.tolist()
    if pd.api.types.is_scalar(cell) and pd.isna(cell):
        return None
    return cell.item() if isinstance(cell, np.generic) else cell


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(_READ_AT_ONCE):
            digest.update(part)
    return digest.hexdigest()
