"""Found = planted over 50 seeds in five months, from frames; and the figures tie out."""

from __future__ import annotations

import pandas as pd
import pytest
from audit_planted import AFTER_DAYS, PLANTS, build
from audit_world import World

import jtnet_recon as jr
from jtnet_recon.recon.billing_keys import audit

MONTHS = ("2022-11", "2024-02", "2021-01", "2023-05", "2022-12")
SEEDS_A_MONTH = 10


@pytest.fixture(scope="module", params=range(len(MONTHS)), ids=MONTHS)
def audited(request):
    period = jr.Period(MONTHS[request.param])
    world, answers = World(), []
    for seed in range(request.param * SEEDS_A_MONTH, (request.param + 1) * SEEDS_A_MONTH):
        answers += build(world, seed, period.start_on.year, period.start_on.month)
    frames = world.frames()
    as_of = pd.Timestamp(period.end_on) + pd.Timedelta(days=AFTER_DAYS)
    # JTNet's keys died in the middle of these months; here nobody is there.
    return audit(**frames, period=period, as_of=as_of), answers, frames, (period, as_of)


def found_in(result):
    breaks = result.breaks[["code", "customer_uid"]]
    return sorted(breaks.itertuples(index=False, name=None))


def test_found_is_planted_no_more_and_no_less(audited):
    result, answers, *_ = audited

    assert found_in(result) == sorted(answers)
    assert {code for code, _ in answers} == set(PLANTS)


def test_rows_and_money_of_both_sides_are_those_of_the_inputs(audited):
    result, _, frames, _ = audited
    charges = result.charges
    of_cycles = result.totals[["rows_payments", "rows_ledger", "net_payments", "net_ledger"]].sum()

    refunds = int((charges["cancel_amount"] > 0).sum())
    assert of_cycles["rows_payments"] == len(charges) + refunds
    assert of_cycles["net_payments"] == int((charges["amount"] - charges["cancel_amount"]).sum())
    assert of_cycles["rows_ledger"] == len(result.ledger)
    assert of_cycles["net_ledger"] == int(result.ledger["amount"].sum())
    assert len(charges) <= len(frames["payments"])


def test_the_bridge_leads_from_contract_value_to_what_was_kept_and_closes(audited):
    result, *_ = audited
    bridge = result.bridge.set_index("step")["balance"].groupby(level=0).last()
    steps = result.bridge[result.bridge["step"] != "ledger"]
    moved = steps.loc[~steps["step"].isin(["payments"]), "amount"].sum()

    assert result.bridge.loc[result.bridge["step"] == "unexplained", "amount"].tolist() == [0]
    assert bridge["ledger"] == result.ledger["amount"].sum()
    assert bridge["paid"] == result.charges["amount"].sum()
    assert bridge["payments"] == bridge["ledger"] + moved


def test_the_bars_of_a_code_are_minus_the_differences_of_its_breaks(audited):
    result, *_ = audited
    bars = result.bridge.groupby("step")["amount"].sum()

    for code, rows in result.breaks.groupby("code"):
        assert bars.get(code, 0) == -rows["difference"].sum(), code


def test_every_stage_is_what_its_rows_add_up_to(audited):
    result, _, frames, (period, _) = audited
    schedules = frames["schedules"]
    in_period = schedules["schedule_at"].between(
        pd.Timestamp(period.start_s, unit="s", tz="Asia/Seoul"),
        pd.Timestamp(period.end_s + 1, unit="s", tz="Asia/Seoul"),
    )
    executed = schedules[in_period & (schedules["schedule_status"] == "executed")]
    stages = result.bridge.set_index("step")["balance"].groupby(level=0).last()

    # Every schedule of these businesses lies on its due day, so the period's own are in scope.
    assert stages["executed"] == executed["amount"].sum()


def test_neither_the_order_of_rows_nor_the_audit_itself_changes_anything():
    world = World()
    build(world, 99, 2022, 11)
    frames = world.frames()
    before = {name: frame.copy(deep=True) for name, frame in frames.items()}
    shuffled = {
        name: frame.sample(frac=1, random_state=3).reset_index(drop=True)
        for name, frame in frames.items()
    }

    result, again = (
        audit(**inputs, period="2022-11", as_of="2023-01-09") for inputs in (frames, shuffled)
    )

    assert again.digest == result.digest
    columns = ["code", "customer_uid", "merchant_uid", "imp_uid", "money_at_risk", "finding"]
    pd.testing.assert_frame_equal(again.breaks[columns], result.breaks[columns])
    for name, frame in frames.items():
        pd.testing.assert_frame_equal(frame, before[name])


def test_money_at_risk_is_never_negative_and_info_has_none(audited):
    breaks = audited[0].breaks

    assert (breaks["money_at_risk"] >= 0).all()
    assert (breaks.loc[breaks["severity"] == "Info", "money_at_risk"] == 0).all()


def test_double_charges_come_ranked_by_what_can_be_paid_back(audited):
    result, answers, *_ = audited
    doubles = result.doubles

    assert doubles["refundable"].is_monotonic_decreasing
    planted = {uid for code, uid in answers if code in ("P07", "P08", "B10")}
    assert set(doubles.loc[doubles["refundable"] > 0, "customer_uid"]) == planted
    forms = doubles.set_index("customer_uid")["form"]
    for code, form in (("P07", "same order"), ("P08", "within minutes"), ("B10", "same cycle")):
        uids = [uid for found, uid in answers if found == code]
        assert set(forms[uids]) == {form}


def test_each_cycle_on_which_something_failed_is_one_story(audited):
    result, answers, *_ = audited
    stories = result.stories.set_index("customer_uid")

    assert stories.index.is_unique
    never = [uid for code, uid in answers if code in ("B11", "S03")]
    assert set(stories.loc[never, "ending"]) == {"unpaid"}
    recovered = stories[stories["ending"] == "paid"]
    assert (recovered["paid_at"] > recovered["first_failed_at"]).any()
