"""The store keeps what it is given, as it was given, once, for its owner alone."""

from __future__ import annotations

import os
import stat
from datetime import datetime, timedelta

import pandas as pd
import pytest

import jtnet_recon as jr
from jtnet_recon.period import KST

TABLES = (
    "breaks totals control_totals bridge controls tolerances ledger payments open_items".split()
)


def alike(kept, given):
    """Tell that a kept table is the given one; what is missing in untyped columns is None."""
    untyped = [name for name in given.columns if given[name].dtype == "object"]
    plain = {
        name: pd.Series(
            [None if pd.api.types.is_scalar(c) and pd.isna(c) else c for c in given[name]],
            dtype="object",
        )
        for name in untyped
    }
    expected = given.reset_index(drop=True).assign(**plain)
    pd.testing.assert_frame_equal(kept, expected, check_flags=False)


@pytest.mark.parametrize("name", TABLES)
def test_every_table_of_a_run_comes_back_as_it_was(tmp_path_factory, result, name):
    store = jr.Store(tmp_path_factory.mktemp("kept") / "store")

    run = store.run(store.save_run(result, job="monthly"))

    alike(run.table(name), getattr(result, name))


def test_a_run_s_own_tables_are_at_hand(store, result):
    run = store.run(store.save_run(result))

    alike(run.totals, result.totals)
    alike(run.ledger, result.ledger)
    with pytest.raises(KeyError):
        run.table("roll_forward")


def test_payments_that_another_program_kept_nested_are_kept(store, tmp_path, pull_of, ledger_of):
    """pandas reads nested columns of a Parquet file as arrays, which JSON does not know."""
    payments = pull_of(
        "imp_uid | merchant_uid | amount | cancel_amount | status | cancel_history\n"
        "i1 | o1 | 14,000 | 4,000 | cancelled | 1,000 + 3,000\n i2 | o2 | 5 | 0 | paid |"
    )
    payments.to_parquet(tmp_path / "own.parquet")
    nested = pd.read_parquet(tmp_path / "own.parquet")

    run = store.run(
        store.save_run(jr.reconcile(nested, ledger_of("merchant_uid | amount\n o1 | 1")))
    )

    assert type(nested["cancel_history"][0]).__name__ == "ndarray"
    assert run.payments["cancel_history"].tolist() == [[{"amount": 1_000}, {"amount": 3_000}], None]
    assert [{"amount": 1_000}, {"amount": 3_000}] in run.breaks["cancel_history_payments"].tolist()


def test_a_pull_comes_back_with_its_certificate(store, pulled):
    pull_id = store.save_pull(pulled)

    kept = store.pull(pull_id)
    assert kept.payments.attrs["pull"] == kept.certificate == pulled.attrs["pull"]
    alike(kept.payments, pulled)


def test_a_run_is_kept_once_and_listed(store, result):
    first = store.save_run(result, job="daily", inputs={"ledger.xlsx": "ab12"})
    again = store.save_run(result, job="daily", inputs={"ledger.xlsx": "ab12"})

    listed = store.runs()
    assert (first, again, len(listed)) == (1, 1, 1)
    row = listed.iloc[0]
    assert (row["job"], row["period"]) == ("daily", "2022-11-01..2022-11-30")
    assert (row["verdict"], row["digest"]) == (result.conclusion.verdict, result.digest)
    assert row["open_items"] == (result.breaks["severity"] != "Info").sum()
    assert row["money_at_risk"] in result.conclusion.text
    assert store.run(1).facts["inputs"] == {"ledger.xlsx": "ab12"}
    assert store.run(1).facts["source"]["sha256"] == result.ledger.attrs["source"]["sha256"]


def test_the_same_result_under_another_job_or_start_is_another_run(store, result):
    start = datetime(2022, 12, 1, tzinfo=KST)

    ids = [
        store.save_run(result, job="daily", started=start),
        store.save_run(result, job="monthly", started=start),
        store.save_run(result, job="daily", started=start + timedelta(hours=1)),
        store.save_run(result, job="daily", started=start),
    ]

    assert ids == [1, 2, 3, 1]
    assert store.runs("daily")["run_id"].tolist() == [1, 3]
    assert store.last_run("daily").run_id == 3
    assert store.last_run("weekly") is None


def test_a_pull_saved_twice_is_one_entry(store, pulled):
    assert store.save_pull(pulled) == store.save_pull(pulled)

    listed = store.pulls()
    assert len(listed) == 1
    assert listed.loc[0, ["period", "verdict", "rows"]].tolist() == [
        "2022-11-01..2022-11-30",
        "COMPLETE",
        len(pulled),
    ]


def test_the_same_inputs_make_the_same_bytes(tmp_path, result, pulled):
    folders = []
    for name in ("one", "two"):
        store = jr.Store(tmp_path / name)
        store.save_pull(pulled)
        store.save_run(result, job="daily")
        folders.append({path.name: path.read_bytes() for path in (store.path / "tables").iterdir()})

    assert folders[0] == folders[1]
    # The run's payments are the pull's file: nothing is kept twice.
    assert len(folders[0]) == len(TABLES)


def test_the_store_is_its_owner_s_alone(tmp_path, result):
    old = tmp_path / "store"
    old.mkdir(mode=0o755)
    store = jr.Store(old)
    store.save_run(result)
    store.journal()["key"] = b"value"

    paths = [old, *old.rglob("*")]
    modes = {stat.S_IMODE(path.stat().st_mode) for path in paths}
    # Windows keeps a profile's files from other users by itself, and has no such modes.
    assert os.name == "nt" or modes == {0o700, 0o600}
    assert len(paths) > len(TABLES)


def test_an_empty_store_lists_the_same_columns_as_a_full_one(store, result, pulled):
    empty = store.runs().dtypes, store.pulls().dtypes

    store.save_run(result)
    store.save_pull(pulled)

    pd.testing.assert_series_equal(empty[0], store.runs().dtypes)
    pd.testing.assert_series_equal(empty[1], store.pulls().dtypes)


def test_as_of_gives_what_was_known_then(store, pull_of, ledger_of):
    ledger = ledger_of("merchant_uid | amount\n o1 | 14,000")
    for day in ("2022-11-08", "2022-12-05"):
        status = "failed" if day == "2022-11-08" else "paid"
        payments = pull_of(
            f"imp_uid | merchant_uid | amount | status\n i1 | o1 | 14,000 | {status}",
            started_at=f"{day}T09:00:00+09:00",
        )
        store.save_run(jr.reconcile(payments, ledger), job="daily")

    kept_at = store.runs()["saved_at"]
    early = store.as_of(kept_at[0].to_pydatetime())
    late = store.as_of("2022-12-01", job="daily")
    assert (early.run_id, early.payments["status"].tolist()) == (1, ["failed"])
    assert (early.breaks["code"].tolist(), late.breaks["code"].tolist()) == (["P02"], [])
    assert late.run_id == 2
    with pytest.raises(jr.StoreError, match=r"By 2022-11-30 23:59:59 \(Asia/Seoul\) no such run"):
        store.as_of("2022-11-30")
    with pytest.raises(jr.ConfigError, match="'soon' is no instant"):
        store.as_of("soon")


def test_what_is_not_kept_is_said_with_what_is(store, result):
    with pytest.raises(jr.StoreError, match="There is no run 1 in this store") as nothing:
        store.run(1)
    store.save_run(result)

    assert "It holds none yet" in str(nothing.value)
    with pytest.raises(jr.StoreError, match="runs 1 to 1"):
        store.run(2)
    with pytest.raises(jr.StoreError, match="There is no pull 'abc'"):
        store.pull("abc")


def test_a_start_without_a_zone_is_refused(store, result):
    with pytest.raises(jr.ConfigError, match="no time zone"):
        store.save_run(result, started=datetime(2022, 12, 1))  # noqa: DTZ001 - the point

    assert store.runs().empty


def test_inputs_that_cannot_be_written_down_are_refused(store, result):
    with pytest.raises(jr.ConfigError, match="inputs= holds what JSON cannot"):
        store.save_run(result, inputs={"ledger": object()})

    assert store.runs().empty


def test_a_store_and_a_run_name_themselves_in_a_line(store, result):
    run = store.run(store.save_run(result))

    assert repr(store) == "<Store 'store'>"
    assert repr(run) == "Run(run_id=1)"


def test_texts_of_any_kind_are_kept(store, payments_of, ledger_of):
    name = "\u202e주문\t=HYPERLINK() 🙂"
    payments = payments_of("imp_uid | merchant_uid | amount\n i1 | o1 | 14,000").assign(name=name)

    run = store.run(
        store.save_run(jr.reconcile(payments, ledger_of("merchant_uid | amount\n o1 | 1")))
    )

    assert run.payments["name"].tolist() == [name]
    assert run.breaks["name_payments"].tolist() == [name]


def test_amounts_beyond_64_bits_stay_exact(store, payments_of, ledger_of):
    large = 2**63 - 1
    payments = payments_of(
        f"imp_uid | merchant_uid | amount\n i1 | o1 | {large}\n i2 | o2 | {large}"
    )
    result = jr.reconcile(payments, ledger_of(f"merchant_uid | amount\n o1 | {large}"))

    run = store.run(store.save_run(result))

    assert run.table("control_totals")["amount"].tolist() == [2 * large, large]
