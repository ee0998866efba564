"""Every wrong way to use the command line ends in one readable line and the right exit code."""

from __future__ import annotations

import errno
import sys
from typing import TYPE_CHECKING, Any

import pytest

from jtnet_recon.cli import app
from jtnet_recon.cli.failures import as_options, describe
from jtnet_recon.cli.pull import doubt_lines, spared
from jtnet_recon.errors import (
    ApiAuthError,
    ApiConnectionError,
    ConfigError,
    PullIncomplete,
    ReconError,
    StoreError,
    TableError,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DATABASE = (
    "The ledger has to be a file: an address of a database holds a password, and the command "
    "line is no place for it."
)
SETTINGS = ("JTNET_RECON_URL", "JTNET_RECON_KEY", "JTNET_RECON_SECRET", "JTNET_RECON_TIER")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in an empty folder, without settings of the machine."""
    monkeypatch.chdir(tmp_path)
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def fails(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Run a line that must fail; give exit code and error text, once it is sure to be readable."""

    def run(*line: str) -> tuple[int, str]:
        code = app(list(line))
        printed = capsys.readouterr()
        assert printed.err.startswith("error: ")
        assert "Traceback" not in printed.err
        return code, printed.err

    return run


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("pul 2022-11", "error: No such command 'pul'. Did you mean 'pull'?"),
        ("reconcile a b --shet x", "No such option: --shet (Possible options: --help, --sheet)"),
        ("pull 2022-11", "error: Missing option '-o' / '--output'."),
        ("pull -o p.parquet", "error: Missing argument 'PERIOD'."),
        ("pull 2022-11 2022-12 -o p.parquet", "Got unexpected extra argument"),
        ("reconcile a b --header-row one", "Invalid value for '--header-row'"),
        ("reconcile a b --lang fr", "'fr' is not one of 'en', 'ko'"),
        ("pull 2022-11 --basis sold -o p.parquet", "'sold' is not one of 'paid', 'events'"),
        ("sandbox --port 70000", "Invalid value for '--port'"),
    ],
)
def test_a_typo_is_named_and_points_to_the_help(
    fails: Callable[..., tuple[int, str]], line: str, message: str
) -> None:
    code, text = fails(*line.split())

    assert (code, message in text, text.count("\n")) == (2, True, 2)
    assert text.rstrip().endswith("--help shows an example.")


@pytest.mark.parametrize("period", ["2022-13", "november", "2022-11-31", "22-11"])
def test_a_bad_period_is_named_with_the_forms_that_work(
    fails: Callable[..., tuple[int, str]], period: str
) -> None:
    code, text = fails("pull", period, "-o", "p.parquet")

    assert code == 2
    assert text == (
        f"error: {period!r} is not a year, month or day.\n"
        "  hint: Write 2022, 2022-11, 2022-11-07 or 2022-11-01..2022-11-30.\n"
    )


def test_a_period_that_ends_before_it_starts_is_refused(
    fails: Callable[..., tuple[int, str]],
) -> None:
    code, text = fails("pull", "2022-12..2022-11", "-o", "p.parquet")

    assert (code, "cannot end" in text, "Swap the two dates." in text) == (2, True, True)


@pytest.mark.parametrize(
    ("line", "code", "message", "hint"),
    [
        (
            "reconcile a.parquet b.csv --map 주문번호",
            2,
            "--map '주문번호' does not say which heading is meant.",
            "Our name, =, the heading of your ledger: --map merchant_uid=주문번호.",
        ),
        (
            "reconcile a.parquet b.csv -o november.pdf",
            2,
            "Reports are written as .xlsx or .html, not as 'november.pdf'.",
            "Write -o november.xlsx.",
        ),
        (
            "reconcile a.parquet b.xlsx -o b.xlsx",
            2,
            "The report would replace 'b.xlsx', which is an input.",
            "Give the report another name.",
        ),
        (
            "reconcile a.parquet b.csv -o there/november.xlsx",
            3,
            "november.xlsx cannot be written: the folder 'there' does not exist.",
            "Make the folder first, or choose another.",
        ),
        (
            "reconcile a.parquet postgresql+psycopg://me:pw@db/books",
            2,
            DATABASE,
            'In Python: jr.read_ledger(url, query="SELECT ...").',
        ),
        (
            "pull 2022-11 -o p.csv",
            2,
            "Payments are kept as Parquet, which 'p.csv' is not by its name.",
            "Write -o p.parquet; pandas reads it with pandas.read_parquet.",
        ),
        (
            "pull 2022-11 -o there/p.parquet",
            3,
            "p.parquet cannot be written: the folder 'there' does not exist.",
            "Make the folder first, or choose another.",
        ),
        (
            "demo --orders 5",
            2,
            "Sandbox: orders=5 is too few for every break; use 100 or more",
            "Give a month, such as --period 2022-11, and --orders 100 or more.",
        ),
    ],
)
def test_what_cannot_work_is_refused_before_any_work(
    fails: Callable[..., tuple[int, str]], line: str, code: int, message: str, hint: str
) -> None:
    assert fails(*line.split()) == (code, f"error: {message}\n  hint: {hint}\n")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("reconcile a b --header-row one", "'--header-row': 'one' is no whole number."),
        ("sandbox --port 70000", "'--port': '70000' is too large."),
        ("sandbox --port=-1", "'--port': '-1' is too small."),
        ("sandbox --fault-share half", "'--fault-share': 'half' is no number."),
    ],
)
def test_a_value_that_is_no_number_is_quoted_in_plain_words(
    fails: Callable[..., tuple[int, str]], line: str, message: str
) -> None:
    code, text = fails(*line.split())

    assert (code, text.splitlines()[0]) == (2, f"error: Invalid value for {message}")


def test_a_folder_given_as_a_ledger_is_named(
    fails: Callable[..., tuple[int, str]], payments_path: Path
) -> None:
    code, text = fails("reconcile", str(payments_path), ".")

    assert (code, text.splitlines()[0]) == (2, "error: .: it is a folder.")


def test_a_missing_payments_file_is_wrong_usage(fails: Callable[..., tuple[int, str]]) -> None:
    code, text = fails("reconcile", "p.parquet", "ledger.xlsx")

    assert (code, text.startswith("error: p.parquet: there is no such file in /")) == (2, True)
    assert text.endswith("  hint: Check the folder and the name.\n")


def test_an_output_folder_that_is_a_file_is_a_failed_file(
    fails: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("", encoding="utf-8")

    code, text = fails("demo", "--out", "taken/out")

    assert code == 3
    assert text == (
        "error: The folder taken/out cannot be made: Not a directory.\n"
        "  hint: Name another with --out.\n"
    )


def test_hints_are_korean_on_demand(fails: Callable[..., tuple[int, str]]) -> None:
    spellings = (["--lang", "ko"], ["--lang=ko"])

    texts = {fails("pull", "2022-13", "-o", "p.parquet", *lang)[1] for lang in spellings}

    hint = "  안내: 2022, 2022-11, 2022-11-07 또는 2022-11-01..2022-11-30 처럼 쓰세요.\n"
    assert texts == {f"error: '2022-13' is not a year, month or day.\n{hint}"}


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("pul", "jtnet-recon --help 에서 옵션과 예시를 볼 수 있습니다."),
        ("pull 2022-11", "jtnet-recon pull --help 에서 옵션과 예시를 볼 수 있습니다."),
        (
            "pull --secret s",
            "키와 시크릿은 환경변수 JTNET_RECON_KEY, JTNET_RECON_SECRET 에서만 읽습니다.",
        ),
        ("pull 2022-11 -o p.parquet", "아임포트 API 키와 API 시크릿 값이 없습니다. 환경변수"),
        ("jobs", "작업을 적은 설정 파일이 필요합니다."),
    ],
)
def test_hints_about_the_line_itself_are_korean_on_demand(
    fails: Callable[..., tuple[int, str]], line: str, hint: str
) -> None:
    code, text = fails(*line.split(), "--lang", "ko")

    assert (code, text.splitlines()[1].startswith(f"  안내: {hint}")) == (2, True)


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError()])
def test_hints_of_what_nobody_foresaw_are_korean_on_demand(error: Exception) -> None:
    hint = describe(error, lang="ko")[1][1]

    assert hint.startswith("  안내: ")
    assert hint.endswith("세요.")


@pytest.mark.parametrize("option", ["--secret", "--key", "--imp-secret", "--token", "--password"])
@pytest.mark.parametrize("joint", [" ", "="])
def test_a_typed_secret_is_refused_and_not_repeated(
    fails: Callable[..., tuple[int, str]], option: str, joint: str
) -> None:
    code, text = fails("pull", "2022-11", "-o", "p.parquet", *f"{option}{joint}s3cr3t".split())

    assert (code, "s3cr3t" in text) == (2, False)
    assert "read from JTNET_RECON_KEY and JTNET_RECON_SECRET, never from the command line" in text


def test_the_program_alone_shows_its_help_as_wrong_usage(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = app([])

    assert (code, capsys.readouterr().out.startswith("Usage: jtnet-recon")) == (2, True)


def test_debug_shows_where_an_error_comes_from_wherever_it_stands(
    capsys: pytest.CaptureFixture[str],
) -> None:
    line = ["pull", "2022-13", "-o", "p.parquet"]

    for said in (["--debug", *line], [*line, "--debug"]):
        assert app(said) == 2
        text = capsys.readouterr().err
        assert "Traceback (most recent call last)" in text
        assert "error: '2022-13' is not a year, month or day." in text


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError("c"), 2),
        (TableError("t"), 2),
        (StoreError("s"), 3),
        (PullIncomplete("p", certificate={}), 3),
        (ApiConnectionError("a", method="GET", path="/payments"), 3),
        (ApiAuthError("a", method="POST", path="/users/getToken", status=401), 3),
        (ReconError("any other"), 3),
        (MemoryError(), 3),
        (OSError(errno.EIO, "Input/output error", "/there/p.parquet"), 3),
        (ArithmeticError("items do not add up"), 3),
        (RuntimeError(), 3),
    ],
)
def test_no_error_ends_as_breaks_found(error: Exception, code: int) -> None:
    assert describe(error, lang="en")[0] == code


def test_an_error_of_the_system_names_file_and_reason() -> None:
    error = OSError(errno.EIO, "Input/output error", "/there/p.parquet")

    assert describe(error, lang="en")[1] == ["error: p.parquet: Input/output error."]


def test_an_unforeseen_error_names_type_and_place_and_keeps_its_text_back() -> None:
    try:
        {}["imp_secret=abc"]
    except KeyError as error:
        lines = describe(error, lang="en")[1]

    assert lines[0].startswith("error: KeyError at test_cli_errors.py:")
    assert lines[0].endswith("This is a fault of jtnet-recon; nothing was decided.")
    assert lines[1] == "  hint: Run again with --debug and send us what it shows."
    assert "abc" not in "".join(lines)


def test_text_of_a_file_cannot_act_on_the_terminal() -> None:
    lines = describe(TableError("ledger.csv: '\x1b[2J' is no amount."), lang="en")[1]

    assert lines == ["error: ledger.csv: '␛[2J' is no amount."]


@pytest.mark.parametrize(
    ("hint", "said"),
    [
        ('Say which one: sheet="11월". Read', 'Say which one: --sheet "11월". Read'),
        ("Give one of these names as sheet=.", "Give one of these names as --sheet."),
        (
            'Say which one it is: columns={"amount": "금 액"} (--map amount=금 액).',
            'Say which one it is: --map "amount=금 액".',
        ),
        (
            'name them: columns={"merchant_uid": "…", "amount": "…"}.',
            'name them: --map "merchant_uid=…" --map "amount=…".',
        ),
        ("columns= has no name 'x'.", "--map has no name 'x'."),
        ('taken; columns={"escrow": …} says which', "taken; --map escrow=… says which"),
        (
            '사용하지 않음. columns={"escrow": …}로 지정하세요',
            "사용하지 않음. --map escrow=…로 지정하세요",
        ),
        ("check_total=False reads it all the same.", "--no-check-total reads it all the same."),
        ("read it with allow_empty=True.", "read it with --allow-empty."),
        ("header_row=9, but there are only 2 rows.", "--header-row 9, but there are only 2 rows."),
        ('Say which: encoding="cp949" or', 'Say which: --encoding "cp949" or'),
        (
            "통화 열을 추가하거나 currency=를 지정하세요.",
            "통화 열을 추가하거나 --currency를 지정하세요.",
        ),
        ("Set A and B, or give key= and secret=. The console", "Set A and B. The console"),
        ("Leave header_row= out.", "Leave --header-row out."),
    ],
)
def test_hints_speak_of_options_not_of_arguments(hint: str, said: str) -> None:
    assert as_options(hint) == said


@pytest.mark.parametrize("verdict", ["UNSTABLE", "INCOMPLETE"])
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_a_pull_that_is_not_complete_says_why(verdict: str, lang: str) -> None:
    certificate = {"verdict": verdict, "reasons": ["window 2022-11-01: no two of 6 walks agreed"]}

    first, second = doubt_lines(certificate, lang=lang)

    assert first.startswith("error: ")
    assert verdict in first
    assert second == "  - window 2022-11-01: no two of 6 walks agreed"


def test_a_doubtful_pull_replaces_no_older_one(tmp_path: Path) -> None:
    output = tmp_path / "p.parquet"

    free = spared(output, "UNSTABLE")
    output.write_bytes(b"of last month")
    taken = spared(output, "UNSTABLE")

    assert (free.name, taken.name) == ("p.parquet", "p.unstable.parquet")


def test_a_complete_pull_leaves_no_doubt() -> None:
    assert doubt_lines({"verdict": "COMPLETE", "reasons": []}, lang="en") == []


def test_ctrl_c_ends_with_one_line_and_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("jtnet_recon.cli.pull.check_payments_target", interrupt)

    code = app(["pull", "2022-11", "-o", "p.parquet"])

    printed = capsys.readouterr()
    assert (code, printed.err, printed.out) == (130, "Stopped.\n", "")


def test_output_to_an_old_console_never_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with (tmp_path / "console.txt").open("w", encoding="cp437") as console:
        monkeypatch.setattr(sys, "stderr", console)

        code = app(["reconcile", "a", "b", "--map", "주문"])

    shown = (tmp_path / "console.txt").read_text(encoding="cp437")
    assert (code, r"\uc8fc\ubb38" in shown) == (2, True)
