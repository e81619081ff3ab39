"""Find a user's own rows in a catalog, so that a fresh one can be built around them."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import URL, ColumnElement, Connection, Select, Table, create_engine, false, select
from sqlalchemy.pool import NullPool

from catalog_db.tables import metadata

Row = tuple[Any, ...]
Own = dict[str, list[Row]]
COMPUTED = ("catalog_info", "prediction", "overridden", "withdrawn")  # by each build, anew


def none() -> Own:
    """No row of any table."""
    return {table.name: [] for table in metadata.sorted_tables}


def rows(path: Path) -> Own:
    """The user's rows of each table in the catalog at `path`, which is at the newest schema."""
    with _open(path) as connection:
        return {t.name: _rows(connection, select(t).where(is_own(t))) for t in metadata.sorted_tables}


def all_rows(path: Path) -> Own:
    """All rows of each table but those that a build computes."""
    with _open(path) as connection:
        return {t.name: _rows(connection, select(t)) for t in metadata.sorted_tables if t.name not in COMPUTED} | {
            name: [] for name in COMPUTED
        }


def _open(path: Path) -> Connection:
    return create_engine(URL.create("duckdb", database=str(path)), poolclass=NullPool).connect()


def _rows(connection: Connection, query: Select[Any]) -> list[Row]:
    return [tuple(row) for row in connection.execute(query)]


def is_own(table: Table) -> ColumnElement[bool]:
    """True for rows that a user added: their source is a user's, or their parent row is."""
    source = metadata.tables["source"]
    if table is source:
        return source.c.origin == "user"
    if "source_id" in table.c:
        mine = select(source.c.source_id).where(source.c.origin == "user")
        return table.c.source_id.in_(mine)
    parent = parent_key(table)
    if parent is None or table.name in COMPUTED:
        return false()
    column, target = parent
    found: ColumnElement[bool] = column.in_(select(target).where(is_own(target.table)))
    return found


def parent_key(table: Table) -> tuple[Any, Any] | None:
    """Of a table without sources of its own: the column that names the parent row, and the parent's key column."""
    for key in table.foreign_keys:
        return key.parent, key.column
    return None


def key(table: Table, row: Sequence[Any]) -> Row:
    """The primary key of a row."""
    return tuple(row[place] for place in _key_places(table))


@functools.cache
def _key_places(table: Table) -> tuple[int, ...]:
    return tuple(place for place, column in enumerate(table.columns) if column.primary_key)


def label(table: Table, row: Sequence[Any]) -> str:
    """A row's key as people read it."""
    return ", ".join(map(str, key(table, row)))
