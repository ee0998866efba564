"""What a job remembers from run to run: one line a run, and what a run that died was doing."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jtnet_recon.atomic import atomic_path
from jtnet_recon.errors import StoreError
from jtnet_recon.period import KST

if TYPE_CHECKING:
    from collections.abc import Iterable

_FOLDER = ".jobs"
_OWNERS = 0o700


class Memory:
    """The files of one job, in a hidden folder of the store.

    Parameters
    ----------
    store : Path
        The store's folder; it is made if it is absent.
    job : str
        The job's name.
    """

    def __init__(self, store: Path, job: str) -> None:
        self._folder = store / _FOLDER
        self.lock = self._folder / f"{job}.lock"
        self._lines = self._folder / f"{job}.jsonl"
        self._running = self._folder / f"{job}.running.json"

    def open(self) -> None:
        """Make the folder.

        Raises
        ------
        StoreError
            If it cannot be made.
        """
        try:
            self._folder.mkdir(mode=_OWNERS, parents=True, exist_ok=True)
            if os.name != "nt":
                self._folder.parent.chmod(_OWNERS)
        except OSError as error:
            raise _unwritable(self._folder.parent, error) from error

    def lines(self) -> list[dict[str, Any]]:
        """Read the lines of the runs.

        Returns
        -------
        list of dict
            Oldest first. The last line of a run that died while writing it is left out: that
            run is not known to have ended.
        """
        try:
            text = self._lines.read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        return [line for line in map(_read_line, text.split("\n")) if line is not None]

    def remember(self, line: dict[str, Any]) -> None:
        """Add the line of a run that has ended; it is on the disk afterwards.

        Parameters
        ----------
        line : dict
            As JSON can hold it.

        Raises
        ------
        StoreError
            If it cannot be written.
        """
        try:
            self._add(json.dumps(line, ensure_ascii=False).encode() + b"\n")
        except OSError as error:
            raise _unwritable(self._lines, error) from error

    def _add(self, data: bytes) -> None:
        """Add a line, whatever a run that died has left at the end."""
        handle = os.open(self._lines, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "r+b") as file:
            if file.seek(0, os.SEEK_END):
                file.seek(-1, os.SEEK_END)
                if file.read(1) != b"\n":
                    data = b"\n" + data
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    def last_done(self) -> dict[str, Any] | None:
        """Return the line of the run that ended well for the latest day, if there is one."""
        done = [line for line in self.lines() if line["status"] == "done"]
        return max(done, key=lambda line: str(line["on"]), default=None)

    def failed_days(self) -> list[date]:
        """List the days whose runs failed and have not ended well since, oldest first."""
        state = {str(line["on"]): line["status"] for line in self.lines()}
        return sorted(date.fromisoformat(on) for on, said in state.items() if said != "done")

    def begin(self, on: date, period: str, files: Iterable[Path]) -> None:
        """Note what is about to be done, for the run that finds this one dead.

        Parameters
        ----------
        on : date
            Day of the run.
        period : str
            What it reconciles.
        files : iterable of Path
            What it will write.
        """
        noted = {"on": str(on), "period": period, "files": [str(path) for path in files]}
        self._note(noted)

    def pulled(self, pull_id: str) -> None:
        """Note that the pull is kept, so that it need not be made again.

        Parameters
        ----------
        pull_id : str
            Its id in the store.
        """
        now = datetime.now(KST).isoformat(timespec="seconds")
        self._note(self.unfinished() | {"pull_id": pull_id, "pulled_at": now})

    def unfinished(self) -> dict[str, Any]:
        """Return what a run noted that never ended; empty if the last one ended."""
        try:
            found: dict[str, Any] = json.loads(self._running.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        return found

    def tidy(self) -> None:
        """Remove the half-written files of a run that died; the job's lock has to be held."""
        for name in self.unfinished().get("files", ()):
            final = Path(name)
            stem = final.stem[:80]
            for pattern in (f".{stem}.*.part", f"..{stem}.*.part"):
                for left in final.parent.glob(f"{_literal(pattern)}{final.suffix}"):
                    with suppress(OSError):
                        left.unlink()

    def end(self) -> None:
        """Note that the run has ended, well or not."""
        self._running.unlink(missing_ok=True)

    def _note(self, noted: dict[str, Any]) -> None:
        with atomic_path(self._running) as temporary:
            temporary.write_text(json.dumps(noted, ensure_ascii=False), encoding="utf-8")


def _unwritable(path: Path, error: OSError) -> StoreError:
    return StoreError(
        message=f"{path.name} cannot be written to: {error.strerror}.",
        hint="Name a folder of this user's own, on a disk with room: store = in the file of the "
        "jobs.",
        hint_ko="설정 파일의 store 에 이 사용자가 쓸 수 있고 공간이 있는 폴더를 지정하세요.",
    )


def _literal(pattern: str) -> str:
    """Keep brackets of a file's own name from being read as a set of letters."""
    return pattern.replace("[", "[[]")


def _read_line(text: str) -> dict[str, Any] | None:
    try:
        line = json.loads(text)
    except ValueError:
        return None
    return line if isinstance(line, dict) and "status" in line else None
