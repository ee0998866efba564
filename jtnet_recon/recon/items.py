"""Items: every row of both sides, each once, with its outcome.

The items of the exact pass are pairs of row numbers; they become lines of a table only when
somebody asks. The others are a table from the start.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from jtnet_recon.recon.links import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb
    import pandas as pd

    from jtnet_recon.recon.sources import Side

COLUMNS = (
    "outcome code excluded_as merchant_uid currency kind rows_payments rows_ledger amount_payments "
    "amount_ledger cancel_payments cancel_ledger net_payments net_ledger idle_payments idle_ledger "
    "difference money_at_risk reasons matched_by"
).split()
TEXTS = ("outcome code excluded_as merchant_uid currency kind reasons matched_by").split()
COUNTS = ("rows_payments", "rows_ledger")
_BATCH = 500_000
_BLOCK = 1 << 14

SCHEMA = pa.schema(
    [
        (name, pa.large_string() if name in TEXTS else pa.int32() if name in COUNTS else pa.int64())
        for name in COLUMNS
    ]
)


@dataclass(frozen=True, slots=True)
class Exact:
    """Row numbers that the exact pass settled, and those that it left.

    Parameters
    ----------
    payments, ledger : ndarray of int64
        Row numbers, pair by pair.
    rest_payments, rest_ledger : ndarray of int64
        Row numbers that are left, ascending.
    """

    payments: np.ndarray[Any, Any]
    ledger: np.ndarray[Any, Any]
    rest_payments: np.ndarray[Any, Any]
    rest_ledger: np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Settled:
    """The exact pairs with their figures, arrays of one length.

    Parameters
    ----------
    exact : Exact
        Row numbers.
    amount, cancel : ndarray of int64
        What both sides say, minor units, not negative.
    currency : ndarray of int64
        1-based place in ``currencies``.
    currencies : tuple of str
        ISO 4217 codes.
    matched_by : str
        The pass.
    is_cancel : ndarray of bool or None
        For entries, whether a pair is a cancel; None for orders.
    """

    exact: Exact
    amount: np.ndarray[Any, Any]
    cancel: np.ndarray[Any, Any]
    currency: np.ndarray[Any, Any]
    currencies: tuple[str, ...]
    matched_by: str
    is_cancel: np.ndarray[Any, Any] | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """What the passes of a level found.

    Parameters
    ----------
    items : Items
        Every item.
    control_totals : DataFrame
        The inputs' own totals, from every row of them: ``balance.control_totals_of``.
    rest_payments, rest_ledger : DataFrame
        The rows that the exact pass left, indexed by their number in the input.
    """

    items: Items
    control_totals: pd.DataFrame
    rest_payments: pd.DataFrame
    rest_ledger: pd.DataFrame


class Items:
    """Every item of a comparison.

    Parameters
    ----------
    settled : Settled
        The exact pass.
    others : Table
        All other items: ``COLUMNS`` and what the breaks need.
    side : Side
        The payments, whose keys name the exact items.
    connection : DuckDBPyConnection
        The engine; kept open only where the inputs live in it.
    key : str
        The payments' key column.
    summed : Table, optional
        Orders matched by their sums: ``COLUMNS``.
    """

    def __init__(  # noqa: PLR0913 - three kinds of items and where they come from
        self,
        settled: Settled,
        others: pa.Table,
        side: Side,
        connection: duckdb.DuckDBPyConnection,
        *,
        key: str = "merchant_uid",
        summed: pa.Table | None = None,
    ) -> None:
        self.settled = settled
        self.summed = SCHEMA.empty_table() if summed is None else summed
        self.others = others
        self._side = side
        self._connection = connection
        self._key = key

    @property
    def is_in_memory(self) -> bool:
        """Whether the payments are a frame, so that their items may well be one too."""
        return self._side.frame is not None

    def __getitem__(self, key: Any) -> Any:
        """Answer as the frame does, which is made for it and not kept."""
        return self.to_frame()[key]

    def __getattr__(self, name: str) -> Any:
        """Answer what only a frame knows; nothing that begins with ``_`` is asked of it."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.to_frame(), name)

    def __repr__(self) -> str:
        """Say how many there are and how to get at them."""
        return (
            f"<{len(self):,} items, larger than memory perhaps: .to_parquet(path) writes them out, "
            ".to_frame() makes them a frame>"
        )

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self.settled.amount) + int(self.summed.num_rows + self.others.num_rows)

    def table(self) -> pa.Table:
        """Return all items as one Arrow table.

        Returns
        -------
        Table
            ``COLUMNS``.
        """
        return pa.concat_tables(self.batches())

    def to_frame(self) -> pd.DataFrame:
        """Return all items as a frame: the exact ones as the payments stand, then the others.

        Returns
        -------
        DataFrame
            ``COLUMNS``.
        """
        import pandas as pd

        rest = pa.concat_tables(self._rests())
        texts = pa.concat_tables([*map(self._texts, self._parts()), rest.select(TEXTS)])
        text = pd.StringDtype(na_value=np.nan)
        columns = dict(texts.to_pandas(types_mapper={pa.large_string(): text}.get).items())
        columns |= {
            name: self._numbers_of(name, rest[name].to_numpy())
            for name in COLUMNS
            if name not in TEXTS
        }
        return pd.DataFrame({name: columns[name] for name in COLUMNS}, copy=False)

    def digest(self) -> str:
        """Return a SHA-256 over all items, whatever order the rows came in.

        Returns
        -------
        str
            64 hexadecimal digits.
        """
        import hashlib

        import pyarrow.csv as pcsv

        order = [(name, "ascending") for name in COLUMNS]
        text = pa.BufferOutputStream()
        pcsv.write_csv(self.table().sort_by(order), text)
        return hashlib.sha256(text.getvalue()).hexdigest()

    def to_parquet(self, path: str | Path) -> None:
        """Write all items to a Parquet file, a batch at a time.

        Parameters
        ----------
        path : str or Path
            The file; an older one is replaced.
        """
        import pyarrow.parquet as pq

        with pq.ParquetWriter(path, SCHEMA, compression="zstd") as writer:
            for batch in self.batches():
                writer.write_table(batch)

    def batches(self) -> Iterator[pa.Table]:
        """Yield all items, a table at a time: the exact ones first.

        Yields
        ------
        Table
            ``COLUMNS``.
        """
        for part in self._parts():
            texts = self._texts(part)
            columns = [
                texts[name] if name in TEXTS else self._exact_column(name, part) for name in COLUMNS
            ]
            yield pa.table(columns, schema=SCHEMA)
        yield from self._rests()

    def close(self) -> None:
        """Close the engine, which takes a moment; the items of frames need it no longer."""
        Thread(target=self._connection.close).start()

    def _parts(self) -> list[slice]:
        """Cut the exact pairs into stretches."""
        count = len(self.settled.amount)
        return [slice(at, min(at + _BATCH, count)) for at in range(0, count, _BATCH)]

    def _rests(self) -> list[pa.Table]:
        """Give the items that are no exact pairs."""
        return [self.summed, self.others.select(COLUMNS).cast(SCHEMA)]

    def _texts(self, part: slice) -> pa.Table:
        """Write the texts of a stretch of exact pairs."""
        settled = self.settled
        count = part.stop - part.start
        nothing = _repeated(None, count)
        values = {
            "outcome": _repeated("matched", count),
            **dict.fromkeys(("code", "excluded_as", "reasons"), nothing),
            "merchant_uid": self._keys(settled.exact.payments[part]),
            "currency": _chosen(settled.currencies, settled.currency[part] - 1),
            "kind": self._kinds(part, count),
            "matched_by": _repeated(settled.matched_by, count),
        }
        return pa.table({name: values[name] for name in TEXTS})

    def _exact_numbers(self, name: str, part: slice) -> np.ndarray[Any, Any] | int:
        """Give one column of numbers of a stretch of exact pairs, or the one number it repeats."""
        amount: np.ndarray[Any, Any] = self.settled.amount[part]
        cancel: np.ndarray[Any, Any] = self.settled.cancel[part]
        match name.removesuffix("_payments").removesuffix("_ledger"):
            case "rows":
                return 1
            case "amount":
                return amount
            case "cancel":
                return cancel
            case "net":
                net: np.ndarray[Any, Any] = amount - cancel
                return net
            case _:  # nothing lies idle and nothing is at risk of a pair that agrees
                return 0

    def _exact_column(self, name: str, part: slice) -> pa.Array:
        """Give the same as a column."""
        numbers = self._exact_numbers(name, part)
        if isinstance(numbers, int):
            return pa.repeat(pa.scalar(numbers, SCHEMA.field(name).type), part.stop - part.start)
        return pa.array(numbers)

    def _numbers_of(self, name: str, rest: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Give one column of numbers of all items."""
        count = len(self.settled.amount)
        exact = self._exact_numbers(name, slice(0, count))
        # Zeros cost nothing as long as nobody writes there.
        numbers = np.zeros(count + len(rest), dtype=rest.dtype)
        if not (isinstance(exact, int) and exact == 0):
            numbers[:count] = exact
        numbers[count:] = rest
        return numbers

    def _keys(self, rows: np.ndarray[Any, Any]) -> pa.Array:
        """Fetch the keys of some payments, in the order asked."""
        if self._side.frame is not None:
            keys = pa.Array.from_pandas(self._side.frame[self._key])
            first = int(rows[0]) if len(rows) else 0
            is_wanted = np.zeros(int(rows[-1]) - first + 1 if len(rows) else 0, dtype=bool)
            is_wanted[rows - first] = True
            # The rows ascend and are nearly all rows there are: a filter copies whole runs.
            found = keys.slice(first, len(is_wanted)).filter(pa.array(is_wanted))
            return _whole(found).cast(pa.large_string())
        wanted = pa.table({"wanted": rows, "place": np.arange(len(rows))})
        self._connection.register("wanted", wanted)
        fetched = self._connection.sql(
            f"SELECT {quoted(self._key)} AS key FROM wanted JOIN {self._side.view} ON row = wanted "
            "ORDER BY place"
        ).to_arrow_table()
        self._connection.unregister("wanted")
        return _whole(fetched["key"]).cast(pa.large_string())

    def _kinds(self, part: slice, count: int) -> pa.Array:
        """Name what each pair is."""
        if self.settled.is_cancel is None:
            return _repeated("order", count)
        return _chosen(("approval", "cancel"), self.settled.is_cancel[part].astype("int64"))


def _repeated(text: str | None, count: int) -> pa.ChunkedArray:
    """Repeat a text; the column holds one short block many times, not many texts."""
    block = pa.repeat(pa.scalar(text, pa.large_string()), min(count, _BLOCK))
    blocks = [block] * (count // _BLOCK)
    return pa.chunked_array([*blocks, block.slice(0, count % _BLOCK)], pa.large_string())


def _chosen(texts: tuple[str, ...], places: np.ndarray[Any, Any]) -> pa.Array | pa.ChunkedArray:
    """Choose texts by place."""
    first = int(places[0]) if len(places) else 0
    if (places == first).all():
        return _repeated(texts[first] if texts else "", len(places))
    return pa.array(list(texts), pa.large_string()).take(pa.array(places))


def _whole(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Bring a chunked column to one array."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
