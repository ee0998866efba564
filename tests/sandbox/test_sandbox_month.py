"""End to end: what is pulled over HTTP and read from a file gives back the planted breaks."""

from __future__ import annotations

import pandas as pd
import pytest

import jtnet_recon as jr

NOVEMBER = jr.Period("2022-11")
COMPARED = ["code", "merchant_uid", "currency", "difference", "money_at_risk"]
DECLARED = tuple(column.name for column in jr.LEDGER.columns if not column.optional)
FILES = ("ledger_path", "ledger_csv_path", "ledger_parquet_path")


def rows_of(frame):
    """Give the compared columns as sorted rows, a missing id as an empty text."""
    rows = frame[COMPARED].astype({"merchant_uid": "str"}).fillna({"merchant_uid": ""})
    return sorted(rows.itertuples(index=False, name=None))


def pulled(sandbox, month):
    with jr.connect(sandbox.url, sandbox.key, sandbox.secret, progress=False) as client:
        return client.payments(month)


def check(sandbox, month):
    """Hold the breaks of one month against the answers."""
    payments = pulled(sandbox, month)
    result = jr.reconcile(payments, jr.read_ledger(sandbox.ledger_path))

    assert payments.attrs["pull"]["verdict"] == "COMPLETE"
    assert rows_of(result.breaks) == rows_of(sandbox.answers)
    assert (result.bridge.query("step == 'unexplained'")["amount"] == 0).all()


def check_files(sandbox):
    """The same lines, whatever file they are in, make the same breaks."""
    ledgers = [jr.read_ledger(getattr(sandbox, file)) for file in FILES]

    for other in ledgers[1:]:
        names = list(DECLARED)
        pd.testing.assert_frame_equal(ledgers[0][names], other[names])


@pytest.mark.parametrize("seed", range(20))
def test_the_breaks_are_exactly_the_planted_ones(seed):
    with jr.Sandbox("2022-11", seed=seed) as sandbox:
        check(sandbox, "2022-11")
        check_files(sandbox)


@pytest.mark.parametrize("month", ["2022-02", "2023-01", "2023-02", "2023-03"])
def test_the_breaks_are_the_planted_ones_across_the_move_to_nice(month):
    with jr.Sandbox(month, seed=1, orders=300) as sandbox:
        check(sandbox, month)


@pytest.mark.parametrize("orders", [100, 3000])
def test_the_breaks_are_the_planted_ones_in_small_and_large_months(orders):
    with jr.Sandbox("2022-11", seed=3, orders=orders) as sandbox:
        check(sandbox, "2022-11")


def check_entries(sandbox, month):
    """Hold the breaks of the ledger of entries against its answers, event against entry."""
    with jr.connect(sandbox.url, sandbox.key, sandbox.secret, progress=False) as client:
        events = jr.transactions(client.payments(month, basis="events"))
    events = events[month.contains(events["at"])]
    ledger = jr.read_ledger(sandbox.ledger_entries_path)
    result = jr.reconcile(events, ledger, jr.TRANSACTIONS_TO_LEDGER)

    assert (ledger["amount"] > 0).all()
    assert rows_of(result.breaks) == rows_of(sandbox.entry_answers)
    assert (result.bridge.query("step == 'unexplained'")["amount"] == 0).all()
    return result


@pytest.mark.parametrize("seed", range(10))
def test_the_breaks_of_the_ledger_of_entries_are_exactly_the_planted_ones(seed):
    with jr.Sandbox("2022-11", seed=seed) as sandbox:
        result = check_entries(sandbox, NOVEMBER)

    assert set("P01 P02 P03 P09 P13 C01 C02 C03".split()) <= set(result.breaks["code"])


@pytest.mark.parametrize(("month", "orders"), [("2023-02", 300), ("2022-11", 3000)])
def test_the_breaks_of_entries_are_the_planted_ones_in_other_months(month, orders):
    with jr.Sandbox(month, seed=1, orders=orders) as sandbox:
        check_entries(sandbox, jr.Period(month))


def test_the_ledger_of_entries_says_what_each_word_of_its_kinds_means(november):
    source = jr.read_ledger(november.ledger_entries_path).attrs["source"]

    assert source["columns"]["kind"] == "구분"
    assert source["guessed"][-2:] == ["kind '매출' is approval", "kind '환불' is cancel"]
    assert source["stated_total"] == source["computed_total"] > 0


def test_an_order_that_the_pg_lacks_is_told_by_what_was_found_instead(november):
    with jr.connect(november.url, november.key, november.secret, progress=False) as client:
        result = jr.reconcile(client.payments("2022-11"), jr.read_ledger(november.ledger_path))
        verified = jr.verify_absence(client, result)

    planted = november.answers.query("code == 'P02'").set_index("merchant_uid")["planted"]
    found = verified.breaks.query("code == 'P02'").set_index("merchant_uid")["verified"]
    words = {
        "no such payment": "no such payment",
        "only failed attempts, booked as paid": "only failed attempts",
        "paid in the month before, booked in this one": "paid outside the period",
    }
    assert set(planted) == set(words)
    assert set(found.index) == set(planted.index)
    assert all(words[planted[uid]] == found[uid] for uid in planted.index)


def test_the_description_of_a_ledger_names_its_traps(november):
    sheet, text = (jr.read_ledger(getattr(november, f)).attrs["source"] for f in FILES[:2])

    for source in (sheet, text):
        assert (source["header_row"], source["rows_total"]) == (4, 3)
        assert source["rows_blank"] == 3
        assert source["rows_accepted"] == len(jr.read_ledger(november.ledger_path))
        assert source["stated_total"] == source["computed_total"] > 0
        assert source["columns"]["merchant_uid"] == "주문번호"
    assert (sheet["kind"], sheet["sheet"]) == ("xlsx", "11월 원장")
    assert (text["kind"], text["encoding"]) == ("csv", "cp949")
