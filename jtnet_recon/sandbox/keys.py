"""Keeps the billing keys: a card of a customer under the merchant's own name for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jtnet_recon.sandbox.cards import Card
from jtnet_recon.sandbox.desk import MOVE_S, phone_of
from jtnet_recon.sandbox.kst import DAY_S
from jtnet_recon.sandbox.records import gateway
from jtnet_recon.sandbox.world import began

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jtnet_recon.sandbox.desk import Customer
    from jtnet_recon.sandbox.gateways import Channel
    from jtnet_recon.sandbox.records import Record

OWNER_LENGTHS = {
    "customer_id": 80,
    "customer_name": 20,
    "customer_tel": 20,
    "customer_email": 200,
    "customer_addr": 200,
    "customer_postcode": 8,
}
UID_MAX = 80


@dataclass(frozen=True, slots=True)
class Key:
    """One billing key: what the API shows of it, and the card it stands for."""

    record: Record
    card: Card


class KeyRing:
    """All living billing keys of an account, by customer_uid."""

    def __init__(
        self,
        customers: Iterable[Customer],
        rows: Sequence[Record],
        kept: Iterable[Record] = (),
    ) -> None:
        last_s: dict[str, int] = {}
        for row in rows:
            if row.get("customer_uid") is not None:
                uid = row["customer_uid"]
                last_s[uid] = max(began(row), last_s.get(uid, 0))
        self._keys = {c.uid: _kept(c, last_s.get(c.uid, 0)) for c in customers}
        # Keys of a channel group, which have a shape of their own: they can be read, and no more.
        self.supers: dict[str, Record] = {}
        for record in kept:
            if "channelGroupId" in record:
                self.supers[record["customer_uid"]] = record
            else:
                card = Card(record["card_number"], record["card_code"])
                self._keys[record["customer_uid"]] = Key(record, card)

    def get(self, uid: str) -> Key | None:
        """Find a key."""
        return self._keys.get(uid)

    def issue(self, uid: str, card: Card, channel: Channel, *, owner: Record, at_s: int) -> Record:
        """Register a card; under a known name it takes the old card's place."""
        known = self._keys.get(uid)
        inserted_s = at_s if known is None else known.record["inserted"]
        record = key_record(uid, card, provider=channel.pg_provider, mid=channel.pg_id)
        record |= {"sandbox": channel.sandbox, **owner}
        record |= {"inserted": inserted_s, "updated": at_s}
        self._keys[uid] = Key(record, card)
        return record

    def delete(self, uid: str) -> Record | None:
        """Forget a key, for ever; its payments stay."""
        found = self._keys.pop(uid, None)
        return None if found is None else found.record


def _kept(customer: Customer, last_s: int) -> Key:
    """Write an old key; the PG that charged it last is the one that holds it."""
    provider, _, mid, _ = gateway(max(last_s, customer.inserted_s))
    moved_s = MOVE_S + DAY_S // 8 if provider == "nice" else 0
    number = f"5272{customer.buyer.number % 100:02d}******{customer.buyer.number % 10_000:04d}"
    card = Card(number, customer.card[0])
    record = key_record(customer.uid, card, provider=provider, mid=mid)
    record |= {
        "customer_name": customer.buyer.name,
        "customer_tel": phone_of(customer.buyer),
        "inserted": customer.inserted_s,
        "updated": max(customer.updated_s, moved_s, customer.inserted_s),
    }
    return Key(record, card)


def key_record(uid: str, card: Card, *, provider: str, mid: str) -> Record:
    """Write a billing key without its owner and its times, in the API's order."""
    return {
        "customer_uid": uid,
        "pg_provider": provider,
        "pg_id": mid,
        "sandbox": False,
        "customer_id": None,
        "card_name": card.name,
        "card_code": card.code,
        "card_issuer_code": card.code,
        "card_issuer_name": card.name,
        "card_publisher_code": card.code,
        "card_publisher_name": card.name,
        "card_number": card.number,
        # JTNet never says whether a card is credit (0) or check (1).
        "card_type": None,
        "customer_name": None,
        "customer_tel": None,
        "customer_email": None,
        "customer_addr": None,
        "customer_postcode": None,
        "inserted": 0,
        "updated": 0,
    }
