"""Records that are read one by one: prepared amounts, receipts, deliveries, identity checks.

Every id that is asked for is a row, or is missing with the server's own words for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from jtnet_recon.client.certificate import iso_kst
from jtnet_recon.client.endpoints import Call
from jtnet_recon.client.frames import to_frame
from jtnet_recon.client.lookup import about_another, by_imp_uid, folded, read_batches
from jtnet_recon.client.pages import checked_records
from jtnet_recon.client.pull import unread_fields
from jtnet_recon.client.retry import Tally
from jtnet_recon.client.rows import to_table
from jtnet_recon.columns import PREPARED
from jtnet_recon.columns_reads import (
    BALANCES,
    CERTIFICATIONS,
    DELIVERIES,
    EXTERNAL_RECEIPTS,
    RECEIPTS,
    STANDARD_CODES,
    TIERS,
)
from jtnet_recon.errors import ApiCodeError, ApiStatusError
from jtnet_recon.money import DEFAULT_CURRENCY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

    from jtnet_recon.client.lists import Record
    from jtnet_recon.client.pull import Source
    from jtnet_recon.client.session import Session
    from jtnet_recon.columns import Table

_ABOUT_THE_ID = frozenset(
    {
        HTTPStatus.BAD_REQUEST,  # deliveries: another PG, or the payment is no escrow
        HTTPStatus.NOT_FOUND,
        HTTPStatus.METHOD_NOT_ALLOWED,  # balances: another PG
        HTTPStatus.CONFLICT,  # deliveries: none registered
        HTTPStatus.NOT_IMPLEMENTED,  # receipts: another PG
    }
)
"""Refusals that say something of one id. Source: i'mport V1 OpenAPI, the responses of each."""

_PARTS = ("cash_receipt", "primary", "secondary", "discount")
_NO_PART = dict.fromkeys(("tax_free", "supply", "vat", "service"), 0)


@dataclass(frozen=True, slots=True)
class Papers:
    """Records of one kind, each at an address of its own.

    Parameters
    ----------
    table : Table
        What they become; its key is the id in the address.
    template : str
        The path as the document writes it.
    currency : str, optional
        Of amounts that come without one.
    """

    table: Table
    template: str
    currency: str | None = None

    def rows(self, uid: str, record: Record) -> list[Record]:
        """Complete a record with the id it was asked by, and with its currency."""
        named = {**record, self.table.key: uid}
        if self.currency is None:
            return [named]
        return [{**named, "currency": record.get("currency") or self.currency}]


# Registered without a currency an amount is compared as a bare number: in this package, as won.
PREPARED_AMOUNTS = Papers(PREPARED, "/payments/prepare/{merchant_uid}", DEFAULT_CURRENCY)
# A cash receipt is a paper of the Korean tax office: there are none in other money.
CASH_RECEIPTS = Papers(RECEIPTS, "/receipts/{imp_uid}", "KRW")
CASH_RECEIPTS_EXTERNAL = Papers(EXTERNAL_RECEIPTS, "/receipts/external/{merchant_uid}", "KRW")
PARCELS = Papers(DELIVERIES, "/escrows/logis/{imp_uid}")
IDENTITY_CHECKS = Papers(CERTIFICATIONS, "/certifications/{imp_uid}")
BALANCE_SHEETS = Papers(BALANCES, "/payments/{imp_uid}/balance")
CARD_CODES = Papers(STANDARD_CODES, "/cards/{card_standard_code}")
BANK_CODES = Papers(STANDARD_CODES, "/banks/{bank_standard_code}")
SUB_MERCHANTS = Papers(TIERS, "/tiers/{tier_code}")


def read_papers(source: Source, ids: list[str], papers: Papers) -> pd.DataFrame:
    """Read records of one kind, several at once.

    Parameters
    ----------
    source : Source
        Where from.
    ids : list of str
        Each once.
    papers : Papers
        What is read.

    Returns
    -------
    DataFrame, shape (n, m), the table of the papers
        In the order of the ids; ``attrs["lookup"]`` names those ``missing``, and why.
    """
    return _read(source, ids, papers, papers.rows, Tally())


def read_balances(source: Source, ids: list[str]) -> pd.DataFrame:
    """Read how the money of some payments is made up; the payments tell in which currency.

    Parameters
    ----------
    source : Source
        Where from.
    ids : list of str
        Each once.

    Returns
    -------
    DataFrame, shape (n, m), table BALANCES
        As of :func:`read_papers`.
    """
    payments = by_imp_uid(source, ids)
    currencies = dict(zip(payments["imp_uid"], payments["currency"], strict=True))

    def rows(uid: str, record: Record) -> list[Record]:
        return list(_parts_of(record, {"imp_uid": uid, "currency": currencies.get(uid)}))

    return _read(source, ids, BALANCE_SHEETS, rows, Tally())


def _parts_of(record: Record, named: Record) -> Iterator[Record]:
    """Lay out the parts of a balance, as they stand and as they once stood."""
    history = record.get("histories") or []
    for state in (record, *history):
        for part in _PARTS:
            amounts = {**_NO_PART, **(state.get(part) or {})}
            at = {"amount": record.get("amount"), "created": state.get("created")}
            yield {**amounts, **named, **at, "part": part}


def _read(
    source: Source,
    ids: list[str],
    papers: Papers,
    rows_of: Callable[[str, Record], list[Record]],
    tally: Tally,
) -> pd.DataFrame:
    """Read, and part the records from the reasons why there is none."""
    table = papers.table
    read = partial(_one, source.session, papers=papers)
    answers = read_batches(source, table.name, [[uid] for uid in ids], read, tally)
    rows: list[Record] = []
    reasons: dict[str, str] = {}
    for uid, answer in zip(ids, answers, strict=True):
        if isinstance(answer, str):
            reasons[uid] = answer
            continue
        made = rows_of(uid, answer)
        if (reason := _unreadable(made, table)) is not None:
            reasons[uid] = reason
        else:
            rows += made
    laid_out = to_table(rows, table)
    frame = to_frame(laid_out, table)
    frame.attrs["lookup"] = {
        "by": table.key,
        "asked": len(ids),
        "found": len(ids) - len(reasons),
        "missing": list(reasons),
        "reasons": reasons,
        "unread": unread_fields(laid_out),
        "tier": source.tier,
        "requests": tally["requests"],
        "retries": tally.retries,
        "read_at": iso_kst(source.session.tokens.server_now_s()),
    }
    return frame


def _unreadable(rows: list[Record], table: Table) -> str | None:
    """Say which amount could not be read: such a record would count as one of 0."""
    unread = unread_fields(to_table(rows, table))
    money = [name for name in unread if table.column(name).kind == "money"]
    return f"its {', '.join(money)} could not be read" if money else None


def _one(session: Session, batch: list[str], tally: Tally, *, papers: Papers) -> Record | str:
    """Read one record, or the server's words for there being none."""
    (uid,) = batch
    name = papers.template[papers.template.index("{") + 1 : papers.template.index("}")]
    call = Call("GET", papers.template, {name: uid})
    try:
        (record,) = checked_records([session.get(call, tally)], call)
    except ApiStatusError as error:
        if error.status not in _ABOUT_THE_ID:
            raise
        return error.message
    except ApiCodeError as error:
        return error.message
    answered = record.get(papers.table.key, uid)
    if folded(str(answered)) != folded(uid):
        raise about_another(call, papers.table.key)
    return record


def read_all(source: Source, template: str, table: Table) -> pd.DataFrame:
    """Read a list that comes in one answer.

    Parameters
    ----------
    source : Source
        Where from.
    template : str
        The path.
    table : Table
        What it becomes.

    Returns
    -------
    DataFrame, shape (n, m), the table
        In the server's order.
    """
    call = Call("GET", template)
    records: Any = source.session.get(call)
    return to_frame(to_table(checked_records(records, call), table), table)
