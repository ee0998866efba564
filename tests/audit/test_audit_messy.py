"""Whatever the tables hold, every row is accounted for and every won is explained."""

from __future__ import annotations

import random

import pandas as pd
import pytest
from audit_world import World

import jtnet_recon as jr
from jtnet_recon.recon.billing_keys import audit
from jtnet_recon.recon.breaks import PRIORITY

KEYS = [None, "k1", "k2", "k3", "k4 ", "키/5", "k1"]
DAYS = [None, "2021-12-31", "2022-01-31", "2022-10-31", "2022-11-10", "2022-11-30", "2022-12-01"]
INSTANTS = [
    None, "2022-10-31 23:59:59", "2022-11-01 00:00:00", "2022-11-10 10:00:00", "2022-11-10 10:05:00",
    "2022-11-30 23:59:59", "2022-12-01 00:00:00", "2023-01-10 10:00:00",
]  # fmt: skip
AMOUNTS = [0, 1, 10_000, 10_000, 10_000, 12_000, 10**12]


def contract_of(rng):
    return {
        "contract": None,
        "customer": rng.choice([None, "a", "b"]),
        "customer_uid": rng.choice(KEYS),
        "plan": rng.choice([None, "x", "y"]),
        "price": rng.choice(AMOUNTS),
        "currency": rng.choice(["KRW", "KRW", "USD"]),
        "price_from": rng.choice(DAYS),
        "billing_day": rng.choice([None, 1, 10, 30, 31]),
        "starts_on": rng.choice(DAYS[1:]),
        "ends_on": rng.choice([None, None, *DAYS[3:]]),
    }


def payment_of(rng, number):
    status = rng.choice(["paid", "paid", "paid", "cancelled", "failed", "ready", "new word"])
    amount = rng.choice(AMOUNTS)
    return {
        "imp_uid": rng.choice([None, f"imp_{number}", f"imp_{number}"]),
        "merchant_uid": rng.choice([None, "o1", "o2", f"o-{number}"]),
        "customer_uid": rng.choice(KEYS),
        "customer_uid_usage": rng.choice([None, "issue", "payment", "payment.scheduled"]),
        "amount": amount,
        "cancel_amount": rng.choice([0, 0, 0, amount, amount // 3, amount + 5]),
        "currency": rng.choice(["KRW", "KRW", "KRW", "USD"]),
        "status": status,
        "sandbox": rng.choice([None, False, True]),
        "card_number": rng.choice([None, "****", "5272****1234", "x"]),
        **{name: rng.choice(INSTANTS) for name in ("started_at", "paid_at", "failed_at")},
    }


def schedule_of(rng, number):
    return {
        "customer_uid": rng.choice(KEYS),
        "merchant_uid": rng.choice([None, "o1", "o2", f"s-{number}"]),
        "imp_uid": rng.choice([None, f"imp_{number}"]),
        "amount": rng.choice(AMOUNTS),
        "currency": rng.choice([None, "KRW", "USD"]),
        "schedule_status": rng.choice(["scheduled", "executed", "revoked", "new word"]),
        "payment_status": rng.choice([None, "paid", "failed", "cancelled"]),
        **{name: rng.choice(INSTANTS) for name in ("schedule_at", "executed_at", "revoked_at")},
    }


def key_of(rng, uid):
    state = rng.choice(["registered", "super", "unknown", "not_asked"])
    times = {name: rng.choice(INSTANTS) for name in ("inserted", "updated")}
    return {
        "customer_uid": uid, "state": state, "pg_provider": rng.choice([None, "jtnet", "nice"]),
        "sandbox": rng.choice([None, True, False]), **times,
    }  # fmt: skip


def draw(seed):
    rng = random.Random(f"messy/{seed}")
    # Two prices of a contract from one day are refused, rightly: each has a number of its own.
    contracts = [contract_of(rng) | {"contract": f"c{n}"} for n in range(rng.randrange(1, 12))]
    payments = [payment_of(rng, n) for n in range(rng.randrange(1, 60))]
    schedules = [schedule_of(rng, n) for n in range(rng.randrange(1, 40))]
    keys = [key_of(rng, uid) for uid in KEYS[1:] if rng.random() < 0.7]
    return World(contracts, payments, schedules, keys).frames()


@pytest.fixture(scope="module", params=range(5))
def messy(request):
    frames = draw(request.param)
    as_of = random.Random(request.param).choice(["2022-11-20", "2022-12-20", "2023-06-01"])
    return frames, audit(**frames, period="2022-11", as_of=as_of)


def test_every_charge_in_scope_and_every_cycle_is_in_one_item(messy):
    _, result = messy
    items, charges = result.items, result.charges

    refunds = charges["cancel_amount"] > 0
    assert items["rows_payments"].sum() == len(charges) + refunds.sum()
    assert items["amount_payments"].sum() == charges["amount"].sum()
    assert items["cancel_payments"].sum() == charges["cancel_amount"].sum()
    assert items["rows_ledger"].sum() == len(result.ledger)
    assert items["net_ledger"].sum() == result.ledger["amount"].sum()
    assert items["difference"].sum() == (
        result.ledger["amount"].sum() - (charges["amount"] - charges["cancel_amount"]).sum()
    )


def test_the_bridge_closes_and_bars_are_minus_the_differences_by_currency(messy):
    _, result = messy
    bridge, breaks = result.bridge, result.breaks

    assert (bridge.loc[bridge["step"] == "unexplained", "amount"] == 0).all()
    bars = bridge.groupby(["currency", "step"])["amount"].sum()
    for (currency, code), rows in breaks.groupby(["currency", "code"]):
        assert bars.get((currency, code), 0) == -rows["difference"].sum(), (currency, code)


def test_the_conclusion_stands_and_every_break_is_one_of_the_closed_list(messy):
    _, result = messy

    assert set(result.breaks["code"]) <= set(PRIORITY)
    assert result.conclusion.verdict in ("reconciled", "reconciled with open items")
    assert (result.breaks["money_at_risk"] >= 0).all()
    texts = pd.concat([result.breaks["finding"], result.breaks["finding_ko"]])
    assert not texts.str.contains(r"[{}]|None|nan|<NA>").any()


def test_every_key_can_be_explained_in_both_languages(messy):
    _, result = messy

    for uid in result.keys["customer_uid"]:
        for lang in ("en", "ko"):
            assert str(result.explain_key(uid, lang=lang))


def test_it_presents_itself(tmp_path):
    frames = draw(8)

    presented = jr.audit_billing_keys(
        contracts=frames["contracts"], period="2022-11", keys=frames["keys"],
        payments=frames["payments"], schedules=frames["schedules"], as_of="2022-12-20",
    )  # fmt: skip

    assert presented.to_html(tmp_path / "keys.html", lang="ko").stat().st_size
