"""The intent is on the disk before the first byte leaves, and nobody can change it unseen."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import textwrap

import pytest

from jtnet_recon.client.operations import cancel, issue_key, onetime, read_journal
from jtnet_recon.client.operations.journal import Journal
from jtnet_recon.errors import ConfigError, StoreError

NOW_S = 1_680_000_000.0
posix = pytest.mark.skipif(os.name == "nt", reason="modes of files are POSIX's")


def new(path):
    return Journal(path, now=lambda: NOW_S)


@pytest.fixture
def written(journal):
    """Write three events and close."""
    book = new(journal)
    for number in range(3):
        book.write(
            "intent", f"plan-{number}", operation="cancel", facts={"imp_uid": f"imp_{number}"}
        )
    book.close()
    return journal


def test_the_intent_is_on_the_disk_before_the_request_arrives(opened, relay, journal, card, order):
    desk = opened(relay.url)
    found = []
    relay.on_arrival = lambda: found.append(read_journal(journal)[-1])

    plan = desk.plan(onetime(order, 3_000, card))
    desk.execute(plan)

    (intent,) = found
    assert (intent["event"], intent["plan"], intent["operation"]) == ("intent", plan.id, "onetime")
    assert intent["facts"] == {
        "amount": 3_000, "currency": "KRW", "merchant_uid": order, "money": 3_000,
    }  # fmt: skip
    assert read_journal(journal)[-1]["state"] == "done"


def test_each_line_is_flushed_to_the_disk_before_it_counts(journal, monkeypatch):
    book = new(journal)
    flushed = []
    monkeypatch.setattr(os, "fsync", lambda _handle: flushed.append(journal.read_bytes()))

    book.write("intent", "plan-1")
    book.close()

    assert flushed == [journal.read_bytes()]


def test_what_cannot_be_written_down_is_not_sent(opened, relay, monkeypatch, card, order):
    desk = opened(relay.url)
    plan = desk.plan(onetime(order, 3_000, card))

    def full(_handle, _line):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(StoreError, match="cannot be written: No space left"):
        desk.execute(plan)

    assert relay.operations == []
    assert not card.is_empty


def test_a_line_that_got_only_half_way_stops_everything(journal, monkeypatch):
    book = new(journal)
    kept = os.write
    monkeypatch.setattr(os, "write", lambda handle, line: kept(handle, line[:7]))

    with pytest.raises(StoreError, match="only a part"):
        book.write("intent", "plan-1")
    book.close()


@posix
@pytest.mark.parametrize("mode", [None, 0o644, 0o666])
def test_a_journal_can_be_read_by_its_owner_only(journal, mode):
    if mode is not None:
        journal.touch()
        journal.chmod(mode)
    before = os.umask(0)
    try:
        new(journal).close()
    finally:
        os.umask(before)

    assert stat.S_IMODE(journal.stat().st_mode) == 0o600


@posix
def test_a_link_is_not_followed(journal, tmp_path):
    journal.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(StoreError, match="cannot be opened"):
        new(journal)

    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_is_not_there_is_no_place(tmp_path):
    with pytest.raises(StoreError, match="cannot be opened"):
        new(tmp_path / "nowhere" / "journal.jsonl")


def test_events_come_back_as_they_were_written(written):
    entries = read_journal(written)

    assert [entry["plan"] for entry in entries] == ["plan-0", "plan-1", "plan-2"]
    assert entries[0]["at"] == "2023-03-28T19:40:00.000+09:00"
    assert [e["previous"] for e in entries[1:]] == [e["digest"] for e in entries[:-1]]


def test_a_journal_goes_on_where_it_ended(written):
    book = new(written)
    book.write("outcome", "plan-0", state="done")
    book.close()

    assert len(read_journal(written)) == 4
    with pytest.raises(StoreError, match="closed"):
        book.write("outcome", "plan-1")


@pytest.mark.parametrize("line", [0, 1])
def test_a_line_that_was_taken_out_is_seen(written, line):
    lines = written.read_bytes().splitlines(keepends=True)
    del lines[line]
    written.write_bytes(b"".join(lines))

    with pytest.raises(StoreError, match=f"line {line + 1}: this is no journal, or it was changed"):
        new(written)


def test_every_change_of_a_character_is_seen_by_the_line_that_follows(written):
    """The last line has none after it: a change there is seen only if it breaks the line."""
    content = written.read_bytes()
    first_two = len(b"".join(content.splitlines(keepends=True)[:2]))

    for place in range(first_two):
        changed = bytearray(content)
        changed[place] ^= 1
        written.write_bytes(bytes(changed))
        with pytest.raises(StoreError):
            read_journal(written)


def test_a_file_of_something_else_is_no_journal(journal):
    for content in (b"hello", b"hello\n", b"{}\n", b"[1]\n", b"\xff\xfe\n"):
        journal.write_bytes(content)
        with pytest.raises(StoreError, match="no journal"):
            new(journal)
        assert journal.read_bytes() == content


@pytest.mark.parametrize("cut", [1, 2, 40])
def test_a_line_that_a_crash_cut_off_is_kept_marked_and_not_counted(written, cut):
    content = written.read_bytes()
    written.write_bytes(content[:-cut])

    book = new(written)
    book.write("outcome", "plan-1", state="done")
    book.close()

    events = [(entry["event"], entry["plan"]) for entry in read_journal(written)]
    last = [("intent", "plan-2")] if cut == 1 else [("torn", "")]
    assert events == [
        ("intent", "plan-0"), ("intent", "plan-1"), *last, ("outcome", "plan-1"),
    ]  # fmt: skip
    assert written.read_bytes().startswith(content[:-cut])


def test_only_one_program_has_a_journal_open(opened, journal):
    opened()
    code = f"""
        from jtnet_recon.client.operations.journal import Journal
        Journal({str(journal)!r}, now=lambda: 0.0)
    """
    done = run(code)

    assert done.returncode == 1
    assert "is open in another program" in done.stderr
    with pytest.raises(StoreError, match="another program"):
        opened()


def run(code, *arguments):
    """Run Python as another program."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(code), *arguments],
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )


KILLED = """
    import os, sys
    from jtnet_recon.client.operations import cancel, open_operations
    from jtnet_recon.client.operations.wire import OperationTransport
    from jtnet_recon.config import load_settings

    url, key, secret, journal, imp_uid, where = sys.argv[1:]
    sent = OperationTransport.operate
    def operate(*args, **options):
        if where == "before":
            os._exit(137)
        sent(*args, **options)
        os._exit(137)
    OperationTransport.operate = operate
    access = load_settings(url=url, key=key, secret=secret)
    limits = dict(allow={"cancel"}, max_count=1, max_total=9_000)
    with open_operations("127.0.0.1", access, journal=journal, **limits) as desk:
        desk.execute(desk.plan(cancel(imp_uid, 4_000, reason="change of mind")))
"""


@pytest.mark.parametrize(
    ("where", "state", "left"), [("before", "unknown", 0), ("after", "done", 4_000)]
)
def test_a_program_that_dies_around_the_sending_leaves_an_intent_that_can_be_resolved(
    opened, done, sandbox, journal, tmp_path, *, card, order, where, state, left
):
    seller = opened(journal=tmp_path / "other")
    uid = done(seller, onetime(order, 10_000, card)).imp_uid

    died = run(KILLED, sandbox.url, sandbox.key, sandbox.secret, str(journal), uid, where)
    desk = opened()
    (open_intent,) = desk.unresolved
    with pytest.raises(ConfigError, match="is UNKNOWN"):
        desk.plan(cancel(uid, 4_000, reason="변심"))
    outcome = desk.resolve(open_intent["plan"])

    assert died.returncode == 137
    assert (open_intent["operation"], open_intent["facts"]["imp_uid"]) == ("cancel", uid)
    assert outcome.state == state
    assert sandbox.acts.payment(uid)["cancel_amount"] == left


def test_what_is_known_to_be_done_is_told_from_the_journal_alone(opened, done, relay, card, uid):
    desk = opened(relay.url)
    first = done(desk, issue_key(uid, card))
    desk.close()
    relay.reads_fail = True

    later = opened(relay.url).resolve(first.plan)

    assert (later.state, later.operation, later.words) == ("done", "issue_key", first.words)


def test_another_account_s_intents_are_none_of_ours(opened, journal):
    book = new(journal)
    facts = {"imp_uid": "imp_1"}
    book.write(
        "intent",
        "0123",
        operation="cancel",
        facts=facts,
        before={},
        host="api.iamport.kr",
        merchant="x",
    )
    book.close()

    desk = opened()

    assert desk.unresolved == []
    with pytest.raises(ConfigError, match="no plan '0123' of this account"):
        desk.resolve("0123")


def test_a_journal_holds_no_card_no_secret_and_no_name(
    opened, done, sandbox, journal, *, card_of, order
):
    desk = opened()
    done(desk, onetime(order, 3_000, card_of(), buyer_name="홍길동", buyer_tel="010-0000-0001"))
    with pytest.raises(Exception, match="유효기간"):
        desk.execute(desk.plan(onetime(f"{order}-2", 3_000, card_of("0000-0000-0000-0004"))))

    text = journal.read_text(encoding="utf-8")
    for hidden in (
        "4242",
        "0000-0000",
        "820213",
        "2030-01",
        "홍길동",
        "010-0000",
        sandbox.key,
        sandbox.secret,
    ):
        assert hidden not in text
    assert {entry["event"] for entry in map(json.loads, text.splitlines())} == {
        "intent", "outcome", "refused",
    }  # fmt: skip
