"""audit(): billing keys, contracts, charges and schedules against each other.

What the contracts ask for is compared with what was charged, what is scheduled with what the
contracts will ask for, what was executed with what was charged: three times the one comparison of
this package. What each comparison leaves alone gets a code of billing keys (B) or schedules (S).
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pandas as pd

from jtnet_recon.errors import TableError
from jtnet_recon.period import KST_NAME, Period
from jtnet_recon.recon import balance
from jtnet_recon.recon.billing_keys_bridge import bridge_of_audit, stages_of
from jtnet_recon.recon.billing_keys_cycles import load_contracts, load_cycles
from jtnet_recon.recon.billing_keys_explain import KeyExplanation, explain_key
from jtnet_recon.recon.billing_keys_flags import key_findings, key_table, load_keys
from jtnet_recon.recon.billing_keys_items import (
    charge_findings,
    compare_charges,
    expected_table,
    load_items,
    pair_findings,
    recoded,
)
from jtnet_recon.recon.billing_keys_lines import breaks_of_audit
from jtnet_recon.recon.billing_keys_load import Facts, open_facts
from jtnet_recon.recon.billing_keys_refunds import totals_with_refunds, with_refunds
from jtnet_recon.recon.billing_keys_rule import KeyAudit
from jtnet_recon.recon.billing_keys_stories import doubles_of, stories_of
from jtnet_recon.recon.lines import with_controls
from jtnet_recon.recon.result import Reconciliation
from jtnet_recon.recon.run_controls import controls_of
from jtnet_recon.recon.schedules import compare_schedules, cycle_findings
from jtnet_recon.recon.schedules_open import (
    attempt_findings,
    charge_marks,
    schedule_findings,
)

if TYPE_CHECKING:
    from jtnet_recon.recon.explain_say import Language
    from jtnet_recon.recon.items import Items

__all__ = ["KeyAudit", "KeyReconciliation", "audit"]


@dataclass(frozen=True)
class KeyReconciliation(Reconciliation):
    """What an audit of billing keys found.

    ``payments`` are the payments on billing keys, ``ledger`` is what the contracts ask for in the
    period; ``items`` are cycles, named by billing key and due day.

    Parameters
    ----------
    keys : DataFrame
        One row a billing key: what is known of it, and its flags.
    stories : DataFrame
        One row a cycle on which an attempt failed: failed, retried, paid or not.
    doubles : DataFrame
        One row a charge on top of another, most refundable money first.
    judged : ndarray of bool
        Which of ``payments`` are charges that were judged, in the order of the rows.
    contracts, schedules : DataFrame
        As they were given, conformed.
    period : Period
        The days whose cycles were judged.
    key_rule : KeyAudit
        What was taken for granted.
    """

    keys: pd.DataFrame = field(kw_only=True)
    stories: pd.DataFrame = field(kw_only=True)
    doubles: pd.DataFrame = field(kw_only=True)
    judged: np.ndarray[Any, Any] = field(kw_only=True)
    contracts: pd.DataFrame = field(kw_only=True)
    schedules: pd.DataFrame = field(kw_only=True)
    period: Period = field(kw_only=True)
    key_rule: KeyAudit = field(kw_only=True)

    @property
    def charges(self) -> pd.DataFrame:
        """The payments that are charges and were judged: of a cycle of the period, or made in it."""
        return self.payments[self.judged]

    def explain_key(self, customer_uid: str, *, lang: Language = "en") -> KeyExplanation:
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
            Prints as text, and as a page in a notebook.

        Raises
        ------
        ConfigError
            If nothing names this key; the nearest are named.
        """
        return explain_key(self, customer_uid, lang=lang)


def audit(  # noqa: PLR0913 - each is one input, or how it is judged
    contracts: pd.DataFrame,
    keys: pd.DataFrame | None,
    payments: pd.DataFrame,
    schedules: pd.DataFrame | None,
    period: Period | str,
    *,
    as_of: Any = None,
    rule: KeyAudit | None = None,
    memory_limit: str | None = None,
) -> KeyReconciliation:
    """Audit billing keys from frames.

    Parameters
    ----------
    contracts : DataFrame, table CONTRACTS
        The merchant's list, one row a price; ``price`` int64 in minor units (KRW: won).
    keys : DataFrame or None, table BILLING_KEYS
        What i'mport says of each key. Without it nothing is said of keys that may be gone.
    payments : DataFrame, table PAYMENTS
        At least those of the period; of earlier ones a charge's card and a key's last charge are
        known, of later ones what was paid late. Rows without ``customer_uid`` are left aside.
    schedules : DataFrame or None, table SCHEDULES
        Scheduled payments of the period, and those to come.
    period : Period or str
        Days in Asia/Seoul. The cycles that are due in it are judged, with whatever was paid for
        them at any time; and the charges made in it.
    as_of : datetime or str, optional
        The instant up to which things are judged; by default that of the pull, else the end of
        the period. Asia/Seoul if it names no zone.
    rule : KeyAudit, optional
        What is taken for granted: days of grace, minutes of a double charge, and so on.
    memory_limit : str, optional
        Such as ``"1GB"``: beyond it the engine works on disk. The frames are not counted.

    Returns
    -------
    KeyReconciliation
        Items, breaks, totals, controls; the bridge leads from contract value to what was paid and
        kept. ``difference`` is contract minus paid.

    Raises
    ------
    TableError
        If an input is not the table it should be.
    ConfigError
        If the period is none.
    ArithmeticError
        If the items did not add up to the inputs; nothing is returned then.
    """
    rule = rule or KeyAudit()
    period = Period(period)
    instant = _instant(as_of, payments, period)
    facts = open_facts(
        payments, schedules, keys, period=period, as_of=instant, rule=rule, memory_limit=memory_limit
    )  # fmt: skip
    try:
        load_contracts(facts, contracts)
        load_cycles(facts)
        return _audited(facts, compare_charges(facts), contracts, instant)
    except (duckdb.OutOfRangeException, duckdb.ConversionException) as error:
        message = "The amounts of one billing key add up to more than 64 bits can hold."
        raise TableError(
            message, hint="Check the amounts.", hint_ko="금액을 확인하세요."
        ) from error
    finally:
        facts.connection.close()


def _audited(
    facts: Facts, compared: Reconciliation, contracts: pd.DataFrame, as_of: pd.Timestamp
) -> KeyReconciliation:
    """Give everything its code, and prove that it adds up."""
    load_items(facts, compared.item_source)
    compare_schedules(facts)
    load_keys(facts)
    of_items = pd.concat(
        [charge_findings(facts), pair_findings(facts), cycle_findings(facts)], ignore_index=True
    )
    final = recoded(compared.item_source, of_items)
    alone = [
        schedule_findings(facts), charge_marks(facts), attempt_findings(facts), key_findings(facts)
    ]  # fmt: skip
    found = pd.concat([of_items, *alone], ignore_index=True)
    expected = expected_table(facts)
    breaks = breaks_of_audit(facts, final, found, compared.rule, expected)
    parts: dict[str, Any] = {
        part.name: getattr(compared, part.name) for part in fields(Reconciliation)
    }
    parts |= _figures(facts, compared, final)
    parts |= {
        "breaks": with_controls(breaks, parts["controls"], compared.rule),
        "payments": _billing_payments(facts),
        "ledger": _with_source(expected, contracts),
        "as_of": as_of.tz_convert(KST_NAME).floor("s").isoformat(),
    }
    return KeyReconciliation(
        **parts,
        keys=key_table(facts),
        stories=stories_of(facts),
        doubles=doubles_of(facts),
        judged=_judged(facts),
        contracts=contracts,
        schedules=facts.schedules,
        period=facts.period,
        key_rule=facts.rule,
    )


def _figures(facts: Facts, compared: Reconciliation, final: Items) -> dict[str, Any]:
    """Add everything up again, with the refunds, and hold it against the inputs."""
    items = with_refunds(facts, final)
    control_totals = totals_with_refunds(facts, compared.control_totals)
    with duckdb.connect(":memory:") as connection:
        totals = balance.totals_of(connection, items)
    balance.check_conservation(control_totals, totals)
    bridge = bridge_of_audit(stages_of(facts, final), control_totals, compared.rule)
    return {
        "item_source": items,
        "control_totals": control_totals,
        "totals": totals,
        "bridge": bridge,
        "controls": _controls(facts, compared.tolerances, (control_totals, totals, bridge)),
    }


def _instant(as_of: Any, payments: pd.DataFrame, period: Period) -> pd.Timestamp:
    """Choose the instant of judgement: as said, that of the pull, the end of the period."""
    if as_of is None:
        as_of = (payments.attrs.get("pull") or {}).get("started_at")
    if as_of is None:
        return pd.Timestamp(period.end_s, unit="s", tz=KST_NAME)
    instant = pd.Timestamp(as_of)
    return instant.tz_localize(KST_NAME) if instant.tzinfo is None else instant


def _billing_payments(facts: Facts) -> pd.DataFrame:
    """Return the payments on billing keys, with the certificate of their pull."""
    of_keys = facts.payments["customer_uid"].notna()
    used = facts.payments if of_keys.all() else facts.payments[of_keys]
    used = used.copy(deep=False)
    used.attrs = dict(facts.payments.attrs)
    return used


def _judged(facts: Facts) -> np.ndarray[Any, Any]:
    """Mark the payments on billing keys that are charges in scope."""
    rows = facts.connection.sql("SELECT row FROM charge").to_arrow_table()["row"].to_numpy()
    mask = np.zeros(len(facts.payments), dtype=bool)
    mask[rows] = True
    of_keys: np.ndarray[Any, Any] = mask[facts.payments["customer_uid"].notna().to_numpy()]
    return of_keys


def _with_source(expected: pd.DataFrame, contracts: pd.DataFrame) -> pd.DataFrame:
    """Let what the contracts ask for tell where the contracts came from."""
    told = expected.copy(deep=False)
    told.attrs = {name: contracts.attrs[name] for name in ("source",) if name in contracts.attrs}
    return told


def _controls(
    facts: Facts, tolerances: pd.DataFrame, figures: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]
) -> pd.DataFrame:
    """State the checks of a comparison, and what an audit of keys cannot know."""
    certificate = facts.payments.attrs.get("pull")
    controls = controls_of(*figures, tolerances=tolerances, certificate=certificate)
    unread = {
        "keys": (facts.has_keys, "Billing keys were read", "빌링키 조회됨"),
        "schedules": (facts.has_schedules, "Schedules were read", "결제예약 조회됨"),
    }
    rows = [
        {"control": f"{name}_read", "label": label, "label_ko": label_ko, "expected": "read",
         "state": "passed" if is_read else "unknown", "passed": True,
         "actual": "read" if is_read else "not given", "detail": "", "code": ""}
        for name, (is_read, label, label_ko) in unread.items()
    ]  # fmt: skip
    rows.append(
        {"control": "keys_listed", "label": "Every billing key of the account is known",
         "label_ko": "계정의 모든 빌링키를 파악함", "state": "unknown", "passed": True,
         "expected": "a list of all keys", "actual": "keys of contracts, payments and schedules",
         "detail": "No call of the API lists all keys: one that no contract, payment or schedule "
         "names is not seen.", "code": ""}
    )  # fmt: skip
    more = pd.DataFrame(rows).reindex(columns=controls.columns)
    return pd.concat([controls, more.astype(controls.dtypes.to_dict())], ignore_index=True)
