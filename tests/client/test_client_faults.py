"""Under every fault of the sandbox a pull is the fault-free table, or says that it is not."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

import jtnet_recon as jr
from jtnet_recon.client import Client
from jtnet_recon.client.certificate import payments_digest
from jtnet_recon.client.session import Timing
from jtnet_recon.sandbox import Sandbox
from jtnet_recon.sandbox.faults import MODES, Faults

if TYPE_CHECKING:
    from collections.abc import Iterator

MONTH = "2022-11"
SEEDS = range(20)
# Enough pages for lists to go wrong between them.
PAGE_ROWS = 75
SHARES = {"401": 0.2, "drip": 0.15, "total": 0.15, "repeated": 0.15, "reordered": 0.15}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(MONTH, seed=5, orders=100) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def truth(sandbox: Sandbox) -> pd.DataFrame:
    sandbox.set_faults(None)
    return _pull(sandbox)


@pytest.fixture(autouse=True)
def _calm(sandbox: Sandbox) -> Iterator[None]:
    yield
    sandbox.set_faults(None)


def _pull(sandbox: Sandbox, **options: Any) -> pd.DataFrame:
    """Pull with a client that does not wait between its tries."""
    timing = Timing(clock=time.monotonic, sleep=lambda _s: None, chance=lambda: 0.5)
    options = {"progress": False, "timing": timing, **options}
    with Client(sandbox.url, sandbox.key, sandbox.secret, **options) as client:
        return client.payments(MONTH)


def _faults(mode: str, seed: int) -> Faults:
    share = SHARES.get(mode, 0.25)
    return Faults((mode,), seed=seed, share=share, page_rows=PAGE_ROWS, drip_s=0.2)


def _tried(sandbox: Sandbox, mode: str, seed: int) -> pd.DataFrame | jr.ReconError:
    sandbox.set_faults(_faults(mode, seed))
    try:
        return _pull(sandbox)
    except jr.ReconError as error:
        return error


WHOLE = [mode for mode in MODES if mode != "moved"]


@pytest.mark.parametrize("mode", WHOLE)
def test_a_faulty_pull_is_the_fault_free_table_or_says_that_it_is_not(
    sandbox: Sandbox, truth: pd.DataFrame, mode: str
) -> None:
    wanted, made, equal = payments_digest(truth), 0, 0

    for seed in SEEDS:
        pulled = _tried(sandbox, mode, seed)
        made += sandbox.faults_made.get(mode, 0)
        if isinstance(pulled, jr.ReconError):
            assert isinstance(pulled, (jr.PullIncomplete, jr.ApiError)), seed
        elif pulled.attrs["pull"]["verdict"] == "COMPLETE":
            assert payments_digest(pulled) == wanted, seed
            equal += 1
        else:
            assert pulled.attrs["pull"]["reasons"], seed

    assert made >= len(SEEDS), "the mode met too few requests to say anything"
    assert equal >= len(SEEDS) // 4, "a client that always gives up is no use"


@pytest.fixture
def changing() -> Iterator[Sandbox]:
    """Give a sandbox of its own to the mode that really cancels payments."""
    with Sandbox(MONTH, seed=5, orders=100) as sandbox:
        yield sandbox


def test_a_payment_that_is_cancelled_between_two_pages_is_never_lost(changing: Sandbox) -> None:
    sandbox, truth = changing, _pull(changing)
    before, made, seen_cancelled = truth, 0, 0

    for seed in SEEDS:
        pulled = _tried(sandbox, "moved", seed)
        made += sandbox.faults_made.get("moved", 0)
        sandbox.set_faults(None)
        after = _pull(sandbox)
        if isinstance(pulled, jr.ReconError):
            continue
        # Each payment as it was before or as it is after, and none missing.
        assert set(pulled["imp_uid"]) == set(truth["imp_uid"]), seed
        states = _states(before) | _states(after)
        assert _states(pulled) <= states, seed
        seen_cancelled += len(_states(pulled) - _states(before))
        if pulled.attrs["pull"]["verdict"] == "COMPLETE":
            # What it still shows as paid was cancelled after it had begun to read.
            late = _states(after) - _states(pulled)
            started = pd.Timestamp(pulled.attrs["pull"]["started_at"])
            assert all(pd.Timestamp(at) >= started for *_, at in late), seed
        before = after

    assert made >= len(SEEDS)
    assert seen_cancelled >= len(SEEDS), "hardly any move was seen at all"


def _states(payments: pd.DataFrame) -> set[tuple[str, str, int, str]]:
    """Give each payment's state, with the time of its last cancel as text."""
    cancelled_at = payments["cancelled_at"].dt.strftime("%Y-%m-%dT%H:%M:%S%z").fillna("")
    columns = (payments["imp_uid"], payments["status"], payments["cancel_amount"], cancelled_at)
    return set(zip(*columns, strict=True))


def test_a_cancel_of_the_last_minute_is_seen_whatever_the_clock_of_the_tokens_says() -> None:
    with Sandbox(MONTH, seed=6, orders=100) as sandbox:
        shop = sandbox._account.shop
        paid = [row for row in sandbox.payments if row["status"] == "paid" and row["amount"]]
        of_month = [row for row in paid if 1_667_228_400 <= row["paid_at"] < 1_669_820_400]
        from jtnet_recon.sandbox import records, till

        record = shop.shelf.get(of_month[0]["imp_uid"])
        minor = records.in_minor(record["amount"], record["currency"])
        till.put(shop, records.cancel(shop.desk, record, sandbox.now_s - 60, minor=minor))
        for seed in SEEDS:
            sandbox.set_faults(Faults(("skew",), seed=seed))
            pulled = _pull(sandbox).set_index("imp_uid")

            assert pulled["status"][record["imp_uid"]] == "cancelled", seed


def test_modes_together_are_survived_or_said(sandbox: Sandbox) -> None:
    modes = tuple(mode for mode in MODES if mode not in ("moved", "drip"))
    sandbox.set_faults(None)
    wanted = payments_digest(_pull(sandbox))

    for seed in SEEDS[:10]:
        sandbox.set_faults(Faults(modes, seed=seed, share=0.01, page_rows=PAGE_ROWS))
        try:
            pulled = _pull(sandbox)
        except (jr.PullIncomplete, jr.ApiError):
            continue
        if pulled.attrs["pull"]["verdict"] == "COMPLETE":
            assert payments_digest(pulled) == wanted, seed


# Those that meet every read; the others are about the pages of payments alone.
OF_EVERY_READ = ("401", "429", "429-wait", "5xx", "drip", "cut", "gzip")


def _reads(sandbox: Sandbox) -> Iterator[pd.DataFrame | jr.ReconError]:
    """Read keys, schedules and the payments of a status; each is a table or an error of ours."""
    uids = sorted({row.get("customer_uid") for row in sandbox.payments} - {None})
    orders = [row["merchant_uid"] for row in sandbox.payments[:4]]
    timing = Timing(clock=time.monotonic, sleep=lambda _s: None, chance=lambda: 0.5)
    with Client(sandbox.url, sandbox.key, sandbox.secret, progress=False, timing=timing) as client:
        for read in (
            lambda: client.billing_keys([*uids, "nobody"]),
            lambda: client.schedules(MONTH),
            lambda: client.schedules_by_customer_uid(uids[:2], MONTH),
            lambda: client.payments_by_status("paid", MONTH),
            lambda: client.payments_by_merchant_uid(orders),
            lambda: client.prepared(orders[:2]),
        ):
            try:
                yield read()
            except jr.ReconError as error:
                yield error


@pytest.mark.parametrize("mode", OF_EVERY_READ)
def test_each_other_read_is_the_fault_free_table_or_an_error_too(
    sandbox: Sandbox, mode: str
) -> None:
    sandbox.set_faults(None)
    wanted, made, equal = list(_reads(sandbox)), 0, 0

    for seed in SEEDS[:6]:
        sandbox.set_faults(_faults(mode, seed))
        for number, found in enumerate(_reads(sandbox)):
            if isinstance(found, jr.ReconError):
                assert isinstance(found, jr.ApiError), (seed, number)
            else:
                pd.testing.assert_frame_equal(found, wanted[number], obj=f"{seed}, {number}")
                equal += 1
        made += sandbox.faults_made.get(mode, 0)

    assert made >= 6
    assert equal >= 6


@pytest.mark.parametrize("mode", ["total", "repeated", "reordered", "late"])
def test_a_list_of_one_status_is_the_fault_free_table_or_says_that_it_is_not(
    sandbox: Sandbox, mode: str
) -> None:
    def paid() -> pd.DataFrame:
        with jr.connect(sandbox.url, sandbox.key, sandbox.secret, progress=False) as client:
            return client.payments_by_status("paid", MONTH)

    sandbox.set_faults(None)
    wanted, equal = paid(), 0

    for seed in SEEDS:
        sandbox.set_faults(_faults(mode, seed))
        found = paid()
        if found.attrs["lookup"]["verdict"] == "COMPLETE":
            pd.testing.assert_frame_equal(found, wanted, obj=str(seed))
            equal += 1

    assert equal >= len(SEEDS) // 4
