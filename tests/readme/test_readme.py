"""The README is true: its code runs, its commands, settings, codes and links exist."""

from __future__ import annotations

import importlib.util
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from jtnet_recon.cli import failures
from jtnet_recon.cli.commands import commands
from jtnet_recon.config import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS: dict[str, Any] = get_command(commands).commands  # type: ignore[attr-defined]
BLOCKS = [
    (language, re.sub(r"^ {3}", "", text, flags=re.MULTILINE) if indent else text)
    for indent, language, text in re.findall(
        r"^( *)```(\w+)\n(.*?)^ *```", README, re.MULTILINE | re.DOTALL
    )
]
LINES = [
    line.strip().removeprefix(".venv\\Scripts\\").removeprefix(".venv/bin/")
    for language, text in BLOCKS
    if language in {"sh", "powershell"}
    for line in text.splitlines()
]
PYTHON = [text for language, text in BLOCKS if language == "python"]
TYPED = [line for line in LINES if line.startswith("jtnet-recon ")]


def rows_of(heading: str) -> list[list[str]]:
    """Read the first table under a heading, without its head."""
    section = README.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    table = re.search(r"((?:^\|.*\|\n)+)", section, re.MULTILINE)
    assert table is not None
    return [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table[1].splitlines()[2:]
    ]


@pytest.fixture(scope="module")
def twenty_lines(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Run the README's Python as it stands, in a folder of its own."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "twenty.py").write_text(python_block(), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", "twenty.py"],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done, folder


def python_block() -> str:
    """Give the first block of Python."""
    return PYTHON[0]


def test_the_twenty_lines_run_and_say_what_they_promise(twenty_lines: Any) -> None:
    done, folder = twenty_lines

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("COMPLETE\nReconciled with ")
    assert "\nOrder " in done.stdout
    # Nothing that was asked for is left out for want of room.
    assert " ... " not in done.stdout
    assert (folder / "november.xlsx").stat().st_size > 10_000
    assert "<html" in (folder / "november.html").read_text(encoding="utf-8")[:1_000]


def test_the_twenty_lines_are_twenty_at_most() -> None:
    lines = [line for line in python_block().splitlines() if line and not line.startswith("#")]

    assert len(lines) <= 20


@pytest.mark.parametrize("block", PYTHON[1:], ids=range(1, len(PYTHON)))
def test_every_further_block_of_python_runs_as_it_stands(block: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", block],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_a_rule_of_ones_own_takes_ten_lines_and_names_the_tables() -> None:
    (block,) = [text for text in PYTHON if "bank credits" in text]
    done = subprocess.run(
        [sys.executable, "-c", block], capture_output=True, encoding="utf-8", check=True
    )

    assert len([line for line in block.splitlines() if line]) <= 10
    assert done.stdout.split() == (
        "merchant_uid name money_at_risk 0 PO-2 Missing in bank 485000".split()
    )


def test_every_command_is_documented_and_every_documented_command_exists() -> None:
    documented = [row[0].strip("`").removeprefix("jtnet-recon ") for row in rows_of("Command line")]

    assert sorted(documented) == sorted(COMMANDS)


@pytest.mark.parametrize("line", TYPED)
def test_every_line_a_reader_may_type_is_understood(line: str) -> None:
    name, *arguments = shlex.split(line, posix=True)[1:]

    context = COMMANDS[name].make_context(name, arguments)

    assert context.params


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_help_of_every_command_shows_a_line_that_is_understood(name: str) -> None:
    epilog = COMMANDS[name].epilog

    (example,) = re.findall(r"^ +jtnet-recon (.+)$", epilog, re.MULTILINE)

    said, *arguments = shlex.split(example)
    assert said == name
    assert COMMANDS[name].make_context(name, arguments).params


def test_every_option_named_in_the_readme_exists() -> None:
    named = set(re.findall(r"`(--[a-z-]+)", README))

    known = {
        option
        for command in (*COMMANDS.values(), get_command(commands))
        for parameter in command.params
        for option in (*parameter.opts, *parameter.secondary_opts)
    }
    assert named - known - {"--help"} == set()


def test_the_exit_codes_are_those_of_the_program() -> None:
    documented = {int(row[0]) for row in rows_of_exit_codes()}

    known = (failures.AGREES, failures.BREAKS, failures.USAGE, failures.FAILED, failures.STOPPED)
    assert documented == set(known)


def rows_of_exit_codes() -> list[list[str]]:
    """Read the table of exit codes."""
    table = README.split("| exit code | meaning |\n|---|---|\n", 1)[1].split("\n\n", 1)[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]


def test_the_settings_are_those_that_are_read() -> None:
    documented = {row[0].strip("`") for row in rows_of("Your own data")}

    assert documented == {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}


def test_the_commands_of_start_py_exist() -> None:
    spec = importlib.util.spec_from_file_location("start", ROOT / "start.py")
    assert spec is not None
    assert spec.loader is not None
    start = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(start)

    named = set(re.findall(r"python start\.py (\w+)", README))

    assert {"demo", "test", "lab"} <= named <= set(start.COMMANDS)


def test_every_link_leads_somewhere() -> None:
    headings = re.findall(r"^##? (.+)$", README, re.MULTILINE)
    anchors = {"#" + heading.lower().replace(",", "").replace(" ", "-") for heading in headings}

    links = re.findall(r"\]\(([^)]+)\)", README)

    assert links
    lost = [to for to in links if to not in anchors and not (ROOT / to).is_file()]
    assert lost == []
