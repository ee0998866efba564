"""A pull that died goes on where it was: settled windows are not walked again."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pandas as pd
import pytest

import jtnet_recon as jr
from jtnet_recon.client import journal as journals
from jtnet_recon.sandbox.faults import Faults

# Dies as kill -9 does, at the moment the first settled window has been kept.
DYING = """
import os, sys
import jtnet_recon as jr
from jtnet_recon.store.pulling import Pulling

class Last(Pulling):
    def __setitem__(self, key, value):
        super().__setitem__(key, value)
        os._exit(9)

url, key, secret, folder = sys.argv[1:]
store = jr.Store(folder)
client = jr.connect(url, key, secret, progress=False)
client.payments("2022-11", journal=Last(store.journal()._folder))
"""


def connect(sandbox, **options):
    return jr.connect(sandbox.url, sandbox.key, sandbox.secret, progress=False, **options)


def without_times(certificate):
    """Leave out what depends on when and how the pull was made."""
    kept = {"requests", "pages", "rows_seen", "windows", "started_at", "ended_at"}
    return {name: value for name, value in certificate.items() if name not in kept}


@pytest.fixture(scope="module")
def left(sandbox, tmp_path_factory):
    """Let a pull die after its first window; give the store that it leaves."""
    folder = tmp_path_factory.mktemp("died") / "store"
    command = [sys.executable, "-c", DYING, sandbox.url, sandbox.key, sandbox.secret]
    done = subprocess.run([*command, str(folder)], check=False, timeout=280)
    assert done.returncode == 9
    return folder


@pytest.fixture
def died(left, tmp_path):
    """Open that store in a folder of the test's own."""
    return jr.Store(shutil.copytree(left, tmp_path / "store"))


def test_a_pull_that_died_goes_on_with_what_it_had(sandbox, pulled, died):
    assert len(died.journal()) == 1

    with connect(sandbox) as client:
        resumed = client.payments("2022-11", journal=died.journal())

    pd.testing.assert_frame_equal(resumed, pulled)
    certificate, whole = resumed.attrs["pull"], pulled.attrs["pull"]
    assert without_times(certificate) == without_times(whole) | {"resumed_windows": 1}
    assert [("kept_at" in window) for window in certificate["windows"]] == [True, False]
    assert certificate["windows"][0]["agreed"] == "same pages"
    assert certificate["requests"] < whole["requests"]
    # The next pull walks everything: what is kept is of one pull only.
    assert len(died.journal()) == 0


def test_a_window_that_grew_meanwhile_is_walked_again(sandbox, pulled, died):
    (key,) = died.journal()
    journal = {key: died.journal()[key]}
    _shrink(journal, key)

    with connect(sandbox) as client:
        resumed = client.payments("2022-11", journal=journal)

    pd.testing.assert_frame_equal(resumed, pulled)
    assert resumed.attrs["pull"]["verdict"] == "COMPLETE"


def _shrink(journal, key):
    """Take the last row of a kept window away, as if it had come back to it since."""
    import json

    import pyarrow as pa

    table = pa.ipc.open_file(journal[key]).read_all()
    facts = json.loads(table.schema.metadata[b"jtnet_recon"])
    fewer = len(table) - 1
    facts |= dict.fromkeys(("rows", "distinct", "total_first", "total_last"), fewer)
    schema = table.schema.with_metadata({b"jtnet_recon": json.dumps(facts).encode()})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, schema) as writer:
        writer.write_table(table.slice(0, fewer).replace_schema_metadata(schema.metadata))
    journal[key] = sink.getvalue().to_pybytes()


@pytest.mark.parametrize("damage", [b"", b"ARROW1 but no more", None])
def test_a_kept_window_that_cannot_be_read_is_walked_again(sandbox, pulled, died, damage):
    (key,) = died.journal()
    whole = died.journal()[key]
    journal = {key: whole[: len(whole) // 2] if damage is None else damage}

    with connect(sandbox) as client:
        resumed = client.payments("2022-11", journal=journal)

    pd.testing.assert_frame_equal(resumed, pulled)
    assert "kept_at" not in resumed.attrs["pull"]["windows"][0]


def test_a_window_kept_for_longer_than_a_day_is_walked_again(sandbox, pulled, died, monkeypatch):
    (key,) = died.journal()
    monkeypatch.setattr(journals, "AGE_MAX_S", -1)

    with connect(sandbox) as client:
        resumed = client.payments("2022-11", journal={key: died.journal()[key]})

    assert "kept_at" not in resumed.attrs["pull"]["windows"][0]
    pd.testing.assert_frame_equal(resumed, pulled)


def test_windows_of_another_account_are_none_of_ours(died, tmp_path):
    (key,) = died.journal()
    with jr.Sandbox("2022-11", seed=8, orders=240, directory=tmp_path / "other") as other:
        with connect(other) as client:
            pulled = client.payments("2022-11", journal=died.journal())

        assert "kept_at" not in pulled.attrs["pull"]["windows"][0]
    assert list(died.journal()) == [key]


def test_the_message_of_a_broken_pull_says_what_was_kept(sandbox, store):
    sandbox.set_faults(Faults(("5xx",), share=1.0))
    try:
        with (
            connect(sandbox, timeout_s=1.0) as client,
            pytest.raises(jr.PullIncomplete, match="The windows that are settled were kept"),
        ):
            client.payments("2022-11", journal=store.journal())
    finally:
        sandbox.set_faults(None)


def test_a_journal_is_a_mapping_that_knows_damage(store):
    journal = store.journal()
    journal["a"] = b"1"
    journal["a"] = b"2"
    journal["b"] = b""

    assert dict(journal) == {"a": b"2", "b": b""}
    for path in (store.path / "pulling").iterdir():
        path.write_bytes(path.read_bytes()[:-1] + b"\x00")
    assert (dict(journal), len(journal)) == ({}, 0)
    del journal["a"]
    with pytest.raises(KeyError):
        del journal["a"]
