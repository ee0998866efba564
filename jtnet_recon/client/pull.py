"""The pull: every payment of a period, with proof that none is missing.

From the period's first second to the server's present, in windows of at most 90 days that share
their edge second, oldest first: a payment that changes while we read moves to the newest window,
which is walked last and left open past the present. Then every window is asked once more how many
payments it has, so that what the server shows late is seen as well.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.compute as pc

from jtnet_recon.client.basis import Basis, belongs
from jtnet_recon.client.certificate import Certificate, WindowRecord, payments_digest
from jtnet_recon.client.frames import Newest, joined, newest, to_payments, unknown_fields
from jtnet_recon.client.journal import Journal, forget, note, recall
from jtnet_recon.client.progress import Progress
from jtnet_recon.client.retry import Tally
from jtnet_recon.client.rows import CRUCIAL, UNREAD
from jtnet_recon.client.walk import Walker
from jtnet_recon.errors import ApiAuthError, ApiError, PullIncomplete

if TYPE_CHECKING:
    import pandas as pd

    from jtnet_recon.client.session import Session
    from jtnet_recon.client.walk import Walk
    from jtnet_recon.period import Period, Window

OPEN_PAST_NOW_S = 86_400
"""How far the newest window reaches past the server's present.

A PG's clock may be ahead of the server's, and the token's clock behind it: a payment or a cancel
that is dated in the future is in no narrower window.
"""


@dataclass(frozen=True, slots=True)
class Source:
    """Where payments are pulled from.

    Parameters
    ----------
    session : Session
        Makes the calls.
    url : str
        Of the API.
    tier : str or None
        Sub-merchant.
    progress : bool or None
        Whether a bar is drawn.
    """

    session: Session
    url: str
    tier: str | None
    progress: bool | None


def pull(
    source: Source, period: Period, basis: Basis, journal: Journal | None = None
) -> pd.DataFrame:
    """Pull the payments of a period.

    Parameters
    ----------
    source : Source
        Where from.
    period : Period
        Days in Asia/Seoul.
    basis : {"paid", "events"}
        What makes a payment belong to the period.
    journal : MutableMapping of str to bytes, optional
        Where settled windows are kept until the pull has ended.

    Returns
    -------
    DataFrame, shape (n, m), table PAYMENTS
        ``attrs["pull"]`` is the certificate.

    Raises
    ------
    PullIncomplete
        If the API could not be read to the end.
    ApiAuthError
        If key or secret are refused.
    """
    tally = Tally()
    certificate = _blank(source, period, basis)
    title = f"payments {period}"
    with Progress(is_shown=source.progress, title=title, unit="rows") as progress:
        try:
            pages = _walk_all(source, period, certificate, tally, progress, journal)
        except ApiAuthError:
            raise
        except ApiError as error:
            certificate.facts = _facts(tally)
            raise _incomplete(certificate, error, is_kept=journal is not None) from error
    found = newest(joined(pages))
    selected = found.table.filter(pa.array(belongs(found.table, period, basis)))
    payments = to_payments(selected)
    certificate.facts = _facts(tally) | _content(found, selected)
    certificate.digest = payments_digest(payments)
    certificate.ended_s = source.session.tokens.server_now_s()
    _judge(certificate, found, selected)
    payments.attrs["pull"] = certificate.to_dict()
    if journal is not None:
        forget(journal, certificate)
    return payments


def _blank(source: Source, period: Period, basis: Basis) -> Certificate:
    """Start the certificate; before the first answer the server's time is not known."""
    return Certificate(
        period=str(period),
        basis=basis,
        host=urlsplit(source.url).netloc,
        merchant=source.session.login.fingerprint(source.tier),
        tier=source.tier,
    )


def _walk_all(  # noqa: PLR0913, PLR0917 - what a pull consists of
    source: Source,
    period: Period,
    certificate: Certificate,
    tally: Tally,
    progress: Progress,
    journal: Journal | None,
) -> list[pa.Table]:
    """Walk all windows, oldest first, and return every page that was seen."""
    now_s = source.session.tokens.server_now_s()
    certificate.started_s = now_s
    windows = period.windows(now_s + OPEN_PAST_NOW_S)
    certificate.windows = [WindowRecord(window, window.end_s > now_s) for window in windows]
    walker = Walker(source.session, tally, progress, as_of_s=now_s)
    walks: dict[Window, Walk] = {}
    for record in certificate.windows:
        kept = None if journal is None else recall(journal, certificate, record)
        if kept is not None:
            walker.adopt(kept)
            continue
        walks[record.window] = walker.settle(record)
        if journal is not None:
            note(journal, certificate, record, walker.tables_of(walks[record.window]))
    for record in certificate.windows:
        if record.agreed is not None:
            walker.look_again(record, walks.get(record.window))
    return walker.tables


def _facts(tally: Tally) -> dict[str, object]:
    """Count what it took."""
    return {
        "requests": tally["requests"],
        "pages": tally["pages"],
        "rows_seen": tally["rows_seen"],
        "retries": tally.retries,
        "renewals": tally["renewals"],
        "not_called_json": tally["not_called_json"],
    }


def _content(found: Newest, selected: pa.Table) -> dict[str, object]:
    """Count what came of it."""
    return {
        "distinct": found.table.num_rows,
        "repeats": found.repeats,
        "older_versions": found.older,
        "payments": selected.num_rows,
        "statuses": dict(sorted(Counter(map(str, selected["status"].to_pylist())).items())),
        "unknown_fields": unknown_fields(found.table),
        "unread": unread_fields(selected),
        "test_channel": int(pc.sum(selected["sandbox"]).as_py() or 0),
    }


def unread_fields(table: pa.Table) -> dict[str, int]:
    """Count, by field, the values that could not be read.

    Parameters
    ----------
    table : pyarrow.Table
        Of :data:`jtnet_recon.client.rows.SCHEMA`.

    Returns
    -------
    dict
        Field to number of payments, sorted.
    """
    texts = table[UNREAD].drop_null().to_pylist()
    return dict(sorted(Counter(name for text in texts for name in json.loads(text)).items()))


def _judge(certificate: Certificate, found: Newest, selected: pa.Table) -> None:
    """Give the verdict, with every reason against COMPLETE."""
    unstable = [
        f"window {record.to_dict()['from']}: no two of {record.walks} walks agreed "
        f"(last: {record.distinct} distinct ids, total {record.total_last})"
        for record in certificate.windows
        if record.agreed is None
    ]
    unstable += [f"{uid}: order id, currency or amount changed" for uid in found.changed_identity]
    unread = unread_fields(selected)
    incomplete = [
        f"{name}: {count} value(s) could not be read, kept in column {UNREAD!r}"
        for name, count in unread.items()
        if name in CRUCIAL
    ]
    certificate.reasons = incomplete + unstable
    certificate.verdict = "INCOMPLETE" if incomplete else "UNSTABLE" if unstable else "COMPLETE"


def _incomplete(certificate: Certificate, error: ApiError, *, is_kept: bool) -> PullIncomplete:
    """Say how far the pull came."""
    done = sum(record.agreed is not None for record in certificate.windows)
    certificate.reasons = [error.message]
    certificate.verdict = "INCOMPLETE"
    return PullIncomplete(
        f"The payments of {certificate.period} could not be pulled to the end "
        f"({done} of {len(certificate.windows) or '?'} windows): {error.message}",
        certificate=certificate.to_dict(),
        hint=f"{error.hint} {_AGAIN[is_kept][0]}".strip(),
        hint_ko=f"{error.hint_ko} {_AGAIN[is_kept][1]}".strip(),
    )


_AGAIN = {
    False: (
        "Nothing was kept; run the same pull again.",
        "저장된 것은 없으니 같은 수집을 다시 실행하세요.",
    ),
    True: (
        "The windows that are settled were kept; run the same pull again to go on.",
        "확인이 끝난 구간은 저장되어 있으니 같은 수집을 다시 실행하면 이어서 진행합니다.",
    ),
}
