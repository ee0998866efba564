"""The passes of a rule of entries: single rows of one table against single rows of the other."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from jtnet_recon.errors import ConfigError, TableError
from jtnet_recon.recon.entry_items import items_of_group, schema_of_items
from jtnet_recon.recon.exact import single_pairs, settled
from jtnet_recon.recon.items import Compared, Items, Settled
from jtnet_recon.recon.links import link
from jtnet_recon.recon.orders import DAY_S, IS_TEST, KST_S
from jtnet_recon.recon.pairing import suggest_items
from jtnet_recon.recon.sources import rest_frame
from jtnet_recon.recon.sums import Figures
from jtnet_recon.recon.within import Entry

if TYPE_CHECKING:
    import duckdb

    from jtnet_recon.recon.rules import Names, Rule
    from jtnet_recon.recon.sources import Side

CANCEL_WORDS = (
    "cancel", "cancelled", "canceled", "refund", "refunded", "취소", "환불", "전체취소",
    "부분취소", "부분환불", "승인취소", "매출취소", "반품",
)  # fmt: skip
SALE_WORDS = (
    "approval", "approved", "sale", "sales", "payment", "paid", "매출", "결제", "승인", "판매",
    "정상", "결제완료",
)  # fmt: skip
"""Words of a kind column. Source: i'mport V1 reconciliation guide, row kinds; Korean heads."""


def compare_entries(
    connection: duckdb.DuckDBPyConnection, payments: Side, ledger: Side, rule: Rule
) -> Compared:
    """Run the passes of a rule of entries.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds both sides' views.
    payments, ledger : Side
        The first and the second table.
    rule : Rule
        A rule of entries.

    Returns
    -------
    Compared
        Items and the rows that were not plainly matched.
    """
    is_dated = rule.day is not None and _names(rule.day)[1] in ledger.columns
    references = _references(rule, payments, ledger)
    for side, place in ((payments, 0), (ledger, 1)):
        connection.execute(_view_sql(side, rule, place, references))
    exact, *figures = _exact(connection, payments, ledger, is_dated=is_dated)
    rest_payments = rest_frame(connection, payments, exact.exact.rest_payments)
    rest_ledger = rest_frame(connection, ledger, exact.exact.rest_ledger)
    _load_rest(connection, exact)
    ambiguous = link(connection, rule, frozenset(references))
    outcomes = _outcomes(connection, rule, is_dated=is_dated)
    outcomes = suggest_items(connection, outcomes, rule, ambiguous)
    return Compared(
        items=Items(exact, outcomes, payments, connection, key=_names(rule.key)[0]),
        figures=(figures[0], figures[1]),
        rest_payments=rest_payments,
        rest_ledger=rest_ledger,
    )


def _names(names: Names) -> tuple[str, str]:
    """Give each table's own name of a column."""
    return (names, names) if isinstance(names, str) else names


def _references(rule: Rule, payments: Side, ledger: Side) -> list[str]:
    """Name the reference columns that both tables have."""
    wanted = [
        name
        for reference in rule.references
        for name in ((reference,) if isinstance(reference, str) else reference)
    ]
    return [name for name in wanted if name in payments.columns and name in ledger.columns]


def _view_sql(side: Side, rule: Rule, place: int, references: list[str]) -> str:
    """Write one side as entries: key, currency, kind, signed amount, day, instant."""
    key = _column(side, _names(rule.key)[place], required=True)
    stated = f"{_column(side, _names(rule.amount)[place], required=True)}::BIGINT"
    currency = _column(side, _names(rule.currency)[place]) if rule.currency else None
    kind = _column(side, _names(rule.kind)[place]) if rule.kind else None
    day = _column(side, _names(rule.day)[place]) if rule.day else None
    at = f"epoch_us({day})" if day else "NULL::BIGINT"
    has_time = place == 0 and day is not None
    is_cancel = f"{stated} < 0"
    if kind is not None:
        words = ", ".join(f"'{word}'" for word in CANCEL_WORDS)
        sales = ", ".join(f"'{word}'" for word in SALE_WORDS)
        is_cancel = (
            f"CASE WHEN lower(trim({kind})) IN ({words}) THEN true"
            f" WHEN lower(trim({kind})) IN ({sales}) THEN {stated} < 0 ELSE {stated} < 0 END"
        )
    # A day has no zone and an instant has: the day in Asia/Seoul is what both are compared by.
    shift = KST_S if place == 0 and _is_instant(side, day) else 0
    status = "status" if place == 1 and "status" in side.columns else None
    idle = f"coalesce({status} IN ('ready', 'failed'), false)" if status else "false"
    test = IS_TEST if place == 0 and {"sandbox", "pg_id"} <= side.columns else "false"
    extra = "".join(f", {name}" for name in references)
    card = "card_number" if "card_number" in side.columns else "NULL::VARCHAR AS card_number"
    flag = "flag" if "flag" in side.columns else "NULL::VARCHAR AS flag"
    method = "pay_method" if "pay_method" in side.columns else "NULL::VARCHAR AS pay_method"
    imp_uid = (
        "" if "imp_uid" in references else
        (", imp_uid" if "imp_uid" in side.columns else ", NULL::VARCHAR AS imp_uid")
    )  # fmt: skip
    return f"""
    CREATE TEMP VIEW {side.name}_entries AS
    SELECT row, {key}::VARCHAR AS key, {f"coalesce({currency}, 'KRW')" if currency else "'KRW'"} AS currency,
           {is_cancel} AS is_cancel, {stated} AS stated,
           CASE WHEN is_cancel THEN -abs({stated}) ELSE {stated} END AS amount,
           ({at} // 1000000 + {shift}) // {DAY_S} AS day,
           {f"{at} // 1000000" if has_time and shift else "NULL::BIGINT"} AS at_s,
           {idle} AS is_idle, {test} AS is_test, {flag}, {card}, {method}{imp_uid}{extra}
    FROM {side.view}
    """


def _is_instant(side: Side, day: str | None) -> bool:
    """Tell an instant from a day."""
    if day is None:
        return False
    if side.frame is not None:
        name = day[1:-1].replace('""', '"')
        return getattr(side.frame[name].dtype, "tz", None) is not None
    return True


def _column(side: Side, name: str, *, required: bool = False) -> str | None:
    """Return a column's name, quoted for SQL, if the table has it."""
    if name in side.columns:
        return '"' + name.replace('"', '""') + '"'
    if required:
        message = f"The {side.name} have no column {name!r}, which the rule compares."
        seen = ", ".join(sorted(side.columns)) or "none"
        raise ConfigError(message, hint=f"They have: {seen}.")
    return None


def _exact(
    connection: duckdb.DuckDBPyConnection, payments: Side, ledger: Side, *, is_dated: bool
) -> tuple[Settled, Figures, Figures]:
    """Pair rows that are alone under their key and kind and agree in everything."""
    first, second = single_pairs(
        connection, payments.rows, ledger.rows,
        left="payments_entries", right="ledger_entries", keys=("key", "is_cancel"),
    )  # fmt: skip
    currencies = _currencies(connection)
    left, right = (_arrays(connection, side, currencies) for side in (payments, ledger))
    fine = left["plain"][first] & right["plain"][second]
    for name in ("amount", "currency", *(("day",) if is_dated else ())):
        fine &= left[name][first] == right[name][second]
    exact = settled(first[fine], second[fine], payments.rows, ledger.rows)
    amount = left["amount"][exact.payments]
    pairs = Settled(
        exact=exact,
        amount=np.maximum(amount, 0),
        cancel=np.maximum(-amount, 0),
        currency=left["currency"][exact.payments],
        currencies=tuple(currencies),
        matched_by="key, kind, amount and day" if is_dated else "key, kind and amount",
        is_cancel=amount < 0,
    )
    return pairs, *(
        Figures(
            np.where(side["is_money"], np.maximum(side["amount"], 0), side["stated"]),
            np.maximum(-side["amount"], 0),
            side["is_money"],
            side["currency"],
            pairs.currencies,
        )
        for side in (left, right)
    )


def _currencies(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Name the currencies of both sides."""
    rows = connection.sql(
        "SELECT DISTINCT currency FROM payments_entries "
        "UNION SELECT DISTINCT currency FROM ledger_entries"
    ).fetchall()
    return sorted(str(row[0]) for row in rows)


def _arrays(
    connection: duckdb.DuckDBPyConnection, side: Side, currencies: list[str]
) -> dict[str, np.ndarray[Any, Any]]:
    """Fetch a side's figures as arrays in the order of its rows."""
    no_day = -(10**8) if side.name == "payments" else -(10**9)
    fetched = connection.sql(
        f"""
        SELECT row, amount, stated, list_position($currencies, currency)::BIGINT AS currency,
               coalesce(day, {no_day}) AS day, NOT is_idle AS is_money,
               is_money AND NOT is_test AND flag IS NULL AND amount <> 0 AS plain
        FROM {side.name}_entries
        """,
        params={"currencies": currencies},
    ).to_arrow_table()
    rows = fetched["row"].to_numpy()
    arrays = {}
    for name in fetched.column_names:
        values = fetched[name].to_numpy()
        placed = np.empty(len(values), dtype=values.dtype)
        placed[rows] = values
        arrays[name] = placed
    return arrays


def _load_rest(connection: duckdb.DuckDBPyConnection, exact: Settled) -> None:
    """Load what is left, as the tables that the later passes read."""
    for side, rows in (
        ("payments", exact.exact.rest_payments),
        ("ledger", exact.exact.rest_ledger),
    ):
        connection.register("wanted", pa.table({"wanted": rows}))
        name, more = (
            ("payments_in", "")
            if side == "payments"
            else ("right_in", ", NULL::VARCHAR AS linked_by, false AS damaged")
        )
        connection.execute(
            f"CREATE TEMP TABLE {name} AS SELECT *{more} FROM {side}_entries "
            "WHERE row IN (SELECT wanted FROM wanted)"
        )
        connection.unregister("wanted")
    connection.execute("CREATE TEMP VIEW left_in AS SELECT * FROM payments_in")
    connection.execute(
        "CREATE TEMP VIEW all_left AS SELECT key AS merchant_uid FROM payments_entries"
    )
    connection.execute(
        "CREATE TEMP VIEW all_right AS SELECT key AS merchant_uid FROM ledger_entries"
    )


_Group = tuple[list[tuple[Entry, dict[str, Any]]], list[tuple[Entry, dict[str, Any]]]]


def _outcomes(connection: duckdb.DuckDBPyConnection, rule: Rule, *, is_dated: bool) -> pa.Table:
    """Match key by key, and write what comes out as items."""
    groups: dict[tuple[str | int, str], _Group] = defaultdict(lambda: ([], []))
    for place, table in enumerate(("payments_in", "right_in")):
        fetched = connection.sql(f"SELECT * FROM {table} ORDER BY row").to_arrow_table()
        for row in fetched.to_pylist():
            _check_size(row["amount"])
            # A row without a key is a group of its own: nothing matches a missing key.
            key = row["key"] if row["key"] is not None else (place, row["row"])
            entry = Entry(row["row"], row["amount"], row["day"], row["at_s"])
            groups[key, row["currency"]][place].append((entry, row))
    others = _other_currencies(groups)
    items = [
        item
        for (key, currency), (left, right) in groups.items()
        for item in items_of_group(
            key if isinstance(key, str) else None, currency, left, right, rule,
            is_dated=is_dated, is_elsewhere=key in others,
        )
    ]  # fmt: skip
    return pa.Table.from_pylist(items, schema=schema_of_items())


def _check_size(amount: int) -> None:
    """Refuse what cannot be negated."""
    if abs(amount) >= 2**63 - 1:  # pragma: no cover - int64 holds one such value
        message = "An amount does not fit into 64 bits."
        raise TableError(message)


def _other_currencies(groups: dict[Any, _Group]) -> set[Any]:
    """Find keys with rows of one currency on one side and of another on the other."""
    left = {key for (key, _), (rows, others) in groups.items() if rows and not others}
    right = {key for (key, _), (rows, others) in groups.items() if others and not rows}
    return left & right
