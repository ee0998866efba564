"""Keeps what is to happen at its time, and lets it happen in order when the clock gets there."""

from __future__ import annotations

import heapq
import threading
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

WAIT_MAX_S = 3600.0
# Behind it no month is known, and some day no date.
END_S = 4_102_412_400


class Agenda:
    """Dated acts of one account: schedules, late approvals, nightly voids, repeated webhooks."""

    def __init__(self, now_s: Callable[[], int], forward: Callable[[float], None]) -> None:
        self.lock = threading.RLock()
        self._changed = threading.Condition(self.lock)
        self.now_s = now_s
        self._forward = forward
        self._numbers = count()
        self._heap: list[tuple[int, int, Callable[[int], None]]] = []
        self._thread: threading.Thread | None = None
        self._is_open = False

    def add(self, at_s: int, act: Callable[[int], None]) -> None:
        """Plan ``act``, which will be given the time it was planned for."""
        with self._changed:
            heapq.heappush(self._heap, (at_s, next(self._numbers), act))
            self._changed.notify_all()

    def run_due(self) -> None:
        """Do all that is due by now, in order of time; what it plans is done too if due."""
        with self.lock:
            while self._heap and self._heap[0][0] <= self.now_s():
                at_s, _, act = heapq.heappop(self._heap)
                act(at_s)

    def advance(self, seconds: float) -> None:
        """Put the clock forward; what is due on the way happens, in order."""
        if not seconds >= 0:  # NaN is no step forward either
            message = f"Sandbox: the clock does not go back, but advance({seconds}) would"
            raise ValueError(message)
        with self._changed:
            if self.now_s() + seconds >= END_S:
                message = f"Sandbox: the clock ends with 2099; advance({seconds}) goes beyond"
                raise ValueError(message)
            self._forward(seconds)
            self.run_due()
            self._changed.notify_all()

    def set_time(self, at_s: int) -> None:
        """Put the clock to an instant that has not come yet."""
        with self.lock:
            self.advance(at_s - self.now_s())

    def start(self) -> None:
        """Watch the clock in a thread, so that things happen although nobody asks."""
        with self._changed:
            if not self._is_open:
                self._is_open = True
                self._thread = threading.Thread(
                    target=self._watch, name="jtnet-sandbox-agenda", daemon=True
                )
                self._thread.start()

    def stop(self) -> None:
        """Stop watching; what is due then waits for the next start or question."""
        with self._changed:
            self._is_open = False
            self._changed.notify_all()
            thread, self._thread = self._thread, None
        if thread is not None:
            thread.join()

    def _watch(self) -> None:
        with self._changed:
            while self._is_open:
                self.run_due()
                rest_s = self._heap[0][0] - self.now_s() if self._heap else WAIT_MAX_S
                self._changed.wait(min(max(rest_s, 0.2), WAIT_MAX_S))
