"""Issues billing keys and charges cards as `/subscribe` does, without any window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jtnet_recon.sandbox import cards, gateways, till
from jtnet_recon.sandbox.fields import BUYER, amount, currency, needed, text
from jtnet_recon.sandbox.keys import OWNER_LENGTHS, UID_MAX
from jtnet_recon.sandbox.refusals import RefusedError, Why
from jtnet_recon.sandbox.till import Wish

if TYPE_CHECKING:
    from jtnet_recon.sandbox.cards import Card
    from jtnet_recon.sandbox.fields import Fields
    from jtnet_recon.sandbox.gateways import Channel
    from jtnet_recon.sandbox.keys import Key
    from jtnet_recon.sandbox.records import Record
    from jtnet_recon.sandbox.shop import Shop

ORDER_ID_MAX = 40


def issue_key(shop: Shop, uid: str, fields: Fields) -> Record:
    """Register a card under the merchant's name for it.

    Raises
    ------
    RefusedError
        parameter_missing, parameter_bad, card_real, card_number, key_refused.
    """
    with shop.lock:
        if len(uid) > UID_MAX:
            raise RefusedError(Why.PARAMETER_BAD, "customer_uid")
        at_s = shop.now_s()
        card = read_card(fields, at_s=at_s, why=Why.KEY_REFUSED)
        owner = {name: text(fields, name, most=most) for name, most in OWNER_LENGTHS.items()}
        return shop.keys.issue(uid, card, channel_of(fields, at_s), owner=owner, at_s=at_s)


def charge_again(shop: Shop, fields: Fields) -> Record:
    """Charge a billing key; a payment comes back even if it failed.

    Raises
    ------
    RefusedError
        parameter_missing, parameter_bad, buyer_unknown, order_done, pg_silent.
    """
    with shop.lock:
        key = shop.keys.get(needed(fields, "customer_uid"))
        if key is None:
            raise RefusedError(Why.BUYER_UNKNOWN)
        at_s = shop.now_s()
        wish = _wish(shop, fields, _channel_of_key(key), customer_uid=key.record["customer_uid"])
        return _charge(shop, wish, with_owner(fields, key), key.card, at_s=at_s)


def charge_once(shop: Shop, fields: Fields) -> Record:
    """Charge a card; with a customer_uid, keep it as a billing key too.

    Raises
    ------
    RefusedError
        parameter_missing, parameter_bad, card_real, card_number, card_refused,
        order_done, pg_silent.
    """
    with shop.lock:
        at_s = shop.now_s()
        channel = channel_of(fields, at_s)
        uid = text(fields, "customer_uid")
        if uid is not None and len(uid) > UID_MAX:
            raise RefusedError(Why.PARAMETER_BAD, "customer_uid")
        wish = _wish(shop, fields, channel, customer_uid=uid)
        card = read_card(fields, at_s=at_s, why=Why.CARD_REFUSED)
        if uid is not None:
            owner = {
                name: text(fields, name.replace("customer_", "buyer_"), most=most)
                for name, most in OWNER_LENGTHS.items()
            }
            shop.keys.issue(uid, card, channel, owner=owner, at_s=at_s)
        return _charge(shop, wish, fields, card, at_s=at_s)


def channel_of(fields: Fields, at_s: int) -> Channel:
    """Choose the PG setting of a request without a window."""
    return gateways.choose_or_default(
        gateways.BILLING, at_s, pg=text(fields, "pg"), channel_key=text(fields, "channel_key")
    )


def read_card(fields: Fields, *, at_s: int, why: Why) -> Card:
    """Let the card company recognise a card; ``why`` names the refusal if it does not."""
    number = needed(fields, "card_number")
    card = cards.find(number)
    needed(fields, "expiry")
    fault = cards.fault_of(
        number,
        expiry=fields.get("expiry"),
        birth=fields.get("birth"),
        password=fields.get("pwd_2digit"),
        at_s=at_s,
    )
    if fault == cards.NUMBER_WRONG and why is Why.CARD_REFUSED:
        raise RefusedError(Why.CARD_NUMBER)
    if fault:
        raise RefusedError(why, fault)
    return card


def with_owner(fields: Fields, key: Key) -> dict[str, object]:
    """Take the key's customer as the buyer where the request names none."""
    found = dict(fields)
    for name in BUYER:
        kept = key.record[name.replace("buyer_", "customer_")]
        if text(found, name) is None and kept is not None:
            found[name] = kept
    return found


def _wish(shop: Shop, fields: Fields, channel: Channel, *, customer_uid: str | None) -> Wish:
    merchant_uid = needed(fields, "merchant_uid", most=ORDER_ID_MAX)
    unit = currency(fields)
    minor = amount(fields, currency=unit)
    if minor is None:
        raise RefusedError(Why.PARAMETER_MISSING, "amount")
    if minor == 0:
        raise RefusedError(Why.PARAMETER_BAD, "amount")
    till.refuse_done_order(shop, merchant_uid)
    usage = None if customer_uid is None else "payment"
    return Wish(merchant_uid, minor, channel, currency=unit, customer_uid=customer_uid, usage=usage)


def _charge(shop: Shop, wish: Wish, fields: Fields, card: Card, *, at_s: int) -> Record:
    quota = till.quota_of(fields, amount=wish.amount)
    record = till.start(shop, wish, fields, at_s=at_s)
    return till.charge(shop, record, card, at_s=at_s, quota=quota)


def _channel_of_key(key: Key) -> Channel:
    """Find the one PG setting at which a billing key works."""
    return gateways.channel_of_mid(key.record["pg_provider"], key.record["pg_id"])
