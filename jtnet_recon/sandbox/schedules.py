"""Books, moves, revokes and executes scheduled payments."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from jtnet_recon.sandbox import charging, gateways, records, till
from jtnet_recon.sandbox import fields as read
from jtnet_recon.sandbox.keys import OWNER_LENGTHS, UID_MAX, Key
from jtnet_recon.sandbox.refusals import RefusedError, Why
from jtnet_recon.sandbox.schedule_book import BLANK, EXECUTED, REVOKED, SCHEDULED
from jtnet_recon.sandbox.till import Wish

if TYPE_CHECKING:
    from jtnet_recon.sandbox.fields import Fields
    from jtnet_recon.sandbox.records import Record
    from jtnet_recon.sandbox.shop import Shop


def book(shop: Shop, fields: Fields) -> list[Record]:
    """Book payments for later: all that are asked for, or none.

    Raises
    ------
    RefusedError
        parameter_missing, parameter_bad, schedule_customer_unknown, schedule_known,
        schedule_past, order_done; those of a card where a new key is issued on the way.
    """
    with shop.lock:
        at_s = shop.now_s()
        uid = read.needed(fields, "customer_uid", most=UID_MAX)
        wanted = _items(fields)
        key = _key(shop, uid, fields, at_s=at_s)
        entries = [_entry(shop, key, item, at_s=at_s) for item in wanted]
        if len({entry["merchant_uid"] for entry in entries}) < len(entries):
            raise RefusedError(Why.SCHEDULE_KNOWN)
        for entry, item in zip(entries, wanted, strict=True):
            kept = ("notice_url", "card_quota")
            shop.book.details[entry["merchant_uid"]] = {name: item.get(name) for name in kept}
            _plan(shop, entry)
        return entries


def revoke(shop: Shop, fields: Fields) -> list[Record]:
    """Revoke what is not executed yet: of a customer, of some order ids, or of both."""
    with shop.lock:
        uid = read.text(fields, "customer_uid")
        merchant_uids = read.texts(fields, "merchant_uid") or None
        if uid is None and merchant_uids is None:
            raise RefusedError(Why.PARAMETER_MISSING, "customer_uid")
        found = shop.book.waiting(customer_uid=uid, merchant_uids=merchant_uids)
        if not found:
            raise RefusedError(Why.UNSCHEDULE_NOTHING)
        change = {"schedule_status": REVOKED, "revoked_at": shop.now_s()}
        revoked = [entry | change for entry in found]
        for entry in revoked:
            shop.book.add(entry)
        return revoked


def needed(shop: Shop, merchant_uid: str) -> Record:
    """Find a schedule that must be there."""
    found = shop.book.get(merchant_uid)
    if found is None:
        raise RefusedError(Why.SCHEDULE_UNKNOWN)
    return found


def move(shop: Shop, merchant_uid: str, fields: Fields) -> Record:
    """Give a schedule that waits another time."""
    with shop.lock:
        entry = needed(shop, merchant_uid)
        if entry["schedule_status"] != SCHEDULED:
            is_revoked = entry["schedule_status"] == REVOKED
            raise RefusedError(Why.SCHEDULE_REVOKED if is_revoked else Why.SCHEDULE_EXECUTED)
        return _plan(shop, entry | {"schedule_at": _later(shop, fields)})


def book_again(shop: Shop, merchant_uid: str, fields: Fields) -> Record:
    """Book a schedule anew that failed or was revoked; its old payment stays."""
    with shop.lock:
        entry = _failed_or_revoked(shop, merchant_uid)
        return _plan(shop, _anew(entry) | {"schedule_at": _later(shop, fields)})


def retry(shop: Shop, merchant_uid: str) -> Record:
    """Charge at once what failed or was revoked; a payment comes back even if it failed."""
    with shop.lock:
        entry = _failed_or_revoked(shop, merchant_uid)
        if shop.keys.get(entry["customer_uid"]) is None:
            raise RefusedError(Why.SCHEDULE_KEY_UNKNOWN)
        return _charge(shop, _anew(entry), shop.now_s())


def recover(shop: Shop, *, from_s: int, to_s: int, at_s: int) -> None:
    """Charge again what was last tried from ``from_s`` on, before ``to_s``, and failed."""
    for entry in shop.book.failed(from_s, to_s):
        key = shop.keys.get(entry["customer_uid"])
        if _fault(shop, entry, key) is not None:
            continue
        try:
            _charge(shop, _anew(entry), at_s)
        except RefusedError:
            # The PG does not answer; what came of it shows a minute later.
            continue


def _items(fields: Fields) -> list[dict[str, object]]:
    """Read the list of schedules, which a form may send as JSON text."""
    wanted = fields.get("schedules")
    if isinstance(wanted, str):
        try:
            wanted = json.loads(wanted)
        except ValueError:
            wanted = None
    if not isinstance(wanted, list) or not wanted:
        raise RefusedError(Why.PARAMETER_MISSING, "schedules")
    return [read.mapping(item) for item in wanted]


def _key(shop: Shop, uid: str, fields: Fields, *, at_s: int) -> Key:
    """Find the billing key, or issue it if a card came along."""
    found = shop.keys.get(uid)
    if found is None and read.text(fields, "card_number") is None:
        raise RefusedError(Why.SCHEDULE_CUSTOMER_UNKNOWN)
    card = found.card if found else charging.read_card(fields, at_s=at_s, why=Why.KEY_REFUSED)
    # The test charge is voided at once; whether it leaves a row is not known: here it does not.
    if read.amount(fields, "checking_amount") and card.decline:
        raise RefusedError(Why.CARD_REFUSED, card.decline)
    if found is not None:
        return found
    owner = dict.fromkeys(OWNER_LENGTHS) | {"customer_id": read.text(fields, "customer_id")}
    channel = charging.channel_of(fields, at_s)
    return Key(shop.keys.issue(uid, card, channel, owner=owner, at_s=at_s), card)


def _entry(shop: Shop, key: Key, item: Fields, *, at_s: int) -> Record:
    merchant_uid = read.needed(item, "merchant_uid", most=charging.ORDER_ID_MAX)
    schedule_s = read.instant(item, "schedule_at")
    unit = read.currency(item)
    minor = read.amount(item, currency=unit)
    if not minor:
        raise RefusedError(Why.PARAMETER_MISSING, "amount")
    if shop.book.get(merchant_uid) is not None:
        raise RefusedError(Why.SCHEDULE_KNOWN)
    till.refuse_done_order(shop, merchant_uid)
    if schedule_s <= at_s:
        raise RefusedError(Why.SCHEDULE_PAST)
    kept = ("customer_uid", "customer_id", "pg_provider", "pg_id")
    entry = BLANK | {name: key.record[name] for name in kept}
    entry |= read.order_fields(charging.with_owner(item, key))
    amount = records.as_sent(minor, unit)
    return entry | {
        "merchant_uid": merchant_uid,
        "schedule_at": schedule_s,
        "amount": amount,
        "currency": unit,
        "promotion_id": read.text(item, "promotion_id"),
    }


def _later(shop: Shop, fields: Fields) -> int:
    schedule_s = read.instant(fields, "schedule_at")
    if schedule_s <= shop.now_s():
        raise RefusedError(Why.RESCHEDULE_PAST)
    return schedule_s


def _failed_or_revoked(shop: Shop, merchant_uid: str) -> Record:
    entry = needed(shop, merchant_uid)
    is_revoked = entry["schedule_status"] == REVOKED
    if not is_revoked and entry["payment_status"] != "failed":
        raise RefusedError(Why.SCHEDULE_NOT_FAILED)
    return entry


def _anew(entry: Record) -> Record:
    names = ("imp_uid", "payment_status", "fail_reason")
    fresh = dict.fromkeys(names) | {"executed_at": 0, "revoked_at": 0}
    return entry | fresh | {"schedule_status": SCHEDULED}


def plan_waiting(shop: Shop) -> None:
    """Plan what was booked before the sandbox began; what was due by then stays undone."""
    for entry in shop.book.waiting():
        if entry["schedule_at"] > shop.now_s():
            _plan(shop, entry)


def _plan(shop: Shop, entry: Record) -> Record:
    shop.book.add(entry)
    uid = entry["merchant_uid"]
    shop.agenda.add(entry["schedule_at"], lambda then_s: _execute(shop, uid, then_s))
    return entry


def _execute(shop: Shop, merchant_uid: str, at_s: int) -> None:
    """Charge what was booked for this second, unless it was moved or revoked since."""
    entry = shop.book.get(merchant_uid)
    is_due = entry is not None and entry["schedule_at"] == at_s
    if entry is None or not is_due or entry["schedule_status"] != SCHEDULED:
        return
    try:
        _charge(shop, entry, at_s)
    except RefusedError:
        # The PG does not answer: executed, and how it ended shows a minute later.
        return


def _charge(shop: Shop, entry: Record, at_s: int) -> Record:
    """Charge the billing key of a schedule; the merchant is told of failures as well."""
    key = shop.keys.get(entry["customer_uid"])
    unit, details = entry["currency"], shop.book.details.get(entry["merchant_uid"], {})
    wish = Wish(
        entry["merchant_uid"],
        records.in_minor(entry["amount"], unit),
        gateways.channel_of_mid(entry["pg_provider"], entry["pg_id"]),
        currency=unit,
        customer_uid=entry["customer_uid"],
        usage="payment.scheduled",
    )
    fault = _fault(shop, entry, key)
    record = till.start(shop, wish, entry | details, at_s=at_s)
    executed = {"schedule_status": EXECUTED, "executed_at": at_s, "imp_uid": record["imp_uid"]}
    shop.book.add(entry | executed)
    if key is None or fault is not None:
        record = till.decline(shop, record, fault or "", at_s=at_s)
    else:
        quota = till.quota_of(details, amount=wish.amount)
        record = till.charge(shop, record, key.card, at_s=at_s, quota=quota)
    if record["status"] == "failed":
        till.tell(shop, record, at_s=at_s)
    return record


def _fault(shop: Shop, entry: Record, key: Key | None) -> str | None:
    """Say why nothing can be charged: the key is gone, or the order is paid otherwise."""
    try:
        till.refuse_done_order(shop, entry["merchant_uid"])
    except RefusedError as error:
        return error.message
    return RefusedError(Why.BUYER_UNKNOWN).message if key is None else None
