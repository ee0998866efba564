"""Every billing key that is asked for is a row, and the row says what was found."""

from __future__ import annotations

import itertools
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

import pandas as pd
import pytest
from client_samples import KEY, KEYS, SUPER_KEY, case, response
from client_wire import Api, client_of, failure, reply, success

import jtnet_recon as jr

if TYPE_CHECKING:
    from client_wire import Request

UNKNOWN = "요청하신 customer_uid(x)로 등록된 정보를 찾을 수 없습니다."


def key(uid: str, **changes: Any) -> dict[str, Any]:
    return {**response(KEY, "GET ok"), "customer_uid": uid, **changes}


class Ring:
    """Knows some keys; ``alone`` are those that only a look-up of their own finds."""

    def __init__(self, *uids: str, alone: tuple[str, ...] = (), unknown: bytes = b"") -> None:
        self.keys = {uid: key(uid) for uid in uids}
        self.alone = {uid: key(uid) for uid in alone}
        self.unknown = unknown or failure(200, UNKNOWN, code=1)

    def __call__(self, request: Request) -> bytes:
        if request.path != "/subscribe/customers":
            uid = unquote(request.path.split("/")[3])
            found = self.alone.get(uid) or self.keys.get(uid)
            return success(found) if found else self.unknown
        asked = parse_qs(urlsplit(request.target).query, keep_blank_values=True)["customer_uid[]"]
        assert len(asked) <= 100
        assert len(request.target) < 8_000
        listed = [self.keys[uid] for uid in reversed(asked) if uid in self.keys]
        if not listed:
            return failure(404, UNKNOWN, code=1)
        return success(listed, status=200 if len(listed) == len(asked) else 207)


def test_many_keys_go_a_hundred_a_call_and_every_one_is_a_row(api) -> None:
    known = [f"gildong_{number:04d}" for number in range(230)]
    server: Api = api(Ring(*known))

    keys = client_of(server.url).billing_keys([*known, "deleted-1", "deleted-2"])

    assert list(keys["customer_uid"]) == [*known, "deleted-1", "deleted-2"]
    assert list(keys["state"]) == ["registered"] * 230 + ["unknown"] * 2
    assert keys.attrs["lookup"]["missing"] == ["deleted-1", "deleted-2"]
    assert keys.attrs["lookup"]["found"] == 230
    assert sum(request.path == "/subscribe/customers" for request in server.reads) == 3
    assert sum(request.path != "/subscribe/customers" for request in server.reads) == 2


def test_a_row_is_what_the_document_says_with_codes_as_text_and_times_in_seoul(api) -> None:
    server: Api = api(lambda _request: reply(*case(KEYS, "all_found")))

    (row,) = client_of(server.url).billing_keys("cust-0042-card1").to_dict("records")

    assert (row["state"], row["pg_provider"], row["pg_id"]) == ("registered", "jtnet", "shopjt002m")
    assert (row["card_code"], row["card_number"]) == ("381", "527289******1234")
    assert row["inserted"] == pd.Timestamp("2022-11-01 11:22:33", tz="Asia/Seoul")
    assert pd.isna(row["card_type"]), "null is not 0, which is credit"


@pytest.mark.parametrize("name", ["GET unknown", "GET unknown (as documented)"])
@pytest.mark.parametrize("listed", ["none_found", "some_missing"])
def test_a_deleted_key_is_a_row_in_every_form_of_the_answer(api, name: str, listed: str) -> None:
    def script(request: Request) -> bytes:
        if request.path == "/subscribe/customers":
            return reply(*case(KEYS, listed))
        return reply(*case(KEY, name))

    keys = client_of(api(script).url).billing_keys(["cust-0042-card1", "cust-none"])

    expected = "unknown" if listed == "none_found" else "registered"
    assert list(keys["state"]) == [expected, "unknown"]
    assert keys["card_name"].isna().tolist() == [expected == "unknown", True]


def test_a_key_that_the_list_leaves_out_is_asked_for_alone(api) -> None:
    server: Api = api(Ring("a", alone=("b",)))

    keys = client_of(server.url).billing_keys(["a", "b", "c"])

    assert list(keys["state"]) == ["registered", "registered", "unknown"]


def test_a_list_that_is_refused_as_a_whole_is_asked_for_one_by_one(api) -> None:
    def script(request: Request) -> bytes:
        if request.path == "/subscribe/customers":
            return failure(400, "필수 파라메터가 누락되었습니다.", code=1)
        return Ring("a", "b")(request)

    keys = client_of(api(script).url).billing_keys(["a", "b", "c"])

    assert list(keys["state"]) == ["registered", "registered", "unknown"]


def test_no_record_at_all_is_an_unknown_key(api) -> None:
    server: Api = api(lambda _request: success(None))

    keys = client_of(server.url, tier="A01").billing_keys(["a", "b"])

    assert list(keys["state"]) == ["unknown", "unknown"]
    assert keys.attrs["lookup"]["tier"] == "A01"


def test_a_super_key_is_a_row_with_what_its_channels_agree_on(api) -> None:
    _, body = case(SUPER_KEY, "ok")
    server: Api = api(lambda _request: success([body["response"]]))

    keys = client_of(server.url).billing_keys("cust-0099-grp")

    row = keys.iloc[0]
    assert (row["state"], row["channelGroupId"]) == ("super", "channel-group-0000-sample")
    assert (row["pg_provider"], row["card_code"]) == ("nice", "366")
    assert row["succeededChannels"][0]["card_number"] == "451842******9900"
    assert row["failedChannels"][0]["type"] == "PG_PROVIDER"
    assert list(keys.columns) == jr.BILLING_KEYS.names


def test_of_a_super_key_with_two_cards_none_is_chosen(api) -> None:
    record = response(SUPER_KEY, "ok")
    (channel,) = record["succeededChannels"]
    two = [channel, {**channel, "pg_id": "IMPother2m", "card_code": "041"}]
    server: Api = api(lambda _request: success([{**record, "succeededChannels": two}]))

    row = client_of(server.url).billing_keys("cust-0099-grp").iloc[0]

    assert pd.isna(row["card_code"])
    assert pd.isna(row["pg_id"])
    assert row["card_name"] == "신한카드"
    assert len(row["succeededChannels"]) == 2


@pytest.mark.parametrize("channels", [None, [], "none", [None]])
def test_a_super_key_without_a_channel_is_a_row(api, channels: Any) -> None:
    record = {**response(SUPER_KEY, "ok"), "succeededChannels": channels}
    server: Api = api(lambda _request: success([record]))

    row = client_of(server.url).billing_keys("cust-0099-grp").iloc[0]

    assert row["state"] == "super"
    assert pd.isna(row["card_code"])


def test_a_key_issued_again_shows_both_times(api) -> None:
    body = response(KEY, "POST ok again with another card")
    server: Api = api(lambda _request: success([body]))

    row = client_of(server.url).billing_keys("cust-0042-card1").iloc[0]

    assert row["state"] == "registered"
    assert row["updated"] > row["inserted"]
    assert row["card_code"] == "374"


@pytest.mark.parametrize("uid", ["", ".", "..", "a\ud800"])
def test_an_id_that_cannot_be_asked_for_is_a_row_that_says_so(api, uid: str) -> None:
    server: Api = api(Ring("good"))

    keys = client_of(server.url).billing_keys(["good", uid])

    assert list(keys["state"]) == ["registered", "not_asked"]
    assert keys.attrs["lookup"]["not_asked"] == [uid]
    assert len(server.reads) == 1


def test_long_korean_ids_are_spread_over_addresses_that_a_server_takes(api) -> None:
    uids = [f"{'구독자' * 25}{number:04d}" for number in range(60)]
    server: Api = api(Ring(*uids))

    keys = client_of(server.url).billing_keys(uids)

    assert set(keys["state"]) == {"registered"}
    assert len(server.reads) > 1


def test_a_namesake_in_another_case_is_not_taken_for_the_key(api) -> None:
    server: Api = api(Ring("Gildong"))

    keys = client_of(server.url).billing_keys(["Gildong", "gildong"])

    assert list(keys["state"]) == ["registered", "unknown"]


def test_a_server_that_ignores_case_gives_its_own_spelling_beside_the_one_asked(api) -> None:
    def script(request: Request) -> bytes:
        is_list = request.path == "/subscribe/customers"
        return success([key("Gildong")] if is_list else key("Gildong"))

    server: Api = api(script)

    row = client_of(server.url).billing_keys("gildong").iloc[0]

    assert (row["customer_uid"], row["state"]) == ("gildong", "registered")
    assert row["customer_uid_registered"] == "Gildong"


def test_a_key_nobody_asked_for_stops_the_look_up(api) -> None:
    for answer in (success([key("a"), key("z")]), success([])):
        server: Api = api(
            lambda request, answer=answer: (
                answer if request.path == "/subscribe/customers" else success(key("z"))
            )
        )

        with pytest.raises(jr.ApiShapeError, match="about another customer_uid"):
            client_of(server.url).billing_keys("a")


def test_a_refusal_that_is_not_about_a_key_is_an_error(api) -> None:
    server: Api = api(lambda _request: failure(403, "권한이 없습니다."))

    with pytest.raises(jr.ApiStatusError, match="권한이 없습니다"):
        client_of(server.url).billing_keys(["a", "b"])


def test_a_code_that_is_not_one_is_an_error_of_the_key_alone(api) -> None:
    server: Api = api(lambda _request: failure(200, "내부 오류", code=-7))

    with pytest.raises(jr.ApiCodeError, match="내부 오류"):
        client_of(server.url).billing_keys(["a", "b"])


def test_new_fields_are_kept_and_values_that_do_not_fit_are_shown(api) -> None:
    server: Api = api(lambda _request: success([key("a", issuer_note="x", updated="soon")]))

    keys = client_of(server.url).billing_keys("a")

    assert keys["issuer_note"].tolist() == ["x"]
    assert keys["unread"].tolist() == ['{"updated":"soon"}']
    assert keys.attrs["lookup"]["unread"] == {"updated": 1}


def test_no_keys_asked_for_is_an_empty_table(api) -> None:
    server: Api = api(Ring("a"))

    keys = client_of(server.url).billing_keys([])

    assert (len(keys), list(keys.columns)) == (0, jr.BILLING_KEYS.names)


def test_one_key_is_a_plain_record(api) -> None:
    client = client_of(api(Ring("a")).url)

    found, unknown = client.billing_key("a"), client.billing_key("b")

    assert (found["state"], found["card_type"], found["sandbox"]) == ("registered", None, False)
    assert type(found["sandbox"]) is bool
    assert (unknown["customer_uid"], unknown["state"], unknown["inserted"]) == (
        "b",
        "unknown",
        None,
    )


def test_one_key_that_cannot_be_asked_for_is_a_record_that_says_so(api) -> None:
    server: Api = api(Ring("a"))

    assert client_of(server.url).billing_key("..")["state"] == "not_asked"
    assert server.reads == []


@pytest.mark.parametrize("uid", [7, None, ["a", "b"]])
def test_one_key_is_one_text(api, uid: Any) -> None:
    with pytest.raises(jr.ConfigError, match="one id is text"):
        client_of(api(Ring("a")).url).billing_key(uid)


def test_keys_of_the_sandbox_are_what_it_holds_strict_or_not() -> None:
    for strict in (False, True):
        with jr.Sandbox("2022-11", seed=6, orders=300, strict_openapi=strict) as sandbox:
            uids = sorted({row.get("customer_uid") for row in sandbox.payments} - {None})
            with jr.connect(sandbox.url, sandbox.key, sandbox.secret, progress=False) as client:
                keys = client.billing_keys([*uids, "no such/key"])

        assert list(keys["customer_uid"]) == [*uids, "no such/key"]
        assert list(keys["state"]) == ["registered"] * len(uids) + ["unknown"]
        assert keys["inserted"].iloc[:-1].notna().all()


def test_a_bar_counts_the_keys(api, capsys) -> None:
    client = client_of(api(Ring("a", "b")).url, progress=True)

    client.billing_keys(["a", "b"])

    assert "billing keys" in capsys.readouterr().out


def test_batches_are_read_side_by_side(api) -> None:
    ring = Ring(*(f"u{number}" for number in range(400)))
    barrier, order = threading.Barrier(4, timeout=20), itertools.count()

    def script(request: Request) -> bytes:
        barrier.wait()  # nobody goes on before four have come
        next(order)
        return ring(request)

    keys = client_of(api(script).url).billing_keys(list(ring.keys))

    assert set(keys["state"]) == {"registered"}
    assert next(order) == 4
