"""Errors are one tree, say what to do, and are plain data for a scheduler."""

from __future__ import annotations

import json

import pytest

import jtnet_recon
from jtnet_recon import errors

CALL = {"method": "GET", "path": "/payments/imp_1"}
MADE = [
    errors.ReconError("m"),
    errors.ConfigError("m"),
    errors.TableError("m", file="a.xlsx", sheet="s", row=3, column="c", value="v"),
    errors.StoreError("m"),
    errors.PullIncomplete("m", certificate={"verdict": "INCOMPLETE"}),
    errors.ApiError("m", **CALL),
    errors.ApiConnectionError("m", **CALL),
    errors.ApiStatusError("m", **CALL, status=500),
    errors.ApiAuthError("m", **CALL, status=401),
    errors.ApiCodeError("m", **CALL, api_code=1),
    errors.ApiShapeError("m", **CALL),
]


def classes():
    return [
        item
        for item in vars(errors).values()
        if isinstance(item, type) and issubclass(item, errors.ReconError)
    ]


def test_every_error_is_in_the_tree_drawn_at_the_top():
    names = [line.strip(" │├└─").split(" ")[0] for line in errors.__doc__.splitlines()]

    assert [name for name in names if name.endswith(("Error", "Incomplete"))] == [
        item.__name__ for item in classes()
    ]


def test_every_error_is_public_and_has_a_code_of_its_own():
    assert {item.__name__ for item in classes()} <= set(jtnet_recon.__all__)
    assert len({item.code for item in classes()}) == len(classes()) == len(MADE)
    assert all(item.code.startswith("JR-") for item in classes())


@pytest.mark.parametrize("error", MADE, ids=lambda error: type(error).__name__)
def test_an_error_is_plain_data(error):
    told = json.loads(json.dumps(error.to_dict()))

    assert (told["code"], told["error"]) == (error.code, type(error).__name__)
    assert told["message"].endswith("m")
    assert set(told) >= {"hint", "hint_ko"}


def test_an_error_says_message_and_hints_on_lines_of_their_own():
    error = errors.ConfigError("No key.", hint="Set it.", hint_ko="설정하세요.")

    assert str(error) == "No key.\nSet it.\n설정하세요."
    assert str(errors.ConfigError("No key.")) == "No key."


def test_an_api_error_names_its_call():
    error = errors.ApiStatusError("Unauthorized", **CALL, status=401)

    assert error.message == "GET /payments/imp_1: Unauthorized"
    assert (error.method, error.path, error.status) == ("GET", "/payments/imp_1", 401)


def test_a_table_error_says_where():
    error = MADE[2]

    assert (error.file, error.sheet, error.row, error.column, error.value) == (
        *("a.xlsx", "s", 3),
        *("c", "v"),
    )
    assert errors.TableError("m").to_dict()["row"] is None
