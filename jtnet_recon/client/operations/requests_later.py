"""What can be asked for now and happens later: schedules, and virtual accounts.

As :mod:`jtnet_recon.client.operations.requests`: each function checks and sends nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from jtnet_recon.client.operations.card_input import CardInput, no_card, number_as_id
from jtnet_recon.client.operations.fields import (
    ALL,
    Request,
    amount_of,
    customer_of,
    entry_of,
    instant_of,
    is_all,
    options_of,
    order_id,
    order_of,
    refused,
    text_of,
)
from jtnet_recon.money import DEFAULT_CURRENCY

if TYPE_CHECKING:
    from datetime import datetime


def schedule(
    customer_uid: str,
    entries: Iterable[Mapping[str, Any]],
    *,
    card: CardInput | None = None,
    **options: str,
) -> Request:
    """Book charges on a billing key for later (결제 예약).

    Parameters
    ----------
    customer_uid : str
        The key.
    entries : iterable of mapping
        Each with ``merchant_uid``, ``schedule_at`` (an aware datetime), ``amount`` (minor units)
        and ``name``; further ``currency``, ``custom_data``, ``buyer_…``.
    card : CardInput, optional
        Registers the key on the way, if there is none.
    **options : str
        ``customer_id``, ``channel_key``.

    Returns
    -------
    Request
        For ``Operations.plan``.
    """
    if not isinstance(card, CardInput | None):
        del card  # whoever shows the locals of this frame would show it
        raise no_card()
    read = [entry_of(entry) for entry in _listed(entries)]
    if not read:
        raise refused(message="schedule needs at least one entry.")
    uids = [facts["merchant_uid"] for facts, _ in read]
    if card is not None and card.is_in(customer_uid, *uids):
        del customer_uid, entries, read, uids
        raise number_as_id()
    if len(set(uids)) < len(uids):
        raise refused(message="schedule: an order id stands twice.")
    facts = {"customer_uid": customer_of(customer_uid), "entries": [one for one, _ in read]}
    body = {"further": [rest for _, rest in read], **options_of("schedule", options)}
    return Request("schedule", facts, body, card)


def _listed(given: object) -> list[Any]:
    """List what was given, one thing or several; nothing at all is nothing."""
    is_one = isinstance(given, str | Mapping) or not isinstance(given, Iterable)
    return ([] if given is None else [given]) if is_one else list(given)  # type: ignore[call-overload]  # is_one tells


def unschedule(customer_uid: str, merchant_uids: Iterable[str] | Literal["ALL"]) -> Request:
    """Revoke charges that are booked for later (예약 취소).

    Parameters
    ----------
    customer_uid : str
        The key.
    merchant_uids : iterable of str, or "ALL"
        Order ids of the schedules; ``"ALL"`` is every one that waits for this key. There is no
        default: the API takes a missing list as all.

    Returns
    -------
    Request
        For ``Operations.plan``.
    """
    facts: dict[str, Any] = {"customer_uid": customer_of(customer_uid), "merchant_uids": ALL}
    if not is_all(merchant_uids):
        given = _listed(merchant_uids)
        if not given:
            raise refused(message='unschedule needs order ids, or the word "ALL".')
        facts["merchant_uids"] = [order_id(uid) for uid in dict.fromkeys(given)]
    return Request("unschedule", facts)


def move_schedule(merchant_uid: str, schedule_at: datetime) -> Request:
    """Give a charge that waits another time (예약시각 수정).

    Parameters
    ----------
    merchant_uid : str
        Order id of the schedule.
    schedule_at : datetime
        Aware.

    Returns
    -------
    Request
        For ``Operations.plan``.
    """
    facts = {
        "merchant_uid": order_id(merchant_uid),
        "schedule_at": instant_of("schedule_at", schedule_at),
    }
    return Request("move_schedule", facts)


def reschedule(merchant_uid: str, schedule_at: datetime) -> Request:
    """Book anew a charge that failed or was revoked (재예약).

    Parameters
    ----------
    merchant_uid : str
        Order id of the schedule.
    schedule_at : datetime
        Aware.

    Returns
    -------
    Request
        For ``Operations.plan``.
    """
    facts = {
        "merchant_uid": order_id(merchant_uid),
        "schedule_at": instant_of("schedule_at", schedule_at),
    }
    return Request("reschedule", facts)


def retry(merchant_uid: str) -> Request:
    """Charge at once what was booked and failed or was revoked (재시도).

    Parameters
    ----------
    merchant_uid : str
        Order id of the schedule.

    Returns
    -------
    Request
        For ``Operations.plan``.
    """
    return Request("retry", {"merchant_uid": order_id(merchant_uid)})


def issue_vbank(  # noqa: PLR0913 - the document's fields
    merchant_uid: str,
    amount: int,
    *,
    vbank_code: str,
    vbank_due: datetime,
    vbank_holder: str,
    channel_key: str | None = None,
    **options: str | int,
) -> Request:
    """Issue a virtual account that waits for a deposit (가상계좌 발급).

    Parameters
    ----------
    merchant_uid : str
        Order id; nothing may have been paid under it.
    amount : int
        Won, above 0.
    vbank_code : str
        The bank, such as ``"088"``.
    vbank_due : datetime
        Until when; aware.
    vbank_holder : str
        Name that the depositor sees.
    channel_key : str, optional
        The PG setting; the document demands it.
    **options : str or int
        ``buyer_name``, ``name`` and others of the document.

    Returns
    -------
    Request
        For ``Operations.plan``. JTNet was never on the list of PGs for it, NICE is.
    """
    order = order_of(merchant_uid, amount, DEFAULT_CURRENCY)
    facts = {**order, "vbank_due": instant_of("vbank_due", vbank_due)}
    body = {
        "vbank_code": text_of("vbank_code", vbank_code),
        "vbank_holder": text_of("vbank_holder", vbank_holder),
        **({} if channel_key is None else {"channel_key": channel_key}),
        **options_of("issue_vbank", options),
    }
    return Request("issue_vbank", facts, body)


def change_vbank(
    imp_uid: str, *, amount: int | None = None, vbank_due: datetime | None = None
) -> Request:
    """Change what a virtual account waits for, or until when (가상계좌 수정).

    Parameters
    ----------
    imp_uid : str
        The payment.
    amount : int, optional
        Won, above 0.
    vbank_due : datetime, optional
        Aware.

    Returns
    -------
    Request
        For ``Operations.plan``.
    """
    if amount is None and vbank_due is None:
        raise refused(message="change_vbank changes nothing: give amount=, vbank_due= or both.")
    facts: dict[str, Any] = {"imp_uid": text_of("imp_uid", imp_uid), "currency": DEFAULT_CURRENCY}
    facts |= {} if amount is None else {"amount": amount_of("amount", amount)}
    facts |= {} if vbank_due is None else {"vbank_due": instant_of("vbank_due", vbank_due)}
    return Request("change_vbank", facts)


def revoke_vbank(imp_uid: str) -> Request:
    """Revoke a virtual account that waits (가상계좌 말소).

    Parameters
    ----------
    imp_uid : str
        The payment.

    Returns
    -------
    Request
        For ``Operations.plan``.
    """
    return Request("revoke_vbank", {"imp_uid": text_of("imp_uid", imp_uid)})
