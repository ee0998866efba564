"""The subscription business: deterministic, whole, told as documented, its months in order."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from datetime import UTC, date, datetime

import openapi
import openpyxl
import pytest
from sandbox_http import Asker, segment
from sandbox_judge import hold, judge_of

from jtnet_recon.sandbox import Sandbox

SCHEDULE = "/subscribe/payments/schedule"
DAY_S = 86_400
BILLING = [f"B{number:02d}" for number in range(1, 12)]
SCHEDULES = [f"S{number:02d}" for number in range(1, 10)]


@pytest.fixture(scope="module")
def business():
    with Sandbox("2022-11", seed=7, subscriptions=400) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def api(business):
    return Asker(business)


@pytest.fixture(scope="module")
def payments(business):
    return business.payments


@pytest.fixture(scope="module")
def schedules(api):
    """Give every schedule of the account, in windows of three months."""
    end, rows = api.sandbox.now_s + 92 * DAY_S, []
    for step in range(8):
        window = {
            "schedule_from": end - (step + 1) * 92 * DAY_S,
            "schedule_to": end - step * 92 * DAY_S,
        }
        if api.get(SCHEDULE, **window).response["total"]:
            rows += api.walk(SCHEDULE, **window, limit=1000)
    return rows


@pytest.fixture(scope="module")
def contracts(business):
    """Give the lines of the workbook by heading."""
    rows = list(openpyxl.load_workbook(business.contracts_path).active.values)
    head = next(n for n, row in enumerate(rows) if row[0] == "고객번호")
    return [dict(zip(rows[head], row, strict=True)) for row in rows[head + 1 :]]


def all_bytes(sandbox):
    papers = (sandbox.contracts_path, sandbox.contracts_csv_path)
    book = sorted(sandbox._shop.book.entries.items())
    keys = [key.record for key in sandbox._shop.keys._keys.values()]
    return (
        repr(sandbox.payments),
        repr((book, keys)),
        [path.read_bytes() for path in papers],
        sandbox.key_answers.to_csv(),
    )


def test_the_same_month_seed_and_size_give_the_same_bytes():
    first, second = (all_bytes(Sandbox("2022-11", seed=4, subscriptions=80)) for _ in range(2))

    assert first == second


@pytest.mark.parametrize(
    "other",
    [{"seed": 5}, {"subscriptions": 81}, {"period": "2022-10"}],
    ids=lambda o: next(iter(o)),
)
def test_another_seed_size_or_month_gives_another_business(other):
    options = {"period": "2022-11", "seed": 4, "subscriptions": 80}
    first, second = (all_bytes(Sandbox(**made)) for made in (options, options | other))

    assert all(a != b for a, b in zip(first, second, strict=True))


def test_every_code_is_planted_and_each_names_what_it_is_about(business):
    answers = business.key_answers

    assert set(answers["code"]) == {*BILLING, *SCHEDULES, "P07", "P08", "P19"}
    assert answers.dtypes.astype(str).unique().tolist() == ["str"]
    assert answers["customer_uid"].notna().all()
    assert not (answers["merchant_uid"].notna() & answers["imp_uid"].notna()).any()
    assert not answers.duplicated(["code", "customer_uid", "merchant_uid", "imp_uid"]).any()


def test_what_is_named_is_there(business, payments, schedules):
    paid = {row["imp_uid"]: row["customer_uid"] for row in payments}
    booked = {entry["merchant_uid"]: entry["customer_uid"] for entry in schedules}

    for answer in business.key_answers.to_dict("records"):
        if isinstance(answer["imp_uid"], str):
            assert paid[answer["imp_uid"]] == answer["customer_uid"]
        if isinstance(answer["merchant_uid"], str):
            assert booked[answer["merchant_uid"]] == answer["customer_uid"]


@pytest.mark.parametrize(("month", "without"), [("2023-02", {"B06"}), ("2021-05", set())])
def test_other_months_have_every_code_that_their_pg_allows(month, without):
    """NICE offered no window that registers a card, so none could charge it by mistake."""
    planted = set(Sandbox(month, seed=2, subscriptions=60).key_answers["code"])

    assert planted == {*BILLING, *SCHEDULES, "P07", "P08", "P19"} - without


def test_every_payment_keeps_to_the_document(api):
    end = api.sandbox.now_s
    for step in range(5):
        window = {"from": end - (step + 1) * 89 * DAY_S, "to": end - step * 89 * DAY_S}
        answer = api.get("/payments/status/all", **window, limit=1000)
        hold("/payments/status/{payment_status}", answer)


def test_every_schedule_keeps_to_the_document(api, schedules, business):
    window = {"schedule_from": api.sandbox.now_s, "schedule_to": api.sandbox.now_s + 40 * DAY_S}
    hold(SCHEDULE, api.get(SCHEDULE, **window, limit=1000))

    assert len(schedules) == len(business._shop.book.entries)
    assert openapi.unknown_fields("ScheduleResponse", {"response": schedules}) == set()
    statuses = Counter((s["schedule_status"], s["payment_status"]) for s in schedules)
    assert set(statuses) == {
        *(("executed", status) for status in ("paid", "failed", "cancelled", None)),
        ("scheduled", None),
        ("revoked", None),
    }


def test_every_key_keeps_to_the_document(api, contracts):
    uids = sorted({line["빌링키"] for line in contracts})
    for start in range(0, len(uids), 100):
        asked = uids[start : start + 100]
        answer = api.get("/subscribe/customers", **{"customer_uid[]": asked})
        hold("/subscribe/customers", answer)
        assert answer.status == (200 if len(answer.response) == len(asked) else 207)


def test_a_key_of_a_channel_group_is_read_by_itself_in_its_own_shape(api, business):
    uid = next(iter(business._shop.keys.supers))

    alone = api.get(f"/subscribe/customers/{segment(uid)}")
    listed = api.get("/subscribe/customers", **{"customer_uid[]": [uid]})

    faults = judge_of("SuperBillingKeyAnnotation").iter_errors(alone.response)
    # The document asks for "update" and has "updated": its own slip.
    assert [fault.message for fault in faults] == ["'update' is a required property"]
    assert openapi.unknown_fields("SuperBillingKeyAnnotation", alone.response) == set()
    assert alone.response["succeededChannels"][0]["card_number"].count("*") == 6
    assert listed.status == 404


def day_of(at_s):
    return datetime.fromtimestamp(at_s + 9 * 3600, UTC).date()


def test_a_member_without_a_break_is_charged_once_a_billing_day(business, payments, contracts):
    odd = set(business.key_answers["customer_uid"])
    lines = defaultdict(list)
    for line in contracts:
        lines[line["빌링키"]].append(line)
    paid = defaultdict(Counter)
    for row in payments:
        day = day_of(row["paid_at"])
        if row["customer_uid"] and row["paid_at"] and day < day_of(business.now_s):
            paid[row["customer_uid"]][day] += row["amount"]

    for uid, rows in lines.items():
        if uid not in odd:
            assert paid[uid].total() == sum(due(rows, business.now_s).values()), uid
            # A charge that failed at first is paid some days late; most are not.
            assert all(
                any(0 <= (day - on).days <= 3 for on in due(rows, business.now_s))
                for day in +paid[uid]
            )


def due(rows, now_s):
    """Add up, in plain Python, what a contract asks for before today."""
    first, found = rows[0], {}
    start, end = first["계약 시작일"].date(), first["계약 종료일"]
    for month in range(start.year * 12 + start.month - 1, 2023 * 12 + 3):
        year, number = month // 12, month % 12 + 1
        following = date(year + number // 12, number % 12 + 1, 1)
        last = (following - date(year, number, 1)).days
        day = date(year, number, min(first["결제일"], last))
        if start <= day < day_of(now_s) and (end is None or day <= end.date()):
            prices = [row["월 요금"] for row in rows if row["요금 적용일"].date() <= day]
            found[day] = prices[-1]
    return found


def test_the_clock_charges_what_is_booked(fresh_business):
    api = fresh_business
    waiting = [
        entry
        for entry in api.sandbox._shop.book.entries.values()
        if entry["schedule_status"] == "scheduled"
    ]
    now_s = api.sandbox.now_s
    stuck = [entry for entry in waiting if entry["schedule_at"] <= now_s]

    api.sandbox.advance(40 * DAY_S)

    book = api.sandbox._shop.book
    for entry in waiting:
        status = book.get(entry["merchant_uid"])["schedule_status"]
        assert status == ("scheduled" if entry in stuck else "executed")
    assert len(waiting) > len(stuck) == 1


@pytest.fixture
def fresh_business():
    with Sandbox("2022-11", seed=3, subscriptions=60) as sandbox:
        yield Asker(sandbox)


def test_the_contracts_are_the_same_in_both_files(business, contracts):
    text = business.contracts_csv_path.read_text(encoding="cp949")
    rows = list(csv.reader(text.splitlines()))
    head = next(n for n, row in enumerate(rows) if row[:1] == ["고객번호"])

    typed = [
        [f"{cell:,}" if name == "월 요금" else as_text(cell) for name, cell in line.items()]
        for line in contracts
    ]
    assert rows[head + 1 :] == typed


def as_text(cell):
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return "" if cell is None else str(cell)


def test_one_account_is_one_business():
    with pytest.raises(ValueError, match="give orders or subscriptions"):
        Sandbox("2022-11", orders=100, subscriptions=100)
    with pytest.raises(ValueError, match="subscriptions=59 is too few"):
        Sandbox("2022-11", subscriptions=59)
    for name in ("ledger_path", "ledger_entries_path", "answers", "entry_answers"):
        with pytest.raises(RuntimeError, match="no ledger"):
            getattr(Sandbox("2022-11", subscriptions=60), name)
    for name in ("contracts_path", "contracts_csv_path", "key_answers"):
        with pytest.raises(RuntimeError, match="no contracts"):
            getattr(Sandbox("2022-11", orders=100), name)


def test_a_chosen_directory_gets_the_contracts_at_the_start(tmp_path):
    with Sandbox("2022-11", subscriptions=60, directory=tmp_path / "shop") as sandbox:
        assert sorted(p.name for p in (tmp_path / "shop").iterdir()) == [
            sandbox.contracts_path.name,
            sandbox.contracts_csv_path.name,
        ]
