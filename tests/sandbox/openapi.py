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
NULLABLE_OF_A_SCHEDULE = (
    "imp_uid customer_id name buyer_name buyer_email buyer_tel buyer_addr buyer_postcode "
    "custom_data payment_status fail_reason promotion_id"
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


def empty_fields_of_a_schedule(definitions: dict[str, Any]) -> None:
    """The same for a schedule; before it is executed there is no payment."""
    _allow_null(definitions["ScheduleResultAnnotation"], NULLABLE_OF_A_SCHEDULE)


def pages_of_schedules(definitions: dict[str, Any]) -> None:
    """Lists of schedules are said to be bare; clients know them as pages."""
    answer = definitions["ScheduleResponse"]["allOf"][1]["properties"]
    page = {
        "type": "object",
        "required": ["total", "previous", "next", "list"],
        "properties": {
            **definitions["PagedPaymentAnnotation"]["properties"],
            "list": copy.deepcopy(answer["response"]),
        },
    }
    answer["response"] = {"anyOf": [answer["response"], page]}


def fields_of_a_prepared_amount(definitions: dict[str, Any]) -> None:
    """Page numbers are said to be required of a record that has none of them."""
    del definitions["PaymentPrepareAnnotation"]["required"]


def currency_of_a_prepared_amount(definitions: dict[str, Any]) -> None:
    """The currency is null where none was prepared (the parameter's own text)."""
    _allow_null(definitions["PaymentPrepareAnnotation"], ["currency"])


def empty_fields_of_a_receipt(definitions: dict[str, Any]) -> None:
    """No field of a cash receipt is said to be nullable; its address is not always given."""
    _allow_null(definitions["ReceiptAnnotation"], ["receipt_url"])


def empty_fields_of_an_external_receipt(definitions: dict[str, Any]) -> None:
    """The same for the receipt of a sale outside."""
    _allow_null(definitions["ExternalReceiptAnnotation"], ["receipt_url"])


ERRATA = (
    numbers_as_text,
    message_of_a_success,
    empty_fields_of_a_payment,
    empty_fields_of_a_customer,
    sandbox_flag_of_old_payments,
    ids_of_old_cancels,
    empty_fields_of_a_cancel,
    empty_fields_of_a_schedule,
    pages_of_schedules,
    fields_of_a_prepared_amount,
    currency_of_a_prepared_amount,
    empty_fields_of_a_receipt,
    empty_fields_of_an_external_receipt,
)
# Statuses that the document does not list: the live API was seen to give them, or they are the
# sandbox's own answer where nothing is known.
_MISSING = "a parameter is missing or wrong: not known"
_NO_TOKEN = "left out of the list; every call needs a token"
UNDOCUMENTED_STATUSES = {
    ("/users/getToken", 400): "seen for a missing key",
    ("/payments/find/{merchant_uid}/{payment_status}", 400): "a status word that is none",
    ("/payments", 400): "no id, or more than a hundred: not known",
    ("/subscribe/customers/{customer_uid}/payments", 400): "a page past the end: not known",
    ("/subscribe/customers", 400): "no id, or more than a hundred: not known",
    ("/subscribe/customers/{customer_uid}", 400): _MISSING,
    ("/subscribe/payments/again", 400): _MISSING,
    ("/subscribe/payments/onetime", 400): _MISSING,
    ("/subscribe/payments/onetime", 500): "the PG does not answer: not known",
    ("/subscribe/payments/again", 500): "the PG does not answer: not known",
    ("/subscribe/payments/schedule", 400): _MISSING,
    ("/subscribe/payments/unschedule", 400): _MISSING,
    ("/payments/cancel", 400): "seen where no id is given",
    ("/payments/prepare", 400): _MISSING,
    ("/payments/prepare/{merchant_uid}", 404): "seen in a public client's tests",
    ("/vbanks", 400): _MISSING,
    ("/users/pg", 401): _NO_TOKEN,
    ("/subscribe/payments/schedule/{merchant_uid}", 401): _NO_TOKEN,
    ("/subscribe/payments/schedule/{merchant_uid}/reschedule", 401): _NO_TOKEN,
    ("/subscribe/payments/schedule/{merchant_uid}/retry", 401): _NO_TOKEN,
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


def template_of(segments: list[str]) -> str:
    """Find the path of the document that a request's segments belong to."""
    for path in sorted(DOCUMENT["paths"], key=lambda path: path.count("{")):
        words = path.strip("/").split("/")
        optional = len(words) == len(segments) + 1 and words[-1] == "{payment_status}"
        words = words[:-1] if optional else words
        fits = (word == s or word.startswith("{") for word, s in zip(words, segments, strict=False))
        if len(words) == len(segments) and all(fits):
            return path
    raise LookupError(segments)


def unknown_fields(name: str, body: Any) -> set[str]:
    """Name the fields of an answer that its definition does not have, at any depth."""
    definitions = copy.deepcopy(DOCUMENT["definitions"])
    pages_of_schedules(definitions)
    return _unknown(definitions, {"$ref": f"#/definitions/{name}"}, body)


def _unknown(definitions: dict[str, Any], schema: dict[str, Any], value: Any) -> set[str]:
    if isinstance(value, list):
        items = schema.get("items") or _resolved(definitions, schema)[0].get("items", {})
        return {name for item in value for name in _unknown(definitions, items, item)}
    if not isinstance(value, dict):
        return set()
    known: dict[str, Any] = {}
    for part in _resolved(definitions, schema):
        known |= part.get("properties", {})
    found = set(value) - set(known) if known else set()
    for name in set(value) & set(known):
        found |= _unknown(definitions, known[name], value[name])
    return found


def _resolved(definitions: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Follow references and unions; lists first, where one may be meant."""
    if "$ref" in schema:
        return _resolved(definitions, definitions[schema["$ref"].rpartition("/")[2]])
    parts = schema.get("allOf", schema.get("anyOf"))
    if parts is None:
        return [schema]
    return [found for part in parts for found in _resolved(definitions, part)]


def _all(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [found for item in value for found in _all(item)]
    if not isinstance(value, dict):
        return []
    return [value, *(found for item in value.values() for found in _all(item))]


def _allow_null(definition: dict[str, Any], names: list[str]) -> None:
    for name in names:
        definition["properties"][name]["type"] = [definition["properties"][name]["type"], "null"]
