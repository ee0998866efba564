"""What is mistyped in a notebook is refused by name, with what to write, in both languages."""

from __future__ import annotations

import re

import pandas as pd
import pytest

import jtnet_recon as jr
from jtnet_recon.errors import ConfigError

PAYMENTS = pd.DataFrame(
    {
        "imp_uid": ["imp_1"],
        "merchant_uid": ["o1"],
        "amount": [1000],
        "currency": ["KRW"],
        "status": ["paid"],
    }
)
LEDGER = pd.DataFrame({"merchant_uid": ["o1"], "amount": [1000]})


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        ({"rule": "payments"}, "rule='payments' cannot be used.", "jr.PAYMENTS_TO_LEDGER"),
        ({"rule": None}, "rule=None cannot be used.", "jr.PAYMENTS_TO_LEDGER"),
        ({"as_of": "yesterday"}, "as_of='yesterday' cannot be used.", "2022-12-05"),
        ({"as_of": "2022-13-01"}, "as_of='2022-13-01' cannot be used.", "2022-12-05"),
        ({"as_of": ["2022-12-05"]}, "as_of=['2022-12-05'] cannot be used.", "2022-12-05"),
    ],
)
def test_an_argument_of_reconcile_that_is_none_is_named(arguments, message, hint):
    with pytest.raises(ConfigError) as caught:
        jr.reconcile(PAYMENTS, LEDGER, **arguments)

    assert caught.value.message == message
    assert hint in caught.value.hint
    assert hint in caught.value.hint_ko


def test_client_and_result_the_wrong_way_round_are_told_apart():
    result = jr.reconcile(PAYMENTS, LEDGER)

    with (
        jr.connect("http://127.0.0.1:9", "key", "secret") as client,
        pytest.raises(ConfigError) as caught,
    ):
        jr.verify_absence(result, client)

    assert re.fullmatch(r"result=<.*Client.* cannot be used\.", caught.value.message)
    assert caught.value.hint == "Write verify_absence(client, result)."
    assert caught.value.hint_ko == "verify_absence(client, result) 처럼 쓰세요."


@pytest.mark.parametrize("source", [5, None, ["ledger.xlsx"]])
def test_what_no_ledger_can_be_read_from_is_named(source):
    with pytest.raises(ConfigError) as caught:
        jr.read_ledger(source)

    assert caught.value.message == (
        f"A table cannot be read from {type(source).__name__} {source!r}."
    )
    assert "DataFrame" in caught.value.hint_ko
