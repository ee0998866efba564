"""What the sections and sheets of one report are made from: a result, a language, masks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jtnet_recon.report import personal
from jtnet_recon.report.figures import INFO, has_books
from jtnet_recon.report.text import visible
from jtnet_recon.report.words import WORDS, known, word

if TYPE_CHECKING:
    import pandas as pd

    from jtnet_recon.recon.result import Reconciliation
    from jtnet_recon.report.shapes import Lang

_SIDES = ("PG", "ledger")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class View:
    """One result as one report shows it.

    Parameters
    ----------
    result : Reconciliation
        The result.
    lang : str
        Language of the labels.
    identity : dict
        The result's identity; it is worked out once, because the digest costs time.
    items : DataFrame
        Every item of the result; it is laid out once, because that costs time too.
    breaks : DataFrame
        The breaks, most money at risk first, masked unless ``unmask``.
    aliases : dict of str to str
        What ids that hold a phone or an e-mail are shown as.
    unmask : bool
        Whether personal data is shown.
    """

    result: Reconciliation
    lang: Lang
    identity: dict[str, Any]
    items: pd.DataFrame
    breaks: pd.DataFrame
    aliases: dict[str, str]
    unmask: bool

    @property
    def is_key_audit(self) -> bool:
        """Whether the result is an audit of billing keys, whose other side are contracts."""
        return hasattr(self.result, "key_rule")

    @property
    def has_books(self) -> bool:
        """Whether payments were compared with a ledger, and not two tables of somebody's own."""
        return not self.is_key_audit and has_books(self.result)

    def word(self, key: str, **values: object) -> str:
        """Say something in the report's language, in the words of the two sides."""
        return said_of(self.result, key, self.lang, **values)

    def known(self, prefix: str, value: str) -> str:
        """Say a value of a closed set."""
        key = f"{prefix}_{value}"
        return self.word(key) if key in WORDS else known(prefix, value, self.lang)

    def side(self, name: str) -> pd.DataFrame:
        """Give ``payments`` or ``ledger`` as it may be shown."""
        of_payments = name == "payments"
        frame: pd.DataFrame = self.result.payments if of_payments else self.result.ledger
        if self.unmask:
            return frame
        return personal.mask_side(frame, self.aliases, of_payments=of_payments)

    def text(self, value: Any) -> str:
        """Write a value of a source, masked unless personal data is shown."""
        return self.plain(value if self.unmask else personal.mask_nested(value, of_payments=False))

    def plain(self, value: Any) -> str:
        """Write a value that no person stands in, such as a count or a hash."""
        if isinstance(value, bool):
            return self.word("yes" if value else "no")
        if isinstance(value, dict):
            return visible(" · ".join(f"{key} {item}" for key, item in value.items()))
        if isinstance(value, (list, tuple)):
            return visible("; ".join(str(item) for item in value))
        return f"{value:,}" if isinstance(value, int) else visible(value)

    @property
    def pull(self) -> dict[str, Any]:
        """The pull's certificate, empty if there is none."""
        return dict(self.identity.get("sources", {}).get("payments") or {})

    @property
    def source(self) -> dict[str, Any]:
        """The description of the ledger's source, empty if there is none."""
        return dict(self.identity.get("sources", {}).get("ledger") or {})

    @property
    def is_sandbox(self) -> bool:
        """Whether the payments were pulled from this machine, which only a sandbox is."""
        hosts = [str(self.pull.get(name) or "") for name in ("host", "url")]
        return any(
            urlsplit(host if "//" in host else f"//{host}").hostname in _LOOPBACK for host in hosts
        )


def said_of(result: Reconciliation, key: str, lang: Lang, **values: object) -> str:
    """Say something in the words of what was compared: payments, contracts, or two other tables.

    Parameters
    ----------
    result : Reconciliation
        What was compared.
    key : str
        Of :data:`words.WORDS`.
    lang : str
        ``en`` or ``ko``.
    **values : object
        For the placeholders in it.

    Returns
    -------
    str
        The word or sentence.
    """
    if hasattr(result, "key_rule"):
        own = f"audit_{key}"
        return word(own if own in WORDS else key, lang, **values)
    own = f"pair_{key}"
    if result.rule.sides != _SIDES and own in WORDS:
        first, second = (visible(side) for side in result.rule.sides)
        return word(own, lang, first=first, second=second, **values)
    return word(key, lang, **values)


def view_of(result: Reconciliation, lang: Lang, *, unmask: bool) -> View:
    """Prepare a result for a report.

    Parameters
    ----------
    result : Reconciliation
        The result; it is left as it is.
    lang : str
        Language of the labels.
    unmask : bool
        Whether personal data is shown.

    Returns
    -------
    View
        The breaks in it are sorted and masked.
    """
    tables = (result.payments, result.ledger, result.breaks, *_tables_of_keys(result))
    aliases = {} if unmask else personal.id_aliases(*tables)
    breaks = _by_risk(result.breaks)
    shown = breaks if unmask else personal.mask_breaks(breaks, aliases)
    items = result.item_source.to_frame()
    return View(result, lang, _identity_of(result), items, shown, aliases, unmask)


def glance_of(result: Reconciliation, lang: Lang, *, rows: int) -> View:
    """Prepare a result for a glance at it: only the first breaks are masked and shown.

    Parameters
    ----------
    result : Reconciliation
        The result; it is left as it is.
    lang : str
        Language of the labels.
    rows : int
        How many breaks.

    Returns
    -------
    View
        Without digest and items, which would take long on a large result.
    """
    breaks = _by_risk(result.breaks)
    breaks = breaks[breaks["severity"] != INFO].head(rows)
    aliases = personal.id_aliases(breaks)
    identity = {"sources": {"payments": result.payments.attrs.get("pull") or {}}}
    shown = personal.mask_breaks(breaks, aliases)
    return View(result, lang, identity, breaks.iloc[:0], shown, aliases, unmask=False)


def _tables_of_keys(result: Reconciliation) -> list[pd.DataFrame]:
    """List the further tables of an audit of billing keys."""
    names = ("keys", "stories", "doubles")
    return [getattr(result, name) for name in names if hasattr(result, name)]


def _identity_of(result: Reconciliation) -> dict[str, Any]:
    """Take the result's identity; a bare comparison has none, but knows its rule and digest."""
    identity = getattr(result, "identity", None)
    if identity is not None:
        return dict(identity)
    pull, source = result.payments.attrs.get("pull"), result.ledger.attrs.get("source")
    named = {name: (pull or {}).get(name, "") for name in ("period", "basis")}
    sources = {"payments": pull or {}, "ledger": source or {}}
    return {**named, "rule": result.rule.name, "digest": result.digest, "sources": sources}


def _by_risk(breaks: pd.DataFrame) -> pd.DataFrame:
    """Sort failed controls first, then by currency, the won first, then by money at risk.

    The order that the result has, gravest first, decides between equals.
    """
    control = breaks["kind"] != "control"
    foreign = breaks["currency"] != "KRW"
    keyed = breaks.assign(_control=control, _foreign=foreign)
    order = ["_control", "_foreign", "currency", "money_at_risk"]
    return keyed.sort_values(
        order, ascending=[True, True, True, False], kind="stable", ignore_index=True
    ).drop(columns=["_control", "_foreign"])
