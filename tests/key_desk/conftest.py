"""A subscription business on a real server, audited once with a client."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from key_world import SECRET

import jtnet_recon as jr
from jtnet_recon.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jtnet_recon.key_desk.audit import KeyReconciliation


@pytest.fixture(scope="module")
def business() -> Iterator[Sandbox]:
    """Serve 150 subscriptions."""
    with Sandbox("2022-11", seed=11, subscriptions=150) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def client(business: Sandbox) -> Iterator[jr.Client]:
    """Read it."""
    with jr.connect(business.url, business.key, business.secret, progress=False) as client:
        yield client


@pytest.fixture(scope="module")
def result(business: Sandbox, client: jr.Client) -> KeyReconciliation:
    """Audit it as a user would."""
    contracts = jr.read_contracts(business.contracts_path)
    return jr.audit_billing_keys(client, contracts, "2022-11", hash_key=SECRET)
