"""Card data are shown to nobody: no repr, log, error, traceback, copy or journal has them."""

from __future__ import annotations

import copy
import getpass
import inspect
import io
import json
import logging
import pickle
import pprint
import re
import signal
import traceback
from datetime import UTC, datetime

import pandas as pd
import pytest
import relay as spoilt
from IPython.lib.pretty import pretty
from rich.console import Console
from rich.pretty import Pretty

from jtnet_recon.client.operations import CardInput, issue_key, onetime, schedule
from jtnet_recon.client.operations.card_input import without_cards
from jtnet_recon.errors import ApiCodeError, ConfigError, ReconError

NUMBER = "0000-0000-0371-0000"
PARTS = {"number": NUMBER, "expiry": "2031-07", "birth": "790615", "pwd_2digit": "93", "cvc": "719"}
HIDDEN = (NUMBER, NUMBER.replace("-", ""), "0000-0371", "2031-07", "790615")
# Of two or three digits; longer ids and addresses may hold them by chance.
SHORT = re.compile(r"(?<![0-9A-Za-z])(?:93|719)(?![0-9A-Za-z])")
WAYS = {
    "repr": repr,
    "str": str,
    "f-string": lambda card: f"{card} {card!r} {card!s} {card:>40}",
    "percent": lambda card: "%s %r" % (card, card),  # noqa: UP031 - one of the ways
    "list": lambda card: repr([card, {"x": card}]),
    "dir": lambda card: repr([getattr(card, name, None) for name in ("__dict__", "__doc__")]),
    "exception": lambda card: repr(ValueError(card)),
    "json": lambda card: json.dumps({"x": card}, default=str),
    "request": lambda card: repr(onetime("o", 1, card)),
    "members": lambda card: (
        f"{inspect.getmembers(card)} {inspect.getmembers(onetime('o', 1, card))}"
    ),
    "pandas": lambda card: (frame := pd.DataFrame({"c": [card]})).to_html() + frame.to_json(),
}


def by_rich(value):
    console = Console(file=io.StringIO(), width=200)
    console.print(Pretty(value))
    return console.file.getvalue()


# What prints dicts, each by rules of its own.
PRINTERS = {
    "repr": repr,
    "str": str,
    "pprint": pprint.pformat,
    "notebook": pretty,
    "rich": by_rich,
    "log": lambda value: logging.LogRecord("n", 10, "p", 1, "%s", (value,), None).getMessage(),
}


def assert_hidden(text):
    for part in HIDDEN:
        assert part not in text
    assert SHORT.search(text) is None


@pytest.fixture
def card():
    return CardInput(**PARTS)


@pytest.mark.parametrize("way", WAYS)
def test_no_way_to_print_shows_a_card(card, way):
    assert_hidden(str(WAYS[way](card)))


def test_the_last_four_digits_tell_one_card_from_another(card):
    assert repr(card) == "CardInput(•••• 0000)"


def state_of(value):
    """Ask for an object's state as pickle's relatives do."""
    return value.__getstate__()


@pytest.mark.parametrize(
    "take", [pickle.dumps, copy.copy, copy.deepcopy, hash, state_of], ids=lambda take: take.__name__
)
def test_a_card_cannot_be_pickled_copied_or_hashed(card, take):
    with pytest.raises(TypeError):
        take(card)


@pytest.mark.parametrize("printer", PRINTERS)
def test_what_is_sent_is_a_mask_to_whoever_prints_it(desk, card, order, printer):
    """`plan.sent()` sounds like a question; a notebook would show the answer."""
    plan = desk.plan(onetime(order, 3_000, card))

    texts = [PRINTERS[printer](value) for value in (card.fields(), plan.sent(), plan.body())]

    assert all("••••" in text for text in texts)
    assert_hidden("".join(texts))
    assert NUMBER in json.dumps(plan.sent())


@pytest.mark.parametrize("take", [pickle.dumps, copy.copy], ids=lambda take: take.__name__)
def test_what_is_sent_cannot_be_pickled_or_copied(card, take):
    with pytest.raises(TypeError):
        take(card.fields())


def test_a_card_is_equal_to_itself_alone(card):
    assert card == card  # noqa: PLR0124 - the claim
    assert card != CardInput(**PARTS)


def test_a_card_is_sent_in_the_document_s_form(card):
    assert card.fields() == {
        "card_number": NUMBER,
        "expiry": "2031-07",
        "birth": "790615",
        "pwd_2digit": "93",
        "cvc": "719",
    }


@pytest.mark.parametrize(
    "typed",
    [
        "0000 0000 0371 0000",
        "0000000003710000",
        "００００-００００-０３７１-００００",
        f" {NUMBER} ",
    ],
)
def test_a_number_is_read_as_people_type_it(typed):
    assert CardInput(typed, "2031-07").fields() == {"card_number": NUMBER, "expiry": "2031-07"}


def test_a_cleared_card_is_gone(card):
    kept = card._parts["card_number"]
    card.clear()

    assert card.is_empty
    assert kept == bytes(16)
    assert repr(card) == "CardInput(empty)"
    with pytest.raises(ConfigError, match="sent already"):
        card.fields()


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": "4111-1111"}, {"number": "x" * 16}, {"number": None}, {"number": 4111111111111111},
        {"expiry": "07/31"}, {"expiry": "2031-13"}, {"birth": "79061"}, {"pwd_2digit": "9387"},
        {"cvc": "71945"}, {"number": "²" * 16}, {"expiry": "2031-07\ud800"}, {"cvc": "719\udc80"},
    ],
)  # fmt: skip
def test_an_error_about_a_card_repeats_nothing_of_it_in_its_locals_either(wrong):
    with pytest.raises(ConfigError) as caught:
        CardInput(**{**PARTS, **wrong})

    error = caught.value
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    ours = [frame for frame in shown.stack if "card_input" in frame.filename]
    given = [str(value) for value in wrong.values()]
    for text in (str(error), repr(error), str(error.to_dict()), *(str(f.locals) for f in ours)):
        assert_hidden(text)
        assert all(value not in text for value in given if value != "None")
    assert ours


def test_a_card_is_asked_for_without_being_shown(monkeypatch, capsys):
    typed = iter([NUMBER, "2031-07", "790615", ""])
    asked = []
    monkeypatch.setattr("getpass.getpass", lambda words: (asked.append(words), next(typed))[1])

    card = CardInput.prompt()

    assert len(asked) == 4
    assert "pwd_2digit" not in card.fields()
    assert_hidden("".join(capsys.readouterr()))


def test_a_terminal_that_would_show_the_card_is_not_asked_for_it(monkeypatch, capsys):
    monkeypatch.setattr("getpass.getpass", getpass.fallback_getpass)  # its way where no terminal is
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{NUMBER}\n"))

    with pytest.raises(ConfigError, match="would show the card"):
        CardInput.prompt()

    assert_hidden("".join(capsys.readouterr()))


@pytest.mark.parametrize("plain", [NUMBER, {"card_number": NUMBER}, [NUMBER]], ids=type)
@pytest.mark.parametrize(
    "make",
    [
        lambda plain: issue_key("key", plain),
        lambda plain: onetime("order", 3_000, plain),
        lambda plain: schedule("key", [{}], card=plain),
    ],
    ids=["issue_key", "onetime", "schedule"],
)
def test_a_card_that_is_plain_text_is_refused_and_not_repeated(make, plain):
    """A request that holds it would show it in the next cell's output."""
    with pytest.raises(ConfigError, match="must be a CardInput") as caught:
        make(plain)

    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    ours = [frame for frame in shown.stack if "jtnet_recon" in frame.filename]
    assert_hidden(f"{caught.value} {[frame.locals for frame in ours]}")
    assert ours


def entry_of(order):
    at = datetime(2031, 7, 1, tzinfo=UTC)
    return {"merchant_uid": order, "schedule_at": at, "amount": 1, "name": "x"}


@pytest.mark.parametrize("uid", [NUMBER, f"card_{NUMBER}", f"k{NUMBER.replace('-', ' ')}"])
@pytest.mark.parametrize(
    "make",
    [
        issue_key,
        lambda uid, card: onetime("order", 3_000, card, customer_uid=uid),
        lambda uid, card: onetime(uid, 3_000, card),
        lambda uid, card: schedule(uid, [entry_of("order")], card=card),
        lambda uid, card: schedule("key", [entry_of(uid)], card=card),
    ],
    ids=["issue_key", "key kept", "order", "schedule", "scheduled order"],
)
def test_a_card_s_number_is_no_id(card, make, uid):
    """ "Unique ID for the card" invites it; the id then stands in the journal and in reports."""
    with pytest.raises(ConfigError, match="holds the card's number") as caught:
        make(uid, card)

    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    ours = [frame for frame in shown.stack if "jtnet_recon" in frame.filename]
    assert NUMBER not in f"{caught.value} {[frame.locals for frame in ours]}"
    assert ours


def test_an_id_with_other_digits_is_an_id(card):
    for uid in ("20221101000000001", "0000-0000-0371-0001", NUMBER[:-1], "card_0000"):
        assert issue_key(uid, card).facts["customer_uid"] == uid


def test_a_card_is_emptied_when_it_was_sent_and_not_before(desk, card, order):
    plan = desk.plan(onetime(order, 3_000, card))
    assert not card.is_empty

    desk.execute(plan)

    assert card.is_empty
    with pytest.raises(ConfigError, match="sent already"):
        desk.plan(onetime(f"{order}-2", 3_000, card))


def test_the_card_travels_in_one_body_and_nowhere_else(desk, relay, card, uid):
    desk.execute(desk.plan(issue_key(uid, card)))

    ((method, path, body),) = relay.operations
    assert json.loads(body) == {
        "card_number": NUMBER, "expiry": "2031-07", "birth": "790615", "pwd_2digit": "93", "cvc": "719",
    }  # fmt: skip
    assert_hidden(f"{method} {path}")


@pytest.mark.parametrize("mode", [*spoilt.ACTED, *spoilt.LOST], ids=lambda mode: mode.__name__)
def test_no_outcome_shows_the_card(desk, relay, card, order, mode):
    plan = desk.plan(onetime(order, 3_000, card))
    relay.mode = mode

    outcome = desk.execute(plan)

    assert card.is_empty
    assert_hidden(f"{outcome!r} {outcome} {outcome.words} {outcome.said} {plan!r} {plan.shown}")


def test_a_server_that_repeats_the_card_is_not_quoted(desk, relay, card, order):
    plan = desk.plan(onetime(order, 3_000, card))
    relay.mode = spoilt.echo

    with pytest.raises(ApiCodeError) as caught:
        desk.execute(plan)

    error = caught.value
    assert "••••" in error.message
    assert_hidden(f"{error} {error!r} {error.args} {error.to_dict()}")
    assert error.__cause__ is None
    assert error.__context__ is None


# What a server, or a company behind it, may repeat of a request in its message.
REPEATED = {
    "a form": "card_number=0000000003710000&expiry=2031-07&birth=790615&pwd_2digit=93&cvc=719",
    "words": "생년월일(790615) 또는 유효기간 2031-07 이 일치하지 않습니다.",
    "a dump": '{\\"birth\\": \\"790615\\", \\"pwd_2digit\\": \\"93\\", \\"cvc\\": \\"719\\"}',
    "a number that is cut": "x" * 185 + NUMBER,
}


def quoted(status, message, response="null"):
    """Make a server that refuses, or fails a payment, with these words."""
    code = -1 if response == "null" else 0

    def answer(handler, _body):
        body = f'{{"code":{code},"message":"{message}","response":{response}}}'
        handler.reply(status, "application/json", body.encode())

    return answer


@pytest.mark.parametrize("status", [200, 400, 502])
@pytest.mark.parametrize("what", REPEATED)
def test_no_part_of_a_card_that_the_server_repeats_is_quoted(
    desk, relay, card, order, *, what, status
):
    plan = desk.plan(onetime(order, 3_000, card))
    relay.mode = quoted(status, REPEATED[what])

    try:
        told = desk.execute(plan)
    except ReconError as error:
        told = error
        assert_hidden(f"{error.args} {error.to_dict()}")

    assert_hidden(f"{told} {told!r}")
    assert "0000-0" not in str(told)
    assert "••••" in str(told) or what.endswith("cut")


def test_no_part_of_a_card_in_the_reason_of_a_failed_payment_is_quoted(desk, relay, card, order):
    plan = desk.plan(onetime(order, 3_000, card))
    relay.mode = quoted(200, "", f'{{"fail_reason":"{REPEATED["words"]}"}}')

    outcome = desk.execute(plan)

    assert outcome.said == "생년월일(••••) 또는 유효기간 •••• 이 일치하지 않습니다."
    assert_hidden(repr(outcome))


def test_no_traceback_with_locals_shows_the_card(desk, relay, card, order, *, caplog):
    caplog.set_level(logging.DEBUG)
    plan = desk.plan(onetime(order, 3_000, card))
    relay.mode = spoilt.echo

    with pytest.raises(ApiCodeError) as caught:
        desk.execute(plan)

    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    text = "".join(f"{frame.locals}" for frame in shown.stack if "jtnet_recon" in frame.filename)
    assert "execute" in {frame.name for frame in shown.stack}
    assert NUMBER not in text
    assert NUMBER not in caplog.text


def test_an_interruption_leaves_no_frame_with_the_request(desk, relay, card, order, *, journal):
    plan = desk.plan(onetime(order, 3_000, card))

    def interrupted(*_args, **_options):
        body = plan.sent()  # as httpx holds it while it writes
        raise KeyboardInterrupt(len(body))

    desk._transport.operate = interrupted
    with pytest.raises(KeyboardInterrupt) as caught:
        desk.execute(plan)

    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    ours = [frame for frame in shown.stack if "jtnet_recon" in frame.filename]
    assert "interrupted" not in {frame.name for frame in shown.stack}
    assert_hidden(str([frame.locals for frame in ours]))
    assert caught.value.__context__ is None
    assert card.is_empty
    assert [entry["plan"] for entry in desk.unresolved] == [plan.id]


@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit, MemoryError, RuntimeError])
def test_whatever_ends_a_call_leaves_no_frame_with_the_request(desk, relay, card, order, *, end):
    """A signal that comes while the answer is awaited: Ctrl-C, or what stops a service."""
    plan = desk.plan(onetime(order, 3_000, card))

    def stop(_number, _frame):
        raise end

    relay.on_arrival = lambda: signal.raise_signal(signal.SIGTERM)
    before = signal.signal(signal.SIGTERM, stop)
    try:
        with pytest.raises(end) as caught:
            desk.execute(plan)
    finally:
        signal.signal(signal.SIGTERM, before)

    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    frames = [frame for frame in shown.stack if frame.filename != __file__]
    assert frames
    assert_hidden(str([frame.locals for frame in frames]))
    assert caught.value.__context__ is None
    assert card.is_empty
    assert [entry["plan"] for entry in desk.unresolved] == [plan.id]


def test_a_card_that_was_not_sent_is_emptied_with_the_desk(opened, relay, card, order):
    desk = opened(relay.url)
    desk.plan(onetime(order, 3_000, card))

    desk.close()

    assert card.is_empty


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("card 4111-1111-1111-1111 refused", "card •••• refused"),
        ("4111111111111111", "••••"),
        ("4111 1111 1111 111", "••••"),
        ("imp_123456789012", "imp_123456789012"),
        ("birth=790615, cvc: 719", "birth=••••, cvc: ••••"),
        ("expiry is required", "expiry is required"),
        ("010-0000-0001", "010-0000-0001"),
        ("", ""),
    ],
)
def test_what_looks_like_a_card_is_masked_in_what_others_say(text, shown):
    assert without_cards(text) == shown
