"""Four ways to read all pages of a list into one table: ours, the limit, and two in sequence."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

THREADS = 8
PATH = "/payments/status/all"
START_S, END_S = 1_667_228_400, 1_669_820_399
"""November 2022 in Korea."""


class OneWalk:
    """The package's own walk: pages side by side, checked, in declared columns."""

    def __init__(self, url: str) -> None:
        from jtnet_recon.client import Client
        from jtnet_recon.client.certificate import WindowRecord
        from jtnet_recon.client.progress import Progress
        from jtnet_recon.client.retry import Tally
        from jtnet_recon.client.walk import Walker
        from jtnet_recon.period import Window

        client = Client(url, "key", "secret", progress=False)
        client._source.session.tokens.get()  # noqa: SLF001 - as the others: a token at hand
        bar = Progress(is_shown=False, title="", unit="rows")
        self._walker = Walker(client._source.session, Tally(), bar, as_of_s=END_S)  # noqa: SLF001
        self._record = WindowRecord(Window(START_S, END_S), is_open=False)
        self.decoded = 0

    def first(self, _pages: int) -> int:
        """Walk once, and make the frame that users get."""
        from jtnet_recon.client.frames import joined, newest, to_payments

        self._walker._walk(self._record.window)  # noqa: SLF001 - one walk alone is not public
        self.decoded = len(self._walker.tables)
        return len(to_payments(newest(joined(self._walker.tables)).table))

    def second(self, pages: int) -> int:
        """Walk again; every page is recognised by its digest and none is decoded."""
        walk = self._walker._walk(self._record.window)  # noqa: SLF001
        assert len(self._walker.tables) == self.decoded == pages
        return walk.distinct


def bare_loop(url: str) -> Callable[[int], int]:
    """Fetch the same bytes with eight threads of httpx and decode them with pyarrow: the limit."""
    import httpx

    client = httpx.Client(limits=httpx.Limits(max_connections=THREADS))

    def read(pages: int) -> int:
        import pyarrow as pa

        with ThreadPoolExecutor(THREADS) as pool:
            bodies = pool.map(
                lambda page: _decoded(client.get(f"{url}{PATH}?{_query(page)}").content),
                range(1, pages + 1),
            )
            return int(pa.concat_tables(list(bodies), promote_options="permissive").num_rows)

    return read


def _decoded(body: bytes) -> pa.Table:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.json as pj

    options = pj.ReadOptions(use_threads=False, block_size=len(body) + 1)
    envelope = pj.read_json(pa.BufferReader(body), read_options=options)
    rows = pc.struct_field(envelope["response"].combine_chunks(), "list").flatten()
    return pa.Table.from_struct_array(rows)


def plain_loop(url: str) -> Callable[[int], int]:
    """Ask page after page with requests and json, then make a frame: the fastest in sequence."""
    import pandas as pd
    import requests

    session = requests.Session()

    def read(pages: int) -> int:
        rows: list[Any] = []
        for page in range(1, pages + 1):
            body = session.get(f"{url}{PATH}?{_query(page)}").content
            rows += json.loads(body)["response"]["list"]
        return len(pd.DataFrame(rows))

    return read


def strangers_client(url: str) -> Callable[[int], int]:
    """Ask page after page with PyPI's iamport-rest-client, then make a frame."""
    import pandas as pd
    from iamport import Iamport  # type: ignore[import-untyped]

    client = Iamport("key", "secret", f"{url}/")

    def read(pages: int) -> int:
        rows: list[Any] = []
        for page in range(1, pages + 1):
            # It has no list of payments of its own; this is how its other methods read.
            found = client._get(f"{url}{PATH}?{_query(page)}")  # noqa: SLF001
            rows += found["list"]
        return len(pd.DataFrame(rows))

    return read


def _query(page: int) -> str:
    window = f"from={START_S}&to={END_S}"
    return f"limit=1000&sorting=started&{window}&page={page}"
