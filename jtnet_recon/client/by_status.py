"""Payments of one status, by the clock of that status, and the first payment of an order."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal, get_args

import pyarrow.compute as pc

from jtnet_recon.client.certificate import WindowRecord, iso_kst
from jtnet_recon.client.endpoints import Call
from jtnet_recon.client.envelope import shape_error
from jtnet_recon.client.frames import joined, newest, to_payments, to_record
from jtnet_recon.client.lookup import about_another, folded
from jtnet_recon.client.pages import read_records
from jtnet_recon.client.progress import Progress
from jtnet_recon.client.pull import unread_fields
from jtnet_recon.client.retry import Tally
from jtnet_recon.client.rows import CRUCIAL
from jtnet_recon.client.walk import TEMPLATE, Walker
from jtnet_recon.errors import ApiStatusError, ConfigError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from jtnet_recon.client.pull import Source
    from jtnet_recon.period import Period

Status = Literal["ready", "paid", "cancelled", "failed"]
Sorting = Literal["-started", "started", "-paid", "paid", "-updated", "updated"]
"""Source: i'mport V1 OpenAPI, parameter ``sorting``."""

_FIND = "/payments/find/{merchant_uid}"


def check_word(value: str, known: Any, name: str) -> None:
    """Refuse a word that the API does not know.

    Parameters
    ----------
    value : str
        What the user gave.
    known : Literal type
        The words there are.
    name : str
        Of the argument.

    Raises
    ------
    ConfigError
        If it is none of them.
    """
    words = get_args(known)
    if value not in words:
        message = f"{name}={value!r} is not known."
        raise ConfigError(
            message,
            hint=f"Use one of {', '.join(words)}.",
            hint_ko=f"{', '.join(words)} 중 하나를 사용하세요.",
        )


def by_status(source: Source, status: Status, period: Period) -> pd.DataFrame:
    """Read the payments that stand at one status since some time of a period.

    Parameters
    ----------
    source : Source
        Where from.
    status : str
        Of the payments.
    period : Period
        Days in Asia/Seoul.

    Returns
    -------
    DataFrame, shape (n, m), table PAYMENTS
        ``attrs["lookup"]`` says how it was read.
    """
    tally = Tally()
    records = [WindowRecord(window, is_open=False) for window in period.windows(period.end_s)]
    with Progress(is_shown=source.progress, title=f"{status} {period}", unit="rows") as progress:
        now_s = source.session.tokens.server_now_s()
        walker = Walker(source.session, tally, progress, as_of_s=now_s, status=status)
        walks = [walker.settle(record) for record in records]
        for number, record in enumerate(records):
            if record.agreed is not None:
                walks[number] = walker.look_again(record, walks[number]) or walks[number]
    table = newest(joined(page for walk in walks for page in walker.tables_of(walk))).table
    if not pc.all(pc.equal(table["status"], status)).as_py() and table.num_rows:
        message = f"the answer holds payments that are not {status}."
        raise shape_error(message, Call("GET", TEMPLATE))
    payments = to_payments(table)
    payments.attrs["lookup"] = {
        "by": "status",
        "status": status,
        "period": str(period),
        "payments": len(payments),
        "windows": [record.to_dict() for record in records],
        **_verdict(records, table),
        "tier": source.tier,
        "requests": tally["requests"],
        "retries": tally.retries,
        "read_at": iso_kst(source.session.tokens.server_now_s()),
    }
    return payments


def _verdict(records: list[WindowRecord], table: pa.Table) -> dict[str, Any]:
    """Say whether every window was proven, and every amount and time read."""
    unread = unread_fields(table)
    unstable = [iso_kst(record.window.start_s) for record in records if record.agreed is None]
    is_read = not CRUCIAL & unread.keys()
    verdict = "INCOMPLETE" if not is_read else "UNSTABLE" if unstable else "COMPLETE"
    return {"verdict": verdict, "unstable": unstable, "unread": unread}


def first_of_order(
    source: Source, uid: str, status: Status | None, sorting: Sorting
) -> dict[str, Any] | None:
    """Read the payment of an order that comes first in an order of times.

    Parameters
    ----------
    source : Source
        Where from.
    uid : str
        Order id.
    status : str, optional
        Only payments at this status.
    sorting : str
        Which is first.

    Returns
    -------
    dict or None
        The row of table PAYMENTS; None if there is none.
    """
    ids = {"merchant_uid": uid}
    template = _FIND
    if status is not None:
        template, ids = f"{_FIND}/{{payment_status}}", {**ids, "payment_status": status}
    call = Call("GET", template, ids, (("sorting", sorting),))
    try:
        table = read_records(source.session.get(call), call)
    except ApiStatusError as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        return None
    answered = table["merchant_uid"].to_pylist()
    if [folded(str(found)) for found in answered] != [folded(uid)]:
        raise about_another(call, "merchant_uid")
    return to_record(to_payments(table))
