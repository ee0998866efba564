"""The certificate of a pull is plain data, names no secret, and its digest is that of the content."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from client_wire import KEY, NOW_S, SECRET, client_of, record
from client_world import SEPTEMBER, World

from jtnet_recon.client.certificate import payments_digest
from jtnet_recon.client.frames import to_payments
from jtnet_recon.client.rows import to_table
from jtnet_recon.columns import PAYMENTS

if TYPE_CHECKING:
    import pytest


def test_the_certificate_is_plain_data_and_names_no_secret(api) -> None:
    pulled = client_of(api(World(5)).url).payments(SEPTEMBER)

    text = json.dumps(pulled.attrs["pull"], allow_nan=False)
    assert json.loads(text) == pulled.attrs["pull"]
    assert KEY not in text
    assert SECRET not in text
    assert pulled.attrs["pull"]["merchant"] == client_of(
        "http://127.0.0.1:1"
    )._source.session.login.fingerprint(None)
    assert pulled.attrs["pull"]["started_at"].startswith("2022-11-14T13:26:4")


def test_the_digest_depends_on_the_content_alone(api) -> None:
    first = client_of(api(World(30)).url).payments(SEPTEMBER)
    other_pages = client_of(api(World(30, page_rows=7)).url).payments(SEPTEMBER)
    changed_world = World(30)
    changed_world.payments["imp_000000000009"]["buyer_tel"] = "010-0000-0009"
    changed = client_of(api(changed_world).url).payments(SEPTEMBER)

    digest = first.attrs["pull"]["digest"]
    assert other_pages.attrs["pull"]["digest"] == digest
    assert payments_digest(first.sample(frac=1, random_state=1)) == digest
    assert changed.attrs["pull"]["digest"] != digest


def test_no_column_can_change_without_the_digest() -> None:
    kinds: dict[str, Any] = {
        "text": "다른 값",
        "money": 7,
        "number": 7,
        "flag": True,
        "instant": NOW_S - 77,
        "nested": [{"amount": 7}],
    }
    rows = [record(1), record(2)]
    changed = [
        [rows[0], {**rows[1], column.name: kinds[column.kind]}] for column in PAYMENTS.columns
    ]

    digests = [payments_digest(to_payments(to_table(version))) for version in [rows, *changed]]

    assert len(set(digests)) == 1 + len(PAYMENTS.columns)


def test_the_second_walk_decodes_nothing(api, monkeypatch: pytest.MonkeyPatch) -> None:
    from jtnet_recon.client import pages

    decoded = []
    plain = pages._plain_table
    monkeypatch.setattr(pages, "_plain_table", lambda *a: decoded.append(1) or plain(*a))

    client_of(api(World(95)).url).payments(SEPTEMBER)

    assert len(decoded) == 11, "ten pages of the first walk, and the last look"
