"""The plain data that every report is drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from jtnet_recon.errors import ConfigError
from jtnet_recon.money import format_minor

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["text", "short", "count", "money"]
Lang = Literal["en", "ko"]


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of one currency.

    Parameters
    ----------
    amount : int
        Minor units; KRW: won.
    currency : str
        ISO 4217 code.
    """

    amount: int
    currency: str

    def __str__(self) -> str:
        """Write it with separators, without the currency."""
        return format_minor(self.amount, self.currency)


Cell: TypeAlias = str | int | Money


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of a grid's column.

    Parameters
    ----------
    label : str
        In the report's language.
    kind : str
        ``text`` (long), ``short``, ``count`` or ``money``; the last two are right-aligned.
    """

    label: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Grid:
    """A small table of page 1.

    Parameters
    ----------
    key : str
        What it is, in code: ``bridge``, ``by_code``, …
    title : str
        In the report's language.
    headings : tuple of Heading
        Its columns.
    rows : tuple of tuple of Cell
        Its lines.
    strong : frozenset of int
        Positions of lines that are sums or results.
    note : str
        A sentence under the title.
    """

    key: str
    title: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Cell, ...], ...]
    strong: frozenset[int] = frozenset()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """A list of label and value.

    Parameters
    ----------
    key, title : str
        As of a grid.
    rows : tuple of (str, str)
        Label and value; an empty value is a line to be filled in by hand.
    """

    key: str
    title: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DataSheet:
    """A whole frame to be shown row by row.

    Parameters
    ----------
    key, title : str
        As of a grid.
    frame : DataFrame
        Masked; only the columns to show, in order.
    labels : tuple of str
        One a column, in the report's language.
    money : dict of str to str
        Which columns are money, and the column that holds their currency.
    main : int
        How many of the first columns go onto paper.
    """

    key: str
    title: str
    frame: pd.DataFrame
    labels: tuple[str, ...]
    money: dict[str, str]
    main: int


@dataclass(frozen=True, slots=True)
class BridgeStep:
    """One step from the ledger's net total to the PG's; money in minor units."""

    currency: str
    step: str
    label: str
    items: int
    amount: int
    balance: int


@dataclass(frozen=True, slots=True)
class CodeTotal:
    """The breaks of one code and currency; money in minor units."""

    code: str
    name: str
    name_ko: str
    severity: str
    currency: str
    items: int
    difference: int
    money_at_risk: int


def check_lang(lang: str) -> Lang:
    """Take a language of reports, or refuse it.

    Parameters
    ----------
    lang : str
        ``en`` or ``ko``.

    Returns
    -------
    str
        The same.

    Raises
    ------
    ConfigError
        If reports do not speak it.
    """
    if lang == "en":
        return "en"
    if lang == "ko":
        return "ko"
    message = f"Reports are written in 'en' or 'ko', not in {lang!r}."
    raise ConfigError(message, hint='Write lang="en" or lang="ko".', hint_ko='lang="ko"로 쓰세요.')
