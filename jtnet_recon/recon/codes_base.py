"""What a break code consists of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["Critical", "High", "Medium", "Low", "Info"]
SEVERITIES: tuple[Severity, ...] = ("Critical", "High", "Medium", "Low", "Info")

PortoneStatus = Literal["MATCHED", "NOT_MATCHED", "INCOMPARABLE", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakCode:
    """One code.

    Parameters
    ----------
    code : str
        Such as ``P01``.
    severity : str
        Critical (cash or customer harm now), High (books wrong), Medium (needs a decision),
        Low (timing or presentation) or Info (expected; never counted as money at risk).
    name, name_ko : str
        What reports call it.
    finding, finding_ko : str
        What was seen, with ``{placeholders}`` of the item.
    cause, cause_ko : str
        What is likely behind it.
    next_action, next_action_ko : str
        What to do next.
    portone : str, default ""
        The status PortOne's own reconciliation gives such a pair: MATCHED, NOT_MATCHED or
        INCOMPARABLE; empty where it has no word for it.
    """

    code: str
    severity: Severity
    name: str
    name_ko: str
    finding: str
    finding_ko: str
    cause: str
    cause_ko: str
    next_action: str
    next_action_ko: str
    portone: PortoneStatus = ""
