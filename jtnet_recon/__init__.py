"""Reconcile i'mport (PortOne V1) payments, first of all JTNet's, with a company's own ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jtnet_recon.version import __version__ as __version__

if TYPE_CHECKING:
    from jtnet_recon.client import Client
    from jtnet_recon.desk import Reconciliation, connect, reconcile, verify_absence
    from jtnet_recon.errors import (
        ApiAuthError,
        ApiCodeError,
        ApiConnectionError,
        ApiError,
        ApiShapeError,
        ApiStatusError,
        ConfigError,
        PullIncomplete,
        ReconError,
        StoreError,
        TableError,
    )
    from jtnet_recon.files import read_contracts, read_ledger, read_payments, write_payments
    from jtnet_recon.key_desk.audit import audit_billing_keys
    from jtnet_recon.key_desk.card import billing_key
    from jtnet_recon.period import Period
    from jtnet_recon.recon.billing_keys_rule import KeyAudit
    from jtnet_recon.recon.breaks import CODES
    from jtnet_recon.recon.plant import Planted, plant
    from jtnet_recon.recon.rules import (
        PAYMENTS_TO_LEDGER,
        TRANSACTIONS_TO_LEDGER,
        Normaliser,
        Rule,
        Suggest,
        Tolerance,
    )
    from jtnet_recon.recon.transactions import transactions
    from jtnet_recon.report.font import use_korean_font
    from jtnet_recon.report.money_text import as_money
    from jtnet_recon.sandbox import Sandbox
    from jtnet_recon.store import Store
    from jtnet_recon.tables import (
        BILLING_KEYS,
        CONTRACTS,
        LEDGER,
        PAYMENTS,
        PREPARED,
        SCHEDULES,
        TRANSACTIONS,
    )

__all__ = [
    "BILLING_KEYS",
    "CODES",
    "CONTRACTS",
    "LEDGER",
    "PAYMENTS",
    "PAYMENTS_TO_LEDGER",
    "PREPARED",
    "SCHEDULES",
    "TRANSACTIONS",
    "TRANSACTIONS_TO_LEDGER",
    "ApiAuthError",
    "ApiCodeError",
    "ApiConnectionError",
    "ApiError",
    "ApiShapeError",
    "ApiStatusError",
    "Client",
    "ConfigError",
    "KeyAudit",
    "Normaliser",
    "Period",
    "Planted",
    "PullIncomplete",
    "ReconError",
    "Reconciliation",
    "Rule",
    "Sandbox",
    "Store",
    "StoreError",
    "Suggest",
    "TableError",
    "Tolerance",
    "as_money",
    "audit_billing_keys",
    "billing_key",
    "connect",
    "plant",
    "read_contracts",
    "read_ledger",
    "read_payments",
    "reconcile",
    "transactions",
    "use_korean_font",
    "verify_absence",
    "write_payments",
]

# Names are fetched from their homes when first used: importing this package loads nothing heavy.
_HOMES = {
    "desk": "Reconciliation connect reconcile verify_absence",
    "client": "Client",
    "errors": "ApiAuthError ApiCodeError ApiConnectionError ApiError ApiShapeError ApiStatusError "
    "ConfigError PullIncomplete ReconError StoreError TableError",
    "files": "read_contracts read_ledger read_payments write_payments",
    "key_desk.audit": "audit_billing_keys",
    "key_desk.card": "billing_key",
    "period": "Period",
    "recon.billing_keys_rule": "KeyAudit",
    "recon.breaks": "CODES",
    "recon.plant": "Planted plant",
    "recon.rules": "Normaliser PAYMENTS_TO_LEDGER Rule Suggest TRANSACTIONS_TO_LEDGER Tolerance",
    "recon.transactions": "transactions",
    "report.font": "use_korean_font",
    "report.money_text": "as_money",
    "sandbox": "Sandbox",
    "store": "Store",
    "tables": "BILLING_KEYS CONTRACTS LEDGER PAYMENTS PREPARED SCHEDULES TRANSACTIONS",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    """Fetch a public name from its home."""
    if name not in _HOME_OF:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)


def __dir__() -> list[str]:
    """List the public names."""
    return [*__all__, "__version__"]
