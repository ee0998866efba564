"""The command line: ``jtnet-recon demo | pull | reconcile | sandbox``."""

from jtnet_recon.cli.entry import app

__all__ = ["app"]
