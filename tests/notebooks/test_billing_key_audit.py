"""The notebook of the billing-key audit runs, shows its charts, and finds what is planted."""

from __future__ import annotations

import re
from typing import Any

import nbformat
import pytest
from notebook_run import ROOT, assert_clean, executed, pages, pictures, printed

import jtnet_recon as jr

AUDIT = ROOT / "notebooks" / "03_billing_key_audit.ipynb"
_EXPLAINED = re.compile(r"^\| ([A-Z]\d\d) \| (.+?) · (.+?) \|", re.MULTILINE)


@pytest.fixture(scope="module")
def audit(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Give the notebook with its outputs, and the folder it ran in."""
    folder = tmp_path_factory.mktemp("audit")
    return executed(AUDIT, folder), folder


@pytest.fixture(scope="module")
def planted() -> Any:
    """Give what the notebook's business plants."""
    return jr.Sandbox("2022-11", seed=7, subscriptions=300).key_answers


def test_every_cell_of_the_audit_runs_without_error_or_warning(audit: Any) -> None:
    notebook, _ = audit

    assert_clean(notebook)


def test_what_the_audit_found_is_what_was_planted(audit: Any, planted: Any) -> None:
    notebook, _ = audit

    said = re.findall(r"found = planted: (\d+) of (\d+) breaks", printed(notebook))[0]

    assert said == (str(len(planted)), str(len(planted)))


def test_codes_timeline_and_cohorts_are_drawn(audit: Any) -> None:
    notebook, _ = audit

    assert len(pictures(notebook)) == 3


def test_a_key_is_shown_as_a_page_and_as_a_story_without_anybody_in_it(audit: Any) -> None:
    notebook, _ = audit

    assert any("카드 소유자" in page and "****-****-****-" in page for page in pages(notebook))
    assert "B10 Unexplained retry" in printed(notebook)
    # The list of contracts has names in a column of its own: they decide nothing, and stay out.
    assert "고객명" not in printed(notebook)
    assert not re.search(r"010-0\d{3}-\d{4}|@example\.com|5272\d\d\*", "".join(pages(notebook)))


def test_the_reports_of_the_audit_are_written(audit: Any) -> None:
    _, folder = audit

    assert sorted(path.name for path in (folder / "out").iterdir()) == ["keys.html", "keys.xlsx"]


def test_each_code_of_the_audit_is_explained_under_its_own_name(planted: Any) -> None:
    notebook = nbformat.read(AUDIT, as_version=4)
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")

    explained = {code: (name, name_ko) for code, name, name_ko in _EXPLAINED.findall(text)}

    met = set(planted["code"])
    assert explained == {code: (jr.CODES[code].name, jr.CODES[code].name_ko) for code in met}
