"""Each code of billing keys and schedules on the smallest business that shows it, and next to it.

A case writes its rows under a key of its own and tells what has to be found there: code, what it
names (an order id, a payment's id, or nothing), difference and money at risk. All cases are audited
at once, so each also shows that it disturbs no other. They stand in ``audit_cases_*.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit_world import World

Found = list[tuple[str, str | None, int, int]]
CASES: dict[str, Callable[[World, str], Found]] = {}


def case(name: str) -> Any:
    """Take a case up under its name, which is its key too."""

    def keep(function: Callable[[World, str], Found]) -> Callable[[World, str], Found]:
        assert name not in CASES
        CASES[name] = function
        return function

    return keep


def usual(world: World, uid: str, **contract: Any) -> None:
    """Sign the usual contract on a key that is registered."""
    world.contract(uid, **contract)
    world.key(uid)
