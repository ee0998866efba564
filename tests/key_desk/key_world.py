"""A subscription business as frames, and what an audit found in it held against what was planted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from jtnet_recon.client.frames import to_frame
from jtnet_recon.client.rows import to_table
from jtnet_recon.tables import BILLING_KEYS, CONTRACTS, PAYMENTS, SCHEDULES, conform

if TYPE_CHECKING:
    from jtnet_recon.sandbox import Sandbox

SECRET = b"a secret of the tests alone"
HEADINGS = {
    "고객번호": "customer",
    "빌링키": "customer_uid",
    "요금제": "plan",
    "월 요금": "price",
    "통화": "currency",
    "요금 적용일": "price_from",
    "결제일": "billing_day",
    "계약 시작일": "starts_on",
    "계약 종료일": "ends_on",
}


def contracts_of(sandbox: Sandbox) -> pd.DataFrame:
    """Give the merchant's list, from the business itself."""
    rows = [
        (m.person, m.uid, t.plan, t.price, "KRW", t.from_on, m.billing_day, m.starts_on, m.ends_on)
        for m in sandbox._business.contracts
        for t in m.terms
    ]
    return conform(pd.DataFrame(rows, columns=list(HEADINGS.values()), dtype="object"), CONTRACTS)


def frames_of(sandbox: Sandbox) -> dict[str, pd.DataFrame]:
    """Give what a client would read, from the sandbox's own records: no server is asked."""
    shop = sandbox._shop
    keys = [{**key.record, "state": "registered"} for key in shop.keys._keys.values()]
    keys += [{**record, "state": "super"} for record in shop.keys.supers.values()]
    there = {key["customer_uid"] for key in keys}
    schedules = list(shop.book.entries.values())
    payments = sandbox.payments
    named = {member.uid for member in sandbox._business.contracts}
    named |= {row["customer_uid"] for row in (*payments, *schedules) if row["customer_uid"]}
    keys += [{"customer_uid": uid, "state": "unknown"} for uid in sorted(named - there)]
    return {
        "payments": to_frame(to_table(payments, PAYMENTS), PAYMENTS),
        "keys": to_frame(to_table(keys, BILLING_KEYS), BILLING_KEYS),
        "schedules": to_frame(to_table(schedules, SCHEDULES), SCHEDULES),
    }


def planted_in(sandbox: Sandbox) -> list[tuple[str, str, str]]:
    """List (code, key, payment or order) of every planted break."""
    answers = sandbox.key_answers.to_dict("records")
    return sorted((row["code"], row["customer_uid"], _about(row)) for row in answers)


def found_in(
    breaks: pd.DataFrame, planted: list[tuple[str, str, str]]
) -> list[tuple[str, str, str]]:
    """List the same of every break found; what a planted one leaves open is not compared."""
    wanted = set(planted)
    found = []
    for row in breaks.to_dict("records"):
        code, uid = row["code"], row["customer_uid"]
        ids = [row[name] for name in ("imp_uid", "merchant_uid") if isinstance(row[name], str)]
        same = [(code, uid, one) for one in (*ids, "") if (code, uid, one) in wanted]
        found.append(same[0] if same else (code, uid, *ids[:1]))
    return sorted(found)


def _about(row: dict[str, Any]) -> str:
    ids = [row[name] for name in ("imp_uid", "merchant_uid") if isinstance(row[name], str)]
    return ids[0] if ids else ""
