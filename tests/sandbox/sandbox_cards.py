"""The cards of the sandbox, and what tests often do with them."""

from __future__ import annotations

SEED_CARD = {
    "card_number": "1234-1234-1234-1234",
    "expiry": "2025-12",
    "birth": "820213",
    "pwd_2digit": "00",
}
SCHEDULE = "/subscribe/payments/schedule"
GOOD = {**SEED_CARD, "card_number": "4242-4242-4242-4242", "expiry": "2030-01"}


def odd(number, **changes):
    """Give one of the cards that fail in a way of their own."""
    return {**GOOD, "card_number": f"0000-0000-0000-000{number}", **changes}


def issue(api, uid="gildong_0001_1234", card=None, **fields):
    """Register a card and give its record."""
    answer = api.post(f"/subscribe/customers/{uid}", **(card or GOOD), **fields)
    assert answer.code == 0, answer.message
    return answer.response


def charge(api, merchant_uid, amount=3000, uid="gildong_0001_1234", **fields):
    """Charge a billing key and give the payment."""
    answer = api.post(
        "/subscribe/payments/again",
        customer_uid=uid,
        merchant_uid=merchant_uid,
        amount=amount,
        **fields,
    )
    assert answer.code == 0, answer.message
    return answer.response


def book(api, *orders, at_s=None, uid="gildong_0001_1234", amount=9_900, **fields):
    """Book orders, the first in a day unless said, each a minute after the one before."""
    at_s = api.sandbox.now_s + 86_400 if at_s is None else at_s
    schedules = [
        {"merchant_uid": order, "schedule_at": at_s + 60 * n, "amount": amount, "name": "구독"}
        for n, order in enumerate(orders)
    ]
    return api.post(SCHEDULE, customer_uid=uid, schedules=schedules, **fields)


def entry_of(api, order):
    return api.get(f"{SCHEDULE}/{order}").response


def refusal(answer):
    """Give what a refusal consists of."""
    assert answer.response is None
    return answer.status, answer.code, answer.message
