"""The words of breaks between two tables of the user's own, which are neither PG nor ledger."""

from __future__ import annotations

import dataclasses
from types import MappingProxyType
from typing import TYPE_CHECKING

from jtnet_recon.recon.breaks import CODES, BreakCode
from jtnet_recon.recon.codes_keys import CONTRACT_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

# code: name, Korean name, finding, Korean finding; {a} is the first table, {b} the second.
_WORDS = {
    "P01": (
        "Missing in {b}",
        "{b} 누락({a}에만 존재)",
        "{a}: {{net_payments}} on {{paid_on}}; {b}: no such row.",
        "{a}: {{paid_on}} {{net_payments}}. {b}: 해당 행 없음.",
    ),
    "P02": (
        "Missing in {a}",
        "{a} 누락({b}에만 존재)",
        "{b}: {{net_ledger}} on {{booked_on}}; {a}: no such row.",
        "{b}: {{booked_on}} {{net_ledger}}. {a}: 해당 행 없음.",
    ),
    "P03": (
        "Amount differs",
        "금액 불일치",
        "{a}: {{net_payments}}; {b}: {{net_ledger}}.",
        "{a}: {{net_payments}}. {b}: {{net_ledger}}.",
    ),
    "P09": (
        "Repeated in {b}",
        "{b} 중복",
        "{b} holds {{net_ledger}} once more than {a}.",
        "{b}: {{net_ledger}} 중복. {a}: 1건.",
    ),
    "P07": (
        "Repeated in {a}",
        "{a} 중복",
        "{a} holds {{net_payments}} once more than {b}.",
        "{a}: {{net_payments}} 중복. {b}: 1건.",
    ),
    "P12": (
        "Midnight timing",
        "자정 경계 시차",
        "{a}: {{paid_at}}; {b}: {{booked_on}}, minutes from midnight.",
        "{a}: {{paid_at}}. {b}: {{booked_on}}. 자정 전후 차이입니다.",
    ),
    "P13": (
        "Date differs",
        "일자 불일치",
        "{a}: {{paid_on}}; {b}: {{booked_on}}.",
        "{a}: {{paid_on}}. {b}: {{booked_on}}.",
    ),
}
_SAME_AS = {"C01": "P01", "V01": "P01", "C02": "P02", "C03": "P03", "C10": "P13"}


def words_of(sides: tuple[str, str]) -> Mapping[str, BreakCode]:
    """Return the codes in the words of a rule's two tables.

    Parameters
    ----------
    sides : tuple of str
        What the tables are called; ``("PG", "ledger")`` and ``("PG", "contracts")`` are the
        package's own.

    Returns
    -------
    mapping of str to BreakCode
        Every code; those that speak of PG and ledger speak of the two tables instead.
    """
    if sides == ("PG", "ledger"):
        return CODES
    if sides == ("PG", "contracts"):
        return MappingProxyType({**CODES, **CONTRACT_WORDS})
    first, second = sides
    spoken = dict(CODES)
    for code in (*_WORDS, *_SAME_AS):
        texts = _WORDS[_SAME_AS.get(code, code)]
        name, name_ko = (text.format(a=first, b=second) for text in texts[:2])
        # The findings are filled in once more: braces in a table's name stay as they are.
        finding, finding_ko = (
            text.format(a=_braced(first), b=_braced(second)) for text in texts[2:]
        )
        spoken[code] = dataclasses.replace(
            CODES[code],
            name=name,
            name_ko=name_ko,
            finding=finding,
            finding_ko=finding_ko,
            cause="Not known: the rule compares tables of your own.",
            cause_ko="알 수 없음: 사용자 정의 규칙입니다.",
            next_action="Look at both rows and correct the wrong one.",
            next_action_ko="양쪽 행을 확인해 잘못된 쪽을 고치세요.",
        )
    return MappingProxyType(spoken)


def _braced(name: str) -> str:
    """Write a name for a text that is filled in later."""
    return name.replace("{", "{{").replace("}", "}}")
