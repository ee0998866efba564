"""The self-test of a result: breaks planted on its own payments are found, no more and no less."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from jtnet_recon.errors import ConfigError
from jtnet_recon.recon.match import reconcile
from jtnet_recon.recon.plant import KINDS, plant

if TYPE_CHECKING:
    from jtnet_recon.recon.result import Reconciliation

CONTROL = "self_test"
"""The name of its control."""

_COMPARED = ["code", "merchant_uid", "currency", "difference", "money_at_risk"]
_LABEL = ("Self-test: planted breaks are found", "자체 시험: 심은 불일치를 모두 찾음")

Result = TypeVar("Result", bound="Reconciliation")


def with_self_test(result: Result, *, seed: int = 0) -> Result:
    """Plant breaks on the payments of a result, look for them, and state it as a control.

    Parameters
    ----------
    result : Reconciliation
        Of payments with a ledger; it is left as it is.
    seed : int, default 0
        Another seed plants on other orders.

    Returns
    -------
    Reconciliation
        The same figures, and one control more: passed if each planted break was found with its
        order, code and money and nothing else was; failed if not, which is then the conclusion;
        unknown, with the reason, where nothing can be planted.
    """
    controls = result.controls[result.controls["control"] != CONTROL]
    row = pd.DataFrame([_control(result, seed)], columns=controls.columns)
    joined = pd.concat([controls, row.astype(controls.dtypes.to_dict())], ignore_index=True)
    return dataclasses.replace(result, controls=joined)


def _control(result: Reconciliation, seed: int) -> tuple[Any, ...]:
    """Run the test and put its outcome into words."""
    if result.rule.level != "orders" or result.rule.sides != ("PG", "ledger"):
        return _unknown("Breaks can be planted for the rule of orders only.")
    try:
        planted = plant(result.payments, seed=seed)
    except ConfigError as error:
        return _unknown(error.message)
    found = reconcile(
        planted.payments, planted.ledger, planted.rule, prepare=planted.prepare, as_of=planted.as_of
    )
    wanted, got = _rows(planted.answers), _rows(found.breaks)
    missed, extra = (wanted - got).total(), (got - wanted).total()
    state = "failed" if missed or extra else "passed"
    detail = f"{missed:,} missed, {extra:,} false alarms; {len(KINDS)} codes, seed {seed}"
    figures = (f"{wanted.total():,}", f"{(wanted & got).total():,}", detail)
    return (
        CONTROL,
        *_LABEL,
        state,
        state == "passed",
        *figures,
        "X09" if state == "failed" else "",
    )


def _unknown(reason: str) -> tuple[Any, ...]:
    """State that it could not be done."""
    return (CONTROL, *_LABEL, "unknown", True, "–", "–", reason, "")


def _rows(breaks: pd.DataFrame) -> Counter[tuple[Any, ...]]:
    """Count breaks by all that is compared, amounts exact."""
    texts = breaks[_COMPARED].astype(dict.fromkeys(_COMPARED[:3], "str"))
    texts = texts.assign(**{name: texts[name].fillna("") for name in _COMPARED[:3]})
    return Counter(texts.astype(object).itertuples(index=False, name=None))
