"""The break codes say what they must, in both languages, in the right order."""

from __future__ import annotations

import re
from dataclasses import fields
from string import Formatter

import pytest

from jtnet_recon.recon import (
    codes_accounts,
    codes_cancels,
    codes_controls,
    codes_keys,
    codes_keys_schedules,
    codes_payments,
    codes_snapshots,
)
from jtnet_recon.recon.breaks import CODES, PRIORITY, SEVERITIES, BreakCode

PLACEHOLDERS = set(
    "amount_payments amount_ledger cancel_payments cancel_ledger net_payments net_ledger "
    "difference money_at_risk deposits prepared currency approved sales paid_at paid_on booked_on "
    "missing other decides mid minutes quota_payments quota_ledger vbank_due "
    "cancelled_on refunded_on verdict residual tolerance limit "
    # of what changed since an earlier run
    "since side what status cancel_before cancel_after net_before net_after".split()
)
# What a Korean accountant writes in Latin letters too: names of fields, values and interfaces.
LATIN_IN_KOREAN = set("PG API MID UTC paid cancelled amount checksum".split())
HANGUL = re.compile("[가-힣]")
# Whether 이 or 가, 을 or 를 follows depends on the last sound of the value that is filled in.
CHANGING_PARTICLE = re.compile(r"\}(이|가|을|를|은|는|과|와|으로|로)(?![가-힣])")
TEXTS = ("name", "finding", "cause", "next_action")

each_code = pytest.mark.parametrize("code", CODES.values(), ids=list(CODES))


def _without_placeholders(text):
    return re.sub(r"\{\w+\}", "", text)


def _placeholders(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_every_declared_code_has_its_place_and_is_declared_once():
    declared = [
        code.code
        for codes in (
            codes_payments.PAYMENT_CODES,
            codes_cancels.CANCEL_CODES,
            codes_accounts.ACCOUNT_CODES,
            codes_keys.KEY_CODES,
            codes_keys_schedules.SCHEDULE_CODES,
            codes_controls.CONTROL_CODES,
            codes_snapshots.SNAPSHOT_CODES,
        )
        for code in codes
    ]

    assert sorted(declared) == sorted(CODES)
    assert all(key == code.code for key, code in CODES.items())


def test_all_codes_that_payments_a_ledger_and_billing_keys_can_show_are_there():
    wanted = {
        *(f"P{number:02}" for number in range(1, 22) if number != 20),
        *(f"C{number:02}" for number in range(1, 14)),
        *(f"V{number:02}" for number in range(1, 9)),
        *(f"B{number:02}" for number in range(1, 12)),
        *(f"S{number:02}" for number in range(1, 10)),
        *"X01 X02 X03 X05 X08 X09".split(),
    }

    assert set(CODES) == wanted


def test_a_graver_code_always_wins():
    ranks = [SEVERITIES.index(code.severity) for code in CODES.values()]

    assert ranks == sorted(ranks)
    assert list(PRIORITY.values()) == list(range(len(CODES)))


def test_no_two_codes_share_a_name_or_a_finding():
    for field in ("name", "name_ko", "finding", "finding_ko"):
        texts = [getattr(code, field) for code in CODES.values()]
        assert len(set(texts)) == len(texts), field


@each_code
def test_no_field_is_empty_or_badly_spaced(code):
    for field in fields(BreakCode):
        text = getattr(code, field.name)
        assert text == " ".join(text.split())
        assert text or field.name == "portone"


@each_code
def test_every_placeholder_is_one_the_engine_fills(code):
    assert _placeholders(code.finding) | _placeholders(code.finding_ko) <= PLACEHOLDERS


@each_code
def test_both_languages_tell_the_same_figures(code):
    assert _placeholders(code.finding) == _placeholders(code.finding_ko)


@each_code
def test_only_the_finding_has_placeholders(code):
    for field in ("name", "cause", "next_action"):
        assert not _placeholders(getattr(code, field))
        assert not _placeholders(getattr(code, f"{field}_ko"))


@each_code
def test_the_korean_texts_are_korean(code):
    for field in TEXTS:
        text = _without_placeholders(getattr(code, f"{field}_ko"))
        assert HANGUL.search(text), field
        assert set(re.findall("[A-Za-z_]+", text)) <= LATIN_IN_KOREAN, field


@each_code
def test_the_english_texts_are_english(code):
    for field in TEXTS:
        assert re.fullmatch(r"[ -~]+", getattr(code, field)), field


@each_code
def test_no_korean_particle_depends_on_the_value_before_it(code):
    assert not CHANGING_PARTICLE.search(code.finding_ko)


@each_code
def test_sentences_end_as_sentences(code):
    for field in ("finding", "finding_ko", "cause", "cause_ko", "next_action", "next_action_ko"):
        assert getattr(code, field).endswith("."), field


def test_the_competitor_calls_a_pair_what_its_manual_says():
    said = {}
    for code in CODES.values():
        said.setdefault(code.portone, set()).add(code.code)

    assert said["MATCHED"] == {"P04", "P12"}
    assert said["NOT_MATCHED"] == {"P03", "P13", "P14", "P15"}
    assert said["INCOMPARABLE"] == {"P01", "P02", "C01", "C02"}
    assert set(said) == {"MATCHED", "NOT_MATCHED", "INCOMPARABLE", ""}
