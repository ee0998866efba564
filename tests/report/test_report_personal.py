"""No column of a person's is shown unmasked, whichever side or nesting it stands in."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from jtnet_recon.report import personal
from jtnet_recon.tables import PAYMENTS

NAME, PHONE, MAIL = "김하준", "010-9876-5432", "hajun.kim@example.com"
CARD, ADDRESS, AGENT = "4111-1111-1111-1111", "서울시 강남구 역삼동 777-7", "Mozilla/5.0 Canary"
CANARIES = ("하준", "9876", "hajun", "1111-1111", "777-7", "Canary", "55667788")


def frame_of(**columns):
    return pd.DataFrame({name: pd.Series(values, dtype="str") for name, values in columns.items()})


def payments():
    return frame_of(
        imp_uid=["imp_1"],
        merchant_uid=["order-1"],
        buyer_name=[NAME],
        buyer_tel=[PHONE],
        buyer_email=[MAIL],
        buyer_addr=[ADDRESS],
        buyer_postcode=["06236"],
        card_number=[CARD],
        vbank_num=["110-55667788-01"],
        vbank_holder=[NAME],
        custom_data=[f'{{"name": "{NAME}"}}'],
        user_agent=[AGENT],
        name=[f"선물 {PHONE}"],
        cancel_reason=[f"{MAIL} 요청"],
        fail_reason=[f"카드 {CARD}"],
    )


def as_text(frame):
    return frame.to_csv(index=False)


def test_the_payments_show_no_canary():
    shown = as_text(personal.mask_side(payments(), {}, of_payments=True))

    assert [canary for canary in CANARIES if canary in shown] == []


def test_the_payments_themselves_stay_as_they_are():
    before = payments()

    personal.mask_side(before, {}, of_payments=True)

    pd.testing.assert_frame_equal(before, payments())


def test_ids_and_codes_of_the_pg_are_never_taken_for_cards_or_phones():
    looks_bad = "4111111111111111"
    columns = ["imp_uid", "pg_tid", "pg_id", "apply_num", "receipt_url", "card_code", "bank_code"]
    side = frame_of(**{name: [looks_bad] for name in columns})

    shown = personal.mask_side(side, {}, of_payments=True)

    assert shown.iloc[0].tolist() == [looks_bad] * len(columns)


def test_every_payment_column_of_text_was_thought_of():
    known = {c.name for c in PAYMENTS.columns if c.kind in ("text", "nested")}
    masked = {name for name in known if personal.mask_of(name, of_payments=True) is not None}

    assert masked == {
        "card_number",
        "vbank_num",
        "vbank_holder",
        "name",
        "buyer_name",
        "buyer_email",
        "buyer_tel",
        "buyer_addr",
        "buyer_postcode",
        "custom_data",
        "user_agent",
        "fail_reason",
        "cancel_reason",
    }


@pytest.mark.parametrize(
    ("heading", "value", "shown"),
    [
        ("구매자", NAME, "김*준"),
        ("구매자명", NAME, "김*준"),
        ("주문 고객", NAME, "김*준"),
        ("받는 분", NAME, "김*준"),
        ("예금주", NAME, "김*준"),
        ("고객님", NAME, "김*준"),
        ("구매자 연락처", PHONE, "010-****-5432"),
        ("휴대폰번호", PHONE, "010-****-5432"),
        ("HP", PHONE, "010-****-5432"),
        ("이메일", MAIL, "ha***@e*****.com"),
        ("E-Mail", MAIL, "ha***@e*****.com"),
        ("배송지", ADDRESS, "서울시 강남구 역삼동 ***"),
        ("우편번호", "06236", "06***"),
        ("카드번호", CARD, "****-****-****-1111"),
        ("환불계좌", "110-55667788-01", "******8801"),
        ("사업자등록번호", "123-45-67890", "12****"),
        ("접속 IP", "10.0.0.1", "***"),
        ("비고", f"{PHONE} 부재중", "010-****-5432 부재중"),
        ("상품명", "그라인더", "그라인더"),
        ("결제수단", "신용카드", "신용카드"),
        ("주문일", "2022-11-12 00:22", "2022-11-12 00:22"),
        ("merchant_uid2", "order-1", "order-1"),
        ("status", "paid", "paid"),
    ],
)
def test_a_ledger_column_is_masked_by_its_heading(heading, value, shown):
    ledger = frame_of(**{heading: [value, None]})

    result = personal.mask_side(ledger, {}, of_payments=False)

    assert result[heading][0] == shown
    assert result[heading].isna().tolist() == [False, True]


def test_a_phone_that_a_spreadsheet_made_a_number_is_masked():
    ledger = pd.DataFrame({"연락처": [1098765432], "amount": [1098765432]})

    shown = personal.mask_side(ledger, {}, of_payments=False)

    assert "9876" not in shown["연락처"][0]
    assert shown["amount"][0] == 1098765432


def test_nested_values_are_masked_by_their_fields():
    deposits = [{"depositor_name": NAME, "amount": 4111111111111111, "pg_tid": "4111111111111111"}]
    cancels = {"reason": f"{PHONE} 변심", "names": {"buyer_name": [NAME, NAME]}, "when": None}

    assert personal.mask_nested(deposits) == [
        {"depositor_name": "김*준", "amount": 4111111111111111, "pg_tid": "4111111111111111"}
    ]
    assert personal.mask_nested(cancels) == {
        "reason": "010-****-5432 변심",
        "names": {"buyer_name": ["김*준", "김*준"]},
        "when": None,
    }


def test_a_number_under_a_persons_field_is_masked_too():
    assert personal.mask_nested({"buyer_tel": 1098765432}) == {"buyer_tel": "109-****-5432"}


def test_values_that_could_not_be_read_are_masked_by_their_fields():
    unread = json.dumps(
        {"buyer_name": [NAME], "custom_data": {"who": NAME}, "amount": 10.5}, ensure_ascii=False
    )
    side = frame_of(imp_uid=["imp_1", "imp_2"], unread=[unread, f"{NAME} is no JSON"])

    shown = personal.mask_side(side, {}, of_payments=True)["unread"]

    assert json.loads(shown[0])["buyer_name"] == ["김*준"]
    assert json.loads(shown[0])["amount"] == 10.5
    assert shown[1] == "***"


def test_custom_data_inside_a_value_that_could_not_be_read_is_not_shown():
    unread = json.dumps({"custom_data": NAME, "user_agent": AGENT}, ensure_ascii=False)
    side = frame_of(unread=[unread])

    shown = personal.mask_side(side, {}, of_payments=True)["unread"][0]

    assert json.loads(shown) == {"custom_data": "***", "user_agent": "***"}


def test_an_id_built_from_a_phone_gets_one_alias_on_every_sheet():
    ids = ["010-9876-5432-1", "010-1111-5432-1", "order-1"]
    side = frame_of(merchant_uid=ids)
    breaks = frame_of(merchant_uid=[ids[0], None], code=["P01", "X05"])

    aliases = personal.id_aliases(side, breaks)
    shown = personal.mask_side(side, aliases, of_payments=True)["merchant_uid"].tolist()
    listed = personal.mask_breaks(breaks, aliases)["merchant_uid"].tolist()

    assert shown[2] == "order-1"
    assert len(set(shown)) == 3
    assert not any("9876" in text for text in shown)
    assert listed[0] == shown[0]
    assert pd.isna(listed[1])


def test_the_breaks_are_masked_as_their_sides_are():
    side = payments().add_suffix("_payments")
    breaks = side.assign(
        merchant_uid="order-1",
        finding=f"Paid by {MAIL}",
        finding_ko=f"{PHONE} 결제",
        구매자_ledger=NAME,
        amount_ledger=14_000,
    )

    shown = personal.mask_breaks(breaks, {})

    assert [canary for canary in CANARIES if canary in as_text(shown)] == []
    assert "custom_data_payments" not in shown.columns
    assert shown["amount_ledger"][0] == 14_000
    assert shown["구매자_ledger"][0] == "김*준"
