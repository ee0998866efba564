"""What changed between two runs in the payments: each code on the smallest tables that show it."""

from __future__ import annotations

import pandas as pd
import pytest
from history_lines import BOOKED, HEAD, PAID
from hypothesis import given, settings
from hypothesis import strategies as st

import jtnet_recon as jr
from jtnet_recon.recon.snapshots import payment_changes
from jtnet_recon.recon.transactions import is_approved

PAYMENTS_CASES = [
    # name, before, after, (change, what, code, money at risk)
    ("the same payment", PAID, PAID, None),
    (
        "X02 a late cancel",
        PAID,
        HEAD + "i1 | o1 | 14,000 | 4,000 | cancelled | KRW | 2022-11-07 12:00",
        ("changed", "cancelled later", "X02", 4_000),
    ),
    (
        "C09 a cancel that is gone",
        HEAD + "i1 | o1 | 14,000 | 4,000 | cancelled | KRW | 2022-11-07 12:00",
        PAID,
        ("changed", "cancel reversed", "C09", 4_000),
    ),
    (
        "C09 a part of the cancels is gone",
        HEAD + "i1 | o1 | 14,000 | 4,000 | cancelled | KRW | 2022-11-07 12:00",
        HEAD + "i1 | o1 | 14,000 | 1,000 | cancelled | KRW | 2022-11-07 12:00",
        ("changed", "cancel reversed", "C09", 3_000),
    ),
    (
        "C09 the status is back to paid, the cancelled amount is still there",
        HEAD + "i1 | o1 | 14,000 | 4,000 | cancelled | KRW | 2022-11-07 12:00",
        HEAD + "i1 | o1 | 14,000 | 4,000 | paid | KRW | 2022-11-07 12:00",
        ("changed", "cancel reversed", "C09", 4_000),
    ),
    (
        "P06 paid after it had failed",
        HEAD + "i1 | o1 | 14,000 | 0 | failed | KRW |",
        PAID,
        ("changed", "paid after failed", "P06", 14_000),
    ),
    (
        "P06 paid after it had failed, and partly cancelled since",
        HEAD + "i1 | o1 | 14,000 | 0 | failed | KRW |",
        HEAD + "i1 | o1 | 14,000 | 4,000 | cancelled | KRW | 2022-11-07 12:00",
        ("changed", "paid after failed", "P06", 10_000),
    ),
    (
        "X02 a payment that is gone",
        PAID,
        HEAD + "i9 | o9 | 0 | 0 | failed | KRW |",
        ("vanished", "vanished", "X02", 14_000),
    ),
    (
        "X02 a payment that was not there",
        HEAD + "i9 | o9 | 0 | 0 | failed | KRW |",
        PAID,
        ("new", "appeared", "X02", 14_000),
    ),
    (
        "X02 another amount",
        PAID,
        HEAD + "i1 | o1 | 13,000 | 0 | paid | KRW | 2022-11-07 12:00",
        ("changed", "amount changed", "X02", 1_000),
    ),
    (
        "X02 another order: all of the money has moved",
        PAID,
        HEAD + "i1 | o2 | 14,000 | 0 | paid | KRW | 2022-11-07 12:00",
        ("changed", "order id changed", "X02", 14_000),
    ),
    (
        "X02 another currency",
        PAID,
        HEAD + "i1 | o1 | 14,000 | 0 | paid | USD | 2022-11-07 12:00",
        ("changed", "currency changed", "X02", 14_000),
    ),
    (
        "X02 another time of approval",
        PAID,
        HEAD + "i1 | o1 | 14,000 | 0 | paid | KRW | 2022-11-08 12:00",
        ("changed", "approval time changed", "X02", 14_000),
    ),
    (
        "no code: an attempt that failed later moved no money",
        HEAD + "i1 | o1 | 14,000 | 0 | ready | KRW |",
        HEAD + "i1 | o1 | 14,000 | 0 | failed | KRW |",
        ("changed", "status changed", "", 0),
    ),
]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [case[1:] for case in PAYMENTS_CASES],
    ids=[case[0] for case in PAYMENTS_CASES],
)
def test_each_change_of_a_payment_in_a_closed_period_has_its_code(
    payments_of, before, after, expected
):
    changes = payment_changes(payments_of(before), payments_of(after), is_closed=True)

    rows = changes[changes["imp_uid"] == "i1"]
    found = rows[["change", "what", "code", "money_at_risk"]].to_numpy().tolist()
    assert found == ([] if expected is None else [list(expected)])
    assert rows["what_ko"].str.contains("[가-힣]").all()


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [case[1:] for case in PAYMENTS_CASES],
    ids=[case[0] for case in PAYMENTS_CASES],
)
def test_in_an_open_period_only_reversals_and_late_approvals_are_breaks(
    payments_of, before, after, expected
):
    changes = payment_changes(payments_of(before), payments_of(after), is_closed=False)

    codes = changes.loc[changes["imp_uid"] == "i1", "code"].tolist()
    assert codes == ([] if expected is None else [expected[2].replace("X02", "")])


STATES = st.tuples(
    st.sampled_from(["i1", "i2", "i3"]),
    st.sampled_from(["o1", "o2"]),
    st.integers(0, 3),
    st.integers(0, 3),
    st.sampled_from(["paid", "cancelled", "failed", "ready"]),
    st.booleans(),
)


def frame_of(states):
    paid_at = pd.Timestamp("2022-11-07 12:00", tz="Asia/Seoul")
    return pd.DataFrame(
        {
            "imp_uid": pd.Series([s[0] for s in states], dtype="str"),
            "merchant_uid": pd.Series([s[1] for s in states], dtype="str"),
            "amount": pd.Series([s[2] for s in states], dtype="int64"),
            "cancel_amount": pd.Series([s[3] for s in states], dtype="int64"),
            "status": pd.Series([s[4] for s in states], dtype="str"),
            "currency": pd.Series(["KRW"] * len(states), dtype="str"),
            "paid_at": pd.Series(
                [paid_at if s[5] else None for s in states],
                dtype="datetime64[us, Asia/Seoul]",
            ),
        }
    )


def net(payments):
    held = payments[is_approved(payments)]
    return int((held["amount"] - held["cancel_amount"]).sum())


@settings(max_examples=25)
@given(st.lists(STATES, max_size=8), st.lists(STATES, max_size=8))
def test_the_changes_lead_from_one_net_total_to_the_other(one, other):
    before, after = frame_of(one), frame_of(other)

    changes = payment_changes(before, after, is_closed=True)

    assert net(before) + int(changes["net_change"].sum()) == net(after)
    assert (changes["money_at_risk"] >= 0).all()
    assert changes.loc[changes["code"] == "", "money_at_risk"].eq(0).all()


@settings(max_examples=25)
@given(st.lists(STATES, max_size=8), st.randoms())
def test_payments_agree_with_themselves_in_any_order(states, chance):
    payments = frame_of(states)
    shuffled = list(range(len(states)))
    chance.shuffle(shuffled)

    assert payment_changes(payments, payments.iloc[shuffled], is_closed=True).empty


def test_payments_of_another_period_have_not_vanished(pull_of, ledger_of):
    november = pull_of(PAID)
    december = pull_of(
        HEAD + "i2 | o2 | 500 | 0 | paid | KRW | 2022-12-07 12:00",
        period="2022-12-01..2022-12-31",
        started_at="2023-01-05T09:00:00+09:00",
    )

    first = jr.reconcile(november, ledger_of(BOOKED))
    second = jr.reconcile(december, ledger_of(BOOKED.replace("o1", "o2")), previous=first)

    assert second.history.changes.payments.empty
    assert not second.history.changes.is_same_period
    assert "Not known to be of one period: only what both hold" in second.history.changes.text
