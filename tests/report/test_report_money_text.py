"""Amounts are shown in their own currency: cents never look like dollars."""

from __future__ import annotations

import pandas as pd
import pytest

import jtnet_recon as jr
from jtnet_recon.errors import ConfigError


def test_each_amount_is_written_in_the_currency_of_its_row():
    table = pd.DataFrame(
        {
            "currency": ["KRW", "USD", "KWD", None],
            "amount": [14_000, 4_990, 1_500, 7],
            "net_ledger": [-1, -4_990, 0, 7],
            "rows": [4_990, 4_990, 4_990, 4_990],
        }
    )

    shown = jr.as_money(table)

    assert shown["amount"].tolist() == ["14,000", "49.90", "1.500", "7"]
    assert shown["net_ledger"].tolist() == ["-1", "-49.90", "0.000", "7"]
    assert shown["rows"].tolist() == [4_990] * 4
    assert table["amount"].tolist() == [14_000, 4_990, 1_500, 7]


def test_the_currency_may_be_a_level_of_the_index():
    table = pd.DataFrame(
        {"currency": ["USD", "KRW"], "step": ["new", "new"], "difference": [170, 5]}
    )

    shown = jr.as_money(table.set_index(["currency", "step"]))

    assert shown["difference"].tolist() == ["1.70", "5"]


def test_missing_amounts_stay_blank_and_columns_can_be_named():
    table = pd.DataFrame(
        {"currency": ["USD", "USD"], "signed": pd.array([None, 12], dtype="Int64")}
    )

    assert jr.as_money(table, ["signed"])["signed"].tolist() == ["", "0.12"]


def test_a_table_without_currencies_is_refused_in_both_languages():
    with pytest.raises(ConfigError) as caught:
        jr.as_money(pd.DataFrame({"amount": [4_990]}))

    assert caught.value.hint == "Keep the column currency, or make it the index."
    assert "currency 열" in caught.value.hint_ko
    with pytest.raises(ConfigError, match="no column 'amnt'"):
        jr.as_money(pd.DataFrame({"currency": ["USD"], "amount": [1]}), ["amnt"])


def test_every_amount_of_a_result_is_written(month):
    tables = {
        "breaks": month.breaks,
        "bridge": month.bridge,
        "adjustments": month.adjustments,
        "control_totals": month.control_totals,
        "totals": month.totals,
        "cut_off": month.cut_off,
    }
    counts = {"rows", "items", "days_apart", "card_type", "card_quota", "rows_money", "rows_idle"}

    for name, table in tables.items():
        shown = jr.as_money(table)
        left = shown.select_dtypes("integer").columns
        plain = {str(column).removesuffix("_payments").removesuffix("_ledger") for column in left}
        assert plain <= counts, name
