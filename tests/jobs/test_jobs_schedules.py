"""The README's schedules are run as they stand, by what runs them."""

from __future__ import annotations

import ast
import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cli_process import environment
from jobs_desk import lines_of, written
from typer.main import get_command

import jtnet_recon as jr
from jtnet_recon.cli.commands import commands
from jtnet_recon.jobs.definition import Desk, read_desk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Shop

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
SECTION = README.split("\n## Every night, by itself\n", 1)[1].split("\n## ", 1)[0]
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", SECTION, re.MULTILINE | re.DOTALL)
POSIX = pytest.mark.skipif(os.name == "nt", reason="cron and systemd are not of Windows")
FOLDER = "/srv/desk"
# The page is as dear as all the rest of a run; it has tests of its own.
PAGE = ', "reports/{job}_{period}.html"'


def blocks(language: str) -> list[str]:
    """Give the section's blocks of a language."""
    return [text for name, text in BLOCKS if name == language]


FIRST = blocks("toml")[0].replace(PAGE, "")


@pytest.fixture
def site(desk: Path, shop: Shop) -> Iterator[Path]:
    """Set the README's first job up, where the README's paths would lead to."""
    written(desk, FIRST)
    env_file = desk / ".env"
    env_file.write_text("".join(f"{name}={value}\n" for name, value in shop.settings.items()))
    env_file.chmod(0o600)
    programs = desk / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "jtnet-recon").write_text(
        f'#!/bin/sh\nexec "{sys.executable}" -W error -m jtnet_recon "$@"\n'
    )
    (programs / "jtnet-recon").chmod(0o755)
    yield desk
    env_file.unlink()


def by_shell(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a line as cron does: the shell, nearly no environment, somewhere else."""
    paths = {
        name: os.environ[name] for name in ("PYTHONPATH", "HOME", "LANG") if name in os.environ
    }
    return subprocess.run(
        ["/bin/sh", "-c", line],
        cwd="/",
        env={"PATH": "/usr/bin:/bin", **paths},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=280,
    )


@POSIX
def test_the_line_of_cron_runs_the_job_and_keeps_its_line(site: Path) -> None:
    zone, line = blocks("cron")[0].splitlines()
    match = re.fullmatch(r"(\S+ \S+ \S+ \S+ \S+) (.+)", line)
    assert match is not None
    times, command = match.groups()

    done = by_shell(command.replace(FOLDER, str(site)), site)

    assert zone == "CRON_TZ=Asia/Seoul"
    assert re.fullmatch(r"([0-5]?\d) (1?\d|2[0-3]) \* \* \*", times)
    assert "%" not in command  # cron would end the command there
    assert (done.returncode, done.stdout) == (2, "")  # yesterday has no ledger in this shop
    (told,) = lines_of((site / "runs.jsonl").read_text(encoding="utf-8"))
    assert (told["step"], told["exit"]) == ("ledger", 2)
    again = by_shell(
        command.replace(FOLDER, str(site)).replace("--catch-up", "--on 2022-11-08"), site
    )
    assert again.returncode == 1
    assert lines_of((site / "runs.jsonl").read_text(encoding="utf-8"))[1]["exit"] == 1
    assert (site / "reports" / "daily_2022-11-07.xlsx").exists()


def units() -> dict[str, configparser.ConfigParser]:
    """Read the two units."""
    found = {}
    for name, text in zip(("service", "timer"), blocks("ini"), strict=True):
        unit = configparser.ConfigParser(interpolation=None)
        unit.optionxform = str  # type: ignore[assignment, method-assign]
        unit.read_string(text)
        found[name] = unit
    return found


@POSIX
def test_what_the_service_of_systemd_starts_is_the_job(site: Path) -> None:
    service = units()["service"]["Service"]
    command = shlex.split(service["ExecStart"].replace(FOLDER, str(site)))

    done = subprocess.run(
        [*command, "--on", "2022-11-08"],
        cwd=service["WorkingDirectory"].replace(FOLDER, str(site)),
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=280,
    )

    assert str(done.returncode) == service["SuccessExitStatus"] == "1"
    assert json.loads(done.stdout)["status"] == "done"
    assert len(jr.Store(site / "store").runs()) == 1


@POSIX
def test_systemd_takes_both_units(site: Path) -> None:
    """Where systemd is installed it says so itself; elsewhere its words are checked by name."""
    timer = units()["timer"]
    assert timer["Timer"]["OnCalendar"] == "*-*-* 06:30:00 Asia/Seoul"
    assert timer["Install"]["WantedBy"] == "timers.target"
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        return
    paths = [site / "jtnet-recon.service", site / "jtnet-recon.timer"]
    for path, text in zip(paths, blocks("ini"), strict=True):
        path.write_text(text.replace(FOLDER, str(site)), encoding="utf-8")

    done = subprocess.run(
        [analyze, "verify", *map(str, paths)], capture_output=True, encoding="utf-8", check=False
    )

    assert [line for line in done.stderr.splitlines() if "jtnet-recon" in line] == []
    broken = paths[0].read_text(encoding="utf-8").replace("ExecStart=/", "ExecStart=/none/")
    paths[0].write_text(broken, encoding="utf-8")
    refused = subprocess.run(
        [analyze, "verify", str(paths[0])], capture_output=True, encoding="utf-8", check=False
    )
    assert "jtnet-recon" in refused.stderr


@pytest.mark.parametrize("language", ["bat", "py"])
def test_the_other_schedules_start_a_line_that_is_understood(language: str) -> None:
    (text,) = blocks(language)
    if language == "py":
        ast.parse(text)

    (said,) = re.findall(r"jtnet-recon (run [\w -]+?)(?: \|\|| >>)", text)

    name, *arguments = said.split()
    command = get_command(commands).commands[name]  # type: ignore[attr-defined]
    assert command.make_context(name, arguments).params["catch_up"]


def test_the_whole_file_of_the_readme_is_read_and_names_every_setting(bare: Path) -> None:
    whole = blocks("toml")[1]

    desk = read_desk(written(bare, whole))

    assert desk.jobs["monthly"].cadence == "month"
    said = set(re.findall(r"\b(\w+) = ", whole)) | {"jobs"}
    tables = set(re.findall(r"^\[+(?:jobs\.monthly\.)?(\w+)\]", whole, re.MULTILINE))
    # What is seldom needed has its place in the docstrings.
    seldom = {"every", "unmask", "parameters"}
    job = Desk.model_fields["jobs"].annotation.__args__[1]
    assert set(job.model_fields) - said - tables - seldom == set()
    assert set(Desk.model_fields) - said - tables == set()


def test_the_first_file_of_the_readme_is_whole_in_itself(bare: Path) -> None:
    text = blocks("toml")[0]

    assert PAGE in text
    assert list(tomllib.loads(text)) == ["jobs"]
    assert read_desk(written(bare, text)).jobs["daily"].period == "yesterday"


def test_every_line_that_is_typed_does_what_the_text_says(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from jtnet_recon.cli import app

    written(desk, FIRST)
    first, missed, listed = (line for line in blocks("sh")[0].splitlines())

    codes = [app(shlex.split(line)[1:]) for line in (first, missed, listed)]

    out = capsys.readouterr().out
    lines = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    assert codes == [1, 1, 0]
    assert [line["period"] for line in lines] == [f"2022-11-{day:02}" for day in (7, 8, 9, 10, 11)]
    assert re.search(r"^daily +2022-11-11 ", out, re.MULTILINE)
