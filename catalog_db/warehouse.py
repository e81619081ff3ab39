"""The catalog as a schema `mlsysdb` of a team's own DuckDB database: put there and upgraded in one transaction."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
from sqlalchemy.exc import SQLAlchemyError

from catalog_db import build, database, install, keep, migrate, progress
from catalog_db.build import Change, Own, same
from catalog_db.errors import DatabaseError, UsageError

__all__ = ["Change", "into", "is_installed", "own_rows", "upgrade"]

OBJECTS = """
    with found as (
        select database_name, schema_name, table_name as name from duckdb_tables()
        union
        select database_name, schema_name, view_name from duckdb_views() where not internal
        union
        select database_name, schema_name, function_name from duckdb_functions() where not internal
    )
    select name from found where database_name = 'warehouse' and schema_name = 'mlsysdb'
"""
TABLES = """
    select table_name, sql, comment from duckdb_tables()
    where database_name = ? and schema_name = ? order by table_oid
"""
CATALOGS = """
    select schema_name from duckdb_tables() where database_name = 'warehouse' and table_name = 'catalog_info'
"""
COLUMNS = """
    select table_name || '.' || column_name, comment from duckdb_columns()
    where
        database_name = 'fresh' and comment is not null and not starts_with(table_name, 'kept_')
        and table_name in (select table_name from duckdb_tables() where database_name = 'fresh')
"""


def upgrade(path: Path, change: Change = same, words: str = progress.BUILDING) -> None:
    """Upgrade the catalog at `path`, whether it is the file or a schema in it."""
    if is_installed(path):
        into(path, change, words)
    else:
        build.upgrade(path, change, words)


def own_rows(path: Path) -> Own:
    """The user's rows in the catalog at `path`, whether it is the file or a schema in it."""
    if not is_installed(path):
        return build.own_rows(path)
    with _attached(path, read_only=True) as connection, tempfile.TemporaryDirectory(prefix="mlsysdb-") as folder:
        return keep.rows(_extracted(connection, Path(folder)))


def is_installed(path: Path) -> bool:
    """The file is a database that has the catalog as a schema."""
    if not path.is_file():
        return False
    with contextlib.closing(database.attach(path)) as connection:
        return database.is_schema(connection)


def into(path: Path, change: Change = same, words: str = progress.BUILDING) -> None:
    """Put the catalog into the database at `path` as schema `mlsysdb`, or upgrade it there; all else stays as it is."""
    _check(path)
    with _attached(path) as connection, build.workspace(path) as folder, progress.reporter(words) as report:
        old = _extracted(connection, folder) if _has_schema(connection) else None
        own = change(keep.rows(old) if old else keep.none())
        fresh = folder / database.FILE
        before = keep.all_rows(old) if old and any(own.values()) else None
        build.fill(fresh, report, own, before, is_strict=change is not same)
        report("putting it in place")
        _put(connection, fresh)


def _check(path: Path) -> None:
    if not path.is_file():
        raise DatabaseError(f"no database at {path}: name one that is there, or make it with `duckdb {path}`")
    if path.stem == database.NAME:
        name = database.NAME
        raise UsageError(f"{path}: in a database named {name} a schema {name} cannot be told from it: rename the file")


@contextlib.contextmanager
def _attached(path: Path, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """The database attached as `warehouse`; nobody else can open it meanwhile. Its problems become DatabaseErrors."""
    with contextlib.closing(duckdb.connect()) as connection:
        try:
            connection.execute(
                database.attach_statement(path, "READ_ONLY" if read_only else _writable(path), "warehouse")
            )
            _check_schema(path, connection)
        except duckdb.Error as error:
            raise DatabaseError(f"{database.reason(path, error)}; nothing was changed") from error
        try:
            yield connection
        except (OSError, duckdb.Error, SQLAlchemyError) as error:
            raise DatabaseError(f"cannot write {path}: {error}; nothing was changed") from error


def _writable(path: Path) -> str:
    """How to attach: typed macro parameters need storage version 1.4.0, which files made by default do not have."""
    with contextlib.closing(duckdb.connect()) as connection:
        connection.execute(database.attach_statement(path, "READ_ONLY", "warehouse"))
        tags = connection.execute(
            "select tags['storage_version'] from duckdb_databases() where database_name = 'warehouse'"
        )
        (version,) = tags.fetchone() or ("",)
    numbers = [int(part) for part in str(version).strip("v+").split(".") if part.isdigit()]
    return "READ_WRITE" if numbers >= [1, 4] else "STORAGE_VERSION 'v1.4.0'"


def _has_schema(connection: duckdb.DuckDBPyConnection) -> bool:
    return bool(connection.execute(
        "select 1 from duckdb_schemas() where database_name = 'warehouse' and schema_name = 'mlsysdb'"
    ).fetchall())  # fmt: skip


def _check_schema(path: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """The schema is absent, or ours and nobody else's."""
    if ("main",) in connection.execute(CATALOGS).fetchall():
        raise UsageError(f"{path} is itself a catalog: bring it up to date with `mlsysdb upgrade --database {path}`")
    if not _has_schema(connection):
        return
    known = dict(_info(connection))
    if known.get("schema", "") > database.schema_revision():
        raise DatabaseError(f"{path} was made by a newer mlsysdb: upgrade with `pip install --upgrade mlsysdb`")
    foreign = sorted(
        {name for (name,) in connection.execute(OBJECTS).fetchall()} - set(known.get("objects", "").split())
    )
    if foreign:
        raise DatabaseError(
            f"{path}: the schema mlsysdb holds {', '.join(foreign[:3])}, which the catalog did not put there: "
            "move that to another schema; nothing was changed"
        )


def _info(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    try:
        return connection.execute("select name, value from warehouse.mlsysdb.catalog_info").fetchall()
    except duckdb.CatalogException:
        return []


def _extracted(connection: duckdb.DuckDBPyConnection, folder: Path) -> Path:
    """The schema's tables as a catalog file of its own, at the newest revision."""
    copy = folder / "old.duckdb"
    (revision,) = connection.execute("select version_num from warehouse.mlsysdb.alembic_version").fetchone() or ("",)
    migrate.upgrade(copy, revision)
    connection.execute(database.attach_statement(copy, "READ_WRITE", "old"))
    for name, _, _ in connection.execute(TABLES, ["old", "main"]).fetchall():
        if name != "alembic_version":
            _copy_rows(connection, "warehouse.mlsysdb", "old.main", name)
    connection.execute("detach old")
    migrate.upgrade(copy)
    return copy


def _put(connection: duckdb.DuckDBPyConnection, fresh: Path) -> None:
    """Replace the schema by the catalog of `fresh`, in one transaction, checked before it is committed."""
    connection.execute(database.attach_statement(fresh, "READ_ONLY", "fresh"))
    connection.execute("begin")
    connection.execute("drop schema if exists warehouse.mlsysdb cascade")
    connection.execute("create schema warehouse.mlsysdb")
    connection.execute("use warehouse.mlsysdb")
    for name, definition, comment in connection.execute(TABLES, ["fresh", "main"]).fetchall():
        if name.startswith("kept_"):
            continue
        connection.execute(definition)
        _copy_rows(connection, "fresh.main", "warehouse.mlsysdb", name)
        if comment:
            connection.execute(install.comment("table", name, comment))
    for column, comment in connection.execute(COLUMNS).fetchall():
        connection.execute(install.comment("column", column, comment))
    install.install(connection)
    install.verify(connection, is_strict=False)  # the rows are those that `fresh` was built with
    names = " ".join(sorted(name for (name,) in connection.execute(OBJECTS).fetchall()))
    connection.execute("insert into catalog_info values ('objects', ?)", [names])
    connection.execute("commit")
    connection.execute("checkpoint warehouse")


def _copy_rows(connection: duckdb.DuckDBPyConnection, source: str, target: str, table: str) -> None:
    """Names cannot be bound; these are our own."""
    connection.execute(f'insert into {target}."{table}" by name from {source}."{table}"')
