"""What the options of `reconcile`, `pull` and `sandbox` do, on a real server and real files."""

from __future__ import annotations

import re
import socket
from typing import TYPE_CHECKING, NamedTuple

import openpyxl
import pandas as pd
import pytest

import jtnet_recon as jr
from jtnet_recon.cli import app
from jtnet_recon.cli.demo import check_lines, differences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from jtnet_recon.sandbox import Sandbox

pytestmark = pytest.mark.usefixtures("settings")


class Said(NamedTuple):
    """What a run ended with."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Run one command line in this process."""

    def run(*line: object) -> Said:
        code = app([str(part) for part in line])
        return Said(code, *capsys.readouterr())

    return run


@pytest.fixture
def plain(payments_path: Path, tmp_path: Path) -> tuple[Path, pd.DataFrame]:
    """Keep the orders that were paid once in won, and give books that say the same of them."""
    payments = jr.read_payments(payments_path)
    once = ~payments["merchant_uid"].duplicated(keep=False)
    chosen = payments[
        once
        & (payments["status"] == "paid")
        & (payments["currency"] == "KRW")
        & (payments["pg_id"].notna() & ~payments["pg_id"].str.startswith("tpaytest", na=False))
        & (payments["amount"] > 0)
    ].reset_index(drop=True)
    chosen.attrs.clear()
    jr.write_payments(chosen, tmp_path / "plain.parquet")
    books = pd.DataFrame(
        {
            "주문번호": chosen["merchant_uid"],
            "결제금액": chosen["amount"],
            "결제일": chosen["paid_at"].dt.strftime("%Y-%m-%d"),
        }
    )
    return tmp_path / "plain.parquet", books


def written(books: pd.DataFrame, path: Path, *, encoding: str = "utf-8") -> Path:
    """Write books as a CSV."""
    books.to_csv(path, index=False, encoding=encoding)
    return path


def test_books_that_agree_end_with_0_and_say_what_is_not_known(
    run: Callable[..., Said], plain: tuple[Path, pd.DataFrame], tmp_path: Path
) -> None:
    payments, books = plain

    said = run("reconcile", payments, written(books, tmp_path / "books.csv"))

    assert (said.code, said.err) == (0, "")
    assert f"Payments: {len(books)}, without a pull certificate: whether they" in said.out
    assert "Absence: no order is missing at the PG." in said.out
    assert "Conclusion: Reconciled: both sides agree to the won." in said.out
    assert said.out.endswith("No breaks.\n")


def test_one_won_too_much_ends_with_1(
    run: Callable[..., Said], plain: tuple[Path, pd.DataFrame], tmp_path: Path
) -> None:
    payments, books = plain
    books.loc[0, "결제금액"] += 1

    said = run("reconcile", payments, written(books, tmp_path / "books.csv"))

    assert said.code == 1
    assert said.out.splitlines()[-1].split() == [
        "P03",
        "High",
        "Amount",
        "differs",
        "1",
        "1",
        "KRW",
    ]


def test_a_heading_that_is_not_known_is_asked_for_and_taken_by_map(
    run: Callable[..., Said], plain: tuple[Path, pd.DataFrame], tmp_path: Path
) -> None:
    payments, books = plain
    path = written(books.rename(columns={"주문번호": "내부 키"}), tmp_path / "books.csv")

    without = run("reconcile", payments, path)
    mapped = run("reconcile", payments, path, "--map", "merchant_uid=내부 키")

    assert (without.code, without.out) == (2, "")
    assert '--map "merchant_uid=…"' in without.err
    assert (mapped.code, "columns: merchant_uid=내부 키, amount=" in mapped.out) == (0, True)


def test_of_two_headings_for_one_name_the_one_that_is_there_counts(
    run: Callable[..., Said], plain: tuple[Path, pd.DataFrame], tmp_path: Path
) -> None:
    payments, books = plain
    path = written(books.rename(columns={"주문번호": "내부 키"}), tmp_path / "books.csv")
    maps = ["--map", "merchant_uid=옛 이름", "--map", "merchant_uid=내부 키"]

    assert run("reconcile", payments, path, *maps).code == 0


@pytest.mark.parametrize(
    ("change", "option", "told"),
    [
        ("wrong total", "--no-check-total", "--no-check-total reads the table all the same."),
        ("no rows", "--allow-empty", "If that is right, read it with --allow-empty."),
    ],
)
def test_what_stops_a_run_names_the_option_that_lets_it_pass(
    run: Callable[..., Said],
    plain: tuple[Path, pd.DataFrame],
    tmp_path: Path,
    *,
    change: str,
    option: str,
    told: str,
) -> None:
    payments, books = plain
    total = pd.DataFrame([["합계", books["결제금액"].sum() + 1, None]], columns=books.columns)
    changed = {"wrong total": pd.concat([books, total]), "no rows": books.head(0)}[change]
    path = written(changed, tmp_path / "books.csv")

    stopped = run("reconcile", payments, path)
    passed = run("reconcile", payments, path, option)

    assert (stopped.code, told in stopped.err) == (2, True)
    assert passed.code in {0, 1}


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--sheet", "12월", "error: books.xlsx: there is no sheet '12월'"),
        ("--header-row", "999", "--header-row 999, but there are only"),
        ("--encoding", "utf-8", "--encoding means nothing for a workbook."),
        ("--currency", "won!", "error: --currency 'won!' is no currency."),
        ("--map", "order=주문번호", "--map has no name 'order'."),
    ],
)
def test_an_option_that_cannot_be_meant_is_named(
    run: Callable[..., Said],
    plain: tuple[Path, pd.DataFrame],
    tmp_path: Path,
    *,
    option: str,
    value: str,
    told: str,
) -> None:
    payments, books = plain
    books.to_excel(tmp_path / "books.xlsx", sheet_name="11월", index=False)

    said = run("reconcile", payments, tmp_path / "books.xlsx", option, value)

    assert (said.code, told in said.err) == (2, True)


def test_absence_is_not_verified_without_settings_and_the_output_says_why(
    run: Callable[..., Said],
    shop: Sandbox,
    payments_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("JTNET_RECON_KEY")
    line = ["reconcile", payments_path, shop.ledger_path]
    absent = int((shop.answers["code"] == "P02").sum())

    quiet = run(*line)
    insisted = run(*line, "--verify", "-o", "r.xlsx")

    assert quiet.code == 1
    assert (
        f"Absence NOT verified: {absent} orders of code P02 rest on this pull alone. "
        "The API key of the i'mport account is missing.\n"
    ) in quiet.out
    assert insisted.code == 2
    assert insisted.err.startswith("error: The API key of the i'mport account is missing.\n")
    assert "  hint: Set JTNET_RECON_KEY. The i'mport (PortOne) admin console" in insisted.err


def test_no_verify_asks_nothing_of_the_server(
    run: Callable[..., Said],
    shop: Sandbox,
    payments_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("JTNET_RECON_URL", "http://127.0.0.1:9")

    said = run("reconcile", payments_path, shop.ledger_path, "--no-verify")

    assert (said.code, "alone. --no-verify was given.\n" in said.out) == (1, True)


def test_a_refused_secret_leaves_the_report_unverified_or_fails_if_insisted(
    run: Callable[..., Said],
    shop: Sandbox,
    payments_path: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("JTNET_RECON_SECRET", "s3cr3t-of-another-shop")
    line = ["reconcile", payments_path, shop.ledger_path]

    quiet = run(*line, "-o", "quiet.html")
    insisted = run(*line, "-o", "insisted.html", "--verify")

    assert (quiet.code, "Absence NOT verified: " in quiet.out) == (1, True)
    assert (insisted.code, insisted.err.startswith("error: POST /users/getToken: ")) == (3, True)
    assert {path.name for path in tmp_path.iterdir()} == {"quiet.html"}
    assert "s3cr3t" not in quiet.out + quiet.err + insisted.out + insisted.err


def test_another_account_cannot_prove_that_an_order_is_absent(
    run: Callable[..., Said], shop: Sandbox, payments_path: Path, tmp_path: Path
) -> None:
    payments = jr.read_payments(payments_path)
    payments.attrs["pull"]["merchant"] = "0" * 16
    jr.write_payments(payments, tmp_path / "theirs.parquet")
    line = ["reconcile", "theirs.parquet", shop.ledger_path]

    quiet, insisted = run(*line), run(*line, "--verify")

    told = "Key and secret are not those that the payments were pulled with"
    assert (quiet.code, f"rest on this pull alone. {told}" in quiet.out) == (1, True)
    assert (insisted.code, insisted.err.startswith(f"error: {told}")) == (2, True)


def test_attempts_that_kept_changing_prove_nothing(shop: Sandbox, payments_path: Path) -> None:
    class Restless(jr.Client):
        def payments_by_merchant_uid(self, ids: Iterable[str]) -> pd.DataFrame:
            attempts = super().payments_by_merchant_uid(ids)
            attempts.attrs["lookup"]["unstable"] = [*ids][:1]
            return attempts

    result = jr.reconcile(jr.read_payments(payments_path), jr.read_ledger(shop.ledger_path))

    with (
        Restless(shop.url, shop.key, shop.secret) as client,
        pytest.raises(jr.PullIncomplete, match=r"^The attempts of 1 order\(s\) changed"),
    ):
        jr.verify_absence(client, result)


def test_names_are_masked_unless_unmask_is_given(
    run: Callable[..., Said], shop: Sandbox, payments_path: Path, tmp_path: Path
) -> None:
    line = ["reconcile", payments_path, shop.ledger_path]

    run(*line, "-o", "masked.xlsx", "--no-verify")
    run(*line, "-o", "open.xlsx", "--no-verify", "--unmask")

    ledger = jr.read_ledger(shop.ledger_path)
    names = set(ledger["구매자"].dropna())
    assert not names & texts_of(tmp_path / "masked.xlsx")
    assert names & texts_of(tmp_path / "open.xlsx")


def texts_of(path: Path) -> set[str]:
    """List every text of a workbook."""
    book = openpyxl.load_workbook(path, read_only=True)
    cells = (cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    return {cell for cell in cells if isinstance(cell, str)}


def test_lang_ko_speaks_korean_on_the_screen_and_in_the_report(
    run: Callable[..., Said], shop: Sandbox, payments_path: Path, tmp_path: Path
) -> None:
    said = run("reconcile", payments_path, shop.ledger_path, "--lang", "ko", "-o", "r.html")

    assert "\n결론: 미해소 " in said.out
    assert "부재 확인 완료: " in said.out
    assert "취소 미반영" in said.out
    assert "  - 합계·소계 행 3개가 행의 합과 일치\n" in said.out
    assert not re.findall(r"Critical|High|Medium| were | agree ", said.out)
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert '<html lang="ko"' in page
    assert "합계·소계 행 3개가 행의 합과 일치" in page
    assert not re.findall("by its heading|were passed by|same pages", page)


def test_lang_ko_says_in_korean_why_absence_was_not_verified(
    run: Callable[..., Said],
    shop: Sandbox,
    payments_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("JTNET_RECON_SECRET")

    said = run("reconcile", payments_path, shop.ledger_path, "--lang", "ko")

    assert (
        "만 근거로 합니다. 아임포트 API 시크릿 값이 없습니다. 환경변수 JTNET_RECON_SECRET "
        in said.out
    )


def test_a_report_that_cannot_be_written_is_known_before_the_work(
    run: Callable[..., Said], shop: Sandbox, payments_path: Path, tmp_path: Path
) -> None:
    (tmp_path / "r.xlsx").mkdir()

    said = run("reconcile", payments_path, shop.ledger_path, "-o", "r.xlsx")

    assert (said.code, said.out) == (3, "")
    assert said.err.startswith("error: r.xlsx cannot be written: it is a folder.")


def test_pull_by_events_says_so_in_its_certificate(
    run: Callable[..., Said], payments_path: Path, tmp_path: Path
) -> None:
    said = run("pull", "2022-11", "--basis", "events", "-o", "e.parquet", "--no-progress")

    events = jr.read_payments(tmp_path / "e.parquet")
    assert (said.code, events.attrs["pull"]["basis"]) == (0, "events")
    assert len(events) != len(jr.read_payments(payments_path))


def test_pull_with_a_refused_secret_fails_and_leaves_the_old_file(
    run: Callable[..., Said], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JTNET_RECON_SECRET", "wrong")
    (tmp_path / "p.parquet").write_bytes(b"of last month")

    said = run("pull", "2022-11", "-o", "p.parquet")

    assert (said.code, said.out) == (3, "")
    assert said.err.startswith("error: POST /users/getToken: ")
    assert (tmp_path / "p.parquet").read_bytes() == b"of last month"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_port_that_is_taken_is_named(run: Callable[..., Said]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]

        said = run("sandbox", "--port", port, "--orders", "120")

    assert said.code == 2
    assert said.err == (
        f"error: Port {port} is in use.\n  hint: Choose another, or --port 0 for any free one.\n"
    )


def test_a_break_missed_or_invented_would_be_noticed_by_the_demo(shop: Sandbox) -> None:
    planted = shop.answers
    found = pd.concat([planted.iloc[1:], planted.iloc[[-1]]])

    missed, extra = differences(found, planted)

    assert list(missed.elements()) == [row_of(planted, 0)]
    assert list(extra.elements()) == [row_of(planted, -1)]
    assert check_lines(missed, extra, len(planted), lang="en") == [
        "Check FAILED: 1 planted breaks missed, 1 found that were not planted:",
        f"  missed {' '.join(row_of(planted, 0))}",
        f"  extra  {' '.join(row_of(planted, -1))}",
    ]


def test_the_demo_speaks_korean(run: Callable[..., Said], tmp_path: Path) -> None:
    said = run("demo", "--orders", "120", "--lang", "ko", "--out", "결과 폴더")

    assert (said.code, said.err) == (0, "")
    assert "\n검증: 발견 = 심은 것, 불일치 " in said.out
    assert "\n결론: 미해소 " in said.out
    assert '"결과 폴더/ledger_2022-11.xlsx" -o again.xlsx\n' in said.out.replace("\\", "/")
    page = (tmp_path / "결과 폴더" / "reconciliation_2022-11.html").read_text(encoding="utf-8")
    assert '<html lang="ko"' in page


def row_of(answers: pd.DataFrame, place: int) -> tuple[str, ...]:
    """Give one answer as the demo compares it."""
    row = answers.iloc[place]
    names = ("code", "merchant_uid", "currency", "difference", "money_at_risk")
    return tuple(str(row[name]) for name in names)


def test_what_was_noticed_in_a_ledger_speaks_of_options(
    run: Callable[..., Said], payments_path: Path, tmp_path: Path
) -> None:
    head = "주문번호,금액,승인번호,카드 승인번호\n"
    (tmp_path / "two.csv").write_text(f"{head}o1,1000,30012345,30012346\n", encoding="utf-8")

    english = run("reconcile", payments_path, "two.csv", "--no-verify").out
    korean = run("reconcile", payments_path, "two.csv", "--no-verify", "--lang", "ko").out

    assert "may both be apply_num: neither was taken; --map apply_num=… says which\n" in english
    assert "둘 다 apply_num일 수 있어 사용하지 않음. --map apply_num=…로 지정하세요\n" in korean
