"""Read somebody's own table, wherever it lies: CSV, Parquet, JSON, DuckDB, SQLite, PostgreSQL, or a frame in Python.

The rows of PostgreSQL and SQLite are streamed into a temporary CSV file, so that memory stays bounded and one reader
(DuckDB's) reads them all.
"""

from __future__ import annotations

import contextlib
import csv
import gzip
import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import duckdb

from catalog_db.database import quoted_name, quoted_text
from catalog_db.errors import UsageError

ATTACHED = "inventory_file"
FRAME = "inventory_frame"
URLS = ("postgresql://", "postgres://")
SEPARATORS = (",", ";", "\t", "|")
SEQUENCES = {"*": "[*]", "?": "[?]", "[": "[[]"}
MAGIC = {b"PAR1": "parquet", b"SQLi": "sqlite"}
POSTGRES_TABLES = """
    select table_schema || '.' || table_name from information_schema.tables
    where table_schema not in ('information_schema', 'pg_catalog') order by 1
"""
SQLITE_TABLES = (
    "select name from sqlite_master where type in ('table', 'view') and name not like 'sqlite\\_%' escape '\\'"
)
DUCKDB_TABLES = """
    select schema_name || '.' || table_name from duckdb_tables() where database_name = $1 and not internal
    union all
    select schema_name || '.' || view_name from duckdb_views() where database_name = $1 and not internal
    order by 1
"""


@dataclass(frozen=True)
class Source:
    """An inventory as it was named: what (a path, a URL or a frame), and the table or the query inside it."""

    what: Any
    table: str | None = None
    query: str | None = None

    @property
    def label(self) -> str:
        """How messages call it; without a password."""
        if not isinstance(self.what, str):
            return "the inventory"
        if self.what.startswith(URLS):
            address = urlsplit(self.what)
            return f"{address.scheme}://{address.hostname or ''}{address.path}"
        return "standard input" if self.what == "-" else self.what + (f":{self.table}" if self.table else "")


def named(what: Any, table: str | None = None, query: str | None = None) -> Source:
    """The source that a user named; FILE:TABLE is a table of a database file. Raises UsageError."""
    what = str(what) if isinstance(what, Path) else what
    if table and query:
        raise UsageError("--table and --query: name one of them")
    if isinstance(what, str) and not what.startswith(URLS) and not _is_file(what):
        file, _, inside = what.rpartition(":")
        if _is_file(file):
            return Source(file, table or inside, query)
    return Source(what, table, query)


def _is_file(name: str) -> bool:
    return os.path.isfile(os.path.expanduser(name)) if "\0" not in name else False


def file_of(source: Source) -> Path | None:
    """The file that holds the source, where there is one."""
    is_file = isinstance(source.what, str) and source.what != "-" and not source.what.startswith(URLS)
    return Path(source.what).expanduser() if is_file else None


@contextlib.contextmanager
def opened(connection: duckdb.DuckDBPyConnection, source: Source) -> Iterator[duckdb.DuckDBPyRelation]:
    """The rows of a source as a relation, while the block lasts. Raises UsageError saying what is wrong and where."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mlsysdb-", ignore_cleanup_errors=True)))
        stack.callback(_let_go, connection)
        try:
            yield _relation(connection, source, folder)
        except duckdb.Error as error:
            raise UsageError(f"{source.label}: {short(str(error))}") from error
        except (csv.Error, EOFError, OSError) as error:
            raise UsageError(f"{source.label}: {error}") from error


def _relation(connection: duckdb.DuckDBPyConnection, source: Source, folder: Path) -> duckdb.DuckDBPyRelation:
    copy = folder / "rows.csv"
    if not isinstance(source.what, str):
        return _frame(connection, source.what)
    if source.what.startswith(URLS):
        _copy_postgres(source, copy)
        return _csv(connection, copy)
    if source.what == "-":
        with copy.open("wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        return _csv(connection, copy)
    return _file(connection, source, Path(source.what).expanduser(), copy)


def _file(connection: duckdb.DuckDBPyConnection, source: Source, path: Path, copy: Path) -> duckdb.DuckDBPyRelation:
    kind = _kind(path)
    if kind not in ("sqlite", "duckdb") and (source.table or source.query):
        raise UsageError(f"{path} is no database: --table and --query are for DuckDB, SQLite and PostgreSQL")
    if kind == "duckdb":
        return _duckdb(connection, source, path)
    if kind == "sqlite":
        _copy_sqlite(source, path, copy)
        return _csv(connection, copy)
    if kind == "parquet":
        return connection.read_parquet(literal(path))
    return connection.read_json(literal(path)) if kind == "json" else _csv(connection, path)


def _kind(path: Path) -> str:
    """What a file is, by its first bytes, then by its name. Raises UsageError when it cannot be read or is empty."""
    try:
        with path.open("rb") as file:
            start = file.read(4096)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise UsageError(f"--inventory {str(path)[:200]!r}: {getattr(error, 'strerror', None) or error}") from error
    if not start.strip():
        raise UsageError(f"{path}: the file is empty: it wants a header line such as node,gpu,count")
    if start[8:12] == b"DUCK":
        return "duckdb"
    known = MAGIC.get(start[:4])
    if known:
        return known
    suffixes = {suffix.lower() for suffix in path.suffixes}
    is_json = suffixes & {".json", ".jsonl", ".ndjson"} or start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")
    return "json" if is_json and ".csv" not in suffixes else "csv"


def _csv(connection: duckdb.DuckDBPyConnection, path: Path) -> duckdb.DuckDBPyRelation:
    """A CSV file whose first line is its header: guessing more than the separator would skip rows that do not match."""
    header, separator = _header(path)
    names = dict.fromkeys(_unique(next(csv.reader([header], delimiter=separator), [])), "VARCHAR")
    return connection.read_csv(
        literal(path), header=True, auto_detect=False, columns=names, delimiter=separator,
        quotechar='"', escapechar='"',
    )  # fmt: skip


def _header(path: Path) -> tuple[str, str]:
    """The first line, and the separator that stands in it most often."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rb") as file:
        line = file.readline(1_000_000)
    try:
        text = line.decode("utf-8-sig").splitlines()[0]
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: the first line is not text in UTF-8: save the file as UTF-8") from error
    if not text.strip():
        raise UsageError(f"{path}: the first line is empty: it should name the columns, such as node,gpu,count")
    return text, max(SEPARATORS, key=text.count)


def _unique(names: Iterable[str]) -> list[str]:
    """Names of columns, none empty and none twice."""
    found: list[str] = []
    for place, name in enumerate(names, start=1):
        bare = name.strip() or f"column {place}"
        found.append(bare if bare.lower() not in map(str.lower, found) else f"{bare} ({place})")
    return found


def literal(path: Path) -> str:
    """A path that DuckDB takes as it stands, and not as a pattern of several files."""
    return "".join(SEQUENCES.get(letter, letter) for letter in str(path))


def _frame(connection: duckdb.DuckDBPyConnection, frame: Any) -> duckdb.DuckDBPyRelation:
    if isinstance(frame, duckdb.DuckDBPyRelation):
        frame = frame.to_arrow_table()
    try:
        connection.register(FRAME, frame)
        return connection.view(FRAME)
    except duckdb.Error as error:
        raise UsageError(
            f"inventory: {type(frame).__name__} is no path, URL, data frame, Arrow table or relation"
        ) from error


def _duckdb(connection: duckdb.DuckDBPyConnection, source: Source, path: Path) -> duckdb.DuckDBPyRelation:
    database = _attached(connection, path)
    if source.query:
        raise UsageError(f"{path}: --query is for PostgreSQL and SQLite; name a table or view of it: {path}:NAME")
    parts = _table(source, (row[0] for row in connection.execute(DUCKDB_TABLES, [database]).fetchall())).split(".")
    return connection.sql("from " + ".".join(map(quoted_name, [database, *parts])))


def _attached(connection: duckdb.DuckDBPyConnection, path: Path) -> str:
    """The name under which the file is attached: its own where it is the catalog's file, which is attached already."""
    attached = connection.execute(
        "select database_name, path from duckdb_databases() where path is not null"
    ).fetchall()
    for name, file in attached:
        if Path(file).exists() and path.samefile(file):
            return str(name)
    connection.execute(f"attach {quoted_text(str(path))} as {ATTACHED} (read_only)")
    return ATTACHED


def _let_go(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(f"detach database if exists {ATTACHED}")


def _table(source: Source, known: Iterable[str]) -> str:
    """The table that was named, or the only one there is."""
    tables = list(known)
    if source.table:
        return source.table
    if len(tables) == 1:
        return tables[0]
    listed = ", ".join(tables[:20]) + (" ..." if len(tables) > 20 else "")
    raise UsageError(f"{source.label}: say which table (--table NAME); there are: {listed or 'none'}")


def _copy_sqlite(source: Source, path: Path, copy: Path) -> None:
    uri = path.resolve().as_uri() + "?mode=ro"
    try:
        with contextlib.closing(sqlite3.connect(uri, uri=True)) as connection:
            connection.text_factory = lambda raw: raw.decode("utf-8", errors="replace")
            sql = source.query
            if sql is None:
                known = (row[0] for row in connection.execute(SQLITE_TABLES))
                sql = f"select * from {quoted_name(_table(source, known))}"  # noqa: S608 (a table's name, quoted)
            rows = connection.execute(sql)
            with copy.open("w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file)
                writer.writerow([column[0] for column in rows.description or ()])
                writer.writerows(rows)
    except sqlite3.Error as error:
        raise UsageError(f"{source.label}: {error}") from error


def _copy_postgres(source: Source, copy: Path) -> None:
    try:
        import psycopg
    except ImportError as error:
        raise UsageError("an inventory in PostgreSQL wants its driver: pip install 'mlsysdb[postgres]'") from error
    try:
        with psycopg.connect(source.what, connect_timeout=10, application_name="mlsysdb") as connection:
            connection.read_only = True
            with connection.cursor().copy(_copy_statement(connection, source)) as rows, copy.open("wb") as file:
                for block in rows:
                    file.write(block)
    except psycopg.Error as error:
        raise UsageError(f"{source.label}: {' '.join(str(error).split())}") from error


def _copy_statement(connection: Any, source: Source) -> Any:
    from psycopg import sql

    if source.query:
        inner: Any = sql.SQL(source.query.strip().rstrip(";"))  # the user's own statement, in a read-only transaction
    else:
        known = (row[0] for row in connection.execute(POSTGRES_TABLES))
        inner = sql.SQL("select * from {}").format(sql.Identifier(*_table(source, known).split(".")))
    return sql.SQL("copy ({}) to stdout (format csv, header)").format(inner)


def short(message: str) -> str:
    """What DuckDB says, on one line and without its list of everything one could set."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    kept = []
    for line in lines:
        if line.startswith(("Possible", "LINE ", "* ", "file =", "Candidate")):
            break
        kept.append(line)
    return " ".join(kept or lines[:1])
