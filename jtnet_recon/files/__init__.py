"""Reading ledgers and contracts of any kind; keeping payments."""

from __future__ import annotations

from jtnet_recon.files.contracts import read_contracts
from jtnet_recon.files.ledger import read_ledger
from jtnet_recon.files.payments import read_payments, write_payments

__all__ = ["read_contracts", "read_ledger", "read_payments", "write_payments"]
