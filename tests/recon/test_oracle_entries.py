"""A second opinion on a rule of entries: slow and obvious Python over lists, no engine.

What it knows of the package is the tables and what the README promises; it works out by brute
force what must come of a small world, and holds the items against it.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from dataclasses import replace
from itertools import combinations, permutations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from jtnet_recon.recon.explain import explain
from jtnet_recon.recon.match import reconcile
from jtnet_recon.recon.rules import TRANSACTIONS_TO_LEDGER, Tolerance
from jtnet_recon.tables import LEDGER, TRANSACTIONS, conform

EXAMPLES = 200 if os.environ.get("CI") else 40
NOVEMBER = pd.Timestamp("2022-11-01", tz="Asia/Seoul")
REFUNDS = {"취소", "Refund", " 환불 "}
MAR_OF_GAP = {"P03", "P04", "C03"}


@st.composite
def movement(draw):
    """Draw an approval or a cancel: few keys, few amounts, so that much coincides."""
    return {
        "key": draw(st.sampled_from(["A", "A", "B", "b", None])),
        "currency": draw(st.sampled_from(["KRW", "KRW", "KRW", "USD"])),
        "amount": draw(st.sampled_from([100, 100, 101, 200, 300, 300, -100, -200, -300])),
        "at_s": draw(
            st.sampled_from([None, 0, 43_200, 86_000, 86_399, 86_400, 86_700, 130_000, 2_600_000])
        ),
    }


@st.composite
def entry(draw):
    """Draw a line: a refund says so by its sign, by its kind, or by both."""
    amount = draw(st.sampled_from([100, 100, 101, 200, 300, 300]))
    kind = draw(st.sampled_from([None, None, "매출", "취소", "Refund", " 환불 ", "기타"]))
    return {
        "key": draw(st.sampled_from(["A", "A", "B", "b", None])),
        "currency": draw(st.sampled_from(["KRW", "KRW", "KRW", "USD", None])),
        "amount": draw(st.sampled_from([amount, amount, -amount])),
        "kind": kind,
        "day": draw(st.sampled_from([None, 0, 0, 1, 2, 30])),
    }


TOLERANCES = st.sampled_from(
    [
        Tolerance(),
        Tolerance(amount=1),
        Tolerance(days=1),
        Tolerance(amount=100, days=1),
        Tolerance(amount=1, midnight_minutes=0),
        Tolerance(midnight_minutes=60),
    ]
)


def movements_frame(rows):
    """Lay movements out as transactions."""
    return conform(
        pd.DataFrame(
            {
                "transaction_id": [f"t{place}" for place in range(len(rows))],
                "imp_uid": [f"imp_{place}" for place in range(len(rows))],
                "merchant_uid": text([row["key"] for row in rows]),
                "kind": ["approval" if row["amount"] > 0 else "cancel" for row in rows],
                "amount": pd.Series([row["amount"] for row in rows], dtype="int64"),
                "currency": text([row["currency"] for row in rows]),
                "at": pd.Series(
                    [
                        None if (s := row["at_s"]) is None else NOVEMBER + pd.Timedelta(s, unit="s")
                        for row in rows
                    ],
                    dtype="datetime64[us, Asia/Seoul]",
                ),
            }
        ),
        TRANSACTIONS,
    )


def entries_frame(rows):
    """Lay lines out as a ledger."""
    first = NOVEMBER.tz_localize(None)
    days = [
        None if (day := row["day"]) is None else first + pd.Timedelta(day, unit="D") for row in rows
    ]
    return conform(
        pd.DataFrame(
            {
                "merchant_uid": text([row["key"] for row in rows]),
                "amount": pd.Series([row["amount"] for row in rows], dtype="int64"),
                "currency": text([row["currency"] for row in rows]),
                "kind": text([row["kind"] for row in rows]),
                "paid_on": pd.Series(days, dtype="datetime64[us]"),
            }
        ),
        LEDGER,
        fill=False,
    )


def text(values):
    return pd.Series(values, dtype="str")


# ---- the oracle


def signed(row):
    """What a line moves: below 0 where its sign or its kind says refund."""
    is_refund = row["amount"] < 0 or row["kind"] in REFUNDS
    return -abs(row["amount"]) if is_refund else row["amount"]


def groups_of(movements, lines):
    """Part the rows by what must be equal before any pass: key, currency, sale or refund."""
    groups = defaultdict(lambda: ([], []))
    for row in movements:
        if row["key"] is not None:
            at = row["at_s"]
            day = None if at is None else at // 86_400
            place = row["key"], row["currency"], row["amount"] < 0
            groups[place][0].append((row["amount"], day, at))
    for row in lines:
        if row["key"] is not None:
            amount = signed(row)
            place = row["key"], row["currency"] or "KRW", amount < 0
            groups[place][1].append((amount, row["day"]))
    return groups


def is_close(movement_, line, tolerance):
    """Whether a line is the movement's within the tolerances; an unknown day is not."""
    (amount, day, at), (booked, on) = movement_, line
    if abs(amount - booked) > tolerance.amount or day is None or on is None:
        return False
    second, band = at % 86_400, tolerance.midnight_minutes * 60
    return (
        abs(on - day) <= tolerance.days
        or (on - day == 1 and second >= 86_400 - band)
        or (on - day == -1 and second <= band)
    )


def exact_pairs(left, right):
    """How many pairs agree in amount and day, as sets with copies."""
    ours = Counter((amount, day) for amount, day, _ in left if day is not None)
    theirs = Counter((amount, on) for amount, on in right if on is not None)
    return ours & theirs


def most_pairs(left, right, tolerance):
    """The most pairs within the tolerances, by trying every way."""
    small, large = (left, right) if len(left) <= len(right) else (right, left)
    fits = [
        [is_close(*((a, b) if small is left else (b, a)), tolerance) for b in large] for a in small
    ]
    return max(
        sum(fits[row][column] for row, column in enumerate(chosen))
        for chosen in permutations(range(len(large)), len(small))
    )


def without(left, right, pairs):
    """What the exact pairs leave; of rows that say the same, one near midnight is left last."""
    rest = [[], []]
    for place, side in enumerate((left, right)):
        gone = Counter(pairs)
        for row in sorted(side, key=from_midnight):
            if gone[row[:2]] > 0:
                gone[row[:2]] -= 1
            else:
                rest[place].append(row)
    return rest


def from_midnight(row):
    """How far a movement is from noon; a line has no hour."""
    at = row[2] if len(row) > 2 else None
    return 0 if at is None else abs(at % 86_400 - 43_200)


# ---- what must hold


@given(st.lists(movement(), max_size=7), st.lists(entry(), max_size=7), TOLERANCES)
@settings(max_examples=EXAMPLES)
def test_what_the_passes_find_is_what_brute_force_finds(movements, lines, tolerance):
    rule = replace(TRANSACTIONS_TO_LEDGER, tolerance=tolerance)

    result = reconcile(movements_frame(movements), entries_frame(lines), rule)

    items = result.items
    groups = groups_of(movements, lines)
    check_sums(items, movements, lines)
    is_dated = any(row["day"] is not None for row in lines)
    for (key, currency, is_cancel), (left, right) in groups.items():
        kind = "cancel" if is_cancel else "approval"
        own = items[
            (items["merchant_uid"] == key)
            & (items["currency"] == currency)
            & (items["kind"] == kind)
        ]
        check_group(own, left, right)
        if is_dated:
            check_passes(own, left, right, tolerance)


def check_sums(items, movements, lines):
    """Every row and every won stands in one item; rows without a key stand alone."""
    assert items["rows_payments"].sum() == len(movements)
    assert items["rows_ledger"].sum() == len(lines)
    for currency in ("KRW", "USD"):
        own = items[items["currency"] == currency]
        moved = sum(row["amount"] for row in movements if row["currency"] == currency)
        booked = sum(signed(row) for row in lines if (row["currency"] or "KRW") == currency)
        assert own["net_payments"].sum() == moved
        assert own["net_ledger"].sum() == booked
        assert own["difference"].sum() == booked - moved
    keyless = items[items["merchant_uid"].isna()]
    assert (keyless["rows_payments"] + keyless["rows_ledger"] == 1).all()
    assert (keyless["code"] == "X05").all()
    assert len(keyless) == sum(row["key"] is None for row in (*movements, *lines))


def check_group(own, left, right):
    """Rows and won of a key, a currency and a kind are those of its rows."""
    assert own["rows_payments"].sum() == len(left)
    assert own["rows_ledger"].sum() == len(right)
    assert own["net_payments"].sum() == sum(row[0] for row in left)
    assert own["net_ledger"].sum() == sum(row[0] for row in right)
    assert (own["difference"] == own["net_ledger"] - own["net_payments"]).all()
    matched = own[own["outcome"] == "matched"]
    assert (matched["difference"] == 0).all()
    assert ((matched["rows_payments"] > 0) & (matched["rows_ledger"] > 0)).all()
    gaps = own[own["code"].isin(MAR_OF_GAP)]
    assert (gaps["money_at_risk"] == gaps["difference"].abs()).all()


def check_passes(own, left, right, tolerance):
    """Each pass takes as much as can be taken, in turn."""
    pairs = exact_pairs(left, right)
    by = own["matched_by"].value_counts()
    exact = own[own["matched_by"] == "key, kind, amount and day"]
    assert len(exact) == pairs.total()
    assert sorted(exact["net_ledger"]) == sorted(amount for amount, _ in pairs.elements())
    rest_left, rest_right = without(left, right, pairs)
    close = by.get("key, kind and amount, within tolerance", 0)
    assert close == most_pairs(rest_left, rest_right, tolerance)
    if not close and sum(r[0] for r in rest_left) == sum(r[0] for r in rest_right):
        check_even(own, rest_left, rest_right)
    gaps = own[own["matched_by"].str.contains("tolerance", na=False)]["difference"].abs()
    assert (gaps <= tolerance.amount).all()


def check_even(own, left, right):
    """A row that all rows of the other side add up to leaves no difference and nothing missing."""
    if len(left) == 1 or len(right) == 1:
        assert not own["code"].isin(["P03", "C03", "P01", "P02", "C01", "C02"]).any()


@given(st.lists(movement(), max_size=5), st.lists(entry(), max_size=5), TOLERANCES)
@settings(max_examples=EXAMPLES // 8)
def test_an_explanation_of_every_key_names_the_codes_and_the_passes_of_its_items(
    movements, lines, tolerance
):
    rule = replace(TRANSACTIONS_TO_LEDGER, tolerance=tolerance)
    result = reconcile(movements_frame(movements), entries_frame(lines), rule)
    for key, own in result.items.dropna(subset=["merchant_uid"]).groupby("merchant_uid"):
        english, korean = explain(result, key), explain(result, key, lang="ko")
        said, said_ko = "\n".join(english.reasoning), "\n".join(korean.reasoning)
        for code in own["code"].dropna():
            assert f": {code} " in said
            assert f": {code} " in said_ko
        won = english.passes.loc[english.passes["verdict"] == "won", "pass"]
        assert set(own["matched_by"]) - {""} <= set(won)
        assert len(english.passes) == len(korean.passes)


@given(st.lists(entry(), max_size=8))
@settings(max_examples=EXAMPLES // 2)
def test_one_movement_booked_in_any_parts_is_matched_by_their_sum(lines):
    parts = [row | {"key": "A", "currency": "KRW", "day": 0} for row in lines]
    for is_refund in (False, True):
        own = [row for row in parts if (signed(row) < 0) == is_refund]
        if len(own) > 1:
            whole = {"key": "A", "currency": "KRW", "at_s": 43_200}
            whole["amount"] = sum(signed(row) for row in own)

            result = reconcile(movements_frame([whole]), entries_frame(own), TRANSACTIONS_TO_LEDGER)

            assert result.breaks.empty
            assert result.items["matched_by"].tolist() == ["key and kind, sum"]


def test_of_equal_movements_the_one_near_midnight_is_kept_for_the_neighbouring_day():
    early, noon = (
        {"key": "A", "currency": "KRW", "amount": 100, "at_s": s} for s in (86_405, 129_600)
    )
    line = {"key": "A", "currency": "KRW", "amount": 100, "kind": None}

    result = reconcile(
        movements_frame([early, noon]),
        entries_frame([line | {"day": 0}, line | {"day": 1}]),
        TRANSACTIONS_TO_LEDGER,
    )

    assert result.breaks["code"].tolist() == ["P12"]


def test_brute_force_itself_can_tell_a_wrong_answer():
    left, right = [(100, 0, 0), (100, 1, 90_000)], [(100, 0), (100, 0)]

    assert exact_pairs(left, right).total() == 1
    assert most_pairs(left, right, Tolerance(days=1)) == 2
    assert most_pairs(left, right, Tolerance(midnight_minutes=0)) == 1
    assert [
        len(list(combinations(side, 2))) for side in without(left, right, exact_pairs(left, right))
    ] == [0, 0]
