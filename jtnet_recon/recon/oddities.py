"""Payments that need a closer look whatever the ledger says of them.

Each finding here is about the payments alone: histories that do not add up, deposits, charges
that look doubled, amounts that differ from what was registered, MIDs nobody declared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from jtnet_recon.recon.orders import APPROVED

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb
    import pandas as pd

    from jtnet_recon.recon.beside import Beside
    from jtnet_recon.recon.rules import Rule
    from jtnet_recon.recon.sources import Side

Numbers = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Oddities:
    """Rows of the payments to look at closely, and what was seen.

    Parameters
    ----------
    rows : ndarray of int64
        Row numbers.
    doubles : dict of int to str
        Row of a later equal charge -> order id of the earlier one.
    """

    rows: Numbers
    doubles: dict[int, str]


def oddities_of(
    connection: duckdb.DuckDBPyConnection,
    payments: Side,
    rule: Rule,
    near: Beside,
    *,
    is_prepared: bool,
) -> Callable[[], Oddities]:
    """Find the payments that no agreeing line can settle.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds ``payments_src`` and, if ``is_prepared``, ``prepared_src``.
    payments : Side
        The payments.
    rule : Rule
        Its MIDs and the minutes of a suspected double charge.
    near : Beside
        Reads the histories, which are Python lists, and sorts the charges, while the engine is
        busy with other things.
    is_prepared : bool
        Whether registered amounts were given.

    Returns
    -------
    callable
        Waits for them, and gives all rows; to be called once.
    """
    minutes = rule.double_minutes
    doubtful = near.ask(_doubtful_charges, payments, minutes)
    if payments.frame is None:
        histories = near.ask(_odd_large_histories, payments)
    else:
        histories = near.run(_odd_histories, payments.frame)
    found: list[Numbers] = []
    if rule.mids is not None and "pg_id" in payments.columns:
        found.append(
            _rows(
                connection,
                "SELECT row FROM payments_src WHERE NOT list_contains($mids, pg_id)",
                {"mids": list(rule.mids)},
            )
        )
    if is_prepared:
        found.append(
            _rows(
                connection,
                "SELECT p.row FROM payments_src AS p JOIN prepared_src AS q "
                "ON p.merchant_uid = q.merchant_uid AND p.amount <> q.amount",
            )
        )

    def gathered() -> Oddities:
        doubles = _doubles(connection, *doubtful(), minutes)
        rows = np.fromiter(doubles, dtype="int64", count=len(doubles))
        return Oddities(np.unique(np.concatenate([*found, histories(), rows])), doubles)

    return gathered


def history_table(payments: pd.DataFrame, name: str) -> pa.Table:
    """Lay out a nested history, one line an entry; an absent history has no line.

    An empty cancel history of a payment with a cancelled amount gives one line of 0, so that the
    gap shows; ``None`` (old rows lack the field) gives none, because nothing can be said.

    Parameters
    ----------
    payments : DataFrame
        Indexed by row number.
    name : {"cancel_history", "deposit_history"}
        Which history.

    Returns
    -------
    Table
        payment_row, part (minor units), whole (the payment's amount).
    """
    rows: list[int] = []
    parts: list[int] = []
    wholes: list[int] = []
    if name in payments.columns:
        present = np.flatnonzero(payments[name].notna().to_numpy())
        chosen = payments.iloc[present]
        cancelled = _cancelled(chosen) if name == "cancel_history" else np.zeros(len(chosen))
        cells = zip(
            chosen.index.tolist(), chosen[name], chosen["amount"].tolist(), cancelled, strict=True
        )
        for row, entries, amount, gone in cells:
            if not is_list(entries):
                continue
            if len(entries) == 0 and not gone:
                continue
            found = [int(entry["amount"]) for entry in entries] or [0]
            rows += [row] * len(found)
            parts += found
            wholes += [amount] * len(found)
    columns = {"payment_row": rows, "part": parts, "whole": wholes}
    return pa.table({key: pa.array(values, pa.int64()) for key, values in columns.items()})


def is_list(entries: Any) -> bool:
    """Tell a history from an absent one.

    Parameters
    ----------
    entries : object
        A cell of a nested column.

    Returns
    -------
    bool
        True for lists and arrays.
    """
    return type(entries) is list or isinstance(entries, (tuple, np.ndarray))


def _odd_histories(frame: pd.DataFrame) -> Numbers:
    """Find payments whose cancels do not add up, or that hold deposits."""
    odd: list[int] = []
    if "cancel_history" in frame.columns:
        odd += _odd_cancels(frame)
    if "deposit_history" in frame.columns:
        cells = frame["deposit_history"].to_numpy(dtype=object)
        present = np.flatnonzero(frame["deposit_history"].notna().to_numpy())
        odd += [row for row in present.tolist() if _filled(cells[row])]
    return np.array(odd, dtype="int64")


def _odd_cancels(frame: pd.DataFrame) -> list[int]:
    """Compare each cancel history with the cancelled amount."""
    cells = frame["cancel_history"].to_numpy(dtype=object)
    sums = _cancelled(frame)
    # Old rows have no history, and nearly all histories are empty: look only where there is more.
    present = np.flatnonzero(frame["cancel_history"].notna().to_numpy() | (sums != 0))
    odd: list[int] = []
    for row, entries, total in zip(
        present.tolist(), cells[present], sums[present].tolist(), strict=True
    ):
        if type(entries) is list and len(entries) == 1:
            if entries[0]["amount"] != total:
                odd.append(row)
        elif is_list(entries) and _sum(entries) != total:
            odd.append(row)
    return odd


def _sum(entries: Any) -> int:
    """Add up a history in Python integers."""
    return sum([int(entry["amount"]) for entry in entries])


def _cancelled(frame: pd.DataFrame) -> Numbers:
    """Return the cancelled amounts; a frame without them has cancelled nothing."""
    if "cancel_amount" not in frame.columns:
        return np.zeros(len(frame), dtype="int64")
    return frame["cancel_amount"].to_numpy()


def _odd_large_histories(connection: duckdb.DuckDBPyConnection, payments: Side) -> Numbers:
    """Take every payment with a cancel or a deposit: their histories are read later."""
    tests = [
        f"coalesce({name}::VARCHAR NOT IN ('[]', ''), false)"
        for name in ("cancel_history", "deposit_history")
        if name in payments.columns
    ]
    if "cancel_history" in payments.columns and "cancel_amount" in payments.columns:
        tests.append("coalesce(cancel_amount <> 0, false)")
    if not tests:
        return np.array([], dtype="int64")
    return _rows(connection, f"SELECT row FROM payments_src WHERE {' OR '.join(tests)}")


def _filled(cell: Any) -> bool:
    """Whether a history has an entry."""
    return is_list(cell) and len(cell) > 0


def _charges_sql(payments: Side, minutes: int) -> str:
    """Write the charges that a later one could repeat; nothing where none can be told."""
    names = [name for name in ("customer_uid", "buyer_tel") if name in payments.columns]
    if not names or minutes <= 0 or "paid_at" not in payments.columns:
        return ""
    cancel = "coalesce(cancel_amount, 0)" if "cancel_amount" in payments.columns else "0"
    # Money that went back in full was no charge; an issue of amount 0 is none either.
    return f"""
        SELECT row, imp_uid, merchant_uid, amount, currency, epoch_us(paid_at) AS paid_us,
               status, {cancel} AS cancel, coalesce({", ".join(names)}) AS customer
        FROM payments_src
        WHERE amount > {cancel} AND merchant_uid IS NOT NULL
          AND coalesce({", ".join(names)}) IS NOT NULL AND paid_at IS NOT NULL
    """


def _doubtful_charges(
    connection: duckdb.DuckDBPyConnection, payments: Side, minutes: int
) -> tuple[str, Numbers]:
    """Find charges of one customer, amount and currency that follow each other closely."""
    charges = _charges_sql(payments, minutes)
    if not charges:
        return charges, np.array([], dtype="int64")
    columns = connection.sql(
        f"SELECT row, hash(customer, amount, currency) AS h, paid_us FROM ({charges}) WHERE {APPROVED}"
    ).to_arrow_table()
    rows, hashes, paid = (columns[name].to_numpy() for name in ("row", "h", "paid_us"))
    # Few repeat a charge: only those are put in order of time.
    in_order = np.sort(hashes)
    is_repeated = np.isin(hashes, in_order[1:][in_order[1:] == in_order[:-1]])
    rows, hashes, paid = rows[is_repeated], hashes[is_repeated], paid[is_repeated]
    order = np.lexsort((paid, hashes))
    rows, hashes, paid = rows[order], hashes[order], paid[order]
    near = (hashes[1:] == hashes[:-1]) & (paid[1:] - paid[:-1] <= minutes * 60_000_000)
    return charges, np.unique(np.concatenate([rows[1:][near], rows[:-1][near]]))


def _doubles(
    connection: duckdb.DuckDBPyConnection, charges: str, suspects: Numbers, minutes: int
) -> dict[int, str]:
    """Find later charges of the same customer and amount under another order id."""
    if not len(suspects):
        return {}
    connection.register("suspects", pa.table({"suspect": suspects}))
    found = connection.execute(f"""
        WITH charge AS ({charges} AND row IN (SELECT suspect FROM suspects))
        SELECT later.row, first(earlier.merchant_uid ORDER BY earlier.paid_us, earlier.imp_uid)
        FROM charge AS later JOIN charge AS earlier
          ON later.customer = earlier.customer AND later.amount = earlier.amount
         AND later.currency = earlier.currency AND later.merchant_uid <> earlier.merchant_uid
         AND (earlier.paid_us, earlier.imp_uid) < (later.paid_us, later.imp_uid)
         AND later.paid_us - earlier.paid_us <= {minutes * 60_000_000}
        GROUP BY later.row
    """).fetchall()
    connection.unregister("suspects")
    return {int(row): str(other) for row, other in found}


def _rows(
    connection: duckdb.DuckDBPyConnection, statement: str, values: dict[str, Any] | None = None
) -> Numbers:
    """Fetch row numbers."""
    fetched = connection.sql(statement, params=values).to_arrow_table()
    numbers: Numbers = fetched.column(0).to_numpy()
    return numbers
