"""Databases: a real PostgreSQL, and SQLite."""

from __future__ import annotations

import re
import traceback

import pandas as pd
import pytest
import sqlalchemy

from jtnet_recon.errors import ConfigError, TableError
from jtnet_recon.files import read_ledger

QUERY = "SELECT order_no, amount, refund_amount, currency, paid_at, status, memo FROM sales"
SETUP = """
DROP TABLE IF EXISTS sales;
CREATE TABLE sales (order_no text, amount numeric(18, 2), refund_amount bigint, currency text,
                    paid_at timestamptz, status text, memo jsonb);
INSERT INTO sales VALUES
 ('00123', 14000.00, 0, 'KRW', '2022-11-07 00:30+09', '결제완료', '{"할인": 1}'),
 ('2024E01', 9007199254740993, 1, 'KRW', '2022-11-06 14:59:59Z', '부분취소', NULL),
 (NULL, 19.99, 0, 'USD', NULL, 'paid', NULL);
"""


@pytest.fixture
def sales_url(postgres_url):
    import psycopg

    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(SETUP)
    return postgres_url


@pytest.fixture
def sqlite_url(tmp_path):
    url = f"sqlite:///{(tmp_path / 'books.db').as_posix()}"
    engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE sales (order_no TEXT, amount INT, paid_on TEXT)")
        connection.exec_driver_sql(
            "INSERT INTO sales VALUES ('00123', 14000, '2022-11-07'), ('10%', 9007199254740993, NULL)"
        )
    engine.dispose()
    return url


def causes(error):
    return "".join(traceback.format_exception(error)) + repr(error.__dict__)


@pytest.mark.system
def test_a_query_of_postgresql_is_read_exactly(sales_url):
    ledger = read_ledger(sales_url, query=QUERY)

    assert ledger["merchant_uid"].fillna("").tolist() == ["00123", "2024E01", ""]
    assert ledger["amount"].tolist() == [14000, 9007199254740993, 1999]
    assert ledger["cancel_amount"].tolist() == [0, 1, 0]
    assert ledger["paid_on"].dt.strftime("%m-%d").fillna("").tolist() == ["11-07", "11-06", ""]
    assert ledger["status"].tolist() == ["paid", "partial", "paid"]
    assert ledger["memo"].fillna("").tolist() == ['{"할인": 1}', "", ""]


@pytest.mark.system
def test_the_source_names_the_database_without_its_password(sales_url):
    source = read_ledger(sales_url, query=QUERY).attrs["source"]

    assert source["kind"] == "sql"
    assert source["name"].startswith("postgresql+psycopg://recon:***@127.0.0.1:")
    assert "geheim" not in repr(source)
    assert f"query: {QUERY}" in source["notes"]


@pytest.mark.system
def test_an_engine_is_read_and_left_open(sales_url):
    engine = sqlalchemy.create_engine(sales_url.replace("postgresql", "postgresql+psycopg"))

    ledger = read_ledger(engine, query=QUERY)
    with engine.connect() as connection:
        count = connection.exec_driver_sql("SELECT count(*) FROM sales").scalar()
    engine.dispose()

    assert (len(ledger), count) == (3, 3)


@pytest.mark.system
def test_a_query_that_writes_is_refused_and_changes_nothing(sales_url, refusal):
    query = "WITH gone AS (DELETE FROM sales RETURNING *) SELECT * FROM gone"

    error = refusal(sales_url, query=query)

    # PostgreSQL names the word the statement begins with, or the one that writes, by version.
    assert re.search(
        "the query failed: cannot execute (SELECT|DELETE) in a read-only transaction", error.message
    )
    assert len(read_ledger(sales_url, query=QUERY)) == 3


@pytest.mark.system
def test_a_wrong_password_is_refused_and_shown_nowhere(sales_url, refusal):
    error = refusal(sales_url.replace("geheim-1234", "falsch-9876"), query=QUERY)

    assert "the query failed" in error.message
    assert "password authentication failed" in error.message
    assert "falsch" not in causes(error)


@pytest.mark.system
def test_an_unknown_column_is_refused(sales_url, refusal):
    error = refusal(sales_url, query="SELECT nowhere FROM sales")

    assert 'column "nowhere" does not exist' in error.message


@pytest.mark.system
def test_floats_of_a_database_are_refused_unless_whole(sales_url, refusal):
    error = refusal(sales_url, query="SELECT 'o1' AS order_no, 14000.5::float8 AS amount")

    assert (error.row, error.column, error.value) == (1, "amount", "14000.5")


@pytest.mark.system
def test_a_percent_sign_and_a_colon_mean_themselves(sales_url):
    query = "SELECT order_no, amount FROM sales WHERE order_no LIKE '2024%' AND ':x' <> '%s'"

    assert read_ledger(sales_url, query=query)["merchant_uid"].tolist() == ["2024E01"]


@pytest.mark.system
def test_a_query_that_takes_too_long_is_ended(sales_url, monkeypatch, refusal):
    monkeypatch.setattr("jtnet_recon.files.sql.STATEMENT_TIMEOUT_MS", 50)

    error = refusal(sales_url, query="SELECT 'o' AS order_no, 1 AS amount FROM pg_sleep(5)")

    assert "statement timeout" in error.message


def test_a_server_that_is_not_there_is_refused(refusal):
    error = refusal("postgresql://me:geheim@127.0.0.1:1/x?password=geheim2", query="SELECT 1")

    assert "the query failed" in error.message
    assert "geheim" not in causes(error)


def test_sqlite_is_read(sqlite_url):
    ledger = read_ledger(sqlite_url, query="SELECT * FROM sales WHERE order_no LIKE '%'")

    assert ledger["merchant_uid"].tolist() == ["00123", "10%"]
    assert ledger["amount"].tolist() == [14000, 9007199254740993]
    assert ledger["paid_on"].tolist()[0] == pd.Timestamp("2022-11-07")


def test_sqlite_is_only_read(sqlite_url, refusal):
    error = refusal(sqlite_url, query="WITH x AS (SELECT 1) DELETE FROM sales")

    assert "attempt to write a readonly database" in error.message
    assert len(read_ledger(sqlite_url, query="SELECT * FROM sales")) == 2


def test_an_engine_of_sqlite_can_write_afterwards(sqlite_url):
    engine = sqlalchemy.create_engine(sqlite_url, poolclass=sqlalchemy.StaticPool)

    read_ledger(engine, query="SELECT * FROM sales")
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM sales")
    engine.dispose()

    with pytest.raises(TableError, match="no rows"):
        read_ledger(sqlite_url, query="SELECT * FROM sales")


def test_a_url_object_is_read(sqlite_url):
    url = sqlalchemy.make_url(sqlite_url)

    assert len(read_ledger(url, query="SELECT * FROM sales")) == 2


def test_an_error_in_a_row_names_the_database(sqlite_url, refusal):
    error = refusal(sqlite_url, query="SELECT order_no, 'x' AS amount FROM sales")

    assert error.file == sqlite_url
    assert (error.row, error.column, error.value) == (1, "amount", "x")


def test_a_query_without_rows_needs_leave(sqlite_url, refusal):
    query = "SELECT * FROM sales WHERE 1 = 0"

    assert "it has headings but no rows" in refusal(sqlite_url, query=query).message
    assert len(read_ledger(sqlite_url, query=query, allow_empty=True)) == 0


def test_a_column_returned_twice_is_refused(sqlite_url, refusal):
    error = refusal(sqlite_url, query="SELECT order_no, amount, amount FROM sales")

    assert "the query returns 'amount' twice" in error.message


def test_too_many_rows_are_refused(sqlite_url, refusal, monkeypatch):
    monkeypatch.setattr("jtnet_recon.files.sql.ROWS_MAX", 1)

    error = refusal(sqlite_url, query="SELECT * FROM sales")

    assert "the query returns more than 1 rows" in error.message


@pytest.mark.parametrize("query", [None, "", "  "])
def test_a_database_needs_a_query(sqlite_url, query):
    with pytest.raises(ConfigError, match="A database needs a query"):
        read_ledger(sqlite_url, query=query)


@pytest.mark.parametrize(
    "query", ["SELECT 1; DROP TABLE sales", "SELECT ';'; SELECT 2", "SELECT 1;;; SELECT 2"]
)
def test_several_statements_are_refused(sqlite_url, query):
    with pytest.raises(ConfigError, match="several statements"):
        read_ledger(sqlite_url, query=query)


@pytest.mark.parametrize(
    "query", ["DELETE FROM sales", "PRAGMA query_only = OFF", "/* SELECT */ DROP TABLE sales"]
)
def test_a_query_that_does_not_begin_as_a_read_is_refused(sqlite_url, query):
    with pytest.raises(ConfigError, match="neither SELECT nor WITH"):
        read_ledger(sqlite_url, query=query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM sales;",
        "-- the books; all\nSELECT * FROM sales",
        "/* a; b */ (SELECT * FROM sales WHERE order_no <> ';')",
        'WITH "a;b" AS (SELECT * FROM sales) SELECT * FROM "a;b"',
    ],
)
def test_semicolons_that_end_nothing_are_taken(sqlite_url, query):
    if query.startswith("/*"):
        query = query.replace("(", "").replace(")", "")

    assert len(read_ledger(sqlite_url, query=query)) == 2


@pytest.mark.parametrize("url", ["nodb://me:geheim@host/x", "sqlite:///x:y:z://["])
def test_a_url_of_no_known_database_is_refused(url):
    with pytest.raises((ConfigError, TableError)) as caught:
        read_ledger(url, query="SELECT 1")

    assert "geheim" not in causes(caught.value)


def test_options_that_mean_nothing_for_a_database_are_refused(sqlite_url):
    with pytest.raises(ConfigError, match="encoding= means nothing for a database"):
        read_ledger(sqlite_url, query="SELECT 1", encoding="cp949")
