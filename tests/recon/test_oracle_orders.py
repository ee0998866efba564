"""A second opinion on the rule of orders: slow and obvious Python over dicts, no engine.

What it knows of the package is the tables and what the README promises: what a payment and a line
move is told here again from their columns, order by order, and held against the items.
"""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import replace

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import jtnet_recon as jr
from jtnet_recon.errors import ConfigError, TableError
from jtnet_recon.recon.explain import explain
from jtnet_recon.recon.match import reconcile
from jtnet_recon.recon.rules import (
    PAYMENTS_TO_LEDGER,
    TRANSACTIONS_TO_LEDGER,
    Normaliser,
    Tolerance,
)
from jtnet_recon.tables import LEDGER, PAYMENTS, conform

EXAMPLES = 200 if os.environ.get("CI") else 40
PAID = pd.Timestamp("2022-11-07 12:00", tz="Asia/Seoul")
KEYS = st.sampled_from([None, "", "o1", "o1", "o2", "주문/2", "O1"])
CURRENCIES = st.sampled_from(["KRW", "KRW", "KRW", "USD"])
AMOUNTS = st.sampled_from([0, 100, 100, 200, 300, 1_000])
FIGURES = "rows amount cancel net idle".split()


@st.composite
def payment(draw):
    """Draw a payment of few orders and amounts, cancelled in one, two or three parts, or not."""
    amount = draw(AMOUNTS)
    cancel = draw(st.sampled_from([0, 0, 0, amount, amount // 2, amount + 5]))
    parts = [
        [cancel],
        [cancel // 2, cancel - cancel // 2],
        [cancel // 4, cancel // 4, cancel - cancel // 4 * 2],
    ]
    return {
        "merchant_uid": draw(KEYS),
        "currency": draw(CURRENCIES),
        "amount": amount,
        "cancel_amount": cancel,
        "status": draw(st.sampled_from(["paid", "paid", "cancelled", "failed", "ready", "other"])),
        "is_paid": draw(st.sampled_from([True, True, True, False])),
        "pg_id": draw(st.sampled_from(["shopjt001m", "shopjt001m", "tpaytest0m"])),
        "cancel_history": draw(st.sampled_from([None, *parts])) if cancel else None,
    }


@st.composite
def line(draw):
    """Draw a line: a sale, a refund by sign or by kind, an order not paid, a refund asked for."""
    amount = draw(AMOUNTS)
    return {
        "merchant_uid": draw(KEYS),
        "currency": draw(st.sampled_from(["KRW", "KRW", "USD", None])),
        "amount": draw(st.sampled_from([amount, amount, amount, -amount])),
        "cancel_amount": draw(st.sampled_from([0, 0, 0, amount, amount // 2])),
        "status": draw(
            st.sampled_from([None, "paid", "cancelled", "failed", "ready", "cancel_requested"])
        ),
        "kind": draw(st.sampled_from([None, None, "매출", "환불", "기타"])),
    }


def payments_frame(rows):
    """Lay payments out."""
    plain = [{name: row[name] for name in row if name != "is_paid"} for row in rows]
    frame = pd.DataFrame(plain, columns=[*_PAYMENT])
    frame.insert(0, "imp_uid", [f"imp_{place}" for place in range(len(rows))])
    frame["paid_at"] = pd.Series(
        [PAID if row["is_paid"] else None for row in rows], dtype="datetime64[us, Asia/Seoul]"
    )
    frame["cancel_history"] = pd.Series(
        [
            None if (h := row["cancel_history"]) is None else [{"amount": part} for part in h]
            for row in rows
        ],
        dtype="object",
    )
    return conform(
        frame.astype(dict.fromkeys(("amount", "cancel_amount"), "int64")), PAYMENTS, fill=False
    )


def ledger_frame(rows):
    """Lay lines out."""
    frame = pd.DataFrame(rows, columns=[*_LINE])
    return conform(
        frame.astype(dict.fromkeys(("amount", "cancel_amount"), "int64")), LEDGER, fill=False
    )


_PAYMENT = "merchant_uid currency amount cancel_amount status pg_id cancel_history".split()
_LINE = "merchant_uid currency amount cancel_amount status kind".split()


# ---- the oracle: what each row moves


def is_approved(row):
    """Whether money moved; never by the status alone."""
    if row["status"] == "paid":
        return True
    if row["status"] == "cancelled":
        return row["is_paid"] or row["cancel_amount"] < row["amount"]
    return row["status"] == "other" and row["is_paid"]


def moved_by_payment(row):
    """Its figures: amount, cancelled, and what stands idle."""
    if is_approved(row):
        return row["amount"], row["cancel_amount"], 0
    return 0, 0, row["amount"]


def moved_by_line(row):
    """Its figures; a line of a refund is below 0, and one of an order not paid is idle."""
    amount, cancel = row["amount"], row["cancel_amount"]
    if amount > 0 and not cancel and row["kind"] == "환불":
        amount = -amount
    if row["status"] in ("failed", "ready"):
        return 0, 0, amount
    if row["status"] == "cancel_requested":
        return max(amount, 0), 0, 0
    if amount < 0:
        return 0, -amount + cancel, 0
    if row["status"] == "cancelled" and not cancel:
        return amount, amount, 0
    return amount, cancel, 0


def orders_of(payments, lines):
    """Add up each order by its id and currency; a row without an id is an order of its own."""
    orders = defaultdict(lambda: {"payments": [0] * 5, "ledger": [0] * 5})
    for side, rows, moved in (
        ("payments", payments, moved_by_payment),
        ("ledger", lines, moved_by_line),
    ):
        for place, row in enumerate(rows):
            key = row["merchant_uid"] or (side, place)
            amount, cancel, idle = moved(row)
            figures = orders[key, row["currency"] or "KRW"][side]
            for number, more in enumerate((1, amount, cancel, amount - cancel, idle)):
                figures[number] += more
    return orders


def told(orders):
    """Every order's figures, sorted; ids of rows without one are empty."""
    return sorted(
        (key if isinstance(key, str) else "", currency, *sides["payments"], *sides["ledger"])
        for (key, currency), sides in orders.items()
    )


def told_by(items):
    """The same of the items."""
    names = [f"{figure}_{side}" for side in ("payments", "ledger") for figure in FIGURES]
    keys = zip(items["merchant_uid"].fillna(""), items["currency"], strict=True)
    return sorted((*key, *row) for key, row in zip(keys, items[names].values.tolist(), strict=True))


# ---- what must hold

TOLERANCES = st.sampled_from([Tolerance(), Tolerance(amount=100), Tolerance(amount=5, budget=4)])


@given(st.lists(payment(), max_size=8), st.lists(line(), max_size=8), TOLERANCES)
@settings(max_examples=EXAMPLES)
def test_the_items_are_the_orders_that_plain_adding_up_finds(payments, lines, tolerance):
    rule = replace(PAYMENTS_TO_LEDGER, tolerance=tolerance)

    result = reconcile(payments_frame(payments), ledger_frame(lines), rule)

    orders, items = orders_of(payments, lines), result.items
    assert told_by(items) == told(orders)
    check_bridge(result, orders)
    check_outcomes(items, payments, tolerance)
    check_tolerances(result)


def check_bridge(result, orders):
    """The bridge starts at what the books add up to and ends at what the payments do."""
    for currency in {currency for _, currency in orders}:
        steps = result.bridge[result.bridge["currency"] == currency]
        ends = [
            sum(sides[side][3] for (_, other), sides in orders.items() if other == currency)
            for side in ("ledger", "payments")
        ]
        assert steps["amount"].iloc[[0, -1]].tolist() == ends
        assert steps["amount"].iloc[1:-1].sum() == ends[1] - ends[0]
        assert steps.loc[steps["step"] == "unexplained", "amount"].tolist() == [0]


def check_outcomes(items, payments, tolerance):
    """What is matched agrees; what differs, is missing or has no id is said to."""
    assert (items["money_at_risk"] >= 0).all()
    assert (items["difference"] == items["net_ledger"] - items["net_payments"]).all()
    matched = items[items["outcome"] == "matched"]
    assert (matched["difference"] == 0).all()
    assert matched["merchant_uid"].notna().all()
    assert (items.loc[items["merchant_uid"].isna(), "code"] == "X05").all()
    is_apart = (items["difference"] != 0) & (items["excluded_as"] != "test payment")
    assert items.loc[is_apart, "code"].notna().all()
    if any(row["pg_id"] == "tpaytest0m" for row in payments):
        return
    assert not (items["excluded_as"] == "test payment").any()
    gaps = items[items["code"] == "P04"]
    assert (gaps["money_at_risk"] <= 2 * tolerance.amount).all()


def check_tolerances(result):
    """What the tolerance took is what the P04 among the breaks are worth."""
    budget = result.rule.tolerance.budget
    used = result.tolerances.query("tolerance == 'amount'")
    is_over = budget is not None and bool((used["amount"] > budget).any())
    assert ("X08" in set(result.breaks["code"])) == is_over
    held = result.breaks["code"].eq("P04") | result.breaks["secondary"].str.contains("P04")
    assert used["times"].sum() == held.sum()


@given(st.lists(payment(), max_size=8), st.lists(line(), max_size=8))
@settings(max_examples=EXAMPLES // 4)
def test_arrow_tables_and_a_limit_of_memory_change_nothing(payments, lines):
    first, second = payments_frame(payments).drop(columns="cancel_history"), ledger_frame(lines)

    result = reconcile(
        *(pa.Table.from_pandas(frame, preserve_index=False) for frame in (first, second)),
        memory_limit="300MB",
    )

    whole = reconcile(first, second)
    assert result.digest == whole.digest
    assert result.breaks["finding_ko"].tolist() == whole.breaks["finding_ko"].tolist()


@pytest.mark.parametrize("parts", [[300], [100, 200], [100, 100, 100], [40, 60, 50, 150]])
@pytest.mark.parametrize("booked", [[300], [100, 200], [150, 150], [100, 100, 100]])
def test_partial_cancels_booked_in_any_parts_are_matched(parts, booked):
    paid = {"merchant_uid": "o1", "currency": "KRW", "amount": 1_000, "cancel_amount": 300,
            "status": "cancelled", "is_paid": True, "pg_id": "shopjt001m", "cancel_history": parts}  # fmt: skip
    sale = {"merchant_uid": "o1", "currency": "KRW", "amount": 1_000, "cancel_amount": 0,
            "status": None, "kind": "매출"}  # fmt: skip
    refunds = [sale | {"amount": part, "kind": "환불"} for part in booked]

    for rule in (PAYMENTS_TO_LEDGER, TRANSACTIONS_TO_LEDGER):
        result = reconcile(payments_frame([paid]), ledger_frame([sale, *refunds]), rule)

        assert result.breaks.empty


@pytest.mark.parametrize("parts", [[300], [100, 200], [100, 100, 100]])
def test_partial_cancels_of_which_half_is_booked_leave_the_other_half(parts):
    paid = {"merchant_uid": "o1", "currency": "KRW", "amount": 1_000, "cancel_amount": 300,
            "status": "cancelled", "is_paid": True, "pg_id": "shopjt001m", "cancel_history": parts}  # fmt: skip
    sale = {"merchant_uid": "o1", "currency": "KRW", "amount": 1_000, "cancel_amount": 0,
            "status": None, "kind": "매출"}  # fmt: skip
    refund = sale | {"amount": 100, "kind": "환불"}

    for rule in (PAYMENTS_TO_LEDGER, TRANSACTIONS_TO_LEDGER):
        result = reconcile(payments_frame([paid]), ledger_frame([sale, refund]), rule)

        assert result.breaks["difference"].sum() == 200
        assert result.breaks["money_at_risk"].sum() >= 200


# ---- defects that this second opinion found


def test_a_tie_is_told_of_the_order_in_the_currency_of_the_line(payments_of, ledger_of):
    payments = payments_of("""imp_uid | merchant_uid | amount | currency | pg_tid
                              i1      | o1           | 100    | USD      | R
                              i2      | o2           | 100    | USD      | R
                              i3      | o1           | 5,000  | KRW      | Q""")
    ledger = ledger_of("""merchant_uid | amount | currency | pg_tid
                          x            | 100    | USD      | R""")

    found = reconcile(payments, ledger).breaks.set_index(["merchant_uid", "currency"])["code"]

    assert found.to_dict() == {
        ("o1", "KRW"): "P01",
        ("o1", "USD"): "P11",
        ("o2", "USD"): "P11",
        ("x", "USD"): "P11",
    }


@pytest.mark.parametrize("order", [[0, 1, 2], [0, 2, 1], [2, 1, 0]])
def test_a_refund_that_is_only_asked_for_waits_wherever_it_stands(order, payments_of, ledger_of):
    payments = payments_of("""imp_uid | merchant_uid | amount | cancel_amount | status    | cancel_history
                              i1      | o1           | 5,000  | 1,000         | cancelled | 400+600""")
    ledger = ledger_of("""merchant_uid | amount | status
                          o1           | 5,000  | paid
                          o1           | -1,000 | cancel_requested
                          o1           | -1,000 | paid""")

    result = reconcile(payments, ledger.iloc[order], TRANSACTIONS_TO_LEDGER)

    assert result.breaks["code"].tolist() == ["C08"]


@pytest.mark.parametrize("name", ["net", "cancel", "row", "code", "merchant_uid_before"])
def test_a_later_run_tells_what_changed_beside_columns_of_any_name(name, payments_of, ledger_of):
    runs = [
        payments_of(f"""imp_uid | merchant_uid | amount | status | cancel_amount
                        i1      | o1           | 800    | {status} | {cancel}""").assign(
            **{name: 1}
        )
        for status, cancel in (("cancelled", 800), ("paid", 0))
    ]
    ledger = ledger_of("""merchant_uid | amount
                          o1           | 800""")

    later = jr.reconcile(runs[1], ledger, previous=jr.reconcile(runs[0], ledger))

    assert later.breaks["code"].tolist() == ["C09"]
    assert later.breaks.columns.is_unique


def test_breaks_are_planted_on_ids_that_are_breaks_of_their_own_only_where_they_are_none(
    payments_of,
):
    rows = "\n".join(f"i{n} | o{n} | {3_000 + n * 10}" for n in range(6))
    ids = ["", " ", "6.12E+15", "éé1", "o4", "o5"]
    payments = payments_of(f"imp_uid | merchant_uid | amount\n{rows}").assign(merchant_uid=ids)

    test = jr.plant(payments, ["P01", "P02"], seed=3)

    result = reconcile(test.payments, test.ledger, test.rule, as_of=test.as_of)
    assert test.left_out == 4
    assert sorted(result.breaks["code"]) == sorted(test.answers["code"]) == ["P01", "P02"]


def test_a_sale_on_two_lines_of_which_one_is_late_is_off_its_day(payments_of, ledger_of):
    payments = payments_of("""imp_uid | merchant_uid | amount
                              i1      | o1           | 1,000""")
    for late, code in (("2022-11-07", None), ("2022-12-09", "P13")):
        ledger = ledger_of(f"""merchant_uid | amount | paid_on
                               o1           | 500    | 2022-11-07
                               o1           | 500    | {late}""")
        for rule in (PAYMENTS_TO_LEDGER, TRANSACTIONS_TO_LEDGER):
            for books in (ledger, ledger.iloc[::-1]):
                breaks = reconcile(payments, books, rule).breaks

                assert breaks["code"].tolist() == ([] if code is None else [code])
                assert all(late in finding for finding in breaks["finding"])


@pytest.mark.parametrize(
    "rule", [PAYMENTS_TO_LEDGER, TRANSACTIONS_TO_LEDGER], ids=["orders", "entries"]
)
def test_a_payment_that_stands_twice_is_refused_and_not_called_a_second_charge(
    rule, payments_of, ledger_of
):
    payments = payments_of("""imp_uid | merchant_uid | amount
                              i1      | o1           | 1,000
                              i2      | o2           | 2,000
                              i1      | o1           | 1,000""")
    ledger = ledger_of("""merchant_uid | amount
                          o1           | 1,000
                          o2           | 2,000""")

    with pytest.raises(TableError, match=r"'i1.*' stands twice") as caught:
        reconcile(payments, ledger, rule)

    assert "keep='last'" in caught.value.hint
    assert reconcile(payments.drop_duplicates("imp_uid", keep="last"), ledger, rule).breaks.empty


@pytest.mark.parametrize("name", ["amount", "days", "minutes", "midnight_minutes", "budget"])
@pytest.mark.parametrize("value", [-1, 0.5, True, "10"])
def test_a_tolerance_below_nothing_or_of_a_fraction_is_refused(name, value):
    with pytest.raises(ConfigError, match=f"{name}={value!r}"):
        Tolerance(**{name: value})


def test_a_suffix_that_is_no_regular_expression_is_refused_when_the_rule_is_written():
    with pytest.raises(ConfigError, match=r"suffix '\(sf' is no regular expression"):
        Normaliser(suffixes=("(sf",))


def test_a_payment_that_its_reference_found_is_not_sought_by_its_zeros_again(
    payments_of, ledger_of
):
    payments = payments_of("""imp_uid | merchant_uid | amount | pg_tid
                              i1      | 0012         | 1,000  | R""")
    ledger = ledger_of("""merchant_uid | amount | pg_tid
                                       | 1,000  | R
                          12           | 1,000  | """)

    result = reconcile(payments, ledger)

    found = result.items.set_index("merchant_uid")
    assert found.loc["0012", ["rows_ledger", "matched_by"]].tolist() == [1, "pg_tid"]
    assert explain(result, "0012").ledger.index.tolist() == [0]
    assert explain(result, "12", lang="ko").ledger.index.tolist() == [1]


def test_cancels_of_one_id_are_rows_of_their_own_and_no_repeated_payment():
    paid = {"merchant_uid": "o1", "currency": "KRW", "amount": 1_000, "cancel_amount": 300,
            "status": "cancelled", "is_paid": True, "pg_id": "shopjt001m",
            "cancel_history": [100, 100, 100]}  # fmt: skip
    payments = payments_frame([paid])
    for entry, label in zip(payments["cancel_history"].iloc[0], ["c", "c", None], strict=True):
        entry["cancellation_id"] = label

    moved = jr.transactions(payments)

    assert moved["transaction_id"].is_unique
    assert moved["amount"].sum() == 700
    refunds = [{**_SALE, "amount": 100, "kind": "환불"}] * 3
    assert reconcile(payments, ledger_frame([_SALE, *refunds]), TRANSACTIONS_TO_LEDGER).breaks.empty


_SALE = {"merchant_uid": "o1", "currency": "KRW", "amount": 1_000, "cancel_amount": 0,
         "status": None, "kind": "매출"}  # fmt: skip
