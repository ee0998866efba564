"""Time the audit of billing keys over the API, and check that it finds what was planted.

    python benchmarks/keys_api.py --keys 10k --delay-ms 20

The sandbox runs in a process of its own on the same machine, so its work is in the time too. Keys,
payments and schedules are read with a client, bars and all, and audited.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from machine import describe, sizes_of
from measure import peak_mib, settle

MONTH = "2022-11"


def main() -> int:
    """Serve, or audit; 1 if the breaks are not those planted."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--keys", type=sizes_of, default=[10_000], help="subscriptions: 10k")
    parser.add_argument("--delay-ms", type=float, default=20.0, help="of an answer")
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    (count,) = arguments.keys
    if arguments.serve is not None:
        return _serve(count, arguments.delay_ms / 1_000, arguments.serve)
    with tempfile.TemporaryDirectory() as folder:
        shape = ["--keys", str(count), "--delay-ms", str(arguments.delay_ms)]
        command = [sys.executable, __file__, "--serve", folder, *shape]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as server:
            assert server.stdout is not None
            url, key, secret = server.stdout.readline().split()
            # Ends when this process closes its pipe, however it ends.
            return _audit(url, key, secret, Path(folder))


def _serve(count: int, delay_s: float, folder: Path) -> int:
    """Serve until the other process ends."""
    from jtnet_recon.sandbox import Sandbox

    with Sandbox(MONTH, subscriptions=count, latency_s=delay_s, directory=folder) as sandbox:
        sandbox.key_answers["code"].to_csv(folder / "planted.txt", index=False, header=False)
        print(sandbox.url, sandbox.key, sandbox.secret, flush=True)
        sys.stdin.read()
    return 0


def _audit(url: str, key: str, secret: str, folder: Path) -> int:
    """Audit once on the clock."""
    import jtnet_recon as jr

    contracts = jr.read_contracts(next(folder.glob("contracts_*.csv")))
    planted = Counter((folder / "planted.txt").read_text(encoding="utf-8").split())
    print(describe({}))
    with jr.connect(url, key, secret) as client:
        before = settle()
        start, start_cpu = time.perf_counter(), time.process_time()
        result = jr.audit_billing_keys(client, contracts, MONTH)
        seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - start_cpu
    is_right = Counter(result.breaks["code"]) == planted
    print(
        f"{len(result.keys):,} keys, {len(result.data.payments):,} payments, "
        f"{len(result.schedules):,} schedules: {seconds:.1f} s, of which this process worked "
        f"{cpu_seconds:.1f} s; {peak_mib(before):,.0f} MiB; "
        f"found {'=' if is_right else 'IS NOT'} planted ({len(result.breaks):,} breaks)"
    )
    return 0 if is_right else 1


if __name__ == "__main__":
    sys.exit(main())
