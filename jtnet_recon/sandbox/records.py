"""Makes payment records as `GET /payments/{imp_uid}` shows them.

Every function takes and returns one record, a plain dict in the API's field order; a
record belongs to its maker alone, so it is changed in place. Amounts come in as minor
units and are written as the API writes them (19.99 for USD, 33000 for KRW).
Source: V1 OpenAPI, PaymentAnnotation; public JTNet records of 2017-2022.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jtnet_recon.sandbox import vocabulary as words
from jtnet_recon.sandbox.desk import MOVE_S, chance, imp_uid, phone_of
from jtnet_recon.sandbox.kst import DAY_S, compact, date_of, midnight

if TYPE_CHECKING:
    from jtnet_recon.sandbox.desk import Basket, Customer, Desk, Source

Record = dict[str, Any]

# In the API's order; a list here is shared by all records and never changed in place.
BLANK: Record = {
    "imp_uid": None, "merchant_uid": None, "pay_method": None, "channel": None,
    "pg_provider": None, "emb_pg_provider": None, "pg_tid": None, "pg_id": None,
    "sandbox": False, "escrow": False, "apply_num": None, "bank_code": None,
    "bank_name": None, "card_code": None, "card_name": None, "card_issuer_code": None,
    "card_issuer_name": None, "card_publisher_code": None, "card_publisher_name": None,
    "card_quota": 0, "card_number": None, "card_type": None, "vbank_code": None,
    "vbank_name": None, "vbank_num": None, "vbank_holder": None, "vbank_date": 0,
    "vbank_issued_at": 0, "name": None, "amount": 0, "cancel_amount": 0, "currency": "KRW",
    "buyer_name": None, "buyer_email": None, "buyer_tel": None, "buyer_addr": None,
    "buyer_postcode": None, "custom_data": None, "user_agent": None, "status": "ready",
    "started_at": 0, "paid_at": 0, "failed_at": 0, "cancelled_at": 0, "fail_reason": None,
    "cancel_reason": None, "receipt_url": None, "cancel_history": [], "deposit_history": [],
    "cancel_receipt_urls": [], "cash_receipt_issued": False, "customer_uid": None,
    "customer_uid_usage": None, "promotion": None,
}  # fmt: skip
# Absent from a real JTNet record of 2017.
LEGACY_GAPS = (
    "channel", "emb_pg_provider", "pg_id", "sandbox", "card_issuer_code", "card_issuer_name",
    "card_publisher_code", "card_publisher_name", "card_number", "card_type",
    "vbank_issued_at", "started_at", "deposit_history", "customer_uid",
    "customer_uid_usage", "promotion",
)  # fmt: skip
# pg_provider, then the MID of the payment window, of billing keys, of tests.
JTNET = ("jtnet", "shopjt001m", "shopjt002m", "tpaytest0m")
NICE = ("nice", "IMP00001am", "IMP00002am", "nictest04m")
# Korean cards take instalments from 50,000 won on.
INSTALMENT_FROM = 50_000
_METHOD_CODES = {"card": "01", "trans": "02", "vbank": "03", "phone": "05"}
_RECEIPTS = {
    "jtnet": "https://www.tpay.co.kr/issue/ChkIssueLoader.jsp?TID={}&type=0",
    "nice": "https://npg.nicepay.co.kr/issue/IssueLoader.do?TID={}&type=0",
}


def gateway(at_s: int) -> tuple[str, str, str, str]:
    """Tell which PG took payments at that instant."""
    return JTNET if at_s < MOVE_S else NICE


def as_sent(minor: int, currency: str) -> float:
    """Write minor units the way the API does."""
    return minor if currency == "KRW" else minor / 100


def in_minor(sent: float, currency: str) -> int:
    """Read what `as_sent` wrote."""
    return int(sent) if currency == "KRW" else round(sent * 100)


def open_window(desk: Desk, basket: Basket, started_s: int, *, method: str = "card") -> Record:
    """Open the payment window: a ``ready`` row in which nothing is decided yet."""
    provider, mid, _, _ = gateway(started_s)
    on_phone = chance(desk, 0.45)
    return _shared(desk, basket) | {
        "imp_uid": imp_uid(desk, started_s),
        "pay_method": method,
        "channel": "mobile" if on_phone else "pc",
        "pg_provider": provider,
        "pg_id": mid,
        "user_agent": desk.rng.choice(words.PHONES if on_phone else words.BROWSERS),
        "started_at": started_s,
    }


def charge_key(desk: Desk, basket: Basket, started_s: int, *, customer: Customer) -> Record:
    """Start a charge on a billing key, which the API makes without any window."""
    provider, _, mid, _ = gateway(started_s)
    scheduled = chance(desk, 0.7)
    return _shared(desk, basket) | {
        "imp_uid": imp_uid(desk, started_s, by_api=True),
        "pay_method": "card",
        "channel": "api",
        "pg_provider": provider,
        "pg_id": mid,
        "user_agent": words.API_AGENT,
        "started_at": started_s,
        "customer_uid": customer.uid,
        "customer_uid_usage": "payment.scheduled" if scheduled else "payment",
    }


def register_card(desk: Desk, basket: Basket, started_s: int, *, customer: Customer) -> Record:
    """Open the window that registers a card; an amount above 0 is charged as well."""
    return open_window(desk, basket, started_s) | {
        "pg_id": gateway(started_s)[2],
        "customer_uid": customer.uid,
        "customer_uid_usage": "issue",
        "card_code": customer.card[0],
        "card_name": customer.card[1],
    }


def as_test(record: Record, *, flagged: bool) -> Record:
    """Move the payment to the PG's test shop; only JTNet's is known by its name alone."""
    provider, _, _, test_mid = gateway(record["started_at"])
    is_flagged = flagged or provider != "jtnet"
    return record | {"pg_id": test_mid, "sandbox": is_flagged, "name": "테스트 결제"}


def is_of_test_shop(record: Record) -> bool:
    """Tell a payment of the PG's test shop."""
    return record.get("pg_id") in (JTNET[3], NICE[3])


def approve(desk: Source, record: Record, paid_s: int) -> Record:
    """Let the PG approve the payment at ``paid_s``."""
    record.update(status="paid", paid_at=paid_s)
    if record["amount"] == 0:
        record["apply_num"] = ""
        return record
    method = record["pay_method"]
    if method != "vbank":
        record["pg_tid"] = pg_tid(desk, record, paid_s)
    if method == "card":
        record.update(_card_fields(desk, record))
    elif method == "trans":
        code, name = desk.rng.choice(words.BANKS)
        receipt = chance(desk, 0.4)
        record.update(bank_code=code, bank_name=name, apply_num="", cash_receipt_issued=receipt)
    elif method == "phone":
        record["apply_num"] = ""
    if method != "phone":
        record["receipt_url"] = _receipt_url(record)
    return record


def issue_account(desk: Source, record: Record, issued_s: int) -> Record:
    """Issue a virtual account that waits three days for its deposit."""
    code, name = desk.rng.choice(words.BANKS)
    last_day = midnight(date_of(issued_s)) + 4 * DAY_S - 1
    record.update(
        pg_tid=pg_tid(desk, record, issued_s),
        vbank_code=code,
        vbank_name=name,
        vbank_num=f"{56_000_000_000_000 + int(desk.rng.random() * 10**12)}",
        vbank_holder="샘플상점",
        vbank_date=last_day,
        vbank_issued_at=issued_s,
    )
    return record


def fail(desk: Source, record: Record, failed_s: int) -> Record:
    """Let the card company refuse."""
    reason = desk.rng.choice(words.FAIL_REASONS)
    record.update(status="failed", failed_at=failed_s, fail_reason=reason)
    return record


def cancel(
    desk: Source, record: Record, at_s: int, *, minor: int, reason: str | None = None
) -> Record:
    """Cancel ``minor`` units: the status turns at the first cancel, ``amount`` stays."""
    currency, history = record["currency"], record["cancel_history"]
    done = sum(in_minor(entry["amount"], currency) for entry in history)
    entry = {
        "pg_tid": record["pg_tid"],
        "amount": as_sent(minor, currency),
        "cancelled_at": at_s,
        "reason": desk.rng.choice(words.CANCEL_REASONS) if reason is None else reason,
        "cancellation_id": f"cancellation-{at_s:x}-{len(history) + 1}",
        "receipt_url": record["receipt_url"],
    }
    if history and record["pg_tid"] is not None:
        entry["pg_tid"] = pg_tid(desk, record, at_s)
    record.update(
        status="cancelled",
        cancel_amount=as_sent(done + minor, currency),
        cancelled_at=at_s,
        cancel_reason=entry["reason"],
        cancel_history=[*history, entry],
    )
    if entry["receipt_url"] is not None:
        record["cancel_receipt_urls"] = [*record["cancel_receipt_urls"], entry["receipt_url"]]
    return record


def without_legacy_fields(record: Record) -> Record:
    """Take away what records of the first years do not have."""
    kept = {name: value for name, value in record.items() if name not in LEGACY_GAPS}
    kept["cancel_history"] = [
        {name: value for name, value in entry.items() if name != "cancellation_id"}
        for entry in record["cancel_history"]
    ]
    return kept


def pg_tid(desk: Source, record: Record, at_s: int) -> str:
    """MID (10), method (2), medium (2), Korean time (12), sequence (4)."""
    # Old records name neither MID nor channel; the transaction they have does.
    mid = record.get("pg_id") or record["pg_tid"][:10]
    medium = "24" if record["user_agent"] == words.API_AGENT else "01"
    sequence = next(desk.tid_numbers) % 10_000
    method = _METHOD_CODES[record["pay_method"]]
    return f"{mid}{method}{medium}{compact(at_s)}{sequence:04d}"


def _shared(desk: Desk, basket: Basket) -> Record:
    buyer = basket.buyer
    record = BLANK.copy()
    record.update(
        merchant_uid=basket.merchant_uid,
        name=basket.name,
        amount=as_sent(basket.amount, basket.currency),
        currency=basket.currency,
        buyer_name=buyer.name,
        buyer_email=f"buyer{buyer.number:05d}@example.com" if chance(desk, 0.7) else None,
        buyer_tel=phone_of(buyer),
        buyer_addr="서울시 없는구 가상로 1" if chance(desk, 0.4) else None,
        custom_data='{"from":"web"}' if chance(desk, 0.2) else None,
    )
    if record["buyer_addr"] is not None:
        record["buyer_postcode"] = "04000"
    return record


def _card_fields(desk: Source, record: Record) -> Record:
    rng = desk.rng
    code, name = record["card_code"], record["card_name"]
    if code is None:
        code, name = rng.choice(words.CARDS)
    small = chance(desk, 0.2)
    fields: Record = {
        "apply_num": f"{int(rng.random() * (10**7 if small else 10**8)):08d}",
        "card_code": code,
        "card_name": name,
    }
    if chance(desk, 0.5):
        fields |= {"card_issuer_code": code, "card_issuer_name": name}
        fields |= {"card_publisher_code": code, "card_publisher_name": name}
    if record["amount"] >= INSTALMENT_FROM and chance(desk, 0.4):
        fields["card_quota"] = rng.choice((2, 3, 6, 12))
    if chance(desk, 0.3):
        fields["card_number"] = (
            f"5272{int(rng.random() * 100):02d}******{rng.randrange(10_000):04d}"
        )
    # JTNet never says whether a card is credit (0) or check (1).
    if record["pg_provider"] == "nice":
        fields["card_type"] = int(chance(desk, 0.3))
    return fields


def _receipt_url(record: Record) -> str:
    return _RECEIPTS[record["pg_provider"]].format(record["pg_tid"])
