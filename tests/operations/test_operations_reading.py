"""What the API shows is taken as the document says it, and nothing else is taken for it."""

from __future__ import annotations

import pytest

from jtnet_recon.client.operations import cancel, issue_key, onetime, prepare, schedule
from jtnet_recon.client.operations.judging import RULES
from jtnet_recon.client.operations.reading import attempts, key, payment, prepared
from jtnet_recon.errors import ApiCodeError, ApiShapeError, ApiStatusError, ConfigError

PAID = {
    "imp_uid": "imp_1", "merchant_uid": "o", "status": "paid", "currency": "KRW", "amount": 3_000,
}  # fmt: skip


def test_a_record_of_the_first_years_lacks_fields_and_is_read_all_the_same(desk, relay):
    relay.read = PAID

    assert payment(desk._session, "imp_1") == {
        **PAID, "customer_uid": None, "cancel_amount": 0, "cancels": 0,
        "is_account": False, "vbank_date": 0,
    }  # fmt: skip


def test_attempts_come_as_a_page_or_bare(desk, relay):
    for relay.read in ([PAID], {"total": 1, "previous": 0, "next": 0, "list": [PAID]}):
        assert [row["imp_uid"] for row in attempts(desk._session, "o")] == ["imp_1"]


ODD = {
    "a text": "x",
    "a list of texts": ["x"],
    "an object without a list": {"rows": []},
    "more pages": {"total": 1_001, "next": 2, "list": [PAID]},
    "no amount": [{**PAID, "amount": "1,000"}],
    "no currency": [{**PAID, "currency": None}],
    "no instant": [{**PAID, "vbank_date": "2023-01-01"}],
}


@pytest.mark.parametrize("what", ODD)
def test_an_answer_of_another_shape_stops_the_plan(desk, relay, card, what):
    relay.read = ODD[what]

    with pytest.raises(ApiShapeError):
        desk.plan(onetime("o", 3_000, card))

    assert relay.operations == []


@pytest.mark.parametrize(("read", "request_of"), [
    ([], lambda _card: cancel("imp_1", 1, reason="x")),
    ("x", lambda card: issue_key("k", card)),
])  # fmt: skip
def test_a_record_that_is_none_stops_the_plan(desk, relay, card, read, request_of):
    relay.read = read

    with pytest.raises(ApiShapeError, match="no record"):
        desk.plan(request_of(card))


def test_a_super_billing_key_has_another_shape_and_is_a_key(desk, relay, card):
    relay.read = {"customer_uid": "k", "channelGroupId": "g", "succeededChannels": []}

    assert key(desk._session, "k") == {"card_name": None, "inserted": None, "updated": None}
    with pytest.raises(ConfigError, match="exists already"):
        desk.plan(issue_key("k", card))
    seen = {"key": key(desk._session, "k")}
    assert RULES["issue_key"].judge({}, seen, seen).state == "unknown"


def test_a_prepared_amount_without_a_currency_is_in_won(desk, relay):
    relay.read = {"merchant_uid": "o", "amount": 500, "currency": None}

    assert prepared(desk._session, "o") == {"amount": 500, "currency": "KRW"}


def test_a_refusal_to_read_that_is_not_about_the_id_stops_the_plan(desk, relay, monkeypatch):
    relay.reads_fail = True
    with pytest.raises(ApiStatusError, match="HTTP 501"):
        desk.plan(prepare("o", 500))

    def refuse(*_args):
        raise ApiCodeError(message="no", method="GET", path="/", api_code=-1)

    monkeypatch.setattr(type(desk._session), "get", refuse)
    with pytest.raises(ApiCodeError):
        desk.plan(prepare("o", 500))


NONE_SEEN = {
    "issue_key": ({"key": {"updated": 1}}, {"key": None}, "no such billing key"),
    "cancel": ({"payment": PAID}, {"payment": None}, "not to be seen"),
    "schedule": ({}, {"entries": {"o": None}}, "0 of 1 bookings"),
    "unschedule": ({}, {"entries": {"o": {"schedule_status": "scheduled"}}}, "0 of 1 are revoked"),
    "move_schedule": ({"entry": None}, {"entry": None}, "not to be seen"),
    "issue_vbank": ({"attempts": []}, {"attempts": []}, "no new account"),
    "change_vbank": ({}, {"payment": None}, "not to be seen"),
    "revoke_vbank": ({}, {"payment": {**PAID, "status": "ready"}}, "still waits"),
}


@pytest.mark.parametrize("name", NONE_SEEN)
def test_what_is_not_to_be_seen_is_unknown(name):
    before, after, words = NONE_SEEN[name]
    facts = {
        "merchant_uid": "o", "customer_uid": "k", "merchant_uids": ["o"], "schedule_at": 1,
        "amount": 1, "imp_uid": "imp_1", "entries": [{"merchant_uid": "o", "schedule_at": 1, "amount": 1}],
    }  # fmt: skip

    verdict = RULES[name].judge(facts, before, after)

    assert verdict.state == "unknown"
    assert words in verdict.words


def test_a_schedule_that_is_booked_in_part_is_unknown(uid):
    """Only a server that breaks its own promise books a part; the words say how many."""
    seen = {"schedule_at": 1, "amount": 1, "customer_uid": uid}
    facts = {
        "customer_uid": uid,
        "entries": [{"merchant_uid": n, "schedule_at": 1, "amount": 1} for n in ("a", "b")],
    }

    verdict = RULES["schedule"].judge(facts, {}, {"entries": {"a": seen, "b": None}})

    assert (verdict.state, verdict.words) == ("unknown", "1 of 2 bookings are to be seen")


def test_flags_and_numbers_of_the_document_go_out_as_they_are(desk, card):
    plan = desk.plan(onetime("flags-1", 60_000, card, card_quota=3))

    assert plan.sent()["card_quota"] == 3
    asked = cancel("imp_1", 1, reason="x", enable_webhook=True)
    assert asked.body["enable_webhook"] is True
    with pytest.raises(ConfigError, match="at least one entry"):
        schedule("k", iter([]))
