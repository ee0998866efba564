"""``python -m jtnet_recon``: the command line."""

import sys

from jtnet_recon.cli import app

sys.exit(app())
