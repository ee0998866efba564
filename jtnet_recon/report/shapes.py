"""The plain data that every report is drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Literal, TypeAlias

from jtnet_recon.errors import ConfigError
from jtnet_recon.money import format_minor

if TYPE_CHECKING:
    import os

    import pandas as pd

Kind = Literal["text", "short", "count", "money", "blank"]
Lang = Literal["en", "ko"]
Tone = Literal["Critical", "High", "Medium", "Low", "Info", "passed", "failed", "unknown"]

SENTENCES = frozenset(
    "finding finding_ko next_action next_action_ko finding_text cause cause_ko orders".split()
)
"""Columns of a data sheet that hold sentences, which go on in the next line."""


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


@dataclass(frozen=True, slots=True)
class Tag:
    """A word with a colour: a severity or the state of a control.

    Parameters
    ----------
    text : str
        In the report's language; the colour adds nothing to it.
    tone : str
        What it is, in code.
    """

    text: str
    tone: Tone

    def __str__(self) -> str:
        """Give the word."""
        return self.text


Cell: TypeAlias = str | int | Money | Tag


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of a grid's column.

    Parameters
    ----------
    label : str
        In the report's language.
    kind : str
        ``text`` (long), ``short``, ``count``, ``money`` (both right-aligned) or ``blank`` (to be
        filled in by hand).
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
        Label and value.
    note : str
        A sentence under the title.
    """

    key: str
    title: str
    rows: tuple[tuple[str, str], ...]
    note: str = ""


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
    note : str
        A sentence under the title.
    """

    key: str
    title: str
    frame: pd.DataFrame
    labels: tuple[str, ...]
    money: dict[str, str]
    main: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """One whole report as plain data.

    Parameters
    ----------
    lang : str
        Language of all labels in it.
    title : str
        Heads the report.
    about : tuple of (str, str)
        Label and value of the lines under the title.
    verdict, conclusion : str
        The result's conclusion: in code, and as a sentence.
    marks : tuple of str
        What every page must say, such as that the data are a sandbox's.
    sections : tuple of Grid and Facts
        Page 1, in order.
    sheets : tuple of DataSheet
        The sheets behind it.
    """

    lang: Lang
    title: str
    about: tuple[tuple[str, str], ...]
    verdict: str
    conclusion: str
    marks: tuple[str, ...]
    sections: tuple[Grid | Facts, ...]
    sheets: tuple[DataSheet, ...]

    def sheet(self, key: str) -> DataSheet | None:
        """Return one sheet by its key, if the report has it."""
        return next((sheet for sheet in self.sheets if sheet.key == key), None)


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


def check_suffix(path: str | os.PathLike[str], suffix: str) -> None:
    """Refuse a name that promises another kind of file; programs would not open it.

    Parameters
    ----------
    path : str or PathLike
        Where a report is to go.
    suffix : str
        What its name has to end with.

    Raises
    ------
    ConfigError
        If it ends otherwise.
    """
    name = PurePath(path).name
    if not name.lower().endswith(suffix):
        right = f"{PurePath(path).stem or 'report'}{suffix}"
        raise ConfigError(
            message=f"This report is a {suffix} file, which {name!r} is not by its name.",
            hint=f'Write "{right}".',
            hint_ko=f'"{right}" 처럼 쓰세요.',
        )
