"""The bridge of an audit: contract value, scheduled, executed, paid, net of cancels.

Every won of each stage is attributed to a code, or to none, by the charge or the cycle that it
belongs to; a code's bars over all stages are minus the differences of its breaks.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from jtnet_recon.recon.breaks import CODES
from jtnet_recon.recon.neutral import words_of

if TYPE_CHECKING:
    from jtnet_recon.recon.billing_keys_load import Facts
    from jtnet_recon.recon.items import Items
    from jtnet_recon.recon.rules import Rule

STAGES = ("ledger", "scheduled", "executed", "paid", "payments")
"""Contract value, scheduled, executed, paid, paid net of cancels."""

_LABELS = {
    "ledger": ("Contract value", "계약 금액"),
    "scheduled": ("= Scheduled", "= 예약 금액"),
    "executed": ("= Executed", "= 예약 실행 금액"),
    "paid": ("= Paid", "= 결제 승인 금액"),
    "unexplained": ("Unexplained", "미설명"),
    "payments": ("Paid, net of cancels", "결제 순액(취소 차감)"),
}
# What is no break: how the money of a stage came to differ from that of the stage before.
_NEUTRAL = {
    "scheduled": ("direct", "Charged without a schedule, or not due yet", "예약 없이 청구 또는 미도래"),
    "executed": ("waiting", "Scheduled, not executed yet", "예약 후 미실행"),
    "paid": ("retried", "Charged without a schedule, declined or retried", "예약 외 청구·거절·재시도"),
    "payments": ("refunds", "Cancelled", "결제 취소"),
}  # fmt: skip
_COLUMNS = ["currency", "step", "label", "label_ko", "rows", "amount", "balance"]


Stages = dict[tuple[str, str, str], tuple[int, int]]
"""(currency, code, stage) -> rows and amount (minor units, exact); the code is empty for none."""


def stages_of(facts: Facts, items: Items) -> Stages:
    """Add up every stage by currency and code.

    Parameters
    ----------
    facts : Facts
        Of the audit, schedules compared.
    items : Items
        All items, with their final codes.

    Returns
    -------
    Stages
        Rows and money.

    Raises
    ------
    ArithmeticError
        If a stage does not add up to the rows it is made of: a defect of this package.
    """
    codes = pa.table(
        {"item": pa.array(np.arange(len(items.others))), "final": items.others["code"]}
    )
    facts.connection.register("final_codes", codes)
    rows = facts.connection.execute(_BY_CODE, facts.used(_BY_CODE)).fetchall()
    stages = {
        (str(currency), str(code), str(stage)): (int(count), int(amount))
        for currency, code, stage, count, amount in rows
    }
    added: Counter[tuple[str, str]] = Counter()
    for (currency, _, stage), (_, amount) in stages.items():
        added[currency, stage] += amount
    whole = {
        (str(currency), str(stage)): int(amount)
        for currency, stage, amount in facts.connection.execute(
            _WHOLE, facts.used(_WHOLE)
        ).fetchall()
    }
    if dict(added) != whole:
        message = f"The stages do not add up: {dict(added)} of {whole}; please report this."
        raise ArithmeticError(message)
    return stages


def bridge_of_audit(stages: Stages, control_totals: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Lead from what the contracts ask for to what was paid and kept, stage by stage.

    Parameters
    ----------
    stages : Stages
        Of :func:`stages_of`.
    control_totals : DataFrame
        Of the comparison: where the bridge starts and must end.
    rule : Rule
        The comparison, for its words.

    Returns
    -------
    DataFrame, one row a currency and step
        As of every comparison; the steps ``scheduled``, ``executed`` and ``paid`` add nothing:
        their ``balance`` is the stage. ``unexplained`` is 0 when the bridge closes.
    """
    currencies = {*control_totals["currency"], *(currency for currency, *_ in stages)}
    ordered = sorted(currencies, key=lambda currency: (currency != "KRW", currency))
    words = words_of(rule.sides)
    labels = {code: (code, what.name, what.name_ko) for code, what in words.items()}
    steps = [
        step for currency in ordered for step in _steps(currency, stages, control_totals, labels)
    ]
    return pd.DataFrame(steps, columns=_COLUMNS)


_Step = tuple[str, str, str, str, int, int, int]
_Labels = dict[str, tuple[str, str, str]]


def _steps(
    currency: str, stages: Stages, control_totals: pd.DataFrame, labels: _Labels
) -> list[_Step]:
    """Write one currency's steps."""
    ends = {side: _end(control_totals, side, currency) for side in ("ledger", "payments")}
    value, count = ends["ledger"]
    steps: list[_Step] = [(currency, "ledger", *_LABELS["ledger"], count, value, value)]
    for before, after in pairwise(STAGES):
        for step, label, label_ko, rows, amount in _moves(
            currency, stages, (before, after), labels
        ):
            steps.append((currency, step, label, label_ko, rows, amount, steps[-1][-1] + amount))
        if after != "payments":
            rows = sum(
                count
                for (c, _, stage), (count, _) in stages.items()
                if (c, stage) == (currency, after)
            )
            steps.append((currency, after, *_LABELS[after], rows, 0, steps[-1][-1]))
    net, count = ends["payments"]
    rest = net - steps[-1][-1]
    steps.append((currency, "unexplained", *_LABELS["unexplained"], 0, rest, net))
    steps.append((currency, "payments", *_LABELS["payments"], count, net, net))
    return steps


def _moves(
    currency: str, stages: Stages, pair: tuple[str, str], labels: _Labels
) -> list[tuple[str, str, str, int, int]]:
    """Say what each code, and what no code, adds from one stage to the next."""
    moves = []
    for code in (*CODES, ""):
        (rows_before, before), (rows_after, after) = (
            stages.get((currency, code, stage), (0, 0)) for stage in pair
        )
        if after != before:
            step, label, label_ko = labels[code] if code else _NEUTRAL[pair[1]]
            rows = max(rows_before, rows_after)
            moves.append((step, label, label_ko, rows, after - before))
    return moves


def _end(control_totals: pd.DataFrame, side: str, currency: str) -> tuple[int, int]:
    """One side's net total, and its rows."""
    chosen = (control_totals["side"] == side) & (control_totals["currency"] == currency)
    net, rows = (sum(map(int, control_totals.loc[chosen, name])) for name in ("net", "rows"))
    return net, rows


# A schedule goes with the charge of its order id, else with its cycle; one of another period's
# cycle is that period's affair. Of an order charged twice, the first charge is the scheduled one.
_BY_CODE = """
WITH coded AS (SELECT i.*, final FROM item AS i JOIN final_codes USING (item)
               WHERE final IS NOT NULL),
of_event AS (
    SELECT event_row, any_value(final) AS code FROM coded WHERE event_row IS NOT NULL
    GROUP BY event_row
), of_expected AS (
    SELECT row_l AS row, any_value(final) AS code FROM coded WHERE row_l IS NOT NULL GROUP BY row_l
), of_order AS (
    SELECT p.merchant_uid, min(o.code) AS code
    FROM of_event AS o JOIN payments_in AS p ON p.row = o.event_row
    WHERE o.code <> 'P07' GROUP BY p.merchant_uid
), of_cycle AS (
    SELECT e.cycle, min(o.code) AS code FROM of_expected AS o JOIN expected AS e USING (row)
    GROUP BY e.cycle
), charged AS (
    SELECT g.currency, coalesce(o.code, '') AS code, g.amount, g.cancel
    FROM charge AS g LEFT JOIN of_event AS o ON o.event_row = g.row
), booked AS (
    SELECT s.currency, coalesce(o.code, y.code, '') AS code, s.amount, s.is_executed
    FROM schedule AS s LEFT JOIN of_order AS o ON o.merchant_uid = s.merchant_uid
    LEFT JOIN of_cycle AS y ON y.cycle = s.cycle
    WHERE s.status <> 'revoked' AND (s.is_due OR s.due IS NULL AND s.is_in_scope)
), money AS (
    SELECT 'ledger' AS stage, e.currency, coalesce(o.code, '') AS code, e.price AS amount
    FROM expected AS e LEFT JOIN of_expected AS o USING (row)
    UNION ALL SELECT 'scheduled', currency, code, amount FROM booked
    UNION ALL SELECT 'executed', currency, code, amount FROM booked WHERE is_executed
    UNION ALL SELECT 'paid', currency, code, amount FROM charged
    UNION ALL SELECT 'payments', currency, code, amount FROM charged
    UNION ALL SELECT 'payments', currency, '', -cancel FROM charged WHERE cancel > 0
)
SELECT currency, code, stage, count(*), sum(amount)::VARCHAR FROM money GROUP BY ALL ORDER BY ALL
"""
_IN_SCOPE = "status <> 'revoked' AND (is_due OR due IS NULL AND is_in_scope)"
_WHOLE = f"""
SELECT currency, 'ledger', sum(price)::VARCHAR FROM expected GROUP BY currency
UNION ALL SELECT currency, 'paid', sum(amount)::VARCHAR FROM charge GROUP BY currency
UNION ALL SELECT currency, 'payments', sum(amount - cancel)::VARCHAR FROM charge GROUP BY currency
UNION ALL SELECT currency, 'scheduled', sum(amount)::VARCHAR FROM schedule
WHERE {_IN_SCOPE} GROUP BY currency
UNION ALL SELECT currency, 'executed', sum(amount)::VARCHAR FROM schedule
WHERE is_executed AND {_IN_SCOPE} GROUP BY currency
"""
