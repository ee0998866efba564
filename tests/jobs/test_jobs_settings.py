"""Settings: unknown names are refused with the nearest known one, secrets never stand in TOML."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from typing import TYPE_CHECKING

import pytest
from cli_process import environment
from jobs_desk import run, written

import jtnet_recon as jr
from jtnet_recon.config import load_settings, read_secrets
from jtnet_recon.jobs.definition import read_desk
from jtnet_recon.jobs.placeholders import fill, values_of
from jtnet_recon.jobs.setup import read_setup

if TYPE_CHECKING:
    from pathlib import Path

JOB = """
[jobs.daily]
period = "yesterday"
ledger = "ledger.xlsx"
outputs = ["{job}_{period}.xlsx"]
"""
POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")


def refused(folder: Path, text: str) -> jr.ConfigError:
    """Read a file that has to be refused."""
    with pytest.raises(jr.ConfigError) as caught:
        read_desk(written(folder, text))
    return caught.value


@pytest.mark.parametrize(
    ("wrong", "place", "near"),
    [
        ("stor = 'x'\n" + JOB, "stor", "store"),
        (JOB + "langg = 'ko'", "jobs.daily.langg", "lang"),
        (JOB + "payments = { bases = 'paid' }", "jobs.daily.payments.bases", "basis"),
        (JOB + "rule = { tolerance = { amout = 1 } }", "jobs.daily.rule.tolerance.amout", "amount"),
        (JOB + "[[jobs.daily.notify]]\nwebhok = '${X}'", "jobs.daily.notify.0.webhok", "webhook"),
        (JOB + "[mail]\nhst = 'x'\nsender = 'y'", "mail.hst", "host"),
    ],
)
def test_an_unknown_name_is_refused_with_file_place_and_the_nearest_known(
    wrong: str, place: str, near: str, bare: Path
) -> None:
    error = refused(bare, wrong)

    assert error.message.splitlines()[0] == f"recon.toml: {place} is no setting."
    assert error.hint == f"Did you mean {near}?"
    assert near in error.hint_ko


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (JOB.replace('period = "yesterday"', ""), "jobs.daily.period is missing."),
        (JOB.replace("yesterday", "yesterdy"), "'yesterdy' is not a year, month or day."),
        (JOB.replace("{job}", "{jb}"), "{jb} is no placeholder. Did you mean job?"),
        (JOB.replace("{job}", "{job.__class__}"), "{job.__class__} is no placeholder."),
        (JOB.replace("{job}", "{job!r}"), "{job:} cannot be written so."),
        (JOB.replace("{job}", "{start:>9999999}"), "{start:>9999999} cannot be written so."),
        (JOB.replace("{job}", "{job"), "cannot be read"),
        (JOB.replace('.xlsx"]', '.pdf"]'), "Outputs end in .xlsx, .html, .parquet"),
        (JOB + "due_day = 31", "jobs.daily.due_day: Input should be less than or equal to 28."),
        (JOB + "due_day = '3'", "jobs.daily.due_day: Input should be a valid integer."),
        (JOB + "payments = { url = 'http://example.com' }", "is not encrypted"),
        (JOB + "payments = { file = 'a', tier = 'ABC' }", "a file has neither url nor tier"),
        (JOB.replace('"ledger.xlsx"', "{ url = 'sqlite:///x' }"), "belong together"),
        (JOB.replace('"ledger.xlsx"', "{ sheet = 'x' }"), "a ledger is a file, or a url"),
        (JOB + "[[jobs.daily.notify]]\nwhen = 'always'", "either a webhook or mail"),
        (JOB + "[[jobs.daily.notify]]\nmail = 'a@example.com'", "no server is named in [mail]"),
        (JOB + JOB.replace("daily", "other").replace("{job}", "daily"), "write the same file"),
        (JOB + JOB.replace("daily", "a b").replace("[jobs.a b]", "[jobs.'a b']"), "jobs.a b"),
        (JOB + "[mail]\nhost='mail.example.com'\nsender='x'\nsecurity='none'", "on this machine"),
        (JOB + "[mail]\nhost='mail.example.com'\nsender='x'\nuser='u'", "belong together"),
        (JOB + "notebook = { path = 'a.py', output = 'a.ipynb' }", "end in .ipynb"),
        (
            JOB
            + "notebook = { path = 'a.ipynb', output = 'b.ipynb', parameters = { lang = 'x' } }",
            "lang, run_id, store are parameters that the run gives",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(wrong: str, said: str, bare: Path) -> None:
    error = refused(bare, wrong)

    assert error.message.startswith("recon.toml: ")
    assert said in error.message


def test_every_fault_of_a_file_is_said_at_once(bare: Path) -> None:
    error = refused(bare, JOB.replace("period", "perod").replace("outputs", "outptus"))

    assert [line.rpartition(": ")[2] for line in error.message.splitlines()] == [
        "jobs.daily.outptus is no setting.",
        "jobs.daily.perod is no setting.",
        "jobs.daily.outputs is missing.",
        "jobs.daily.period is missing.",
    ]


@pytest.mark.parametrize(
    ("secret", "place"),
    [
        ("key = 'k-1234'", "jobs.daily.key"),
        ("payments = { secret = 'k-1234' }", "jobs.daily.payments.secret"),
        ("payments = { imp_key = 'k-1234' }", "jobs.daily.payments.imp_key"),
        ("payments = { access_token = 'k-1234' }", "jobs.daily.payments.access_token"),
        ("[mail]\nhost = 'x'\nsender = 'y'\nuser = 'u'\npassword = 'k-1234'", "mail.password"),
        ("[mail]\nhost = 'x'\npassword = 'k-1234${X}'", "mail.password"),
        ("[x]\nurl = 'postgresql://u:k-1234@h/d'", "x.url"),
        ("[x]\nurl = 'postgresql://u:${A}k-1234@h/d'", "x.url"),
        (
            "[[jobs.daily.notify]]\nwebhook = 'https://hooks.slack.com/k-1234'",
            "jobs.daily.notify.0.webhook",
        ),
        (
            "[[jobs.daily.notify]]\nwebhook = 'https://h.example.com/?token=k-1234'",
            "jobs.daily.notify.0.webhook",
        ),
        ("[x]\nsecret = 1234", "x.secret"),
        ("[x]\npasswords = ['k-1234']", "x.passwords.0"),
    ],
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(
    secret: str, place: str, bare: Path
) -> None:
    error = refused(bare, JOB + secret)

    assert error.message.startswith(f"recon.toml: {place} holds a secret")
    assert "1234" not in str(error)


def test_any_address_of_a_webhook_is_a_secret(bare: Path) -> None:
    error = refused(bare, JOB + "[[jobs.daily.notify]]\nwebhook = 'https://chat.example.com/1234'")

    assert "The address has to come from a variable." in error.message
    assert "1234" not in str(error)


def test_headings_of_the_ledger_may_be_called_anything(bare: Path) -> None:
    columns = "{ file = 'l.csv', columns = { merchant_uid = 'secret', apply_num = 'token' } }"

    desk = read_desk(written(bare, JOB.replace('"ledger.xlsx"', columns)))

    assert desk.jobs["daily"].ledger.columns == {"merchant_uid": "secret", "apply_num": "token"}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"[jobs.daily\nsecret = 'k-1234'", "recon.toml is no TOML: "),
        ("period = '어제'".encode("cp949"), "recon.toml is no TOML: it is not UTF-8."),
        (b"#" * (1 << 20) + b"#", "it is larger than settings are"),
    ],
)
def test_a_file_that_is_no_toml_is_refused_and_not_repeated(
    data: bytes, said: str, bare: Path
) -> None:
    (bare / "recon.toml").write_bytes(data)

    with pytest.raises(jr.ConfigError) as caught:
        read_desk(bare / "recon.toml")

    assert said in caught.value.message
    assert "1234" not in str(caught.value)


def test_the_mark_that_windows_writes_first_is_read_over(bare: Path) -> None:
    (bare / "recon.toml").write_bytes(b"\xef\xbb\xbf" + JOB.encode())

    assert list(read_desk(bare / "recon.toml").jobs) == ["daily"]


def test_a_file_that_is_not_there_is_said_with_a_way_out(
    bare: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, lines, error = run(capsys, "daily")

    assert (code, lines) == (2, [])
    assert error.startswith("error: recon.toml cannot be read: No such file or directory.")
    assert "--config" in error


def test_placeholders_give_the_days_of_the_run() -> None:
    values = values_of("daily", jr.Period("2022-10"), date(2022, 11, 3))

    filled = fill("{job} {period} {start:%y%m%d} {end} {on:%d} {{x}}", values)

    assert filled == "daily 2022-10 221001 2022-10-31 03 {x}"


@pytest.mark.parametrize(
    ("period", "short"),
    [
        ("2022-11-07", "2022-11-07"),
        ("2022-02", "2022-02"),
        ("2022-11-01..2022-11-29", "2022-11-01..2022-11-29"),
        ("2022", "2022-01-01..2022-12-31"),
    ],
)
def test_a_period_is_named_as_people_name_it(period: str, short: str) -> None:
    assert fill("{period}", values_of("x", jr.Period(period), date(2023, 1, 1))) == short


def test_key_and_secret_may_stand_in_a_file_beside_the_jobs(bare: Path) -> None:
    path = bare / ".env"
    path.write_text('JTNET_RECON_KEY=k-1\nexport JTNET_RECON_SECRET="s $1"\nOTHER=x\n')
    path.chmod(0o600)

    settings = load_settings(secrets=read_secrets(path))

    assert settings.key.get_secret_value() == "k-1"
    assert settings.secret.get_secret_value() == "s $1"
    assert "k-1" not in repr(read_secrets(path))


def test_the_environment_wins_over_the_file(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = bare / ".env"
    path.write_text("JTNET_RECON_KEY=file\nJTNET_RECON_SECRET=file\n")
    path.chmod(0o600)
    monkeypatch.setenv("JTNET_RECON_KEY", "environment")

    settings = load_settings(secret="argument", secrets=read_secrets(path))

    assert settings.key.get_secret_value() == "environment"
    assert settings.secret.get_secret_value() == "argument"


@POSIX
@pytest.mark.parametrize("mode", [0o604, 0o602, 0o644, 0o777])
def test_a_file_of_secrets_that_others_can_open_is_refused(mode: int, bare: Path) -> None:
    written(bare, JOB)
    (bare / ".env").write_text("JTNET_RECON_KEY=k-1234\n")
    (bare / ".env").chmod(mode)

    with pytest.raises(jr.ConfigError, match="every user of this machine can open it") as caught:
        read_setup(bare / "recon.toml")

    assert caught.value.hint == "chmod 600 .env"


def test_a_mistyped_name_in_the_file_of_secrets_is_refused(bare: Path) -> None:
    (bare / ".env").write_text("JTNET_RECON_SECRETT=k-1234\n")
    (bare / ".env").chmod(0o600)

    with pytest.raises(
        jr.ConfigError, match=r"The line JTNET_RECON_SECRETT of \.env is no"
    ) as caught:
        read_secrets(bare / ".env")

    assert caught.value.hint == "Did you mean JTNET_RECON_SECRET?"


def test_a_file_of_secrets_in_another_encoding_is_refused_and_not_repeated(bare: Path) -> None:
    (bare / ".env").write_bytes("JTNET_RECON_KEY=비밀-1234\n".encode("cp949"))
    (bare / ".env").chmod(0o600)

    with pytest.raises(jr.ConfigError, match=r"\.env is not UTF-8") as caught:
        read_secrets(bare / ".env")

    assert "1234" not in repr(caught.value.__dict__)
    assert caught.value.__cause__ is None


def test_a_secret_is_put_into_an_address_as_addresses_need_it(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup = read_setup(written(bare, JOB))
    monkeypatch.setenv("BOOKS_PASSWORD", "a/b@c")

    assert setup.revealed("mysql://u:${BOOKS_PASSWORD}@h/d") == "mysql://u:a%2Fb%40c@h/d"
    assert setup.revealed("${BOOKS_PASSWORD}") == "a/b@c"


def test_a_secret_that_is_nowhere_is_named_with_all_three_places(bare: Path) -> None:
    setup = read_setup(written(bare, JOB))

    with pytest.raises(jr.ConfigError, match="BOOKS_URL is named") as caught:
        setup.revealed("${BOOKS_URL}")

    assert all(place in caught.value.hint for place in ("environment", ".env", "keyring"))


KEYRING = """
from keyring.errors import KeyringError
def get_password(service, name):
    if name == "LOCKED":
        raise KeyringError("locked")
    return {"JTNET_RECON_KEY": "k-ring", "JTNET_RECON_SECRET": "s-ring"}.get(name) if service == "jtnet_recon" else None
"""
ASKING = """
from jtnet_recon.config import Secrets, load_settings
settings = load_settings()
print(settings.key.get_secret_value(), settings.secret.get_secret_value(), Secrets().find("LOCKED"))
"""


def test_the_keyring_is_asked_where_there_is_one(bare: Path) -> None:
    """The package of that name is optional; one with its two calls stands in for it here."""
    (bare / "keyring").mkdir()
    (bare / "keyring" / "__init__.py").write_text(KEYRING)
    (bare / "keyring" / "errors.py").write_text("class KeyringError(Exception): pass\n")
    paths = os.pathsep.join([str(bare), *filter(None, [os.environ.get("PYTHONPATH")])])

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", ASKING],
        env=environment(PYTHONPATH=paths),
        cwd=bare,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert (done.stdout, done.stderr) == ("k-ring s-ring None\n", "")
