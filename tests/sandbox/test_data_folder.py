"""The folder data/ holds what its README says, and the sandbox makes it again."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import jtnet_recon as jr

DATA = Path(__file__).parents[2] / "data"
README = (DATA / "README.md").read_text(encoding="utf-8")
LEDGERS = (
    "ledger_2022-11.xlsx",
    "ledger_2022-11_cp949.csv",
    "ledger_2022-11.parquet",
    "ledger_2022-11_entries.xlsx",
)


@pytest.fixture(scope="module")
def again(tmp_path_factory):
    """Run the README's own line in another folder."""
    folder = tmp_path_factory.mktemp("data")
    line = re.search(r"python -c '(.*)'", README)[1]
    exec(line.replace('directory="data"', f"directory={str(folder)!r}"), {})
    return folder


def test_the_folder_holds_the_ledgers_and_its_readme():
    assert {path.name for path in DATA.iterdir()} == {"README.md", *LEDGERS}
    assert all(f"`{name}`" in README for name in LEDGERS)


def test_the_csv_is_made_again_to_the_byte(again):
    assert (again / LEDGERS[1]).read_bytes() == (DATA / LEDGERS[1]).read_bytes()


@pytest.mark.parametrize("name", [LEDGERS[0], LEDGERS[3]])
def test_a_workbook_is_made_again_part_by_part(again, name):
    """How tightly a part is packed depends on the machine's zlib; what is in it does not."""
    books = []
    for folder in (again, DATA):
        with zipfile.ZipFile(folder / name) as book:
            books.append({part: book.read(part) for part in book.namelist()})

    assert books[0] == books[1]


def test_the_parquet_file_is_made_again_cell_by_cell(again):
    """The file names the version of its writer; its table does not."""
    assert pq.read_table(again / LEDGERS[2]).equals(pq.read_table(DATA / LEDGERS[2]))


@pytest.mark.parametrize("name", LEDGERS)
def test_each_file_is_read_as_the_readme_says(name):
    line = re.search(rf'`(jr\.read_ledger\("data/{re.escape(name)}"\))`', README)[1]

    ledger = eval(line.replace('"data/', f'"{DATA.as_posix()}/'), {"jr": jr})

    sums = ledger.groupby("currency")["amount"].sum()
    assert f"{len(ledger)} lines, {sums['KRW']:,} won and {sums['USD'] / 100} dollars" in README


@pytest.mark.parametrize(
    ("heading", "answers"),
    [
        ("## Breaks planted in the ledger", "answers"),
        ("## Breaks planted in the journal", "entry_answers"),
    ],
)
def test_the_readme_counts_the_breaks_that_are_planted(november, heading, answers):
    section = README.partition(heading)[2].partition("\n## ")[0]
    told = {
        code: int(count)
        for code, count in re.findall(r"^\| ([PCVX]\d\d) \| (\d+)", section, re.MULTILINE)
    }

    assert told == getattr(november, answers)["code"].value_counts().to_dict()


def test_the_code_of_the_readme_finds_what_it_says(november):
    code = re.search(r"```python\n(.*?)```", README, re.DOTALL)[1]
    code = code.replace('"data/', f'"{DATA.as_posix()}/')
    names = {"jr": jr}
    with jr.connect(november.url, november.key, november.secret, progress=False) as client:
        exec(code, names | {"client": client}, names)

    assert (
        names["result"].breaks["code"].value_counts().to_dict()
        == november.entry_answers["code"].value_counts().to_dict()
    )


def test_every_trap_that_can_be_pointed_at_is_in_the_files():
    text = (DATA / LEDGERS[1]).read_bytes().decode("cp949")
    for word in (
        *("주문/11-20#8", "A?b=9&c", "%41-11", "묶음 주문 10", "합계 계산 노트", "분할 1/2"),
        *("=HYPERLINK(", "=1+1", "<script>", "소계", "19.99", "원", ",-,"),
    ):
        assert word in text, word
    assert any(letter in text for letter in "뷁똠햏")
    assert text.splitlines()[3].startswith("주문번호,")


def test_no_file_is_large():
    assert all(path.stat().st_size < 200_000 for path in DATA.iterdir())
