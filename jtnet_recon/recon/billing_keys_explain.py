"""explain() of an audit: one billing key, its contracts, its timeline, its breaks and why."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from jtnet_recon.columns_contracts import CONTRACTS
from jtnet_recon.errors import ConfigError
from jtnet_recon.period import KST_NAME
from jtnet_recon.recon.billing_keys_flags import FLAGS
from jtnet_recon.recon.explain_say import SEVERITIES_KO, Language, Say, money
from jtnet_recon.recon.explain_show import as_html, as_text, parts_of, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jtnet_recon.recon.billing_keys import KeyReconciliation
    from jtnet_recon.recon.explain_show import Part

_HEADINGS = {
    "reasoning": ("Breaks", "불일치"),
    "flags": ("What stands out", "특이사항"),
    "contracts": ("Contracts", "계약"),
    "timeline": ("Timeline (Korean time)", "이력(한국시간)"),
}
EVENTS = {
    "registered": ("key registered", "빌링키 등록"),
    "changed": ("key last changed", "빌링키 최종변경"),
    "starts": ("contract starts", "계약 시작"),
    "price": ("price changes", "요금 변경"),
    "ends": ("contract ends", "계약 종료"),
    "due": ("due", "청구일"),
    "scheduled": ("scheduled for", "결제예약"),
    "revoked": ("schedule revoked", "예약 철회"),
    "issue": ("card registered, nothing charged", "카드 등록(0원)"),
    "paid": ("paid", "결제 승인"),
    "failed": ("failed", "결제 실패"),
    "ready": ("not finished", "미완료"),
    "cancelled": ("cancelled", "취소"),
}
"""Kinds of events of a timeline, in English and Korean."""
_COLUMNS = ["at", "event", "merchant_uid", "imp_uid", "amount", "currency", "code"]
_HEADS_KO = {"event": "내용", "code": "사유코드"}


@dataclass(frozen=True, slots=True)
class KeyExplanation:
    """The story of one billing key; prints as text, and as a page in a notebook.

    Parameters
    ----------
    customer_uid : str
        The key.
    lang : {"en", "ko"}
        The language of the sentences.
    title : str
        The key and the codes of its breaks.
    reasoning : tuple of str
        Break by break: the code, what was seen, the likely cause, the next action.
    flags : tuple of str
        What stands out, break or not.
    contracts : DataFrame, table CONTRACTS
        The contracts of the key.
    timeline : DataFrame
        at (an instant in Asia/Seoul), event, merchant_uid, imp_uid, amount (minor units),
        currency, code.
    """

    customer_uid: str
    lang: Language
    title: str
    reasoning: tuple[str, ...]
    flags: tuple[str, ...]
    contracts: pd.DataFrame
    timeline: pd.DataFrame

    def __str__(self) -> str:
        """Write it as text."""
        return as_text(self.title, self._parts(), self.lang)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """Show it in a notebook, without scripts."""
        return as_html(self.title, self._parts(), self.lang)

    def _parts(self) -> list[Part]:
        return parts_of(self, _HEADINGS, self.lang, _shown)


def explain_key(
    result: KeyReconciliation, customer_uid: str, *, lang: Language = "en"
) -> KeyExplanation:
    """Tell the story of one billing key.

    Parameters
    ----------
    result : KeyReconciliation
        Of an audit.
    customer_uid : str
        The key; an order id, a payment's id or a cycle of a break leads to its key too.
    lang : {"en", "ko"}, default "en"
        Language of the sentences.

    Returns
    -------
    KeyExplanation
        Prints as text.

    Raises
    ------
    ConfigError
        If nothing names this key; the nearest are named.
    """
    uid, say = _key_of(result, customer_uid), Say(lang)
    breaks = result.breaks[result.breaks["customer_uid"] == uid]
    known = result.keys[result.keys["customer_uid"] == uid]
    codes = ", ".join(dict.fromkeys(breaks["code"])) or say("nothing is wrong", "이상 없음")
    return KeyExplanation(
        customer_uid=uid,
        lang=lang,
        title=say(f"Billing key {uid}: {codes}", f"빌링키 {uid}: {codes}"),
        reasoning=tuple(line for row in breaks.to_dict("records") for line in _reasons(row, say)),
        flags=tuple(_flags(known, say)),
        contracts=_declared(_of(result.contracts, uid)),
        timeline=_timeline(result, uid, breaks, say),
    )


def _key_of(result: KeyReconciliation, name: str) -> str:
    """Find the key that is meant."""
    known = result.keys["customer_uid"]
    if (known == name).any():
        return name
    breaks = result.breaks
    is_named = (breaks["merchant_uid"] == name) | (breaks["imp_uid"] == name)
    for frame, chosen in (
        (breaks, is_named),
        (
            result.payments,
            (result.payments["merchant_uid"] == name) | (result.payments["imp_uid"] == name),
        ),
        (result.ledger, result.ledger["cycle"] == name),
    ):
        found = frame.loc[chosen, "customer_uid"].dropna()
        if len(found):
            return str(found.iloc[0])
    near = difflib.get_close_matches(name, known.head(_COMPARED_MAX).tolist(), n=3, cutoff=0.6)
    raise ConfigError(
        message=f"No contract, payment, schedule or key names {name!r}.",
        hint=f"Did you mean {', '.join(near)}?" if near else "Take an id from result.keys.",
        hint_ko=f"비슷한 빌링키: {', '.join(near)}" if near else "result.keys에서 확인하세요.",
    )


_COMPARED_MAX = 20_000
"""Keys that a misspelt one is compared with: a suggestion is worth a second, not a minute."""


def _reasons(row: dict[Any, Any], say: Say) -> list[str]:
    """Say what a break is, why and what next."""
    severity = say(f"severity {row['severity']}", f"심각도 {SEVERITIES_KO[row['severity']]}")
    risk = money(row["money_at_risk"], row["currency"])
    lines = [
        f"{row['code']} {say(row['name'], row['name_ko'])}, {severity}, "
        + say(f"money at risk {risk}.", f"위험금액 {risk}."),
        "  " + say(row["finding"], row["finding_ko"]),
    ]
    if row["secondary"]:
        lines.append("  " + say(f"Also: {row['secondary']}.", f"부차 코드: {row['secondary']}."))
    lines.append("  " + say(f"Likely cause: {row['cause']}", f"추정 원인: {row['cause_ko']}"))
    lines.append("  " + say(f"Next: {row['next_action']}", f"다음 조치: {row['next_action_ko']}"))
    return lines


def _flags(known: pd.DataFrame, say: Say) -> Iterator[str]:
    """Say what stands out about the key."""
    for row in known.to_dict("records"):
        for flag in filter(None, row["flags"].split(", ")):
            yield say(*FLAGS[flag])
        if not pd.isna(row["age_days"]):
            days = int(row["age_days"])
            yield say(f"registered {days:,} days ago", f"등록 후 {days:,}일")


def _of(frame: pd.DataFrame, uid: str) -> pd.DataFrame:
    """Take a key's rows."""
    return frame[frame["customer_uid"] == uid].reset_index(drop=True)


_Event = tuple[Any, str, str | None, str | None, int | None, str | None]


def _timeline(result: KeyReconciliation, uid: str, breaks: pd.DataFrame, say: Say) -> pd.DataFrame:
    """Put everything that happened to a key in order."""
    events = [
        *_contract_events(_of(result.contracts, uid)),
        *_key_events(result.keys[result.keys["customer_uid"] == uid]),
        *_due_events(result.ledger[result.ledger["customer_uid"] == uid]),
        *_payment_events(_of(result.payments, uid)),
        *_schedule_events(result.schedules[result.schedules["customer_uid"] == uid]),
    ]
    dated = [event for event in events if not pd.isna(event[0])]
    dated.sort(key=lambda event: (event[0], list(EVENTS).index(event[1]), str(event[2])))
    rows = [(*event, _code_of(event, breaks)) for event in dated]
    timeline = pd.DataFrame(rows, columns=_COLUMNS)
    timeline["event"] = [say(*EVENTS[event]) for event in timeline["event"]]
    return timeline.astype({"amount": "Int64"})


def _code_of(event: _Event, breaks: pd.DataFrame) -> str:
    """Name the breaks that an event stands in."""
    at, kind, order, payment, *_ = event
    chosen = pd.Series(data=False, index=breaks.index)
    if payment is not None:
        chosen |= breaks["imp_uid"] == payment
    elif order is not None and kind in ("scheduled", "revoked"):
        chosen |= (breaks["merchant_uid"] == order) & breaks["imp_uid"].isna()
    elif kind == "due" and "paid_on_ledger" in breaks.columns:
        of_cycle = (breaks["kind"] == "approval") & breaks["imp_uid"].isna()
        chosen |= of_cycle & (breaks["paid_on_ledger"] == at.tz_localize(None))
    return ", ".join(dict.fromkeys(breaks.loc[chosen, "code"]))


def _at_dawn(day: Any) -> Any:
    """Give the first instant of a day in Seoul."""
    return pd.NaT if pd.isna(day) else pd.Timestamp(day).tz_localize(KST_NAME)


def _declared(contracts: pd.DataFrame) -> pd.DataFrame:
    """Leave out what else the list holds, such as names and phones; it decides nothing."""
    return contracts[[name for name in contracts.columns if name in CONTRACTS.names]]


def _contract_events(contracts: pd.DataFrame) -> Iterator[_Event]:
    """Tell what the contracts say."""
    for row in contracts.to_dict("records"):
        price, currency = int(row["price"]), row.get("currency") or "KRW"
        yield _at_dawn(row["starts_on"]), "starts", None, None, price, currency
        start, change = row["starts_on"], row.get("price_from")
        if not pd.isna(change) and change > start:
            yield _at_dawn(change), "price", None, None, price, currency
        yield _at_dawn(row.get("ends_on")), "ends", None, None, None, None


def _key_events(keys: pd.DataFrame) -> Iterator[_Event]:
    """Tell when the key was made and changed."""
    for row in keys.to_dict("records"):
        yield row["inserted"], "registered", None, None, None, None
        if not pd.isna(row["updated"]) and row["updated"] != row["inserted"]:
            yield row["updated"], "changed", None, None, None, None


def _due_events(expected: pd.DataFrame) -> Iterator[_Event]:
    """Tell what was due in the period."""
    for row in expected.to_dict("records"):
        yield _at_dawn(row["paid_on"]), "due", None, None, int(row["amount"]), row["currency"]


def _payment_events(payments: pd.DataFrame) -> Iterator[_Event]:
    """Tell what was charged, tried and cancelled."""
    for row in payments.to_dict("records"):
        ids = (row["merchant_uid"], row["imp_uid"])
        amount, cancel = int(row["amount"]), int(row.get("cancel_amount") or 0)
        paid_at, failed_at = row.get("paid_at"), row.get("failed_at")
        started_at = row.get("started_at")
        if row["status"] in ("paid", "cancelled") and not pd.isna(paid_at):
            kind = "paid" if amount else "issue"
            yield paid_at, kind, *ids, amount, row["currency"]
        elif row["status"] == "failed":
            at = started_at if pd.isna(failed_at) else failed_at
            yield at, "failed", *ids, amount, row["currency"]
        else:
            yield started_at, "ready", *ids, amount, row["currency"]
        if cancel:
            yield row.get("cancelled_at"), "cancelled", *ids, -cancel, row["currency"]


def _schedule_events(schedules: pd.DataFrame) -> Iterator[_Event]:
    """Tell what was scheduled and revoked."""
    for row in schedules.to_dict("records"):
        order, amount = row["merchant_uid"], int(row["amount"])
        currency = row.get("currency") or "KRW"
        yield row.get("schedule_at"), "scheduled", order, None, amount, currency
        if row["schedule_status"] == "revoked":
            yield row.get("revoked_at"), "revoked", order, None, amount, currency


def _shown(frame: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Write a part as texts under the headings of the language, without empty columns."""
    filled = [name for name in frame.columns if frame[name].notna().any()]
    whole = frame[filled].astype(dict.fromkeys(frame[filled].select_dtypes("Int64"), "object"))
    texts = shown(whole, lang)
    return texts.rename(columns=_HEADS_KO) if lang == "ko" else texts
