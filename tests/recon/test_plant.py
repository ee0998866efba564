"""plant(): what is planted is found, no more and no less, on anybody's payments."""

from __future__ import annotations

import pandas as pd
import pytest

import jtnet_recon as jr
from jtnet_recon.recon.plant import KINDS

COMPARED = ["code", "merchant_uid", "currency", "difference", "money_at_risk"]
SEEDS = 200
SEEDS_A_TEST = 10


def rows_of(frame):
    texts = frame[COMPARED].astype({"merchant_uid": "str", "currency": "str"}).fillna("")
    return sorted(texts.itertuples(index=False, name=None))


@pytest.fixture(scope="module")
def month():
    with (
        jr.Sandbox("2022-11", seed=5, orders=400) as sandbox,
        jr.connect(sandbox.url, sandbox.key, sandbox.secret, progress=False) as client,
    ):
        return client.payments("2022-11")


def found_in(planted):
    result = jr.reconcile(
        planted.payments,
        planted.ledger,
        planted.rule,
        prepare=planted.prepare,
        as_of=planted.as_of,
    )
    return rows_of(result.breaks)


@pytest.mark.parametrize("first", range(0, SEEDS, SEEDS_A_TEST))
def test_found_is_planted_no_more_and_no_less(month, first):
    for seed in range(first, first + SEEDS_A_TEST):
        planted = jr.plant(month, seed=seed)

        assert found_in(planted) == rows_of(planted.answers), seed


@pytest.mark.parametrize("code", KINDS)
def test_each_code_can_be_planted_alone(month, code):
    planted = jr.plant(month, [code], seed=3, each=2)

    assert code in set(planted.answers["code"])
    assert found_in(planted) == rows_of(planted.answers)


def test_a_faithful_ledger_has_no_break(month):
    planted = jr.plant(month, [], seed=1)

    assert planted.answers.empty
    assert found_in(planted) == []


def test_every_code_but_that_of_a_defect_can_be_planted():
    # Billing keys and schedules are planted elsewhere: tests/audit. C09 and X02 are about what
    # changed since an earlier run: tests/store.
    assert set(KINDS) == {code for code in jr.CODES if code[0] not in "BS"} - {"X09", "C09", "X02"}


def test_the_given_payments_are_left_as_they_were(month):
    before = month.copy(deep=True)

    jr.plant(month, seed=2)

    pd.testing.assert_frame_equal(month, before)


def test_what_is_no_ground_to_plant_on_is_counted(month):
    planted = jr.plant(month, [], seed=1)

    assert planted.left_out + len(planted.payments) == len(month)


def test_an_unknown_code_names_the_nearest_one(month):
    with pytest.raises(jr.ConfigError, match="'P011' cannot be planted") as error:
        jr.plant(month, ["P011"])

    assert "Did you mean P11?" in error.value.hint


def test_too_few_plain_orders_are_said_to_be_too_few(month):
    with pytest.raises(jr.ConfigError, match="too few plain orders"):
        jr.plant(month.head(12), seed=0)
