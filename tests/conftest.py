"""Fixtures of the whole suite: small tables written as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from canary import Canary
from hypothesis import HealthCheck, settings

from jtnet_recon.tables import LEDGER, PAYMENTS, conform

if TYPE_CHECKING:
    from collections.abc import Callable

    from jtnet_recon.columns import Column, Table

settings.register_profile(
    "default", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("default")


def pytest_configure(config: pytest.Config) -> None:
    """Look for secrets and card numbers in whatever the suite brings forth."""
    config.pluginmanager.register(Canary(config), "canary")


# Few tests each, and minutes long: were they begun last, one worker would wait for the other.
LONGEST_FIRST = (
    "test_invariants test_jobs_killed test_client_faults test_explain_agrees test_oracle_orders "
    "test_oracle_entries test_sandbox_month"
).split()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest; the others stay in the order they came in."""
    places = {name: place for place, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(places)))


_DEFAULTS: dict[str, dict[str, Any]] = {
    "payments": {"currency": "KRW", "status": "paid", "cancel_amount": "0"},
    "ledger": {"currency": "KRW"},
}


def _cell(text: str, column: Column | None) -> Any:
    """Read one cell; empty is missing."""
    if text == "":
        return None
    if column is None:
        return text
    if column.kind == "nested":
        return [] if text == "[]" else [_entry(part, column) for part in text.split("+")]
    return _READERS[column.kind](text)


_READERS: dict[str, Callable[[str], Any]] = {
    "text": str,
    "money": lambda text: int(text.replace(",", "").replace("_", "")),
    "number": int,
    "flag": lambda text: text == "true",
    "instant": lambda text: pd.Timestamp(text, tz="Asia/Seoul").as_unit("us"),
    "day": lambda text: pd.Timestamp(text).as_unit("us"),
}


def _entry(text: str, column: Column) -> dict[str, Any]:
    """Read one entry of a history: ``2,000`` or ``2,000 @ 2022-11-08 10:00``."""
    amount, _, at = text.partition("@")
    entry: dict[str, Any] = {"amount": int(amount.replace(",", ""))}
    if at:
        instant = pd.Timestamp(at.strip(), tz="Asia/Seoul")
        entry[_ENTRY_INSTANTS[column.name]] = int(instant.timestamp())
    return entry


_ENTRY_INSTANTS = {"cancel_history": "cancelled_at", "deposit_history": "deposited_at"}


def read_table(table: Table, text: str) -> pd.DataFrame:
    """Read a table written as ``a | b`` lines; payments are paid in won unless it says else."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    head, *rows = lines
    declared = {column.name: column for column in table.columns}
    values = {
        name: [_cell(row[place], declared.get(name)) for row in rows]
        for place, name in enumerate(head)
    }
    frame = pd.DataFrame(
        {
            name: pd.Series(column, dtype="object" if declared.get(name) else "str")
            for name, column in values.items()
        }
    )
    for name, default in _DEFAULTS.get(table.name, {}).items():
        if name not in frame.columns:
            frame[name] = int(default) if name == "cancel_amount" else default
    for name in frame.columns:
        column = declared.get(name)
        if column is not None and column.kind in {"instant", "day", "money"}:
            frame[name] = frame[name].astype(column.dtype)
    if table is PAYMENTS and "paid_at" not in frame.columns:
        paid = pd.Timestamp("2022-11-07 12:00", tz="Asia/Seoul").as_unit("us")
        approved = frame["status"].isin(["paid", "cancelled"])
        frame["paid_at"] = pd.Series([paid if yes else None for yes in approved]).astype(
            declared["paid_at"].dtype
        )
    return conform(frame, table, fill=False)


@pytest.fixture(scope="session")
def table() -> Callable[[Table, str], pd.DataFrame]:
    """Read a table from text."""
    return read_table


@pytest.fixture(scope="session")
def payments_of() -> Callable[[str], pd.DataFrame]:
    """Read payments from text."""
    return lambda text: read_table(PAYMENTS, text)


@pytest.fixture(scope="session")
def ledger_of() -> Callable[[str], pd.DataFrame]:
    """Read a ledger from text."""
    return lambda text: read_table(LEDGER, text)
