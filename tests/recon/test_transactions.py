"""transactions(): what each payment moved, approval by approval and cancel by cancel."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import payment, payments_frame

import jtnet_recon as jr
from jtnet_recon.errors import TableError
from jtnet_recon.recon.transactions import transactions
from jtnet_recon.tables import PAYMENTS, TRANSACTIONS, empty

PART_CANCELLED = """
imp_uid | merchant_uid | amount | cancel_amount | status    | paid_at          | cancelled_at     | cancel_history
i1      | o1           | 14,000 | 5,000         | cancelled | 2022-11-07 12:00 | 2022-11-09 15:00 | {history}"""


def moved(frame):
    """Kind, amount and KST time of every movement, as text."""
    return [
        f"{kind} {amount:,} {at:%m-%d %H:%M}" if pd.notna(at) else f"{kind} {amount:,} -"
        for kind, amount, at in zip(frame["kind"], frame["amount"], frame["at"], strict=True)
    ]


def test_an_approval_and_each_cancel_are_rows_at_their_own_time(payments_of):
    history = "2,000 @ 2022-11-08 00:30 + 3,000 @ 2022-11-09 15:00"

    found = transactions(payments_of(PART_CANCELLED.format(history=history)))

    assert moved(found) == [
        "approval 14,000 11-07 12:00",
        "cancel -2,000 11-08 00:30",
        "cancel -3,000 11-09 15:00",
    ]
    assert found["flag"].isna().all()
    assert found["transaction_id"].tolist() == ["i1:approval", "i1:cancel:1", "i1:cancel:2"]


def test_an_old_row_without_a_history_has_one_cancel_at_the_last_time(payments_of):
    found = transactions(payments_of(PART_CANCELLED.format(history="")))

    assert moved(found) == ["approval 14,000 11-07 12:00", "cancel -5,000 11-09 15:00"]
    assert found["flag"].isna().all()


@pytest.mark.parametrize(
    ("history", "flagged"),
    [
        ("2,000 @ 2022-11-08 00:30 + 2,500 @ 2022-11-09 15:00", [-500]),
        ("2,000 @ 2022-11-08 00:30 + 3,500 @ 2022-11-09 15:00", [500]),
        ("[]", [-5_000]),
        ("2,000 @ 2022-11-08 00:30 + 3,000 @ 2022-11-09 15:00", []),
    ],
)
def test_what_a_history_does_not_explain_is_a_row_marked_c06(payments_of, history, flagged):
    found = transactions(payments_of(PART_CANCELLED.format(history=history)))

    assert found.loc[found["flag"] == "C06", "amount"].tolist() == flagged
    assert found["amount"].sum() == 9_000


def test_a_history_of_a_payment_that_nothing_was_cancelled_of_is_c06(payments_of):
    found = transactions(
        payments_of(
            """imp_uid | merchant_uid | amount | cancel_amount | status | cancel_history
               i1      | o1           | 14,000 | 0             | paid   | 300 @ 2022-11-08 10:00"""
        )
    )

    assert found.loc[found["flag"] == "C06", "amount"].tolist() == [300]
    assert found["amount"].sum() == 14_000


def test_deposits_that_add_up_are_rows_of_their_own(payments_of):
    found = transactions(
        payments_of(
            """imp_uid | merchant_uid | amount | deposit_history
               i1      | o1           | 14,000 | 9,000 @ 2022-11-05 10:00 + 5,000 @ 2022-11-06 10:00"""
        )
    )

    assert moved(found) == ["approval 9,000 11-05 10:00", "approval 5,000 11-06 10:00"]


def test_deposits_that_do_not_add_up_are_one_approval_of_the_amount(payments_of):
    found = transactions(
        payments_of(
            """imp_uid | merchant_uid | amount | deposit_history
               i1      | o1           | 14,000 | 9,000 @ 2022-11-05 10:00"""
        )
    )

    assert moved(found) == ["approval 14,000 11-07 12:00"]


def test_what_was_never_approved_moved_nothing(payments_of):
    found = transactions(
        payments_of(
            """imp_uid | merchant_uid | amount | cancel_amount | status    | paid_at
               i1      | o1           | 14,000 | 0             | failed    |
               i2      | o2           | 14,000 | 0             | ready     |
               i3      | o3           | 14,000 | 14,000        | cancelled |
               i4      | o4           | 0      | 0             | paid      | 2022-11-07 12:00"""
        )
    )

    assert found.empty


def test_a_partly_cancelled_payment_was_approved_whatever_it_calls_itself(payments_of):
    found = transactions(
        payments_of(
            """imp_uid | merchant_uid | amount | cancel_amount | status    | paid_at
               i1      | o1           | 14,000 | 5,000         | cancelled |"""
        )
    )

    assert moved(found) == ["approval 14,000 -", "cancel -5,000 -"]


def test_a_cancel_keeps_its_own_id_and_its_reason(payments_of):
    payments = payments_of(PART_CANCELLED.format(history=""))
    payments["pg_tid"] = pd.Series(["T1"], dtype="str")
    payments["cancel_history"] = [
        [
            {
                "pg_tid": "T2", "amount": 5_000, "cancelled_at": 1_667_900_000,
                "reason": "변심", "cancellation_id": "c-9", "receipt_url": None,
            }
        ]
    ]  # fmt: skip

    found = transactions(payments)

    assert found["transaction_id"].tolist() == ["i1:approval", "i1:cancel:c-9"]
    assert found["pg_tid"].tolist() == ["T1", "T2"]
    assert found["reason"].fillna("").tolist() == ["", "변심"]


@pytest.mark.parametrize(
    "at",
    [
        1_667_900_000,
        1_667_900_000_000_000,
        "2022-11-08T09:33:20Z",
        pd.Timestamp("2022-11-08 18:33:20", tz="Asia/Seoul"),
    ],
)
def test_the_time_of_an_entry_is_read_in_any_form_that_has_a_zone(payments_of, at):
    payments = payments_of(PART_CANCELLED.format(history=""))
    payments["cancel_history"] = [[{"amount": 5_000, "cancelled_at": at}]]

    assert moved(transactions(payments))[1] == "cancel -5,000 11-08 18:33"


@pytest.mark.parametrize("at", ["2022-11-08 18:33:20", 1_667_900_000.0])
def test_a_time_without_a_zone_is_refused_not_guessed(payments_of, at):
    payments = payments_of(PART_CANCELLED.format(history=""))
    payments["cancel_history"] = [[{"amount": 5_000, "cancelled_at": at}]]

    with pytest.raises(TableError, match="no time zone"):
        transactions(payments)


def test_no_payments_move_nothing_and_the_certificate_stays():
    payments = empty(PAYMENTS)
    payments.attrs["pull"] = {"verdict": "COMPLETE"}

    found = transactions(payments)

    assert found.empty
    assert list(found.columns) == TRANSACTIONS.names
    assert found.attrs == payments.attrs
    assert {c.name: str(found[c.name].dtype) for c in TRANSACTIONS.columns} == {
        c.name: c.dtype for c in TRANSACTIONS.columns
    }


@given(st.lists(payment(), max_size=12))
@settings(max_examples=150)
def test_the_movements_of_a_payment_add_up_to_what_it_kept(rows):
    payments = payments_frame(rows)
    before = payments.copy(deep=True)

    found = transactions(payments)

    kept = {}
    for imp_uid, amount in zip(found["imp_uid"], found["amount"], strict=True):
        kept[imp_uid] = kept.get(imp_uid, 0) + amount
    net = {row.imp_uid: row.amount - row.cancel_amount for row in payments.itertuples(index=False)}
    assert all(amount == net[imp_uid] for imp_uid, amount in kept.items())
    paid = payments[(payments["status"] == "paid") & (payments["amount"] > 0)]
    assert set(paid["imp_uid"]) <= set(kept)
    assert not found["transaction_id"].duplicated().any()
    pd.testing.assert_frame_equal(payments, before)


def test_only_what_moved_in_a_period_is_listed_when_one_is_asked_for(payments_of):
    payments = payments_of("""
        imp_uid | merchant_uid | amount | cancel_amount | status    | paid_at          | cancelled_at
        i1      | o1           | 10,000 | 10,000        | cancelled | 2022-10-31 23:59 | 2022-11-01 00:00
        i2      | o2           | 20,000 | 0             | paid      | 2022-11-30 23:59 |
    """)

    november = jr.transactions(payments, "2022-11")

    assert november[["merchant_uid", "amount"]].values.tolist() == [["o1", -10_000], ["o2", 20_000]]
    assert jr.transactions(payments)["amount"].tolist() == [10_000, -10_000, 20_000]


def test_a_pull_of_events_is_compared_inside_its_period(payments_of, ledger_of):
    payments = payments_of("""
        imp_uid | merchant_uid | amount | cancel_amount | status    | paid_at          | cancelled_at
        i1      | o1           | 10,000 | 10,000        | cancelled | 2022-10-31 12:00 | 2022-11-02 12:00
    """)
    payments.attrs["pull"] = {"verdict": "COMPLETE", "basis": "events", "period": "2022-11"}
    ledger = ledger_of("merchant_uid | kind | amount | paid_on\n o1 | cancel | 10,000 | 2022-11-02")

    result = jr.reconcile(payments, ledger, jr.TRANSACTIONS_TO_LEDGER)

    assert result.breaks.empty
    assert result.conclusion.verdict == "reconciled"
