"""Suggestions on items: likely pairs (P10) and ties (P11) among what is left on both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jtnet_recon.recon.orders import DAY_S, KST_S
from jtnet_recon.recon.suggest import Loose, Suggestion, suggest, tail_of

if TYPE_CHECKING:
    import duckdb

    from jtnet_recon.recon.links import Ambiguity
    from jtnet_recon.recon.rules import Rule

LEFT_CODES = ("P01", "V01", "P06", "C01")
RIGHT_CODES = ("P02", "C02")
_LOOKING = (
    "merchant_uid currency kind net_payments net_ledger rows_payments rows_ledger row_p row_l "
    "paid_us day_l approved sales"
).split()


def suggest_items(
    connection: duckdb.DuckDBPyConnection,
    outcomes: pa.Table,
    rule: Rule,
    ambiguous: list[Ambiguity],
) -> pa.Table:
    """Mark one-sided items that fit together, or that fit several.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds ``payments_in`` and ``right_in``, for card numbers.
    outcomes : Table
        The items of the later passes.
    rule : Rule
        Whether and how far to suggest.
    ambiguous : list of Ambiguity
        Lines that a reference led to several payments.

    Returns
    -------
    Table
        The items, with ``candidates`` (order ids, by comma) and ``decides``.
    """
    marks: dict[int, Suggestion] = {}
    right = _loose(connection, outcomes, RIGHT_CODES, side="ledger")
    left = _loose(connection, outcomes, LEFT_CODES, side="payments") if right else []
    if left and right:
        tied = _tied(left, right, outcomes, ambiguous)
        marks |= tied
        if rule.suggest is not None:
            free = [[item for item in side if item.item not in tied] for side in (left, right)]
            for found in suggest(free[0], free[1], rule.suggest):
                marks |= found
    return _marked(outcomes, marks)


def _loose(
    connection: duckdb.DuckDBPyConnection,
    outcomes: pa.Table,
    codes: tuple[str, ...],
    *,
    side: str,
) -> list[Loose]:
    """List the items of one side that look for another half."""
    is_payment = side == "payments"
    number, table = ("row_p", "payments_in") if is_payment else ("row_l", "right_in")
    other_half = outcomes["rows_ledger" if is_payment else "approved"]
    is_single = pc.equal(pc.max_element_wise(outcomes["approved"], outcomes["sales"]), 1)
    is_looking = pc.is_in(outcomes["code"], pa.array(codes))
    for test in (
        pc.equal(other_half, 0),
        is_single,
        outcomes["merchant_uid"].is_valid(),
        outcomes[number].is_valid(),
    ):
        is_looking = pc.and_(is_looking, pc.fill_null(test, fill_value=False))
    places = np.flatnonzero(is_looking.to_numpy())
    looking = outcomes.select(_LOOKING).take(pa.array(places)).to_pylist()
    cards = _cards(connection, table, [row[number] for row in looking])
    return [
        Loose(
            item,
            row["merchant_uid"],
            f"{row['currency']}/{row['kind']}",
            int(row[f"net_{side}"]),
            _day(row["paid_us"]) if is_payment else row["day_l"],
            tail_of(cards.get(row[number])),
        )
        for item, row in zip(places.tolist(), looking, strict=True)
    ]


def _cards(
    connection: duckdb.DuckDBPyConnection, table: str, rows: list[int]
) -> dict[int, str | None]:
    """Fetch the card numbers of some rows."""
    connection.register("wanted", pa.table({"wanted": pa.array(rows, pa.int64())}))
    found = connection.execute(
        f"SELECT row, card_number FROM {table} JOIN wanted ON row = wanted "
        "WHERE card_number IS NOT NULL"
    ).fetchall()
    connection.unregister("wanted")
    return dict(found)


def _day(paid_us: int | None) -> int | None:
    """Return the day of an instant in Asia/Seoul, days since 1970-01-01."""
    return None if paid_us is None else (paid_us // 1_000_000 + KST_S) // DAY_S


def _tied(
    left: list[Loose], right: list[Loose], outcomes: pa.Table, ambiguous: list[Ambiguity]
) -> dict[int, Suggestion]:
    """Mark lines that a reference leads to several payments, and those payments."""
    if not ambiguous:
        return {}
    by_row = {
        row: item for item, row in enumerate(outcomes["row_l"].to_pylist()) if row is not None
    }
    # One order may wait in two currencies, and as a sale and a refund: the line's own are meant.
    by_key = {
        (loose.key, meant): loose for loose in left for meant in (_code(loose), loose.currency)
    }
    lines = {loose.item: loose for loose in right}
    marks: dict[int, Suggestion] = {}
    for tie in ambiguous:
        line = lines.get(by_row.get(tie.row, -1))
        if line is None:
            continue
        found = [
            by_key.get((key, line.currency), by_key.get((key, _code(line)))) for key in tie.keys
        ]
        fitting = [loose for loose in found if loose is not None]
        if len(fitting) != len(tie.keys):
            continue
        marks[line.item] = Suggestion("P11", tie.keys, tie.decides)
        for loose in fitting:
            earlier = marks.get(loose.item)
            others = tuple(sorted({*(earlier.others if earlier else ()), line.key}))
            marks[loose.item] = Suggestion("P11", others, tie.decides)
    return marks


def _code(loose: Loose) -> str:
    """Take the currency without the kind."""
    return loose.currency.partition("/")[0]


def _marked(outcomes: pa.Table, marks: dict[int, Suggestion]) -> pa.Table:
    """Write codes, outcomes and candidates into the items."""
    count = outcomes.num_rows
    candidates: list[str | None] = [None] * count
    decides: list[str | None] = [None] * count
    if marks:
        columns = {
            name: outcomes[name].to_pylist() for name in ("code", "outcome", "money_at_risk")
        }
        on_payments = outcomes["rows_payments"].to_pylist()
        net = outcomes["net_payments"].to_pylist()
        for item, mark in marks.items():
            columns["code"][item] = mark.code
            if mark.code == "P11":
                columns["outcome"][item] = "ambiguous"
            # The payments' side carries the amount; the ledger's item would count it twice.
            columns["money_at_risk"][item] = abs(net[item]) if on_payments[item] else 0
            candidates[item], decides[item] = ", ".join(mark.others), mark.decides
        outcomes = _replaced(outcomes, columns)
    return outcomes.append_column("candidates", pa.array(candidates, pa.string())).append_column(
        "decides", pa.array(decides, pa.string())
    )


def _replaced(table: pa.Table, columns: dict[str, list[Any]]) -> pa.Table:
    """Put new values into columns of the same type."""
    for name, values in columns.items():
        place = table.schema.get_field_index(name)
        table = table.set_column(place, name, pa.array(values, table.schema.field(name).type))
    return table
