"""The store keeps what it is given, as it was given."""

from __future__ import annotations

import pandas as pd

import jtnet_recon as jr


def test_a_run_is_kept_once_and_listed(tmp_path, payments_of, ledger_of):
    payments = payments_of("imp_uid | merchant_uid | amount\n i1 | o1 | 14,000")
    result = jr.reconcile(payments, ledger_of("merchant_uid | amount\n o1 | 13,000"))
    store = jr.Store(tmp_path / "store")

    first = store.save_run(result, job="daily", period="2022-11-07")
    again = store.save_run(result, job="daily", period="2022-11-07")

    assert (first, again) == (1, 1)
    assert store.runs()[["run_id", "job", "period", "money_at_risk"]].to_numpy().tolist() == [
        [1, "daily", "2022-11-07..2022-11-07", "1,000 KRW"]
    ]


def test_payments_come_back_as_they_were(tmp_path, payments_of):
    payments = payments_of("imp_uid | merchant_uid | amount\n i1 | o1 | 14,000")
    payments.attrs["pull"] = {"verdict": "COMPLETE", "period": "2022-11-07..2022-11-07"}
    store = jr.Store(tmp_path / "store")

    pull_id = store.save_pull(payments)

    kept = store.pull(pull_id).payments
    assert kept.attrs == payments.attrs
    pd.testing.assert_frame_equal(kept[payments.columns], payments)
