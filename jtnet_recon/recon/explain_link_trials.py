"""How each linking pass ended for one key: reference by reference, then the spelling of the id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from jtnet_recon.recon.explain_links import (
    ZEROS_LOST,
    Links,
    link_passes,
    loose,
    number_of,
    reference_fields,
)
from jtnet_recon.recon.explain_sides import Say, Sides, Trial
from jtnet_recon.recon.links import SPELLING, ZEROS

_SHOWN_MAX = 5


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
    trials: list[Trial] = []
    for by in link_passes(sides):
        name = by if isinstance(by, str) else by[0]
        if mine.empty:
            why = say("both sides have this key, or no money to look for", "양쪽에 같은 키가 있거나 찾을 금액이 없음")
            trials.append(Trial(name, verdict="not tried", why=why))
        elif by in (SPELLING, ZEROS):
            trials += _id_trials(sides, links, mine, theirs, name, say, is_left=is_left)
        else:
            trials += _reference_trials(sides, links, mine, theirs, by, say, is_left=is_left)
    return trials


def _reference_trials(
    sides: Sides,
    links: Links,
    mine: pd.DataFrame,
    theirs: pd.DataFrame,
    reference: str | tuple[str, ...],
    say: Say,
    *,
    is_left: bool,
) -> list[Trial]:
    """Tell how one reference ended."""
    name = reference if isinstance(reference, str) else reference[0]
    if name not in sides.references:
        why = say(f"one side has no column {name}", f"한쪽에 {name} 열이 없음")
        return [Trial(name, verdict="not tried", why=why)]
    trials: list[Trial] = []
    for _, row in mine.iterrows():
        place = "payments" if is_left else "ledger"
        if pd.isna(row[name]):
            why = say(f"this row has no {name}", f"이 행에 {name} 값이 없음")
            trials.append(Trial(name, **{place: row["label"]}, verdict="not tried", why=why))
            continue
        near = theirs[theirs[name] == row[name]]
        if near.empty:
            why = say("no row without its counterpart on the other side has it", "상대편의 짝 없는 행 중 같은 값이 없음")  # fmt: skip
            values = {place: row["label"], f"value_{place}": str(row[name])}
            trials.append(Trial(name, **values, field=name, verdict="differs", why=why))
        for _, other in near.head(_SHOWN_MAX).iterrows():
            pair = (row, other) if is_left else (other, row)
            trials += _pair_trials(sides, links, *pair, reference, say)
    return trials


def _pair_trials(
    sides: Sides,
    links: Links,
    payment: pd.Series[Any],
    line: pd.Series[Any],
    reference: str | tuple[str, ...],
    say: Say,
) -> list[Trial]:
    """Tell how a reference ended for two rows."""
    name = reference if isinstance(reference, str) else reference[0]
    number = number_of(line.name)
    linked = links.by_row.get(number)
    rows = {"payments": payment["label"], "ledger": line["label"]}
    earlier = [p if isinstance(p, str) else p[0] for p in link_passes(sides)]
    if linked is not None and earlier.index(linked[1]) < earlier.index(name):
        why = say(f"the row was taken already, by {linked[1]}", f"이미 {linked[1]} 단계에서 채택된 행")
        return [Trial(name, **rows, verdict="not tried", why=why)]
    fields = reference_fields(sides, payment, line, reference)
    trials = [
        Trial(name, **rows, field=field, value_payments=first, value_ledger=second,
              verdict="agrees" if agrees else "differs")
        for field, first, second, agrees in fields
    ]  # fmt: skip
    if linked == (payment["key"], name):
        why = say(
            f"the reference gives this row the key {payment['key']}",
            f"참조번호에 따라 이 행을 {payment['key']} 건으로 봄",
        )
        trials.append(Trial(name, **rows, verdict="won", why=why))
    elif number in links.ambiguous and all(agrees for *_, agrees in fields):
        others = ", ".join(links.ambiguous[number])
        why = say(f"it leads to several keys: {others}", f"여러 키에 해당: {others}")
        trials.append(Trial(name, **rows, verdict="differs", why=why))
    return trials


def _id_trials(
    sides: Sides,
    links: Links,
    mine: pd.DataFrame,
    theirs: pd.DataFrame,
    by: str,
    say: Say,
    *,
    is_left: bool,
) -> list[Trial]:
    """Tell how the passes on the spelling of the id ended."""
    if by == SPELLING and sides.rule.normalise is None:
        why = say("the rule has no normaliser", "규칙에 주문번호 정규화 설정이 없음")
        return [Trial(by, verdict="not tried", why=why)]
    key = str(mine["key"].iloc[0])
    place = "payments" if is_left else "ledger"
    near = [other for other in sorted(set(theirs["key"].dropna())) if _is_near(sides, by, key, other, is_left=is_left)]  # fmt: skip
    labels = {place: ", ".join(mine["label"])}
    if not near:
        why = say("no id of the other side has this form", "상대편에 같은 형태의 번호가 없음")
        return [
            Trial(by, **labels, field="key", **{f"value_{place}": key}, verdict="differs", why=why)
        ]
    trials: list[Trial] = []
    for other in near[:_SHOWN_MAX]:
        values = (key, other) if is_left else (other, key)
        rows = theirs[theirs["key"] == other]
        pair = {**labels, "ledger" if is_left else "payments": ", ".join(rows["label"])}
        numbers = rows.index if is_left else mine.index
        is_won = any(links.by_row.get(number_of(n)) == (values[0], by) for n in numbers)
        trials.append(
            Trial(
                by,
                **pair,
                field="key",
                value_payments=values[0],
                value_ledger=values[1],
                verdict="won" if is_won else "differs",
                why=_id_why(sides, links, by, key, say, is_won=is_won),
            )
        )
    return trials


def _is_near(sides: Sides, by: str, key: str, other: str, *, is_left: bool) -> bool:
    """Tell whether two ids are one but for their spelling, or for lost zeros."""
    if by == SPELLING:
        assert sides.rule.normalise is not None
        form = sides.rule.normalise.form(key)
        return form != "" and form == sides.rule.normalise.form(other)
    long, short = (key, other) if is_left else (other, key)
    found = ZEROS_LOST.fullmatch(long)
    return found is not None and found[1] == short


def _id_why(sides: Sides, links: Links, by: str, key: str, say: Say, *, is_won: bool) -> str:
    """Say why two spellings were taken for one id, or not."""
    if is_won and by == SPELLING:
        return say("the ids differ only in spelling", "표기만 다른 같은 번호")
    if is_won:
        return say("a spreadsheet took the zeros in front", "스프레드시트에서 앞자리 0이 사라진 번호")
    form = sides.rule.normalise.form(key) if sides.rule.normalise and by == SPELLING else ""
    ids = ", ".join(links.merged.get(form, ()))
    if ids:
        return say(
            f"refused: it would merge real ids of one side: {ids}",
            f"거부: 한쪽의 서로 다른 실제 번호가 합쳐짐: {ids}",
        )
    return say("several ids have this form, or a reference came first", "같은 형태의 번호가 여러 개이거나 앞 단계에서 채택됨")  # fmt: skip
