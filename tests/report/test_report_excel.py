"""The workbook says what the result says, in words, figures and marks."""

from __future__ import annotations

import html
import re
from decimal import Decimal

import openpyxl
import pandas as pd
from excel_cells import rows_of, table_of, xml_of

import jtnet_recon as jr
from jtnet_recon.report.excel_sheet import HEAD_ROWS
from jtnet_recon.report.figures import code_totals, headlines


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
