"""The pull's certificate: what was asked, what was seen, and whether it is complete."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jtnet_recon.columns import PAYMENTS
from jtnet_recon.period import KST
from jtnet_recon.version import __version__

if TYPE_CHECKING:
    import pandas as pd

    from jtnet_recon.period import Window

Verdict = Literal["COMPLETE", "INCOMPLETE", "UNSTABLE"]

_FORMAT = 1


@dataclass(slots=True)
class WindowRecord:
    """What was seen of one window.

    Parameters
    ----------
    window : Window
        Unix seconds, both ends inclusive.
    is_open : bool
        Whether it reaches past the server's present.
    """

    window: Window
    is_open: bool
    walks: int = 0
    pages: int = 0
    rows: int = 0
    distinct: int = 0
    total_first: int = 0
    total_last: int = 0
    total_again: int | None = None
    agreed: str | None = None
    kept_s: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data; counts are those of the last walk.

        ``total_again`` is what the server said when the pull had read everything else, of a
        window that is still open only up to when the pull began. ``kept_at`` is there where a pull that had died
        walked the window, and says when that pull began.
        """
        kept = {"kept_at": iso_kst(self.kept_s)} if self.kept_s else {}
        return {
            "from": iso_kst(self.window.start_s),
            "to": iso_kst(self.window.end_s),
            "from_s": self.window.start_s,
            "to_s": self.window.end_s,
            "open": self.is_open,
            "walks": self.walks,
            "pages": self.pages,
            "rows": self.rows,
            "distinct": self.distinct,
            "total_first": self.total_first,
            "total_last": self.total_last,
            "total_again": self.total_again,
            "agreed": self.agreed,
            **kept,
        }


@dataclass(slots=True)
class Certificate:
    """The certificate while it is being written; :meth:`to_dict` gives what reports print.

    Parameters
    ----------
    period, basis : str
        What was asked for.
    host : str
        Of the API.
    merchant : str
        Fingerprint of the account, never its key.
    tier : str or None
        Sub-merchant.
    started_s : int, default 0
        The server's time at the start, unix seconds; 0 if it never told.
    """

    period: str
    basis: str
    host: str
    merchant: str
    tier: str | None
    started_s: int = 0
    windows: list[WindowRecord] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    ended_s: int = 0
    digest: str = ""
    verdict: Verdict = "INCOMPLETE"

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data that JSON can hold.

        ``resumed_windows`` is there where a pull that had died walked some of them.
        """
        resumed = sum(1 for record in self.windows if record.kept_s)
        return {
            "certificate": _FORMAT,
            "verdict": self.verdict,
            "reasons": list(self.reasons),
            "period": self.period,
            "basis": self.basis,
            "host": self.host,
            "merchant": self.merchant,
            "tier": self.tier,
            "endpoint": "GET /payments/status/all",
            "parameters": {"sorting": "started", "limit": 1000},
            "windows": [record.to_dict() for record in self.windows],
            **({"resumed_windows": resumed} if resumed else {}),
            **self.facts,
            "digest": self.digest,
            "started_at": iso_kst(self.started_s) if self.started_s else None,
            "ended_at": iso_kst(self.ended_s) if self.ended_s else None,
            "library": f"jtnet_recon {__version__}",
        }


def iso_kst(seconds: int) -> str:
    """Write unix seconds as ISO 8601 in Asia/Seoul.

    Parameters
    ----------
    seconds : int
        Unix seconds.

    Returns
    -------
    str
        Such as ``2022-11-01T00:00:00+09:00``.
    """
    return datetime.fromtimestamp(seconds, UTC).astimezone(KST).isoformat()


def payments_digest(payments: pd.DataFrame) -> str:
    """Return a digest of payments that does not depend on their order.

    Parameters
    ----------
    payments : DataFrame, table PAYMENTS
        One row an ``imp_uid``; declared columns count, and all others by name.

    Returns
    -------
    str
        SHA-256, hexadecimal, over the rows sorted by ``imp_uid``, column by column: name, which
        cells are empty, the length of each text or the number itself, then the texts.
    """
    ordered = payments.sort_values("imp_uid", kind="stable")
    declared = [name for name in PAYMENTS.names if name in ordered.columns]
    others = sorted(str(name) for name in ordered.columns if name not in declared)
    digest = hashlib.sha256(str(len(ordered)).encode())
    for name in (*declared, *others):
        digest.update(f"\x1e{name}\x1f".encode())
        for part in _bytes_of(ordered[name]):
            digest.update(part)
    return digest.hexdigest()


def _bytes_of(values: pd.Series[Any]) -> list[bytes | memoryview]:
    """Give a column's content as bytes that only this content has."""
    if values.dtype == object:
        values = values.map(_canonical).astype("str")
    array = pa.array(values, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    empty = np.packbits(array.is_null().to_numpy(zero_copy_only=False)).tobytes()
    if pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
        texts = pc.fill_null(array, "").cast(pa.large_string())
        lengths = pc.binary_length(texts).to_numpy(zero_copy_only=False).astype("<i8")
        return [empty, lengths.tobytes(), _characters(texts)]
    numbers = pc.fill_null(array.cast(pa.int64()), 0).to_numpy(zero_copy_only=False)
    return [empty, numbers.astype("<i8").tobytes()]


def _characters(texts: pa.LargeStringArray) -> memoryview:
    """Give all texts of a column, one after the other, as UTF-8."""
    _, offsets, characters = texts.buffers()
    ends = np.frombuffer(offsets, dtype="<i8")[texts.offset : texts.offset + len(texts) + 1]
    whole = memoryview(characters) if characters is not None else memoryview(b"")
    return whole[int(ends[0]) : int(ends[-1])] if len(ends) else whole


def _canonical(cell: Any) -> str | None:
    """Write a nested cell as JSON with sorted keys."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return None
    return json.dumps(cell, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
