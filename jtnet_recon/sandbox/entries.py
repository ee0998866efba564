"""Writes the month's journal of movements: a line a sale, a line a refund, amounts without sign.

It is the same world as the ledger of orders, booked by another accountant, with breaks of its
own: one line is changed for each, and what nobody changed agrees with the PG.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from jtnet_recon.sandbox import vocabulary as words
from jtnet_recon.sandbox.books import Answer
from jtnet_recon.sandbox.kst import DAY_S, date_of, second_of_day
from jtnet_recon.sandbox.records import in_minor, is_of_test_shop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jtnet_recon.sandbox.kst import Month
    from jtnet_recon.sandbox.records import Record

_EDGE_DAYS = 5
_BAND_S = 540


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal; the amount in minor units of ``currency``, never negative."""

    booked_on: date | None
    merchant_uid: str | None
    kind: str
    amount: int
    currency: str
    method: str
    name: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Movement:
    """An approval or a cancel at the PG, and the line that books it."""

    record: Record
    at_s: int
    entry: Entry


@dataclass(slots=True)
class _Journal:
    """The lines of each movement, what may still be changed, and what was planted."""

    rng: random.Random
    lines: dict[int, list[Entry]]
    sales: list[_Movement]
    refunds: list[_Movement]
    answers: list[Answer] = field(default_factory=list)

    def take(self, pool: list[_Movement], fits: Callable[[_Movement], bool]) -> _Movement | None:
        """Take a movement that fits out of the pool; a small month may have none left."""
        fitting = [movement for movement in pool if fits(movement)]
        if not fitting:
            return None
        chosen = self.rng.choice(fitting)
        pool.remove(chosen)
        return chosen

    def book(self, movement: _Movement, *lines: Entry) -> None:
        """Book a movement in these lines instead."""
        self.lines[id(movement)] = list(lines)

    def note(self, code: str, entry: Entry, what: str, *, difference: int, risk: int) -> None:
        """Note the break."""
        self.answers.append(
            Answer(code, entry.merchant_uid, entry.currency, difference, risk, what)
        )


def journal_of(
    rows: Iterable[Record], month: Month, *, seed: str, times: int
) -> tuple[list[Entry], list[Answer]]:
    """Book the movements of a month line by line, and plant each break ``times`` times."""
    movements = [
        movement for movement in _movements(rows) if month.start_s <= movement.at_s <= month.end_s
    ]
    alone = _alone(movements)
    journal = _Journal(
        random.Random(f"journal-{seed}"),
        lines={id(movement): [movement.entry] for movement in movements},
        sales=[movement for movement in alone if movement.entry.kind == words.SALE],
        refunds=[movement for movement in alone if movement.entry.kind == words.REFUND],
    )
    for plant in PLANTS:
        for _ in range(times):
            plant(journal, month)
    _note_lost_histories(journal, rows, month)
    lines = [entry for made in journal.lines.values() for entry in made]
    return sorted(lines, key=_place), journal.answers


def _movements(rows: Iterable[Record]) -> list[_Movement]:
    """List what every payment moved, but for those of the PG's test shop."""
    return [
        movement
        for record in rows
        if record["paid_at"] and record["amount"] and not is_of_test_shop(record)
        for movement in (
            _movement(record, record["paid_at"], record["amount"], words.SALE),
            *(
                _movement(record, entry["cancelled_at"], entry["amount"], words.REFUND)
                for entry in record["cancel_history"]
            ),
        )
    ]


def _movement(record: Record, at_s: int, sent: float, kind: str) -> _Movement:
    is_billing = record["user_agent"] == words.API_AGENT
    entry = Entry(
        booked_on=date_of(at_s),
        merchant_uid=record["merchant_uid"],
        kind=kind,
        amount=in_minor(sent, record["currency"]),
        currency=record["currency"],
        method=words.METHOD_LABELS["billing" if is_billing else record["pay_method"]],
        name=record["name"],
    )
    return _Movement(record, at_s, entry)


def _alone(movements: list[_Movement]) -> list[_Movement]:
    """Choose the plain movements of the month: alone under their order and kind, in round won."""
    of_order: dict[tuple[str, str], list[_Movement]] = defaultdict(list)
    kinds: dict[str, set[str]] = defaultdict(set)
    for movement in movements:
        entry = movement.entry
        of_order[str(entry.merchant_uid), entry.kind].append(movement)
        kinds[str(entry.merchant_uid)].add(entry.kind)
    return [
        found[0]
        for (uid, kind), found in of_order.items()
        if len(found) == 1
        and (kind == words.REFUND or len(kinds[uid]) == 1)
        and found[0].entry.currency == "KRW"
        and found[0].entry.amount % 100 == 0
        and not _gap(found[0].record)
    ]


def _gap(record: Record) -> int:
    """Tell what the cancel history does not explain, in minor units."""
    currency = record["currency"]
    told = sum(in_minor(entry["amount"], currency) for entry in record["cancel_history"])
    return in_minor(record["cancel_amount"], currency) - told


def _note_lost_histories(journal: _Journal, rows: Iterable[Record], month: Month) -> None:
    """Note the cancels that the PG's own history lacks; nobody could book them."""
    for record in rows:
        gap = _gap(record) if record["paid_at"] else 0
        if gap and month.start_s <= record["cancelled_at"] <= month.end_s:
            entry = _movement(record, record["cancelled_at"], 0, words.REFUND).entry
            what = "the cancel history lacks an entry, so no line books it"
            journal.note("C06", entry, what, difference=gap, risk=gap)


def _place(entry: Entry) -> tuple[bool, date, str, str, int]:
    """Sort the journal: won first, then by day; what has no day stands last."""
    day = entry.booked_on or date.max
    return entry.currency != "KRW", day, entry.merchant_uid or "", entry.kind, entry.amount


def _is_plain(movement: _Movement) -> bool:
    """Far from midnight and from the ends of the month, and no virtual account."""
    far = _BAND_S * 2 < second_of_day(movement.at_s) < DAY_S - _BAND_S * 2
    day = date_of(movement.at_s).day
    return far and _EDGE_DAYS < day <= 28 - _EDGE_DAYS and not _is_account(movement)


def _is_account(movement: _Movement) -> bool:
    return bool(movement.record["pay_method"] == "vbank")


def _any(_: _Movement) -> bool:
    return True


def _missing(journal: _Journal, _: Month) -> None:
    if movement := journal.take(journal.sales, _is_plain):
        journal.book(movement)
        amount = movement.entry.amount
        what = "a sale without a line"
        journal.note("P01", movement.entry, what, difference=-amount, risk=amount)


def _missing_deposit(journal: _Journal, _: Month) -> None:
    if movement := journal.take(journal.sales, _is_account):
        journal.book(movement)
        amount = movement.entry.amount
        what = "a deposit without a line"
        journal.note("V01", movement.entry, what, difference=-amount, risk=amount)


def _invented(journal: _Journal, _: Month) -> None:
    if movement := journal.take(journal.sales, _is_plain):
        uid, amount = f"수기-{movement.entry.merchant_uid}", _odd(journal, movement.entry.amount)
        extra = replace(movement.entry, merchant_uid=uid, amount=amount, note="수기 전표")
        journal.book(movement, movement.entry, extra)
        journal.note("P02", extra, "a sale the PG does not know", difference=amount, risk=amount)


def _wrong_amount(journal: _Journal, _: Month) -> None:
    if movement := journal.take(journal.sales, _is_plain):
        bit = journal.rng.choice((-1_000, -500, 500, 1_000))
        journal.book(movement, replace(movement.entry, amount=movement.entry.amount + bit))
        what = f"a sale booked {bit:+,}"
        journal.note("P03", movement.entry, what, difference=bit, risk=abs(bit))


def _twice(journal: _Journal, _: Month) -> None:
    if movement := journal.take(journal.sales, _is_plain):
        journal.book(movement, movement.entry, movement.entry)
        amount = movement.entry.amount
        journal.note("P09", movement.entry, "a sale booked twice", difference=amount, risk=amount)


def _next_day(journal: _Journal, month: Month) -> None:
    def is_late(movement: _Movement) -> bool:
        is_last = movement.at_s > month.end_s - DAY_S
        return not is_last and second_of_day(movement.at_s) >= DAY_S - _BAND_S

    if movement := journal.take(journal.sales, is_late):
        later = date_of(movement.at_s) + timedelta(days=1)
        journal.book(movement, replace(movement.entry, booked_on=later))
        what = "a sale of the last minutes of a day, booked on the next"
        journal.note("P12", movement.entry, what, difference=0, risk=0)


def _wrong_day(journal: _Journal, _: Month) -> None:
    if movement := journal.take(journal.sales, _is_plain):
        days = journal.rng.choice((-4, -3, -2, 2, 3, 4))
        wrong_on = date_of(movement.at_s) + timedelta(days=days)
        journal.book(movement, replace(movement.entry, booked_on=wrong_on))
        what, amount = f"a sale booked {days:+d} days", movement.entry.amount
        journal.note("P13", movement.entry, what, difference=0, risk=amount)


def _missing_refund(journal: _Journal, _: Month) -> None:
    if movement := journal.take(journal.refunds, _any):
        journal.book(movement)
        amount = movement.entry.amount
        what = "a cancel without a line"
        journal.note("C01", movement.entry, what, difference=amount, risk=amount)


def _invented_refund(journal: _Journal, _: Month) -> None:
    if movement := journal.take(journal.sales, _is_plain):
        amount = _odd(journal, movement.entry.amount // 200 * 100)
        refund = replace(movement.entry, kind=words.REFUND, amount=amount)
        journal.book(movement, movement.entry, refund)
        what = "a refund the PG never made"
        journal.note("C02", refund, what, difference=-amount, risk=amount)


def _wrong_refund(journal: _Journal, _: Month) -> None:
    if movement := journal.take(journal.refunds, _any):
        journal.book(movement, replace(movement.entry, amount=movement.entry.amount + 500))
        what = "a refund booked 500 too high"
        journal.note("C03", movement.entry, what, difference=-500, risk=500)


def _without_id(journal: _Journal, _: Month) -> None:
    if movement := journal.take(journal.sales, _is_plain):
        amount = _odd(journal, movement.entry.amount)
        extra = replace(movement.entry, merchant_uid=None, amount=amount, note="주문번호 확인 필요")
        journal.book(movement, movement.entry, extra)
        what = "a sale without an order id"
        journal.note("X05", extra, what, difference=amount, risk=amount)


def _without_day(journal: _Journal, _: Month) -> None:
    if movement := journal.take(journal.sales, _is_plain):
        journal.book(movement, replace(movement.entry, booked_on=None))
        what, amount = "a sale without a day", movement.entry.amount
        journal.note("X05", movement.entry, what, difference=0, risk=amount)


def _odd(journal: _Journal, amount: int) -> int:
    """Make an amount that no movement has, so that nothing looks like its other half."""
    return amount + 1 + 2 * int(journal.rng.random() * 49)


PLANTS = (
    _missing, _missing_deposit, _invented, _wrong_amount, _twice, _next_day, _wrong_day,
    _missing_refund, _invented_refund, _wrong_refund, _without_id, _without_day,
)  # fmt: skip
