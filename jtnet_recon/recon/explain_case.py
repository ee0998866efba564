"""The case of one key: its items, the rows of each, and what was linked to it."""

from __future__ import annotations

import difflib
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from jtnet_recon.errors import ConfigError
from jtnet_recon.recon.explain_groups import matches_of
from jtnet_recon.recon.explain_links import Links, links_of
from jtnet_recon.recon.explain_sides import Sides, names_of, plain_side, rows_of, sides_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jtnet_recon.recon.explain_say import Say
    from jtnet_recon.recon.result import Reconciliation

_NEAR_MAX = 3
_KEYS_MAX = 5_000
_AROUND = 500


@dataclass(frozen=True, slots=True)
class Item:
    """One item and its rows.

    Parameters
    ----------
    values : dict
        The item's columns and figures.
    left, right : tuple of int
        Row numbers of each side; empty for plain matches of inputs larger than memory.
    within : str
        For entries, the pass inside the key.
    is_exact : bool
        Whether the exact pass settled it.
    """

    values: dict[str, Any]
    left: tuple[int, ...]
    right: tuple[int, ...]
    within: str = ""
    is_exact: bool = False

    @property
    def code(self) -> str | None:
        """Its break code, if any."""
        code: str | None = self.values["code"]
        return code


@dataclass(frozen=True, slots=True)
class Case:
    """All that the explanation of one key needs.

    Parameters
    ----------
    result : Reconciliation
        The result.
    key : str or None
        As it was asked for; None for a row without one.
    sides : Sides
        Both sides: the rows that the exact pass left.
    links : Links
        Rows of the ledger that count under another key.
    items : list of Item
        The key's items.
    left, right : DataFrame
        The rows of the items as plain columns, plainly matched ones too.
    payments, ledger : DataFrame
        The same rows with their own columns.
    say : Say
        The language.
    """

    result: Reconciliation
    key: str | None
    sides: Sides
    links: Links
    items: list[Item]
    left: pd.DataFrame
    right: pd.DataFrame
    payments: pd.DataFrame
    ledger: pd.DataFrame
    say: Say

    @property
    def is_orders(self) -> bool:
        """Whether the rule compares orders rather than entries."""
        return self.result.rule.level == "orders"

    def labels(self, rows: Iterable[int], place: int) -> str:
        """Name rows of a side."""
        side = (self.left, self.right)[place]
        return ", ".join(str(side["label"][row]) for row in rows)


def case_of(result: Reconciliation, key: str | None, row: tuple[str, int] | None, say: Say) -> Case:
    """Gather everything about one key, or about one row without a key.

    Parameters
    ----------
    result : Reconciliation
        Of ``reconcile()``.
    key : str or None
        The key.
    row : tuple of (side, number) or None
        A row instead of a key.
    say : Say
        The language.

    Returns
    -------
    Case
        Its items and rows.

    Raises
    ------
    ConfigError
        If neither side has the key or the row.
    """
    sides = sides_of(result, say)
    lone = None
    if row is not None:
        key, lone = _key_of_row(result, sides, row)
    # Only a normaliser could merge ids of rows that are matched already.
    is_asked = result.rule.normalise is not None
    every = [_every_key(result, place) if is_asked else set() for place in (0, 1)]
    links = links_of(sides, every[0], every[1])
    if lone is not None and lone[0] == 1 and lone[1] in links.by_row:
        key = links.by_row[lone[1]][0]
    if key is not None:
        items = _items(result, sides, links, _keys_of(sides, links, key))
    elif lone is not None:
        items = _lone_items(result, lone)
    else:
        raise ConfigError(_NO_KEY, hint=_NO_KEY_HINT, hint_ko=_NO_KEY_HINT_KO)
    if not items:
        raise _unknown(str(key), _every_key(result, 0) | _every_key(result, 1))
    plain, own = _rows(result, sides, items, say)
    return Case(result, key, sides, links, items, *plain, *own, say)


_NO_KEY = "A row without a key can be asked for by its row only."
_NO_KEY_HINT = (
    "Write explain(row=('ledger', 17)) or explain(row=('payments', 17)); the first row is 0."
)
_NO_KEY_HINT_KO = (
    "키가 없는 행은 explain(row=('ledger', 17))처럼 행 번호로 지정하세요. 첫 행은 0입니다."
)


def _key_of_row(
    result: Reconciliation, sides: Sides, row: tuple[str, int]
) -> tuple[str | None, tuple[int, int] | None]:
    """Find the key of a row; a row without one is named by its side and number."""
    names = ("payments", "ledger")
    if len(row) != len(names) or row[0] not in names:
        message = f"row={row!r} is no row."
        raise ConfigError(message, hint=_NO_KEY_HINT, hint_ko=_NO_KEY_HINT_KO)
    place, number = names.index(row[0]), row[1]
    frame = (result.payments, result.ledger)[place]
    rest = (sides.left, sides.right)[place]
    if number in rest.index:
        key = rest["key"][number]
    elif "rows_in_all" not in frame.attrs and 0 <= number < len(frame):
        key = frame[names_of(result.rule.key, place)].iloc[number]
    else:
        message = f"The {row[0]} have no row {number} that can be looked at."
        count = f"{len(frame):,}"
        raise ConfigError(
            message,
            hint=f"The first row is 0; there are {count}.",
            hint_ko=f"첫 행은 0이고 모두 {count}행입니다.",
        )
    return (None, (place, number)) if pd.isna(key) else (str(key), None)


def _keys_of(sides: Sides, links: Links, key: str) -> list[str]:
    """List the keys under which rows with this key count."""
    is_own = sides.right["key"] == key
    return sorted({key, *links.keys_of(sides.right)[is_own]})


def _every_key(result: Reconciliation, place: int) -> set[str]:
    """List the keys of a side, those of plainly matched rows too."""
    frame = (result.payments, result.ledger)[place]
    keys = set(frame[names_of(result.rule.key, place)].dropna().unique())
    if "rows_in_all" in frame.attrs:
        for batch in result.item_source.batches():
            keys.update(pc.unique(batch["merchant_uid"]).to_pylist())
    return {str(key) for key in keys}


def _items(result: Reconciliation, sides: Sides, links: Links, keys: list[str]) -> list[Item]:
    """List the items of some keys with their rows."""
    others = result.item_source.others
    chosen = others.filter(_is_one_of(others, keys))
    records = chosen.to_pylist()
    if result.rule.level == "orders":
        found = [_order_item(sides, links, record) for record in records]
    else:
        found = _entry_items(sides, links, keys, records)
    return [*_exact_items(result, keys), *_summed_items(result, keys), *found]


def _is_one_of(table: pa.Table, keys: list[str]) -> Any:
    """Mark the lines of some keys."""
    column = table["merchant_uid"]
    return pc.is_in(column, pa.array(keys, column.type))


def _exact_items(result: Reconciliation, keys: list[str]) -> list[Item]:
    """List the plain matches of some keys."""
    if "rows_in_all" in result.payments.attrs or "rows_in_all" in result.ledger.attrs:
        parts = [batch.filter(_is_one_of(batch, keys)) for batch in _settled_batches(result)]
        return [Item(v, (), (), is_exact=True) for part in parts for v in part.to_pylist()]
    settled = result.item_source.settled
    column = result.payments[names_of(result.rule.key, 0)]
    rows = np.flatnonzero(column.isin(keys).to_numpy())
    places = np.flatnonzero(np.isin(settled.exact.payments, rows))
    return [
        Item(
            _exact_values(result, int(place), str(column.iloc[settled.exact.payments[place]])),
            (int(settled.exact.payments[place]),),
            (int(settled.exact.ledger[place]),),
            is_exact=True,
        )
        for place in places
    ]


def _settled_batches(result: Reconciliation) -> Iterator[pa.Table]:
    """Yield the plain matches, a table at a time: they come first among the items."""
    seen, count = 0, len(result.item_source.settled.amount)
    for batch in result.item_source.batches():
        if seen >= count:
            return
        seen += batch.num_rows
        yield batch


def _summed_items(result: Reconciliation, keys: list[str]) -> list[Item]:
    """List the orders that were matched by their sums."""
    summed = result.item_source.summed
    records = summed.filter(_is_one_of(summed, keys)).to_pylist()
    return [_summed_item(result, values) for values in records]


def _summed_item(result: Reconciliation, values: dict[str, Any]) -> Item:
    """Find the rows of an order that was matched by its sums."""
    exact, rows = result.item_source.settled.exact, []
    for frame, rest in (
        (result.payments, exact.rest_payments),
        (result.ledger, exact.rest_ledger),
    ):
        if "rows_in_all" in frame.attrs:
            return Item(values, (), (), is_exact=True)
        own = rows_of(frame, rest)
        own = own[own["merchant_uid"] == values["merchant_uid"]]
        if "currency" in own.columns:
            own = own[own["currency"].fillna("KRW") == values["currency"]]
        rows.append(own)
    is_sale = rows[1]["amount"] > 0
    figures = {"approved": 1, "sales": int(is_sale.sum())}
    left, right = (tuple(map(int, own.index)) for own in rows)
    return Item({**values, **figures}, left, right)


def _exact_values(result: Reconciliation, place: int, key: str) -> dict[str, Any]:
    """Write one plain match as an item."""
    settled = result.item_source.settled
    amount, cancel = int(settled.amount[place]), int(settled.cancel[place])
    kind = "order"
    if settled.is_cancel is not None:
        kind = "cancel" if settled.is_cancel[place] else "approval"
    figures: dict[str, Any] = {"rows_payments": 1, "rows_ledger": 1, "difference": 0}
    for side in ("payments", "ledger"):
        figures |= {f"amount_{side}": amount, f"cancel_{side}": cancel}
        figures |= {f"net_{side}": amount - cancel, f"idle_{side}": 0}
    return {
        **figures,
        "outcome": "matched",
        "code": None,
        "excluded_as": None,
        "merchant_uid": key,
        "currency": settled.currencies[int(settled.currency[place]) - 1],
        "kind": kind,
        "money_at_risk": 0,
        "reasons": None,
        "matched_by": settled.matched_by,
    }


def _order_item(sides: Sides, links: Links, values: dict[str, Any]) -> Item:
    """Find the rows of an order's item."""
    key, currency = values["merchant_uid"], values["currency"]
    left, right = sides.left, sides.right
    own = left[(left["key"] == key) & (left["currency"] == currency)]
    theirs = right[(links.keys_of(right) == key) & (right["currency"] == currency)]
    return Item(values, tuple(map(int, own.index)), tuple(map(int, theirs.index)))


def _lone_items(result: Reconciliation, lone: tuple[int, int]) -> list[Item]:
    """Find the item of a row without a key."""
    others, (place, number) = result.item_source.others, lone
    name = ("row_p", "row_l")[place]
    is_row = pc.equal(others[name], pa.scalar(number, others[name].type))
    chosen = others.filter(pc.and_(is_row, pc.is_null(others["merchant_uid"])))
    rows = [(number,) if side == place else () for side in (0, 1)]
    return [Item(values, rows[0], rows[1]) for values in chosen.to_pylist()]


def _entry_items(
    sides: Sides, links: Links, keys: list[str], records: list[dict[str, Any]]
) -> list[Item]:
    """Match the rows of some keys once more, and find the item of each match."""
    # A row stands in one item, so the first row of either side names it.
    waiting = {_first(values["row_p"], values["row_l"]): values for values in records}
    items: list[Item] = []
    for key in keys:
        for match in matches_of(sides, links, key):
            left, right = (tuple(entry.row for entry in side) for side in (match.left, match.right))
            found = [_first(row, None) for row in left] or [_first(None, row) for row in right]
            values = next((waiting.pop(first) for first in found if first in waiting), None)
            if values is not None:
                items.append(Item(values, left, right, match.by))
    # What is left stands alone: a line that was not paid, a cancel history that says too much.
    items += [Item(v, _one(v["row_p"]), _one(v["row_l"])) for v in waiting.values()]
    return items


def _first(row_p: int | None, row_l: int | None) -> tuple[int, int | None]:
    """Name an item by its first row: of the payments, else of the ledger."""
    return (0, row_p) if row_p is not None else (1, row_l)


def _one(row: int | None) -> tuple[int, ...]:
    """List a row, if there is one."""
    return () if row is None else (row,)


def _rows(
    result: Reconciliation, sides: Sides, items: list[Item], say: Say
) -> tuple[tuple[pd.DataFrame, pd.DataFrame], tuple[pd.DataFrame, pd.DataFrame]]:
    """Take the rows of the items: as plain columns, and with their own."""
    plain, own = [], []
    for place, frame in enumerate((result.payments, result.ledger)):
        numbers = sorted({row for item in items for row in (item.left, item.right)[place]})
        if "rows_in_all" in frame.attrs:
            rows = (sides.payments, sides.ledger)[place].loc[numbers]
        else:
            rows = rows_of(frame, np.array(numbers, dtype="int64"))
        own.append(rows)
        plain.append(plain_side(rows, result.rule, place, sides.references, say))
    return (plain[0], plain[1]), (own[0], own[1])


def _unknown(key: str, keys: set[str]) -> ConfigError:
    """Name the nearest keys there are."""
    found = difflib.get_close_matches(key, _alike(key, keys), n=_NEAR_MAX, cutoff=0.6)
    names = ", ".join(repr(name) for name in found)
    message = f"Neither side has the key {key!r}."
    if not names:
        return ConfigError(
            message,
            hint="Copy it from result.items or result.breaks.",
            hint_ko="result.items나 result.breaks에서 복사해 넣으세요.",
        )
    return ConfigError(message, hint=f"Near: {names}.", hint_ko=f"비슷한 키: {names}")


def _alike(key: str, keys: set[str]) -> list[str]:
    """Of very many keys, take those that start or end most like the wanted one."""
    if len(keys) <= _KEYS_MAX:
        return sorted(keys)
    chosen: set[str] = set()
    for step in (1, -1):
        turned = sorted(other[::step] for other in keys)
        place = bisect_left(turned, key[::step])
        around = turned[max(0, place - _AROUND) : place + _AROUND]
        chosen.update(other[::step] for other in around)
    return sorted(chosen)
