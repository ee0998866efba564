"""Files as people send them, built in the test, and a PostgreSQL of the test's own."""

from __future__ import annotations

import csv
import io
import os
import shutil
import socket
import subprocess
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from files_cells import HEAD
from programs import missing

from jtnet_recon.errors import TableError
from jtnet_recon.files import read_ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

HEADER = ["주문번호", "결제금액", "취소금액", "결제일", "상태"]
LINES = [
    ["order-1", "14,000", "", "2022-11-07", "결제완료"],
    ["order-2", "30,000", "10,000", "2022-11-08", "부분취소"],
]


@pytest.fixture
def write_csv(tmp_path: Path) -> Callable[..., Path]:
    """Write rows as delimited text, or text as it is."""

    def write(
        content: Any = None,
        *,
        name: str = "ledger.csv",
        encoding: str = "utf-8",
        delimiter: str = ",",
        line_end: str = "\r\n",
    ) -> Path:
        path = tmp_path / name
        rows = [HEADER, *LINES] if content is None else content
        if isinstance(rows, bytes):
            path.write_bytes(rows)
        elif isinstance(rows, str):
            path.write_bytes(rows.encode(encoding))
        else:
            text = io.StringIO(newline="")
            csv.writer(text, delimiter=delimiter, lineterminator=line_end).writerows(rows)
            path.write_bytes(text.getvalue().encode(encoding))
        return path

    return write


@pytest.fixture
def write_xlsx(tmp_path: Path) -> Callable[..., Path]:
    """Write sheets of rows as a workbook; ``change`` gets the workbook before it is saved."""

    def write(
        rows: Any = None,
        *,
        name: str = "ledger.xlsx",
        sheets: dict[str, list[list[Any]]] | None = None,
        change: Callable[[Any], None] | None = None,
    ) -> Path:
        book = openpyxl.Workbook()
        book.remove(book.active)
        content = sheets or {"원장": rows if rows is not None else [HEADER, *LINES]}
        for title, lines in content.items():
            sheet = book.create_sheet(title)
            for line in lines:
                sheet.append(line)
        if change is not None:
            change(book)
        path = tmp_path / name
        book.save(path)
        return path

    return write


@pytest.fixture
def patch_zip() -> Callable[[Path, str, Callable[[bytes], bytes]], None]:
    """Change one part of a workbook's archive."""

    def patch(path: Path, part: str, change: Callable[[bytes], bytes]) -> None:
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        parts[part] = change(parts[part])
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in parts.items():
                archive.writestr(name, content)

    return patch


@pytest.fixture
def refusal() -> Callable[..., TableError]:
    """Read a ledger that has to be refused, and return the error."""

    def refuse(source: Any, **options: Any) -> TableError:
        with pytest.raises(TableError) as caught:
            read_ledger(source, **options)
        error = caught.value
        assert error.hint, "an error says what to do"
        assert error.hint_ko, "in Korean, too"
        return error

    return refuse


@pytest.fixture
def column(write_csv: Callable[..., Path]) -> Callable[..., pd.DataFrame]:
    """Read one more column, given its heading and cells; give the ledger."""

    def read(heading: str, cells: list[Any], **options: Any) -> pd.DataFrame:
        rows = [[*HEAD, heading], *([f"o{n}", "1000", cell] for n, cell in enumerate(cells))]
        return read_ledger(write_csv(rows), **options)

    return read


@pytest.fixture
def told(
    write_csv: Callable[..., Path], refusal: Callable[..., TableError]
) -> Callable[..., TableError]:
    """Read a ledger whose second line's one more cell has to be refused."""

    def refuse(heading: str, cell: Any, *, good: Any = "", **options: Any) -> TableError:
        rows = [[*HEAD, heading], ["o1", "1000", good], ["o2", "1000", cell]]
        return refusal(write_csv(rows), **options)

    return refuse


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _postgres_programs() -> Path:
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not folders:
        missing("PostgreSQL (initdb, or /usr/lib/postgresql/*/bin)")
    return folders[-1]


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Start a PostgreSQL cluster for this session on a free loopback port."""
    programs = _postgres_programs()
    # PostgreSQL refuses to run as root, and its user cannot look into pytest's folders: every
    # session that starts beside this one closes them again.
    folder = Path(tempfile.mkdtemp(prefix="recon-postgres-"))
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    prefix = ["runuser", "-u", "postgres", "--"] if is_root else []
    if is_root:
        shutil.chown(folder, "postgres")
    port, data = _free_port(), folder / "data"
    password_file = folder / "password"
    password_file.write_text("geheim-1234", encoding="utf-8")
    if is_root:
        shutil.chown(password_file, "postgres")

    def run(program: str, *arguments: str) -> None:
        done = subprocess.run(
            [*prefix, str(programs / program), *arguments],
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
            cwd="/",
        )
        said = f"{program} ended with {done.returncode}: {done.stdout}{done.stderr}"
        assert done.returncode == 0, said

    run(
        *("initdb", "-D", str(data), "-A", "scram-sha-256", "-U", "recon"),
        *("--pwfile", str(password_file), "--no-sync", "-E", "UTF8", "--locale=C"),
    )
    options = f"-c listen_addresses=127.0.0.1 -p {port} -c unix_socket_directories= -c fsync=off"
    log = str(folder / "log")
    run("pg_ctl", "-D", str(data), "-w", "-l", log, "-o", options, "start")
    try:
        yield f"postgresql://recon:geheim-1234@127.0.0.1:{port}/postgres"
    finally:
        run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder)
