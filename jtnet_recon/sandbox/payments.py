"""Makes single payments of every kind, as building stones of orders."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jtnet_recon.sandbox import records
from jtnet_recon.sandbox import vocabulary as words
from jtnet_recon.sandbox.desk import (
    MOVE_S,
    Basket,
    basket,
    buyer,
    chance,
    charge_moment,
    moment,
    new_customer,
    order_id,
)
from jtnet_recon.sandbox.kst import DAY_S, HOUR_S, date_of, midnight, second_of_day

if TYPE_CHECKING:
    from jtnet_recon.sandbox.desk import Desk
    from jtnet_recon.sandbox.records import Record


def approved(
    desk: Desk, paid_s: int, *, method: str = "card", wanted: Basket | None = None
) -> Record:
    """Make one approved payment of the window, opened a minute or two before."""
    started_s = _opened_before(desk, paid_s)
    wanted = wanted or basket(desk, started_s)
    return records.approve(
        desk, records.open_window(desk, wanted, started_s, method=method), paid_s
    )


def waiting(desk: Desk, issued_s: int, *, wanted: Basket | None = None) -> Record:
    """Make one virtual account that nobody has paid into."""
    started_s = _opened_before(desk, issued_s)
    wanted = wanted or basket(desk, started_s)
    window = records.open_window(desk, wanted, started_s, method="vbank")
    return records.issue_account(desk, window, issued_s)


def deposited(desk: Desk, paid_s: int, *, wanted: Basket | None = None) -> Record:
    """Make one virtual account paid at ``paid_s``, issued up to three days before."""
    issued_s = paid_s - int(HOUR_S + desk.rng.random() * 69 * HOUR_S)
    if issued_s - HOUR_S < MOVE_S <= paid_s:
        issued_s = paid_s
    return records.approve(desk, waiting(desk, issued_s, wanted=wanted), paid_s)


def refused(desk: Desk, started_s: int, *, wanted: Basket | None = None) -> Record:
    """Make one failed attempt."""
    window = records.open_window(desk, wanted or basket(desk, started_s), started_s)
    return records.fail(desk, window, started_s + 5 + int(desk.rng.random() * 50))


def tested(desk: Desk, *, flagged: bool) -> Record:
    """Make one payment with the public test shop, voided the same night at 23:00-23:50."""
    started_s = moment(desk, margin_s=HOUR_S)
    if second_of_day(started_s) > 22 * HOUR_S:
        started_s -= 3 * HOUR_S
    window = records.open_window(desk, basket(desk, started_s), started_s)
    test = records.approve(desk, records.as_test(window, flagged=flagged), started_s + 40)
    night_s = midnight(date_of(started_s)) + 23 * HOUR_S
    voided_s = night_s + int(desk.rng.random() * 50 * 60)
    return records.cancel(desk, test, voided_s, minor=test["amount"])


def approved_in_dollars(desk: Desk) -> Record:
    """Make one payment in US dollars."""
    name, price = desk.rng.choice(words.PRODUCTS_USD)
    paid_s = moment(desk)
    wanted = Basket(order_id(desk, paid_s), name, price, "USD", buyer(desk))
    return approved(desk, paid_s, wanted=wanted)


def approved_by_phone(desk: Desk) -> Record:
    """Make one small payment on the phone bill."""
    name, price = desk.rng.choice(words.PHONE_PRODUCTS)
    paid_s = moment(desk)
    wanted = Basket(order_id(desk, paid_s), name, price, "KRW", buyer(desk))
    return approved(desk, paid_s, method="phone", wanted=wanted)


def charged(desk: Desk) -> Record:
    """Charge the next customer's billing key; each is charged once before any twice."""
    number = next(desk.charge_numbers)
    customer = desk.customers[number % len(desk.customers)]
    paid_s = charge_moment(desk, customer.uid)
    again = number // len(desk.customers)
    month = desk.month
    uid = f"sub-{customer.uid[5:11]}-{month.year}{month.number:02d}{f'-{again}' if again else ''}"
    name, price = words.SUBSCRIPTION
    wanted = Basket(uid, f"{name} {month.number}월", price, "KRW", customer.buyer)
    window = records.charge_key(desk, wanted, max(paid_s - 1, month.start_s), customer=customer)
    window.update(card_code=customer.card[0], card_name=customer.card[1])
    return records.approve(desk, window, paid_s)


def registered(desk: Desk, *, amount: int) -> Record:
    """Register a card, new or in place of another; JTNet charges an amount above 0 too."""
    paid_s = moment(desk)
    customer = new_customer(desk, paid_s)
    if chance(desk, 0.25):
        known = desk.rng.choice(desk.customers)
        paid_s = charge_moment(desk, known.uid)
        customer = replace(known, card=customer.card, updated_s=paid_s)
    desk.charges_of_key.setdefault(customer.uid, [paid_s])
    desk.arrivals.append(customer)
    uid = f"issue-{customer.uid[5:11]}-{next(desk.customer_numbers)}"
    wanted = Basket(uid, "카드 등록", amount, "KRW", customer.buyer)
    window = records.register_card(desk, wanted, paid_s - 45, customer=customer)
    return records.approve(desk, window, paid_s)


def cancelled(desk: Desk, record: Record, *amounts: int, days_max: int = 120) -> Record:
    """Cancel a payment once an amount, each later than the one before."""
    first_s = record["paid_at"] + 600
    last_s = min(desk.now_s - HOUR_S, record["paid_at"] + days_max * DAY_S)
    instants = sorted(int(first_s + (last_s - first_s) * desk.rng.random()) for _ in amounts)
    for amount, at_s in zip(amounts, instants, strict=True):
        records.cancel(desk, record, at_s, minor=amount)
    return record


def part_of(desk: Desk, amount: int, *, most: float = 0.9) -> int:
    """Draw a part of an amount, in whole hundreds, smaller than ``most`` of it."""
    return max(100, int(amount * (0.1 + desk.rng.random() * (most - 0.1))) // 100 * 100)


def _opened_before(desk: Desk, paid_s: int) -> int:
    started_s = paid_s - 20 - int(desk.rng.random() * 160)
    # A window opened at JTNet on the last night is not approved by NICE.
    return MOVE_S if started_s < MOVE_S <= paid_s else started_s
