"""Schedules of November 2022, and a server that lists them well or badly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from client_samples import SCHEDULE, response
from client_wire import failure, page_of, success

if TYPE_CHECKING:
    from client_wire import Request


NOVEMBER_S = 1_667_228_400  # 2022-11-01 in Korea
DAY_S = 86_400


def schedule(number: int, **changes: Any) -> dict[str, Any]:
    """One a minute from 1 November 2022."""
    return {
        **response(SCHEDULE, "GET ok"),
        "merchant_uid": f"sub-{number}",
        "customer_uid": f"key-{number % 5}",
        "schedule_at": NOVEMBER_S + 60 * number,
        **changes,
    }


class Book:
    """Serves its schedules as the document says, or as clients saw it.

    ``names`` are the spellings it knows; ``before`` may change ``rows`` before each read.
    """

    def __init__(
        self, rows: list[dict[str, Any]], *, page_rows: int = 10, is_bare: bool = False
    ) -> None:
        self.rows = rows
        self.page_rows, self.is_bare = page_rows, is_bare
        self.names: set[str] | None = None
        self.before = lambda _reads: None
        self.reads = 0

    def __call__(self, request: Request) -> bytes:
        self.reads += 1
        self.before(self.reads)
        query = request.query
        if self.names is not None:
            query = {name: value for name, value in query.items() if name in self.names}
        from_s = query.get("schedule_from", query.get("from"))
        to_s = query.get("schedule_to", query.get("to"))
        if from_s is None or to_s is None or int(to_s) - int(from_s) > 92 * DAY_S:
            return failure(400, "검색 파라메터가 유효하지 않습니다.", code=1)
        status = query.get("schedule_status", query.get("schedule-status"))
        rows = [
            row
            for row in self.rows
            if int(from_s) <= row["schedule_at"] < int(to_s)
            and status in (None, row["schedule_status"])
            and self._is_of(request, row)
        ]
        return self.page(sorted(rows, key=lambda row: row["schedule_at"]), request.page)

    def _is_of(self, request: Request, row: dict[str, Any]) -> bool:
        parts = request.path.split("/")
        return parts[2] != "customers" or row["customer_uid"] == unquote(parts[3])

    def page(self, rows: list[dict[str, Any]], page: int) -> bytes:
        pages = max(1, -(-len(rows) // self.page_rows))
        if page > pages:
            return failure(400, "데이터 범위를 벗어난 page입니다.", code=1)
        shown = rows[(page - 1) * self.page_rows : page * self.page_rows]
        if self.is_bare:
            return success(shown)
        following = page + 1 if page < pages else 0
        return page_of(shown, total=len(rows), page=page, following=following)


def uids(*numbers: int) -> list[str]:
    return [f"sub-{number}" for number in numbers]
