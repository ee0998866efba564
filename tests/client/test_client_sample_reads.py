"""Every body of the samples that a GET can bring is a table, a record, a miss or an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from client_samples import (
    KEY,
    KEYS,
    SAMPLES,
    SCHEDULE,
    SCHEDULES,
    SCHEDULES_OF_A_KEY,
    SUPER_KEY,
)
from client_wire import Api, client_of, reply

import jtnet_recon as jr

if TYPE_CHECKING:
    from collections.abc import Callable

    from jtnet_recon.client import Client

PERIOD = "2022-09..2023-02"
# Section: the field that names its records, and the read; ids are those in the body.
READS: dict[str, tuple[str, Callable[[Client, list[str]], Any]]] = {
    "GET /payments/{imp_uid}": ("imp_uid", lambda c, ids: c.payment(ids[0])),
    "GET /payments?imp_uid[]=": ("imp_uid", lambda c, ids: c.payments_by_imp_uid(ids)),
    "GET /payments/find/{merchant_uid}/{payment_status}": (
        "merchant_uid",
        lambda c, ids: c.first_payment_of_order(ids[0]),
    ),
    "GET /payments/findAll/{merchant_uid}/{payment_status}": (
        "merchant_uid",
        lambda c, ids: c.payments_by_merchant_uid(ids[:1]),
    ),
    "GET /subscribe/customers/{customer_uid}/payments": (
        "customer_uid",
        lambda c, ids: c.payments_by_customer_uid(ids[:1]),
    ),
    "payments/prepare": ("merchant_uid", lambda c, ids: c.prepared(ids)),
    "GET /payments/{imp_uid}/balance": ("imp_uid", lambda c, ids: c.balances(ids)),
    KEY: ("customer_uid", lambda c, ids: c.billing_key(ids[0])),
    KEYS: ("customer_uid", lambda c, ids: c.billing_keys(ids)),
    SUPER_KEY: ("customer_uid", lambda c, ids: c.billing_key(ids[0])),
    SCHEDULES: ("merchant_uid", lambda c, _: c.schedules(PERIOD)),
    SCHEDULES_OF_A_KEY: (
        "customer_uid",
        lambda c, ids: c.schedules_by_customer_uid(ids[:1], "2022-12..2023-02"),
    ),
    SCHEDULE: ("merchant_uid", lambda c, ids: c.schedules_by_merchant_uid(ids)),
    "GET /cards": ("code", lambda c, _: c.card_codes()),
    "GET /cards/{code}": ("code", lambda c, ids: c.card_code(ids[0])),
    "GET /banks": ("code", lambda c, _: c.bank_codes()),
    "GET /banks/{code}": ("code", lambda c, ids: c.bank_code(ids[0])),
    "GET /users/pg": ("pg_id", lambda c, _: c.pg_settings()),
    "GET /tiers/{tier_code}": ("tier_code", lambda c, ids: c.tier(ids[0])),
    "GET /receipts/{imp_uid}": ("imp_uid", lambda c, ids: c.receipts(ids)),
    "escrows/logis (jtnet)": ("imp_uid", lambda c, ids: c.deliveries(ids)),
}
# Bodies that only a writing call brings, and those of no call of the API.
NOT_READ = {
    "_about",
    "POST /users/getToken",
    "any endpoint",
    "POST /payments/cancel",
    "POST /subscribe/payments/onetime",
    "POST /subscribe/payments/again",
    "POST /subscribe/payments/schedule",
    "POST /subscribe/payments/unschedule",
    "POST /vbanks (jtnet)",
    "POST /receipts/{imp_uid} (jtnet)",
    "webhook POST to the merchant",
    "IMP.request_pay",
    "settlement import (invented neutral row; NOT a JTNet format)",
    "GET /payments/status/{payment_status}",  # the pull's own, below
}
WRITTEN = ("POST", "PUT", "DELETE", "reschedule", "retry")
CASES = [
    (section, name)
    for section in READS
    for name in SAMPLES[section]
    if not name.startswith(WRITTEN)
]


def test_every_section_of_the_samples_is_read_or_named_as_no_read() -> None:
    assert READS.keys() | NOT_READ == SAMPLES.keys()
    assert len(CASES) > 50


def records_of(body: Any) -> list[dict[str, Any]]:
    """Give the records of a body, in whichever shape it has them."""
    response = body["response"]
    if isinstance(response, dict) and "list" in response:
        return list(response["list"])
    return response if isinstance(response, list) else [response] if response else []


@pytest.mark.parametrize(("section", "name"), CASES)
def test_a_sample_of_a_read_is_what_it_says(api, section: str, name: str) -> None:
    key, read = READS[section]
    sample = SAMPLES[section][name]
    rows = records_of(sample["body"])
    ids = list(dict.fromkeys(str(row.get(key)) for row in rows)) or ["ABC"]
    server: Api = api(lambda _request: reply(sample["http"], sample["body"]))
    client = client_of(server.url)

    if name in {"bad_status", "page_too_far", "window_over_3_months"}:
        with pytest.raises(jr.ApiStatusError) as caught:
            read(client, ids)
        assert sample["body"]["message"] in caught.value.message
        return
    found = read(client, ids)

    if isinstance(found, pd.DataFrame):
        named = set(found[key]) if len(rows) else set()
        assert named == set(ids if rows else [])
        assert "unread" not in found.columns
        if "amount" in found.columns:
            assert found["amount"].sum() == sum(row["amount"] for row in rows)
    elif key == "customer_uid":
        assert (found["state"] == "unknown") == (not rows)
        assert found["customer_uid"] == ids[0]
    else:
        assert (found is None) == (not rows)
        assert found is None or found[key] == ids[0]


@pytest.mark.parametrize(
    "name", [n for n in SAMPLES["GET /payments/status/{payment_status}"] if n != "middle_page"]
)
def test_a_sample_of_the_payment_list_is_pulled_or_refused_in_the_servers_words(
    api, name: str
) -> None:
    sample = SAMPLES["GET /payments/status/{payment_status}"][name]
    server: Api = api(lambda _request: reply(sample["http"], sample["body"]))
    client = client_of(server.url)

    if sample["http"] >= 400:
        with pytest.raises(jr.PullIncomplete) as caught:
            client.payments("2022-11")
        assert sample["body"]["message"] in caught.value.message
        return
    pulled = client.payments("2022-11")

    # One page for every page: only where it is the whole list can the pull be complete.
    page = sample["body"]["response"]
    is_whole = page["total"] == len(page["list"])
    assert (pulled.attrs["pull"]["verdict"] == "COMPLETE") == is_whole
    assert "unread" not in pulled.columns
