"""The same for what happens later: schedules and virtual accounts."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from jtnet_recon.client.operations import reading
from jtnet_recon.client.operations.fields import ALL, refused
from jtnet_recon.client.operations.verdicts import Verdict, done, unknown
from jtnet_recon.period import KST

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jtnet_recon.client.session import Session

    Facts = Mapping[str, Any]
    Seen = dict[str, Any]


def in_korea(instant_s: int) -> str:
    """Write an instant as people in Korea read it."""
    return f"{datetime.fromtimestamp(instant_s, KST):%Y-%m-%d %H:%M:%S} KST"


def look_entries(session: Session, facts: Facts) -> Seen:
    """Read the schedules of all orders that are to be booked."""
    uids = [entry["merchant_uid"] for entry in facts["entries"]]
    return {"entries": {uid: reading.entry(session, uid) for uid in uids}}


def ready_schedule(facts: Facts, seen: Seen, now_s: int) -> dict[str, Any]:
    """Refuse what is booked already or lies in the past."""
    for entry in facts["entries"]:
        if seen["entries"][entry["merchant_uid"]] is not None:
            raise refused(
                message=f"Order {entry['merchant_uid']!r} is booked already.",
                hint="Use another order id, or move_schedule.",
                hint_ko="이미 예약된 주문번호입니다.",
            )
        _check_future(entry["schedule_at"], now_s)
    currencies = {entry["currency"] for entry in facts["entries"]}
    if len(currencies) > 1:
        raise refused(
            message=f"One schedule, one currency; here are {', '.join(sorted(currencies))}."
        )
    total = sum(entry["amount"] for entry in facts["entries"])
    return {**facts, "currency": currencies.pop(), "money": total}


def judge_schedule(facts: Facts, _before: Seen, after: Seen) -> Verdict:
    """Look for each booking; some of many is no answer."""
    names = ("schedule_at", "amount", "customer_uid")
    booked = 0
    for entry in facts["entries"]:
        found = after["entries"][entry["merchant_uid"]]
        wanted = {**entry, "customer_uid": facts["customer_uid"]}
        booked += found is not None and all(found[name] == wanted[name] for name in names)
    if booked == len(facts["entries"]):
        return done("all of it is booked")
    return unknown(f"{booked} of {len(facts['entries'])} bookings are to be seen")


def look_waiting(session: Session, facts: Facts) -> Seen:
    """Read the named schedules, or list all that wait."""
    if facts["merchant_uids"] == ALL:
        return {"waiting": reading.waiting(session, facts["customer_uid"])}
    return {"entries": {uid: reading.entry(session, uid) for uid in facts["merchant_uids"]}}


def ready_unschedule(facts: Facts, seen: Seen, _now_s: int) -> dict[str, Any]:
    """Refuse where nothing waits, or another key's charge is named."""
    if facts["merchant_uids"] == ALL:
        if not seen["waiting"]:
            raise refused(message=f"No charge waits for the billing key {facts['customer_uid']!r}.")
        return {**facts, "money": 0}
    for uid, entry in seen["entries"].items():
        if entry is None or entry["schedule_status"] != "scheduled":
            raise refused(message=f"No charge waits under order {uid!r}.")
        if entry["customer_uid"] != facts["customer_uid"]:
            raise refused(
                message=f"The charge under order {uid!r} is booked on another billing key."
            )
    return {**facts, "money": 0}


def judge_unschedule(facts: Facts, _before: Seen, after: Seen) -> Verdict:
    """Tell whether none of them waits any more."""
    if facts["merchant_uids"] == ALL:
        left = len(after["waiting"])
        return done("none waits any more") if left == 0 else unknown(f"{left} still wait")
    states = [entry and entry["schedule_status"] for entry in after["entries"].values()]
    revoked = states.count("revoked")
    if revoked == len(states):
        return done("all of them are revoked")
    return unknown(f"{revoked} of {len(states)} are revoked")


def look_entry(session: Session, facts: Facts) -> Seen:
    """Read one schedule."""
    return {"entry": reading.entry(session, facts["merchant_uid"])}


def look_retry(session: Session, facts: Facts) -> Seen:
    """Read one schedule, and the payments of its order."""
    attempts = reading.attempts(session, facts["merchant_uid"])
    return {**look_entry(session, facts), "attempts": attempts}


def ready_move(facts: Facts, seen: Seen, now_s: int) -> dict[str, Any]:
    """Refuse to move what does not wait."""
    entry = _entry(facts, seen)
    if entry["schedule_status"] != "scheduled":
        raise refused(
            message=f"Order {facts['merchant_uid']!r} does not wait: it is {entry['schedule_status']}.",
            hint="What failed or was revoked is booked anew with reschedule.",
            hint_ko="대기 중인 예약만 시각을 바꿀 수 있습니다.",
        )
    _check_future(facts["schedule_at"], now_s)
    if entry["schedule_at"] == facts["schedule_at"]:
        raise refused(message=f"It is booked for {in_korea(entry['schedule_at'])} already.")
    return {**facts, "money": 0}


def ready_reschedule(facts: Facts, seen: Seen, now_s: int) -> dict[str, Any]:
    """Refuse to book anew what neither failed nor was revoked."""
    entry = _over(facts, seen)
    _check_future(facts["schedule_at"], now_s)
    return {**facts, "currency": entry["currency"], "money": entry["amount"]}


def judge_time(facts: Facts, before: Seen, after: Seen) -> Verdict:
    """Tell whether it is booked for the new time."""
    entry = after["entry"]
    is_there = entry is not None and entry["schedule_at"] == facts["schedule_at"]
    if is_there and entry != before["entry"] and entry["schedule_status"] != "revoked":
        return done(f"it is booked for {in_korea(facts['schedule_at'])}")
    return unknown("the new time is not to be seen")


def ready_retry(facts: Facts, seen: Seen, _now_s: int) -> dict[str, Any]:
    """Complete the amount: it is the schedule's."""
    entry = _over(facts, seen)
    if any(row["status"] in ("paid", "cancelled") for row in seen["attempts"]):
        raise refused(message=f"Order {facts['merchant_uid']!r} was paid already.")
    money = {"amount": entry["amount"], "currency": entry["currency"], "money": entry["amount"]}
    return {**facts, **money, "customer_uid": entry["customer_uid"]}


def ready_account(facts: Facts, seen: Seen, now_s: int) -> dict[str, Any]:
    """Refuse where the order was paid, or an account waits for it already."""
    _check_future(facts["vbank_due"], now_s)
    for row in seen["attempts"]:
        if row["status"] in ("paid", "cancelled"):
            raise refused(message=f"Order {facts['merchant_uid']!r} was paid already.")
        if row["status"] == "ready" and row["is_account"] and row["vbank_date"] > now_s:
            raise refused(
                message=f"A virtual account waits for order {facts['merchant_uid']!r} already.",
                hint="A second one could be paid into as well. Revoke the first: revoke_vbank.",
                hint_ko="입금대기 중인 가상계좌가 이미 있습니다. 이중 입금을 막기 위해 먼저 말소하세요.",
            )
    return {**facts, "money": facts["amount"]}


def judge_account(facts: Facts, before: Seen, after: Seen) -> Verdict:
    """Look for the one new account of the order."""
    old = {row["imp_uid"] for row in before["attempts"]}
    new = [
        row
        for row in after["attempts"]
        if row["imp_uid"] not in old and row["is_account"] and row["amount"] == facts["amount"]
    ]
    if len(new) == 1:
        return done("the account is there", new[0]["imp_uid"])
    return unknown(f"{len(new) or 'no'} new account(s) of the order are to be seen")


def ready_change(facts: Facts, seen: Seen, now_s: int) -> dict[str, Any]:
    """Refuse to change what does not wait, or nothing at all."""
    row = _account(facts, seen)
    if "vbank_due" in facts:
        _check_future(facts["vbank_due"], now_s)
    if _is_changed(facts, row):
        raise refused(message="The virtual account is like that already.")
    return {**facts, "money": facts.get("amount", 0)}


def judge_change(facts: Facts, _before: Seen, after: Seen) -> Verdict:
    """Tell whether the account is as it was to be."""
    row = after["payment"]
    if row is not None and _is_changed(facts, row):
        return done("the account is changed", row["imp_uid"])
    return unknown("the change is not to be seen")


def ready_revoke(facts: Facts, seen: Seen, _now_s: int) -> dict[str, Any]:
    """Refuse to revoke what does not wait."""
    _account(facts, seen)
    return {**facts, "money": 0}


def judge_revoke(_facts: Facts, _before: Seen, after: Seen) -> Verdict:
    """Tell whether the account takes no deposit any more."""
    row = after["payment"]
    if row is not None and row["status"] == "failed":
        return done("the account is revoked", row["imp_uid"])
    return unknown("the account still waits as far as can be seen")


def needed_payment(facts: Facts, seen: Seen) -> Seen:
    """Give the payment that must be there."""
    if seen["payment"] is None:
        raise refused(
            message=f"There is no payment {facts['imp_uid']!r}.",
            hint="Check the imp_uid and, for sub-merchants, the tier.",
            hint_ko="존재하지 않는 결제입니다. imp_uid를 확인하세요.",
        )
    found: Seen = seen["payment"]
    return found


def _account(facts: Facts, seen: Seen) -> Seen:
    row = needed_payment(facts, seen)
    if row["status"] != "ready" or not row["is_account"]:
        raise refused(message=f"{facts['imp_uid']} is no virtual account that waits for a deposit.")
    return row


def _is_changed(facts: Facts, row: Seen) -> bool:
    pairs = (("amount", "amount"), ("vbank_due", "vbank_date"))
    return all(row[there] == facts[here] for here, there in pairs if here in facts)


def _entry(facts: Facts, seen: Seen) -> Seen:
    if seen["entry"] is None:
        raise refused(message=f"There is no schedule of order {facts['merchant_uid']!r}.")
    found: Seen = seen["entry"]
    return found


def _over(facts: Facts, seen: Seen) -> Seen:
    """Give a schedule that failed or was revoked."""
    entry = _entry(facts, seen)
    if entry["schedule_status"] != "revoked" and entry["payment_status"] != "failed":
        raise refused(
            message=f"Order {facts['merchant_uid']!r} neither failed nor was revoked.",
            hint_ko="실패하거나 취소된 예약이 아닙니다.",
        )
    return entry


def _check_future(instant_s: int, now_s: int) -> None:
    if instant_s <= now_s:
        raise refused(
            message=f"{in_korea(instant_s)} is past (the server's clock says {in_korea(now_s)}).",
            hint="Give an instant in the future.",
            hint_ko="예약시각은 현재 이후여야 합니다.",
        )
