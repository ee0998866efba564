"""People are told of a run by webhook and mail: totals and codes, and nothing about anybody."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from jobs_desk import run, written
from jobs_servers import MailServer, Webhook, certificate, serving

import jtnet_recon as jr

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Shop

JOB = """
[jobs.daily]
period = "yesterday"
ledger = "ledger_{start:%Y-%m}.xlsx"
outputs = ["{job}_{period}.parquet"]
payments = "p_{period}.parquet"
"""
HOOK = '[[jobs.daily.notify]]\nwebhook = "${DESK_WEBHOOK}"\n'
MAIL = '[[jobs.daily.notify]]\nmail = ["finance@example.com", "audit@example.com"]\n'
SERVER = '[mail]\nhost = "127.0.0.1"\nport = PORT\nsender = "desk@example.com"\n'
LOGIN = 'user = "desk"\npassword = "${SMTP_PASSWORD}"\n'
DAY = ("daily", "--on", "2022-11-08")


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Webhook]:
    """Serve a webhook, its address in a variable."""
    with serving(Webhook()) as server:
        monkeypatch.setenv("DESK_WEBHOOK", server.address)
        yield server


@pytest.fixture
def mail_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """Serve mail, its password in a variable."""
    monkeypatch.setenv("SMTP_PASSWORD", "p-1234")
    with serving(MailServer()) as server:
        yield server


def server_of(mail_server: MailServer, security: str = "none") -> str:
    """Write the table of the mail server."""
    return SERVER.replace("PORT", str(mail_server.port)) + f'security = "{security}"\n'


def test_a_webhook_is_given_the_line_of_the_run(
    desk: Path, webhook: Webhook, capsys: pytest.CaptureFixture[str]
) -> None:
    written(desk, JOB + HOOK)

    code, (line,), error = run(capsys, *DAY)

    ((path, posted),) = webhook.posted
    told = {name: value for name, value in line.items() if name not in {"notified", "ran"}}
    assert (code, error, path) == (1, "", "/secret-path")
    assert posted == told
    assert line["notified"] == [{"to": "notify.0 (webhook, json)", "state": "sent", "reason": ""}]


def test_slack_is_given_a_text_that_says_the_same(
    desk: Path, webhook: Webhook, capsys: pytest.CaptureFixture[str]
) -> None:
    written(desk, JOB + HOOK + 'shape = "slack"\n')

    _, (line,), _ = run(capsys, *DAY)

    ((_, posted),) = webhook.posted
    assert list(posted) == ["text"]
    first, total, *codes, reports = posted["text"].splitlines()
    assert first == "daily 2022-11-07: reconciled with open items"
    won = line["totals"][0]
    assert f"difference {won['difference']:,}, open items {won['open_items']}" in total
    assert len(codes) == len(line["codes"])
    assert reports == "Reports: daily_2022-11-07.parquet"


def test_mail_arrives_at_everyone_with_the_same_figures_in_korean(
    desk: Path, mail_server: MailServer, capsys: pytest.CaptureFixture[str]
) -> None:
    job = JOB.replace("payments =", 'lang = "ko"\npayments =')
    written(desk, job + MAIL + server_of(mail_server) + LOGIN)

    _, (line,), error = run(capsys, *DAY)

    ((to, _, mail),) = mail_server.mails
    assert (error, to) == ("", ["finance@example.com", "audit@example.com"])
    assert mail["Subject"] == "[jtnet_recon] daily 2022-11-07: 대사 완료, 미해소 있음"
    text = mail.get_content()
    assert f"차이 {line['totals'][0]['difference']:,}" in text
    assert [code["code"] for code in line["codes"]] == re.findall(
        r"^([A-Z]\d\d) ", text, re.MULTILINE
    )
    assert mail_server.logins == [("desk", "p-1234")]


def test_mail_goes_encrypted_to_a_server_that_proves_who_it_is(
    desk: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    context, path = certificate(tmp_path_factory.mktemp("tls"))
    monkeypatch.setenv("SMTP_PASSWORD", "p-1234")
    with serving(MailServer(context)) as server:
        written(desk, JOB + MAIL + server_of(server, "starttls") + LOGIN)
        _, (unknown,), _ = run(capsys, *DAY)
        logins_before = list(server.logins)
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
        _, (known,), _ = run(capsys, *DAY)

        ((_, is_encrypted, _),) = server.mails

    assert unknown["notified"][0]["reason"] == "SSLCertVerificationError"
    assert logins_before == []
    assert known["notified"][0]["state"] == "sent"
    assert is_encrypted


def test_nothing_that_is_told_can_be_traced_to_a_person(
    desk: Path,
    shop: Shop,
    webhook: Webhook,
    mail_server: MailServer,
    capsys: pytest.CaptureFixture[str],
) -> None:
    written(desk, JOB + HOOK + HOOK + 'shape = "slack"\n' + MAIL + server_of(mail_server))
    payments = jr.read_payments(shop.pulled)

    run(capsys, *DAY)

    told = json.dumps([posted for _, posted in webhook.posted], ensure_ascii=False)
    told += mail_server.mails[0][2].get_content()
    names = ["merchant_uid", "imp_uid", "pg_tid", "apply_num", "customer_uid", "card_number"]
    names += [name for name in payments.columns if str(name).startswith("buyer_")]
    values = {
        str(value) for name in names for value in payments[name].dropna() if len(str(value)) > 3
    }
    assert len(values) > 20
    assert [value for value in values if value in told] == []
    assert not re.search(r"@|\d{3}-\d{3,4}-\d{4}", told)


@pytest.mark.parametrize(
    ("when", "is_broken", "is_told"),
    [
        ("always", False, True),
        ("breaks", False, True),
        ("failure", False, False),
        ("always", True, True),
        ("breaks", True, True),
        ("failure", True, True),
    ],
)
def test_who_wants_to_hear_of_failures_only_does(  # noqa: PLR0917 - cases and fixtures
    when: str,
    is_broken: bool,
    is_told: bool,
    desk: Path,
    webhook: Webhook,
    capsys: pytest.CaptureFixture[str],
) -> None:
    written(desk, JOB + HOOK + f'when = "{when}"\n')
    if is_broken:
        (desk / "ledger_2022-11.xlsx").write_text("홍길동 010-1234-5678")

    run(capsys, *DAY)

    assert bool(webhook.posted) is is_told


def test_of_a_failure_step_and_code_are_told_and_nothing_that_a_cell_holds(
    desk: Path, webhook: Webhook, capsys: pytest.CaptureFixture[str]
) -> None:
    written(desk, JOB + HOOK + HOOK + 'shape = "slack"\n')
    (desk / "ledger_2022-11.xlsx").write_text("홍길동,010-1234-5678\n홍길동,1\n", encoding="utf-8")

    code, (line,), error = run(capsys, *DAY)

    (_, posted), (_, slack) = webhook.posted
    assert (code, error.startswith("error: ledger_2022-11.xlsx: ")) == (2, True)
    assert (posted["step"], posted["code"]) == ("ledger", "JR-TABLE")
    assert slack["text"].splitlines()[0] == "daily 2022-11-07: FAILED while ledger (JR-TABLE)"
    assert "홍길동" not in json.dumps([line, posted, slack], ensure_ascii=False)


@pytest.mark.parametrize(
    ("address", "status", "reason"),
    [
        ("", 500, "HTTP 500"),
        ("", 302, "HTTP 302"),
        ("http://127.0.0.1:1/secret-path", 200, "ConnectionRefusedError"),
        (
            "http://example.com/secret-path",
            200,
            "the address of the webhook is neither https nor on this machine",
        ),
        (
            "file:///secret-path",
            200,
            "the address of the webhook is neither https nor on this machine",
        ),
        ("http://127.0.0.1:x/secret-path", 200, "InvalidURL"),
        (None, 200, "DESK_WEBHOOK is named in the file of the jobs, and is nowhere to be found"),
    ],
)
def test_a_webhook_that_fails_is_said_and_the_report_stands(  # noqa: PLR0917 - cases and fixtures
    address: str | None,
    status: int,
    reason: str,
    desk: Path,
    webhook: Webhook,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    written(desk, JOB + HOOK)
    webhook.status = status
    if address is None:
        monkeypatch.delenv("DESK_WEBHOOK")
    elif address:
        monkeypatch.setenv("DESK_WEBHOOK", address)

    code, (line,), error = run(capsys, *DAY)

    assert (code, line["status"]) == (1, "done")
    assert line["notified"] == [
        {"to": "notify.0 (webhook, json)", "state": "failed", "reason": reason}
    ]
    assert error == (
        f"warning: notify.0 (webhook, json) was not sent: {reason}. The report is not affected.\n"
    )
    assert (desk / "daily_2022-11-07.parquet").exists()
    assert "secret-path" not in error + json.dumps(line)
    assert [path for path, _ in webhook.posted if path != "/secret-path"] == []


def test_a_mail_server_that_refuses_is_said_and_the_report_stands(
    desk: Path, mail_server: MailServer, capsys: pytest.CaptureFixture[str]
) -> None:
    written(desk, JOB + MAIL + server_of(mail_server) + LOGIN)
    mail_server.refuses = True

    code, (line,), error = run(capsys, *DAY)

    assert code == 1
    assert line["notified"] == [{"to": "notify.0 (mail)", "state": "failed", "reason": "SMTP 535"}]
    assert "notify.0 (mail) was not sent: SMTP 535" in error
    assert "p-1234" not in error + json.dumps(line)
    assert mail_server.mails == []


def test_one_that_fails_does_not_keep_the_others_from_being_told(
    desk: Path,
    webhook: Webhook,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    broken = HOOK.replace("DESK_WEBHOOK", "BROKEN_WEBHOOK")
    monkeypatch.setenv("BROKEN_WEBHOOK", "http://127.0.0.1:1/")
    written(desk, JOB + broken + HOOK)

    _, (line,), _ = run(capsys, *DAY)

    assert [notice["state"] for notice in line["notified"]] == ["failed", "sent"]
    assert len(webhook.posted) == 1


def test_what_is_told_is_as_large_as_codes_are_many_not_as_payments(
    desk: Path, webhook: Webhook, capsys: pytest.CaptureFixture[str]
) -> None:
    written(desk, JOB + HOOK)

    run(capsys, *DAY)

    def depth(value: Any) -> int:
        inner = (
            value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        )
        return 1 + max(map(depth, inner), default=0)

    ((_, posted),) = webhook.posted
    assert depth(posted) <= 4
    assert len(json.dumps(posted)) < 4_000
