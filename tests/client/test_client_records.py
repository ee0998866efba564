"""What stands around payments is read whole, and what is not there is missing with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pandas as pd
import pytest
from client_samples import SAMPLES, case
from client_wire import Api, client_of, failure, record, reply, success

import jtnet_recon as jr
from jtnet_recon.columns_reads import (
    BALANCES,
    CERTIFICATIONS,
    DELIVERIES,
    EXTERNAL_RECEIPTS,
    PG_SETTINGS,
    RECEIPTS,
    STANDARD_CODES,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from client_wire import Request

    from jtnet_recon.client import Client


UID = "imp_000000000001"
APPLIED_S = 1_668_400_000
RECEIPT = {
    "imp_uid": UID,
    "receipt_tid": "receipt000000001",
    "apply_num": "000000001",
    "type": "person",
    "amount": 11_000,
    "vat": 1_000,
    "receipt_url": None,
    "applied_at": APPLIED_S,
    "cancelled_at": 0,
}


def of_one(found: Any, other: bytes) -> Callable[[Request], bytes]:
    """Know one id, and answer all others alike."""

    def script(request: Request) -> bytes:
        is_known = unquote(request.path).rpartition("/")[2] in (UID, "order-1")
        return success(found) if is_known else other

    return script


def test_prepared_amounts_are_what_reconcile_takes(api) -> None:
    def script(request: Request) -> bytes:
        is_known = request.path.endswith("ORD-20221114-0001")
        return reply(*case("payments/prepare", "GET ok" if is_known else "GET unknown"))

    prepared = client_of(api(script).url).prepared(["ORD-20221114-0001", "ORD-9"])

    assert prepared.to_dict("records") == [
        {"merchant_uid": "ORD-20221114-0001", "amount": 33_000, "currency": "KRW"}
    ]
    looked_up = prepared.attrs["lookup"]
    assert (looked_up["asked"], looked_up["found"], looked_up["missing"]) == (2, 1, ["ORD-9"])
    assert "사전등록된 결제정보가 존재하지 않습니다" in looked_up["reasons"]["ORD-9"]


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [(33_000, None, 33_000), (33_000, "KRW", 33_000), (19.99, "USD", 1_999), (10, "USD", 1_000)],
)
def test_a_prepared_amount_is_read_in_its_currency_else_in_won(
    api, amount: Any, currency: str | None, minor: int
) -> None:
    body = {"merchant_uid": "order-1", "amount": amount, "currency": currency}
    server: Api = api(lambda _request: success(body))

    prepared = client_of(server.url).prepared("order-1")

    assert prepared["amount"].tolist() == [minor]


@pytest.mark.parametrize("amount", [19.99, "1,000", None, True])
def test_a_prepared_amount_that_cannot_be_read_is_missing_and_not_0(api, amount: Any) -> None:
    body = {"merchant_uid": "order-1", "amount": amount, "currency": None}
    server: Api = api(lambda _request: success(body))

    prepared = client_of(server.url).prepared("order-1")

    assert len(prepared) == 0
    assert prepared.attrs["lookup"]["reasons"] == {"order-1": "its amount could not be read"}


def test_the_prepared_amount_of_another_order_stops_the_look_up(api) -> None:
    server: Api = api(lambda _request: reply(*case("payments/prepare", "GET ok")))

    with pytest.raises(jr.ApiShapeError, match="about another merchant_uid"):
        client_of(server.url).prepared("order-1")


def test_a_cash_receipt_is_a_row_in_won_with_its_number_as_text(api) -> None:
    server: Api = api(of_one(RECEIPT, reply(*case("GET /receipts/{imp_uid}", "none"))))

    receipts = client_of(server.url).receipts([UID, "imp_2"])

    row = receipts.iloc[0]
    assert (row["amount"], row["vat"], row["currency"]) == (11_000, 1_000, "KRW")
    assert (row["apply_num"], row["type"]) == ("000000001", "person")
    assert row["applied_at"] == pd.Timestamp("2022-11-14 13:26:40", tz="Asia/Seoul")
    assert pd.isna(row["cancelled_at"])
    assert list(receipts.columns) == RECEIPTS.names
    assert receipts.attrs["lookup"]["missing"] == ["imp_2"]


def test_a_receipt_of_a_sale_outside_is_named_by_its_order(api) -> None:
    outside = {**RECEIPT, "merchant_uid": "order-1"}
    del outside["imp_uid"]
    server: Api = api(of_one(outside, failure(404, "없음")))

    receipts = client_of(server.url).external_receipts(["order-1", "order-2"])

    assert receipts["merchant_uid"].tolist() == ["order-1"]
    assert list(receipts.columns) == EXTERNAL_RECEIPTS.names
    assert server.reads[0].path.startswith("/receipts/external/")


def test_a_delivery_is_named_by_its_payment_although_the_answer_is_not(api) -> None:
    parcel = {"company": "CJ", "invoice": "0012", "sent_at": APPLIED_S, "applied_at": APPLIED_S}
    server: Api = api(of_one(parcel, reply(*case("escrows/logis (jtnet)", "not_supported"))))

    deliveries = client_of(server.url).deliveries([UID, "imp_2"])

    assert deliveries["imp_uid"].tolist() == [UID]
    assert deliveries["invoice"].tolist() == ["0012"]
    assert list(deliveries.columns) == DELIVERIES.names
    assert "현재 지원되지 않는 PG사입니다" in deliveries.attrs["lookup"]["reasons"]["imp_2"]


@pytest.mark.parametrize("status", [400, 404, 405, 409, 501])
def test_a_refusal_that_is_about_the_id_is_a_reason(api, status: int) -> None:
    server: Api = api(lambda _request: failure(status, "등록된 배송정보가 존재하지 않습니다."))

    found = client_of(server.url).deliveries(UID)

    assert found.attrs["lookup"]["reasons"][UID].endswith("존재하지 않습니다.")
    assert len(server.reads) == 1, "it was not tried again"


def test_a_code_that_is_not_0_is_a_reason_too(api) -> None:
    server: Api = api(lambda _request: failure(200, "존재하지 않는 결제정보입니다.", code=1))

    found = client_of(server.url).receipts(UID)

    assert "(code 1)" in found.attrs["lookup"]["reasons"][UID]


@pytest.mark.parametrize("status", [401, 403, 410])
def test_a_refusal_that_is_not_about_the_id_is_an_error(api, status: int) -> None:
    server: Api = api(lambda _request: failure(status, "권한이 없습니다."))

    with pytest.raises(jr.ApiStatusError, match="권한"):
        client_of(server.url).receipts([UID])


def test_an_identity_check_is_a_row(api) -> None:
    check = {
        "imp_uid": UID,
        "pg_provider": "danal",
        "name": "김하나",
        "birthday": "1990-01-01",
        "foreigner": False,
        "certified": True,
        "certified_at": APPLIED_S,
    }
    server: Api = api(of_one(check, failure(404, "인증결과가 존재하지 않습니다.")))

    checks = client_of(server.url).certifications([UID, "imp_2"])

    assert checks["certified"].tolist() == [True]
    assert list(checks.columns) == CERTIFICATIONS.names
    assert checks.attrs["lookup"]["missing"] == ["imp_2"]


def part(**amounts: int) -> dict[str, int]:
    return {"tax_free": 0, "supply": 0, "vat": 0, "service": 0, **amounts}


BALANCE = {
    "amount": 11_000,
    "cash_receipt": part(),
    "primary": part(supply=9_000, vat=900),
    "secondary": part(supply=1_000, vat=100),
    "discount": part(),
    "histories": [
        {
            "cash_receipt": part(),
            "primary": part(supply=10_000, vat=1_000),
            "secondary": part(),
            "discount": part(),
            "created": APPLIED_S,
        }
    ],
}


def balance_script(currency: str, balance: Any) -> Callable[[Request], bytes]:
    def script(request: Request) -> bytes:
        if request.path == "/payments":
            return success([record(1, currency=currency)])
        if request.path.endswith("/balance"):
            return success(balance)
        return failure(404, "없음")

    return script


def test_a_balance_is_a_row_a_part_as_it_stands_and_as_it_once_stood(api) -> None:
    balances = client_of(api(balance_script("KRW", BALANCE)).url).balances(UID)

    assert len(balances) == 8
    now = balances[balances["created"].isna()].set_index("part")
    assert now.loc["primary", ["supply", "vat"]].tolist() == [9_000, 900]
    assert int(now[["tax_free", "supply", "vat", "service"]].to_numpy().sum()) == 11_000
    then = balances[balances["created"].notna()].set_index("part")
    assert then.loc["primary", "supply"] == 10_000
    assert set(balances["amount"]) == {11_000}
    assert list(balances.columns) == BALANCES.names


def test_a_balance_is_in_the_minor_units_of_its_payment(api) -> None:
    body = {**BALANCE, "amount": 110.25, "primary": part(supply=110), "histories": None}

    balances = client_of(api(balance_script("USD", body)).url).balances(UID)

    assert set(balances["amount"]) == {11_025}
    assert balances.set_index("part").loc["primary", "supply"] == 11_000


def test_a_balance_that_no_pg_keeps_is_missing_with_the_servers_words(api) -> None:
    def script(request: Request) -> bytes:
        if request.path == "/payments":
            return success([record(1)])
        return reply(*case("GET /payments/{imp_uid}/balance", "not_payco"))

    balances = client_of(api(script).url).balances(UID)

    assert len(balances) == 0
    assert "PAYCO" in balances.attrs["lookup"]["reasons"][UID]


def test_codes_keep_their_zeros(api) -> None:
    def script(request: Request) -> bytes:
        section = "GET /cards" if request.path == "/cards" else "GET /banks"
        return reply(*case(section, "ok"))

    client = client_of(api(script).url)

    cards, banks = client.card_codes(), client.bank_codes()

    assert cards["code"].tolist() == ["366", "041", "361"]
    assert list(banks.columns) == STANDARD_CODES.names
    assert banks["code"].tolist() == [
        row["code"] for row in SAMPLES["GET /banks"]["ok"]["body"]["response"]
    ]


@pytest.mark.parametrize(
    ("section", "read"),
    [
        ("GET /cards/{code}", lambda c, code: c.card_code(code)),
        ("GET /banks/{code}", lambda c, code: c.bank_code(code)),
        ("GET /tiers/{tier_code}", lambda c, code: c.tier(code)),
    ],
)
def test_one_code_is_a_record_and_an_unknown_one_is_none(
    api, section: str, read: Callable[[Client, str], Any]
) -> None:
    known = SAMPLES[section]["ok"]["body"]["response"]
    code = next(iter(known.values()))

    def script(request: Request) -> bytes:
        is_known = request.path.endswith(f"/{code}")
        return reply(*case(section, "ok" if is_known else "unknown"))

    client = client_of(api(script).url)

    assert read(client, code) == known
    assert read(client, "ZZZ") is None


@pytest.mark.parametrize("code", ["a01", "A1", "A001", ""])
def test_what_is_no_tier_code_is_refused(api, code: str) -> None:
    server: Api = api(lambda _request: failure(404, "없음"))

    with pytest.raises(jr.ConfigError, match="no tier code"):
        client_of(server.url).tier(code)

    assert server.requests == []


def test_the_mids_of_an_account_are_a_table(api) -> None:
    server: Api = api(lambda _request: reply(*case("GET /users/pg", "ok")))

    settings = client_of(server.url).pg_settings()

    assert settings["pg_id"].tolist() == ["shopjt001m", "shopjt002m", "tpaytest0m"]
    assert settings["sandbox"].tolist() == [False, False, True]
    assert list(settings.columns) == PG_SETTINGS.names


def test_a_list_that_is_no_list_is_refused(api) -> None:
    client = client_of(api(lambda _request: success({"code": "041"})).url)

    with pytest.raises(jr.ApiShapeError, match="no list of records"):
        client.card_codes()
