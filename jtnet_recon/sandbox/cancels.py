"""Cancels payments, in full and in part, as `POST /payments/cancel` does.

How long and how a method can be cancelled: help centre of PortOne, cancel deadlines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jtnet_recon.sandbox import codes, records, till
from jtnet_recon.sandbox.fields import amount, flag, text
from jtnet_recon.sandbox.kst import DAY_S, date_of
from jtnet_recon.sandbox.refusals import RefusedError, Why

if TYPE_CHECKING:
    from jtnet_recon.sandbox.fields import Fields
    from jtnet_recon.sandbox.records import Record
    from jtnet_recon.sandbox.shop import Shop

CARD_DAYS, TRANSFER_DAYS = 365, 90
TOO_MUCH = "취소가능금액 초과"
NOTHING_LEFT = "취소할 금액이 없습니다"
TOO_LATE = "취소가능기간 경과"
WHOLE_ONLY = "휴대폰 소액결제는 부분취소가 불가능합니다"
BY_THE_PG = "카드사 응답: 취소 불가 거래입니다"
NO_REFUND = "가상계좌 환불을 지원하지 않는 PG사입니다"
REASON_DEFAULT, REASON_CONSOLE = "API취소", "관리자페이지취소"


def cancel(shop: Shop, fields: Fields) -> Record:
    """Give money back; ``amount`` 0 or none means all that is left.

    Raises
    ------
    RefusedError
        cancel_id_missing, cancel_unknown, cancel_done, checksum_differs, parameter_bad,
        refund_account_missing, cancel_refused.
    """
    with shop.lock:
        at_s = shop.now_s()
        record = _payment(shop, fields)
        unit = record["currency"]
        left = records.in_minor(record["amount"], unit) - records.in_minor(
            record["cancel_amount"], unit
        )
        if not left:
            done = bool(record["cancel_amount"])
            if done:
                raise RefusedError(Why.CANCEL_DONE)
            raise RefusedError(Why.CANCEL_REFUSED, NOTHING_LEFT)
        believed = amount(fields, "checksum", currency=unit)
        if believed is not None and believed != left:
            raise RefusedError(Why.CHECKSUM_DIFFERS)
        wanted = amount(fields, currency=unit) or left
        if record["pay_method"] == "vbank":
            _check_account(fields)
        fault = _fault(shop, record, wanted, left, at_s=at_s)
        if fault:
            raise RefusedError(Why.CANCEL_REFUSED, fault)
        return _give_back(shop, record, wanted, fields, at_s=at_s)


def cancel_at_console(shop: Shop, imp_uid: str, *, minor: int | None = None) -> Record:
    """Cancel as a clerk does in the console, of which the merchant is always told."""
    with shop.lock:
        record = shop.shelf.get(imp_uid)
        unit = "KRW" if record is None else record["currency"]
        sent = None if minor is None else records.as_sent(minor, unit)
        asked: dict[str, object] = {"imp_uid": imp_uid, "amount": sent}
        return cancel(shop, asked | {"reason": REASON_CONSOLE, "enable_webhook": True})


def _payment(shop: Shop, fields: Fields) -> Record:
    """Find what is to be cancelled; of an order, the attempt that was paid last."""
    imp_uid, merchant_uid = text(fields, "imp_uid"), text(fields, "merchant_uid")
    if imp_uid is not None:
        found = shop.shelf.get(imp_uid)
        attempts = [] if found is None else [found]
    elif merchant_uid is not None:
        attempts = shop.shelf.of_order(merchant_uid)
    else:
        raise RefusedError(Why.CANCEL_ID_MISSING)
    paid = [attempt for attempt in attempts if attempt["status"] in ("paid", "cancelled")]
    if not paid:
        raise RefusedError(Why.CANCEL_UNKNOWN)
    return paid[-1]


def _check_account(fields: Fields) -> None:
    names = ("refund_holder", "refund_bank", "refund_account")
    if any(text(fields, name) is None for name in names):
        raise RefusedError(Why.REFUND_ACCOUNT_MISSING)
    if text(fields, "refund_bank") not in codes.BANKS:
        raise RefusedError(Why.PARAMETER_BAD, "refund_bank")


def _fault(shop: Shop, record: Record, wanted: int, left: int, *, at_s: int) -> str:
    """Say why the PG refuses; "" if it does not."""
    if wanted > left:
        return TOO_MUCH
    if record["imp_uid"] in shop.final:
        return BY_THE_PG
    method, age_s = record["pay_method"], at_s - record["paid_at"]
    if method == "phone":
        if wanted != records.in_minor(record["amount"], record["currency"]):
            return WHOLE_ONLY
        months = [(day.year, day.month) for day in map(date_of, (at_s, record["paid_at"]))]
        return "" if months[0] == months[1] else TOO_LATE
    # JTNet was never on the list of PGs that refund a virtual account by API.
    if method == "vbank" and record["pg_provider"] == "jtnet":
        return NO_REFUND
    days = CARD_DAYS if method == "card" else TRANSFER_DAYS
    return TOO_LATE if method in ("card", "trans") and age_s > days * DAY_S else ""


def _give_back(shop: Shop, record: Record, minor: int, fields: Fields, *, at_s: int) -> Record:
    reason = text(fields, "reason") or REASON_DEFAULT
    records.cancel(shop.desk, record, at_s, minor=minor, reason=reason)
    till.put(shop, record)
    shop.courier.post(
        record,
        at_s=at_s,
        url=shop.notice_urls.get(record["imp_uid"]),
        cancellation_id=record["cancel_history"][-1]["cancellation_id"],
        only_record=not flag(fields, "enable_webhook"),
    )
    return record
