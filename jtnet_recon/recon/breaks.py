"""The break codes: what each is called, how grave it is, what it means and what to do.

A closed list. Codes are stable: they stand in reports, in registers and in tests.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from jtnet_recon.recon.codes_accounts import ACCOUNT_CODES
from jtnet_recon.recon.codes_base import SEVERITIES, BreakCode, PortoneStatus, Severity
from jtnet_recon.recon.codes_cancels import CANCEL_CODES
from jtnet_recon.recon.codes_controls import CONTROL_CODES
from jtnet_recon.recon.codes_keys import KEY_CODES
from jtnet_recon.recon.codes_keys_schedules import SCHEDULE_CODES
from jtnet_recon.recon.codes_payments import PAYMENT_CODES
from jtnet_recon.recon.codes_snapshots import SNAPSHOT_CODES

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CODES", "PRIORITY", "SEVERITIES", "BreakCode", "PortoneStatus", "Severity"]

_ORDER = (
    # Critical
    *"P02 V02 P07 P16 P17 P21 C01 C02 C05 C04 S04 B07 B10 B08 X01 X09".split(),
    # High
    *"X02 X03 V06 V01 P06 P01 P03 P05 P09 C06 C07 C09 C03 P18".split(),
    *"B06 B01 S02 S01 S03 B02 S09 B09 B05 S07 S06 B03".split(),
    # Medium
    *"X05 P11 P10 C13 C11 C08 V04 V05 V03 P08 B11 S08 S05 X08".split(),
    # Low
    *"V08 C10 P13 P14 P15 B04".split(),
    # Info
    *"C12 P12 P04 P19 V07".split(),
)
_DECLARED = {
    code.code: code
    for code in (
        *PAYMENT_CODES,
        *CANCEL_CODES,
        *ACCOUNT_CODES,
        *KEY_CODES,
        *SCHEDULE_CODES,
        *CONTROL_CODES,
        *SNAPSHOT_CODES,
    )
}

CODES: Mapping[str, BreakCode] = MappingProxyType({code: _DECLARED[code] for code in _ORDER})
"""Every code this version can find, the one that wins on an item first.

Within a severity, missing and doubled money goes before differing money, and that before
dates: when two codes hold on one item, the first is primary and the other secondary.
"""

PRIORITY: Mapping[str, int] = MappingProxyType({code: rank for rank, code in enumerate(CODES)})
