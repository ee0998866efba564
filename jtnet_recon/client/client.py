"""The client: what can be read from an i'mport account, as tables."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from jtnet_recon.client import lookup
from jtnet_recon.client.address import check_tier, check_url
from jtnet_recon.client.auth import Login, Secret
from jtnet_recon.client.basis import Basis, check_basis
from jtnet_recon.client.by_status import (
    Sorting,
    Status,
    by_status,
    check_word,
    first_of_order,
)
from jtnet_recon.client.frames import to_payments, to_record
from jtnet_recon.client.pull import Source, pull
from jtnet_recon.client.reads_keys import KeyReads
from jtnet_recon.client.reads_records import RecordReads
from jtnet_recon.client.retry import Lanes, Tally
from jtnet_recon.client.session import Session, Timing
from jtnet_recon.client.threads import THREADS
from jtnet_recon.client.transport import Transport
from jtnet_recon.errors import ConfigError
from jtnet_recon.period import Period
from jtnet_recon.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from jtnet_recon.client.journal import Journal


class Client(KeyReads, RecordReads):
    """Reads one merchant account; nothing in it can move money.

    Parameters
    ----------
    url : str
        Of the API: https, or http on this machine.
    key, secret : str
        Of the account; kept so that nothing prints them.
    tier : str, optional
        Three capitals or digits that name a sub-merchant.
    progress : bool, optional
        Whether a bar is drawn; by itself in terminals and notebooks only.
    timeout_s : float, default 60.0
        Total time of one call, its retries included, in seconds. Waits that the server asks for
        (``Retry-After``, at most 15 minutes each) come on top.
    timing : Timing, optional
        Clock, sleep and chance, for tests.

    Raises
    ------
    ConfigError
        If a value cannot be used.

    Examples
    --------
    >>> client = jr.connect()  # doctest: +SKIP
    >>> client.payments("2022-11")  # doctest: +SKIP
    """

    def __init__(  # noqa: PLR0913 - settings are keywords
        self,
        url: str,
        key: str,
        secret: str,
        *,
        tier: str | None = None,
        progress: bool | None = None,
        timeout_s: float = 60.0,
        timing: Timing | None = None,
    ) -> None:
        login = Login(Secret(key), Secret(secret))
        # From here on no frame of ours holds them in a name: tracebacks can print names.
        del key, secret
        check_url(url)
        check_tier(tier)
        _check_timeout(timeout_s)
        timing = timing or Timing()
        agent = f"jtnet_recon/{__version__} python/{sys.version_info[0]}.{sys.version_info[1]}"
        self._transport = Transport(
            url, tier=tier, connections=THREADS, agent=agent, clock=timing.clock
        )
        session = Session(self._transport, login, timeout_s, Lanes(THREADS), timing)
        self._source = Source(session, url, tier, progress)

    def payments(
        self, period: Period | str | Any, *, basis: Basis = "paid", journal: Journal | None = None
    ) -> pd.DataFrame:
        """Pull every payment of a period, as it stands now.

        Parameters
        ----------
        period : Period or what it is made of
            Days in Asia/Seoul, such as ``"2022-11"``.
        basis : {"paid", "events"}, default "paid"
            ``paid``: payments approved in the period, and never-approved ones started in it.
            ``events``: payments with an approval or a cancel in it.
        journal : MutableMapping of str to bytes, optional
            Such as ``store.journal()``: time windows that are settled are kept there until the
            pull has ended, so that one that dies goes on where it was.

        Returns
        -------
        DataFrame, shape (n, m), table PAYMENTS
            One row a payment, oldest start first; amounts int64 in minor units (KRW: won), also
            inside ``cancel_history`` and ``deposit_history``. ``attrs["pull"]`` is the pull's
            certificate: its verdict is COMPLETE, UNSTABLE or INCOMPLETE.

        Raises
        ------
        PullIncomplete
            If the API could not be read to the end.
        ApiAuthError
            If key, secret or token are refused.
        ConfigError
            If the period or the basis is none.

        Notes
        -----
        Source: i'mport V1 OpenAPI, GET /payments/status/{payment_status}.
        """
        check_basis(basis)
        return pull(self._source, Period(period), basis, journal)

    def payments_by_status(self, status: Status, period: Period | str | Any) -> pd.DataFrame:
        """Read the payments that stand at one status since some day of a period.

        Parameters
        ----------
        status : {"ready", "paid", "cancelled", "failed"}
            What a payment is now; a partly cancelled one is ``cancelled``.
        period : Period or what it is made of
            Days in Asia/Seoul of the status' own time: start, approval, last cancel, failure.

        Returns
        -------
        DataFrame, shape (n, m), table PAYMENTS
            Amounts int64 in minor units (KRW: won). ``attrs["lookup"]["verdict"]`` is COMPLETE,
            UNSTABLE if a list kept changing, or INCOMPLETE if a value could not be read.

        Raises
        ------
        ApiError
            If the list cannot be read.
        ConfigError
            If the status or the period is none.

        Notes
        -----
        A payment that was cancelled after the period is not among its ``paid`` ones any more:
        for what was sold in a period use :meth:`payments`.

        Source: i'mport V1 OpenAPI, GET /payments/status/{payment_status}.
        """
        check_word(status, Status, "status")
        return by_status(self._source, status, Period(period))

    def payment(self, imp_uid: str) -> dict[str, Any] | None:
        """Look up one payment, of the test channel too.

        Parameters
        ----------
        imp_uid : str
            The id that i'mport gave it (포트원 번호).

        Returns
        -------
        dict or None
            The row of table PAYMENTS; what is empty is None. None if there is no such payment.

        Raises
        ------
        ApiError
            If the look-up fails.
        ConfigError
            If the id is no text or cannot be asked for.

        Notes
        -----
        Source: i'mport V1 OpenAPI, GET /payments/{imp_uid}.
        """
        found = lookup.read_single(self._source, lookup.one_id(imp_uid, "imp_uid"), Tally())
        return None if found is None else to_record(to_payments(found))

    def first_payment_of_order(
        self, merchant_uid: str, *, status: Status | None = None, sorting: Sorting = "-started"
    ) -> dict[str, Any] | None:
        """Look up the payment of an order that comes first in an order of times.

        Parameters
        ----------
        merchant_uid : str
            Order id (주문번호).
        status : {"ready", "paid", "cancelled", "failed"}, optional
            Only payments at this status; by default any.
        sorting : {"-started", "started", "-paid", "paid", "-updated", "updated"}
            Which is first; by default the one that was started last, which is often a later
            failed attempt and not the paid one. :meth:`payments_by_merchant_uid` gives all.

        Returns
        -------
        dict or None
            The row of table PAYMENTS; what is empty is None. None if there is no such payment.

        Raises
        ------
        ApiError
            If the look-up fails.
        ConfigError
            If the id is no text or cannot be asked for, or a word is not known.

        Notes
        -----
        Source: i'mport V1 OpenAPI, GET /payments/find/{merchant_uid}/{payment_status}.
        """
        check_word(sorting, Sorting, "sorting")
        if status is not None:
            check_word(status, Status, "status")
        uid = lookup.one_id(merchant_uid, "merchant_uid")
        return first_of_order(self._source, uid, status, sorting)

    def payments_by_merchant_uid(self, ids: str | Iterable[str]) -> pd.DataFrame:
        """Look up every attempt of some orders, whatever its date and status.

        Parameters
        ----------
        ids : str or iterable of str
            Order ids (주문번호).

        Returns
        -------
        DataFrame, shape (n, m), table PAYMENTS
            Amounts int64 in minor units. ``attrs["lookup"]`` says which ids are ``missing``.

        Raises
        ------
        ApiError
            If a look-up fails; nothing is then said of any order.
        ConfigError
            If an id is no text or cannot be asked for.

        Notes
        -----
        Source: i'mport V1 OpenAPI, GET /payments/findAll/{merchant_uid}/{payment_status}.
        """
        return lookup.by_merchant_uid(self._source, lookup.distinct_ids(ids, "merchant_uid"))

    def payments_by_customer_uid(self, ids: str | Iterable[str]) -> pd.DataFrame:
        """Look up every charge on some billing keys.

        Parameters
        ----------
        ids : str or iterable of str
            Billing keys (``customer_uid``, 빌링키).

        Returns
        -------
        DataFrame, shape (n, m), table PAYMENTS
            Amounts int64 in minor units. ``attrs["lookup"]`` says which ids are ``missing``:
            unknown to the server, or without any charge.

        Raises
        ------
        ApiError
            If a look-up fails.
        ConfigError
            If an id is no text or cannot be asked for.

        Notes
        -----
        Source: i'mport V1 OpenAPI, GET /subscribe/customers/{customer_uid}/payments.
        """
        return lookup.by_customer_uid(self._source, lookup.distinct_ids(ids, "customer_uid"))

    def payments_by_imp_uid(self, ids: str | Iterable[str]) -> pd.DataFrame:
        """Look up payments by i'mport's own ids, those of the test channel included.

        Parameters
        ----------
        ids : str or iterable of str
            ``imp_uid`` (포트원 번호).

        Returns
        -------
        DataFrame, shape (n, m), table PAYMENTS
            Amounts int64 in minor units. ``attrs["lookup"]`` says which ids are ``missing``.

        Raises
        ------
        ApiError
            If a look-up fails.
        ConfigError
            If an id is no text or cannot be asked for.

        Notes
        -----
        Source: i'mport V1 OpenAPI, GET /payments and GET /payments/{imp_uid}.
        """
        return lookup.by_imp_uid(self._source, lookup.distinct_ids(ids, "imp_uid"))

    @property
    def merchant(self) -> str:
        """The account's fingerprint, as a pull's certificate names it; never its key."""
        return self._source.session.login.fingerprint(self._source.tier)

    def close(self) -> None:
        """Close the connections; the client cannot be used afterwards."""
        self._transport.close()

    def __enter__(self) -> Self:
        """Give the client itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def __repr__(self) -> str:
        """Name the host and nothing secret."""
        if not hasattr(self, "_source"):  # a traceback through a failed start asks, too
            return "<Client that was not opened>"
        tier = f", tier={self._source.tier}" if self._source.tier else ""
        return f"<Client of {urlsplit(self._source.url).netloc}{tier}; it can only read>"


def _check_timeout(timeout_s: float) -> None:
    if not 0 < timeout_s < float("inf"):
        message = f"timeout_s={timeout_s!r} is no time."
        raise ConfigError(
            message,
            hint="Give seconds, such as 60.",
            hint_ko="초 단위의 양수로 지정하세요. 예: 60",
        )
