"""The contestants: each loads the month its own way and then does the same job.

The job: match payments with the books by order id, compare amount, cancelled amount, currency and
day, and give back the rows that differ or stand alone. This package does more (it handles
duplicates, gives codes and money at risk, and proves that nothing was lost); it gets no discount.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd

Sides = tuple[Any, Any]

COMPARED = ("amount", "cancel_amount", "currency", "paid_on")


@dataclass(frozen=True, slots=True)
class Contestant:
    """One way to do the job.

    Parameters
    ----------
    title : str
        What the table calls it.
    load : callable
        Folder in, both sides out; not on the clock. The second argument cuts them short.
    run : callable
        Both sides in, the number of rows found out; on the clock.
    packages : tuple of str
        Whose versions the table states.
    environment : str
        The requirements file whose environment it needs; empty: the project's own.
    """

    title: str
    load: Callable[[Path, int | None], Sides]
    run: Callable[[Sides], int]
    packages: tuple[str, ...]
    environment: str = ""


def load_frames(folder: Path, rows: int | None) -> Sides:
    """Read both sides as the package's own frames: cancels as lists of records."""
    payments, ledger = load_plain(folder, rows)
    cells = [None if cell is None else json.loads(cell) for cell in _cells(payments)]
    history = payments["cancel_history"].astype("object")
    history[:] = cells
    return payments.assign(cancel_history=history), ledger


def load_plain(folder: Path, rows: int | None) -> Sides:
    """Read both sides as pandas does."""
    import pandas as pd

    payments = pd.read_parquet(folder / "payments.parquet")
    ledger = pd.read_parquet(folder / "ledger.parquet")
    return payments.head(rows or len(payments)), ledger.head(rows or len(ledger))


def load_polars(folder: Path, rows: int | None) -> Sides:
    """Read both sides into Polars."""
    import polars as pl  # type: ignore[import-not-found, unused-ignore]

    return (
        pl.read_parquet(folder / "payments.parquet", n_rows=rows),
        pl.read_parquet(folder / "ledger.parquet", n_rows=rows),
    )


def load_keys(folder: Path, rows: int | None) -> Sides:
    """Read nothing but the order ids."""
    import pyarrow.parquet as pq

    sides = [
        pq.read_table(folder / f"{name}.parquet", columns=["merchant_uid"]).slice(0, rows)
        for name in ("payments", "ledger")
    ]
    return sides[0], sides[1]


def load_paths(folder: Path, rows: int | None) -> Sides:
    """Name the files; for the warm-up, write short ones."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    paths = [folder / f"{name}.parquet" for name in ("payments", "ledger")]
    if rows is None:
        return paths[0], paths[1]
    heads = [path.with_stem(f"{path.stem}_head") for path in paths]
    for path, head in zip(paths, heads, strict=True):
        batch = next(pq.ParquetFile(path).iter_batches(batch_size=rows))
        pq.write_table(pa.Table.from_batches([batch]), head)
    return heads[0], heads[1]


def run_package(sides: Sides) -> int:
    """Reconcile, with every item laid out."""
    import jtnet_recon as jr

    result = jr.reconcile(*sides)
    assert len(result.items)
    return len(result.breaks)


def run_package_on_files(sides: Sides) -> int:
    """Reconcile two Parquet files in little memory; the items go to a file."""
    import jtnet_recon as jr

    result = jr.reconcile(str(sides[0]), str(sides[1]), memory_limit="2GB")
    result.items.to_parquet(sides[0].with_name("items.parquet"))
    return len(result.breaks)


def run_pandas(sides: Sides) -> int:
    """Merge, compare, classify, as a notebook would."""
    import numpy as np

    left, right = _comparable(sides)
    both = left.merge(
        right, how="outer", on="merchant_uid", suffixes=("_payments", "_ledger"), indicator=True
    )
    alone = {"only payments": both["_merge"] == "left_only"}
    alone["only ledger"] = both["_merge"] == "right_only"
    differs = {name: both[f"{name}_payments"] != both[f"{name}_ledger"] for name in COMPARED}
    tests = {**alone, **differs}
    reason = np.select(list(tests.values()), list(tests), default="")
    found = both.assign(reason=reason)
    return len(found[found["reason"] != ""])


def run_datacompy(sides: Sides) -> int:
    """Compare with datacompy; no report, only the rows."""
    from datacompy import PandasCompare  # type: ignore[import-not-found, unused-ignore]

    left, right = _comparable(sides)
    comparison = PandasCompare(
        left, right, join_columns=["merchant_uid"], cast_column_names_lower=False
    )
    alone = len(comparison.df1_unq_rows) + len(comparison.df2_unq_rows)
    return alone + len(comparison.all_mismatch())


def run_polars(sides: Sides) -> int:
    """Join, compare, classify, lazily, on all cores."""
    import polars as pl  # type: ignore[import-not-found, unused-ignore]

    left = (
        sides[0]
        .lazy()
        .filter(pl.col("paid_at").is_not_null())
        .select(
            "merchant_uid",
            *COMPARED[:-1],
            pl.col("paid_at").dt.replace_time_zone(None).dt.truncate("1d").alias("paid_on"),
        )
        .with_columns(here=pl.lit(value=True))
    )
    right = sides[1].lazy().drop("status").with_columns(here=pl.lit(value=True))
    both = left.join(right, on="merchant_uid", how="full", suffix="_ledger", coalesce=True)
    reason = (
        pl.when(pl.col("here_ledger").is_null())
        .then(pl.lit("only payments"))
        .when(pl.col("here").is_null())
        .then(pl.lit("only ledger"))
    )
    for name in COMPARED:
        reason = reason.when(pl.col(name) != pl.col(f"{name}_ledger")).then(pl.lit(name))
    found = both.with_columns(reason=reason).filter(pl.col("reason").is_not_null())
    return int(found.collect(engine="streaming").height)


def run_keys(sides: Sides) -> int:
    """Join the two key columns and count: what no engine on DuckDB can beat."""
    import duckdb

    with duckdb.connect(":memory:") as connection:
        connection.register("payments", sides[0])
        connection.register("ledger", sides[1])
        row = connection.execute(
            "SELECT count(*) FILTER (p.merchant_uid IS NULL OR l.merchant_uid IS NULL) "
            "FROM payments AS p FULL JOIN ledger AS l ON p.merchant_uid = l.merchant_uid"
        ).fetchone()
    assert row is not None
    return int(row[0])


def _comparable(sides: Sides) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Keep what is compared: approved payments, their day, and the shared columns."""
    names = ["merchant_uid", *COMPARED]
    payments, ledger = sides
    approved = payments[payments["paid_at"].notna()]
    paid_on = approved["paid_at"].dt.tz_localize(None).dt.normalize()
    return approved.assign(paid_on=paid_on)[names], ledger[names]


def _cells(payments: pd.DataFrame) -> list[Any]:
    """Take the cancels' JSON texts as plain Python."""
    history = payments["cancel_history"]
    return list(history.astype("object").where(history.notna(), None))


CONTESTANTS = {
    "jtnet_recon": Contestant(
        "**jtnet_recon**", load_frames, run_package, ("pandas", "duckdb", "pyarrow")
    ),
    "jtnet_recon_2gb": Contestant(
        '**jtnet_recon**, Parquet, `memory_limit="2GB"`',
        load_paths,
        run_package_on_files,
        ("duckdb",),
    ),
    "pandas": Contestant("pandas outer merge", load_plain, run_pandas, ("pandas", "numpy")),
    "datacompy": Contestant(
        "datacompy, pandas compare",
        load_plain,
        run_datacompy,
        ("datacompy", "pandas"),
        "requirements-datacompy.txt",
    ),
    "polars": Contestant(
        "Polars full join", load_polars, run_polars, ("polars",), "requirements-polars.txt"
    ),
    "duckdb_keys": Contestant(
        "limit: DuckDB join of the keys alone", load_keys, run_keys, ("duckdb", "pyarrow")
    ),
}
