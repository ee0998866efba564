"""What can be asked for at once: one function an operation, which checks and sends nothing.

Amounts are whole minor units (KRW: won). Further fields of the V1 document, such as
``buyer_name`` or ``custom_data``, are keywords; one that the document does not know is refused.
"""

from __future__ import annotations

from typing import Any, Literal

from jtnet_recon.client.operations.card_input import CardInput, no_card, number_as_id
from jtnet_recon.client.operations.fields import (
    ALL,
    Request,
    amount_of,
    currency_of,
    customer_of,
    is_all,
    named,
    options_of,
    order_id,
    order_of,
    text_of,
    yes_or_no,
)
from jtnet_recon.money import DEFAULT_CURRENCY


def issue_key(
    customer_uid: str, card: CardInput, *, replace: bool = False, **options: str
) -> Request:
    """Register a card as a billing key (빌링키 발급).

    Parameters
    ----------
    customer_uid : str
        The merchant's own name for the card.
    card : CardInput
        The card.
    replace : bool, default False
        Whether a key of that name may be replaced: earlier payments then belong to another card.
    **options : str
        ``customer_name``, ``pg`` and others of the document.

    Returns
    -------
    Request
        For ``Operations.plan``.
    """
    if not isinstance(card, CardInput):
        del card  # whoever shows the locals of this frame would show it
        raise no_card()
    if card.is_in(customer_uid):
        del customer_uid
        raise number_as_id()
    facts = {"customer_uid": customer_of(customer_uid), "replace": yes_or_no("replace", replace)}
    return Request("issue_key", facts, options_of("issue_key", options), card)


def delete_key(customer_uid: str, *, reason: str) -> Request:
    """Delete a billing key for ever (빌링키 삭제).

    Parameters
    ----------
    customer_uid : str
        The key.
    reason : str
        Kept by the API.

    Returns
    -------
    Request
        For ``Operations.plan``; refused there while a scheduled payment waits for the key.
    """
    return Request(
        "delete_key",
        {"customer_uid": customer_of(customer_uid)},
        {"reason": text_of("reason", reason)},
    )


def again(
    customer_uid: str,
    merchant_uid: str,
    amount: int,
    *,
    name: str | None = None,
    currency: str = DEFAULT_CURRENCY,
    **options: str | int,
) -> Request:
    """Charge a billing key (빌링키 결제).

    Parameters
    ----------
    customer_uid : str
        The key.
    merchant_uid : str
        A new order id.
    amount : int
        Minor units (KRW: won), above 0.
    name : str, optional
        What is sold. The document demands it, the guide's own command leaves it out.
    currency : str, default "KRW"
        ISO 4217 code.
    **options : str or int
        ``buyer_name``, ``card_quota`` and others of the document.

    Returns
    -------
    Request
        For ``Operations.plan``.
    """
    facts = {"customer_uid": customer_of(customer_uid), **order_of(merchant_uid, amount, currency)}
    return Request("again", facts, {**named(name), **options_of("again", options)})


def onetime(  # noqa: PLR0913 - the document's fields
    merchant_uid: str,
    amount: int,
    card: CardInput,
    *,
    customer_uid: str | None = None,
    name: str | None = None,
    currency: str = DEFAULT_CURRENCY,
    **options: str | int,
) -> Request:
    """Charge a card once; with ``customer_uid`` it is kept as a billing key, too (키인 결제).

    Parameters
    ----------
    merchant_uid : str
        A new order id.
    amount : int
        Minor units (KRW: won), above 0.
    card : CardInput
        The card.
    customer_uid : str, optional
        Keep the card under this name, which must be new.
    name : str, optional
        What is sold.
    currency : str, default "KRW"
        ISO 4217 code.
    **options : str or int
        ``buyer_name``, ``card_quota``, ``pg`` and others of the document.

    Returns
    -------
    Request
        For ``Operations.plan``.
    """
    if not isinstance(card, CardInput):
        del card  # whoever shows the locals of this frame would show it
        raise no_card()
    if card.is_in(merchant_uid, customer_uid):
        del merchant_uid, customer_uid
        raise number_as_id()
    facts = order_of(merchant_uid, amount, currency)
    if customer_uid is not None:
        facts["customer_uid"] = customer_of(customer_uid)
    return Request("onetime", facts, {**named(name), **options_of("onetime", options)}, card)


def cancel(
    imp_uid: str,
    amount: int | Literal["ALL"],
    *,
    reason: str,
    checksum: int | None = None,
    currency: str = DEFAULT_CURRENCY,
    **options: str | int | bool,
) -> Request:
    """Give money back, in part or in full (결제 취소).

    Parameters
    ----------
    imp_uid : str
        The payment; by order id: ``cancel_order``.
    amount : int or "ALL"
        Minor units (KRW: won), above 0; ``"ALL"`` is what is left. There is no default: the API
        takes a missing amount, and 0, as all.
    reason : str
        Kept in the payment's cancel history.
    checksum : int, optional
        What you believe is left to cancel, in minor units; another number refuses the plan. What
        is left when the plan is made is always sent, so that a repeat cannot refund twice.
    currency : str, default "KRW"
        Of the payment.
    **options : str, int or bool
        ``refund_holder``, ``refund_bank``, ``refund_account`` of a virtual account and others.

    Returns
    -------
    Request
        For ``Operations.plan``.
    """
    ids = {"imp_uid": text_of("imp_uid", imp_uid)}
    facts = _refund_of(ids, amount, checksum=checksum, currency=currency)
    return Request("cancel", facts, _words_of(reason, options))


def cancel_order(
    merchant_uid: str,
    amount: int | Literal["ALL"],
    *,
    reason: str,
    checksum: int | None = None,
    currency: str = DEFAULT_CURRENCY,
    **options: str | int | bool,
) -> Request:
    """Give money back, in part or in full, of the payment of an order (주문번호로 결제 취소).

    The operation is ``cancel``. The plan names the payment, and it is the payment that is sent: an
    order id may name several, and which one the API would take then is not documented.

    Parameters
    ----------
    merchant_uid : str
        The order. Where more than one of its payments was paid, the plan is refused: name the
        one with ``cancel``.
    amount : int or "ALL"
        As of ``cancel``.
    reason : str
        Kept in the payment's cancel history.
    checksum : int, optional
        As of ``cancel``.
    currency : str, default "KRW"
        Of the payment.
    **options : str, int or bool
        As of ``cancel``.

    Returns
    -------
    Request
        For ``Operations.plan``.
    """
    ids = {"merchant_uid": order_id(merchant_uid)}
    facts = _refund_of(ids, amount, checksum=checksum, currency=currency)
    return Request("cancel", facts, _words_of(reason, options))


def _refund_of(
    ids: dict[str, str], amount: int | Literal["ALL"], *, checksum: int | None, currency: str
) -> dict[str, Any]:
    """Check what is to be given back."""
    wanted = ALL if is_all(amount) else amount_of("amount", amount)
    facts: dict[str, Any] = {**ids, "amount": wanted, "currency": currency_of(currency)}
    if checksum is not None:
        facts["checksum"] = amount_of("checksum", checksum)
    return facts


def _words_of(reason: str, options: dict[str, str | int | bool]) -> dict[str, Any]:
    """Check what goes along with it."""
    return {"reason": text_of("reason", reason), **options_of("cancel", options)}


def prepare(
    merchant_uid: str, amount: int, *, currency: str = DEFAULT_CURRENCY, change: bool = False
) -> Request:
    """Fix the amount that the payment window may take for an order (결제금액 사전등록).

    Parameters
    ----------
    merchant_uid : str
        Order id.
    amount : int
        Minor units (KRW: won), above 0.
    currency : str, default "KRW"
        ISO 4217 code.
    change : bool, default False
        Whether an amount that is fixed already is changed.

    Returns
    -------
    Request
        For ``Operations.plan``.
    """
    name = "change_prepared" if yes_or_no("change", change) else "prepare"
    return Request(name, order_of(merchant_uid, amount, currency))
