"""A run in a few lines, for chat and mail: totals and codes, no name, no order, no card."""

from __future__ import annotations

from typing import Any

from jtnet_recon.money import format_minor
from jtnet_recon.recon.breaks import CODES

_EN = {
    "failed": "FAILED while {step} ({code})",
    "failed_next": "The earlier report is unchanged. The log of the run says more.",
    "total": "{currency}: ledger {ledger}, PG {pg}, difference {difference}, "
    "open items {items}, at risk {risk}",
    "code": "{code} {name}: {items}, at risk {risk} {currency}",
    "reports": "Reports: {names}",
    "reconciled": "reconciled",
    "reconciled with open items": "reconciled with open items",
    "not reconciled": "NOT reconciled",
}
_KO = {
    "failed": "실패: {step} 단계 ({code})",
    "failed_next": "이전 보고서는 그대로입니다. 자세한 내용은 실행 기록을 확인하세요.",
    "total": "{currency}: 원장 {ledger}, PG {pg}, 차이 {difference}, 미해소 {items}건, 위험금액 {risk}",
    "code": "{code} {name}: {items}건, 위험금액 {risk} {currency}",
    "reports": "보고서: {names}",
    "reconciled": "대사 일치",
    "reconciled with open items": "대사 완료, 미해소 있음",
    "not reconciled": "대사 미완료",
}
WORDS = {"en": _EN, "ko": _KO}


def subject(line: dict[str, Any], lang: str) -> str:
    """Sum a run up in a line.

    Parameters
    ----------
    line : dict
        Of the run.
    lang : {"en", "ko"}
        Language.

    Returns
    -------
    str
        Such as ``daily 2022-11-06: reconciled with open items``.
    """
    words = WORDS[lang]
    if line["status"] == "failed":
        said = words["failed"].format(step=line["step"], code=line["code"])
    else:
        said = words[line["verdict"]]
    return f"{line['job']} {line['period']}: {said}"


def text(line: dict[str, Any], lang: str) -> str:
    """Write a run as a short message.

    Parameters
    ----------
    line : dict
        Of the run.
    lang : {"en", "ko"}
        Language.

    Returns
    -------
    str
        A few lines.
    """
    words = WORDS[lang]
    if line["status"] == "failed":
        return "\n".join([subject(line, lang), words["failed_next"]])
    totals = [_total(total, words) for total in line["totals"]]
    codes = [_code(total, words, lang) for total in line["codes"]]
    reports = words["reports"].format(names=", ".join(line["reports"]))
    return "\n".join([subject(line, lang), *totals, *codes, reports])


def _total(total: dict[str, Any], words: dict[str, str]) -> str:
    currency = total["currency"]
    names = {"ledger": "ledger_net", "pg": "pg_net", "difference": "difference", "risk": "at_risk"}
    money = {name: format_minor(total[field], currency) for name, field in names.items()}
    return words["total"].format(currency=currency, items=f"{total['open_items']:,}", **money)


def _code(total: dict[str, Any], words: dict[str, str], lang: str) -> str:
    code, currency = total["code"], total["currency"]
    risk = format_minor(total["money_at_risk"], currency) if currency else "–"
    name = CODES[code].name_ko if lang == "ko" else CODES[code].name
    return words["code"].format(
        code=code, name=name, items=f"{total['items']:,}", risk=risk, currency=currency
    )
