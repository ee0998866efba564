"""The store's journal of what was kept: a small SQLite database, one row an entry.

The bulk lies in Parquet files, each named by the SHA-256 of its bytes. A file is whole and on the
disk before the row that names it is committed, so a row never points at nothing, whenever the
process dies. Each row carries a digest over itself and the row before: SQLite has no checksums of
its pages, and a changed or missing row would otherwise go unseen.

Rollback journal, not WAL: SQLite before 3.51.3 can damage a WAL database that two connections
use. Source: sqlite.org/wal.html, "The WAL-Reset Bug".
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from jtnet_recon.store import faults
from jtnet_recon.store.holder import Holder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jtnet_recon.errors import StoreError

Kind = Literal["pull", "run"]

APPLICATION_ID = 0x4A54524E
"""Stands in the header of the file: this is a store of jtnet_recon and of nobody else."""

FORMAT = 1
_TABLES = {"pull": "pulls", "run": "runs"}
_SCHEMA = """
CREATE TABLE {table} (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    name   TEXT NOT NULL UNIQUE,
    facts  TEXT NOT NULL,
    digest TEXT NOT NULL
)
"""
_CODES = {
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_NOTADB: "foreign",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_FULL: "full",
}
_PRIMARY = 0xFF


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the journal.

    Parameters
    ----------
    number : int
        1 for the first of its kind; never given twice.
    name : str
        What the entry is, by content: the same thing kept twice is one entry.
    facts : dict
        All that is known of it.
    """

    number: int
    name: str
    facts: dict[str, Any]


class Database:
    """The journal's file; each call opens it, so that nothing stays locked or open.

    Parameters
    ----------
    path : Path
        The file.
    timeout_s : float
        How long to wait for another process that writes, in seconds.
    """

    def __init__(self, path: Path, timeout_s: float) -> None:
        self.path = path
        self.timeout_s = timeout_s
        self.holder = Holder(path.with_name("writer.json"))

    def prepare(self, *, is_fresh: bool) -> None:
        """Make the tables where there are none, and refuse what is not a store.

        Parameters
        ----------
        is_fresh : bool
            Whether the folder holds nothing that was ever kept. An empty database beside kept
            files is one that was lost, not a new one.

        Raises
        ------
        StoreError
            If the file is foreign, of a newer format, damaged or locked.
        """
        if not self.path.exists():
            if not is_fresh:
                raise faults.lost(self.path)
            # Made by us, so that it is its owner's alone; SQLite's own journal takes its mode over.
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        with self._connected() as connection:
            if _is_blank(connection):
                with self._immediate(connection):
                    if _is_blank(connection):
                        self._create(connection, is_fresh=is_fresh)
            self._check(connection)

    def entries(self, kind: Kind) -> list[Entry]:
        """Return every entry of a kind, oldest first, each checked.

        Parameters
        ----------
        kind : {"pull", "run"}
            Which.

        Returns
        -------
        list of Entry
            In the order in which they were committed.

        Raises
        ------
        StoreError
            If a row was changed or lost after it was committed.
        """
        with self._connected() as connection:
            return _checked(connection, kind, self.path)

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """Hold the store's one writer's place for the block, and commit at its end.

        Yields
        ------
        Writer
            Reads and adds entries; what it added is there after the block, or not at all.

        Raises
        ------
        StoreError
            If another process holds the place for longer than the timeout.
        """
        with self._connected() as connection, self._immediate(connection), self.holder.named():
            self._check(connection)
            yield Writer(connection, self.path)

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """Open the file for the block; say in our words what SQLite says in its own."""
        try:
            with closing(self._connect()) as connection:
                yield connection
        except sqlite3.Error as error:
            code = (getattr(error, "sqlite_errorcode", None) or 0) & _PRIMARY
            raise self._fault(_CODES.get(code, "failed"), error) from error

    def _connect(self) -> sqlite3.Connection:
        # mode=rw: a file that has gone away is an error, not a new empty store.
        uri = f"{self.path.resolve().as_uri()}?mode=rw"
        connection = sqlite3.connect(uri, uri=True, timeout=self.timeout_s, isolation_level=None)
        try:
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute("PRAGMA journal_mode = DELETE")
            # EXTRA also brings the end of the journal to the disk: a commit survives a power cut.
            connection.execute("PRAGMA synchronous = EXTRA")
        except BaseException:
            connection.close()
            raise
        return connection

    def _fault(self, what: str, error: sqlite3.Error) -> StoreError:
        if what == "locked":
            return faults.locked(self.path, self.holder.describe(), self.timeout_s)
        return faults.FAULTS[what](self.path, str(error))

    @contextmanager
    def _immediate(self, connection: sqlite3.Connection) -> Iterator[None]:
        """Take the write lock at once: one taken after reading would fail without waiting."""
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            # A full disk has ended the transaction already.
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def _create(self, connection: sqlite3.Connection, *, is_fresh: bool) -> None:
        if not is_fresh:
            raise faults.lost(self.path)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {FORMAT}")
        for table in _TABLES.values():
            connection.execute(_SCHEMA.format(table=table))

    def _check(self, connection: sqlite3.Connection) -> None:
        if _pragma(connection, "application_id") != APPLICATION_ID:
            raise faults.foreign(self.path, "it belongs to another program")
        version = _pragma(connection, "user_version")
        if version > FORMAT:
            raise faults.newer(self.path, version)


class Writer:
    """Adds entries to the journal, inside one transaction.

    Parameters
    ----------
    connection : Connection
        Inside the transaction.
    path : Path
        The database's file, for errors.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    def entries(self, kind: Kind) -> list[Entry]:
        """Return every entry of a kind, oldest first, each checked.

        Parameters
        ----------
        kind : {"pull", "run"}
            Which.

        Returns
        -------
        list of Entry
            As they stand inside the transaction.
        """
        return _checked(self._connection, kind, self._path)

    def add(self, kind: Kind, name: str, facts: dict[str, Any]) -> Entry:
        """Add an entry; one of this name that is there already stays as it is.

        Parameters
        ----------
        kind : {"pull", "run"}
            Which.
        name : str
            What it is, by content.
        facts : dict
            What JSON can hold.

        Returns
        -------
        Entry
            The new one, or the one that was there.
        """
        present = {entry.name: entry for entry in self.entries(kind)}
        if name in present:
            return present[name]
        table = _TABLES[kind]
        last = self._connection.execute(
            f"SELECT digest FROM {table} ORDER BY number DESC LIMIT 1"  # noqa: S608 - a constant
        ).fetchone()
        text = json.dumps(facts, sort_keys=True, allow_nan=False)
        digest = _digest(last[0] if last else "", name, text)
        added = self._connection.execute(
            f"INSERT INTO {table} (name, facts, digest) VALUES (?, ?, ?)",  # noqa: S608 - the same
            (name, text, digest),
        )
        return Entry(int(added.lastrowid or 0), name, json.loads(text))


def _checked(connection: sqlite3.Connection, kind: Kind, path: Path) -> list[Entry]:
    """Read the rows of a kind along their chain of digests."""
    rows = connection.execute(
        f"SELECT number, name, facts, digest FROM {_TABLES[kind]} ORDER BY number"  # noqa: S608 - a constant
    )
    entries, before = [], ""
    for place, (number, name, facts, digest) in enumerate(rows, start=1):
        before = _digest(before, name, facts)
        if digest != before or number != place:
            raise faults.damaged(path, f"{kind} {place} is not what was kept")
        entries.append(Entry(number, name, json.loads(facts)))
    # SQLite remembers the highest number it ever gave: rows cut off at the end are missed, too.
    given = connection.execute(
        "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ?", (_TABLES[kind],)
    ).fetchone()[0]
    if given != len(entries):
        raise faults.damaged(path, f"{kind} {len(entries) + 1} is gone")
    return entries


def _digest(before: str, name: str, facts: str) -> str:
    """Return the digest of a row that follows another one."""
    return hashlib.sha256(json.dumps([before, name, facts]).encode()).hexdigest()


def _is_blank(connection: sqlite3.Connection) -> bool:
    """Tell whether nobody has written into the file yet."""
    count = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    return not count and not _pragma(connection, "application_id")


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])
