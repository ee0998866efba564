"""For all input and for every code, explain() says what the items say, in both languages."""

from __future__ import annotations

import re
from string import Formatter

import pandas as pd
import pytest
from explained import WIDE, winners
from hypothesis import given, settings
from hypothesis import strategies as st
from test_codes import CASES
from test_entries import CASES as ENTRY_CASES

from jtnet_recon.recon.breaks import CODES
from jtnet_recon.recon.explain import explain
from jtnet_recon.recon.explain_case import case_of
from jtnet_recon.recon.explain_entry_words import ENTRY_WORDS, SUGGESTED_WORDS
from jtnet_recon.recon.explain_figures import figures_of
from jtnet_recon.recon.explain_say import Say
from jtnet_recon.recon.explain_words import ORDER_WORDS
from jtnet_recon.recon.findings import ORDER_FINDINGS
from jtnet_recon.recon.match import reconcile
from jtnet_recon.recon.rules import PAYMENTS_TO_LEDGER, TRANSACTIONS_TO_LEDGER
from jtnet_recon.tables import LEDGER, PAYMENTS, PREPARED, conform

CHANGING_PARTICLE = re.compile(r"\}(이|가|을|를|은|는|과|와|으로|로)(?![가-힣])")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_break_of_every_code_is_explained_in_both_languages(
    case, table, payments_of, ledger_of
):
    result = reconcile(
        payments_of(case.payments),
        ledger_of(case.ledger),
        case.rule,
        prepare=None if case.prepared is None else table(PREPARED, case.prepared),
        as_of=case.as_of,
    )

    for row in result.breaks.query("outcome != 'control' and merchant_uid.notna()").itertuples():
        english, korean = (explain(result, row.merchant_uid, lang=lang) for lang in ("en", "ko"))
        assert f" {row.code} {row.name}" in " ".join(english.reasoning)
        assert row.finding in english.reasoning
        assert row.finding_ko in korean.reasoning
        assert CODES[row.code].next_action in " ".join(english.reasoning)
        assert len(english.to_match) == len(korean.to_match) > 0
        for sentence in (*english.reasoning, *english.to_match):
            assert not re.search(r"[{}]| on none| 0 payment", sentence), sentence


def test_every_code_of_an_order_has_its_own_words():
    assert {finding.code for finding in ORDER_FINDINGS} <= set(ORDER_WORDS)


@pytest.mark.parametrize("case", ENTRY_CASES, ids=str)
def test_every_break_of_an_entry_is_explained_in_both_languages(case, payments_of, ledger_of):
    result = reconcile(payments_of(case.payments), ledger_of(case.ledger), case.rule)

    for row in result.breaks.query("outcome != 'control' and merchant_uid.notna()").itertuples():
        english, korean = (explain(result, row.merchant_uid, lang=lang) for lang in ("en", "ko"))
        assert f" {row.code} {row.name}" in " ".join(english.reasoning)
        assert row.finding in english.reasoning
        assert row.finding_ko in korean.reasoning
        assert len(english.to_match) == len(korean.to_match) > 0
    for key in result.items["merchant_uid"].dropna().unique():
        said = set(result.items.query("merchant_uid == @key")["matched_by"].dropna()) - {""}
        assert said <= winners(explain(result, key))


@pytest.fixture(scope="module")
def known(differing):
    """Give the names of the figures that a sentence may quote."""
    case = case_of(differing, "ORD-1", None, Say("en"))
    return set(figures_of(case, case.items[0]))


@pytest.mark.parametrize(
    "words",
    [*ORDER_WORDS.values(), *ENTRY_WORDS.values(), *SUGGESTED_WORDS.values()],
    ids=[*ORDER_WORDS, *(f"entry {code}" for code in ENTRY_WORDS), *SUGGESTED_WORDS],
)
def test_the_words_of_a_code_are_written_in_both_languages(words, known):
    for name in ("held", "to_match"):
        english, korean = getattr(words, name), getattr(words, f"{name}_ko")
        for text in (english, korean):
            assert {field for _, field, _, _ in Formatter().parse(text) if field} <= known
        assert re.search("[가-힣]", korean)
        assert re.fullmatch(r"[ -~]+", english)
        assert english.endswith(".")
        assert korean.endswith(".")
        assert not CHANGING_PARTICLE.search(korean)


# ---- it says what the engine did, for all input

KEYS = st.sampled_from([None, "o1", "o2", "O1", "0012", "12", "o1_sf", "ORD77", "ord-77"])
AMOUNTS = st.sampled_from([0, 100, 100, 105, 200, 300, -100])
DAYS = st.sampled_from([None, "2022-11-06", "2022-11-07", "2022-11-08", "2022-11-30"])
REFERENCES = st.sampled_from([None, None, "r1", "r2"])


@st.composite
def payment(draw):
    amount = abs(draw(AMOUNTS))
    day = draw(DAYS)
    return {
        "merchant_uid": draw(KEYS),
        "amount": amount,
        "cancel_amount": draw(st.sampled_from([0, 0, 0, amount, amount // 2])),
        "currency": draw(st.sampled_from(["KRW", "KRW", "KRW", "USD"])),
        "status": draw(st.sampled_from(["paid", "paid", "cancelled", "failed", "ready"])),
        "paid_at": None if day is None else f"{day} 23:55",
        "pg_tid": draw(REFERENCES),
        "apply_num": draw(REFERENCES),
        "pg_id": draw(st.sampled_from([None, None, "tpaytest0m"])),
    }


@st.composite
def line(draw):
    return {
        "merchant_uid": draw(KEYS),
        "amount": draw(AMOUNTS),
        "cancel_amount": draw(st.sampled_from([0, 0, 0, 100])),
        "currency": draw(st.sampled_from(["KRW", "KRW", "KRW", "USD"])),
        "status": draw(st.sampled_from([None, "paid", "cancelled", "failed"])),
        "paid_on": draw(DAYS),
        "pg_tid": draw(REFERENCES),
        "apply_num": draw(REFERENCES),
    }


def frame_of(rows, table, own):
    names = list(own)
    frame = pd.DataFrame(
        {name: pd.Series([row[name] for row in rows], dtype="object") for name in names}
    )
    if table is PAYMENTS:
        frame.insert(0, "imp_uid", [f"imp_{place}" for place in range(len(rows))])
        instants = pd.to_datetime(frame["paid_at"]).dt.tz_localize("Asia/Seoul")
        frame["paid_at"] = instants.dt.as_unit("us")
    else:
        frame["paid_on"] = pd.to_datetime(frame["paid_on"]).astype("datetime64[us]")
    amounts = dict.fromkeys(("amount", "cancel_amount"), "int64")
    return conform(frame.astype(amounts), table, fill=False)


PAYMENT_NAMES = (
    "merchant_uid amount cancel_amount currency status paid_at pg_tid apply_num pg_id".split()
)
LINE_NAMES = "merchant_uid amount cancel_amount currency status paid_on pg_tid apply_num".split()
LINKING = {"pg_tid", "apply_num", "order id, normalised", "order id, zeros lost"}
RULES = st.sampled_from([PAYMENTS_TO_LEDGER, WIDE, TRANSACTIONS_TO_LEDGER])


@given(st.lists(payment(), max_size=6), st.lists(line(), max_size=6), RULES)
@settings(max_examples=15)
def test_an_explanation_agrees_with_the_items_for_all_input(payments, lines, rule):
    result = reconcile(
        frame_of(payments, PAYMENTS, PAYMENT_NAMES), frame_of(lines, LEDGER, LINE_NAMES), rule
    )
    items = result.items
    for key in items["merchant_uid"].dropna().unique():
        # A line whose own id is this key may count under another: that item is told as well.
        told = {item.values["merchant_uid"] for item in case_of(result, key, None, Say("en")).items}
        own = items[items["merchant_uid"].isin(told)]
        explanation = explain(result, key)

        assert key in told

        assert len(explanation.payments) == own["rows_payments"].sum()
        assert len(explanation.ledger) == own["rows_ledger"].sum()
        won = winners(explanation) - {"suggestion", "copy of a matched row"}
        said = set(own["matched_by"].dropna()) - {""}
        assert said <= won
        # Lines of one order may be linked by several references; the item names one of them.
        assert won - said <= LINKING
        named = set(re.findall(r": (\w\d\d) [^\n]*, severity", "\n".join(explanation.reasoning)))
        codes = set(own["code"].dropna())
        assert named == codes
        assert bool(explanation.to_match) == bool(codes)
        text = str(explanation) + str(explain(result, key, lang="ko"))
        assert not re.search(r"\{\w+\}", text)
        assert "<NA>" not in text


@given(st.lists(payment(), max_size=6), st.lists(line(), max_size=6), RULES)
@settings(max_examples=5)
def test_every_row_of_both_sides_can_be_asked_for(payments, lines, rule):
    result = reconcile(
        frame_of(payments, PAYMENTS, PAYMENT_NAMES), frame_of(lines, LEDGER, LINE_NAMES), rule
    )
    for side in ("payments", "ledger"):
        frame = getattr(result, side)
        for number in range(len(frame)):
            shown = getattr(explain(result, row=(side, number)), side)
            assert number in shown.index
