"""A bar shows in terminals and notebooks, on standard output, and nowhere else."""

from __future__ import annotations

import io
import sys
from typing import Any

import pytest
from client_wire import Api, client_of
from client_world import World


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("screen", "asked", "is_shown"),
    [(True, None, True), (False, None, False), (False, True, True), (True, False, False)],
)
def test_when_a_bar_is_drawn(api, monkeypatch, screen: bool, asked: Any, is_shown: bool) -> None:
    server: Api = api(World(95))
    output, errors = (Screen() if screen else io.StringIO()), io.StringIO()
    monkeypatch.setattr(sys, "stdout", output)
    monkeypatch.setattr(sys, "stderr", errors)

    client_of(server.url, progress=asked).payments("2022-09")

    assert ("payments 2022-09-01..2022-09-30" in output.getvalue()) is is_shown
    assert errors.getvalue() == ""


def test_a_notebook_counts_as_a_screen(monkeypatch) -> None:
    from jtnet_recon.client.progress import _looked_at

    kernel = type("OutStream", (io.StringIO,), {"__module__": "ipykernel.iostream"})
    monkeypatch.setattr(sys, "stdout", kernel())

    assert _looked_at()


def test_the_bar_leaves_nothing_behind(api, monkeypatch) -> None:
    output = Screen()
    monkeypatch.setattr(sys, "stdout", output)

    client_of(api(World(5)).url).payments("2022-09")

    assert output.getvalue().rpartition("\r")[2].strip() == ""
