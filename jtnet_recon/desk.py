"""The desk: what a notebook cell calls, put together from the layers below."""

from __future__ import annotations

import dataclasses
import platform
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from jtnet_recon.errors import ConfigError, PullIncomplete
from jtnet_recon.period import KST
from jtnet_recon.recon.absence import absent_orders, with_attempts
from jtnet_recon.recon.explain import Explanation, explain
from jtnet_recon.recon.history import with_history
from jtnet_recon.recon.match import reconcile as _compare
from jtnet_recon.recon.result import Reconciliation as _Compared
from jtnet_recon.recon.rules import PAYMENTS_TO_LEDGER, Rule

if TYPE_CHECKING:
    from os import PathLike
    from pathlib import Path
    from typing import Self

    import pandas as pd

    from jtnet_recon.client import Client
    from jtnet_recon.recon.explain_say import Language
    from jtnet_recon.recon.snapshots import Earlier
    from jtnet_recon.recon.sources import Source
    from jtnet_recon.report.browse import BreakTable
    from jtnet_recon.report.plot import Plot


@dataclass(frozen=True)
class Reconciliation(_Compared):
    """A comparison that can present itself: tables, charts, workbook and page.

    Parameters
    ----------
    generated_at : str
        When the comparison was made, ISO 8601 in Asia/Seoul; the only thing that differs
        between two runs on the same inputs.
    """

    generated_at: str = field(default="", kw_only=True)

    @property
    def identity(self) -> dict[str, Any]:
        """Who made this, of what and when: the identity block of every report."""
        import pandas as pd

        from jtnet_recon.version import __version__

        pull = self.payments.attrs.get("pull") or {}
        return {
            "period": pull.get("period", ""),
            "basis": pull.get("basis", ""),
            "rule": self.rule.name,
            "generated_at": self.generated_at,
            "library": f"jtnet_recon {__version__}",
            "python": platform.python_version(),
            "pandas": pd.__version__,
            "digest": self.digest,
            "sources": {"payments": pull, "ledger": self.ledger.attrs.get("source") or {}},
        }

    @property
    def plot(self) -> Plot:
        """The charts: ``result.plot.bridge()``, ``result.plot.by_code()``."""
        from jtnet_recon.report.plot import Plot

        return Plot(self)

    @property
    def adjustments(self) -> pd.DataFrame:
        """Proposed entries, cause by cause: what leads the ledger to what the PG has.

        One row a currency, action, code and pair of accounts; the column ``receivable`` adds up
        to the PG's net total less the ledger's. None is posted. Of other tables than payments and
        a ledger there are none: ConfigError.
        """
        from jtnet_recon.report.adjustments import adjusting_entries

        return adjusting_entries(self)

    @property
    def cut_off(self) -> pd.DataFrame:
        """What touches the cut-off: booked on another day than approved, or near the period's edge.

        Columns why (a code, or ``edge``), merchant_uid, imp_uid, currency, amount (minor units),
        paid_at, paid_on (the ledger's day), days_apart, period_payments, period_ledger (months).
        """
        from jtnet_recon.report.daily import timing

        return timing(self)

    def with_self_test(self, *, seed: int = 0) -> Self:
        """Prove the comparison on these very payments: plant breaks, and find them.

        Parameters
        ----------
        seed : int, default 0
            Another seed plants on other orders.

        Returns
        -------
        Reconciliation
            The same, with one control more, which every report shows: it fails if a planted break
            is missed or anything else is found.
        """
        from jtnet_recon.recon.self_test import with_self_test

        return with_self_test(self, seed=seed)

    def browse(self, *, lang: str = "en", unmask: bool = False, height_px: int = 560) -> BreakTable:
        """Show every break in a notebook, as a table to sort and search; it needs no network.

        Parameters
        ----------
        lang : {"en", "ko"}, default "en"
            Language of the labels.
        unmask : bool, default False
            Whether names, phones, mails, addresses and card numbers are shown.
        height_px : int, default 560
            Height of the table.

        Returns
        -------
        BreakTable
            Shows itself as the value of a cell.
        """
        from jtnet_recon.report.browse import browse

        return browse(self, lang=lang, unmask=unmask, height_px=height_px)

    def explain(
        self,
        merchant_uid: str | None = None,
        *,
        row: tuple[str, int] | None = None,
        lang: Language = "en",
    ) -> Explanation:
        """Lay out both sides of one order, each pass, and what would make it match.

        Parameters
        ----------
        merchant_uid : str, optional
            The order id, or the rule's key.
        row : tuple of (str, int), optional
            Instead of a key, ``("payments", 3)`` or ``("ledger", 17)``; the first row is 0.
        lang : {"en", "ko"}, default "en"
            Language of the sentences.

        Returns
        -------
        Explanation
            Prints as text, and as a page in a notebook.

        Raises
        ------
        ConfigError
            If neither side has this key or row.
        """
        return explain(self, merchant_uid, row=row, lang=lang)

    def to_excel(
        self, path: str | PathLike[str], *, lang: str = "en", unmask: bool = False
    ) -> Path:
        """Write the workbook that an auditor gets.

        Parameters
        ----------
        path : str or PathLike
            Where to; written beside it first and then renamed.
        lang : {"en", "ko"}, default "en"
            Language of the labels.
        unmask : bool, default False
            Whether names, phones, mails, addresses and card numbers are written out.

        Returns
        -------
        Path
            The file.
        """
        from jtnet_recon.report.excel import write_excel

        return write_excel(self, path, lang=lang, unmask=unmask)

    def to_html(self, path: str | PathLike[str], *, lang: str = "en", unmask: bool = False) -> Path:
        """Write the same report as one self-contained page.

        Parameters
        ----------
        path : str or PathLike
            Where to; written beside it first and then renamed.
        lang : {"en", "ko"}, default "en"
            Language of the labels.
        unmask : bool, default False
            Whether names, phones, mails, addresses and card numbers are written out.

        Returns
        -------
        Path
            The file.
        """
        from jtnet_recon.report.html import write_html

        return write_html(self, path, lang=lang, unmask=unmask)

    def _repr_html_(self) -> str:
        """Show totals and breaks in a notebook."""
        from jtnet_recon.report.html import repr_html

        return repr_html(self)

    def __repr__(self) -> str:
        """Give one line: the conclusion."""
        return f"<Reconciliation: {self.conclusion.text}>"


def connect(  # noqa: PLR0913 - where, who, and how it is shown
    url: str | None = None,
    key: str | None = None,
    secret: str | None = None,
    *,
    tier: str | None = None,
    progress: bool | None = None,
    timeout_s: float = 60.0,
) -> Client:
    """Open a client of the i'mport API; it can only read.

    Parameters
    ----------
    url, key, secret : str, optional
        Without them ``JTNET_RECON_URL`` (else https://api.iamport.kr), ``JTNET_RECON_KEY`` and
        ``JTNET_RECON_SECRET`` of the environment.
    tier : str, optional
        Three capitals or digits that name a sub-merchant; else ``JTNET_RECON_TIER``.
    progress : bool, optional
        Whether a bar is drawn; by itself in terminals and notebooks only.
    timeout_s : float, default 60.0
        Total time of one call, its retries included, in seconds. Waits that the server asks for
        (``Retry-After``, at most 15 minutes each) come on top.

    Returns
    -------
    Client
        Also a context manager.

    Raises
    ------
    ConfigError
        If the key or the secret is missing, or the address is not allowed.
    """
    from jtnet_recon.client import Client
    from jtnet_recon.config import load_settings

    settings = load_settings(url=url, key=key, secret=secret, tier=tier)
    return Client(
        settings.url,
        settings.key.get_secret_value(),
        settings.secret.get_secret_value(),
        tier=settings.tier,
        progress=progress,
        timeout_s=timeout_s,
    )


def reconcile(  # noqa: PLR0913 - each is one input or one thing about them
    payments: Source,
    ledger: Source,
    rule: Rule = PAYMENTS_TO_LEDGER,
    *,
    prepare: pd.DataFrame | None = None,
    previous: Earlier | None = None,
    as_of: Any = None,
    memory_limit: str | None = None,
) -> Reconciliation:
    """Compare payments with a ledger under a rule, and account for every row.

    Parameters
    ----------
    payments : DataFrame, path, Arrow table or DuckDB relation, table PAYMENTS
        Of ``client.payments(period)``, or any table with at least imp_uid, merchant_uid, amount
        (int64, minor units; KRW: won), currency and status. A path names a Parquet file.
    ledger : DataFrame, path, Arrow table or DuckDB relation, table LEDGER
        Of ``read_ledger(path)``, or any table with at least merchant_uid and amount.
    rule : Rule, default PAYMENTS_TO_LEDGER
        What pairs rows and what must then agree; ``TRANSACTIONS_TO_LEDGER`` for books with a
        line a movement, or a rule of your own for two tables of your own.
    prepare : DataFrame, table PREPARED, optional
        Amounts registered before payment; a payment of another amount is P21.
    previous : Run or Reconciliation, optional
        An earlier run: ``store.last_run(job)``, or an earlier result. The result then tells what
        has changed since (C09, P06, X02) and rolls the open items forward.
    as_of : datetime or str, optional
        The instant up to which things are judged (has a virtual account expired?), Asia/Seoul
        if it names no zone; by default the instant of the pull.
    memory_limit : str, optional
        Such as ``"2GB"``: beyond it the engine works on disk.

    Returns
    -------
    Reconciliation
        Items, breaks, totals, bridge and controls; ``difference`` is ledger minus payments.

    Raises
    ------
    TableError
        If an input is not the table it should be.
    ConfigError
        If an input is of no kind that can be read, or the rule does not fit the tables.
    """
    _check_asked(rule, as_of)
    compared = _compare(
        payments, ledger, rule, prepare=prepare, as_of=as_of, memory_limit=memory_limit
    )
    if previous is not None:
        compared = with_history(compared, previous.snapshot, payments=_payments_of(payments))
    parts = {part.name: getattr(compared, part.name) for part in dataclasses.fields(_Compared)}
    now = datetime.now(KST).isoformat(timespec="seconds")
    return Reconciliation(**parts, generated_at=now)


def _check_asked(rule: Any, as_of: Any) -> None:
    """Refuse a rule or an instant that is none, before either is looked into."""
    import pandas as pd

    if not isinstance(rule, Rule):
        raise _unfit(rule, "rule", "jr.PAYMENTS_TO_LEDGER, jr.TRANSACTIONS_TO_LEDGER, jr.Rule(…)")
    try:
        pd.Timestamp(0 if as_of is None else as_of)
    except (TypeError, ValueError) as error:
        raise _unfit(as_of, "as_of", "2022-12-05, 2022-12-05 09:00") from error


def _unfit(value: object, name: str, known: str) -> ConfigError:
    message = f"{name}={value!r:.60} cannot be used."
    return ConfigError(message, hint=f"Write {known}.", hint_ko=f"{known} 처럼 쓰세요.")


def _payments_of(source: Source) -> pd.DataFrame | None:
    """Return the payments themselves, where a frame of them was given."""
    import pandas as pd

    is_frame = isinstance(source, pd.DataFrame)
    return source if is_frame and {"imp_uid", "status"} <= set(source.columns) else None


def verify_absence(client: Client, result: Reconciliation) -> Reconciliation:
    """Look up, with every attempt, each order that the ledger books and the PG seems to lack.

    Parameters
    ----------
    client : Client
        Of :func:`connect`.
    result : Reconciliation
        Of :func:`reconcile`; it is left as it is.

    Returns
    -------
    Reconciliation
        The same figures; each P02 now says "no such payment", "only failed attempts" or "paid
        on … outside the period".

    Raises
    ------
    ApiError
        If the look-up fails; nothing is then said of any order.
    PullIncomplete
        If the attempts of an order kept changing; the same.
    ConfigError
        If the payments were pulled from another account than the client reads.
    """
    if not isinstance(result, _Compared):
        raise _unfit(result, "result", "verify_absence(client, result)")
    _check_same_account(client, result)
    attempts = client.payments_by_merchant_uid(absent_orders(result))
    unstable = attempts.attrs["lookup"]["unstable"]
    if unstable:
        raise PullIncomplete(
            message=f"The attempts of {len(unstable)} order(s) changed while they were read.",
            certificate=attempts.attrs["lookup"],
            hint="Run it again.",
            hint_ko="다시 실행하세요.",
        )
    return with_attempts(result, attempts)


def _check_same_account(client: Client, result: Reconciliation) -> None:
    """Refuse to call an order absent because another account does not have it."""
    certificate = result.payments.attrs.get("pull") or {}
    if certificate.get("merchant", client.merchant) != client.merchant:
        raise ConfigError(
            message="Key and secret are not those that the payments were pulled with: another "
            "account would not have these orders.",
            hint="Use the key, the secret and the tier of the pull, or pull again.",
            hint_ko="결제를 수집할 때 쓴 키, 시크릿, Tier를 사용하거나 다시 수집하세요.",
        )
