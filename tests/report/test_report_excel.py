"""The workbook says what the result says, opens anywhere, and does nothing by itself."""

from __future__ import annotations

import dataclasses
import html
import json
import re
import zipfile
from decimal import Decimal

import openpyxl
import pandas as pd
import pytest
from hostile import HOSTILE

import jtnet_recon as jr
from jtnet_recon.errors import ConfigError, StoreError
from jtnet_recon.report.excel_rows import excel_text
from jtnet_recon.report.excel_sheet import HEAD_ROWS, sheet_name
from jtnet_recon.report.figures import code_totals, headlines
from jtnet_recon.report.text import visible


@pytest.fixture(scope="module")
def written(month, tmp_path_factory):
    """Write the month in both languages."""
    folder = tmp_path_factory.mktemp("books")
    return {lang: month.to_excel(folder / f"{lang}.xlsx", lang=lang) for lang in ("en", "ko")}


@pytest.fixture(scope="module")
def book(written):
    return openpyxl.load_workbook(written["en"])


@pytest.fixture(scope="module")
def hostile_path(hostile, tmp_path_factory):
    return hostile.to_excel(tmp_path_factory.mktemp("hostile") / "hostile.xlsx")


def rows_of(sheet):
    """Give a data sheet's rows by the columns' own names."""
    head = [cell.value for cell in sheet[HEAD_ROWS]]
    return [
        dict(zip(head, row, strict=True))
        for row in sheet.iter_rows(min_row=HEAD_ROWS + 1, values_only=True)
    ]


def table_of(sheet, title):
    """Give a table of page 1 as texts, by its title."""
    lines = [
        [cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)
    ]
    start = next(place for place, line in enumerate(lines) if line == [title])
    end = next((p for p in range(start + 1, len(lines)) if not lines[p]), len(lines))
    return lines[start + 1 : end]


def xml_of(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode("utf-8") for name in archive.namelist()}


def test_the_sheets_are_named_in_the_readers_language(written):
    english = openpyxl.load_workbook(written["en"], read_only=True).sheetnames
    korean = openpyxl.load_workbook(written["ko"], read_only=True).sheetnames

    assert english[:6] == ["Summary", "Charts", "Breaks", "By day", "Proposed entries", "Cut-off"]
    assert korean[:6] == ["요약", "차트", "불일치", "일자별", "수정분개 제안", "기간귀속"]
    assert len(english) == len(korean) == 10


def test_page_1_starts_with_conclusion_and_marks(book, month):
    page = book["Summary"]

    assert page["A1"].value == "Reconciliation of i'mport payments with the ledger"
    assert page["A2"].value == month.conclusion.text
    assert page["A3"].value == "SANDBOX DATA: invented payments, no real money"


def test_page_1_carries_every_figure_that_the_control_list_asks_of_it(book):
    values = {cell for row in book["Summary"].iter_rows(values_only=True) for cell in row}

    assert {
        "Identity of this run",
        "Record counts",
        "Control totals",
        "Completeness: where every row went",
        "Bridge from the ledger to the PG",
        "Roll-forward of the open items",
        "Age of the open items",
        "Money at risk by code",
        "Result digest (SHA-256)",
        "Prepared by",
        "Reviewed by",
        "Pull certificate",
        "Controls of this run",
        "Not examined in this run",
    } <= values


def test_the_headline_is_exact_in_every_currency(book, month):
    table = table_of(book["Summary"], "At a glance")[2:]

    for found, line in zip(table, headlines(month), strict=True):
        scale = 1 if line.currency == "KRW" else 100
        money = (line.ledger_net, line.pg_net, line.difference, line.unexplained)
        assert found[0] == line.currency
        assert [Decimal(str(cell)) * scale for cell in found[1:5]] == list(money)
        assert found[5] == line.open_items


def test_the_codes_of_page_1_are_those_of_the_result(book, month):
    table = table_of(book["Summary"], "Money at risk by code")[2:]
    found = [(line[0], line[3], line[4]) for line in table if len(line) == 8]

    assert found == [(t.code, t.currency, t.items) for t in code_totals(month)]


def test_the_bridge_of_page_1_ends_at_the_pg(book, month):
    table = table_of(book["Summary"], "Bridge from the ledger to the PG")

    assert next(line[-1] for line in table if line[0] == "PG, net") == headlines(month)[0].pg_net
    assert [line[-2] for line in table if line[0] == "Unexplained"] == [0] * len(headlines(month))


def test_every_break_is_listed_most_money_first(book, month):
    rows = rows_of(book["Breaks"])
    won = [row["money_at_risk"] for row in rows if row["currency"] == "KRW"]

    assert len(rows) == len(month.breaks)
    assert won == sorted(won, reverse=True)
    assert sum(won) == headlines(month)[0].at_risk
    assert {row["name_ko"] for row in rows} == set(month.breaks["name_ko"])
    assert {row["name"] for row in rows} == set(month.breaks["name"])


def test_the_breaks_have_filter_frozen_head_and_paper(book):
    sheet = book["Breaks"]

    assert sheet.auto_filter.ref.startswith(f"A{HEAD_ROWS}:")
    assert sheet.freeze_panes == f"E{HEAD_ROWS + 1}"
    assert sheet.print_title_rows == f"$2:${HEAD_ROWS}"
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert "&P / &N" in sheet.oddFooter.right.text
    assert "SANDBOX" in sheet.oddHeader.right.text


def test_severities_are_words_with_colours(book):
    cells = [row[0] for row in book["Breaks"].iter_rows(min_row=HEAD_ROWS + 1)]
    grounds = {cell.value: cell.fill.start_color.rgb for cell in cells}

    assert set(grounds) <= {"Critical", "High", "Medium", "Low", "Info"}
    assert len(set(grounds.values())) == len(grounds) >= 4


def test_won_have_no_decimals_and_dollars_have_two(book):
    sheet = book["Breaks"]
    head = [cell.value for cell in sheet[HEAD_ROWS]]
    formats = {
        row[head.index("currency")].value: row[head.index("money_at_risk")].number_format
        for row in sheet.iter_rows(min_row=HEAD_ROWS + 1)
    }

    assert formats == {"KRW": "#,##0", "USD": "#,##0.00"}


def test_ids_are_text_and_times_are_korean(book, month):
    sheet = book["PG rows"]
    head = [cell.value for cell in sheet[HEAD_ROWS]]
    labels = dict(zip(head, (cell.value for cell in sheet[2]), strict=True))
    rows = rows_of(sheet)
    approvals = month.payments["apply_num"].dropna()

    assert labels["paid_at"] == "Approved (KST)"
    assert {type(row["imp_uid"]) for row in rows} == {str}
    assert {row["apply_num"] for row in rows} - {None} == set(approvals) - {""}
    paid = month.payments.set_index("imp_uid")["paid_at"].dt.tz_localize(None)
    for row in rows:
        expected = paid[row["imp_uid"]]
        shown = row["paid_at"]
        assert (shown is None) == pd.isna(expected)
        assert shown is None or abs(shown - expected) < pd.Timedelta(milliseconds=1)


def test_both_sides_are_there_whole_and_say_how_each_row_ended(book, month):
    payments, ledger = rows_of(book["PG rows"]), rows_of(book["Ledger rows"])
    items = month.items
    matched = items[items["outcome"] == "matched"]

    assert len(payments) == len(month.payments)
    assert len(ledger) == len(month.ledger)
    assert sum(row["outcome"] == "Matched" for row in payments) == matched["rows_payments"].sum()
    assert sum(row["outcome"] == "Matched" for row in ledger) == matched["rows_ledger"].sum()
    for side, name in ((payments, "rows_payments"), (ledger, "rows_ledger")):
        by_code = items.groupby("code")[name].sum()
        for code, count in by_code.items():
            assert sum(row["code"] == code for row in side) == count


def test_the_dictionary_explains_every_code(book):
    rows = rows_of(book["Codes"])

    assert [row["code"] for row in rows] == list(jr.CODES)
    assert not any("{" in row["finding_text"] for row in rows)


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


def test_a_result_that_lacks_something_can_be_written(edges, tmp_path):
    for name, result in edges.items():
        path = result.to_excel(tmp_path / f"{name}.xlsx", lang="ko")
        assert openpyxl.load_workbook(path).worksheets[0]["A2"].value == result.conclusion.text_ko


def test_a_pull_that_is_not_complete_is_said_on_every_sheet(broken, tmp_path):
    book = openpyxl.load_workbook(broken.to_excel(tmp_path / "broken.xlsx"))

    said = "THE PULL IS INCOMPLETE: payments may be missing"
    assert book["Summary"]["A2"].value.startswith("Not reconciled.")
    assert book["Summary"]["A3"].value == said
    for sheet in book.worksheets:
        assert said in sheet.oddHeader.right.text
    for name in ("Breaks", "PG rows", "Ledger rows", "Codes"):
        assert said in book[name]["A1"].value


def test_without_a_certificate_completeness_is_unknown(agreeing, tmp_path):
    book = openpyxl.load_workbook(agreeing.to_excel(tmp_path / "bare.xlsx"))

    cells = {cell for row in book["Summary"].iter_rows(values_only=True) for cell in row}
    assert "not known" in cells
    assert any("without a pull certificate" in str(cell) for cell in cells)


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


def test_personal_data_is_masked_in_every_part_of_the_file(month, written):
    people = set()
    for column in ("buyer_name", "buyer_tel", "buyer_email", "card_number", "vbank_num"):
        people |= set(month.payments[column].dropna())
    people |= set(month.ledger["구매자"].dropna())
    people = {text for text in people if "*" not in text and re.search(r"[^\W\d_]|\d{6}", text)}

    for path in written.values():
        content = "".join(xml_of(path).values())
        assert len(people) > 100
        assert [person for person in people if person in content] == []


def test_unmasking_shows_people_says_so_and_is_logged(month, tmp_path, caplog):
    path = month.to_excel(tmp_path / "open.xlsx", unmask=True)

    content = html.unescape("".join(xml_of(path).values()))
    assert all(name in content for name in month.payments["buyer_name"].dropna())
    assert "UNMASKED: holds personal data" in openpyxl.load_workbook(path)["Breaks"]["A1"].value
    assert "personal data unmasked" in caplog.text


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


def test_the_charts_are_the_workbooks_own_and_drawn_from_its_figures(written, month):
    xml = xml_of(written["en"])
    charts = [text for name, text in xml.items() if name.startswith("xl/charts/")]
    sheet = openpyxl.load_workbook(written["en"])["Charts"]
    column = [cell.value for cell in sheet["A"]]

    assert len(charts) == 3
    assert all("'Charts'!$B$" in chart for chart in charts)
    start = column.index("Money at risk by code, KRW") + 3
    drawn = [t for t in code_totals(month) if t.currency == "KRW" and t.money_at_risk]
    assert [sheet.cell(start + n, 2).value for n in range(len(drawn))] == [
        t.money_at_risk for t in drawn
    ]
    start = column.index("From the ledger to the PG, KRW") + 3
    steps = []
    while sheet.cell(start, 1).value:
        steps.append([cell.value for cell in sheet[start]][:5])
        start += 1
    line = headlines(month)[0]
    assert (steps[0][2], steps[-1][2]) == (line.ledger_net, line.pg_net)
    assert sum(step[3] - step[4] for step in steps) == line.pg_net - line.ledger_net


def test_amounts_that_a_chart_would_round_are_not_drawn(payments_of, ledger_of, tmp_path):
    payments = payments_of("imp_uid | merchant_uid | amount\nimp_1 | order-1 | 1234567890123456789")
    result = jr.reconcile(payments, ledger_of("merchant_uid | amount\norder-1 | 1"))

    names = openpyxl.load_workbook(result.to_excel(tmp_path / "huge.xlsx")).sheetnames

    assert "Charts" not in names
