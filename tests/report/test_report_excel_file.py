"""The workbook opens anywhere, does nothing by itself, and cuts or rounds nothing."""

from __future__ import annotations

import dataclasses
import json
import re
import zipfile

import openpyxl
import pandas as pd
import pytest
from excel_cells import rows_of, xml_of
from hostile import HOSTILE

import jtnet_recon as jr
from jtnet_recon.errors import ConfigError, StoreError
from jtnet_recon.report.excel_rows import excel_text
from jtnet_recon.report.excel_sheet import HEAD_ROWS, sheet_name
from jtnet_recon.report.figures import headlines
from jtnet_recon.report.text import visible


def test_there_is_no_formula_anywhere(written):
    for path in written.values():
        sheets = {name: xml for name, xml in xml_of(path).items() if "/worksheets/" in name}

        assert not any("<f>" in xml or "<f " in xml for xml in sheets.values())


def test_the_same_result_gives_the_same_bytes(month, written, tmp_path):
    again = month.to_excel(tmp_path / "again.xlsx")

    assert again.read_bytes() == written["en"].read_bytes()


def test_the_time_of_the_run_stands_in_one_place(month, written, tmp_path):
    later = dataclasses.replace(month, generated_at="2031-12-31T23:59:59+09:00")

    other = xml_of(later.to_excel(tmp_path / "later.xlsx"))

    changed = {name: xml for name, xml in xml_of(written["en"]).items() if other[name] != xml}
    assert list(changed) == ["xl/worksheets/sheet1.xml"]
    before = changed["xl/worksheets/sheet1.xml"]
    assert before.count(month.generated_at) == 1
    assert before.replace(month.generated_at, later.generated_at) == other[next(iter(changed))]


@pytest.mark.system
def test_libreoffice_opens_it_and_finds_the_same_totals(written, month, office, tmp_path):
    copy = openpyxl.load_workbook(office(written["en"], "xlsx", tmp_path), data_only=True)

    rows = rows_of(copy["PG rows"])
    won = [row for row in rows if row["currency"] == "KRW"]
    payments = month.payments[month.payments["currency"] == "KRW"]
    assert sum(row["amount"] for row in won) == payments["amount"].sum()
    assert sum(row["cancel_amount"] for row in won) == payments["cancel_amount"].sum()
    days = [row for row in rows_of(copy["By day"]) if row["currency"] == "KRW"]
    line = headlines(month)[0]
    assert sum(row["net_payments"] for row in days) == line.pg_net
    assert sum(row["net_ledger"] for row in days) == line.ledger_net
    breaks = [row for row in rows_of(copy["Breaks"]) if row["currency"] == "KRW"]
    assert sum(row["money_at_risk"] for row in breaks) == line.at_risk
    assert copy["Summary"]["A2"].value == month.conclusion.text


@pytest.mark.system
def test_libreoffice_shows_hostile_text_as_it_was(hostile_path, office, tmp_path):
    copy = openpyxl.load_workbook(office(hostile_path, "xlsx", tmp_path))

    rows = {row["imp_uid"]: row for row in rows_of(copy["PG rows"])}
    for number, text in enumerate(HOSTILE):
        row = rows[f"imp_{number}"]
        assert row["merchant_uid"] == row["name"] == row["pg_provider"] == visible(text)
        assert visible(json.dumps(text, ensure_ascii=False))[1:-1] in row["cancel_history"]
        assert "⟨U+D800⟩" in row["cancel_history"]
    assert not any(
        cell.data_type == "f" for sheet in copy for line in sheet.iter_rows() for cell in line
    )


def test_hostile_text_stays_text(hostile_path):
    book = openpyxl.load_workbook(hostile_path)

    rows = {row["imp_uid"]: row for row in rows_of(book["PG rows"])}
    for number, text in enumerate(HOSTILE):
        assert rows[f"imp_{number}"]["name"] == excel_text(visible(text))
    kinds = {cell.data_type for sheet in book for line in sheet.iter_rows() for cell in line}
    assert "f" not in kinds
    assert not any(cell.hyperlink for cell in book["Breaks"]["D"])
    assert "=1+1" in [cell.value for cell in book["Ledger rows"][2]]
    quoted = [cell for cell in book["PG rows"]["C"][HEAD_ROWS:] if cell.value.startswith("=")]
    assert [cell.quotePrefix for cell in quoted] == [True]


def test_a_long_text_is_cut_in_its_cell_and_whole_on_its_own_sheet(
    payments_of, ledger_of, tmp_path
):
    text = "가나다라마바사" * 7_000
    payments = payments_of("imp_uid | merchant_uid | amount\nimp_1 | order-1 | 14,000")
    payments = payments.assign(name=pd.Series([text], dtype="str"))
    result = jr.reconcile(payments, ledger_of("merchant_uid | amount\norder-1 | 14,000"))

    book = openpyxl.load_workbook(result.to_excel(tmp_path / "long.xlsx"))

    cell = rows_of(book["PG rows"])[0]["name"]
    parts = rows_of(book["Long texts"])
    assert len(cell) <= 32_767
    assert f"[cut: {len(text):,} characters in all" in cell
    assert "".join(part["text"] for part in parts) == text
    assert {(part["sheet_name"], part["row"], part["column"]) for part in parts} == {
        ("PG rows", "4", "name")
    }


def test_an_amount_that_excel_would_round_is_text(payments_of, ledger_of, tmp_path):
    huge = 1_234_567_890_123_456_789
    payments = payments_of(f"imp_uid | merchant_uid | amount\nimp_1 | order-1 | {huge}")
    result = jr.reconcile(payments, ledger_of("merchant_uid | amount\norder-1 | 1"))

    book = openpyxl.load_workbook(result.to_excel(tmp_path / "huge.xlsx"))

    assert rows_of(book["PG rows"])[0]["amount"] == f"{huge:,}"
    page = {cell for row in book["Summary"].iter_rows(values_only=True) for cell in row}
    assert f"{huge:,}" in page


def test_three_digit_currencies_and_none_keep_every_digit(payments_of, ledger_of, tmp_path):
    payments = payments_of("""
        imp_uid | merchant_uid | amount | currency
        imp_1   | order-1      | 1234567 | KWD
        imp_2   | order-2      | 1234567 | JPY
        imp_3   | order-3      | 10      | USD
    """)
    result = jr.reconcile(payments, ledger_of("merchant_uid | amount\norder-9 | 1"))

    book = openpyxl.load_workbook(result.to_excel(tmp_path / "coins.xlsx"))

    amounts = {row["currency"]: row["amount"] for row in rows_of(book["PG rows"])}
    assert amounts == {"KWD": 1234.567, "JPY": 1_234_567, "USD": 0.1}
    with zipfile.ZipFile(tmp_path / "coins.xlsx") as archive:
        cells = "".join(archive.read(n).decode() for n in archive.namelist() if "sheet" in n)
    assert "<v>1234.567</v>" in cells
    assert "<v>0.10</v>" in cells


def test_a_time_that_excel_cannot_count_is_text(payments_of, ledger_of, tmp_path):
    payments = payments_of("""
        imp_uid | merchant_uid | amount | paid_at
        imp_1   | order-1      | 1,000  | 1890-01-01 00:00
        imp_2   | order-2      | 1,000  | 2022-11-07 09:08:07
    """)
    result = jr.reconcile(payments, ledger_of("merchant_uid | amount\norder-9 | 1"))

    book = openpyxl.load_workbook(result.to_excel(tmp_path / "old.xlsx"))

    times = {row["imp_uid"]: row["paid_at"] for row in rows_of(book["PG rows"])}
    assert times["imp_1"].startswith("1890-01-01")
    assert str(times["imp_2"]) == "2022-11-07 09:08:07"


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(month, tmp_path, monkeypatch):
    monkeypatch.setattr("jtnet_recon.report.excel.ROWS_MAX", 50 + HEAD_ROWS)

    book = openpyxl.load_workbook(month.to_excel(tmp_path / "split.xlsx"))

    parts = [name for name in book.sheetnames if name.startswith("PG rows")]
    assert len(parts) == -(-len(month.payments) // 50)
    ids = [row["imp_uid"] for name in parts for row in rows_of(book[name])]
    assert ids == month.payments["imp_uid"].tolist()
    assert f"part 1 of {len(parts)}" in book["PG rows"]["A1"].value


def test_a_write_that_fails_leaves_the_old_file(agreeing, tmp_path, monkeypatch):
    path = agreeing.to_excel(tmp_path / "report.xlsx")
    before = path.read_bytes()

    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("jtnet_recon.report.excel._pack", stop)
    with pytest.raises(KeyboardInterrupt):
        agreeing.to_excel(path, lang="ko")

    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["report.xlsx"]


def test_a_folder_that_is_not_there_is_named(month, tmp_path):
    with pytest.raises(StoreError, match="the folder 'nowhere' does not exist"):
        month.to_excel(tmp_path / "nowhere" / "report.xlsx")


@pytest.mark.parametrize("name", ["report.xls", "report.html", "report"])
def test_a_name_of_another_kind_of_file_is_refused_with_the_right_one(month, tmp_path, name):
    with pytest.raises(ConfigError, match=r"is a \.xlsx file, which") as caught:
        month.to_excel(tmp_path / name)

    assert (caught.value.hint, list(tmp_path.iterdir())) == ('Write "report.xlsx".', [])
    assert caught.value.hint_ko == '"report.xlsx" 처럼 쓰세요.'
    with pytest.raises(ConfigError, match=r"is a \.html file, which"):
        month.to_html(tmp_path / "report.htm")


@pytest.mark.system
def test_no_chart_is_cut_in_two_on_paper(written, office, printed_pages, tmp_path):
    pages = printed_pages(office(written["en"], "pdf", tmp_path).read_bytes())

    titles = ("Money at risk by code", "From the ledger to the PG", "Ledger and PG by day, net")
    on = [
        next(number for number, text in enumerate(pages) if f"{title}, KRW" in text)
        for title in titles
    ]
    assert len(set(on)) == 3
    assert max(re.findall(r"^ *(\d\d-\d\d) ", pages[on[2]], re.MULTILINE)) == "11-30"


def test_the_axis_of_the_bridge_has_room_for_its_numbers(written, month):
    charts = [text for name, text in xml_of(written["en"]).items() if "/charts/chart" in name]
    chart = next(text for text in charts if '"stacked"' in text)

    start, step = (
        float(re.search(rf'<(?:c:)?{tag} val="([^"]+)"', chart)[1]) for tag in ("min", "majorUnit")
    )
    most = max(line.ledger_net for line in headlines(month) if line.currency == "KRW")
    assert 2 <= (most - start) / step <= 7


def test_a_language_without_words_is_refused(month, tmp_path):
    with pytest.raises(ConfigError, match="'en' or 'ko', not in 'fr'"):
        month.to_excel(tmp_path / "report.xlsx", lang="fr")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("2024/01 대사", "2024-01 대사"),
        ("[a]:*?\\'", "-a------"),
        ("x" * 40, "x" * 31),
        ("", "-"),
        ("tab\tname", "tab␉name"),
    ],
)
def test_a_sheet_gets_a_name_that_it_may_have(title, name):
    assert sheet_name(title, set()) == name


def test_two_sheets_of_one_title_get_two_names():
    taken = set()

    names = [sheet_name("Y" * 31, taken), sheet_name("y" * 31, taken), sheet_name("Y" * 31, taken)]

    assert names == ["Y" * 31, "y" * 27 + " (2)", "Y" * 27 + " (3)"]


def test_text_that_looks_like_an_escape_of_the_format_keeps_its_letters():
    assert excel_text("_x0041_ _x00g1_ _X0041_") == "_x005F_x0041_ _x00g1_ _X0041_"


def test_every_number_format_is_known_before_the_rows_are_written(written):
    xml = xml_of(written["en"])
    styles = xml["xl/styles.xml"]
    count = int(re.search(r'<cellXfs count="(\d+)"', styles).group(1))

    used = {
        int(n)
        for name, text in xml.items()
        if "/worksheets/" in name
        for n in re.findall(r' s="(\d+)"', text)
    }

    assert max(used) < count
