"""A run may be killed at any moment: no report is partial, no committed run is lost."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cli_process import environment
from jobs_desk import content, written

import jtnet_recon as jr
from jtnet_recon.jobs.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Shop

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="runs are forked, and so killed")

RUN = ["run", "daily", "--on", "2022-11-08"]
JOBS = """
[jobs.daily]
period = "yesterday"
ledger = "ledger.parquet"
outputs = [OUTPUTS]
payments = "p_{period}.parquet"
"""
BOTH = ("daily.xlsx", "daily.parquet")
# Without the workbook a run is short, and more of its moments are those of files.
ITEMS = ("daily.parquet",)


@pytest.fixture(scope="module")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., dict[str, Any]]]:
    """Give a function that forks a run in a folder and answers how it ended."""
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
    log = (tmp_path_factory.mktemp("nursery") / "log").open("w+", encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("jobs_nursery.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        env=environment(**threads),
        encoding="utf-8",
    )
    with log, process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert json.loads(process.stdout.readline()) == {"ready": True}

        def forked(folder: Path, **moment: float | str) -> dict[str, Any]:
            line = [*RUN, "--config", str(folder / "recon.toml")]
            process.stdin.write(json.dumps({"line": line, **moment}) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        yield forked
        process.stdin.close()


def desk_in(folder: Path, shop: Shop, names: tuple[str, ...]) -> Path:
    """Set a job up in a folder of its own."""
    folder.mkdir()
    outputs = ", ".join(f'"reports/{name}"' for name in names)
    written(folder, JOBS.replace("OUTPUTS", outputs))
    shutil.copy(shop.pulled, folder / "p_2022-11-07.parquet")
    jr.read_ledger(shop.ledger).to_parquet(folder / "ledger.parquet")
    return folder


def reports(folder: Path, names: tuple[str, ...]) -> list[dict[str, bytes]]:
    """Read the reports without the time of their run."""
    started_at = Memory(folder / "store", "daily").lines()[-1]["ran"]["started_at"]
    return [content(folder / "reports" / name, started_at) for name in names]


def committed(folder: Path, known: dict[int, dict[str, str]]) -> dict[int, dict[str, str]]:
    """List the committed runs with the digests of their reports; see that none known is lost."""
    store = jr.Store(folder / "store")
    ids = store.runs()["run_id"].tolist()
    assert ids[: len(known)] == list(known)
    new = ids[len(known) :]
    return known | {run_id: dict(store.run(run_id).facts["outputs"]) for run_id in new}


def check_reports(folder: Path, runs: dict[int, dict[str, str]]) -> None:
    """See that each report under its final name is, to the byte, one of a committed run."""
    for path in (folder / "reports").glob("[!.]*"):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert digest in {outputs[path.name] for outputs in runs.values()}


# A hundred moments in all.
@pytest.mark.parametrize(("names", "moments"), [(BOTH, 25), (ITEMS, 75)], ids=["both", "items"])
def test_killed_runs_leave_no_partial_report_and_lose_no_committed_run(
    names: tuple[str, ...],
    moments: int,
    tmp_path: Path,
    shop: Shop,
    nursery: Callable[..., dict[str, Any]],
) -> None:
    undisturbed = nursery(desk_in(tmp_path / "undisturbed", shop, names))
    assert undisturbed["code"] == 1
    folder = desk_in(tmp_path / "killed", shop, names)
    chance = random.Random(20221107)
    killed, runs = 0, {}

    for number in range(moments):
        if number % 2:
            moment = {"event": chance.randint(1, undisturbed["acts"])}
        else:
            moment = {"seconds": chance.uniform(0, undisturbed["seconds"])}
        killed += nursery(folder, **moment)["code"] == -9
        if not (folder / "store" / "store.sqlite").exists():
            continue
        runs = committed(folder, runs)
        check_reports(folder, runs)

    assert killed > moments // 2
    assert nursery(folder)["code"] == 1
    assert reports(folder, names) == reports(tmp_path / "undisturbed", names)
    assert sorted(path.name for path in (folder / "reports").iterdir()) == sorted(names)


def test_the_first_report_is_not_there_before_its_run_is_committed(
    tmp_path: Path, shop: Shop, nursery: Callable[..., dict[str, Any]]
) -> None:
    acts = nursery(desk_in(tmp_path / "whole", shop, ITEMS))["acts"]

    for back in range(0, 40, 10):
        folder = desk_in(tmp_path / f"killed-{back}", shop, ITEMS)
        assert nursery(folder, event=acts - back)["code"] == -9
        check_reports(folder, committed(folder, {}))


@pytest.mark.parametrize("renamed", [".window", ".running.json"])
def test_a_run_that_dies_in_its_pull_does_not_read_the_same_again(
    renamed: str, tmp_path: Path, shop: Shop, nursery: Callable[..., dict[str, Any]]
) -> None:
    folder = desk_in(tmp_path / "api", shop, ITEMS)
    written(
        folder, JOBS.replace("OUTPUTS", '"{job}.parquet"').replace("payments =", "# payments =")
    )
    secrets = folder / ".env"
    secrets.write_text("".join(f"{name}={value}\n" for name, value in shop.settings.items()))
    secrets.chmod(0o600)

    assert nursery(folder)["code"] == 1
    assert nursery(folder, renamed=renamed)["code"] == -9
    assert nursery(folder)["code"] == 1

    secrets.unlink()
    store = jr.Store(folder / "store")
    whole, resumed = (store.run(n) for n in store.runs()["run_id"])
    windows = [run.facts["certificate"]["windows"] for run in (whole, resumed)]
    assert [len(found) for found in windows] == [2, 2]
    assert whole.facts["digest"] == resumed.facts["digest"]
    requests = [run.facts["certificate"]["requests"] for run in (whole, resumed)]
    assert requests[1] < requests[0] if renamed == ".window" else requests[1] == requests[0]


def test_a_moment_that_breaks_a_report_would_be_found(tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "daily.xlsx").write_bytes(b"half")

    with pytest.raises(AssertionError):
        check_reports(tmp_path, {1: {"daily.xlsx": hashlib.sha256(b"whole").hexdigest()}})
