"""The canary can fail: each way in which a secret or a card could come to light is seen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

TESTS = Path(__file__).resolve().parents[1]
CONFTEST = f"""
import sys

sys.path.insert(0, {str(TESTS)!r})
from canary import Canary


def pytest_configure(config):
    config.pluginmanager.register(Canary(config), "canary")
"""
LEAKS = """
import logging, subprocess, sys

import pandas as pd
import pytest
from canary import CARDS, SECRETS
from jtnet_recon.config import load_settings
from jtnet_recon.errors import ConfigError

CARD = "-".join((CARDS[0][:4],) * 4)


def test_printed():
    print("the key is", SECRETS[0])


def test_read_by_the_test_itself(capsys):
    print(CARD)
    capsys.readouterr()


def test_printed_by_a_program():
    subprocess.run([sys.executable, "-c", f"print({SECRETS[1]!r})"], capture_output=True)


def test_logged_where_nobody_looks():
    logging.getLogger("some.library").debug("sent %s", CARDS[1])


def test_said_in_an_error():
    with pytest.raises(ConfigError):
        raise ConfigError(f"{SECRETS[2]} is no secret", hint="x")


def test_kept_in_a_field_of_an_error():
    with pytest.raises(ConfigError):
        error = ConfigError("no", hint="x")
        error.value = SECRETS[0]
        raise error


def test_left_in_a_file(tmp_path):
    (tmp_path / "journal.jsonl").write_text(CARD)


def test_left_in_a_workbook(tmp_path):
    pd.DataFrame({"x": [SECRETS[0]]}).to_excel(tmp_path / "book.xlsx")


def test_left_in_a_table(tmp_path):
    pd.DataFrame({"x": [CARDS[2]] * 3}).to_parquet(tmp_path / "table.parquet")


def test_clean(tmp_path, capsys, caplog):
    print("4242-42••-••••-4242")
    logging.getLogger("some.library").debug("nothing")
    (tmp_path / "clean.txt").write_text("nothing")
    assert caplog.records == []
    assert capsys.readouterr().out
"""
IN_A_TEST = {
    "printed": "a secret) in section 'Captured stdout call'",
    "read_by_the_test_itself": "a card number) in output of",
    "printed_by_a_program": "a secret) in output of a program of",
    "logged_where_nobody_looks": "a card number) in log some.library of",
    "said_in_an_error": "a secret) in error ConfigError",
    "kept_in_a_field_of_an_error": "a secret) in error ConfigError",
}
IN_A_FILE = (
    r"a card number\) in file \S*test_left_in_a_file0/journal\.jsonl",
    r"a secret\) in file \S*test_left_in_a_workbook0/book\.xlsx, part xl/",
    r"a card number\) in file \S*test_left_in_a_table0/table\.parquet, column x",
)


def test_the_canary_fails_the_test_or_the_run_and_names_the_place(pytester):
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(test_leaks=LEAKS)

    ran = pytester.runpytest_subprocess("-p", "no:randomly", "-rA")

    text = ran.stdout.str()
    ran.assert_outcomes(passed=4, failed=len(IN_A_TEST))
    assert ran.ret == pytest.ExitCode.TESTS_FAILED
    for name, place in IN_A_TEST.items():
        assert re.search(rf"FAILED \S*test_{name}\b", text)
        assert place in text
    for place in IN_A_FILE:
        assert re.search(f"CANARY FOUND: .*{place}", text)
    assert len(re.findall("CANARY FOUND", text)) >= len(IN_A_FILE)
    assert "test_clean" not in re.findall(r"FAILED (.*)", text)


def test_the_canary_fails_a_run_of_several_workers_for_a_file_alone(pytester):
    pytester.makeconftest(CONFTEST)
    only = "\n".join(LEAKS.split("\n\n\n")[n] for n in (0, 7, 10))
    pytester.makepyfile(test_leaks=only)

    ran = pytester.runpytest_subprocess("-p", "no:randomly", "-n", "2", "--dist", "loadfile")

    ran.assert_outcomes(passed=2)
    assert ran.ret == pytest.ExitCode.TESTS_FAILED
    assert re.search(f"CANARY FOUND: .*{IN_A_FILE[0]}", ran.stdout.str())


def test_the_canary_says_nothing_of_a_clean_run(pytester):
    pytester.makeconftest(CONFTEST)
    clean = LEAKS.split("\n\n\n")
    pytester.makepyfile(test_clean="\n\n\n".join([clean[0], clean[-1]]))

    ran = pytester.runpytest_subprocess("-p", "no:randomly")

    ran.assert_outcomes(passed=1)
    assert ran.ret == pytest.ExitCode.OK
    assert "CANARY" not in ran.stdout.str()
