"""What must add up: control totals, totals by outcome, and the bridge between the two sides.

The control totals come from the input rows, the bridge's steps from the items: that the two
meet is the proof that no row was lost or used twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from jtnet_recon.recon.breaks import CODES
from jtnet_recon.recon.items import COLUMNS, SCHEMA
from jtnet_recon.recon.neutral import words_of
from jtnet_recon.recon.sums import Figures, exact_sum

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from jtnet_recon.recon.items import Items, Settled

_FIGURES = ("rows", "rows_money", "amount", "cancel_amount", "net", "rows_idle", "amount_idle")
_SUMS = (
    *(f"{what}_{side}" for side in ("payments", "ledger") for what in ("amount", "cancel", "net")),
    "idle_payments",
    "idle_ledger",
    "difference",
    "money_at_risk",
)
_TOTALS = f"""
SELECT outcome, coalesce(code, '') AS code, coalesce(currency, '') AS currency, count(*) AS items,
       sum(rows_payments)::BIGINT AS rows_payments, sum(rows_ledger)::BIGINT AS rows_ledger,
       {", ".join(f"sum({name})::VARCHAR AS {name}" for name in _SUMS)}
FROM others GROUP BY ALL
"""

_NUMBERS = ("items", "rows_payments", "rows_ledger", *_SUMS)

_TIMING = ("P12", "P13", "P04")
_MISSING = ("P02", "V02", "X03", "P10", "P11", "P01", "V01", "P06", "P05")
_AMOUNT = ("P16", "P17", "P21", "P07", "P09", "P03", "C12")
_CANCEL = ("C01", "C02", "C13", "C11", "C08", "C05", "C07", "C03", "C04", "C06", "C10")
_FIRST = (*_TIMING, *_MISSING, *_AMOUNT, *_CANCEL)
_BRIDGE_ORDER = (*_FIRST, *(code for code in CODES if code not in _FIRST))
"""Timing first, then what one side lacks, then amounts, then cancels, then all else."""
_STEPS = {
    "ledger": ("Ledger, net", "장부 순액"),
    "excluded": ("Left out (test and zero-amount rows)", "제외(테스트·0원)"),
    "unexplained": ("Unexplained", "미설명"),
    "payments": ("PG, net", "PG 순액"),
}


def check_conservation(control_totals: pd.DataFrame, totals: pd.DataFrame) -> None:
    """Stop unless rows and money of the items equal those of the inputs, on each side.

    Parameters
    ----------
    control_totals : DataFrame
        Of :func:`control_totals_of`: the inputs.
    totals : DataFrame
        Of :func:`totals_of`: the items.

    Raises
    ------
    ArithmeticError
        If anything was lost or counted twice: a defect of this package, never of the data.
    """
    for side in ("payments", "ledger"):
        offered = _by_currency(
            control_totals[control_totals["side"] == side],
            ("rows", "amount", "cancel_amount", "net", "amount_idle"),
        )
        used = _by_currency(
            totals,
            (f"rows_{side}", f"amount_{side}", f"cancel_{side}", f"net_{side}", f"idle_{side}"),
        )
        if offered != used:
            message = (
                f"The items do not add up to the {side}: {offered} became {used}. "
                "Nothing is returned; please report this."
            )
            raise ArithmeticError(message)


def _by_currency(frame: pd.DataFrame, names: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
    """Add up figures by currency, leaving out currencies without a row."""
    sums: dict[str, tuple[int, ...]] = {}
    for currency, *figures in _lines(frame, ["currency", *names]):
        before = sums.get(currency, (0,) * len(names))
        sums[currency] = tuple(a + int(b) for a, b in zip(before, figures, strict=True))
    return {currency: sums[currency] for currency in sorted(sums) if sums[currency][0]}


def control_totals_of(payments: Figures, ledger: Figures) -> pd.DataFrame:
    """Total each side by currency, straight from its rows.

    Parameters
    ----------
    payments, ledger : Figures
        The money of every row of the inputs.

    Returns
    -------
    DataFrame, one row a side and currency
        side, currency, rows, rows_money, amount, cancel_amount, net, rows_idle, amount_idle;
        money in minor units. Idle rows carry no money: failed, abandoned, waiting.
    """
    rows = [
        {"side": side, "currency": currency, **sums}
        for side, figures in (("payments", payments), ("ledger", ledger))
        for currency, sums in figures.by_currency().items()
    ]
    totals = pd.DataFrame(rows, columns=["side", "currency", *_FIGURES])
    texts = totals.astype({"side": "str", "currency": "str"})
    return _won_first(_narrow(texts, list(_FIGURES)), ["side"])


def totals_of(connection: duckdb.DuckDBPyConnection, items: Items) -> pd.DataFrame:
    """Total the items by outcome, code and currency.

    Parameters
    ----------
    connection : DuckDBPyConnection
        The engine.
    items : Items
        All items.

    Returns
    -------
    DataFrame, one row an outcome, code and currency
        Counts and money of both sides, minor units.
    """
    later = pa.concat_tables([items.summed, items.others.select(COLUMNS).cast(SCHEMA)])
    connection.register("others", later)
    answer = connection.execute(_TOTALS)
    names = [column[0] for column in answer.description or []]
    rows = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
    connection.unregister("others")
    sums: dict[tuple[str, str, str], dict[str, int]] = {}
    for row in (*rows, *_settled_rows(items.settled)):
        key = (str(row["outcome"]), str(row["code"]), str(row["currency"]))
        before = sums.setdefault(key, dict.fromkeys(_NUMBERS, 0))
        before.update({name: before[name] + int(row[name]) for name in _NUMBERS})
    texts = ("outcome", "code", "currency")
    totals = pd.DataFrame(
        [{**dict(zip(texts, key, strict=True)), **found} for key, found in sorted(sums.items())],
        columns=[*texts, *_NUMBERS],
    )
    typed = _narrow(totals.astype(dict.fromkeys(texts, "str")), list(_NUMBERS))
    return _won_first(typed, ["outcome", "code"])


def _settled_rows(settled: Settled) -> list[dict[str, Any]]:
    """Total the exact pairs by currency, in integers that cannot overflow."""
    rows = []
    counts = np.bincount(settled.currency, minlength=len(settled.currencies) + 1).tolist()
    for place, currency in enumerate(settled.currencies, start=1):
        count = counts[place]
        if count:
            is_all = count == len(settled.currency)
            chosen = slice(None) if is_all else settled.currency == place
            amount, cancel = exact_sum(settled.amount[chosen]), exact_sum(settled.cancel[chosen])
            figures = {"amount": amount, "cancel": cancel, "net": amount - cancel}
            sides = {
                f"{what}_{side}": figure
                for side in ("payments", "ledger")
                for what, figure in figures.items()
            }
            rows.append(
                {
                    "outcome": "matched",
                    "code": "",
                    "currency": currency,
                    "items": count,
                    **dict.fromkeys(("rows_payments", "rows_ledger"), count),
                    **dict.fromkeys(_SUMS, 0),
                    **sides,
                }
            )
    return rows


def bridge_of(
    control_totals: pd.DataFrame,
    totals: pd.DataFrame,
    sides: tuple[str, str] = ("PG", "ledger"),
) -> pd.DataFrame:
    """Lead from the ledger's net total to the PG's, cause by cause.

    Parameters
    ----------
    control_totals : DataFrame
        Of :func:`control_totals_of`: where the bridge starts and must end.
    totals : DataFrame
        Of :func:`totals_of`: its steps.
    sides : tuple of str, default ("PG", "ledger")
        What the two tables are called.

    Returns
    -------
    DataFrame, one row a currency and step
        currency, step, label, label_ko, rows (items), amount (what the step adds, minor units),
        balance (running). The ``unexplained`` step is 0 when the bridge closes.
    """
    currencies = list(dict.fromkeys([*control_totals["currency"], *totals["currency"]]))
    steps = [
        step
        for currency in currencies
        for step in _steps(currency, control_totals, totals, _labels(sides))
    ]
    names = ["currency", "step", "label", "label_ko", "rows", "amount", "balance"]
    return pd.DataFrame(steps, columns=names)


_STEP_COLUMNS = ["currency", "outcome", "code", "items", "difference"]


def _lines(frame: pd.DataFrame, names: list[str]) -> Iterator[tuple[Any, ...]]:
    """Read a short table line by line: pandas takes longer to group it than Python to read it."""
    return zip(*(frame[name].tolist() for name in names), strict=True)


def _labels(sides: tuple[str, str]) -> dict[str, tuple[str, str]]:
    """Name the steps in the words of the two tables."""
    codes = {code: (what.name, what.name_ko) for code, what in words_of(sides).items()}
    if sides == ("PG", "ledger"):
        return codes | _STEPS
    first, second = sides
    ends = {
        "ledger": (f"{second}, net", f"{second} 순액"),
        "payments": (f"{first}, net", f"{first} 순액"),
    }
    return codes | _STEPS | ends


def _steps(
    currency: str,
    control_totals: pd.DataFrame,
    totals: pd.DataFrame,
    labels: dict[str, tuple[str, str]],
) -> list[tuple[str, str, str, str, int, int, int]]:
    """Write one currency's steps; what no step accounts for is ``unexplained``."""
    ledger, ledger_rows = _net(control_totals, "ledger", currency)
    payments, payment_rows = _net(control_totals, "payments", currency)
    found: dict[str, tuple[int, int]] = {}
    for its, outcome, code, items, difference in _lines(totals, _STEP_COLUMNS):
        step = "excluded" if outcome == "excluded" else code
        if its == currency:
            count, moved = found.get(step, (0, 0))
            found[step] = (count + int(items), moved - int(difference))
    moves = [
        (step, *labels[step], *found[step])
        for step in (*_BRIDGE_ORDER, "excluded")
        if step in found
    ]
    rest = payments - ledger - sum(amount for *_, amount in moves)
    moves.append(("unexplained", *labels["unexplained"], 0, rest))
    steps = [(currency, "ledger", *labels["ledger"], ledger_rows, ledger, ledger)]
    for step, name, name_ko, count, amount in moves:
        steps.append((currency, step, name, name_ko, count, amount, steps[-1][-1] + amount))
    steps.append((currency, "payments", *labels["payments"], payment_rows, payments, payments))
    return steps


def _net(control_totals: pd.DataFrame, side: str, currency: str) -> tuple[int, int]:
    """One side's net total of a currency, and its number of rows."""
    chosen = (control_totals["side"] == side) & (control_totals["currency"] == currency)
    rows = control_totals[chosen]
    return sum_of(rows["net"]), sum_of(rows["rows"])


def sum_of(values: pd.Series[Any]) -> int:
    """Add up in Python integers, which do not overflow.

    Parameters
    ----------
    values : Series
        Whole numbers.

    Returns
    -------
    int
        Their exact sum.
    """
    return sum(int(value) for value in values)


def _won_first(frame: pd.DataFrame, then: list[str]) -> pd.DataFrame:
    """Sort by currency, the won before all others."""
    foreign = (frame["currency"] != "KRW").rename("_foreign")
    order = ["_foreign", "currency", *then]
    ascending = [True, True, *[name != "side" for name in then]]
    sorted_ = pd.concat([frame, foreign], axis=1).sort_values(order, ascending=ascending)
    return sorted_.drop(columns="_foreign").reset_index(drop=True)


def _narrow(frame: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Bring Python integers to int64 where they all fit; a larger one stays exact."""
    columns = {}
    for name in names:
        numbers = [int(value) for value in frame[name]]
        fits = all(abs(number) < 2**63 for number in numbers)
        columns[name] = pd.Series(numbers, index=frame.index, dtype="int64" if fits else "object")
    return frame.assign(**columns)
