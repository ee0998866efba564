"""Walking one window of ``GET /payments/status/…`` until two walks agree.

Rows slide between pages while one reads: a payment that changes leaves its window (the window
looks at the clock of the final status) and pulls all later rows one place forward. One walk can
therefore miss a row and never know. Two walks in a row with the same pages cannot.
Source: i'mport V1 OpenAPI, parameters ``from`` and ``to``.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal

import pyarrow as pa
import pyarrow.compute as pc

from jtnet_recon.client.endpoints import Call
from jtnet_recon.client.pages import Page, PageReader
from jtnet_recon.client.threads import side_by_side
from jtnet_recon.errors import ApiStatusError
from jtnet_recon.period import Window

if TYPE_CHECKING:
    from jtnet_recon.client.certificate import WindowRecord
    from jtnet_recon.client.progress import Progress
    from jtnet_recon.client.retry import Tally
    from jtnet_recon.client.session import Session

TEMPLATE = "/payments/status/{payment_status}"
PAGE_ROWS = 1_000
"""Source: i'mport V1 OpenAPI, parameter ``limit``: 1000 at most."""

WALKS_MAX = 6
_PAGES_ASKED_MAX = 100_000
_MICROSECONDS = 1_000_000
_CLOCKS = ("started_at", "paid_at", "failed_at", "cancelled_at")
_STATE = ("imp_uid", "status", "cancel_amount", *_CLOCKS)

Agreement = Literal["same pages", "same settled payments"]


@dataclass(frozen=True, slots=True)
class Walk:
    """One walk through all pages of a window.

    Parameters
    ----------
    digests : tuple of bytes
        Of the pages in order.
    total_first, total_last, total_most : int
        What the first and the last page claimed, and the most that any did.
    rows, distinct : int
        Seen on the pages, and different ids among them.
    is_whole : bool
        Whether no page was missing and none came twice.
    """

    digests: tuple[bytes, ...]
    total_first: int
    total_last: int
    total_most: int
    rows: int
    distinct: int
    is_whole: bool

    @property
    def is_within_claims(self) -> bool:
        """Whether it saw no fewer rows than the first page promised, and no more than any did."""
        return self.is_whole and self.total_first <= self.distinct <= self.total_most


@dataclass(slots=True)
class Walker:
    """Walks windows and keeps every page it ever saw.

    Parameters
    ----------
    session : Session
        Makes the calls.
    tally : Tally
        Counts them.
    progress : Progress
        Draws them.
    as_of_s : int
        The server's time when the pull began, unix seconds: what the pull has to be complete for.
    status : str, default "all"
        Of the payments that are asked for.
    """

    session: Session
    tally: Tally
    progress: Progress
    as_of_s: int
    status: str = "all"
    _reader: PageReader = field(default_factory=PageReader)
    _tables: dict[bytes, pa.Table] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def tables(self) -> list[pa.Table]:
        """Every different page, in the order in which they were last seen."""
        return list(self._tables.values())

    def tables_of(self, walk: Walk) -> list[pa.Table]:
        """Give the pages of one walk, and nothing that only an earlier one saw."""
        return [self._tables[digest] for digest in walk.digests]

    def adopt(self, table: pa.Table) -> None:
        """Take the rows of a window that an earlier pull walked, as if seen before all others."""
        digest = sha256(f"kept {len(self._tables)}".encode()).digest()
        self._tables[digest] = table

    def settle(self, record: WindowRecord) -> Walk:
        """Walk a window until two walks in a row agree, or the walks are spent.

        Parameters
        ----------
        record : WindowRecord
            Says which window, and takes down what was seen, walk by walk.

        Returns
        -------
        Walk
            The last one.

        Raises
        ------
        ApiError
            If a page cannot be read.
        """
        before: Walk | None = None
        while True:
            walk = self._walk(record.window)
            record.walks += 1
            record.pages = len(walk.digests)
            record.rows, record.distinct = walk.rows, walk.distinct
            record.total_first, record.total_last = walk.total_first, walk.total_last
            if before is not None and before.is_within_claims and walk.is_within_claims:
                record.agreed = self._agreement(before, walk, is_open=record.is_open)
            if record.agreed is not None or record.walks >= WALKS_MAX:
                return walk
            before = walk

    def look_again(self, record: WindowRecord, walk: Walk | None) -> Walk | None:
        """Ask once more how many rows a settled window has, and walk it again if they are more.

        Two walks in a row may both have come before a row that the server shows late; the time
        that the other windows took is what gives it a chance to be seen. Of the open window only
        the part that was past when the pull began is asked for: nothing new can come into it.

        Parameters
        ----------
        record : WindowRecord
            Of a window that two walks agreed on.
        walk : Walk or None
            The last of its walks; None if an earlier pull took them.

        Returns
        -------
        Walk or None
            The last of those it took; None if there are no more rows than before.

        Raises
        ------
        ApiError
            If a page cannot be read.
        """
        past = Window(record.window.start_s, min(record.window.end_s, self.as_of_s))
        is_whole = past == record.window
        if past.end_s < past.start_s or (walk is None and not is_whole):
            return None
        seen = self._count_until(walk, past.end_s) if walk and not is_whole else record.total_last
        call = self._call(past, 1, rows=1)
        total = self.session.read(call, partial(PageReader().page, call=call), self.tally).total
        record.total_again = total
        if total <= seen:
            return None
        record.agreed = None
        return self.settle(record)

    def _count_until(self, walk: Walk, end_s: int) -> int:
        """Count a walk's payments by the clock of their status.

        Source: i'mport V1 OpenAPI, parameters ``from`` and ``to``: ready by start, paid by
        approval, cancelled by the last cancel, failed by failure.
        """
        table = pa.concat_tables(
            page.select(["imp_uid", "status", *_CLOCKS]) for page in self.tables_of(walk)
        )
        at = table["started_at"]
        for status in ("paid", "failed", "cancelled"):
            is_so = pc.fill_null(pc.equal(table["status"], status), fill_value=False)
            at = pc.if_else(is_so, table[f"{status}_at"], at)
        is_past = pc.less_equal(pc.fill_null(at, 0), end_s * _MICROSECONDS)
        return int(pc.count_distinct(table.filter(is_past)["imp_uid"]).as_py())

    def _agreement(self, before: Walk, walk: Walk, *, is_open: bool) -> Agreement | None:
        """Tell whether two whole walks prove each other.

        In the open window new payments arrive all the time, so its pages rarely stay the same.
        Nothing leaves that window either: it is enough that both walks saw the same payments of
        those that had not changed since the pull began, and no fewer rows than were promised.
        """
        if before.digests == walk.digests and walk.total_first == walk.total_last == walk.distinct:
            return "same pages"
        if is_open and self._settled(before).equals(self._settled(walk)):
            return "same settled payments"
        return None

    def _settled(self, walk: Walk) -> pa.Table:
        """Give the state of a walk's payments that had not changed since the pull began."""
        pages = [self._tables[digest].select(_STATE) for digest in walk.digests]
        table = pa.concat_tables(pages)
        clocks = (pc.fill_null(table[name], 0) for name in _CLOCKS)
        is_old = pc.less(pc.max_element_wise(*clocks), self.as_of_s * _MICROSECONDS)
        keys = [(name, "ascending") for name in _STATE]
        return table.filter(is_old).group_by(_STATE).aggregate([]).sort_by(keys)

    def _walk(self, window: Window) -> Walk:
        """Read the first page, then the others side by side, then what has come meanwhile."""
        first = self._page(window, 1)
        self.progress.expect(first.total)
        size = self._rows(first)
        count = -(-first.total // size) if size else 1
        found = side_by_side(
            lambda number: self._later_page(window, number), range(2, count + 1), self.tally
        )
        pages = [first, *(page for page in found if page is not None)]
        is_whole = None not in found
        for number in range(count + 1, _PAGES_ASKED_MAX):
            if not is_whole or not pages[-1].following or not self._rows(pages[-1]):
                break
            page = self._later_page(window, number)
            # A page that came before means that the server does not count pages as we do.
            if page is None or page.digest in {seen.digest for seen in pages}:
                is_whole = False
            else:
                pages.append(page)
        return self._walked(pages, is_whole=is_whole)

    def _later_page(self, window: Window, number: int) -> Page | None:
        """Read a page after the first; None if the list has become shorter than that.

        Source: i'mport V1 OpenAPI: HTTP 400 for a page beyond the data.
        """
        try:
            return self._page(window, number)
        except ApiStatusError as error:
            if error.status != HTTPStatus.BAD_REQUEST:
                raise
        return None

    def _page(self, window: Window, number: int) -> Page:
        """Read one page."""
        call = self._call(window, number)
        page = self.session.read(call, partial(self._decode, call=call), self.tally)
        self.tally.count("pages")
        self.progress.arrived(self._rows(page))
        return page

    def _call(self, window: Window, number: int, *, rows: int = PAGE_ROWS) -> Call:
        query = (
            ("limit", str(rows)),
            ("sorting", "started"),
            ("from", str(window.start_s)),
            ("to", str(window.end_s)),
            ("page", str(number)),
        )
        return Call("GET", TEMPLATE, {"payment_status": self.status}, query)

    def _decode(self, body: bytes, call: Call) -> Page:
        """Read a body; a page that was seen before is recognised and not decoded again."""
        page = self._reader.page(body, call, self._tables.keys())
        if page.table is not None:
            with self._lock:
                self._tables.setdefault(page.digest, page.table)
        return page

    def _rows(self, page: Page) -> int:
        return int(self._tables[page.digest].num_rows)

    def _walked(self, pages: list[Page], *, is_whole: bool) -> Walk:
        """Sum a walk up, and note its pages as the ones seen last."""
        digests = tuple(page.digest for page in pages)
        ids = pa.chunked_array([self._tables[d]["imp_uid"].combine_chunks() for d in digests])
        for digest in dict.fromkeys(digests):
            self._tables[digest] = self._tables.pop(digest)
        full = [page.digest for page in pages if self._rows(page)]
        self.tally.count("rows_seen", len(ids))
        return Walk(
            digests=digests,
            total_first=pages[0].total,
            total_last=pages[-1].total,
            total_most=max(page.total for page in pages),
            rows=len(ids),
            distinct=pc.count_distinct(ids).as_py(),
            is_whole=is_whole and len(set(full)) == len(full),
        )
