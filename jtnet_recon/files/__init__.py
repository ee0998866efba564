"""Reading ledgers of any kind; keeping payments."""

from __future__ import annotations

from jtnet_recon.files.ledger import read_ledger
from jtnet_recon.files.payments import read_payments, write_payments

__all__ = ["read_ledger", "read_payments", "write_payments"]
