"""A rule for two tables of the user's own: data, no class, and no less strict than ours."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest

from jtnet_recon.errors import ConfigError, TableError
from jtnet_recon.recon.match import reconcile
from jtnet_recon.recon.rules import Rule, Tolerance

PAYOUTS_TO_BANK = Rule(
    "payouts to bank deposits",
    key=("정산번호", "적요"),
    amount=("정산금액", "입금액"),
    day=("정산일", "입금일"),
    tolerance=Tolerance(days=3, amount=500),
    sides=("payouts", "bank"),
)


def payouts():
    return pd.DataFrame(
        {
            "정산번호": ["P1", "P2", "P3", "P4"],
            "정산금액": [100_000, 200_000, 300_000, 400_000],
            "정산일": pd.to_datetime(["2022-11-07", "2022-11-08", "2022-11-09", "2022-11-10"]),
        }
    )


def bank():
    return pd.DataFrame(
        {
            "적요": ["P1", "P2", "P3", "X"],
            "입금액": [100_000, 199_500, 300_000, 50],
            "입금일": pd.to_datetime(["2022-11-07", "2022-11-08", "2022-11-12", "2022-11-11"]),
            "잔액": [1.5, 2.5, 3.5, 4.5],
        }
    )


def told(result):
    return result.breaks[["code", "merchant_uid", "difference"]].values.tolist()


def test_two_tables_of_the_users_own_are_compared_by_a_rule_of_nine_lines():
    result = reconcile(payouts(), bank(), PAYOUTS_TO_BANK)

    assert told(result) == [["P02", "X", 50], ["P01", "P4", -400_000], ["P04", "P2", -500]]
    matched = result.items[result.items["outcome"] == "matched"].set_index("merchant_uid")
    assert matched["matched_by"].to_dict() == {
        "P1": "key, kind, amount and day",
        "P3": "key, kind and amount, within tolerance",
    }
    assert result.tolerances[["tolerance", "times", "amount"]].values.tolist() == [
        ["amount", 1, 500],
        ["days", 1, 0],
    ]
    assert result.bridge.loc[result.bridge["step"] == "unexplained", "amount"].tolist() == [0]


def test_the_breaks_carry_the_columns_of_both_tables():
    row = reconcile(payouts(), bank(), PAYOUTS_TO_BANK).breaks.iloc[0]

    assert (row["입금일_ledger"], row["잔액_ledger"]) == (pd.Timestamp("2022-11-11"), 4.5)
    assert "bank" in row["finding"]
    assert "PG" not in row["finding"] + row["finding_ko"]


def test_the_users_tables_are_left_as_they_are():
    first, second = payouts(), bank()

    reconcile(first, second, PAYOUTS_TO_BANK)

    pd.testing.assert_frame_equal(first, payouts())
    pd.testing.assert_frame_equal(second, bank())


def test_the_order_of_rows_changes_nothing():
    before = reconcile(payouts(), bank(), PAYOUTS_TO_BANK)

    after = reconcile(payouts().iloc[::-1], bank().iloc[[2, 0, 3, 1]], PAYOUTS_TO_BANK)

    assert before.digest == after.digest


@pytest.mark.parametrize("name", ["입금 일자", "order", 'say "when"', "select"])
def test_a_column_may_have_any_name(name):
    rule = replace(PAYOUTS_TO_BANK, day=("정산일", name), references=((name + "!",)))
    renamed = bank().rename(columns={"입금일": name})

    assert told(reconcile(payouts(), renamed, rule)) == told(
        reconcile(payouts(), bank(), PAYOUTS_TO_BANK)
    )


@pytest.mark.parametrize("field", ["key", "amount", "day", "currency", "kind"])
def test_a_mistyped_column_is_refused_with_the_nearest_name(field):
    second = bank().assign(통화="KRW", 구분="입금")
    first = payouts().assign(통화="KRW", 구분="정산")
    good = replace(PAYOUTS_TO_BANK, currency="통화", kind="구분")
    own = getattr(good, field)
    names = (own, own) if isinstance(own, str) else own

    with pytest.raises(TableError, match=f"no column '{names[1]}x'") as caught:
        reconcile(first, second, replace(good, **{field: (names[0], f"{names[1]}x")}))

    assert repr(names[1]) in caught.value.hint


def test_money_with_a_fraction_is_refused():
    with pytest.raises(TableError, match="whole number of minor units"):
        reconcile(
            payouts(), bank().astype({"입금액": "float64"}).assign(입금액=0.5), PAYOUTS_TO_BANK
        )


def test_a_missing_amount_is_refused():
    short = bank().astype({"입금액": "Int64"})
    short.loc[0, "입금액"] = pd.NA

    with pytest.raises(TableError, match="amount is missing"):
        reconcile(payouts(), short, PAYOUTS_TO_BANK)


def test_a_key_read_as_a_number_with_a_fraction_is_refused():
    with pytest.raises(TableError, match="ids and codes are text"):
        reconcile(payouts(), bank().assign(적요=[1.0, 2.0, 3.0, None]), PAYOUTS_TO_BANK)


def test_keys_of_whole_numbers_are_read_digit_by_digit():
    first = payouts().assign(정산번호=[1, 2, 3, 9_007_199_254_740_993])
    second = bank().assign(적요=["1", "2", "3", "9007199254740992"])

    assert [row[1] for row in told(reconcile(first, second, PAYOUTS_TO_BANK))] == [
        "9007199254740992",
        "9007199254740993",
        "2",
    ]


@pytest.mark.parametrize("read", [lambda day: day.date(), lambda day: f"{day:%Y-%m-%d}"])
def test_days_may_be_dates_or_text(read):
    second = bank()
    second["입금일"] = pd.Series([read(day) for day in second["입금일"]], dtype="object")

    assert told(reconcile(payouts(), second, PAYOUTS_TO_BANK)) == told(
        reconcile(payouts(), bank(), PAYOUTS_TO_BANK)
    )


def test_words_that_are_no_days_are_refused():
    with pytest.raises(TableError, match="입금일"):
        reconcile(payouts(), bank().assign(입금일="어제"), PAYOUTS_TO_BANK)


def test_rows_without_days_are_matched_where_the_rule_names_no_day():
    rule = replace(PAYOUTS_TO_BANK, day=None)

    result = reconcile(payouts()[["정산번호", "정산금액"]], bank()[["적요", "입금액"]], rule)

    assert [row[0] for row in told(result)] == ["P02", "P01", "P04"]
    assert "key, kind and amount" in set(result.items["matched_by"])


def instants(*texts, zone="Asia/Seoul"):
    return pd.to_datetime(list(texts)).tz_localize(zone)


def test_instants_of_both_tables_are_days_in_seoul_whatever_their_zone():
    rule = Rule("by day", key="id", amount="amount", day="at")
    first = pd.DataFrame({"id": ["a"], "amount": [5], "at": instants("2022-11-07 08:59")})
    second = pd.DataFrame(
        {"id": ["a"], "amount": [5], "at": instants("2022-11-06 23:30", zone="UTC")}
    )

    result = reconcile(first, second, rule)

    assert result.breaks.empty
    assert result.items["matched_by"].tolist() == ["key, kind, amount and day"]


@pytest.mark.parametrize(("minutes", "expected"), [(9, ["P12"]), (10, []), (600, [])])
def test_minutes_are_a_tolerance_where_both_tables_know_the_instant(minutes, expected):
    rule = Rule(
        "by minute", key="id", amount="amount", day="at", tolerance=Tolerance(minutes=minutes)
    )
    first = pd.DataFrame({"id": ["a"], "amount": [5], "at": instants("2022-11-07 23:55")})
    second = pd.DataFrame({"id": ["a"], "amount": [5], "at": instants("2022-11-08 00:05")})

    result = reconcile(first, second, rule)

    assert [row[0] for row in told(result)] == expected
    if not expected:
        assert result.tolerances[["tolerance", "times", "largest"]].values.tolist() == [
            ["minutes", 1, 10]
        ]


def test_columns_that_mean_something_in_our_tables_mean_nothing_in_others():
    rule = Rule("own", key="id", amount="amount")
    rows = {
        "id": ["a", "b"], "amount": [5, 7], "status": ["failed", "ready"], "flag": [True, False],
        "sandbox": [True, True], "pg_id": ["tpaytest0m"] * 2, "pay_method": [1, 2],
    }  # fmt: skip

    result = reconcile(pd.DataFrame(rows), pd.DataFrame(rows), rule)

    assert result.breaks.empty
    assert result.items["outcome"].tolist() == ["matched", "matched"]


def test_a_negative_amount_is_a_movement_back_and_a_kind_can_say_so():
    rule = Rule("signed", key="id", amount="amount", kind=("way", "구분"))
    first = pd.DataFrame({"id": ["a", "a"], "amount": [9, -4], "way": ["in", "out"]})
    second = pd.DataFrame({"id": ["a", "a"], "amount": [9, 4], "구분": ["입금", "환불"]})

    items = reconcile(first, second, rule).items

    assert sorted(items[["kind", "net_ledger"]].values.tolist()) == [
        ["approval", 9],
        ["cancel", -4],
    ]
    assert set(items["outcome"]) == {"matched"}


def test_currencies_are_never_mixed():
    rule = Rule("two currencies", key="id", amount="amount", currency=("ccy", "통화"))
    first = pd.DataFrame({"id": ["a", "b"], "amount": [5, 5], "ccy": ["KRW", "USD"]})
    second = pd.DataFrame({"id": ["a", "b"], "amount": [5, 5], "통화": ["USD", "USD"]})

    result = reconcile(first, second, rule)

    assert [row[0] for row in told(result)] == ["P16", "P16"]
    assert set(result.bridge["currency"]) == {"KRW", "USD"}


def test_another_reference_finds_a_row_whose_key_is_unknown():
    rule = replace(PAYOUTS_TO_BANK, references=("거래 번호",))
    first = payouts().assign(**{"거래 번호": ["A", "B", "C", "D"]})
    second = bank().assign(
        **{"거래 번호": [None, None, None, "D"]}, 입금액=[100_000, 200_000, 300_000, 400_000]
    )

    result = reconcile(first, second, rule)

    assert result.breaks.empty
    assert "거래 번호" in set(result.items["matched_by"])


def test_a_missing_key_matches_nothing():
    rule = Rule("own", key="id", amount="amount")
    first = pd.DataFrame({"id": pd.Series([None, "a"], dtype="str"), "amount": [5, 7]})

    result = reconcile(first, first, rule)

    assert [row[0] for row in told(result)] == ["X05", "X05"]


def test_rows_of_nothing_are_left_out():
    rule = Rule("own", key="id", amount="amount")
    first = pd.DataFrame({"id": ["a", "b"], "amount": [5, 0]})
    second = pd.DataFrame({"id": ["a", "c"], "amount": [5, 0]})

    result = reconcile(first, second, rule)

    assert result.breaks.empty
    assert sorted(result.items["excluded_as"].dropna()) == ["amount 0", "amount 0"]


def test_parquet_files_of_the_users_own_give_the_same(tmp_path):
    payouts().to_parquet(tmp_path / "payouts.parquet")
    bank().to_parquet(tmp_path / "bank.parquet")

    large = reconcile(tmp_path / "payouts.parquet", tmp_path / "bank.parquet", PAYOUTS_TO_BANK)

    small = reconcile(payouts(), bank(), PAYOUTS_TO_BANK)
    assert large.digest == small.digest
    assert told(large) == told(small)


def test_a_parquet_file_without_the_day_of_the_rule_is_refused(tmp_path):
    payouts().to_parquet(tmp_path / "payouts.parquet")
    bank().drop(columns="입금일").to_parquet(tmp_path / "bank.parquet")

    with pytest.raises((ConfigError, TableError), match="입금일"):
        reconcile(tmp_path / "payouts.parquet", tmp_path / "bank.parquet", PAYOUTS_TO_BANK)


def test_a_parquet_file_whose_days_are_text_is_refused_not_read_as_something(tmp_path):
    payouts().to_parquet(tmp_path / "payouts.parquet")
    bank().assign(입금일="2022-11-07").to_parquet(tmp_path / "bank.parquet")

    with pytest.raises((ConfigError, TableError), match="입금일"):
        reconcile(tmp_path / "payouts.parquet", tmp_path / "bank.parquet", PAYOUTS_TO_BANK)


def test_today_is_no_part_of_a_rule():
    # Days far in the past and far ahead are days like others.
    rule = Rule("own", key="id", amount="amount", day="on")
    frame = pd.DataFrame(
        {"id": ["a", "b"], "amount": [5, 7], "on": [dt.date(1969, 12, 31), dt.date(2199, 1, 1)]}
    )

    assert reconcile(frame, frame, rule).breaks.empty


def test_a_column_of_ones_own_may_bear_a_name_that_the_breaks_use():
    payouts = pd.DataFrame({"payout": ["PO-1", "PO-2"], "net": [970_000, 485_000]})
    bank = pd.DataFrame({"memo": ["PO-1"], "net": [960_000]})
    rule = Rule("payouts to bank", key=("payout", "memo"), amount="net")

    breaks = reconcile(payouts, bank, rule).breaks.set_index("merchant_uid")

    assert breaks["net_ledger"].to_dict() == {"PO-1": 960_000, "PO-2": 0}
    assert breaks.loc["PO-1", "own_net_ledger"] == 960_000


@pytest.mark.parametrize("bank", [["P1", "P2"], ["P1", "P9"]], ids=["both sides", "one side"])
def test_half_a_character_in_a_column_of_ones_own_reaches_the_breaks_as_it_came(bank):
    ours = payouts().head(2).assign(메모=pd.Series(["\ud800 x", None], dtype="object"))
    theirs = pd.DataFrame(
        {"적요": bank, "입금액": [1, 2], "입금일": pd.to_datetime(["2022-11-07"] * 2)}
    )

    breaks = reconcile(ours, theirs, PAYOUTS_TO_BANK).breaks

    memos = [column for column in breaks.columns if column.startswith("메모")]
    assert memos
    assert [text for name in memos for text in breaks[name].dropna()] == ["\ud800 x"]
