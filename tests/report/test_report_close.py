"""Closing a month: entries that tie to the bridge, open items from run to run, the self-test."""

from __future__ import annotations

import dataclasses

import openpyxl
import pandas as pd
import pytest

import jtnet_recon as jr
from jtnet_recon.errors import ConfigError
from jtnet_recon.recon import self_test
from jtnet_recon.report import adjustments
from jtnet_recon.report.summary import summarise


def section(result, key, **options):
    report = summarise(result, rows=False, **options)
    return next(part for part in report.sections if part.key == key)


def facts(result, key="identity"):
    return dict(section(result, key).rows)


def control(result, start, **options):
    rows = section(result, "controls", **options).rows
    return next(row for row in rows if str(row[0]).startswith(start))


def gaps(result):
    """Give what leads from the ledger's net total to the PG's, by currency."""
    nets = result.control_totals.pivot_table("net", "currency", "side", aggfunc="sum", fill_value=0)
    return {str(c): int(n["payments"] - n["ledger"]) for c, n in nets.iterrows()}


@pytest.fixture(scope="module")
def two_months(payments_of, ledger_of):
    """Reconcile October, then November with October before it: one cleared, one that waits."""
    october = payments_of(
        "imp_uid | merchant_uid | amount | paid_at\n"
        "imp_1 | order-1 | 10,000 | 2022-10-31 10:00:00\n"
        "imp_2 | order-2 | 20,000 | 2022-10-05 10:00:00"
    )
    october.attrs["pull"] = {"verdict": "COMPLETE", "period": "2022-10-01..2022-10-31"}
    before = jr.reconcile(october, ledger_of("merchant_uid | amount\norder-9 | 1"))
    november = payments_of(
        "imp_uid | merchant_uid | amount | paid_at\n"
        "imp_1 | order-1 | 10,000 | 2022-10-31 10:00:00\n"
        "imp_3 | order-3 | 30,000 | 2022-11-05 10:00:00"
    )
    november.attrs["pull"] = {"verdict": "COMPLETE", "period": "2022-11-01..2022-11-30"}
    ledger = ledger_of("merchant_uid | amount | paid_on\norder-1 | 10,000 | 2022-10-31")
    return jr.reconcile(november, ledger, previous=before)


@pytest.mark.parametrize("name", ["month", "agreeing", "broken", "hostile", "nothing"])
def test_the_entries_of_each_currency_lead_from_the_ledger_to_the_pg(name, request):
    result = request.getfixturevalue(name)

    moved = result.adjustments.groupby("currency")["receivable"].sum().to_dict()

    assert {currency: moved.get(currency, 0) for currency in gaps(result)} == gaps(result)


def test_an_entry_debits_and_credits_one_amount_above_zero(month):
    entries = month.adjustments
    posted = entries[entries["debit"] != ""]

    assert (entries["amount"] > 0).all()
    assert (entries["amount"] == entries["receivable"].abs()).all()
    for debit, credit, moved in posted[["debit", "credit", "receivable"]].itertuples(index=False):
        assert (debit if moved > 0 else credit) == "PG receivable"
        assert debit != credit


def test_every_break_of_money_stands_behind_an_entry_by_its_order(month):
    entries = month.adjustments
    named = {order for orders in entries["orders"] for order in orders.split(", ")}
    moved = month.breaks[(month.breaks["difference"] != 0) & month.breaks["merchant_uid"].notna()]

    assert set(moved["merchant_uid"]) <= named


def test_a_sale_that_the_pg_lacks_is_reversed_only_after_it_was_looked_up(month):
    looked_up = month.adjustments.query("code == 'P02'")
    blind = dataclasses.replace(month, breaks=month.breaks.drop(columns="verified"))
    not_looked_up = blind.adjustments.query("code == 'P02'")

    assert "post" in set(looked_up["action"])
    assert set(not_looked_up["action"]) == {"decide first"}


def test_no_code_has_two_answers_and_each_is_a_code():
    groups = (adjustments._POST, adjustments._PG, adjustments._NONE)

    assert sum(map(len, groups)) == len(frozenset().union(*groups))
    assert frozenset().union(*groups) <= set(jr.CODES)


def test_the_workbook_proposes_the_same_entries_in_both_languages(month, tmp_path):
    for lang, name, debit in (
        ("en", "Proposed entries", "debit"),
        ("ko", "수정분개 제안", "debit_ko"),
    ):
        book = openpyxl.load_workbook(month.to_excel(tmp_path / f"{lang}.xlsx", lang=lang))
        rows = [row for row in book[name].iter_rows(values_only=True) if row[1] in jr.CODES]

        assert [row[3] for row in rows] == month.adjustments[debit].tolist()


def test_the_roll_forward_ties_to_the_list_of_the_earlier_run(two_months):
    rows = {row[0]: row[1:] for row in section(two_months, "open_roll").rows}
    sheet = summarise(two_months, rows=False).sheet("open_list")
    states = sheet.frame["open_state"].value_counts().to_dict()

    opening, new, cleared, changed, closing = (
        rows[step][1] for step in ("Opening", "New", "Cleared", "Changed", "Closing")
    )
    assert opening + new + cleared + changed == closing
    assert closing == len(two_months.open_items)
    assert states["cleared"] == -cleared == 1
    assert states["waits, not looked at"] == 2
    assert len(sheet.frame) - states["cleared"] == closing
    assert "2 of the open items" in section(two_months, "open_roll").note


def test_the_open_items_are_listed_in_korean_too(two_months):
    sheet = summarise(two_months, lang="ko", rows=False).sheet("open_list")

    assert sheet.title == "미해소 목록"
    assert {"해소", "신규", "대기(대상 아님)"} <= set(sheet.frame["open_state"])


def test_without_an_earlier_run_there_is_no_such_list(month):
    assert summarise(month, rows=False).sheet("open_list") is None


@pytest.fixture(scope="module")
def tested(month):
    """Plant breaks on the month's own payments and look for them."""
    return month.with_self_test()


def test_the_self_test_finds_on_these_payments_what_it_planted(tested, month):
    row = control(tested, "Self-test")

    assert str(row[1]) == "passed"
    assert row[2] == row[3] != "0"
    assert "0 missed, 0 false alarms" in row[4]
    assert control(tested, "자체 시험", lang="ko")[4].startswith("누락 0건, 오탐 0건")
    assert tested.conclusion == month.conclusion
    assert len(month.controls) == len(tested.controls) - 1


def test_a_self_test_is_stated_once(tested):
    again = dataclasses.replace(tested, controls=tested.controls)

    assert (again.controls["control"] == self_test.CONTROL).sum() == 1
    assert "not run" not in str(control(tested, "Self-test")[4]).lower()


def test_a_planted_break_that_is_missed_fails_the_conclusion(month, monkeypatch):
    def plant_more(payments, *, seed):
        planted = jr.plant(payments, ["P01"], seed)
        wrong = planted.answers.assign(money_at_risk=planted.answers["money_at_risk"] + 1)
        return dataclasses.replace(planted, answers=wrong)

    monkeypatch.setattr(self_test, "plant", plant_more)

    result = month.with_self_test()

    assert result.conclusion.verdict == "not reconciled"
    assert "Self-test" in result.conclusion.text
    assert "1 missed, 1 false alarms" in control(result, "Self-test")[4]


def test_a_self_test_that_cannot_be_done_says_why(agreeing, month):
    transactions = jr.reconcile(
        jr.transactions(month.payments), month.ledger, jr.TRANSACTIONS_TO_LEDGER
    )

    for result in (agreeing, transactions):
        row = control(result.with_self_test(), "Self-test")
        assert str(row[1]) == "unknown"
        assert row[4]


def test_a_self_test_that_was_not_run_is_not_claimed(month):
    english, korean = control(month, "Self-test"), control(month, "자체 시험", lang="ko")

    assert str(english[1]) == "unknown"
    assert english[4].startswith("Not run.")
    assert korean[4].startswith("실행하지 않음.")


@pytest.fixture(scope="module")
def movements(month):
    """Reconcile each movement of the month with books that have a line for each, but for one."""
    moved = jr.transactions(month.payments)
    lines = moved[moved["currency"] == "KRW"][["merchant_uid", "amount", "currency", "at"]]
    ledger = lines.assign(paid_on=lines["at"].dt.tz_localize(None).dt.normalize())
    ledger = ledger.drop(columns="at").reset_index(drop=True)
    krw = moved[moved["currency"] == "KRW"].reset_index(drop=True)
    krw.attrs = dict(moved.attrs)
    return jr.reconcile(krw, ledger.iloc[1:], jr.TRANSACTIONS_TO_LEDGER)


def test_books_with_a_line_a_movement_are_reported_like_any_other(movements, tmp_path):
    report = summarise(movements)
    by_day = report.sheet("by_day").frame
    nets = movements.control_totals.set_index("side")["net"]

    assert by_day["net_payments"].sum() == nets["payments"]
    assert by_day["net_ledger"].sum() == nets["ledger"]
    assert movements.to_excel(tmp_path / "moved.xlsx").stat().st_size > 0
    assert movements.to_html(tmp_path / "moved.html").stat().st_size > 0


def test_an_approval_and_its_cancel_are_no_payment_that_stands_twice(movements):
    row = control(movements, "No payment stands twice")

    assert movements.payments["imp_uid"].duplicated().any()
    assert str(row[1]) == "passed"


def test_each_movement_shows_all_that_became_of_its_order(movements):
    rows = summarise(movements).sheet("payments_rows").frame
    missing = movements.breaks.query("code == 'P01'")["merchant_uid"]

    assert len(rows) == len(movements.payments)
    assert rows.loc[rows["merchant_uid"].isin(missing), "code"].str.contains("P01").all()
    assert not rows["outcome"].isna().any()


def test_a_line_that_was_paired_by_another_reference_is_not_called_missing(payments_of, ledger_of):
    payments = payments_of("imp_uid | merchant_uid | amount\nimp_1 | order-1 | 14,000")
    ledger = ledger_of("merchant_uid | amount | imp_uid\nbook-7 | 14,000 | imp_1")
    result = jr.reconcile(payments, ledger)

    row = summarise(result).sheet("ledger_rows").frame.iloc[0]

    assert len(result.items) == 1
    assert (row["code"], row["outcome"]) == ("", "Paired under another id")


@pytest.fixture(scope="module")
def own_tables():
    """Reconcile two tables that are neither payments nor a ledger."""
    days = pd.to_datetime(["2022-11-01"] * 3)
    payouts = pd.DataFrame({"payout": ["PO-1", "PO-2", "PO-3"], "paid": [100, 200, 300]})
    bank = pd.DataFrame({"memo": ["PO-1", "PO-2", "PO-9"], "credit": [100, 250, 300]})
    rule = jr.Rule(
        "payouts to bank credits",
        key=("payout", "memo"),
        amount=("paid", "credit"),
        day=("due", "on"),
        suggest=None,
        sides=("payouts", "bank"),
    )
    return jr.reconcile(payouts.assign(due=days), bank.assign(on=days), rule)


def test_two_tables_of_ones_own_are_reported_under_their_own_names(own_tables, tmp_path):
    english = summarise(own_tables)
    text = own_tables.to_html(tmp_path / "own.html").read_text(encoding="utf-8")
    korean = own_tables.to_html(tmp_path / "ko.html", lang="ko").read_text(encoding="utf-8")
    book = openpyxl.load_workbook(own_tables.to_excel(tmp_path / "own.xlsx"))

    assert english.title == "Reconciliation of payouts with bank"
    assert {"Rows of payouts", "Rows of bank"} <= set(book.sheetnames)
    assert "payouts·bank 대사 보고서" in korean
    for claim in ("i&#39;mport payments with", "Ledger, net", "Only at the PG", "Self-test"):
        assert claim not in text
    rows = english.sheet("ledger_rows").frame.set_index("memo")["outcome"].to_dict()
    assert rows == {"PO-1": "Matched", "PO-2": "Differs", "PO-9": "Only in bank"}


def test_entries_and_cut_off_are_of_payments_and_a_ledger_only(own_tables):
    with pytest.raises(ConfigError, match="Entries are proposed for payments and a ledger"):
        _ = own_tables.adjustments
    with pytest.raises(ConfigError, match="payments and a ledger only"):
        _ = own_tables.cut_off


def test_a_line_of_very_many_orders_names_the_first_and_counts_the_rest(payments_of, ledger_of):
    many = "\n".join(f"imp_{n} | order-{n:03} | 1,000" for n in range(50))
    payments = payments_of(f"imp_uid | merchant_uid | amount\n{many}")
    result = jr.reconcile(payments, ledger_of("merchant_uid | amount\nother | 1"))

    line = summarise(result, rows=False).sheet("adjustments").frame.query("code == 'P01'").iloc[0]

    assert line["orders"].endswith("order-019 … +30")
    assert result.adjustments.query("code == 'P01'")["orders"].iloc[0].count("order-") == 50


def test_mids_are_checked_only_where_some_were_declared(month):
    mids = tuple(month.payments["pg_id"].dropna().unique())
    known, fewer = (
        jr.reconcile(
            month.payments, month.ledger, dataclasses.replace(jr.PAYMENTS_TO_LEDGER, mids=some)
        )
        for some in (mids, mids[:1])
    )

    assert str(control(month, "Every MID")[1]) == "unknown"
    assert str(control(known, "Every MID")[1]) == "passed"
    assert str(control(fewer, "Every MID")[1]) == "FAILED"


def test_the_configuration_is_stated_with_versions_and_a_digest(month):
    wider = dataclasses.replace(jr.PAYMENTS_TO_LEDGER, tolerance=jr.Tolerance(amount=10))
    other = dataclasses.replace(month, rule=wider)
    label = "Digest of the rule (SHA-256)"

    assert len(facts(month)[label]) == 64
    assert facts(month)[label] != facts(other)[label]
    assert facts(other)["Tolerances allowed"].startswith("10 minor units")
    for name in ("jtnet_recon", "Python", "pandas", "duckdb"):
        assert name in facts(month)["Software"]


def test_the_days_from_the_periods_end_to_the_pull_are_counted(month):
    payments = month.payments.copy()
    payments.attrs["pull"] = {
        **month.payments.attrs["pull"],
        "ended_at": "2022-12-04T16:00:00+00:00",
    }

    said = facts(dataclasses.replace(month, payments=payments))["Period ended, pulled"]

    assert said == "2022-11-30, 2022-12-05: 5 days after"


def test_whose_payments_these_are_is_said_as_far_as_it_is_known(month, agreeing):
    merchant = str(month.payments.attrs["pull"]["merchant"])

    assert merchant in facts(month)["Company"]
    assert facts(agreeing)["Company"] == "not known"
    assert "for the reviewer to confirm" in section(month, "sources").note
