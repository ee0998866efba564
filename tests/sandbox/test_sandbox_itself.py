"""The sandbox as an object: deterministic, alone on its machine, its answers right."""

from __future__ import annotations

import socket
from collections import defaultdict
from datetime import UTC, datetime
from itertools import pairwise

import openpyxl
import pytest
from sandbox_http import Asker
from sandbox_oracle import breaks_of, read_lines

from jtnet_recon.sandbox import Sandbox


def all_bytes(sandbox):
    files = (
        *(sandbox.ledger_path, sandbox.ledger_csv_path, sandbox.ledger_parquet_path),
        sandbox.ledger_entries_path,
    )
    answers = (sandbox.answers.to_csv(), sandbox.entry_answers.to_csv())
    return repr(sandbox.payments), [path.read_bytes() for path in files], answers


def test_the_same_month_and_seed_give_the_same_bytes():
    assert all_bytes(Sandbox("2022-11", seed=4)) == all_bytes(Sandbox("2022-11", seed=4))


@pytest.mark.parametrize(
    "other", [{"seed": 5}, {"orders": 601}, {"period": "2022-10"}], ids=["seed", "orders", "month"]
)
def test_another_seed_size_or_month_gives_another_world(other):
    options = {"period": "2022-11", "seed": 4, "orders": 600}
    first, second = (all_bytes(Sandbox(**made)) for made in (options, options | other))

    assert first[0] != second[0]
    assert all(a != b for a, b in zip(first[1], second[1], strict=True))


def test_the_server_sends_the_same_bytes_again():
    pages = []
    for _ in range(2):
        with Sandbox("2022-11", seed=4, orders=100) as sandbox:
            query = {"from": 1667228400, "to": 1669820399, "limit": 50}
            pages.append(Asker(sandbox).get("/payments/status/all", **query).content)

    assert pages[0] == pages[1]


def answers_of(sandbox):
    frame = sandbox.answers.drop(columns="planted").astype(object)
    return list(frame.where(frame.notna(), None).itertuples(index=False, name=None))


@pytest.mark.parametrize("seed", range(100, 106))
def test_the_answers_are_all_the_breaks_and_nothing_else(seed, tmp_path):
    """Other seeds than those on which the package itself is held against the answers."""
    sandbox = Sandbox("2022-11", seed=seed, directory=tmp_path)
    lines = read_lines(sandbox.ledger_path)

    found = breaks_of(sandbox.payments, lines, year=2022, month=11)

    assert sorted(found, key=repr) == sorted(answers_of(sandbox), key=repr)


@pytest.mark.parametrize(
    ("month", "orders"), [("2023-01", 600), ("2023-02", 600), ("2022-02", 100), ("2022-12", 1500)]
)
def test_the_answers_hold_for_other_months_and_sizes(month, orders, tmp_path):
    sandbox = Sandbox(month, seed=1, orders=orders, directory=tmp_path)
    year, number = map(int, month.split("-"))

    found = breaks_of(sandbox.payments, read_lines(sandbox.ledger_path), year=year, month=number)

    assert sorted(found, key=repr) == sorted(answers_of(sandbox), key=repr)


def test_every_code_of_the_first_version_is_planted():
    planted = set(Sandbox("2022-11", seed=7).answers["code"])

    # X01 and X09 are about a pull and about ourselves: no ledger can hold them.
    assert planted == set(
        (
            "P01 P02 P03 P05 P07 P09 P12 P13 P16 P17 P19 C01 C02 C03 C04 C05 C06 C07 V01 V02 V07 V08 "
            "X05"
        ).split()
    )


def test_the_ledger_of_entries_holds_breaks_of_its_own():
    answers = Sandbox("2022-11", seed=9).entry_answers

    assert set(answers["code"]) == set("P01 P02 P03 P09 P12 P13 V01 C01 C02 C03 C06 X05".split())
    assert answers.dtypes.astype(str).to_dict() == {
        **dict.fromkeys(("code", "merchant_uid", "currency", "planted"), "str"),
        **dict.fromkeys(("difference", "money_at_risk"), "int64"),
    }
    # One break an order, so that none hides another.
    assert not answers["merchant_uid"].dropna().duplicated().any()


def test_the_ledger_of_entries_has_a_line_a_movement_without_a_sign(november):
    rows = list(openpyxl.load_workbook(november.ledger_entries_path).active.values)
    lines = [row for row in rows[4:] if row[2] is not None]

    assert rows[3] == ("일자", "주문번호", "구분", "금액", "통화", "결제수단", "상품명", "비고")
    assert {row[2] for row in lines} == {"매출", "환불"}
    assert min(row[3] for row in lines) > 0
    assert sum(row[2] == "환불" for row in lines) > 20
    for currency in ("KRW", "USD"):
        (total,) = (row[3] for row in rows if row[0] == "합계" and row[4] == currency)
        mine = [row for row in lines if row[4] == currency]
        left = sum(row[3] if row[2] == "매출" else -row[3] for row in mine)
        assert total == pytest.approx(left, abs=0.001)


@pytest.fixture(scope="module")
def large():
    """Make a month in which chance would bring coincidences."""
    return Sandbox("2022-11", seed=1, orders=3000)


def test_no_order_looks_like_a_second_charge_of_another(large):
    """Such charges would be P08, which nobody planted."""
    orders, charges = defaultdict(set), defaultdict(list)
    for payment in large.payments:
        if payment.get("channel") in ("pc", "mobile") and not payment["customer_uid"]:
            orders[payment["buyer_tel"]].add(payment["merchant_uid"])
        if payment.get("customer_uid") and payment["amount"]:
            charges[payment["customer_uid"]].append(payment["paid_at"])

    assert len(orders) > 2000
    assert all(len(found) == 1 for found in orders.values())
    assert sum(len(found) > 1 for found in charges.values()) > 50
    for found in charges.values():
        assert all(later_s - at_s > 1800 for at_s, later_s in pairwise(sorted(found)))


def test_what_only_one_side_holds_does_not_look_like_what_only_the_other_holds(large):
    """Otherwise both would be P10, a likely pair, which nobody planted."""
    answers = large.answers
    left, right = (
        answers.loc[answers["code"] == code, "difference"].abs() for code in ("P01", "P02")
    )

    assert len(left) > 10
    assert len(right) > 20
    assert (left % 2 == 1).all()
    assert (right % 2 == 0).all()
    assert (right % 100 != 0).all()


def test_the_ledger_has_as_many_lines_whatever_the_file(november):
    import pyarrow.parquet as pq

    lines = read_lines(november.ledger_path)
    text = november.ledger_csv_path.read_text(encoding="cp949")

    assert pq.read_table(november.ledger_parquet_path).num_rows == len(lines) > 500
    assert sum("ORD-" in row for row in text.splitlines()) == sum(
        "ORD-" in (line["merchant_uid"] or "") for line in lines
    )


def test_the_csv_needs_cp949_and_holds_letters_that_euc_kr_lacks(november):
    content = november.ledger_csv_path.read_bytes()

    with pytest.raises(UnicodeDecodeError):
        content.decode("utf-8")
    with pytest.raises(UnicodeDecodeError):
        content.decode("euc-kr")
    assert "주문번호" in content.decode("cp949")


def test_ledger_files_go_where_they_are_wanted(tmp_path):
    with Sandbox("2022-11", orders=100, directory=tmp_path / "new") as sandbox:
        names = sorted(path.name for path in (tmp_path / "new").iterdir())
        entries = sandbox.ledger_entries_path

    assert names == ["ledger_2022-11.parquet", "ledger_2022-11.xlsx", "ledger_2022-11_cp949.csv"]
    assert entries == tmp_path / "new" / "ledger_2022-11_entries.xlsx"
    assert entries.is_file()


def test_ledger_files_without_a_wish_are_gone_with_the_sandbox():
    sandbox = Sandbox("2022-11", orders=100)
    folder = sandbox.ledger_path.parent
    assert sandbox.ledger_csv_path.parent == folder

    del sandbox

    assert not folder.exists()


def test_the_server_listens_on_this_machine_only_and_frees_its_port():
    sandbox = Sandbox("2022-11", orders=100).start()
    port = int(sandbox.url.removeprefix("http://127.0.0.1:"))
    assert sandbox.start().url.endswith(f":{port}")

    sandbox.stop()
    sandbox.stop()

    with socket.socket() as again:
        assert again.connect_ex(("127.0.0.1", port)) != 0
    with pytest.raises(RuntimeError, match="not started"):
        _ = sandbox.url


def test_a_server_that_is_slow_to_stop_keeps_its_socket_until_it_has_stopped(monkeypatch):
    """On a busy machine its loop still listened when the socket was closed under it."""
    broken = []
    monkeypatch.setattr("threading.excepthook", lambda met: broken.append(met.exc_value))
    monkeypatch.setattr("jtnet_recon.sandbox.server.STOP_TIMEOUT_S", 0.0)
    sandbox = Sandbox("2022-11", orders=100).start()
    port, thread = sandbox._server.port, sandbox._server._thread

    sandbox.stop()
    thread.join(60)

    assert not thread.is_alive()
    assert broken == []
    with socket.create_server(("127.0.0.1", port)):
        pass


def test_a_stopped_sandbox_can_be_started_again():
    sandbox = Sandbox("2022-11", orders=100)
    for _ in range(2):
        with sandbox:
            assert Asker(sandbox).get("/payments/status/all").status == 200


def test_a_port_can_be_chosen_and_a_taken_one_is_told():
    with Sandbox("2022-11", orders=100) as first:
        port = int(first.url.rpartition(":")[2])
        with pytest.raises(OSError, match=f"port {port} is not free"):
            Sandbox("2022-11", orders=100, port=port).start()


def test_the_clock_runs_on_and_can_be_put_forward():
    now = datetime(2023, 6, 1, tzinfo=UTC)
    sandbox = Sandbox("2022-11", orders=100, now=now)
    begun = sandbox.now_s

    sandbox.advance(3600)

    assert begun - int(now.timestamp()) in (0, 1)
    assert sandbox.now_s - begun in (3600, 3601)


def test_nothing_happens_after_the_sandbox_s_present():
    sandbox = Sandbox("2022-11", seed=2)
    clocks = ("started_at", "paid_at", "failed_at", "cancelled_at")

    latest = max(p.get(name) or 0 for p in sandbox.payments for name in clocks)

    assert latest <= sandbox.now_s


@pytest.mark.parametrize(
    "period", ["2022-13", "2022", "november", "1980-01", "2022-11-01..2022-11-29", None]
)
def test_what_is_no_month_is_refused(period):
    with pytest.raises(ValueError, match="Sandbox: period"):
        Sandbox(period)


def test_a_whole_month_may_be_written_by_its_days():
    assert all_bytes(Sandbox("2022-11-01..2022-11-30", orders=100)) == all_bytes(
        Sandbox("2022-11", orders=100)
    )


def test_too_few_orders_are_refused():
    with pytest.raises(ValueError, match="use 100 or more"):
        Sandbox("2022-11", orders=99)


def test_a_present_before_the_last_payment_is_refused():
    with pytest.raises(ValueError, match="lies before its last payment"):
        Sandbox("2022-11", now=1669820399)


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="has no time zone"):
        Sandbox("2022-11", now=datetime.fromisoformat("2023-06-01"))


def test_answers_can_be_held_back():
    with Sandbox("2022-11", orders=100, latency_s=0.05) as sandbox:
        begun = datetime.now(UTC)
        Asker(sandbox).get_token()

    assert (datetime.now(UTC) - begun).total_seconds() >= 0.05
