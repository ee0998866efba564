"""How explain() speaks: the language, the record of a test, figures as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from jtnet_recon.errors import ConfigError
from jtnet_recon.money import format_minor
from jtnet_recon.period import KST_NAME

Language = Literal["en", "ko"]
Verdict = Literal["agrees", "differs", "not tried", "won"]

PASSES_KO = {
    "order id": "주문번호",
    "order id, within tolerance": "주문번호, 허용오차 이내",
    "order id, sum": "주문번호, 합계",
    "order id, normalised": "주문번호, 표기 정규화",
    "order id, zeros lost": "주문번호, 앞자리 0 유실",
    "suggestion": "추정 매칭",
    "copy of a matched row": "매칭된 행의 중복",
    "key, kind, amount and day": "키·구분·금액·일자",
    "key, kind and amount, within tolerance": "키·구분·금액, 허용오차 이내",
    "key and kind, sum": "키·구분, 합계",
    "key, kind and amount": "키·구분·금액",
    "key and kind": "키·구분",
}
SIDES_EN = {name: f"the {name}" for name in ("PG", "ledger", "first table", "second table")}
SIDES_KO = {"ledger": "장부", "first table": "첫째 표", "second table": "둘째 표"}
SEVERITIES_KO = {
    "Critical": "심각",
    "High": "높음",
    "Medium": "보통",
    "Low": "낮음",
    "Info": "정보",
}


@dataclass(frozen=True, slots=True)
class Say:
    """Chooses between two languages.

    Parameters
    ----------
    lang : {"en", "ko"}
        The one to speak.

    Raises
    ------
    ConfigError
        If it is another one.
    """

    lang: Language

    def __post_init__(self) -> None:
        """Refuse a language without texts."""
        if self.lang not in ("en", "ko"):
            message = f"lang={self.lang!r} is not a language of this package."
            raise ConfigError(
                message, hint="Write 'en' or 'ko'.", hint_ko="'en' 또는 'ko'로 쓰세요."
            )

    def __call__(self, english: str, korean: str) -> str:
        """Return the text of the chosen language."""
        return korean if self.lang == "ko" else english

    def by(self, name: str) -> str:
        """Return what people call a pass."""
        return PASSES_KO.get(name, name) if self.lang == "ko" else name

    def sides(self, names: tuple[str, str]) -> tuple[str, str]:
        """Return what people call a rule's two tables."""
        words = SIDES_KO if self.lang == "ko" else SIDES_EN
        return words.get(names[0], names[0]), words.get(names[1], names[1])

    def row(self, number: object) -> str:
        """Name a row by its number."""
        return self(f"row {number}", f"{number}행")


@dataclass(frozen=True, slots=True)
class Trial:
    """One test of one pass.

    Parameters
    ----------
    by : str
        The pass.
    payments, ledger : str
        The rows compared, as people name them.
    field : str
        The column compared; empty for the pass as a whole.
    value_payments, value_ledger : str
        Both values.
    tolerance : str
        How far apart they may be.
    verdict : {"agrees", "differs", "not tried", "won"}
        How it ended.
    why : str
        The reason in words.
    """

    by: str
    payments: str = ""
    ledger: str = ""
    field: str = ""
    value_payments: str = ""
    value_ledger: str = ""
    tolerance: str = ""
    verdict: Verdict = "agrees"
    why: str = ""


def money(amount: Any, currency: Any) -> str:
    """Write minor units with their currency.

    Parameters
    ----------
    amount : int or missing
        Minor units.
    currency : str or missing
        ISO 4217 code.

    Returns
    -------
    str
        Such as ``14,000 KRW``.
    """
    code = currency if isinstance(currency, str) else ""
    number = 0 if pd.isna(amount) else int(amount)
    return f"{format_minor(number, code or 'KRW')} {code}".strip()


def day_text(day: Any) -> str:
    """Write days since 1970-01-01 as a date; nothing where there is none.

    Parameters
    ----------
    day : int or missing
        Days.

    Returns
    -------
    str
        Such as ``2022-11-07``.
    """
    return "" if pd.isna(day) else f"{pd.Timestamp(int(day), unit='D'):%Y-%m-%d}"


def instant_text(micros: Any) -> str:
    """Write unix microseconds as a time in Asia/Seoul; nothing where there is none.

    Parameters
    ----------
    micros : int or missing
        Unix microseconds.

    Returns
    -------
    str
        Such as ``2022-11-07 12:00:00``.
    """
    if pd.isna(micros):
        return ""
    return (
        f"{pd.Timestamp(int(micros), unit='us', tz='UTC').tz_convert(KST_NAME):%Y-%m-%d %H:%M:%S}"
    )
