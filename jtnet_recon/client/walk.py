"""Walking one window of ``GET /payments/status/all`` until two walks agree.

Rows slide between pages while one reads: a payment that changes leaves its window (the window
looks at the clock of the final status) and pulls all later rows one place forward. One walk can
therefore miss a row and never know. Two walks in a row with the same pages cannot.
Source: i'mport V1 OpenAPI, parameters ``from`` and ``to``.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from jtnet_recon.client.endpoints import Call
from jtnet_recon.client.pages import Page, read_page
from jtnet_recon.errors import ApiStatusError

if TYPE_CHECKING:
    from jtnet_recon.client.certificate import WindowRecord
    from jtnet_recon.client.progress import Progress
    from jtnet_recon.client.retry import Tally
    from jtnet_recon.client.session import Session
    from jtnet_recon.period import Window

TEMPLATE = "/payments/status/{payment_status}"
PAGE_ROWS = 1_000
"""Source: i'mport V1 OpenAPI, parameter ``limit``: 1000 at most."""

THREADS = 8
WALKS_MAX = 6
_PAGES_ASKED_MAX = 100_000


class ShrunkError(Exception):
    """The server has no page any more that it had promised."""


@dataclass(frozen=True, slots=True)
class Walk:
    """One walk through all pages of a window.

    Parameters
    ----------
    digests : tuple of bytes
        Of the pages in order.
    total_first, total_last : int
        What the first and the last page claimed.
    rows, distinct : int
        Seen on the pages, and different ids among them.
    is_whole : bool
        Whether no page was missing and none came twice.
    """

    digests: tuple[bytes, ...]
    total_first: int
    total_last: int
    rows: int
    distinct: int
    is_whole: bool

    def agrees_with(self, other: Walk | None) -> bool:
        """Tell whether two walks saw the same, and all that the server claims to have."""
        return (
            other is not None
            and self.is_whole
            and other.is_whole
            and self.digests == other.digests
            and self.total_first == self.total_last == self.distinct
        )


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
    """

    session: Session
    tally: Tally
    progress: Progress
    _tables: dict[bytes, pa.Table] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def tables(self) -> list[pa.Table]:
        """Every different page, in the order in which they were last seen."""
        return list(self._tables.values())

    def settle(self, record: WindowRecord) -> None:
        """Walk a window until two walks in a row agree, or the walks are spent.

        Parameters
        ----------
        record : WindowRecord
            Says which window, and takes down what was seen, walk by walk.

        Raises
        ------
        ApiError
            If a page cannot be read.
        """
        before: Walk | None = None
        while record.walks < WALKS_MAX and not record.agreed:
            walk = self._walk(record.window)
            record.walks += 1
            record.pages = len(walk.digests)
            record.rows, record.distinct = walk.rows, walk.distinct
            record.total_first, record.total_last = walk.total_first, walk.total_last
            record.agreed = walk.agrees_with(before)
            before = walk

    def _walk(self, window: Window) -> Walk:
        """Read the first page, then the others side by side."""
        first = self._page(window, 1)
        pages = [first]
        self.progress.expect(first.total)
        self.progress.arrived(self._rows(first))
        is_whole = True
        try:
            pages += self._further(window, first)
        except ShrunkError:
            is_whole = False
        return self._walked(pages, is_whole=is_whole)

    def _further(self, window: Window, first: Page) -> list[Page]:
        """Read pages 2 to the last by our own count, and on while the server names a next."""
        size = self._rows(first)
        count = -(-first.total // size) if size else 1
        pages: list[Page] = []
        if count > 1:
            pages = self._side_by_side(window, range(2, count + 1))
        last = pages[-1] if pages else first
        for number in range(count + 1, _PAGES_ASKED_MAX):
            if not last.following or not self._rows(last):
                break
            last = self._page(window, number)
            pages.append(last)
        return pages

    def _side_by_side(self, window: Window, numbers: range) -> list[Page]:
        """Read several pages at once; the first error stops the rest."""

        def read(number: int) -> Page:
            page = self._page(window, number)
            self.progress.arrived(self._rows(page))
            return page

        pool = ThreadPoolExecutor(min(THREADS, len(numbers)), thread_name_prefix="jtnet-pull")
        try:
            return list(pool.map(read, numbers))
        finally:
            pool.shutdown(cancel_futures=True)

    def _page(self, window: Window, number: int) -> Page:
        """Read one page; a page that was seen before is recognised and not decoded again."""
        call = Call(
            "GET",
            TEMPLATE,
            {"payment_status": "all"},
            (
                ("limit", str(PAGE_ROWS)),
                ("sorting", "started"),
                ("from", str(window.start_s)),
                ("to", str(window.end_s)),
                ("page", str(number)),
            ),
        )
        try:
            page = self.session.read(call, lambda body: self._decode(body, call), self.tally)
        except ApiStatusError as error:
            if number > 1 and error.status == HTTPStatus.BAD_REQUEST:
                raise ShrunkError from None
            raise
        self.tally.count("pages")
        return page

    def _decode(self, body: bytes, call: Call) -> Page:
        page = read_page(body, call, self._tables.keys())
        if page.table is not None:
            with self._lock:
                self._tables.setdefault(page.digest, page.table)
        return page

    def _rows(self, page: Page) -> int:
        return int(self._tables[page.digest].num_rows)

    def _walked(self, pages: list[Page], *, is_whole: bool) -> Walk:
        """Sum a walk up, and note its pages as the ones seen last."""
        digests = tuple(page.digest for page in pages)
        tables = [self._tables[digest] for digest in digests]
        for digest in digests:
            self._tables[digest] = self._tables.pop(digest)
        ids = pa.chunked_array([table["imp_uid"].combine_chunks() for table in tables])
        full = [page.digest for page in pages if self._rows(page)]
        self.tally.count("rows_seen", len(ids))
        return Walk(
            digests=digests,
            total_first=pages[0].total,
            total_last=pages[-1].total,
            rows=len(ids),
            distinct=pc.count_distinct(ids).as_py(),
            is_whole=is_whole and len(set(full)) == len(full),
        )
