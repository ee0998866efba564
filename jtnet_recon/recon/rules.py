"""Rules: what pairs rows of two tables, and what must then agree.

A rule is data. Two levels are known: a rule of *orders* compares all payments of an order with
all lines of it in the books; a rule of *entries* pairs single rows with single rows.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from jtnet_recon.errors import ConfigError
from jtnet_recon.recon.findings import ORDER_FINDINGS, Finding

Names = str | tuple[str, str]
"""A column: one name, or the first table's and the second table's."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far two values may be apart and still count as equal; all of it is totalled.

    Parameters
    ----------
    amount : int, default 0
        Minor units (KRW: won) a pair may differ by; such a pair is P04.
    days : int, default 0
        Days in Asia/Seoul a pair may be apart.
    minutes : int, default 0
        Minutes a pair may be apart, where both sides know the instant and the days differ.
    midnight_minutes : int, default 10
        Band around midnight KST in which the neighbouring day is timing (P12).
    budget : int, optional
        Most that ``amount`` may swallow in all, minor units by currency; above it X08 blocks
        the conclusion.

    Raises
    ------
    ConfigError
        If one is no whole number, or below 0.
    """

    amount: int = 0
    days: int = 0
    minutes: int = 0
    midnight_minutes: int = 10
    budget: int | None = None

    def __post_init__(self) -> None:
        """Refuse what is no tolerance: a number below 0, or one with a fraction."""
        for name in ("amount", "days", "minutes", "midnight_minutes", "budget"):
            value = getattr(self, name)
            if (name == "budget" and value is None) or (type(value) is int and value >= 0):
                continue
            message = f"Tolerance({name}={value!r}): a whole number is expected, 0 or more."
            raise ConfigError(
                message,
                hint="Write whole minor units (KRW: won), days or minutes.",
                hint_ko="0 이상의 정수(원, 일 또는 분)로 쓰세요.",
            )


@dataclass(frozen=True, slots=True)
class Normaliser:
    r"""How two spellings of one order id are brought to one form.

    Parameters
    ----------
    suffixes : tuple of str
        Regular expressions taken off the end, such as ``r"_sf"`` or ``r"-\d{1,2}"``.
    case, blanks, width : bool
        Whether case, blanks, and full-width or decomposed letters count for nothing.

    Raises
    ------
    ConfigError
        If a suffix is no regular expression.
    """

    suffixes: tuple[str, ...] = ()
    case: bool = True
    blanks: bool = True
    width: bool = True

    def __post_init__(self) -> None:
        """Refuse a suffix that is no regular expression."""
        for suffix in self.suffixes:
            try:
                re.compile(suffix)
            except re.error as error:
                message = f"Normaliser: the suffix {suffix!r} is no regular expression: {error}."
                raise ConfigError(
                    message,
                    hint="Put a backslash before a bracket or a dot that is meant as it is.",
                    hint_ko="괄호나 마침표를 그대로 쓰려면 앞에 역슬래시(\\)를 붙이세요.",
                ) from error

    def form(self, text: str) -> str:
        """Return the form in which ids are compared.

        Parameters
        ----------
        text : str
            An order id.

        Returns
        -------
        str
            Its form; empty when nothing is left, which matches nothing.
        """
        if self.width:
            text = unicodedata.normalize("NFKC", text)
        if self.blanks:
            text = re.sub(r"\s+", "", text)
        for suffix in self.suffixes:
            text = re.sub(f"(?:{suffix})$", "", text, flags=re.IGNORECASE if self.case else 0)
        return text.casefold() if self.case else text


@dataclass(frozen=True, slots=True)
class Suggest:
    """When two left-over rows without a shared id are suggested as a pair (P10), never matched.

    Parameters
    ----------
    days : int, default 1
        Most days in Asia/Seoul between them.
    block_max : int, default 24
        Most rows a side that share an amount and a run of days; larger blocks are left alone.
    """

    days: int = 1
    block_max: int = 24


@dataclass(frozen=True, slots=True)
class Rule:
    """What pairs the rows of two tables, and what must then agree.

    Parameters
    ----------
    name : str
        Stands in the report.
    level : {"entries", "orders"}, default "entries"
        Whether single rows are paired, or all rows of an order with all rows of it.
    key, amount, day, currency, kind : str or (str, str)
        Columns of the two tables: one name, or one for each. ``key`` is compared as exact text;
        a missing key matches nothing. ``amount`` is int64 in minor units (KRW: won). ``day``,
        ``currency`` and ``kind`` are optional; without a currency column all is KRW; without a
        kind the sign of the amount tells a sale from a refund.
    references : tuple of (str or tuple of str)
        Other columns that name the same thing, tried in turn on rows of the second table whose
        key the first does not have. A tuple must agree in all its columns, the amount and the
        day, and finds only rows whose key the second table does not have.
    tolerance : Tolerance
        What may differ.
    normalise : Normaliser, optional
        Compares ids that differ only in spelling; refused where two real ids would merge.
    suggest : Suggest, optional
        Suggests pairs among what is left; None suggests nothing.
    mids : tuple of str, optional
        The merchant's declared MIDs; any other is P18. Without it MIDs are not checked.
    double_minutes : int, default 10
        Minutes within which a second equal charge of one customer is suspect (P08); 0 turns
        it off.
    findings : tuple of Finding
        Conditions of a rule of orders; the first that holds, in the order of the codes, is
        primary.
    sides : tuple of str, default ("first table", "second table")
        What reports call the two tables; ``("PG", "ledger")`` in the rules of this package.
    name_ko : str, optional
        Stands in a Korean report; ``name`` without it.
    """

    name: str
    level: Literal["entries", "orders"] = "entries"
    key: Names = "merchant_uid"
    amount: Names = "amount"
    day: Names | None = None
    currency: Names | None = None
    kind: Names | None = None
    references: tuple[str | tuple[str, ...], ...] = ()
    tolerance: Tolerance = Tolerance()
    normalise: Normaliser | None = None
    suggest: Suggest | None = Suggest()
    mids: tuple[str, ...] | None = None
    double_minutes: int = 10
    findings: tuple[Finding, ...] = ()
    sides: tuple[str, str] = ("first table", "second table")
    name_ko: str = ""


_REFERENCES: tuple[str | tuple[str, ...], ...] = ("imp_uid", "pg_tid", ("apply_num", "card_code"))

PAYMENTS_TO_LEDGER = Rule(
    name="payments to ledger, by order id and currency",
    level="orders",
    currency="currency",
    day=("paid_at", "paid_on"),
    references=_REFERENCES,
    findings=ORDER_FINDINGS,
    sides=("PG", "ledger"),
    name_ko="결제 대 장부, 주문번호·통화별",
)
"""The default: one order's payments at the PG against its lines in the books."""

TRANSACTIONS_TO_LEDGER = Rule(
    name="transactions to ledger entries, by order id, kind, amount and day",
    day=("at", "paid_on"),
    currency="currency",
    kind="kind",
    references=_REFERENCES,
    sides=("PG", "ledger"),
    name_ko="거래(승인·취소) 대 장부 행, 주문번호·구분·금액·일자별",
)
"""Each approval and each cancel against its own line, for books with a line a movement."""
