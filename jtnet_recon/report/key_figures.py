"""What the charts of billing keys show, as plain data: one key's events, cohorts of contracts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from jtnet_recon.period import KST_NAME, Period

if TYPE_CHECKING:
    from collections.abc import Iterator

Lane = Literal["contract", "schedule", "charge", "key"]


@dataclass(frozen=True, slots=True)
class KeyData:
    """All that was read for an audit.

    Parameters
    ----------
    contracts : DataFrame, table CONTRACTS
        The merchant's list.
    keys : DataFrame, table BILLING_KEYS
        What i'mport has of each key.
    payments : DataFrame, table PAYMENTS
        Charges, and other payments, which are left aside.
    schedules : DataFrame, table SCHEDULES
        Scheduled payments.
    """

    contracts: pd.DataFrame
    keys: pd.DataFrame
    payments: pd.DataFrame
    schedules: pd.DataFrame

    def of(self, customer_uid: str) -> KeyData:
        """Keep what is about one key.

        Parameters
        ----------
        customer_uid : str
            The key.

        Returns
        -------
        KeyData
            The same tables, with its rows alone.
        """
        parts = (self.contracts, self.keys, self.payments, self.schedules)
        kept = [part[part["customer_uid"] == customer_uid] for part in parts]
        return KeyData(*kept)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a key, or will.

    Parameters
    ----------
    lane : str
        ``schedule``, ``charge`` or ``key``.
    at : Timestamp
        When, in Asia/Seoul.
    kind : str
        Such as ``paid``; its word is ``key_event_<kind>``.
    amount : int or None
        Minor units.
    currency : str
        ISO 4217 code.
    ids : tuple of str
        The order id and the payment's id, by which a break names it.
    """

    lane: Lane
    at: pd.Timestamp
    kind: str
    amount: int | None = None
    currency: str = "KRW"
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """A price that holds for a time; ``end`` is missing while it goes on."""

    start: pd.Timestamp
    end: pd.Timestamp | None
    label: str
    amount: int
    currency: str


def events_of(data: KeyData) -> list[Event]:
    """List what happened to one key.

    Parameters
    ----------
    data : KeyData
        Of one key.

    Returns
    -------
    list of Event
        Oldest first.
    """
    events = [*_charges(data.payments), *_schedules(data.schedules), *_changes(data.keys)]
    return sorted(events, key=lambda event: (event.at, event.lane, event.ids))


def spans_of(contracts: pd.DataFrame) -> list[Span]:
    """List the prices of one key's contracts, each with its days.

    Parameters
    ----------
    contracts : DataFrame, table CONTRACTS
        Of one key.

    Returns
    -------
    list of Span
        In order of their start.
    """
    spans: list[Span] = []
    grouping = ["customer", "starts_on"]
    for _, rows in contracts.groupby(grouping, sort=True, dropna=False):
        froms = rows["price_from"].fillna(rows["starts_on"])
        ordered = rows.assign(_from=froms).sort_values("_from", kind="stable")
        starts = [_midnight(day) for day in ordered["_from"]]
        ended = [_midnight(day) + pd.Timedelta(days=1) for day in ordered["ends_on"].dropna()]
        ends: list[pd.Timestamp | None] = [*starts[1:], ended[-1] if ended else None]
        for row, start, end in zip(ordered.itertuples(), starts, ends, strict=True):
            plan, currency = getattr(row, "plan", None), getattr(row, "currency", None)
            label = plan if isinstance(plan, str) else ""
            money = currency if isinstance(currency, str) else "KRW"
            spans.append(Span(start, end, label, int(row.price), money))  # type: ignore[arg-type]  # int64
    return sorted(spans, key=lambda span: span.start)


def known_from(payments: pd.DataFrame) -> pd.Timestamp | None:
    """Tell from when on the payments were read.

    Parameters
    ----------
    payments : DataFrame, table PAYMENTS
        Of a pull, or any.

    Returns
    -------
    Timestamp or None
        The first instant of the pull's period; None of payments without a certificate.
    """
    certificate = payments.attrs.get("pull") or {}
    if not certificate.get("period"):
        return None
    return _midnight(Period(certificate["period"]).start_on)


def codes_by_id(breaks: pd.DataFrame, customer_uid: str) -> dict[str, list[str]]:
    """Name the breaks of a key by the payment or order they are about.

    Parameters
    ----------
    breaks : DataFrame
        Of an audit.
    customer_uid : str
        The key.

    Returns
    -------
    dict of str to list of str
        From ``imp_uid`` or ``merchant_uid`` to codes; those of the key as a whole under ``""``.
    """
    found: dict[str, list[str]] = {}
    own = breaks[breaks["customer_uid"] == customer_uid]
    for code, imp_uid, merchant_uid in zip(
        own["code"], own["imp_uid"], own["merchant_uid"], strict=True
    ):
        ids = [text for text in (imp_uid, merchant_uid) if isinstance(text, str) and text]
        found.setdefault(ids[0] if ids else "", []).append(str(code))
    return found


def cohorts_of(data: KeyData, *, until: pd.Timestamp | None = None) -> pd.DataFrame:
    """Count, by the month contracts started in, how many were charged so many months later.

    Parameters
    ----------
    data : KeyData
        Of an audit.
    until : Timestamp, optional
        The last instant that is known; by default that of the last payment.

    Returns
    -------
    DataFrame, one row a cohort and month
        ``start`` and ``month`` (``2022-11``), ``age`` (months), ``contracts``, ``charged``, and
        ``is_known``: whether the payments of the whole month were read.
    """
    started = _starts(data.contracts)
    charged = _charged_months(data.payments)
    columns = ["start", "month", "age", "contracts", "charged", "is_known"]
    if started.empty:
        return pd.DataFrame(columns=columns)
    last = until or data.payments["paid_at"].max()
    if pd.isna(last):
        return pd.DataFrame(columns=columns)
    first_known, last_month = _first_known(data.payments), _serial(last)
    hits = started.merge(charged, on="customer_uid").groupby(["start", "serial"])["customer_uid"]
    counted = hits.nunique().to_dict()
    rows = [
        (
            _month(start),
            _month(serial),
            serial - start,
            members,
            counted.get((start, serial), 0),
            first_known <= serial < last_month,
        )
        for start, members in sorted(Counter(started["start"].tolist()).items())
        for serial in range(start, last_month + 1)
    ]
    return pd.DataFrame(rows, columns=columns)


def _charges(payments: pd.DataFrame) -> Iterator[Event]:
    for row in payments.to_dict("records"):
        at = next(
            (row[n] for n in ("paid_at", "failed_at", "started_at") if pd.notna(row.get(n))), None
        )
        if at is None:
            continue
        ids = tuple(str(row[name]) for name in ("imp_uid", "merchant_uid") if pd.notna(row[name]))
        yield Event("charge", at, _kind_of(row), int(row["amount"]), _currency(row), ids)


def _kind_of(row: dict[Any, Any]) -> str:
    status = str(row["status"])
    if row["amount"] == 0 and row.get("customer_uid_usage") == "issue":
        return "issue"
    if status == "cancelled" and row["cancel_amount"] < row["amount"]:
        return "partly"
    return status if status in ("paid", "failed", "cancelled") else "ready"


def _schedules(schedules: pd.DataFrame) -> Iterator[Event]:
    for row in schedules.to_dict("records"):
        if pd.isna(row["schedule_at"]):
            continue
        kind, outcome = str(row["schedule_status"]), row.get("payment_status")
        if kind == "executed" and outcome in ("paid", "failed", "cancelled"):
            kind = f"executed_{outcome}"
        ids = (str(row["merchant_uid"]),)
        yield Event("schedule", row["schedule_at"], kind, int(row["amount"]), _currency(row), ids)


def _changes(keys: pd.DataFrame) -> Iterator[Event]:
    for row in keys.to_dict("records"):
        inserted, updated = row.get("inserted"), row.get("updated")
        if pd.notna(inserted):
            yield Event("key", inserted, "registered")
        if pd.notna(updated) and updated != inserted:
            yield Event("key", updated, "changed")


def _currency(row: dict[Any, Any]) -> str:
    found = row.get("currency")
    return found if isinstance(found, str) else "KRW"


def _midnight(day: Any) -> pd.Timestamp:
    return pd.Timestamp(day).tz_localize(KST_NAME)


def _starts(contracts: pd.DataFrame) -> pd.DataFrame:
    """Give each contract's key and first month, as a number of months."""
    named = contracts.dropna(subset=["customer_uid", "starts_on"])
    single = named.drop_duplicates(["customer", "customer_uid", "starts_on"])
    serial = single["starts_on"].dt.year * 12 + single["starts_on"].dt.month - 1
    return pd.DataFrame({"customer_uid": single["customer_uid"], "start": serial.astype("int64")})


def _charged_months(payments: pd.DataFrame) -> pd.DataFrame:
    """Give the months in which a key was charged and the money kept, even in part."""
    left = payments["amount"] - payments["cancel_amount"]
    good = payments[payments["customer_uid"].notna() & payments["paid_at"].notna() & (left > 0)]
    serial = good["paid_at"].dt.year * 12 + good["paid_at"].dt.month - 1
    return pd.DataFrame(
        {"customer_uid": good["customer_uid"], "serial": serial.astype("int64")}
    ).drop_duplicates()


def _first_known(payments: pd.DataFrame) -> int:
    """Give the first month whose payments were read from its first day on."""
    first = known_from(payments)
    if first is None:
        return _serial(payments["paid_at"].min())
    return _serial(first) + (first.day > 1)


def _serial(at: pd.Timestamp) -> int:
    return int(at.year * 12 + at.month - 1)


def _month(serial: int) -> str:
    return f"{serial // 12}-{serial % 12 + 1:02d}"
