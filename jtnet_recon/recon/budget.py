"""What each tolerance swallowed: times, won, largest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    import duckdb

    from jtnet_recon.recon.items import Items
    from jtnet_recon.recon.rules import Rule, Tolerance

COLUMNS = ("tolerance", "limit", "currency", "times", "amount", "signed", "largest", "budget")

# A tolerance counts wherever it was used, also on an item whose primary code is a graver one.
_USED = """
WITH pair AS (
    SELECT *, coalesce(currency, '') AS c, coalesce(held, []) AS codes,
           approved > 0 AND sales > 0 AND days_apart <> 0 AND amount_gap <= $amount AS is_apart
    FROM others WHERE merchant_uid IS NOT NULL
), used AS (
    SELECT 'amount' AS tolerance, c, accepted, accepted_signed, accepted AS largest
    FROM pair WHERE list_contains(codes, 'P04')
    UNION ALL
    SELECT 'midnight', c, 0, 0, abs(days_apart) FROM pair WHERE list_contains(codes, 'P12')
    UNION ALL
    SELECT 'days', c, 0, 0, abs(days_apart) FROM pair WHERE is_apart AND abs(days_apart) <= $days
    UNION ALL
    SELECT 'minutes', c, 0, 0, minutes_apart FROM pair
    WHERE is_apart AND abs(days_apart) > $days AND minutes_apart IS NOT NULL
)
SELECT tolerance, c, count(*), sum(accepted)::VARCHAR, sum(accepted_signed)::VARCHAR, max(largest)
FROM used GROUP BY ALL ORDER BY ALL
"""


def tolerances_of(connection: duckdb.DuckDBPyConnection, items: Items, rule: Rule) -> pd.DataFrame:
    """Total what the rule's tolerances accepted.

    Parameters
    ----------
    connection : DuckDBPyConnection
        The engine.
    items : Items
        All items; the exact ones used no tolerance.
    rule : Rule
        Its tolerance.

    Returns
    -------
    DataFrame, one row a tolerance and currency that was used or has a budget
        tolerance (amount, days, minutes, midnight), limit (a pair's most, with its unit),
        currency, times, amount (Σ of the absolute differences, minor units), signed (Σ of the
        differences), largest (minor units, days or minutes), budget (minor units or missing).
    """
    connection.register("others", items.others)
    limits = {"amount": rule.tolerance.amount, "days": rule.tolerance.days}
    used = connection.execute(_USED, limits).fetchall()
    connection.unregister("others")
    budget = rule.tolerance.budget
    rows: list[dict[str, Any]] = [
        {
            "tolerance": name,
            "limit": _limit(name, rule.tolerance),
            "currency": currency,
            "times": int(times),
            "amount": int(amount),
            "signed": int(signed),
            "largest": int(largest or 0),
            "budget": budget if name == "amount" else None,
        }
        for name, currency, times, amount, signed, largest in used
    ]
    if budget is not None and not any(row["tolerance"] == "amount" for row in rows):
        limit = _limit("amount", rule.tolerance)
        figures = dict.fromkeys(("times", "amount", "signed", "largest"), 0)
        rows.append(
            {"tolerance": "amount", "limit": limit, "currency": "KRW", **figures, "budget": budget}
        )
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"budget": "Int64"})


def _limit(name: str, tolerance: Tolerance) -> str:
    """Write how far a pair may be apart."""
    limits = {
        "amount": f"{tolerance.amount:,} minor units",
        "days": f"{tolerance.days} days",
        "minutes": f"{tolerance.minutes} minutes",
        "midnight": f"{tolerance.midnight_minutes} minutes around midnight KST",
    }
    return limits[name]
