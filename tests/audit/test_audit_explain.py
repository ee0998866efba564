"""explain(): one key's contracts, timeline and breaks, in two languages."""

from __future__ import annotations

import pandas as pd
import pytest
from audit_world import AS_OF, World

import jtnet_recon as jr
from jtnet_recon.recon.billing_keys import audit


@pytest.fixture(scope="module")
def result():
    world = World()
    world.contract("gildong_0001_1234", plan="<b>premium</b>")
    world.contract(
        "gildong_0001_1234", plan="<b>premium</b>", price=12_000, price_from="2022-12-01"
    )
    world.key("gildong_0001_1234", updated="2022-11-20 09:00", card_code="361")
    world.charge("gildong_0001_1234", "2022-01-10 09:00", 0, customer_uid_usage="issue")
    world.charge("gildong_0001_1234", "2022-11-10 10:00", status="failed", merchant_uid="nov")
    world.charge("gildong_0001_1234", "2022-11-11 21:00", merchant_uid="nov")
    world.charge(
        "gildong_0001_1234", "2022-11-12 21:00", merchant_uid="nov-2", cancel_amount=3_000,
        status="cancelled", cancelled_at="2022-11-15 10:00",
    )  # fmt: skip
    world.booking("gildong_0001_1234", "2023-01-10 10:00", 12_000, merchant_uid="jan")
    world.booking(
        "gildong_0001_1234", "2022-12-10 10:00", 12_000, merchant_uid="dec", schedule_status="revoked",
        revoked_at="2022-12-01 10:00",
    )  # fmt: skip
    world.key("fine")
    world.contract("fine")
    world.charge("fine", "2022-11-10 10:00")
    return audit(**world.frames(), period="2022-11", as_of=AS_OF)


def test_the_timeline_has_everything_in_order_and_marks_what_is_wrong(result):
    timeline = result.explain_key("gildong_0001_1234").timeline

    assert timeline["at"].is_monotonic_increasing
    events = list(
        zip(timeline["at"].dt.strftime("%m-%d"), timeline["event"], timeline["code"], strict=True)
    )
    for event in [
        ("01-10", "contract starts", ""),
        ("01-10", "key registered", ""),
        ("01-10", "card registered, nothing charged", ""),
        ("11-10", "due", ""),
        ("11-10", "failed", ""),
        ("11-11", "paid", ""),
        ("11-12", "paid", "B10"),
        ("11-15", "cancelled", "B10"),
        ("11-20", "key last changed", ""),
        ("12-01", "price changes", ""),
        ("12-01", "schedule revoked", ""),
        ("01-10", "scheduled for", ""),
    ]:
        assert event in events
    assert timeline.loc[timeline["event"] == "cancelled", "amount"].tolist() == [-3_000]


def test_each_break_says_what_was_seen_why_and_what_next(result):
    text = str(result.explain_key("gildong_0001_1234"))

    assert text.startswith("Billing key gildong_0001_1234: B10")
    assert "B10 Unexplained retry, severity Critical, money at risk 7,000 KRW." in text
    assert "The cycle of 2022-11-10 was paid already; 10,000 KRW was charged again" in text
    assert "The other order is nov." in text
    assert jr.CODES["B10"].next_action in text
    assert "issued again" in text
    assert "registered 344 days ago" in text
    assert "12,000  KRW" in text


def test_it_speaks_korean(result):
    text = str(result.explain_key("gildong_0001_1234", lang="ko"))

    assert text.startswith("빌링키 gildong_0001_1234: B10")
    for word in (
        "불일치",
        "재시도 중복",
        "심각도 심각",
        "추정 원인",
        "재발급됨",
        "요금 변경",
        "예약 철회",
        "일시",
    ):
        assert word in text
    assert "contract starts" not in text


def test_a_page_is_escaped_and_has_no_script(result):
    page = result.explain_key("gildong_0001_1234")._repr_html_()

    assert "<b>premium" not in page
    assert "&lt;b&gt;premium" in page
    assert "<script" not in page


@pytest.mark.parametrize("name", ["nov-2", "imp_00003", "gildong_0001_1234 2022-11-10", "dec-none"])
def test_an_order_a_payment_or_a_cycle_leads_to_its_key(result, name):
    if name == "dec-none":
        with pytest.raises(jr.ConfigError, match="No contract, payment, schedule or key names"):
            result.explain_key(name)
    else:
        assert result.explain_key(name).customer_uid == "gildong_0001_1234"


def test_a_misspelt_key_names_the_nearest(result):
    with pytest.raises(jr.ConfigError) as error:
        result.explain_key("gildong_0001_1243")

    assert "Did you mean gildong_0001_1234?" in error.value.hint


def test_a_key_on_which_nothing_is_wrong_says_so(result):
    assert str(result.explain_key("fine")).startswith("Billing key fine: nothing is wrong")


def test_every_key_of_a_table_is_listed_with_what_is_known_of_it(result):
    keys = result.keys.set_index("customer_uid")
    row = keys.loc["gildong_0001_1234"]

    assert (row["contracts"], row["contracts_active"], row["price"]) == (1, 1, 12_000)
    assert (row["registrations"], row["charges"], row["charged"]) == (1, 2, 17_000)
    assert (row["schedules_open"], row["scheduled"]) == (1, 12_000)
    assert row["last_charged_on"] == pd.Timestamp("2022-11-12")
    assert row["flags"] == "issued again"
    assert str(result.keys.dtypes["inserted"]) == "datetime64[us, Asia/Seoul]"


def test_one_persons_keys_on_one_card_are_flagged_and_are_no_break():
    world = World()
    for uid, customer in (("a", "same"), ("b", "same"), ("c", "other")):
        world.contract(uid, customer=customer)
        world.key(uid, card_code="361", card_number="5272****1234")
        world.charge(uid, "2022-11-10 10:00")

    result = audit(**world.frames(), period="2022-11", as_of=AS_OF)

    flags = result.keys.set_index("customer_uid")["flags"].to_dict()
    assert flags == {"a": "several keys on the card", "b": "several keys on the card", "c": ""}
    assert result.breaks.empty
