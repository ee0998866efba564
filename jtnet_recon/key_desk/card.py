"""Reads one billing key with all that hangs on it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from jtnet_recon.key_desk.gather import AHEAD_DAYS
from jtnet_recon.period import KST, KST_NAME, Period
from jtnet_recon.report.key_card import KeyCard
from jtnet_recon.report.key_figures import KeyData
from jtnet_recon.tables import CONTRACTS, conform, empty

if TYPE_CHECKING:
    from jtnet_recon.client import Client


def billing_key(
    customer_uid: str,
    *,
    client: Client | None = None,
    contracts: pd.DataFrame | None = None,
    lang: str = "en",
) -> KeyCard:
    """Show one billing key: card, PG, age, contract, charges, schedules, flags.

    Parameters
    ----------
    customer_uid : str
        The key (빌링키).
    client : Client, optional
        Of :func:`connect`; without it the account that the environment names.
    contracts : DataFrame, table CONTRACTS, optional
        The merchant's list; with it the key is audited from its first charge to today.
    lang : {"en", "ko"}, default "en"
        Language of the card.

    Returns
    -------
    KeyCard
        Prints as text, and as a page in a notebook; personal data and card numbers are masked.
        ``.plot()`` draws the key's timeline.

    Raises
    ------
    ApiError
        If a look-up fails for another reason than that the key is not known.
    ConfigError
        If the id is no text, or key or secret are missing.
    TableError
        If the contracts are no table of contracts.
    """
    if client is None:
        from jtnet_recon.desk import connect

        with connect() as own:
            return billing_key(customer_uid, client=own, contracts=contracts, lang=lang)
    keys = client.billing_keys(customer_uid)
    payments = client.payments_by_customer_uid(customer_uid)
    as_of = pd.Timestamp(datetime.fromisoformat(keys.attrs["lookup"]["read_at"]))
    as_of = as_of.tz_convert(KST_NAME)
    period = Period(_first_on(keys, payments, as_of), as_of.date())
    ahead = Period(period.start_on, as_of.date() + timedelta(days=AHEAD_DAYS))
    schedules = client.schedules_by_customer_uid(customer_uid, ahead)
    listed = empty(CONTRACTS) if contracts is None else conform(contracts, CONTRACTS)
    data = KeyData(listed[listed["customer_uid"] == customer_uid], keys, payments, schedules)
    breaks = None if contracts is None else _breaks(data, period, as_of)
    return KeyCard(customer_uid, data, as_of, breaks, lang)


def _first_on(keys: pd.DataFrame, payments: pd.DataFrame, as_of: pd.Timestamp) -> date:
    """Find the day on which the key's story begins, as far as it is known."""
    known: list[Any] = [*keys["inserted"].dropna(), *payments["started_at"].dropna()]
    known += [*payments["paid_at"].dropna(), as_of - pd.Timedelta(days=1)]
    return min(known).astimezone(KST).date()  # type: ignore[no-any-return]  # a Timestamp


def _breaks(data: KeyData, period: Period, as_of: pd.Timestamp) -> pd.DataFrame:
    """Audit the key alone."""
    from jtnet_recon.recon.billing_keys import audit

    return audit(
        data.contracts, data.keys, data.payments, data.schedules, period, as_of=as_of
    ).breaks
