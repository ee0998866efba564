"""The tables that the client gives besides payments have every field of the document."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jtnet_recon.columns import DTYPES, Table
from jtnet_recon.columns_reads import (
    BALANCES,
    BILLING_KEYS,
    CERTIFICATIONS,
    DELIVERIES,
    EXTERNAL_RECEIPTS,
    PG_SETTINGS,
    RECEIPTS,
    SCHEDULES,
    STANDARD_CODES,
    TIERS,
)

DOCUMENT = json.loads(
    (Path(__file__).parents[1] / "sandbox" / "data" / "v1_payments.openapi.json").read_text(
        encoding="utf-8"
    )
)
OWN = {
    "billing_keys": {"state"},
    "deliveries": {"imp_uid"},
    "receipts": {"currency"},
    "external_receipts": {"currency"},
    "balances": {"imp_uid", "part", "currency", "amount", "created"},
}
"""Columns that no field of the document stands behind."""

TABLES = {
    BILLING_KEYS: ("CustomerAnnotation", "SuperBillingKeyAnnotation"),
    SCHEDULES: ("ScheduleResultAnnotation",),
    RECEIPTS: ("ReceiptAnnotation",),
    EXTERNAL_RECEIPTS: ("ExternalReceiptAnnotation",),
    DELIVERIES: ("EscrowLogisAnnotation",),
    CERTIFICATIONS: ("CertificationAnnotation",),
    BALANCES: ("PaymentBalanceAnnotation",),
    STANDARD_CODES: ("StandardCodeAnnotation",),
    PG_SETTINGS: ("PgSettingAnnotation",),
    TIERS: ("TierAnnotation",),
}


def fields(*annotations: str) -> dict[str, str]:
    """Give the document's fields and their types."""
    found: dict[str, str] = {}
    for annotation in annotations:
        for name, field in DOCUMENT["definitions"][annotation]["properties"].items():
            found[name] = field.get("type", "object")
    return found


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_has_the_documents_fields_and_no_others(table: Table) -> None:
    documented = fields(*TABLES[table])

    assert set(table.names) - OWN.get(table.name, set()) == set(documented)
    assert len(table.names) == len(set(table.names))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_column_is_of_the_kind_that_the_document_says(table: Table) -> None:
    kinds = {
        "string": {"text"},
        "boolean": {"flag"},
        "array": {"nested"},
        "object": {"nested"},
        "number": {"money"},
        "integer": {"number", "instant", "money"},
    }

    for name, kind in fields(*TABLES[table]).items():
        assert table.column(name).kind in kinds[kind], name


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_has_a_label_in_both_languages(table: Table) -> None:
    for column in table.columns:
        assert column.label
        assert any("가" <= letter <= "힣" for letter in column.label_ko), column.name
        assert column.dtype == DTYPES[column.kind]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_key_is_a_column_that_has_to_be_there(table: Table) -> None:
    assert table.column(table.key).required
