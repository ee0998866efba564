"""The declared tables are what architecture and API say they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jtnet_recon.columns import (
    DTYPES,
    LEDGER,
    PAYMENTS,
    PREPARED,
    TRANSACTIONS,
    Column,
    Table,
)

TABLES = (PAYMENTS, LEDGER, TRANSACTIONS, PREPARED)
DOCUMENT = Path(__file__).parents[1] / "sandbox" / "data" / "v1_payments.openapi.json"


def test_payments_have_every_field_of_the_document():
    fields = json.loads(DOCUMENT.read_text(encoding="utf-8"))["definitions"]["PaymentAnnotation"]

    assert set(PAYMENTS.names) == set(fields["properties"])
    assert len(PAYMENTS.names) == len(set(PAYMENTS.names))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_has_a_label_in_both_languages(table):
    for column in table.columns:
        assert column.label
        assert any("가" <= letter <= "힣" for letter in column.label_ko), column.name
        assert column.dtype == DTYPES[column.kind]


def test_money_is_int64_instants_are_in_seoul_and_codes_are_text():
    kinds = {column.name: column.kind for column in PAYMENTS.columns}

    assert {name for name, kind in kinds.items() if kind == "money"} == {"amount", "cancel_amount"}
    assert {name for name in kinds if name.endswith("_at")} <= {
        name for name, kind in kinds.items() if kind == "instant"
    }
    assert all(kinds[name] == "text" for name in kinds if name.endswith(("_code", "_uid", "_num")))
    assert DTYPES["money"] == "int64"
    assert DTYPES["instant"] == "datetime64[us, Asia/Seoul]"


def test_a_column_is_found_by_its_name():
    assert PAYMENTS.column("amount") == Column("amount", "money", "Amount", "결제금액", True)
    assert (PAYMENTS.key, LEDGER.key) == ("imp_uid", "merchant_uid")
    with pytest.raises(StopIteration):
        Table("none", (), "key").column("amount")


def test_required_are_the_columns_without_which_nothing_can_be_compared():
    required = {t.name: {c.name for c in t.columns if c.required} for t in TABLES}

    assert required == {
        "payments": {"imp_uid", "merchant_uid", "amount", "currency", "status"},
        "ledger": {"merchant_uid", "amount"},
        "transactions": {
            *("transaction_id", "imp_uid", "merchant_uid", "kind", "amount", "currency"),
        },
        "prepared": {"merchant_uid", "amount"},
    }


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_column_stands_once_and_the_key_is_one_that_has_to_be_there(table):
    assert len(table.names) == len(set(table.names))
    assert table.column(table.key).required
    assert not any(column.required and column.optional for column in table.columns)


def test_what_a_ledger_may_hold_besides_is_of_the_kind_the_payments_have():
    for column in LEDGER.columns:
        if column.optional and column.name in PAYMENTS.names:
            assert column.kind == PAYMENTS.column(column.name).kind, column.name
