"""The checks of a run: what was expected, what was found, and whether that passes."""

from __future__ import annotations

from typing import Any

import pandas as pd

from jtnet_recon.money import format_minor
from jtnet_recon.recon.balance import sum_of


def controls_of(  # noqa: PLR0913 - each is one thing that is checked
    control_totals: pd.DataFrame,
    totals: pd.DataFrame,
    bridge: pd.DataFrame,
    *,
    certificate: dict[str, Any] | None,
    tolerances: pd.DataFrame | None = None,
    is_pulled: bool = True,
) -> pd.DataFrame:
    """State each check of the run, what was expected and what was found.

    Parameters
    ----------
    control_totals, totals, bridge : DataFrame
        Of ``balance``.
    certificate : dict or None
        The pull's certificate, if the payments came with one.
    tolerances : DataFrame, optional
        What the tolerances swallowed; above its budget one is X08.
    is_pulled : bool, default True
        Whether the first table is one that a pull makes, and so should have a certificate.

    Returns
    -------
    DataFrame, one row a control
        control, label, label_ko, state (passed, failed, unknown), passed (state is not failed),
        expected, actual, detail, code (X01, X08 or X09 when failed).
    """
    rows = [
        _count_control(control_totals, totals, side, label, label_ko)
        for side, label, label_ko in (
            ("payments", "Every payment is in one item", "모든 결제가 한 번씩 대사됨"),
            ("ledger", "Every ledger line is in one item", "모든 원장 행이 한 번씩 대사됨"),
        )
    ]
    rows += [_bridge_control(*pair) for pair in _residuals(bridge)]
    if is_pulled:
        rows.append(_pull_control(certificate))
    rows += _budget_controls(tolerances)
    names = ["control", "label", "label_ko", "state", "expected", "actual", "detail", "code"]
    controls = pd.DataFrame(rows, columns=names)
    controls.insert(4, "passed", controls["state"] != "failed")
    return controls


def _count_control(
    control_totals: pd.DataFrame, totals: pd.DataFrame, side: str, label: str, label_ko: str
) -> tuple[str, ...]:
    offered = sum_of(control_totals.loc[control_totals["side"] == side, "rows"])
    used = sum_of(totals[f"rows_{side}"])
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
    nothing = format_minor(0, currency)
    return (f"bridge_{currency}", label, label_ko, state, nothing, found, "unexplained", code)


def _pull_control(certificate: dict[str, Any] | None) -> tuple[str, ...]:
    label, label_ko = "The pull is complete", "결제 수집이 완전함"
    if certificate is None:
        detail = "The payments came without a pull certificate; their completeness is not known."
        return ("pull", label, label_ko, "unknown", "COMPLETE", "no certificate", detail, "")
    verdict = str(certificate.get("verdict", "missing"))
    state, code = ("passed", "") if verdict == "COMPLETE" else ("failed", "X01")
    return ("pull", label, label_ko, state, "COMPLETE", verdict, "", code)


def _budget_controls(tolerances: pd.DataFrame | None) -> list[tuple[str, ...]]:
    """Hold what each tolerance swallowed against its budget, where one was set."""
    if tolerances is None:
        return []
    rows: list[tuple[str, ...]] = []
    for row in tolerances[tolerances["budget"].notna()].to_dict("records"):
        is_within = int(row["amount"]) <= int(row["budget"])
        currency = str(row["currency"])
        rows.append(
            (
                f"budget_{row['tolerance']}_{currency}",
                f"The tolerance of {row['tolerance']} stays within its budget, {currency}",
                f"허용오차({row['tolerance']}) 한도 이내, {currency}",
                "passed" if is_within else "failed",
                f"at most {format_minor(int(row['budget']), currency)}",
                format_minor(int(row["amount"]), currency),
                f"{row['times']} times",
                "" if is_within else "X08",
            )
        )
    return rows
