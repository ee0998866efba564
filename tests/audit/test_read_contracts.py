"""read_contracts(): workbooks, cp949, databases and frames, with the headings merchants use."""

from __future__ import annotations

import sqlite3

import openpyxl
import pandas as pd
import pytest

import jtnet_recon as jr
from jtnet_recon.columns_contracts import CONTRACTS
from jtnet_recon.files.words_contracts import CONTRACT_WORDS
from jtnet_recon.sandbox import Sandbox

KOREAN = (
    "정기결제 계약 대장,,,,,,\r\n"
    "고객번호,빌링키,요금제,월 요금,결제일,계약 시작일,계약 종료일,메모\r\n"
    'M001,gildong_0001_1234,베이직,"9,900",매월 10일,2022-01-10,,VIP\r\n'
    "M002,,프리미엄,29900원,말일,2022.02.28,2022년 11월 30일,\r\n"
    ",,,,,,,\r\n"
    "합계,,,39800,,,,\r\n"
)


@pytest.fixture
def csv(tmp_path):
    def write(text, encoding="cp949"):
        path = tmp_path / "계약.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def test_a_cp949_list_with_korean_headings_is_read(csv):
    contracts = jr.read_contracts(csv(KOREAN))

    assert contracts["customer_uid"].tolist()[0] == "gildong_0001_1234"
    assert contracts["customer_uid"].isna().tolist() == [False, True]
    assert contracts["price"].tolist() == [9_900, 29_900]
    assert contracts["billing_day"].tolist() == [10, 31]
    assert contracts["starts_on"].tolist() == [
        pd.Timestamp("2022-01-10"),
        pd.Timestamp("2022-02-28"),
    ]
    assert contracts["ends_on"].isna().tolist() == [True, False]
    assert contracts["currency"].tolist() == ["KRW", "KRW"]
    assert contracts["메모"].tolist()[0] == "VIP"
    source = contracts.attrs["source"]
    assert (source["encoding"], source["header_row"], source["rows_accepted"]) == ("cp949", 2, 2)
    assert "1 total rows were left aside" in source["notes"]


def test_the_same_list_as_workbook_csv_frame_and_database_is_the_same(tmp_path, csv):
    text = csv(KOREAN.partition("\r\n")[2].rpartition("합계")[0])
    read = jr.read_contracts(text)
    rows = pd.read_csv(text, encoding="cp949", dtype=str).dropna(how="all")
    book = openpyxl.Workbook()
    book.active.append(list(rows.columns))
    for row in rows.astype("object").where(rows.notna(), None).itertuples(index=False):
        book.active.append(list(row))
    book.save(tmp_path / "contracts.xlsx")
    with sqlite3.connect(tmp_path / "shop.db") as database:
        rows.to_sql("contracts", database, index=False)
    database.close()

    others = [
        jr.read_contracts(tmp_path / "contracts.xlsx"),
        jr.read_contracts(rows),
        jr.read_contracts(f"sqlite:///{tmp_path / 'shop.db'}", query="SELECT * FROM contracts"),
    ]

    for other in others:
        pd.testing.assert_frame_equal(other, read)
    assert jr.read_contracts(read) is not read


def test_the_sandbox_s_lists_are_read_without_being_told_anything():
    sandbox = Sandbox("2022-11", seed=7, subscriptions=60)

    book, text = (
        jr.read_contracts(path) for path in (sandbox.contracts_path, sandbox.contracts_csv_path)
    )

    pd.testing.assert_frame_equal(book, text)
    assert book["customer"].str.startswith("M").all()
    assert "고객명" in book.columns
    sandbox.stop()


def test_a_name_stands_for_the_customer_where_no_heading_is_a_number(csv):
    contracts = jr.read_contracts(csv(KOREAN.replace("고객번호", "고객명")))

    assert contracts["customer"].tolist() == ["M001", "M002"]
    assert any(
        "two customers of one name count as one" in g for g in contracts.attrs["source"]["guessed"]
    )


def test_headings_can_be_named(csv):
    text = "who,card,won,from\r\nA,k1,100,2022-01-01\r\n"
    columns = {"customer": "who", "customer_uid": "card", "price": "won", "starts_on": "from"}

    contracts = jr.read_contracts(csv(text), columns=columns)

    assert contracts.loc[0, ["customer", "customer_uid", "price"]].tolist() == ["A", "k1", 100]


def test_other_currencies_are_read_in_their_own_minor_units(csv):
    text = "빌링키,요금,통화,시작일\r\nk1,9.99,USD,2022-01-01\r\nk2,9900,,2022-01-01\r\n"

    contracts = jr.read_contracts(csv(text))

    assert contracts["price"].tolist() == [999, 9_900]
    assert contracts["currency"].tolist() == ["USD", "KRW"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("매월 10일", "32", 'row 3, column E (결제일): "32" is not a day of a month'),
        ('"9,900"', "무료", 'row 3, column D (월 요금): "무료" is not an amount'),
        ("2022-01-10", "22/1/10", "does not say which is year, month and day"),
        ("월 요금", "비고", "no heading is known to mean price"),
        ("메모", "시작일", "may both be starts_on"),
    ],
    ids=["billing day", "price", "day", "no price", "two starts"],
)
def test_what_cannot_be_read_exactly_is_refused_with_its_place(csv, old, new, message):
    with pytest.raises(jr.TableError) as error:
        jr.read_contracts(csv(KOREAN.replace(old, new)))

    assert message in str(error.value)


def test_a_list_without_contracts_and_an_unknown_name_are_refused(csv):
    head = "".join(KOREAN.splitlines(keepends=True)[:2])

    with pytest.raises(jr.TableError, match="headings but no contracts"):
        jr.read_contracts(csv(head))
    with pytest.raises(jr.ConfigError, match="no name 'prize'") as error:
        jr.read_contracts(csv(KOREAN), columns={"prize": "월 요금"})
    assert error.value.hint == "Did you mean 'price'?"


def test_a_file_that_is_no_list_of_contracts_says_which_headings_are_wanted(csv):
    with pytest.raises(jr.TableError) as error:
        jr.read_contracts(csv("a,b\r\n1,2\r\n"))

    assert "빌링키, 월 요금, 계약 시작일" in str(error.value)


def test_every_column_has_headings_and_none_means_two_columns():
    words = [word for name in CONTRACT_WORDS.names for word in CONTRACT_WORDS.headings[name]]

    assert set(CONTRACT_WORDS.headings) == set(CONTRACTS.names)
    assert len(words) == len(set(words))
    for column in CONTRACTS.columns:
        assert any("가" <= letter <= "힣" for letter in column.label_ko)


def test_read_contracts_go_straight_into_the_audit(csv):
    contracts = jr.read_contracts(csv(KOREAN))
    payments = pd.DataFrame(
        {
            "imp_uid": ["imp_1"], "merchant_uid": ["o1"], "customer_uid": ["gildong_0001_1234"],
            "amount": [9_900], "currency": ["KRW"], "status": ["paid"],
            "paid_at": [pd.Timestamp("2022-11-10 10:00", tz="Asia/Seoul")],
        }
    )  # fmt: skip

    result = jr.audit_billing_keys(
        contracts=contracts, period="2022-11", payments=payments, as_of="2022-12-10"
    )

    # The second contract ended on its due day, so its last cycle need not be charged.
    assert result.breaks.empty
    assert result.ledger["amount"].tolist() == [9_900]
    assert result.ledger.attrs["source"]["name"] == "계약.csv"
