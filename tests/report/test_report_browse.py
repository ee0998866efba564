"""The table of all breaks for a notebook: it sorts and searches in a frame that can do nothing else."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

import jtnet_recon as jr
from jtnet_recon.errors import ConfigError

HOST = "<!doctype html><meta charset=utf-8><title>host</title><body>{}</body>"


@pytest.fixture
def shown(watched):
    """Show tables in a page as a notebook does; give the page with all that it asked and said."""

    def show(table, **options):
        page = watched(viewport={"width": 1300, "height": 900}, **options)
        page.set_content(HOST.format(table._repr_html_()))
        return page, page.frame_locator("iframe")

    return show


@pytest.mark.system
def test_every_break_is_there_to_be_searched_and_sorted(month, shown):
    _, table = shown(month.browse())
    count = len(month.breaks)

    expect(table.locator("output")).to_contain_text(f"of {count} shown")
    table.locator("input").fill("P01 high")
    expected = int((month.breaks["code"] == "P01").sum())
    expect(table.locator("tbody tr:visible")).to_have_count(expected)
    table.locator("input").fill("")
    table.locator("thead button", has_text="Difference").click()
    first = table.locator("tbody tr").first.locator("td.num").nth(1)
    most = month.breaks.loc[month.breaks["currency"] == "KRW", "difference"].max()
    expect(first).to_have_text(f"{most:,}")


@pytest.mark.system
def test_nothing_is_asked_of_a_network_and_nothing_complains(month, shown):
    page, table = shown(month.browse(lang="ko"))

    expect(table.locator("output")).to_contain_text("건 표시")
    assert [url for url in page.asked if not url.startswith("about:")] == []
    assert page.said == []


@pytest.mark.system
def test_what_data_brings_along_does_not_run_and_the_notebook_is_out_of_reach(hostile, shown):
    page, table = shown(hostile.browse())

    expect(table.locator("output")).to_contain_text("shown")
    assert page.title() == "host"
    inner = page.frames[1]
    assert inner.title() == "Breaks"
    assert inner.evaluate("self.origin") == "null"
    assert inner.evaluate(
        "(() => { try { return parent.document.title } catch (e) { return e.name } })()"
    ) == ("SecurityError")
    # In a table with marks of its own each text is seen whole.
    for text in ("<script>document.title='owned'</script>", '=HYPERLINK("http://evil.example/"'):
        assert text in inner.locator("tbody").text_content()


def test_the_frame_may_run_our_script_only_and_says_so_where_it_is_dropped(hostile):
    html = hostile.browse()._repr_html_()
    tags = re.findall(r"<[^>]+>", html)

    assert [tag.split()[0] for tag in tags] == ["<iframe", "</iframe>"]
    assert 'sandbox="allow-scripts"' in html
    assert "script-src" in html
    assert "notebook trusted" in html.rpartition('">')[2]


def test_the_table_tells_what_it_is_where_no_page_is_shown(month, agreeing):
    assert repr(month.browse()) == f"<BreakTable: {len(month.breaks)} breaks>"
    assert repr(agreeing.browse()) == "<BreakTable: 0 breaks>"


def test_personal_data_is_masked_unless_asked_for(payments_of, ledger_of):
    payments = payments_of("imp_uid | merchant_uid | amount\nimp_1 | 010-9876-5432 | 1,000")
    result = jr.reconcile(payments, ledger_of("merchant_uid | amount\nother | 1"))

    assert "010-9876-5432" not in result.browse().page
    assert "010-9876-5432" in result.browse(unmask=True).page


def test_a_language_that_reports_do_not_speak_is_refused(month):
    with pytest.raises(ConfigError, match="'en' or 'ko'"):
        month.browse(lang="fr")
