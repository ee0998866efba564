"""Each code of billing keys and schedules, found where it is and nowhere else."""

from __future__ import annotations

import audit_cases_keys  # noqa: F401 - the cases are taken up as they are read
import audit_cases_schedules  # noqa: F401 - the same
import pandas as pd
import pytest
from audit_case import CASES
from audit_world import AS_OF, World

import jtnet_recon as jr
from jtnet_recon.recon.billing_keys import audit
from jtnet_recon.recon.breaks import PRIORITY


@pytest.fixture(scope="module")
def planted():
    world = World()
    expected = {name: write(world, name) for name, write in CASES.items()}
    return world, expected


@pytest.fixture(scope="module")
def audited(planted):
    return audit(**planted[0].frames(), period="2022-11", as_of=AS_OF)


def found_on(result, uid):
    """Give code, what is named, difference and money at risk, of one key."""
    breaks = result.breaks[result.breaks["customer_uid"] == uid]
    cycles = set(result.ledger["cycle"])
    rows = []
    for row in breaks.to_dict("records"):
        order = (
            None
            if pd.isna(row["merchant_uid"]) or row["merchant_uid"] in cycles
            else row["merchant_uid"]
        )
        named = order if pd.isna(row["imp_uid"]) else row["imp_uid"]
        rows.append((row["code"], named, row["difference"], row["money_at_risk"]))
    return sorted(rows, key=str)


@pytest.mark.parametrize("name", CASES)
def test_each_code_is_found_where_it_is_and_nowhere_else(name, planted, audited):
    assert found_on(audited, name) == sorted(planted[1][name], key=str)


def test_nothing_is_found_that_no_case_names(planted, audited):
    assert set(audited.breaks["customer_uid"]) <= set(CASES)
    assert len(audited.breaks) == sum(map(len, planted[1].values()))


def test_every_code_of_billing_keys_and_schedules_has_a_case(planted):
    shown = {code for found in planted[1].values() for code, *_ in found}

    assert {code for code in jr.CODES if code[0] in "BS"} <= shown
    assert {"P01", "P07", "P08", "P16", "P19"} <= shown


def test_every_finding_is_a_whole_sentence_in_both_languages(audited):
    for name in ("finding", "finding_ko"):
        texts = audited.breaks[name]
        assert not texts.str.contains(r"[{}]|None|nan|<NA>|\?").any(), name
        assert texts.str.endswith(".").all()
    assert audited.breaks["finding_ko"].str.contains("[가-힣]").all()


def test_a_reason_is_said_in_the_words_of_its_language(audited):
    breaks = audited.breaks.set_index("customer_uid")

    assert (
        "its billing key cannot be charged: i'mport does not know it."
        in breaks.loc["B02 gone", "finding"]
    )
    assert ": 등록 정보 없음." in breaks.loc["B02 gone", "finding_ko"]
    assert "several customers have it" in breaks.loc["B03 two customers", "finding"]
    assert (
        "예약이 가리키는 결제가 없음" in breaks.loc["S02 a payment that is not there", "finding_ko"]
    )


def test_a_break_names_the_key_the_customer_and_the_due_day(audited):
    row = audited.breaks.set_index("customer_uid").loc["B09 wrong amount"]

    assert (row["customer_ledger"], row["plan_ledger"]) == ("customer of B09 wrong amount", "basic")
    assert row["paid_on_ledger"] == pd.Timestamp("2022-11-10")
    assert row["finding"] == (
        "12,000 KRW was charged on 2022-11-10; the contract's price for 2022-11-10 is 10,000 KRW."
    )


def test_the_primary_code_is_the_one_that_wins_and_the_others_are_secondary(audited):
    held = audited.breaks[audited.breaks["secondary"] != ""]

    assert len(held)
    for row in held.itertuples():
        others = row.secondary.split(", ")
        assert all(PRIORITY[row.code] < PRIORITY[other] for other in others), row.customer_uid
    by_key = held.set_index("customer_uid")["secondary"]
    assert by_key["B02 and nobody paid"] == "S09"
    assert by_key["P07 on a key without a contract"] == "B01"


def test_a_pair_of_which_one_was_paid_back_is_listed_with_nothing_to_refund(audited):
    doubles = audited.doubles.set_index("customer_uid")
    row = doubles.loc["charged twice and one paid back is settled"]

    assert (row["form"], row["refunded"], row["refundable"]) == ("within minutes", 10_000, 0)
    assert row["other_merchant_uid"] == "charged twice and one paid back is settled b"
    partly = doubles.loc["B10 by recovery and by hand"]
    assert (partly["form"], partly["refundable"]) == ("same cycle", 10_000)


def test_a_story_ends_with_what_came_of_the_cycle(audited):
    stories = audited.stories.set_index("customer_uid")

    assert stories.loc["two days late, by recovery, is one story", "ending"] == "paid"
    assert stories.loc["two days late, by recovery, is one story", "attempts"] == 2
    assert stories.loc["B10 by recovery and by hand", "ending"] == "paid twice"
    assert stories.loc["S03 nothing done", "ending"] == "unpaid"
    assert "P19 given up" not in stories.index


def test_keys_left_at_jtnet_after_its_end_cannot_be_charged():
    world = World()
    world.contract("left", starts_on="2022-05-10")
    world.key("left", pg_provider="jtnet")
    world.contract("moved", starts_on="2022-05-10")
    world.key("moved", pg_provider="nice", updated="2023-02-01 03:00")
    for uid in ("left", "moved"):
        world.charge(uid, "2023-01-10 10:00")
    frames = world.frames()

    before = audit(**frames, period="2023-01", as_of="2023-01-31 23:59")
    after = audit(**frames, period="2023-01", as_of="2023-02-01 04:00")

    assert before.breaks.empty
    assert list(zip(after.breaks["code"], after.breaks["customer_uid"], strict=True)) == [
        ("B02", "left")
    ]
    assert after.keys.set_index("customer_uid")["flags"].to_dict() == {
        "left": "left at JTNet",
        "moved": "moved",
    }


def test_of_keys_and_schedules_that_were_not_read_nothing_is_said(planted):
    frames = planted[0].frames()

    result = audit(frames["contracts"], None, frames["payments"], None, "2022-11", as_of=AS_OF)

    unread = {"B04", "B05", "B08", "S01", "S02", "S04", "S05", "S06", "S07", "S08"}
    assert not set(result.breaks["code"]) & unread
    states = result.controls.set_index("control")["state"]
    assert (states["keys_read"], states["schedules_read"]) == ("unknown", "unknown")
    assert result.bridge.loc[result.bridge["step"] == "unexplained", "amount"].tolist() == [0, 0]


def test_the_audit_says_that_no_call_lists_all_keys(audited):
    row = audited.controls.set_index("control").loc["keys_listed"]

    assert row["state"] == "unknown"
    assert "No call of the API lists all keys" in row["detail"]
