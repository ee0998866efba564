"""Answers the requests under `/subscribe`: billing keys, charges on them, schedules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jtnet_recon.sandbox import charging, schedules
from jtnet_recon.sandbox.account import LIMIT_DEFAULT, number, page, text
from jtnet_recon.sandbox.kst import DAY_S
from jtnet_recon.sandbox.refusals import RefusedError, Why
from jtnet_recon.sandbox.replies import Reply, failure, success
from jtnet_recon.sandbox.schedule_book import STATUSES
from jtnet_recon.sandbox.shelf import as_json

if TYPE_CHECKING:
    from jtnet_recon.sandbox.account import Account, Call, Routes
    from jtnet_recon.sandbox.records import Record

KEYS_MAX = 100
# "Three months"; the longest three months have 92 days.
SPAN_MAX_S = 92 * DAY_S
INSTANT_MAX_S = 10**11


def _customers(account: Account, call: Call) -> Reply:
    """Give the keys that were found; HTTP 207 says that some were not."""
    asked = list(dict.fromkeys(call.query.get("customer_uid[]", ())))
    if not asked:
        raise RefusedError(Why.PARAMETER_MISSING, "customer_uid[]")
    if len(asked) > KEYS_MAX:
        raise RefusedError(Why.PARAMETER_BAD, "customer_uid[]")
    found = [key.record for uid in asked if (key := account.shop.keys.get(uid)) is not None]
    if not found:
        raise RefusedError(Why.CUSTOMERS_UNKNOWN)
    return success(as_json(found), status=200 if len(found) == len(asked) else 207)


def _customer(account: Account, call: Call) -> Reply:
    keys, uid = account.shop.keys, call.segments[2]
    key = keys.get(uid)
    # A list of keys has no place for one of a channel group, which is read by itself alone.
    found = keys.supers.get(uid) if key is None else key.record
    return _no_customer(account, call) if found is None else success(as_json(found))


def _issue(account: Account, call: Call) -> Reply:
    return success(as_json(charging.issue_key(account.shop, call.segments[2], call.form)))


def _delete(account: Account, call: Call) -> Reply:
    found = account.shop.keys.delete(call.segments[2])
    return _no_customer(account, call) if found is None else success(as_json(found))


def _no_customer(account: Account, call: Call) -> Reply:
    """Say that the billing key is not known: as the live API was seen to, or as documented."""
    error = RefusedError(Why.CUSTOMER_UNKNOWN, call.segments[2])
    if account.strict_openapi:
        return failure(404, error.message)
    return failure(error.status, error.message, code=error.code)


def _payments_of_customer(account: Account, call: Call) -> Reply:
    """List the charges on a billing key, twenty a page, newest first (order is ours)."""
    uid, shelf = call.segments[2], account.shelf
    found = shelf.sorted(shelf.by_customer_uid.get(uid, ()), "-started")
    if not found and account.strict_openapi and account.shop.keys.get(uid) is None:
        return _no_customer(account, call)
    return page(call, found, shelf.bodies.__getitem__, limit=LIMIT_DEFAULT)


def _schedules_of_customer(account: Account, call: Call) -> Reply:
    """List the schedules of a billing key, twenty a page, newest first."""
    uid = call.segments[2] if call.segments[1] == "customers" else call.segments[4]
    found = _window(account, call, ("from", "schedule_from"), ("to", "schedule_to"), uid)
    return _schedule_page(account, call, found[::-1], limit=LIMIT_DEFAULT)


def _schedules(account: Account, call: Call) -> Reply:
    found = _window(account, call, ("schedule_from", "from"), ("schedule_to", "to"), None)
    is_ascending = text(call, "sorting") == "scheduled"
    return _schedule_page(account, call, found if is_ascending else found[::-1])


def _window(
    account: Account,
    call: Call,
    from_names: tuple[str, str],
    to_names: tuple[str, str],
    customer_uid: str | None,
) -> list[Record]:
    """Find the schedules of a window; `from` is inside it, `to` is not."""
    from_s, to_s = (_instant(call, names) for names in (from_names, to_names))
    # Both spellings of the parameter are sent by public clients.
    status = text(call, "schedule-status") or text(call, "schedule_status") or None
    if from_s > to_s or to_s - from_s > SPAN_MAX_S:
        raise RefusedError(Why.PARAMETER_BAD, to_names[0])
    if status not in (None, *STATUSES):
        raise RefusedError(Why.PARAMETER_BAD, "schedule_status")
    return account.shop.book.window(from_s, to_s, status=status, customer_uid=customer_uid)


def _instant(call: Call, names: tuple[str, str]) -> int:
    """Read unix seconds under the documented name, or under the other call's."""
    name = next((name for name in names if text(call, name)), names[0])
    return number(call, name, least=0, most=INSTANT_MAX_S)


def _schedule_page(
    account: Account, call: Call, found: list[Record], *, limit: int | None = None
) -> Reply:
    """Send a page: with its numbers as clients know it, or bare as documented."""
    positions = range(len(found))
    return page(
        call,
        positions,
        lambda n: as_json(found[n]),
        limit=limit,
        as_list=account.strict_openapi,
    )


def _again(account: Account, call: Call) -> Reply:
    return success(as_json(charging.charge_again(account.shop, call.form)))


def _onetime(account: Account, call: Call) -> Reply:
    return success(as_json(charging.charge_once(account.shop, call.form)))


def _schedule(account: Account, call: Call) -> Reply:
    return success(as_json(schedules.book(account.shop, call.form)))


def _unschedule(account: Account, call: Call) -> Reply:
    return success(as_json(schedules.revoke(account.shop, call.form)))


def _schedule_of_order(account: Account, call: Call) -> Reply:
    return success(as_json(schedules.needed(account.shop, call.segments[3])))


def _move(account: Account, call: Call) -> Reply:
    return success(as_json(schedules.move(account.shop, call.segments[3], call.form)))


def _reschedule(account: Account, call: Call) -> Reply:
    return success(as_json(schedules.book_again(account.shop, call.segments[3], call.form)))


def _retry(account: Account, call: Call) -> Reply:
    return success(as_json(schedules.retry(account.shop, call.segments[3])))


ROUTES: Routes = {
    "subscribe/customers": {"GET": _customers},
    "subscribe/customers/{}": {"GET": _customer, "POST": _issue, "DELETE": _delete},
    "subscribe/customers/{}/payments": {"GET": _payments_of_customer},
    "subscribe/customers/{}/schedules": {"GET": _schedules_of_customer},
    "subscribe/payments/again": {"POST": _again},
    "subscribe/payments/onetime": {"POST": _onetime},
    "subscribe/payments/schedule": {"GET": _schedules, "POST": _schedule},
    "subscribe/payments/unschedule": {"POST": _unschedule},
    "subscribe/payments/schedule/customers/{}": {"GET": _schedules_of_customer},
    "subscribe/payments/schedule/{}": {"GET": _schedule_of_order, "PUT": _move},
    "subscribe/payments/schedule/{}/reschedule": {"POST": _reschedule},
    "subscribe/payments/schedule/{}/retry": {"POST": _retry},
}
