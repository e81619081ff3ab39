"""The metadata, the migrated database and the seeds say the same; everything has a comment."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Date, Double, Table, Text

from catalog_db import assets, database, migrate
from catalog_db.tables import metadata

TYPES = {BigInteger: "BIGINT", Boolean: "BOOLEAN", Date: "DATE", Double: "DOUBLE", Text: "VARCHAR"}
FILLED_BY_THE_BUILD = {"catalog_info", "prediction", "overridden", "withdrawn"}
every_table = pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database as the migrations alone make it."""
    path = tmp_path_factory.mktemp("migrated") / database.FILE
    migrate.upgrade(path)
    connection = database.attach(path)
    yield connection
    connection.close()


def duckdb_type(column: Column[object]) -> str:
    return next(name for kind, name in TYPES.items() if type(column.type) is kind)


def normal(check: str) -> str:
    """A CHECK's text without what DuckDB adds when it prints it: brackets, quotes around names, spaces, capitals."""
    return re.sub(r'^check|[()\s"]', "", check.lower())


def constraints(connection: duckdb.DuckDBPyConnection, table: str, kind: str) -> list[tuple[object, ...]]:
    return connection.execute(
        "select constraint_column_names, referenced_table, referenced_column_names, constraint_text"
        " from duckdb_constraints() where database_name = 'mlsysdb' and table_name = ? and constraint_type = ?",
        [table, kind],
    ).fetchall()


def test_same_tables(migrated: duckdb.DuckDBPyConnection) -> None:
    found = migrated.execute(
        "select table_name from duckdb_tables() where database_name = 'mlsysdb' and table_name <> 'alembic_version'"
    ).fetchall()
    assert {name for (name,) in found} == set(metadata.tables)


@every_table
def test_same_columns_types_nullability_and_comments(migrated: duckdb.DuckDBPyConnection, table: Table) -> None:
    found = migrated.execute(
        "select column_name, data_type, is_nullable, comment from duckdb_columns()"
        " where database_name = 'mlsysdb' and table_name = ? order by column_index",
        [table.name],
    ).fetchall()
    assert found == [(c.name, duckdb_type(c), bool(c.nullable), c.comment) for c in table.columns]


@every_table
def test_same_table_comment(migrated: duckdb.DuckDBPyConnection, table: Table) -> None:
    found = migrated.execute(
        "select comment from duckdb_tables() where database_name = 'mlsysdb' and table_name = ?", [table.name]
    ).fetchone()
    assert found == (table.comment,)
    assert table.comment and table.comment.startswith("One row per ")


@every_table
def test_same_primary_key(migrated: duckdb.DuckDBPyConnection, table: Table) -> None:
    found = constraints(migrated, table.name, "PRIMARY KEY")
    assert [sorted(row[0]) for row in found] == [sorted(c.name for c in table.primary_key.columns)]


@every_table
def test_same_foreign_keys(migrated: duckdb.DuckDBPyConnection, table: Table) -> None:
    found = {(row[0][0], row[1], row[2][0]) for row in constraints(migrated, table.name, "FOREIGN KEY")}
    assert found == {(fk.parent.name, fk.column.table.name, fk.column.name) for fk in table.foreign_keys}


@every_table
def test_same_checks(migrated: duckdb.DuckDBPyConnection, table: Table) -> None:
    found = sorted(normal(str(row[3])) for row in constraints(migrated, table.name, "CHECK"))
    wanted = sorted(normal(str(c.sqltext)) for c in table.constraints if isinstance(c, CheckConstraint))
    assert found == wanted


@every_table
def test_each_table_has_a_seed_file_or_is_filled_otherwise(table: Table) -> None:
    assert assets.folder("seeds", f"{table.name}.csv").exists() or table.name in FILLED_BY_THE_BUILD


def test_each_seed_file_has_a_table() -> None:
    assert {file.stem for file in assets.folder("seeds").glob("*.csv")} <= set(metadata.tables)


@every_table
def test_each_column_has_a_comment(table: Table) -> None:
    assert without_comment((c.name, c.comment) for c in table.columns) == []


def test_each_view_column_has_a_comment(db: duckdb.DuckDBPyConnection) -> None:
    columns = db.execute(
        "select table_name || '.' || column_name, comment from duckdb_columns() where database_name = 'mlsysdb'"
        " and table_name in (select view_name from duckdb_views() where database_name = 'mlsysdb' and not internal)"
    ).fetchall()
    assert len(columns) > 50
    assert without_comment(columns) == []


@pytest.mark.parametrize("kind", ["duckdb_tables()", "duckdb_views()"])
def test_each_relation_has_a_comment(db: duckdb.DuckDBPyConnection, kind: str) -> None:
    name = "table_name" if "tables" in kind else "view_name"
    found = db.execute(
        f"select {name}, comment from {kind} where database_name = 'mlsysdb' and not internal"  # noqa: S608
        f" and {name} <> 'alembic_version'"
    ).fetchall()
    assert len(found) > 10
    assert without_comment(found) == []


def test_each_macro_has_a_comment(db: duckdb.DuckDBPyConnection) -> None:
    found = db.execute(
        "select function_name, comment from duckdb_functions() where database_name = 'mlsysdb' and not internal"
    ).fetchall()
    assert len(found) > 30
    assert without_comment(found) == []


def test_revision_numbers_follow_one_another() -> None:
    numbers = migrate.revisions()
    assert numbers == [f"{i:04}" for i in range(1, len(numbers) + 1)]
    assert migrate.head() == database.schema_revision() == numbers[-1]


def test_migrations_are_named_after_their_revision() -> None:
    files = sorted(Path(assets.folder("migrations", "versions")).glob("*.py"))
    assert [file.name[:4] for file in files] == migrate.revisions()
    for file in files:
        assert f'revision = "{file.name[:4]}"' in file.read_text(encoding="utf-8")


def without_comment(named: Iterable[tuple[str, str | None]]) -> list[str]:
    return sorted(name for name, comment in named if not (comment or "").strip())
