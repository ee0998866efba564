"""What the commands of jobs print, in English and Korean. Every letter exists in cp949."""

from __future__ import annotations

_EN = {
    "not_told": "warning: {to} was not sent: {reason}. The report is not affected.",
    "nothing_missed": "{job}: nothing was missed up to {on}.",
    "job": "job",
    "period": "period",
    "last_run": "last run",
    "open_items": "open items",
    "next_due": "next due",
    "state": "how it ended",
    "never": "never",
    "late": "{day} (late)",
    "none": "-",
    "failed": "failed in step {step} ({code})",
    "died": "stopped before its end; run it again",
    "running": "running",
    "reconciled": "reconciled",
    "reconciled with open items": "reconciled with open items",
    "not reconciled": "not reconciled",
}
_KO = {
    "not_told": "warning: {to} 알림을 보내지 못했습니다: {reason}. 보고서에는 영향이 없습니다.",
    "nothing_missed": "{job}: {on}까지 놓친 실행이 없습니다.",
    "job": "작업",
    "period": "기간",
    "last_run": "마지막 실행",
    "open_items": "미해소",
    "next_due": "다음 예정",
    "state": "결과",
    "never": "없음",
    "late": "{day} (지연)",
    "none": "-",
    "failed": "{step} 단계에서 실패 ({code})",
    "died": "끝나기 전에 중단됨. 다시 실행하세요",
    "running": "실행 중",
    "reconciled": "대사 일치",
    "reconciled with open items": "대사 완료, 미해소 있음",
    "not reconciled": "대사 미완료",
}
WORDS: dict[str, dict[str, str]] = {"en": _EN, "ko": _KO}
