"""What a schedule runs: pull, reconcile, keep, report, notify, as ``recon.toml`` declares it."""
