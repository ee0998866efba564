"""A file is written whole or not at all."""

from __future__ import annotations

import errno
import os
import stat

import pytest

from jtnet_recon.atomic import atomic_path
from jtnet_recon.errors import StoreError


def test_the_new_file_has_its_name_only_at_the_end(tmp_path):
    target = tmp_path / "report.xlsx"

    with atomic_path(target) as temporary:
        assert temporary.parent == tmp_path
        assert temporary.suffix == ".xlsx"
        temporary.write_text("whole", encoding="utf-8")
        assert not target.exists()

    assert target.read_text(encoding="utf-8") == "whole"
    assert list(tmp_path.iterdir()) == [target]


def fail_half_way(target):
    with atomic_path(target) as temporary:
        temporary.write_text("half", encoding="utf-8")
        raise ZeroDivisionError


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    target = tmp_path / "report.xlsx"
    target.write_text("old", encoding="utf-8")

    with pytest.raises(ZeroDivisionError):
        fail_half_way(target)

    assert target.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_the_bytes_reach_the_disk_before_the_name(tmp_path, monkeypatch):
    events = []
    flush, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda fd: (events.append("fsync"), flush(fd))[1])
    monkeypatch.setattr(os, "replace", lambda a, b: (events.append("rename"), replace(a, b))[1])

    with atomic_path(tmp_path / "a.txt") as temporary:
        temporary.write_text("x", encoding="utf-8")

    assert events[:2] == ["fsync", "rename"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_a_new_file_is_private_and_an_old_one_keeps_its_mode(tmp_path):
    old = tmp_path / "old.txt"
    old.write_text("old", encoding="utf-8")
    old.chmod(0o644)

    for target in (old, tmp_path / "new.txt"):
        with atomic_path(target) as temporary:
            temporary.write_text("x", encoding="utf-8")

    assert stat.S_IMODE(old.stat().st_mode) == 0o644
    assert stat.S_IMODE((tmp_path / "new.txt").stat().st_mode) == 0o600


def test_a_file_that_another_program_holds_is_told(tmp_path, monkeypatch):
    target = tmp_path / "report.xlsx"
    target.write_text("old", encoding="utf-8")

    def deny(source, final):
        raise PermissionError(errno.EACCES, "Access is denied", str(source), 5, str(final))

    monkeypatch.setattr(os, "replace", deny)
    with (
        pytest.raises(StoreError, match=r"report\.xlsx cannot be replaced") as caught,
        atomic_path(target) as temporary,
    ):
        temporary.write_text("new", encoding="utf-8")

    assert "Excel" in caught.value.hint
    assert "엑셀" in caught.value.hint_ko
    assert list(tmp_path.iterdir()) == [target]
    assert target.read_text(encoding="utf-8") == "old"


def test_a_missing_folder_is_told(tmp_path):
    with (
        pytest.raises(StoreError, match="the folder 'nowhere' does not exist"),
        atomic_path(tmp_path / "nowhere" / "a.txt"),
    ):
        pytest.fail("the block must not run")


def test_a_folder_as_target_is_told(tmp_path):
    with pytest.raises(StoreError, match="it is a folder"), atomic_path(tmp_path):
        pytest.fail("the block must not run")


def test_a_folder_that_cannot_be_written_is_told(tmp_path, monkeypatch):
    def deny(**_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("tempfile.mkstemp", deny)
    with (
        pytest.raises(StoreError, match=r"its folder cannot be written to \(Permission denied\)"),
        atomic_path(tmp_path / "a.txt"),
    ):
        pytest.fail("the block must not run")


@pytest.mark.parametrize("moment", ["open", "write"])
def test_a_full_disk_is_told_and_leaves_nothing(tmp_path, monkeypatch, moment):
    def fill(**_):
        raise OSError(errno.ENOSPC, "No space left on device")

    if moment == "open":
        monkeypatch.setattr("tempfile.mkstemp", fill)
    with (
        pytest.raises(StoreError, match=r"a\.txt was not written: the disk is full"),
        atomic_path(tmp_path / "a.txt"),
    ):
        fill()

    assert list(tmp_path.iterdir()) == []


def test_other_errors_of_the_block_pass_through(tmp_path):
    with pytest.raises(OSError, match="odd") as caught, atomic_path(tmp_path / "a.txt"):
        raise OSError(errno.EIO, "odd")

    assert not isinstance(caught.value, StoreError)


def test_windows_does_notflush_folders(tmp_path, monkeypatch):
    from jtnet_recon.atomic import flush_folder

    opened = []
    # pathlib and pytest ask os.name, too: it is changed for this one call only.
    with monkeypatch.context() as patch:
        patch.setattr("jtnet_recon.atomic.os.name", "nt")
        patch.setattr(os, "open", lambda *arguments: opened.append(arguments))
        flush_folder(tmp_path)

    assert opened == []
