"""What was meant to be sent, written down before it was sent: one line an event, for ever.

Each line is JSON and holds the SHA-256 of the line before it, so that nobody can take one out or
change it without that being seen. No card, no secret and no text of the server stands in it.
"""

from __future__ import annotations

import json
import os
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jtnet_recon.atomic import flush_folder
from jtnet_recon.errors import StoreError
from jtnet_recon.period import KST

if TYPE_CHECKING:
    from collections.abc import Callable

    Entry = dict[str, Any]

VERSION = 1
OWNER_ONLY = 0o600
_FIRST = "0" * 64
# Far behind any journal's end: on Windows a locked byte cannot be read by others.
_LOCK_AT = 2**40


class Journal:
    """An open journal; only one program can have it open.

    Parameters
    ----------
    path : str or PathLike
        The file; made if it is not there, readable by its owner only.
    now : callable
        Unix seconds.

    Raises
    ------
    StoreError
        If another program has it open, or it is no journal, or was changed.
    """

    def __init__(self, path: str | os.PathLike[str], *, now: Callable[[], float]) -> None:
        self._path = Path(path)
        self._now = now
        self._handle = _open(self._path)
        try:
            _lock(self._handle, self._path)
            self.entries = self._mended()
        except BaseException:
            os.close(self._handle)
            raise
        self._is_open = True

    def write(self, event: str, plan: str, **fields: Any) -> Entry:
        """Append one event, and return when the disk has it.

        Parameters
        ----------
        event : str
            ``intent``, ``outcome`` or ``resolved``.
        plan : str
            The plan it is about.
        **fields : Any
            JSON.

        Returns
        -------
        dict
            The event as it was written.
        """
        at = datetime.fromtimestamp(self._now(), KST).isoformat(timespec="milliseconds")
        entry = {"v": VERSION, "at": at, "event": event, "plan": plan, **fields}
        entry["previous"] = self.entries[-1]["digest"] if self.entries else _FIRST
        line = json.dumps(entry, ensure_ascii=False, sort_keys=True).encode()
        self._append(line)
        self.entries.append({**entry, "digest": _digest(line)})
        return entry

    def close(self) -> None:
        """Close and unlock."""
        if self._is_open:
            self._is_open = False
            os.close(self._handle)

    def _append(self, line: bytes) -> None:
        if not self._is_open:
            raise StoreError(
                message=f"The journal {self._path.name} is closed.",
                hint="Open the operations again. Nothing was sent.",
                hint_ko="닫힌 저널입니다. 다시 여세요. 아무것도 전송하지 않았습니다.",
            )
        try:
            written = os.write(self._handle, line + b"\n")
            os.fsync(self._handle)
        except OSError as error:
            reason = error.strerror
        else:
            if written == len(line) + 1:
                return
            reason = "only a part of the line could be written"
        raise StoreError(
            message=f"The journal {self._path.name} cannot be written: {reason}.",
            hint="Nothing was sent after this. Free some space on the disk.",
            hint_ko="저널에 기록할 수 없어 전송하지 않았습니다. 디스크 공간을 확인하세요.",
        )

    def _mended(self) -> list[Entry]:
        """Read what is there; a line that was cut by a crash is kept, and marked as such."""
        content = self._path.read_bytes()
        entries = _read(content, self._path)
        last = content.rpartition(b"\n")[2]
        if last:
            os.write(self._handle, b"\n")
        if last and _parsed(last) is None:
            # It was never on the disk as a whole, so what it announced was never sent.
            self._is_open, self.entries = True, entries
            self.write("torn", "", bytes=len(last))
        return entries


def read_journal(path: str | os.PathLike[str]) -> list[Entry]:
    """Read a journal and check that no line was changed or taken out.

    Parameters
    ----------
    path : str or PathLike
        The file.

    Returns
    -------
    list of dict
        One an event, oldest first, each with the ``digest`` of its line.

    Raises
    ------
    StoreError
        If it is no journal, or a line does not follow from the one before.
    """
    return _read(Path(path).read_bytes(), Path(path))


def _read(content: bytes, path: Path) -> list[Entry]:
    *lines, last = content.split(b"\n")
    if last and _parsed(last) is not None:
        lines.append(last)
    elif last and not last.startswith(b'{"at"'):
        raise _changed(path, len(lines) + 1)
    entries: list[Entry] = []
    previous = _FIRST
    for number, line in enumerate(lines, start=1):
        entry = _parsed(line)
        if entry is None and _is_marked_torn(lines[number:]):
            continue
        if entry is None or entry.get("previous") != previous:
            raise _changed(path, number)
        previous = _digest(line)
        entries.append({**entry, "digest": previous})
    return entries


def _is_marked_torn(following: list[bytes]) -> bool:
    entry = _parsed(following[0]) if following else None
    return entry is not None and entry.get("event") == "torn"


def _parsed(line: bytes) -> Entry | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) and entry.get("v") == VERSION else None


def _digest(line: bytes) -> str:
    return sha256(line).hexdigest()


def _open(path: Path) -> int:
    """Open for appending, readable by its owner only, also where it was more open before."""
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), OWNER_ONLY)
    except OSError as error:
        reason = error.strerror
    else:
        if hasattr(os, "fchmod"):
            os.fchmod(handle, OWNER_ONLY)
        flush_folder(path.absolute().parent)
        return handle
    raise StoreError(
        message=f"The journal {path.name} cannot be opened: {reason}.",
        hint="Name a file in a folder of your own; links are not followed. Nothing was sent.",
        hint_ko="저널 파일을 열 수 없습니다. 본인 폴더의 파일을 지정하세요.",
    )


def _lock(handle: int, path: Path) -> None:
    """Keep every other program out until this one closes or ends, however it ends."""
    try:
        if os.name == "nt":
            import msvcrt

            os.lseek(handle, _LOCK_AT, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        is_taken = True
    else:
        is_taken = False
    if is_taken:
        raise StoreError(
            message=f"The journal {path.name} is open in another program.",
            hint="Two must not move money by one journal at a time. Close the other, or wait.",
            hint_ko="다른 프로그램이 이 저널을 사용 중입니다. 닫은 뒤 다시 실행하세요.",
        )


def _changed(path: Path, line: int) -> StoreError:
    return StoreError(
        message=f"{path.name}, line {line}: this is no journal, or it was changed.",
        hint="Keep the file as it is for whoever audits it, and name another. Nothing was sent.",
        hint_ko="저널이 아니거나 변경된 파일입니다. 파일을 보존하고 다른 이름을 지정하세요.",
    )
