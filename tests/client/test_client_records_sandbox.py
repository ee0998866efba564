"""What stands around the sandbox's payments is read, and is what the sandbox holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import jtnet_recon as jr
from jtnet_recon.sandbox import papers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jtnet_recon.client import Client
    from jtnet_recon.sandbox import Sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with jr.Sandbox("2022-11", seed=6, orders=200) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def client(sandbox: Sandbox) -> Iterator[Client]:
    with jr.connect(sandbox.url, sandbox.key, sandbox.secret, progress=False) as client:
        yield client


def test_the_sandboxs_prepared_amounts_find_the_payment_of_another_amount(
    sandbox: Sandbox, client: Client
) -> None:
    shop = sandbox._account.shop
    paid = [row for row in sandbox.payments if row["status"] == "paid" and row["amount"] > 1_000]
    exact, differs = paid[0], paid[1]
    for row, amount in ((exact, exact["amount"]), (differs, differs["amount"] - 1_000)):
        papers.prepare(shop, {"merchant_uid": row["merchant_uid"], "amount": amount})

    prepared = client.prepared([row["merchant_uid"] for row in paid[:3]])
    payments = client.payments_by_merchant_uid(prepared["merchant_uid"])
    ledger = payments[["merchant_uid", "amount", "cancel_amount", "currency"]]
    result = jr.reconcile(payments, ledger[payments["status"] == "paid"], prepare=prepared)

    assert prepared.attrs["lookup"]["missing"] == [paid[2]["merchant_uid"]]
    breaks = result.breaks
    assert breaks.loc[breaks["code"] == "P21", "merchant_uid"].tolist() == [differs["merchant_uid"]]


def test_the_sandboxs_receipts_are_read_and_jtnets_have_none(
    sandbox: Sandbox, client: Client
) -> None:
    shop = sandbox._account.shop
    papers.issue_external_receipt(
        shop, "cash-1", {"name": "원두", "amount": 11_000, "identifier": "010-0000-0000"}
    )
    uid = sandbox.payments[0]["imp_uid"]

    outside, inside = client.external_receipts(["cash-1", "cash-2"]), client.receipts(uid)

    assert outside[["amount", "vat"]].to_numpy().tolist() == [[11_000, 1_000]]
    assert outside.attrs["lookup"]["missing"] == ["cash-2"]
    assert inside.attrs["lookup"]["missing"] == [uid]


def test_the_sandbox_refuses_what_a_jtnet_merchant_has_none_of_in_words(
    sandbox: Sandbox, client: Client
) -> None:
    uid = sandbox.payments[0]["imp_uid"]

    for read in (client.balances, client.deliveries, client.certifications):
        found = read([uid, "imp_0"])
        assert len(found) == 0
        assert set(found.attrs["lookup"]["reasons"]) == {uid, "imp_0"}


def test_the_sandboxs_codes_and_mids_name_what_its_payments_hold(
    sandbox: Sandbox, client: Client
) -> None:
    cards = set(client.card_codes()["code"])
    banks = set(client.bank_codes()["code"])
    mids = set(client.pg_settings()["pg_id"])
    rows = sandbox.payments

    assert {row["card_code"] for row in rows if row.get("card_code")} <= cards
    assert {row["bank_code"] for row in rows if row.get("bank_code")} <= banks
    assert {row["pg_id"] for row in rows if row.get("pg_id")} <= mids
    assert client.card_code("041") is not None
    assert client.bank_code("004") is not None


def test_a_sub_merchant_of_the_sandbox_has_a_name_and_none_of_the_head_stores_keys(
    sandbox: Sandbox, client: Client
) -> None:
    tier = client.tier("A01")
    uid = next(row["customer_uid"] for row in sandbox.payments if row.get("customer_uid"))
    with jr.connect(
        sandbox.url, sandbox.key, sandbox.secret, tier="A01", progress=False
    ) as of_tier:
        state = of_tier.billing_key(uid)["state"]

    assert tier == {"tier_code": "A01", "tier_name": "강남점"}
    assert (client.billing_key(uid)["state"], state) == ("registered", "unknown")


@pytest.mark.parametrize("status", ["ready", "paid", "cancelled", "failed"])
def test_the_sandboxs_payments_of_a_status_are_those_it_holds(
    sandbox: Sandbox, client: Client, status: str
) -> None:
    november = jr.Period("2022-11")
    clock = {"ready": "started_at"}.get(status, f"{status}_at")

    found = client.payments_by_status(status, november)

    expected = {
        row["imp_uid"]
        for row in sandbox.payments
        if row["status"] == status and november.start_s <= row[clock] <= november.end_s
    }
    assert set(found["imp_uid"]) == expected
    assert expected
    assert found.attrs["lookup"]["verdict"] == "COMPLETE"
