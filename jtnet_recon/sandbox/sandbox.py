"""Holds the sandbox a person starts: a server, a ledger and the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from jtnet_recon.sandbox import answers, cancels
from jtnet_recon.sandbox.account import Account
from jtnet_recon.sandbox.acts import Acts
from jtnet_recon.sandbox.agenda import Agenda
from jtnet_recon.sandbox.clock import Tokens, running_clock
from jtnet_recon.sandbox.controls import controls_of
from jtnet_recon.sandbox.faults import FaultDesk, Faults, read_faults
from jtnet_recon.sandbox.folder import Folder
from jtnet_recon.sandbox.kst import unix_s
from jtnet_recon.sandbox.making import make, needed
from jtnet_recon.sandbox.recovery import Recovery
from jtnet_recon.sandbox.routes_more import TIER_NAMES
from jtnet_recon.sandbox.server import LOOPBACK, ServerThread, make_app
from jtnet_recon.sandbox.shop import Shop
from jtnet_recon.sandbox.subscriptions import Business
from jtnet_recon.sandbox.webhooks import Courier
from jtnet_recon.sandbox.window import Windows
from jtnet_recon.sandbox.world import World

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    import pandas as pd


KEY = "sandbox_imp_key_0000000001"
SECRET = "sandbox_imp_secret_" + "0" * 40


class Sandbox:
    """Imitate the i'mport V1 API on this machine, with one month to reconcile or to audit.

    The month's payments, the merchant's ledger (or contracts) and the breaks planted in it follow
    from ``period``, ``seed`` and ``orders`` (or ``subscriptions``) alone. Nothing leaves the machine.

    Parameters
    ----------
    period : str
        The month of the ledger, "2022-11". The months around it hold payments as well.
    seed : int
        Another seed, another month.
    orders : int, optional
        Orders of the month, 100 or more; 600 if left out.
    subscriptions : int, optional
        Instead of a shop of orders, the account of a business that has so many subscriptions
        (60 or more): billing keys, schedules, and contracts in place of the ledger.
    directory : path, optional
        Where the ledger files go; a temporary directory if left out.
    now : datetime (aware) or unix seconds, optional
        The sandbox's time when it is made; it runs on from there. Not before the last
        payment: by default the 20th of the fourth month after ``period``, 10:00 KST.
    port : int
        0 takes any free port.
    latency_s : float
        Seconds every answer is held back.
    strict_openapi : bool
        Answer unknown customers with 404, and lists of schedules without their page
        numbers, as documented, not as the live API was seen to.
    webhook_url : str, optional
        Where the merchant wants to be told of payments: plain HTTP, this machine only.
    webhook_form : bool
        Send webhooks as a form; otherwise as JSON.
    webhook_retries : int
        How often a webhook without an answer, or with a 5xx, is sent again (0 to 5), each
        time a minute of the sandbox's clock later.
    recovery_hour : int, optional
        Hour of the Korean day (0 to 23) at which the console's recovery switch charges again
        the schedules that failed the day before; off if left out.
    faults : str, iterable of str, or Faults, optional
        What goes wrong: ``"cut"``, ``["429", "moved"]``, or more exactly ``Faults(...)``. The
        modes are listed in :mod:`jtnet_recon.sandbox.faults`.

    Raises
    ------
    ValueError
        If ``period`` is no month, ``orders`` too small, ``now`` too early, a fault is not
        known, ``recovery_hour`` is none, or a webhook would leave this machine.

    Notes
    -----
    Source: V1 OpenAPI of developers.portone.io, public clients of i'mport.
    """

    def __init__(  # noqa: PLR0913 - all but the period are keywords
        self,
        period: object = "2022-11",
        *,
        seed: int = 7,
        orders: int | None = None,
        subscriptions: int | None = None,
        directory: str | Path | None = None,
        now: datetime | float | None = None,
        port: int = 0,
        latency_s: float = 0.0,
        strict_openapi: bool = False,
        webhook_url: str | None = None,
        webhook_form: bool = False,
        webhook_retries: int = 0,
        recovery_hour: int | None = None,
        faults: Faults | str | Iterable[str] | None = None,
    ) -> None:
        self._faults = FaultDesk(read_faults(faults))
        self._made = make(period, seed=seed, orders=orders, subscriptions=subscriptions)
        start_s = self._made.now_s if now is None else unix_s(now)
        if start_s < self._made.now_s:
            message = f"Sandbox: now={start_s} lies before its last payment; use {self._made.now_s} or later"
            raise ValueError(message)
        self._agenda = Agenda(*running_clock(start_s))
        self._now_s = self._agenda.now_s
        self._courier = Courier(
            self._agenda, webhook_url, as_form=webhook_form, retries=webhook_retries
        )
        self._shop = self._open_shop(self._made)
        self._made.rows.clear()  # the shelf keeps them as JSON
        account = Account(
            KEY,
            SECRET,
            tokens=Tokens(SECRET, self._now_s),
            shelf=self._shop.shelf,
            shop=self._shop,
            tiers={code: self._open_shop() for code in TIER_NAMES},
            now_s=self._now_s,
            strict_openapi=strict_openapi,
        )
        shops = (self._shop, *account.tiers.values())
        self._recovery = Recovery(self._agenda, shops, hour=recovery_hour)
        self.app = make_app(
            account,
            latency_s=latency_s,
            faults=self._faults,
            windows=Windows(account),
            controls=controls_of(SECRET, self._faults, self._agenda, self._recovery),
        )
        self._account = account
        self._port = port
        self._server: ServerThread | None = None
        self._folder = Folder(directory)

    @property
    def key(self) -> str:
        """Give the API key that `POST /users/getToken` accepts."""
        return KEY

    @property
    def secret(self) -> str:
        """Give the API secret that belongs to the key."""
        return SECRET

    @property
    def url(self) -> str:
        """Give the server's address."""
        if self._server is None:
            message = "Sandbox: not started; call start() or use it in a with statement"
            raise RuntimeError(message)
        return f"http://{LOOPBACK}:{self._server.port}"

    def start(self) -> Self:
        """Start the server on 127.0.0.1; a second call changes nothing.

        Returns
        -------
        Sandbox
            Itself.

        Raises
        ------
        OSError
            If the port is taken.
        """
        if self._server is None:
            self._server = ServerThread(self.app, self._port)
            self._agenda.start()
        if self._folder.is_given:
            self._folder.papers(self._made)
        return self

    def stop(self) -> None:
        """Stop the server; the ledger files stay until the sandbox is forgotten."""
        if self._server is not None:
            self._server.stop()
            self._server = None
            self._agenda.stop()
        self._courier.stop()

    def advance(self, seconds: float) -> None:
        """Put the sandbox's clock forward; what is due on the way happens, in order.

        Parameters
        ----------
        seconds : float
            How far; tokens grow old by it, schedules are charged.

        Raises
        ------
        ValueError
            If ``seconds`` is negative.
        """
        self._agenda.advance(seconds)

    def set_time(self, moment: datetime | float) -> None:
        """Put the clock to an instant that has not come yet.

        Parameters
        ----------
        moment : datetime (aware) or unix seconds
            When it shall be.

        Raises
        ------
        ValueError
            If the instant is past, or has no time zone.
        """
        self._agenda.set_time(unix_s(moment))

    def set_faults(self, faults: Faults | str | Iterable[str] | None) -> None:
        """Let other things go wrong from now on; None ends it.

        Parameters
        ----------
        faults : str, iterable of str, or Faults, optional
            As of the sandbox itself.

        Raises
        ------
        ValueError
            If a fault is not known.
        """
        self._faults.set(read_faults(faults))

    def set_recovery(self, hour: int | None) -> None:
        """Turn the console's recovery switch on for an hour, or off with None.

        Parameters
        ----------
        hour : int, optional
            As ``recovery_hour`` of the sandbox itself.

        Raises
        ------
        ValueError
            If it is no hour.
        """
        self._recovery.switch(hour)

    @property
    def faults_made(self) -> dict[str, int]:
        """Give the number of faults made since they were set, by mode."""
        return self._faults.made

    @property
    def now_s(self) -> int:
        """Give the sandbox's time in unix seconds."""
        return self._now_s()

    @property
    def payments(self) -> list[dict[str, Any]]:
        """Give every payment of the account as the API shows it, oldest start first."""
        with self._agenda.lock:
            self._agenda.run_due()
            return self._shop.shelf.payments()

    @property
    def acts(self) -> Acts:
        """Give what the payment window does, for a shopper without a browser."""
        return Acts(self._shop)

    def cancel_at_console(self, imp_uid: str, *, amount: int | None = None) -> dict[str, Any]:
        """Cancel as a clerk does in the console; the merchant is told of it by webhook.

        Parameters
        ----------
        imp_uid : str
            The payment.
        amount : int, optional
            Minor units (KRW: won); all that is left if left out.

        Returns
        -------
        dict
            The payment as the API shows it now.
        """
        return cancels.cancel_at_console(self._shop, imp_uid, minor=amount)

    @property
    def webhooks(self) -> list[dict[str, Any]]:
        """Give every webhook there was a reason for, oldest first, once none is under way.

        Returns
        -------
        list of dict
            url, body, at_s, answers (the HTTP status or the error of each sending) and
            unsent (why it was not sent; None if it was).
        """
        self._courier.wait()
        return [{**hook, "answers": list(hook["answers"])} for hook in self._courier.sent]

    @property
    def ledger_path(self) -> Path:
        """Give the merchant's ledger as a workbook."""
        return self._folder.papers(self._world)[0]

    @property
    def ledger_csv_path(self) -> Path:
        """Give the same ledger as a CSV in CP949."""
        return self._folder.papers(self._world)[1]

    @property
    def ledger_parquet_path(self) -> Path:
        """Give the lines of the same ledger as Parquet, as a system would export them."""
        return self._folder.papers(self._world)[2]

    @property
    def ledger_entries_path(self) -> Path:
        """Give another ledger of the month as a workbook: a line a sale, a line a refund.

        Amounts have no sign, the column 구분 says 매출 or 환불. A refund stands in the month it was
        made in, whenever the sale was; the breaks in it are `entry_answers`. It is written when
        it is first asked for.
        """
        return self._folder.entries(self._world)

    @property
    def contracts_path(self) -> Path:
        """Give the merchant's list of contracts as a workbook, if it has subscriptions."""
        return self._folder.papers(self._business)[0]

    @property
    def contracts_csv_path(self) -> Path:
        """Give the same list as a CSV in CP949."""
        return self._folder.papers(self._business)[1]

    @property
    def answers(self) -> pd.DataFrame:
        """Give the breaks that a reconciliation must find.

        Returns
        -------
        DataFrame, shape (n, 6), one row a break
            code, merchant_uid (str; missing where the line has no order id), currency,
            difference (int64, minor units, ledger net - PG net), money_at_risk (int64,
            minor units), planted (what was done).
        """
        return answers.frame_of(self._world.answers)

    @property
    def entry_answers(self) -> pd.DataFrame:
        """Give the breaks between the ledger of entries and the month's approvals and cancels.

        Returns
        -------
        DataFrame, shape (n, 6), one row a break
            As `answers`.
        """
        return answers.frame_of(self._world.entry_answers)

    @property
    def key_answers(self) -> pd.DataFrame:
        """Give the breaks that an audit of the billing keys must find.

        Returns
        -------
        DataFrame, shape (n, 5), one row a break
            code, customer_uid, merchant_uid (of a schedule), imp_uid (of a payment; both missing
            where the break is of the key as a whole), planted (what was done).
        """
        return answers.frame_of_keys(self._business.answers)

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.stop()

    @property
    def _world(self) -> World:
        return needed(self._made, World, "subscriptions, and no ledger; leave them out")

    @property
    def _business(self) -> Business:
        return needed(self._made, Business, "orders, and no contracts; give subscriptions=")

    def _open_shop(self, made: World | Business | None = None) -> Shop:
        return Shop(made, now_s=self._now_s, agenda=self._agenda, courier=self._courier)
