"""audit_billing_keys(): gather what is not given, audit it, and let it present itself."""

from __future__ import annotations

import dataclasses
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from os import PathLike
from typing import TYPE_CHECKING, Any

from jtnet_recon.desk import Reconciliation
from jtnet_recon.errors import ConfigError
from jtnet_recon.files import read_contracts
from jtnet_recon.key_desk.gather import gather
from jtnet_recon.period import KST, Period
from jtnet_recon.recon.billing_keys import KeyReconciliation as _Audited
from jtnet_recon.recon.billing_keys import audit
from jtnet_recon.report.key_figures import KeyData
from jtnet_recon.report.mask import mask_customer
from jtnet_recon.tables import CONTRACTS, conform

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from jtnet_recon.client import Client
    from jtnet_recon.recon.billing_keys_explain import KeyExplanation
    from jtnet_recon.recon.billing_keys_rule import KeyAudit
    from jtnet_recon.recon.explain_say import Language
    from jtnet_recon.report.browse import BreakTable
    from jtnet_recon.report.plot_of_keys import KeyPlot


def _new_key() -> bytes:
    """Make a secret for one run."""
    return secrets.token_bytes(32)


@dataclass(frozen=True, repr=False)
class KeyReconciliation(Reconciliation, _Audited):
    """An audit of billing keys that can present itself: tables, charts, workbook and page.

    Parameters
    ----------
    data : KeyData
        The four tables that it stands on, for the charts.
    found_by : dict of str to int
        How many keys the contracts named, and how many more the payments and the schedules did;
        empty where the keys were given.
    hash_key : bytes
        Secret of the tokens by which reports group the keys of one person; of this run alone,
        unless one is given.
    """

    data: KeyData = field(kw_only=True)
    found_by: dict[str, int] = field(default_factory=dict, kw_only=True)
    hash_key: bytes = field(default_factory=_new_key, kw_only=True)

    @property
    def plot(self) -> KeyPlot:
        """The charts: those of every result, ``timeline(customer_uid)`` and ``cohorts()``."""
        from jtnet_recon.report.plot_of_keys import KeyPlot

        return KeyPlot(self, self.data)

    @property
    def identity(self) -> dict[str, Any]:
        """Who made this, of what and when: the identity block of every report."""
        return {**super().identity, "period": str(self.period)}

    def explain(  # type: ignore[override]  # a key's story, not an order's two sides
        self, customer_uid: str, *, lang: Language = "en"
    ) -> KeyExplanation:
        """Tell the story of one billing key: contracts, cycles, charges, schedules, breaks.

        Parameters
        ----------
        customer_uid : str
            The key.
        lang : {"en", "ko"}, default "en"
            Language of the sentences.

        Returns
        -------
        KeyExplanation
            Prints as text, and as a page in a notebook; customers who are named are masked.

        Raises
        ------
        ConfigError
            If nothing names this key; the nearest are named.
        """
        nameless = {"contracts": _nameless(self.contracts), "keys": _nameless(self.keys)}
        shown: KeyReconciliation = dataclasses.replace(self, **nameless)  # type: ignore[arg-type]  # two frames
        return shown.explain_key(customer_uid, lang=lang)

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
        return Reconciliation.browse(reported(self), lang=lang, unmask=unmask, height_px=height_px)

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
        return Reconciliation.to_excel(reported(self), path, lang=lang, unmask=unmask)

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
        return Reconciliation.to_html(reported(self), path, lang=lang, unmask=unmask)


def _nameless(frame: pd.DataFrame) -> pd.DataFrame:
    """Hide customers who are named; numbers of the merchant's own stay."""
    people = frame["customer"].map(mask_customer, na_action="ignore").astype("str")
    nameless = frame.assign(customer=people)
    nameless.attrs = dict(frame.attrs)
    return nameless


def reported(result: KeyReconciliation) -> KeyReconciliation:
    """Give an audit the two sides that its reports list row by row, each row with its end.

    Parameters
    ----------
    result : KeyReconciliation
        Of an audit; it is left as it is.

    Returns
    -------
    KeyReconciliation
        ``payments`` are the charges that were judged and the attempts that a break names,
        ``ledger`` the cycles, named ``merchant_uid``; both with ``outcome`` and ``code``.
    """
    breaks, payments = result.breaks, result.payments
    judged = payments["imp_uid"].isin(result.charges["imp_uid"])
    used = payments[judged | payments["imp_uid"].isin(breaks["imp_uid"].dropna())]
    cycles = result.ledger.assign(merchant_uid=result.ledger["cycle"])
    charged = _with_ends(used, breaks, "imp_uid", "imp_uid")
    asked = _with_ends(cycles, breaks, "merchant_uid", "cycle_ledger")
    charged.attrs, asked.attrs = dict(payments.attrs), dict(result.ledger.attrs)
    return dataclasses.replace(result, payments=charged, ledger=asked)


def _with_ends(
    rows: pd.DataFrame, breaks: pd.DataFrame, name: str, name_in_breaks: str
) -> pd.DataFrame:
    """Put the outcome and the code of its gravest break beside each row."""
    if name_in_breaks not in breaks.columns:
        return rows.assign(outcome="judged", code="").astype({"outcome": "str", "code": "str"})
    ends = breaks.dropna(subset=[name_in_breaks]).drop_duplicates(name_in_breaks)
    ends = ends.set_index(name_in_breaks)
    return rows.assign(
        outcome=rows[name].map(ends["outcome"]).fillna("judged").astype("str"),
        code=rows[name].map(ends["code"]).fillna("").astype("str"),
    )


def audit_billing_keys(  # noqa: PLR0913 - each is one input or one thing about them
    client: Client | None = None,
    contracts: pd.DataFrame | str | PathLike[str] | None = None,
    period: Period | str | Any = None,
    *,
    keys: pd.DataFrame | None = None,
    payments: pd.DataFrame | None = None,
    schedules: pd.DataFrame | None = None,
    as_of: Any = None,
    rule: KeyAudit | None = None,
    hash_key: bytes | None = None,
    memory_limit: str | None = None,
) -> KeyReconciliation:
    """Audit who is charged on which card, for what, by whose order.

    Parameters
    ----------
    client : Client, optional
        Of :func:`connect`; reads what is not given. Without it, ``payments`` are needed, and of
        keys or schedules that are not given nothing is said.
    contracts : DataFrame, table CONTRACTS, or path
        The merchant's own list; a path is read by :func:`read_contracts`.
    period : Period or what it is made of
        Days in Asia/Seoul whose cycles and charges are judged, such as ``"2022-11"``.
    keys : DataFrame, table BILLING_KEYS, optional
        Of ``client.billing_keys(...)``.
    payments : DataFrame, table PAYMENTS, optional
        Of ``client.payments(...)``; some months more than the period tell more.
    schedules : DataFrame, table SCHEDULES, optional
        Of ``client.schedules(...)``, those to come included.
    as_of : datetime or str, optional
        The instant up to which things are judged; by default that of the pull.
    rule : KeyAudit, optional
        The constants of the audit: days of grace, minutes, failures in a row.
    hash_key : bytes, optional
        Secret of the tokens by which reports group the keys of one person. Without it each run
        has its own, and tokens of two runs cannot be compared.
    memory_limit : str, optional
        Such as ``"500MB"``: beyond it the engine works on disk.

    Returns
    -------
    KeyReconciliation
        As of :func:`reconcile`, codes B, S, P07, P08 and P19; ``explain(customer_uid)`` tells a
        key's story, ``plot.timeline(customer_uid)`` draws it.

    Raises
    ------
    ConfigError
        If the contracts, the period, or both client and payments are missing.
    TableError
        If an input is not the table it should be.
    ApiError
        If a look-up fails for another reason than that a key is not known.
    PullIncomplete
        If the payments could not be read to the end.

    Notes
    -----
    No call of the API lists an account's billing keys: they are found by the contracts, the
    payments and the schedules. A key that none of the three names cannot be found.
    """
    given = {"payments": payments, "keys": keys, "schedules": schedules}
    _check(client, contracts, period, given)
    listed, days = _contracts(contracts), Period(period)
    if client is not None:
        given = gather(client, listed, days, given)
    charged, found = given["payments"], given["keys"]
    assert charged is not None
    compared = audit(
        listed, found, charged, given["schedules"], days,
        as_of=as_of, rule=rule, memory_limit=memory_limit,
    )  # fmt: skip
    lookup = {} if found is None else found.attrs.get("lookup") or {}
    parts = {part.name: getattr(compared, part.name) for part in dataclasses.fields(_Audited)}
    now = datetime.now(KST).isoformat(timespec="seconds")
    found_by = dict(lookup.get("found_by") or {})
    secret = _new_key() if hash_key is None else hash_key
    data = KeyData(compared.contracts, compared.keys, compared.payments, compared.schedules)
    own: dict[str, Any] = {"data": data, "found_by": found_by, "hash_key": secret}
    return KeyReconciliation(**parts, **own, generated_at=now)


def _check(
    client: Client | None, contracts: Any, period: Any, given: dict[str, pd.DataFrame | None]
) -> None:
    """Say what is missing before anything is read."""
    if contracts is None:
        raise ConfigError(
            message="There are no contracts to audit the billing keys with.",
            hint='Give contracts=jr.read_contracts("contracts.xlsx").',
            hint_ko='contracts=jr.read_contracts("contracts.xlsx") 를 지정하세요.',
        )
    if period is None:
        raise ConfigError(
            message="There is no period to audit.",
            hint='Give days in Korea, such as period="2022-11".',
            hint_ko='period="2022-11" 처럼 대상 기간을 지정하세요.',
        )
    if client is None and given["payments"] is None:
        raise ConfigError(
            message="There is neither a client nor payments.",
            hint="Give client=jr.connect(), or payments= (and keys=, schedules=).",
            hint_ko="client=jr.connect() 또는 payments= (keys=, schedules=)를 지정하세요.",
        )


def _contracts(contracts: Any) -> pd.DataFrame:
    """Take contracts as table CONTRACTS, or read them."""
    if isinstance(contracts, str | PathLike):
        return read_contracts(contracts)
    return conform(contracts, CONTRACTS)
