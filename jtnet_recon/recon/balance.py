"""What must add up: control totals, totals by outcome, the bridge, and the checks on them.

The control totals come from the input rows, the bridge's steps from the items: that the two
meet is the proof that no row was lost or used twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from jtnet_recon.money import format_minor
from jtnet_recon.recon.breaks import CODES

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_CONTROL_TOTALS = """
SELECT side, coalesce(currency, '') AS currency, count(*) AS rows,
       count(*) FILTER (money) AS rows_money,
       coalesce(sum(amount) FILTER (money), 0)::VARCHAR AS amount,
       coalesce(sum(cancel) FILTER (money), 0)::VARCHAR AS cancel_amount,
       coalesce(sum(amount - cancel) FILTER (money), 0)::VARCHAR AS net,
       count(*) FILTER (NOT money) AS rows_idle,
       coalesce(sum(amount) FILTER (NOT money), 0)::VARCHAR AS amount_idle
FROM (
    SELECT 'payments' AS side, currency, approved AS money, amount, cancel FROM payment_rows
    UNION ALL
    SELECT 'ledger', currency, NOT denies, greatest(amount, 0), cancel FROM ledger_rows
) GROUP BY ALL
"""
_TOTALS = """
SELECT outcome, coalesce(code, '') AS code, coalesce(currency, '') AS currency, count(*) AS items,
       sum(rows_payments)::BIGINT AS rows_payments, sum(rows_ledger)::BIGINT AS rows_ledger,
       sum(amount_payments)::VARCHAR AS amount_payments,
       sum(cancel_payments)::VARCHAR AS cancel_payments,
       sum(net_payments)::VARCHAR AS net_payments,
       sum(amount_ledger)::VARCHAR AS amount_ledger,
       sum(cancel_ledger)::VARCHAR AS cancel_ledger,
       sum(net_ledger)::VARCHAR AS net_ledger,
       sum(difference)::VARCHAR AS difference,
       sum(money_at_risk)::VARCHAR AS money_at_risk
FROM outcomes GROUP BY ALL
"""
_CONSERVED = """
SELECT side, currency, sum(rows)::VARCHAR, sum(amount)::VARCHAR, sum(idle)::VARCHAR,
       sum(net)::VARCHAR
FROM ({rows}) GROUP BY ALL ORDER BY ALL
"""
_INPUT_ROWS = """
SELECT 'payments' AS side, currency, 1 AS rows, amount * approved::INT AS amount,
       amount * (NOT approved)::INT AS idle, (amount - cancel) * approved::INT AS net
FROM payment_rows
UNION ALL
SELECT 'ledger', currency, 1, amount * is_sale::INT, amount * denies::INT,
       amount * is_sale::INT - cancel FROM ledger_rows
"""
_ITEM_ROWS = """
SELECT 'payments' AS side, currency, rows_payments AS rows, amount_payments AS amount,
       idle_payments AS idle, net_payments AS net FROM outcomes WHERE rows_payments > 0
UNION ALL
SELECT 'ledger', currency, rows_ledger, amount_ledger, idle_ledger, net_ledger
FROM outcomes WHERE rows_ledger > 0
"""

_BRIDGE_ORDER = (
    "P12 P13 P02 V02 P01 P16 P17 P07 P09 P03 P05 C01 C02 C07 C03 C04 C06 X05 P19 V07"
).split()
_STEPS = {
    "ledger": ("Ledger, net", "장부 순액"),
    "excluded": ("Left out (test and zero-amount rows)", "제외(테스트·0원)"),
    "unexplained": ("Unexplained", "미설명"),
    "payments": ("PG, net", "PG 순액"),
}


def check_conservation(connection: duckdb.DuckDBPyConnection, items: pa.Table) -> None:
    """Stop unless rows and money of the items equal those of the inputs, on each side.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds ``payment_rows``, ``ledger_rows`` and ``outcomes``.
    items : Table
        The items, for their number.

    Raises
    ------
    ArithmeticError
        If anything was lost or counted twice: a defect of this package, never of the data.
    """
    offered = connection.execute(_CONSERVED.format(rows=_INPUT_ROWS)).fetchall()
    used = connection.execute(_CONSERVED.format(rows=_ITEM_ROWS)).fetchall()
    if offered != used:
        message = (
            f"{items.num_rows} items do not add up to the inputs: {offered} became {used}. "
            "Nothing is returned; please report this."
        )
        raise ArithmeticError(message)


def control_totals_of(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Total each side by currency, straight from its rows.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds ``payment_rows`` and ``ledger_rows``.

    Returns
    -------
    DataFrame, one row a side and currency
        side, currency, rows, rows_money, amount, cancel_amount, net, rows_idle, amount_idle;
        money in minor units. Idle rows carry no money: failed, abandoned, waiting.
    """
    totals = _frame(connection, _CONTROL_TOTALS, ("amount", "cancel_amount", "net", "amount_idle"))
    return _won_first(totals, ["side"])


def totals_of(connection: duckdb.DuckDBPyConnection, items: pa.Table) -> pd.DataFrame:
    """Total the items by outcome, code and currency.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds ``outcomes``.
    items : Table
        The items, to check the count.

    Returns
    -------
    DataFrame, one row an outcome, code and currency
        Counts and money of both sides, minor units.
    """
    sums = [
        f"{what}_{side}" for side in ("payments", "ledger") for what in ("amount", "cancel", "net")
    ]
    totals = _frame(connection, _TOTALS, (*sums, "difference", "money_at_risk"))
    if int(totals["items"].sum()) != items.num_rows:  # pragma: no cover - a defect of ours
        message = "The totals do not count every item."
        raise ArithmeticError(message)
    return _won_first(totals, ["outcome", "code"])


def bridge_of(control_totals: pd.DataFrame, totals: pd.DataFrame) -> pd.DataFrame:
    """Lead from the ledger's net total to the PG's, cause by cause.

    Parameters
    ----------
    control_totals : DataFrame
        Of :func:`control_totals_of`: where the bridge starts and must end.
    totals : DataFrame
        Of :func:`totals_of`: its steps.

    Returns
    -------
    DataFrame, one row a currency and step
        currency, step, label, label_ko, rows (items), amount (what the step adds, minor units),
        balance (running). The ``unexplained`` step is 0 when the bridge closes.
    """
    currencies = list(dict.fromkeys([*control_totals["currency"], *totals["currency"]]))
    steps = [step for currency in currencies for step in _steps(currency, control_totals, totals)]
    names = ["currency", "step", "label", "label_ko", "rows", "amount", "balance"]
    return pd.DataFrame(steps, columns=names)


def _steps(
    currency: str, control_totals: pd.DataFrame, totals: pd.DataFrame
) -> list[tuple[str, str, str, str, int, int, int]]:
    """Write one currency's steps; what no step accounts for is ``unexplained``."""
    ledger, ledger_rows = _net(control_totals, "ledger", currency)
    payments, payment_rows = _net(control_totals, "payments", currency)
    of_currency = totals[totals["currency"] == currency]
    moves: list[tuple[str, str, str, int, int]] = []
    for code in _BRIDGE_ORDER:
        rows = of_currency[of_currency["code"] == code]
        if len(rows):
            names = (CODES[code].name, CODES[code].name_ko)
            moves.append((code, *names, _sum(rows["items"]), -_sum(rows["difference"])))
    left_out = of_currency[of_currency["outcome"] == "excluded"]
    if len(left_out):
        count, moved = _sum(left_out["items"]), -_sum(left_out["difference"])
        moves.append(("excluded", *_STEPS["excluded"], count, moved))
    rest = payments - ledger - sum(amount for *_, amount in moves)
    moves.append(("unexplained", *_STEPS["unexplained"], 0, rest))
    steps = [(currency, "ledger", *_STEPS["ledger"], ledger_rows, ledger, ledger)]
    for step, name, name_ko, count, amount in moves:
        steps.append((currency, step, name, name_ko, count, amount, steps[-1][-1] + amount))
    steps.append((currency, "payments", *_STEPS["payments"], payment_rows, payments, payments))
    return steps


def controls_of(
    control_totals: pd.DataFrame,
    totals: pd.DataFrame,
    bridge: pd.DataFrame,
    *,
    certificate: dict[str, Any] | None,
) -> pd.DataFrame:
    """State each check of the run, what was expected and what was found.

    Parameters
    ----------
    control_totals, totals, bridge : DataFrame
        Of this module.
    certificate : dict or None
        The pull's certificate, if the payments came with one.

    Returns
    -------
    DataFrame, one row a control
        control, label, label_ko, state (passed, failed, unknown), passed (state is not failed),
        expected, actual, detail, code (X01 or X09 when failed).
    """
    rows = [
        _count_control(control_totals, totals, side, label, label_ko)
        for side, label, label_ko in (
            ("payments", "Every payment is in one item", "모든 결제가 한 번씩 대사됨"),
            ("ledger", "Every ledger line is in one item", "모든 원장 행이 한 번씩 대사됨"),
        )
    ]
    rows += [_bridge_control(*pair) for pair in _residuals(bridge)]
    rows.append(_pull_control(certificate))
    names = ["control", "label", "label_ko", "state", "expected", "actual", "detail", "code"]
    controls = pd.DataFrame(rows, columns=names)
    controls.insert(4, "passed", controls["state"] != "failed")
    return controls


def _count_control(
    control_totals: pd.DataFrame, totals: pd.DataFrame, side: str, label: str, label_ko: str
) -> tuple[str, ...]:
    offered = _sum(control_totals.loc[control_totals["side"] == side, "rows"])
    used = _sum(totals[f"rows_{side}"])
    state = "passed" if offered == used else "failed"
    code = "" if state == "passed" else "X09"
    return (f"rows_{side}", label, label_ko, state, f"{offered:,}", f"{used:,}", "rows", code)


def _residuals(bridge: pd.DataFrame) -> list[tuple[str, int]]:
    rows = bridge[bridge["step"] == "unexplained"]
    return [
        (str(currency), int(rest))
        for currency, rest in zip(rows["currency"], rows["amount"], strict=True)
    ]


def _bridge_control(currency: str, residual: int) -> tuple[str, ...]:
    state, code = ("passed", "") if residual == 0 else ("failed", "X09")
    label = f"The bridge closes, {currency}"
    label_ko = f"차이 조정표 잔액 0, {currency}"
    found = format_minor(residual, currency)
    return (f"bridge_{currency}", label, label_ko, state, "0", found, "unexplained", code)


def _pull_control(certificate: dict[str, Any] | None) -> tuple[str, ...]:
    label, label_ko = "The pull is complete", "결제 수집이 완전함"
    if certificate is None:
        detail = "The payments came without a pull certificate; their completeness is not known."
        return ("pull", label, label_ko, "unknown", "COMPLETE", "no certificate", detail, "")
    verdict = str(certificate.get("verdict", "missing"))
    state, code = ("passed", "") if verdict == "COMPLETE" else ("failed", "X01")
    return ("pull", label, label_ko, state, "COMPLETE", verdict, "", code)


def _net(control_totals: pd.DataFrame, side: str, currency: str) -> tuple[int, int]:
    """One side's net total of a currency, and its number of rows."""
    chosen = (control_totals["side"] == side) & (control_totals["currency"] == currency)
    rows = control_totals[chosen]
    return _sum(rows["net"]), _sum(rows["rows"])


def _sum(values: pd.Series[Any]) -> int:
    """Add up in Python integers, which do not overflow."""
    return sum(int(value) for value in values)


def _won_first(frame: pd.DataFrame, then: list[str]) -> pd.DataFrame:
    """Sort by currency, the won before all others."""
    foreign = (frame["currency"] != "KRW").rename("_foreign")
    order = ["_foreign", "currency", *then]
    ascending = [True, True, *[name != "side" for name in then]]
    sorted_ = pd.concat([frame, foreign], axis=1).sort_values(order, ascending=ascending)
    return sorted_.drop(columns="_foreign").reset_index(drop=True)


def _frame(
    connection: duckdb.DuckDBPyConnection, statement: str, sums: tuple[str, ...]
) -> pd.DataFrame:
    """Fetch totals; 128-bit sums travel as text and become Python integers."""
    answer = connection.execute(statement)
    names = [column[0] for column in answer.description or []]
    frame = pd.DataFrame(answer.fetchall(), columns=names)
    for name in sums:
        numbers = [int(value) for value in frame[name]]
        fits = all(abs(number) < 2**63 for number in numbers)
        frame[name] = pd.Series(numbers, dtype="int64" if fits else "object")
    return frame
