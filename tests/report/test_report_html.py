"""The page shows what the result says, loads nothing, and runs nothing that data brought."""

from __future__ import annotations

import dataclasses
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pandas as pd
import pytest
from hostile import HOSTILE
from playwright.sync_api import expect

import jtnet_recon as jr
from jtnet_recon.money import format_minor
from jtnet_recon.report.figures import code_totals, headlines
from jtnet_recon.report.html import PAGE_ROWS, repr_html
from jtnet_recon.report.html_tables import ROWS_MAX
from jtnet_recon.report.text import visible


@pytest.fixture(scope="module")
def written(month, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    return {lang: month.to_html(folder / f"{lang}.html", lang=lang) for lang in ("en", "ko")}


@pytest.fixture(scope="module")
def pages(hostile, agreeing, broken, nothing, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    results = {"hostile": hostile, "agreeing": agreeing, "broken": broken, "nothing": nothing}
    return {name: result.to_html(folder / f"{name}.html") for name, result in results.items()}


@pytest.fixture
def opened(watched):
    """Open a report; give the page with every request it made and everything it complained of."""

    def open_(path, **options):
        page = watched(**{"viewport": {"width": 1400, "height": 900}, **options})
        page.goto(path.as_uri())
        return page

    return open_


def shown_ids(page):
    return page.locator("#breaks tbody tr:visible td:nth-child(4)").all_inner_texts()


def test_the_page_names_conclusion_totals_and_every_break(month, written):
    text = written["en"].read_text(encoding="utf-8")

    assert month.conclusion.text in text
    assert "SANDBOX DATA: invented payments, no real money" in text
    for line in headlines(month):
        assert f"<b>{format_minor(line.at_risk, line.currency)}</b>" in text
    body = text[text.index('id="breaks"') :]
    for uid in month.breaks["merchant_uid"].dropna():
        assert f">{uid}<".replace("&", "&amp;") in body


def test_the_page_speaks_the_readers_language(written):
    korean = written["ko"].read_text(encoding="utf-8")

    assert '<html lang="ko">' in korean
    assert "사유코드별 위험금액" in korean
    assert "Money at risk" not in korean


def test_the_same_result_gives_the_same_page_but_for_its_time(broken, pages, tmp_path):
    later = dataclasses.replace(broken, generated_at="2031-12-31T23:59:59+09:00")
    before = pages["broken"].read_text(encoding="utf-8")

    other = later.to_html(tmp_path / "later.html").read_text(encoding="utf-8")

    assert before.count(broken.generated_at) == 1
    assert before.replace(broken.generated_at, later.generated_at) == other


def test_there_is_one_script_one_style_and_no_attribute_that_acts(written, pages):
    for path in (*written.values(), pages["hostile"]):
        text = path.read_text(encoding="utf-8")
        head = text[: text.index("<body")]
        body = text[text.index("<body") :]
        assert re.findall(r"<script[^>]*>", text) == ["<script>"]
        assert re.findall(r"<style[^>]*>", text) == ["<style>"]
        tags = re.findall(
            r"<[a-z][^>]*>", re.sub(r"<script>.*?</script>", "", body, flags=re.DOTALL)
        )
        assert not [tag for tag in tags if re.search(r'\s(on\w+|style)="?', tag)]
        assert not [
            tag
            for tag in tags
            if re.search(r'(href|src|srcset)="(?!#|data:image/png;base64,)', tag)
        ]
        assert "default-src &#39;none&#39;" in head


@pytest.mark.system
def test_a_browser_asks_for_nothing_and_complains_of_nothing(written, opened):
    for path in written.values():
        page = opened(path)

        assert [url for url in page.asked if not url.startswith("data:image/png")] == [
            path.as_uri()
        ]
        assert page.said == []
        broken = page.evaluate("Array.from(document.images).filter(i => !i.naturalWidth).length")
        assert (page.locator("img").count(), broken) == (6, 0)


@pytest.mark.system
def test_hostile_text_runs_nothing_and_loses_nothing(pages, opened):
    page = opened(pages["hostile"])

    page.wait_for_timeout(200)
    cells = page.locator("#breaks tbody td:nth-child(4)")
    shown = [
        cells.nth(place).evaluate(
            "cell => (cell.querySelector('details') || cell).lastChild.textContent"
        )
        for place in range(cells.count())
    ]
    assert page.title() == "Reconciliation of i'mport payments with the ledger"
    assert page.asked[1:] == [url for url in page.asked[1:] if url.startswith("data:image/png")]
    assert page.said == []
    assert {visible(text) for text in HOSTILE} <= set(shown)
    assert page.locator("script").count() == 1
    assert page.locator("a:not([href^='#'])").count() == 0


@pytest.fixture
def listener():
    """Listen on loopback, as a thief of data would; give the port and what was asked."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1], asked
        server.shutdown()
        thread.join()


@pytest.mark.system
def test_the_policy_stops_what_would_come_through(pages, opened, listener):
    port, asked = listener
    page = opened(pages["agreeing"])

    page.evaluate(
        """(port) => {
        for (const tag of ['img', 'iframe', 'embed', 'video', 'audio']) {
            const element = document.createElement(tag);
            element.src = `http://127.0.0.1:${port}/${tag}`;
            document.body.append(element);
        }
        const script = document.createElement('script');
        script.textContent = 'document.title = "owned"';
        document.body.append(script);
        const style = document.createElement('style');
        style.textContent = 'body { display: none }';
        document.head.append(style);
        fetch(`http://127.0.0.1:${port}/fetch`).catch(() => {});
    }""",
        port,
    )
    for _ in range(600):  # the browser tells what it refused, one by one
        if sum("Content Security Policy" in text for text in page.said) >= 7:
            break
        page.wait_for_timeout(100)

    assert asked == []
    assert page.title() != "owned"
    assert page.locator("body").is_visible()
    assert sum("Content Security Policy" in text for text in page.said) >= 7


@pytest.mark.system
def test_the_breaks_can_be_searched_and_chosen_by_code(month, written, opened):
    page = opened(written["en"])
    wanted = month.breaks["merchant_uid"].dropna().iloc[3]

    page.locator("#breaks input").fill(wanted.lower())
    expect(page.locator("#breaks tbody tr:not([hidden])")).to_have_count(
        int((month.breaks["merchant_uid"] == wanted).sum())
    )
    found = shown_ids(page)
    page.locator("#breaks input").fill("")
    page.locator("#breaks select").nth(1).select_option("C01")
    chosen = page.locator("#breaks tbody tr:visible td:nth-child(2)").all_inner_texts()

    assert set(found) == {wanted}
    assert chosen == ["C01"] * int((month.breaks["code"] == "C01").sum())
    assert (
        page.locator("#breaks output").inner_text() == f"{len(chosen)} of {len(month.breaks)} shown"
    )


@pytest.mark.system
def test_the_breaks_are_sorted_by_number_and_currencies_stay_apart(month, written, opened):
    page = opened(written["en"])
    head = page.locator("#breaks th").nth(6)

    orders = []
    for _ in range(2):
        head.locator("button").click()
        rows = page.locator("#breaks tbody tr").evaluate_all(
            "rows => rows.map(r => [r.cells[4].textContent, Number(r.cells[6].dataset.n)])"
        )
        orders.append((head.get_attribute("aria-sort"), rows))

    currencies = [currency for currency, _ in orders[0][1]]
    assert [state for state, _ in orders] == ["descending", "ascending"]
    for state, rows in orders:
        won = [n for currency, n in rows if currency == "KRW"]
        assert won == sorted(won, reverse=state == "descending")
    assert currencies.count("KRW") == (month.breaks["currency"] == "KRW").sum()
    assert len([n for n in range(1, len(currencies)) if currencies[n] != currencies[n - 1]]) == 1


@pytest.mark.system
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_the_page_without_sideways_scrolling(written, opened, scheme):
    page = opened(
        written["ko"], viewport={"width": 390, "height": 844}, color_scheme=scheme, is_mobile=True
    )

    assert page.evaluate("document.documentElement.scrollWidth") == 390
    first = page.locator("#breaks tbody tr").first
    label = first.locator("td").nth(3).evaluate("c => getComputedStyle(c, '::before').content")
    assert label == '"주문번호"'
    picture = page.locator("picture img").first.evaluate("image => image.currentSrc.slice(-60)")
    source = page.locator("picture source").first.get_attribute("srcset")[-60:]
    assert (picture == source) is (scheme == "dark")


@pytest.mark.system
def test_print_shows_every_row_and_every_table(written, opened):
    page = opened(written["en"])

    page.emulate_media(media="print")

    rows = page.locator("#breaks tbody tr")
    assert page.locator("#breaks tbody tr:visible").count() == rows.count()
    assert page.locator(".tools:visible").count() == 0
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


@pytest.mark.system
def test_every_printed_page_of_a_table_has_its_headings(written, opened, printed_pages):
    page = opened(written["en"])

    pages = printed_pages(page.pdf(prefer_css_page_size=True))

    line = re.compile(r"^ *(?:Critical|High|Medium|Low|Info) +[A-Z]\d\d ", re.MULTILINE)
    of_breaks = [text for text in pages if len(line.findall(text)) > 2]
    assert len(of_breaks) > 1
    for text in of_breaks:
        assert {"Severity", "Order id", "Money at risk", "Finding"} <= set(
            re.split(r"\s{2,}|\n", text.lstrip())
        )


@pytest.mark.system
def test_the_figures_of_a_currency_stand_on_one_line_of_a_printed_page(written, opened):
    page = opened(written["en"], viewport={"width": 1030, "height": 700})

    page.emulate_media(media="print")

    tiles = page.locator(".tiles").first.locator(".tile").all()
    assert len({round(tile.bounding_box()["y"]) for tile in tiles}) == 1


@pytest.mark.system
def test_a_chart_is_legible_on_a_phone(written, opened):
    page = opened(written["ko"], viewport={"width": 390, "height": 844})

    box = page.locator("figure img").first.bounding_box()
    figure = page.locator("figure").first

    assert box["width"] > 700
    assert figure.evaluate("figure => figure.scrollWidth > figure.clientWidth")


@pytest.mark.system
def test_the_page_works_without_script(written, month, opened):
    page = opened(written["en"], java_script_enabled=False)

    assert page.locator("#breaks tbody tr:visible").count() == len(month.breaks)
    assert page.locator(".tools:visible").count() == 0


@pytest.mark.system
def test_ten_thousand_breaks_are_quick_to_search(ledger_of, opened, tmp_path):
    count = ROWS_MAX + 50
    rows = np.arange(count)
    payments = pd.DataFrame(
        {
            "imp_uid": [f"imp_{n}" for n in rows],
            "merchant_uid": [f"order-{n}" for n in rows],
            "amount": rows + 1,
            "currency": "KRW",
            "status": "paid",
        }
    )
    result = jr.reconcile(payments, ledger_of("merchant_uid | amount\nother | 5"))
    page = opened(result.to_html(tmp_path / "many.html"))

    page.locator("#breaks input").fill("order-9876")
    expect(page.locator("#breaks tbody tr:not([hidden])")).to_have_count(1, timeout=30_000)

    assert shown_ids(page) == ["order-9876"]
    assert page.locator("#breaks tbody tr").count() == ROWS_MAX
    assert f"The first {ROWS_MAX:,} of {count + 1:,} breaks" in page.locator("#breaks").inner_text()
    page.locator("#breaks input").fill("")
    expect(page.locator("#breaks tbody tr:not([hidden])")).to_have_count(ROWS_MAX)
    assert page.locator("#breaks tbody tr:visible").count() == PAGE_ROWS
    page.locator("#breaks .more").click()
    assert page.locator("#breaks tbody tr:visible").count() == 2 * PAGE_ROWS


def test_a_result_that_lacks_something_can_be_shown(edges, pages):
    for name, result in edges.items():
        text = pages[name].read_text(encoding="utf-8")

        assert visible(result.conclusion.text).replace("'", "&#39;") in text
        assert repr_html(result)


def test_a_pull_that_is_not_complete_is_said_at_the_top(pages):
    text = pages["broken"].read_text(encoding="utf-8")

    assert '<p class="verdict failed">Not reconciled.' in text
    assert '<p class="mark">THE PULL IS INCOMPLETE: payments may be missing</p>' in text


def test_personal_data_is_masked_on_the_page(month, written):
    people = set(month.payments["buyer_name"].dropna()) | set(month.ledger["구매자"].dropna())
    people |= set(month.payments["buyer_tel"].dropna())
    people = {text for text in people if "*" not in text and re.search(r"[^\W\d_]|\d{6}", text)}

    text = written["ko"].read_text(encoding="utf-8")

    assert len(people) > 50
    assert [person for person in people if person in text] == []


def test_people_in_ids_and_findings_are_masked_unless_asked(payments_of, ledger_of, tmp_path):
    payments = payments_of("""
        imp_uid | merchant_uid               | amount
        imp_1   | 010-9876-5432              | 14,000
        imp_2   | hajun.kim@example.com      | 14,000
    """)
    result = jr.reconcile(payments, ledger_of("merchant_uid | amount\n010-9876-5432 | 13,000"))

    masked = result.to_html(tmp_path / "masked.html").read_text(encoding="utf-8")
    unmasked = result.to_html(tmp_path / "open.html", unmask=True).read_text(encoding="utf-8")

    for secret in ("9876", "hajun"):
        assert secret not in masked
        assert secret not in repr_html(result)
        assert secret in unmasked
    assert "010-****-5432 #1" in masked
    assert "UNMASKED: holds personal data" in unmasked


def test_a_write_that_fails_leaves_the_old_page(agreeing, tmp_path, monkeypatch):
    path = tmp_path / "report.html"
    path.write_text("old", encoding="utf-8")

    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("pathlib.Path.write_text", stop)
    with pytest.raises(KeyboardInterrupt):
        agreeing.to_html(path)

    assert path.read_text(encoding="utf-8") == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]


def test_a_notebook_gets_totals_and_largest_breaks_without_script(month, hostile):
    text = month._repr_html_()

    for line in headlines(month):
        assert format_minor(line.at_risk, line.currency) in text
    for total in code_totals(month):
        assert f">{total.code}<" in text
    assert "mathjax_ignore" in text
    for html in (text, hostile._repr_html_()):
        tags = " ".join(re.findall(r"<[^>]*>", html))
        assert not re.search(r"<script|<img|\son\w+=|\sstyle=|href=|src=", tags)
        assert len(html) < 200_000


def test_a_notebook_gets_a_large_result_small(ledger_of):
    rows = range(3_000)
    payments = pd.DataFrame(
        {
            "imp_uid": [f"imp_{n}" for n in rows],
            "merchant_uid": [f"order-{n}-" + "가" * 3_000 for n in rows],
            "amount": 1_000,
            "currency": "KRW",
            "status": "paid",
        }
    )

    text = jr.reconcile(payments, ledger_of("merchant_uid | amount\nother | 5"))._repr_html_()

    assert len(text.encode()) < 50_000
