"""Billing keys by id: every id that is asked for is a row, and the row says what was found."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jtnet_recon.client.certificate import iso_kst
from jtnet_recon.client.endpoints import Call, can_be_asked
from jtnet_recon.client.frames import to_frame
from jtnet_recon.client.lookup import (
    IDS_A_CALL,
    about_another,
    folded,
    read_batches,
    says_unknown,
)
from jtnet_recon.client.pages import checked_records
from jtnet_recon.client.pull import unread_fields
from jtnet_recon.client.retry import Tally
from jtnet_recon.client.rows import to_table
from jtnet_recon.columns_reads import BILLING_KEYS
from jtnet_recon.errors import ApiCodeError, ApiStatusError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from jtnet_recon.client.lists import Record
    from jtnet_recon.client.pull import Source

_PARAMETER = "customer_uid[]"
# Ids are up to 80 letters, in Korean 720 characters of an address; servers stop at 8,000.
_ADDRESS_MAX = 6_000
# What a list of ids is refused with: the ids are then asked for one by one.
_REFUSED = (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.REQUEST_URI_TOO_LONG)
_OF_A_CHANNEL = (
    "pg_provider pg_id card_name card_code card_issuer_code card_issuer_name card_publisher_code "
    "card_publisher_name card_number card_type inserted updated".split()
)


def read_billing_keys(source: Source, ids: list[str]) -> pd.DataFrame:
    """Read billing keys, a hundred a call and several calls at once.

    Parameters
    ----------
    source : Source
        Where from.
    ids : list of str
        Each once.

    Returns
    -------
    DataFrame, shape (number of ids, m), table BILLING_KEYS
        In the order of the ids.
    """
    tally = Tally()
    batches = list(_batches([uid for uid in ids if can_be_asked(uid)]))
    results = read_batches(source, "billing keys", batches, partial(_read, source), tally)
    found = {uid: record for result in results for uid, record in result.items()}
    return _frame(source, ids, found, tally)


def read_billing_key(source: Source, uid: str) -> pd.DataFrame:
    """Read one billing key, at its own address.

    Parameters
    ----------
    source : Source
        Where from.
    uid : str
        The id.

    Returns
    -------
    DataFrame, shape (1, m), table BILLING_KEYS
        As of :func:`read_billing_keys`.
    """
    tally = Tally()
    record = _read_one(source, uid, tally) if can_be_asked(uid) else None
    return _frame(source, [uid], {} if record is None else {uid: record}, tally)


def _frame(source: Source, ids: list[str], found: dict[str, Record], tally: Tally) -> pd.DataFrame:
    """Make a row of every id, and say what was found of what was asked."""
    not_asked = [uid for uid in ids if not can_be_asked(uid)]
    blank = {uid: {"customer_uid": uid, "state": "unknown"} for uid in ids}
    blank |= {uid: {"customer_uid": uid, "state": "not_asked"} for uid in not_asked}
    rows = [found.get(uid, blank[uid]) for uid in ids]
    table = to_table(rows, BILLING_KEYS)
    keys = to_frame(table, BILLING_KEYS)
    keys.attrs["lookup"] = {
        "by": "customer_uid",
        "asked": len(ids),
        "found": len(found),
        "missing": [uid for uid in ids if uid not in found],
        "not_asked": not_asked,
        "unread": unread_fields(table),
        "tier": source.tier,
        "requests": tally["requests"],
        "retries": tally.retries,
        "read_at": iso_kst(source.session.tokens.server_now_s()),
    }
    return keys


def _batches(ids: list[str]) -> Iterator[list[str]]:
    """Cut ids into what one address can hold."""
    batch, length = list[str](), 0
    for uid in ids:
        own = len(_PARAMETER) + len(quote(uid, safe="")) + 2
        if batch and (len(batch) == IDS_A_CALL or length + own > _ADDRESS_MAX):
            yield batch
            batch, length = [], 0
        batch.append(uid)
        length += own
    if batch:
        yield batch


def _read(source: Source, ids: list[str], tally: Tally) -> dict[str, Record]:
    """Read many at once, then each that did not come by itself: a list may leave some out."""
    call = Call("GET", "/subscribe/customers", query=tuple((_PARAMETER, uid) for uid in ids))
    found: dict[str, Record] = {}
    try:
        records = checked_records(source.session.get(call, tally) or [], call)
    except (ApiStatusError, ApiCodeError) as error:
        if isinstance(error, ApiStatusError) and error.status not in _REFUSED:
            raise
    else:
        wanted = {folded(uid) for uid in ids}
        for record in records:
            if folded(_uid(record)) not in wanted:
                raise about_another(call, "customer_uid")
        # Only what is spelled as asked: the rest may be a namesake, which asking it alone tells.
        found = {_uid(record): _row(_uid(record), record) for record in records}
        found = {uid: found[uid] for uid in ids if uid in found}
    for uid in ids:
        if uid not in found and (record_alone := _read_one(source, uid, tally)) is not None:
            found[uid] = record_alone
    return found


def _read_one(source: Source, uid: str, tally: Tally) -> Record | None:
    """Read one key; None if the server knows none of this name."""
    call = Call("GET", "/subscribe/customers/{customer_uid}", {"customer_uid": uid})
    try:
        response = source.session.get(call, tally)
    except (ApiStatusError, ApiCodeError) as error:
        if says_unknown(error):
            return None
        raise
    if response is None:
        return None
    (record,) = checked_records([response], call)
    if folded(_uid(record)) != folded(uid):
        raise about_another(call, "customer_uid")
    return _row(uid, record)


def _uid(record: Record) -> str:
    return str(record.get("customer_uid"))


def _row(uid: str, record: Record) -> Record:
    """Name a record as it was asked for, and say which kind of key it is.

    Source: i'mport V1 OpenAPI, GET /subscribe/customers/{customer_uid}: a super key has another
    shape on the same address.
    """
    named = {"customer_uid": uid}
    if _uid(record) != uid:
        named["customer_uid_registered"] = _uid(record)
    if "channelGroupId" not in record and "succeededChannels" not in record:
        return {**record, **named, "state": "registered"}
    return {**_agreed(record), **record, **named, "state": "super"}


def _agreed(record: Record) -> dict[str, Any]:
    """Give what all channels of a super key say alike; where they differ, nothing is chosen."""
    channels = record.get("succeededChannels")
    if not isinstance(channels, list) or not all(isinstance(part, dict) for part in channels):
        return {}
    agreed: dict[str, Any] = {}
    for name in _OF_A_CHANNEL:
        values = [part.get(name) for part in channels]
        if values and all(value == values[0] for value in values):
            agreed[name] = values[0]
    return agreed
