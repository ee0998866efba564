"""The operations as data: what each is called, and where it goes.

Source: i'mport V1 OpenAPI ("포트원 REST API 1.0").
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from jtnet_recon.client.endpoints import Call

if TYPE_CHECKING:
    from collections.abc import Mapping

ROUTES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "issue_key": ("POST", "/subscribe/customers/{customer_uid}"),
        "delete_key": ("DELETE", "/subscribe/customers/{customer_uid}"),
        "again": ("POST", "/subscribe/payments/again"),
        "onetime": ("POST", "/subscribe/payments/onetime"),
        "cancel": ("POST", "/payments/cancel"),
        "schedule": ("POST", "/subscribe/payments/schedule"),
        "unschedule": ("POST", "/subscribe/payments/unschedule"),
        "move_schedule": ("PUT", "/subscribe/payments/schedule/{merchant_uid}"),
        "reschedule": ("POST", "/subscribe/payments/schedule/{merchant_uid}/reschedule"),
        "retry": ("POST", "/subscribe/payments/schedule/{merchant_uid}/retry"),
        "prepare": ("POST", "/payments/prepare"),
        "change_prepared": ("PUT", "/payments/prepare"),
        "issue_vbank": ("POST", "/vbanks"),
        "change_vbank": ("PUT", "/vbanks/{imp_uid}"),
        "revoke_vbank": ("DELETE", "/vbanks/{imp_uid}"),
    }
)
"""Method and path template by name."""


def call_of(operation: str, facts: Mapping[str, object], query: Mapping[str, str]) -> Call:
    """Make the call of an operation.

    Parameters
    ----------
    operation : str
        Its name.
    facts : mapping
        Ids among them.
    query : mapping
        Parameters of the address; a DELETE has no others.

    Returns
    -------
    Call
        Ready to be sent by a transport that allows it.
    """
    method, template = ROUTES[operation]
    ids = {name: str(facts[name]) for name in facts if f"{{{name}}}" in template}
    return Call(method, template, ids, tuple(query.items()))
