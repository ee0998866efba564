"""Pays through the payment window: what the checkout page, or a test, asks the server to do.

Every check of the guide is made when the window opens. A refusal is a `RefusedError` with a
name and the server's Korean words, which the page shows as ``error_msg``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from jtnet_recon.sandbox import cards, codes, gateways, records, till
from jtnet_recon.sandbox.fields import CURRENCIES, flag, mapping, needed, text
from jtnet_recon.sandbox.keys import OWNER_LENGTHS, UID_MAX
from jtnet_recon.sandbox.refusals import RefusedError, Why
from jtnet_recon.sandbox.till import Wish

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jtnet_recon.sandbox.fields import Fields
    from jtnet_recon.sandbox.records import Record
    from jtnet_recon.sandbox.shop import Shop

METHODS = ("card", "trans", "vbank", "phone")
ORDER_ID_MAX = 40
CANCELLED_BY_SHOPPER = "[결제포기] 사용자가 결제를 취소하셨습니다"
_KST = timezone(timedelta(hours=9))
_CALLBACK = (
    "imp_uid", "merchant_uid", "pay_method", "currency", "status", "name", "pg_provider",
    "emb_pg_provider", "pg_tid", "custom_data", "paid_at", "receipt_url", "buyer_name",
    "buyer_email", "buyer_tel", "buyer_addr", "buyer_postcode",
)  # fmt: skip
_DUE_FORMS = {10: "%Y-%m-%d", 8: "%Y%m%d", 19: "%Y-%m-%d %H:%M:%S", 14: "%Y%m%d%H%M%S"}


@dataclass(frozen=True, slots=True)
class Acts:
    """The payment window of one shop; safe to call from any thread."""

    shop: Shop

    def open_window(self, params: Mapping[str, object], *, on_phone: bool = False) -> str:
        """Check ``IMP.request_pay`` parameters and start a payment; give its ``imp_uid``.

        Parameters
        ----------
        params : mapping
            As the page passed them: numbers stay numbers, text stays text.
        on_phone : bool
            The browser is a phone's.

        Raises
        ------
        RefusedError
            parameter_missing, parameter_bad, amount_not_integer, amount_zero,
            amount_not_prepared, method_unknown, billing_card_only, pg_unknown, order_done.
        """
        with self.shop.lock:
            at_s = self.shop.now_s()
            wish = _checked(self.shop, params, on_phone=on_phone, at_s=at_s)
            record = till.start(self.shop, wish, params, at_s=at_s)
            imp_uid: str = record["imp_uid"]
            self.shop.windows[imp_uid] = dict(params)
            return imp_uid

    def params(self, imp_uid: str) -> dict[str, object]:
        """Give the parameters of an open window, ``card.detail`` among them."""
        with self.shop.lock:
            return dict(_open(self.shop, imp_uid)[1])

    def payment(self, imp_uid: str) -> Record | None:
        """Give the payment as it stands."""
        with self.shop.lock:
            return self.shop.shelf.get(imp_uid)

    def settle_window(
        self,
        imp_uid: str,
        *,
        card: Mapping[str, object] | None = None,
        bank: str | None = None,
        phone: str | None = None,
    ) -> dict[str, object]:
        """Pay: the shopper has filled the window in; give what the callback gets.

        Parameters
        ----------
        imp_uid : str
            The window's payment.
        card : mapping, for ``card``
            card_number, expiry (YYYY-MM), birth, pwd_2digit, card_quota (months, 0).
        bank : str, for ``trans`` and ``vbank``
            Bank code; a virtual account waits for `deposit`.
        phone : str, for ``phone``
            A number of 10 or 11 digits.

        Raises
        ------
        RefusedError
            window_unknown, window_done, parameter_missing, bank_unknown, card_real,
            card_number: the window stays open. pg_silent: the outcome comes later.
        """
        with self.shop.lock:
            record, params = _open(self.shop, imp_uid)
            at_s = self.shop.now_s()
            if record["pay_method"] == "card":
                record = _pay_by_card(self.shop, record, params, dict(card or {}), at_s=at_s)
            elif record["pay_method"] == "phone":
                record = _pay_by_phone(self.shop, record, phone, at_s=at_s)
            else:
                record = _pay_by_bank(self.shop, record, params, bank, at_s=at_s)
            self.shop.windows.pop(imp_uid, None)
            return callback_of(record)

    def close_window(self, imp_uid: str) -> dict[str, object]:
        """Close it without paying: the payment stays ``ready`` for ever."""
        with self.shop.lock:
            record, _ = _open(self.shop, imp_uid)
            del self.shop.windows[imp_uid]
            refusal = {"success": False, "error_code": "F400", "error_msg": CANCELLED_BY_SHOPPER}
            return callback_of(record) | refusal

    def deposit(self, imp_uid: str) -> dict[str, object]:
        """Pay the whole amount into a virtual account; give what the callback would get.

        Raises
        ------
        RefusedError
            vbank_not_waiting, vbank_expired: the payment stays ``ready`` for ever.
        """
        with self.shop.lock:
            record, at_s = self.shop.shelf.get(imp_uid), self.shop.now_s()
            if record is None or record["status"] != "ready" or not record["vbank_num"]:
                raise RefusedError(Why.VBANK_NOT_WAITING)
            if at_s > record["vbank_date"]:
                raise RefusedError(Why.VBANK_EXPIRED)
            return callback_of(till.approve(self.shop, record, at_s=at_s))


def callback_of(record: Record) -> dict[str, object]:
    """Write what ``IMP.request_pay`` hands to its callback (SDK, payment response)."""
    is_fine = record["status"] in ("paid", "ready")
    found: dict[str, object] = {name: record.get(name) for name in _CALLBACK}
    # The callback says `paid_amount` where the REST API says `amount`.
    found |= {"success": is_fine, "paid_amount": record["amount"], "pg_type": "payment"}
    found |= {"error_code": None, "error_msg": None}
    if not is_fine:
        found |= {"error_code": "F1000", "error_msg": record["fail_reason"]}
    if record["pay_method"] == "card":
        card = ("apply_num", "card_name", "card_number", "card_quota")
        return found | {name: record[name] for name in card}
    if record["pay_method"] == "vbank":
        account = ("vbank_num", "vbank_name", "vbank_holder")
        due = datetime.fromtimestamp(record["vbank_date"], _KST)
        found |= {name: record[name] for name in account}
        return found | {"vbank_date": f"{due:%Y-%m-%d %H:%M:%S}" if record["vbank_date"] else None}
    return found | {"bank_name": record["bank_name"]}


def _open(shop: Shop, imp_uid: str) -> tuple[Record, dict[str, object]]:
    record, params = shop.shelf.get(imp_uid), shop.windows.get(imp_uid)
    if record is None:
        raise RefusedError(Why.WINDOW_UNKNOWN)
    if params is None:
        raise RefusedError(Why.WINDOW_DONE)
    return record, params


def _checked(shop: Shop, params: Fields, *, on_phone: bool, at_s: int) -> Wish:
    """Make all checks of the guide, in the order of its parameters."""
    customer_uid = text(params, "customer_uid")
    if customer_uid is not None and len(customer_uid) > UID_MAX:
        raise RefusedError(Why.PARAMETER_BAD, "customer_uid")
    kind = gateways.BILLING if customer_uid else gateways.WINDOW
    channel = gateways.choose(
        kind, at_s, pg=text(params, "pg"), channel_key=text(params, "channelKey")
    )
    method = text(params, "pay_method") or "card"
    if method not in METHODS:
        raise RefusedError(Why.METHOD_UNKNOWN, method)
    if customer_uid is not None and method != "card":
        raise RefusedError(Why.BILLING_CARD_ONLY)
    merchant_uid = needed(params, "merchant_uid", most=ORDER_ID_MAX)
    currency = text(params, "currency") or "KRW"
    if currency not in CURRENCIES:
        raise RefusedError(Why.PARAMETER_BAD, "currency")
    minor = _amount(params, currency)
    if minor == 0 and customer_uid is None:
        raise RefusedError(Why.AMOUNT_ZERO)
    _due_s(params, at_s)
    _compare_prepared(shop, merchant_uid, minor, currency)
    till.refuse_done_order(shop, merchant_uid)
    return Wish(
        merchant_uid,
        minor,
        channel,
        method=method,
        medium="mobile" if on_phone else "pc",
        currency=currency,
        customer_uid=customer_uid,
        usage="issue" if customer_uid else None,
        is_escrow=flag(params, "escrow"),
    )


def _amount(params: Fields, currency: str) -> int:
    """Read the amount: a number, never text; whole won."""
    amount = params.get("amount")
    if amount is None:
        raise RefusedError(Why.PARAMETER_MISSING, "amount")
    if isinstance(amount, bool) or not isinstance(amount, (int, float)):
        raise RefusedError(Why.AMOUNT_NOT_INTEGER)
    minor = amount * (1 if currency == "KRW" else 100)
    # Dollars have cents, which no float holds exactly.
    if amount != amount or not 0 <= minor < 10**15 or abs(minor - round(minor)) > 1e-6:  # noqa: PLR0124, PLR2004 - NaN; a million of a cent
        raise RefusedError(Why.AMOUNT_NOT_INTEGER)
    return round(minor)


def _compare_prepared(shop: Shop, merchant_uid: str, minor: int, currency: str) -> None:
    prepared = shop.prepared.get(merchant_uid)
    if prepared is None:
        return
    wanted = (prepared["amount"], prepared["currency"] or currency)
    if wanted != (records.as_sent(minor, currency), currency):
        asked = records.as_sent(minor, currency)
        raise RefusedError(Why.AMOUNT_NOT_PREPARED, prepared["amount"], asked)


def _due_s(params: Fields, at_s: int) -> int | None:
    """Read until when a virtual account takes money; a day means its last second."""
    given = text(params, "vbank_due")
    if given is None:
        return None
    form = _DUE_FORMS.get(len(given))
    if form is None or not re.fullmatch(r"[\d: -]+", given):
        raise RefusedError(Why.PARAMETER_BAD, "vbank_due")
    try:
        due = datetime.strptime(given, form).replace(tzinfo=_KST)
    except ValueError:
        raise RefusedError(Why.PARAMETER_BAD, "vbank_due") from None
    due_s = int(due.timestamp()) + (86_399 if "%H" not in form else 0)
    if due_s <= at_s:
        raise RefusedError(Why.PARAMETER_BAD, "vbank_due")
    return due_s


def _pay_by_card(shop: Shop, record: Record, params: Fields, card: Fields, *, at_s: int) -> Record:
    number = needed(card, "card_number")
    found = cards.find(number)
    fault = cards.fault_of(
        number,
        expiry=card.get("expiry"),
        birth=card.get("birth"),
        password=card.get("pwd_2digit"),
        at_s=at_s,
    )
    if fault:
        return till.decline(shop, record, fault, at_s=at_s)
    quota = till.quota_of(card, amount=record["amount"])
    try:
        paid = till.charge(shop, record, found, at_s=at_s, quota=quota)
    except RefusedError:
        # The PG does not answer; the shopper's window is gone all the same.
        del shop.windows[record["imp_uid"]]
        raise
    if paid["customer_uid"] is not None and paid["status"] == "paid":
        owner = _owner(params)
        channel = gateways.choose(
            gateways.BILLING, at_s, pg=f"{paid['pg_provider']}.{paid['pg_id']}"
        )
        shop.keys.issue(paid["customer_uid"], found, channel, owner=owner, at_s=at_s)
    return paid


def _owner(params: Fields) -> Record:
    """Keep the buyer as the key's customer (V1 OpenAPI, onetime)."""
    names = {name: name.replace("customer_", "buyer_") for name in OWNER_LENGTHS}
    return {name: text(params, buyer, most=OWNER_LENGTHS[name]) for name, buyer in names.items()}


def _pay_by_phone(shop: Shop, record: Record, phone: str | None, *, at_s: int) -> Record:
    if phone is None or not re.fullmatch(r"01\d{8,9}", phone.replace("-", "")):
        raise RefusedError(Why.PARAMETER_BAD, "phone")
    return till.approve(shop, record, at_s=at_s)


def _pay_by_bank(
    shop: Shop, record: Record, params: Fields, bank: str | None, *, at_s: int
) -> Record:
    if bank not in codes.BANKS:
        raise RefusedError(Why.BANK_UNKNOWN)
    if record["pay_method"] == "vbank":
        account: dict[str, object] = {"vbank_code": bank}
        due_s = _due_s(params, at_s)
        dated = account if due_s is None else account | {"vbank_date": due_s}
        return till.issue_account(shop, record, dated, at_s=at_s)
    paid = till.approve(shop, record, at_s=at_s)
    paid.update(bank_code=bank, bank_name=codes.BANKS[bank])
    receipt = mapping(params.get("cash_receipt"))
    paid["cash_receipt_issued"] = bool(receipt)
    till.put(shop, paid)
    return paid
