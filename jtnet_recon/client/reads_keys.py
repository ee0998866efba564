"""What a client reads of billing keys and of the schedules on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jtnet_recon.client import schedules
from jtnet_recon.client.billing_keys import read_billing_key, read_billing_keys
from jtnet_recon.client.frames import to_record
from jtnet_recon.client.lookup import distinct_ids, one_id
from jtnet_recon.period import Period

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from jtnet_recon.client.pull import Source
    from jtnet_recon.client.schedules import ScheduleStatus


class KeyReads:
    """The part of a client that reads billing keys and schedules."""

    _source: Source

    def billing_keys(self, customer_uids: str | Iterable[str]) -> pd.DataFrame:
        """Look up billing keys; each one asked for is a row, whatever was found.

        Parameters
        ----------
        customer_uids : str or iterable of str
            Billing keys (``customer_uid``, 빌링키). The API has no list of all of them.

        Returns
        -------
        DataFrame, shape (number of different ids, m), table BILLING_KEYS
            In the order asked. ``state`` is ``registered``, ``super``, ``unknown`` (deleted,
            never issued, or another merchant's: the API does not tell which) or ``not_asked``
            (the id cannot stand in an address). ``attrs["lookup"]`` names those ``missing``.

        Raises
        ------
        ApiError
            If a look-up fails for another reason than that a key is not known.
        ConfigError
            If an id is no text.

        Notes
        -----
        Source: i'mport V1 OpenAPI, GET /subscribe/customers (HTTP 207: some are not known) and
        GET /subscribe/customers/{customer_uid}.
        """
        return read_billing_keys(self._source, distinct_ids(customer_uids, "customer_uid"))

    def billing_key(self, customer_uid: str) -> dict[str, Any]:
        """Look up one billing key.

        Parameters
        ----------
        customer_uid : str
            Billing key (빌링키).

        Returns
        -------
        dict
            The row that :meth:`billing_keys` gives; what is empty is None.

        Raises
        ------
        ApiError
            If the look-up fails for another reason than that the key is not known.
        ConfigError
            If the id is no text.

        Notes
        -----
        Source: i'mport V1 OpenAPI, GET /subscribe/customers/{customer_uid}.
        """
        uid = one_id(customer_uid, "customer_uid")
        return to_record(read_billing_key(self._source, uid))

    def schedules(
        self, period: Period | str | Any, *, status: ScheduleStatus | None = None
    ) -> pd.DataFrame:
        """Read the scheduled payments that are planned for a period.

        Parameters
        ----------
        period : Period or what it is made of
            Days in Asia/Seoul of ``schedule_at``, past or future.
        status : {"scheduled", "executed", "revoked"}, optional
            Only those; by default all.

        Returns
        -------
        DataFrame, shape (n, m), table SCHEDULES
            One row an order id, earliest first; amounts int64 in minor units (KRW: won).
            ``attrs["lookup"]["verdict"]`` is COMPLETE, UNSTABLE if the list kept changing, or
            INCOMPLETE if a value could not be read (it is kept in column ``unread``).

        Raises
        ------
        ApiError
            If the list cannot be read.
        ConfigError
            If the period or the status is none.

        Notes
        -----
        Source: i'mport V1 OpenAPI, GET /subscribe/payments/schedule.
        """
        schedules.check_status(status)
        return schedules.by_period(self._source, Period(period), status)

    def schedules_by_customer_uid(
        self,
        ids: str | Iterable[str],
        period: Period | str | Any,
        *,
        status: ScheduleStatus | None = None,
    ) -> pd.DataFrame:
        """Read the scheduled payments of some billing keys that are planned for a period.

        Parameters
        ----------
        ids : str or iterable of str
            Billing keys (``customer_uid``, 빌링키).
        period : Period or what it is made of
            Days in Asia/Seoul of ``schedule_at``: the API reads three months at a time and has
            no list without an end.
        status : {"scheduled", "executed", "revoked"}, optional
            Only those; by default all.

        Returns
        -------
        DataFrame, shape (n, m), table SCHEDULES
            Amounts int64 in minor units. ``attrs["lookup"]`` says which keys have none
            (``missing``) and whose lists kept changing (``unstable``).

        Raises
        ------
        ApiError
            If a list cannot be read.
        ConfigError
            If an id is no text or cannot be asked for, or the period or the status is none.

        Notes
        -----
        Source: i'mport V1 OpenAPI, GET /subscribe/customers/{customer_uid}/schedules.
        """
        schedules.check_status(status)
        asked = distinct_ids(ids, "customer_uid")
        return schedules.by_customer_uid(self._source, asked, Period(period), status)

    def schedules_by_merchant_uid(self, ids: str | Iterable[str]) -> pd.DataFrame:
        """Look up the scheduled payments of some orders, whenever they are planned.

        Parameters
        ----------
        ids : str or iterable of str
            Order ids (주문번호) that the schedules were booked under.

        Returns
        -------
        DataFrame, shape (n, m), table SCHEDULES
            Amounts int64 in minor units. ``attrs["lookup"]`` says which ids are ``missing``.

        Raises
        ------
        ApiError
            If a look-up fails.
        ConfigError
            If an id is no text or cannot be asked for.

        Notes
        -----
        Source: i'mport V1 OpenAPI, GET /subscribe/payments/schedule/{merchant_uid}.
        """
        return schedules.by_merchant_uid(self._source, distinct_ids(ids, "merchant_uid"))
