"""JupyterLab itself, driven by a browser: the first notebook runs, shows its tables and charts."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from playwright.sync_api import expect
from programs import chromium
from test_notebooks import FIRST, ROOT

import jtnet_recon as jr

if TYPE_CHECKING:
    from pathlib import Path

# Generous for a loaded machine of two cores; each wait ends as soon as its condition holds.
WAIT_S = 240
pytestmark = [pytest.mark.system, pytest.mark.timeout(4 * WAIT_S)]

_ENDED = """(count) => {
  const prompts = [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")];
  const done = prompts.filter((prompt) => /^\\[\\d+\\]:$/.test(prompt.textContent.trim()));
  const failed = document.querySelector('[data-mime-type="application/vnd.jupyter.error"]');
  return done.length === count || failed !== null;
}"""


class Lab:
    """A JupyterLab server of its own: no settings of this machine, no news, no way out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.token = secrets.token_hex(16)
        home = folder / "jupyter"
        (home / "config" / "labconfig").mkdir(parents=True)
        (home / "runtime").mkdir(mode=0o700)
        news = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
        (home / "config" / "labconfig" / "page_config.json").write_text(json.dumps(news))
        places = {
            "JUPYTER_CONFIG_DIR": home / "config",
            "JUPYTER_DATA_DIR": home / "data",
            "JUPYTER_RUNTIME_DIR": home / "runtime",
            "JUPYTERLAB_SETTINGS_DIR": home / "settings",
            "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
            "IPYTHONDIR": home / "ipython",
        }
        options = [
            "--no-browser",
            "--allow-root",
            "--LabApp.extension_manager=readonly",
            "--ServerApp.ip=127.0.0.1",
            "--ServerApp.port=0",
            f"--ServerApp.root_dir={folder / 'work'}",
            f"--IdentityProvider.token={self.token}",
        ]
        self.said = (folder / "said.txt").open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options],
            env={**os.environ, **{name: str(place) for name, place in places.items()}},
            stdin=subprocess.DEVNULL,
            stdout=self.said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._runtime = home / "runtime"

    def url(self) -> str:
        """Wait until the server has written down where it listens."""
        end = time.monotonic() + WAIT_S
        while time.monotonic() < end and self.process.poll() is None:
            for path in self._runtime.glob("jpserver-*.json"):
                with suppress(ValueError):  # half written
                    return str(json.loads(path.read_text())["url"])
            time.sleep(0.1)
        raise AssertionError((self.folder / "said.txt").read_text())

    def stop(self) -> None:
        """Ask the server to end, and its kernels with it; then see to it."""
        with suppress(AssertionError, OSError):
            asked = urllib.request.Request(
                f"{self.url()}api/shutdown",
                method="POST",
                headers={"Authorization": f"token {self.token}"},
            )
            urllib.request.urlopen(asked, timeout=30).close()
            self.process.wait(timeout=60)
        if self.process.poll() is None:
            # Kernels look for their parent and end without it.
            if hasattr(os, "killpg"):
                os.killpg(self.process.pid, signal.SIGKILL)
            else:
                self.process.kill()
        self.process.wait(timeout=60)
        self.said.close()


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Start JupyterLab on a copy of the notebook and its data."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "data", folder / "work" / "data")
    (folder / "work" / "notebooks").mkdir()
    shutil.copy(FIRST, folder / "work" / "notebooks" / FIRST.name)
    started = Lab(folder)
    try:
        yield started
    finally:
        started.stop()


@pytest.fixture(scope="module")  # its event loop must not outlive a file
def page(lab: Lab) -> Any:
    """Open the notebook in a browser, run all its cells, and wait until they have ended."""
    url = lab.url()
    with chromium() as browser:
        shown = browser.new_page(viewport={"width": 1500, "height": 1000})
        shown.set_default_timeout(WAIT_S * 1000)
        shown.asked = []
        shown.on("request", lambda request: shown.asked.append(request.url))
        shown.goto(f"{url}lab/tree/notebooks/{FIRST.name}?token={lab.token}")
        # Whoever runs cells before there is a kernel is asked for one.
        shown.get_by_text(re.compile(r"^Python 3 \(ipykernel\) \| Idle$")).wait_for()
        shown.locator(".lm-MenuBar-itemLabel", has_text=re.compile("^Run$")).click()
        shown.locator(".lm-Menu-itemLabel", has_text=re.compile("^Run All Cells$")).click()
        cells = nbformat.read(FIRST, as_version=4).cells
        count = sum(cell.cell_type == "code" for cell in cells)
        shown.wait_for_function(_ENDED, arg=count)
        yield shown


def test_every_cell_runs_without_error_or_warning_in_jupyterlab(page: Any) -> None:
    errors = page.locator('[data-mime-type="application/vnd.jupyter.error"]')
    warnings = page.locator('[data-mime-type="application/vnd.jupyter.stderr"]')

    assert errors.all_text_contents() == []
    # A letter that a chart's font lacks would be a warning.
    assert warnings.all_text_contents() == []


def test_the_result_is_seen_as_a_table_with_its_totals(page: Any) -> None:
    shown = page.locator(".jtnet-recon")

    shown.scroll_into_view_if_needed()

    expect(shown.locator(".jr-verdict")).to_contain_text("Reconciled with")
    expect(shown.locator("table").first).to_be_visible()
    expect(shown.locator("details")).to_have_count(1)
    expect(shown.locator("details table")).not_to_be_visible()
    shown.locator("summary").click()
    expect(shown.locator("details table")).to_be_visible()


def test_sentences_of_the_result_begin_on_the_left_and_numbers_end_on_the_right(page: Any) -> None:
    side = "cell => getComputedStyle(cell).textAlign"

    line = page.locator(".jtnet-recon table").nth(1).locator("tbody tr").first

    assert line.locator("td").last.evaluate(side) == "left"
    assert line.locator("td.jr-num").first.evaluate(side) == "right"


def test_both_charts_are_drawn(page: Any) -> None:
    charts = page.locator(".jp-RenderedImage img")

    expect(charts).to_have_count(2)
    for chart in charts.all():
        chart.scroll_into_view_if_needed()
        expect(chart).to_be_visible()
        assert chart.evaluate("(img) => img.decode().then(() => img.naturalWidth)") > 300


def test_all_breaks_are_sorted_and_searched_in_the_notebook(page: Any) -> None:
    planted = jr.Sandbox("2022-11", seed=7).answers
    page.locator("iframe.jtnet-recon-browse").scroll_into_view_if_needed()
    table = page.frame_locator("iframe.jtnet-recon-browse")

    expect(table.locator("output")).to_contain_text(f"of {len(planted)} shown")
    table.locator("select").nth(1).select_option("C07")
    expect(table.locator("tbody tr:visible")).to_have_count(int((planted["code"] == "C07").sum()))
    table.locator("select").nth(1).select_option("")
    order = planted.loc[planted["code"] == "P01", "merchant_uid"].iloc[0]
    table.locator("input").fill(order)
    expect(table.locator("tbody tr:visible")).to_have_count(1)
    table.locator("input").fill("")
    table.locator("thead button", has_text="Money at risk").click()
    most = table.locator("tbody tr").first.locator("td.num").first
    most_won = planted.loc[planted["currency"] == "KRW", "money_at_risk"].max()
    expect(most).to_have_text(f"{most_won:,}")


def test_nothing_was_asked_of_any_other_machine(lab: Lab, page: Any) -> None:
    own = lab.url()

    strangers = [url for url in page.asked if not url.startswith((own, "data:", "blob:"))]

    assert page.asked
    assert strangers == []
