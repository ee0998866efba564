"""One run of a job at a time: a lock of the system, which dies with its holder."""

from __future__ import annotations

import json
import os
import socket
import sys
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from jtnet_recon.errors import StoreError
from jtnet_recon.period import KST

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_HOLDER_BYTES_MAX = 4_096
# Windows locks bytes against reading, too: one far behind the text, so that all can read the text.
_LOCKED_BYTE = 1 << 20


@contextmanager
def hold(path: Path, *, job: str) -> Iterator[None]:
    """Hold the lock of a job, or say who does.

    Parameters
    ----------
    path : Path
        The lock's file. It is never removed: the lock is the system's, not the file.
    job : str
        For whom.

    Yields
    ------
    None
        While this process alone runs the job.

    Raises
    ------
    StoreError
        If another process runs it; names process, machine, and since when.
    """
    handle = _open(path)
    try:
        if not _take(handle):
            raise _held(job, _holder(handle))
        _sign(handle, job)
        try:
            yield
        finally:
            _give_back(handle)
    finally:
        os.close(handle)


def _open(path: Path) -> int:
    """Open the file without changing it: it may tell of another holder."""
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreError(
            message=f"{path.name} cannot be opened: {error.strerror}.",
            hint="The folder of the store has to be this user's own.",
            hint_ko="저장소 폴더는 실행하는 사용자 소유여야 합니다.",
        ) from error


if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> bool:
        """Try to lock."""
        os.lseek(handle, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _give_back(handle: int) -> None:
        """Unlock; the text stays, for whoever wonders who was last."""
        os.lseek(handle, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _take(handle: int) -> bool:
        """Try to lock."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _give_back(handle: int) -> None:
        """Unlock; the text stays, for whoever wonders who was last."""
        fcntl.flock(handle, fcntl.LOCK_UN)


def _sign(handle: int, job: str) -> None:
    """Write down who holds the lock."""
    holder = {
        "job": job,
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "since": datetime.now(KST).isoformat(timespec="seconds"),
    }
    os.ftruncate(handle, 0)
    os.lseek(handle, 0, os.SEEK_SET)
    os.write(handle, json.dumps(holder).encode())


def _holder(handle: int) -> dict[str, Any]:
    """Read who holds it; a run that began this very moment has not written it yet."""
    os.lseek(handle, 0, os.SEEK_SET)
    try:
        holder: dict[str, Any] = json.loads(os.read(handle, _HOLDER_BYTES_MAX))
    except ValueError:
        return {}
    return holder


def _held(job: str, holder: dict[str, Any]) -> StoreError:
    who = (
        f"process {holder['pid']} on {holder['host']}, since {holder['since']}"
        if holder
        else "a process that has just begun"
    )
    return StoreError(
        message=f"The job {job} is being run already: {who}.",
        hint="Wait until it is done. If it hangs, end that process: the lock ends with it.",
        hint_ko="같은 작업이 실행 중입니다. 끝날 때까지 기다리거나, 멈춘 프로세스라면 종료하세요. "
        "종료하면 잠금도 풀립니다.",
    )
