"""Reading a query over an SQLAlchemy URL: one statement, read-only, the password never shown."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from jtnet_recon.errors import ConfigError, TableError
from jtnet_recon.files.columnar import plain_cells, rows_digest
from jtnet_recon.files.faults import Place
from jtnet_recon.files.grid import Body, Origin
from jtnet_recon.files.header import named
from jtnet_recon.files.headings import clean_heading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, CursorResult, Engine
    from sqlalchemy.engine import URL

ROWS_MAX = 5_000_000
STATEMENT_TIMEOUT_MS = 600_000
_ROWS_A_FETCH = 50_000
_URL = re.compile(r"^([a-z][a-z0-9+_.-]*)://", re.IGNORECASE)
_NETWORK_SCHEMES = frozenset({"http", "https", "ftp", "ftps", "sftp", "file", "s3", "gs", "az"})
_DRIVERS = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
}
# Literals, quoted names and comments, in which a semicolon or a keyword means nothing.
_QUIET = re.compile(
    r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\$(\w*)\$.*?\$\1\$|--[^\n]*|/\*.*?\*/", re.DOTALL
)
_READS = re.compile(r"^\(*\s*(?:select|with|values|table)\b", re.IGNORECASE)
_SECRET = re.compile(r"(pass\w*|pwd|secret|token|key)(\s*[=:]\s*)[^\s&;,'\"]+", re.IGNORECASE)


def is_url(source: object) -> bool:
    """Tell whether a source is a URL of any kind, or an engine."""
    if isinstance(source, str):
        return _URL.match(source) is not None
    return hasattr(source, "connect") or hasattr(source, "render_as_string")


def read_sql(source: str | URL | Engine, query: str | None) -> Body:
    """Run one query in a read-only transaction and take its rows as Python values."""
    _refuse_network(source)
    statement = _checked(query)
    with _engine(source) as engine:
        place = Place(_masked(engine.url))
        headings, columns, notes = _fetch(engine, statement, place)
    notes.append(f"query: {statement}")
    origin = Origin("sql", place.file, rows_digest(headings, columns), notes=notes)
    return named(Body(origin, headings, columns, 1))


def _refuse_network(source: object) -> None:
    """Refuse addresses that are no database: nothing is downloaded."""
    match = _URL.match(source) if isinstance(source, str) else None
    if match is None or match[1].casefold() not in _NETWORK_SCHEMES:
        return
    raise TableError(
        message=f"{match[1]}:// addresses are not read.",
        value=match[1],
        hint="Download the file and give its path.",
        hint_ko="파일을 내려받아 경로를 지정하세요.",
    )


def _checked(query: str | None) -> str:
    """Return the query if it is one statement that reads."""
    if not query or not query.strip():
        raise ConfigError(
            message="A database needs a query.",
            hint='Give query="SELECT order_no, amount, … FROM …".',
            hint_ko='query="SELECT …"를 지정하세요.',
        )
    statement = query.strip().rstrip(";").rstrip()
    quiet = _QUIET.sub(" ", statement)
    if ";" in quiet:
        raise ConfigError(
            message="query= holds several statements; one is run.",
            hint="Give a single SELECT without semicolons.",
            hint_ko="SELECT 문 하나만 쓰세요.",
        )
    if _READS.match(quiet.strip()) is None:
        raise ConfigError(
            message="query= has to read: it begins with neither SELECT nor WITH.",
            hint="Give a single SELECT.",
            hint_ko="SELECT 문을 쓰세요.",
        )
    return statement


@contextmanager
def _engine(source: str | URL | Engine) -> Iterator[Engine]:
    """Give an engine; one that was made here is closed again."""
    import sqlalchemy

    if isinstance(source, sqlalchemy.Engine):
        yield source
        return
    try:
        url = sqlalchemy.make_url(source)
        url = url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))
        engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool)
    except (sqlalchemy.exc.ArgumentError, ImportError, ValueError) as error:
        # The reason may quote the URL with its password, so it is not chained.
        raise ConfigError(
            message=f"The database URL cannot be used: {_scrubbed(error, source)}",
            hint="Write dialect://user:password@host:port/database, such as "
            "postgresql://… or sqlite:///books.db; other databases need their driver installed.",
            hint_ko="데이터베이스 주소와 드라이버를 확인하세요.",
        ) from None
    try:
        yield engine
    finally:
        engine.dispose()


def _fetch(
    engine: Engine, statement: str, place: Place
) -> tuple[list[str], list[list[Any]], list[str]]:
    """Run the statement and return headings, columns and notes."""
    import sqlalchemy

    try:
        with engine.connect() as connection, _read_only(connection) as reader:
            # no_parameters: a % in LIKE is a %, not a place for a parameter.
            result = reader.execution_options(no_parameters=True).exec_driver_sql(statement)
            return _collect(result, place)
    except (sqlalchemy.exc.SQLAlchemyError, OSError) as error:
        cause = getattr(error, "orig", None) or error
        raise place.fault(
            what=f"the query failed: {_scrubbed(cause, engine.url)}",
            hint="Check the address, the rights and the query; it is run read-only.",
            hint_ko="접속 정보, 권한, 쿼리를 확인하세요. 읽기 전용으로 실행됩니다.",
        ) from None


def _collect(
    result: CursorResult[Any], place: Place
) -> tuple[list[str], list[list[Any]], list[str]]:
    """Fetch all rows within the cap, as columns."""
    headings = [clean_heading(name) for name in result.keys()]  # noqa: SIM118 - a result is no dict
    repeated = sorted({name for name in headings if headings.count(name) > 1})
    if repeated:
        raise place.fault(
            what=f"the query returns {repeated[0]!r} twice.",
            hint="Name each column once: SELECT a.id AS order_no, …",
            hint_ko="같은 이름의 열이 두 번 나옵니다. AS로 이름을 구분하세요.",
        )
    rows: list[Any] = []
    while batch := result.fetchmany(_ROWS_A_FETCH):
        rows.extend(batch)
        if len(rows) > ROWS_MAX:
            raise place.fault(
                what=f"the query returns more than {ROWS_MAX:,} rows.",
                hint="Narrow it to the period with WHERE.",
                hint_ko="WHERE로 기간을 좁히세요.",
            )
    columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in headings]
    return headings, [plain_cells(column) for column in columns], []


@contextmanager
def _read_only(connection: Connection) -> Iterator[Connection]:
    """Hold the connection in a transaction that cannot write, and roll it back."""
    dialect = connection.dialect.name
    if dialect == "postgresql":
        connection = connection.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {STATEMENT_TIMEOUT_MS}")
    elif dialect in {"mysql", "mariadb"}:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
    elif dialect == "sqlite":
        connection.exec_driver_sql("PRAGMA query_only = ON")
    try:
        yield connection
    finally:
        connection.rollback()
        if dialect == "sqlite":
            connection.exec_driver_sql("PRAGMA query_only = OFF")


def _masked(url: URL) -> str:
    """Write a URL without password and options."""
    return url.set(query={}).render_as_string(hide_password=True)


def _scrubbed(error: object, source: object) -> str:
    """Take the password out of a driver's own words."""
    text = _SECRET.sub(r"\1\2***", str(error).strip().split("\n")[0])
    password = str(getattr(source, "password", None) or "")
    if isinstance(source, str):
        match = re.search(r"://[^:/@]*:([^@/]+)@", source)
        password = match[1] if match else ""
    return text.replace(password, "***") if password else text
