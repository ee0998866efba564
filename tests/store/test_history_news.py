"""What changed in the books, and how news of either side is told beside the breaks."""

from __future__ import annotations

import pandas as pd
import pytest
from history_lines import BOOKED, HEAD, OPEN, PAID

import jtnet_recon as jr
from jtnet_recon.recon.ledger_changes import ledger_changes
from jtnet_recon.recon.snapshots import payment_changes
from jtnet_recon.tables import LEDGER

LEDGER_CASES = [
    ("the same lines in another order", BOOKED + "\n o2 | 5 | 0 | 2022-11-08",
     "merchant_uid | amount | cancel_amount | paid_on\n o2 | 5 | 0 | 2022-11-08\n o1 | 14,000 | 0 | 2022-11-07",
     []),
    ("X02 an amount edited after the close", BOOKED, BOOKED.replace("14,000", "12,000"),
     [("o1", "changed", "lines edited", "X02", 2_000)]),
    ("X02 a line added with an earlier date", BOOKED, BOOKED + "\n o1 | 700 | 0 | 2022-11-30",
     [("o1", "changed", "lines added", "X02", 700)]),
    ("X02 an order deleted", BOOKED + "\n o2 | 5 | 0 | 2022-11-08", BOOKED,
     [("o2", "vanished", "lines removed", "X02", 5)]),
    ("an order booked in the next month is no back-dated one", BOOKED,
     BOOKED + "\n o2 | 5 | 0 | 2022-12-01", [("o2", "new", "lines added", "", 0)]),
    ("X02 a day moved: the amount is the same", BOOKED, BOOKED.replace("11-07", "11-06"),
     [("o1", "changed", "lines edited", "X02", 0)]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [case[1:] for case in LEDGER_CASES],
    ids=[case[0] for case in LEDGER_CASES],
)
def test_edits_of_a_closed_ledger_are_found(ledger_of, before, after, expected):
    changes = ledger_changes(
        ledger_of(before),
        ledger_of(after),
        is_closed=True,
        is_same_period=True,
        ends_on=pd.Timestamp("2022-11-30"),
        expected=set(),
    )

    found = changes[["merchant_uid", "change", "what", "code", "money_at_risk"]]
    assert list(found.itertuples(index=False, name=None)) == expected


def test_a_correction_that_an_open_item_waited_for_is_no_drift(pull_of, ledger_of):
    payments = pull_of(PAID)
    first = jr.reconcile(payments, ledger_of(BOOKED.replace("14,000", "13,000")))

    second = jr.reconcile(payments, ledger_of(BOOKED), previous=first)

    assert second.history.changes.ledger["code"].tolist() == [""]
    assert second.breaks.empty
    assert second.agrees


def test_a_ledger_of_an_open_month_may_change(pull_of, ledger_of):
    payments = pull_of(PAID, **OPEN)
    first = jr.reconcile(payments, ledger_of(BOOKED))

    second = jr.reconcile(
        payments, ledger_of(BOOKED + "\n o1 | 1 | 1 | 2022-11-08"), previous=first
    )

    assert second.history.changes.ledger["code"].tolist() == [""]


def test_news_are_breaks_that_move_no_total_and_count_money_once(pull_of, ledger_of):
    first = jr.reconcile(pull_of(PAID), ledger_of(BOOKED))
    cancelled = pull_of(HEAD + "i1 | o1 | 14,000 | 4,000 | cancelled | KRW | 2022-11-07 12:00")

    unbooked = jr.reconcile(cancelled, ledger_of(BOOKED), previous=first)
    booked = jr.reconcile(
        cancelled, ledger_of(BOOKED.replace("14,000 | 0", "14,000 | 4,000")), previous=first
    )

    columns = ["code", "kind", "difference", "money_at_risk"]
    assert unbooked.breaks[columns].to_numpy().tolist() == [
        ["C01", "order", 4_000, 4_000],
        ["X02", "snapshot", 0, 0],
    ]
    news = booked.breaks[booked.breaks["reasons"].str.startswith("status")]
    assert news[columns].to_numpy().tolist() == [["X02", "snapshot", 0, 4_000]]
    assert news["finding"].tolist() == [
        (
            "PG, a closed period, changed since the earlier run (pulled 2022-12-05 09:00 KST): "
            "cancelled later; net 14,000 KRW became 10,000 KRW."
        )
    ]
    assert news["finding_ko"].tolist() == [
        (
            "이전 실행 (수집 2022-12-05 09:00 KST) 이후 마감 기간의 PG 변동: 이후 취소. "
            "순액 14,000 KRW → 10,000 KRW."
        )
    ]
    assert booked.totals.equals(jr.reconcile(cancelled, booked.ledger).totals)
    assert booked.digest == jr.reconcile(cancelled, booked.ledger).digest


SINCE = "the earlier run (pulled 2022-12-05 09:00 KST)"
NEWS = {
    "C09": (
        "i1 | o1 | 14,000 | 4,000 | cancelled | KRW | 2022-11-07 12:00",
        "i1 | o1 | 14,000 | 0 | paid | KRW | 2022-11-07 12:00",
        f"At {SINCE} 4,000 KRW was cancelled; now 0 KRW is, status paid.",
    ),
    "P06": (
        "i1 | o1 | 14,000 | 0 | failed | KRW |",
        "i1 | o1 | 14,000 | 0 | paid | KRW | 2022-11-07 12:00",
        f"At {SINCE} the payment had failed; now it is approved, 2022-11-07 12:00:00: 14,000 KRW.",
    ),
    "X02": (
        "i1 | o1 | 14,000 | 0 | paid | KRW | 2022-11-07 12:00",
        "i1 | o1 | 14,000 | 0 | paid | USD | 2022-11-07 12:00",
        f"PG, a closed period, changed since {SINCE}: currency changed; net 14,000 KRW became 140.00 USD.",
    ),
}


@pytest.mark.parametrize("code", NEWS)
def test_news_say_what_was_and_what_is(pull_of, ledger_of, code):
    before, after, finding = NEWS[code]
    first = jr.reconcile(pull_of(HEAD + before), ledger_of(BOOKED))

    second = jr.reconcile(pull_of(HEAD + after), ledger_of(BOOKED), previous=first)

    news = second.breaks[second.breaks["kind"] == "snapshot"]
    assert news[["code", "finding", "imp_uid"]].to_numpy().tolist() == [[code, finding, "i1"]]
    assert news["status_payments"].tolist() == ["paid"]


def test_a_late_approval_that_the_payment_itself_tells_of_is_told_once(pull_of, ledger_of):
    failed = pull_of(HEAD + "i1 | o1 | 14,000 | 0 | failed | KRW |")
    head = HEAD.strip() + " | failed_at\n"
    paid = pull_of(head + "i1 | o1 | 14,000 | 0 | paid | KRW | 2022-11-07 12:00 | 2022-11-07 11:00")
    nothing = ledger_of("merchant_uid | amount")

    second = jr.reconcile(paid, nothing, previous=jr.reconcile(failed, nothing))

    assert second.breaks[["code", "kind"]].to_numpy().tolist() == [["P06", "order"]]


def test_what_cannot_be_compared_is_said(tmp_path, pull_of, ledger_of):
    """Payments given as a file stay in the engine: the result carries only those that differ."""
    payments = pull_of(PAID + "\n i2 | o2 | 5 | 0 | paid | KRW | 2022-11-08 12:00")
    path = tmp_path / "payments.parquet"
    jr.write_payments(payments, path)
    first = jr.reconcile(payments, ledger_of(BOOKED))

    second = jr.reconcile(path, ledger_of(BOOKED), previous=first)

    assert second.history.changes.payments is None
    assert "payments not compared (not all are known)" in second.history.changes.text
    control = second.controls.set_index("control").loc["previous"]
    assert (control["state"], control["passed"]) == ("unknown", True)


def test_a_comparison_with_an_earlier_run_is_reported(tmp_path, pull_of, ledger_of):
    first = jr.reconcile(pull_of(PAID), ledger_of(BOOKED))
    second = jr.reconcile(
        pull_of(HEAD + "i1 | o1 | 14,000 | 4,000 | cancelled | KRW | 2022-11-07 12:00"),
        ledger_of(BOOKED),
        previous=first,
    )

    page = second.to_html(tmp_path / "second.html").read_text(encoding="utf-8")

    assert "Snapshot drift" in page
    assert "cancelled later; net 14,000 KRW became 10,000 KRW" in page
    assert "C01 holds" in str(second.explain("o1"))


def test_a_payment_without_an_id_is_compared_by_place(payments_of):
    text = "imp_uid | merchant_uid | amount\n | o1 | 100\n | o2 | 200"

    changes = payment_changes(
        payments_of(text), payments_of(text.replace("200", "250")), is_closed=True
    )

    assert changes["net_change"].tolist() == [50]
    assert changes["imp_uid"].isna().all()


def test_ledgers_without_a_currency_are_compared_in_won(pull_of, table):
    payments = pull_of(PAID)
    ledgers = [
        table(LEDGER, f"merchant_uid | amount\n o1 | {amount}").drop(columns="currency")
        for amount in ("14,000", "14,500")
    ]
    first = jr.reconcile(payments, ledgers[0])

    second = jr.reconcile(payments, ledgers[1], previous=first)

    ledger = second.history.changes.ledger
    assert ledger[["currency", "net_change", "code"]].to_numpy().tolist() == [["KRW", 500, "X02"]]


def test_without_a_certificate_a_period_counts_as_closed(payments_of, ledger_of):
    """Better a change too many to look at than one that nobody sees."""
    first = jr.reconcile(payments_of(PAID), ledger_of(BOOKED))

    second = jr.reconcile(
        payments_of(PAID.replace("14,000", "15,000")),
        ledger_of(BOOKED.replace("14,000 | 0 | 2022-11-07", "15,000 | 0 | 2024-01-01")),
        previous=first,
    )

    assert second.history.changes.payments["code"].tolist() == ["X02"]
    assert second.history.changes.ledger["code"].tolist() == ["X02"]
    assert second.history.changes.text.startswith("From the earlier run to this run: 1 payments")
    assert repr(second.history.changes) == f"<Changes: {second.history.changes.text}>"


def test_news_of_the_ledger_alone_need_no_payments(tmp_path, pull_of, ledger_of):
    """Of inputs as files the result may know no payment at all."""
    path = tmp_path / "payments.parquet"
    jr.write_payments(pull_of(PAID + "\n i2 | o2 | 5 | 0 | paid | KRW | 2022-11-08 12:00"), path)
    ledgers = [ledger_of(BOOKED + f"\n o2 | {amount} | 0 | 2022-11-08") for amount in (5, 6)]

    second = jr.reconcile(path, ledgers[1], previous=jr.reconcile(path, ledgers[0]))

    news = second.breaks[second.breaks["kind"] == "snapshot"]
    assert news[["code", "merchant_uid", "money_at_risk"]].to_numpy().tolist() == [["X02", "o2", 0]]
    assert news["imp_uid"].isna().all()
