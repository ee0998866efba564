"""Fixtures of the comparison's tests."""

from __future__ import annotations

import pytest

from jtnet_recon.recon.match import reconcile


@pytest.fixture(scope="module")
def differing(payments_of, ledger_of):
    """An order that differs in amount, cancel and day."""
    return reconcile(
        payments_of(
            "imp_uid | merchant_uid | amount | cancel_amount | status\n"
            " imp_1 | ORD-1 | 14,000 | 4,000 | cancelled"
        ),
        ledger_of("merchant_uid | amount | paid_on\n ORD-1 | 13,000 | 2022-11-01"),
    )
