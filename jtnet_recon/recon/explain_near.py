"""Candidates: rows of the other side that were near, and why each lost."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow.compute as pc

from jtnet_recon.recon.explain_say import Trial, Verdict, day_text, money
from jtnet_recon.recon.explain_sides import reference_column, row_at
from jtnet_recon.recon.pairing import LEFT_CODES, RIGHT_CODES
from jtnet_recon.recon.suggest import is_related, tail_of

if TYPE_CHECKING:
    from jtnet_recon.recon.explain_case import Case, Item

SUGGESTION = "suggestion"
COLUMNS = ("side", "row", "key", "currency", "amount", "day", "near", "verdict", "why")
_SHOWN_MAX = 10
_ALIKE = 0.85
_LOOKED_AT_MAX = 2_000


@dataclass(frozen=True, slots=True)
class _Loose:
    """A one-sided item of either side, as the suggestions see it."""

    values: dict[str, Any]
    row: pd.Series[Any]
    side: str

    @property
    def net(self) -> int:
        """Its money, signed."""
        return int(self.values[f"net_{self.side}"])


def near_of(case: Case) -> tuple[list[dict[str, Any]], list[Trial]]:
    """Find the candidates of a key's one-sided items.

    Parameters
    ----------
    case : Case
        The key.

    Returns
    -------
    tuple of (list of dict, list of Trial)
        Candidates, ``COLUMNS``, nearest first; and what the suggestions tested.
    """
    rows: list[dict[str, Any]] = []
    trials: list[Trial] = []
    for item in case.items:
        one = _one_sided(case, item)
        if one is None or not one.values["code"]:
            continue
        found = [other for other in _others(case, one) if _near(case, one, other)]
        found.sort(key=lambda other: _distance(one, other))
        rows += [_candidate(case, one, other) for other in found[:_SHOWN_MAX]]
        trials += _trials(case, one, found)
    if not trials:
        why = case.say(
            "both sides are paired, or nothing is left to pair",
            "양쪽이 짝지어졌거나 짝지을 행이 없음",
        )
        trials = [Trial(SUGGESTION, verdict="not tried", why=why)]
    return rows, trials


def _one_sided(case: Case, item: Item) -> _Loose | None:
    """Take an item that has rows on one side only."""
    if bool(item.left) == bool(item.right):
        return None
    side = "payments" if item.left else "ledger"
    plain = case.left if item.left else case.right
    number = item.values["row_p" if item.left else "row_l"]
    rows = item.left or item.right
    return _Loose(item.values, row_at(plain, number if number in rows else rows[0]), side)


def _others(case: Case, one: _Loose) -> list[_Loose]:
    """List one-sided items of the other side: those of the same money first."""
    others, side = (
        case.result.item_source.others,
        "ledger" if one.side == "payments" else "payments",
    )
    name, plain = ("row_l", case.sides.right) if side == "ledger" else ("row_p", case.sides.left)
    is_one_sided = pc.and_(pc.equal(others[f"rows_{one.side}"], 0), pc.is_valid(others[name]))
    records = others.filter(pc.and_(is_one_sided, pc.is_valid(others["code"]))).to_pylist()
    records.sort(key=lambda values: abs(values[f"net_{side}"] - one.net))
    numbers = [int(values[name]) for values in records]
    is_kept = [number in plain.index for number in numbers]
    return [
        _Loose(values, row_at(plain, number), side)
        for values, number, kept in zip(records, numbers, is_kept, strict=True)
        if kept
    ][:_LOOKED_AT_MAX]


def _near(case: Case, one: _Loose, other: _Loose) -> list[str]:
    """Say what is near about a candidate; nothing where nothing is."""
    say, near = case.say, []
    if one.net == other.net and one.values["currency"] == other.values["currency"]:
        near.append(say("same amount", "같은 금액"))
    near += [
        say(f"same {name}", f"같은 {name}")
        for name in case.sides.references
        if pd.notna(one.row[reference_column(name)])
        and one.row[reference_column(name)] == other.row[reference_column(name)]
    ]
    keys = (one.values["merchant_uid"], other.values["merchant_uid"])
    if None not in keys and keys[0] == keys[1]:
        near.append(say("same key", "같은 키"))
    elif None not in keys and _is_alike(*keys):
        near.append(say("similar key", "비슷한 키"))
    return near


def _is_alike(first: str, second: str) -> bool:
    """Tell whether two ids look alike."""
    if is_related(first, second):
        return True
    matcher = difflib.SequenceMatcher(None, first, second)
    return matcher.real_quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE


def _distance(one: _Loose, other: _Loose) -> tuple[Any, ...]:
    """Sort the nearest first."""
    apart = _days_apart(one, other)
    return (
        abs(one.net - other.net),
        apart is None,
        apart or 0,
        other.values["merchant_uid"] or "",
        other.row["label"],
    )


def _days_apart(one: _Loose, other: _Loose) -> int | None:
    """Count the days between two rows, where both are known."""
    days = (one.row["day"], other.row["day"])
    return None if any(pd.isna(day) for day in days) else abs(int(days[0]) - int(days[1]))


def _named(one: _Loose) -> set[str]:
    """List the keys that an item was suggested for."""
    return set(str(one.values.get("candidates") or "").split(", ")) - {""}


def _candidate(case: Case, one: _Loose, other: _Loose) -> dict[str, Any]:
    """Write a candidate as a row."""
    verdict, why = _fate(case, one, other)
    return {
        "side": other.side,
        "row": str(other.row["label"]),
        "key": other.values["merchant_uid"] or "",
        "currency": other.values["currency"] or "",
        "amount": money(other.net, other.values["currency"]),
        "day": day_text(other.row["day"]),
        "near": ", ".join(_near(case, one, other)),
        "verdict": verdict,
        "why": why,
    }


def _fate(case: Case, one: _Loose, other: _Loose) -> tuple[str, str]:
    """Say how a candidate ended, and why."""
    say = case.say
    if other.values["merchant_uid"] in _named(one):
        if one.values["code"] == "P11":
            decides = one.values["decides"]
            return "tied", say(f"fits as well as others; {decides} would decide", f"다른 후보와 조건이 같음. 결정할 항목: {decides}")  # fmt: skip
        return "suggested", say("the only pair of least cost; suggested, never matched", "최소 비용의 유일한 쌍. 추정만 하고 매칭하지 않음")  # fmt: skip
    return "lost", _obstacle(case, one, other)


def _obstacle(case: Case, one: _Loose, other: _Loose) -> str:  # noqa: PLR0911 - a list of cases
    """Name the first thing that kept a candidate from being suggested."""
    say, options = case.say, case.result.rule.suggest
    values, apart = other.values, _days_apart(one, other)
    pairs = [(one.values[field], values[field]) for field in ("currency", "kind")]
    tails = [tail_of(row.row["card_number"]) for row in (one, other)]
    if values["merchant_uid"] is None:
        return say("it has no key (X05)", "키가 없는 행(X05)")
    if one.values["merchant_uid"] is None:
        return say("this row has no key (X05)", "이 행에 키가 없음(X05)")
    for first, second in pairs:
        if first != second:
            return say(f"{second}, not {first}", f"{first} 건에 대한 {second} 행")
    if one.net != other.net:
        gap = money(abs(one.net - other.net), values["currency"])
        return say(f"the amounts differ by {gap}", f"금액 차이 {gap}")
    if options is None:
        return say("the rule suggests nothing", "규칙에서 추정 매칭을 사용하지 않음")
    if apart is not None and apart > options.days:
        return say(
            f"{apart} days apart; at most {options.days}", f"{apart}일 차이. 허용 {options.days}일"
        )
    if all(tails) and tails[0] != tails[1]:
        return say(
            f"the card ends in {tails[1]}, not {tails[0]}",
            f"카드번호 끝자리 불일치: {tails[0]}, {tails[1]}",
        )
    chosen = ", ".join(sorted(_named(other) or _named(one)))
    if chosen:
        return say(f"the assignment of least cost pairs others: {chosen}", f"최소 비용 배정에서 다른 쌍이 선택됨: {chosen}")  # fmt: skip
    return _not_open(case, one, other)


def _not_open(case: Case, one: _Loose, other: _Loose) -> str:
    """Say why a pair that fits was not looked at."""
    say, options = case.say, case.result.rule.suggest
    open_codes = {*LEFT_CODES, *RIGHT_CODES, "P10", "P11"}
    for row in (one, other):
        if row.values["code"] not in open_codes:
            code = row.values["code"]
            return say(
                f"items of code {code} are not suggested", f"코드 {code} 건은 추정 대상이 아님"
            )
    most = options.block_max if options else 0
    return say(
        f"not suggested: more than {most} rows share this amount, or several sales make one item",
        f"추정하지 않음: 금액이 같은 행이 {most}건을 넘거나 한 건에 매출이 여럿",
    )


def _trials(case: Case, one: _Loose, found: list[_Loose]) -> list[Trial]:
    """Tell what the suggestions tested: every candidate of the same money."""
    say = case.say
    own, theirs = one.side, "ledger" if one.side == "payments" else "payments"
    same = [other for other in found if other.net == one.net]
    if case.result.rule.suggest is None or not same:
        why = (
            say("the rule suggests nothing", "규칙에서 추정 매칭을 사용하지 않음")
            if case.result.rule.suggest is None
            else say(
                "no row without its counterpart has this amount", "짝 없는 행 중 같은 금액이 없음"
            )
        )
        return [Trial(SUGGESTION, **{own: str(one.row["label"])}, verdict="not tried", why=why)]
    trials: list[Trial] = []
    for other in same[:_SHOWN_MAX]:
        labels = {own: str(one.row["label"]), theirs: str(other.row["label"])}
        for field, first, second, limit, agrees in _fields(case, one, other):
            values = {f"value_{own}": first, f"value_{theirs}": second}
            verdict: Verdict = "agrees" if agrees else "differs"
            trials.append(Trial(SUGGESTION, **labels, **values, field=field, tolerance=limit, verdict=verdict))  # fmt: skip
        ending, why = _fate(case, one, other)
        verdict = "won" if ending == "suggested" else "differs"
        trials.append(Trial(SUGGESTION, **labels, verdict=verdict, why=why))
    return trials


def _fields(case: Case, one: _Loose, other: _Loose) -> list[tuple[str, str, str, str, bool]]:
    """List what a suggestion weighs: field, both values, tolerance, whether it agrees."""
    options, apart = case.result.rule.suggest, _days_apart(one, other)
    limit = options.days if options else 0
    texts = [money(row.net, row.values["currency"]) for row in (one, other)]
    fields = [("amount", texts[0], texts[1], "0", texts[0] == texts[1])]
    days = [day_text(row.row["day"]) for row in (one, other)]
    within = case.say(f"±{limit} days", f"±{limit}일")
    fields.append(("day", days[0], days[1], within, apart is None or apart <= limit))
    tails = [tail_of(row.row["card_number"]) for row in (one, other)]
    if all(tails):
        fields.append(("card_number", f"…{tails[0]}", f"…{tails[1]}", "", tails[0] == tails[1]))
    return fields
