"""Writing a file whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from jtnet_recon.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT if hasattr(errno, "EDQUOT") else errno.ENOSPC})


@contextmanager
def atomic_path(target: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary path beside ``target`` and rename it to ``target`` at the end.

    The reader of ``target`` sees the old file or the whole new one, never a part: the new file
    is flushed to the disk before it gets the name, and is removed when the block fails.

    Parameters
    ----------
    target : str or PathLike
        The final name. Its folder must exist; an older file there is replaced.

    Yields
    ------
    Path
        An empty file in the same folder, with the same suffix, to be written by the block. A
        new file can be read by its owner only (reports hold personal data); a replaced file
        keeps the mode it had.

    Raises
    ------
    StoreError
        If the folder is missing, the target is a folder or open in another program, or the disk
        is full. Nothing is left under the final name but what was there before.
    """
    final = Path(target)
    temporary = _create_beside(final)
    try:
        yield temporary
        _flush(temporary)
        _rename(temporary, final)
    except OSError as error:
        if error.errno in _FULL:
            raise _full(final) from error
        raise
    finally:
        temporary.unlink(missing_ok=True)


def _create_beside(final: Path) -> Path:
    """Make the empty temporary file, or say why the folder cannot take one."""
    folder = final.parent
    if final.is_dir():
        raise _unwritable(final, "it is a folder", hint="Name a file in it.")
    if not folder.is_dir():
        reason = f"the folder {folder.name!r} does not exist"
        raise _unwritable(final, reason, hint="Make the folder first, or choose another.")
    try:
        handle, name = tempfile.mkstemp(
            dir=folder, prefix=f".{final.stem[:80]}.", suffix=f".part{final.suffix}"
        )
    except OSError as error:
        if error.errno in _FULL:
            raise _full(final) from error
        reason = f"its folder cannot be written to ({error.strerror})"
        raise _unwritable(final, reason, hint="Choose a folder of your own.") from error
    os.close(handle)
    return Path(name)


def _flush(temporary: Path) -> None:
    """Bring the bytes to the disk before the name points at them."""
    with temporary.open("r+b") as written:
        os.fsync(written.fileno())


def _rename(temporary: Path, final: Path) -> None:
    """Put the new file under the final name in one step."""
    if final.exists():
        temporary.chmod(stat.S_IMODE(final.stat().st_mode))
    try:
        os.replace(temporary, final)  # noqa: PTH105 - says that it replaces, on Windows too
    except PermissionError as error:
        raise StoreError(
            message=f"{final.name} cannot be replaced: it is open in another program or write-protected.",
            hint="Close it (Excel keeps the file it shows locked) and run again, or write to "
            "another name. The old file is unchanged.",
            hint_ko="엑셀 등에서 열려 있는 파일을 닫고 다시 실행하거나 다른 이름으로 저장하세요. "
            "기존 파일은 그대로입니다.",
        ) from error
    flush_folder(final.parent)


def flush_folder(folder: Path) -> None:
    """Make a new name itself durable, where the system can (Windows cannot open folders).

    Parameters
    ----------
    folder : Path
        The folder that holds the name.
    """
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unwritable(final: Path, reason: str, *, hint: str) -> StoreError:
    return StoreError(
        message=f"{final.name} cannot be written: {reason}.",
        hint=hint,
        hint_ko="저장할 위치와 파일 이름을 확인하세요.",
    )


def _full(final: Path) -> StoreError:
    return StoreError(
        message=f"{final.name} was not written: the disk is full.",
        hint="Free some space and run again. Nothing was changed.",
        hint_ko="디스크 공간을 확보한 뒤 다시 실행하세요. 변경된 것은 없습니다.",
    )
