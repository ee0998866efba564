"""A report as plain data: its words, its evidence, and what it owns up to."""

from __future__ import annotations

import dataclasses
import re
import string

import pandas as pd
import pytest

import jtnet_recon as jr
from jtnet_recon.report import evidence
from jtnet_recon.report.shapes import Facts, Grid, Money, Tag, check_lang
from jtnet_recon.report.summary import summarise
from jtnet_recon.report.view import view_of
from jtnet_recon.report.words import WORDS, known, word

STRICT = jr.PAYMENTS_TO_LEDGER


def placeholders(text):
    return {name for _, name, *_ in string.Formatter().parse(text) if name}


def section(result, key):
    report = summarise(result, rows=False)
    return next(part for part in report.sections if part.key == key)


def control(result, start):
    return next(row for row in section(result, "controls").rows if row[0].startswith(start))


def lines(part):
    return [[str(cell) for cell in row] for row in part.rows]


@pytest.mark.parametrize("key", sorted(WORDS))
def test_every_word_is_said_in_both_languages_with_the_same_gaps(key):
    english, korean = WORDS[key]

    assert english
    assert korean
    assert placeholders(english) == placeholders(korean)
    assert not re.search("[가-힣]", english)


def test_every_code_and_outcome_has_its_words(month):
    assert all(severity in WORDS for severity in set(month.breaks["severity"]))
    assert all(f"outcome_{outcome}" in WORDS for outcome in set(month.items["outcome"]))


def test_a_value_without_a_word_is_said_as_it_is():
    assert known("outcome", "brand new", "ko") == "brand new"
    assert known("outcome", "matched", "ko") == "일치"
    assert word("minutes", "ko", count=10) == "10분"


def test_both_languages_have_the_same_sections_sheets_and_numbers(month):
    english, korean = (summarise(month, lang=lang) for lang in ("en", "ko"))

    assert [part.key for part in english.sections] == [part.key for part in korean.sections]
    assert [sheet.key for sheet in english.sheets] == [sheet.key for sheet in korean.sheets]
    for one, two in zip(english.sections, korean.sections, strict=True):
        assert len(one.rows) == len(two.rows)
        if isinstance(one, Grid):
            for left, right in zip(one.rows, two.rows, strict=True):
                assert [c for c in left if isinstance(c, (int, Money))] == [
                    c for c in right if isinstance(c, (int, Money))
                ]


def test_korean_reports_have_no_english_heads(month):
    report = summarise(month, lang="ko")
    allowed = {"PG", "SHA-256", "API", "JSON", "KST", "VAT"}

    heads = [h.label for part in report.sections if isinstance(part, Grid) for h in part.headings]
    heads += [part.title for part in report.sections] + [sheet.title for sheet in report.sheets]
    words = {w for head in heads for w in re.findall(r"[A-Za-z][A-Za-z-]+\d*", head)}

    assert words <= allowed


def test_offered_records_are_accounted_for_on_both_sides(month):
    pg, ledger = section(month, "records").rows

    offered, *parts = (cell for cell in pg[1:7])
    assert offered == sum(parts)
    assert pg[2] == len(month.payments)
    assert ledger[1] == sum(ledger[2:7])
    assert ledger[2] == len(month.ledger)
    assert [str(row[-1]) for row in (pg, ledger)] == ["adds up", "adds up"]


def test_a_payment_that_vanished_after_the_pull_is_noticed(month):
    fewer = month.payments.iloc[1:]
    result = jr.reconcile(fewer, month.ledger)

    assert str(section(result, "records").rows[0][-1]) == "does not add up"


def test_without_a_source_nothing_is_counted(agreeing):
    for row in section(agreeing, "records").rows:
        assert [str(cell) for cell in row[1:]] == ["not known"] * 6 + ["unknown"]


def test_the_ledgers_own_total_is_a_control(month):
    rows = {row[0]: row for row in section(month, "controls").rows}
    wrong = month.ledger.copy()
    wrong.attrs["source"] = {**month.ledger.attrs["source"], "computed_total": 1}

    row = rows["The ledger's own total agrees with its rows"]
    failed = control(dataclasses.replace(month, ledger=wrong), "The ledger's own total")

    assert row[1] == Tag("passed", "passed")
    assert row[2] == row[3] == f"{month.ledger.attrs['source']['stated_total']:,}"
    assert failed[1] == Tag("FAILED", "failed")


def test_a_payment_that_stands_twice_fails_its_control(month):
    twice = pd.concat([month.payments, month.payments.iloc[:1]], ignore_index=True)

    row = control(dataclasses.replace(month, payments=twice), "No payment stands twice")

    assert (row[0], str(row[1]), row[3]) == ("No payment stands twice", "FAILED", "1")


def test_the_certificate_is_shown_field_by_field(month):
    facts = dict(section(month, "pull").rows)
    pull = month.payments.attrs["pull"]
    windows = section(month, "windows")

    assert facts["Verdict"] == "COMPLETE"
    assert facts["Digest of the payments (SHA-256)"] == pull["digest"]
    assert facts["Distinct payments seen"] == f"{pull['distinct']:,}"
    assert len(windows.rows) == len(pull["windows"])
    assert windows.rows[0][0] == pull["windows"][0]["from"]


def test_a_certificate_with_very_many_windows_is_cut_visibly(month):
    payments = month.payments.copy()
    windows = month.payments.attrs["pull"]["windows"] * 40
    payments.attrs["pull"] = {**month.payments.attrs["pull"], "windows": windows}

    rows = section(dataclasses.replace(month, payments=payments), "windows").rows

    assert len(rows) == 51
    assert rows[-1][0] == f"… {len(windows) - 50:,}"


def test_a_hash_that_looks_like_a_card_is_not_masked(month):
    looks = "4111111111111111" + "a" * 48
    payments, ledger = month.payments.copy(), month.ledger.copy()
    payments.attrs["pull"] = {**month.payments.attrs["pull"], "digest": looks}
    ledger.attrs["source"] = {**month.ledger.attrs["source"], "sha256": looks}
    result = dataclasses.replace(month, payments=payments, ledger=ledger)

    assert looks in dict(section(result, "pull").rows).values()
    assert dict(section(result, "sources").rows)["Ledger: SHA-256 of the file"] == looks


def test_notes_of_the_source_are_masked(month):
    ledger = month.ledger.copy()
    ledger.attrs["source"] = {**month.ledger.attrs["source"], "notes": ["call 010-9876-5432"]}

    facts = dict(section(dataclasses.replace(month, ledger=ledger), "sources").rows)

    assert facts["Ledger: notes"] == "call 010-****-5432"


def test_the_open_items_roll_forward_to_the_list(month):
    rows = lines(section(month, "open_roll"))
    open_ = month.breaks[(month.breaks["severity"] != "Info") & (month.breaks["kind"] != "control")]

    closing = [row for row in rows if row[0] == "Closing"]

    assert sum(int(row[2]) for row in closing) == len(open_)
    assert "no earlier run" in section(month, "open_roll").note


def test_each_tolerance_is_totalled_against_its_limit_and_budget(payments_of, ledger_of):
    payments = payments_of(
        "imp_uid | merchant_uid | amount\nimp_1 | order-1 | 14,003\nimp_2 | order-2 | 9,995"
    )
    ledger = ledger_of("merchant_uid | amount\norder-1 | 14,000\norder-2 | 10,000")
    rule = dataclasses.replace(jr.PAYMENTS_TO_LEDGER, tolerance=jr.Tolerance(amount=10, budget=50))
    tolerant, strict = (jr.reconcile(payments, ledger, used) for used in (rule, STRICT))

    assert lines(section(tolerant, "tolerances")) == [
        ["amount", "10 minor units", "2", "KRW", "8", "2", "5", "50"]
    ]
    assert "tolerances" not in [part.key for part in summarise(strict).sections]


def test_a_new_column_of_the_breaks_is_shown_behind_the_known(month):
    richer = month.breaks.assign(cause="webhook lost", cause_ko="웹훅 유실", brand_new="x")
    result = dataclasses.replace(month, breaks=richer)

    english = summarise(result, rows=False).sheet("breaks")
    korean = summarise(result, lang="ko", rows=False).sheet("breaks")

    assert list(english.frame.columns)[-1] == "brand_new"
    assert "cause" in english.frame.columns
    assert "cause_ko" not in english.frame.columns
    assert "cause_ko" in korean.frame.columns
    assert dict(zip(korean.frame.columns, korean.labels, strict=True))["cause_ko"] == "추정 원인"


def test_what_was_left_out_is_listed_with_its_reason(month):
    rows = lines(section(month, "excluded"))
    left_out = month.items[month.items["outcome"] == "excluded"]

    assert sum(int(row[2]) for row in rows) == len(left_out)
    assert {row[0] for row in rows} <= {"amount 0 (issue of a billing key)", "test payment"}


def test_the_completeness_of_both_sides_has_no_residual(month):
    rows = section(month, "completeness").rows
    rest = [row for row in rows if row[0] == "Residual, must be 0"]

    assert len(rest) == month.control_totals["currency"].nunique()
    for row in rest:
        assert (row[2], row[4]) == (0, 0)
        assert (row[3].amount, row[5].amount) == (0, 0)


def test_days_that_do_not_tie_are_owned_up_to(month):
    tampered = month.control_totals.assign(net=month.control_totals["net"] + 1)
    report = summarise(dataclasses.replace(month, control_totals=tampered))

    assert report.sheet("by_day") is None
    scope = next(part for part in report.sections if part.key == "scope")
    assert ("Table by day", "Left out: its sums did not tie to the control totals.") in scope.rows


def test_a_bare_comparison_can_be_summed_up_too(month):
    from jtnet_recon.recon.match import reconcile

    bare = reconcile(month.payments, month.ledger)

    facts = dict(section(bare, "identity").rows)

    assert facts["Result digest (SHA-256)"] == month.digest
    assert facts["Generated at"] == "not known"


@pytest.mark.parametrize(
    ("host", "is_sandbox"),
    [
        ("127.0.0.1:8080", True),
        ("localhost", True),
        ("[::1]:80", True),
        ("api.iamport.kr", False),
        ("localhost.evil.example", False),
        ("", False),
    ],
)
def test_only_this_machine_is_a_sandbox(month, host, is_sandbox):
    payments = month.payments.copy()
    payments.attrs["pull"] = {**month.payments.attrs["pull"], "host": host}

    marks = summarise(dataclasses.replace(month, payments=payments), rows=False).marks

    assert any("SANDBOX" in mark for mark in marks) is is_sandbox


def test_a_result_is_left_as_it_is(month):
    before = month.breaks.copy(), month.payments.copy(), month.ledger.copy()

    summarise(month)

    for frame, after in zip(before, (month.breaks, month.payments, month.ledger), strict=True):
        pd.testing.assert_frame_equal(frame, after)


def test_values_of_a_certificate_are_written_as_people_read_them(month):
    view = view_of(month, "en", unmask=False)

    assert view.plain({"paid": 2, "ready": 1}) == "paid 2 · ready 1"
    assert view.plain(["a", 1]) == "a; 1"
    assert (view.plain(True), view.plain(1_071), view.plain(None)) == ("yes", "1,071", "")


def test_mids_and_period_are_named(month, agreeing):
    view, bare = (view_of(result, "en", unmask=False) for result in (month, agreeing))

    assert evidence.period_text(view) == "2022-11-01 – 2022-11-30"
    assert evidence.mids_text(view).startswith("jtnet: shopjt001m")
    assert evidence.period_text(bare) == "not known"
    assert evidence.mids_text(bare) == ""


def test_money_and_tags_are_read_as_text():
    assert str(Money(-1_999, "USD")) == "-19.99"
    assert str(Tag("FAILED", "failed")) == "FAILED"
    assert (check_lang("en"), check_lang("ko")) == ("en", "ko")


def test_a_report_names_the_sheet_it_lacks_by_none(month):
    assert summarise(month, rows=False).sheet("payments_rows") is None
    assert isinstance(section(month, "scope"), Facts)
