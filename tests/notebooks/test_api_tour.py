"""The tour of the API runs, shows each way to pay, and shows no card and no secret."""

from __future__ import annotations

import json
from typing import Any

import pytest
from canary import VALUES
from notebook_run import ROOT, assert_clean, executed, outputs, pages, printed

TOUR = ROOT / "notebooks" / "02_api_tour.ipynb"


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Give the notebook with its outputs, and the folder it ran in."""
    folder = tmp_path_factory.mktemp("tour")
    return executed(TOUR, folder), folder


def test_every_cell_of_the_tour_runs_without_error_or_warning(tour: Any) -> None:
    notebook, _ = tour

    assert_clean(notebook)


def test_each_way_to_pay_is_a_column(tour: Any) -> None:
    (page,) = [page for page in pages(tour[0]) if ">phone<" in page]

    for shown in (
        ">card<",
        ">trans<",
        ">vbank<",
        "신한카드",
        "신한은행",
        "KB국민은행",
        "424242******4242",
    ):
        assert shown in page


def test_a_payment_is_told_from_the_window_to_the_last_won(tour: Any) -> None:
    (page,) = [page for page in pages(tour[0]) if "the rest back" in page]

    assert page.count(">30,000<") >= 3
    assert ">8,000<" in page
    assert ">22,000<" in page
    assert ">0<" in page


def test_what_was_planned_is_shown_and_what_became_of_it(tour: Any) -> None:
    text = printed(tour[0])

    assert "CardInput(•••• 4242)" in text
    assert "again · POST /subscribe/payments/again · 127.0.0.1:" in text
    assert "<Outcome of again" in text
    plain = [str(out.data.get("text/plain", "")) for out in outputs(tour[0], "execute_result")]
    assert any("declined" in said for said in plain)


def test_the_forgotten_refund_is_found(tour: Any) -> None:
    assert any(">C01<" in page and ">tour-life<" in page for page in pages(tour[0]))


def test_neither_the_outputs_nor_the_journal_show_a_card_or_a_secret(tour: Any) -> None:
    notebook, folder = tour
    shown = json.dumps(
        [cell.get("outputs") for cell in notebook.cells], ensure_ascii=False, default=str
    )
    journal = (folder / "out" / "tour_operations.jsonl").read_text(encoding="utf-8")

    assert [value for value in VALUES if value in shown or value in journal] == []
    assert "홍길동" not in journal
