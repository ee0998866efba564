"""The V1 document as a judge of the sandbox's answers, and the errors known of it, in one place.

``data/v1_payments.openapi.json`` is the public V1 document cut down to the calls that the sandbox
answers, without its prose. Each erratum says what the document claims and what the live API was
seen to do; a test shows that each is still needed.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema

DOCUMENT = json.loads(
    (Path(__file__).parent / "data" / "v1_payments.openapi.json").read_text(encoding="utf-8")
)
NUMERIC = ("maximum", "minimum", "maxLength", "minLength")
# Empty on records of another kind, on old ones, or before the PG has answered.
NULLABLE_OF_A_PAYMENT = (
    "pay_method channel pg_provider emb_pg_provider pg_tid pg_id apply_num bank_code bank_name "
    "card_code card_name card_issuer_code card_issuer_name card_publisher_code "
    "card_publisher_name card_number card_type vbank_code vbank_name vbank_num vbank_holder name "
    "buyer_name buyer_email buyer_tel buyer_addr buyer_postcode custom_data user_agent "
    "fail_reason cancel_reason receipt_url customer_uid customer_uid_usage promotion"
).split()
NULLABLE_OF_A_CUSTOMER = (
    "customer_id card_number card_type customer_name customer_tel customer_email customer_addr "
    "customer_postcode"
).split()


def numbers_as_text(definitions: dict[str, Any]) -> None:
    """Limits are written as text ("maxLength": "32"); a schema needs numbers."""
    for definition in _all(definitions):
        for name in NUMERIC:
            if isinstance(definition.get(name), str):
                definition[name] = int(definition[name])


def message_of_a_success(definitions: dict[str, Any]) -> None:
    """``message`` is said to be text; it is null where ``code`` is 0."""
    _allow_null(definitions["ResponseAnnotation"], ["message"])


def empty_fields_of_a_payment(definitions: dict[str, Any]) -> None:
    """No field is said to be nullable; most are (JTNet's ``card_type`` always)."""
    _allow_null(definitions["PaymentAnnotation"], NULLABLE_OF_A_PAYMENT)


def empty_fields_of_a_customer(definitions: dict[str, Any]) -> None:
    """The same for the record of a billing key."""
    _allow_null(definitions["CustomerAnnotation"], NULLABLE_OF_A_CUSTOMER)


def sandbox_flag_of_old_payments(definitions: dict[str, Any]) -> None:
    """``sandbox`` is said to be required; records older than the flag lack it."""
    definitions["PaymentAnnotation"]["required"].remove("sandbox")


def ids_of_old_cancels(definitions: dict[str, Any]) -> None:
    """``cancellation_id`` is said to be required; it came in 2024."""
    definitions["PaymentCancelAnnotation"]["required"].remove("cancellation_id")


def empty_fields_of_a_cancel(definitions: dict[str, Any]) -> None:
    """``receipt_url`` is null where the payment has none (phone bills)."""
    _allow_null(definitions["PaymentCancelAnnotation"], ["receipt_url"])


ERRATA = (
    numbers_as_text,
    message_of_a_success,
    empty_fields_of_a_payment,
    empty_fields_of_a_customer,
    sandbox_flag_of_old_payments,
    ids_of_old_cancels,
    empty_fields_of_a_cancel,
)
# Statuses that the document does not list: the live API was seen to give them, or they are the
# sandbox's own answer where nothing is known.
UNDOCUMENTED_STATUSES = {
    ("/users/getToken", 400): "seen for a missing key",
    ("/payments/find/{merchant_uid}/{payment_status}", 400): "a status word that is none",
    ("/payments", 400): "no id, or more than a hundred: not known",
    ("/payments/status/{payment_status}", 400): "documented; also for windows above 90 days",
    ("/subscribe/customers/{customer_uid}/payments", 400): "a page past the end: not known",
}


def validator(name: str, *, without: Any = None) -> jsonschema.Draft4Validator:
    """Make the judge of one definition, corrected by all errata but one."""
    definitions = copy.deepcopy(DOCUMENT["definitions"])
    for erratum in ERRATA:
        if erratum is not without:
            erratum(definitions)
    return jsonschema.Draft4Validator({"$ref": f"#/definitions/{name}", "definitions": definitions})


def definition_of(path: str, method: str, status: int) -> str | None:
    """Name the definition of an answer's body; None where the document shows none."""
    schema = DOCUMENT["paths"][path][method]["responses"][str(status)].get("schema", {})
    # Two kinds of billing key share one path; the document writes them as properties of one.
    if "properties" in schema:
        return "CustomerResponse"
    return schema["$ref"].rpartition("/")[2] if schema else None


def is_documented(path: str, method: str, status: int) -> bool:
    """Tell whether the document, or the list above, knows this status."""
    listed = DOCUMENT["paths"][path][method]["responses"]
    return str(status) in listed or (path, status) in UNDOCUMENTED_STATUSES


def _all(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [found for item in value for found in _all(item)]
    if not isinstance(value, dict):
        return []
    return [value, *(found for item in value.values() for found in _all(item))]


def _allow_null(definition: dict[str, Any], names: list[str]) -> None:
    for name in names:
        definition["properties"][name]["type"] = [definition["properties"][name]["type"], "null"]
