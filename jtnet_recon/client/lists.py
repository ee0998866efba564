"""Lists of records other than payments: pages in either shape, read until they prove each other.

The document shows these lists bare; clients saw the paged object that payments have. Both are
read, and an id is never lost because rows slid between two pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from jtnet_recon.client.endpoints import Call
from jtnet_recon.client.pages import checked_records, page_parts
from jtnet_recon.client.threads import side_by_side
from jtnet_recon.errors import ApiStatusError

if TYPE_CHECKING:
    from jtnet_recon.client.retry import Tally
    from jtnet_recon.client.session import Session

Record = dict[str, Any]

_WALKS_MAX = 6
_PAGES_MAX = 100_000


@dataclass(frozen=True, slots=True)
class _Page:
    """One page; a bare list has neither total nor number of the next page."""

    records: list[Record]
    total: int | None
    following: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A list as it was read.

    Parameters
    ----------
    records : list of dict
        As the server sent them, in its order.
    is_proven : bool
        Whether it came in one answer, or two walks in a row saw the same.
    """

    records: list[Record]
    is_proven: bool


def read_list(session: Session, call: Call, key: str, tally: Tally) -> Listed:
    """Read all pages of a list, as often as it takes until two walks agree.

    Parameters
    ----------
    session : Session
        Makes the calls.
    call : Call
        Without ``page``.
    key : str
        The field that names a record.
    tally : Tally
        Counts them.

    Returns
    -------
    Listed
        Of the last walk.

    Raises
    ------
    ApiError
        If the first page cannot be read, or a later one for another reason than that the list
        has become shorter.
    """
    before: list[Record] | None = None
    for _ in range(_WALKS_MAX):
        pages, is_whole = _walk(session, call, tally)
        records = [record for page in pages for record in page.records]
        is_whole = is_whole and _is_as_claimed(pages, records, key)
        # One answer is one moment; of several, the first may be out of date with the last.
        if is_whole and (records == before or _is_one_answer(pages)):
            return Listed(records, is_proven=True)
        before = records if is_whole else None
    return Listed(records, is_proven=False)


def _is_one_answer(pages: list[_Page]) -> bool:
    return len(pages) == 1 and pages[0].total is not None


def _is_as_claimed(pages: list[_Page], records: list[Record], key: str) -> bool:
    """Hold a walk against the totals that its pages claim; a bare list claims none."""
    claimed = {page.total for page in pages} - {None}
    named = [str(record.get(key)) for record in records]
    return not claimed or claimed == {len(records)} == {len(set(named))}


def _walk(session: Session, call: Call, tally: Tally) -> tuple[list[_Page], bool]:
    """Read every page once; the flag says whether none was missing."""
    first = _page(session, call, 1, tally)
    if first.total is None:
        return _walk_bare(session, call, first, tally), True
    size = len(first.records)
    count = -(-first.total // size) if size else 1
    found = side_by_side(
        lambda number: _later_page(session, call, number, tally), range(2, count + 1), tally
    )
    pages = [first, *(page for page in found if page is not None)]
    is_whole = None not in found
    for number in range(count + 1, _PAGES_MAX):
        if not is_whole or not pages[-1].following or not pages[-1].records:
            break
        page = _later_page(session, call, number, tally)
        is_whole = page is not None
        pages += [] if page is None else [page]
    return pages, is_whole


def _walk_bare(session: Session, call: Call, first: _Page, tally: Tally) -> list[_Page]:
    """Ask for pages until one is refused, is empty, or brings what came before.

    Nothing else tells where a bare list ends: the server may cut pages shorter than was asked.
    """
    pages = [first]
    for number in range(2, _PAGES_MAX):
        page = _later_page(session, call, number, tally) if pages[-1].records else None
        if page is None or not page.records or page.records in [seen.records for seen in pages]:
            break
        pages.append(page)
    return pages


def _later_page(session: Session, call: Call, number: int, tally: Tally) -> _Page | None:
    """Read a page after the first; None if the list does not go so far.

    Source: i'mport V1 OpenAPI: HTTP 400 for a page beyond the data.
    """
    try:
        return _page(session, call, number, tally)
    except ApiStatusError as error:
        if error.status != HTTPStatus.BAD_REQUEST:
            raise
    return None


def _page(session: Session, call: Call, number: int, tally: Tally) -> _Page:
    """Read one page in whichever shape it comes."""
    query = (*call.query, ("page", str(number)))
    response = session.get(Call(call.method, call.template, call.ids, query), tally)
    tally.count("pages")
    if isinstance(response, list) or response is None:
        return _Page(checked_records(response or [], call), None, 0)
    return _Page(*page_parts(response, call))
