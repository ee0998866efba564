"""Results to report on: a sandbox month, hostile data, and the edges."""

from __future__ import annotations

import dataclasses
import subprocess
from typing import TYPE_CHECKING

import openpyxl
import pandas as pd
import pytest
from hostile import HOSTILE
from programs import chromium, needed

import jtnet_recon as jr
from jtnet_recon.sandbox import Sandbox
from jtnet_recon.tables import LEDGER, PAYMENTS, empty

if TYPE_CHECKING:
    from pathlib import Path

MADE_AT = "2026-01-02T03:04:05+09:00"


def at(result: jr.Reconciliation, made_at: str = MADE_AT) -> jr.Reconciliation:
    """Give a result a fixed time."""
    return dataclasses.replace(result, generated_at=made_at)


@pytest.fixture(scope="session")
def month() -> jr.Reconciliation:
    """Reconcile a sandbox month as a user would."""
    with (
        Sandbox("2022-11", seed=7, orders=150) as shop,
        jr.connect(shop.url, shop.key, shop.secret, progress=False) as client,
    ):
        payments = client.payments(jr.Period("2022-11"))
        result = jr.reconcile(payments, jr.read_ledger(shop.ledger_path))
        return at(jr.verify_absence(client, result))


@pytest.fixture(scope="session")
def hostile(payments_of, ledger_of) -> jr.Reconciliation:
    """Reconcile ten orders whose every text wants to do harm, in ids, names and headings."""
    count = len(HOSTILE)
    payments = payments_of(
        "imp_uid | merchant_uid | amount\n" + "imp_1 | order-1 | 1,000\n" * count
    )
    payments = payments.assign(
        imp_uid=[f"imp_{number}" for number in range(count)],
        merchant_uid=pd.Series(HOSTILE, dtype="str"),
        name=pd.Series(HOSTILE, dtype="str"),
        pg_provider=pd.Series(HOSTILE, dtype="str"),
        cancel_history=pd.Series(
            [[{"amount": 0, "reason": f"\ud800 {text}"}] for text in HOSTILE], dtype="object"
        ),
    )
    payments["<script>heading</script>"] = pd.Series(["\ud800 lone", *HOSTILE[1:]], dtype="object")
    ledger = ledger_of("merchant_uid | amount | =1+1 | 비고\norder-2 | 2,000 | =2+2 | x")
    ledger.attrs["source"] = {
        "name": '=evil()".xlsx',
        "notes": ["<script>note</script>"],
        "guessed": [],
        "columns": {"merchant_uid": "<b>주문번호</b>"},
        "sha256": "ab" * 32,
    }
    return at(jr.reconcile(payments, ledger))


@pytest.fixture(scope="session")
def nothing() -> jr.Reconciliation:
    """Reconcile nothing with nothing."""
    return at(jr.reconcile(empty(PAYMENTS), empty(LEDGER)))


@pytest.fixture(scope="session")
def agreeing(payments_of, ledger_of) -> jr.Reconciliation:
    """Reconcile two sides that agree, with no more columns than they must have."""
    payments = payments_of("imp_uid | merchant_uid | amount\nimp_1 | order-1 | 14,000")
    ledger = ledger_of("merchant_uid | amount\norder-1 | 14,000")
    bare = payments[["imp_uid", "merchant_uid", "amount", "currency", "status"]]
    return at(jr.reconcile(bare, ledger[["merchant_uid", "amount"]]))


@pytest.fixture(scope="session")
def broken(payments_of, ledger_of) -> jr.Reconciliation:
    """Reconcile a pull that is not complete."""
    payments = payments_of("imp_uid | merchant_uid | amount\nimp_1 | order-1 | 14,000")
    payments.attrs["pull"] = {
        "verdict": "INCOMPLETE",
        "period": "2022-11-01..2022-11-30",
        "reasons": ["the API stopped answering"],
    }
    return at(jr.reconcile(payments, ledger_of("merchant_uid | amount\norder-1 | 13,000")))


@pytest.fixture
def edges(nothing, agreeing, broken) -> dict[str, jr.Reconciliation]:
    """Give the results that lack something."""
    return {"nothing": nothing, "agreeing": agreeing, "broken": broken}


@pytest.fixture(scope="session")
def written(month, tmp_path_factory) -> dict[str, Path]:
    """Write the month in both languages."""
    folder = tmp_path_factory.mktemp("books")
    return {lang: month.to_excel(folder / f"{lang}.xlsx", lang=lang) for lang in ("en", "ko")}


@pytest.fixture(scope="session")
def book(written):
    """Open the English one."""
    return openpyxl.load_workbook(written["en"])


@pytest.fixture(scope="session")
def hostile_path(hostile, tmp_path_factory) -> Path:
    """Write the hostile result."""
    return hostile.to_excel(tmp_path_factory.mktemp("hostile") / "hostile.xlsx")


@pytest.fixture(scope="session")
def office(tmp_path_factory):
    """Convert a file with LibreOffice, headless, under a profile of its own."""
    program = needed("LibreOffice", "soffice")
    profile = tmp_path_factory.mktemp("office")

    def convert(source: Path, kind: str, folder: Path) -> Path:
        command = [program, f"-env:UserInstallation={profile.as_uri()}", "--headless"]
        command += ["--convert-to", kind, "--outdir", str(folder), str(source)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        made = folder / f"{source.stem}.{kind.partition(':')[0]}"
        # Its exit code is 0 for a broken file, too.
        assert made.exists(), f"LibreOffice could not open {source.name}"
        return made

    return convert


@pytest.fixture(scope="session")
def printed_pages():
    """Read the text of each page of a PDF with poppler."""
    program = needed("poppler", "pdftotext")

    def read(pdf: bytes) -> list[str]:
        command = [program, "-layout", "-enc", "UTF-8", "-", "-"]
        done = subprocess.run(command, input=pdf, check=True, capture_output=True, timeout=60)
        return done.stdout.decode("utf-8").split("\f")

    return read


@pytest.fixture(scope="module")  # its event loop must not outlive a file
def browser():
    """Start the system's Chromium."""
    with chromium() as started:
        yield started


@pytest.fixture
def watched(browser):
    """Open empty pages; each keeps every request that it makes and all that it complains of."""
    contexts = []

    def open_(**options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.asked, page.said = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.set_default_timeout(120_000)
        return page

    yield open_
    for context in contexts:
        context.close()
