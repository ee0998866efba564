"""Reconciliation: what a comparison found, and the proof that it adds up."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, cast

from jtnet_recon.money import format_minor

if TYPE_CHECKING:
    import pandas as pd

    from jtnet_recon.recon.history import History
    from jtnet_recon.recon.items import Items
    from jtnet_recon.recon.rules import Rule
    from jtnet_recon.recon.snapshots import Snapshot

Verdict = Literal["reconciled", "reconciled with open items", "not reconciled"]


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The one line a reader takes away; derived, never typed.

    Parameters
    ----------
    verdict : str
        ``reconciled``, ``reconciled with open items`` or ``not reconciled``.
    text, text_ko : str
        The line in English and Korean.
    """

    verdict: Verdict
    text: str
    text_ko: str


@dataclass(frozen=True)
class Reconciliation:
    """What a comparison of payments with a ledger found.

    Parameters
    ----------
    rule : Rule
        What paired the rows.
    item_source : Items
        Every item, before anybody asks for them; see :attr:`items`.
    breaks : DataFrame
        One row an item that is not matched, gravest first.
    totals : DataFrame
        Rows and money by outcome, code and currency.
    control_totals : DataFrame
        Rows and money of each side, straight from the input.
    bridge : DataFrame
        From the ledger's net total to the PG's, cause by cause.
    controls : DataFrame
        The checks of this run.
    tolerances : DataFrame
        What each tolerance accepted: times, won, largest.
    payments, ledger : DataFrame
        The two sides as they were used; of inputs larger than memory, the rows that were not
        plainly matched.
    history : History, optional
        What came before, where an earlier run was given.
    as_of : str, optional
        The instant up to which things were judged, Asia/Seoul; empty where none was known.
    prepared : DataFrame, table PREPARED, optional
        The amounts registered before payment, where they were given.
    """

    rule: Rule
    item_source: Items
    breaks: pd.DataFrame
    totals: pd.DataFrame
    control_totals: pd.DataFrame
    bridge: pd.DataFrame
    controls: pd.DataFrame
    tolerances: pd.DataFrame
    payments: pd.DataFrame
    ledger: pd.DataFrame
    history: History | None = field(default=None, kw_only=True)
    as_of: str = field(default="", kw_only=True)
    prepared: pd.DataFrame | None = field(default=None, kw_only=True)

    @property
    def open_items(self) -> pd.DataFrame:
        """What waits for somebody: the breaks that are no information, and what was carried.

        Each has a ``state``: ``new``, ``open`` as before, ``changed``, or ``waiting`` where this
        run did not look at it; ``since`` and ``period`` say where it was seen first.
        """
        from jtnet_recon.recon.open_items import open_items_of

        if self.history is not None:
            return self.history.open_items
        pull = self.payments.attrs.get("pull") or {}
        period, since = str(pull.get("period") or ""), str(pull.get("started_at") or "")
        return open_items_of(self.breaks, period=period, since=since)

    @property
    def snapshot(self) -> Snapshot:
        """What this result knows, for a later one: ``reconcile(..., previous=result)``."""
        from jtnet_recon.recon.history import snapshot_of

        return snapshot_of(self, ("the earlier run", "이전 실행"))

    @property
    def roll_forward(self) -> pd.DataFrame | None:
        """Opening, new, cleared, changed and closing open items; None without an earlier run.

        One row a currency and step, with ``rows``, ``difference`` and ``money_at_risk`` in minor
        units; each adds up to the step ``closing``.
        """
        return None if self.history is None else self.history.roll_forward

    @property
    def items(self) -> pd.DataFrame:
        """Every item, matched ones included: plain pairs as the payments stand, then the others.

        ``difference`` is ledger minus payments; ``idle_*`` is the amount of rows that carry no
        money (failed, abandoned, waiting); ``excluded_as`` says why an item is left out.

        Of frames it is a DataFrame. Of files and other large inputs it stays where it is and only
        answers like one: ``items.to_parquet(path)`` writes a batch at a time, ``items["code"]``
        makes the frame for that once, ``items.to_frame()`` to keep.
        """
        if self.item_source.is_in_memory:
            return self.item_source.to_frame()
        return cast("pd.DataFrame", self.item_source)

    def bridge_items(self, step: str, currency: str = "KRW") -> pd.DataFrame:
        """Return the breaks behind one bar of the bridge.

        Parameters
        ----------
        step : str
            A step of :attr:`bridge` that is a break code.
        currency : str, default "KRW"
            ISO 4217 code.

        Returns
        -------
        DataFrame
            Rows of :attr:`breaks`; their differences add up to minus the bar.
        """
        chosen = (self.breaks["code"] == step) & (self.breaks["currency"] == currency)
        return self.breaks[chosen]

    @property
    def conclusion(self) -> Conclusion:
        """What the figures allow to be said."""
        failed = self.controls[self.controls["state"] == "failed"]
        if len(failed):
            return _not_reconciled(failed)
        open_items = self.breaks[self.breaks["severity"] != "Info"]
        if open_items.empty:
            return Conclusion(
                "reconciled",
                "Reconciled: both sides agree to the won." + self._doubt("en"),
                "대사 일치: 양쪽이 원 단위까지 일치합니다." + self._doubt("ko"),
            )
        money = self._at_risk()
        count = len(open_items)
        return Conclusion(
            "reconciled with open items",
            f"Reconciled with {count:,} open items, money at risk {money}; every won of the "
            f"difference is explained." + self._doubt("en"),
            f"미해소 {count:,}건, 위험금액 {money}. 차이는 모두 설명됩니다." + self._doubt("ko"),
        )

    @property
    def agrees(self) -> bool:
        """Whether nothing but information was found."""
        return self.conclusion.verdict == "reconciled"

    @property
    def digest(self) -> str:
        """SHA-256 over every item: the same inputs and rule give the same digest."""
        return hashlib.sha256(f"{self.rule}\n{self.item_source.digest()}".encode()).hexdigest()

    def _at_risk(self) -> str:
        """Money at risk by currency, as text."""
        sums = self.breaks.groupby("currency", sort=False, dropna=True)["money_at_risk"].sum()
        return (
            ", ".join(
                f"{format_minor(int(amount), str(currency))} {currency}"
                for currency, amount in sums.items()
                if amount
            )
            or "0"
        )

    def _doubt(self, lang: str) -> str:
        """Say what is not known about the inputs."""
        states: dict[str, Any] = dict(
            zip(self.controls["control"], self.controls["state"], strict=True)
        )
        if states.get("pull", "passed") != "unknown":
            return ""
        return (
            " (결제 수집 확인서가 없어 완전성은 알 수 없습니다.)"
            if lang == "ko"
            else " (The payments came without a pull certificate: their completeness is unknown.)"
        )

    def __repr__(self) -> str:
        """One line: the conclusion."""
        return f"<Reconciliation: {self.conclusion.text}>"


def _not_reconciled(failed: pd.DataFrame) -> Conclusion:
    """Name the controls that failed."""
    names = "; ".join(f"{a} ({b})" for a, b in zip(failed["label"], failed["actual"], strict=True))
    names_ko = "; ".join(
        f"{a} ({b})" for a, b in zip(failed["label_ko"], failed["actual"], strict=True)
    )
    return Conclusion(
        "not reconciled",
        f"Not reconciled. Failed: {names}.",
        f"대사 미완료. 실패한 통제: {names_ko}.",
    )
