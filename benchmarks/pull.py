"""Time the pull of a month's payments from the sandbox over its real socket.

    python benchmarks/pull.py --orders 100k

The sandbox runs in a process of its own on the same machine, so its work is in the time too. The
pull is the package's own: every page from the month to the sandbox's present is walked until two
walks agree, so that far more rows are read than kept.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time

from machine import describe, sizes_of
from measure import peak_mib, settle

MONTH = "2022-11"


def main() -> int:
    """Serve or pull; 1 if a pull is not complete."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--orders", type=sizes_of, default=[100_000], help="of the month: 100k")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        return _serve(*arguments.orders)
    command = [sys.executable, __file__, "--serve", "--orders", str(arguments.orders[0])]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        url, key, secret = server.stdout.readline().split()
        # Ends when this process closes its pipe, however it ends.
        return _pull(url, key, secret, runs=arguments.runs)


def _serve(orders: int) -> int:
    """Run the sandbox until the other process is gone."""
    from jtnet_recon.sandbox import Sandbox

    with Sandbox(MONTH, orders=orders) as sandbox:
        print(sandbox.url, sandbox.key, sandbox.secret, flush=True)
        sys.stdin.read()
    return 0


def _pull(url: str, key: str, secret: str, *, runs: int) -> int:
    """Pull as often as asked and print one line a run."""
    import jtnet_recon as jr

    print(describe({}))
    print("| payments kept | walked | verdict | seconds | payments a second | peak memory, MiB |")
    print("|--:|---|--:|--:|--:|--:|")
    is_complete = True
    with jr.connect(url, key, secret, progress=False) as client:
        for _ in range(runs):
            before = settle()
            start = time.perf_counter()
            payments = client.payments(MONTH)
            seconds = time.perf_counter() - start
            certificate = payments.attrs["pull"]
            walked = sum(window["rows"] * window["walks"] for window in certificate["windows"])
            peak = peak_mib(before)
            is_complete &= certificate["verdict"] == "COMPLETE"
            print(
                f"| {len(payments):,} | {walked:,} | {certificate['verdict']} | {seconds:.1f} "
                f"| {len(payments) / seconds:,.0f} | {'' if peak is None else round(peak)} |",
                flush=True,
            )
            del payments
    return 0 if is_complete else 1


if __name__ == "__main__":
    sys.exit(main())
