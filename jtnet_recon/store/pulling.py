"""The windows of a pull that has not ended, each a file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, MutableMapping
from typing import TYPE_CHECKING

from jtnet_recon.atomic import atomic_path

if TYPE_CHECKING:
    from pathlib import Path

PULLING = "pulling"
_OWNERS = 0o700
_DIGEST_BYTES = 32


class Pulling(MutableMapping[str, bytes]):
    """A folder as a mapping of text to bytes.

    A value is written whole or not at all, and one whose bytes have changed is not there.

    Parameters
    ----------
    folder : Path
        It is made when something is kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __getitem__(self, key: str) -> bytes:
        """Return what is kept under a key."""
        found = self._read(self._path(key))
        if found is None or found[0] != key:
            raise KeyError(key)
        return found[1]

    def __setitem__(self, key: str, value: bytes) -> None:
        """Keep a value; an older one is replaced."""
        self._folder.mkdir(mode=_OWNERS, exist_ok=True)
        name = key.encode()
        body = len(name).to_bytes(4, "big") + name + value
        with atomic_path(self._path(key)) as temporary:
            temporary.write_bytes(hashlib.sha256(body).digest() + body)

    def __delitem__(self, key: str) -> None:
        """Remove a value."""
        try:
            self._path(key).unlink()
        except FileNotFoundError as error:
            raise KeyError(key) from error

    def __iter__(self) -> Iterator[str]:
        """Yield the keys whose values can be read."""
        for path in sorted(self._folder.glob("[!.]*.window")):
            found = self._read(path)
            if found is not None:
                yield found[0]

    def __len__(self) -> int:
        """Return how many values can be read."""
        return sum(1 for _ in self)

    def _path(self, key: str) -> Path:
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()}.window"

    @staticmethod
    def _read(path: Path) -> tuple[str, bytes] | None:
        """Read a file's key and value; None if it is gone or not what was written."""
        try:
            data = path.read_bytes()
        except OSError:
            return None
        digest, body = data[:_DIGEST_BYTES], data[_DIGEST_BYTES:]
        if hashlib.sha256(body).digest() != digest:
            return None
        end = 4 + int.from_bytes(body[:4], "big")
        return body[4:end].decode(), body[end:]
