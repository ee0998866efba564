"""Keeps what goes with a payment: prepared amounts and cash receipts.

JTNet was never on the list of PGs for cash receipts by API (HTTP 501); NICE is. Whom a
receipt is for (a phone or business number) is read and forgotten.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jtnet_recon.sandbox import gateways, records, till
from jtnet_recon.sandbox.fields import CURRENCIES, amount, needed, text
from jtnet_recon.sandbox.refusals import RefusedError, Why

if TYPE_CHECKING:
    from jtnet_recon.sandbox.fields import Fields
    from jtnet_recon.sandbox.records import Record
    from jtnet_recon.sandbox.shop import Shop

TYPES = ("person", "company")


def prepare(shop: Shop, fields: Fields, *, is_change: bool = False) -> Record:
    """Fix the amount that the window may take for an order id."""
    with shop.lock:
        merchant_uid = needed(fields, "merchant_uid", most=40)
        unit = text(fields, "currency")
        if unit not in (None, *CURRENCIES):
            raise RefusedError(Why.PARAMETER_BAD, "currency")
        minor = amount(fields, currency=unit or "KRW")
        if minor is None:
            raise RefusedError(Why.PARAMETER_MISSING, "amount")
        if is_change:
            prepared(shop, merchant_uid)
        elif merchant_uid in shop.prepared:
            raise RefusedError(Why.PREPARE_KNOWN)
        sent = records.as_sent(minor, unit or "KRW")
        shop.prepared[merchant_uid] = {
            "merchant_uid": merchant_uid,
            "amount": sent,
            "currency": unit,
        }
        return shop.prepared[merchant_uid]


def prepared(shop: Shop, merchant_uid: str) -> Record:
    """Find a fixed amount."""
    found = shop.prepared.get(merchant_uid)
    if found is None:
        raise RefusedError(Why.PREPARE_UNKNOWN)
    return found


def receipt(shop: Shop, name: str) -> Record:
    """Find a cash receipt, by imp_uid or by the order id of a sale outside i'mport."""
    found = shop.receipts.get(name)
    if found is None:
        raise RefusedError(Why.RECEIPT_UNKNOWN)
    return found


def issue_receipt(shop: Shop, imp_uid: str, fields: Fields) -> Record:
    """Issue the receipt of a transfer or deposit, over what is left of it."""
    with shop.lock:
        record = shop.shelf.get(imp_uid)
        if record is None:
            raise RefusedError(Why.RECEIPT_NOT_CASH)
        if record["pg_provider"] == "jtnet":
            raise RefusedError(Why.RECEIPT_UNSUPPORTED)
        is_cash = record["pay_method"] in ("trans", "vbank")
        left = int(record["amount"] - record["cancel_amount"])
        if not is_cash or record["status"] not in ("paid", "cancelled") or not left:
            raise RefusedError(Why.RECEIPT_NOT_CASH)
        paper = _paper(shop, imp_uid, fields, total=left)
        till.put(shop, record | {"cash_receipt_issued": True})
        return _keep(shop, imp_uid, {"imp_uid": imp_uid, **paper})


def issue_external_receipt(shop: Shop, merchant_uid: str, fields: Fields) -> Record:
    """Issue the receipt of a cash sale that i'mport did not see."""
    with shop.lock:
        channel = gateways.choose_or_default(
            gateways.WINDOW,
            shop.now_s(),
            pg=text(fields, "pg"),
            channel_key=text(fields, "channel_key"),
        )
        if channel.pg_provider == "jtnet":
            raise RefusedError(Why.RECEIPT_UNSUPPORTED)
        needed(fields, "name")
        total = amount(fields)
        if not total:
            raise RefusedError(Why.PARAMETER_MISSING, "amount")
        name = _external(merchant_uid)
        paper = _paper(shop, name, fields, total=total)
        return _keep(shop, name, {"merchant_uid": merchant_uid, **paper})


def external_receipt(shop: Shop, merchant_uid: str) -> Record:
    """Find the receipt of a sale outside i'mport."""
    return receipt(shop, _external(merchant_uid))


def cancel_receipt(shop: Shop, imp_uid: str) -> Record:
    """Cancel a receipt."""
    with shop.lock:
        record = shop.shelf.get(imp_uid)
        if record is not None and record["pg_provider"] == "jtnet":
            raise RefusedError(Why.RECEIPT_UNSUPPORTED)
        if record is not None and imp_uid in shop.receipts:
            till.put(shop, record | {"cash_receipt_issued": False})
        return _cancel(shop, imp_uid)


def cancel_external_receipt(shop: Shop, merchant_uid: str) -> Record:
    """Cancel a receipt of a sale outside i'mport."""
    with shop.lock:
        external_receipt(shop, merchant_uid)
        return _cancel(shop, _external(merchant_uid))


def _external(merchant_uid: str) -> str:
    # An order id may look like an imp_uid.
    return f"external/{merchant_uid}"


def _cancel(shop: Shop, name: str) -> Record:
    found = shop.receipts.get(name)
    if found is None or found["cancelled_at"]:
        raise RefusedError(Why.RECEIPT_NOT_CASH)
    return _keep(shop, name, found | {"cancelled_at": shop.now_s()})


def _keep(shop: Shop, name: str, paper: Record) -> Record:
    shop.receipts[name] = paper
    return paper


def _paper(shop: Shop, name: str, fields: Fields, *, total: int) -> Record:
    needed(fields, "identifier")
    known = shop.receipts.get(name)
    if known is not None and not known["cancelled_at"]:
        raise RefusedError(Why.RECEIPT_KNOWN)
    kind = text(fields, "type") or "person"
    if kind not in TYPES:
        raise RefusedError(Why.PARAMETER_BAD, "type")
    tax_free, vat = amount(fields, "tax_free") or 0, amount(fields, "vat_amount")
    if tax_free + (vat or 0) > total:
        raise RefusedError(Why.PARAMETER_BAD, "tax_free")
    number = shop.desk.rng.randrange(10**9)
    return {
        "receipt_tid": f"receipt{number:09d}",
        "apply_num": f"{number:09d}",
        "type": kind,
        "amount": total,
        # A share of 1/11, to the won.
        "vat": round((total - tax_free) / 11) if vat is None else vat,
        "receipt_url": None,
        "applied_at": shop.now_s(),
        "cancelled_at": 0,
    }
