"""The passes of a rule of entries, told for one key: exact sets, links, tolerance, sums, and on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jtnet_recon.recon.entry_items import MATCHED_BY
from jtnet_recon.recon.explain_groups import entries_of
from jtnet_recon.recon.explain_link_trials import link_trials
from jtnet_recon.recon.explain_say import Trial, Verdict, day_text, instant_text, money
from jtnet_recon.recon.within import Entry, apart

if TYPE_CHECKING:
    import pandas as pd

    from jtnet_recon.recon.explain_case import Case, Item

EXACT = "exact"
_PASSES = ("exact", "tolerance", "sum", "day", "copy", "amount")
_COPY = "copy of a matched row"
_PAIRS_MAX = 12


def entry_trials(case: Case) -> list[Trial]:
    """Tell how each pass ended for a key.

    Parameters
    ----------
    case : Case
        The key.

    Returns
    -------
    list of Trial
        The linking passes, then the passes inside the key, by currency and kind.
    """
    say = case.say
    if case.key is None:
        why = say("a row without a key matches nothing", "키가 없는 행은 아무것과도 매칭되지 않음")
        return [Trial(name(case, EXACT), verdict="not tried", why=why)]
    if case.left.empty and case.right.empty:
        why = say(
            "plain matches of inputs larger than memory are not carried with the result",
            "메모리보다 큰 입력의 단순 일치 행은 결과에 담지 않음",
        )
        return [Trial(name(case, EXACT), verdict="won", why=why)]
    trials: list[Trial] = []
    for item in case.items:
        if item.is_exact:
            trials += _settled(case, item, EXACT)
    open_items = [item for item in case.items if not item.is_exact]
    for key in sorted({item.values["merchant_uid"] for item in open_items}):
        trials += link_trials(case.sides, case.links, key, say)
        chosen = [item for item in open_items if item.values["merchant_uid"] == key]
        for currency, kind in sorted({(i.values["currency"], i.values["kind"]) for i in chosen}):
            group = [
                i for i in chosen if (i.values["currency"], i.values["kind"]) == (currency, kind)
            ]
            trials += _group(case, group, currency, is_cancel=kind == "cancel")
    return trials


def name(case: Case, by: str) -> str:
    """Return what the items call a pass inside a key.

    Parameters
    ----------
    case : Case
        The key.
    by : str
        The pass.

    Returns
    -------
    str
        As in ``matched_by``.
    """
    if by == EXACT and not case.sides.is_dated:
        return "key, kind and amount"
    return MATCHED_BY.get(by, _COPY)


def _group(case: Case, items: list[Item], currency: str, *, is_cancel: bool) -> list[Trial]:
    """Tell the passes over the rows of one key, currency and kind."""
    say = case.say
    mine = {number for item in items for number in item.left}
    theirs = {number for item in items for number in item.right}
    left = [e for e in entries_of(case.left, currency, is_cancel=is_cancel) if e.row in mine]
    right = [e for e in entries_of(case.right, currency, is_cancel=is_cancel) if e.row in theirs]
    trials: list[Trial] = []
    for by in _PASSES:
        won = [item for item in items if item.within == by]
        if not won and not (left and right):
            gone = say.sides(case.result.rule.sides)[0 if not left else 1]
            why = say(f"no row of {gone} is left", f"{gone} 쪽에 남은 행이 없음")
            labels = {"payments": _labels(case, left, 0), "ledger": _labels(case, right, 1)}
            trials.append(Trial(name(case, by), **labels, verdict="not tried", why=why))
            continue
        for item in won:
            trials += _settled(case, item, by)
        left = [e for e in left if not any(e.row in item.left for item in won)]
        right = [e for e in right if not any(e.row in item.right for item in won)]
        trials += _failed(case, by, left, right, currency)
    return trials


def _settled(case: Case, item: Item, by: str) -> list[Trial]:
    """Tell how a pass won a match: what agrees, and what differs all the same."""
    values, say = item.values, case.say
    labels = {"payments": case.labels(item.left, 0), "ledger": case.labels(item.right, 1)}
    if by == "copy":
        why = say(
            "a row of the same amount under this key is matched already: this is one more of it",
            "이 키에서 금액이 같은 행이 이미 매칭됨: 같은 행이 하나 더 있음",
        )
        return [Trial(_COPY, **labels, verdict="won", why=why)]
    sums = [values["net_payments"], values["net_ledger"]]
    trials = [_amount(case, by, labels, sums, values["currency"])]
    if case.sides.is_dated:
        entries = [_entry(case.left, item.left[0]), _entry(case.right, item.right[0])]
        trials.append(_day(case, by, labels, entries[0], entries[1]))
    why = say("the rows agree", "일치")
    if item.code is not None:
        why = say(f"it pairs the rows; what differs gives {item.code}", f"행을 짝지음. 남은 차이는 코드 {item.code}")  # fmt: skip
    is_linked = values["matched_by"] != name(case, by)
    if is_linked:
        why = say(f"linked by {values['matched_by']}; {why}", f"연결 단계: {say.by(values['matched_by'])}. {why}")  # fmt: skip
    verdict: Verdict = "agrees" if is_linked else "won"
    trials.append(Trial(name(case, by), **labels, verdict=verdict, why=why))
    return [replace(trial, by=name(case, by)) for trial in trials]


def _entry(side: pd.DataFrame, row: int) -> Entry:
    """Read one row as an entry."""
    currency, amount = side["currency"][row], side["amount"][row]
    return entries_of(side.loc[[row]], currency, is_cancel=bool(amount < 0))[0]


def _amount(case: Case, by: str, labels: dict[str, str], sums: list[int], currency: str) -> Trial:
    """Compare amounts as a pass does."""
    limit = case.result.rule.tolerance.amount if by in ("tolerance", "amount") else 0
    first, second = (money(amount, currency) for amount in sums)
    mark = "Σ " if by == "sum" else ""
    return Trial(
        name(case, by), **labels, field="amount", value_payments=mark + first,
        value_ledger=mark + second, tolerance=f"±{money(limit, currency)}" if limit else "0",
        verdict="agrees" if abs(sums[0] - sums[1]) <= limit else "differs",
    )  # fmt: skip


def _day(case: Case, by: str, labels: dict[str, str], left: Entry, right: Entry) -> Trial:
    """Compare days as a pass does."""
    tolerance, say = case.result.rule.tolerance, case.say
    is_same = left.day is not None and left.day == right.day
    limit = ""
    if by != EXACT:
        is_same = apart(left, right, tolerance) is not None
        limit = say(
            f"±{tolerance.days} days, ±{tolerance.minutes} minutes; {tolerance.midnight_minutes} minutes around midnight",
            f"±{tolerance.days}일, ±{tolerance.minutes}분, 자정 전후 {tolerance.midnight_minutes}분",
        )
    first = day_text(left.day) if left.at_s is None else instant_text(left.at_s * 1_000_000)
    second = day_text(right.day) if right.at_s is None else instant_text(right.at_s * 1_000_000)
    return Trial(
        name(case, by), **labels, field="day", value_payments=first, value_ledger=second,
        tolerance=limit, verdict="agrees" if is_same else "differs",
    )  # fmt: skip


def _failed(
    case: Case, by: str, left: list[Entry], right: list[Entry], currency: str
) -> list[Trial]:
    """Tell what kept the rows that are left from being paired by a pass."""
    say = case.say
    if not left or not right or by == "copy":
        return []
    if by == "sum":
        if len(left) + len(right) == 2:  # noqa: PLR2004 - a pair is no sum
            why = say(
                "one row on each side: nothing to add up", "양쪽에 한 행씩이라 합산할 것이 없음"
            )
            return [Trial(name(case, by), verdict="not tried", why=why)]
        labels = {"payments": _labels(case, left, 0), "ledger": _labels(case, right, 1)}
        sums = [sum(e.amount for e in side) for side in (left, right)]
        why = say(
            "no rows add up to the other side's in just one way",
            "합계가 맞는 조합이 없거나 둘 이상",
        )
        return [replace(_amount(case, by, labels, sums, currency), verdict="differs", why=why)]
    pairs = [(a, b) for a in left for b in right]
    trials: list[Trial] = []
    for first, second in pairs[:_PAIRS_MAX]:
        labels = {"payments": _labels(case, [first], 0), "ledger": _labels(case, [second], 1)}
        tests = [_amount(case, by, labels, [first.amount, second.amount], currency)]
        if case.sides.is_dated and by != "day":
            tests.append(_day(case, by, labels, first, second))
        trials += [test for test in tests if test.verdict == "differs"]
    if len(pairs) > _PAIRS_MAX:
        why = say(
            f"{len(pairs) - _PAIRS_MAX} more pairs, not shown",
            f"그 밖의 {len(pairs) - _PAIRS_MAX}쌍은 생략",
        )
        trials.append(Trial(name(case, by), verdict="not tried", why=why))
    return trials


def _labels(case: Case, entries: list[Entry], place: int) -> str:
    """Name the rows of entries."""
    return case.labels([entry.row for entry in entries], place)
