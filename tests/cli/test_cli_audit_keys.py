"""``jtnet-recon audit-keys`` on a real server: what it says, writes, and ends with."""

from __future__ import annotations

import os
import re
import signal
import subprocess

import pytest
from cli_process import PROGRAM, SETTING, environment, program

from jtnet_recon.cli import app
from jtnet_recon.sandbox import Sandbox


@pytest.fixture(scope="module")
def business(tmp_path_factory):
    folder = tmp_path_factory.mktemp("business")
    with Sandbox("2022-11", seed=5, subscriptions=60, directory=folder) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def at_the_business(business):
    values = {"URL": business.url, "KEY": business.key, "SECRET": business.secret}
    return {f"{SETTING}{name}": value for name, value in values.items()}


@pytest.fixture(scope="module")
def audited(business, at_the_business, tmp_path_factory):
    folder = tmp_path_factory.mktemp("audit")
    line = ("audit-keys", str(business.contracts_csv_path), "--period", "2022-11")
    done = program(*line, "-o", "keys.xlsx", "--html", folder=folder, settings=at_the_business)
    return done, folder


def test_it_ends_with_1_where_there_are_breaks_and_says_nothing_on_the_error_stream(audited):
    done, _ = audited

    assert (done.returncode, done.stderr) == (1, "")


def test_it_says_what_was_read_how_keys_were_found_and_what_cannot_be(audited, business):
    done, _ = audited

    assert re.search(r"Contracts: \d+ lines of contracts_2022-11_cp949\.csv\.", done.stdout)
    assert "customer_uid=빌링키" in done.stdout
    assert "the pull is COMPLETE" in done.stdout
    assert re.search(r"Billing keys: \d+ \(\d+ by the contracts, [1-9]\d* more by the", done.stdout)
    assert "The API has no list of all keys" in done.stdout
    for code in set(business.key_answers["code"]):
        assert re.search(rf"^{code} ", done.stdout, re.MULTILINE), code


def test_it_writes_the_workbook_and_the_page_beside_it(audited):
    done, folder = audited

    assert sorted(path.name for path in folder.iterdir()) == ["keys.html", "keys.xlsx"]
    assert "Written: keys.xlsx" in done.stdout
    assert "Written: keys.html" in done.stdout


@pytest.fixture
def here(monkeypatch, tmp_path, at_the_business):
    monkeypatch.chdir(tmp_path)
    for name, value in at_the_business.items():
        monkeypatch.setenv(name, value)
    return tmp_path


def test_it_speaks_korean(here, business, capsys):
    line = ["audit-keys", str(business.contracts_path), "--period", "2022-11", "--lang", "ko"]
    code = app([*line, "-o", "keys.html"])

    said = capsys.readouterr().out
    page = (here / "keys.html").read_text(encoding="utf-8")
    english = (
        "key, kind and amount|a list of all keys|No call of the API|by billing key and due day"
    )
    assert not re.findall(english, page)
    assert "키·구분·금액" in page
    assert "계약 대 빌링키 결제" in page
    assert code == 1
    assert "API에는 전체 빌링키 목록이 없습니다" in said
    assert "재시도 중복" in said


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (["nowhere.csv", "--period", "2022-11"], "nowhere.csv"),
        (["postgresql://u:p@h/d", "--period", "2022-11"], "has to be a file"),
        (["contracts.csv", "--period", "soon"], "not a year, month or day"),
        (["contracts.csv"], "--period"),
        (["contracts.csv", "--period", "2022-11", "-o", "keys.pdf"], ".xlsx or .html"),
        (["contracts.csv", "--period", "2022-11", "-o", "contracts.csv"], ".xlsx or .html"),
    ],
)
def test_wrong_usage_ends_with_2_before_anything_is_read(here, capsys, line, message):
    (here / "contracts.csv").write_text("고객번호,빌링키\n", encoding="utf-8")

    code = app(["audit-keys", *line])

    said = capsys.readouterr()
    assert code in (2, 3)
    assert message in said.err
    assert said.out == ""


def test_a_heading_that_no_word_fits_can_be_named(here, business, capsys):
    text = business.contracts_csv_path.read_text(encoding="cp949").replace("월 요금", "얼마")
    (here / "own.csv").write_text(text, encoding="utf-8")
    line = ["audit-keys", "own.csv", "--period", "2022-11"]

    refused = app(line)
    capsys.readouterr()
    taken = app([*line, "--map", "price=얼마"])

    assert (refused, taken) == (2, 1)
    assert "price=얼마" in capsys.readouterr().out


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process")
def test_the_sandbox_serves_a_subscription_business_and_says_how_to_audit_it(tmp_path):
    line = ["sandbox", "--port", "0", "--subscriptions", "60"]
    with subprocess.Popen(
        [*PROGRAM, *line],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        said = "".join(iter(process.stdout.readline, "Ctrl-C ends it.\n"))
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)

    contracts = tmp_path / "out" / "contracts_2022-11.xlsx"
    assert f"Contracts of the invented business: {contracts.resolve()}" in said
    assert re.search(
        r"jtnet-recon audit-keys .*contracts_2022-11\.xlsx.? --period 2022-11 -o", said
    )
    assert contracts.exists()


def test_a_business_that_is_too_small_is_refused_with_the_size_it_needs(here, capsys):
    code = app(["sandbox", "--port", "0", "--subscriptions", "5"])

    said = capsys.readouterr().err
    assert code == 2
    assert "subscriptions=5 is too few" in said
    assert "--subscriptions 60" in said
