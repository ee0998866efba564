"""An explanation as text, and as a piece of a page without scripts."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

import pandas as pd

from jtnet_recon.recon.explain_say import PASSES_KO
from jtnet_recon.tables import label

if TYPE_CHECKING:
    from collections.abc import Callable

    Show = Callable[[pd.DataFrame, str], pd.DataFrame]

Part = tuple[str, pd.DataFrame | tuple[str, ...]]
"""Of an explanation: a heading, and a frame of texts or sentences."""
_COLUMNS_KO = {
    "row": "행",
    "rows": "행 수",
    "pass": "단계",
    "payments": "결제 행",
    "ledger": "장부 행",
    "field": "항목",
    "value_payments": "결제 값",
    "value_ledger": "장부 값",
    "tolerance": "허용범위",
    "verdict": "판정",
    "why": "이유",
    "side": "쪽",
    "key": "키",
    "amount": "금액",
    "currency": "통화",
    "day": "일자",
    "near": "비슷한 점",
}
_VALUES_KO = {
    "agrees": "일치",
    "differs": "불일치",
    "not tried": "미적용",
    "won": "채택",
    "lost": "탈락",
    "tied": "동순위",
    "suggested": "추정",
    "payments": "결제",
    "ledger": "장부",
    **PASSES_KO,
}
_TRANSLATED = ("pass", "verdict", "side")
_STYLE = (
    "<style>.jtnet-recon-explanation table{border-collapse:collapse;margin:0 0 8px}"
    ".jtnet-recon-explanation td,.jtnet-recon-explanation th{border:1px solid #bbb;"
    "padding:2px 6px;text-align:left;vertical-align:top}</style>"
)


def parts_of(
    what: object, headings: dict[str, tuple[str, str]], lang: str, show: Show
) -> list[Part]:
    """Give the parts of an explanation under their headings.

    Parameters
    ----------
    what : object
        What has a frame, or sentences, under each name.
    headings : dict of str to (str, str)
        By name: the heading in English and in Korean.
    lang : {"en", "ko"}
        Language.
    show : callable
        Writes a frame as texts, as :func:`shown` does.

    Returns
    -------
    list of (str, DataFrame or tuple of str)
        Heading, and texts or sentences.
    """
    named = ((texts[lang == "ko"], getattr(what, name)) for name, texts in headings.items())
    return [
        (heading, show(found, lang) if isinstance(found, pd.DataFrame) else found)
        for heading, found in named
    ]


def as_text(title: str, parts: list[Part], lang: str) -> str:
    """Write an explanation as text.

    Parameters
    ----------
    title : str
        Its heading.
    parts : list of (str, DataFrame or tuple of str)
        Of :func:`parts_of`.
    lang : {"en", "ko"}
        Language.

    Returns
    -------
    str
        Lines.
    """
    lines = [title]
    for heading, found in parts:
        lines.append(f"\n{heading}")
        if isinstance(found, pd.DataFrame):
            lines.append(table_text(found, lang))
        else:
            lines += [f"  {line}" for line in found] or [f"  {_none(lang)}"]
    return "\n".join(lines)


def as_html(title: str, parts: list[Part], lang: str) -> str:
    """Write an explanation as a piece of a page.

    Parameters
    ----------
    title : str
        Its heading.
    parts : list of (str, DataFrame or tuple of str)
        Of :func:`parts_of`.
    lang : {"en", "ko"}
        Language.

    Returns
    -------
    str
        Escaped; no script, and no formula is read into it.
    """
    names = "jtnet-recon-explanation tex2jax_ignore mathjax_ignore"
    page = [f'<div class="{names}" lang="{lang}">{_STYLE}', f"<h3>{escape(title)}</h3>"]
    for heading, found in parts:
        page.append(f"<h4>{escape(heading)}</h4>")
        if isinstance(found, pd.DataFrame):
            page.append(table_html(found, lang))
        else:
            rows = "".join(f"<li>{escape(line)}</li>" for line in found)
            page.append(f"<ul>{rows}</ul>" if rows else f"<p>{_none(lang)}</p>")
    return "".join([*page, "</div>"])


def shown(frame: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Write every cell as text, with headings of the language.

    Parameters
    ----------
    frame : DataFrame
        A part of an explanation.
    lang : {"en", "ko"}
        Language.

    Returns
    -------
    DataFrame
        Texts only.
    """
    # A table of one's own may have a column called row.
    number = "#" if "row" in frame.columns else "row"
    whole = frame.reset_index(names=number) if frame.index.name == "row" else frame
    is_own = "verdict" not in whole.columns
    columns = {}
    for name in whole.columns:
        texts = [_cell(value) for value in whole[name]]
        if lang == "ko" and name in _TRANSLATED and not is_own:
            texts = [_VALUES_KO.get(text, text) for text in texts]
        if lang == "ko" and name == "field":
            texts = [_COLUMNS_KO.get(text, label(text, lang=lang)) for text in texts]
        columns[_head(str(name), lang, is_own=is_own)] = texts
    return pd.DataFrame(columns, dtype="str")


def _head(name: str, lang: str, *, is_own: bool) -> str:
    """Name a column in the language."""
    if lang != "ko":
        return name
    if name in _COLUMNS_KO and (not is_own or name == "row"):
        return _COLUMNS_KO[name]
    return label(name, lang=lang)


def _cell(value: Any) -> str:
    """Write one value."""
    if value is None or value is pd.NaT or value is pd.NA or value != value:  # noqa: PLR0124 - NaN
        return ""
    if isinstance(value, pd.Timestamp):
        is_day = value.tzinfo is None and value == value.normalize()
        return f"{value:%Y-%m-%d}" if is_day else f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value)


def _none(lang: str) -> str:
    """Say that a part is empty."""
    return "없음" if lang == "ko" else "none"


def table_text(frame: pd.DataFrame, lang: str) -> str:
    """Write a frame of texts, aligned.

    Parameters
    ----------
    frame : DataFrame
        Of :func:`shown`.
    lang : {"en", "ko"}
        Language.

    Returns
    -------
    str
        Lines; a word for none where it is empty.
    """
    if frame.empty:
        return f"  {_none(lang)}"
    rows = [list(map(str, frame.columns)), *(list(row) for row in frame.itertuples(index=False))]
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  "
        + "  ".join(
            text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    )


def _width(text: str) -> int:
    """Count columns of a terminal: Korean letters take two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def table_html(frame: pd.DataFrame, lang: str) -> str:
    """Write a frame of texts as an HTML table.

    Parameters
    ----------
    frame : DataFrame
        Of :func:`shown`.
    lang : {"en", "ko"}
        Language.

    Returns
    -------
    str
        Escaped; a word for none where it is empty.
    """
    if frame.empty:
        return f"<p>{_none(lang)}</p>"
    head = "".join(f"<th>{escape(str(name))}</th>" for name in frame.columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(text)}</td>" for text in row) + "</tr>"
        for row in frame.itertuples(index=False, name=None)
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
