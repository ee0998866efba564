"""Each of the document's 28 reads is a method of the client, or is left out by name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from client_samples import SAMPLES
from client_wire import Api, client_of, failure, page_of, record, success
from numpydoc.validate import validate

import jtnet_recon as jr
from jtnet_recon.client import reads_keys, reads_records
from jtnet_recon.client.endpoints import LEFT_OUT, READS

if TYPE_CHECKING:
    from collections.abc import Callable

    from client_wire import Request

    from jtnet_recon.client import Client

PAYMENT = "imp_000000000001"
METHODS: dict[str, Callable[[Client], Any]] = {
    "/payments/status/{payment_status}": lambda c: (
        c.payments("2022-09"),
        c.payments_by_status("paid", "2022-09"),
    ),
    "/payments": lambda c: c.payments_by_imp_uid(PAYMENT),
    "/payments/{imp_uid}": lambda c: c.payment(PAYMENT),
    "/payments/find/{merchant_uid}/{payment_status}": lambda c: c.first_payment_of_order(
        "order-1", status="paid"
    ),
    "/payments/findAll/{merchant_uid}/{payment_status}": lambda c: c.payments_by_merchant_uid("o"),
    "/payments/prepare/{merchant_uid}": lambda c: c.prepared("order-1"),
    "/payments/{imp_uid}/balance": lambda c: c.balances(PAYMENT),
    "/receipts/{imp_uid}": lambda c: c.receipts(PAYMENT),
    "/receipts/external/{merchant_uid}": lambda c: c.external_receipts("order-1"),
    "/escrows/logis/{imp_uid}": lambda c: c.deliveries(PAYMENT),
    "/certifications/{imp_uid}": lambda c: c.certifications(PAYMENT),
    "/cards": lambda c: c.card_codes(),
    "/cards/{card_standard_code}": lambda c: c.card_code("041"),
    "/banks": lambda c: c.bank_codes(),
    "/banks/{bank_standard_code}": lambda c: c.bank_code("004"),
    "/users/pg": lambda c: c.pg_settings(),
    "/tiers/{tier_code}": lambda c: c.tier("A01"),
    "/subscribe/customers": lambda c: c.billing_keys(["a", "b"]),
    "/subscribe/customers/{customer_uid}": lambda c: c.billing_key("a"),
    "/subscribe/customers/{customer_uid}/payments": lambda c: c.payments_by_customer_uid("a"),
    "/subscribe/customers/{customer_uid}/schedules": lambda c: c.schedules_by_customer_uid(
        "a", "2022-09"
    ),
    "/subscribe/payments/schedule": lambda c: c.schedules("2022-09"),
    "/subscribe/payments/schedule/{merchant_uid}": lambda c: c.schedules_by_merchant_uid("a"),
}


def nothing(request: Request) -> bytes:
    """Hold nothing at all, in the form of each list."""
    if request.path in ("/cards", "/banks", "/users/pg"):
        return success([])
    if request.path.startswith("/payments/status/") or request.path.endswith("/schedule"):
        return page_of([])
    return failure(404, "없음")


def test_each_read_of_the_document_is_a_method_or_is_left_out_by_name() -> None:
    assert METHODS.keys() | LEFT_OUT.keys() == READS
    assert not METHODS.keys() & LEFT_OUT.keys()
    assert all(LEFT_OUT.values()), "with its reason"


@pytest.mark.parametrize("template", METHODS)
def test_a_method_sends_the_read_it_is_said_to_send(api, template: str) -> None:
    server: Api = api(nothing)

    METHODS[template](client_of(server.url))

    optional = template.removesuffix("/{payment_status}") if "/find" in template else template
    patterns = [re.sub(r"\{\w+\}", "[^/]+", text) for text in (template, optional)]
    assert any(re.fullmatch("|".join(patterns), request.path) for request in server.reads)


@pytest.mark.parametrize("template", METHODS)
def test_every_read_carries_the_tier_of_the_sub_merchant(api, template: str) -> None:
    server: Api = api(nothing)

    METHODS[template](client_of(server.url, tier="B02"))

    assert {request.headers.get("tier") for request in server.reads} == {"B02"}


def documented() -> list[str]:
    """Give the methods that the client has from its parts."""
    return [
        f"{part.__module__}.{part.__name__}.{name}"
        for part in (reads_keys.KeyReads, reads_records.RecordReads)
        for name in vars(part)
        if not name.startswith("_")
    ]


def test_the_readme_names_every_read_there_is_and_no_other() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    section = readme.split("\n## What a client reads\n")[1].split("\n## ")[0]
    named = set(re.findall(r"\b(?:client\.)?([a-z_]+)\(", section)) - {"connect", "reconcile"}

    reads = {
        name
        for part in jr.Client.__mro__
        for name, member in vars(part).items()
        if callable(member) and not name.startswith("_")
    }
    assert named == reads - {"close"}


# As tests/base/test_docstrings.py, which sees only what the class itself defines.
_LEFT_OUT = {"GL01", "GL02", "ES01", "EX01", "SA01"}


@pytest.mark.parametrize("path", documented())
def test_a_method_of_a_part_is_documented_as_the_others_are(path: str) -> None:
    faults = [fault for fault in validate(path)["errors"] if fault[0] not in _LEFT_OUT]

    assert faults == []


class ByStatus:
    """Lists its payments under the status each has."""

    def __init__(self, *rows: dict[str, Any]) -> None:
        self.rows = list(rows)
        self.before: Callable[[int], None] = lambda _reads: None
        self.reads = 0

    def __call__(self, request: Request) -> bytes:
        self.reads += 1
        self.before(self.reads)
        status = request.path.split("/")[3]
        clock = {"ready": "started_at"}.get(status, f"{status}_at")
        from_s, to_s = int(request.query["from"]), int(request.query["to"])
        rows = [r for r in self.rows if r["status"] == status and from_s <= r[clock] <= to_s]
        rows.sort(key=lambda row: row["started_at"])
        return page_of(rows)


SEPTEMBER = jr.Period("2022-09")


def at(number: int, at_s: int, status: str = "paid") -> dict[str, Any]:
    times = {"started_at": at_s - 60, "paid_at": at_s}
    if status != "paid":
        times[f"{status}_at"] = at_s
    return record(number, status=status, **times)


def test_payments_of_a_status_are_those_of_its_own_clock_both_ends_included(api) -> None:
    start_s, end_s = SEPTEMBER.start_s, SEPTEMBER.end_s
    times = [start_s - 1, start_s, end_s, end_s + 1]
    rows = [at(n, at_s, status) for status in ("paid", "failed") for n, at_s in enumerate(times)]
    for number, row in enumerate(rows):
        row["imp_uid"] = f"imp_{number:012d}"
    server: Api = api(ByStatus(*rows))

    paid = client_of(server.url).payments_by_status("paid", SEPTEMBER)

    assert list(paid["imp_uid"]) == ["imp_000000000001", "imp_000000000002"]
    assert paid.attrs["lookup"]["verdict"] == "COMPLETE"
    assert {request.path for request in server.reads} == {"/payments/status/paid"}


def test_a_long_period_is_read_in_windows_and_a_shared_second_counts_once(api) -> None:
    edge_s = jr.Period("2022").start_s + 90 * 86_400
    server: Api = api(ByStatus(*(at(n, edge_s + n - 1) for n in range(3))))

    paid = client_of(server.url).payments_by_status("paid", "2022")

    assert len(paid) == 3
    assert len(paid.attrs["lookup"]["windows"]) == 5


def test_a_payment_that_leaves_the_status_while_it_is_read_is_not_in_it(api) -> None:
    world = ByStatus(at(1, SEPTEMBER.start_s + 5), at(2, SEPTEMBER.start_s + 6))

    def cancel(reads: int) -> None:
        if reads == 2:
            world.rows[0] = {**world.rows[0], "status": "cancelled", "cancelled_at": 1_668_000_000}

    world.before = cancel
    paid = client_of(api(world).url).payments_by_status("paid", SEPTEMBER)

    assert list(paid["imp_uid"]) == ["imp_000000000002"]
    assert paid.attrs["lookup"]["windows"][0]["walks"] == 3


def test_a_list_of_one_status_that_never_stands_still_says_so(api) -> None:
    world = ByStatus(at(1, SEPTEMBER.start_s + 5))

    def change(reads: int) -> None:
        world.rows[0] = {**world.rows[0], "cancel_amount": reads}

    world.before = change
    paid = client_of(api(world).url).payments_by_status("paid", SEPTEMBER)

    assert paid.attrs["lookup"]["verdict"] == "UNSTABLE"
    assert paid.attrs["lookup"]["unstable"] == ["2022-09-01T00:00:00+09:00"]


def test_an_amount_of_a_status_list_that_cannot_be_read_is_said(api) -> None:
    server: Api = api(ByStatus({**at(1, SEPTEMBER.start_s + 5), "amount": "many"}))

    paid = client_of(server.url).payments_by_status("paid", SEPTEMBER)

    assert paid.attrs["lookup"]["verdict"] == "INCOMPLETE"
    assert paid.attrs["lookup"]["unread"] == {"amount": 1}


def test_a_payment_that_shows_late_is_caught_by_the_last_look(api) -> None:
    world = ByStatus(at(1, SEPTEMBER.start_s + 5))

    def show(reads: int) -> None:
        if reads == 3:  # two walks agreed before
            world.rows.append(at(2, SEPTEMBER.start_s + 6))

    world.before = show
    paid = client_of(api(world).url).payments_by_status("paid", SEPTEMBER)

    assert len(paid) == 2
    assert paid.attrs["lookup"]["verdict"] == "COMPLETE"


def test_a_list_that_holds_another_status_is_refused(api) -> None:
    server: Api = api(lambda _request: page_of([record(1, status="failed")]))

    with pytest.raises(jr.ApiShapeError, match="not paid"):
        client_of(server.url).payments_by_status("paid", SEPTEMBER)


@pytest.mark.parametrize("status", ["all", "PAID", ""])
def test_a_status_that_no_payment_has_is_refused(api, status: str) -> None:
    server: Api = api(nothing)

    with pytest.raises(jr.ConfigError, match="status="):
        client_of(server.url).payments_by_status(status, SEPTEMBER)
    with pytest.raises(jr.ConfigError, match="status="):
        client_of(server.url).first_payment_of_order("o", status=status)

    assert server.requests == []


def test_one_payment_is_a_plain_record_or_none(api) -> None:
    def script(request: Request) -> bytes:
        found = request.path == f"/payments/{PAYMENT}"
        assert request.query == {"include_sandbox": "true"}
        return success(record(1)) if found else failure(404, "존재하지 않는 결제정보입니다.")

    client = client_of(api(script).url)
    found = client.payment(PAYMENT)

    assert found is not None
    assert (found["amount"], found["status"], found["card_code"]) == (33_000, "paid", "041")
    assert type(found["amount"]) is int
    assert (found["cancelled_at"], found["card_type"], found["cancel_history"]) == (None, None, [])
    assert client.payment("imp_0") is None


def test_the_first_payment_of_an_order_is_the_one_the_server_puts_first(api) -> None:
    section = SAMPLES["GET /payments/find/{merchant_uid}/{payment_status}"]
    uid = section["latest_started_wins"]["body"]["response"]["merchant_uid"]

    def script(request: Request) -> bytes:
        assert request.query == {"sorting": "-started"}
        name = "with_status_failed" if request.path.endswith("/failed") else "latest_started_wins"
        name = name if request.path.split("/")[3] == uid else "unknown"
        case = section[name]
        return (
            success(case["body"]["response"])
            if case["http"] == 200
            else failure(case["http"], case["body"]["message"])
        )

    client = client_of(api(script).url)

    latest = client.first_payment_of_order(uid)
    failed = client.first_payment_of_order(uid, status="failed")
    assert latest is not None
    assert failed is not None
    assert latest["merchant_uid"] == failed["merchant_uid"] == uid
    assert failed["status"] == "failed"
    assert client.first_payment_of_order("nobody") is None


@pytest.mark.parametrize("sorting", ["", "amount", "started; drop"])
def test_a_sorting_that_the_server_does_not_know_is_refused(api, sorting: str) -> None:
    server: Api = api(nothing)

    with pytest.raises(jr.ConfigError, match="sorting="):
        client_of(server.url).first_payment_of_order("o", sorting=sorting)

    assert server.requests == []


def test_the_payment_of_another_order_is_refused(api) -> None:
    server: Api = api(lambda _request: success(record(1)))

    with pytest.raises(jr.ApiShapeError, match="about another merchant_uid"):
        client_of(server.url).first_payment_of_order("order-2")


def test_a_refusal_of_a_single_read_is_an_error(api) -> None:
    client = client_of(api(lambda _request: failure(403, "권한이 없습니다.")).url)

    for read in (client.payment, client.first_payment_of_order):
        with pytest.raises(jr.ApiStatusError, match="권한"):
            read("x")
