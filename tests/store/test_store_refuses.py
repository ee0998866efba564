"""What is no store, or is not what was kept, is refused and left as it was."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

import jtnet_recon as jr
from jtnet_recon.store.database import APPLICATION_ID, FORMAT


def execute(store, *statements):
    """Change a store's journal from outside."""
    with closing(sqlite3.connect(store.path / "store.sqlite")) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def bytes_of(folder):
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_with_other_things_is_not_touched(tmp_path):
    (tmp_path / "장부.xlsx").write_bytes(b"PK")

    with pytest.raises(jr.StoreError, match="not a store of jtnet_recon: the folder holds other"):
        jr.Store(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["장부.xlsx"]


def test_a_file_is_no_store(tmp_path):
    (tmp_path / "store").write_text("text", encoding="utf-8")

    with pytest.raises(jr.StoreError, match="it is a file, a store is a folder"):
        jr.Store(tmp_path / "store")


def test_the_folder_above_has_to_be_there(tmp_path):
    with pytest.raises(jr.StoreError, match="cannot be used"):
        jr.Store(tmp_path / "mistyped" / "store")

    assert not (tmp_path / "mistyped").exists()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"no database at all, but a text that is long enough to be one" * 9, "not a database"),
        (None, "belongs to another program"),
    ],
)
def test_another_program_s_file_is_refused(tmp_path, content, says):
    folder = tmp_path / "store"
    folder.mkdir()
    path = folder / "store.sqlite"
    if content is None:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE notes (text TEXT)")
    else:
        path.write_bytes(content)
    before = path.read_bytes()

    with pytest.raises(jr.StoreError, match=says):
        jr.Store(folder)

    assert path.read_bytes() == before


def test_a_store_of_a_newer_version_is_neither_read_nor_changed(store, result):
    store.save_run(result)
    execute(store, f"PRAGMA user_version = {FORMAT + 1}")
    before = bytes_of(store.path)

    with pytest.raises(jr.StoreError, match=rf"newer version \(format {FORMAT + 1}\)") as newer:
        jr.Store(store.path)
    with pytest.raises(jr.StoreError, match="newer version"):
        store.save_run(result, job="other")

    assert "Upgrade jtnet-recon" in newer.value.hint
    assert bytes_of(store.path) == before


@pytest.mark.parametrize("how", ["gone", "empty"])
def test_a_lost_journal_is_not_taken_for_a_new_store(store, result, how):
    store.save_run(result)
    journal = store.path / "store.sqlite"
    journal.unlink() if how == "gone" else journal.write_bytes(b"")

    with pytest.raises(jr.StoreError, match=r"its journal 'store.sqlite' is gone or empty"):
        jr.Store(store.path)

    assert how == "gone" or journal.read_bytes() == b""


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        (
            "UPDATE runs SET facts = replace(facts, 'COMPLETE', 'UNSTABLE') WHERE number = 1",
            "run 1",
        ),
        ("UPDATE runs SET digest = 'x' WHERE number = 2", "run 2"),
        ("DELETE FROM runs WHERE number = 1", "run 1"),
        ("DELETE FROM runs WHERE number = 2", "run 2 is gone"),
        ("UPDATE runs SET number = 7 WHERE number = 2", "run 2"),
    ],
)
def test_a_row_that_is_not_what_was_kept_is_found(store, result, statement, says):
    store.save_run(result, job="one")
    store.save_run(result, job="two")
    execute(store, statement)

    with pytest.raises(jr.StoreError, match=f"is damaged: {says}"):
        store.runs()
    with pytest.raises(jr.StoreError, match="damaged"):
        store.save_run(result, job="three")


def test_a_database_cut_short_is_damaged(store, result):
    store.save_run(result)
    journal = store.path / "store.sqlite"
    journal.write_bytes(journal.read_bytes()[:-4096])

    with pytest.raises(jr.StoreError, match="damaged"):
        store.runs()


@pytest.mark.parametrize("name", ["breaks", "payments"])
@pytest.mark.parametrize("how", ["flipped", "gone"])
def test_a_table_that_is_not_what_was_kept_is_found(store, result, name, how):
    run = store.run(store.save_run(result))
    path = store.path / "tables" / f"{run.facts['tables'][name]['sha256']}.parquet"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data) if how == "flipped" else path.unlink()

    with pytest.raises(jr.StoreError, match="has changed" if how == "flipped" else "is gone"):
        run.table(name)


def test_saving_the_same_again_heals_a_changed_table(store, result):
    run = store.run(store.save_run(result))
    path = store.path / "tables" / f"{run.facts['tables']['breaks']['sha256']}.parquet"
    path.write_bytes(b"damaged")

    store.save_run(result, job="again")

    assert len(run.breaks) == len(result.breaks)


def test_what_a_killed_writer_left_is_tidied_by_the_next(store, result):
    store.save_run(result)
    left = [
        store.path / "tables" / name for name in ("incoming.parquet", ".incoming.1.part.parquet")
    ]
    for path in left:
        path.write_bytes(b"half")

    jr.Store(store.path).save_run(result, job="next")

    assert not any(path.exists() for path in left)


def test_a_store_that_died_while_it_was_made_is_made_again(tmp_path, result):
    folder = tmp_path / "store"
    (folder / "tables").mkdir(parents=True)
    (folder / "store.sqlite").write_bytes(b"")

    assert jr.Store(folder).save_run(result) == 1


def test_a_second_writer_waits_then_names_the_first(store, result):
    hasty = jr.Store(store.path, timeout_s=0.1)
    with store._database.writing():
        # Reading goes on while somebody writes.
        assert hasty.runs().empty
        with pytest.raises(jr.StoreError, match=r"being written by process \d+ on .+ since 20"):
            hasty.save_run(result)

    assert hasty.save_run(result) == 1


def test_a_holder_without_a_note_is_another_process(store, result):
    with store._database.writing():
        (store.path / "writer.json").write_text("{", encoding="utf-8")
        with pytest.raises(jr.StoreError, match="being written by another process; waited 0 s"):
            jr.Store(store.path, timeout_s=0.0).save_run(result)


def test_a_store_that_cannot_be_written_says_so(store, result):
    execute(
        store, "CREATE TRIGGER refuse BEFORE INSERT ON runs BEGIN SELECT raise(ABORT, 'no'); END"
    )

    with pytest.raises(jr.StoreError, match="cannot be used: no"):
        store.save_run(result)


def test_a_full_disk_is_called_a_full_disk(store):
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL

    with pytest.raises(jr.StoreError, match="the disk is full"), store._database._connected():
        raise error


def test_the_mark_of_a_store_is_in_its_header(store):
    header = (store.path / "store.sqlite").read_bytes()

    assert int.from_bytes(header[68:72], "big") == APPLICATION_ID
    assert int.from_bytes(header[60:64], "big") == FORMAT


def test_opening_a_store_loads_no_engine():
    code = (
        "import sys, jtnet_recon as jr; jr.Store(sys.argv[1]).runs(); "
        "print([n for n in ('httpx', 'openpyxl', 'matplotlib', 'starlette') if n in sys.modules])"
    )
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-c", code, f"{folder}/store"],
            capture_output=True, text=True, check=True, timeout=120,
        )  # fmt: skip

    assert done.stdout.strip() == "[]"
