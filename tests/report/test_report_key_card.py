"""One billing key on one screen: everything that matters, nobody's data, no live markup."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest
from hostile import HOSTILE

from jtnet_recon.report.key_card import CHARGES_SHOWN, KeyCard
from jtnet_recon.report.key_figures import KeyData
from jtnet_recon.report.text import width
from jtnet_recon.tables import BILLING_KEYS, CONTRACTS, PAYMENTS, SCHEDULES, conform, empty

UID = "gildong_0001_1234"
AS_OF = pd.Timestamp("2023-03-20 10:00", tz="Asia/Seoul").as_unit("us")
PERSONAL = ("홍길동", "010-1234-5678", "gildong@example.com", "527212", "1234-5678")


def key_of(table, **changed):
    keys = table(
        BILLING_KEYS,
        """customer_uid      | state      | pg_provider | pg_id      | card_name | card_code | card_number      | inserted         | updated
           gildong_0001_1234 | registered | nice        | IMP00002am | 우리카드  | 041       | 527212******4567 | 2022-09-07 09:00 | 2022-09-07 09:00""",
    )
    owner = {
        "customer_name": "홍길동",
        "customer_id": "M000001",
        "customer_tel": "010-1234-5678",
        "customer_email": "gildong@example.com",
    }
    return keys.assign(**{n: pd.Series([v]) for n, v in (owner | changed).items()})


@pytest.fixture(scope="module")
def data(table):
    payments = table(
        PAYMENTS,
        """imp_uid | merchant_uid | customer_uid      | customer_uid_usage | card_code | amount | cancel_amount | status    | started_at       | paid_at          | failed_at
           imp_0   | reg          | gildong_0001_1234 | issue              | 041       | 0      | 0             | paid      | 2022-09-07 09:00 | 2022-09-07 09:00 |
           imp_1   | sub-9        | gildong_0001_1234 | payment            | 041       | 9,900  | 0             | paid      | 2022-09-07 10:00 | 2022-09-07 10:00 |
           imp_2   | sub-10       | gildong_0001_1234 | payment            |           | 9,900  | 0             | failed    | 2022-10-07 10:00 |                  | 2022-10-07 10:00
           imp_3   | sub-11       | gildong_0001_1234 | payment            | 041       | 9,900  | 4,000         | cancelled | 2022-11-07 10:00 | 2022-11-07 10:00 |""",
    )
    contracts = table(
        CONTRACTS,
        """customer | customer_uid      | plan   | price | billing_day | starts_on
           홍길동   | gildong_0001_1234 | 베이직 | 9,900 | 7           | 2022-09-07""",
    )
    schedules = table(
        SCHEDULES,
        """customer_uid      | merchant_uid | schedule_at      | amount | currency | schedule_status | payment_status
           gildong_0001_1234 | sub-12       | 2023-04-07 10:00 | 9,900  | KRW      | scheduled       |""",
    )
    return KeyData(conform(contracts, CONTRACTS), key_of(table), payments, schedules)


@pytest.fixture(scope="module")
def breaks():
    row = {
        "code": "B09",
        "name": "Wrong plan amount",
        "name_ko": "요금제 금액 불일치",
        "finding": "9,900 KRW was charged",
        "finding_ko": "9,900 KRW 결제",
        "severity": "High",
        "customer_uid": UID,
        "imp_uid": "imp_3",
        "merchant_uid": "sub-11",
    }
    return pd.DataFrame([row], dtype="str")


def test_the_card_says_card_pg_age_contract_charges_schedules_and_flags(data, breaks):
    card = KeyCard(UID, data, AS_OF, breaks)

    assert dict(card.facts) == {
        "State": "registered",
        "Card": "우리카드 ****-****-****-4567",
        "Owner": "홍*동 · M000001 · 010-****-5678 · gi***@e*****.com",
        "PG": "nice / IMP00002am",
        "Age": "registered 2022-09-07 09:00, 194 days ago",
        "Contract": "홍*동 · 베이직 9,900 KRW 2022-09-07 ~ · due on day 7",
        "Charges": "paid 1 · failed 1 · cancelled in part 1 · card registered 1 · net 15,800 KRW",
        "Schedules": "waiting 1 · next 2023-04-07 10:00, 9,900 KRW",
    }
    assert card.charges[0] == (
        "2022-11-07 10:00",
        "cancelled in part",
        "9,900 KRW",
        "sub-11",
        "B09",
    )
    assert [(note.code, note.name, note.tone) for note in card.notes] == [
        ("B09", "Wrong plan amount", "High")
    ]


def test_it_fits_on_a_screen(data, breaks):
    for lang in ("en", "ko"):
        lines = str(KeyCard(UID, data, AS_OF, breaks, lang)).splitlines()

        assert len(lines) <= 30
        assert max(map(width, lines)) <= 120


def test_it_speaks_korean(data, breaks):
    text = str(KeyCard(UID, data, AS_OF, breaks, "ko"))

    for word in (
        "빌링키",
        "카드 소유자",
        "매월 7일 청구",
        "부분취소",
        "요금제 금액 불일치",
        "예약 대기",
    ):
        assert word in text


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_no_form_of_it_shows_whose_it_is(data, breaks, lang):
    card = KeyCard(UID, data, AS_OF, breaks, lang)

    for form in (str(card), repr(card), card._repr_html_()):
        assert [text for text in PERSONAL if text in form] == []


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"sandbox": pd.array([True], dtype="boolean")}, "Test channel"),
        ({"pg_provider": "jtnet"}, "Left at JTNet"),
        ({"card_code": "366"}, "Another card"),
        ({"updated": AS_OF}, "Moved since"),
        ({"updated": pd.Timestamp("2022-12-01", tz="Asia/Seoul")}, "Changed since"),
        ({"state": "unknown"}, "Key unknown, schedules waiting"),
    ],
)
def test_what_the_key_itself_shows_is_said_without_any_contracts(table, data, changed, name):
    own = dataclasses.replace(data, keys=key_of(table, **changed))

    card = KeyCard(UID, own, AS_OF)

    assert [(note.code, note.name) for note in card.notes] == [("i", name)]
    assert dict(card.facts)["Contract"] == "not looked for: no list of contracts was given"


def test_a_key_that_was_at_jtnet_while_jtnet_was_open_is_in_order(table, data):
    own = dataclasses.replace(data, keys=key_of(table, pg_provider="jtnet"))

    before = KeyCard(UID, own, pd.Timestamp("2023-01-31 23:59", tz="Asia/Seoul"))
    after = KeyCard(UID, own, pd.Timestamp("2023-02-01 00:00", tz="Asia/Seoul"))

    assert (before.notes, [note.name for note in after.notes]) == ([], ["Left at JTNet"])


def test_three_failures_in_a_row_at_the_end_are_said(table, data):
    rows = "\n".join(
        f"imp_{n} | s-{n} | {UID} | 9,900 | failed | 2023-0{n}-07 10:00" for n in range(1, 4)
    )
    failed = table(
        PAYMENTS, f"imp_uid | merchant_uid | customer_uid | amount | status | started_at\n{rows}"
    )
    payments = pd.concat([data.payments, failed], ignore_index=True)

    card = KeyCard(UID, dataclasses.replace(data, payments=payments), AS_OF)
    fewer = KeyCard(UID, dataclasses.replace(data, payments=payments[:-1]), AS_OF)

    assert [note.name for note in card.notes] == ["Failing"]
    assert fewer.notes == []


def test_an_unknown_key_without_anything_still_is_a_card(table):
    keys = table(BILLING_KEYS, "customer_uid | state\nnobody | unknown")
    data = KeyData(empty(CONTRACTS), keys, empty(PAYMENTS), empty(SCHEDULES))

    card = KeyCard("nobody", data, AS_OF, pd.DataFrame(columns=["code"]))

    assert [note.name for note in card.notes] == ["Key unknown"]
    assert dict(card.facts)["Charges"] == "none"
    assert card._repr_html_().startswith("<div")


def test_of_many_charges_the_latest_are_shown_and_all_are_counted(table, data):
    rows = "\n".join(
        f"imp_{n} | s-{n} | {UID} | 100 | paid | 2022-10-{n:02d} 10:00" for n in range(1, 31)
    )
    payments = table(
        PAYMENTS, f"imp_uid | merchant_uid | customer_uid | amount | status | paid_at\n{rows}"
    )

    card = KeyCard(UID, dataclasses.replace(data, payments=payments), AS_OF)

    assert dict(card.facts)["Charges"] == "paid 30 · net 3,000 KRW"
    assert [row[3] for row in card.charges] == [f"s-{n}" for n in range(30, 30 - CHARGES_SHOWN, -1)]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_the_data_is_alive_in_the_page(table, data, text):
    keys = key_of(table, card_name=text, customer_id=text)
    contracts = data.contracts.assign(plan=pd.Series([text], dtype="str"))
    payments = data.payments.assign(merchant_uid=pd.Series([text] * 4, dtype="str"))

    page = KeyCard(UID, KeyData(contracts, keys, payments, data.schedules), AS_OF)._repr_html_()

    assert "<script" not in page.lower()
    assert "<img" not in page.lower()


def test_the_card_draws_its_timeline(data, breaks):
    axis = KeyCard(UID, data, AS_OF, breaks, "ko").plot()

    assert axis.get_title(loc="left").startswith(f"빌링키 {UID}")
    assert "B09" in [text.get_text() for text in axis.texts]
