"""Inputs that the engine reads by itself: Parquet, Arrow and DuckDB say what frames say."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jtnet_recon.errors import ConfigError, TableError
from jtnet_recon.files import write_payments
from jtnet_recon.recon import items as items_module
from jtnet_recon.recon.items import COLUMNS
from jtnet_recon.recon.match import reconcile
from jtnet_recon.recon.rules import PAYMENTS_TO_LEDGER, TRANSACTIONS_TO_LEDGER
from jtnet_recon.recon.transactions import transactions
from jtnet_recon.tables import LEDGER, PAYMENTS, conform

ROWS = 400
TABLES = ["breaks", "totals", "control_totals", "bridge", "controls", "tolerances"]


def month_of_payments():
    """Build payments of which some are cancelled, doubled, failed, of tests or without an id."""
    random = np.random.default_rng(11)
    amounts = random.integers(1, 900, ROWS) * 100
    kinds = random.choice(["plain"] * 8 + ["part", "gap", "whole", "failed", "test", "usd"], ROWS)
    cancels = np.select(
        [kinds == "whole", np.isin(kinds, ["part", "gap"])], [amounts, amounts // 4], 0
    )
    rows = [
        None if not cancel else [{"amount": int(cancel) - (50 if kind == "gap" else 0)}]
        for cancel, kind in zip(cancels, kinds, strict=True)
    ]
    at = pd.Timestamp("2022-11-01", tz="Asia/Seoul")
    paid = at + pd.to_timedelta(random.integers(0, 29 * 86_400, ROWS), unit="s")
    frame = pd.DataFrame(
        {
            "imp_uid": [f"imp_{n:04}" for n in range(ROWS)],
            "merchant_uid": [f"주문-{n if n % 40 else n // 2:04}" for n in range(ROWS)],
            "amount": amounts,
            "cancel_amount": cancels,
            "currency": np.where(kinds == "usd", "USD", "KRW"),
            "status": np.where(
                kinds == "failed", "failed", np.where(cancels > 0, "cancelled", "paid")
            ),
            "paid_at": pd.Series(paid.as_unit("us")).where(kinds != "failed"),
            "pg_id": np.where(kinds == "test", "tpaytest0m", "shopjt001m"),
            "pg_tid": [f"T{n:05}" for n in range(ROWS)],
            "card_quota": pd.array([None if n % 3 else n % 12 for n in range(ROWS)], dtype="Int64"),
            "cancel_history": rows,
        }
    )
    return conform(frame, PAYMENTS, fill=False)


def month_of_books(payments, *, is_by_movement):
    """Build the books of these payments with lines missing, doubled, late, renamed and wrong."""
    random = np.random.default_rng(12)
    booked = payments[payments["status"] != "failed"]
    frame = pd.DataFrame(
        {
            "merchant_uid": booked["merchant_uid"],
            "amount": booked["amount"],
            "currency": booked["currency"],
            "paid_on": booked["paid_at"],
            "pg_tid": booked["pg_tid"],
        }
    )
    if is_by_movement:
        refunds = frame.assign(amount=-booked["cancel_amount"])[booked["cancel_amount"] > 0]
        frame = pd.concat([frame, refunds], ignore_index=True)
    else:
        frame["cancel_amount"] = booked["cancel_amount"]
        frame["status"] = np.where(booked["cancel_amount"] > 0, "partial", "paid")
    kinds = random.choice(["same"] * 30 + ["gone", "twice", "won", "late", "renamed"], len(frame))
    frame.loc[kinds == "won", "amount"] += 100
    frame.loc[kinds == "late", "paid_on"] += pd.Timedelta(days=3)
    frame.loc[kinds == "renamed", "merchant_uid"] = "X" + frame["merchant_uid"]
    chosen = pd.concat([frame[kinds != "gone"], frame[kinds == "twice"]], ignore_index=True)
    return conform(chosen, LEDGER, fill=False)


PAYMENTS_FRAME = month_of_payments()
BOOKS = {
    "orders": month_of_books(PAYMENTS_FRAME, is_by_movement=False),
    "entries": month_of_books(PAYMENTS_FRAME, is_by_movement=True),
}
RULES = {"orders": PAYMENTS_TO_LEDGER, "entries": TRANSACTIONS_TO_LEDGER}
FIRST = {"orders": PAYMENTS_FRAME, "entries": transactions(PAYMENTS_FRAME)}
LEVELS = pytest.mark.parametrize("level", ["orders", "entries"])


def as_parquet(frame, folder, name):
    path = folder / f"{name}'s rows.parquet"
    frame.to_parquet(path)
    return path


def as_text_path(frame, folder, name):
    return str(as_parquet(frame, folder, name))


def as_arrow(frame, folder, name):
    return pa.Table.from_pandas(frame, preserve_index=False)


def as_reader(frame, folder, name):
    return as_arrow(frame, folder, name).to_reader(max_chunksize=50)


def as_relation(frame, folder, name):
    return duckdb.connect().from_arrow(as_arrow(frame, folder, name))


SOURCES = pytest.mark.parametrize(
    "source", [as_parquet, as_text_path, as_arrow, as_reader, as_relation]
)


def told(frame):
    """Show a frame's values as text, whatever null and integer they are written with."""
    return frame.map(lambda cell: "" if np.ndim(cell) == 0 and pd.isna(cell) else str(cell))


@pytest.fixture(scope="module")
def small():
    return {
        level: reconcile(FIRST[level], BOOKS[level], RULES[level])
        for level in ("orders", "entries")
    }


def test_the_month_holds_breaks_of_many_kinds(small):
    codes = {level: set(result.breaks["code"]) for level, result in small.items()}

    assert codes["orders"] >= set("P01 P03 P07 P09 P13 P17 P19 C05 C06".split())
    assert codes["entries"] >= set("P01 P03 P09 P13 P17 C01 C02 C03 C04 C06".split())
    for result in small.values():
        assert {"pg_tid"} < set(result.items["matched_by"])
        assert (result.items["outcome"] == "matched").sum() > ROWS // 2


@LEVELS
@SOURCES
def test_every_kind_of_input_says_what_frames_say(level, source, small, tmp_path):
    first = source(FIRST[level], tmp_path, "payments")
    second = source(BOOKS[level], tmp_path, "ledger")

    large = reconcile(first, second, RULES[level])

    assert large.digest == small[level].digest
    for name in TABLES:
        expected = getattr(small[level], name)
        found = getattr(large, name)[expected.columns]
        nested = [column for column in expected if "history" in column]
        pd.testing.assert_frame_equal(
            told(found.drop(columns=nested)), told(expected.drop(columns=nested))
        )
    large.item_source.close()


@LEVELS
def test_a_file_and_a_frame_may_be_compared(level, small, tmp_path):
    mixed = reconcile(as_parquet(FIRST[level], tmp_path, "p"), BOOKS[level], RULES[level])

    assert mixed.digest == small[level].digest
    pd.testing.assert_frame_equal(mixed.ledger, BOOKS[level])


@LEVELS
def test_a_limit_of_memory_changes_nothing(level, small, tmp_path):
    limited = reconcile(
        as_parquet(FIRST[level], tmp_path, "p"),
        as_parquet(BOOKS[level], tmp_path, "l"),
        RULES[level],
        memory_limit="200MB",
    )

    assert limited.digest == small[level].digest


@pytest.mark.parametrize("limit", ["much", "", "-1GB", "2 apples"])
def test_a_limit_that_is_no_size_is_refused(limit):
    with pytest.raises(ConfigError, match="not a size"):
        reconcile(PAYMENTS_FRAME, BOOKS["orders"], memory_limit=limit)


@LEVELS
@pytest.mark.parametrize("is_large", [False, True])
def test_items_are_written_batch_by_batch(level, is_large, small, tmp_path, monkeypatch):
    monkeypatch.setattr(items_module, "_BATCH", 50)
    result = small[level]
    if is_large:
        result = reconcile(
            as_parquet(FIRST[level], tmp_path, "p"),
            as_parquet(BOOKS[level], tmp_path, "l"),
            RULES[level],
        )

    items = result.items if is_large else result.item_source
    items.to_parquet(tmp_path / "items.parquet")

    stored = pq.ParquetFile(tmp_path / "items.parquet")
    assert stored.num_row_groups > 4
    order = [*COLUMNS]
    read = told(stored.read().to_pandas()).sort_values(order, ignore_index=True)
    expected = told(small[level].items).sort_values(order, ignore_index=True)
    pd.testing.assert_frame_equal(read, expected, check_dtype=False)


def test_items_of_files_stay_there_and_answer_like_a_frame(small, tmp_path):
    result = reconcile(
        as_parquet(PAYMENTS_FRAME, tmp_path, "p"), as_parquet(BOOKS["orders"], tmp_path, "l")
    )
    expected = small["orders"].items

    assert isinstance(expected, pd.DataFrame)
    assert not isinstance(result.items, pd.DataFrame)
    assert f"{len(expected):,} items" in repr(result.items)
    assert list(result.items.columns) == [*COLUMNS]
    assert result.items["difference"].sum() == expected["difference"].sum()
    assert result.items[result.items["outcome"] == "differs"].shape == (
        expected[expected["outcome"] == "differs"].shape
    )
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        result.items.nothing_of_the_kind  # noqa: B018 - asking is the test


def test_of_large_inputs_the_result_carries_the_rows_that_were_not_plainly_matched(tmp_path):
    result = reconcile(
        as_parquet(PAYMENTS_FRAME, tmp_path, "p"), as_parquet(BOOKS["orders"], tmp_path, "l")
    )

    assert result.payments.attrs["rows_in_all"] == ROWS
    assert 0 < len(result.payments) < ROWS // 2
    assert set(result.breaks["imp_uid"].dropna()) <= set(result.payments["imp_uid"])
    assert len(result.items) > len(result.payments)


def test_the_certificate_of_the_pull_comes_with_the_file(tmp_path):
    payments = conform(PAYMENTS_FRAME, PAYMENTS)
    payments.attrs["pull"] = {"verdict": "INCOMPLETE", "started_at": "2022-12-01T00:00:00+09:00"}
    write_payments(payments, tmp_path / "november.parquet")

    result = reconcile(tmp_path / "november.parquet", BOOKS["orders"])

    assert result.breaks["code"].iloc[0] == "X01"
    assert result.conclusion.verdict == "not reconciled"


def changed(column, values):
    """Return payments with one column as something else."""
    table = as_arrow(PAYMENTS_FRAME, None, "")
    place = table.schema.get_field_index(column)
    return table.set_column(place, column, values)


@pytest.mark.parametrize(
    ("table", "what"),
    [
        (changed("amount", pa.array([0.5] * ROWS)), "amount: whole minor units"),
        (changed("amount", pa.array([None] * ROWS, pa.int64())), "amount: an amount is missing"),
        (changed("merchant_uid", pa.array([1] * ROWS)), "merchant_uid: text"),
        (changed("pg_tid", pa.array([1] * ROWS)), "pg_tid: text"),
        (changed("card_quota", pa.array([0.5] * ROWS)), "card_quota: whole numbers"),
        (
            changed("paid_at", pa.array([0] * ROWS, pa.timestamp("us"))),
            "paid_at: instants with a time zone",
        ),
        (as_arrow(PAYMENTS_FRAME, None, "").drop_columns(["imp_uid"]), "no column 'imp_uid'"),
    ],
)
def test_columns_that_are_not_exact_are_refused(table, what):
    with pytest.raises(TableError, match=what):
        reconcile(table, BOOKS["orders"])


def test_days_that_are_instants_are_refused_because_a_day_has_no_zone():
    books = as_arrow(BOOKS["orders"], None, "")
    place = books.schema.get_field_index("paid_on")
    days = books["paid_on"].cast(pa.timestamp("us", "UTC"))

    with pytest.raises(TableError, match="paid_on: days without a time zone"):
        reconcile(PAYMENTS_FRAME, books.set_column(place, "paid_on", days))


def test_a_column_that_is_all_missing_may_be_of_no_type():
    nothing = pa.nulls(ROWS)
    books = BOOKS["orders"]

    result = reconcile(changed("card_quota", nothing), books)

    expected = reconcile(PAYMENTS_FRAME.assign(card_quota=pd.NA), books)
    assert result.digest == expected.digest


def test_a_file_that_is_not_there_or_no_parquet_is_named(tmp_path):
    (tmp_path / "ledger.csv").write_text("merchant_uid,amount\no1,1\n", encoding="utf-8")

    with pytest.raises(TableError, match=r"november\.parquet: there is no such file"):
        reconcile(tmp_path / "november.parquet", BOOKS["orders"])
    with pytest.raises(TableError, match=r"ledger\.csv is not a Parquet file") as caught:
        reconcile(PAYMENTS_FRAME, tmp_path / "ledger.csv")
    assert "read_ledger" in caught.value.hint


@pytest.mark.parametrize("source", [{"merchant_uid": ["o1"]}, [1, 2], None, 7])
def test_what_cannot_be_read_is_refused(source):
    with pytest.raises(ConfigError, match="cannot be read"):
        reconcile(source, BOOKS["orders"])
