"""The benchmark is honest: it runs, and what it times finds exactly what was planted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    folder = tmp_path_factory.mktemp("benchmarks")
    command = [sys.executable, BENCHMARKS / "run.py", "--sizes", "2k,4k", "--runs", "1"]
    only = ["--only", "jtnet_recon,pandas,duckdb_keys", "--folder", folder]
    done = subprocess.run([*command, *only], capture_output=True, text=True, check=False)
    return folder, done


def test_the_benchmark_ends_well_only_if_the_planted_breaks_were_found(measured):
    _, done = measured

    assert done.returncode == 0, done.stderr


def test_the_table_has_a_line_for_each_contestant_and_size_and_one_for_its_growth(measured):
    _, done = measured

    for title in ("**jtnet_recon**", "pandas outer merge", "limit: DuckDB join of the keys alone"):
        assert done.stdout.count(f"| {title} |") == 3


def test_the_month_holds_every_kind_of_break_and_repeats_ids_on_both_sides(measured):
    folder, _ = measured

    month = folder / "4000"
    planted = pq.read_table(month / "planted.parquet").to_pandas()
    sides = [
        pq.read_table(month / f"{side}.parquet").to_pandas() for side in ("payments", "ledger")
    ]
    assert planted["code"].nunique() >= 10
    assert 0.005 < len(planted) / 4_000 < 0.02
    assert sides[0]["imp_uid"].is_unique
    for side in sides:
        assert side["merchant_uid"].duplicated().any()


def test_the_same_seed_makes_the_same_month(tmp_path, measured):
    folder, _ = measured
    command = "import sys; from data import generate; generate(__import__('pathlib').Path(sys.argv[1]), 2_000)"

    subprocess.run([sys.executable, "-c", command, tmp_path], cwd=BENCHMARKS, check=True)

    for name in ("payments", "ledger", "planted"):
        again = pq.read_table(tmp_path / f"{name}.parquet")
        assert again.equals(pq.read_table(folder / "2000" / f"{name}.parquet"))
