"""A table of the user's own may call its columns what it likes, and hold what it likes in them."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from jtnet_recon.errors import ConfigError, TableError
from jtnet_recon.recon.explain import explain
from jtnet_recon.recon.match import reconcile
from jtnet_recon.recon.rules import PAYMENTS_TO_LEDGER, Normaliser, Rule

TAKEN = (
    "row key cancel paid_us failed_us due_us has_account is_money plain is_minor day state refund "
    "day_us refunded_us prepared earlier later double_of linked_by damaged code outcome item row_p "
    "net difference is_cancel stated at_s is_idle is_test requests flag r k m h first second wanted "
    "approved history deposits lone Amount STATUS Merchant_uid x_payments x_ledger own_net order"
).split()
FILLINGS = {
    "words": ["failed", "cancelled", "true"],
    "numbers": [2, 0, 1],
    "flags": [True, False, True],
    "spans": pd.to_timedelta(["1h", "2h", "3h"]),
    "months": pd.PeriodIndex(["2022-11"] * 3, freq="M"),
    "choices": pd.Categorical(["a", "b", "a"]),
    "complex": [1j, 2j, 3j],
    "sparse": pd.arrays.SparseArray([0, 1, 0]),
}


@pytest.fixture(scope="module")
def month(payments_of, ledger_of):
    """Three orders, of which one agrees, one differs and one is missing, and a line too many."""
    return (
        payments_of("""imp_uid | merchant_uid | amount
                       i1      | o1           | 14,000
                       i2      | o2           | 5,000
                       i3      | o3           | 7,000"""),
        ledger_of("""merchant_uid | amount | paid_on
                     o1           | 14,000 | 2022-11-07
                     o2           | 5,500  | 2022-11-07
                     o4           | 3,000  | 2022-11-07"""),
    )


@pytest.fixture(scope="module")
def found(month):
    """What the month's comparison finds."""
    return reconcile(*month)


@pytest.mark.parametrize("filling", FILLINGS)
def test_a_column_that_the_rule_does_not_know_changes_nothing_whatever_its_name(
    filling, month, found
):
    more = [frame.assign(**dict.fromkeys(TAKEN, FILLINGS[filling])) for frame in month]

    result = reconcile(*more)

    assert result.digest == found.digest
    assert result.breaks["finding"].tolist() == found.breaks["finding"].tolist()
    assert result.breaks.columns.is_unique
    assert {"state_ledger", "cancel_payments", "own_net_ledger"} <= set(result.breaks.columns)
    pd.testing.assert_frame_equal(
        more[0], month[0].assign(**dict.fromkeys(TAKEN, FILLINGS[filling]))
    )


def as_parquet(frame, folder):
    path = folder / f"{'payments' if 'imp_uid' in frame else 'books'}.parquet"
    frame.to_parquet(path)
    return path


FORMS = {
    "parquet": as_parquet,
    "arrow": lambda frame, _: pa.Table.from_pandas(frame, preserve_index=False),
    "relation": lambda frame, _: duckdb.connect().from_arrow(
        pa.Table.from_pandas(frame, preserve_index=False)
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_large_table_with_a_column_row_is_not_numbered_by_it(form, month, found, tmp_path):
    names = [name for name in TAKEN if name.islower()]
    more = [frame.assign(**{name: [2, 0, 1] for name in names}) for frame in month]

    result = reconcile(*(FORMS[form](frame, tmp_path) for frame in more), memory_limit="500MB")

    assert result.digest == found.digest
    assert result.payments.loc[[1, 2], ["imp_uid", "row"]].values.tolist() == [["i2", 0], ["i3", 1]]
    assert result.breaks["merchant_uid"].tolist() == found.breaks["merchant_uid"].tolist()
    assert "2" in str(explain(result, "o2"))


@pytest.mark.parametrize("form", FORMS)
def test_a_refund_by_its_kind_is_one_in_a_table_of_any_form(form, month, tmp_path):
    payments, books = month
    books = books.assign(kind=["매출", "매출", "환불"])

    result = reconcile(payments, FORMS[form](books, tmp_path))

    assert result.digest == reconcile(payments, books).digest
    assert result.breaks.query("merchant_uid == 'o4'")["difference"].tolist() == [-3_000]


# ---- the columns that a rule of two tables of one's own compares

FIRST = pd.DataFrame(
    {
        "key": ["a", "b", "c", "d", "e", "f"],
        "amount": [10, 20, 30, 40, 50, -60],
        "day": pd.to_datetime(["2022-11-07"] * 6),
        "currency": ["KRW"] * 6,
        "kind": ["sale"] * 5 + ["refund"],
        "reference": ["1", "2", "3", "4", "5", "6"],
    }
)
SECOND = FIRST.assign(
    key=["a", "b", "x", "d", "d", "f"],
    amount=[10, 21, 30, 20, 20, 60],
    reference=["1", "2", "3", "9", "8", "7"],
)
ROLES = list(FIRST.columns)


def own_rule(names):
    roles = dict(zip(ROLES, names, strict=True))
    return Rule("own", references=(roles.pop("reference"),), **roles)


def told(result, names):
    """The items, without the name of the reference."""
    items = result.items.replace({"matched_by": {names[-1]: "reference"}})
    return items.fillna("").astype(str).sort_values(list(items.columns)).values.tolist()


@pytest.mark.parametrize(
    "names",
    [
        "row key is_cancel day amount r".split(),
        "is_cancel row stated kind flag key".split(),
        "k is_cancel row damaged linked_by day".split(),
        "amount imp_uid key row currency at_s".split(),
        "currency transaction_id imp_uid is_cancel row linked_by".split(),
        "imp_uid at_s transaction_id links damaged row".split(),
        "is_idle requests is_test flag is_cancel approved".split(),
        ["주문 번호", 'say "when"', "a%b", "{x}", "it's", "select"],
    ],
    ids=str,
)
def test_what_a_rule_compares_may_have_any_name(names):
    first, second = (frame.set_axis(names, axis="columns") for frame in (FIRST, SECOND))

    result = reconcile(first, second, own_rule(names))

    assert told(result, names) == told(reconcile(FIRST, SECOND, own_rule(ROLES)), ROLES)
    for key in ("a", "b", "e"):
        english, korean = explain(result, key), explain(result, key, lang="ko")
        assert f"Key {key}: " in str(english)
        assert english._repr_html_()
        assert f"키 {key}: " in str(korean)
        assert korean._repr_html_()


def test_the_two_tables_may_have_any_name():
    rule = replace(own_rule(ROLES), sides=("{payouts}", "the bank's 100%"))

    result = reconcile(FIRST, SECOND, rule)

    sentences = " ".join(result.breaks["finding"])
    assert "{payouts}" in sentences
    assert "the bank's 100%" in sentences
    assert "{payouts}" in str(explain(result, "b", lang="ko"))


def test_a_reference_of_the_rules_own_finds_its_row():
    result = reconcile(FIRST, SECOND, own_rule(ROLES))

    found = result.items.set_index("merchant_uid").loc["c"]
    assert found[["outcome", "matched_by"]].tolist() == ["matched", "reference"]


def test_columns_that_differ_in_case_only_are_refused_where_the_rule_needs_both():
    names = ["k", "M", "D", "C", "K", "R"]
    frames = (FIRST.set_axis(names, axis="columns"), SECOND.set_axis(names, axis="columns"))

    with pytest.raises(ConfigError, match="'K' and 'k', which differ in case only"):
        reconcile(*frames, own_rule(names))


def test_a_reference_is_compared_as_text_where_one_side_holds_numbers(payments_of, ledger_of):
    payments = payments_of("""imp_uid | merchant_uid | amount
                              i1      | o1           | 1,000""")
    transactions = Rule("numbers", kind="kind", currency="currency", references=("no",))
    moved = payments.assign(kind="approval", transaction_id="t1", no=["0012"]).drop(
        columns=["status", "cancel_amount"]
    )
    books = ledger_of("""merchant_uid | amount
                         x1           | 1,000""").assign(no=np.array([12]))

    result = reconcile(moved, books, replace(transactions, suggest=None))

    assert sorted(result.breaks["code"]) == ["P01", "P02"]


# ---- what cannot be a key or an amount


@pytest.mark.parametrize("blank", ["", "  ", " \t"])
@pytest.mark.parametrize("form", ["frame", *FORMS])
def test_a_blank_order_id_is_a_missing_one_and_matches_nothing(form, blank, month, tmp_path):
    blanked = [
        frame.assign(merchant_uid=frame["merchant_uid"].where(frame["merchant_uid"] != "o1", blank))
        for frame in month
    ]
    missing = [
        frame.assign(merchant_uid=frame["merchant_uid"].where(frame["merchant_uid"] != "o1"))
        for frame in month
    ]
    taken = blanked if form == "frame" else [FORMS[form](f, tmp_path) for f in blanked]

    result = reconcile(*taken)

    assert result.digest == reconcile(*missing).digest
    assert result.breaks["code"].tolist().count("X05") == 2


@pytest.mark.parametrize("column", ["amount", "cancel_amount"])
def test_a_payment_below_nothing_is_refused_with_what_to_write_instead(column, month):
    payments, books = month

    with pytest.raises(
        TableError, match=rf"payments\.{column}: -3,000 is below 0, at row 1"
    ) as caught:
        reconcile(payments.assign(**{column: [1, -3_000, -2]}), books)

    assert "cancel_amount above 0" in caught.value.hint
    assert "양수" in caught.value.hint_ko


@pytest.mark.parametrize("blanks", [True, False])
def test_a_spelling_that_two_real_ids_share_is_refused_with_and_without_blanks(
    blanks, payments_of, ledger_of
):
    rule = replace(
        PAYMENTS_TO_LEDGER, suggest=None, normalise=Normaliser(suffixes=("_sf",), blanks=blanks)
    )

    result = reconcile(
        payments_of("""imp_uid | merchant_uid | amount
                       i1      | ORD 1        | 14,000
                       i2      | ORD 1_sf     | 5,000"""),
        ledger_of("""merchant_uid | amount
                     ORD 1        | 14,000
                     ORD 1_SF     | 5,000"""),
        rule,
    )

    assert result.breaks[["code", "merchant_uid"]].values.tolist() == [
        ["P02", "ORD 1_SF"],
        ["P01", "ORD 1_sf"],
    ]
