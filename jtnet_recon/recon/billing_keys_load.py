"""The audit's inputs as the engine sees them: payments on billing keys, schedules, keys.

Texts stay in the frames that were given; the audit works with numbers, and fetches the texts of the
few rows that it has something to say about.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from jtnet_recon.errors import TableError
from jtnet_recon.recon.orders import DAY_S, KST_S
from jtnet_recon.recon.sources import connect, flat_table
from jtnet_recon.tables import BILLING_KEYS, PAYMENTS, SCHEDULES, Table, conform, empty

if TYPE_CHECKING:
    import duckdb

    from jtnet_recon.period import Period
    from jtnet_recon.recon.billing_keys_rule import KeyAudit

HOUR_US = 3_600_000_000

_PAYMENTS = {
    **dict.fromkeys(
        "imp_uid merchant_uid customer_uid customer_uid_usage status currency pg_id card_code "
        "card_number".split(),
        "VARCHAR",
    ),
    **dict.fromkeys(("amount", "cancel_amount"), "BIGINT"),
    "sandbox": "BOOLEAN",
}
_SCHEDULES = {
    **dict.fromkeys(
        "customer_uid merchant_uid imp_uid currency schedule_status payment_status".split(),
        "VARCHAR",
    ),
    "amount": "BIGINT",
}
_KEYS = {
    **dict.fromkeys(
        "customer_uid state pg_provider customer_id card_code card_name card_number".split(),
        "VARCHAR",
    ),
    "sandbox": "BOOLEAN",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What one audit works on.

    Parameters
    ----------
    connection : DuckDBPyConnection
        The engine; every step leaves its tables in it.
    payments, schedules, keys : DataFrame
        The inputs, conformed; ``schedules`` and ``keys`` are empty where none were given.
    rule : KeyAudit
        What is taken for granted.
    values : dict
        Named values of the statements: ``first`` and ``last`` day of the period, ``as_of`` in
        unix microseconds and ``today`` as a day, the rule's numbers.
    period : Period
        The days of which the cycles are judged.
    has_keys, has_schedules : bool
        Whether keys and schedules were given at all: of what was not read, nothing is said.
    memory_limit : str, optional
        Beyond it every engine of the audit works on disk.
    """

    connection: duckdb.DuckDBPyConnection
    payments: pd.DataFrame
    schedules: pd.DataFrame
    keys: pd.DataFrame
    rule: KeyAudit
    values: dict[str, int]
    period: Period
    has_keys: bool
    has_schedules: bool
    memory_limit: str | None = None

    def run(self, statement: str) -> None:
        """Execute a statement with the values that it names.

        Parameters
        ----------
        statement : str
            SQL; ``$names`` are those of ``values``.
        """
        self.connection.execute(statement, self.used(statement))

    def frame(self, statement: str) -> pd.DataFrame:
        """Fetch a table as a frame.

        Parameters
        ----------
        statement : str
            SQL; ``$names`` are those of ``values``.

        Returns
        -------
        DataFrame
            Texts are ``str``; whole numbers that may be missing are ``Int64``.
        """
        relation = self.connection.sql(statement, params=self.used(statement))
        return to_frame(relation.to_arrow_table())

    def used(self, statement: str) -> dict[str, int]:
        """Return the values that a statement names.

        Parameters
        ----------
        statement : str
            SQL.

        Returns
        -------
        dict of str to int
            Some of ``values``.
        """
        return {name: value for name, value in self.values.items() if f"${name}" in statement}


def open_facts(  # noqa: PLR0913 - the inputs of an audit, and how it is judged
    payments: pd.DataFrame,
    schedules: pd.DataFrame | None,
    keys: pd.DataFrame | None,
    *,
    period: Period,
    as_of: Any,
    rule: KeyAudit,
    memory_limit: str | None = None,
) -> Facts:
    """Load the payments on billing keys, the schedules and the keys.

    Parameters
    ----------
    payments : DataFrame, table PAYMENTS
        Rows without a ``customer_uid`` are none of this audit's business.
    schedules : DataFrame or None, table SCHEDULES
        Scheduled payments.
    keys : DataFrame or None, table BILLING_KEYS
        What i'mport says of each key.
    period : Period
        The days of which the cycles are judged.
    as_of : Timestamp
        The instant up to which things are judged.
    rule : KeyAudit
        What is taken for granted.
    memory_limit : str, optional
        Such as ``"1GB"``: beyond it the engine works on disk.

    Returns
    -------
    Facts
        Views ``payments_in``, ``schedules_in`` and ``keys_in`` hold the inputs.

    Raises
    ------
    TableError
        If an input is not the table it should be.
    """
    used = conform(payments, PAYMENTS, fill=False)
    if "customer_uid" not in used.columns:
        message = "payments: there is no column 'customer_uid', which names the billing key."
        raise TableError(
            message,
            column="customer_uid",
            hint="Take the payments as pulled.",
            hint_ko="조회한 결제 내역을 그대로 사용하세요.",
        )
    booked, known = _conformed(schedules, SCHEDULES), _conformed(keys, BILLING_KEYS)
    as_of_us = int(as_of.as_unit("us").asm8.astype("int64"))
    values = {
        "first": (period.start_s + KST_S) // DAY_S,
        "last": (period.end_s + KST_S) // DAY_S,
        "as_of": as_of_us,
        "today": (as_of_us // 1_000_000 + KST_S) // DAY_S,
        "lead": rule.lead_days,
        "grace": rule.grace_days,
        "schedule_grace": rule.schedule_grace_hours * HOUR_US,
        "near": rule.double_minutes * 60_000_000,
        "streak": rule.failures_in_a_row,
        "orphan": rule.orphan_days,
        "has_schedules": int(schedules is not None),
        "closed": rule.jtnet_until.toordinal() - _EPOCH_ORDINAL,
    }
    facts = Facts(
        connect(memory_limit=memory_limit), used, booked, known, rule, values, period,
        has_keys=keys is not None, has_schedules=schedules is not None,
        memory_limit=memory_limit,
    )  # fmt: skip
    _load(facts)
    return facts


_EPOCH_ORDINAL = 719_163
"""``date(1970, 1, 1).toordinal()``."""


def to_frame(table: Any) -> pd.DataFrame:
    """Bring an Arrow table into a frame: texts, whole numbers, flags.

    Parameters
    ----------
    table : Table
        Flat columns.

    Returns
    -------
    DataFrame
        int64 where nothing is missing, else Int64.
    """
    import pyarrow as pa

    nullable = {pa.int64(): pd.Int64Dtype(), pa.int32(): pd.Int32Dtype()}
    frame: pd.DataFrame = table.to_pandas(
        types_mapper={**nullable, pa.bool_(): pd.BooleanDtype()}.get
    )
    texts = [
        field.name
        for field in table.schema
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)
    ]
    frame = frame.astype({name: "str" for name in texts if frame[name].dtype != "str"})
    whole = [
        name for name in frame.select_dtypes(["Int64", "Int32"]) if not frame[name].isna().any()
    ]
    return frame.astype(dict.fromkeys(whole, "int64"))


def _conformed(frame: pd.DataFrame | None, table: Table) -> pd.DataFrame:
    """Conform an input that need not be there."""
    return empty(table) if frame is None else conform(frame, table, fill=False)


def _load(facts: Facts) -> None:
    """Register the inputs, each column of one type; those that are absent are null."""
    instants = {"paid_us": "paid_at", "failed_us": "failed_at", "started_us": "started_at"}
    _register(facts, "payments_in", facts.payments, _PAYMENTS, instants)
    instants = {
        "at_us": "schedule_at",
        "executed_us": "executed_at",
        "revoked_us": "revoked_at",
    }
    _register(facts, "schedules_in", facts.schedules, _SCHEDULES, instants)
    instants = {"inserted_us": "inserted", "updated_us": "updated"}
    _register(facts, "keys_in", facts.keys, _KEYS, instants)


def _register(
    facts: Facts, view: str, frame: pd.DataFrame, kinds: dict[str, str], instants: dict[str, str]
) -> None:
    """Hand over a frame's columns; those it lacks are null."""
    wanted = [name for name in (*kinds, *instants.values()) if name in frame.columns]
    facts.connection.register(f"{view}_raw", flat_table(frame[wanted]))
    columns = [
        f"{name}::{kind} AS {name}" if name in frame.columns else f"NULL::{kind} AS {name}"
        for name, kind in kinds.items()
    ]
    columns += [
        f"epoch_us({source}) AS {name}" if source in frame.columns else f"NULL::BIGINT AS {name}"
        for name, source in instants.items()
    ]
    facts.run(f"CREATE TEMP VIEW {view} AS SELECT row, {', '.join(columns)} FROM {view}_raw")
