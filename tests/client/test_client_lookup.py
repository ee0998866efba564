"""Of the ids asked for, each is found or missing, and the answer says which."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from client_wire import Api, Request, client_of, failure, page_of, record, success

import jtnet_recon as jr
from jtnet_recon.columns import PAYMENTS
from jtnet_recon.tables import empty


def found_of(frame: pd.DataFrame) -> dict[str, Any]:
    looked_up = frame.attrs["lookup"]
    return {name: looked_up[name] for name in ("asked", "found", "missing")}


class Orders:
    """Answers findAll with the attempts of an order, twenty a page."""

    def __init__(self, orders: dict[str, list[dict[str, Any]]], page_rows: int = 20) -> None:
        self.orders, self.page_rows = orders, page_rows

    def __call__(self, request: Request) -> bytes:
        rows = self.orders.get(request.path.split("/")[3])
        if not rows:
            return failure(404, "존재하지 않는 결제정보입니다.")
        page, pages = request.page, -(-len(rows) // self.page_rows)
        if page > pages:
            return failure(400, "데이터 범위를 벗어난 page입니다.", code=1)
        shown = rows[(page - 1) * self.page_rows : page * self.page_rows]
        following = page + 1 if page < pages else 0
        return page_of(shown, total=len(rows), page=page, following=following)


def attempts(order: str, *numbers: int, **changes: Any) -> list[dict[str, Any]]:
    return [record(number, merchant_uid=order, **changes) for number in numbers]


def test_every_attempt_of_an_order_comes_with_all_pages(api) -> None:
    server: Api = api(Orders({"a": attempts("a", *range(1, 46)), "b": attempts("b", 90)}))

    payments = client_of(server.url).payments_by_merchant_uid(["a", "nope", "b"])

    assert payments["merchant_uid"].value_counts().to_dict() == {"a": 45, "b": 1}
    assert found_of(payments) == {"asked": 3, "found": 2, "missing": ["nope"]}
    assert {request.query["limit"] for request in server.reads} == {"1000"}


def test_an_order_that_gains_an_attempt_while_we_read_is_read_again(api) -> None:
    orders = Orders({"a": attempts("a", *range(1, 40))})
    reads = []

    def script(request: Request) -> bytes:
        reads.append(request)
        if len(reads) == 2:
            orders.orders["a"] = attempts("a", *range(41))
        return orders(request)

    payments = client_of(api(script).url).payments_by_merchant_uid("a")

    assert len(payments) == 41
    assert payments.attrs["lookup"]["unstable"] == []


def test_an_order_that_never_comes_to_rest_is_said_to_be_unstable(api) -> None:
    server: Api = api(lambda _request: page_of(attempts("a", 1, 2), total=3))

    payments = client_of(server.url).payments_by_merchant_uid("a")

    assert len(payments) == 2
    assert payments.attrs["lookup"]["unstable"] == ["a"]


@pytest.mark.parametrize(
    "ids",
    [
        ["b", "a", "b", None, float("nan")],
        ("b", "a"),
        pd.Series(["b", "a", "b", None]),
        pd.Series(["b", None, "a"], dtype="string[python]"),
        ["b", pd.NA, "a", pd.NaT],
        pd.Index(["b", "a"]),
        pd.Series(["b", "a"], dtype="category"),
        (uid for uid in ["b", "a"]),
        {"b": 1, "a": 2},
    ],
    ids=lambda ids: type(ids).__name__,
)
def test_ids_come_in_any_container_each_once_in_order(api, ids) -> None:
    server: Api = api(Orders({"a": attempts("a", 1), "b": attempts("b", 2)}))

    payments = client_of(server.url).payments_by_merchant_uid(ids)

    assert found_of(payments) == {"asked": 2, "found": 2, "missing": []}
    assert sorted(request.path for request in server.reads) == [
        "/payments/findAll/a",
        "/payments/findAll/b",
    ]


def test_one_id_may_be_given_as_it_is(api) -> None:
    server: Api = api(Orders({"abc": attempts("abc", 1)}))

    assert len(client_of(server.url).payments_by_merchant_uid("abc")) == 1


@pytest.mark.parametrize("name", ["merchant_uid", "customer_uid", "imp_uid"])
def test_no_ids_give_an_empty_table_without_a_call(api, name: str) -> None:
    server: Api = api(lambda _request: failure(500, "never"))

    payments = getattr(client_of(server.url), f"payments_by_{name}")([])

    assert payments.dtypes.equals(empty(PAYMENTS).dtypes)
    assert found_of(payments) == {"asked": 0, "found": 0, "missing": []}
    assert server.requests == []


@pytest.mark.parametrize("ids", [[1], [b"a"], pd.Series([2024, 2025]), [True], [("a",)]])
def test_ids_that_are_no_text_are_refused(ids) -> None:
    with pytest.raises(jr.ConfigError, match="ids are text") as caught:
        client_of("http://127.0.0.1:1").payments_by_merchant_uid(ids)

    assert "dtype=str" in caught.value.hint


@pytest.mark.parametrize("ids", [None, 3.5, 7, pd.NA])
def test_what_is_neither_an_id_nor_several_is_refused(ids) -> None:
    """Nothing given is not "no ids": an empty table would say that nothing was found."""
    with pytest.raises(jr.ConfigError, match="give one id as text, or several"):
        client_of("http://127.0.0.1:1").payments_by_merchant_uid(ids)


def test_an_answer_about_another_id_stops_the_look_up(api) -> None:
    server: Api = api(lambda _request: page_of(attempts("other", 1)))

    with pytest.raises(jr.ApiShapeError, match="about another merchant_uid"):
        client_of(server.url).payments_by_merchant_uid("a")


def test_a_database_that_ignores_case_is_understood(api) -> None:
    server: Api = api(lambda _request: page_of(attempts("ORDER-1", 1)))

    payments = client_of(server.url).payments_by_merchant_uid("order-1")

    assert payments["merchant_uid"].tolist() == ["ORDER-1"]


@pytest.mark.parametrize(
    "unknown",
    [
        failure(404, "요청하신 customer_uid(c)로 등록된 정보를 찾을 수 없습니다.", code=1),
        failure(200, "요청하신 customer_uid(c)로 등록된 정보를 찾을 수 없습니다.", code=1),
        page_of([]),
    ],
    ids=["as documented", "as seen", "an empty page"],
)
def test_a_billing_key_without_charges_is_missing_in_every_form_of_the_answer(api, unknown) -> None:
    server: Api = api(lambda _request: unknown)

    payments = client_of(server.url).payments_by_customer_uid("c")

    assert found_of(payments) == {"asked": 1, "found": 0, "missing": ["c"]}
    assert len(payments) == 0


def test_the_charges_of_a_billing_key_come_page_by_page(api) -> None:
    rows = [record(n, customer_uid="c") for n in range(45, 0, -1)]

    def script(request: Request) -> bytes:
        page = request.page
        assert request.path == "/subscribe/customers/c/payments"
        assert set(request.query) == {"page"}
        shown = rows[(page - 1) * 20 : page * 20]
        return page_of(shown, total=45, page=page, following=page + 1 if page < 3 else 0)

    payments = client_of(api(script).url).payments_by_customer_uid("c")

    assert len(payments) == 45


class Many:
    """Answers GET /payments with what it has, and single ids for what lists leave out."""

    def __init__(self, *numbers: int, single: tuple[int, ...] = ()) -> None:
        self.rows = {row["imp_uid"]: row for row in map(record, numbers)}
        self.single = {row["imp_uid"]: row for row in map(record, single)}

    def __call__(self, request: Request) -> bytes:
        from urllib.parse import parse_qs, urlsplit

        if request.path == "/payments":
            asked = parse_qs(urlsplit(request.target).query)["imp_uid[]"]
            assert len(asked) <= 100
            found = [self.rows[uid] for uid in reversed(asked) if uid in self.rows]
            if not found:
                return failure(404, "존재하지 않는 결제정보입니다.")
            return success(found, status=200 if len(found) == len(asked) else 207)
        uid = request.path.split("/")[2]
        assert request.query == {"include_sandbox": "true"}
        if uid in self.single:
            return success(self.single[uid])
        return failure(404, "존재하지 않는 결제정보입니다.")


def uids(*numbers: int) -> list[str]:
    return [f"imp_{number:012d}" for number in numbers]


def test_many_ids_go_a_hundred_a_call_and_asked_is_found_plus_missing(api) -> None:
    server: Api = api(Many(*range(1, 230), single=(500,)))

    payments = client_of(server.url).payments_by_imp_uid(uids(*range(1, 250), 500))

    assert sorted(payments["imp_uid"]) == uids(*range(1, 230), 500)
    assert found_of(payments) == {"asked": 250, "found": 230, "missing": uids(*range(230, 250))}
    assert sum(request.path == "/payments" for request in server.reads) == 3
    assert sum(request.path != "/payments" for request in server.reads) == 21


def test_none_found_is_no_error(api) -> None:
    payments = client_of(api(Many()).url).payments_by_imp_uid(uids(1, 2))

    assert found_of(payments) == {"asked": 2, "found": 0, "missing": uids(1, 2)}


def test_a_payment_nobody_asked_for_stops_the_look_up(api) -> None:
    server: Api = api(lambda _request: success([record(1), record(2)]))

    with pytest.raises(jr.ApiShapeError, match="about another imp_uid"):
        client_of(server.url).payments_by_imp_uid(uids(1))


def test_a_single_answer_about_another_payment_stops_the_look_up(api) -> None:
    def script(request: Request) -> bytes:
        if request.path == "/payments":
            return failure(404, "존재하지 않는 결제정보입니다.")
        return success(record(2))

    with pytest.raises(jr.ApiShapeError, match="about another imp_uid"):
        client_of(api(script).url).payments_by_imp_uid(uids(1))


def test_one_failing_look_up_says_nothing_of_any_id(api) -> None:
    def script(request: Request) -> bytes:
        if request.path.endswith("bad"):
            return failure(403, "권한이 없습니다.")
        return failure(404, "존재하지 않는 결제정보입니다.")

    with pytest.raises(jr.ApiStatusError, match="권한이 없습니다"):
        client_of(api(script).url).payments_by_merchant_uid(["bad", *map(str, range(50))])


def test_look_ups_on_the_sandbox_agree_with_what_it_holds() -> None:
    with jr.Sandbox("2022-11", seed=6, orders=200) as sandbox:
        client = jr.connect(sandbox.url, sandbox.key, sandbox.secret, progress=False)
        rows = sandbox.payments
        orders = sorted({row["merchant_uid"] for row in rows})[:40]
        keys = sorted({row.get("customer_uid") for row in rows} - {None})[:20]
        some = [row["imp_uid"] for row in rows[:230]]

        by_order = client.payments_by_merchant_uid([*orders, "no/such#order"])
        by_key = client.payments_by_customer_uid([*keys, "no-such-key"])
        by_id = client.payments_by_imp_uid([*some, "imp_0"])
        client.close()

    expected = sorted(row["imp_uid"] for row in rows if row["merchant_uid"] in set(orders))
    assert sorted(by_order["imp_uid"]) == expected
    assert by_order.attrs["lookup"]["missing"] == ["no/such#order"]
    expected = sorted(row["imp_uid"] for row in rows if row.get("customer_uid") in set(keys))
    assert sorted(by_key["imp_uid"]) == expected
    assert by_key.attrs["lookup"]["missing"] == ["no-such-key"]
    assert sorted(by_id["imp_uid"]) == sorted(some)
    assert by_id.attrs["lookup"]["missing"] == ["imp_0"]


def test_a_strict_sandbox_is_read_the_same() -> None:
    with jr.Sandbox("2022-11", seed=6, orders=150, strict_openapi=True) as sandbox:
        client = jr.connect(sandbox.url, sandbox.key, sandbox.secret, progress=False)
        by_key = client.payments_by_customer_uid("no-such-key")
        client.close()

    assert found_of(by_key) == {"asked": 1, "found": 0, "missing": ["no-such-key"]}
