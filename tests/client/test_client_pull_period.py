"""Which payments belong to a period, on either basis, and what a period without any gives."""

from __future__ import annotations

import pytest
from client_wire import Api, client_of, page_of, record
from client_world import SEPTEMBER, World

import jtnet_recon as jr
from jtnet_recon.columns import PAYMENTS
from jtnet_recon.period import DAY_S
from jtnet_recon.tables import empty


def test_a_period_without_payments_gives_an_empty_table(api) -> None:
    pulled = client_of(api(World()).url).payments(SEPTEMBER)

    assert len(pulled) == 0
    assert pulled.dtypes.equals(empty(PAYMENTS).dtypes)
    assert pulled.attrs["pull"]["verdict"] == "COMPLETE"


def test_a_period_to_come_is_empty_and_complete(api) -> None:
    pulled = client_of(api(World(3)).url).payments("2031-05")

    assert (len(pulled), pulled.attrs["pull"]["verdict"]) == (0, "COMPLETE")


@pytest.mark.parametrize("basis", ["", "Paid", "started", None])
def test_another_basis_is_refused(api, basis) -> None:
    server: Api = api(World())

    with pytest.raises(jr.ConfigError, match="is not known"):
        client_of(server.url).payments(SEPTEMBER, basis=basis)

    assert server.requests == []


S = 1_661_958_000  # 2022-09-01 00:00:00 in Korea
E = S + 30 * DAY_S - 1

BASIS = {
    "approved in the first second": ({"started_at": S - 9, "paid_at": S}, True, True),
    "approved in the last second": ({"started_at": E, "paid_at": E}, True, True),
    "approved a second early": ({"started_at": S - 9, "paid_at": S - 1}, False, False),
    "approved a second late": ({"started_at": E, "paid_at": E + 1}, False, False),
    "approved before, cancelled in it": (
        {
            "started_at": S - 99,
            "paid_at": S - 90,
            "status": "cancelled",
            "cancelled_at": S + 5,
            "cancel_amount": 33_000,
        },
        False,
        True,
    ),
    "approved before, one of two cancels in it": (
        {
            "started_at": S - 99,
            "paid_at": S - 90,
            "status": "cancelled",
            "cancelled_at": E + 5,
            "cancel_amount": 2,
            "cancel_history": [
                {"amount": 1, "cancelled_at": S + 5},
                {"amount": 1, "cancelled_at": E + 5},
            ],
        },
        False,
        True,
    ),
    "failed, started in it": (
        {"status": "failed", "started_at": S + 5, "paid_at": 0, "failed_at": E + 7},
        True,
        False,
    ),
    "failed in it, started before": (
        {"status": "failed", "started_at": S - 5, "paid_at": 0, "failed_at": S + 7},
        False,
        False,
    ),
    "an old failure without a start": (
        {"status": "failed", "started_at": None, "paid_at": 0, "failed_at": S + 7},
        True,
        False,
    ),
    "an open window": ({"status": "ready", "started_at": S + 5, "paid_at": 0}, True, False),
    "an account cancelled before any deposit": (
        {
            "status": "cancelled",
            "started_at": S + 5,
            "paid_at": 0,
            "cancel_amount": 33_000,
            "cancelled_at": E + 9,
        },
        True,
        False,
    ),
    "an account cancelled in it, issued before": (
        {
            "status": "cancelled",
            "started_at": S - 5,
            "paid_at": 0,
            "cancel_amount": 33_000,
            "cancelled_at": S + 9,
        },
        False,
        True,
    ),
    "paid without any time": ({"started_at": 0, "paid_at": 0}, True, False),
    "an unknown status with a time of approval": (
        {"status": "settled", "started_at": S - 5, "paid_at": S + 5},
        True,
        True,
    ),
    "an old row without a start": ({"started_at": None, "paid_at": S + 5}, True, True),
    "failed with a time of approval": (
        {"status": "failed", "started_at": S - 5, "paid_at": S + 5, "failed_at": S + 6},
        False,
        False,
    ),
}


@pytest.mark.parametrize("name", BASIS)
def test_which_payments_belong_to_a_period(api, name: str) -> None:
    changes, paid, events = BASIS[name]
    server: Api = api(lambda _request: page_of([record(1, **changes)]))
    client = client_of(server.url)

    assert len(client.payments(SEPTEMBER)) == paid
    assert len(client.payments(SEPTEMBER, basis="events")) == events
