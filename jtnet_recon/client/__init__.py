"""Reads the i'mport V1 API: payments by period and by id, with proof of completeness."""

from __future__ import annotations

from jtnet_recon.client.client import Client

__all__ = ["Client"]
