"""What the API shows of an operation's target: ids, states and amounts, nothing personal.

The same reading is made when a plan is made, just before it is sent, and to find out how an
unclear call ended. What comes back is JSON, for the journal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from jtnet_recon.client.endpoints import Call
from jtnet_recon.client.envelope import shape_error
from jtnet_recon.client.lists import read_list
from jtnet_recon.client.lookup import says_unknown
from jtnet_recon.client.retry import Tally
from jtnet_recon.client.rows import minor_units
from jtnet_recon.client.schedules import SPAN_DAYS_MAX
from jtnet_recon.errors import ApiCodeError, ApiStatusError
from jtnet_recon.period import DAY_S

if TYPE_CHECKING:
    from collections.abc import Callable

    from jtnet_recon.client.session import Session

    Seen = dict[str, Any]

T = TypeVar("T")

_LIMIT = "1000"
# Schedules are looked for from three months back to a year ahead.
_WINDOW_S = SPAN_DAYS_MAX * DAY_S
_WINDOWS = range(-1, 5)


def attempts(session: Session, merchant_uid: str) -> list[Seen]:
    """Read every payment of an order, oldest start first."""
    query = (("limit", _LIMIT), ("sorting", "started"))
    call = Call(
        "GET", "/payments/findAll/{merchant_uid}", {"merchant_uid": merchant_uid}, query=query
    )
    found = _found(session, call)
    if isinstance(found, dict) and found.get("next"):
        what = f"the order has more than {_LIMIT} payments."
        raise shape_error(what, call)
    return [] if found is None else [_payment(row, call) for row in _rows(found, call)]


def payment(session: Session, imp_uid: str) -> Seen | None:
    """Read one payment, of a test channel too."""
    query = (("include_sandbox", "true"),)
    call = Call("GET", "/payments/{imp_uid}", {"imp_uid": imp_uid}, query)
    found = _found(session, call)
    return None if found is None else _payment(found, call)


def key(session: Session, customer_uid: str) -> Seen | None:
    """Read a billing key; never its card's number."""
    call = Call("GET", "/subscribe/customers/{customer_uid}", {"customer_uid": customer_uid})
    found = _found(session, call)
    if found is None:
        return None
    return {name: _record(found, call).get(name) for name in ("card_name", "inserted", "updated")}


def entry(session: Session, merchant_uid: str) -> Seen | None:
    """Read one scheduled charge."""
    template = "/subscribe/payments/schedule/{merchant_uid}"
    call = Call("GET", template, {"merchant_uid": merchant_uid})
    found = _found(session, call)
    if found is None:
        return None
    row = _record(found, call)
    names = ("customer_uid", "schedule_at", "schedule_status", "payment_status", "currency")
    return {name: row.get(name) for name in names} | {"amount": _amount(row, "amount", call)}


def waiting(session: Session, customer_uid: str) -> list[str]:
    """List the order ids whose charge on a billing key still waits, up to a year ahead."""
    now_s = session.tokens.server_now_s()
    found = []
    for number in _WINDOWS:
        start_s = now_s + number * _WINDOW_S
        found += _waiting_in(session, customer_uid, start_s, start_s + _WINDOW_S)
    return sorted(dict.fromkeys(found))


def prepared(session: Session, merchant_uid: str) -> Seen | None:
    """Read the amount that is fixed for an order."""
    call = Call("GET", "/payments/prepare/{merchant_uid}", {"merchant_uid": merchant_uid})
    found = _found(session, call)
    if found is None:
        return None
    row = _record(found, call)
    currency = row.get("currency") or "KRW"
    return {"amount": _amount({**row, "currency": currency}, "amount", call), "currency": currency}


def _waiting_in(session: Session, customer_uid: str, start_s: int, end_s: int) -> list[str]:
    """Read one window, until two walks agree."""
    query = {"from": start_s, "to": end_s, "schedule-status": "scheduled"}
    call = Call(
        "GET",
        "/subscribe/customers/{customer_uid}/schedules",
        {"customer_uid": customer_uid},
        tuple((name, str(value)) for name, value in query.items()),
    )
    listed = _unless_unknown(lambda: read_list(session, call, "merchant_uid", Tally()))
    if listed is None:
        return []
    if not listed.is_proven:
        what = "the list of schedules kept changing while it was read."
        raise shape_error(what, call)
    # Only what waits is asked for; a server that ignores the parameter sends the rest, too.
    rows = [row for row in listed.records if row.get("schedule_status") == "scheduled"]
    return [str(row.get("merchant_uid")) for row in rows]


def _found(session: Session, call: Call) -> Any:
    """Read; None if there is none."""
    return _unless_unknown(lambda: session.get(call))


def _unless_unknown(read: Callable[[], T]) -> T | None:
    try:
        return read()
    except (ApiStatusError, ApiCodeError) as error:
        if not says_unknown(error):
            raise
    return None


def _payment(row: Any, call: Call) -> Seen:
    """Keep of a payment what tells how an operation ended."""
    record = _record(row, call)
    names = ("imp_uid", "merchant_uid", "status", "currency", "customer_uid")
    history = record.get("cancel_history") or []
    return {name: record.get(name) for name in names} | {
        "amount": _amount(record, "amount", call),
        "cancel_amount": _amount({"cancel_amount": 0, **record}, "cancel_amount", call),
        "cancels": len(history),
        "is_account": bool(record.get("vbank_num")),
        "vbank_date": _instant(record.get("vbank_date"), call),
    }


def _rows(answer: Any, call: Call) -> list[dict[str, Any]]:
    rows = answer.get("list") if isinstance(answer, dict) else answer
    if not isinstance(rows, list):
        what = "the answer holds no list."
        raise shape_error(what, call)
    return [_record(row, call) for row in rows]


def _record(answer: Any, call: Call) -> dict[str, Any]:
    if not isinstance(answer, dict):
        what = "the answer holds no record."
        raise shape_error(what, call)
    return answer


def _instant(value: Any, call: Call) -> int:
    """Read unix seconds; the API writes "never" as 0."""
    if not isinstance(value, int | None) or isinstance(value, bool):
        what = "the answer's vbank_date is no instant."
        raise shape_error(what, call)
    return value or 0


def _amount(record: dict[str, Any], name: str, call: Call) -> int:
    try:
        return minor_units(record.get(name), record.get("currency"))
    except ValueError:
        what = f"the answer's {name} is no amount."
    raise shape_error(what, call)
