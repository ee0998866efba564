"""For each operation: what to read, when it may be planned, and how to tell how it ended.

Nothing is guessed: what a reading does not show for certain is "unknown".
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from jtnet_recon.client.operations import judging_later as later
from jtnet_recon.client.operations import reading
from jtnet_recon.client.operations.fields import ALL, refused
from jtnet_recon.client.operations.verdicts import Verdict, attempt_verdict, done, unknown
from jtnet_recon.money import format_minor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jtnet_recon.client.session import Session

    Facts = Mapping[str, Any]
    Seen = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """How one operation is looked after.

    Parameters
    ----------
    look : callable
        Reads the target as it stands.
    ready : callable
        Takes the facts, what was read and the server's time; completes the facts, with ``money``
        (minor units that the limits count), or refuses.
    judge : callable
        Takes the facts and what was read before and after; says how it ended.
    """

    look: Callable[[Session, Facts], Seen]
    ready: Callable[[Facts, Seen, int], dict[str, Any]]
    judge: Callable[[Facts, Seen, Seen], Verdict]


def _look_key(session: Session, facts: Facts) -> Seen:
    return {"key": reading.key(session, facts["customer_uid"])}


def _ready_issue(facts: Facts, seen: Seen, _now_s: int) -> dict[str, Any]:
    _check_new_key(facts, seen)
    return {**facts, "money": 0}


def _check_new_key(facts: Facts, seen: Seen) -> None:
    """Stop where a card would be replaced: earlier payments would seem to be the new one's."""
    if seen["key"] is not None and not facts.get("replace"):
        raise refused(
            message=f"The billing key {facts['customer_uid']!r} exists already.",
            hint="Choose another customer_uid; issue_key(..., replace=True) would put another "
            "card under this name.",
            hint_ko="이미 등록된 빌링키입니다. 다른 customer_uid를 쓰거나 replace=True 를 지정하세요.",
        )


def _judge_issue(_facts: Facts, before: Seen, after: Seen) -> Verdict:
    was, now = before["key"], after["key"]
    if now is None:
        return unknown("no such billing key is to be seen")
    if was is None or (now["updated"] or 0) > (was["updated"] or 0):
        return done("the billing key is there")
    return unknown("the billing key is the old one as far as can be seen")


def _look_deletion(session: Session, facts: Facts) -> Seen:
    uid = facts["customer_uid"]
    return {"key": reading.key(session, uid), "waiting": reading.waiting(session, uid)}


def _ready_deletion(facts: Facts, seen: Seen, _now_s: int) -> dict[str, Any]:
    _check_key(facts, seen)
    if seen["waiting"]:
        raise refused(
            message=f"{len(seen['waiting'])} scheduled charge(s) still wait for the billing key: "
            f"{', '.join(seen['waiting'][:3])}.",
            hint="Revoke them first: unschedule(customer_uid, [...]).",
            hint_ko="예약된 결제가 남아 있습니다. 먼저 예약을 취소하세요.",
        )
    return {**facts, "money": 0}


def _check_key(facts: Facts, seen: Seen) -> None:
    if seen["key"] is None:
        raise refused(
            message=f"There is no billing key {facts['customer_uid']!r}.",
            hint="Check the customer_uid and, for sub-merchants, the tier.",
            hint_ko="등록되지 않은 빌링키입니다. customer_uid를 확인하세요.",
        )


def _judge_deletion(_facts: Facts, _before: Seen, after: Seen) -> Verdict:
    if after["key"] is None:
        return done("the billing key is gone")
    return unknown("the billing key is still there")


def _look_order(session: Session, facts: Facts) -> Seen:
    return {"attempts": reading.attempts(session, facts["merchant_uid"])}


def _look_charge(session: Session, facts: Facts) -> Seen:
    seen = _look_order(session, facts)
    return seen | (_look_key(session, facts) if "customer_uid" in facts else {})


def _check_order(facts: Facts, seen: Seen) -> None:
    """Stop where something was paid under the order id already."""
    if any(row["status"] in ("paid", "cancelled") for row in seen["attempts"]):
        raise refused(
            message=f"Order {facts['merchant_uid']!r} was paid already.",
            hint="An order id is charged once. Use another for another charge.",
            hint_ko="이미 결제된 주문번호입니다. 다른 주문번호를 사용하세요.",
        )


def _ready_again(facts: Facts, seen: Seen, _now_s: int) -> dict[str, Any]:
    _check_key(facts, seen)
    _check_order(facts, seen)
    return {**facts, "money": facts["amount"]}


def _ready_once(facts: Facts, seen: Seen, _now_s: int) -> dict[str, Any]:
    if "key" in seen:
        _check_new_key(facts, seen)
    _check_order(facts, seen)
    return {**facts, "money": facts["amount"]}


def _look_payment(session: Session, facts: Facts) -> Seen:
    return {"payment": reading.payment(session, facts["imp_uid"])}


def _look_refund(session: Session, facts: Facts) -> Seen:
    """Read the payment; of an order, all attempts, so that a second paid one is seen, too."""
    if "merchant_uid" not in facts:
        return _look_payment(session, facts)
    attempts = reading.attempts(session, facts["merchant_uid"])
    paid = [row for row in attempts if row["status"] in ("paid", "cancelled")]
    named = [row for row in paid if row["imp_uid"] == facts.get("imp_uid", row["imp_uid"])]
    return {"attempts": attempts, "payment": named[0] if len(named) == 1 else None}


def _named(facts: Facts, seen: Seen) -> Facts:
    """Name the payment of an order; a choice between two is not ours to make."""
    if "imp_uid" in facts:
        return facts
    paid = [row for row in seen["attempts"] if row["status"] in ("paid", "cancelled")]
    order = facts["merchant_uid"]
    if not paid:
        raise refused(
            message=f"Nothing was paid under order {order!r}.",
            hint="Check the order id and, for sub-merchants, the tier.",
            hint_ko="결제된 내역이 없는 주문번호입니다. 주문번호를 확인하세요.",
        )
    if len(paid) > 1:
        raise refused(
            message=f"Order {order!r} was paid more than once: "
            f"{', '.join(row['imp_uid'] for row in paid)}.",
            hint="Look at each, and name the one you mean: cancel(imp_uid, ...).",
            hint_ko="결제가 여러 건인 주문번호입니다. 취소할 결제의 imp_uid를 지정하세요.",
        )
    return {"imp_uid": paid[0]["imp_uid"], **facts}


def _ready_cancel(facts: Facts, seen: Seen, _now_s: int) -> dict[str, Any]:
    facts = _named(facts, seen)
    row = later.needed_payment(facts, seen)
    if row["currency"] != facts["currency"]:
        raise refused(
            message=f"The payment is in {row['currency']}, the cancel in {facts['currency']}."
        )
    left = row["amount"] - row["cancel_amount"]
    if row["status"] not in ("paid", "cancelled") or left <= 0:
        raise refused(
            message=f"Nothing is left to cancel of {facts['imp_uid']} (status {row['status']}).",
            hint_ko="취소할 수 있는 금액이 없습니다.",
        )
    believed = facts.get("checksum", left)
    shown = format_minor(left, row["currency"])
    if believed != left:
        raise refused(
            message=f"You believe {format_minor(believed, row['currency'])} {row['currency']} are left to "
            f"cancel; the API says {shown}.",
            hint="Look at the payment's cancel history first.",
            hint_ko="취소 가능 잔액이 다릅니다. 취소 이력을 먼저 확인하세요.",
        )
    wanted = left if facts["amount"] == ALL else facts["amount"]
    if wanted > left:
        raise refused(message=f"Only {shown} {row['currency']} are left to cancel.")
    return {**facts, "amount": wanted, "checksum": left, "money": wanted}


def _judge_cancel(facts: Facts, before: Seen, after: Seen) -> Verdict:
    was, now = before["payment"], after["payment"]
    if now is None:
        return unknown("the payment is not to be seen")
    more = now["cancel_amount"] - was["cancel_amount"]
    if more == facts["amount"] and now["cancels"] == was["cancels"] + 1:
        return done("the cancel is in the payment's history")
    if more == 0:
        return unknown("no cancel is to be seen")
    return unknown(f"{format_minor(more, now['currency'])} {now['currency']} more are cancelled")


def _look_prepared(session: Session, facts: Facts) -> Seen:
    return {"prepared": reading.prepared(session, facts["merchant_uid"])}


def _ready_prepare(facts: Facts, seen: Seen, _now_s: int) -> dict[str, Any]:
    if seen["prepared"] is not None:
        raise refused(
            message=f"An amount is fixed already for order {facts['merchant_uid']!r}.",
            hint="To change it: prepare(..., change=True).",
            hint_ko="이미 사전등록된 주문번호입니다. 금액을 바꾸려면 change=True 를 지정하세요.",
        )
    return {**facts, "money": 0}


def _ready_change_prepared(facts: Facts, seen: Seen, _now_s: int) -> dict[str, Any]:
    if seen["prepared"] is None:
        raise refused(message=f"No amount is fixed for order {facts['merchant_uid']!r}.")
    if seen["prepared"]["amount"] == facts["amount"]:
        raise refused(message=f"Order {facts['merchant_uid']!r} has this amount already.")
    return {**facts, "money": 0}


def _judge_prepared(facts: Facts, _before: Seen, after: Seen) -> Verdict:
    if after["prepared"] == {name: facts[name] for name in ("amount", "currency")}:
        return done("the amount is fixed")
    return unknown("the amount is not fixed as far as can be seen")


_CHARGE = attempt_verdict
RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "issue_key": Rule(_look_key, _ready_issue, _judge_issue),
        "delete_key": Rule(_look_deletion, _ready_deletion, _judge_deletion),
        "again": Rule(_look_charge, _ready_again, _CHARGE),
        "onetime": Rule(_look_charge, _ready_once, _CHARGE),
        "cancel": Rule(_look_refund, _ready_cancel, _judge_cancel),
        "schedule": Rule(later.look_entries, later.ready_schedule, later.judge_schedule),
        "unschedule": Rule(later.look_waiting, later.ready_unschedule, later.judge_unschedule),
        "move_schedule": Rule(later.look_entry, later.ready_move, later.judge_time),
        "reschedule": Rule(later.look_entry, later.ready_reschedule, later.judge_time),
        "retry": Rule(later.look_retry, later.ready_retry, _CHARGE),
        "prepare": Rule(_look_prepared, _ready_prepare, _judge_prepared),
        "change_prepared": Rule(_look_prepared, _ready_change_prepared, _judge_prepared),
        "issue_vbank": Rule(_look_order, later.ready_account, later.judge_account),
        "change_vbank": Rule(_look_payment, later.ready_change, later.judge_change),
        "revoke_vbank": Rule(_look_payment, later.ready_revoke, later.judge_revoke),
    }
)
"""By the operation's name."""
