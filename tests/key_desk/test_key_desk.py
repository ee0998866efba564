"""The audit with a client: over a real server, through deletions, with what cannot be known said."""

from __future__ import annotations

import pandas as pd
import pytest
from key_world import found_in, planted_in

import jtnet_recon as jr
from jtnet_recon.key_desk.gather import AHEAD_DAYS, HISTORY_DAYS
from jtnet_recon.sandbox import Sandbox
from jtnet_recon.tables import CONTRACTS, PAYMENTS, empty


def key_with(result, code):
    return result.breaks.query("code == @code")["customer_uid"].iloc[0]


def test_found_is_planted_over_the_server(business, result):
    planted = planted_in(business)

    assert found_in(result.breaks, planted) == planted
    assert len(planted) >= 31


@pytest.mark.parametrize("strict", [False, True])
def test_found_is_planted_whatever_shape_the_server_answers_in(strict):
    """Documented shapes (bare lists, 404) or seen ones; the CSV of the list as people send it."""
    with (
        Sandbox("2022-10", seed=21, subscriptions=60, strict_openapi=strict) as sandbox,
        jr.connect(sandbox.url, sandbox.key, sandbox.secret, progress=False) as client,
    ):
        result = jr.audit_billing_keys(client, sandbox.contracts_csv_path, "2022-10")
        planted = planted_in(sandbox)

    assert found_in(result.breaks, planted) == planted


def test_keys_are_found_by_contracts_then_payments_then_schedules(business, result):
    named = {member.uid for member in business._business.contracts}
    charged = {row["customer_uid"] for row in business.payments if row["customer_uid"]}
    booked = {entry["customer_uid"] for entry in business._shop.book.entries.values()}

    assert result.found_by == {
        "contracts": len(named),
        "payments": len(charged - named),
        "schedules": len(booked - charged - named),
    }
    assert set(result.keys["customer_uid"]) == named | charged | booked
    assert min(result.found_by.values()) > 0


def test_that_no_list_of_all_keys_exists_is_said_and_blocks_nothing(result):
    control = result.controls.set_index("control").loc["keys_listed"]

    assert (control["state"], bool(control["passed"])) == ("unknown", True)
    assert "No call of the API lists all keys" in control["detail"]
    assert result.conclusion.verdict == "reconciled with open items"


def test_what_is_read_reaches_before_the_period_and_beyond_the_present(result):
    start, end = result.data.payments.attrs["pull"]["period"].split("..")

    assert pd.Timestamp("2022-11-01") - pd.Timestamp(start) == pd.Timedelta(days=HISTORY_DAYS)
    assert end == "2023-03-20"
    last = pd.Timestamp("2023-03-20", tz="Asia/Seoul") + pd.Timedelta(days=AHEAD_DAYS)
    assert (
        pd.Timestamp("2023-03-20", tz="Asia/Seoul") < result.schedules["schedule_at"].max() < last
    )
    assert f"{pd.Timestamp(result.as_of):%Y-%m-%d}" == "2023-03-20"


def test_a_key_that_is_deleted_while_the_audit_reads_is_a_row_with_a_code():
    """The key is there when the contracts are read, and gone when it is asked for."""
    with (
        Sandbox("2022-11", seed=3, subscriptions=60) as sandbox,
        jr.connect(sandbox.url, sandbox.key, sandbox.secret, progress=False) as client,
    ):
        contracts = jr.read_contracts(sandbox.contracts_path)
        odd = set(sandbox.key_answers["customer_uid"])
        live = sandbox._shop.keys._keys
        uid = next(key for key in live if key not in odd and live[key].record["customer_id"])
        before = sandbox._shop.book.waiting(customer_uid=uid)
        sandbox._shop.keys.delete(uid)

        result = jr.audit_billing_keys(client, contracts, "2022-11")

    codes = result.breaks.query("customer_uid == @uid")["code"].tolist()
    assert codes == ["B05" if before else "B02"]
    assert result.keys.set_index("customer_uid").loc[uid, "state"] == "unknown"


def test_a_super_key_is_a_row_that_says_so(business, result):
    uids = list(business._shop.keys.supers)
    flags = result.keys.set_index("customer_uid").loc[uids, "flags"]

    assert len(uids) > 0
    assert (result.keys.set_index("customer_uid").loc[uids, "state"] == "super").all()
    assert flags.str.contains("super").all()


def test_frames_that_are_given_are_not_read_again(client, result):
    again = jr.audit_billing_keys(
        client,
        result.contracts,
        "2022-11",
        keys=client.billing_keys(result.keys["customer_uid"].tolist()),
        payments=result.data.payments,
        schedules=result.schedules,
    )

    assert again.digest == result.digest
    assert again.found_by == {}


def test_without_a_client_the_frames_alone_give_the_same_in_little_memory_too(client, result):
    frames = {
        "keys": client.billing_keys(result.keys["customer_uid"].tolist()),
        "payments": result.data.payments,
        "schedules": result.schedules,
    }
    given = {"contracts": result.contracts, "period": "2022-11", **frames}

    alone = jr.audit_billing_keys(**given, memory_limit="200MB")

    pd.testing.assert_frame_equal(alone.breaks, result.breaks)
    with pytest.raises(jr.ConfigError, match="memory_limit='little' is not a size"):
        jr.audit_billing_keys(**given, memory_limit="little")


def test_a_period_that_is_not_over_is_audited_as_far_as_it_goes(client, result):
    march = jr.audit_billing_keys(client, result.contracts, "2023-03")

    assert march.bridge.set_index("step").loc["unexplained", "amount"] == 0
    assert not (march.breaks["code"] == "S09").any()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"period": "2022-11"}, "no contracts"),
        ({"contracts": empty(CONTRACTS)}, "no period"),
        ({"contracts": empty(CONTRACTS), "period": "2022-11"}, "neither a client nor payments"),
        (
            {"contracts": empty(CONTRACTS), "payments": empty(PAYMENTS), "period": "soon"},
            "not a year, month or day",
        ),
    ],
)
def test_what_is_missing_is_said_before_anything_is_read(arguments, message):
    with pytest.raises(jr.ConfigError, match=message) as caught:
        jr.audit_billing_keys(**arguments)

    assert caught.value.hint
    assert caught.value.hint_ko


def test_an_audit_without_any_contract_finds_only_charges_nobody_asked_for(client):
    result = jr.audit_billing_keys(client, empty(CONTRACTS), "2022-11")

    codes = set(result.breaks["code"])
    assert "B01" in codes
    assert not codes & {"B02", "B07", "B08", "B09", "S08", "S09"}
    assert result.found_by["contracts"] == 0


def test_the_result_explains_a_key_in_both_languages(result):
    uid = key_with(result, "B10")

    assert "B10" in str(result.explain(uid))
    assert "재시도 중복" in str(result.explain(uid, lang="ko"))
    with pytest.raises(jr.ConfigError, match="member_999999"):
        result.explain("member_999999_card1")


def test_a_customer_who_is_named_is_masked_in_the_story_and_a_number_is_not(result):
    uid = key_with(result, "B10")
    number = result.contracts.set_index("customer_uid").loc[uid, "customer"]
    named = result.contracts.assign(customer=result.contracts["customer"].replace(number, "홍길동"))

    again = jr.audit_billing_keys(
        contracts=named,
        period="2022-11",
        payments=result.data.payments,
        schedules=result.schedules,
    )

    for lang in ("en", "ko"):
        assert number in str(result.explain(uid, lang=lang))
        story = again.explain(uid, lang=lang)
        assert "홍*동" in str(story)
        assert "홍길동" not in str(story) + story._repr_html_()


def test_the_charts_of_the_result_are_those_of_the_key_and_of_the_contracts(result):
    uid = key_with(result, "B10")

    timeline, cohorts = result.plot.timeline(uid), result.plot.cohorts(lang="ko")

    assert "B10" in [text.get_text() for text in timeline.texts]
    assert "%" in "".join(text.get_text() for text in cohorts.texts)
    assert result.plot.bridge().get_title(loc="left").startswith("From the contracts")


def test_one_key_is_shown_with_its_breaks(client, result):
    uid = key_with(result, "B10")

    card = jr.billing_key(uid, client=client, contracts=result.contracts)

    assert "B10" in [note.code for note in card.notes]
    assert [row[4] for row in card.charges].count("B10") == 1
    assert dict(card.facts)["State"] == "registered"
    assert "B10" in [text.get_text() for text in card.plot().texts]


def test_one_key_is_shown_without_any_contracts_and_says_that_none_were_looked_for(client, result):
    card = jr.billing_key(key_with(result, "B02"), client=client, lang="ko")

    assert dict(card.facts)["계약"] == "확인 안 함: 계약 목록이 없습니다"
    assert all(note.code == "i" for note in card.notes)


def test_a_super_key_and_an_unknown_key_are_cards_too(business, client):
    known = jr.billing_key(next(iter(business._shop.keys.supers)), client=client)
    unknown = jr.billing_key("gildong_0001_1234", client=client)

    assert dict(known.facts)["State"].startswith("super key")
    assert "****-****-****-" in dict(known.facts)["Card"]
    assert dict(unknown.facts)["State"].startswith("unknown")
    assert [note.name for note in unknown.notes] == ["Key unknown"]


def test_the_environment_names_the_account_where_no_client_is_given(business, result, monkeypatch):
    for name, value in (("URL", business.url), ("KEY", business.key), ("SECRET", business.secret)):
        monkeypatch.setenv(f"JTNET_RECON_{name}", value)

    card = jr.billing_key(key_with(result, "B10"))

    assert dict(card.facts)["State"] == "registered"
