"""How each linking pass ended for one key: reference by reference, then the spelling of the id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from jtnet_recon.recon.explain_links import (
    ZEROS_LOST,
    Links,
    holding,
    link_passes,
    loose,
    number_of,
    reference_fields,
)
from jtnet_recon.recon.explain_say import Say, Trial
from jtnet_recon.recon.explain_sides import reference_column
from jtnet_recon.recon.links import SPELLING, ZEROS

if TYPE_CHECKING:
    from jtnet_recon.recon.explain_sides import Sides

_SHOWN_MAX = 5
Reference = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Search:
    """The rows of a key that lack their other half, and where it was looked for."""

    sides: Sides
    links: Links
    say: Say
    mine: pd.DataFrame
    theirs: pd.DataFrame
    is_left: bool


def link_trials(sides: Sides, links: Links, key: str, say: Say) -> list[Trial]:
    """Tell how each linking pass ended for one key.

    Parameters
    ----------
    sides : Sides
        Both sides.
    links : Links
        What the passes found.
    key : str
        The key.
    say : Say
        The language.

    Returns
    -------
    list of Trial
        In turn.
    """
    left, right = loose(sides)
    is_left = bool((left["key"] == key).any())
    mine, theirs = (left, right) if is_left else (right, left)
    mine = mine[mine["key"] == key]
    if any(linked == key for linked, _ in links.by_row.values()):
        # Booked under its key, and another line follows its reference all the same.
        mine, theirs, is_left = holding(sides), right, True
        mine = mine[mine["key"] == key]
    if mine.empty:
        why = _nothing_to_look_for(sides, key, say)
        names = [by if isinstance(by, str) else by[0] for by in link_passes(sides)]
        return [Trial(name, verdict="not tried", why=why) for name in names]
    search = _Search(sides, links, say, mine, theirs, is_left)
    trials: list[Trial] = []
    for reference in sides.rule.references:
        trials += _reference_trials(search, reference)
    return trials + _id_trials(search, SPELLING) + _id_trials(search, ZEROS)


def _nothing_to_look_for(sides: Sides, key: str, say: Say) -> str:
    """Say why no other half was looked for."""
    # A key that neither side has left was settled before: it was on both.
    if (sides.left["key"] == key).any() == (sides.right["key"] == key).any():
        return say("both sides have this key", "양쪽에 같은 키가 있음")
    return say("no approved money to look for", "승인된 금액이 없어 찾을 대상이 없음")


def _reference_trials(search: _Search, reference: Reference) -> list[Trial]:
    """Tell how one reference ended."""
    name, say = reference if isinstance(reference, str) else reference[0], search.say
    if name not in search.sides.references:
        why = say(f"one side has no column {name}", f"한쪽에 {name} 열이 없음")
        return [Trial(name, verdict="not tried", why=why)]
    trials: list[Trial] = []
    column = reference_column(name)
    for _, row in search.mine.iterrows():
        if pd.isna(row[column]):
            why = say(f"this row has no {name}", f"이 행에 {name} 값이 없음")
            label = str(row["label"])
            rows = (label, "") if search.is_left else ("", label)
            trials.append(Trial(name, *rows, verdict="not tried", why=why))
            continue
        is_wide = isinstance(reference, str) and not search.is_left
        theirs = holding(search.sides) if is_wide else search.theirs
        near = theirs[theirs[column] == row[column]]
        if near.empty:
            trials.append(_nobody(search, name, str(row["label"]), str(row[column])))
        for _, other in near.head(_SHOWN_MAX).iterrows():
            pair = (row, other) if search.is_left else (other, row)
            trials += _pair_trials(search, pair[0], pair[1], reference)
    return trials


def _nobody(search: _Search, by: str, label: str, value: str, *, field: str = "") -> Trial:
    """Say that the other side has no such value."""
    why = search.say(
        "no row of the other side that lacks its counterpart has it",
        "상대편의 짝 없는 행 중 같은 값이 없음",
    )
    labels, values = ((label, ""), (value, ""))
    if not search.is_left:
        labels, values = labels[::-1], values[::-1]
    return Trial(by, *labels, field or by, *values, verdict="differs", why=why)


def _pair_trials(
    search: _Search, payment: pd.Series[Any], line: pd.Series[Any], reference: Reference
) -> list[Trial]:
    """Tell how a reference ended for two rows."""
    name, say = reference if isinstance(reference, str) else reference[0], search.say
    number, links = number_of(line.name), search.links
    linked = links.by_row.get(number)
    rows = (str(payment["label"]), str(line["label"]))
    names = [by if isinstance(by, str) else by[0] for by in link_passes(search.sides)]
    if linked is not None and names.index(linked[1]) < names.index(name):
        why = say(
            f"the row was taken already, by {linked[1]}",
            f"앞 단계에서 이미 채택된 행: {say.by(linked[1])}",
        )
        return [Trial(name, *rows, verdict="not tried", why=why)]
    fields = reference_fields(search.sides, payment, line, reference)
    trials = [
        Trial(name, *rows, field, first, second, verdict="agrees" if agrees else "differs")
        for field, first, second, agrees in fields
    ]
    if linked == (payment["key"], name):
        why = say(
            f"the reference gives this row the key {payment['key']}",
            f"참조번호에 따라 이 행의 키로 봄: {payment['key']}",
        )
        trials.append(Trial(name, *rows, verdict="won", why=why))
    elif number in links.ambiguous and all(agrees for *_, agrees in fields):
        others = ", ".join(links.ambiguous[number])
        why = say(f"it leads to several keys: {others}", f"여러 키에 해당: {others}")
        trials.append(Trial(name, *rows, verdict="differs", why=why))
    return trials


def _id_trials(search: _Search, by: str) -> list[Trial]:
    """Tell how a pass on the spelling of the id ended."""
    sides, mine, theirs = search.sides, search.mine, search.theirs
    if by == SPELLING and sides.rule.normalise is None:
        why = search.say("the rule has no normaliser", "규칙에 번호 정규화 설정이 없음")
        return [Trial(by, verdict="not tried", why=why)]
    key, label = str(mine["key"].iloc[0]), ", ".join(mine["label"])
    near = [other for other in sorted(set(theirs["key"].dropna())) if _is_near(search, by, other)]
    if not near:
        return [_nobody(search, by, label, key, field="key")]
    trials: list[Trial] = []
    for other in near[:_SHOWN_MAX]:
        rows = theirs[theirs["key"] == other]
        labels, values = (label, ", ".join(rows["label"])), (key, other)
        if not search.is_left:
            labels, values = (labels[1], labels[0]), (values[1], values[0])
        numbers = rows.index if search.is_left else mine.index
        is_won = any(search.links.by_row.get(number_of(n)) == (values[0], by) for n in numbers)
        why = _id_why(search, by, is_won=is_won)
        trials.append(
            Trial(by, *labels, "key", *values, verdict="won" if is_won else "differs", why=why)
        )
    return trials


def _is_near(search: _Search, by: str, other: str) -> bool:
    """Tell whether two ids are one but for their spelling, or for lost zeros."""
    key, normalise = str(search.mine["key"].iloc[0]), search.sides.rule.normalise
    if by == SPELLING:
        form = normalise.form(key) if normalise else ""
        return normalise is not None and form != "" and form == normalise.form(other)
    long, short = (key, other) if search.is_left else (other, key)
    found = ZEROS_LOST.fullmatch(long)
    return found is not None and found[1] == short


def _id_why(search: _Search, by: str, *, is_won: bool) -> str:
    """Say why two spellings were taken for one id, or not."""
    say, normalise = search.say, search.sides.rule.normalise
    if is_won and by == SPELLING:
        return say("the ids differ only in spelling", "표기만 다른 같은 번호")
    if is_won:
        return say(
            "a spreadsheet took the zeros in front", "스프레드시트에서 앞자리 0이 사라진 번호"
        )
    form = normalise.form(str(search.mine["key"].iloc[0])) if normalise and by == SPELLING else ""
    ids = ", ".join(search.links.merged.get(form, ()))
    if ids:
        return say(
            f"refused: it would merge real ids of one side: {ids}",
            f"거부: 한쪽의 서로 다른 실제 번호가 합쳐짐: {ids}",
        )
    return say(
        "several ids have this form, or an earlier pass took the row",
        "같은 형태의 번호가 여럿이거나 앞 단계에서 채택된 행",
    )
