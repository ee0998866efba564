"""Payments by id: every id asked is found or missing, and both are said."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from jtnet_recon.client.endpoints import Call
from jtnet_recon.client.envelope import shape_error
from jtnet_recon.client.frames import joined, newest, to_payments
from jtnet_recon.client.pages import Page, PageReader, read_records
from jtnet_recon.client.progress import Progress
from jtnet_recon.client.retry import Tally
from jtnet_recon.client.threads import side_by_side
from jtnet_recon.client.walk import PAGE_ROWS
from jtnet_recon.errors import ApiCodeError, ApiStatusError, ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from jtnet_recon.client.pull import Source
    from jtnet_recon.client.session import Session
    from jtnet_recon.errors import ApiShapeError

Result = TypeVar("Result")

IDS_A_CALL = 100
"""Source: i'mport V1 OpenAPI, GET /payments: at most 100 ids."""

_WALKS_MAX = 4
_PAGES_MAX = 10_000


@dataclass(slots=True)
class _Found:
    """What the look-up of one id, or of one call of ids, brought."""

    tables: list[pa.Table] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    is_stable: bool = True


def distinct_ids(ids: str | Iterable[str], name: str) -> list[str]:
    """Read the ids a user gave.

    Parameters
    ----------
    ids : str or iterable of str
        One id, or several in any container; missing ones (None, NaN) are left out.
    name : str
        What they are, for errors.

    Returns
    -------
    list of str
        Each once, in the order given.

    Raises
    ------
    ConfigError
        If one is no text: a number may have lost its leading zeros already. Or if nothing was given.
    """
    if not isinstance(ids, Iterable):
        message = f"{name}: give one id as text, or several; this is {type(ids).__name__}."
        raise ConfigError(
            message,
            hint="Such as a column of a frame, or a list. Nothing was read.",
            hint_ko="번호 하나를 문자열로, 여러 개면 목록으로 지정하세요.",
        )
    given = [ids] if isinstance(ids, str) else list(ids)
    kept = [value for value in given if not _is_missing(value)]
    for value in kept:
        if not isinstance(value, str):
            message = f"{name}: ids are text, and {value!r} is {type(value).__name__}."
            raise ConfigError(
                message,
                hint="Read the column as text (dtype=str), so that no digit is lost.",
                hint_ko="번호는 문자열이어야 합니다. 앞자리 0이 사라지지 않게 텍스트로 읽으세요.",
            )
    return list(dict.fromkeys(str(value) for value in kept))


def one_id(uid: Any, name: str) -> str:
    """Read a single id.

    Parameters
    ----------
    uid : Any
        What the user gave.
    name : str
        What it is, for errors.

    Returns
    -------
    str
        The id.

    Raises
    ------
    ConfigError
        If it is no text, or several.
    """
    if not isinstance(uid, str):
        message = f"{name}: one id is text, and {uid!r} is {type(uid).__name__}."
        raise ConfigError(
            message,
            hint="Give one id; for several there is a method of its own.",
            hint_ko="번호 하나를 문자열로 지정하세요.",
        )
    return uid


def by_merchant_uid(source: Source, ids: list[str]) -> pd.DataFrame:
    """Look up every attempt of some orders."""
    query = (("limit", str(PAGE_ROWS)), ("sorting", "started"))
    template = "/payments/findAll/{merchant_uid}"
    return _each(
        source, "merchant_uid", ids, lambda uid: _call(template, "merchant_uid", uid, query)
    )


def by_customer_uid(source: Source, ids: list[str]) -> pd.DataFrame:
    """Look up every charge on some billing keys."""
    template = "/subscribe/customers/{customer_uid}/payments"
    return _each(source, "customer_uid", ids, lambda uid: _call(template, "customer_uid", uid, ()))


def _call(template: str, name: str, uid: str, query: tuple[tuple[str, str], ...]) -> Call:
    return Call("GET", template, {name: uid}, query)


def _each(
    source: Source, name: str, ids: list[str], call_of: Callable[[str], Call]
) -> pd.DataFrame:
    """Look up ids one by one, with all pages of each."""

    def look_up(batch: list[str], tally: Tally) -> _Found:
        return _all_pages(source.session, call_of(batch[0]), name, tally)

    return _look_up(source, name, [[uid] for uid in ids], look_up)


def by_imp_uid(source: Source, ids: list[str]) -> pd.DataFrame:
    """Look up payments by i'mport's own id, a hundred a call."""
    batches = [ids[at : at + IDS_A_CALL] for at in range(0, len(ids), IDS_A_CALL)]
    return _look_up(source, "imp_uid", batches, lambda u, t: _batch(source, u, t))


def _look_up(
    source: Source,
    name: str,
    batches: list[list[str]],
    look_up: Callable[[list[str], Tally], _Found],
) -> pd.DataFrame:
    """Look up all batches, several at once, and say what was found of what was asked."""
    tally = Tally()
    asked = [uid for batch in batches for uid in batch]
    results = read_batches(source, f"payments by {name}", batches, look_up, tally)
    missing = [uid for found in results for uid in found.missing]
    payments = to_payments(newest(joined(t for found in results for t in found.tables)).table)
    payments.attrs["lookup"] = {
        "by": name,
        "asked": len(asked),
        "found": len(asked) - len(missing),
        "missing": missing,
        "unstable": [b[0] for b, f in zip(batches, results, strict=True) if not f.is_stable],
        "payments": len(payments),
        "tier": source.tier,
        "requests": tally["requests"],
        "retries": tally.retries,
    }
    return payments


def read_batches(
    source: Source,
    title: str,
    batches: list[list[str]],
    read: Callable[[list[str], Tally], Result],
    tally: Tally,
) -> list[Result]:
    """Read batches of ids, several at once, under a bar that counts ids.

    Parameters
    ----------
    source : Source
        Where from.
    title : str
        What is being read.
    batches : list of list of str
        Ids, each batch for one call.
    read : callable
        Reads one batch.
    tally : Tally
        Counts requests and retries.

    Returns
    -------
    list
        Results in the order of the batches.
    """
    with Progress(is_shown=source.progress, title=title, unit="ids") as progress:
        progress.expect(sum(map(len, batches)))

        def one(batch: list[str]) -> Result:
            result = read(batch, tally)
            progress.arrived(len(batch))
            return result

        return side_by_side(one, batches, tally)


def _all_pages(session: Session, call: Call, name: str, tally: Tally) -> _Found:
    """Walk the pages of one id until the distinct payments are as many as the server claims."""
    found, uid = _Found(), call.ids[name]
    for _ in range(_WALKS_MAX):
        pages = _walk(session, call, tally)
        if pages is None:
            return _Found(missing=[uid])
        found.tables += [page.table for page in pages if page.table is not None]
        walked = joined(page.table for page in pages)
        _check_ids(walked, name, [uid], call)
        found.is_stable = pc.count_distinct(walked["imp_uid"]).as_py() == pages[-1].total
        if found.is_stable:
            break
    if joined(found.tables).num_rows == 0:
        found.missing = [uid]
    return found


def _walk(session: Session, call: Call, tally: Tally) -> list[Page] | None:
    """Read page after page; None if the server knows no such id."""
    pages, reader = list[Page](), PageReader()
    for number in range(1, _PAGES_MAX):
        page_call = Call(call.method, call.template, call.ids, (*call.query, ("page", str(number))))
        try:
            page = session.read(page_call, partial(reader.page, call=page_call), tally)
        except (ApiStatusError, ApiCodeError) as error:
            if number > 1 and getattr(error, "status", None) == HTTPStatus.BAD_REQUEST:
                break  # the list became shorter; its total tells whether to walk again
            if says_unknown(error):
                return None
            raise
        pages.append(page)
        if not page.following or page.table is None or page.table.num_rows == 0:
            break
    return pages


def says_unknown(error: ApiStatusError | ApiCodeError) -> bool:
    """Read "no such id": HTTP 404 by the document, HTTP 200 with code 1 as it was seen.

    Parameters
    ----------
    error : ApiStatusError or ApiCodeError
        Of a call about one id.

    Returns
    -------
    bool
        Whether the server knows no such id; otherwise something is wrong.
    """
    if isinstance(error, ApiStatusError):
        return error.status == HTTPStatus.NOT_FOUND
    return error.api_code == 1


def _batch(source: Source, ids: list[str], tally: Tally) -> _Found:
    """Look up many at once, then each missing one by itself: asked = found + missing."""
    call = Call("GET", "/payments", query=tuple(("imp_uid[]", uid) for uid in ids))
    found = _Found()
    seen: set[str] = set()
    try:
        table = read_records(source.session.get(call, tally), call)
    except ApiStatusError as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
    else:
        seen = _check_ids(table, "imp_uid", ids, call)
        found.tables.append(table)
    for uid in ids:
        if uid not in seen:
            single = read_single(source, uid, tally)
            if single is None:
                found.missing.append(uid)
            else:
                found.tables.append(single)
    return found


def read_single(source: Source, uid: str, tally: Tally) -> pa.Table | None:
    """Read one payment, test channel included: a list may leave those out.

    Parameters
    ----------
    source : Source
        Where from.
    uid : str
        ``imp_uid``.
    tally : Tally
        Counts the call.

    Returns
    -------
    pyarrow.Table or None
        One row; None if there is no such payment.
    """
    query = (("include_sandbox", "true"),)
    call = Call("GET", "/payments/{imp_uid}", {"imp_uid": uid}, query)
    try:
        table = read_records(source.session.get(call, tally), call)
    except ApiStatusError as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        return None
    _check_ids(table, "imp_uid", [uid], call)
    return table


def _check_ids(table: pa.Table, name: str, asked: list[str], call: Call) -> set[str]:
    """Refuse an answer that is about another id; return the ids it is about."""
    wanted = {folded(uid) for uid in asked}
    seen = {uid for uid in table[name].to_pylist() if uid is not None}
    if any(folded(uid) not in wanted for uid in seen):
        raise about_another(call, name)
    return seen


def about_another(call: Call, name: str) -> ApiShapeError:
    """Make the error for an answer about an id that nobody asked for.

    Parameters
    ----------
    call : Call
        Named in the error.
    name : str
        What ids they are.

    Returns
    -------
    ApiShapeError
        To be raised.
    """
    return shape_error(f"the answer is about another {name} than the one asked for.", call)


def folded(uid: str) -> str:
    """Bring an id to what a database that ignores case and trailing blanks compares.

    Parameters
    ----------
    uid : str
        Asked for or answered.

    Returns
    -------
    str
        Equal for ids that such a database takes for one.
    """
    return unicodedata.normalize("NFC", uid).strip().casefold()


def _is_missing(value: Any) -> bool:
    # The text first: to compare pandas' NA with itself is no yes and no no.
    return value is None or str(value) == "<NA>" or value != value  # noqa: PLR0124 - NaN
