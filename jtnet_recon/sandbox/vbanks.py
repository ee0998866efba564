"""Issues, changes and revokes virtual accounts by `/vbanks`.

JTNet was never on the list of PGs for it, NICE is. For changing one the document lists
another PG alone; here NICE does it, so that the flow can be tried.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jtnet_recon.sandbox import codes, gateways, records, till
from jtnet_recon.sandbox.fields import amount, instant, needed, text
from jtnet_recon.sandbox.refusals import RefusedError, Why
from jtnet_recon.sandbox.till import Wish

if TYPE_CHECKING:
    from jtnet_recon.sandbox.fields import Fields
    from jtnet_recon.sandbox.records import Record
    from jtnet_recon.sandbox.shop import Shop

ORDER_ID_MAX = 40
REVOKED = "계좌말소"


def issue(shop: Shop, fields: Fields) -> Record:
    """Issue an account; several may wait for one order."""
    with shop.lock:
        at_s = shop.now_s()
        channel = gateways.choose_or_default(
            gateways.WINDOW, at_s, pg=text(fields, "pg"), channel_key=text(fields, "channel_key")
        )
        if channel.pg_provider == "jtnet":
            raise RefusedError(Why.VBANK_UNSUPPORTED)
        merchant_uid = needed(fields, "merchant_uid", most=ORDER_ID_MAX)
        minor = amount(fields)
        if not minor:
            raise RefusedError(Why.PARAMETER_MISSING, "amount")
        bank, holder = needed(fields, "vbank_code"), needed(fields, "vbank_holder")
        due_s = _due_s(fields, at_s)
        if bank not in codes.BANKS:
            raise RefusedError(Why.PARAMETER_BAD, "vbank_code")
        till.refuse_done_order(shop, merchant_uid)
        wish = Wish(merchant_uid, minor, channel, method="vbank")
        record = till.start(shop, wish, fields, at_s=at_s)
        account = {"vbank_code": bank, "vbank_holder": holder, "vbank_date": due_s}
        return till.issue_account(shop, record, account, at_s=at_s)


def change(shop: Shop, imp_uid: str, fields: Fields) -> Record:
    """Change the amount or the deadline of an account that waits."""
    with shop.lock:
        record = _waiting(shop, imp_uid)
        minor = amount(fields, currency=record["currency"])
        if minor:
            record["amount"] = records.as_sent(minor, record["currency"])
        if text(fields, "vbank_due") is not None:
            record["vbank_date"] = _due_s(fields, shop.now_s())
        till.put(shop, record)
        return record


def revoke(shop: Shop, imp_uid: str) -> Record:
    """Revoke an account that waits: the payment has failed."""
    with shop.lock:
        return till.decline(shop, _waiting(shop, imp_uid), REVOKED, at_s=shop.now_s())


def _waiting(shop: Shop, imp_uid: str) -> Record:
    record = shop.shelf.get(imp_uid)
    if record is None:
        raise RefusedError(Why.PAYMENT_UNKNOWN)
    if record["status"] != "ready" or not record["vbank_num"]:
        raise RefusedError(Why.VBANK_NOT_WAITING)
    if record["pg_provider"] == "jtnet":
        raise RefusedError(Why.PG_UNSUPPORTED)
    return record


def _due_s(fields: Fields, at_s: int) -> int:
    due_s = instant(fields, "vbank_due")
    if due_s <= at_s:
        raise RefusedError(Why.PARAMETER_BAD, "vbank_due")
    return due_s
