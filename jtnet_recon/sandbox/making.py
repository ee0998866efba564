"""Makes the one account of a sandbox: a shop of orders, or a business of subscriptions."""

from __future__ import annotations

from typing import TypeVar

from jtnet_recon.sandbox.kst import parse_month
from jtnet_recon.sandbox.subscriptions import Business, make_business
from jtnet_recon.sandbox.world import World, make_world

ORDERS = 600
Kind = TypeVar("Kind", World, Business)


def make(
    period: object, *, seed: int, orders: int | None, subscriptions: int | None
) -> World | Business:
    """Make the account; always the same one."""
    month = parse_month(period)
    if subscriptions is None:
        return make_world(month, seed=seed, orders=ORDERS if orders is None else orders)
    if orders is not None:
        message = "Sandbox: one account, one business; give orders or subscriptions"
        raise ValueError(message)
    return make_business(month, seed=seed, subscriptions=subscriptions)


def needed(made: World | Business, kind: type[Kind], what: str) -> Kind:
    """Take the account as what it has to be for this question."""
    if not isinstance(made, kind):
        message = f"Sandbox: it has {what}"
        raise RuntimeError(message)  # noqa: TRY004 - the sandbox is the right one, made otherwise
    return made
