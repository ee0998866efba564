"""Keeping every pull and every run: what was known, when, and what has changed since."""

from __future__ import annotations

from jtnet_recon.store.kept import Pull, Run
from jtnet_recon.store.store import Store

__all__ = ["Pull", "Run", "Store"]
