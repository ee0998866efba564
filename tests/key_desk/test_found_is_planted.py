"""Found = planted, nothing more and nothing less: the audit against the sandbox's own answers.

The two were written apart: the sandbox knows what it did, the audit sees what a merchant sees.
"""

from __future__ import annotations

from collections import Counter

import pandas as pd
import pytest
from key_world import contracts_of, found_in, frames_of, planted_in

import jtnet_recon as jr
from jtnet_recon.recon.billing_keys import audit
from jtnet_recon.sandbox import Sandbox

SEEDS = range(50)
BATCH = 10
CODES = {f"B{number:02d}" for number in range(1, 12)} | {
    f"S{number:02d}" for number in range(1, 10)
}
NAMES = ("customer", "customer_uid", "merchant_uid", "imp_uid", "customer_id")


def named(frame, seed):
    """Put the seed before every name, so that many businesses can be audited as one."""
    columns = {name: f"{seed}/" + frame[name] for name in NAMES if name in frame.columns}
    return frame.assign(**columns)


@pytest.fixture(scope="module", params=range(0, len(SEEDS), BATCH))
def audited(request):
    """Audit ten businesses at once: their keys have nothing to do with each other."""
    parts, contracts, planted = [], [], []
    for seed in SEEDS[request.param : request.param + BATCH]:
        sandbox = Sandbox("2022-11", seed=seed, subscriptions=60)
        parts.append({name: named(frame, seed) for name, frame in frames_of(sandbox).items()})
        contracts.append(named(contracts_of(sandbox), seed))
        planted += [
            (code, f"{seed}/{uid}", f"{seed}/{about}" if about else "")
            for code, uid, about in planted_in(sandbox)
        ]
    whole = {
        name: pd.concat([part[name] for part in parts], ignore_index=True) for name in parts[0]
    }
    as_of = pd.Timestamp(sandbox.now_s, unit="s", tz="Asia/Seoul")
    frames = whole["keys"], whole["payments"], whole["schedules"]
    result = audit(pd.concat(contracts, ignore_index=True), *frames, "2022-11", as_of=as_of)
    return result, sorted(planted)


def test_over_fifty_seeds_found_is_planted_for_every_code(audited):
    result, planted = audited

    found = found_in(result.breaks, planted)

    assert found == planted
    counts = Counter(code for code, _, _ in found)
    assert set(counts) >= CODES
    assert min(counts[code] for code in CODES) >= BATCH


def test_every_won_between_contracts_and_charges_is_explained(audited):
    result, _ = audited

    steps = result.bridge.set_index("step")["amount"]
    assert steps["unexplained"] == 0
    assert not (result.controls["state"] == "failed").any()


@pytest.mark.parametrize(
    ("month", "seed"),
    [("2022-01", 3), ("2021-05", 1), ("2022-12", 2), ("2023-01", 5), ("2023-02", 4)],
)
def test_found_is_planted_before_and_after_the_move_and_in_short_months(month, seed):
    sandbox = Sandbox(month, seed=seed, subscriptions=80)
    frames, planted = frames_of(sandbox), planted_in(sandbox)

    result = jr.audit_billing_keys(
        contracts=contracts_of(sandbox),
        period=month,
        as_of=pd.Timestamp(sandbox.now_s, unit="s", tz="Asia/Seoul"),
        **frames,
    )

    assert found_in(result.breaks, planted) == planted
