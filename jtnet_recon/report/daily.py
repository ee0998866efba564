"""The sides day by day: sales and cancels by day, cut-off list, VAT reference, hours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from jtnet_recon.errors import ConfigError
from jtnet_recon.report.ages import day_of_breaks, kst_days, period_of
from jtnet_recon.report.figures import INFO, has_books, items_of, total

if TYPE_CHECKING:
    from datetime import date

    from jtnet_recon.recon.result import Reconciliation

EDGE_MINUTES = 60
"""How near to the first or last midnight of the period an approval is listed."""

_KEY = ["merchant_uid", "currency"]
_GROUP = ["day", "pg_provider", "pg_id", "pay_method", "currency"]
_FIGURES = ("rows", "amount", "cancel", "net")
_INSTANT = "datetime64[us, Asia/Seoul]"
_HOURS = 24
_LINES_MAX = 400
_VAT_DIVISOR = 11


def by_day(result: Reconciliation) -> pd.DataFrame | None:
    """Sum both sides up by day, PG, MID, method and currency.

    Parameters
    ----------
    result : Reconciliation
        Of payments against a ledger.

    Returns
    -------
    DataFrame or None
        day, pg_provider, pg_id, pay_method, currency, then rows, amount, cancel and net of each
        side and the difference, minor units. None if its sums do not equal the control totals,
        or if other tables than payments and a ledger were compared.
    """
    if not has_books(result):
        return None
    payments, ledger = approved_rows(result.payments), booked_rows(result.ledger)
    if not _ties(result, payments, "payments") or not _ties(result, ledger, "ledger"):
        return None
    named = _with_method(ledger, payments)
    sides = [
        side.groupby(_GROUP, as_index=False, sort=False, dropna=False)[list(_FIGURES)]
        .sum()
        .rename(columns={name: f"{name}_{suffix}" for name in _FIGURES})
        for side, suffix in ((payments, "payments"), (named, "ledger"))
    ]
    figures = [f"{name}_{suffix}" for suffix in ("payments", "ledger") for name in _FIGURES]
    both = pd.concat(sides, ignore_index=True).reindex(columns=[*_GROUP, *figures])
    both = both.astype(dict.fromkeys(figures, "Int64"))
    summed = both.groupby(_GROUP, as_index=False, sort=True, dropna=False)[figures].sum()
    summed = summed.astype(dict.fromkeys(figures, "int64"))
    return summed.assign(difference=summed["net_ledger"] - summed["net_payments"])


def net_over_time(table: pd.DataFrame | None, currency: str) -> pd.DataFrame:
    """Give both sides' net amounts by day; of more than 400 days, by month.

    Parameters
    ----------
    table : DataFrame or None
        Of :func:`by_day`.
    currency : str
        ISO 4217 code.

    Returns
    -------
    DataFrame
        label (``11-07`` or ``2022-11``), net_payments, net_ledger; days without any included,
        400 lines at most, the latest.
    """
    names = ["net_payments", "net_ledger"]
    if table is None or not (table["currency"] == currency).any():
        return pd.DataFrame({"label": [], **{name: [] for name in names}})
    mine = table[(table["currency"] == currency) & table["day"].notna()]
    spans_days = mine["day"].max() - mine["day"].min() < pd.Timedelta(days=_LINES_MAX)
    unit, form = ("D", "%m-%d") if spans_days else ("M", "%Y-%m")
    sums = mine.groupby(mine["day"].dt.to_period(unit), sort=True)[names].sum()
    if len(sums):
        last = sums.index.max()
        first = max(sums.index.min(), last - (_LINES_MAX - 1))
        sums = sums.reindex(pd.period_range(first, last, freq=unit), fill_value=0)
    return sums.assign(label=pd.PeriodIndex(sums.index).strftime(form)).reset_index(drop=True)


def approved_rows(payments: pd.DataFrame) -> pd.DataFrame:
    """Take the payments that carry money, with their KST day.

    Parameters
    ----------
    payments : DataFrame, table PAYMENTS or TRANSACTIONS
        As used.

    Returns
    -------
    DataFrame
        Keys, day, PG, MID, method, rows (1), amount, cancel and net.
    """
    if "status" not in payments.columns:
        return _moved_rows(payments)
    status, paid_at = payments["status"], _column(payments, "paid_at", _INSTANT)
    cancel = _column(payments, "cancel_amount", "int64").fillna(0)
    is_approved = (status == "paid") | (
        (status == "cancelled") & (paid_at.notna() | (cancel < payments["amount"]))
    )
    others = ~status.isin(["paid", "cancelled", "ready", "failed"])
    is_approved = is_approved.fillna(value=False).astype(bool) | (others & paid_at.notna())
    return _with_figures(payments, paid_at, amount=payments["amount"], cancel=cancel)[is_approved]


def booked_rows(ledger: pd.DataFrame) -> pd.DataFrame:
    """Take the ledger lines that carry money, with their own day.

    Parameters
    ----------
    ledger : DataFrame, table LEDGER
        As used.

    Returns
    -------
    DataFrame
        Keys, day, rows (1), amount, cancel and net.
    """
    status = _column(ledger, "status", "str")
    amount, booked = ledger["amount"], ledger["amount"].clip(lower=0)
    cancel = _column(ledger, "cancel_amount", "int64").fillna(0).abs()
    whole = (status == "cancelled").fillna(value=False).astype(bool) & (cancel == 0) & (amount >= 0)
    cancel = cancel.mask(whole, amount).mask(amount < 0, amount.abs() + cancel)
    rows = pd.DataFrame(
        {
            "merchant_uid": ledger["merchant_uid"],
            "currency": _column(ledger, "currency", "str").fillna("KRW"),
            "day": kst_days(_column(ledger, "paid_on", "datetime64[us]")),
            "rows": 1,
            "amount": booked,
            "cancel": cancel,
            "net": booked - cancel,
        }
    )
    return rows[~status.isin(["ready", "failed"])]


def timing(result: Reconciliation) -> pd.DataFrame:
    """List what touches the cut-off: other days than approved, and approvals at the edges.

    Parameters
    ----------
    result : Reconciliation
        Of payments against a ledger.

    Returns
    -------
    DataFrame
        why (a code, or ``edge``), merchant_uid, imp_uid, currency, amount, paid_at, paid_on,
        days_apart, period_payments and period_ledger (months).

    Raises
    ------
    ConfigError
        If other tables than payments and a ledger were compared.
    """
    if not has_books(result):
        message = "What touches the cut-off is listed for payments and a ledger only."
        raise ConfigError(
            message,
            hint="Look at the breaks whose reasons name the day.",
            hint_ko="불일치 목록에서 일자 차이를 확인하세요.",
        )
    dated = _dated_breaks(result)
    edge = _edge_rows(result)
    edge = edge[~edge["imp_uid"].isin(dated["imp_uid"])]
    rows = pd.concat([part for part in (dated, edge) if len(part)] or [dated], ignore_index=True)
    paid_on = kst_days(rows["paid_at"])
    return rows.assign(
        days_apart=(rows["paid_on"] - paid_on).dt.days.astype("Int64"),
        period_payments=paid_on.dt.strftime("%Y-%m").astype("str"),
        period_ledger=rows["paid_on"].dt.strftime("%Y-%m").astype("str"),
    ).sort_values(["paid_at", "imp_uid"], kind="stable", ignore_index=True)


def vat(result: Reconciliation) -> pd.DataFrame:
    """Give sales, cancels and the VAT in them by month, PG, method and cash receipt, in won.

    Parameters
    ----------
    result : Reconciliation
        Of payments against a ledger.

    Returns
    -------
    DataFrame
        month, pg_provider, pay_method, cash_receipt_issued, currency, rows, amount, cancel, net,
        supply, vat.
    """
    rows = approved_rows(result.payments)
    rows = rows[rows["currency"] == "KRW"]
    rows = rows.assign(month=rows["day"].dt.strftime("%Y-%m").astype("str"))
    group = ["month", "pg_provider", "pay_method", "cash_receipt_issued", "currency"]
    sums = rows.groupby(group, as_index=False, sort=True, dropna=False)[list(_FIGURES)].sum()
    # Half a won is rounded up, away from zero: (2n + 11) // 22 is n / 11 rounded.
    tax = sums["net"].abs().mul(2).add(_VAT_DIVISOR).floordiv(2 * _VAT_DIVISOR)
    tax = tax.where(sums["net"] >= 0, -tax)
    return sums.assign(supply=sums["net"] - tax, vat=tax)


def by_hour(result: Reconciliation) -> list[tuple[int, int, int]]:
    """Count the open items by the hour of approval in Asia/Seoul.

    Parameters
    ----------
    result : Reconciliation
        Any.

    Returns
    -------
    list of (int, int, int)
        Hour, open items, and among them those that are Critical.
    """
    breaks = items_of(result.breaks)
    breaks = breaks[breaks["severity"] != INFO]
    at = _approved_at(breaks)
    hours = at.dt.tz_convert("Asia/Seoul").dt.hour
    critical = breaks["severity"] == "Critical"
    return [
        (hour, int((hours == hour).sum()), int((critical & (hours == hour)).sum()))
        for hour in range(_HOURS)
    ]


def breaks_by_day(result: Reconciliation) -> dict[date, int]:
    """Count the open items by day.

    Parameters
    ----------
    result : Reconciliation
        Any.

    Returns
    -------
    dict of date to int
        Days with at least one.
    """
    breaks = items_of(result.breaks)
    days = day_of_breaks(breaks[breaks["severity"] != INFO]).dropna()
    counts = days.dt.date.value_counts().sort_index()
    return dict(zip(counts.index, counts.astype(int).tolist(), strict=True))


def _moved_rows(transactions: pd.DataFrame) -> pd.DataFrame:
    """Take transactions: every one of them carries money, an approval or a cancel."""
    signed = transactions["amount"]
    at = _column(transactions, "at", _INSTANT)
    amount, cancel = signed.clip(lower=0), -signed.clip(upper=0)
    return _with_figures(transactions, at, amount=amount, cancel=cancel)


def _with_figures(
    payments: pd.DataFrame, at: pd.Series[Any], *, amount: pd.Series[Any], cancel: pd.Series[Any]
) -> pd.DataFrame:
    """Put keys, day, PG, MID, method and figures side by side."""
    return pd.DataFrame(
        {
            **{name: _column(payments, name, "str") for name in ("merchant_uid", "imp_uid")},
            "currency": _column(payments, "currency", "str").fillna("KRW"),
            "paid_at": at,
            "day": kst_days(at),
            **{
                name: _column(payments, name, "str")
                for name in ("pg_provider", "pg_id", "pay_method")
            },
            "cash_receipt_issued": _column(payments, "cash_receipt_issued", "boolean"),
            "rows": 1,
            "amount": amount,
            "cancel": cancel,
            "net": amount - cancel,
        }
    )


def _approved_at(breaks: pd.DataFrame) -> pd.Series[Any]:
    """Give the instant of each break's payment or transaction."""
    name = "at_payments" if "at_payments" in breaks.columns else "paid_at_payments"
    return _column(breaks, name, _INSTANT)


def _column(frame: pd.DataFrame, name: str, dtype: str) -> pd.Series[Any]:
    """Give a column, or an empty one of its kind where the frame has none."""
    if name not in frame.columns:
        blank = 0 if dtype == "int64" else None
        frame = pd.DataFrame({name: [blank] * len(frame)}, index=frame.index).astype({name: dtype})
    column: pd.Series[Any] = frame[name]
    return column


def _ties(result: Reconciliation, rows: pd.DataFrame, side: str) -> bool:
    """Whether rows and money equal the control totals, currency by currency."""
    controls = result.control_totals[result.control_totals["side"] == side]
    stated = {
        row["currency"]: (int(row["rows_money"]), int(row["amount"]), int(row["net"]))
        for row in controls.to_dict("records")
        if row["rows_money"]
    }
    found = {
        currency: (len(mine), total(mine["amount"]), total(mine["net"]))
        for currency, mine in rows.assign(currency=rows["currency"].fillna("")).groupby("currency")
    }
    return stated == found


def _with_method(ledger: pd.DataFrame, payments: pd.DataFrame) -> pd.DataFrame:
    """Give each ledger line PG, MID and method of its order's first payment."""
    first = (
        payments.dropna(subset=_KEY)
        .sort_values(["paid_at", "imp_uid"], kind="stable")
        .drop_duplicates(_KEY)[[*_KEY, "pg_provider", "pg_id", "pay_method"]]
    )
    return ledger.merge(first, on=_KEY, how="left", validate="m:1")


def _dated_breaks(result: Reconciliation) -> pd.DataFrame:
    """Take the breaks whose dates differ."""
    breaks = items_of(result.breaks)
    reasons = breaks["reasons"].fillna("").str.split(", ")
    breaks = breaks[reasons.map(lambda names: "paid_on" in names).astype(bool)]
    return pd.DataFrame(
        {
            "why": breaks["code"].astype("str"),
            **{
                name: breaks[name].astype("str") for name in ("merchant_uid", "imp_uid", "currency")
            },
            "amount": breaks["amount_payments"].astype("int64"),
            "paid_at": _approved_at(breaks),
            "paid_on": _column(breaks, "paid_on_ledger", "datetime64[us]"),
        }
    )


def _edge_rows(result: Reconciliation) -> pd.DataFrame:
    """Take the approvals near the first and last midnight of the period."""
    rows = approved_rows(result.payments)
    period, band = period_of(result), pd.Timedelta(minutes=EDGE_MINUTES)
    if period is None:
        rows = rows.iloc[:0]
    else:
        start = pd.Timestamp(period.start_s, unit="s", tz="Asia/Seoul")
        after = pd.Timestamp(period.end_s + 1, unit="s", tz="Asia/Seoul")
        near = (rows["paid_at"] - start).abs().le(band) | (rows["paid_at"] - after).abs().le(band)
        rows = rows[near]
    booked = booked_rows(result.ledger).dropna(subset=_KEY)
    days = booked.groupby(_KEY, as_index=False).agg(paid_on=("day", "min"))
    joined = rows.merge(days, on=_KEY, how="left", validate="m:1")
    names = ["merchant_uid", "imp_uid", "currency", "amount", "paid_at", "paid_on"]
    # Of a cancel's own row it is the cancel that is shown, below zero.
    shown = joined["amount"].where(joined["amount"] != 0, joined["net"])
    return joined[names].assign(amount=shown, why="edge")
