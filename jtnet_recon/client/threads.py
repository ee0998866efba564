"""Several calls at once; the first that fails for good stops the others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jtnet_recon.client.retry import Tally

Item = TypeVar("Item")
Result = TypeVar("Result")

THREADS = 8
"""More connections gained nothing in measurements, and the API's limits are not known."""


def side_by_side(
    read: Callable[[Item], Result], items: Sequence[Item], tally: Tally
) -> list[Result]:
    """Apply a reading function to items, several at once.

    Parameters
    ----------
    read : callable
        Reads one.
    items : sequence
        What to read.
    tally : Tally
        Carries the word to stop.

    Returns
    -------
    list
        Results in the order of the items.
    """
    if len(items) <= 1:
        return [read(item) for item in items]
    pool = ThreadPoolExecutor(min(THREADS, len(items)), thread_name_prefix="jtnet-read")
    try:
        return list(pool.map(read, items))
    except BaseException:  # an interrupt, too: nothing goes on behind the user's back
        tally.stop()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
