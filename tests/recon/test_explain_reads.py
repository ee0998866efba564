"""How an explanation is asked for, and how it reads: in two languages, as text and as a page."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from explained import verdicts, winners

from jtnet_recon.errors import ConfigError
from jtnet_recon.recon.explain import explain
from jtnet_recon.recon.match import reconcile
from jtnet_recon.recon.rules import Rule

# ---- asking wrongly


def test_an_unknown_key_names_the_nearest_of_both_sides(differing):
    with pytest.raises(ConfigError, match="Neither side has the key 'ORD1'") as caught:
        explain(differing, "ORD1")
    assert "'ORD-1'" in caught.value.hint
    assert "'ORD-1'" in caught.value.hint_ko


def test_of_very_many_keys_the_nearest_are_found_by_their_ends():
    count = 6_000
    names = pd.Series([f"order-{place:05d}" for place in range(count)], dtype="str")
    frame = pd.DataFrame({"id": names, "amount": 1})
    result = reconcile(frame, frame.iloc[:0], Rule(name="own", key="id"))

    with pytest.raises(ConfigError) as caught:
        explain(result, "oder-00042")
    assert "'order-00042'" in caught.value.hint


def test_a_row_without_a_key_is_asked_for_by_its_row(payments_of, ledger_of):
    result = reconcile(
        payments_of("imp_uid | merchant_uid | amount\n i1 | o1 | 14,000"),
        ledger_of("merchant_uid | amount\n o1 | 14,000\n | 5,000"),
    )

    with pytest.raises(ConfigError, match="by its row only") as caught:
        explain(result)
    assert "row=('ledger', 17)" in caught.value.hint
    explanation = explain(result, row=("ledger", 1))
    assert explanation.to_match == ("Fill in Order id (merchant_uid) at the source.",)
    assert explanation.ledger["amount"].tolist() == [5_000]
    assert explain(result, row=("ledger", 0)).key == "o1"
    for row in (("ledger", 2), ("book", 0), ("ledger",)):
        with pytest.raises(ConfigError):
            explain(result, row=row)


def test_a_line_without_a_key_that_a_reference_links_is_told_with_its_payment(
    payments_of, ledger_of
):
    result = reconcile(
        payments_of("imp_uid | merchant_uid | amount\n imp_1 | ORD-1 | 14,000"),
        ledger_of("merchant_uid | amount | imp_uid\n | 14,000 | imp_1"),
    )

    explanation = explain(result, row=("ledger", 0))
    assert explanation.key == "ORD-1"
    assert winners(explanation) == {"imp_uid"}


def test_a_language_nobody_speaks_here_is_refused(differing):
    with pytest.raises(ConfigError, match="lang='fr'"):
        explain(differing, "ORD-1", lang="fr")


# ---- how it reads


def test_it_reads_in_korean(differing):
    text = str(explain(differing, "ORD-1", lang="ko"))

    for part in (
        "주문번호 ORD-1: C01 취소 미반영",
        "심각도 심각",
        "장부 결제금액: 13,000 KRW → 14,000 KRW.",
        "장부에 취소 4,000 KRW 추가 반영(취소 합계 4,000 KRW).",
        "불일치",
        "미적용",
        "0행",
    ):
        assert part in text
    assert not re.search(r"\b(not tried|agrees|First table|Reasoning)\b", text)


def test_the_page_is_escaped_and_reads_no_formula_and_runs_no_script(payments_of, ledger_of):
    key = "<script>alert(1)</script>$x^2$"
    result = reconcile(
        payments_of(f"imp_uid | merchant_uid | amount\n i1 | {key} | 14,000"),
        ledger_of("merchant_uid | amount\n o9 | 1"),
    )

    page = explain(result, key)._repr_html_()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert page.startswith('<div class="jtnet-recon-explanation tex2jax_ignore mathjax_ignore"')


def test_personal_data_is_not_shown(payments_of, ledger_of):
    result = reconcile(
        payments_of(
            "imp_uid | merchant_uid | amount | buyer_name | card_number\n"
            " i1 | ORD-7 | 700 | 김하나 | 5555444433332222"
        ),
        ledger_of("merchant_uid | amount | card_number\n ord7 | 700 | 2222"),
    )

    explanation = explain(result, "ORD-7")
    for text in (str(explanation), explanation._repr_html_()):
        assert "김하나" not in text
        assert "55554444" not in text
    assert verdicts(explanation, "suggestion")["card_number"] == "agrees"
