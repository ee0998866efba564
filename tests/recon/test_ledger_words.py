"""Words of a ledger: kinds of lines, and how buyers were paid back."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest

import jtnet_recon as jr
from jtnet_recon.recon.match import reconcile
from jtnet_recon.recon.rules import TRANSACTIONS_TO_LEDGER

REFUNDED = """
imp_uid | merchant_uid | amount | cancel_amount | status    | paid_at          | cancelled_at
i1      | o1           | 10,000 | 3,000         | cancelled | 2022-11-07 10:00 | 2022-11-09 10:00
"""
LINES = """
merchant_uid | kind   | amount | paid_on
o1           | {sale} | 10,000 | 2022-11-07
o1           | {back} | 3,000  | 2022-11-09
"""


@pytest.mark.parametrize("back", ["환불", "취소", "부분취소", "refund", " Cancel "])
def test_a_line_whose_kind_is_a_refund_is_one_whatever_its_sign(back, payments_of, ledger_of):
    ledger = ledger_of(LINES.format(sale="매출", back=back)).assign(
        kind=pd.Series(["매출", back], dtype="str")
    )

    result = reconcile(payments_of(REFUNDED), ledger)

    assert result.breaks.empty
    assert result.control_totals.set_index("side")["net"].to_dict() == {
        "payments": 7_000,
        "ledger": 7_000,
    }
    assert result.ledger["amount"].tolist() == [10_000, -3_000]
    assert ledger["amount"].tolist() == [10_000, 3_000]
    assert "matched" in str(jr.reconcile(payments_of(REFUNDED), ledger).explain("o1"))


def test_large_inputs_read_the_kinds_as_frames_do(payments_of, ledger_of, tmp_path):
    payments, ledger = payments_of(REFUNDED), ledger_of(LINES.format(sale="매출", back="환불"))
    flat = payments.dropna(axis=1, how="all")
    arrow = pa.Table.from_pandas(ledger.dropna(axis=1, how="all"), preserve_index=False)
    path = tmp_path / "ledger.parquet"
    ledger.dropna(axis=1, how="all").to_parquet(path)

    whole, table, file = (reconcile(flat, source) for source in (ledger, arrow, path))

    assert whole.breaks.empty
    assert whole.digest == table.digest == file.digest


def test_a_line_that_states_its_own_cancel_says_both_by_itself(payments_of, ledger_of):
    result = reconcile(
        payments_of(REFUNDED),
        ledger_of(
            "merchant_uid | kind | amount | cancel_amount | paid_on\n"
            "o1 | 부분취소 | 10,000 | 3,000 | 2022-11-07"
        ),
    )

    assert result.breaks.empty


PAID = """
imp_uid | merchant_uid | amount | status | pay_method | paid_at
i1      | o1           | 10,000 | paid   | {method}   | 2022-11-07 10:00
"""


@pytest.mark.parametrize(
    ("method", "word", "code"),
    [
        ("card", "카드 취소", "C02"),
        ("card", "신용카드 취소", "C02"),
        ("card", "체크카드", "C02"),
        ("card", "카카오페이", "C02"),
        ("card", "PG 취소", "C02"),
        ("card", "PG", "C02"),
        ("trans", "계좌이체", "C02"),
        ("trans", "실시간 계좌이체", "C02"),
        ("phone", "휴대폰", "C02"),
        ("card", "계좌이체", "C13"),
        ("vbank", "계좌이체", "C13"),
        ("card", "현금", "C13"),
        ("card", "무통장 입금", "C13"),
        ("trans", "신용카드", "C13"),
    ],
)
def test_a_refund_by_the_payments_own_way_is_a_cancel_that_was_not_made(
    method, word, code, payments_of, ledger_of
):
    result = reconcile(
        payments_of(PAID.format(method=method)),
        ledger_of(
            "merchant_uid | amount | cancel_amount | paid_on | refund_method\n"
            f"o1 | 10,000 | 10,000 | 2022-11-07 | {word}"
        ),
    )

    assert result.breaks["code"].tolist() == [code]


@pytest.mark.parametrize("method", ["card", "trans"])
def test_one_refund_by_another_way_is_enough(method, payments_of, ledger_of):
    result = reconcile(
        payments_of(PAID.format(method=method)),
        ledger_of(
            "merchant_uid | amount | cancel_amount | paid_on | refund_method\n"
            "o1 | 10,000 | 3,000 | 2022-11-07 | 카드\n"
            "o1 | -2,000 | 0 | 2022-11-08 | 계좌이체"
        ),
    )

    assert result.breaks["code"].tolist() == ["C13"]


def test_a_refund_that_is_only_asked_for_waits_under_a_rule_of_entries_too(payments_of, ledger_of):
    result = jr.reconcile(
        payments_of(PAID.format(method="card")),
        ledger_of(
            "merchant_uid | kind | amount | status | paid_on\n"
            "o1 | approval | 10,000 | paid | 2022-11-07\n"
            "o1 | cancel | 4,000 | cancel_requested | 2022-11-08"
        ),
        TRANSACTIONS_TO_LEDGER,
    )

    assert result.breaks["code"].tolist() == ["C08"]
    assert result.bridge.loc[result.bridge["step"] == "unexplained", "amount"].tolist() == [0]
    assert "C08" in str(result.explain("o1"))
    assert "C08" in str(result.explain("o1", lang="ko"))
