"""The calls that charge, cancel, issue and schedule; nothing else of the package imports this.

They are off until :func:`open_operations` opens some of them, for one host, within limits. Each is
planned first (a dry run that reads and sends nothing), then executed once: the intent is on the
disk before the first byte leaves, nothing is tried again by itself, and how it ended is read, not
guessed. What nobody can tell is UNKNOWN.

Examples
--------
>>> from jtnet_recon.client.operations import cancel, open_operations
>>> from jtnet_recon.config import load_settings
>>> with open_operations(  # doctest: +SKIP
...     "127.0.0.1", load_settings(), allow={"cancel"}, max_count=1, max_total=10_000, journal="j.jsonl"
... ) as operations:
...     plan = operations.plan(cancel("imp_123456789012", 4_000, reason="변심"))
...     print(plan)
...     operations.execute(plan)
"""

from __future__ import annotations

from jtnet_recon.client.operations.card_input import CardInput
from jtnet_recon.client.operations.fields import Request
from jtnet_recon.client.operations.journal import read_journal
from jtnet_recon.client.operations.opened import Operations, open_operations
from jtnet_recon.client.operations.plan import Outcome, Plan
from jtnet_recon.client.operations.requests import (
    again,
    cancel,
    cancel_order,
    delete_key,
    issue_key,
    onetime,
    prepare,
)
from jtnet_recon.client.operations.requests_later import (
    change_vbank,
    issue_vbank,
    move_schedule,
    reschedule,
    retry,
    revoke_vbank,
    schedule,
    unschedule,
)

__all__ = [
    "CardInput",
    "Operations",
    "Outcome",
    "Plan",
    "Request",
    "again",
    "cancel",
    "cancel_order",
    "change_vbank",
    "delete_key",
    "issue_key",
    "issue_vbank",
    "move_schedule",
    "onetime",
    "open_operations",
    "prepare",
    "read_journal",
    "reschedule",
    "retry",
    "revoke_vbank",
    "schedule",
    "unschedule",
]
