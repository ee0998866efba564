"""A pull of the sandbox is what the sandbox holds, field by field."""

from __future__ import annotations

from typing import Any

import pytest
from client_world import ids_of

import jtnet_recon as jr
from jtnet_recon.columns import PAYMENTS


def _expected(rows: list[dict[str, Any]], first_s: int, last_s: int, basis: str) -> list[str]:
    """The rule once more, in plain Python."""

    def inside(at_s: int | None) -> bool:
        return at_s is not None and first_s <= at_s <= last_s

    found = []
    for row in rows:
        paid_s = row["paid_at"] or None
        approved = row["status"] == "paid" or (row["status"] == "cancelled" and paid_s is not None)
        if basis == "paid":
            start_s = row.get("started_at") or row["failed_at"] or row["cancelled_at"]
            belongs = inside(paid_s if approved else start_s)
        else:
            cancels = [entry["cancelled_at"] for entry in row["cancel_history"]]
            belongs = (approved and inside(paid_s)) or any(
                inside(at_s) for at_s in (*cancels, row["cancelled_at"] or None)
            )
        if belongs:
            found.append(row["imp_uid"])
    return sorted(found)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_pull_of_the_sandbox_is_what_the_sandbox_holds(seed: int) -> None:
    period = jr.Period("2022-11")
    with jr.Sandbox("2022-11", seed=seed, orders=300) as sandbox:
        client = jr.connect(sandbox.url, sandbox.key, sandbox.secret, progress=False)
        for basis in ("paid", "events"):
            pulled = client.payments(period, basis=basis)
            expected = _expected(sandbox.payments, period.start_s, period.end_s, basis)

            assert pulled.attrs["pull"]["verdict"] == "COMPLETE"
            assert ids_of(pulled) == expected
        client.close()


def test_every_field_of_the_sandbox_arrives() -> None:
    with jr.Sandbox("2022-11", seed=4, orders=200) as sandbox:
        client = jr.connect(sandbox.url, sandbox.key, sandbox.secret, progress=False)
        pulled = client.payments("2022-11")
        client.close()

    rows = {row["imp_uid"]: row for row in sandbox.payments}
    kinds = {column.name: column.kind for column in PAYMENTS.columns}
    for payment in pulled.to_dict("records"):
        sent = rows[payment["imp_uid"]]
        assert set(sent) <= set(kinds)
        for name, kind in kinds.items():
            assert _same(payment[name], sent.get(name), kind, sent["currency"]), (name, sent)


def _same(value: Any, sent: Any, kind: str, currency: str) -> bool:
    import pandas as pd

    scale = 1 if currency == "KRW" else 100
    if kind == "money":
        return value == round((sent or 0) * scale)
    if kind == "instant":
        return value is pd.NaT if not sent else value.timestamp() == sent
    if kind == "nested" and sent and isinstance(sent[0], dict):
        shown = [
            {name: part for name, part in got.items() if name in entry}
            for got, entry in zip(value, sent, strict=True)
        ]
        return shown == [{**entry, "amount": round(entry["amount"] * scale)} for entry in sent]
    if kind == "nested":
        return bool(value == sent)
    return bool(pd.isna(value)) if sent is None else value == sent


def test_two_clients_on_one_account_share_its_token_without_harm() -> None:
    with jr.Sandbox("2022-11", seed=5, orders=150) as sandbox:
        clients = [
            jr.connect(sandbox.url, sandbox.key, sandbox.secret, progress=False) for _ in range(2)
        ]
        pulled = [client.payments("2022-11") for client in clients]
        sandbox.advance(1_900)  # the token of both is dead now
        pulled += [client.payments("2022-11") for client in clients]
        for client in clients:
            client.close()

    digests = {frame.attrs["pull"]["digest"] for frame in pulled}
    assert len(digests) == 1
    assert pulled[2].attrs["pull"]["retries"] == {"401": 1}
