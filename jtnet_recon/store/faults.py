"""What can be wrong with a store, each with what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jtnet_recon.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path


def locked(path: Path, holder: str, timeout_s: float) -> StoreError:
    """Say who writes into the store."""
    return StoreError(
        message=f"The store {path.parent.name!r} is being written by {holder}; waited "
        f"{timeout_s:g} s.",
        hint="Wait until it has ended and run again. Nothing was kept of this attempt.",
        hint_ko="다른 프로세스가 저장소에 기록 중입니다. 끝난 뒤 다시 실행하세요. 이번에는 저장된 것이 없습니다.",
    )


def foreign(path: Path, why: str) -> StoreError:
    """Say that a file or folder is none of ours."""
    return StoreError(
        message=f"{path.name!r} in {path.parent.name!r} is not a store of jtnet_recon: {why}.",
        hint="Name another folder; this one was not touched.",
        hint_ko="jtnet_recon 저장소가 아닙니다. 다른 폴더를 지정하세요. 파일은 변경되지 않았습니다.",
    )


def newer(path: Path, version: int) -> StoreError:
    """Say that a later version of this package wrote the store."""
    return StoreError(
        message=f"The store {path.parent.name!r} was made by a newer version (format {version}).",
        hint="Upgrade jtnet-recon; this version neither reads nor changes it.",
        hint_ko="더 새로운 버전이 만든 저장소입니다. jtnet-recon을 최신 버전으로 올리세요.",
    )


def damaged(path: Path, why: str) -> StoreError:
    """Say that what was kept has changed since."""
    return StoreError(
        message=f"The store {path.parent.name!r} is damaged: {why}.",
        hint="Take it from a backup. What it says can't be relied on, so nothing was read.",
        hint_ko="저장소가 손상되었습니다. 백업본으로 복원하세요. 내용을 신뢰할 수 없어 읽지 않았습니다.",
    )


def lost(path: Path) -> StoreError:
    """Say that there are kept files, but no journal of them."""
    return damaged(path, f"it holds kept tables, but its journal {path.name!r} is gone or empty")


def full(path: Path, _why: str) -> StoreError:
    """Say that there is no space left."""
    return StoreError(
        message=f"Nothing was kept in the store {path.parent.name!r}: the disk is full.",
        hint="Free some space and run again. What was kept before is unchanged.",
        hint_ko="디스크 공간을 확보한 뒤 다시 실행하세요. 이전에 저장된 것은 그대로입니다.",
    )


def failed(path: Path, why: str) -> StoreError:
    """Say what SQLite said."""
    return StoreError(
        message=f"The store {path.parent.name!r} cannot be used: {why}.",
        hint="Check that the folder is yours to read and write, and on a disk of this machine.",
        hint_ko="폴더의 권한과 위치(이 컴퓨터의 디스크)를 확인하세요.",
    )


def absent_pull(pull_id: str, known: list[str]) -> StoreError:
    """Say that a pull of this id was never kept."""
    return _absent(f"pull {pull_id!r}", ", ".join(known))


def absent_run(run_id: int, count: int) -> StoreError:
    """Say that a run of this id was never kept."""
    return _absent(f"run {run_id!r}", f"runs 1 to {count}" if count else "")


def nothing_yet(when: datetime) -> StoreError:
    """Say that at some time nothing had been kept."""
    return StoreError(
        message=f"By {when:%Y-%m-%d %H:%M:%S} (Asia/Seoul) no such run had been kept.",
        hint="store.runs() lists the runs, with saved_at.",
        hint_ko="그 시점까지 저장된 실행이 없습니다. store.runs()의 saved_at을 확인하세요.",
    )


def _absent(what: str, known: str) -> StoreError:
    return StoreError(
        message=f"There is no {what} in this store.",
        hint=f"It holds {known}." if known else "It holds none yet.",
        hint_ko=f"저장소에 없습니다. 저장된 것: {known or '없음'}",
    )


FAULTS: dict[str, Callable[[Path, str], StoreError]] = {
    "foreign": foreign,
    "damaged": damaged,
    "full": full,
    "failed": failed,
}
