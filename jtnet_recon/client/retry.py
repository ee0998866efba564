"""When a read is tried again, and how long it waits: plain functions of numbers.

Reads only: nothing here is ever used for a call that moves money.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from email.utils import parsedate_to_datetime

ATTEMPTS_MAX = 6
WAIT_FIRST_S, WAIT_MAX_S = 0.5, 30.0
ASKED_WAIT_MAX_S = 900.0
THROTTLED_WAIT_MIN_S = 1.0
BUCKET_TOKENS = 500
COST_RETRY, COST_TIMEOUT = 5, 10
SUCCESSES_A_LANE = 50

TRY_AGAIN = frozenset({408, 409, 425, 429})
"""Statuses below 500 that pass by themselves; for a read also 409."""
_GIVE_UP_5XX = 501

_SECONDS = re.compile(r"^\s*(\d{1,9})(?:\.\d*)?\s*$")


def is_passing(status: int) -> bool:
    """Tell whether a status is one that may be gone at the next try.

    Parameters
    ----------
    status : int
        HTTP status.

    Returns
    -------
    bool
        True for 408, 409, 425, 429 and every 5xx but 501.
    """
    return status in TRY_AGAIN or (status >= 500 and status != _GIVE_UP_5XX)  # noqa: PLR2004


def backoff_s(attempt: int, chance: float) -> float:
    """Return how long to wait after a failed attempt: full jitter under a doubling limit.

    Parameters
    ----------
    attempt : int
        1 after the first attempt.
    chance : float
        Uniform in [0, 1).

    Returns
    -------
    float
        Seconds.

    Notes
    -----
    Source: AWS Architecture Blog, "Exponential Backoff And Jitter" (full jitter).
    """
    return chance * min(WAIT_MAX_S, WAIT_FIRST_S * 2.0 ** (attempt - 1))


def asked_wait_s(retry_after: str | None, date: str | None) -> float | None:
    """Read ``Retry-After``: seconds, or a date that the server's own ``Date`` is compared with.

    Parameters
    ----------
    retry_after : str, optional
        The header.
    date : str, optional
        The header ``Date`` of the same answer.

    Returns
    -------
    float or None
        Seconds from 0 to 900, however large the server's number; None if there is no header
        or it cannot be read.
    """
    if retry_after is None:
        return None
    seconds = _SECONDS.match(retry_after)
    if seconds is not None:
        return min(float(seconds[1]), ASKED_WAIT_MAX_S)
    if retry_after.strip().isdigit():  # more digits than any wait has
        return ASKED_WAIT_MAX_S
    try:
        until, now = parsedate_to_datetime(retry_after), parsedate_to_datetime(date or "")
        wait_s = (until - now).total_seconds()
    except (TypeError, ValueError, OverflowError):
        return None
    return min(max(wait_s, 0.0), ASKED_WAIT_MAX_S)


class Bucket:
    """Limits how much retrying adds to the load of a server in trouble.

    Notes
    -----
    Source: botocore, standard retry mode (500 tokens; a retry takes 5, a timeout 10; a success
    returns 1).
    """

    def __init__(self, tokens: int = BUCKET_TOKENS) -> None:
        self._tokens = self._size = tokens
        self._lock = threading.Lock()

    def take(self, cost: int) -> bool:
        """Pay for a retry; False when there is nothing left to pay with."""
        with self._lock:
            if self._tokens < cost:
                return False
            self._tokens -= cost
            return True

    def give_back(self) -> None:
        """Note a success."""
        with self._lock:
            self._tokens = min(self._size, self._tokens + 1)


class Lanes:
    """How many calls may be on their way at once; halved when the server says "too many".

    Parameters
    ----------
    count : int
        At most so many.
    """

    def __init__(self, count: int) -> None:
        self._count = self._count_max = count
        self._used = 0
        self._successes = 0
        self._free = threading.Condition()

    @property
    def count(self) -> int:
        """Calls at once, at present."""
        return self._count

    def __enter__(self) -> None:
        """Wait for a lane."""
        with self._free:
            self._free.wait_for(lambda: self._used < self._count)
            self._used += 1

    def __exit__(self, *_: object) -> None:
        """Leave the lane."""
        with self._free:
            self._used -= 1
            self._free.notify()

    def halve(self) -> None:
        """Let fewer calls out, never less than one."""
        with self._free:
            self._count = max(1, self._count // 2)
            self._successes = 0

    def widen(self) -> None:
        """Note a success; after many of them one more call may be out."""
        with self._free:
            self._successes += 1
            if self._count < self._count_max and self._successes >= SUCCESSES_A_LANE:
                self._count += 1
                self._successes = 0
                self._free.notify()


class Tally:
    """What happened on the way of one pull or look-up; safe to share between threads.

    It counts for the certificate, and carries the word to stop: when one call of many has
    failed for good, or the user interrupts, the others do not go on trying.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._retries: Counter[str] = Counter()
        self._stopped = False

    def count(self, what: str, number: int = 1) -> int:
        """Count something, and return how many that makes."""
        with self._lock:
            self._counts[what] += number
            return self._counts[what]

    def retry(self, cause: str) -> None:
        """Count a retry by its cause."""
        with self._lock:
            self._retries[cause] += 1

    def __getitem__(self, what: str) -> int:
        return self._counts[what]

    @property
    def retries(self) -> dict[str, int]:
        """Retries by cause, sorted by name."""
        return dict(sorted(self._retries.items()))

    def stop(self) -> None:
        """Tell all calls not to try again."""
        self._stopped = True

    @property
    def is_stopped(self) -> bool:
        """Whether to stop."""
        return self._stopped
