"""The passes that find a row's other half when its key is not on the other side.

First other references (``imp_uid``, ``pg_tid``, approval number with amount and day), then order
ids that differ only in spelling, then ids whose leading zeros a spreadsheet took. What is found
gives the ledger's row the payments' key; every later step then treats them as one.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

    from jtnet_recon.recon.rules import Normaliser, Rule

SPELLING = "order id, normalised"
ZEROS = "order id, zeros lost"
DAMAGED = (
    r"regexp_full_match(trim(key), '[0-9](\.[0-9]+)?[eE]\+?[0-9]{1,3}')"
    " OR contains(key, '\ufffd') OR regexp_matches(key, '[\u0080-\u00ff]{2}')"
)
"""Ids that a spreadsheet or a wrong encoding has damaged: 6.12E+15, �, ÁÖ¹®."""


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """A row of the ledger that fits several payments equally well.

    Parameters
    ----------
    row : int
        Row of the ledger.
    keys : tuple of str
        Keys of the payments that fit.
    decides : str
        The field that would tell which.
    """

    row: int
    keys: tuple[str, ...]
    decides: str


def link(
    connection: duckdb.DuckDBPyConnection, rule: Rule, references: Mapping[str, str]
) -> list[Ambiguity]:
    """Give rows of ``right_in`` the key of the payment they belong to.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds ``left_in`` (row, key, currency, amount, day, references) and ``right_in`` (the
        same, with ``linked_by`` and ``damaged``), which is changed in place.
    rule : Rule
        Its references and normaliser.
    references : mapping of str to str
        Reference columns that both sides have, and what the two tables call them.

    Returns
    -------
    list of Ambiguity
        Rows that fit several keys; they keep their own.
    """
    _loose_right(connection)
    connection.execute(f"""
        UPDATE right_in SET damaged = true
        WHERE row IN (SELECT row FROM loose_right WHERE {DAMAGED})
    """)
    ambiguous: dict[int, Ambiguity] = {}
    if references or rule.normalise is not None:
        _loose_left(connection)
    for place, reference in enumerate(rule.references):
        names = (reference,) if isinstance(reference, str) else reference
        if names[0] not in references:
            continue
        decides = _next_reference(rule, place)
        present = [references[name] for name in names if name in references]
        found = _by_reference(connection, present, is_single=isinstance(reference, str))
        for row, keys in found:
            if len(keys) > 1:
                ambiguous.setdefault(row, Ambiguity(row, tuple(keys), decides))
        _take(connection, [(row, keys[0]) for row, keys in found if len(keys) == 1], names[0])
    if rule.normalise is not None:
        _take(connection, _by_spelling(connection, rule.normalise), SPELLING)
    _take(connection, _by_zeros(connection), ZEROS, is_damage=True)
    linked = connection.execute("SELECT row FROM right_in WHERE linked_by IS NOT NULL").fetchall()
    return [ambiguous[row] for row in sorted(ambiguous.keys() - {int(row) for (row,) in linked})]


def quoted(name: str) -> str:
    """Write a column's name for SQL.

    Parameters
    ----------
    name : str
        Any name, also one with blanks or of a reserved word.

    Returns
    -------
    str
        In quotes.
    """
    return '"' + name.replace('"', '""') + '"'


def _loose_right(connection: duckdb.DuckDBPyConnection) -> None:
    """Take the rows of the ledger whose key the payments do not have."""
    connection.execute("""
        CREATE OR REPLACE TEMP TABLE loose_right AS SELECT * FROM right_in AS r
        WHERE key IS NULL OR NOT EXISTS (SELECT 1 FROM left_in AS l WHERE l.key = r.key)
    """)


def _loose_left(connection: duckdb.DuckDBPyConnection) -> None:
    """Take the rows of the payments whose key the ledger does not have."""
    connection.execute("""
        CREATE OR REPLACE TEMP TABLE loose_left AS SELECT * FROM left_in AS l
        WHERE key IS NOT NULL AND NOT EXISTS (SELECT 1 FROM right_in AS r WHERE r.key = l.key)
    """)


def _by_reference(
    connection: duckdb.DuckDBPyConnection, names: list[str], *, is_single: bool
) -> list[tuple[int, list[str]]]:
    """Find the keys that each loose row's reference leads to.

    A reference that repeats over time (an approval number) must agree in amount and day as well;
    the rest of the tuple decides where both sides know it. A reference that names one payment
    leads to it also when its order is in the books: a refund's line may lack the order id.
    """
    left = "left_in" if is_single else "loose_left"
    first, *rest = names
    tests = [f"l.{first} = r.{first}", "l.currency = r.currency"]
    if not is_single:
        tests += ["l.amount = r.amount", "(r.day IS NULL OR l.day = r.day)"]
        tests += [f"(l.{n} IS NULL OR r.{n} IS NULL OR l.{n} = r.{n})" for n in rest]
    rows = connection.execute(f"""
        SELECT r.row, list_sort(list(DISTINCT l.key))
        FROM loose_right AS r JOIN {left} AS l ON l.key IS NOT NULL AND {" AND ".join(tests)}
        GROUP BY r.row ORDER BY r.row
    """).fetchall()
    return [(int(row), list(keys)) for row, keys in rows]


def _take(
    connection: duckdb.DuckDBPyConnection,
    links: list[tuple[int, str]],
    by: str,
    *,
    is_damage: bool = False,
) -> None:
    """Write links into ``right_in`` and take both ends out of the running."""
    if not links:
        return
    rows, keys = zip(*links, strict=True)
    connection.register("links", pa.table({"r": pa.array(rows, pa.int64()), "k": pa.array(keys)}))
    connection.execute(
        "UPDATE right_in SET key = links.k, linked_by = $by, damaged = damaged OR $is_damage "
        "FROM links WHERE row = links.r",
        {"by": by, "is_damage": is_damage},
    )
    connection.execute("DELETE FROM loose_right WHERE row IN (SELECT r FROM links)")
    # A line linked first by one reference leaves its payment open to further lines of the same.
    connection.unregister("links")


def _next_reference(rule: Rule, place: int) -> str:
    """Name the field that would decide between equal candidates."""
    earlier = [name if isinstance(name, str) else name[0] for name in rule.references[:place]]
    this = rule.references[place]
    rest = [] if isinstance(this, str) else list(this[1:])
    return (rest or earlier or ["merchant_uid"])[0]


def _by_spelling(
    connection: duckdb.DuckDBPyConnection, normalise: Normaliser
) -> list[tuple[int, str]]:
    """Pair ids of one form, unless that form would merge two real ids of a side."""
    left = _forms(_keys(connection, "loose_left"), normalise)
    right = _forms(_keys(connection, "loose_right"), normalise)
    shared = sorted(left.keys() & right.keys())
    if not shared:
        return []
    merged = _merged_forms(connection, shared, normalise)
    pairs = {
        right[form][0]: left[form][0]
        for form in shared
        if len(left[form]) == len(right[form]) == 1 and form not in merged
    }
    rows = connection.execute("SELECT row, key FROM loose_right WHERE key IS NOT NULL").fetchall()
    return [(int(row), pairs[key]) for row, key in rows if key in pairs]


def _merged_forms(
    connection: duckdb.DuckDBPyConnection, forms: list[str], normalise: Normaliser
) -> set[str]:
    """Tell which forms stand for more than one real id of the payments or of the ledger."""
    lengths = sorted({len(form) for form in forms})
    heads = pa.table({"head": pa.array([form.casefold() for form in forms])})
    connection.register("heads", heads)
    plain = r"lower(regexp_replace(merchant_uid, '[\s\v]', '', 'g'))"
    if not normalise.blanks:
        plain = "lower(merchant_uid)"
    starts = " OR ".join(
        f"left({plain}, {length}) IN (SELECT head FROM heads)" for length in lengths
    )
    merged: set[str] = set()
    for view in ("all_left", "all_right"):
        ids = connection.execute(
            f"SELECT DISTINCT merchant_uid FROM {view} WHERE merchant_uid IS NOT NULL "
            rf"AND ({starts} OR NOT regexp_full_match(merchant_uid, '[\x00-\x7F]*'))"
        ).fetchall()
        found = _forms([str(key) for (key,) in ids], normalise)
        merged |= {form for form, keys in found.items() if len(keys) > 1}
    connection.unregister("heads")
    return merged


def _by_zeros(connection: duckdb.DuckDBPyConnection) -> list[tuple[int, str]]:
    """Pair an id of digits with the one id that has zeros in front of the same digits."""
    rows = connection.execute("""
        SELECT r.row, min(l.key) FROM loose_right AS r
        JOIN (
            SELECT DISTINCT key FROM left_in AS p WHERE regexp_full_match(key, '0+[1-9][0-9]*')
               AND NOT EXISTS (SELECT 1 FROM right_in AS q WHERE q.key = p.key)
        ) AS l ON ltrim(l.key, '0') = r.key
        WHERE regexp_full_match(r.key, '[1-9][0-9]*')
        GROUP BY r.row HAVING count(DISTINCT l.key) = 1
    """).fetchall()
    return [(int(row), str(key)) for row, key in rows]


def _keys(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """List the different keys of a table."""
    rows = connection.execute(f"SELECT DISTINCT key FROM {table} WHERE key IS NOT NULL").fetchall()
    return sorted(str(key) for (key,) in rows)


def _forms(keys: list[str], normalise: Normaliser) -> dict[str, list[str]]:
    """Group ids by their form; a form of nothing stands for nothing."""
    forms: dict[str, list[str]] = defaultdict(list)
    for key in keys:
        forms[normalise.form(key)].append(key)
    forms.pop("", None)
    return dict(forms)
