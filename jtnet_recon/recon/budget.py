"""What each tolerance swallowed: times, won, largest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    import duckdb

    from jtnet_recon.recon.items import Items
    from jtnet_recon.recon.rules import Rule, Tolerance

COLUMNS = ("tolerance", "limit", "currency", "times", "amount", "signed", "largest", "budget")

_USED = """
SELECT CASE WHEN code = 'P04' THEN 'amount'
            WHEN code = 'P12' THEN 'midnight'
            WHEN minutes_apart IS NOT NULL THEN 'minutes' ELSE 'days' END AS tolerance,
       coalesce(currency, '') AS currency, count(*) AS times,
       sum(CASE WHEN code = 'P04' THEN money_at_risk ELSE 0 END)::VARCHAR AS amount,
       sum(CASE WHEN code = 'P04' THEN difference ELSE 0 END)::VARCHAR AS signed,
       max(CASE WHEN code = 'P04' THEN money_at_risk WHEN tolerance = 'minutes' THEN minutes_apart
                ELSE abs(days_apart) END)::VARCHAR AS largest
FROM others
WHERE code IN ('P04', 'P12') OR (code IS NULL AND matched_by LIKE '%within tolerance')
GROUP BY ALL ORDER BY ALL
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
    used = connection.execute(_USED).fetchall()
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
