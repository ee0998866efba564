"""Refunds of an audit: no contract asks for them, so they are told beside the comparison."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from jtnet_recon.recon.billing_keys_cycles import cycle_name

if TYPE_CHECKING:
    from jtnet_recon.recon.billing_keys_load import Facts
    from jtnet_recon.recon.items import Items


def with_refunds(facts: Facts, items: Items) -> Items:
    """Add an item for each charge in scope that was cancelled, in full or in part.

    Parameters
    ----------
    facts : Facts
        Of the audit, cycles loaded.
    items : Items
        The items of the charges; left as they are.

    Returns
    -------
    Items
        With the refunds, which are left out of the comparison as such.
    """
    refunds = facts.connection.sql(_REFUNDS).to_arrow_table()
    columns = [
        refunds[field.name].cast(field.type)
        if field.name in refunds.column_names
        else pa.nulls(refunds.num_rows, field.type)
        for field in items.others.schema
    ]
    told = pa.table(columns, schema=items.others.schema)
    whole = copy.copy(items)
    whole.others = pa.concat_tables([items.others, told])
    return whole


def totals_with_refunds(facts: Facts, control_totals: pd.DataFrame) -> pd.DataFrame:
    """Take the refunds off the total of the charges.

    Parameters
    ----------
    facts : Facts
        Of the audit, cycles loaded.
    control_totals : DataFrame
        Of the comparison of charges.

    Returns
    -------
    DataFrame
        The same, with a row more a refund, and its money cancelled.
    """
    refunds = {
        str(currency): (int(rows), int(amount))
        for currency, rows, amount in facts.connection.execute(_TOTAL).fetchall()
    }
    changed = {name: [int(value) for value in control_totals[name]] for name in _CHANGED}
    cells = zip(control_totals["side"], control_totals["currency"], strict=True)
    for place, (side, currency) in enumerate(cells):
        rows, amount = refunds.get(str(currency), (0, 0)) if side == "payments" else (0, 0)
        for name, change in zip(_CHANGED, (rows, rows, amount, -amount), strict=True):
            changed[name][place] += change
    columns = {
        # Sums that pass 64 bits are Python integers already; what a refund adds is far below.
        name: pd.Series(values, index=control_totals.index, dtype=control_totals[name].dtype)
        for name, values in changed.items()
    }
    return control_totals.assign(**columns)


_CHANGED = ("rows", "rows_money", "cancel_amount", "net")
_REFUNDS = f"""
SELECT 'excluded' AS outcome, 'refund' AS excluded_as, 'cancel' AS kind, c.currency,
       CASE WHEN c.due IS NULL THEN 'charge ' || p.imp_uid ELSE {cycle_name("n.name", "c.due")} END
         AS merchant_uid,
       1 AS rows_payments, 0 AS rows_ledger, 0 AS amount_payments, 0 AS amount_ledger,
       c.cancel AS cancel_payments, 0 AS cancel_ledger, -c.cancel AS net_payments, 0 AS net_ledger,
       0 AS idle_payments, 0 AS idle_ledger, c.cancel AS difference, 0 AS money_at_risk,
       '' AS matched_by, 1 AS approved, 0 AS sales, 0 AS accepted, 0 AS accepted_signed
FROM charge AS c JOIN named_key AS n ON n.key_no = c.key_no JOIN payments_in AS p ON p.row = c.row
WHERE c.cancel > 0 ORDER BY c.row
"""
_TOTAL = """
SELECT currency, count(*), sum(cancel)::VARCHAR FROM charge WHERE cancel > 0 GROUP BY currency
"""
