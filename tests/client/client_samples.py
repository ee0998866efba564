"""The collected samples as data: every body that a section has, by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SAMPLES: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent / "data" / "samples.json").read_text(encoding="utf-8")
)

KEY = "subscribe/customers/{customer_uid}"
KEYS = "GET /subscribe/customers?customer_uid[]="
SUPER_KEY = "super billing key (POST or GET one customer_uid bound to a channel group)"
SCHEDULES = "GET /subscribe/payments/schedule"
SCHEDULES_OF_A_KEY = "GET /subscribe/payments/schedule/customers/{customer_uid}"
SCHEDULE = "/subscribe/payments/schedule/{merchant_uid}"


def case(section: str, name: str) -> tuple[int, Any]:
    """Give status and body of a sample."""
    found = SAMPLES[section][name]
    return found["http"], found["body"]


def response(section: str, name: str) -> Any:
    """Give what a sample's envelope holds."""
    return case(section, name)[1]["response"]
