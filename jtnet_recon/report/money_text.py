"""Amounts of a table as people read them: ``49.90`` dollars, not 4990 cents."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from jtnet_recon.errors import ConfigError
from jtnet_recon.money import format_minor

if TYPE_CHECKING:
    from collections.abc import Iterable

_MONEY = re.compile(
    r"^(?:amount|cancel|cancel_amount|net|idle|difference|money_at_risk|balance|receivable|price"
    r"|refunded|refundable|paid|charged|unexplained)(?:_(?:payments|ledger|idle))?$"
)


def as_money(table: pd.DataFrame, columns: Iterable[str] = ()) -> pd.DataFrame:
    """Write the amounts of a table as people read them, each in its own currency.

    Parameters
    ----------
    table : DataFrame, shape (n, k)
        With ``currency`` as a column or a level of its index. Amounts are whole numbers of minor
        units (KRW: won, USD: cents), as in every table of this package.
    columns : iterable of str, optional
        Which columns are amounts; without it those that are called so: ``amount``, ``net_ledger``,
        ``money_at_risk`` and so on.

    Returns
    -------
    DataFrame, shape (n, k)
        The same with texts such as ``14,000`` and ``49.90`` in place of the amounts: to be looked
        at, no longer to be added up.

    Raises
    ------
    ConfigError
        If the table does not say the currency of its rows, or lacks a column.
    """
    codes = _currencies(table)
    chosen = list(columns) or [str(name) for name in table.columns if _is_money(table, str(name))]
    if absent := [name for name in chosen if name not in table.columns]:
        raise ConfigError(
            message=f"The table has no column {absent[0]!r}.",
            hint=f"It has: {', '.join(map(str, table.columns))}.",
            hint_ko=f"있는 열: {', '.join(map(str, table.columns))}",
        )
    return table.assign(
        **{
            name: [_written(cell, code) for cell, code in zip(table[name], codes, strict=True)]
            for name in chosen
        }
    )


def _currencies(table: pd.DataFrame) -> list[Any]:
    """Find the currency of each row."""
    if "currency" in table.columns:
        return table["currency"].tolist()
    if "currency" in table.index.names:
        return table.index.get_level_values("currency").tolist()
    raise ConfigError(
        message="The table does not say in which currency its amounts are.",
        hint="Keep the column currency, or make it the index.",
        hint_ko="currency 열을 남겨 두거나 인덱스로 지정하세요.",
    )


def _is_money(table: pd.DataFrame, name: str) -> bool:
    """Tell whether a column holds amounts by its name and its numbers."""
    return bool(_MONEY.match(name)) and pd.api.types.is_integer_dtype(table[name].dtype)


def _written(cell: Any, currency: Any) -> str:
    """Write one amount; what is missing stays blank, and without a currency the bare number."""
    if pd.isna(cell):
        return ""
    return format_minor(int(cell), str(currency)) if pd.notna(currency) else f"{int(cell):,}"
