"""Time the pull of a month's payments: from the sandbox, or one walk against the limit.

    python benchmarks/pull.py --orders 100k
    python benchmarks/pull.py --walk

The sandbox runs in a process of its own on the same machine, so its work is in the time too. The
pull is the package's own: every page from the month to the sandbox's present is walked until two
walks agree, so that far more rows are read than kept.

``--walk`` reads 200 pages of 1,000 from a server that answers in 20 ms, once each way: with the
package's one walk into a frame and its second walk, with a bare loop of eight threads that only
fetches and decodes (the limit), and page after page as other clients do. It prints the ratios.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

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
    parser.add_argument("--walk", action="store_true", help="one walk against the limit")
    parser.add_argument("--pages", type=int, default=200, help="of a walk")
    parser.add_argument("--rows", type=int, default=1_000, help="of a page")
    parser.add_argument("--delay-ms", type=float, default=20.0, help="of an answer")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.walk:
        return _walk(arguments)
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


def _walk(arguments: argparse.Namespace) -> int:
    """Read all pages each way and print how the ways compare."""
    shape = ["--pages", str(arguments.pages), "--rows", str(arguments.rows)]
    command = [sys.executable, str(Path(__file__).with_name("paging.py")), *shape]
    command += ["--delay-ms", str(arguments.delay_ms)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        port, size = map(int, server.stdout.readline().split())
        print(describe({}))
        seconds = _ways(f"http://127.0.0.1:{port}", arguments)
    records = arguments.pages * arguments.rows
    print(f"{arguments.pages} pages of {arguments.rows:,}, {size / 2**20:.0f} MiB\n")
    print("| way | seconds | records a second |")
    print("|---|--:|--:|")
    for way, best_s in seconds.items():
        print(f"| {way} | {best_s:.2f} | {records / best_s:,.0f} |")
    in_sequence = min(seconds["requests in sequence"], seconds["iamport-rest-client"])
    limit = seconds["bare loop of 8 threads"]
    print(f"\none walk / bare loop: {seconds['one walk'] / limit:.2f} (at most 2)")
    print(f"in sequence / one walk: {in_sequence / seconds['one walk']:.2f} (at least 2.5)")
    print(f"second walk / one walk: {seconds['second walk'] / seconds['one walk']:.2f}")
    return 0


def _ways(url: str, arguments: argparse.Namespace) -> dict[str, float]:
    """Time every way, the ways in turn, and keep the best of the runs."""
    from readers import OneWalk, bare_loop, plain_loop, strangers_client

    bare, plain, stranger = bare_loop(url), plain_loop(url), strangers_client(url)
    best: dict[str, float] = {}
    for _ in range(arguments.runs):
        ours = OneWalk(url)
        for way, read in (
            ("one walk", ours.first),
            ("second walk", ours.second),
            ("bare loop of 8 threads", bare),
            ("requests in sequence", plain),
            ("iamport-rest-client", stranger),
        ):
            start = time.perf_counter()
            found = read(arguments.pages)
            seconds = time.perf_counter() - start
            assert found == arguments.pages * arguments.rows, way
            best[way] = min(seconds, best.get(way, seconds))
    return best


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
