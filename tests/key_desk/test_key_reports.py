"""The audit's workbook and page: every table, no person, no bare hash, the same in both languages."""

from __future__ import annotations

import hashlib
import re

import openpyxl
import pandas as pd
import pytest
from key_world import SECRET

import jtnet_recon as jr
from jtnet_recon.key_desk.audit import reported
from jtnet_recon.report.sheets_keys import person_tokens
from jtnet_recon.report.summary import summarise

LABELS = {
    "en": {"breaks": "Breaks", "doubles": "Double charges", "keys": "Billing keys"},
    "ko": {"breaks": "불일치", "doubles": "중복 청구", "keys": "빌링키"},
}


@pytest.fixture(scope="module")
def summaries(result):
    return {lang: summarise(reported(result), lang=lang) for lang in ("en", "ko")}


@pytest.fixture(scope="module")
def written(result, tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports")
    return result.to_excel(folder / "keys.xlsx"), result.to_html(folder / "keys.html", lang="ko")


def sheet_of(summary, key):
    return next(sheet for sheet in summary.sheets if sheet.key == key)


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_a_report_holds_breaks_doubles_stories_keys_and_both_sides(summaries, lang):
    keys = [sheet.key for sheet in summaries[lang].sheets]

    wanted = ("breaks", "doubles", "stories", "keys", "payments_rows", "ledger_rows", "codes")
    assert [key for key in keys if key in wanted] == list(wanted)
    assert not {"vat", "timing", "by_day"} & set(keys)
    assert {key: sheet_of(summaries[lang], key).title for key in LABELS[lang]} == LABELS[lang]


def test_it_speaks_of_contracts_where_other_reports_speak_of_a_ledger(summaries):
    for lang, word in (("en", "ledger"), ("ko", "장부")):
        summary = summaries[lang]
        heads = [part.title for part in summary.sections] + [
            sheet.title for sheet in summary.sheets
        ]

        assert [head for head in (summary.title, *heads) if word in head.lower()] == []


def test_every_break_is_in_the_report_and_names_its_key(summaries, result):
    frame = sheet_of(summaries["en"], "breaks").frame

    assert len(frame) == len(result.breaks)
    assert frame["customer_uid"].notna().all()


def test_every_charge_that_was_judged_has_its_end_and_so_has_every_cycle(summaries, result):
    payments = sheet_of(summaries["en"], "payments_rows").frame
    cycles = sheet_of(summaries["en"], "ledger_rows").frame
    codes = payments.set_index("imp_uid")["code"]

    charged = result.breaks.dropna(subset=["imp_uid"]).drop_duplicates("imp_uid")
    assert codes[charged["imp_uid"]].tolist() == charged["code"].tolist()
    assert set(result.charges["imp_uid"]) <= set(payments["imp_uid"])
    assert (payments.loc[payments["code"] == "", "outcome"] == "no break").all()
    assert len(cycles) == len(result.ledger)
    assert (cycles["code"] == "S09").sum() == (result.breaks["code"] == "S09").sum()


def test_double_charges_are_ranked_by_what_can_be_refunded(summaries):
    frame = sheet_of(summaries["ko"], "doubles").frame

    assert len(frame) >= 4
    assert frame["refundable"].is_monotonic_decreasing
    assert {"동일 주문번호 복수 결제", "수 분 이내 동일 금액", "동일 회차 재결제"} <= set(
        frame["form"]
    )


def test_the_keys_of_one_person_share_a_token_that_tells_nothing(summaries, result):
    frame = sheet_of(summaries["en"], "keys").frame
    people = result.keys.set_index("customer_uid")["customer"]
    tokens = frame.set_index("customer_uid")["person"]

    shared = people[people.duplicated(keep=False) & people.notna()]
    assert len(shared) >= 2
    assert tokens[shared.index].groupby(shared).nunique().eq(1).all()
    assert tokens.nunique() == people.nunique()
    bare = {hashlib.sha256(text.encode()).hexdigest()[:10] for text in people.dropna()}
    assert not bare & set(tokens.dropna())


def test_a_token_needs_its_key_and_keeps_under_it():
    people = pd.Series(["M000001", "M000002", None, "M000001"], dtype="str")

    first, again = person_tokens(people, SECRET), person_tokens(people, SECRET)
    other = person_tokens(people, b"another")

    assert first.tolist() == again.tolist()
    assert first[0] == first[3] != first[1]
    assert pd.isna(first[2])
    assert not set(first.dropna()) & set(other.dropna())


def test_two_runs_have_two_secrets_and_neither_is_shown(result):
    runs = [
        jr.audit_billing_keys(
            contracts=result.contracts, period="2022-11", payments=result.data.payments
        )
        for _ in range(2)
    ]

    assert runs[0].hash_key != runs[1].hash_key
    assert runs[0].digest == runs[1].digest
    assert "hash_key" not in repr(runs[0])


def test_no_report_shows_a_person_or_a_card(result, written, business):
    book = openpyxl.load_workbook(written[0], read_only=True)
    cells = [
        str(cell) for sheet in book for row in sheet.values for cell in row if cell is not None
    ]
    texts = ["\n".join(cells), written[1].read_text(encoding="utf-8"), result._repr_html_()]
    member = business._business.contracts[0]

    for text in texts:
        assert re.search(r"010-0\d{3}-\d{4}", text) is None
        assert re.search(r"5272\d\d\*+", text) is None
        assert "@example.com" not in text
        assert member.buyer.name not in text


def test_unmasked_by_name_it_shows_them(result):
    frame = sheet_of(summarise(reported(result), unmask=True), "payments_rows").frame

    assert frame["buyer_tel"].str.match(r"010-0\d{3}-\d{4}").any()


def test_the_page_has_the_cohorts_and_loads_nothing(written):
    page = written[1].read_text(encoding="utf-8")

    assert "계약 시작월별 결제 유지율" in page
    assert "계약에서 결제까지" in page
    assert re.search(r'(?:src|href)="https?:', page) is None


def test_the_period_of_the_report_is_the_audited_one(summaries, result):
    about = dict(summaries["en"].about)

    assert about["Period"] == "2022-11-01 – 2022-11-30"
    assert result.identity["period"] == "2022-11-01..2022-11-30"


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_records_add_up_to_what_was_pulled_and_listed(summaries, lang):
    records = next(part for part in summaries[lang].sections if part.key == "records")

    words = {"en": "adds up", "ko": "일치"}
    assert [str(row[-1]) for row in records.rows] == [words[lang]] * 2


def test_every_break_of_the_audit_can_be_browsed_and_names_no_person(result, summaries):
    table = result.browse(lang="ko")
    frame = sheet_of(summaries["ko"], "breaks").frame

    assert table.count == len(frame) == table.page.count("<tr data-g=")
    assert "010-" not in table.page
