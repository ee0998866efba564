"""Starts, approves, declines and voids payments on the shelf: what every way to pay shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jtnet_recon.sandbox import cards, codes, records
from jtnet_recon.sandbox.desk import imp_uid
from jtnet_recon.sandbox.fields import order_fields, text
from jtnet_recon.sandbox.gateways import TEST_PREFIX
from jtnet_recon.sandbox.kst import DAY_S, date_of, midnight
from jtnet_recon.sandbox.refusals import RefusedError, Why
from jtnet_recon.sandbox.vocabulary import API_AGENT, BROWSERS, PHONES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jtnet_recon.sandbox.cards import Card
    from jtnet_recon.sandbox.fields import Fields
    from jtnet_recon.sandbox.gateways import Channel
    from jtnet_recon.sandbox.records import Record
    from jtnet_recon.sandbox.shop import Shop

SILENCE_S = 60
# JTNet's test shops charge for real and give the money back between 23:00 and 23:50.
VOIDS_FROM_S, VOIDS_TO_S = 23 * 3600, 23 * 3600 + 50 * 60
VOID_REASON = "테스트 결제 자동취소"
QUOTAS = range(37)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be paid and where; ``amount`` in minor units, ``medium`` pc, mobile or api."""

    merchant_uid: str
    amount: int
    channel: Channel
    method: str = "card"
    medium: str = "api"
    currency: str = "KRW"
    customer_uid: str | None = None
    usage: str | None = None
    is_escrow: bool = False


def refuse_done_order(shop: Shop, merchant_uid: str) -> None:
    """Refuse an order id under which something was paid, cancelled since or not."""
    attempts = shop.shelf.of_order(merchant_uid)
    if any(attempt["status"] in ("paid", "cancelled") for attempt in attempts):
        raise RefusedError(Why.ORDER_DONE)


def start(shop: Shop, wish: Wish, fields: Fields, *, at_s: int) -> Record:
    """Start a payment: a ``ready`` row in which nothing is decided yet."""
    agents = {"api": API_AGENT, "pc": BROWSERS[0], "mobile": PHONES[0]}
    record = records.BLANK | order_fields(fields)
    record.update(
        imp_uid=imp_uid(shop.desk, at_s, by_api=wish.medium == "api"),
        merchant_uid=wish.merchant_uid,
        pay_method=wish.method,
        channel=wish.medium,
        pg_provider=wish.channel.pg_provider,
        pg_id=wish.channel.pg_id,
        sandbox=wish.channel.sandbox,
        escrow=wish.is_escrow,
        amount=records.as_sent(wish.amount, wish.currency),
        currency=wish.currency,
        user_agent=text(fields, "user_agent") or agents[wish.medium],
        started_at=at_s,
        customer_uid=wish.customer_uid,
        customer_uid_usage=wish.usage,
    )
    notice_url = text(fields, "notice_url")
    if notice_url is not None:
        shop.notice_urls[record["imp_uid"]] = notice_url
    put(shop, record)
    return record


def put(shop: Shop, record: Record) -> None:
    """Show a payment as it now stands, and its schedule with it."""
    shop.shelf.put(record)
    entry = shop.book.get(record["merchant_uid"])
    if entry is not None and entry["imp_uid"] == record["imp_uid"] and record["status"] != "ready":
        paid = {"payment_status": record["status"], "fail_reason": record["fail_reason"]}
        shop.book.add(entry | paid)


def charge(shop: Shop, record: Record, card: Card, *, at_s: int, quota: int = 0) -> Record:
    """Charge a card: approved, declined, or without an answer."""
    if record["amount"] == 0:
        return approve(shop, record, at_s=at_s, card=card)
    if card.is_silent:
        shop.agenda.add(at_s + SILENCE_S, lambda then_s: _approve_late(shop, record, card, then_s))
        raise RefusedError(Why.PG_SILENT)
    tries = [a for a in shop.shelf.of_order(record["merchant_uid"]) if a["status"] == "failed"]
    if card.decline or (card.is_moody and not tries):
        return decline(shop, record, card.decline or cards.TRY_AGAIN, at_s=at_s)
    return approve(shop, record, at_s=at_s, card=card, quota=quota)


def approve(
    shop: Shop, record: Record, *, at_s: int, card: Card | None = None, quota: int = 0
) -> Record:
    """Let the PG approve, show it and tell the merchant."""
    if card is not None:
        record.update(card_code=card.code, card_name=card.name)
    records.approve(shop.desk, record, at_s)
    if card is not None:
        _show_card(shop, record, card, quota=quota)
    put(shop, record)
    tell(shop, record, at_s=at_s)
    if record["pg_id"].startswith(TEST_PREFIX) and record["amount"]:
        _plan_void(shop, record["imp_uid"], at_s)
    return record


def decline(shop: Shop, record: Record, reason: str, *, at_s: int) -> Record:
    """Let the card company refuse; no webhook tells of it."""
    record.update(status="failed", failed_at=at_s, fail_reason=reason)
    put(shop, record)
    return record


def issue_account(
    shop: Shop, record: Record, account: Mapping[str, object], *, at_s: int
) -> Record:
    """Issue a virtual account with these fields; the merchant is told of that too."""
    records.issue_account(shop.desk, record, at_s)
    record.update(account, vbank_name=codes.BANKS[str(account["vbank_code"])])
    put(shop, record)
    tell(shop, record, at_s=at_s)
    return record


def tell(shop: Shop, record: Record, *, at_s: int) -> None:
    """Send the webhook of a payment."""
    shop.courier.post(record, at_s=at_s, url=shop.notice_urls.get(record["imp_uid"]))


def quota_of(fields: Fields, *, amount: int) -> int:
    """Read the months of an instalment; below 50,000 won there is none."""
    given = text(fields, "card_quota") or "0"
    if not given.isdecimal() or int(given) not in QUOTAS:
        raise RefusedError(Why.PARAMETER_BAD, "card_quota")
    return int(given) if amount >= records.INSTALMENT_FROM and int(given) > 1 else 0


def _approve_late(shop: Shop, record: Record, card: Card, at_s: int) -> None:
    """Approve what was asked for a minute ago, unless it came to another end."""
    now = shop.shelf.get(record["imp_uid"])
    if now is not None and now["status"] == "ready":
        approve(shop, now, at_s=at_s, card=card)


def _show_card(shop: Shop, record: Record, card: Card, *, quota: int) -> None:
    record.update(
        card_number=card.number,
        card_quota=quota,
        card_issuer_code=card.code,
        card_issuer_name=card.name,
        card_publisher_code=card.code,
        card_publisher_name=card.name,
    )
    if card.is_final:
        shop.final.add(record["imp_uid"])


def _plan_void(shop: Shop, imp_uid: str, at_s: int) -> None:
    night_s = midnight(date_of(at_s))
    second = VOIDS_FROM_S + int(shop.desk.rng.random() * (VOIDS_TO_S - VOIDS_FROM_S))
    void_s = night_s + second if night_s + second > at_s else night_s + DAY_S + second
    shop.agenda.add(void_s, lambda then_s: _void(shop, imp_uid, then_s))


def _void(shop: Shop, imp_uid: str, at_s: int) -> None:
    record = shop.shelf.get(imp_uid)
    if record is None:
        return
    currency = record["currency"]
    left = records.in_minor(record["amount"] - record["cancel_amount"], currency)
    if left:
        put(shop, records.cancel(shop.desk, record, at_s, minor=left, reason=VOID_REASON))
