"""Imitates the i'mport V1 API on this machine; imports nothing else of the package."""

from jtnet_recon.sandbox.faults import Faults
from jtnet_recon.sandbox.sandbox import Sandbox

__all__ = ["Faults", "Sandbox"]
