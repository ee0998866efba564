"""Programs of the system that some tests need: a user may lack one, CI may not."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


def needed(what: str, *names: str) -> str:
    """Find a program under one of its names."""
    found = next(filter(None, map(shutil.which, names)), None)
    return missing(what) if found is None else found


def missing(what: str) -> NoReturn:
    """Leave a test out; in CI it fails, for a check that is left out there does not exist."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{what} is not installed")


@contextmanager
def chromium(*flags: str) -> Iterator[Any]:
    """Start the system's Chromium, headless."""
    program = needed("Chromium", "chromium", "chromium-browser")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # The sandbox of Chromium needs rights that a container does not give.
        args = ["--no-sandbox", *flags]
        started = playwright.chromium.launch(executable_path=program, args=args)
        yield started
        started.close()
