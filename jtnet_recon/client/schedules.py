"""Scheduled payments: by period, by billing key, by order id."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal, get_args

from jtnet_recon.client.certificate import iso_kst
from jtnet_recon.client.endpoints import Call
from jtnet_recon.client.frames import to_frame
from jtnet_recon.client.lists import Listed, read_list
from jtnet_recon.client.lookup import about_another, folded, read_batches, says_unknown
from jtnet_recon.client.pages import checked_records
from jtnet_recon.client.progress import Progress
from jtnet_recon.client.pull import unread_fields
from jtnet_recon.client.retry import Tally
from jtnet_recon.client.rows import to_table
from jtnet_recon.client.walk import PAGE_ROWS
from jtnet_recon.columns_reads import SCHEDULES
from jtnet_recon.errors import ApiCodeError, ApiStatusError, ConfigError

if TYPE_CHECKING:
    import pandas as pd

    from jtnet_recon.client.lists import Record
    from jtnet_recon.client.pull import Source
    from jtnet_recon.client.session import Session
    from jtnet_recon.period import Period, Window

ScheduleStatus = Literal["scheduled", "executed", "revoked"]

SPAN_DAYS_MAX = 89
"""The shortest three months in a row. Source: i'mport V1 OpenAPI: three months at most."""

_ALL = "/subscribe/payments/schedule"
_OF_A_KEY = "/subscribe/customers/{customer_uid}/schedules"
_OF_AN_ORDER = "/subscribe/payments/schedule/{merchant_uid}"
# The document names the same three things differently on its two lists, and clients mix them up.
_NAMES = {
    _ALL: ("schedule_from", "schedule_to", "schedule_status"),
    _OF_A_KEY: ("from", "to", "schedule-status"),
}


@dataclass(slots=True)
class _Read:
    """What was read, window by window."""

    records: list[Record] = field(default_factory=list)
    unstable: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was asked for."""

    by: str
    ids: list[str] | None = None
    missing: list[str] = field(default_factory=list)
    period: Period | None = None
    status: ScheduleStatus | None = None

    def to_dict(self) -> dict[str, Any]:
        said: dict[str, Any] = {"by": self.by, "status": self.status}
        said["period"] = None if self.period is None else str(self.period)
        if self.ids is None:
            return said
        found = len(self.ids) - len(self.missing)
        return said | {"asked": len(self.ids), "found": found, "missing": self.missing}


def check_status(status: str | None) -> None:
    """Refuse a status that no schedule has.

    Parameters
    ----------
    status : str or None
        ``scheduled``, ``executed`` or ``revoked``; None is all.

    Raises
    ------
    ConfigError
        If it is another word.
    """
    if status is not None and status not in get_args(ScheduleStatus):
        message = f"status={status!r} is no status of a schedule."
        raise ConfigError(
            message,
            hint="Use scheduled, executed, revoked, or leave it out.",
            hint_ko="scheduled, executed, revoked 중 하나를 쓰거나 생략하세요.",
        )


def by_period(source: Source, period: Period, status: ScheduleStatus | None) -> pd.DataFrame:
    """Read the schedules of all billing keys that are planned for a period."""
    tally, found = Tally(), _Read()
    with Progress(is_shown=source.progress, title=f"schedules {period}", unit="rows") as progress:
        for window in _windows(period):
            query = (("limit", str(PAGE_ROWS)), ("sorting", "scheduled"))
            listed = _list(source.session, Call("GET", _ALL, {}, query), window, status, tally)
            progress.expect(len(listed.records))
            progress.arrived(len(listed.records))
            _take(found, listed, iso_kst(window.start_s))
    asked = _Asked("period", period=period, status=status)
    return _frame(source, found, asked, tally)


def by_customer_uid(
    source: Source, ids: list[str], period: Period, status: ScheduleStatus | None
) -> pd.DataFrame:
    """Read the schedules of some billing keys that are planned for a period."""
    tally = Tally()
    read = partial(_of_a_key, source.session, period=period, status=status)
    title = "schedules by customer_uid"
    results = read_batches(source, title, [[uid] for uid in ids], read, tally)
    found = _Read()
    for result in results:
        found.records += result.records
        found.unstable += result.unstable
    missing = [uid for uid, result in zip(ids, results, strict=True) if not result.records]
    return _frame(source, found, _Asked("customer_uid", ids, missing, period, status), tally)


def by_merchant_uid(source: Source, ids: list[str]) -> pd.DataFrame:
    """Read the schedules of some orders, whenever they are planned."""
    tally = Tally()
    read = partial(_of_an_order, source.session)
    title = "schedules by merchant_uid"
    results = read_batches(source, title, [[uid] for uid in ids], read, tally)
    missing = [uid for uid, record in zip(ids, results, strict=True) if record is None]
    found = _Read([record for record in results if record is not None])
    return _frame(source, found, _Asked("merchant_uid", ids, missing), tally)


def _windows(period: Period) -> list[Window]:
    """Cut a period into windows that the lists take: the end is not part of them.

    Source: i'mport V1 OpenAPI, ``schedule_from`` <= time < ``schedule_to``.
    """
    return period.windows(period.end_s + 1, days_max=SPAN_DAYS_MAX)


def _of_a_key(
    session: Session,
    batch: list[str],
    tally: Tally,
    *,
    period: Period,
    status: ScheduleStatus | None,
) -> _Read:
    """Read all windows of one billing key; a key that the server does not know has none."""
    found, (uid,) = _Read(), batch
    call = Call("GET", _OF_A_KEY, {"customer_uid": uid})
    for window in _windows(period):
        try:
            listed = _list(session, call, window, status, tally)
        except (ApiStatusError, ApiCodeError) as error:
            if says_unknown(error):
                continue
            raise
        seen = {str(record.get("customer_uid")) for record in listed.records}
        if any(folded(other) != folded(uid) for other in seen):
            raise about_another(call, "customer_uid")
        _take(found, listed, uid)
    return found


def _of_an_order(session: Session, batch: list[str], tally: Tally) -> Record | None:
    """Read one schedule; None if the server knows none."""
    (uid,) = batch
    call = Call("GET", _OF_AN_ORDER, {"merchant_uid": uid})
    try:
        (record,) = checked_records([session.get(call, tally)], call)
    except (ApiStatusError, ApiCodeError) as error:
        if says_unknown(error):
            return None
        raise
    if folded(str(record.get("merchant_uid"))) != folded(uid):
        raise about_another(call, "merchant_uid")
    return record


def _list(
    session: Session, call: Call, window: Window, status: ScheduleStatus | None, tally: Tally
) -> Listed:
    """Read a list under the document's spelling, or under the other one if it is refused."""

    def spelled(names: tuple[str, str, str]) -> Call:
        values = (str(window.start_s), str(window.end_s), status)
        query = [(n, v) for n, v in zip(names, values, strict=True) if v is not None]
        return Call(call.method, call.template, call.ids, (*call.query, *query))

    other = _NAMES[_OF_A_KEY if call.template == _ALL else _ALL]
    try:
        return read_list(session, spelled(_NAMES[call.template]), "merchant_uid", tally)
    except ApiStatusError as error:
        if error.status != HTTPStatus.BAD_REQUEST:
            raise
        refused = error
    try:
        return read_list(session, spelled(other), "merchant_uid", tally)
    except ApiStatusError:
        raise refused from None


def _take(found: _Read, listed: Listed, name: str) -> None:
    """Add what was read, and note if it kept changing."""
    found.records += listed.records
    if not listed.is_proven:
        found.unstable.append(name)


def _frame(source: Source, found: _Read, asked: _Asked, tally: Tally) -> pd.DataFrame:
    """Make the frame, one row an order id, and say how it was read."""
    records, moved = _newest(found.records)
    table = to_table(records, SCHEDULES)
    unread = unread_fields(table)
    schedules = to_frame(table, SCHEDULES)
    if asked.period is not None:
        # A server that does not know a parameter's spelling may send more than was asked for.
        planned = schedules["schedule_at"]
        schedules = schedules[asked.period.contains(planned) | planned.isna()]
    if asked.status is not None:
        schedules = schedules[schedules["schedule_status"] == asked.status]
    schedules = schedules.sort_values(["schedule_at", "merchant_uid"], ignore_index=True)
    is_stable = not found.unstable and not moved
    schedules.attrs["lookup"] = asked.to_dict() | {
        "verdict": "INCOMPLETE" if unread else "COMPLETE" if is_stable else "UNSTABLE",
        "schedules": len(schedules),
        "unstable": found.unstable,
        "moved": moved,
        "unread": unread,
        "tier": source.tier,
        "requests": tally["requests"],
        "retries": tally.retries,
        "read_at": iso_kst(source.session.tokens.server_now_s()),
    }
    return schedules


def _newest(records: list[Record]) -> tuple[list[Record], list[str]]:
    """Keep of each order id what was seen last, and name those that were seen to change.

    Source: i'mport V1 OpenAPI: an order id is used for one schedule only.
    """
    kept: dict[Any, Record] = {}
    moved: set[str] = set()
    for position, record in enumerate(records):
        uid = record.get("merchant_uid")
        name = position if uid is None else str(uid)
        if kept.get(name, record) != record:
            moved.add(str(uid))
        kept[name] = record
    return list(kept.values()), sorted(moved)
