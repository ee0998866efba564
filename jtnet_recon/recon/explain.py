"""explain(): one key, both sides, every pass and how it ended, and what would make it match.

It is a pure function of the result and runs for one key: each pass is told again in plain words,
over the rows of the key and the rows of the other side that were near.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from jtnet_recon.recon.explain_case import Case, Item, case_of
from jtnet_recon.recon.explain_entries import entry_trials
from jtnet_recon.recon.explain_entry_words import SUGGESTED_WORDS
from jtnet_recon.recon.explain_figures import figures_of, held_codes, words_of
from jtnet_recon.recon.explain_near import COLUMNS as CANDIDATE_COLUMNS
from jtnet_recon.recon.explain_near import near_of
from jtnet_recon.recon.explain_orders import order_trials
from jtnet_recon.recon.explain_say import SEVERITIES_KO, Language, Say, Trial, money
from jtnet_recon.recon.explain_show import as_html, as_text, parts_of, shown
from jtnet_recon.recon.explain_sides import names_of
from jtnet_recon.recon.neutral import words_of as codes_of

if TYPE_CHECKING:
    from jtnet_recon.recon.explain_show import Part
    from jtnet_recon.recon.result import Reconciliation

_HEADINGS = {
    "reasoning": ("Reasoning", "판단 근거"),
    "to_match": ("What would make it match", "일치하려면"),
    "payments": ("Payments (the first row is 0)", "결제(첫 행은 0행)"),
    "ledger": ("Ledger (the first row is 0)", "장부(첫 행은 0행)"),
    "passes": ("Passes", "대사 단계"),
    "candidates": ("Candidates on the other side", "상대편 후보"),
}
PASS_COLUMNS = (
    "pass", "payments", "ledger", "field", "value_payments", "value_ledger", "tolerance",
    "verdict", "why",
)  # fmt: skip
_PAYMENT_COLUMNS = (
    "imp_uid merchant_uid status amount cancel_amount currency paid_at failed_at cancelled_at "
    "vbank_date pay_method pg_provider pg_id sandbox card_quota escrow pg_tid apply_num card_code"
).split()
_LEDGER_COLUMNS = (
    "merchant_uid amount cancel_amount currency status paid_on cancelled_on refund_method "
    "card_quota escrow imp_uid pg_tid apply_num card_code"
).split()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one key ended as it did; prints as text, and as a page in a notebook.

    Parameters
    ----------
    key : str or None
        As it was asked for; None for a row without one.
    lang : {"en", "ko"}
        The language of the sentences.
    title : str
        The heading: the key and how it ended.
    payments, ledger : DataFrame
        Its rows on each side, indexed by their number in the input (the first is 0): the columns
        that are compared.
    passes : DataFrame
        pass, payments, ledger (the rows compared), field (empty for the pass as a whole),
        value_payments, value_ledger, tolerance, verdict (``agrees``, ``differs``, ``not tried``,
        ``won``), why.
    candidates : DataFrame
        Rows of the other side that were near: side, row, key, currency, amount, day, near,
        verdict (``suggested``, ``tied``, ``lost``), why.
    reasoning : tuple of str
        Item by item: the code, what was seen, the condition that held, cause, next action.
    to_match : tuple of str
        What would make each item match.
    """

    key: str | None
    lang: Language
    title: str
    payments: pd.DataFrame
    ledger: pd.DataFrame
    passes: pd.DataFrame
    candidates: pd.DataFrame
    reasoning: tuple[str, ...]
    to_match: tuple[str, ...]

    def __str__(self) -> str:
        """Write it as text."""
        return as_text(self.title, self._parts(), self.lang)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """Show it in a notebook, without scripts."""
        return as_html(self.title, self._parts(), self.lang)

    def _parts(self) -> list[Part]:
        return parts_of(self, _HEADINGS, self.lang, shown)


def explain(
    result: Reconciliation,
    key: str | None = None,
    *,
    row: tuple[str, int] | None = None,
    lang: Language = "en",
) -> Explanation:
    """Lay out both sides of one key, each pass, and the reasoning.

    Parameters
    ----------
    result : Reconciliation
        Of ``reconcile()``.
    key : str, optional
        The order id, or the rule's key; either side's spelling.
    row : tuple of (str, int), optional
        Instead of a key: ``("payments", 3)`` or ``("ledger", 17)``, rows counted from 0. The
        only way to ask for a row without a key.
    lang : {"en", "ko"}, default "en"
        Language of the sentences.

    Returns
    -------
    Explanation
        Prints as text.

    Raises
    ------
    ConfigError
        If neither side has this key (the nearest are named), or no key and no row is given.
    """
    case = case_of(result, key, row, Say(lang))
    trials = order_trials(case) if case.is_orders else entry_trials(case)
    candidates, suggested = near_of(case)
    return Explanation(
        key=case.key,
        lang=lang,
        title=_title(case),
        payments=_shown(case, 0),
        ledger=_shown(case, 1),
        passes=_passes([*trials, *suggested]),
        candidates=pd.DataFrame(candidates, columns=list(CANDIDATE_COLUMNS), dtype="str"),
        reasoning=tuple(text for item in case.items for text in _reasons(case, item)),
        to_match=_to_match(case),
    )


def _title(case: Case) -> str:
    """Name the key and how its items ended."""
    say = case.say
    ends = ", ".join(dict.fromkeys(_ending(case, item) for item in case.items))
    if case.key is None:
        return say(f"A row without a key: {ends}", f"키가 없는 행: {ends}")
    word = say("Order", "주문번호") if case.is_orders else say("Key", "키")
    return f"{word} {case.key}: {ends}"


def _ending(case: Case, item: Item) -> str:
    """Name how an item ended in a few words."""
    if item.code is not None:
        spoken = codes_of(case.result.rule.sides)[item.code]
        return f"{item.code} {case.say(spoken.name, spoken.name_ko)}"
    ends = {"matched": ("matched", "일치"), "excluded": ("left out", "대사 제외")}
    return case.say(*ends[item.values["outcome"]])


def _passes(trials: list[Trial]) -> pd.DataFrame:
    """Lay the tests out as a frame, each once."""
    rows = [asdict(trial) for trial in dict.fromkeys(trials)]
    return pd.DataFrame(rows, dtype="str").rename(columns={"by": "pass"})[list(PASS_COLUMNS)]


def _shown(case: Case, place: int) -> pd.DataFrame:
    """Take the columns that the comparison looks at."""
    frame = (case.payments, case.ledger)[place]
    rule = case.result.rule
    if case.is_orders:
        wanted = (_PAYMENT_COLUMNS, _LEDGER_COLUMNS)[place]
    else:
        compared = (rule.key, rule.kind, rule.amount, rule.currency, rule.day)
        wanted = ["transaction_id", *(names_of(names, place) for names in compared)]
        wanted += list(case.sides.references)
    present = [name for name in dict.fromkeys(wanted) if name in frame.columns]
    own = frame[present]
    return own[[name for name in present if own[name].notna().any() or name == present[0]]]


def _reasons(case: Case, item: Item) -> list[str]:
    """Say how one item ended, and why."""
    values, say = item.values, case.say
    where = ", ".join(str(v) for v in (values["currency"], values["kind"]) if v and v != "order")
    if item.code is None:
        return [f"{where}: {_unbroken(case, item)}"]
    code = codes_of(case.result.rule.sides)[item.code]
    severity = say(f"severity {code.severity}", f"심각도 {SEVERITIES_KO[code.severity]}")
    lines = [f"{where}: {_named(case, item.code)}, {severity}."]
    lines += _found(case, item)
    figures = figures_of(case, item)
    for held in held_codes(item):
        words = words_of(case, held)
        sentence = _sentence(say(words.held, words.held_ko), figures)
        lines.append(say(f"{held} holds: {sentence}", f"{held} 성립: {sentence}"))
    others = [_named(case, other) for other in held_codes(item)[1:]]
    if others:
        listed = ", ".join(others)
        lines.append(say(f"Secondary: {listed}.", f"부차 코드: {listed}."))
    lines.append(say(f"Likely cause: {code.cause}", f"추정 원인: {code.cause_ko}"))
    lines.append(say(f"Next: {code.next_action}", f"다음 조치: {code.next_action_ko}"))
    return lines


def _sentence(words: str, figures: dict[str, str]) -> str:
    """Fill the figures into a sentence; it starts with a capital where a table's name opens it."""
    text = words.format(**figures)
    return "The " + text.removeprefix("the ") if text.startswith("the ") else text


def _named(case: Case, code: str) -> str:
    """Write a code with its name in both languages."""
    spoken = codes_of(case.result.rule.sides)[code]
    names = (spoken.name, spoken.name_ko)
    return f"{code} {case.say(*names)} ({case.say(*names[::-1])})"


def _unbroken(case: Case, item: Item) -> str:
    """Say how an item without a code ended."""
    values, say, currency = item.values, case.say, item.values["currency"]
    if values["excluded_as"]:
        why = {
            "test payment": ("a test payment", "테스트 결제"),
            "amount 0": ("nothing was charged", "결제금액 0"),
            "no money in the ledger": ("the ledger line carries no money", "장부 금액 없음"),
        }.get(values["excluded_as"], (values["excluded_as"], values["excluded_as"]))
        return say(f"left out of the comparison: {why[0]}.", f"대사 제외: {why[1]}.")
    figures = [money(values[f"{n}_ledger"], currency) for n in ("amount", "cancel", "net")]
    by = say.by(values["matched_by"])
    return say(
        f"matched by the pass '{by}'; amount {figures[0]}, cancelled {figures[1]}, net {figures[2]}.",
        f"대사 일치, 단계 '{by}'. 금액 {figures[0]}, 취소 {figures[1]}, 순액 {figures[2]}.",
    )


def _found(case: Case, item: Item) -> list[str]:
    """Find what the breaks say of an item."""
    breaks, values = case.result.breaks, item.values
    chosen = (breaks["code"] == item.code) & (breaks["kind"] == values["kind"])
    for name in ("merchant_uid", "currency"):
        value = values[name]
        chosen &= breaks[name].isna() if value is None else breaks[name] == value
    for name in ("net_payments", "net_ledger", "money_at_risk"):
        chosen &= breaks[name] == values[name]
    found = breaks.loc[chosen, case.say("finding", "finding_ko")]
    return [str(found.iloc[0])] if len(found) else []


def _to_match(case: Case) -> tuple[str, ...]:
    """Say what would make each item match, each thing once."""
    lines: dict[str, Any] = {}
    for item in case.items:
        figures = figures_of(case, item)
        for code in held_codes(item):
            words = words_of(case, code)
            text = _sentence(case.say(words.to_match, words.to_match_ko), figures)
            is_second = code != item.code and item.code in SUGGESTED_WORDS
            lines[case.say("If it is not: ", "아니라면: ") + text if is_second else text] = None
    return tuple(lines)
