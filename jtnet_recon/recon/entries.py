"""The passes of a rule of entries: single rows of one table against single rows of the other."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from jtnet_recon.errors import ConfigError
from jtnet_recon.recon.balance import control_totals_of
from jtnet_recon.recon.entry_items import items_of_group, schema_of_items
from jtnet_recon.recon.exact import settled, single_pairs
from jtnet_recon.recon.items import Compared, Items, Settled
from jtnet_recon.recon.kinds import is_cancel_sql
from jtnet_recon.recon.large import check_type, engine_name
from jtnet_recon.recon.links import link, quoted
from jtnet_recon.recon.orders import DAY_S, IS_TEST, KST_S
from jtnet_recon.recon.pairing import suggest_items
from jtnet_recon.recon.sources import check_repeats, rest_frame
from jtnet_recon.recon.sums import Figures
from jtnet_recon.recon.within import Entry
from jtnet_recon.tables import LEDGER, TRANSACTIONS, Column, Table

if TYPE_CHECKING:
    import duckdb

    from jtnet_recon.columns import Kind
    from jtnet_recon.recon.rules import Names, Rule
    from jtnet_recon.recon.sources import Side


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
    references = _references(rule, payments, ledger)
    for side, place in ((payments, 0), (ledger, 1)):
        connection.execute(_view_sql(connection, side, rule, place, references))
    is_dated = bool(connection.sql("SELECT count(day) > 0 FROM ledger_entries").fetchall()[0][0])
    exact, *figures = _exact(connection, payments, ledger, is_dated=is_dated)
    rest_payments = rest_frame(connection, payments, exact.exact.rest_payments)
    rest_ledger = rest_frame(connection, ledger, exact.exact.rest_ledger)
    if payments.table is TRANSACTIONS:
        check_repeats(rest_payments, "transaction_id")
    _load_rest(connection, exact)
    ambiguous = link(connection, rule, references)
    outcomes = _outcomes(connection, rule, is_dated=is_dated)
    outcomes = suggest_items(connection, outcomes, rule, ambiguous)
    return Compared(
        items=Items(exact, outcomes, payments, connection, key=_names(rule.key)[0]),
        control_totals=control_totals_of(figures[0], figures[1]),
        rest_payments=rest_payments,
        rest_ledger=rest_ledger,
    )


def own_table(rule: Rule, place: int, source: Any) -> Table:
    """Declare what a rule needs of a table of the user's own.

    Parameters
    ----------
    rule : Rule
        A rule of entries.
    place : {0, 1}
        Which table.
    source : object
        The input; of a frame the day is declared too: an instant if it has a zone.

    Returns
    -------
    Table
        All that the rule compares is required; references are read where they are.
    """
    kinds: dict[str, Kind] = {_names(rule.key)[place]: "text", _names(rule.amount)[place]: "money"}
    for names in (rule.currency, rule.kind):
        if names is not None:
            kinds.setdefault(_names(names)[place], "text")
    if rule.day is not None and isinstance(source, pd.DataFrame):
        day = _names(rule.day)[place]
        has_zone = day in source and isinstance(source[day].dtype, pd.DatetimeTZDtype)
        kinds.setdefault(day, "instant" if has_zone else "day")
    required = list(kinds)
    for name in _reference_names(rule):
        kinds.setdefault(name, "text")
    columns = tuple(
        Column(name, kind, name, name, required=name in required) for name, kind in kinds.items()
    )
    return Table(rule.sides[place], columns, key=required[0])


def names_of_rule(rule: Rule, place: int) -> list[str]:
    """List the columns of a table that a rule of entries can use, its key first.

    Parameters
    ----------
    rule : Rule
        A rule of entries.
    place : {0, 1}
        Which table.

    Returns
    -------
    list of str
        Names, whether the table has them or not.
    """
    compared = (rule.key, rule.amount, rule.day, rule.currency, rule.kind)
    own = [_names(names)[place] for names in compared if names is not None]
    return [*own, *_reference_names(rule)]


def _names(names: Names) -> tuple[str, str]:
    """Give each table's own name of a column."""
    return (names, names) if isinstance(names, str) else names


def _references(rule: Rule, payments: Side, ledger: Side) -> dict[str, str]:
    """Name the reference columns that both tables have, and give each a name in the engine."""
    wanted = _reference_names(rule)
    both = [name for name in wanted if name in payments.columns and name in ledger.columns]
    return {name: f"reference_{place}" for place, name in enumerate(both)}


def _reference_names(rule: Rule) -> list[str]:
    """List the reference columns of a rule, each once."""
    names = [(name,) if isinstance(name, str) else name for name in rule.references]
    return list(dict.fromkeys(name for group in names for name in group))


def _view_sql(
    connection: duckdb.DuckDBPyConnection,
    side: Side,
    rule: Rule,
    place: int,
    references: dict[str, str],
) -> str:
    """Write one side as entries: key, currency, kind, signed amount, day, instant."""
    key = _column(side, rule.key, place, required=True)
    stated = f"{_column(side, rule.amount, place, required=True)}"
    # Our own tables may lack what a rule can compare; a table of the user's own has what it says.
    own = side.table not in (TRANSACTIONS, LEDGER)
    currency, kind, at = (
        _column(side, names, place, required=own) for names in (rule.currency, rule.kind, rule.day)
    )
    day, at_s = _times_sql(connection, side, at)
    # Our own transactions are signed already; what their history does not explain may be either.
    is_signed = side.table is TRANSACTIONS
    extra = "".join(
        f", {_column(side, name, place)}::VARCHAR AS {column}"
        for name, column in references.items()
    )
    # The amount is told from names of our own: a table may call its columns as we do.
    return f"""
    CREATE TEMP VIEW {side.name}_entries AS
    SELECT *, CASE WHEN is_cancel AND NOT {is_signed} THEN -abs(stated) ELSE stated END AS amount
    FROM (
        SELECT row, {key}::VARCHAR AS key,
               {f"coalesce({currency}, 'KRW')" if currency else "'KRW'"} AS currency,
               {_is_cancel_sql(kind, stated)} AS is_cancel, {stated} AS stated,
               {day} AS day, {at_s} AS at_s{_marks_sql(side, place)}{extra}
        FROM {side.view}
    )
    """


def _is_cancel_sql(kind: str | None, stated: str) -> str:
    """Tell a cancel: by the word of its kind, else by its sign."""
    if kind is None:
        return f"{stated} < 0"
    return f"({is_cancel_sql(kind)} OR {stated} < 0)"


def _times_sql(
    connection: duckdb.DuckDBPyConnection, side: Side, column: str | None
) -> tuple[str, str]:
    """Write a row's day in Asia/Seoul, and its unix seconds where the side knows the instant."""
    if column is None:
        return "NULL::BIGINT", "NULL::BIGINT"
    name, found, *_ = connection.execute(f"DESCRIBE SELECT {column} FROM {side.view}").fetchall()[0]
    # A day has no zone and an instant has.
    if found == "TIMESTAMP WITH TIME ZONE":
        at_s = f"epoch_us({column}) // 1000000"
        return f"({at_s} + {KST_S}) // {DAY_S}", at_s
    check_type(name, "day", found, side.table.name)
    return f"epoch_us({column}) // {DAY_S * 1_000_000}", "NULL::BIGINT"


def _marks_sql(side: Side, place: int) -> str:
    """Take the columns that mean something in our own tables; elsewhere they are just columns."""
    ours = side.columns if side.table in (TRANSACTIONS, LEDGER) else frozenset[str]()
    is_idle = "coalesce(status IN ('ready', 'failed'), false)" if "status" in ours else "false"
    requests = "coalesce(status = 'cancel_requested', false)" if "status" in ours else "false"
    is_test = IS_TEST if place == 0 and {"sandbox", "pg_id"} <= ours else "false"
    texts = [
        name if name in ours else f"NULL::VARCHAR AS {name}"
        for name in ("flag", "card_number", "pay_method", "imp_uid")
    ]
    return "".join(
        f", {mark}"
        for mark in (
            f"{is_idle} AS is_idle",
            f"{is_test} AS is_test",
            f"{requests} AS requests",
            *texts,
        )
    )


def _column(side: Side, names: Names | None, place: int, *, required: bool = False) -> str | None:
    """Return a column's name, quoted for SQL, if the rule names it and the table has it."""
    if names is None:
        return None
    name = _names(names)[place]
    if name in side.columns:
        return quoted(engine_name(name))
    if required:
        message = f"The {side.name} have no column {name!r}, which the rule compares."
        seen = ", ".join(sorted(side.columns)) or "none"
        raise ConfigError(message, hint=f"They have: {seen}.", hint_ko=f"있는 열: {seen}")
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
    return pairs, _figures(left, pairs.currencies), _figures(right, pairs.currencies)


def _figures(side: dict[str, np.ndarray[Any, Any]], currencies: tuple[str, ...]) -> Figures:
    """Take the money of every row of a side."""
    return Figures(
        np.where(side["is_money"], np.maximum(side["amount"], 0), side["stated"]),
        np.maximum(-side["amount"], 0),
        side["is_money"],
        side["currency"],
        currencies,
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
    groups: dict[tuple[Any, str], _Group] = defaultdict(lambda: ([], []))
    for place, table in enumerate(("payments_in", "right_in")):
        fetched = connection.sql(f"SELECT * FROM {table} ORDER BY {_CONTENT[place]}, row")
        for row in fetched.to_arrow_table().to_pylist():
            # A row without a key is a group of its own: nothing matches a missing key.
            key = row["key"] if row["key"] is not None else (place, row["row"])
            entry = Entry(row["row"], row["amount"], row["day"], row["at_s"])
            groups[key, row["currency"]][place].append((entry, row))
    others = _other_currencies(groups)
    settled_amounts = _settled_amounts(connection)
    items = [
        item
        for (key, currency), (left, right) in groups.items()
        for item in items_of_group(
            key if isinstance(key, str) else None, currency, left, right, rule,
            is_dated=is_dated, is_elsewhere=key in others,
            settled=settled_amounts.get((key, currency), []),
        )
    ]  # fmt: skip
    return pa.Table.from_pylist(items, schema=schema_of_items())


def _settled_amounts(connection: duckdb.DuckDBPyConnection) -> dict[tuple[Any, str], list[int]]:
    """Fetch what the exact pass settled under keys that have a refund left: C04 asks for it."""
    rows = connection.execute("""
        SELECT key, currency, list(amount) FROM ledger_entries
        WHERE key IN (SELECT key FROM right_in WHERE amount < 0)
          AND row NOT IN (SELECT row FROM right_in)
        GROUP BY key, currency
    """).fetchall()
    return {(key, currency): amounts for key, currency, amounts in rows}


# Of rows that say the same, plain ones are matched first, wherever they stood in the input.
_CONTENT = (
    "is_test, flag NULLS FIRST, pay_method, card_number, imp_uid",
    "damaged, requests, linked_by NULLS FIRST, card_number, imp_uid",
)


def _other_currencies(groups: dict[Any, _Group]) -> set[Any]:
    """Find keys with rows of one currency on one side and of another on the other."""
    moving = {
        place: (_is_moving(left, "is_test"), _is_moving(right, "is_idle"))
        for place, (left, right) in groups.items()
    }
    only_left = {key for (key, _), (left, right) in moving.items() if left and not right}
    only_right = {key for (key, _), (left, right) in moving.items() if right and not left}
    return only_left & only_right


def _is_moving(rows: list[tuple[Entry, dict[str, Any]]], idle: str) -> bool:
    """Whether any row moves money."""
    return any(not row[idle] for _, row in rows)
